import { BOTTOM } from "../../../schema/label";
import { labelOf } from "../../../schema/policy";
import { viewFor } from "./archive-view";
import { OPEN, SECRET, clearedMinistry, docs, hi, lo, makeDoc, people, startArchive } from "./archive";
import type { Federation } from "./federation";

type Json = Record<string, unknown>;
let archive: Federation | undefined;
function running(): Federation { if (archive === undefined) throw new Error("not started"); return archive; }
beforeAll(async () => { archive = await startArchive(); });
afterAll(() => archive?.stop());
beforeEach(() => { docs.length = 0; people.length = 0; running().tamper = undefined; docs.push(makeDoc("a"), makeDoc("b")); });

interface Sent { data: Json & { docs: Json[]; _entities: (Json | null)[] }; errors?: unknown; extensions: { labels: unknown[] } & Json }
/** Changes the answer of one ministry before it is sent. */
function forge(subgraph: string, change: (sent: Sent) => unknown): void {
  running().tamper = (name, _, answer) => (name === subgraph ? change(answer as Sent) ?? answer : answer);
}
async function ask(query: string, asker = lo): Promise<unknown> {
  const outcome = await running().run(query, undefined, { asker, view: viewFor(running(), asker), accreditation: () => clearedMinistry });
  return JSON.parse(JSON.stringify({ data: outcome.data, errors: outcome.errors })) as unknown;
}
const failed = (path: string, data: unknown): unknown => ({ data, errors: [{ code: "MINISTRY_UNAVAILABLE", path: [path] }] });

const UNREADABLE: readonly { readonly what: string; readonly change: (sent: Sent) => void }[] = [
  { what: "no label on the object", change: ({ data }) => { delete data.docs[0]?.["_kanmon_label"]; } },
  { what: "a null label", change: ({ data }) => { Object.assign(data.docs[0] ?? {}, { _kanmon_label: null }); } },
  { what: "a label that is no index", change: ({ data }) => { Object.assign(data.docs[0] ?? {}, { _kanmon_label: "0" }); } },
  { what: "an index out of range", change: ({ data }) => { Object.assign(data.docs[0] ?? {}, { _kanmon_label: 7 }); } },
  { what: "a negative index", change: ({ data }) => { Object.assign(data.docs[0] ?? {}, { _kanmon_label: -1 }); } },
  { what: "a fractional index", change: ({ data }) => { Object.assign(data.docs[0] ?? {}, { _kanmon_label: 0.5 }); } },
  { what: "an index named like a member of arrays", change: ({ data }) => { Object.assign(data.docs[0] ?? {}, { _kanmon_label: "length" }); } },
  { what: "an entry that is null", change: ({ data, extensions }) => { extensions.labels.push(null); Object.assign(data.docs[0] ?? {}, { _kanmon_label: 1 }); } },
  { what: "an entry without a record", change: ({ data, extensions }) => { extensions.labels.push({ fields: {} }); Object.assign(data.docs[0] ?? {}, { _kanmon_label: 1 }); } },
  { what: "a label whose id is of another", change: ({ data, extensions }) => { extensions.labels.push({ record: { ...SECRET.record, id: `${OPEN.record.id}x` } }); Object.assign(data.docs[0] ?? {}, { _kanmon_label: 1 }); } },
  { what: "a level out of range", change: ({ data, extensions }) => { extensions.labels.push({ record: { ...labelOf(BOTTOM), level: -1 } }); extensions.labels.push({ record: { ...OPEN.record, level: 9, id: "L-x" } }); Object.assign(data.docs[0] ?? {}, { _kanmon_label: 2 }); } },
  { what: "a label of another policy", change: ({ data, extensions }) => { extensions.labels.push({ record: { ...OPEN.record, policy: "OTHER", id: "L-y" } }); Object.assign(data.docs[0] ?? {}, { _kanmon_label: 1 }); } },
  { what: "a portion label that lies", change: ({ data, extensions }) => { extensions.labels.push({ ...OPEN, fields: { body: { ...SECRET.record, level: 0, id: "L-z" } } }); Object.assign(data.docs[0] ?? {}, { _kanmon_label: 1 }); } },
];
it.each(UNREADABLE)("withholds an object with $what [B-46]", async ({ change }) => {
  forge("defense", change);
  for (const asker of [lo, hi]) expect(await ask("{ docs { id body } }", asker)).toEqual({ data: { docs: [{ id: "b", body: "body b" }] }, errors: [] });
});
it("withholds everything when the table is missing or no list [B-46]", async () => {
  forge("defense", (sent) => ({ data: sent.data }));
  expect(await ask("{ docs { id } }")).toEqual({ data: { docs: [] }, errors: [] });
  forge("defense", (sent) => ({ ...sent, extensions: { labels: { 0: OPEN } } }));
  expect(await ask("{ docs { id } }")).toEqual({ data: { docs: [] }, errors: [] });
});
it("believes the first content it verified under an id, whatever is sent under it later", async () => {
  docs.splice(0, 2, makeDoc("s", { entry: SECRET }));
  expect(await ask("{ docs { id } }")).toEqual({ data: { docs: [] }, errors: [] });
  forge("defense", ({ extensions }) => { extensions.labels.splice(0, 1, { record: { ...OPEN.record, id: SECRET.record.id } }); });
  expect(await ask("{ docs { id } }")).toEqual({ data: { docs: [] }, errors: [] });
});
it("drops keys that nobody asked for, before they can overwrite anything [B-41]", async () => {
  forge("economy", ({ data }) => { Object.assign(data._entities[0] ?? {}, { title: { en: "FORGED" }, body: "FORGED", secret: "FORGED", _label: 0, __proto__: { polluted: true } }); });
  expect(await ask("{ docs { id body hint title { en } } }")).toEqual({ data: { docs: [
    { id: "a", body: "body a", hint: "hint of secret a", title: { en: "title a" } }, { id: "b", body: "body b", hint: "hint of secret b", title: { en: "title b" } },
  ] }, errors: [] });
  forge("defense", ({ data }) => { Object.assign(data.docs[0] ?? {}, { hint: "FORGED", score: 99 }); Object.assign(data, { people: [{ id: "x" }] }); });
  expect(await ask("{ docs { id score } people { id } }")).toEqual({ data: { docs: [{ id: "a", score: 7 }, { id: "b", score: 7 }], people: [] }, errors: [] });
});
it("survives keys that are members of every object [B-49]", async () => {
  running().tamper = (name, _, answer) => (name === "economy" ? JSON.stringify(answer).replace("{\"__typename\"", "{\"__proto__\":{\"polluted\":1},\"constructor\":{\"prototype\":{\"polluted\":1}},\"__typename\"") : answer);
  expect(await ask("{ __proto__: docs { constructor: hint __proto__: id toString: score } }")).toEqual({
    data: JSON.parse("{\"__proto__\":[{\"constructor\":\"hint of secret a\",\"__proto__\":\"a\",\"toString\":7},{\"constructor\":\"hint of secret b\",\"__proto__\":\"b\",\"toString\":7}]}"), errors: [] });
  expect(({} as Json)["polluted"]).toBeUndefined();
});
it("discards an answer whose entities are reversed, shortened, prolonged or no list [B-42]", async () => {
  const withoutHints = failed("docs", { docs: [{ id: "a", hint: null }, { id: "b", hint: null }] });
  const changes: readonly ((sent: Sent) => unknown)[] = [
    ({ data }) => { data._entities.reverse(); }, ({ data }) => { data._entities.pop(); }, ({ data }) => { data._entities.push(null); },
    (sent) => ({ ...sent, data: { _entities: { 0: sent.data._entities[0], 1: sent.data._entities[1], length: 2 } } }), (sent) => ({ ...sent, data: {} }), ({ data }) => { data._entities[0] = "x" as never; },
    ({ data }) => { Object.assign(data._entities[0] ?? {}, { _kanmon_key_id: "b" }); }, ({ data }) => { delete data._entities[1]?.["_kanmon_key_id"]; },
  ];
  for (const change of changes) {
    forge("economy", change);
    expect(await ask("{ docs { id hint } }")).toEqual(withoutHints);
  }
});
it("discards an answer about another type or none [B-50]", async () => {
  for (const typeName of ["Person", "Record", "Nobody", "", null, 7, undefined]) {
    forge("economy", ({ data }) => { Object.assign(data._entities[0] ?? {}, { __typename: typeName }); });
    expect(await ask("{ docs { id score } }")).toEqual(failed("docs", { docs: [{ id: "a", score: null }, { id: "b", score: null }] }));
  }
});
it("does not let a ministry dodge a type's floor by another __typename [B-50]", async () => {
  docs.length = 0;
  forge("defense", ({ data }) => { Object.assign((data["records"] as Json[])[0] ?? {}, { __typename: "Record" }); });
  expect(await ask("{ records { __typename id } }")).toEqual(failed("records", { records: [null] }));
});
it("reads the label only from the answer that carries the object [B-48]", async () => {
  docs.splice(0, 2, makeDoc("a", { hintEntry: SECRET }));
  expect(await ask("{ docs { id body score } }")).toEqual({ data: { docs: [{ id: "a", body: "body a", score: null }] }, errors: [] });
  forge("economy", ({ extensions }) => { extensions.labels.length = 0; });
  expect(await ask("{ docs { id body score } }", hi)).toEqual({ data: { docs: [{ id: "a", body: "body a", score: null }] }, errors: [] });
});
it("nulls values that are none of their type, with one code for the root field", async () => {
  forge("defense", ({ data }) => { Object.assign(data.docs[0] ?? {}, { body: 7, title: "x", kind: "UNKNOWN", next: [] }); Object.assign(data.docs[1] ?? {}, { body: { deep: 1 }, refs: { 0: null } }); });
  expect(await ask("{ docs { id body title { en } kind next { id } refs { id } } }")).toEqual(failed("docs", { docs: [
    { id: "a", body: null, title: null, kind: null, next: null, refs: [] }, { id: "b", body: null, title: { en: "title b" }, kind: "NOTE", next: null, refs: null },
  ] }));
});
it("lets no nonsense of a hidden object be noticed", async () => {
  docs[1] = makeDoc("b", { entry: SECRET });
  forge("defense", ({ data }) => { Object.assign(data.docs[1] ?? {}, { body: 7 }); });
  expect(await ask("{ docs { id body } }")).toEqual({ data: { docs: [{ id: "a", body: "body a" }] }, errors: [] });
});
it("forwards nothing of a ministry's error, and nothing at all of one at a hidden place [B-56] [B-85]", async () => {
  docs.push(makeDoc("s", { entry: SECRET }), makeDoc("p", { entry: { ...OPEN, fields: { body: SECRET.record } } }));
  const error = (...path: unknown[]): unknown => ({ message: "row 42 label TOP SECRET", path, locations: [{ line: 1, column: 1 }], extensions: { code: "SQL", stacktrace: ["x"] } });
  forge("defense", (sent) => ({ ...sent, errors: [error("docs", 2, "body"), error("docs", 3, "body")] }));
  const quiet = { data: { docs: [{ id: "a", body: "body a" }, { id: "b", body: "body b" }, { id: "p", body: null }] }, errors: [] };
  expect(await ask("{ docs { id body } }")).toEqual(quiet);
  forge("defense", (sent) => ({ ...sent, errors: [error("docs", 0, "body"), error("docs", 1, "body"), error("docs", 1)] }));
  expect(await ask("{ docs { id body } }")).toEqual({ ...quiet, errors: [{ code: "MINISTRY_UNAVAILABLE", path: ["docs"] }] });
  for (const errors of [[error("elsewhere")], [{ message: "x" }], ["x"], [null], [{ path: [{}] }], [{ path: "docs" }]]) {
    forge("defense", (sent) => ({ ...sent, errors }));
    expect(await ask("{ docs { id body } }")).toEqual({ ...quiet, errors: [{ code: "MINISTRY_UNAVAILABLE", path: ["docs"] }] });
  }
});
it("tells a refused change from a failed one, and only for mutations", async () => {
  const refuse = (code: string) => (): unknown => ({ data: { file: null }, errors: [{ message: "x", path: ["file"], extensions: { code } }] });
  forge("defense", refuse("REFUSED_ROLE"));
  expect(await ask("mutation { file(title: \"x\") { id } }")).toEqual({ data: { file: null }, errors: [{ code: "MINISTRY_REFUSED", path: ["file"], reason: "ROLE" }] });
  forge("defense", refuse("UNAUTHENTICATED"));
  expect(await ask("mutation { file(title: \"x\") { id } }")).toEqual({ data: { file: null }, errors: [{ code: "MINISTRY_UNAVAILABLE", path: ["file"] }] });
  forge("defense", () => ({ data: { docs: null }, errors: [{ message: "x", path: ["docs"], extensions: { code: "REFUSED_ROLE" } }] }));
  expect(await ask("{ docs { id } }")).toEqual(failed("docs", { docs: null }));
});
