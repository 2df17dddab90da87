import { createLocalJWKSet, createRemoteJWKSet, jwtVerify, type JSONWebKeySet } from "jose";
import http from "node:http";
import { isLoopback, issueToken, makeIssuerKeys, NotLoopback, PERSONA_GRANT, publicKeysOf, startIssuer, type IssuerKeys, type RunningIssuer } from "../../../gateway/issuer";

const personas = [{ id: "ciro-analyst", client: "kasumi-1-z4" }];
const audience = "https://kanmon.example/graph";
const origin = "http://127.0.0.1:4000";
let keys: IssuerKeys;
let running: RunningIssuer;

beforeAll(async () => {
  keys = await makeIssuerKeys();
  running = await startIssuer({ host: "127.0.0.1", port: 0, audience, keys, personas, origins: [origin] });
});
afterAll(() => running.stop());

const ask = (persona: string, headers: Record<string, string> = {}, grant: string = PERSONA_GRANT): Promise<Response> =>
  fetch(`${running.url}/token`, { method: "POST", body: new URLSearchParams({ grant_type: grant, persona }), headers });

/** fetch refuses to set Host, so this asks by hand. */
const statusFor = (host: string): Promise<number> => new Promise((resolve, reject) => {
  http.get({ host: "127.0.0.1", port: running.port, path: "/jwks", headers: { host } }, (response) => { response.resume(); resolve(response.statusCode ?? 0); }).on("error", reject);
});

test("gives a token of the RFC 9068 shape that verifies against its published keys", async () => {
  const answer = await (await ask("ciro-analyst")).json() as { access_token: string; expires_in: number; token_type: string };
  const keySet = createRemoteJWKSet(new URL(`${running.url}/jwks`));
  const { payload, protectedHeader } = await jwtVerify(answer.access_token, keySet, { issuer: running.url, audience, typ: "at+jwt", algorithms: ["EdDSA"] });
  expect(payload).toMatchObject({ sub: "ciro-analyst", client_id: "kasumi-1-z4" });
  expect(typeof payload.jti).toBe("string");
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeLessThanOrEqual(600);
  expect(protectedHeader.kid).toBe(keys.sign.kid);
  expect(answer).toMatchObject({ token_type: "Bearer", expires_in: 600 });
});

test("never shows the private half of its key", async () => {
  const text = await (await fetch(`${running.url}/jwks`)).text();
  expect(text).not.toContain(String(keys.sign.d));
  expect(JSON.parse(text)).toEqual(publicKeysOf(keys));
});

test("names its own addresses in the discovery document", async () => {
  const found = await (await fetch(`${running.url}/.well-known/openid-configuration`)).json();
  expect(found).toMatchObject({ issuer: running.url, jwks_uri: `${running.url}/jwks`, token_endpoint: `${running.url}/token` });
});

test.each([["a person it does not know", "nobody", PERSONA_GRANT, "invalid_grant"], ["another grant", "ciro-analyst", "password", "unsupported_grant_type"]])("refuses %s", async (_what, persona, grant, error) => {
  const answer = await ask(persona, {}, grant);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toEqual({ error });
});

test("lets only the listed origin read a token from a browser", async () => {
  const listed = await ask("ciro-analyst", { origin });
  expect([listed.status, listed.headers.get("access-control-allow-origin")]).toEqual([200, origin]);
  const other = await ask("ciro-analyst", { origin: "http://evil.example" });
  expect([other.status, other.headers.get("access-control-allow-origin")]).toEqual([403, null]);
  expect(await other.text()).not.toContain("access_token");
});

test("answers only requests that name a loopback host, so that a rebound name reaches nothing", async () => {
  expect(await statusFor(`127.0.0.1:${running.port}`)).toBe(200);
  expect(await statusFor(`evil.example:${running.port}`)).toBe(403);
});

test.each(["0.0.0.0", "192.0.2.7", "::", "kanmon.example", "127.evil.example"])("refuses to listen on %s", async (host) => {
  await expect(startIssuer({ host, port: 0, audience, keys, personas, origins: [] })).rejects.toThrow(NotLoopback);
});

test.each([["127.0.0.1", true], ["127.1.2.3", true], ["localhost", true], ["[::1]", true], ["::1", true], ["10.0.0.1", false], ["localhost.evil.example", false]])("knows whether %s is this machine: %s", (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});

test("refuses a body that is longer than any token request", async () => {
  const answer = await fetch(`${running.url}/token`, { method: "POST", body: new URLSearchParams({ grant_type: PERSONA_GRANT, persona: "x".repeat(5000) }) });
  expect(answer.status).toBe(400);
});

test("refuses to sign for longer than ten minutes, and signs by the given clock", async () => {
  const settings = { issuer: "http://127.0.0.1:1", audience, keys, personas, clock: () => 1_800_000_000_000 };
  await expect(issueToken({ ...settings, lifeS: 601 }, "ciro-analyst")).rejects.toThrow(RangeError);
  const issued = await issueToken({ ...settings, lifeS: 60 }, "ciro-analyst");
  const { payload } = await jwtVerify(issued?.token ?? "", createLocalJWKSet(publicKeysOf(keys) as JSONWebKeySet), { currentDate: new Date(1_800_000_030_000) });
  expect([payload.iat, payload.exp]).toEqual([1_800_000_000, 1_800_000_060]);
});
