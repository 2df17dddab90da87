/**
 * Generators of labels, subjects and circumstances for fast-check, over small alphabets so that clashes are frequent.
 * Labels come in normal form and keep rel within disp; subjects hold what the alphabets know and a little of what they do not.
 */
import fc from "fast-check";
import { canonical, type LabelCore, type Level, type OwnerPolicy, type Regime } from "../../schema/label";
import type { Action, Assignment, DecisionContext, Eligibility, Subject } from "../../schema/policy";

export const REGIMES: readonly Regime[] = ["SDS", "MDA", "CESI", "EQS", "MODS", "DOC", "NPS", "PAT", "CUI", "VET"];
export const TOKENS = ["MOD-2024-017", "METI-CE-004", "FOGHORN", "CASE-1", "HOLD.REVIEW"] as const;
export const ORGS = ["JPN", "JPN.CAS", "JPN.CAS.CIRO", "JPN.MOD", "JPN.MOD.JS", "JPN.METI", "JPN.MOFA", "JPN.PRV.9990001000001"] as const;
export const NATIONS = ["JPN", "USA", "AUS", "GBR", "KOR"] as const;
export const OWNERS = ["JPN", "JPN.MOD", "JPN.METI", "JPN.CAS", "USA", "GBR", "FGI"] as const;
export const PURPOSES = ["ANALYSIS", "VETTING", "OVERSIGHT"] as const;
export const HANDLING = ["EXERCISE", "CUI:FIN", "TLP:AMBER+STRICT"] as const;
/** Noon in Japan, ten days after the demo day. */
export const NOW = Date.UTC(2026, 10, 11, 3);

const subset = <T>(items: readonly T[], maxLength = items.length): fc.Arbitrary<T[]> => fc.subarray([...items], { maxLength });
const audience = <T extends string>(items: readonly T[]): fc.Arbitrary<T[] | "ALL"> =>
  fc.oneof({ weight: 1, arbitrary: fc.constant("ALL" as const) }, { weight: 3, arbitrary: subset(items) });

export const arbitraryLevel: fc.Arbitrary<Level> = fc.constantFrom(0, 1, 2, 3, 4);

const nationList = audience(NATIONS.filter((nation) => nation !== "JPN"));
export const arbitraryOwnerPolicy: fc.Arbitrary<OwnerPolicy> = fc.record({
  rel: nationList, more: nationList, japan: fc.integer({ min: 0, max: 9 }), dist: audience(ORGS), orcon: fc.boolean(),
}).map(({ rel, more, japan, dist, orcon }) => {
  const base = rel === "ALL" ? rel : japan === 0 ? rel : ["JPN", ...rel];
  return { rel: base, disp: base === "ALL" || more === "ALL" ? "ALL" : [...base, ...more], dist, orcon };
});

/** Any core in normal form: not only valid ones, because the laws hold for all. */
export const arbitraryCore: fc.Arbitrary<LabelCore> = fc.record({
  level: arbitraryLevel,
  regimes: subset(REGIMES, 3),
  need: subset(TOKENS, 3),
  owners: fc.dictionary(fc.constantFrom(...OWNERS), arbitraryOwnerPolicy, { maxKeys: 3, noNullPrototype: true }),
  purposes: audience(PURPOSES),
  handling: subset(HANDLING),
}).map((core) => canonical(core));

/** Labels that many subjects are permitted, so that laws about permitting are not vacuous. */
export const arbitraryMildCore: fc.Arbitrary<LabelCore> = fc.record({
  level: fc.constantFrom<Level>(0, 1, 1, 2),
  regimes: fc.constantFrom<readonly Regime[]>([], [], ["CUI"], ["CESI"], ["DOC"]),
  need: fc.constantFrom<readonly string[]>([], [], [], ["MOD-2024-017"]),
  owners: fc.dictionary(fc.constantFrom("JPN.MOD", "USA"), fc.record({
    more: fc.constantFrom<readonly string[]>([], ["USA"], ["AUS", "USA"]), dist: fc.constantFrom<readonly string[] | "ALL">("ALL", "ALL", ["JPN"], ["JPN.MOD"]),
    orcon: fc.constantFrom(false, false, true),
  }).map(({ more, dist, orcon }) => ({ rel: ["JPN", ...more], disp: ["JPN", ...more], dist, orcon })), { maxKeys: 2, noNullPrototype: true }),
  purposes: fc.constantFrom<readonly string[] | "ALL">("ALL", "ALL", ["ANALYSIS"]),
  handling: subset(HANDLING),
}).map((core) => canonical(core));

const days = fc.constantFrom("2020-01-01", "2026-11-10", "2026-11-11", "2026-11-12", "2031-03-31");

const arbitraryEligibility: fc.Arbitrary<Eligibility> = fc.record({
  regime: fc.constantFrom(...REGIMES), maxLevel: arbitraryLevel, basis: fc.constant("ASSESSMENT" as const), grantedBy: fc.constantFrom(...ORGS),
  usableAt: subset(ORGS, 2), notifiedOn: days, validUntil: days, consentId: fc.constant("CNS-1"),
  status: fc.constantFrom("ACTIVE" as const, "ACTIVE" as const, "ACTIVE" as const, "SUSPENDED" as const, "WITHDRAWN" as const),
});

const arbitraryAssignment: fc.Arbitrary<Assignment> = fc.record({
  token: fc.constantFrom(...TOKENS), role: fc.constant("READER" as const), from: days, until: days, grantedBy: fc.constantFrom(...ORGS),
  reason: fc.constant("duty"),
});

/** Japanese officials mostly; every third subject represents another nation under an agreement or under none. */
export const arbitrarySubject: fc.Arbitrary<Subject> = fc.record({
  nation: fc.constantFrom("JPN", "JPN", "JPN", "JPN", "USA", "AUS", "KOR"),
  org: fc.constantFrom(...ORGS),
  eligibilities: fc.array(arbitraryEligibility, { maxLength: 5 }),
  assignments: fc.array(arbitraryAssignment, { maxLength: 5 }),
  purposes: subset(PURPOSES),
  agreementId: fc.constantFrom("JPN-USA-2007", "JPN-AUS-2013", "JPN-KOR-2016", "JPN-NATO-2010", "JPN-CAN-2025"),
  attestedLevel: arbitraryLevel,
}).map(({ nation, org, agreementId, attestedLevel, ...rest }): Subject => {
  const base = { id: "someone", nation, roles: [], ...rest };
  return nation === "JPN" ? { ...base, kind: "official", org } : { ...base, kind: "liaison", hostOrg: org, agreementId, attestedLevel };
});

export const arbitraryReadAction: fc.Arbitrary<Action> = fc.constantFrom("VIEW", "RETRIEVE", "EXPORT", "DERIVE");

export const arbitraryContext: fc.Arbitrary<DecisionContext> = fc.record({
  now: fc.constant(NOW),
  zoneLevel: fc.constantFrom<Level>(1, 2, 3, 4, 4, 4),
  purpose: fc.option(fc.constantFrom(...PURPOSES), { nil: undefined }),
  releaseTo: fc.option(subset(NATIONS, 2), { nil: undefined }),
}).map(({ now, zoneLevel, purpose, releaseTo }) => ({
  now, zoneLevel, ...(purpose === undefined ? {} : { purpose }), ...(releaseTo === undefined ? {} : { releaseTo }),
}));
