import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from "jose";
import { Agent } from "undici";
import { Authenticator, type Client } from "../../gateway/authenticate";
import { codeOf } from "../../gateway/errors";

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
const ISSUER = "https://issuer.example";
const AUDIENCE = "kanmon";

let pair: Pair;
let other: Pair;
let served: { keys: JWK[] };
let status = 200;
let fetches = 0;
let server: Server;
let jwksUri: URL;
const dispatcher = new Agent();

beforeAll(async () => {
  pair = await generateKeyPair("EdDSA", { extractable: true });
  other = await generateKeyPair("EdDSA", { extractable: true });
  server = createServer((_, response) => { fetches += 1; response.writeHead(status, { "content-type": "application/json" }); response.end(JSON.stringify(served)); });
  await new Promise<void>((done) => { server.listen(0, "127.0.0.1", done); });
  jwksUri = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`);
});
afterAll(async () => { await dispatcher.close(); server.closeAllConnections(); server.close(); });
beforeEach(async () => { served = { keys: [await publicJwk(pair, "one")] }; status = 200; fetches = 0; now = 1_800_000_000_000; });

let now = 0;
const client: Client = { site: "KASUMI-1", zoneLevel: 4, displayOnly: false };
const screen: Client = { site: "KASUMI-2", zoneLevel: 2, displayOnly: true };

async function publicJwk(of: Pair, kid: string): Promise<JWK> { return { ...(await exportJWK(of.publicKey)), kid, use: "sig" }; }
function makeAuthenticator(algorithms = ["EdDSA"]): Authenticator {
  return new Authenticator({
    issuers: [{ issuer: ISSUER, jwksUri, audience: AUDIENCE, algorithms, speaksFor: [{ body: "JPN.CAS" }] }], clients: new Map([["desk", client], ["screen", screen]]), clock: () => now, dispatcher, warn: () => undefined,
  });
}
interface Choice { readonly claims?: Record<string, unknown>; readonly header?: Record<string, unknown>; readonly by?: Pair; readonly without?: readonly string[] }
async function token({ claims = {}, header = {}, by = pair, without = [] }: Choice = {}): Promise<string> {
  const at = now / 1000;
  const payload: Record<string, unknown> = { iss: ISSUER, aud: AUDIENCE, sub: "ciro-analyst", client_id: "desk", jti: "j1", iat: at, exp: at + 300, ...claims };
  for (const name of without) delete payload[name];
  return new SignJWT(payload).setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid: "one", ...header }).sign(by.privateKey);
}
const bearer = (value: string): { rawHeaders: string[]; search: string } => ({ rawHeaders: ["Host", "x", "Authorization", `Bearer ${value}`], search: "" });
async function outcome(authenticator: Authenticator, value: string): Promise<string> {
  return authenticator.authenticate(bearer(value)).then((identity) => identity.sub, (error: unknown) => codeOf(error));
}

describe("authentication", () => {
  it("gives who asks, and level, site and action of the registered client", async () => {
    await expect(makeAuthenticator().authenticate(bearer(await token()))).resolves.toMatchObject({ sub: "ciro-analyst", clientId: "desk", site: "KASUMI-1", zoneLevel: 4, action: "RETRIEVE" });
    await expect(makeAuthenticator().authenticate(bearer(await token({ claims: { client_id: "screen" } })))).resolves.toMatchObject({ zoneLevel: 2, action: "VIEW" });
  });

  it("asks registered clients anew when they are replaced, with the keys it has", async () => {
    const before = makeAuthenticator();
    const value = await token();
    await before.authenticate(bearer(value));
    const [moved, gone] = [before.withClients(new Map([["desk", screen]])), before.withClients(new Map())];
    await expect(moved.authenticate(bearer(value))).resolves.toMatchObject({ site: "KASUMI-2", zoneLevel: 2, action: "VIEW" });
    expect(await outcome(gone, value)).toBe("UNAUTHENTICATED");
    await expect(before.authenticate(bearer(value))).resolves.toMatchObject({ site: "KASUMI-1" });
    expect(fetches).toBe(1);
  });

  it("takes nothing else from a token, however it is called [B-117]", async () => {
    const identity = await makeAuthenticator().authenticate(bearer(await token({ claims: { zoneLevel: 4, action: "VIEW", clearance: "TS", eligibilities: [1], scope: "all", client_id: "screen" } })));
    expect(identity).toEqual({ sub: "ciro-analyst", clientId: "screen", issuer: ISSUER, speaksFor: [{ body: "JPN.CAS" }], jti: "j1", site: "KASUMI-2", zoneLevel: 2, action: "VIEW" });
  });

  it("refuses every malformed, foreign, early, late or incomplete token with one code [B-112] [B-114]", async () => {
    const authenticator = makeAuthenticator();
    const at = now / 1000;
    const hmac = await new SignJWT({ iss: ISSUER, aud: AUDIENCE, sub: "a", client_id: "desk", jti: "j", iat: at, exp: at + 60 })
      .setProtectedHeader({ alg: "HS256", typ: "at+jwt", kid: "one" }).sign(new TextEncoder().encode(JSON.stringify(served.keys[0])));
    const bad: Record<string, string> = {
      "no signature": new UnsecuredJWT({ iss: ISSUER, sub: "a" }).encode(), "shared secret": hmac, "other key": await token({ by: other }),
      "wrong type": await token({ header: { typ: "JWT" } }), "id token": await token({ header: { typ: "id+jwt" } }), "unknown critical header": await token({ header: { crit: ["exp2"], exp2: 1 } }).catch(() => "a.b.c"),
      "unknown issuer": await token({ claims: { iss: "https://evil.example" } }), "wrong audience": await token({ claims: { aud: "other" } }), "two audiences": await token({ claims: { aud: [AUDIENCE, "other"] } }),
      "expired": await token({ claims: { exp: at - 6 } }), "not yet": await token({ claims: { nbf: at + 60 } }), "unknown client": await token({ claims: { client_id: "nobody" } }),
      "sub is a number": await token({ claims: { sub: 7 } }), "client is a list": await token({ claims: { client_id: ["desk"] } }), "no kid": await token({ header: { kid: undefined } }),
      "own key in header": await token({ by: other, header: { kid: "two", jwk: await exportJWK(other.publicKey) } }), "remote key": await token({ by: other, header: { kid: "two", jku: "http://127.0.0.1:1/" } }),
      "garbage": "a.b.c", "cut": (await token()).slice(0, -3),
    };
    for (const claim of ["iss", "aud", "exp", "iat", "sub", "client_id", "jti"]) bad[`without ${claim}`] = await token({ without: [claim] });
    for (const [name, value] of Object.entries(bad)) expect([name, await outcome(authenticator, value)]).toEqual([name, "UNAUTHENTICATED"]);
    expect(await outcome(authenticator, await token())).toBe("ciro-analyst");
  });

  it("refuses two credentials, whichever of them is good [B-112]", async () => {
    const authenticator = makeAuthenticator();
    const good = await token();
    for (const credentials of [
      { rawHeaders: ["Authorization", `Bearer ${good}`, "authorization", `Bearer ${good}`], search: "" }, { rawHeaders: ["Authorization", `Bearer ${good}`], search: `?access_token=${good}` },
      { rawHeaders: [], search: `?access_token=${good}` }, { rawHeaders: ["Authorization", `Basic ${good}`], search: "" }, { rawHeaders: ["Authorization", `Bearer ${good}, Bearer ${good}`], search: "" }, { rawHeaders: [], search: "" },
    ]) await expect(authenticator.authenticate(credentials)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  });

  it("stops a remembered token when it expires", async () => {
    const authenticator = makeAuthenticator();
    const value = await token();
    expect(await outcome(authenticator, value)).toBe("ciro-analyst");
    now += 306_000;
    expect(await outcome(authenticator, value)).toBe("UNAUTHENTICATED");
  });

  it("follows a rotation: the new key works at once, the old one ends with the next fetch [B-113]", async () => {
    const authenticator = makeAuthenticator();
    const old = await token({ claims: { exp: now / 1000 + 3_000 } });
    expect(await outcome(authenticator, old)).toBe("ciro-analyst");
    now += 11_000;
    served = { keys: [await publicJwk(other, "two")] };
    expect(await outcome(authenticator, await token({ by: other, header: { kid: "two" } }))).toBe("ciro-analyst");
    expect(await outcome(authenticator, old)).toBe("UNAUTHENTICATED");
  });

  it("notices a removed key although every token is remembered [B-113]", async () => {
    const authenticator = makeAuthenticator();
    const old = await token({ claims: { exp: now / 1000 + 3_000 } });
    expect(await outcome(authenticator, old)).toBe("ciro-analyst");
    served = { keys: [] };
    now += 301_000;
    expect(await outcome(authenticator, old)).toBe("ciro-analyst");
    await new Promise((done) => { setTimeout(done, 100); });
    expect(await outcome(authenticator, old)).toBe("UNAUTHENTICATED");
  });

  it("fetches once for a flood of unknown keys [B-113]", async () => {
    const authenticator = makeAuthenticator();
    await outcome(authenticator, await token());
    const flood = await Promise.all(Array.from({ length: 40 }, (_, at) => token({ header: { kid: `flood-${at}` } })));
    now += 11_000;
    await Promise.all(flood.map((value) => outcome(authenticator, value)));
    expect(fetches).toBe(2);
  });

  it("lives on the last good keys while the issuer is down, but not for ever [B-113]", async () => {
    const authenticator = makeAuthenticator();
    const long = { claims: { exp: now / 1000 + 100_000 } };
    expect(await outcome(authenticator, await token(long))).toBe("ciro-analyst");
    status = 503;
    now += 3_000_000;
    expect(await outcome(authenticator, await token(long))).toBe("ciro-analyst");
    now += 700_000;
    expect(await outcome(authenticator, await token(long))).toBe("UNAUTHENTICATED");
    status = 200;
    now += 11_000;
    expect(await outcome(authenticator, await token(long))).toBe("ciro-analyst");
  });

  it("refuses a key set in which two keys share an id, and keys of other kinds", async () => {
    served = { keys: [await publicJwk(pair, "one"), await publicJwk(other, "one")] };
    expect(await outcome(makeAuthenticator(), await token())).toBe("UNAUTHENTICATED");
    served = { keys: [{ ...(await publicJwk(pair, "one")), use: "enc" }] };
    expect(await outcome(makeAuthenticator(), await token())).toBe("UNAUTHENTICATED");
    served = { keys: [await exportJWK(pair.privateKey).then((jwk) => ({ ...jwk, kid: "one" }))] };
    expect(await outcome(makeAuthenticator(), await token())).toBe("UNAUTHENTICATED");
  });
});
