import { clearanceAt, maxLevel, narrowByCase, startOfDay, withStanding, type Assignment, type Eligibility, type Facility, type StandingParts } from "../../../schema/policy";
import { VETTING_WORKFLOWS } from "../../../subgraphs/kit/workflow/vetting";
import { policy } from "../../support/demo-data";

const now = startOfDay("2026-11-11");
const firm = "JPN.PRV.9990001000001";
const facility: Facility = { id: "F", level: 2, foci: "NONE", validUntil: "2030-03-31", sites: ["AONADA-1"], contracts: ["EQS-2026-11"] };
const vouched: Eligibility = {
  regime: "EQS", maxLevel: 2, basis: "ASSESSMENT", grantedBy: "JPN.MOD", usableAt: [firm], notifiedOn: "2025-04-01", validUntil: "2030-12-31", status: "ACTIVE", consentId: "C",
};
const held: Assignment = { token: "EQS-2026-11", role: "HANDLER", from: "2026-04-01", until: "2031-03-31", grantedBy: "JPN.MOD", reason: "contract" };
const parts: StandingParts = {
  subject: { id: "engineer", kind: "contractor", nation: "JPN", org: firm, purposes: ["CONTRACT"] },
  eligibilities: [vouched], assignments: [held], roles: [], facility, suspendedAgreements: [],
};
const place = { site: "AONADA-1", issuerOf: (token: string) => (token === "EQS-2026-11" || token === "PRJ-QS-2026" ? "JPN.MOD" : undefined) };
const tokensOf = (given: StandingParts, at: typeof place | { site: undefined; issuerOf: typeof place.issuerOf } = place): readonly string[] =>
  [...clearanceAt(policy, withStanding(policy, given, at), now).tokens];

describe("a contractor's assignment counts", () => {
  test("at the site, under the contract, while the issuer vouches", () => { expect(tokensOf(parts)).toEqual(["EQS-2026-11"]); });
  test.each<[string, StandingParts]>([
    ["without a facility", { ...parts, facility: undefined }],
    ["while foreign control is under review", { ...parts, facility: { ...facility, foci: "UNDER_REVIEW" } }],
    ["under unmitigated foreign control", { ...parts, facility: { ...facility, foci: "UNMITIGATED" } }],
    ["after the facility's last day", { ...parts, facility: { ...facility, validUntil: "2026-11-10" } }],
    ["outside the contracts", { ...parts, facility: { ...facility, contracts: ["PRJ-QS-2026"] } }],
    ["at no listed site", { ...parts, facility: { ...facility, sites: ["KASUMI-1"] } }],
    ["when another body vouches", { ...parts, eligibilities: [{ ...vouched, grantedBy: "JPN.METI" }] }],
    ["when nobody vouches", { ...parts, eligibilities: [] }],
    ["when the eligibility is suspended", { ...parts, eligibilities: [{ ...vouched, status: "SUSPENDED" }] }],
    ["when the eligibility has run out", { ...parts, eligibilities: [{ ...vouched, validUntil: "2026-11-10" }] }],
    ["before the eligibility begins", { ...parts, eligibilities: [{ ...vouched, notifiedOn: "2026-11-12" }] }],
    ["for a token nobody issued", { ...parts, assignments: [{ ...held, token: "X-1" }], facility: { ...facility, contracts: ["X-1"] } }],
  ])("not %s", (_when, given) => { expect(tokensOf(given)).toEqual([]); });
  test("not from an unknown place", () => { expect(tokensOf(parts, { ...place, site: undefined })).toEqual([]); });
  test("while foreign control is mitigated", () => { expect(tokensOf({ ...parts, facility: { ...facility, foci: "MITIGATED" } })).toEqual(["EQS-2026-11"]); });
  test("no longer than facility, eligibility and assignment together", () => {
    const [cut] = withStanding(policy, parts, place).assignments;
    expect(cut).toMatchObject({ from: "2026-04-01", until: "2030-03-31" });
    const [late] = withStanding(policy, { ...parts, eligibilities: [{ ...vouched, notifiedOn: "2026-10-01", validUntil: "2026-12-31" }] }, place).assignments;
    expect(late).toMatchObject({ from: "2026-10-01", until: "2026-12-31" });
  });
  test("only where an official's would count anyway", () => {
    expect(tokensOf({ ...parts, subject: { ...parts.subject, kind: "official" }, facility: undefined, eligibilities: [] })).toEqual(["EQS-2026-11"]);
  });
});

describe("maximum level", () => {
  const level = (given: StandingParts): number => maxLevel(policy, withStanding(policy, given, place), now);
  test("is capped by the facility and falls to CUI with it", () => {
    const strong = { ...parts, eligibilities: [{ ...vouched, maxLevel: 4 as const }] };
    expect(level(strong)).toBe(2);
    expect(level({ ...strong, facility: { ...facility, level: 3 } })).toBe(3);
    expect(level({ ...strong, facility: { ...facility, foci: "UNMITIGATED" } })).toBe(1);
    expect(level({ ...strong, facility: undefined })).toBe(1);
  });
  test("is CUI without an eligibility", () => { expect(level({ ...parts, eligibilities: [] })).toBe(1); });
  test("is the attested level of a liaison, whatever eligibilities are stated", () => {
    const liaison: StandingParts = {
      subject: { id: "l", kind: "liaison", nation: "USA", hostOrg: "JPN.MOD", purposes: [] }, eligibilities: [{ ...vouched, maxLevel: 4, usableAt: ["JPN"] }],
      assignments: [], roles: [], attestation: { agreementId: "JPN-USA-2007", attestedLevel: 3 }, suspendedAgreements: [],
    };
    expect(level(liaison)).toBe(3);
    expect(withStanding(policy, liaison, place)).toMatchObject({ agreementId: "JPN-USA-2007", agreementRegimes: ["CESI", "CUI", "DOC", "MDA", "MODS", "SDS"] });
  });
});

describe("a personnel officer", () => {
  const purposesOf = (...purposes: readonly string[]): readonly string[] => withStanding(policy, { ...parts, subject: { ...parts.subject, kind: "official", purposes } }, place).purposes;
  test.each(["VETTING", "ACCESS-DECISION", "COMPLAINT"])("does not have the purpose %s, whoever states it (D.22)", (purpose) => {
    expect(policy.purposes.has(purpose)).toBe(true);
    expect([purposesOf("PERSONNEL", purpose), purposesOf(purpose, "CASEWORK", "PERSONNEL")]).toEqual([["PERSONNEL"], ["CASEWORK", "PERSONNEL"]]);
    expect(purposesOf("CASEWORK", purpose)).toEqual(["CASEWORK", purpose]);
  });
  test("still reads what is kept about themselves", () => { expect(purposesOf("PERSONNEL", "SELF-ACCESS")).toEqual(["PERSONNEL", "SELF-ACCESS"]); });
  test("of vettings are all purposes of their workflows but the person's own and oversight's", () => {
    const all = VETTING_WORKFLOWS.flatMap(({ floor: { purposes = [] } }) => purposes);
    expect(purposesOf("PERSONNEL", ...new Set(all)).filter((purpose) => purpose !== "PERSONNEL").sort()).toEqual(["OVERSIGHT", "SELF-ACCESS"]);
  });
});

describe("narrowing", () => {
  const two: StandingParts = { ...parts, subject: { ...parts.subject, kind: "official" }, assignments: [held, { ...held, token: "PRJ-QS-2026" }] };
  test("a case leaves the assignment to that token and no other", () => {
    const subject = withStanding(policy, two, place);
    expect(subject.assignments.map((entry) => entry.token)).toEqual(["EQS-2026-11", "PRJ-QS-2026"]);
    expect(narrowByCase(subject, "PRJ-QS-2026").assignments.map((entry) => entry.token)).toEqual(["PRJ-QS-2026"]);
    expect(narrowByCase(subject, "UNKNOWN").assignments).toEqual([]);
  });
  test("what a statement says beyond the known members is dropped", () => {
    const more = { ...parts, assignments: [{ ...held, subject: "engineer", level: 4 } as Assignment] };
    expect(Object.keys(withStanding(policy, more, place).assignments[0] ?? {}).sort()).toEqual(["from", "grantedBy", "reason", "role", "token", "until"]);
  });
});
