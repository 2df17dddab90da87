/**
 * The admin listener: health and metrics for operators, on an address of its own (loopback unless told otherwise). Takes two questions about the gateway
 * and gives `/health`, `/health/live`, `/health/ready` and `/metrics`. Nothing about people or data is here.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Registry } from "prom-client";

export interface Health {
  /** False when no answer could be given at all. */
  readonly isReady: () => boolean;
  /** What is wrong, in closed words: `evidence`, `bundle`, or the name of a silent ministry. */
  readonly problems: () => readonly string[];
  /** What is in force, by name: versions, serials, ages. */
  readonly inForce?: () => Readonly<Record<string, unknown>>;
}

/** Makes the handler of the admin listener. */
export function adminHandler(health: Health, registry: Registry): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const path = (request.url ?? "/").split("?", 1)[0];
    if (request.method !== "GET" && request.method !== "HEAD") return send(response, 405, "application/json", JSON.stringify({ error: "method not allowed" }), { allow: "GET, HEAD" });
    if (path === "/health/live") return sendStatus(response, 200, "live", []);
    if (path === "/health/ready" || path === "/health") {
      const ready = health.isReady();
      return sendStatus(response, ready ? 200 : 503, ready ? "ready" : "not ready", health.problems(), health.inForce?.());
    }
    if (path === "/metrics") {
      registry.metrics().then((text) => { send(response, 200, registry.contentType, text); }, () => { send(response, 500, "text/plain", "unavailable\n"); });
      return;
    }
    send(response, 404, "application/json", JSON.stringify({ error: "not found" }));
  };
}

function sendStatus(response: ServerResponse, status: number, word: string, problems: readonly string[], inForce?: Readonly<Record<string, unknown>>): void {
  send(response, status, "application/json", JSON.stringify({ status: word, problems, ...inForce }));
}

function send(response: ServerResponse, status: number, type: string, body: string, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { "content-type": type, "cache-control": "no-store", "content-length": Buffer.byteLength(body), ...headers });
  response.end(body);
}
