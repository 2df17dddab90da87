import { BOTTOM } from "../../../schema/label";
import { viewFor } from "./archive-view";
import { KNOWN, OPEN, SECRET, STUMBLE, clearedMinistry, docs, hi, internalLabel, lo, makeDoc, openMinistry, people, secretLabel, startArchive } from "./archive";
import type { Federation, RunOptions } from "./federation";

let archive: Federation | undefined;
function running(): Federation { if (archive === undefined) throw new Error("not started"); return archive; }
beforeAll(async () => { archive = await startArchive(); });
afterAll(() => archive?.stop());
beforeEach(() => { docs.length = 0; people.length = 0; });

const uncleared = (...names: readonly string[]): NonNullable<RunOptions["accreditation"]> => (subgraph) => (names.includes(subgraph) ? openMinistry : clearedMinistry);
async function ask(asker: typeof hi, query: string, options: RunOptions = {}): ReturnType<Federation["run"]> {
  return running().run(query, undefined, { asker, view: viewFor(running(), asker), accreditation: () => clearedMinistry, ...options });
}
/** What a ministry was told, without the document. */
function toldTo(subgraph: string): unknown[] { return running().requests.filter((request) => request.subgraph === subgraph).map((request) => request.variables); }
const asked = (...representations: unknown[]): unknown[] => [{ representations: representations.map((each) => ({ __typename: "Doc", ...each as object })) }];
const notAsked = (path: readonly string[]): unknown => ({ path, reasonClass: "NOT_ASKED", contact: null, requestable: false });

it("never sends a withheld value on: the input is null, as where it is null [B-32] [B-33]", async () => {
  docs.push(makeDoc("a"), makeDoc("b", { entry: { ...OPEN, fields: { secret: secretLabel } } }), makeDoc("c", { entry: SECRET }));
  const outcome = await ask(lo, "{ docs { id hint } }");
  expect(outcome.data).toEqual({ docs: [{ id: "a", hint: "hint of secret a" }, { id: "b", hint: "hint of null" }] });
  expect(toldTo("economy")).toEqual(asked({ id: "a", secret: "secret a" }, { id: "b", secret: null }));
  const before = JSON.stringify([outcome.data, running().requests]);
  docs.splice(1, 2, makeDoc("b", { secret: null }));
  expect(JSON.stringify([(await ask(lo, "{ docs { id hint } }")).data, running().requests])).toBe(before);
});
it("does not tell a ministry of an entity above its accreditation, and says so to an asker who may know", async () => {
  docs.push(makeDoc("a"), makeDoc("b", { entry: SECRET }));
  const outcome = await ask(hi, "{ docs { id hint } }", { accreditation: uncleared("economy") });
  expect(outcome.data).toEqual({ docs: [{ id: "a", hint: "hint of secret a" }, { id: "b", hint: null }] });
  expect(outcome.withheld).toEqual([notAsked(["docs", "1"])]);
  expect(toldTo("economy")).toEqual(asked({ id: "a", secret: "secret a" }));
});
it("asks as if there were no value where a portion is above the ministry, and gives nobody what comes back", async () => {
  docs.push(makeDoc("a", { entry: { ...OPEN, fields: { secret: secretLabel } } }));
  const required = await ask(hi, "{ docs { hint } }", { accreditation: uncleared("economy") });
  expect([required.data, required.withheld, toldTo("economy")]).toEqual([{ docs: [{ hint: null }] }, [notAsked(["docs", "0"])], asked({ id: "a", secret: null })]);
  const other = await ask(hi, "{ docs { score } }", { accreditation: uncleared("economy") });
  expect([other.data, toldTo("economy")]).toEqual([{ docs: [{ score: 7 }] }, asked({ id: "a" })]);
});
it("sends a ministry the same whether an input is above it, is null there, or is null and open [B-32]", async () => {
  const above = { ...OPEN, fields: { secret: secretLabel } };
  for (const parts of [{ entry: above }, { entry: above, secret: null }, { entry: OPEN, secret: null }]) {
    docs.splice(0, 1, makeDoc("a", parts));
    await ask(hi, "{ docs { hint } }", { accreditation: uncleared("economy") });
    expect(toldTo("economy")).toEqual(asked({ id: "a", secret: null }));
  }
});
describe("what follows from an answer that is nobody's", () => {
  const above = { ...OPEN, fields: { secret: secretLabel } };
  /** Everything that ministries were sent, in worlds in which economy may be told as much of the input: that it exists, and nothing else. */
  const sent = async (query: string, world: () => void): Promise<readonly [data: unknown, sent: string]> => {
    docs.length = 0;
    world();
    const { data } = await ask(hi, query, { accreditation: uncleared("economy") });
    return [data, JSON.stringify(["economy", "defense"].map(toldTo))];
  };
  it.each([
    { what: "an entity that the ministry names without the input", query: "{ docs { id hint like { id title { en } hint like { id hint } } } }", part: { like: ["b"] } },
    { what: "an entity that it finds by the input", query: "{ docs { id found { id title { en } hint found { id score } } } }", part: { found: ["b"] } },
    { what: "another ministry's value of it", query: "{ docs { id hint like { id title { en } } } }", part: { like: ["b"] } },
  ])("is asked as where there is nothing to keep back: $what [G2]", async ({ query, part }) => {
    const world = (own: object, others: object) => (): void => { docs.push(makeDoc("a", { ...part, ...own }), makeDoc("b", { like: ["c"], found: ["c"], ...others }), makeDoc("c")); };
    const [kept, calls] = await sent(query, world({ entry: above }, {}));
    const [open, others] = await sent(query, world({ entry: OPEN, secret: null }, {}));
    expect(calls).toBe(others);
    expect(JSON.stringify(open)).toContain("title b");
    // Nothing of it is given to anybody, and nothing comes into what is.
    const [first, ...rest] = (kept as { readonly docs: readonly Readonly<Record<string, unknown>>[] }).docs;
    expect(Object.values({ ...first, id: null }).every((value) => value === null)).toBe(true);
    expect(rest).toEqual((open as { readonly docs: readonly unknown[] }).docs.slice(1));
    // So it is where what follows is above the ministry too.
    expect((await sent(query, world({ entry: above }, { entry: above })))[1]).toBe((await sent(query, world({ entry: OPEN, secret: null }, { entry: OPEN, secret: null })))[1]);
  });
  it("is no error to the asker, whatever comes of it, where the same is one in what they are shown", async () => {
    const world = async (entry: typeof above): ReturnType<typeof ask> => {
      docs.splice(0, docs.length, makeDoc("a", { entry, like: [STUMBLE] }), makeDoc("b"));
      return ask(hi, "{ docs { id hint like { id title { en } hint } } }", { accreditation: uncleared("economy") });
    };
    const kept = await world(above);
    expect([kept.data, kept.errors, kept.withheld]).toEqual([{ docs: [{ id: "a", hint: null, like: null }, { id: "b", hint: "hint of secret b", like: [] }] }, [], [notAsked(["docs", "0"])]]);
    expect(JSON.stringify(toldTo("defense"))).toContain(STUMBLE);
    expect((await world({ ...OPEN, fields: {} as typeof above.fields })).errors).toEqual([{ code: "MINISTRY_UNAVAILABLE", path: ["docs"] }]);
  });
});
/** Inputs of another ministry that are no plain value: withheld from the asker, and as they look where there is nothing. */
const WITHHELD_INPUTS = [
  { what: "the target of an edge", field: "next", query: "{ docs { id trail } }", hidden: { next: "z" }, absent: { next: null } },
  { what: "a member of a list", field: "refs", query: "{ docs { id trails } }", hidden: { refs: ["z"] }, absent: { refs: [] } },
];
describe.each(WITHHELD_INPUTS)("$what withheld from the asker", ({ field, query, hidden, absent }) => {
  it.each([
    { told: "a ministry that may be told of its place", entry: OPEN, accreditation: () => openMinistry },
    { told: "a ministry that may not be told of its place", entry: { ...OPEN, fields: { [field]: internalLabel } }, accreditation: uncleared("economy") },
    { told: "a ministry that may be told everything", entry: { ...OPEN, fields: { [field]: internalLabel } }, accreditation: () => clearedMinistry },
  ])("is nothing at all to $told, and to the asker [B-33]", async ({ entry, accreditation }) => {
    const world = async (part: object): Promise<string> => {
      docs.splice(0, docs.length, makeDoc("a", { entry, ...part }), makeDoc("z", { entry: SECRET }));
      const outcome = await ask(lo, query, { accreditation });
      return JSON.stringify([outcome.data, outcome.withheld, outcome.errors, outcome.released, outcome.releasedLabelIds, toldTo("economy")]);
    };
    expect(await world(hidden)).toBe(await world(absent));
  });
});
it("tells the asker that a ministry was not asked with an input above it, whether the input is withheld, null or there", async () => {
  const entry = { ...OPEN, fields: { next: internalLabel } };
  for (const next of [null, "z", "b"]) {
    docs.splice(0, docs.length, makeDoc("a", { entry, next }), makeDoc("b"), makeDoc("z", { entry: SECRET }));
    const { data, withheld } = await ask(lo, "{ docs { trail } }", { accreditation: uncleared("economy") });
    expect([data, withheld[0]]).toMatchObject([{ docs: [{ trail: null }, {}] }, notAsked(["docs", "0"]) as object]);
    expect(JSON.stringify(toldTo("economy"))).toContain(JSON.stringify({ __typename: "Doc", id: "a", next: null }));
  }
});
it("sends a ministry the same whether an enum value is above it, null, or of a record that is", async () => {
  for (const part of [{ kind: "DEEP" }, { kind: null }, { kind: "NOTE", entry: { ...OPEN, fields: { kind: secretLabel } } }, { kind: "DEEP", entry: { ...OPEN, fields: { kind: secretLabel } } }]) {
    docs.splice(0, docs.length, makeDoc("a", part));
    await ask(hi, "{ docs { sort } }", { accreditation: uncleared("economy") });
    expect(toldTo("economy")).toEqual(asked({ id: "a", kind: null }));
  }
});
it("keeps what is asked of others when one of them is asked without its input", async () => {
  docs.push(makeDoc("a", { entry: { ...OPEN, fields: { secret: secretLabel } } }), makeDoc("b"));
  const outcome = await ask(hi, "{ docs { id hint } }", { accreditation: uncleared("economy") });
  expect(outcome.data).toEqual({ docs: [{ id: "a", hint: null }, { id: "b", hint: "hint of secret b" }] });
  expect(outcome.errors).toEqual([]);
});
it("counts the path: an open entity behind a secret edge is not sent by that way, but by another", async () => {
  docs.push(makeDoc("a", { entry: { ...OPEN, fields: { next: secretLabel } }, next: "c" }), makeDoc("c"));
  const byEdge = await ask(hi, "{ doc(id: \"a\") { next { id score } } }", { accreditation: uncleared("economy") });
  expect(byEdge.data).toEqual({ doc: { next: { id: "c", score: null } } });
  expect(byEdge.withheld).toEqual([notAsked(["doc", "next"])]);
  expect(toldTo("economy")).toEqual([]);
  const both = await ask(hi, "{ doc(id: \"a\") { next { id score } } c: doc(id: \"c\") { score } }", { accreditation: uncleared("economy") });
  expect(both.data).toEqual({ doc: { next: { id: "c", score: null } }, c: { score: 7 } });
  expect(toldTo("economy")).toEqual(asked({ id: "c" }));
});
it("counts the existence of what is on the way", async () => {
  docs.push(makeDoc("b", { entry: SECRET, author: "p" }));
  people.push({ id: "p", name: "Aki", entry: OPEN });
  const outcome = await ask(hi, "{ docs { author { id name } } }", { accreditation: uncleared("cabinet-office") });
  expect(outcome.data).toEqual({ docs: [{ author: { id: "p", name: null } }] });
  expect(toldTo("cabinet-office")).toEqual([]);
});
it("sends what is open although something beside it is not", async () => {
  docs.push(makeDoc("a", { entry: { ...OPEN, fields: { title: secretLabel, body: secretLabel } } }));
  expect((await ask(hi, "{ docs { title { en } body score } }", { accreditation: uncleared("economy") })).data).toEqual({ docs: [{ title: { en: "title a" }, body: "body a", score: 7 }] });
});
it("gives a variable only to a ministry cleared for its argument [B-36]", async () => {
  docs.push(makeDoc("a"));
  const root = await ask(hi, "{ find(q: \"quantum\") { id } docs { id } }", { accreditation: uncleared("defense") });
  expect(root.data).toEqual({ find: null, docs: null });
  expect(root.withheld).toEqual([notAsked(["find"]), notAsked(["docs"])]);
  expect(toldTo("defense")).toEqual([]);
  const nested = await ask(hi, "{ docs { id score(weight: 2) } }", { accreditation: uncleared("economy") });
  expect([nested.data, toldTo("economy")]).toEqual([{ docs: [{ id: "a", score: null }] }, []]);
  expect((await ask(hi, "{ find(q: \"quantum\") { id score } }", { accreditation: uncleared("economy") })).data).toEqual({ find: [{ id: "a", score: null }] });
  expect(toldTo("economy")).toEqual([]);
});
it("marks an answer with the floors of the arguments that chose it", async () => {
  docs.push(makeDoc("a"));
  expect((await ask(hi, "{ find(q: \"quantum\") { id } }")).released.level).toBe(3);
  expect((await ask(hi, "{ docs { id } }")).released).toEqual(BOTTOM);
});
it("asks the same of other ministries whatever is hidden from the asker", async () => {
  docs.push(makeDoc("a", { next: "b" }), makeDoc("b", { entry: SECRET, author: "p", authorEntry: SECRET }), makeDoc("c", { author: "p" }));
  people.push({ id: "p", name: "Aki", entry: SECRET });
  const query = "{ docs { id hint score author { id name } next { id hint } } }";
  await ask(lo, query);
  const before = running().requests.filter((request) => request.subgraph !== "defense").map((request) => request.body).sort();
  docs.splice(0, 2, makeDoc("a"));
  await ask(lo, query);
  expect(before).toEqual(running().requests.filter((request) => request.subgraph !== "defense").map((request) => request.body).sort());
});
it("does not ask about a record redacted as a whole what needs more than its existence", async () => {
  docs.push(makeDoc("a", { entry: KNOWN, hintEntry: KNOWN }));
  const outcome = await ask(lo, "{ docs { id hint } }");
  expect(toldTo("economy")).toEqual(asked({ id: "a", secret: null }));
  expect(outcome.data).toEqual({ docs: [{ id: "a", hint: null }] });
});
it("is proved by an emptied flow check", async () => {
  docs.push(makeDoc("b", { entry: SECRET }));
  await ask(hi, "{ docs { id hint } }", { accreditation: uncleared("economy"), seams: { flow: "emptied" } });
  expect(toldTo("economy")).toEqual(asked({ id: "b", secret: "secret b" }));
});
