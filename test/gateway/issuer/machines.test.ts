import { generateKeyPair, exportJWK, jwtVerify, createRemoteJWKSet, SignJWT, type CryptoKey, type JWK, type JWTPayload } from "jose";
import { randomUUID } from "node:crypto";
import { ASSERTION_TYPE, LONGEST_ASSERTION_S, makeIssuerKeys, readMachines, startIssuer, type MachineClient, type RunningIssuer } from "../../../gateway/issuer";

const AUDIENCE = "https://kanmon.example/graph";
const START = Date.UTC(2026, 10, 1, 3);
let now = START;
let running: RunningIssuer;
let own: CryptoKey;
let other: CryptoKey;
const kids = { own: "key-of-the-system", other: "key-of-another" };

interface Odd { readonly claims?: JWTPayload; readonly header?: Readonly<Record<string, unknown>>; readonly key?: CryptoKey; readonly drop?: keyof JWTPayload }

beforeAll(async () => {
  const pairs = await Promise.all([0, 1].map(() => generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true })));
  const [mine, others] = pairs;
  if (mine === undefined || others === undefined) throw new Error("no keys");
  own = mine.privateKey;
  other = others.privateKey;
  const machine = async (id: string, kid: string, key: CryptoKey): Promise<MachineClient> => ({ id, persona: id, keys: [{ ...await exportJWK(key), kid }] });
  running = await startIssuer({
    host: "127.0.0.1", port: 0, audience: AUDIENCE, keys: await makeIssuerKeys(), origins: [], clock: () => now, personas: [{ id: "case-system", client: "kasumi-3-z3" }, { id: "other-system", client: "kasumi-1-z4" }],
    machines: [await machine("case-system", kids.own, mine.publicKey), await machine("other-system", kids.other, others.publicKey)],
  });
});
afterAll(() => running.stop());
beforeEach(() => { now = START + 10_000; });

function assertionOf({ claims = {}, header = {}, key = own, drop }: Odd = {}): Promise<string> {
  const at = Math.floor(now / 1000);
  const all: JWTPayload = { iss: "case-system", sub: "case-system", aud: running.url, iat: at, exp: at + 30, jti: randomUUID(), ...claims };
  return new SignJWT(Object.fromEntries(Object.entries(all).filter(([name]) => name !== drop))).setProtectedHeader({ alg: "EdDSA", typ: "client-authentication+jwt", kid: kids.own, ...header }).sign(key);
}
const send = (fields: Readonly<Record<string, string>> | URLSearchParams, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  fetch(`${running.url}/token`, { method: "POST", body: fields instanceof URLSearchParams ? fields : new URLSearchParams(fields), headers });
const fieldsOf = (assertion: string): Record<string, string> => ({ grant_type: "client_credentials", client_assertion_type: ASSERTION_TYPE, client_assertion: assertion });
const outcomeOf = async (answer: Response): Promise<readonly [number, unknown]> => [answer.status, (await answer.json() as { error?: string }).error];
const REFUSED = [401, "invalid_client"] as const;

test("gives a machine that signs with its own key a token of the same profile as any other", async () => {
  const answer = await send(fieldsOf(await assertionOf()));
  expect([answer.status, answer.headers.get("cache-control")]).toEqual([200, "no-store"]);
  const { access_token: token, token_type: type, expires_in: life } = await answer.json() as { access_token: string; token_type: string; expires_in: number };
  expect([type, life]).toEqual(["Bearer", 600]);
  const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(`${running.url}/jwks`)), { issuer: running.url, audience: AUDIENCE, typ: "at+jwt", algorithms: ["EdDSA"], currentDate: new Date(now) });
  expect(payload).toMatchObject({ sub: "case-system", client_id: "kasumi-3-z3" });
});

test.each<[string, Odd]>([
  ["another key under the registered id", { get key() { return other; } }],
  ["another machine's key and key id, in this one's name", { get key() { return other; }, header: { kid: kids.other } }],
  ["an unregistered key id", { header: { kid: "nobody" } }],
  ["no key id", { header: { kid: undefined } }],
  ["an access token's type", { header: { typ: "at+jwt" } }],
  ["an audience that is not this issuer", { claims: { aud: "https://other.example" } }],
  ["an audience beside this issuer", { claims: { get aud() { return [running.url, "https://other.example"]; } } }],
  ["the address of the token endpoint for an audience", { claims: { get aud() { return `${running.url}/token`; } } }],
  ["no audience", { drop: "aud" }],
  ["another issuer", { claims: { iss: "other-system" } }],
  ["another subject", { claims: { sub: "other-system" } }],
  ["no subject", { drop: "sub" }],
  ["no end", { drop: "exp" }],
  ["no time", { drop: "iat" }],
  ["no id", { drop: "jti" }],
  ["an empty id", { claims: { jti: "" } }],
  ["an end that has passed", { claims: { get iat() { return Math.floor(now / 1000) - 10; }, get exp() { return Math.floor(now / 1000) - 6; } } }],
  ["a life longer than a minute", { claims: { get exp() { return Math.floor(now / 1000) + LONGEST_ASSERTION_S + 1; } } }],
  ["a time that has not come", { claims: { get iat() { return Math.floor(now / 1000) + 20; }, get exp() { return Math.floor(now / 1000) + 40; } } }],
  ["a time before this issuer began", { claims: { iat: START / 1000 - 1 } }],
])("refuses %s", async (_what, odd) => {
  expect(await outcomeOf(await send(fieldsOf(await assertionOf(odd))))).toEqual(REFUSED);
});

test("takes an assertion once, also when it comes twice at the same time", async () => {
  const fields = fieldsOf(await assertionOf());
  const both = await Promise.all([send(fields), send(fields)]);
  expect(both.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 401]);
  expect(await outcomeOf(await send(fields))).toEqual(REFUSED);
  now += 34_000;
  expect(await outcomeOf(await send(fields))).toEqual(REFUSED);
});

test("an id belongs to the machine that used it", async () => {
  const claims = { jti: "one" };
  expect((await send(fieldsOf(await assertionOf({ claims })))).status).toBe(200);
  const others = { jti: "one", iss: "other-system", sub: "other-system" };
  expect((await send(fieldsOf(await assertionOf({ claims: others, header: { kid: kids.other }, key: other })))).status).toBe(200);
});

test("refuses algorithms other than its own, and none", async () => {
  const [, body] = (await assertionOf()).split(".");
  const header = (alg: string): string => Buffer.from(JSON.stringify({ alg, kid: kids.own })).toString("base64url");
  const { privateKey } = await generateKeyPair("ES256");
  const ofOtherKind = await assertionOf({ key: privateKey, header: { alg: "ES256" } });
  for (const assertion of [`${header("none")}.${body}.`, `${header("HS256")}.${body}.AAAA`, ofOtherKind, "", "a.b.c"]) expect(await outcomeOf(await send(fieldsOf(assertion)))).toEqual(REFUSED);
});

test("a client secret, another kind of assertion and an assertion in another's name prove nothing", async () => {
  expect(await outcomeOf(await send({ grant_type: "client_credentials", client_id: "case-system", client_secret: "secret" }))).toEqual(REFUSED);
  expect(await outcomeOf(await send({ ...fieldsOf(await assertionOf()), client_secret: "secret" }))).toEqual(REFUSED);
  expect(await outcomeOf(await send({ ...fieldsOf(await assertionOf()), client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:saml2-bearer" }))).toEqual(REFUSED);
  expect(await outcomeOf(await send({ ...fieldsOf(await assertionOf()), client_id: "other-system" }))).toEqual(REFUSED);
  expect((await send({ ...fieldsOf(await assertionOf()), client_id: "case-system" })).status).toBe(200);
});

test("refuses what is said twice or in two ways, without using up the assertion", async () => {
  const fields = fieldsOf(await assertionOf());
  const twice = new URLSearchParams(fields);
  twice.append("client_assertion", await assertionOf());
  expect(await outcomeOf(await send(twice))).toEqual([400, "invalid_request"]);
  expect(await outcomeOf(await send(fields, { authorization: "Basic Y2FzZS1zeXN0ZW06c2VjcmV0" }))).toEqual([400, "invalid_request"]);
  expect((await send(fields)).status).toBe(200);
});

test("says in its discovery document how machines show who they are", async () => {
  expect(await (await fetch(`${running.url}/.well-known/openid-configuration`)).json()).toMatchObject({
    grant_types_supported: expect.arrayContaining(["client_credentials"]), token_endpoint_auth_methods_supported: ["none", "private_key_jwt"], token_endpoint_auth_signing_alg_values_supported: ["EdDSA"],
  });
});

describe("a list of machines", () => {
  const key: JWK = { kty: "OKP", crv: "Ed25519", x: "AAAA", kid: "k" };
  test("is read with the public halves alone", () => {
    expect(readMachines([{ id: "a", persona: "b", keys: [{ ...key, use: "sig" }] }])).toEqual([{ id: "a", persona: "b", keys: [key] }]);
  });
  test.each<[string, unknown]>([
    ["that is no list", {}], ["with an entry that is none", [null]], ["without a persona", [{ id: "a", keys: [key] }]], ["without keys", [{ id: "a", persona: "a", keys: [] }]],
    ["with a private half", [{ id: "a", persona: "a", keys: [{ ...key, d: "AAAA" }] }]], ["with another curve", [{ id: "a", persona: "a", keys: [{ ...key, crv: "X25519" }] }]],
    ["with a key without an id", [{ id: "a", persona: "a", keys: [{ ...key, kid: undefined }] }]],
    ["with a key id twice", [{ id: "a", persona: "a", keys: [key] }, { id: "b", persona: "b", keys: [key] }]],
    ["with an id twice", [{ id: "a", persona: "a", keys: [key] }, { id: "a", persona: "b", keys: [{ ...key, kid: "l" }] }]],
  ])("%s is refused", (_what, list) => { expect(() => readMachines(list)).toThrow(/machine/); });
});
