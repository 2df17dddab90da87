/**
 * The ministry's HTTP surface (SPEC 6): health without a statement, everything else only with one; whatever is wrong with a caller is one and the same refusal.
 * Bodies are bounded. Stops cleanly: no new calls, streams ended, the rest finished.
 */
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Caller, CallerCheck } from "./caller";
import { type LineStream, positionIn } from "./follow";
import type { FeedPosition } from "./standing";

const LARGEST_BODY = 16 * 1024 * 1024;
/** A statement names every token of the ministry's vocabulary that the asker holds. */
const LARGEST_HEADERS = 96 * 1024;
/** A stream outlives the statement that opened it, but not for long: then whoever follows has to show another one. */
const STREAM_LIFE_MS = 300_000;
/** Bytes that a follower may leave unread before it is waited for, and for how long until it is taken for dead. */
const MOST_UNREAD = 262_144;
const DRAIN_MS = 10_000;
const MOST_STREAMS = 32;
const REQUEST_TIMEOUT_MS = 30_000;
const UNAUTHORIZED = JSON.stringify({ errors: [{ message: "Unauthorized", extensions: { code: "UNAUTHENTICATED" } }] });
const UNAVAILABLE = JSON.stringify({ errors: [{ message: "The ministry cannot answer.", extensions: { code: "INTERNAL_SERVER_ERROR" } }] });

export interface ServerParts {
  readonly check: CallerCheck;
  /** Answers one GraphQL call as JSON text. */
  readonly graphql: (caller: Extract<Caller, { kind: "asker" }>, body: Uint8Array) => Promise<string>;
  /** Streams the standing from a position, or from the beginning, until it has to end. */
  readonly standing: (after: FeedPosition | null, stream: LineStream) => Promise<void>;
  /** The policy in force here; nothing while the database does not answer. */
  readonly ready: () => Promise<{ readonly policy: string } | undefined>;
  /** Milliseconds; tests do not wait as long. */
  readonly streamLife?: number;
  readonly drainWithin?: number;
}

export interface RunningServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** @throws Error when the port is taken */
export async function listen(host: string, port: number, parts: ServerParts): Promise<RunningServer> {
  const streams = new Set<AbortController>();
  const server = createServer({ maxHeaderSize: LARGEST_HEADERS, requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: 65_000 }, (request, response) => {
    answer(request, response, parts, streams).catch(() => { if (response.headersSent) response.destroy(); else send(response, 500, UNAVAILABLE); });
  });
  await new Promise<void>((resolve, reject) => { server.once("error", reject); server.listen(port, host, resolve); });
  return { port: (server.address() as AddressInfo).port, stop: () => stop(server, streams) };
}

async function answer(request: IncomingMessage, response: ServerResponse, parts: ServerParts, streams: Set<AbortController>): Promise<void> {
  const { method = "", url = "" } = request;
  if (url === "/health/live") { send(response, 200, '{"status":"live"}'); return; }
  if (url === "/health/ready") {
    const ready = await parts.ready().catch(() => undefined);
    send(response, ready === undefined ? 503 : 200, JSON.stringify(ready === undefined ? { status: "not ready" } : { status: "ready", policy: ready.policy }));
    return;
  }
  const checkBody = await parts.check.admit({ method, path: url, statement: headerOf(request, "kanmon-statement"), call: headerOf(request, "kanmon-call") });
  // What strangers send is never kept: Node lets it run into the void once they are answered.
  if (checkBody === undefined) { send(response, 401, UNAUTHORIZED); return; }
  const body = await readBody(request);
  if (body === undefined) { refuseLargeBody(response); return; }
  const caller = checkBody(body);
  if (method === "POST" && url === "/graphql" && caller?.kind === "asker") send(response, 200, await parts.graphql(caller, body));
  else {
    const after = method === "GET" && caller?.kind === "standing" ? positionIn(url) : undefined;
    if (after === undefined) send(response, 401, UNAUTHORIZED);
    else await stream(response, after, parts, streams);
  }
}

/** A header that is sent twice is no header. */
function headerOf(request: IncomingMessage, name: string): string | undefined {
  const values = request.headersDistinct[name];
  return values?.length === 1 ? values[0] : undefined;
}

async function stream(response: ServerResponse, after: FeedPosition | null, parts: ServerParts, streams: Set<AbortController>): Promise<void> {
  if (streams.size >= MOST_STREAMS) { send(response, 503, UNAVAILABLE); return; }
  const ending = new AbortController();
  const end = setTimeout(() => { ending.abort(); }, parts.streamLife ?? STREAM_LIFE_MS);
  streams.add(ending);
  response.once("close", () => { ending.abort(); });
  // The connection ends with the stream, so that stopping does not wait for it.
  response.writeHead(200, { "content-type": "application/x-ndjson; charset=utf-8", "cache-control": "no-store", connection: "close" });
  response.flushHeaders();
  try {
    await parts.standing(after, { ending: ending.signal, write: (lines) => writeWithin(response, lines, parts.drainWithin ?? DRAIN_MS) });
    response.end();
  } catch {
    // Cut off rather than ended: what was sent is not the whole.
    response.destroy();
  } finally {
    clearTimeout(end);
    streams.delete(ending);
  }
}

/** Nothing is made while the follower has this much unread, so what is kept for it is bounded; one that reads nothing at all is cut off. */
async function writeWithin(response: ServerResponse, lines: string, milliseconds: number): Promise<void> {
  if (response.destroyed || response.writableEnded) throw new Error("the follower is gone");
  response.write(lines);
  if (response.writableLength <= MOST_UNREAD) return;
  await new Promise<void>((resolve, reject) => {
    const settle = (outcome: () => void): void => {
      clearTimeout(timer);
      response.off("drain", onDrain);
      response.off("close", onClose);
      outcome();
    };
    const onDrain = (): void => settle(resolve);
    const onClose = (): void => settle(() => reject(new Error("the follower is gone")));
    const timer = setTimeout(() => settle(() => reject(new Error("the follower does not read"))), milliseconds);
    response.once("drain", onDrain);
    response.once("close", onClose);
  });
}

function send(response: ServerResponse, status: number, body: string): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", "content-length": bytes.length, "cache-control": "no-store" });
  response.end(bytes);
}

/** Without a body there is nothing to check a caller by, so this too is the one refusal; the connection is of no further use. */
function refuseLargeBody(response: ServerResponse): void {
  response.setHeader("connection", "close");
  send(response, 401, UNAUTHORIZED);
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) return undefined;
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
}

async function stop(server: Server, streams: ReadonlySet<AbortController>): Promise<void> {
  const closed = new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
  for (const ending of streams) ending.abort();
  server.closeIdleConnections();
  // Streams end with their connection; what is still being answered has as long as a request may take.
  const timer = setTimeout(() => { server.closeAllConnections(); }, 2_000);
  await closed;
  clearTimeout(timer);
}
