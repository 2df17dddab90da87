/**
 * The policy that permits what two policies both permit, and nothing else (SPEC 14.5). Takes the one in force and a later one of which only the narrowing part may be
 * applied; gives a policy like any other, so that nobody who decides has to know that there are two. Where the two cannot be combined exactly, it permits less.
 * Words of marks are those of the first: what it does not permit has none.
 */
import { createHash } from "node:crypto";
import { canonicalJson, isUnderAny, type Level } from "../label";
import type { Agreement, Agreements } from "./agreements";
import { highestOutward } from "./clearance";
import type { Client } from "./clients";
import type { Members } from "./members";
import type { Policy } from "./policy";
import type { Group, RegimeRule } from "./rules-file";

/** `first` gives the words. The version names both. */
export function meetPolicies(first: Policy, second: Policy): Policy {
  return {
    id: first.id, demoDay: first.demoDay, levels: first.levels, words: first.words,
    version: `P-${createHash("sha256").update(canonicalJson(["meet", first.version, second.version])).digest("hex").slice(0, 16)}`,
    regimes: meetMaps(first.regimes, second.regimes, meetRegimes),
    implications: meetMaps(first.implications, second.implications, (a, b) => a.filter((code) => b.includes(code))),
    purposes: meetMaps(first.purposes, second.purposes, (a, b) => (a === b ? a : undefined)),
    caveats: meetMaps(first.caveats, second.caveats, (a, b) => a || b),
    nations: new Set([...first.nations].filter((code) => second.nations.has(code))),
    groups: meetGroups(first.groups, second.groups),
    // Whoever is answered has read what both ask for.
    legalNotices: new Map([...second.legalNotices, ...first.legalNotices]),
    knownOperations: {
      kinds: [...new Set([...first.knownOperations.kinds, ...second.knownOperations.kinds])], orgs: [...new Set([...first.knownOperations.orgs, ...second.knownOperations.orgs])],
    },
    hold: {
      prefix: commonPrefix(first.hold.prefix, second.hold.prefix), token: first.hold.token,
      offices: [...new Set([...first.hold.offices.filter((office) => isUnderAny(office, second.hold.offices)), ...second.hold.offices.filter((office) => isUnderAny(office, first.hold.offices))])],
    },
    members: meetMembers(first.members, second.members),
    agreements: meetAgreements(first, second),
    clients: meetMaps(first.clients, second.clients, meetClients),
  };
}

function meetMaps<K, T>(first: ReadonlyMap<K, T>, second: ReadonlyMap<K, T>, meet: (a: T, b: T) => T | undefined): ReadonlyMap<K, T> {
  return new Map([...first].flatMap(([key, a]): [K, T][] => {
    const b = second.get(key);
    const both = b === undefined ? undefined : meet(a, b);
    return both === undefined ? [] : [[key, both]];
  }));
}

function meetRegimes(a: RegimeRule, b: RegimeRule): RegimeRule {
  const years = [a.validity?.maxYears, b.validity?.maxYears].filter((limit) => typeof limit === "number");
  return {
    ...a, levels: a.levels.filter((level) => b.levels.includes(level)), exclusive: a.exclusive || b.exclusive, designation: a.designation || b.designation,
    purposeBound: a.purposeBound || b.purposeBound, eligibility: a.eligibility || b.eligibility,
    validity: a.validity === null && b.validity === null ? null : { maxYears: years.length === 0 ? null : Math.min(...years) },
  };
}

function meetClients(a: Client, b: Client): Client | undefined {
  return a.site === b.site && a.displayOnly === b.displayOnly ? { ...a, zoneLevel: Math.min(a.zoneLevel, b.zoneLevel) as Level } : undefined;
}

/** What goes out to a group must be released to the members by either list, and by the name of the group where one list has none. Its agreement is not: see below. */
function meetGroups(first: Policy["groups"], second: Policy["groups"]): Policy["groups"] {
  return new Map([...new Set([...first.keys(), ...second.keys()])].flatMap((code): [string, Group][] => {
    const [a, b] = [first.get(code), second.get(code)];
    const any = a ?? b;
    return any === undefined ? [] : [[code, { ...any, members: [...new Set([...a?.members ?? [code], ...b?.members ?? [code]])] }]];
  }));
}

function commonPrefix(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return a.slice(0, length);
}

function meetMembers(first: Members, second: Members): Members {
  const has = (subgraph: unknown): boolean => second.subgraphs.some((other) => canonicalJson(other) === canonicalJson(subgraph));
  return {
    all: first.all.filter(({ org }) => second.isKnownOrg(org)),
    subgraphs: first.subgraphs.filter(has),
    keeperOf: (org) => { const keeper = first.keeperOf(org); return keeper === second.keeperOf(org) ? keeper : undefined; },
    isKnownOrg: (org) => first.isKnownOrg(org) && second.isKnownOrg(org),
    mayDesignate: (org, regime) => first.mayDesignate(org, regime) && second.mayDesignate(org, regime),
    accreditations: (subgraph) => {
      const known = new Set(second.accreditations(subgraph).map((entry) => canonicalJson(entry)));
      return first.accreditations(subgraph).filter((entry) => known.has(canonicalJson(entry)));
    },
    wordsJa: first.wordsJa,
  };
}

/** At every instant what both agreements let out. With a group whose members differ nothing is agreed: one list of members cannot say what both lists mean. */
function meetAgreements(first: Policy, second: Policy): Agreements {
  const [a, b] = [first.agreements, second.agreements];
  const isSame = (nation: string): boolean => canonicalJson(first.groups.get(nation)?.members ?? null) === canonicalJson(second.groups.get(nation)?.members ?? null);
  const pairs = new Map<Agreement, Map<Agreement, Agreement>>();
  const pair = (one: Agreement | undefined, other: Agreement | undefined): Agreement | undefined => {
    if (one === undefined || other === undefined || one.nation !== other.nation || !isSame(one.nation)) return undefined;
    const known = pairs.get(one) ?? new Map<Agreement, Agreement>();
    pairs.set(one, known);
    const both = known.get(other) ?? meetTwo(one, other);
    known.set(other, both);
    return both;
  };
  const last = ({ all }: Agreements, id: string): Agreement | undefined => all.filter((entry) => entry.id === id).at(-1);
  return {
    all: [...new Set(a.all.map(({ id }) => id))].flatMap((id) => pair(last(a, id), last(b, id)) ?? []),
    byId: (id, now) => pair(a.byId(id, now), b.byId(id, now)),
    byNation: (nation, now) => pair(a.byNation(nation, now), b.byNation(nation, now)),
    boundaries: [...new Set([...a.boundaries, ...b.boundaries])].sort((x, y) => x - y),
  };
}

function meetTwo(a: Agreement, b: Agreement): Agreement {
  const texts = (rows: readonly unknown[]): ReadonlySet<string> => new Set(rows.map((row) => canonicalJson(row)));
  const [marksIn, marksOut] = [texts(b.in), texts(b.out)];
  return {
    ...a, version: a.version === b.version ? a.version : `${a.version}+${b.version}`, start: Math.max(a.start, b.start), end: Math.min(a.end, b.end),
    regimes: new Set([...a.regimes].filter((regime) => b.regimes.has(regime))),
    in: a.in.filter((row) => marksIn.has(canonicalJson(row))), out: a.out.filter((row) => marksOut.has(canonicalJson(row))), equivalents: meetEquivalents(a, b),
    industrial: a.industrial === undefined || b.industrial === undefined ? undefined : Math.min(a.industrial, b.industrial) as Level,
  };
}

/** The table under which every attested level reaches the lower of what it reaches under the two. */
function meetEquivalents(a: Agreement, b: Agreement): Agreement["equivalents"] {
  const equivalents: (Level | undefined)[] = [];
  let reached = -1;
  for (const attested of [0, 1, 2, 3, 4] as const) {
    const highest = Math.min(highestOutward(a, attested), highestOutward(b, attested));
    if (highest > reached) equivalents[highest] = attested;
    reached = Math.max(reached, highest);
  }
  return equivalents;
}
