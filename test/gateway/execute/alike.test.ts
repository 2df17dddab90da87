import { BOTTOM, type LabelCore, type Level } from "../../../schema/label";
import { labelOf } from "../../../schema/policy";
import type { ExecuteOutcome } from "../../../gateway/execute";
import { hi, lo } from "./archive";
import { Federation, type SubgraphSpec, type Table } from "./federation";

interface Book { readonly id: string; readonly title: string | null; readonly note: string; readonly entry: { readonly record: ReturnType<typeof labelOf>; readonly fields?: object; readonly reasonClass?: string } }
const shelves: Book[][] = [];
const core = (level: Level): LabelCore => ({ ...BOTTOM, level, regimes: level > 1 ? ["DOC"] : [], owners: { "JPN.MOD": { rel: ["JPN"], disp: "ALL", dist: "ALL", orcon: false } } });
const PUBLIC = { record: labelOf(BOTTOM) };
const CUI = { record: labelOf({ ...core(1), regimes: ["CUI"] }) };
const SECRET = { record: labelOf(core(3)) };
/** Everybody may know of the book, but not read it. */
const KNOWN = { record: labelOf(core(3), { existence: BOTTOM }), reasonClass: "CLEARANCE" };
/** Everybody may read the book, but not its note. */
const NOTED = { record: PUBLIC.record, fields: { note: labelOf(core(3), { existence: BOTTOM }) }, reasonClass: "CLEARANCE" };

const label = (entry: Book["entry"]) => (_: unknown, table: Table): number => table.index(entry);
const specs: readonly SubgraphSpec[] = [
  { name: "defense", sdl: `type Query { shelves: [Shelf] @label(level: "PUBLIC") } type Shelf { books: [Book!] } type Book @key(fields: "id") { id: ID! title: String note: String _label: Int! @inaccessible @shareable }`,
    resolvers: { Query: { shelves: () => shelves.map((books) => ({ books: books.map((book) => ({ ...book, _label: label(book.entry) })) })) } } },
  { name: "economy", sdl: `type Book @key(fields: "id") { id: ID! price: Int _label: Int! @inaccessible @shareable }`,
    resolvers: { Book: { __resolveReference: ({ id }: { id: string }) => ({ id, price: id.length, _label: label(PUBLIC) }) } } },
];

let library: Federation | undefined;
beforeAll(async () => { library = await Federation.start(specs, { labelled: true }); });
afterAll(() => library?.stop());
beforeEach(() => { shelves.length = 0; if (library !== undefined) library.tamper = undefined; });

const book = (id: string, entry: Book["entry"], part: Partial<Book> = {}): Book => ({ id, title: `title ${id}`, note: `note ${id}`, entry, ...part });
async function ask(asker: typeof hi, query: string, portions = false): Promise<ExecuteOutcome> {
  if (library === undefined) throw new Error("not started");
  return library.run(query, undefined, { asker, portions, accreditation: () => [{ subject: hi.subject, zoneLevel: 4 }] });
}
const QUERY = "{ shelves { books { note id title price } } }";

it("says the same of objects alike as when every value is looked at by itself", async () => {
  const entries = [PUBLIC, CUI, SECRET, KNOWN, NOTED];
  for (const entry of entries) shelves.push([...entries.map((each) => book("a", each)), book("a", entry), book("a", entry, { note: "another" }), book("b", entry)]);
  for (const asker of [hi, lo]) {
    const [once, each] = [await ask(asker, QUERY), await ask(asker, QUERY, true)];
    expect(once.data).toEqual(each.data);
    expect([once.released, once.releasedLabelIds, once.withheld, once.errors]).toEqual([each.released, each.releasedLabelIds, each.withheld, each.errors]);
    expect(once.text).toContain("another");
  }
});
it("does not take a book for its like under another label", async () => {
  shelves.push([book("a", PUBLIC), book("a", CUI), book("a", PUBLIC)]);
  const { released, releasedLabelIds } = await ask(hi, QUERY);
  expect(released).toMatchObject({ level: 1, regimes: ["CUI"] });
  expect(releasedLabelIds).toContain(CUI.record.id);
});
it("tells of every place where something is withheld", async () => {
  shelves.push([book("a", NOTED), book("a", NOTED)], [book("a", NOTED), book("b", KNOWN), book("b", KNOWN)]);
  const { withheld } = await ask(lo, QUERY);
  expect(withheld.map(({ path }) => path.join("."))).toEqual(expect.arrayContaining(["shelves.0.books.0.note", "shelves.0.books.1.note", "shelves.1.books.0.note"]));
});
it("counts the label of a book again when a null erased the place where it was met first", async () => {
  if (library !== undefined) library.tamper = (_subgraph, _body, answer) => JSON.parse(JSON.stringify(answer).replaceAll("\"id\":\"x\"", "\"id\":null")) as unknown;
  shelves.push([book("a", CUI), book("x", PUBLIC)]);
  const erased = await ask(hi, QUERY);
  expect(erased.data).toEqual({ shelves: [{ books: null }] });
  expect(erased.releasedLabelIds).not.toContain(CUI.record.id);
  shelves.push([book("a", CUI)]);
  const kept = await ask(hi, QUERY);
  expect(kept.data).toEqual({ shelves: [{ books: null }, { books: [{ note: "note a", id: "a", title: "title a", price: 1 }] }] });
  expect(kept.releasedLabelIds).toContain(CUI.record.id);
  expect(kept.released.level).toBe(1);
});
