import { differencesOf, filesOf, kindOf, loadPolicy, meetPolicies, noticesFor, PolicyError, unreadNotices, type Eligibility, type Policy } from "../../../schema/policy";
import acknowledged from "../../../subgraphs/cabinet-office/data/acknowledgements.json";
import { demo, DEMO_NOON, policy, subjectOf } from "../../support/demo-data";

interface Notice { readonly id: string; readonly version: string; readonly regimes: readonly string[] }
const held = (regime: Eligibility["regime"], more: Partial<Eligibility> = {}): Eligibility => ({
  regime, maxLevel: 2, basis: "ASSESSMENT", grantedBy: "JPN.MOD", usableAt: ["JPN.MOD"], notifiedOn: "2026-01-01", validUntil: "2026-12-31", status: "ACTIVE", consentId: "c", ...more,
});
const NOON = Date.parse("2026-06-01T03:00:00Z");
const idsFor = (...eligibilities: readonly Eligibility[]): readonly string[] => noticesFor(policy, { eligibilities }, NOON).map(({ id }) => id);
/** The policy with other notices. */
function withNotices(change: (notices: readonly Notice[]) => readonly object[]): Policy {
  const files = filesOf(policy);
  if (files === undefined) throw new Error("no files");
  const rules = files.policy as { readonly legalNotices: readonly Notice[] };
  return loadPolicy({ ...files, policy: { ...rules, legalNotices: change(rules.legalNotices) } });
}
const raised = withNotices((notices) => notices.map((each) => (each.id === "NOTICE-SDS" ? { ...each, version: "2" } : each)));

describe("a legal notice binds", () => {
  test("whoever is eligible for its regime now, wherever that may be used", () => {
    expect(idsFor(held("SDS"), held("VET"))).toEqual(["NOTICE-SDS", "NOTICE-VET"]);
    expect(idsFor(held("SDS", { usableAt: [] }))).toEqual(["NOTICE-SDS"]);
  });
  test("nobody before the first day, after the last, or while the eligibility is not active", () => {
    expect(idsFor(held("SDS", { notifiedOn: "2026-06-02" }), held("MDA", { validUntil: "2026-05-31" }), held("CESI", { status: "SUSPENDED" }), held("VET", { status: "WITHDRAWN" }))).toEqual([]);
    expect(idsFor(held("SDS", { notifiedOn: "2026-06-01", validUntil: "2026-06-01" }))).toEqual(["NOTICE-SDS"]);
  });
  test("not by regimes that an eligibility merely implies", () => {
    expect(idsFor(held("SDS"))).toEqual(["NOTICE-SDS"]);
  });
});

describe("a legal notice is read", () => {
  const unread = (...read: readonly { readonly notice: string; readonly version: string }[]): readonly string[] => unreadNotices(raised, { eligibilities: [held("SDS"), held("MDA")] }, read, NOON).map(({ id }) => id);
  test("in the version in force and in no other", () => {
    expect(unread()).toEqual(["NOTICE-MDA", "NOTICE-SDS"]);
    expect(unread({ notice: "NOTICE-SDS", version: "1" }, { notice: "NOTICE-MDA", version: "1" })).toEqual(["NOTICE-SDS"]);
    expect(unread({ notice: "NOTICE-SDS", version: "2" }, { notice: "NOTICE-MDA", version: "1" })).toEqual([]);
  });
  test("in both versions while two policies hold together", () => {
    const both = meetPolicies(policy, raised);
    const subject = { eligibilities: [held("SDS")] };
    expect(unreadNotices(both, subject, [{ notice: "NOTICE-SDS", version: "2" }], NOON)).toHaveLength(1);
    expect(unreadNotices(both, subject, [{ notice: "NOTICE-SDS", version: "1" }, { notice: "NOTICE-SDS", version: "2" }], NOON)).toEqual([]);
  });
  test("by everybody in the demonstration", () => {
    const all = demo.personas.map((persona) => ({ id: persona.id, unread: unreadNotices(policy, subjectOf(persona), acknowledged.acknowledgements.filter(({ subject }) => subject === persona.id), DEMO_NOON).map(({ id }) => id) }));
    expect(all.filter(({ unread: open }) => open.length > 0)).toEqual([]);
    expect(demo.personas.filter((persona) => noticesFor(policy, subjectOf(persona), DEMO_NOON).length > 0).length).toBeGreaterThan(15);
  });
});

describe("a policy", () => {
  test("is refused without a notice for a regime, with one twice, with a version that is no number", () => {
    expect(() => withNotices((notices) => notices.filter(({ id }) => id !== "NOTICE-SDS"))).toThrow("there is no notice for SDS");
    expect(() => withNotices((notices) => [...notices, ...notices.slice(0, 1)])).toThrow(PolicyError);
    expect(() => withNotices((notices) => notices.map((each) => ({ ...each, regimes: [] })))).toThrow(PolicyError);
    expect(() => withNotices((notices) => notices.map((each) => ({ ...each, regimes: ["NONE"] })))).toThrow(PolicyError);
    expect(() => withNotices((notices) => notices.map((each) => ({ ...each, version: "one" })))).toThrow(PolicyError);
  });
  test("narrows by a notice more and widens by one less; a new version does both", () => {
    const more = withNotices((notices) => [...notices, { ...notices[0], id: "NOTICE-MORE" }]);
    expect([kindOf(differencesOf(policy, more)), kindOf(differencesOf(more, policy)), kindOf(differencesOf(policy, raised))]).toEqual(["narrowing", "widening", "mixed"]);
    const reworded = withNotices((notices) => notices.map((each) => ({ ...each, title: { ja: "x", en: "x" } })));
    expect(kindOf(differencesOf(policy, reworded))).toBe("mixed");
  });
});
