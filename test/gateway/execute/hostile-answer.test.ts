import fc from "fast-check";
import { isEnumType, isLeafType, isListType, isNonNullType, type GraphQLOutputType, parse, visit, isObjectType, type GraphQLSchema } from "graphql";
import { viewFor } from "./archive-view";
import { KNOWN, OPEN, SECRET, clearedMinistry, docs, hi, lo, makeDoc, people, secretLabel, startArchive } from "./archive";
import type { Federation } from "./federation";

let archive: Federation | undefined;
function running(): Federation { if (archive === undefined) throw new Error("not started"); return archive; }
beforeAll(async () => { archive = await startArchive(); });
afterAll(() => archive?.stop());
afterEach(() => { if (archive !== undefined) archive.tamper = undefined; });

const QUERIES = [
  "{ docs { id title { ja en } body secret kind hint score next { id secret refs { id __typename } } author { id name } } }",
  "{ records { __typename id ... on Doc { hint } } things { __typename ... on Doc { id secret } } grid { id trails trail } box { doc { id } docs { id hint } words { ja } } hints { id score title { en } } people { id name } }",
];
const NONSENSE: readonly unknown[] = [
  null, true, 0, -1, 1e308, 0.5, "", "x", "Doc", "Hidden", "Person", "__proto__", [], {}, [[]], [null], [[[{}]]], { __typename: "Doc" }, { __typename: "Hidden", id: "h", code: "x" }, { __typename: "constructor" }, { _kanmon_label: 0 }, { _kanmon_label: -1 }, { _kanmon_label: "0" }, { _kanmon_label: 4e9 },
  { length: 3 }, { toString: 1 }, { then: 1 }, "\ud800", Array.from({ length: 300 }, () => ({})),
];
type Path = readonly (string | number)[];
function pathsIn(value: unknown, at: Path, found: Path[]): Path[] {
  found.push(at);
  if (typeof value === "object" && value !== null) for (const [key, inner] of Object.entries(value)) pathsIn(inner, [...at, key], found);
  return found;
}
type Damage = { readonly where: number; readonly how: number; readonly what: number };
/** Replaces, removes, repeats or adds one thing somewhere in an answer. */
function damaged(answer: unknown, { where, how, what }: Damage): unknown {
  const copy = structuredClone(answer);
  const paths = pathsIn(copy, [], []);
  const path = paths[where % paths.length] ?? [];
  const nonsense = NONSENSE[what % NONSENSE.length];
  const last = path.at(-1);
  if (last === undefined) return how === 0 ? nonsense : copy;
  const parent = path.slice(0, -1).reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], copy) as Record<string | number, unknown>;
  if (how === 0) parent[last] = nonsense;
  else if (how === 1) { if (Array.isArray(parent)) parent.splice(Number(last), 1); else delete parent[last]; }
  else if (Array.isArray(parent)) parent.push(how === 2 ? parent[Number(last)] : nonsense);
  else Object.defineProperty(parent, how === 2 ? "__proto__" : `extra${what}`, { value: nonsense, enumerable: true });
  return copy;
}

/** What is not as the schema says: a value of another type, a null where none may be. */
function misfits(schema: GraphQLSchema, type: GraphQLOutputType, value: unknown, at: string): readonly string[] {
  if (isNonNullType(type)) return value === null ? [at] : misfits(schema, type.ofType, value, at);
  if (value === null) return [];
  if (isListType(type)) return Array.isArray(value) ? value.flatMap((item, index) => misfits(schema, type.ofType, item, `${at}.${index}`)) : [at];
  if (isEnumType(type)) return typeof value === "string" && type.getValue(value) !== undefined ? [] : [at];
  if (isLeafType(type)) return ["string", "number", "boolean"].includes(typeof value) && (type.name === "Int") === (typeof value === "number") ? [] : [at];
  if (typeof value !== "object" || Array.isArray(value)) return [at];
  const names = Object.entries(value);
  const fields = isObjectType(type) ? type.getFields() : {};
  return names.flatMap(([name, inner]) => (name === "__typename" || fields[name] === undefined ? [] : misfits(schema, fields[name].type, inner, `${at}.${name}`)));
}

it("whatever a ministry answers is an answer of the right shape, or none: nothing is thrown, nothing unasked is let through [B-41] [B-46] [B-50] [B-126]", async () => {
  const requested = QUERIES.map((query) => { const names = new Set<string>(); visit(parse(query), { Field: ({ name }) => { names.add(name.value); } }); return names; });
  people.splice(0, people.length, { id: "p", name: "Aki", entry: OPEN });
  docs.splice(0, docs.length, makeDoc("a", { next: "b", refs: ["b", "c"], author: "p" }), makeDoc("b", { entry: KNOWN, kind: "DEEP" }), makeDoc("c", { entry: { ...OPEN, fields: { secret: secretLabel } } }), makeDoc("d", { entry: SECRET }));
  let changed = 0;
  const clean = new Map<string, string | undefined>();
  const ask = async (asker: typeof hi, query: string): Promise<string | undefined> => (await running().run(query, undefined, { asker, view: viewFor(running(), asker), accreditation: () => clearedMinistry })).text;
  for (const query of QUERIES) for (const asker of [hi, lo]) clean.set(query + asker.digest, await ask(asker, query));
  const damage = fc.record({ where: fc.nat(100_000), how: fc.nat(3), what: fc.nat(1_000) });
  await fc.assert(fc.asyncProperty(fc.nat(1), fc.boolean(), fc.constantFrom("defense", "economy", "cabinet-office"), fc.array(damage, { minLength: 1, maxLength: 3 }), async (which, cleared, ministry, all) => {
    const query = QUERIES[which] ?? "";
    const asker = cleared ? hi : lo;
    running().tamper = (subgraph, _, answer) => (subgraph === ministry ? all.reduce(damaged, answer) : answer) ?? null;
    const text = await ask(asker, query);
    const view = viewFor(running(), asker);
    const root = view.getQueryType();
    const data = JSON.parse(text ?? "") as Record<string, unknown> | null;
    expect(data === null || root === undefined || root === null ? [] : misfits(view, root, data, "")).toEqual([]);
    expect([...(text ?? "").matchAll(/"([A-Za-z_]+)":/g)].map(([, name]) => name ?? "").filter((name) => requested[which]?.has(name) !== true)).toEqual([]);
    // Whoever lies, lies about its own records only: what others withhold stays withheld.
    if (!cleared && ministry !== "defense") expect(text).not.toMatch(/(secret|body|title) [bd]\b|secret c|DEEP/);
    changed += text === clean.get(query + asker.digest) ? 0 : 1;
  }), { numRuns: 200, seed: 20261122 });
  expect(changed).toBeGreaterThan(60);
  expect(({} as { readonly title?: string }).title).toBeUndefined();
}, 120_000);
