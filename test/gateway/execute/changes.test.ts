/** What a ministry is told with a change (SPEC 6.5, 4.19): a key by which it knows this call again and no other, and what the change is made of, whichever of the two there is. */
import { BOTTOM } from "../../../schema/label";
import { counter, specs } from "./conformance-zoo";
import { Federation } from "./federation";

let federation: Federation | undefined;
function running(): Federation { if (federation === undefined) throw new Error("not started"); return federation; }
beforeAll(async () => { federation = await Federation.start(specs); });
afterAll(() => federation?.stop());

const TWICE = "mutation { ours: bump(by: 1) { value query { counted } } again: bump(by: 1) { value query { counted } } }";
const told = (): readonly unknown[] => running().requests.filter(({ query }) => query.startsWith("mutation")).map(({ body }) => (JSON.parse(body) as { readonly extensions?: unknown }).extensions);

it("gives each call of a request a key of its own, the same when it asks again, and none of the client's words", async () => {
  const once = { key: "k", isAgain: false, isKept: true };
  await running().run(TWICE, undefined, { once });
  const first = told();
  expect(first).toEqual([{ once: { key: "k/0", again: false } }, { once: { key: "k/1", again: false } }]);
  await running().run(TWICE, undefined, { once: { ...once, isAgain: true } });
  expect(told()).toEqual(first.map((extensions) => ({ once: { ...(extensions as { readonly once: object }).once, again: true } })));
});

it("says what the change is made of in every call, also where it may not be asked again", async () => {
  await running().run(TWICE, undefined, { highWater: BOTTOM });
  expect(told()).toEqual([{ highWater: BOTTOM }, { highWater: BOTTOM }].map((extensions) => JSON.parse(JSON.stringify(extensions)) as unknown));
  await running().run(TWICE);
  expect(told()).toEqual([undefined, undefined]);
});

const BETWEEN = 'note(text: "x")';
/** As graphql-js over one schema carries it out: once, at its first place. */
it.each([
  ["in a fragment under a condition", `mutation($t: Boolean! = true) { a: bump(by: 1) { value } ${BETWEEN} ... @include(if: $t) { a: bump(by: 1) { log } } }`],
  ["with a condition of its own", `mutation($t: Boolean! = true) { a: bump(by: 1) { value } ${BETWEEN} a: bump(by: 1) @include(if: $t) { log } }`],
  ["with more to be fetched below it", `mutation($t: Boolean! = true) { a: bump(by: 1) { value query { counted } } ${BETWEEN} ... @include(if: $t) { a: bump(by: 1) { log query { counted } } } }`],
])("makes a change once that is written again behind another one, %s [B-25]", async (_, query) => {
  counter.value = 0;
  counter.log.length = 0;
  const { data, errors } = await running().run(query);
  expect([errors, counter.log]).toEqual([[], ["bump 1", "x"]]);
  expect(data).toMatchObject({ a: { value: 1, log: ["bump 1"] }, note: ["bump 1", "x"] });
});

it("refuses a change whose first place depends on conditions, with another one between: nobody could say which comes first [B-25]", async () => {
  for (const first of ["a: bump(by: 1) @skip(if: $t) { value }", "... @skip(if: $t) { a: bump(by: 1) { value } }"]) {
    await expect(running().run(`mutation($t: Boolean! = true) { ${first} ${BETWEEN} a: bump(by: 1) { log } }`)).rejects.toMatchObject({ code: "OPERATION_RESOLUTION_FAILURE" });
  }
  expect(told()).toEqual([]);
  // Side by side there is no question.
  expect((await running().run(`mutation($t: Boolean! = true) { a: bump(by: 1) @skip(if: $t) { value } a: bump(by: 1) @include(if: $t) { __typename } ${BETWEEN} }`)).errors).toEqual([]);
});
