/** The caller check alone: one right call, and every way of being wrong, each refused (attacks B.XII). */
import { createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { loadPolicy } from "../../../schema/policy";
import { CallerCheck, type Call } from "../../../subgraphs/kit/caller";
import { cursorKey, knownGateways } from "../../../subgraphs/kit/registry";
import { persona } from "../../support/people";
import { DEMO_NOON, type SealOptions, type TestKeys, makeKeys, sealCall } from "../../support/postgres";

const policy = loadPolicy();
const officer = persona(policy, "mod-officer");
const keys = makeKeys(["defense", "economy"]);
const BODY = '{"query":"{__typename}"}';

function checkFor(at: TestKeys = keys, clock: () => number = () => DEMO_NOON): CallerCheck {
  const own = at.ministries["defense"];
  if (own === undefined) throw new Error("no keys");
  return new CallerCheck({ subgraph: "defense", gateways: knownGateways(at.registry, "defense", own), policyVersion: policy.version, clock });
}

function call(options: SealOptions = {}, changed: Partial<Call> = {}, subgraph = "defense", from: TestKeys = keys): Call {
  const sealed = sealCall(from, subgraph, officer, { body: BODY, ...options });
  return { method: "POST", path: "/graphql", statement: sealed["kanmon-statement"], call: sealed["kanmon-call"], body: Buffer.from(BODY), ...changed };
}

test("knows the asker of a right call", () => {
  const caller = checkFor().check(call());
  expect(caller).toMatchObject({ kind: "asker", asker: { action: "RETRIEVE", ctx: officer.ctx, subject: { id: "mod-officer" } } });
});

test("gives equal digests to equal subjects in equal circumstances, and to no others", () => {
  const check = checkFor();
  const digestOf = (options?: SealOptions): unknown => { const caller = check.check(call(options)); return caller?.kind === "asker" ? caller.asker.digest : undefined; };
  const other = { ctx: { ...officer.ctx, action: "RETRIEVE", purpose: "CASEWORK" } };
  expect(digestOf()).toEqual(expect.any(String));
  expect(digestOf()).toBe(digestOf());
  expect(digestOf({ claims: other })).not.toBe(digestOf());
});

const subject = officer.subject;
const context = { action: "RETRIEVE", ...officer.ctx };
const wrong: readonly (readonly [string, SealOptions, Partial<Call>?])[] = [
  ["no statement", {}, { statement: undefined }],
  ["no call header", {}, { call: undefined }],
  ["another body", {}, { body: Buffer.from(BODY.replace("typename", "schema")) }],
  ["another path", {}, { path: "/graphql?x=1" }],
  ["another method", {}, { method: "GET" }],
  ["another ministry's statement", { claims: { aud: "economy" } }],
  ["a list of audiences", { claims: { aud: ["defense", "economy"] } }],
  ["an issuer that is not the key's", { claims: { iss: "gateway-other" } }],
  ["a key id nobody has", { header: { kid: "other" } }],
  ["another type of token", { header: { typ: "JWT" } }],
  ["no algorithm", { header: { alg: "none" } }],
  ["an algorithm of another kind", { header: { alg: "HS256" } }],
  ["a header that names a key to fetch", { header: { jku: "https://example.invalid/keys" } }],
  ["an end that has passed", { claims: { iat: Math.floor(DEMO_NOON / 1000) - 40, exp: Math.floor(DEMO_NOON / 1000) - 10 } }],
  ["a life of more than 30 s", { claims: { exp: Math.floor(DEMO_NOON / 1000) + 31 } }],
  ["an issue in the future", { claims: { iat: Math.floor(DEMO_NOON / 1000) + 60, exp: Math.floor(DEMO_NOON / 1000) + 90 } }],
  ["no end", { claims: { exp: undefined } }],
  ["times that are texts", { claims: { iat: "0", exp: "9999999999" } }],
  ["another policy", { claims: { policy: "P-0000000000000000" } }],
  ["no policy", { claims: { policy: undefined } }],
  ["a subject under another name", { claims: { sub: "ciro-analyst" } }],
  ["no subject", { claims: { subject: null } }],
  ["a subject without its lists", { claims: { subject: { ...subject, assignments: undefined } } }],
  ["an action nobody knows", { claims: { ctx: { ...context, action: "READ" } } }],
  ["no level of the zone", { claims: { ctx: { ...context, zoneLevel: undefined } } }],
  ["a circumstance nobody knows", { claims: { ctx: { ...context, bypass: true } } }],
  ["an instant of its own", { claims: { ctx: { ...context, now: DEMO_NOON } } }],
  ["a call made too early", { callTime: DEMO_NOON - 10_001 }],
  ["a call made too late", { callTime: DEMO_NOON + 10_001 }],
];

test.each(wrong.map(([what, options, changed]) => ({ what, options, changed })))("refuses $what [B-122]", ({ options, changed }) => {
  expect(checkFor().check(call(options, changed))).toBeUndefined();
});

test("refuses a call that was already answered [B-122]", () => {
  const check = checkFor();
  const once = call();
  expect(check.check(once)).toBeDefined();
  expect(check.check(once)).toBeUndefined();
});

test("refuses a repeated nonce as long as its time would be accepted", () => {
  let now = DEMO_NOON;
  const check = checkFor(keys, () => now);
  const early = call({ callTime: DEMO_NOON + 9_999, nonce: "A".repeat(22) });
  expect(check.check(early)).toBeDefined();
  for (const step of [5_000, 12_000, 19_999]) {
    now = DEMO_NOON + step;
    // Others keep coming, so that what is remembered is turned over.
    check.check(call({ now, callTime: now }));
    expect(check.check(early)).toBeUndefined();
  }
});

test("refuses a call header made for one statement under another of the same gateway [B-122]", () => {
  expect(checkFor().check({ ...call(), statement: call({ claims: { jti: "other" } }).statement })).toBeUndefined();
});

test("refuses a statement of which a single bit was changed", () => {
  const right = call();
  const [head = "", body = "", signature = ""] = (right.statement ?? "").split(".");
  const raised = Buffer.from(body, "base64url").toString("utf8").replace('"zoneLevel":4', '"zoneLevel":3');
  expect(raised).toContain('"zoneLevel":3');
  expect(checkFor().check({ ...right, statement: `${head}.${Buffer.from(raised).toString("base64url")}.${signature}` })).toBeUndefined();
});

test("refuses a gateway that is not in the registry, with keys of its own for everything [B-118]", () => {
  expect(checkFor().check(call({}, {}, "defense", makeKeys(["defense"])))).toBeUndefined();
});

test("refuses a right statement under a call key agreed with another ministry", () => {
  const statement = call().statement;
  const elsewhere = sealCall(keys, "economy", officer, { body: BODY });
  expect(checkFor().check({ method: "POST", path: "/graphql", statement, call: elsewhere["kanmon-call"], body: Buffer.from(BODY) })).toBeUndefined();
});

test("refuses a statement that has ended even if it was verified before", () => {
  let now = DEMO_NOON;
  const check = checkFor(keys, () => now);
  const { statement } = call();
  expect(statement).toBeDefined();
  const again = (): Call => call({ now: DEMO_NOON, callTime: now });
  expect(check.check(again())).toBeDefined();
  now = DEMO_NOON + 30_001;
  expect(check.check(again())).toBeUndefined();
});

test("takes a statement without a subject for the standing only", () => {
  const sealed = sealCall(keys, "defense", undefined, { method: "GET", path: "/standing" });
  const made: Call = { method: "GET", path: "/standing", statement: sealed["kanmon-statement"], call: sealed["kanmon-call"], body: Buffer.alloc(0) };
  expect(checkFor().check(made)).toEqual({ kind: "standing" });
  expect(checkFor().check(call({ claims: { standing: true } }))).toBeUndefined();
  expect(checkFor().check(call({ claims: { standing: false } }))).toBeUndefined();
});

test("refuses anything that is no statement at all", () => {
  for (const statement of ["", "x", "a.b", "a.b.c", "...", `${Buffer.from("[]").toString("base64url")}.x.y`, "x".repeat(70_000)]) expect(checkFor().check({ ...call(), statement })).toBeUndefined();
  for (const header of ["", "v1", "v2;t=1;n=x;m=y", `v1;t=${DEMO_NOON};n=${"A".repeat(22)};m=${"A".repeat(42)}`]) expect(checkFor().check({ ...call(), call: header })).toBeUndefined();
});

test("refuses keys of the wrong kind when it starts", () => {
  const own = keys.ministries["defense"];
  if (own === undefined) throw new Error("no keys");
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const [gateway] = keys.registry.gateways;
  if (gateway === undefined) throw new Error("no gateway");
  expect(() => knownGateways({ gateways: [{ ...gateway, sign: { ...publicKey.export({ format: "jwk" }), kid: "k" } }] }, "defense", own)).toThrow("of no use");
  expect(() => knownGateways({ gateways: [gateway, gateway] }, "defense", own)).toThrow("two gateways");
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
