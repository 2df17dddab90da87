import fc from "fast-check";
import { BOTTOM, canonical, type Label } from "../../../schema/label";
import { currentLabel, decide, existenceOf, HOLD_TOKEN, isInLifetime, labelOf, startOfDay, verifyLabelId } from "../../../schema/policy";
import { arbitraryCore } from "../../support/arbitrary";
import { policy, records } from "../../support/demo-data";

const secret = canonical({
  level: 3, regimes: ["SDS"], need: ["MOD-2024-017"], purposes: "ALL", handling: ["EXERCISE"],
  owners: { "JPN.MOD": { rel: ["JPN", "USA"], disp: ["JPN", "USA"], dist: ["JPN.MOD"], orcon: true } },
});
const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

describe("ids", () => {
  test("are the base32 of a SHA-256", () => { expect(labelOf(secret).id).toMatch(/^L-[a-z2-7]{52}$/); });
  test("do not depend on how the label was written", () => {
    const { policy: _policy, ...rest } = secret;
    expect(labelOf({ ...rest, handling: ["EXERCISE", "EXERCISE"], owners: { "JPN.MOD": { rel: ["USA", "JPN"], disp: ["USA", "JPN", "JPN"], dist: ["JPN.MOD.JS", "JPN.MOD"], orcon: true } } }).id)
      .toBe(labelOf(secret).id);
  });
  test("verify after a trip over the wire", () => {
    fc.assert(fc.property(arbitraryCore, arbitraryCore, fc.constantFrom(undefined, "2029-03-31"), (core, existence, validUntil) => {
      const label = labelOf(core, { existence, ...(validUntil === undefined ? {} : { lifecycle: { validUntil, status: "ACTIVE" as const } }) });
      expect(verifyLabelId(copy(label))).toBe(true);
    }), { numRuns: 300 });
  });
  test("differ for labels that differ", () => {
    fc.assert(fc.property(arbitraryCore, arbitraryCore, (a, b) => {
      expect(labelOf(a).id === labelOf(b).id).toBe(JSON.stringify(a) === JSON.stringify(b));
    }), { numRuns: 500 });
  });
  const label = labelOf(secret, { existence: existenceOf(secret, 1), lifecycle: { validUntil: "2029-03-31", onLapse: "L-next" } });
  test.each<[string, (given: Label) => unknown]>([
    ["level", (given) => ({ ...given, level: 1 })],
    ["owner", (given) => ({ ...given, owners: {} })],
    ["release", (given) => ({ ...given, owners: { "JPN.MOD": { ...given.owners["JPN.MOD"], rel: "ALL" } } })],
    ["existence", (given) => ({ ...given, existence: BOTTOM })],
    ["status", (given) => ({ ...given, lifecycle: { ...given.lifecycle, status: "TERMINATED" } })],
    ["last day", (given) => ({ ...given, lifecycle: { ...given.lifecycle, validUntil: "2099-03-31" } })],
    ["no last day", (given) => ({ ...given, lifecycle: undefined })],
    ["successor", (given) => ({ ...given, lifecycle: { ...given.lifecycle, onLapse: "L-other" } })],
    ["another id", (given) => ({ ...given, id: labelOf(BOTTOM).id })],
    ["an unknown key", (given) => ({ ...given, also: 1 })],
    ["no existence", (given) => ({ ...given, existence: undefined })],
    ["nothing left", () => null],
  ])("do not verify when the content was changed: %s", (_what, change) => {
    expect(verifyLabelId(copy(label))).toBe(true);
    expect(verifyLabelId(change(copy(label)))).toBe(false);
  });
  test("nothing of any shape makes the check throw", () => {
    fc.assert(fc.property(fc.anything(), (value) => { expect(verifyLabelId(value)).toBe(false); }));
  });
});

describe("existence", () => {
  test("keeps owners and purposes and nothing else", () => {
    expect(existenceOf(secret, 1)).toEqual({ ...secret, level: 1, regimes: [], need: [], handling: [] });
  });
  test("is the record's own label where none is given", () => { expect(existenceOf(secret, null)).toEqual(secret); });
  test("of every demo record lies below the record", () => {
    const given = records.filter((record) => record.existenceLevel !== null);
    expect(given.length).toBeGreaterThan(0);
    expect(given.filter((record) => (record.existenceLevel ?? 0) > record.label.level)).toEqual([]);
  });
});

describe("lifecycle", () => {
  const now = startOfDay("2026-11-11");
  const lower = labelOf({ ...secret, level: 1, regimes: ["CUI"], need: [], handling: ["EX-SDS"] });
  const lapsed = labelOf(secret, { lifecycle: { status: "LAPSED_HOLD", onLapse: lower.id } });
  const find = (...known: readonly Label[]) => (id: string): Label | undefined => known.find((label) => label.id === id);

  test("a label in force stays", () => {
    const label = labelOf(secret, { lifecycle: { validUntil: "2026-11-11", onLapse: lower.id } });
    expect(currentLabel(label, find(lower), now)).toBe(label);
  });
  test("after its last day the successor takes over", () => {
    const label = labelOf(secret, { lifecycle: { validUntil: "2026-11-10", onLapse: lower.id } });
    expect(currentLabel(label, find(lower), now)).toBe(lower);
  });
  test.each(["PROPOSED", "LAPSED_HOLD", "TERMINATED", "CHALLENGED"] as const)("%s follows its successor", (status) => {
    expect(currentLabel(labelOf(secret, { lifecycle: { status, onLapse: lower.id } }), find(lower), now)).toBe(lower);
  });
  test("successors are followed to the one in force", () => {
    const first = labelOf(secret, { lifecycle: { status: "TERMINATED", onLapse: lapsed.id } });
    expect(currentLabel(first, find(lapsed, lower), now)).toBe(lower);
  });
  test.each<[string, Label, readonly Label[]]>([
    ["an unknown successor", lapsed, []],
    ["no successor", labelOf(secret, { lifecycle: { status: "LAPSED_HOLD" } }), [lower]],
    ["an expired successor", labelOf(secret, { lifecycle: { status: "LAPSED_HOLD", onLapse: lapsed.id } }), [lapsed]],
  ])("%s means held for review, never lower", (_what, label, known) => {
    const held = currentLabel(label, find(...known), now);
    expect(held).toMatchObject({ level: 3, regimes: ["SDS"], need: [HOLD_TOKEN, "MOD-2024-017"] });
    expect(verifyLabelId(held)).toBe(true);
    expect(held.existence).toEqual(canonical(held));
  });
  test("the clock alone publishes nothing, a decision may", () => {
    const open = labelOf(BOTTOM);
    expect(currentLabel(labelOf(secret, { lifecycle: { validUntil: "2026-11-10", onLapse: open.id } }), find(open), now).need).toContain(HOLD_TOKEN);
    expect(currentLabel(labelOf(secret, { lifecycle: { status: "TERMINATED", onLapse: open.id } }), find(open), now)).toBe(open);
  });
  test("a circle of successors means held for review", () => {
    const circle: Label = { ...lapsed, lifecycle: { status: "LAPSED_HOLD", onLapse: "L-self" } };
    expect(currentLabel(circle, () => circle, now).need).toContain(HOLD_TOKEN);
  });
  test("an existence label of its own outlives the record's", () => {
    const label = labelOf(secret, { existence: existenceOf(secret, 1), lifecycle: { status: "LAPSED_HOLD" } });
    expect(currentLabel(label, find(), now).existence).toEqual(existenceOf(secret, 1));
  });
  test("whoever forgets to ask for the current label gets a denial", () => {
    const cleared = {
      id: "x", kind: "official" as const, nation: "JPN", org: "JPN.MOD", assignments: [], roles: [], purposes: [],
      eligibilities: [{ regime: "SDS" as const, maxLevel: 4 as const, basis: "ASSESSMENT" as const, grantedBy: "JPN.MOD", usableAt: ["JPN.MOD"], notifiedOn: "2025-01-01", validUntil: "2030-01-01", status: "ACTIVE" as const, consentId: "C" }],
    };
    const open = labelOf({ ...secret, need: [] }, { lifecycle: { validUntil: "2026-11-10" } });
    expect(isInLifetime(open, now)).toBe(false);
    expect(decide(policy, cleared, "RETRIEVE", open, { now, zoneLevel: 4 }).outcome).toBe("hide");
    expect(decide(policy, cleared, "RETRIEVE", open, { now: now - 86_400_000, zoneLevel: 4 }).outcome).toBe("permit");
  });
});
