import { parse, visit } from "graphql";
import { labelOf } from "../../../schema/policy";
import { BOTTOM } from "../../../schema/label";
import { viewFor } from "./archive-view";
import { KNOWN, OPEN, SECRET, clearedMinistry, docs, filed, hi, lo, makeDoc, people, secretLabel, startArchive } from "./archive";
import type { Federation, RunOptions } from "./federation";
import { policy } from "./federation";
import { findEscapes } from "../../../gateway/execute/exit-guard";

let archive: Federation | undefined;
function running(): Federation { if (archive === undefined) throw new Error("not started"); return archive; }
beforeAll(async () => { archive = await startArchive(); });
afterAll(() => archive?.stop());
beforeEach(() => { docs.length = 0; people.length = 0; filed.length = 0; });

async function ask(asker: typeof hi, query: string, variables?: Record<string, unknown>, options: RunOptions = {}): ReturnType<Federation["run"]> {
  return running().run(query, variables, { asker, view: viewFor(running(), asker), accreditation: () => clearedMinistry, ...options });
}
/** Data and errors as the client gets them. */
async function told(asker: typeof hi, query: string, variables?: Record<string, unknown>): Promise<unknown> {
  const escaped: string[] = [];
  const outcome = await ask(asker, query, variables, { seams: { exitGuard: (data, provenance) => { escaped.push(...findEscapes({ policy, subject: asker.subject, ctx: asker.ctx }, data, provenance)); } } });
  expect(escaped).toEqual([]);
  return JSON.parse(JSON.stringify({ data: outcome.data, errors: outcome.errors, withheld: outcome.withheld })) as unknown;
}
const answer = (data: unknown, withheld: readonly unknown[] = []): unknown => ({ data, errors: [], withheld });

it("decides by the field, not by the name it is given [B-24]", async () => {
  docs.push(makeDoc("a", { entry: { ...OPEN, fields: { secret: secretLabel } } }));
  expect(await told(lo, "{ docs { title: secret secret: body body: secret } }")).toMatchObject({ data: { docs: [{ title: null, secret: "body a", body: null }] } });
  expect(await told(lo, "{ docs { a: secret } docs { a: secret b: id } }")).toMatchObject({ data: { docs: [{ a: null, b: "a" }] } });
  expect(await told(hi, "{ docs { title: secret secret: body } }")).toMatchObject({ data: { docs: [{ title: "secret a", secret: "body a" }] } });
});
it("needs nothing for what this request's conditions leave out, whatever they were before [B-25]", async () => {
  docs.push(makeDoc("a", { entry: KNOWN }), makeDoc("b"));
  const query = "query($x: Boolean! = false) { docs { __typename @skip(if: $x) id @skip(if: $x) secret @include(if: $x) } }";
  const open = { docs: [{ __typename: "Doc", id: "a" }, { __typename: "Doc", id: "b" }] };
  for (const given of [undefined, { x: false }]) expect(await told(lo, query, given)).toMatchObject({ data: open });
  expect(await told(lo, query, { x: true })).toMatchObject({ data: { docs: [{ secret: null }, { secret: "secret b" }] }, withheld: [{ path: ["docs", "0"], reasonClass: "CLEARANCE" }] });
  expect(await told(lo, query, { x: false })).toMatchObject({ data: open });
  expect(await told(lo, "query($x: Boolean!) { docs { id @skip(if: $x) } }", { x: true })).toMatchObject({ data: { docs: [{}, {}] } });
});

/** Every construct by which a value can be reached. The second document is hidden from `lo`, and must look as if it were not there. */
const CONSTRUCTS: readonly { readonly what: string; readonly query: string; readonly variables?: Record<string, unknown> }[] = [
  { what: "a list", query: "{ docs { id title { en } body secret } }" },
  { what: "an alias", query: "{ docs { title: secret secret: title { ja } x: body } }" },
  { what: "a fragment", query: "{ docs { ...D } } fragment D on Doc { id ...E } fragment E on Doc { secret }" },
  { what: "an inline fragment", query: "{ docs { ... on Doc { secret } ... on Record { id } ... { body } } }" },
  { what: "an interface", query: "{ records { id ... on Doc { secret } } }" },
  { what: "an interface of which only __typename is asked", query: "{ records { __typename } }" },
  { what: "a union", query: "{ things { __typename ... on Doc { id secret } } }" },
  { what: "a nested list", query: "{ grid { id secret } }" },
  { what: "a single reference", query: "{ doc(id: \"b\") { id secret } }" },
  { what: "__typename", query: "{ docs { __typename } a: doc(id: \"b\") { __typename } }" },
  { what: "conditions", query: "query($t: Boolean!, $f: Boolean!) { docs { id @include(if: $t) secret @skip(if: $f) body @include(if: $f) } }", variables: { t: true, f: false } },
  { what: "variables", query: "query($id: ID!) { doc(id: $id) { secret } }", variables: { id: "b" } },
  { what: "a mutation's payload", query: "mutation { file(title: \"x\") { id secret next { id secret } refs { id } } }" },
  { what: "edges", query: "{ doc(id: \"a\") { next { id secret } refs { id title { en } } } }" },
  { what: "a value object", query: "{ box { doc { id } docs { id secret } words { ja en } } }" },
  { what: "another ministry's fields", query: "{ docs { id hint score } }" },
  { what: "another ministry's entity", query: "{ docs { author { id name } } }" },
];

describe("hidden is absent", () => {
  it.each(CONSTRUCTS)("through $what", async ({ query, variables }) => {
    const a = makeDoc("a", { next: "b", refs: ["b", "c", "b"], author: "p" });
    people.push({ id: "p", name: "Aki", entry: OPEN });
    docs.push(a, makeDoc("b", { entry: SECRET, hintEntry: SECRET, author: "p", authorEntry: SECRET }), makeDoc("c"));
    const hidden = await told(lo, query, variables);
    const cleared = await told(hi, query, variables);
    docs.splice(1, 1);
    docs[0] = { ...a, next: null, refs: ["c"] };
    expect(hidden).toEqual(await told(lo, query, variables));
    expect(cleared).not.toEqual(hidden);
  });
});

it.each(CONSTRUCTS)("asks the ministries the same, as often, whether something is hidden or absent, through $what [B-64]", async ({ query, variables }) => {
  const a = makeDoc("a", { next: "b", refs: ["b", "c", "b"], author: "p" });
  people.push({ id: "p", name: "Aki", entry: OPEN });
  docs.push(a, makeDoc("b", { entry: SECRET, hintEntry: SECRET, author: "p", authorEntry: SECRET }), makeDoc("c"));
  const calls = async (asker: typeof hi): Promise<readonly string[]> => { await told(asker, query, variables); return running().requests.map(({ subgraph, body }) => `${subgraph} ${body}`); };
  const hidden = await calls(lo);
  expect(hidden.length).toBeGreaterThan(0);
  docs.splice(0, 2, { ...a, next: null, refs: ["c"] });
  expect(await calls(lo)).toEqual(hidden);
});
it.each(CONSTRUCTS)("gives no name that was not asked for, through $what [B-45]", async ({ query, variables }) => {
  docs.push(makeDoc("a", { next: "b", refs: ["b"], author: "p", entry: KNOWN }), makeDoc("b", { entry: { ...OPEN, fields: { secret: secretLabel } } }), makeDoc("c"));
  people.push({ id: "p", name: "Aki", entry: OPEN });
  const requested = new Set<string>();
  visit(parse(query), { Field: ({ alias, name }) => { requested.add((alias ?? name).value); } });
  for (const asker of [lo, hi]) {
    const { text } = await ask(asker, query, variables);
    const given = [...(text ?? "").matchAll(/"([^"\\]*)":/g)].map(([, name]) => name);
    expect(given.length).toBeGreaterThan(0);
    expect(given.filter((name) => !requested.has(name ?? ""))).toEqual([]);
  }
});
it("shows nothing of a relation to a hidden record but that there is none [B-60]", async () => {
  docs.push(makeDoc("a", { next: "b", refs: ["b", "a", "b"], author: "p", authorEntry: SECRET }), makeDoc("b", { entry: SECRET }));
  const query = "{ doc(id: \"a\") { next { __typename id title { en } next { id } } refs { __typename id } author { __typename id name } } }";
  expect(await told(lo, query)).toEqual(answer({ doc: { next: null, refs: [{ __typename: "Doc", id: "a" }], author: null } }));
  expect(await told(hi, query)).toMatchObject({ data: { doc: { next: { id: "b", next: null }, refs: [{ id: "b" }, { id: "a" }, { id: "b" }], author: { id: "p" } } } });
});
it("withholds a list element above the subject without shifting its neighbours [B-53]", async () => {
  docs.push(makeDoc("a"), makeDoc("b", { entry: SECRET }), makeDoc("c"));
  expect(await told(lo, "{ docs { id } }")).toEqual(answer({ docs: [{ id: "a" }, { id: "c" }] }));
});
it("withholds objects of a type that the view does not have [B-52] [B-57]", async () => {
  docs.push(makeDoc("a"));
  expect(await told(lo, "{ records { __typename id } things { __typename } }")).toEqual(answer({ records: [{ __typename: "Doc", id: "a" }], things: [{ __typename: "Doc" }] }));
  expect(await told(hi, "{ things { __typename } }")).toEqual(answer({ things: [{ __typename: "Hidden" }, { __typename: "Doc" }] }));
});
it("nulls a portion above the subject as if it were empty, without a word", async () => {
  docs.push(makeDoc("a", { entry: { ...OPEN, fields: { body: secretLabel, title: secretLabel } } }));
  expect(await told(lo, "{ docs { id title { en } body secret } }")).toEqual(answer({ docs: [{ id: "a", title: null, body: null, secret: "secret a" }] }));
});
it("answers a permitted portion of a record that is not, and tells of the rest by the existence label only", async () => {
  docs.push(makeDoc("a", { entry: { ...KNOWN, fields: { title: OPEN.record } } }));
  const notice = { reasonClass: "CLEARANCE", contact: { ja: "\u9632\u885b\u7701", en: "MOD" }, requestable: true };
  expect(await told(lo, "{ docs { id ministry title { en } x: secret } }")).toEqual(answer(
    { docs: [{ id: "a", ministry: "defense", title: { en: "title a" }, x: null }] }, [{ path: ["docs", "0", "x"], ...notice }]));
});
it("redacts a record as a whole: existence fields answer, one entry, edges do not", async () => {
  docs.push(makeDoc("h", { entry: SECRET }), makeDoc("a", { entry: { ...KNOWN, fields: { next: labelOf(BOTTOM) } }, next: "c" }), makeDoc("c"));
  expect(await told(lo, "{ docs { id __typename ministry body next { id } title { en } } }")).toEqual(answer({ docs: [
    { id: "a", __typename: "Doc", ministry: "defense", body: null, next: null, title: null },
    { id: "c", __typename: "Doc", ministry: "defense", body: "body c", next: null, title: { en: "title c" } },
  ] }, [{ path: ["docs", "0"], reasonClass: "CLEARANCE", contact: { ja: "\u9632\u885b\u7701", en: "MOD" }, requestable: true }]));
});
it("tells of a redacted record what does not depend on its value or its hidden label", async () => {
  docs.push(makeDoc("a", { entry: KNOWN }));
  const before = await told(lo, "{ docs { id body secret } }");
  docs[0] = makeDoc("a", { entry: { ...KNOWN, record: labelOf({ ...secretLabel, need: ["MOD-2024-017"], level: 4 }, { existence: BOTTOM }) }, body: null, secret: "other" });
  expect(await told(lo, "{ docs { id body secret } }")).toEqual(before);
});
it("does not release an enum value above the subject [B-72]", async () => {
  docs.push(makeDoc("a", { kind: "DEEP" }), makeDoc("b"));
  expect(await told(lo, "{ docs { kind } }")).toEqual(answer({ docs: [{ kind: null }, { kind: "NOTE" }] }));
  expect((await ask(hi, "{ docs { kind } }")).released.level).toBe(3);
});
it("gives the same verdict whichever path leads to a record [B-34]", async () => {
  docs.push(makeDoc("a", { next: "b", refs: ["b"] }), makeDoc("b", { entry: SECRET }));
  expect(await told(lo, "{ doc(id: \"b\") { id } docs { id next { id } refs { id } } }")).toEqual(answer({ doc: null, docs: [{ id: "a", next: null, refs: [] }] }));
});
it("filters what a mutation returns like the answer of a query [B-37]", async () => {
  docs.push(makeDoc("a", { entry: SECRET }));
  expect(await told({ ...lo, action: "WRITE" }, "mutation { file(title: \"x\") { id } }")).toEqual(answer({ file: null }));
  expect(filed).toEqual(["x"]);
});
it("joins the labels of what it released, and of nothing else, into the marking", async () => {
  docs.push(makeDoc("a"), makeDoc("b", { entry: SECRET }));
  expect((await ask(lo, "{ docs { id body } }")).released).toEqual(BOTTOM);
  const cleared = await ask(hi, "{ docs { id body } }");
  expect(cleared.released).toEqual({ ...BOTTOM, level: 3, regimes: ["DOC"], owners: secretLabel.owners });
  expect(cleared.releasedLabelIds).toEqual([OPEN.record.id, SECRET.record.id].sort());
  expect((await ask(hi, "{ doc(id: \"a\") { body } }")).released).toEqual(BOTTOM);
});
it("marks a null with nothing and a redacted place with its existence label", async () => {
  const known = labelOf(secretLabel, { existence: { ...BOTTOM, level: 1, regimes: [], owners: { JPN: { rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false } } } });
  docs.push(makeDoc("a", { entry: { ...OPEN, fields: { body: secretLabel } }, body: null }));
  expect((await ask(hi, "{ docs { body } }")).released).toEqual(BOTTOM);
  docs[0] = makeDoc("a", { entry: { record: known } });
  expect((await ask(lo, "{ docs { body } }")).released.level).toBe(1);
});
it("says on demand which label each value has", async () => {
  docs.push(makeDoc("a", { entry: { ...OPEN, fields: { body: secretLabel } } }));
  const { portions } = await ask(hi, "{ docs { id b: body } }", undefined, { portions: true });
  expect(portions?.labels[portions.at["docs.0.b"] ?? -1]?.level).toBe(3);
  expect(portions?.labels[portions.at["docs.0.id"] ?? -1]?.level).toBe(0);
});
it("holds a lapsed label for review", async () => {
  docs.push(makeDoc("a", { entry: { record: labelOf(BOTTOM, { lifecycle: { validUntil: "2026-10-31" } }) } }), makeDoc("b", { entry: { record: labelOf(BOTTOM, { lifecycle: { validUntil: "2026-12-31" } }) } }));
  expect(await told(lo, "{ docs { id } }")).toEqual(answer({ docs: [{ id: "b" }] }));
});
it("decides anew when a validity has passed, whatever it remembers", async () => {
  docs.push(makeDoc("b", { entry: { record: labelOf(BOTTOM, { lifecycle: { validUntil: "2026-12-31" } }) } }));
  expect(await told(lo, "{ docs { id } }")).toEqual(answer({ docs: [{ id: "b" }] }));
  expect(await told({ ...lo, ctx: { ...lo.ctx, now: Date.UTC(2027, 1, 1) } }, "{ docs { id } }")).toEqual(answer({ docs: [] }));
});
it("is proved by an emptied release, which the exit guard notices", async () => {
  docs.push(makeDoc("a", { entry: SECRET }));
  const escaped: string[] = [];
  const outcome = await ask(lo, "{ docs { id body } }", undefined, { seams: { release: "emptied", exitGuard: (data, provenance) => { escaped.push(...findEscapes({ policy, subject: lo.subject, ctx: lo.ctx }, data, provenance)); } } });
  expect(outcome.data).toEqual({ docs: [{ id: "a", body: "body a" }] });
  expect(escaped).toEqual(["docs.0.id", "docs.0.body"]);
});
