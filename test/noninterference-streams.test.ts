/**
 * What a stream tells is decided anew with every event (SPEC 8.8, G3, G8): whoever loses a need-to-know while they listen is told the same in two worlds that differ only in what it opened. The listener,
 * the pipeline, the executor and its release are real; the ministry has no guards, so that nobody but the gateway decides. With the decision of the beginning kept for all events the worlds are told apart.
 */
import { buildSubgraphSchema } from "@apollo/subgraph";
import { execute, parse } from "graphql";
import type { Call } from "../gateway/execute";
import { Admission } from "../gateway/front/admission";
import { Streams } from "../gateway/front/subscribe";
import { Turns } from "../gateway/front/turns";
import { MinistryChanges } from "../gateway/subject/changes";
import { viewOf } from "../schema/compose";
import { canonical } from "../schema/label";
import { labelOf, type Subject } from "../schema/policy";
import { startFront, subject } from "./gateway/view/front-of-view";
import { compose, subgraph } from "./schema/compose/harness";
import { Line } from "./support/trial-stream";

const SOURCE = subgraph("a", `type Query { item: Item } type Subscription { news: [Item] } type Item @label(level: "CUI", owner: "JPN.MOD", rel: ["JPN"]) { text: String _label: Int! @inaccessible @shareable }`);
const TOKEN = "MOD-2024-017";
const core = (need: readonly string[]) => labelOf(canonical({ policy: "JPN-GOV-DEMO", level: 1, regimes: ["CUI"], need, owners: { "JPN.MOD": { rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false } }, purposes: "ALL", handling: [] }));
const [OPEN, NEEDED] = [core([]), core([TOKEN])];
const ASSIGNED: Subject = { ...subject, assignments: [{ token: TOKEN, role: "READER", from: "2020-01-01", until: "2099-12-31", grantedBy: "JPN.MOD", reason: "test" }] };

interface News { readonly text: string; readonly isNeeded: boolean }
/** By number of the change. Both worlds have what everybody reads; only the first has what the token opens, before and after the loss. */
const VISIBLE: ReadonlyMap<number, News> = new Map([[1, { text: "while assigned", isNeeded: true }], [4, { text: "last", isNeeded: false }]]);
const FIRST: ReadonlyMap<number, News> = new Map([...VISIBLE, [2, { text: "hidden", isNeeded: true }], [3, { text: "hidden too", isNeeded: true }]]);

/** Everything that a listener is told in a world in which the need-to-know ends after the first change. */
async function tellOf(world: ReadonlyMap<number, News>, isDecidedAnew: boolean): Promise<readonly string[]> {
  const schema = buildSubgraphSchema([{ typeDefs: parse(SOURCE.sdl) }]);
  const call: Call = async (_, body) => {
    const { query, extensions: { changes: { after, upTo } } } = JSON.parse(body.toString()) as { readonly query: string; readonly extensions: { readonly changes: { readonly after: number; readonly upTo: number } } };
    const news = [...world].filter(([number]) => number > after && number <= upTo).sort(([a], [b]) => a - b).map(([, { text, isNeeded }]) => ({ text, _label: isNeeded ? 1 : 0 }));
    const { data } = await execute({ schema, document: parse(query), rootValue: { news } });
    return { ok: true, json: { data: JSON.parse(JSON.stringify(data)) as unknown, extensions: { labels: [{ record: OPEN }, { record: NEEDED }] } } };
  };
  const bundle = compose(SOURCE);
  const changes = new MinistryChanges();
  changes.heard("a", 0);
  let now: Subject = ASSIGNED;
  const front = await startFront(bundle, viewOf(bundle, () => true), {
    call, ask: () => (isDecidedAnew ? now : ASSIGNED), streams: (editions) => new Streams({ editions, turns: new Turns({ editions, admission: new Admission() }), changes, pace: { again: 20 } }),
  });
  const line = await Line.open(`${front.url}/graphql`, { authorization: "Bearer x", "content-type": "application/json" }, "subscription { news { text } }");
  try {
    expect(await line.until(() => line.events.length === 1, 20_000)).toBe(true);
    changes.heard("a", 1);
    expect(await line.until(() => line.text.includes("while assigned"), 20_000)).toBe(true);
    now = subject;
    for (const number of [2, 3]) {
      changes.heard("a", number);
      await new Promise((done) => { setTimeout(done, 50); });
    }
    changes.heard("a", 4);
    expect(await line.until(() => line.text.includes("last"), 20_000)).toBe(true);
    return line.events.map((event) => JSON.stringify(event).replaceAll(/"txn":"[^"]*"/g, ""));
  } finally {
    line.leave();
    await front.stop();
  }
}

it("whoever lost a need-to-know is told the same in both worlds, and what they were told before is marked with it [B-106]", async () => {
  const [first, second] = [await tellOf(FIRST, true), await tellOf(VISIBLE, true)];
  expect(first).toEqual(second);
  expect(first.length).toBe(3);
  expect(first.join()).not.toContain("hidden");
});

it("with the decision of the beginning kept for every event the worlds are told apart", async () => {
  expect(await tellOf(FIRST, false)).not.toEqual(await tellOf(VISIBLE, false));
});
