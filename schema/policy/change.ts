/**
 * What a change of the policy does to access (SPEC 14.5). Takes the policy before and after; gives every difference with its effect. Sound in one direction: what may permit
 * anything more, to anybody, anywhere, widens; a difference that cannot be judged both narrows and widens. Compared is what decisions are made of, not how a file
 * spells it: an agreement that is suspended and one that is struck out are the same.
 */
import { canonicalJson, isUnderAny } from "../label";
import type { Agreement, Agreements } from "./agreements";
import { highestOutward } from "./clearance";
import type { Members } from "./members";
import type { Policy } from "./policy";

export type Effect = "narrows" | "widens" | "both";
export interface Difference {
  /** What it is about: a part of the policy, then a code of it. */
  readonly path: string;
  readonly effect: Effect;
}
export type ChangeKind = "neutral" | "narrowing" | "widening" | "mixed";

/** Every difference in what the policy permits; none for policies that differ in remarks alone. */
export function differencesOf(before: Policy, after: Policy): readonly Difference[] {
  const found = PARTS.flatMap((part) => COMPARE[part](before, after).map(({ path, effect }) => ({ path: path === "" ? part : `${part}.${path}`, effect })));
  const united = new Map<string, Effect>();
  for (const { path, effect } of found) united.set(path, (united.get(path) ?? effect) === effect ? effect : "both");
  return [...united].map(([path, effect]) => ({ path, effect }));
}

/** What the differences amount to. */
export function kindOf(differences: readonly Difference[]): ChangeKind {
  const narrows = differences.some(({ effect }) => effect !== "widens");
  const widens = differences.some(({ effect }) => effect !== "narrows");
  return narrows ? (widens ? "mixed" : "narrowing") : widens ? "widening" : "neutral";
}

type Compare = (before: Policy, after: Policy) => readonly Difference[];

/** One for every part of a policy, so that a part that is added later does not compile until it is compared. */
const COMPARE: { readonly [K in keyof Policy]: Compare } = {
  id: (before, after) => whole(before.id, after.id),
  demoDay: (before, after) => whole(before.demoDay, after.demoDay),
  // Says that something differs, not what.
  version: () => [],
  levels: (before, after) => whole(before.levels, after.levels),
  regimes: (before, after) => keyed(before.regimes, after.regimes, ({ eligibility: was, ...from }, { eligibility: is, ...to }) =>
    [...flagged(was, is), ...whole(from, to)]),
  implications: (before, after) => keyed(before.implications, after.implications, (was, is) => listed(was, is)),
  purposes: (before, after) => keyed(before.purposes, after.purposes, whole),
  caveats: (before, after) => keyed(before.caveats, after.caveats, flagged),
  nations: (before, after) => listed([...before.nations], [...after.nations]),
  // One more member lets the agreement of the group reach it, and asks for one more nation where a value goes out to the group.
  groups: (before, after) => [...new Set([...before.groups.keys(), ...after.groups.keys()])].flatMap((code) => at(code, whole(before.groups.get(code) ?? null, after.groups.get(code) ?? null))),
  // What has to be read before anything is answered: to ask for more narrows.
  legalNotices: (before, after) => keyed(after.legalNotices, before.legalNotices, whole),
  // Whoever is bound may ask less: to bind one more narrows.
  knownOperations: (before, after) => [...at("kinds", listed(after.knownOperations.kinds, before.knownOperations.kinds)), ...at("orgs", compareBound(before.knownOperations.orgs, after.knownOperations.orgs))],
  hold: (before, after) => compareHolds(before.hold, after.hold),
  words: (before, after) => compareWords(before.words, after.words),
  members: (before, after) => compareMembers(before.members, after.members),
  agreements: (before, after) => compareAgreements(before.agreements, after.agreements),
  clients: (before, after) => keyed(before.clients, after.clients, ({ zoneLevel: was, ...from }, { zoneLevel: is, ...to }) =>
    [...whole(from, to), ...(is > was ? [WIDENS] : is < was ? [NARROWS] : [])]),
};
const PARTS = Object.keys(COMPARE) as readonly (keyof Policy)[];

const NARROWS: Difference = { path: "", effect: "narrows" };
const WIDENS: Difference = { path: "", effect: "widens" };
const BOTH: Difference = { path: "", effect: "both" };

function at(path: string, differences: readonly Difference[]): readonly Difference[] {
  return differences.map(({ path: below, effect }) => ({ path: below === "" ? path : `${path}.${below}`, effect }));
}

/** Equal or not; how a difference works is not judged. */
function whole(before: unknown, after: unknown): readonly Difference[] {
  return before === after || canonicalJson(before) === canonicalJson(after) ? [] : [BOTH];
}

/** A duty: to impose it narrows. */
function flagged(before: boolean, after: boolean): readonly Difference[] {
  return before === after ? [] : [after ? NARROWS : WIDENS];
}

/** Each entry permits something. */
function listed(before: readonly string[], after: readonly string[]): readonly Difference[] {
  return [
    ...before.filter((entry) => !after.includes(entry)).map((path) => ({ path, effect: "narrows" as const })),
    ...after.filter((entry) => !before.includes(entry)).map((path) => ({ path, effect: "widens" as const })),
  ];
}

function keyed<K extends string, T>(before: ReadonlyMap<K, T>, after: ReadonlyMap<K, T>, compare: (before: T, after: T) => readonly Difference[]): readonly Difference[] {
  const both = [...before].flatMap(([key, was]) => { const is = after.get(key); return is === undefined ? [] : at(key, compare(was, is)); });
  return [...listed([...before.keys()], [...after.keys()]), ...both];
}

/** Bodies with all below them: what lies under another that is listed is bound already. */
function compareBound(before: readonly string[], after: readonly string[]): readonly Difference[] {
  return [...after.filter((org) => !isUnderAny(org, before)).map((path) => ({ path, effect: "narrows" as const })), ...before.filter((org) => !isUnderAny(org, after)).map((path) => ({ path, effect: "widens" as const }))];
}

function compareHolds(before: Policy["hold"], after: Policy["hold"]): readonly Difference[] {
  const prefix = before.prefix === after.prefix ? [] : [before.prefix.startsWith(after.prefix) ? NARROWS : after.prefix.startsWith(before.prefix) ? WIDENS : BOTH];
  return [
    ...at("prefix", prefix), ...at("token", whole(before.token, after.token)),
    ...at("offices", before.offices.some((office) => !isUnderAny(office, after.offices)) ? [NARROWS] : []),
    ...at("offices", after.offices.some((office) => !isUnderAny(office, before.offices)) ? [WIDENS] : []),
  ];
}

/** A code without a word stands or falls with the code; that is compared where the codes are. */
function compareWords({ nations, purposes, caveats, orgs, ...before }: Policy["words"], after: Policy["words"]): readonly Difference[] {
  const { nations: toNations, purposes: toPurposes, caveats: toCaveats, orgs: toOrgs, ...rest } = after;
  const same = (was: Readonly<Record<string, string>>, is: Readonly<Record<string, string>>): readonly Difference[] =>
    Object.entries(was).flatMap(([code, word]) => (is[code] === undefined || is[code] === word ? [] : at(code, [BOTH])));
  return [...whole(before, rest), ...same(nations, toNations), ...same(purposes, toPurposes), ...same(caveats, toCaveats), ...same(orgs, toOrgs)];
}

/** One for every part of the members. */
const COMPARE_MEMBERS: { readonly [K in keyof Members]: (before: Members, after: Members) => readonly Difference[] } = {
  isKnownOrg: () => [],
  // Its words are compared where all words are; who keeps and who designates, below.
  wordsJa: () => [],
  all: (before, after) => keyed(byOrg(before), byOrg(after), ({ subgraph: _, mayDesignate: _may, ...from }, { subgraph: _too, mayDesignate: _too2, ...to }) => whole(from, to)),
  keeperOf: (before, after) => inBoth(before, after).flatMap((org) => {
    const [was, is] = [before.keeperOf(org), after.keeperOf(org)];
    return was === is ? [] : at(org, [was === undefined ? WIDENS : is === undefined ? NARROWS : BOTH]);
  }),
  mayDesignate: (before, after) => inBoth(before, after).flatMap((org) => at(org, listed(designates(before, org), designates(after, org)))),
  subgraphs: (before, after) => keyed(bySubgraph(before), bySubgraph(after), whole),
  accreditations: (before, after) => [...new Set([...before.subgraphs, ...after.subgraphs].map(({ subgraph }) => subgraph))].flatMap((subgraph) =>
    at(`accreditation.${subgraph}`, listed(accredited(before, subgraph), accredited(after, subgraph)).map(({ effect }) => ({ path: "", effect })))),
};
const MEMBER_PARTS = Object.keys(COMPARE_MEMBERS) as readonly (keyof Members)[];

function compareMembers(before: Members, after: Members): readonly Difference[] {
  return MEMBER_PARTS.flatMap((part) => COMPARE_MEMBERS[part](before, after));
}

const byOrg = ({ all }: Members): ReadonlyMap<string, Members["all"][number]> => new Map(all.map((member) => [member.org, member]));
const bySubgraph = ({ subgraphs }: Members): ReadonlyMap<string, unknown> => new Map(subgraphs.map((entry) => [entry.subgraph, entry]));
const inBoth = (before: Members, after: Members): readonly string[] => before.all.map(({ org }) => org).filter((org) => after.isKnownOrg(org));
const REGIMES = ["SDS", "MDA", "CESI", "EQS", "MODS", "DOC", "NPS", "PAT", "CUI", "VET"] as const;
const designates = (members: Members, org: string): readonly string[] => REGIMES.filter((regime) => members.mayDesignate(org, regime));
const accredited = (members: Members, subgraph: string): readonly string[] => members.accreditations(subgraph).map((entry) => canonicalJson(entry));

/**
 * Agreements by what they let out at every instant at which one of them begins or ends, whatever their versions are called: under their id, as a partner's subject
 * names them, and with their nation, as what goes out does. And by what a mark of theirs means, which does not depend on a day.
 */
function compareAgreements(before: Agreements, after: Agreements): readonly Difference[] {
  const boundaries = [...new Set([...before.boundaries, ...after.boundaries])].sort((a, b) => a - b);
  const instants = [(boundaries[0] ?? 0) - 1, ...boundaries];
  const every = [...before.all, ...after.all];
  const byId = [...new Set(every.map(({ id }) => id))].flatMap((id) => at(id, [
    ...compareAlong(instants, (now) => [before.byId(id, now), after.byId(id, now)]),
    ...compareLast(before.all.filter((entry) => entry.id === id).at(-1), after.all.filter((entry) => entry.id === id).at(-1)),
  ]));
  const byNation = [...new Set(every.map(({ nation }) => nation))].flatMap((nation) => at(nation, [
    ...compareAlong(instants, (now) => [before.byNation(nation, now), after.byNation(nation, now)]),
    ...at("in", unnamed(listed(marksIn(before, nation), marksIn(after, nation)))),
  ]));
  return [...byId, ...byNation];
}

const marksIn = ({ all }: Agreements, nation: string): readonly string[] => all.filter((entry) => entry.nation === nation).flatMap((entry) => entry.in.map((row) => canonicalJson(row)));
const unnamed = (differences: readonly Difference[]): readonly Difference[] => differences.map(({ effect }) => ({ path: "", effect }));

type Pair = readonly [Agreement | undefined, Agreement | undefined];

/** Most instants find the same two agreements in force. */
function compareAlong(instants: readonly number[], inForce: (now: number) => Pair): readonly Difference[] {
  const pairs: Pair[] = [];
  for (const now of instants) {
    const [was, is] = inForce(now);
    if (!pairs.some(([a, b]) => a === was && b === is)) pairs.push([was, is]);
  }
  return pairs.flatMap(([was, is]) => compareInForce(was, is));
}

function compareInForce(before: Agreement | undefined, after: Agreement | undefined): readonly Difference[] {
  if (before === undefined || after === undefined) return before === after ? [] : [before === undefined ? WIDENS : NARROWS];
  const outward = ([undefined, 0, 1, 2, 3, 4] as const).flatMap((attested) => {
    const [was, is] = [highestOutward(before, attested), highestOutward(after, attested)];
    return was === is ? [] : [is > was ? WIDENS : NARROWS];
  });
  return [
    ...(before.nation === after.nation ? [] : [BOTH]), ...listed([...before.regimes], [...after.regimes]), ...outward,
    ...at("industrial", before.industrial === after.industrial ? [] : [(after.industrial ?? -1) > (before.industrial ?? -1) ? WIDENS : NARROWS]),
    ...at("out", compareRows(before.out, after.out)), ...at("in", compareRows(before.in, after.in)),
  ];
}

/** Each row permits something; of rows that are the same in another order the first may be another. */
function compareRows(before: readonly unknown[], after: readonly unknown[]): readonly Difference[] {
  const found = listed(before.map((row) => canonicalJson(row)), after.map((row) => canonicalJson(row)));
  return found.length > 0 ? unnamed(found) : whole(before, after);
}

/** A partner's subject is stated with the scope of the last version, in force or not. */
function compareLast(before: Agreement | undefined, after: Agreement | undefined): readonly Difference[] {
  if (before === undefined || after === undefined) return before === after ? [] : [before === undefined ? WIDENS : NARROWS];
  return [...listed([...before.regimes], [...after.regimes]), ...whole([before.nameJa, before.nameEn], [after.nameJa, after.nameEn])];
}
