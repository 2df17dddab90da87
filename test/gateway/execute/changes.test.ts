/** What a ministry is told with a change (SPEC 6.5, 4.19): a key by which it knows this call again and no other, and what the change is made of, whichever of the two there is. */
import { BOTTOM } from "../../../schema/label";
import { specs } from "./conformance-zoo";
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
