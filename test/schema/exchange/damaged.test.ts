/** Documents damaged anywhere: read as the same label, or refused with a code and a path; never another label, never another kind of failure. */
import fc from "fast-check";
import { ExchangeError, exportLabel, importFromPartner, importLabel, MOST_BYTES, NAMESPACE, partnerPolicy, printDocument, splitDocuments, tagUri } from "../../../schema/exchange";
import { checkLabel, labelOf, startOfDay } from "../../../schema/policy";
import { policy } from "../../support/demo-data";
import { CREATED, REVIEW } from "./arbitrary-label";

const owned = { rel: ["AUS", "JPN", "USA"], disp: ["AUS", "JPN", "USA"], dist: ["JPN.CAS"], orcon: true };
const label = labelOf({ level: 2, regimes: ["DOC"], need: ["CASE-1"], owners: { "JPN.MOD": owned, USA: { ...owned, rel: ["JPN"], orcon: false } }, purposes: ["ANALYSIS"], handling: ["EXERCISE"] }, { lifecycle: { validUntil: "2029-03-31" } });
const [ours = ""] = exportLabel(policy, label, { createdAt: CREATED });
const theirs = printDocument({
  root: "originatorConfidentialityLabel", reviewAt: REVIEW, createdAt: CREATED,
  information: { policy: partnerPolicy("USA"), classification: "CONFIDENTIAL", categories: [{ type: "PERMISSIVE", tagName: "Releasable To", uri: tagUri("Releasable To"), values: ["JPN", "USA"] }] },
});

const PIECES = ["PUBLIC", "TOP SECRET", "*", "NOBODY", "USA", "JPN", "<", ">", "&", "&amp;", "&#0;", "&#x41;", "]]>", "<!--", "-->", "<![CDATA[", "<?x ?>", "<!DOCTYPE a>", "<GenericValue>USA</GenericValue>", "</Category>", " ", "\n", "\u0000", "\ud800", "'", "\"", "xmlns:x=\"urn:x\" ", "__proto__", "INFORMATIVE", "@USA", "", "]"];
/** Cuts a stretch out and puts something in its place: a piece, or a stretch from elsewhere in the document. */
const damage = (text: string): fc.Arbitrary<string> => fc.array(fc.record({
  from: fc.nat(text.length), length: fc.oneof(fc.nat(12), fc.nat(400)), piece: fc.oneof(fc.constantFrom(...PIECES), fc.record({ at: fc.nat(text.length), length: fc.nat(300) }).map(({ at, length }) => text.slice(at, at + length))),
}), { minLength: 1, maxLength: 3 }).map((edits) => edits.reduce((left, { from, length, piece }) => left.slice(0, from) + piece + left.slice(from + length), text));

test("a damaged label of ours is the same label or refused", () => {
  expect(importLabel(policy, [ours]).label).toEqual(label);
  expect(importLabel(policy, [ours.replaceAll(/\n */g, "\n\t \n")]).label).toEqual(label);
  let refused = 0;
  fc.assert(fc.property(damage(ours), (text) => {
    try {
      expect(importLabel(policy, splitDocuments(text)).label.id).toBe(label.id);
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
      expect([error.code, error.path.startsWith("/")]).toEqual([expect.stringMatching(/^[A-Z_]+$/), true]);
      refused += 1;
    }
  }), { numRuns: 500 });
  expect(refused).toBeGreaterThan(300);
});

test("a damaged label of a partner's is refused, or a valid label that is released to nobody its text does not name", () => {
  let received = 0;
  const given = fc.oneof({ weight: 9, arbitrary: damage(theirs) }, { weight: 1, arbitrary: fc.constantFrom("AUS", "GBR", "FVEY").map((nation) => theirs.replace(">USA<", `>USA</GenericValue><GenericValue>${nation}<`)) });
  fc.assert(fc.property(given, (text) => {
    try {
      const back = importFromPartner(policy, [text], { token: "REG-1", dist: ["JPN.CAS"], now: startOfDay("2026-11-11") });
      expect(checkLabel(policy, back.label, { kind: "portion", tokenOf: () => undefined, validUntil: "OWNER_CONSENT" })).toEqual([]);
      for (const { rel, orcon } of Object.values(back.label.owners)) {
        expect([rel !== "ALL", orcon]).toEqual([true, true]);
        const named = text.replaceAll(/&#x41;/g, "A");
        for (const nation of rel) expect([nation, named.includes(nation) || (named.includes("FVEY") && policy.groups.get("FVEY")?.members.includes(nation) === true)]).toEqual([nation, true]);
      }
      expect(back.label.level).toBeGreaterThan(0);
      received += 1;
    } catch (error) { if (!(error instanceof ExchangeError)) throw error; }
  }), { numRuns: 500 });
  expect(received).toBeGreaterThan(0);
});

test("the largest document that is read at all takes no more time than its size asks for", () => {
  const cpuOf = (text: string): number => {
    const before = process.cpuUsage();
    expect(() => importLabel(policy, [text])).toThrow(ExchangeError);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  const inner = MOST_BYTES - 200;
  const root = (content: string): string => `<originatorConfidentialityLabel xmlns="${NAMESPACE}">${content}</originatorConfidentialityLabel>`;
  for (const content of ["<a/>".repeat(inner / 4), "&lt;".repeat(inner / 4), `<a ${Array.from({ length: inner / 14 }, (_, at) => `a${at}="1"`).join(" ")}/>`, "<".repeat(inner), " ".repeat(inner)]) expect(cpuOf(root(content))).toBeLessThan(2000);
});
