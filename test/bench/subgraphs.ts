/**
 * One fast process that plays the four subgraphs, their standing feeds and the token issuer's key document, each on a port of its own. It verifies no
 * statement: it stands for ministries whose own work is not measured. Arguments: a JSON object (`SubgraphsSettings`); says `{"ports":...}` when it listens.
 */
import { readFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { StandingScript, type Statement } from "../support/standing-script";
import { type Labelling, answererOf } from "./workload/answer";
import { makeWorld, type Size } from "./workload/data";
import { dropsWhenWithheld, labellingOf } from "./workload/labels";
import { SUBGRAPHS } from "./workload/schema";

export interface SubgraphsSettings {
  readonly size: Size;
  /** `none`: bare subgraphs. `permitted`: a label on every object, all readable. `withheld`: the same, every tenth thing above the asker. */
  readonly labels: "none" | "permitted" | "withheld";
  /** Serves the world without the things that `withheld` withholds: what a gateway must make of `withheld`. */
  readonly dropped?: boolean;
  /** File with the JSON of `Standing` per subgraph and the issuer's keys. */
  readonly standingFile?: string;
}
export interface SubgraphsReady { readonly ports: Readonly<Record<string, number>>; readonly control: number }
interface StandingFile { readonly standing: Readonly<Record<string, unknown>>; readonly jwks: unknown }

const ALIVE_EVERY_MS = 5_000;
const calls: Record<string, number> = {};

function serveSubgraph(name: string, answer: (body: Buffer) => Buffer | Promise<Buffer>, standing: unknown): http.Server {
  calls[name] = 0;
  const script = new StandingScript((standing ?? {}) as Statement);
  return http.createServer((request, response) => {
    if (request.method === "POST") return readBody(request, (body) => {
      calls[name] = (calls[name] ?? 0) + 1;
      const answered = answer(body);
      if (Buffer.isBuffer(answered)) send(response, answered); else void answered.then((made) => send(response, made));
    });
    if (request.url?.startsWith("/standing") === true) return stream(response, script);
    return send(response, Buffer.from("{}"));
  });
}

/** Counts, the key document and nothing else. */
function serveControl(jwks: unknown): http.Server {
  return http.createServer((request, response) => send(response, Buffer.from(JSON.stringify(request.url === "/jwks" ? jwks : calls))));
}

function readBody(request: http.IncomingMessage, done: (body: Buffer) => void): void {
  let first: Buffer | undefined;
  let more: Buffer[] | undefined;
  request.on("data", (chunk: Buffer) => { if (first === undefined) first = chunk; else (more ??= [first]).push(chunk); });
  request.on("end", () => done(more === undefined ? first ?? Buffer.alloc(0) : Buffer.concat(more)));
}

function send(response: http.ServerResponse, body: Buffer): void {
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
  response.end(body);
}

function stream(response: http.ServerResponse, script: StandingScript): void {
  const say = (lines: readonly string[]): void => { response.write(lines.map((line) => `${line}\n`).join("")); };
  response.writeHead(200, { "content-type": "application/x-ndjson; charset=utf-8", "cache-control": "no-store" });
  say([...script.snapshot(), script.alive(Date.now())]);
  const timer = setInterval(() => say([script.alive(Date.now())]), ALIVE_EVERY_MS);
  response.on("close", () => clearInterval(timer));
}

async function listen(server: http.Server): Promise<number> {
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  return (server.address() as AddressInfo).port;
}

async function main(settings: SubgraphsSettings): Promise<void> {
  const labelling: Labelling | undefined = settings.labels === "none" ? undefined : labellingOf(settings.labels);
  const world = makeWorld(settings.size, (thing) => settings.dropped !== true || !dropsWhenWithheld(thing));
  const file = settings.standingFile === undefined ? undefined : JSON.parse(readFileSync(settings.standingFile, "utf8")) as StandingFile;
  const ports: Record<string, number> = {};
  for (const name of SUBGRAPHS) ports[name] = await listen(serveSubgraph(name, answererOf(name, world, labelling), file?.standing[name]));
  const ready: SubgraphsReady = { ports, control: await listen(serveControl(file?.jwks ?? {})) };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

process.on("SIGTERM", () => process.exit(0));
void main(JSON.parse(process.argv[2] ?? "{}") as SubgraphsSettings);
