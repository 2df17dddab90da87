/**
 * Event streams: what is told, what is not, and when a stream ends (SPEC 8.8). The listener, the pipeline and the executor are real; what a ministry answers, and when it says that
 * something happened, is the test's.
 */
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { Call } from "../../../gateway/execute";
import { Refused } from "../../../gateway/errors";
import { Admission } from "../../../gateway/front/admission";
import { Streams } from "../../../gateway/front/subscribe";
import { Turns } from "../../../gateway/front/turns";
import { MinistryChanges } from "../../../gateway/subject/changes";
import { viewOf } from "../../../schema/compose";
import { makeBundle } from "../../../schema/compose/bundle";
import { describe as describeComposition, mergeSubgraphs } from "../../../schema/compose/compose";
import { readSubgraph } from "../../../schema/compose/subgraph";
import { readSupergraph } from "../../../schema/compose/supergraph";
import { generous, subgraph } from "../../schema/compose/harness";
import { type Front, startFront } from "../view/front-of-view";

interface Window { readonly after: number; readonly upTo: number }
const PACE = { alive: 40, again: 30, longest: 5_000 };
const SDL = "type Query { open: String } type Subscription { granted: [String] }";

let front: Front;
let streams: Streams | undefined;
let changes: MinistryChanges;
let windows: Window[];
/** What the ministry has to say of a window; undefined: it fails. */
let say: (window: Window) => readonly string[] | undefined;
let isSomebody: boolean;
let issuer: string;

async function begin(pace: typeof PACE): Promise<void> {
  changes = new MinistryChanges();
  changes.heard("a", 10);
  [windows, say, isSomebody, issuer] = [[], () => [], true, "i"];
  const read = [readSubgraph(subgraph("a", SDL, { bare: true }))];
  const { supergraph, labels } = describeComposition(read, readSupergraph(mergeSubgraphs(read)), generous);
  const bundle = makeBundle(supergraph.sdl, labels, supergraph);
  const call: Call = (_, body) => {
    const { extensions } = JSON.parse(body.toString()) as { readonly extensions: { readonly changes: Window } };
    windows.push(extensions.changes);
    const granted = say(extensions.changes);
    return Promise.resolve(granted === undefined ? { ok: false } : { ok: true, json: { data: { granted } } });
  };
  front = await startFront(bundle, viewOf(bundle, () => true), {
    call, streams: (editions) => (streams = new Streams({ editions, turns: new Turns({ editions, admission: new Admission() }), changes, pace })),
    authenticate: () => (isSomebody ? Promise.resolve({ sub: "asker", clientId: "c", issuer, speaksFor: "EVERYBODY", jti: "j", site: "", zoneLevel: 4, action: "RETRIEVE" }) : Promise.reject(new Refused("UNAUTHENTICATED"))),
  });
}
beforeEach(() => begin(PACE));
afterEach(async () => { await front.stop(); });

class Line {
  text = "";
  isOver = false;
  head: readonly unknown[] = [];
  readonly #leaving = new AbortController();

  static async open(): Promise<Line> {
    const line = new Line();
    const response = await fetch(`${front.url}/graphql`, { method: "POST", signal: line.#leaving.signal, headers: { authorization: "Bearer x", "content-type": "application/json", accept: "text/event-stream" }, body: JSON.stringify({ query: "subscription { granted }" }) });
    line.head = [response.status, response.headers.get("content-type"), response.headers.get("cache-control")];
    void (async () => { for await (const chunk of response.body ?? []) line.text += Buffer.from(chunk as Uint8Array).toString(); })().catch(() => undefined).finally(() => { line.isOver = true; });
    await line.until(() => line.events.length === 1);
    return line;
  }

  get events(): readonly (readonly string[])[] { return [...this.text.matchAll(/event: next\ndata: (.*)\n\n/g)].map(([, data]) => (JSON.parse(data ?? "") as { readonly data: { readonly granted: readonly string[] } }).data.granted); }
  get alive(): number { return this.text.split("\n\n").filter((event) => event === ":").length; }
  leave(): void { this.#leaving.abort(); }
  async until(isSo: () => boolean): Promise<void> { for (let left = 300; left > 0 && !isSo(); left -= 1) await wait(10); if (!isSo()) throw new Error(`it did not come to it: ${this.text}`); }
}

it("answers at once, then what happened, in order, each change in one event and none between them", async () => {
  const line = await Line.open();
  expect(line.head).toEqual([200, "text/event-stream; charset=utf-8", "no-store"]);
  say = ({ after, upTo }) => Array.from({ length: upTo - after }, (_, at) => `change ${after + at + 1}`);
  for (let number = 11; number <= 30; number += 1) { changes.heard("a", number); if (number % 4 === 0) await wait(5); }
  await line.until(() => line.events.flat().length === 20);
  expect(line.events.flat()).toEqual(Array.from({ length: 20 }, (_, at) => `change ${at + 11}`));
  const [, ...asked] = windows;
  expect(asked.map(({ after }) => after)).toEqual([10, ...asked.slice(0, -1).map(({ upTo }) => upTo)]);
});

it("sends nothing for what the asker may not know of, and signs of life come at their pace all the same (G3)", async () => {
  const line = await Line.open();
  const before = line.text.replaceAll(":\n\n", "");
  for (let number = 11; number <= 20; number += 1) { changes.heard("a", number); await wait(20); }
  expect(windows.length).toBeGreaterThan(10);
  expect(line.text.replaceAll(":\n\n", "")).toBe(before);
  expect(line.alive).toBeGreaterThan(1);
});

it("says nothing of a ministry that fails, asks again about the same, and tells it once", async () => {
  const line = await Line.open();
  let failures = 0;
  say = () => { failures += 1; return undefined; };
  changes.heard("a", 11);
  await line.until(() => failures >= 3);
  expect(line.events).toEqual([[]]);
  say = ({ after, upTo }) => [`${after}-${upTo}`];
  await line.until(() => line.events.length === 2);
  expect(line.events[1]).toEqual(["10-11"]);
  await wait(3 * PACE.again);
  expect(line.events.length).toBe(2);
});

it("ends a stream of somebody who is nobody any more at the next sign of life, not by what happened", async () => {
  const line = await Line.open();
  isSomebody = false;
  say = () => ["secret"];
  changes.heard("a", 11);
  await line.until(() => line.isOver);
  expect(line.text).not.toContain("secret");
  expect(line.text).toMatch(/event: complete\ndata: \n\n$/);
});

it("forgets a client that has left", async () => {
  const line = await Line.open();
  expect(streams?.open).toBe(1);
  line.leave();
  await line.until(() => streams?.open === 0);
  const asked = windows.length;
  changes.heard("a", 11);
  await wait(50);
  expect(windows.length).toBe(asked);
});

it("tells no more at once than a ministry gives at a time, and loses nothing of what happened in one go [B-105]", async () => {
  const line = await Line.open();
  say = ({ after, upTo }) => (upTo - after > 1_000 ? ["some, and the rest is lost"] : [`${after}-${upTo}`]);
  changes.heard("a", 1_510);
  await line.until(() => windows.at(-1)?.upTo === 1_510 && line.events.length === 4);
  expect(line.events.flat()).toEqual(["10-510", "510-1010", "1010-1510"]);
});

it("is not kept asking by a ministry that names a number out of all proportion [B-126]", async () => {
  const line = await Line.open();
  changes.heard("a", Number.MAX_SAFE_INTEGER);
  await line.until(() => windows.at(-1)?.upTo === Number.MAX_SAFE_INTEGER);
  expect(windows.length).toBeLessThan(110);
});

it("asks ever less often about what fails", async () => {
  await front.stop();
  await begin({ ...PACE, alive: 4_000 });
  const line = await Line.open();
  say = () => undefined;
  changes.heard("a", 11);
  await wait(10 * PACE.again);
  expect(windows.length - 1).toBeLessThan(6);
  expect(line.events).toEqual([[]]);
});

it("gives one asker some streams and no more, and one that ends makes room for another [B-104]", async () => {
  const held = await Promise.all(Array.from({ length: 32 }, () => Line.open()));
  const ask = async (): Promise<number> => { const answer = await fetch(`${front.url}/graphql`, { method: "POST", headers: { authorization: "Bearer x", "content-type": "application/json", accept: "text/event-stream" }, body: JSON.stringify({ query: "subscription { granted }" }) }); await answer.body?.cancel(); return answer.status; };
  expect(await ask()).toBe(406);
  expect(streams?.open).toBe(32);
  held[0]?.leave();
  await held[0]?.until(() => streams?.open === 31);
  const again = await Line.open();
  expect(again.head[0]).toBe(200);
});

it("takes none of somebody's streams for what an issuer sends that only names them [B-104]", async () => {
  issuer = "another";
  await Promise.all(Array.from({ length: 32 }, () => Line.open()));
  issuer = "i";
  expect((await Line.open()).head[0]).toBe(200);
});

it("neither counts nor reads what somebody sends whom it does not know [B-114]", async () => {
  isSomebody = false;
  const answer = await new Promise<string>((done, fail) => {
    const { hostname, port } = new URL(front.url);
    const socket = connect(Number(port), hostname, () => { socket.write("POST /graphql HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"); });
    socket.once("data", (data) => { done(data.toString()); socket.destroy(); });
    socket.once("error", fail);
    socket.setTimeout(2_000, () => { done("waits for the rest"); socket.destroy(); });
  });
  expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  expect(streams?.open).toBe(0);
});

it("ends a stream when its time is over, and the client may come back", async () => {
  await front.stop();
  await begin({ ...PACE, longest: 100 });
  const line = await Line.open();
  await line.until(() => line.isOver);
  expect(line.text).toMatch(/event: complete\ndata: \n\n$/);
  expect((await Line.open()).head[0]).toBe(200);
});
