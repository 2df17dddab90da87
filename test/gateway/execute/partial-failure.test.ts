import { Federation } from "./federation";
import { orders, specs } from "./conformance-zoo";
import type { ExecuteOutcome } from "../../../gateway/execute";

let federation: Federation | undefined;
function running(): Federation { if (federation === undefined) throw new Error("not started"); return federation; }
beforeAll(async () => { federation = await Federation.start(specs); });
afterAll(() => federation?.stop());

/** Answers of some ministries replaced; undefined breaks the connection. */
async function ask(query: string, tamper: Record<string, (answer: unknown) => unknown>, variables?: Record<string, unknown>, deadlineMs = 5_000): Promise<ExecuteOutcome> {
  running().tamper = (name, _, answer) => (name in tamper ? tamper[name]?.(answer) : answer);
  const outcome = await running().run(query, variables, { deadlineMs });
  return { ...outcome, data: JSON.parse(JSON.stringify(outcome.data)) as ExecuteOutcome["data"] };
}
const dead = (): undefined => undefined;
const down = (...paths: string[]): unknown[] => paths.map((path) => ({ code: "MINISTRY_UNAVAILABLE", path: [path] }));

it("answers without a dead ministry's fields, with one code per root field", async () => {
  const { data, errors } = await ask("{ items { sku stock } a: orders { uid paid } b: orders { paid eta } customers { name } }", { warehouse: dead, billing: dead });
  expect(errors).toEqual(down("items", "a", "b"));
  expect(data).toEqual({
    items: [{ sku: "i1", stock: null }, { sku: "i2", stock: null }, { sku: "i3", stock: null }],
    a: orders.map(({ uid }) => ({ uid, paid: null })), b: orders.map(({ eta }) => ({ paid: null, eta })), customers: [{ name: "Aki" }, { name: "Bo" }],
  });
});
it("nulls every root field of a dead ministry and none of another", async () => {
  const { data, errors } = await ask("query($f: Boolean! = false) { items { sku } a: item(sku: \"i1\") { sku } colour grid @include(if: $f) { sku } customers { name } }", { catalog: dead });
  expect(data).toEqual({ items: null, a: null, colour: null, customers: [{ name: "Aki" }, { name: "Bo" }] });
  expect(errors).toEqual(down("items", "a", "colour"));
});
it("passes a null to the nearest place that may be null", async () => {
  expect((await ask("{ rated(above: 4) { fans { id name } } items { sku } }", { crm: dead })).data).toEqual({ rated: [{ fans: null }], items: [{ sku: "i1" }, { sku: "i2" }, { sku: "i3" }] });
  expect((await ask("{ customers { name } items { sku } }", { crm: dead }))).toMatchObject({ data: null, errors: down("customers") });
  expect((await ask("{ medium(id: \"m1\") { title } }", { library: dead })).data).toBeNull();
  const film = await ask("{ media { title ... on Film { pages } } }", { library: (answer) => JSON.parse(JSON.stringify(answer).replace("90", "null")) as unknown });
  expect(film.data).toEqual({ media: [{ title: "Kokoro" }, null, { title: "Botchan" }] });
  expect(film.errors).toEqual(down("media"));
});
it("does not ask on behalf of what it did not get", async () => {
  expect((await ask("{ orders { paid customer { tier } } }", { orders: dead })).data).toBeNull();
  expect(running().requests.map((request) => request.subgraph)).toEqual(["orders"]);
});
it("answers null and one code for nonsense of any kind", async () => {
  const wholes: unknown[] = ["<html>", "", "[]", "null", { data: 7 }, { data: [] }, {}, { data: null }, { errors: [] }, { errors: [{ message: "x" }] }, { data: { items: 7 } }, { data: { items: {} } }, { data: { items: [7] } }, { data: { items: "x" } }, { data: {} }];
  for (const whole of wholes) {
    const { data, errors } = await ask("{ items { sku } }", { catalog: () => whole });
    expect(errors).toEqual(down("items"));
    expect(data?.["items"] ?? null).toEqual(JSON.stringify(whole) === "{\"data\":{\"items\":[7]}}" ? [null] : null);
  }
});
it("checks leaves against their types as they are", async () => {
  const price = async (value: unknown): Promise<unknown> => (await ask("{ items { price } }", { catalog: () => ({ data: { items: [{ __typename: "Item", price: value }] } }) })).data;
  expect(await price(1.5)).toEqual({ items: [{ price: 1.5 }] });
  for (const value of ["1.5", true, [], {}, [1]]) expect(await price(value)).toEqual({ items: [{ price: null }] });
  const stock = async (value: unknown): Promise<unknown> => (await ask("{ media { ... on Book { pages } } }", { library: () => ({ data: { media: [{ __typename: "Book", pages: value }] } }) })).data;
  for (const value of [1.5, 2 ** 31, "1", -(2 ** 31) - 1]) expect(await stock(value)).toEqual({ media: [{ pages: null }] });
  expect(await stock(2 ** 31 - 1)).toEqual({ media: [{ pages: 2 ** 31 - 1 }] });
  const id = async (value: unknown): Promise<unknown> => (await ask("{ items { sku } }", { catalog: () => ({ data: { items: [{ __typename: "Item", sku: value }] } }) })).data;
  expect(await id(7)).toEqual({ items: [{ sku: "7" }] });
  for (const value of [1.5, true, null, {}]) expect(await id(value)).toEqual({ items: [null] });
});
it("survives answers of any depth [B-126]", async () => {
  const nested = (depth: number): unknown => `{"data":{"json":${"[".repeat(depth)}1${"]".repeat(depth)}}}`;
  expect((await ask("{ json }", { catalog: () => nested(150) })).errors).toEqual([]);
  for (const depth of [1_000, 5_000]) expect(await ask("{ json }", { catalog: () => nested(depth) })).toMatchObject({ data: { json: null }, errors: down("json") });
  expect((await ask("{ items { sku } }", { catalog: () => `{"data":{"items":${"[".repeat(100_000)}${"]".repeat(100_000)}}}` })).errors).toEqual(down("items"));
});
it("leaves a mutation's later fields to be carried out", async () => {
  const { data, errors } = await ask("mutation { a: bump(by: 1) { value } note(text: \"x\") }", { catalog: dead });
  expect(data).toMatchObject({ a: null, note: expect.any(Array) as unknown });
  expect(errors).toEqual(down("a"));
});
it("stops at the deadline and answers what it has", async () => {
  const late = running();
  late.tamper = undefined;
  const waiting = late.run("{ items { sku stock } customers { name } }", undefined, { deadlineMs: 1 });
  expect((await waiting).errors.every((error) => error.code === "MINISTRY_UNAVAILABLE")).toBe(true);
});
it("refuses variables that do not fit, naming nothing [B-77]", async () => {
  for (const variables of [{}, { sku: null }, { sku: { a: 1 } }]) {
    const outcome = await running().run("query($sku: ID!) { item(sku: $sku) { sku } }", variables);
    expect(outcome).toMatchObject({ data: undefined, errors: [{ code: "BAD_USER_INPUT" }] });
  }
  expect(running().requests).toEqual([]);
});
