/**
 * Validity of labels at ingestion (SPEC 1.10, V1-V11). Takes a label as a data file or a partner wrote it and the facts around it;
 * gives findings, or the raised label. A label that fails is rejected or raised here and never guessed about at decision time.
 */
import { canonical, isForeignOwner, type CoreInput, type LabelCore, type Level, type OrgPath, type OwnerPolicy, type Regime } from "../label";
import { addYears, startOfDay } from "./days";
import type { Policy } from "./policy";

/** What the register says about a need token. */
export interface TokenFacts {
  readonly issuer: OrgPath;
  readonly kind: string;
  readonly regime: Regime | null;
  readonly designatedOn: string | null;
}

export interface LabelFacts {
  /** `record` is a roll-up; an existence label is exempt from V2, V3, V5 and V6. */
  readonly kind: "record" | "portion" | "existence" | "tearline";
  readonly tokenOf: (token: string) => TokenFacts | undefined;
  readonly validUntil?: string | null | undefined;
  readonly existenceLevel?: Level | null | undefined;
  /** The label of the document that a tearline was made from. */
  readonly source?: LabelCore | undefined;
}

export interface Finding { readonly rule: string; readonly path: string; readonly problem: string }

type Check = (policy: Policy, core: LabelCore, facts: LabelFacts) => readonly Finding[];

/** Every violation; empty means valid. `core` may lack its policy, as data files do. */
export function checkLabel(policy: Policy, core: CoreInput, facts: LabelFacts): readonly Finding[] {
  const label = canonical(core);
  return CHECKS.flatMap((check) => check(policy, label, facts));
}

/** A label as written by hand: parts of an owner's policy may be missing, groups may stand for their members. */
export type WrittenCore = Omit<CoreInput, "owners"> & { readonly owners: Readonly<Record<string, Partial<OwnerPolicy>>> };

/**
 * Raises what V1, V2 and V10 let be raised: no release list becomes JPN, foreign information without a statute becomes DOC, groups
 * become their members of the registered day. Gives the label in normal form; check it afterwards.
 */
export function raiseLabel(policy: Policy, written: WrittenCore): LabelCore {
  const expand = (list: readonly string[] | "ALL"): readonly string[] | "ALL" =>
    list === "ALL" ? list : list.flatMap((nation) => policy.groups.get(nation)?.members ?? [nation]);
  const owners = Object.fromEntries(Object.entries(written.owners).map(([owner, given]) => {
    const rel = expand(given.rel ?? ["JPN"]);
    return [owner, { rel, disp: expand(given.disp ?? rel), dist: given.dist ?? "ALL", orcon: given.orcon ?? false }];
  }));
  const foreign = Object.keys(owners).some(isForeignOwner);
  const regimes: readonly Regime[] = written.level >= 2 && written.regimes.length === 0 && foreign ? ["DOC"] : written.regimes;
  return canonical({ ...written, regimes, owners });
}

const checkOwners: Check = (_policy, core) => {
  if (core.level >= 1 && Object.keys(core.owners).length === 0) return [{ rule: "V1", path: "owners", problem: "no owner from level 1 on" }];
  return Object.entries(core.owners).flatMap(([owner, terms]) => [
    ...(core.level >= 1 && terms.rel === "ALL" ? [{ rule: "V1", path: `owners.${owner}.rel`, problem: "no explicit release list" }] : []),
    ...(terms.rel !== "ALL" && !terms.rel.includes("JPN") ? [{ rule: "V4", path: `owners.${owner}.rel`, problem: "JPN may not hold it" }] : []),
    ...(isWithin(terms.rel, terms.disp) ? [] : [{ rule: "V1", path: `owners.${owner}.disp`, problem: "may receive but not see" }]),
    ...(terms.orcon && terms.dist === "ALL" && !reachesBeyondJapan(terms.rel)
      ? [{ rule: "V8", path: `owners.${owner}.orcon`, problem: "originator control over nobody in particular" }] : []),
  ]);
};

function isWithin(inner: readonly string[] | "ALL", outer: readonly string[] | "ALL"): boolean {
  return outer === "ALL" || (inner !== "ALL" && inner.every((nation) => outer.includes(nation)));
}

function reachesBeyondJapan(rel: readonly string[] | "ALL"): boolean {
  return rel !== "ALL" && rel.some((nation) => nation !== "JPN");
}

const checkRegimes: Check = (policy, core, { kind }) => {
  if (kind === "existence") return [];
  const missing = core.level >= 2 && core.regimes.length === 0 ? [{ rule: "V2", path: "regimes", problem: "no regime from level 2 on" }] : [];
  const rules = core.regimes.flatMap((code) => policy.regimes.get(code) ?? []);
  const wrong = rules.filter(({ code, levels }) => (kind === "record" ? core.level < Math.min(...levels)
    : !levels.includes(core.level) && !isBroughtIn(policy, core, code)));
  const exclusive = rules.filter((rule) => rule.exclusive).map((rule) => rule.code);
  return [
    ...missing,
    ...wrong.map(({ code }) => ({ rule: "V3", path: "level", problem: `${code} is never at level ${core.level}` })),
    ...(kind !== "record" && exclusive.length > 1 ? [{ rule: "V3", path: "regimes", problem: `${exclusive.join(" and ")} exclude each other` }] : []),
  ];
};

/** A partner's TOP SECRET comes in as DOC, at a level that no document of ours has. */
function isBroughtIn(policy: Policy, core: LabelCore, code: Regime): boolean {
  return policy.agreements.all.some((agreement) => core.owners[agreement.nation] !== undefined
    && agreement.in.some((row) => row.level === core.level && row.regime === code));
}

const checkDesignations: Check = (policy, core, facts) => {
  if (facts.kind === "existence") return [];
  return core.regimes.filter((code) => policy.regimes.get(code)?.designation === true).flatMap((code) => {
    const tokens = core.need.map((token) => facts.tokenOf(token)).filter((token) => token?.kind === "DESIGNATION" && token.regime === code);
    const empowered = tokens.filter((token) => token !== undefined && policy.members.mayDesignate(token.issuer, code));
    return [
      ...(empowered.length === 0 ? [{ rule: "V5", path: "need", problem: `no ${code} designation of a body that may designate` }] : []),
      ...checkValidity(policy, code, empowered.map((token) => token?.designatedOn ?? null), facts.validUntil ?? null),
    ];
  });
};

function checkValidity(policy: Policy, code: Regime, designatedOn: readonly (string | null)[], validUntil: string | null): readonly Finding[] {
  const validity = policy.regimes.get(code)?.validity ?? null;
  if (validity === null || validUntil === "OWNER_CONSENT") return [];
  if (validUntil === null || Number.isNaN(startOfDay(validUntil))) return [{ rule: "V6", path: "validUntil", problem: `${code} needs a last day` }];
  const latest = designatedOn.filter((day) => day !== null).sort().at(-1);
  const { maxYears } = validity;
  return maxYears !== null && latest !== undefined && validUntil > addYears(latest, maxYears)
    ? [{ rule: "V6", path: "validUntil", problem: `more than ${maxYears} years after the designation of ${latest}` }] : [];
}

const checkPurposes: Check = (policy, core, { kind }) => {
  if (core.purposes !== "ALL" || kind === "existence") return [];
  const bound = [
    ...core.regimes.filter((code) => policy.regimes.get(code)?.purposeBound === true),
    ...core.handling.filter((word) => policy.caveats.get(word) === true),
  ];
  return bound.map((code) => ({ rule: "V7", path: "purposes", problem: `${code} may be used for named purposes only` }));
};

/** What an edition for release may be marked with: the regimes of administrative handling, at the levels that V3 gives them. */
const EDITION_REGIMES: ReadonlySet<Regime> = new Set(["CUI", "DOC"]);

const checkExistence: Check = (_policy, core, { kind, existenceLevel, source }) => [
  ...(typeof existenceLevel === "number" && existenceLevel > core.level
    ? [{ rule: "V9", path: "existenceLevel", problem: "above the record's level" }] : []),
  ...(kind === "tearline" && source !== undefined && core.level >= source.level
    ? [{ rule: "V9", path: "level", problem: "a tearline lies below its source" }] : []),
  ...(kind === "tearline" && source?.need.some((token) => core.need.includes(token)) === true
    ? [{ rule: "V9", path: "need", problem: "a tearline shares no token with its source" }] : []),
  ...(kind === "tearline" && core.regimes.some((regime) => !EDITION_REGIMES.has(regime))
    ? [{ rule: "V9", path: "regimes", problem: "a tearline is under no statute" }] : []),
];

const checkGroups: Check = (policy, core) => Object.entries(core.owners).flatMap(([owner, terms]) =>
  [...(terms.rel === "ALL" ? [] : terms.rel), ...(terms.disp === "ALL" ? [] : terms.disp)]
    .filter((nation) => policy.groups.has(nation))
    .map((group) => ({ rule: "V10", path: `owners.${owner}.rel`, problem: `${group} is stored as its members` })));

const checkIssuers: Check = (_policy, core, { tokenOf }) => core.need.flatMap((token) => {
  const facts = tokenOf(token);
  return facts?.kind === "DESIGNATION" && core.owners[facts.issuer] === undefined
    ? [{ rule: "V11", path: "owners", problem: `${facts.issuer} issued ${token} and is no owner` }] : [];
});

/** Rule 9 at ingestion: a code nobody knows would never be permitted to anybody. */
const checkCodes: Check = (policy, core) => {
  const known = (ok: boolean, path: string, word: string): readonly Finding[] => (ok ? [] : [{ rule: "R9", path, problem: `unknown: ${word}` }]);
  const nation = (word: string): boolean => policy.nations.has(word) || policy.groups.has(word);
  return [
    ...core.need.flatMap((token) => known(/^[A-Z0-9][A-Z0-9.:+_-]*$/.test(token), "need", token)),
    ...core.handling.flatMap((word) => known(policy.caveats.has(word), "handling", word)),
    ...(core.purposes === "ALL" ? [] : core.purposes.flatMap((word) => known(policy.purposes.has(word), "purposes", word))),
    ...Object.entries(core.owners).flatMap(([owner, terms]) => [
      ...known(policy.members.isKnownOrg(owner) || nation(owner) || owner === "FGI", "owners", owner),
      ...[terms.rel, terms.disp].flatMap((list) => (list === "ALL" ? [] : list.flatMap((word) => known(nation(word), `owners.${owner}.rel`, word)))),
      ...(terms.dist === "ALL" ? [] : terms.dist.flatMap((org) => known(policy.members.isKnownOrg(org), `owners.${owner}.dist`, org))),
    ]),
  ];
};

const CHECKS: readonly Check[] = [
  checkOwners, checkRegimes, checkDesignations, checkPurposes, checkExistence, checkGroups, checkIssuers, checkCodes,
];
