/**
 * policy.json: levels, regimes, implications, purposes, caveats, nations, groups, words (SPEC 1.4, 3.4, 10).
 * Takes parsed JSON; gives `Rules`; refuses unknown keys, unknown codes and contradictions with their JSON path.
 */
import { POLICY_ID, type Level, type MarkingWords, type Regime } from "../label";
import { PolicyError } from "./policy-error";
import {
  code, date, flag, level, list, matching, nationCode, notice, nullable, object, oneOf, orgPath, record, refuseTwice, regime, text,
  whole, type Reader,
} from "./shape";

const wordJa: Reader<string | Readonly<Record<string, string>>> = (value, path) =>
  typeof value === "string" ? text(value, path) : record(matching(/^[0-4]$/, "a level 0 to 4"), text)(value, path);

const parts = object({
  ntk: text, fgi: text, orcon: text, jpnOnly: text, relTo: text, displayOnly: text, dist: text, purpose: text, caveat: text, valid: text,
  none: text, all: text, concealed: text, ownerConsent: text, equivalent: text,
});
const signs = object({
  regimes: text, items: text, gradeOpen: text, gradeClose: text, portionOpen: text, portionClose: text, countOpen: text, countClose: text,
});

const localized = object({ ja: text, en: text });

const shape = object({
  notice,
  id: oneOf(POLICY_ID),
  demoDay: date,
  levels: list(object({ level, name: text, short: text, wordJa: text, gradeJa: text })),
  regimes: list(object({
    code: regime, nameEn: text, nameJa: text, wordJa, levels: list(level), exclusive: flag, designation: flag,
    validity: nullable(object({ maxYears: nullable(whole) })), purposeBound: flag, eligibility: flag,
  })),
  implications: record(regime, list(regime)),
  purposes: list(object({ code, wordJa: text, nameEn: text, action: nullable(oneOf("EXPORT", "DERIVE")) })),
  caveats: list(object({ code, wordJa: nullable(text), nameEn: text, purposeBound: flag })),
  nations: list(object({ code: nationCode, wordJa: nullable(text) })),
  groups: list(object({ code: matching(/^[A-Z]{4,}$/, "a group of four or more letters"), asOf: date, members: list(nationCode) })),
  legalNotices: list(object({ id: code, version: matching(/^[1-9]\d{0,5}$/, "a whole number as text"), regimes: list(regime), title: localized, text: localized })),
  knownOperations: object({ kinds: list(oneOf("official", "contractor", "liaison", "system")), orgs: list(orgPath) }),
  hold: object({ prefix: text, token: code, offices: list(orgPath) }),
  marks: object({ parts, signs }),
});

export type RulesFile = ReturnType<typeof shape>;
export type RegimeRule = RulesFile["regimes"][number];
export type Group = RulesFile["groups"][number];
/** What whoever is eligible for one of the regimes has to have read. A text that changes gets another version. */
export type LegalNotice = RulesFile["legalNotices"][number];

/** The rules of policy.json, with the look-ups that loading and deciding need. */
export interface Rules {
  readonly id: typeof POLICY_ID;
  readonly demoDay: string;
  readonly levels: RulesFile["levels"];
  readonly regimes: ReadonlyMap<Regime, RegimeRule>;
  /** Which regimes an eligibility for the key also covers, itself included. */
  readonly implications: ReadonlyMap<Regime, readonly Regime[]>;
  /** Code -> the action that declaring the purpose asks for, beyond RETRIEVE. */
  readonly purposes: ReadonlyMap<string, "EXPORT" | "DERIVE" | null>;
  /** Code -> whether information with it may be used for named purposes only (V7). */
  readonly caveats: ReadonlyMap<string, boolean>;
  readonly nations: ReadonlySet<string>;
  readonly groups: ReadonlyMap<string, Group>;
  /** By id and version, `NOTICE-SDS@1`: two that are in force together both count. */
  readonly legalNotices: ReadonlyMap<string, LegalNotice>;
  /** Whom the list of known operations binds (SPEC 19.1): subjects of these kinds, and whoever belongs to these bodies. */
  readonly knownOperations: RulesFile["knownOperations"];
  readonly hold: RulesFile["hold"];
  /** Japanese words, bodies excepted: these come from the members file. */
  readonly words: Omit<MarkingWords, "orgs">;
}

/** Reads policy.json. `value` is parsed JSON; throws PolicyError. */
export function readRules(value: unknown): Rules {
  const file = shape(value, "policy");
  checkCodes(file);
  checkMeaning(file);
  return {
    id: file.id,
    demoDay: file.demoDay,
    levels: file.levels,
    regimes: new Map(file.regimes.map((entry) => [entry.code, entry])),
    implications: closeImplications(file),
    purposes: new Map(file.purposes.map((entry) => [entry.code, entry.action])),
    caveats: new Map(file.caveats.map((entry) => [entry.code, entry.purposeBound])),
    nations: new Set(file.nations.map((entry) => entry.code)),
    groups: new Map(file.groups.map((entry) => [entry.code, entry])),
    legalNotices: new Map(file.legalNotices.map((entry) => [`${entry.id}@${entry.version}`, entry])),
    knownOperations: file.knownOperations,
    hold: file.hold,
    words: {
      regimes: file.regimes.map((entry) => ({ code: entry.code, word: entry.wordJa })),
      levels: file.levels.map((entry) => entry.wordJa),
      grades: file.levels.map((entry) => entry.gradeJa),
      parts: file.marks.parts,
      signs: file.marks.signs,
      nations: wordsOf(file.nations),
      purposes: wordsOf(file.purposes),
      caveats: wordsOf(file.caveats),
    },
  };
}

function wordsOf(entries: readonly { readonly code: string; readonly wordJa: string | null }[]): Readonly<Record<string, string>> {
  return Object.fromEntries(entries.map((entry) => [entry.code, entry.wordJa ?? entry.code]));
}

function checkCodes(file: RulesFile): void {
  for (const key of ["regimes", "purposes", "caveats", "nations", "groups"] as const) {
    refuseTwice<{ readonly code: string }>(file[key], (entry) => entry.code, `policy.${key}`, "code");
    // A word that stood for two codes could not be read back from a mark.
    if (key !== "groups") refuseTwice<{ code: string; wordJa: unknown }>(file[key], (entry) => JSON.stringify(entry.wordJa ?? entry.code), `policy.${key}`, "wordJa");
  }
  const known = new Set(file.nations.map((entry) => entry.code));
  if (!known.has("JPN")) throw new PolicyError("policy.nations", "JPN is missing");
  file.groups.forEach((group, at) => group.members.forEach((nation, index) => {
    if (!known.has(nation)) throw new PolicyError(`policy.groups[${at}].members[${index}]`, `unknown nation ${nation}`);
  }));
}

function checkMeaning(file: RulesFile): void {
  const wanted: readonly Level[] = [0, 1, 2, 3, 4];
  if (file.levels.length !== 5 || !wanted.every((entry, at) => file.levels[at]?.level === entry)) {
    throw new PolicyError("policy.levels", "must be the levels 0 to 4 in order");
  }
  if (file.regimes.length !== 10) throw new PolicyError("policy.regimes", "every regime of SPEC 1.2 needs its rule");
  file.regimes.forEach((entry, at) => {
    if (entry.levels.length === 0) throw new PolicyError(`policy.regimes[${at}].levels`, "a regime without a level can label nothing");
    if (entry.validity !== null && !entry.designation) throw new PolicyError(`policy.regimes[${at}].validity`, "only a designation has a validity");
  });
  for (const [source, targets] of Object.entries(file.implications)) {
    targets.forEach((target, at) => {
      if (file.implications[target] !== undefined || target === source) {
        throw new PolicyError(`policy.implications.${source}[${at}]`, `${target} implies regimes itself: implications do not chain or turn back`);
      }
    });
  }
  checkNotices(file);
  if (!file.hold.token.startsWith(file.hold.prefix)) throw new PolicyError("policy.hold.token", "must start with the prefix");
}

/** Every regime has its notice, so that no eligibility can be granted of which nobody is told what it means. */
function checkNotices(file: RulesFile): void {
  refuseTwice(file.legalNotices, ({ id }) => id, "policy.legalNotices", "id");
  const told = new Set(file.legalNotices.flatMap(({ regimes }) => regimes));
  for (const { code: each } of file.regimes) if (!told.has(each)) throw new PolicyError("policy.legalNotices", `there is no notice for ${each}`);
}

function closeImplications(file: RulesFile): ReadonlyMap<Regime, readonly Regime[]> {
  return new Map(file.regimes.map(({ code: source }) => [source, [source, ...(file.implications[source] ?? [])]]));
}
