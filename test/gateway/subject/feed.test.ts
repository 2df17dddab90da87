/** The gateway's end of the standing feed, against a ministry over HTTP that says whatever a test wants it to: what ends a stream, what voids what was stated, and how the next stream begins. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { Agent } from "undici";
import { StandingFeed } from "../../../gateway/subject/feed";
import { StandingStore } from "../../../gateway/subject/store";
import { NOTHING_REMEMBERED } from "../../support/nothing-remembered";
import { loadPolicy } from "../../../schema/policy";
import { StandingScript, type Statement } from "../../support/standing-script";

const policy = loadPolicy();
const official = { id: "ann", kind: "official", nation: "JPN", org: "JPN.MOD.JS", purposes: [] };
const assignment = (token: string) => ({ subject: "ann", token, role: "READER", from: "2026-01-01", until: "2027-03-31", grantedBy: "JPN.MOD" });
const statement: Statement = { ministry: "defense", tokens: [{ token: "MOD-1", issuer: "JPN.MOD" }], vocabulary: ["MOD-1"], subjects: [official], assignments: [assignment("MOD-1")] };

let server: Server;
let url: URL;
let dispatcher: Agent;
let script: StandingScript;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let asked: { readonly path: string; readonly statement: unknown }[] = [];
let open: ServerResponse[] = [];
let running: StandingFeed | undefined;
let now = Date.parse("2026-11-01T03:00:00Z");

const say = (response: ServerResponse | undefined, ...lines: readonly string[]): void => { response?.write(lines.map((line) => `${line}\n`).join("")); };
const last = (): ServerResponse | undefined => open.at(-1);
const sayAll = (response: ServerResponse): void => say(response, ...script.snapshot(), script.alive(now));

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push({ path: request.url ?? "", statement: request.headers["kanmon-statement"] });
    open.push(response);
    response.once("close", () => { open = open.filter((each) => each !== response); });
    answer(request, response);
  });
  await new Promise<void>((done) => { server.listen(0, "127.0.0.1", done); });
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
beforeEach(() => { dispatcher = new Agent(); asked = []; script = new StandingScript(statement); answer = (_, response) => sayAll(response); });
afterEach(async () => { running?.stop(); await dispatcher.destroy(); });
afterAll(() => { server.closeAllConnections(); server.close(); });

function makeFeed(): { feed: StandingFeed; store: StandingStore; warnings: string[]; faults: () => number } {
  const warnings: string[] = [];
  let faults = 0;
  const store = new StandingStore({ ministries: ["defense"], keeperOf: policy.members.keeperOf, clock: () => now, warn: (problem) => { warnings.push(problem); }, remembered: NOTHING_REMEMBERED });
  const feed = new StandingFeed({
    subgraph: "defense", url, dispatcher, store, seal: (path) => ({ "kanmon-statement": `for ${path}`, "kanmon-call": "c" }), warn: (problem) => { warnings.push(problem); }, onFault: () => { faults += 1; },
    pauses: { failed: 10, ended: 5 },
  });
  running = feed;
  return { feed, store, warnings, faults: () => faults };
}
async function until(check: () => boolean): Promise<void> { for (let left = 200; left > 0 && !check(); left -= 1) await wait(10); expect(check()).toBe(true); }
const tokens = (store: StandingStore): readonly string[] => store.partsOf("ann").flatMap((part) => part.assignments.map(({ token }) => token));

describe("the standing feed", () => {
  it("puts a snapshot in force when it is whole and the ministry is alive, not before, sealed for the very path", async () => {
    answer = (_, response) => say(response, ...script.snapshot().slice(0, -1));
    const { feed, store } = makeFeed();
    void feed.start();
    await until(() => open.length === 1);
    await wait(30);
    expect([store.silent(), tokens(store)]).toEqual([["defense"], []]);
    say(last(), ...script.snapshot().slice(-1));
    await wait(30);
    expect(store.silent()).toEqual(["defense"]);
    say(last(), script.alive(now));
    await until(() => store.silent().length === 0);
    expect(tokens(store)).toEqual(["MOD-1"]);
    expect(asked).toEqual([{ path: "/standing", statement: "for /standing" }]);
  });

  it("carries an event out at once, in however many pieces it comes", async () => {
    const { feed, store } = makeFeed();
    await feed.start();
    const before = store.revisionOf("ann");
    const line = script.remove("assignments", "ann", "MOD-1");
    last()?.write(line.slice(0, 40));
    await wait(20);
    last()?.write(`${line.slice(40)}\n`);
    await until(() => tokens(store).length === 0);
    expect(store.revisionOf("ann")).not.toBe(before);
    say(last(), script.put("assignments", "ann", "MOD-1", assignment("MOD-1")));
    await until(() => tokens(store).length === 1);
    expect(store.revisionOf("ann")).toBe(before);
  });

  const faults: Readonly<Record<string, () => readonly string[]>> = {
    "a gap": () => { script.put("tokens", "", "MOD-8", { issuer: "JPN.MOD" }); return [script.put("tokens", "", "MOD-9", { issuer: "JPN.MOD" })]; },
    "a reorder": () => [script.put("tokens", "", "MOD-8", { issuer: "JPN.MOD" }), script.put("tokens", "", "MOD-9", { issuer: "JPN.MOD" })].reverse(),
    "a replay": () => { const line = script.put("tokens", "", "MOD-8", { issuer: "JPN.MOD" }); return [line, line]; },
    "an event that does not chain": () => [script.put("tokens", "", "MOD-8", { issuer: "JPN.MOD" }).replace("MOD-8", "MOD-9")],
    "an event of another chain": () => [new StandingScript(statement).put("tokens", "", "MOD-8", { issuer: "JPN.MOD" })],
    "a sign of life that is further": () => { script.put("tokens", "", "MOD-8", { issuer: "JPN.MOD" }); return [script.alive(now)]; },
    "a list that nobody knows": () => [script.put("secrets", "ann", "1", {})],
    "a list that every object has": () => [script.put("constructor", "ann", "1", {})],
    "a change that nobody knows": () => [script.event({ more: true })],
    "what is no JSON": () => ["{"],
    "a line that is nothing": () => ["null"],
    "a second head": () => [script.head()],
    "a line that never ends": () => ["x".repeat(1_200_000)],
  };
  it.each(Object.keys(faults))("is void after %s, and begins again with a whole snapshot", async (name) => {
    script.put("tokens", "", "MOD-2", { issuer: "JPN.MOD" });
    const { feed, store, faults: counted, warnings } = makeFeed();
    await feed.start();
    expect(tokens(store)).toEqual(["MOD-1"]);
    // The next stream says nothing yet.
    answer = (_, response) => { response.writeHead(200); response.flushHeaders(); };
    say(last(), ...faults[name]?.() ?? []);
    await until(() => asked.length === 2);
    expect([tokens(store), store.silent(), counted()]).toEqual([[], ["defense"], 1]);
    expect(warnings.at(-1)).toContain("void until it is stated anew");
    expect(asked[1]?.path).toBe("/standing");
    sayAll(last() as ServerResponse);
    await until(() => tokens(store).length === 1);
  });

  it("is void, without a fault, when the ministry says that everything is new", async () => {
    const { feed, store, faults: counted } = makeFeed();
    await feed.start();
    answer = (_, response) => { response.writeHead(200); response.flushHeaders(); };
    say(last(), script.event({ anew: true }));
    await until(() => asked.length === 2);
    expect([tokens(store), asked[1]?.path, counted()]).toEqual([[], "/standing", 0]);
  });

  const broken: Readonly<Record<string, (lines: readonly string[]) => readonly string[]>> = {
    "of another ministry": (lines) => lines.map((line) => line.replace("defense", "economy")),
    "of another format": (lines) => lines.map((line) => line.replace("standing/1", "standing/2")),
    "with an entry too few": (lines) => lines.filter((_, at) => at !== 2),
    "with a person twice": (lines) => [...lines.slice(0, -1), '["tokens","","X",{"issuer":"JPN.MOD"}]', '["roles","bob","1",{}]', '["roles","ann","1",{}]', JSON.stringify({ entries: lines.length + 1 })],
    "with a list that nobody knows": (lines) => lines.map((line) => line.replace('["subjects"', '["people"')),
    "that goes on where nothing was left off": (lines) => [lines[0]?.replace('"resumed":false', '"resumed":true') ?? ""],
    "without a head": (lines) => lines.slice(1),
  };
  it.each(Object.keys(broken))("puts no snapshot in force %s", async (name) => {
    answer = (_, response) => say(response, ...broken[name]?.(script.snapshot()) ?? [], script.alive(now));
    const { feed, store, faults: counted } = makeFeed();
    await feed.start();
    await until(() => asked.length >= 2);
    expect([store.silent(), tokens(store), counted() >= 1]).toEqual([["defense"], [], true]);
  });

  it("goes on where it was left off when a stream ends, and what was stated stays in force meanwhile", async () => {
    const { feed, store } = makeFeed();
    await feed.start();
    say(last(), script.put("tokens", "", "MOD-2", { issuer: "JPN.MOD" }));
    const [number, hash] = [script.number, script.hash];
    answer = (_, response) => say(response, JSON.stringify({ format: "kanmon-standing/1", ministry: "defense", number, hash, resumed: true }));
    for (const stream of open) stream.end();
    await until(() => asked.length === 2);
    expect([asked[1]?.path, tokens(store)]).toEqual([`/standing/after/${number}/${hash}`, ["MOD-1"]]);
    say(last(), script.remove("assignments", "ann", "MOD-1"), script.alive(now));
    await until(() => tokens(store).length === 0);
  });

  it("goes on too when the connection is lost in the middle of a line", async () => {
    const { feed, store } = makeFeed();
    await feed.start();
    say(last(), script.put("tokens", "", "MOD-2", { issuer: "JPN.MOD" }));
    await wait(20);
    const { number } = script;
    last()?.write(script.remove("assignments", "ann", "MOD-1").slice(0, 50));
    await wait(20);
    for (const stream of open) stream.destroy();
    await until(() => asked.length === 2);
    expect(asked[1]?.path).toContain(`/after/${number}/`);
    expect(tokens(store)).toEqual(["MOD-1"]);
  });

  it("is void when the ministry cannot go on where it was left off, until the snapshot is whole", async () => {
    const { feed, store } = makeFeed();
    await feed.start();
    say(last(), script.put("tokens", "", "MOD-2", { issuer: "JPN.MOD" }));
    await wait(20);
    script = new StandingScript({ ...statement, assignments: [] });
    answer = (_, response) => say(response, script.head());
    for (const stream of open) stream.end();
    await until(() => asked.length === 2);
    await until(() => store.silent().length === 1);
    expect(tokens(store)).toEqual([]);
    say(last(), ...script.snapshot().slice(1), script.alive(now));
    await until(() => store.silent().length === 0);
    expect([store.partsOf("ann").length, tokens(store)]).toEqual([1, []]);
  });

  it("counts a sign of life from when it was given, so that a stream that is held up does not keep grants alive", async () => {
    const { feed, store } = makeFeed();
    await feed.start();
    say(last(), script.alive(now - 59_000));
    await wait(30);
    expect(store.silent()).toEqual([]);
    say(last(), script.alive(now - 60_000));
    await until(() => store.silent().length === 1);
    expect(tokens(store)).toEqual([]);
  });

  it("states nothing when the ministry answers anything but a stream, says so once, and goes on", async () => {
    answer = (_, response) => { response.statusCode = 401; response.end("{}"); };
    const { feed, store, warnings } = makeFeed();
    await feed.start();
    await until(() => asked.length > 4);
    expect(store.silent()).toEqual(["defense"]);
    expect(warnings.filter((warning) => warning.includes("status 401"))).toHaveLength(1);
    answer = (_, response) => sayAll(response);
    await until(() => store.silent().length === 0);
  });

  it("ends when it is stopped", async () => {
    const { feed } = makeFeed();
    await feed.start();
    feed.stop();
    await until(() => open.length === 0);
    const after = asked.length;
    await wait(50);
    expect(asked.length).toBe(after);
    now += 1;
  });
});
