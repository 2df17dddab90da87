/**
 * Databases of ministries for integration tests, on the one PostgreSQL of the run: each test file takes fresh ones, cloned from a template that was migrated and seeded
 * once. Also a ministry over HTTP with generated keys, and the gateway's side of its wire, written from the specification and not from the gateway.
 */
import { createHash, createHmac, createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync, type JsonWebKey, randomBytes, sign } from "node:crypto";
import { Client } from "pg";
import { demoShiftDays, loadPolicy, startOfDay, type Action, type DecisionContext, type Subject } from "../../schema/policy";
import {
  type AdminLogin, type MinistryDefinition, type MinistryKeys, type MinistryLogin, type MinistrySeams, type RegistryData, type RunningMinistry, type WireEntry, createMinistryDatabase, startMinistry,
} from "../../subgraphs/kit";
import type { PolicySettings } from "../../schema/snapshot";
import { makePolicyFolder } from "./policy-files";
import { TEST_SERVER_VARIABLE } from "./postgres-address";

/** Noon in Japan on the demo day: dates of the data are as written. */
export const DEMO_NOON = startOfDay("2026-11-01") + 12 * 3_600_000;

/** Sign-in as superuser of the run's server. */
export function testAdmin(): AdminLogin {
  const address = process.env[TEST_SERVER_VARIABLE];
  if (address === undefined) throw new Error("there is no test server: name the file *.integration.test.ts");
  return JSON.parse(address) as AdminLogin;
}

/** Runs with a superuser's connection to one database. */
export async function asAdmin<T>(database: string, act: (client: Client) => Promise<T>): Promise<T> {
  const { host, port, username, password } = testAdmin();
  const client = new Client({ host, port, user: username, password, database });
  await client.connect();
  try {
    return await act(client);
  } finally {
    await client.end();
  }
}

const PASSWORD = "test-only";
let clones = 0;

/**
 * A fresh, migrated and seeded database of the ministry. Drop it with `dropDatabase`.
 * @param now milliseconds since the epoch that decide by how many days the demo's dates are moved
 */
export async function createTestDatabase(ministry: MinistryDefinition, now: number = DEMO_NOON): Promise<MinistryLogin> {
  const username = `t_${ministry.name.replaceAll("-", "_")}`;
  const template = `${username}_${demoShiftDays(now)}`;
  clones += 1;
  const database = `c${process.pid}_${clones}_${ministry.name.replaceAll("-", "_")}`;
  await asAdmin("postgres", async (client) => {
    // One worker makes the template, the others wait for it.
    await client.query("SELECT pg_advisory_lock(4774)");
    const known = await client.query("SELECT FROM pg_database WHERE datname = $1", [template]);
    if (known.rowCount === 0) await createMinistryDatabase(testAdmin(), ministry, { username, password: PASSWORD, database: template }, { demo: true, now });
    await client.query(`CREATE DATABASE ${database} TEMPLATE ${template} STRATEGY FILE_COPY`);
    await client.query("SELECT pg_advisory_unlock(4774)");
  });
  return { username, password: PASSWORD, database };
}

export async function dropDatabase(database: string): Promise<void> {
  await asAdmin("postgres", (client) => client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`));
}

export interface TestKeys {
  readonly registry: RegistryData;
  readonly gateway: { readonly id: string; readonly sign: JsonWebKey & { readonly kid: string }; readonly agree: JsonWebKey };
  readonly ministries: Readonly<Record<string, MinistryKeys & { readonly agreePublic: JsonWebKey }>>;
}

/** Keys of one gateway and of the named ministries. */
export function makeKeys(subgraphs: readonly string[]): TestKeys {
  const signing = generateKeyPairSync("ed25519");
  const agreeing = generateKeyPairSync("x25519");
  const ministries = Object.fromEntries(subgraphs.map((name) => {
    const pair = generateKeyPairSync("x25519");
    return [name, { agree: pair.privateKey.export({ format: "jwk" }), agreePublic: pair.publicKey.export({ format: "jwk" }) }];
  }));
  const gateway = { id: "gateway-test", sign: { ...signing.privateKey.export({ format: "jwk" }), kid: "gateway-test-1" }, agree: agreeing.privateKey.export({ format: "jwk" }) };
  const registry = { gateways: [{ id: gateway.id, sign: { ...signing.publicKey.export({ format: "jwk" }), kid: gateway.sign.kid }, agree: agreeing.publicKey.export({ format: "jwk" }) }], ministries: Object.entries(ministries).map(([subgraph, { agreePublic }]) => ({ subgraph, agree: agreePublic })) };
  return { registry, gateway, ministries };
}

/** What a caller may get wrong; everything else is as it must be. */
export interface SealOptions {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string;
  readonly now?: number;
  /** Milliseconds of the call, where they differ from those of the statement. */
  readonly callTime?: number;
  readonly nonce?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  /** A statement as it is, in place of one that is made and signed. */
  readonly statement?: string;
}

/** The two headers of a call, for a statement about `asker`, or for the standing when there is none. */
export function sealCall(keys: TestKeys, subgraph: string, asker: TestAsker | undefined, options: SealOptions = {}): { readonly "kanmon-statement": string; readonly "kanmon-call": string } {
  const { method = "POST", path = "/graphql", body = "", now = DEMO_NOON } = options;
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const iat = Math.floor(now / 1000);
  const about = asker === undefined ? { sub: keys.gateway.id, subject: null, ctx: { action: "RETRIEVE", zoneLevel: 0 }, standing: true }
    : { sub: asker.subject.id, subject: asker.subject, ctx: { action: asker.action ?? "RETRIEVE", ...asker.ctx } };
  const header = { alg: "EdDSA", typ: "kanmon-statement+jwt", kid: keys.gateway.sign.kid, ...options.header };
  const claims = { iss: keys.gateway.id, aud: subgraph, iat, exp: iat + 30, jti: randomBytes(16).toString("base64url"), policy: policyVersion(), ...about, ...options.claims };
  const input = `${encode(header)}.${encode(claims)}`;
  const statement = options.statement ?? `${input}.${sign(null, Buffer.from(input), createPrivateKey({ key: keys.gateway.sign, format: "jwk" })).toString("base64url")}`;
  const nonce = options.nonce ?? randomBytes(16).toString("base64url");
  const time = options.callTime ?? now;
  const digest = (text: string): string => createHash("sha256").update(text).digest("base64url");
  const mac = createHmac("sha256", callKey(keys, subgraph)).update(`kanmon-call-v1\n${method} ${path}\n${digest(statement)}\n${digest(body)}\n${nonce}\n${time}`).digest("base64url");
  return { "kanmon-statement": statement, "kanmon-call": `v1;t=${time};n=${nonce};m=${mac}` };
}

const callKeys = new WeakMap<TestKeys, Map<string, Buffer>>();

function callKey(keys: TestKeys, subgraph: string): Buffer {
  const known = callKeys.get(keys) ?? new Map<string, Buffer>();
  callKeys.set(keys, known);
  let key = known.get(subgraph);
  if (key === undefined) {
    const peer = keys.ministries[subgraph]?.agreePublic;
    if (peer === undefined) throw new Error(`no keys for ${subgraph}`);
    const shared = diffieHellman({ privateKey: createPrivateKey({ key: keys.gateway.agree, format: "jwk" }), publicKey: createPublicKey({ key: peer, format: "jwk" }) });
    known.set(subgraph, key = Buffer.from(hkdfSync("sha256", shared, new Uint8Array(), `kanmon-call-v1|${keys.gateway.id}|${subgraph}`, 32)));
  }
  return key;
}

let version: string | undefined;
function policyVersion(): string { return version ??= loadPolicy().version; }

export interface TestAsker {
  readonly subject: Subject;
  readonly ctx: Omit<DecisionContext, "now">;
  readonly action?: Action;
}

export interface MinistryAnswer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly message: string; readonly path?: readonly (string | number)[]; readonly extensions: { readonly code: string } }[];
  readonly extensions?: { readonly labels: readonly WireEntry[] };
}

export interface TestMinistry extends RunningMinistry {
  readonly keys: TestKeys;
  readonly database: string;
  /** Asks over HTTP under a fresh statement. */
  ask(asker: TestAsker, query: string, variables?: Readonly<Record<string, unknown>>, extensions?: unknown): Promise<MinistryAnswer>;
  /** The answer's bytes as they were sent. */
  askText(asker: TestAsker, query: string, variables?: Readonly<Record<string, unknown>>, extensions?: unknown): Promise<string>;
  /** Any call with any headers. */
  call(method: string, path: string, headers: Readonly<Record<string, string>>, body?: string): Promise<{ readonly status: number; readonly text: string }>;
  /** What the feed states now, list by list. */
  standing(): Promise<StatedLists>;
  /** A stream of the feed, from the beginning or from behind an event. */
  follow(after?: { readonly number: number; readonly hash: string }): Promise<FollowedFeed>;
}
export type StatedLists = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> & { readonly revision: number; readonly vocabulary: readonly string[] };
export type FeedLine = Readonly<Record<string, unknown>>;
export interface FollowedFeed {
  readonly status: number;
  /** The next line; undefined when the stream has ended. */
  next(): Promise<unknown>;
  /** Lines up to and including the first that has this member. */
  until(member: string): Promise<readonly unknown[]>;
  stop(): void;
}

/** A ministry over HTTP with a database of its own, seeded for the clock's day. Without a clock it is noon of the demo day for ever. */
export async function startTestMinistry(ministry: MinistryDefinition, options: MinistrySeams & { readonly keys?: TestKeys; readonly login?: MinistryLogin; readonly policy?: PolicySettings } = {}): Promise<TestMinistry> {
  const clock = options.clock ?? ((): number => DEMO_NOON);
  const keys = options.keys ?? makeKeys([ministry.name]);
  const own = keys.ministries[ministry.name];
  if (own === undefined) throw new Error(`no keys for ${ministry.name}`);
  const login = options.login ?? await createTestDatabase(ministry, clock());
  const { host, port } = testAdmin();
  const folder = options.policy === undefined ? await makePolicyFolder(clock()) : undefined;
  const policy = options.policy ?? folder?.settingsOf(ministry.name);
  if (policy === undefined) throw new Error("no policy");
  const running = await startMinistry(ministry, { host: "127.0.0.1", port: 0, database: { host, port, ...login }, registry: keys.registry, keys: own, policy, demo: true }, { ...options, clock });
  const call: TestMinistry["call"] = async (method, path, headers, body) => {
    const response = await fetch(running.url + path, { method, headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) }, ...(body === undefined ? {} : { body }) });
    return { status: response.status, text: await response.text() };
  };
  const askText: TestMinistry["askText"] = async (asker, query, variables, extensions) => {
    const body = JSON.stringify({ query, ...(variables === undefined ? {} : { variables }), ...(extensions === undefined ? {} : { extensions }) });
    return (await call("POST", "/graphql", sealCall(keys, ministry.name, asker, { body, now: clock() }), body)).text;
  };
  return {
    ...running, keys, database: login.database, call, askText,
    ask: async (...given) => JSON.parse(await askText(...given)) as MinistryAnswer,
    follow: (after) => followFeed(running.url, after, (path) => sealCall(keys, ministry.name, undefined, { method: "GET", path, now: clock() })),
    standing: async () => {
      const feed = await followFeed(running.url, undefined, (path) => sealCall(keys, ministry.name, undefined, { method: "GET", path, now: clock() }));
      try { return listsOf(await feed.until("alive")); } finally { feed.stop(); }
    },
    stop: async () => { await running.stop(); folder?.remove(); if (options.login === undefined) await dropDatabase(login.database); },
  };
}

async function followFeed(url: string, after: { readonly number: number; readonly hash: string } | undefined, seal: (path: string) => Readonly<Record<string, string>>): Promise<FollowedFeed> {
  const path = after === undefined ? "/standing" : `/standing/after/${after.number}/${after.hash}`;
  const stop = new AbortController();
  const response = await fetch(url + path, { headers: seal(path), signal: stop.signal });
  const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const next = async (): Promise<unknown> => {
    for (;;) {
      const end = text.indexOf("\n");
      if (end >= 0) {
        const line = text.slice(0, end);
        text = text.slice(end + 1);
        return JSON.parse(line);
      }
      const { value, done } = await reader.read();
      if (done) return undefined;
      text += value;
    }
  };
  const until = async (member: string): Promise<readonly unknown[]> => {
    const lines: unknown[] = [];
    for (;;) {
      const line = await next();
      if (line === undefined) throw new Error(`the stream ended before ${member}`);
      lines.push(line);
      if (typeof line === "object" && line !== null && member in line) return lines;
    }
  };
  return { status: response.status, next, until, stop: () => { stop.abort(); } };
}

/** A snapshot as the statement that it is made of. */
function listsOf(lines: readonly unknown[]): StatedLists {
  const lists: Record<string, unknown[]> = { tokens: [], vocabulary: [], subjects: [], eligibilities: [], assignments: [], roles: [], facilities: [], attestations: [], acknowledgements: [] };
  for (const line of lines) {
    if (!Array.isArray(line)) continue;
    const [list, subject, key, entry] = line as [string, string, string, object];
    const own = { tokens: { token: key, ...entry }, subjects: { id: subject, ...entry }, assignments: { subject, token: key, ...entry } }[list] ?? { subject, ...entry };
    (lists[list] ??= []).push(list === "vocabulary" ? key : own);
  }
  const [head] = lines as readonly [FeedLine];
  return { ministry: head["ministry"], revision: head["number"], ...lists } as unknown as StatedLists;
}
