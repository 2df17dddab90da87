import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { DEFAULT_CALLER_OPTIONS, MinistryCaller, type CallResult, Stop } from "../../../gateway/execute";
import { KnownTables, readAnswer } from "../../../gateway/execute/answer";

let server: Server;
let caller: MinistryCaller | undefined;
let respond: (response: ServerResponse) => void = (response) => { response.end("{}"); };
const seen: { readonly url: string | undefined; readonly headers: NodeJS.Dict<string | string[]>; readonly body: string }[] = [];
let url = "";
beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (piece: string) => { body += piece; }).on("end", () => { seen.push({ url: request.url, headers: request.headers, body }); respond(response); });
  });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
});
beforeEach(() => { seen.length = 0; });
afterEach(async () => { await caller?.close(); caller = undefined; });
afterAll(async () => { server.closeAllConnections(); await new Promise((resolve) => { server.close(resolve); }); });

function call(options: { readonly largestAnswer?: number; readonly to?: string; readonly afterMs?: number; readonly connections?: number; readonly seal?: Parameters<MinistryCaller["forAsker"]>[0] } = {}): Promise<CallResult> {
  caller ??= new MinistryCaller({ ...DEFAULT_CALLER_OPTIONS, ministries: [{ subgraph: "m", url: options.to ?? url }], ...(options.largestAnswer !== undefined && { largestAnswer: options.largestAnswer }), ...(options.connections !== undefined && { connections: options.connections }) });
  const stop = new Stop();
  if (options.afterMs !== undefined) setTimeout(() => { stop.stop(); }, options.afterMs);
  return caller.forAsker(options.seal)("m", Buffer.from("{\"query\":\"{a}\"}"), stop);
}
const FAILED = { ok: false };
const readable = (result: CallResult): boolean => readAnswer(result, new KnownTables()) !== undefined;

it("posts the body with the headers that prove it, sealed over the very bytes", async () => {
  respond = (response) => { response.end("{\"data\":{}}"); };
  const sealed: unknown[] = [];
  const result = await call({ seal: (subgraph, method, path, body) => { sealed.push([subgraph, method, path, Buffer.from(body).toString()]); return { "kanmon-call": "v1" }; } });
  expect(readAnswer(result, new KnownTables())?.data).toEqual({});
  expect(sealed).toEqual([["m", "POST", "/graphql", "{\"query\":\"{a}\"}"]]);
  expect(seen).toEqual([{ url: "/graphql", body: "{\"query\":\"{a}\"}", headers: expect.objectContaining({ "content-type": "application/json", "kanmon-call": "v1" }) as object }]);
});
it("takes no answer that is not one [B-126]", async () => {
  for (const text of ["<html>", "", "null", "[]", "7", "\"x\"", "{\"data\":", "{\"data\":{}}x"]) {
    respond = (response) => { response.end(text); };
    expect(readable(await call())).toBe(false);
  }
});
it("fails on every status but 200, and follows no redirect", async () => {
  for (const status of [201, 204, 301, 302, 400, 401, 500, 503]) {
    respond = (response) => { response.writeHead(status, { location: url }).end("{\"data\":{}}"); };
    expect(await call()).toEqual(FAILED);
  }
  expect(seen).toHaveLength(8);
});
it("stops an answer that grows too large, whatever length it promised [B-126]", async () => {
  respond = (response) => { response.end(`{"data":"${"x".repeat(200_000)}"}`); };
  expect(await call({ largestAnswer: 100_000 })).toEqual(FAILED);
  await caller?.close();
  caller = undefined;
  let written = 0;
  respond = (response) => {
    const write = (): void => { written += 1; if (!response.destroyed && written < 10_000) response.write("x".repeat(10_000), write); };
    write();
  };
  expect(await call({ largestAnswer: 100_000 })).toEqual(FAILED);
  expect(written).toBeLessThan(10_000);
});
it("does not wait for a slow drip longer than the deadline [B-126]", async () => {
  const timers: NodeJS.Timeout[] = [];
  respond = (response) => { response.write("{"); timers.push(setInterval(() => { response.write(" "); }, 5)); };
  const started = performance.now();
  expect(await call({ afterMs: 60 })).toEqual(FAILED);
  expect(performance.now() - started).toBeLessThan(5_000);
  timers.forEach(clearInterval);
});
it("does not wait longer than the deadline for a free connection", async () => {
  respond = () => undefined;
  const first = call({ connections: 1, afterMs: 3_000 });
  const started = performance.now();
  expect(await call({ afterMs: 50 })).toEqual(FAILED);
  expect(performance.now() - started).toBeLessThan(2_500);
  expect(await first).toEqual(FAILED);
});
it("fails when nobody listens, when the connection breaks, and when the ministry is unknown", async () => {
  expect(await call({ to: "http://127.0.0.1:1/graphql" })).toEqual(FAILED);
  await caller?.close();
  caller = undefined;
  respond = (response) => { response.write("{\"data\""); response.destroy(); };
  expect(await call()).toEqual(FAILED);
  const other = new MinistryCaller({ ...DEFAULT_CALLER_OPTIONS, ministries: [] });
  expect(await other.forAsker(undefined)("nobody", Buffer.from(""), new Stop())).toEqual(FAILED);
});
it("reads a label table known by its bytes as one that is new, and believes no look-alike", () => {
  const tables = new KnownTables();
  const filler = "x".repeat(300);
  const text = `{"data":{"a":1},"extensions":{"labels":[{"record":"${filler}"}]}}`;
  const first = readAnswer({ ok: true, body: Buffer.from(text) }, tables);
  const second = readAnswer({ ok: true, body: Buffer.from(text.replace("\"a\":1", "\"a\":22")) }, tables);
  expect(first).toMatchObject({ data: { a: 1 }, labels: { raw: [{ record: filler }] } });
  expect(second?.data).toEqual({ a: 22 });
  expect(second?.labels).toBe(first?.labels);
  expect(readAnswer({ ok: true, body: Buffer.from(text.replace("xxx\"", "xyx\"")) }, tables)?.labels.raw).not.toEqual(first?.labels.raw);
  const inside = `{"data":{"a":{"b":1,"extensions":{"labels":[{"record":"${filler}"}]}}}}`;
  expect(readAnswer({ ok: true, body: Buffer.from(inside) }, tables)).toMatchObject({ data: JSON.parse(inside).data, labels: { raw: [] } });
  const twice = `{"extensions":{"labels":[1]},"data":{},"extensions":{"labels":[2]}}`;
  expect(readAnswer({ ok: true, body: Buffer.from(twice) }, tables)?.labels.raw).toEqual([2]);
  const more = `{"data":{},"extensions":{"labels":[3]},"data":{"late":1}}`;
  expect(readAnswer({ ok: true, body: Buffer.from(more) }, tables)).toMatchObject({ data: { late: 1 }, labels: { raw: [3] } });
});
