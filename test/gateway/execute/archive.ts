/**
 * A labelled federation of three ministries for the tests of release and flow: documents with portions, edges, an input of `@requires`, people of
 * another ministry. `docs` and `people` are changed by tests; what is in them is answered as it is, with no guard on the ministries' side.
 */
import type { GraphQLSchema } from "graphql";
import { BOTTOM, type LabelCore, type Label } from "../../../schema/label";
import { type Subject, labelOf } from "../../../schema/policy";
import type { ExecuteRequest, ReceiverStanding } from "../../../gateway/execute";
import { Federation, type SubgraphSpec, type Table } from "./federation";

export interface TestEntry { readonly record: Label; readonly fields?: Readonly<Record<string, Label>>; readonly contact?: { readonly ja: string; readonly en: string }; readonly reasonClass?: string; readonly requestable?: boolean }
export interface Doc {
  readonly __typename: "Doc"; readonly id: string; readonly entry: TestEntry; readonly hintEntry: TestEntry;
  readonly title: { readonly ja: string; readonly en: string } | null; readonly body: string | null; readonly secret: string | null; readonly kind: string | null;
  readonly next: string | null; readonly refs: readonly string[]; readonly author: string | null; readonly authorEntry: TestEntry;
  /** Documents that economy knows to be like it, whatever it was told of it, and such as it finds by what it was told. */
  readonly like: readonly string[]; readonly found: readonly string[];
}
export interface Person { readonly id: string; readonly name: string | null; readonly entry: TestEntry }

const secretCore: LabelCore = { ...BOTTOM, level: 3, regimes: ["DOC"], owners: { "JPN.MOD": { rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false } } };
export const OPEN: TestEntry = { record: labelOf(BOTTOM) };
export const SECRET: TestEntry = { record: labelOf(secretCore) };
/** Everybody may know that it exists. */
export const KNOWN: TestEntry = { record: labelOf(secretCore, { existence: BOTTOM }), contact: { ja: "\u9632\u885b\u7701", en: "MOD" }, reasonClass: "CLEARANCE", requestable: true };
export const secretLabel = SECRET.record;
/** Of a Japanese body: `lo` may read it, a ministry accredited for PUBLIC may not be told it. */
export const internalLabel = labelOf({ ...secretCore, level: 1, regimes: ["CUI"] });

/** A document over which its ministry stumbles. */
export const STUMBLE = "stumble";

export function makeDoc(id: string, part: Partial<Doc> = {}): Doc {
  return { __typename: "Doc", id, entry: OPEN, hintEntry: OPEN, title: { ja: `\u984c ${id}`, en: `title ${id}` }, body: `body ${id}`, secret: `secret ${id}`, kind: "NOTE", next: null, refs: [], author: null, authorEntry: OPEN, like: [], found: [], ...part };
}

export const docs: Doc[] = [];
export const people: Person[] = [];
export const filed: string[] = [];
const find = (id: unknown): Doc | null => docs.find((doc) => doc.id === id) ?? null;
const label = (entry: TestEntry) => (_: unknown, table: Table): number => table.index(entry);
const wire = (doc: Doc | null): unknown => (doc === null ? null : {
  ...doc, _label: label(doc.entry), ministry: "defense", next: () => wire(find(doc.next)), refs: () => doc.refs.map((id) => wire(find(id))),
  author: doc.author === null ? null : { id: doc.author, _label: label(doc.authorEntry) },
});
const all = (): unknown[] => docs.map(wire);

const DOC = `type Doc implements Record @key(fields: "id") { id: ID! ministry: String @existence title: Text body: String secret: String kind: Kind next: Doc refs: [Doc] author: Person _label: Int! @inaccessible @shareable }`;
const specs: readonly SubgraphSpec[] = [
  { name: "defense", sdl: `
      type Query { docs: [Doc] doc(id: ID!): Doc records: [Record] things: [Thing] grid: [[Doc]] box: Box @label(level: "PUBLIC") find(q: String @label(level: "SECRET", regimes: ["DOC"], owner: "JPN.MOD", rel: ["JPN"])): [Doc] }
      type Mutation { file(title: String): Doc }
      interface Record { id: ID! } union Thing = Doc | Hidden type Text @shareable { ja: String en: String } type Box { doc: Doc docs: [Doc!] words: Text }
      enum Kind { NOTE DEEP @label(level: "SECRET", regimes: ["DOC"], owner: "JPN.MOD", rel: ["JPN"]) }
      type Hidden implements Record @key(fields: "id") @label(level: "SECRET", regimes: ["DOC"], owner: "JPN.MOD", rel: ["JPN"]) { id: ID! code: String _label: Int! @inaccessible @shareable }
      ${DOC} type Person @key(fields: "id", resolvable: false) { id: ID! _label: Int! @inaccessible @shareable }`,
    resolvers: {
      Query: {
        docs: all, doc: (_: unknown, { id }: { id: string }) => wire(find(id)), records: () => [...all(), { __typename: "Hidden", id: "h", code: "x", _label: label(OPEN) }],
        things: () => [{ __typename: "Hidden", id: "h", code: "x", _label: label(OPEN) }, ...all()], grid: () => [all(), [], all().reverse()],
        box: () => ({ doc: wire(docs[0] ?? null), docs: all(), words: { ja: "\u8a9e", en: "word" } }), find: all,
      },
      Mutation: { file: (_: unknown, { title }: { title: string }) => { filed.push(title); return wire(docs[0] ?? null); } },
      Doc: { __resolveReference: ({ id }: { id: string }) => { if (id === STUMBLE) throw new Error("stumbled"); return wire(find(id)); } },
    } },
  { name: "economy", sdl: `type Query { hints: [Doc] } enum Kind { NOTE DEEP } type Doc @key(fields: "id") { id: ID! secret: String @external hint: String @requires(fields: "secret")
      next: Doc @external refs: [Doc] @external kind: Kind @external trail: String @requires(fields: "next { id }") trails: String @requires(fields: "refs { id }") sort: String @requires(fields: "kind") @label(level: "SECRET", regimes: ["DOC"], owner: "JPN.MOD", rel: ["JPN"]) like: [Doc] found: [Doc] @requires(fields: "secret") score(weight: Int @label(level: "SECRET", regimes: ["DOC"], owner: "JPN.MOD", rel: ["JPN"])): Int _label: Int! @inaccessible @shareable }`,
    resolvers: {
      Query: { hints: () => docs.map((doc) => ({ id: doc.id, score: () => 1, _label: label(doc.hintEntry) })) },
      Doc: {
        __resolveReference: (reference: { id: string }) => ({ ...reference, score: () => 7, _label: label(find(reference.id)?.hintEntry ?? OPEN) }),
        like: ({ id }: { id: string }) => (find(id)?.like ?? []).map((other) => ({ id: other, _label: label(find(other)?.hintEntry ?? OPEN) })),
        found: ({ id }: { id: string }) => (find(id)?.found ?? []).map((other) => ({ id: other, _label: label(find(other)?.hintEntry ?? OPEN) })),
        hint: ({ secret }: { secret: string | null }) => `hint of ${String(secret)}`,
        trail: ({ next }: { next: unknown }) => `to ${JSON.stringify(next)}`, trails: ({ refs }: { refs: unknown }) => `to ${JSON.stringify(refs)}`, sort: ({ kind }: { kind: unknown }) => `of ${String(kind)}`,
      },
    } },
  { name: "cabinet-office", sdl: `type Query { people: [Person] } type Person @key(fields: "id") { id: ID! name: String _label: Int! @inaccessible @shareable }`,
    resolvers: {
      Query: { people: () => people.map((person) => ({ ...person, _label: label(person.entry) })) },
      Person: { __resolveReference: ({ id }: { id: string }) => { const person = people.find((candidate) => candidate.id === id); return person === undefined ? null : { ...person, _label: label(person.entry) }; } },
    } },
];

const base = { kind: "official", nation: "JPN", org: "JPN.CAS", assignments: [], roles: [], purposes: [] } as const;
const cleared: Subject["eligibilities"] = [{ regime: "DOC", maxLevel: 3, basis: "ASSESSMENT", grantedBy: "JPN.CAS", usableAt: ["JPN"], notifiedOn: "2020-01-01", validUntil: "2099-12-31", status: "ACTIVE", consentId: "C-1" }];
const ctx = { now: Date.UTC(2026, 10, 1), zoneLevel: 4 } as const;
/** May read everything in the archive. */
export const hi: ExecuteRequest["asker"] = { subject: { ...base, id: "hi", eligibilities: cleared }, action: "RETRIEVE", ctx, digest: "hi" };
/** May read what is PUBLIC. */
export const lo: ExecuteRequest["asker"] = { subject: { ...base, id: "lo", eligibilities: [] }, action: "RETRIEVE", ctx, digest: "lo" };
export const clearedMinistry: readonly ReceiverStanding[] = [{ subject: { ...base, id: "ministry", kind: "subgraph", eligibilities: cleared }, zoneLevel: 4 }];
export const openMinistry: readonly ReceiverStanding[] = [{ subject: { ...base, id: "ministry-open", kind: "subgraph", eligibilities: [] }, zoneLevel: 0 }];

export async function startArchive(): Promise<Federation> { return Federation.start(specs, { labelled: true }); }
export type View = GraphQLSchema;
