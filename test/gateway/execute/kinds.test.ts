import { validate, parse } from "graphql";
import { BOTTOM, type LabelCore } from "../../../schema/label";
import { labelOf } from "../../../schema/policy";
import type { ExecuteOutcome } from "../../../gateway/execute";
import { clearedMinistry, hi, lo } from "./archive";
import { viewFor } from "./archive-view";
import { Federation, type SubgraphSpec, type Table } from "./federation";

/** Interfaces, unions, an interface object and a provided field: rules and labels on one implementation, read through every type. */
const secret: LabelCore = { ...BOTTOM, level: 3, regimes: ["DOC"], owners: { "JPN.MOD": { rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false } } };
const SECRET = { record: labelOf(secret) };
const OPEN = { record: labelOf(BOTTOM) };
const TITLED = { ...OPEN, fields: { title: SECRET.record } };
const FLOOR = `@label(level: "SECRET", regimes: ["DOC"], owner: "JPN.MOD", rel: ["JPN"])`;
const LABEL = "_label: Int! @inaccessible @shareable";

interface Work { readonly __typename: "Movie" | "Book" | "Film"; readonly id: string; readonly title: string; readonly entry: object }
const works: Work[] = [];
const label = (entry: object) => (_: unknown, table: Table): number => table.index(entry);
const wire = (work: Work): unknown => ({ ...work, code: `code ${work.id}`, blurb: `blurb ${work.id}`, _label: label(work.entry) });
const specs: readonly SubgraphSpec[] = [
  { name: "defense", sdl: `
      type Query { works: [Work] items: [Item] books: [Book] coded: [Coded] }
      interface Work @key(fields: "id") { id: ID! title: String } union Item = Movie | Book | Film interface Coded { id: ID! code: String }
      type Movie implements Work & Coded @key(fields: "id") { id: ID! title: String code: String ${FLOOR} ${LABEL} }
      type Book implements Work & Coded @key(fields: "id") { id: ID! title: String code: String blurb: String @shareable ${FLOOR} ${LABEL} }
      type Film implements Work & Coded @key(fields: "id") ${FLOOR} { id: ID! title: String code: String ${LABEL} }`,
    resolvers: {
      Query: { works: () => works.map(wire), items: () => works.map(wire), coded: () => works.map(wire), books: () => works.filter(({ __typename }) => __typename === "Book").map(wire) },
      Work: { __resolveReference: ({ id }: { id: string }) => works.filter((work) => work.id === id).map(wire)[0] ?? null }, Book: { __resolveReference: ({ id }: { id: string }) => works.filter((work) => work.id === id).map(wire)[0] ?? null },
    } },
  { name: "economy", sdl: `type Work @interfaceObject @key(fields: "id") { id: ID! rating: Int ${FLOOR} stars: Int @label(level: "PUBLIC") }`,
    resolvers: { Work: { __resolveReference: ({ id }: { id: string }) => ({ id, rating: 7, stars: 3}) } } },
  { name: "cabinet-office", sdl: `type Query { shelf: [Book] @provides(fields: "blurb") } type Book @key(fields: "id") { id: ID! blurb: String @external ${LABEL} }`,
    resolvers: { Query: { shelf: () => works.filter(({ __typename }) => __typename === "Book").map(({ id }) => ({ id, blurb: `blurb ${id}`, _label: label(OPEN) })) } } },
];

let library: Federation | undefined;
function running(): Federation { if (library === undefined) throw new Error("not started"); return library; }
beforeAll(async () => { library = await Federation.start(specs, { labelled: true }); });
afterAll(() => library?.stop());
beforeEach(() => { works.splice(0, works.length, { __typename: "Movie", id: "m", title: "Ran", entry: OPEN }, { __typename: "Book", id: "b", title: "Kokoro", entry: OPEN }, { __typename: "Film", id: "f", title: "Ikiru", entry: OPEN }); });

function ask(asker: typeof hi, query: string): Promise<ExecuteOutcome> { return running().run(query, undefined, { asker, view: viewFor(running(), asker), accreditation: () => clearedMinistry }); }
function mistakes(asker: typeof hi, query: string): readonly string[] { return validate(viewFor(running(), asker), parse(query), undefined, { hideSuggestions: true }).map(({ message }) => message); }
const plain = ({ data }: ExecuteOutcome): unknown => JSON.parse(JSON.stringify(data));

describe("a rule on one implementation", () => {
  it("holds for whoever reads it through the interface, because the actual type decides [B-12]", async () => {
    expect(plain(await ask(lo, "{ works { __typename title } }"))).toEqual({ works: [{ __typename: "Movie", title: "Ran" }, { __typename: "Book", title: "Kokoro" }] });
    expect(plain(await ask(lo, "{ works { ... on Work { title } } items { ... on Work { title } } }"))).toEqual({ works: [{ title: "Ran" }, { title: "Kokoro" }], items: [{ title: "Ran" }, { title: "Kokoro" }] });
    expect(plain(await ask(lo, "{ works { stars } }"))).toEqual({ works: [{ stars: 3 }, { stars: 3 }] });
    expect(running().requests.map(({ subgraph }) => subgraph)).toEqual(["defense", "economy"]);
    expect(running().requests[1]?.body).not.toContain('"id":"f"');
    expect(plain(await ask(hi, "{ works { title } }"))).toEqual({ works: [{ title: "Ran" }, { title: "Kokoro" }, { title: "Ikiru" }] });
    expect((await ask(hi, "{ works { title } }")).released.level).toBe(3);
  });
  it("takes the field from the interface where one visible implementation has a rule on it, and nobody else [B-12]", async () => {
    expect(mistakes(lo, "{ coded { code } }")).toEqual(['Cannot query field "code" on type "Coded".']);
    expect(mistakes(lo, "{ coded { code } }")[0]).toBe(mistakes(lo, "{ coded { cody } }")[0]?.replace("cody", "code"));
    expect(plain(await ask(lo, "{ coded { ... on Book { code } } }"))).toEqual({ coded: [{}, { code: "code b" }] });
    expect(plain(await ask(hi, "{ coded { code } }"))).toEqual({ coded: [{ code: "code m" }, { code: "code b" }, { code: "code f" }] });
  });
});

describe("a field of an interface object", () => {
  it("has its rule by whichever type it is read [B-13]", async () => {
    for (const query of ["{ works { rating } }", "{ works { ... on Movie { rating } } }", "{ items { ... on Work { rating } } }", "{ books { rating } }"]) {
      expect(mistakes(lo, query)).toHaveLength(1);
      expect((await ask(hi, query)).text).toContain('"rating":7');
    }
  });
  it("is asked for of nobody who is hidden, by whichever type it is read [B-13]", async () => {
    works[1] = { __typename: "Book", id: "b", title: "Kokoro", entry: SECRET };
    for (const [query, stars] of [["{ works { stars } }", [3]], ["{ works { ... on Book { stars } ... on Movie { stars } } }", [3]], ["{ items { ... on Work { stars } } }", [3]], ["{ books { stars } }", []]] as const) {
      expect([query, Object.values((await ask(lo, query)).data ?? {})]).toEqual([query, [stars.map((each) => ({ stars: each }))]]);
      expect(JSON.stringify(running().requests.filter(({ subgraph }) => subgraph === "economy"))).not.toContain('"id":"b"');
    }
  });
});

it("a provided value has at least the label of the ministry that owns it, although that was not asked [B-20]", async () => {
  expect(mistakes(lo, "{ shelf { blurb } }")).toHaveLength(1);
  const { data, released } = await ask(hi, "{ shelf { blurb } }");
  expect([JSON.parse(JSON.stringify(data)), released.level, running().requests.map(({ subgraph }) => subgraph)]).toEqual([{ shelf: [{ blurb: "blurb b" }] }, 3, ["cabinet-office"]]);
});

it("what is withheld of one member of a union does not touch the same name in another [B-62]", async () => {
  // The same name stands at another place in each selection.
  const query = "{ items { __typename ... on Movie { title } ... on Book { id title } } works { title } }";
  const [, , film] = works;
  for (const [movie, book, titles] of [[TITLED, OPEN, [null, "Kokoro"]], [OPEN, TITLED, ["Ran", null]], [TITLED, TITLED, [null, null]], [SECRET, OPEN, ["Kokoro"]], [OPEN, SECRET, ["Ran"]]] as const) {
    works.splice(0, 3, { __typename: "Movie", id: "m", title: "Ran", entry: movie }, { __typename: "Book", id: "b", title: "Kokoro", entry: book }, ...(film === undefined ? [] : [film]));
    const { data, errors } = await ask(lo, query);
    expect([errors, (data?.["items"] as readonly { readonly title: string }[] | undefined)?.map(({ title }) => title), (data?.["works"] as readonly { readonly title: string }[] | undefined)?.map(({ title }) => title)]).toEqual([[], titles, titles]);
  }
});
