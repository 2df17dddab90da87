/**
 * Two worlds of the running graph: in each all ministries with databases of their own, a gateway in front over HTTP, and on demand the same ministries once more
 * with guards off, for an omniscient reader and for seeded faults. Both share keys and a fixed clock, so that nothing but their data tells them apart.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { Client } from "pg";
import { judgeHere } from "../../gateway/bundle/judge";
import type { LabelledConfig } from "../../gateway/config";
import { DEFAULT_CALLER_OPTIONS, MinistryCaller, type Call } from "../../gateway/execute";
import { Sealer } from "../../gateway/execute/statement";
import { DEFAULT_LIMITS } from "../../gateway/plan";
import { parseGatewayKeys, parseRegistry } from "../../gateway/registry";
import { startGateway, type RunningGateway } from "../../gateway/start";
import { readDemoBundle } from "../../schema/compose";
import type { Label } from "../../schema/label";
import { loadPolicy } from "../../schema/policy";
import { ministries } from "../../subgraphs";
import { startMinistry, type MinistryLogin, type RunningMinistry } from "../../subgraphs/kit";
import type { Asker } from "./generate-label";
import { remember } from "./generate-world";
import { ANY_OPERATION, makePolicyFolder } from "./policy-files";
import { releaseInto } from "./signed-bundle";
import { asAdmin, createTestDatabase, DEMO_NOON, dropDatabase, makeKeys, testAdmin, type TestKeys } from "./postgres";
import { addLabels, readLabels, readTables, writeTables, type Tables } from "./world-tables";

export const MINISTRIES = Object.keys(ministries);
export const clock = (): number => DEMO_NOON;
const ISSUER = "https://issuer.search.invalid";

export interface Guards { readonly rows: boolean; readonly columns: boolean }
export const GUARDED: Guards = { rows: true, columns: true };
export const UNGUARDED: Guards = { rows: false, columns: false };

/** What every world starts from, per ministry. */
export interface Base { readonly tables: Tables; readonly labels: ReadonlyMap<number, Label> }
export interface Side {
  readonly gateway: RunningGateway;
  /** Calls the ministries on behalf of somebody, with their guards on or off. */
  caller(guards: Guards): Promise<(asker: Asker) => Call>;
  put(tables: ReadonlyMap<string, Tables>): Promise<void>;
  /** Waits until the gateway has heard everything that the ministries have stated by now. */
  heard(): Promise<void>;
  /** Runs with a superuser's connection to a ministry's database, which is kept. */
  inDatabase<T>(ministry: string, act: (client: Client) => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}
export interface Pair {
  readonly bases: ReadonlyMap<string, Base>;
  readonly sides: readonly [Side, Side];
  token(subject: string, client: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts both worlds. @param more labels that each ministry knows beyond those of its data */
export async function startPair(more: (ministry: string, labels: readonly Label[]) => readonly Label[]): Promise<Pair> {
  const undo: (() => unknown)[] = [];
  const stop = async (): Promise<void> => { for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step(); };
  try {
    const keys = makeKeys(MINISTRIES);
    const issuer = await startIssuer();
    undo.push(issuer.stop);
    const sides: Side[] = [];
    let bases: ReadonlyMap<string, Base> = new Map();
    for (let number = 0; number < 2; number += 1) {
      const side = await startSide(keys, issuer.jwksUri, more);
      undo.push(() => side.stop());
      sides.push(side);
      bases = side.bases;
    }
    const [first, second] = sides;
    if (first === undefined || second === undefined) throw new Error("two worlds");
    return { bases, sides: [first, second], token: issuer.token, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startSide(keys: TestKeys, jwksUri: string, more: (ministry: string, labels: readonly Label[]) => readonly Label[]): Promise<Side & { readonly bases: ReadonlyMap<string, Base> }> {
  const undo: (() => unknown)[] = [];
  const stop = async (): Promise<void> => { for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step(); };
  const logins = new Map<string, MinistryLogin>();
  const bases = new Map<string, Base>();
  for (const [name, ministry] of Object.entries(ministries)) {
    const login = await createTestDatabase(ministry, DEMO_NOON);
    undo.push(() => dropDatabase(login.database));
    logins.set(name, login);
    bases.set(name, await asAdmin(login.database, async (client) => {
      await addLabels(client, more(name, [...(await readLabels(client)).values()]));
      return { tables: await readTables(client), labels: await readLabels(client) };
    }));
  }
  const callers = new Map<string, Promise<(asker: Asker) => Call>>();
  const start = async (guards: Guards): Promise<(asker: Asker) => Call> => callerOf(keys, await startMinistries(keys, logins, guards, undo), jwksUri, bases, undo);
  const guarded = await startMinistries(keys, logins, GUARDED, undo);
  callers.set(JSON.stringify(GUARDED), Promise.resolve(callerOf(keys, guarded, jwksUri, bases, undo)));
  const evidenceDir = mkdtempSync(join(tmpdir(), "kanmon-search-"));
  undo.push(() => { rmSync(evidenceDir, { recursive: true, force: true }); });
  const gateway = await startGateway(await configOf(keys, guarded, jwksUri, evidenceDir), { clock, judge: judgeHere });
  undo.push(() => gateway.stop());
  await untilReady(gateway.adminUrl);
  const clients = new Map<string, Promise<Client>>();
  undo.push(async () => { for (const client of clients.values()) await (await client).end(); });
  const inDatabase: Side["inDatabase"] = async (ministry, act) => act(await remember(clients, ministry, () => connect(logins.get(ministry)?.database ?? "")));
  return {
    gateway, bases, stop, caller: (guards) => remember(callers, JSON.stringify(guards), () => start(guards)), inDatabase,
    heard: () => untilHeard(gateway.adminUrl, inDatabase),
    put: async (tables) => { await Promise.all([...tables].map(([name, rows]) => inDatabase(name, (client) => writeTables(client, rows)))); },
  };
}

async function connect(database: string): Promise<Client> {
  const { host, port, username, password } = testAdmin();
  const client = new Client({ host, port, user: username, password, database });
  await client.connect();
  return client;
}

async function startMinistries(keys: TestKeys, logins: ReadonlyMap<string, MinistryLogin>, guards: Guards, undo: (() => unknown)[]): Promise<ReadonlyMap<string, RunningMinistry>> {
  const { host, port } = testAdmin();
  const running = new Map<string, RunningMinistry>();
  const policy = await makePolicyFolder(DEMO_NOON, ANY_OPERATION);
  undo.push(policy.remove);
  for (const [name, ministry] of Object.entries(ministries)) {
    const own = keys.ministries[name];
    const login = logins.get(name);
    if (own === undefined || login === undefined) throw new Error(`no keys for ${name}`);
    const started = await startMinistry(ministry, { host: "127.0.0.1", port: 0, database: { host, port, ...login }, registry: keys.registry, keys: own, policy: policy.settingsOf(name), demo: true, patience: 60_000 }, { clock, guards });
    undo.push(() => started.stop());
    running.set(name, started);
  }
  return running;
}

function registryOf(keys: TestKeys, running: ReadonlyMap<string, RunningMinistry>, jwksUri: string): unknown {
  return {
    ...keys.registry, ministries: [...running].map(([subgraph, { url }]) => ({ subgraph, url, agree: keys.ministries[subgraph]?.agreePublic })),
    issuers: [{ issuer: ISSUER, jwksUri, audience: "kanmon", algorithms: ["EdDSA"], speaksFor: "EVERYBODY" }],
  };
}

async function configOf(keys: TestKeys, running: ReadonlyMap<string, RunningMinistry>, jwksUri: string, evidenceDir: string): Promise<LabelledConfig> {
  const anywhere = { host: "127.0.0.1", port: 0 };
  return {
    mode: "labelled", listen: anywhere, admin: anywhere, logLevel: "silent", ...await releaseInto(evidenceDir, readDemoBundle(), undefined, DEMO_NOON, ANY_OPERATION), evidenceDir, demo: true,
    limits: { body: 262_144, tokens: DEFAULT_LIMITS.tokens, depth: DEFAULT_LIMITS.depth, aliases: DEFAULT_LIMITS.aliases, planning: DEFAULT_LIMITS.planning, share: 64, deadline: 10_000 },
    keys: { id: keys.gateway.id, sign: keys.gateway.sign, agree: keys.gateway.agree }, registry: registryOf(keys, running, jwksUri),
  };
}

function callerOf(keys: TestKeys, running: ReadonlyMap<string, RunningMinistry>, jwksUri: string, bases: ReadonlyMap<string, Base>, undo: (() => unknown)[]): (asker: Asker) => Call {
  const registry = parseRegistry(registryOf(keys, running, jwksUri));
  const vocabularies = new Map([...bases].map(([name, { labels }]) => [name, new Set([...labels.values()].flatMap((label) => [...label.need, ...label.existence.need]))]));
  const sealer = new Sealer({
    keys: parseGatewayKeys({ id: keys.gateway.id, sign: keys.gateway.sign, agree: keys.gateway.agree }, registry), ministries: registry.ministries, policyVersion: loadPolicy(ANY_OPERATION).version,
    vocabularyOf: (subgraph) => vocabularies.get(subgraph) ?? new Set(), clock,
  });
  const caller = new MinistryCaller({ ...DEFAULT_CALLER_OPTIONS, ministries: [...running].map(([subgraph, { url }]) => ({ subgraph, url: `${url}/graphql` })) });
  undo.push(() => caller.close());
  return (asker) => caller.forAsker(sealer.forAsker(asker));
}

async function untilReady(adminUrl: string): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if ((await fetch(`${adminUrl}/health/ready`)).ok) return;
    await new Promise((done) => { setTimeout(done, 50); });
  }
  throw new Error("the gateway did not get everybody's standing");
}

async function untilHeard(adminUrl: string, inDatabase: Side["inDatabase"]): Promise<void> {
  const stated = await Promise.all(MINISTRIES.map(async (name) => [name, await inDatabase(name, async (client) => Number((await client.query<{ event: string }>("SELECT event FROM vault.revision")).rows[0]?.event))] as const));
  for (let tries = 0; tries < 600; tries += 1) {
    const metrics = await (await fetch(`${adminUrl}/metrics`)).text();
    if (stated.every(([name, event]) => Number(new RegExp(`^kanmon_standing_revision\\{subgraph="${name}"\\} (\\d+)$`, "m").exec(metrics)?.[1]) >= event)) return;
    await new Promise((done) => { setTimeout(done, 20); });
  }
  throw new Error("the gateway did not hear what was stated");
}

/** A token issuer: its key document over HTTP, its tokens made here, dated by the fixed clock. */
async function startIssuer(): Promise<{ readonly jwksUri: string; readonly token: Pair["token"]; readonly stop: () => Promise<void> }> {
  const { publicKey, privateKey } = await generateKeyPair("EdDSA", { extractable: true });
  const key = { ...(await exportJWK(publicKey)), kid: "search" };
  const server = createServer((_, response) => { response.end(JSON.stringify({ keys: [key] })); });
  await new Promise<void>((done) => { server.listen(0, "127.0.0.1", done); });
  const tokens = new Map<string, string>();
  const now = Math.floor(DEMO_NOON / 1000);
  return {
    jwksUri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`,
    token: async (subject, client) => {
      const known = tokens.get(subject) ?? await new SignJWT({ client_id: client }).setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid: "search" })
        .setIssuer(ISSUER).setAudience("kanmon").setSubject(subject).setJti(subject).setIssuedAt(now - 10).setExpirationTime(now + 600).sign(privateKey);
      tokens.set(subject, known);
      return known;
    },
    stop: () => new Promise((done) => { server.closeAllConnections(); server.close(() => { done(); }); }),
  };
}
