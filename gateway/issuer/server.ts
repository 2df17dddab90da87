/**
 * DEVELOPMENT ONLY. The HTTP face of the token issuer: discovery, keys, and a token for any person of the demo to whoever asks on this machine.
 * It listens on a loopback address and nowhere else, answers only requests that name a loopback host (so no web page can rebind a name to it),
 * and lets only the listed origins read a token from a browser.
 */
import http from "node:http";
import { isLoopback, NotLoopback, originOf } from "./loopback";
import { issueToken, publicKeysOf, type TokenSettings } from "./token";

export const PERSONA_GRANT = "urn:kanmon:grant:persona";
const MAX_BODY = 4096;

export interface IssuerSettings extends Omit<TokenSettings, "issuer" | "clock" | "lifeS"> {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Browser origins that may ask, exactly as browsers send them. */
  readonly origins: readonly string[];
  /** What tokens name as their issuer, where that differs from the address it listens on. */
  readonly issuer?: string;
  readonly lifeS?: number;
  readonly clock?: () => number;
}
export interface RunningIssuer { readonly url: string; readonly port: number; stop(): Promise<void> }

/** Starts the issuer. Throws NotLoopback, or the listen error (`EADDRINUSE`). */
export async function startIssuer(settings: IssuerSettings): Promise<RunningIssuer> {
  if (!isLoopback(settings.host)) throw new NotLoopback(settings.host);
  let issuer = "";
  const server = http.createServer((request, response) => {
    answer(settings, issuer, request, response).catch(() => send(response, 500, { error: "server_error" }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(settings.port, settings.host, resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : settings.port;
  const url = originOf(settings.host, port);
  issuer = settings.issuer ?? url;
  return {
    url, port,
    stop: () => new Promise<void>((resolve) => { server.close(() => resolve()); server.closeAllConnections(); }),
  };
}

async function answer(settings: IssuerSettings, issuer: string, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const named = (request.headers.host ?? "").replace(/:\d+$/, "");
  if (!isLoopback(named)) return send(response, 403, { error: "access_denied" });
  const origin = request.headers.origin;
  if (origin !== undefined) {
    if (!settings.origins.includes(origin)) return send(response, 403, { error: "access_denied" });
    response.setHeader("access-control-allow-origin", origin);
    response.setHeader("vary", "origin");
  }
  const path = (request.url ?? "/").split("?")[0];
  if (request.method === "GET" && path === "/.well-known/openid-configuration") return send(response, 200, discoveryOf(issuer));
  if (request.method === "GET" && path === "/jwks") return send(response, 200, publicKeysOf(settings.keys));
  if (request.method === "GET" && (path === "/health/live" || path === "/health/ready")) return send(response, 200, { status: "ok" });
  if (path !== "/token") return send(response, 404, { error: "not_found" });
  if (request.method !== "POST") {
    response.setHeader("allow", "POST");
    return send(response, 405, { error: "invalid_request" });
  }
  return answerToken(settings, issuer, request, response);
}

async function answerToken(settings: IssuerSettings, issuer: string, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  response.setHeader("cache-control", "no-store");
  const body = await readBody(request);
  const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim();
  if (body === undefined || type !== "application/x-www-form-urlencoded") return send(response, 400, { error: "invalid_request" });
  const form = new URLSearchParams(body);
  if (form.get("grant_type") !== PERSONA_GRANT) return send(response, 400, { error: "unsupported_grant_type" });
  const tokenSettings = { ...settings, issuer, lifeS: settings.lifeS ?? 600, clock: settings.clock ?? Date.now };
  const issued = await issueToken(tokenSettings, form.get("persona") ?? "");
  if (issued === undefined) return send(response, 400, { error: "invalid_grant" });
  return send(response, 200, { access_token: issued.token, token_type: "Bearer", expires_in: issued.expiresIn });
}

function discoveryOf(issuer: string): Readonly<Record<string, unknown>> {
  return {
    issuer,
    jwks_uri: `${issuer}/jwks`,
    token_endpoint: `${issuer}/token`,
    grant_types_supported: [PERSONA_GRANT],
    token_endpoint_auth_methods_supported: ["none"],
    response_types_supported: [],
    id_token_signing_alg_values_supported: ["EdDSA"],
    subject_types_supported: ["public"],
  };
}

/** The whole body, or `undefined` when it is longer than a token request ever is. */
async function readBody(request: http.IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function send(response: http.ServerResponse, status: number, body: unknown): void {
  if (response.headersSent) return;
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
