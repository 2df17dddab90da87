import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { Agent } from "undici";
import { StandingFeed } from "../../../gateway/subject/feed";

let server: Server;
let url: URL;
const statement: unknown = { revision: 1 };
let status = 200;
let pulls = 0;
let headersSeen: IncomingMessage["headers"][] = [];
const streams = new Set<ServerResponse>();
let dispatcher: Agent;

beforeAll(async () => {
  server = createServer((request, response) => {
    headersSeen.push(request.headers);
    if (request.url === "/standing/changes") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("event: alive\n\n");
      streams.add(response);
      response.once("close", () => streams.delete(response));
      return;
    }
    pulls += 1;
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(statement));
  });
  await new Promise<void>((done) => { server.listen(0, "127.0.0.1", done); });
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
beforeEach(() => { dispatcher = new Agent(); pulls = 0; status = 200; headersSeen = []; });
afterEach(async () => { await dispatcher.destroy(); });
afterAll(() => { server.closeAllConnections(); server.close(); });

function makeFeed(interval: number): { feed: StandingFeed; accepted: unknown[]; warnings: string[] } {
  const accepted: unknown[] = [];
  const warnings: string[] = [];
  const feed = new StandingFeed({
    subgraph: "defense", url, dispatcher, interval, seal: (path) => ({ "kanmon-statement": `for ${path}`, "kanmon-call": "c" }), accept: (body) => { accepted.push(body); }, warn: (problem) => { warnings.push(problem); },
  });
  return { feed, accepted, warnings };
}
async function until(check: () => boolean): Promise<void> { for (let left = 200; left > 0 && !check(); left -= 1) await wait(10); expect(check()).toBe(true); }

describe("the standing feed", () => {
  it("pulls at once and then again and again, sealed for the very path", async () => {
    const { feed, accepted } = makeFeed(20);
    await feed.start();
    expect(accepted[0]).toEqual({ revision: 1 });
    await until(() => accepted.length > 3);
    feed.stop();
    expect(headersSeen.every((headers, at) => headers["kanmon-statement"] === (at === 0 && headers["accept"] === "text/event-stream" ? "for /standing/changes" : headers["accept"] === "text/event-stream" ? "for /standing/changes" : "for /standing"))).toBe(true);
    const after = pulls;
    await wait(80);
    expect(pulls).toBe(after);
  });

  it("pulls immediately when the stream announces a change, in however many pieces it comes", async () => {
    const { feed } = makeFeed(60_000);
    await feed.start();
    await until(() => streams.size === 1 && pulls >= 2);
    await wait(30);
    const before = pulls;
    const begun = Date.now();
    for (const stream of streams) { stream.write("event: alive\n\nevent: cha"); setTimeout(() => stream.write('nged\ndata: {"revision":2}\n\n'), 20); }
    await until(() => pulls > before);
    expect(Date.now() - begun).toBeLessThan(1_000);
    feed.stop();
  });

  it("connects again when the stream ends, and pulls then, because a change may have been missed", async () => {
    const { feed } = makeFeed(60_000);
    await feed.start();
    await until(() => streams.size === 1);
    await wait(30);
    const before = pulls;
    for (const stream of streams) stream.destroy();
    await until(() => pulls > before && streams.size === 1);
    feed.stop();
  });

  it("gives nothing on an error, says so once, and goes on", async () => {
    status = 401;
    const { feed, accepted, warnings } = makeFeed(10);
    await feed.start();
    await until(() => pulls > 4);
    expect(accepted).toEqual([]);
    expect(warnings.filter((warning) => warning.includes("status 401"))).toHaveLength(1);
    status = 200;
    await until(() => accepted.length > 0);
    feed.stop();
  });
});
