/**
 * Hands published files to anybody (SPEC 18.12): three names, read as they lie there, and nothing else. Takes a folder; knows no token, no gateway and no key, and answers whatever else is asked alike. Any web server that
 * serves the folder does as well.
 */
import fs from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import { DATA_FILE, PAGE_FILE, TABLE_FILE } from "./edition";
import { PAGE_POLICY } from "./page";

export interface RunningSite { readonly port: number; stop(): Promise<void> }

const TYPES: Readonly<Record<string, string>> = { [PAGE_FILE]: "text/html; charset=utf-8", [DATA_FILE]: "application/json; charset=utf-8", [TABLE_FILE]: "text/csv; charset=utf-8" };
/** By the path of a request: nothing that a client writes becomes the name of a file. */
const FILE_AT: ReadonlyMap<string, string> = new Map([["/", PAGE_FILE], ...Object.keys(TYPES).map((name) => [`/${name}`, name] as const)]);
const ALWAYS: Readonly<Record<string, string>> = {
  "content-security-policy": `${PAGE_POLICY}; frame-ancestors 'none'`, "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cross-origin-resource-policy": "same-origin", "cache-control": "public, max-age=60",
};
/** A reader is one small file: whoever takes longer, or sends anything, is left. */
const PATIENCE_MS = 10_000;
const MOST_CONNECTIONS = 256;

/** @throws the listen error (`EADDRINUSE`) */
export async function startSite(folder: string, host: string, port: number): Promise<RunningSite> {
  const server = http.createServer({ requestTimeout: PATIENCE_MS, headersTimeout: PATIENCE_MS, keepAliveTimeout: 1_000, maxHeaderSize: 8_192 }, (request, response) => { void answer(folder, request, response); });
  server.maxConnections = MOST_CONNECTIONS;
  server.setTimeout(PATIENCE_MS);
  await new Promise<void>((resolve, reject) => { server.once("error", reject); server.listen(port, host, resolve); });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    stop: () => new Promise<void>((resolve) => { server.close(() => resolve()); server.closeAllConnections(); }),
  };
}

async function answer(folder: string, { method, url = "" }: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const isRead = method === "GET" || method === "HEAD";
  const name = isRead ? FILE_AT.get(url.split("?", 1)[0] ?? "") : undefined;
  const bytes = name === undefined ? undefined : await fs.readFile(path.join(folder, name)).catch(() => undefined);
  if (bytes === undefined) return send(response, isRead ? 404 : 405, "text/plain; charset=utf-8", Buffer.from(isRead ? "Not found.\n" : "Method not allowed.\n"));
  return send(response, 200, TYPES[name ?? ""] ?? "text/plain", bytes);
}

function send(response: http.ServerResponse, status: number, type: string, body: Buffer): void {
  // node sends no body to HEAD, with the length that GET would have.
  response.writeHead(status, { ...ALWAYS, ...(status === 405 ? { allow: "GET, HEAD" } : {}), "content-type": type, "content-length": body.length, ...(status === 200 ? {} : { "cache-control": "no-store" }) }).end(body);
}
