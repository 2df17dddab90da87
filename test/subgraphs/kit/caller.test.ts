/** The caller check alone: one right call, and every way of being wrong, each refused (attacks B.XII). */
import { createHmac, createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { loadPolicy } from "../../../schema/policy";
import { CallerCheck, type Call } from "../../../subgraphs/kit/caller";
import { cursorKey, knownGateways } from "../../../subgraphs/kit/registry";
import { persona } from "../../support/people";
import { DEMO_NOON, type SealOptions, type TestKeys, makeKeys, sealCall } from "../../support/postgres";

const policy = loadPolicy();
const officer = persona(policy, "mod-officer");
const subject = officer.subject;
const context = { action: "RETRIEVE", ...officer.ctx };
const keys = makeKeys(["defense", "economy"]);
const BODY = '{"query":"{__typename}"}';

function checkFor(at: TestKeys = keys, clock: () => number = () => DEMO_NOON): CallerCheck {
  const own = at.ministries["defense"];
  if (own === undefined) throw new Error("no keys");
  return new CallerCheck({ subgraph: "defense", gateways: knownGateways(at.registry, "defense", own), clock });
}

function call(options: SealOptions = {}, changed: Partial<Call> = {}, subgraph = "defense", from: TestKeys = keys): Call {
  const sealed = sealCall(from, subgraph, officer, { body: BODY, ...options });
  return { method: "POST", path: "/graphql", statement: sealed["kanmon-statement"], call: sealed["kanmon-call"], body: Buffer.from(BODY), ...changed };
}

test("knows the asker of a right call", async () => {
  const caller = await checkFor().check(call());
  expect(caller).toMatchObject({ kind: "asker", asker: { action: "RETRIEVE", ctx: officer.ctx, subject: { id: "mod-officer" } } });
});

test("knows the officer who is shown a simulation, and keeps what is visible to them apart", async () => {
  const observer = { subject, zoneLevel: 4, at: DEMO_NOON };
  const check = checkFor();
  const watched = await check.check(call({ claims: { ctx: { ...context, observer } } }));
  expect(watched).toMatchObject({ kind: "asker", asker: { ctx: { ...officer.ctx, observer } } });
  const alone = await check.check(call());
  expect(watched?.kind === "asker" && alone?.kind === "asker" && watched.asker.digest !== alone.asker.digest).toBe(true);
});

test("knows which agreements do not count for the asker, and keeps apart those for whom other ones do", async () => {
  const check = checkFor();
  const digests = await Promise.all([undefined, "ALL", ["JPN-USA-2007"], ["JPN-AUS-2013"]].map(async (suspendedAgreements) => {
    const caller = await check.check(call({ claims: { subject: { ...subject, suspendedAgreements } } }));
    expect(caller).toMatchObject({ kind: "asker", asker: { subject: suspendedAgreements === undefined ? { id: subject.id } : { suspendedAgreements } } });
    return caller?.kind === "asker" ? caller.asker.digest : undefined;
  }));
  expect(new Set(digests).size).toBe(4);
});

test("gives equal digests to equal subjects in equal circumstances, and to no others", async () => {
  const check = checkFor();
  const digestOf = async (options?: SealOptions): Promise<unknown> => { const caller = await check.check(call(options)); return caller?.kind === "asker" ? caller.asker.digest : undefined; };
  const other = { ctx: { ...officer.ctx, action: "RETRIEVE", purpose: "CASEWORK" } };
  expect(await digestOf()).toEqual(expect.any(String));
  expect(await digestOf()).toBe(await digestOf());
  expect(await digestOf({ claims: other })).not.toBe(await digestOf());
});

const wrong: readonly (readonly [string, SealOptions, Partial<Call>?])[] = [
  ["no statement", {}, { statement: undefined }],
  ["no call header", {}, { call: undefined }],
  ["another body", {}, { body: Buffer.from(BODY.replace("typename", "schema")) }],
  ["another path", {}, { path: "/graphql?x=1" }],
  ["another method", {}, { method: "GET" }],
  ["another ministry's statement", { claims: { aud: "economy" } }],
  ["a word about agreements that is neither ALL nor a list", { claims: { subject: { ...subject, suspendedAgreements: "NONE" } } }],
  ["agreements that are no names", { claims: { subject: { ...subject, suspendedAgreements: [1] } } }],
  ["a list of audiences", { claims: { aud: ["defense", "economy"] } }],
  ["an issuer that is not the key's", { claims: { iss: "gateway-other" } }],
  ["a key id nobody has", { header: { kid: "other" } }],
  ["another type of token", { header: { typ: "JWT" } }],
  ["a type of token by another spelling", { header: { typ: "application/kanmon-statement+jwt" } }],
  ["a header without its type", { header: { typ: undefined } }],
  ["a header without its key id", { header: { kid: undefined } }],
  ["a critical header member", { header: { crit: ["exp"], exp: 0 } }],
  ["a payload that is not encoded", { header: { crit: ["b64"], b64: false } }],
  ["a header that brings its own key", { header: { jwk: keys.gateway.sign } }],
  ["an algorithm by its newer name", { header: { alg: "Ed25519" } }],
  ["no algorithm", { header: { alg: "none" } }],
  ["an algorithm of another kind", { header: { alg: "HS256" } }],
  ["a header that names a key to fetch", { header: { jku: "https://example.invalid/keys" } }],
  ["an end that has passed", { claims: { iat: Math.floor(DEMO_NOON / 1000) - 40, exp: Math.floor(DEMO_NOON / 1000) - 10 } }],
  ["a life of more than 30 s", { claims: { exp: Math.floor(DEMO_NOON / 1000) + 31 } }],
  ["an issue in the future", { claims: { iat: Math.floor(DEMO_NOON / 1000) + 60, exp: Math.floor(DEMO_NOON / 1000) + 90 } }],
  ["a beginning in the future", { claims: { nbf: Math.floor(DEMO_NOON / 1000) + 60 } }],
  ["an end without an issue", { claims: { iat: undefined } }],
  ["no end", { claims: { exp: undefined } }],
  ["times that are texts", { claims: { iat: "0", exp: "9999999999" } }],
  ["what is no policy", { claims: { policy: "P-1" } }],
  ["no policy", { claims: { policy: undefined } }],
  ["a subject under another name", { claims: { sub: "ciro-analyst" } }],
  ["no subject", { claims: { subject: null } }],
  ["a subject without its lists", { claims: { subject: { ...subject, assignments: undefined } } }],
  ["an action nobody knows", { claims: { ctx: { ...context, action: "READ" } } }],
  ["no level of the zone", { claims: { ctx: { ...context, zoneLevel: undefined } } }],
  ["a circumstance nobody knows", { claims: { ctx: { ...context, bypass: true } } }],
  ["an instant of its own", { claims: { ctx: { ...context, now: DEMO_NOON } } }],
  ["an officer of no shape", { claims: { ctx: { ...context, observer: { zoneLevel: 4 } } } }],
  ["an officer without a level of the zone", { claims: { ctx: { ...context, observer: { subject } } } }],
  ["an officer with a circumstance nobody knows", { claims: { ctx: { ...context, observer: { subject, zoneLevel: 4, now: 1 } } } }],
  ["an officer who watches at no instant", { claims: { ctx: { ...context, observer: { subject, zoneLevel: 4, at: "soon" } } } }],
  ["a simulation that writes", { claims: { ctx: { ...context, action: "WRITE", observer: { subject, zoneLevel: 4 } } } }],
  ["a call made too early", { callTime: DEMO_NOON - 10_001 }],
  ["a call made too late", { callTime: DEMO_NOON + 10_001 }],
];

test.each(wrong.map(([what, options, changed]) => ({ what, options, changed })))("refuses $what [B-122]", async ({ options, changed }) => {
  expect(await checkFor().check(call(options, changed))).toBeUndefined();
});

test("takes a statement of a gateway that decides by another policy: the ministry decides by its own", async () => {
  expect(await checkFor().check(call({ claims: { policy: "P-0000000000000000" } }))).toMatchObject({ kind: "asker" });
});

test("refuses a call that was already answered [B-122]", async () => {
  const check = checkFor();
  const once = call();
  expect(await check.check(once)).toBeDefined();
  expect(await check.check(once)).toBeUndefined();
});

test("refuses a repeated nonce as long as its time would be accepted", async () => {
  let now = DEMO_NOON;
  const check = checkFor(keys, () => now);
  const early = call({ callTime: DEMO_NOON + 9_999, nonce: "A".repeat(22) });
  expect(await check.check(early)).toBeDefined();
  for (const step of [5_000, 12_000, 19_999]) {
    now = DEMO_NOON + step;
    // Others keep coming, so that what is remembered is turned over.
    await check.check(call({ now, callTime: now }));
    expect(await check.check(early)).toBeUndefined();
  }
});

test("refuses a call header made for one statement under another of the same gateway [B-122]", async () => {
  expect(await checkFor().check({ ...call(), statement: call({ claims: { jti: "other" } }).statement })).toBeUndefined();
});

test("refuses a statement of which a single bit was changed", async () => {
  const right = call();
  const [head = "", body = "", signature = ""] = (right.statement ?? "").split(".");
  const raised = Buffer.from(body, "base64url").toString("utf8").replace('"zoneLevel":4', '"zoneLevel":3');
  expect(raised).toContain('"zoneLevel":3');
  expect(await checkFor().check({ ...right, statement: `${head}.${Buffer.from(raised).toString("base64url")}.${signature}` })).toBeUndefined();
});

/** Signs header and claims as texts, for what no serialiser writes, and makes a right call of them. */
function callOf(change: (header: string, claims: string) => readonly [header: string, claims: string], signature?: (input: string) => Buffer): Call {
  const right = call();
  const [head = "", body = ""] = (right.statement ?? "").split(".").map((part) => Buffer.from(part, "base64url").toString("utf8"));
  const input = change(head, body).map((part) => Buffer.from(part).toString("base64url")).join(".");
  const signed = signature?.(input) ?? sign(null, Buffer.from(input), createPrivateKey({ key: keys.gateway.sign, format: "jwk" }));
  const statement = `${input}.${signed.toString("base64url")}`;
  return { ...right, statement, call: sealCall(keys, "defense", officer, { body: BODY, statement })["kanmon-call"] };
}

test("takes a statement made of texts, or the refusals of such would prove nothing", async () => {
  expect(await checkFor().check(callOf((header, claims) => [header, claims]))).toMatchObject({ kind: "asker" });
});

const written: readonly (readonly [string, ...Parameters<typeof callOf>])[] = [
  ["a header that names its algorithm twice", (header, claims) => [header.replace("{", '{"alg":"none",'), claims]],
  ["claims that name the subject twice", (header, claims) => [header, claims.replace('"subject":', '"subject":null,"subject":')]],
  ["claims that name an assignment list twice", (header, claims) => [header, claims.replace('"assignments":[', '"assignments":[],"assignments":[')]],
  ["claims that are spaced otherwise", (header, claims) => [header, claims.replace(":", " :")]],
  ["claims that are a list", (header) => [header, "[]"]],
  ["claims that are no JSON", (header) => [header, "{"]],
  ["claims under a signature of other claims", (header, claims) => [header, claims.replace('"zoneLevel":4', '"zoneLevel":3')],
    () => Buffer.from((call().statement ?? "").split(".")[2] ?? "", "base64url")],
  ["no signature under no algorithm", (header, claims) => [header.replace("EdDSA", "none"), claims], () => Buffer.alloc(0)],
  ["a MAC under the public key in place of a signature", (header, claims) => [header.replace("EdDSA", "HS256"), claims],
    (input) => createHmac("sha256", Buffer.from(keys.registry.gateways[0]?.sign.x ?? "", "base64url")).update(input).digest()],
];

test.each(written.map(([what, ...made]) => ({ what, made })))("refuses $what [B-122]", async ({ made }) => {
  expect(await checkFor().check(callOf(...made))).toBeUndefined();
});

test("says before any body whether the headers are right", async () => {
  const { body, ...headers } = call();
  expect(await checkFor().admit({ ...headers, statement: undefined })).toBeUndefined();
  expect(await checkFor().admit(call({ header: { kid: "other" } }))).toBeUndefined();
  const admitted = await checkFor().admit(headers);
  expect(admitted?.(body)).toMatchObject({ kind: "asker" });
  expect(admitted?.(body)).toBeUndefined();
});

test("refuses a body that came so slowly that its nonce may be forgotten", async () => {
  let now = DEMO_NOON;
  const check = checkFor(keys, () => now);
  const { body, ...headers } = call();
  const admitted = await check.admit(headers);
  now = DEMO_NOON + 40_001;
  expect(admitted?.(body)).toBeUndefined();
});

test("refuses a gateway that is not in the registry, with keys of its own for everything [B-118]", async () => {
  expect(await checkFor().check(call({}, {}, "defense", makeKeys(["defense"])))).toBeUndefined();
});

test("refuses a right statement under a call key agreed with another ministry", async () => {
  const statement = call().statement;
  const elsewhere = sealCall(keys, "economy", officer, { body: BODY });
  expect(await checkFor().check({ method: "POST", path: "/graphql", statement, call: elsewhere["kanmon-call"], body: Buffer.from(BODY) })).toBeUndefined();
});

test("refuses a statement that has ended even if it was verified before", async () => {
  let now = DEMO_NOON;
  const check = checkFor(keys, () => now);
  const { statement } = call();
  expect(statement).toBeDefined();
  const again = (): Call => call({ now: DEMO_NOON, callTime: now });
  expect(await check.check(again())).toBeDefined();
  now = DEMO_NOON + 30_001;
  expect(await check.check(again())).toBeUndefined();
});

test("takes a statement without a subject for the standing only", async () => {
  const sealed = sealCall(keys, "defense", undefined, { method: "GET", path: "/standing" });
  const made: Call = { method: "GET", path: "/standing", statement: sealed["kanmon-statement"], call: sealed["kanmon-call"], body: Buffer.alloc(0) };
  expect(await checkFor().check(made)).toEqual({ kind: "standing" });
  expect(await checkFor().check(call({ claims: { standing: true } }))).toBeUndefined();
  expect(await checkFor().check(call({ claims: { standing: false } }))).toBeUndefined();
});

test("refuses anything that is no statement at all", async () => {
  for (const statement of ["", "x", "a.b", "a.b.c", "...", `${Buffer.from("[]").toString("base64url")}.x.y`, "x".repeat(70_000)]) expect(await checkFor().check({ ...call(), statement })).toBeUndefined();
  for (const header of ["", "v1", "v2;t=1;n=x;m=y", `v1;t=${DEMO_NOON};n=${"A".repeat(22)};m=${"A".repeat(42)}`]) expect(await checkFor().check({ ...call(), call: header })).toBeUndefined();
});

test("refuses keys of the wrong kind when it starts", () => {
  const own = keys.ministries["defense"];
  if (own === undefined) throw new Error("no keys");
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const [gateway] = keys.registry.gateways;
  if (gateway === undefined) throw new Error("no gateway");
  expect(() => knownGateways({ gateways: [{ ...gateway, sign: { ...publicKey.export({ format: "jwk" }), kid: "k" } }] }, "defense", own)).toThrow("of no use");
  expect(() => knownGateways({ gateways: [gateway, gateway] }, "defense", own)).toThrow("two gateways of one id");
  expect(() => knownGateways({ gateways: [gateway, { ...gateway, id: "other" }] }, "defense", own)).toThrow("two gateways with one key id");
  expect(() => knownGateways(keys.registry, "defense", { agree: privateKey.export({ format: "jwk" }) })).toThrow("not X25519");
});

test("derives another cursor key for every ministry", () => {
  const own = keys.ministries["defense"];
  if (own === undefined) throw new Error("no keys");
  expect(cursorKey(own, "defense")).toEqual(cursorKey(own, "defense"));
  expect(cursorKey(own, "defense")).not.toEqual(cursorKey(own, "economy"));
});

test("signs with the key of the registry, or its own tests would prove nothing", () => {
  const { statement = "" } = call();
  const [head, body] = statement.split(".");
  const signature = sign(null, Buffer.from(`${head}.${body}`), createPrivateKey({ key: keys.gateway.sign, format: "jwk" })).toString("base64url");
  expect(statement.endsWith(signature)).toBe(true);
});
