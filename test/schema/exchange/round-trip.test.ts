/** What goes out as XML comes back as the same label, or does not go out. */
import fc from "fast-check";
import { dominates, equalLabels, join, type Label } from "../../../schema/label";
import { exportLabel, ExchangeError, importLabel, readDocument, splitDocuments } from "../../../schema/exchange";
import { currentLabel, existenceOf, labelOf } from "../../../schema/policy";
import { policy, records } from "../../support/demo-data";
import { everyLabel } from "../../support/small-world";
import { arbitraryLabel, CREATED, hasReleaseLists, normal, REVIEW, SUCCESSOR, toLabel } from "./arbitrary-label";

const successorOf = (id: string): Label | undefined => (id === SUCCESSOR.id ? SUCCESSOR : undefined);
const out = (label: Label): readonly string[] => exportLabel(policy, label, { createdAt: CREATED, reviewAt: REVIEW, successorOf });
const codeOf = (act: () => unknown): string => { try { act(); return "none"; } catch (error) { if (error instanceof ExchangeError) return error.code; throw error; } };

/** The property for one label; says whether it went out. */
function comesBack(label: Label): boolean {
  if (!hasReleaseLists(label)) {
    expect(codeOf(() => out(label))).toBe("RELEASE_MISSING");
    return false;
  }
  const documents = out(label);
  const back = importLabel(policy, documents);
  expect(back.label).toEqual(normal(label));
  expect(back.label.id).toBe(label.id);
  expect(back.createdAt).toBe(CREATED);
  return true;
}

test("every label of the small policy comes back as it went, or is refused because nothing says who may receive it", () => {
  const gone = everyLabel.filter((core) => comesBack(toLabel(core, null))).length + everyLabel.filter((core) => comesBack(toLabel(core, 0))).length;
  expect(gone).toBeGreaterThan(2 * everyLabel.length * 0.75);
  expect(gone).toBeLessThan(2 * everyLabel.length);
});

test("every generated label comes back as it went, with its existence and its lifecycle", () => {
  let gone = 0;
  fc.assert(fc.property(arbitraryLabel, (label) => { gone += comesBack(label) ? 1 : 0; }), { numRuns: 300 });
  expect(gone).toBeGreaterThan(60);
});

test("every record of the demonstration comes back as it went", () => {
  expect(records.length).toBeGreaterThan(20);
  for (const record of records) {
    const existence = existenceOf(record.label, record.existenceLevel);
    const lifecycle = record.validUntil === null ? {} : { lifecycle: { validUntil: record.validUntil } };
    expect(comesBack(labelOf(record.label, { existence, ...lifecycle }))).toBe(true);
  }
});

test("the documents of a label come back in any order, from one text", () => {
  const { id, existence, lifecycle, ...core } = SUCCESSOR;
  expect([typeof id, typeof existence, lifecycle]).toEqual(["string", "object", undefined]);
  const label = toLabel({ ...core, handling: ["EXERCISE"] }, 0, { validUntil: "2029-03-31" });
  const documents = out(label);
  expect(documents).toHaveLength(2);
  expect(importLabel(policy, splitDocuments([...documents].reverse().join(""))).label).toEqual(label);
});

test("no two labels have the same text", () => {
  const texts = everyLabel.map((core) => toLabel(core, null)).filter(hasReleaseLists).map((label) => out(label).join(""));
  expect(new Set(texts).size).toBe(texts.length);
});

test("what takes over is what a decision would take: the known successor, or the value held for review", () => {
  let named = 0;
  fc.assert(fc.property(arbitraryLabel, (label) => {
    fc.pre(hasReleaseLists(label));
    const document = readDocument(out(label)[0] ?? "");
    const { status = "ACTIVE", validUntil } = label.lifecycle ?? {};
    const ends = status !== "ACTIVE" || (validUntil !== undefined && validUntil !== "OWNER_CONSENT");
    expect(document.succession !== undefined).toBe(ends);
    if (document.succession === undefined) return;
    const { successor } = importLabel(policy, out(label));
    const { id, existence, lifecycle, ...core } = currentLabel(label, successorOf, document.succession.at);
    expect([typeof id, typeof existence, lifecycle]).toEqual(["string", "object", undefined]);
    expect(successor).toEqual(core);
    if (label.lifecycle?.onLapse === undefined) expect(successor).toEqual(join(label, { ...core, need: ["HOLD.REVIEW"] }));
    else named += 1;
  }), { numRuns: 150 });
  expect(named).toBeGreaterThan(5);
});

test("a label ends when its last day has passed in Japan", () => {
  const label = toLabel(SUCCESSOR, null, { validUntil: "2029-03-31" });
  expect(out(label)[0]).toContain("<SuccessionDateTime>2029-03-31T15:00:00.000Z</SuccessionDateTime>");
});

test("a label with neither a last day nor a review needs to be told when it is reviewed", () => {
  const plain = toLabel(SUCCESSOR, null);
  expect(codeOf(() => exportLabel(policy, plain, { createdAt: CREATED }))).toBe("REVIEW_MISSING");
  expect(codeOf(() => exportLabel(policy, toLabel(SUCCESSOR, null, { validUntil: "OWNER_CONSENT" }), { createdAt: CREATED }))).toBe("REVIEW_MISSING");
  expect(exportLabel(policy, toLabel(SUCCESSOR, null, { validUntil: "2029-03-31" }), { createdAt: CREATED })[0]).not.toContain("ReviewDateTime");
  expect(exportLabel(policy, toLabel(SUCCESSOR, null, { reviewBy: "2029-03-31" }), { createdAt: CREATED })[0]).toContain("ReviewDateTime=\"2029-03-30T15:00:00.000Z\"");
});

test.each<readonly [string, Label, string]>([
  ["whose id is another label's", { ...SUCCESSOR, level: 0 }, "UNREADABLE"],
  ["with a part that no label has", { ...SUCCESSOR, note: "x" } as Label, "UNREADABLE"],
  ["with a last day that is no day", toLabel(SUCCESSOR, null, { validUntil: "2029-02-30" }), "DATE"],
  ["with a nation that the policy does not know", labelOf({ ...SUCCESSOR, owners: { JPN: { rel: ["JPN", "XXX"], disp: ["JPN", "XXX"], dist: "ALL", orcon: false } } }), "CATEGORY_VALUE"],
  ["with a group that is not written out", labelOf({ ...SUCCESSOR, owners: { JPN: { rel: ["JPN", "NATO"], disp: ["JPN", "NATO"], dist: "ALL", orcon: false } } }), "CATEGORY_VALUE"],
  ["with a body that nobody knows", labelOf({ ...SUCCESSOR, owners: { "JPN.MOD": { rel: ["JPN"], disp: ["JPN"], dist: ["JPN.NOWHERE"], orcon: false } } }), "CATEGORY_VALUE"],
  ["with an owner that nobody knows", labelOf({ ...SUCCESSOR, owners: { "JPN.NOWHERE": { rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false } } }), "CATEGORY_UNKNOWN"],
  ["that lists the value for everybody among others", labelOf({ ...SUCCESSOR, purposes: ["*", "VETTING"] }), "CATEGORY_VALUE"],
  ["that lists the value for everybody as a word of its own", labelOf({ ...SUCCESSOR, purposes: ["*"] }), "ID_MISMATCH"],
  ["with a caveat that is no word", labelOf({ ...SUCCESSOR, handling: ["line\nbreak"] }), "TEXT"],
  ["with a token that reads like XML", labelOf({ ...SUCCESSOR, need: ["</GenericValue>"] }), "CATEGORY_VALUE"],
  ["with a successor that is no id", toLabel(SUCCESSOR, null, { onLapse: "L-1" }), "CATEGORY_VALUE"],
  ["with an item that is only space", toLabel(SUCCESSOR, null, { statutoryItem: " " }), "TEXT"],
  ["whose existence is more restricted than its content", labelOf(SUCCESSOR, { existence: { ...SUCCESSOR, level: 2 } }), "EXISTENCE_ABOVE"],
])("refuses a label %s", (_, label, code) => { expect(codeOf(() => out(label))).toBe(code); });

test("the label of the fact that it exists goes along as the label of the label, and is never above it", () => {
  fc.assert(fc.property(arbitraryLabel, (label) => {
    fc.pre(hasReleaseLists(label));
    const roots = out(label).map((text) => readDocument(text).root);
    expect(roots).toEqual(["originatorConfidentialityLabel", ...(equalLabels(label, label.existence) ? [] : ["metadataConfidentialityLabel"])]);
    expect(dominates(label, label.existence)).toBe(true);
  }), { numRuns: 60 });
});
