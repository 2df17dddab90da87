/**
 * DEVELOPMENT ONLY. The HTTP face of the token issuer: discovery, keys, a token for any person of the demo to whoever asks on this machine, and one for a machine that
 * shows with its own key that it is that machine (assertion.ts).
 * It listens on a loopback address and nowhere else, answers only requests that name a loopback host (so no web page can rebind a name to it),
 * and lets only the listed origins read a token from a browser.
 */
import http from "node:http";
import { ASSERTION_ALGORITHM, Assertions } from "./assertion";
import { isLoopback, NotLoopback, originOf } from "./loopback";
import type { MachineClient } from "./machines";
import { issueToken, publicKeysOf, type TokenSettings } from "./token";

export const PERSONA_GRANT = "urn:kanmon:grant:persona";
const MACHINE_GRANT = "client_credentials";
const MAX_BODY = 4096;

export interface IssuerSettings extends Omit<TokenSettings, "issuer" | "clock" | "lifeS"> {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Browser origins that may ask, exactly as browsers send them. */
  readonly origins: readonly string[];
  /** Machines that may ask for tokens with their own key. */
  readonly machines?: readonly MachineClient[];
  /** What tokens name as their issuer, where that differs from the address it listens on. */
  readonly issuer?: string;
  readonly lifeS?: number;
  readonly clock?: () => number;
}
/** What answering takes, beside the settings. */
interface Open extends IssuerSettings { readonly named: () => string; readonly assertions: Assertions }
export interface RunningIssuer { readonly url: string; readonly port: number; stop(): Promise<void> }

/** Starts the issuer. Throws NotLoopback, or the listen error (`EADDRINUSE`). */
export async function startIssuer(settings: IssuerSettings): Promise<RunningIssuer> {
  if (!isLoopback(settings.host)) throw new NotLoopback(settings.host);
  let issuer = "";
  const named = (): string => issuer;
  const open: Open = { ...settings, named, assertions: new Assertions({ machines: settings.machines ?? [], audience: named, clock: settings.clock ?? Date.now }) };
  const server = http.createServer((request, response) => {
    answer(open, request, response).catch(() => send(response, 500, { error: "server_error" }));
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

async function answer(settings: Open, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const named = (request.headers.host ?? "").replace(/:\d+$/, "");
  if (!isLoopback(named)) return send(response, 403, { error: "access_denied" });
  const origin = request.headers.origin;
  if (origin !== undefined) {
    if (!settings.origins.includes(origin)) return send(response, 403, { error: "access_denied" });
    response.setHeader("access-control-allow-origin", origin);
    response.setHeader("vary", "origin");
  }
  const path = (request.url ?? "/").split("?")[0];
  if (request.method === "GET" && path === "/.well-known/openid-configuration") return send(response, 200, discoveryOf(settings.named()));
  if (request.method === "GET" && path === "/jwks") return send(response, 200, publicKeysOf(settings.keys));
  if (request.method === "GET" && (path === "/health/live" || path === "/health/ready")) return send(response, 200, { status: "ok" });
  if (path !== "/token") return send(response, 404, { error: "not_found" });
  if (request.method !== "POST") {
    response.setHeader("allow", "POST");
    return send(response, 405, { error: "invalid_request" });
  }
  return answerToken(settings, request, response);
}

async function answerToken(settings: Open, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  response.setHeader("cache-control", "no-store");
  const body = await readBody(request);
  const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim();
  if (body === undefined || type !== "application/x-www-form-urlencoded") return send(response, 400, { error: "invalid_request" });
  const form = new URLSearchParams(body);
  // Said twice, or in two ways, nobody can tell what was meant (RFC 6749, 2.3 and 3.2).
  if (new Set(form.keys()).size !== form.size || request.headers.authorization !== undefined) return send(response, 400, { error: "invalid_request" });
  const grant = form.get("grant_type");
  if (grant === PERSONA_GRANT) return sendToken(settings, form.get("persona") ?? "", response);
  if (grant !== MACHINE_GRANT) return send(response, 400, { error: "unsupported_grant_type" });
  const client = await settings.assertions.redeem(form);
  return client === undefined ? send(response, 401, { error: "invalid_client" }) : sendToken(settings, client.persona, response);
}

async function sendToken(settings: Open, persona: string, response: http.ServerResponse): Promise<void> {
  const issued = await issueToken({ ...settings, issuer: settings.named(), lifeS: settings.lifeS ?? 600, clock: settings.clock ?? Date.now }, persona);
  if (issued === undefined) return send(response, 400, { error: "invalid_grant" });
  return send(response, 200, { access_token: issued.token, token_type: "Bearer", expires_in: issued.expiresIn });
}

function discoveryOf(issuer: string): Readonly<Record<string, unknown>> {
  return {
    issuer,
    jwks_uri: `${issuer}/jwks`,
    token_endpoint: `${issuer}/token`,
    grant_types_supported: [PERSONA_GRANT, MACHINE_GRANT],
    token_endpoint_auth_methods_supported: ["none", "private_key_jwt"],
    token_endpoint_auth_signing_alg_values_supported: [ASSERTION_ALGORITHM],
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
