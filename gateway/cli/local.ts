/**
 * Everything on this machine: PostgreSQL with one database and role per ministry, one process per ministry, the token issuer, the gateway.
 * Takes ports and a data folder, gives addresses when everything answers. What fails on the way is said plainly and whatever was started is stopped again.
 * They start side by side and wait for each other where they have to: most of a start is loading code, and nobody needs another for that.
 */
import fs from "node:fs";
import http from "node:http";
import { availableParallelism } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { childEnvironment, type LogLevel } from "../config";
import { isLoopback, originOf } from "../issuer/loopback";
import { Child, ChildFailed, type ChildEvent } from "./child";
import { openDatabases, type Databases } from "./database";
import { CommandFailure, EXIT } from "./exit";
import { openHome, writePrivate, type Home } from "./home";
import { machineOf, makeGatewayKeys, makeMinistryKeys, makeSigningKey, type MachineEntry, registryOf, signersOf } from "./keyring";
import { AUDIENCE, MINISTRIES, type MinistryName } from "./members";
import { PERSONAS } from "./people";
import { DEMO_OFFICERS, keepPolicy, makeOfficer } from "./policy-file";
import { takePorts } from "./ports";
import { keepBundle } from "./release-file";
import { GATEWAY_NODE_FLAGS, MAIN_SCRIPT, MINISTRY_NODE_FLAGS } from "./root";

export interface LocalSettings {
  readonly home: string; readonly host: string;
  /** 0 takes a free port. */
  readonly port: number; readonly adminPort: number; readonly issuerPort: number; readonly publicPort: number; readonly ministryPort: number;
  /** URL of an external PostgreSQL administrator instead of the embedded server. */
  readonly databaseUrl?: string;
  /** All ministries in one process instead of one process each. */
  readonly isTogether: boolean;
  readonly logLevel: LogLevel;
  readonly onEvent: (event: LocalEvent) => void;
}
export type LocalEvent = ChildEvent | { readonly kind: "database"; readonly how: string };
export interface RunningLocal {
  readonly url: string; readonly adminUrl: string; readonly issuerUrl: string; readonly pageUrl: string; /** Where anybody reads what was published. */ readonly publicUrl: string; readonly evidenceDir: string; readonly home: string;
  readonly database: Databases["kind"];
  readonly ministries: readonly { readonly name: string; readonly url: string; readonly pid: () => number | undefined }[];
  stop(): Promise<void>;
}

const GATEWAY_ID = "gateway-1";
const READY_WITHIN_MS = 120_000;
const DATABASE_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 5_000;
const ASK_AGAIN_MS = 20;
/**
 * Bytes of bytecode that a function runs before V8 optimises it, three times the usual. A third of what a starting gateway used, and half of a ministry's, went into optimising what
 * runs at the start alone, beside the processes that wait for the same cores; what requests run is reached just the same, some requests later.
 */
const UNHURRIED = "--interrupt-budget=400000";
/**
 * Megabytes until the first full collection, for the two processes that load most: a sixth of what they used until they were ready went into collecting what stays anyway. Not for each of eleven
 * ministries, which share a machine's memory.
 */
const ROOMY = "--initial-old-space-size=128";

/** Starts everything. Throws CommandFailure with what is wrong; then nothing is left running. */
export async function startLocal(settings: LocalSettings): Promise<RunningLocal> {
  if (!fs.existsSync(MAIN_SCRIPT)) throw new CommandFailure(EXIT.failure, ["notBuilt"]);
  const home = openHome(settings.home);
  const undo: (() => unknown)[] = [() => home.release()];
  const stop = async (): Promise<void> => { for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step(); };
  try {
    return { ...await startParts(settings, home, undo), stop };
  } catch (error) {
    await stop();
    throw error instanceof ChildFailed ? new CommandFailure(EXIT.failure, ["childFailed", { child: error.child, how: error.how, tail: error.tail === "" ? "" : `\n${error.tail}` }]) : error;
  }
}

/** `undo` collects how to stop what was started; it is run backwards. */
async function startParts(settings: LocalSettings, home: Home, undo: (() => unknown)[]): Promise<Omit<RunningLocal, "stop">> {
  const { host, ministryPort } = settings;
  // Before anything listens there: the issuer, which would refuse, is not the first to be started.
  if (!isLoopback(host)) throw new CommandFailure(EXIT.failure, ["notLoopback", { host }]);
  const ports = await takePorts({
    gateway: { port: settings.port, option: "--port" }, admin: { port: settings.adminPort, option: "--admin-port" }, issuer: { port: settings.issuerPort, option: "--issuer-port" }, public: { port: settings.publicPort, option: "--public-port" },
    ...Object.fromEntries(MINISTRIES.map((name, at) => [name, { port: ministryPort === 0 ? 0 : ministryPort + at, option: "--ministry-port" }])) as Record<MinistryName, { readonly port: number; readonly option: string }>,
  }, host);
  const page = originOf(host, ports.gateway);
  const issuerUrl = originOf(host, ports.issuer);
  await writeRegistry(home, issuerUrl, (name) => originOf(host, ports[name]));

  const opening = openDatabases({ home, ministries: MINISTRIES, onGone: (how) => settings.onEvent({ kind: "database", how }), ...(settings.databaseUrl === undefined ? {} : { databaseUrl: settings.databaseUrl }) });
  undo.push(() => opening.then((databases) => databases.close(), () => undefined));
  // While the databases open.
  await signBundle(home);
  await signPolicy(home);
  const databases = await opening;

  const settingsOf = (name: MinistryName): Readonly<Record<string, string>> => ({
    ...sharedSettings(home), ...databases.environmentOf(name), KANMON_DATABASE_WAIT_MS: String(DATABASE_WITHIN_MS), KANMON_HOST: host, KANMON_PORT: String(ports[name]),
    KANMON_KEYS_FILE: home.keyFile(`${name}.json`), KANMON_POLICY_STATE_FILE: home.policyStateFile(name),
  });
  if (settings.isTogether) writePrivate(home.ministriesFile, `${JSON.stringify(Object.fromEntries(MINISTRIES.map((name) => [name, settingsOf(name)])), null, 1)}\n`);
  const ministries = settings.isTogether ? [childOf(settings, home, "ministries", ["ministries", home.ministriesFile], {}, [...MINISTRY_NODE_FLAGS, ROOMY])] : MINISTRIES.map((name) => childOf(settings, home, name, ["ministry", name], settingsOf(name)));
  const gateway = childOf(settings, home, "gateway", ["gateway"], {
    ...sharedSettings(home), KANMON_HOST: host, KANMON_PORT: String(ports.gateway), KANMON_ADMIN_PORT: String(ports.admin), KANMON_LOG_LEVEL: settings.logLevel, KANMON_EVIDENCE_DIR: home.evidenceDir, KANMON_JUDGED_FILE: home.judgedFile,
    KANMON_BUNDLE_FILE: home.bundleFile, KANMON_BUNDLE_SIGNERS_FILE: home.bundleSignersFile, KANMON_KEYS_FILE: home.keyFile(`${GATEWAY_ID}.json`),
  }, [...GATEWAY_NODE_FLAGS, ROOMY]);
  // Backwards: the gateway ends before the ministries, so that none of them waits for its connections.
  undo.push(() => Promise.all(ministries.map((child) => child.stop())), () => gateway.stop());
  const gatewayStart = gateway.start();
  const answering = Promise.all([databases.ready, gatewayStart, startInTurn(ministries, Math.max(1, availableParallelism() - 1), gatewayStart)]);
  answering.catch(() => undefined);
  const { makeIssuerKeys, startIssuer } = require("../issuer") as typeof import("../issuer");
  const issuer = await startIssuer({
    host, port: ports.issuer, audience: AUDIENCE, keys: await home.keep("issuer", makeIssuerKeys), personas: PERSONAS,
    origins: [page, `http://localhost:${ports.gateway}`], machines: await machinesOf(home),
  });
  undo.push(() => issuer.stop());
  const { startSite } = require("./publication/site") as typeof import("./publication/site");
  const site = await startSite(home.publicDir, host, ports.public);
  undo.push(() => site.stop());
  await answering;
  const adminUrl = `http://127.0.0.1:${ports.admin}`;
  await untilReady(`${adminUrl}/health/ready`);
  return {
    url: `${page}/graphql`, pageUrl: `${page}/`, adminUrl, issuerUrl: issuer.url, publicUrl: `${originOf(host, ports.public)}/`, evidenceDir: home.evidenceDir, home: home.root, database: databases.kind,
    ministries: MINISTRIES.map((name, at) => ({ name, url: originOf(host, ports[name]), pid: () => ministries[settings.isTogether ? 0 : at]?.pid })),
  };
}

/**
 * The gateway has the most to load, and where all start at once it is the last to answer, alone on one core. So as many ministries start at a time as there are cores beside
 * it, and one more when it is through: each gets a core to itself, and is not late because of the others.
 */
async function startInTurn(ministries: readonly Child[], atOnce: number, gateway: Promise<void>): Promise<void> {
  const waiting = [...ministries];
  const startNext = async (): Promise<void> => {
    for (let child = waiting.shift(); child !== undefined; child = waiting.shift()) await child.start();
  };
  await Promise.all([...Array.from({ length: atOnce }, startNext), gateway.then(startNext)]);
}

function childOf(settings: LocalSettings, home: Home, name: string, args: readonly string[], own: Readonly<Record<string, string>>, nodeFlags: readonly string[] = MINISTRY_NODE_FLAGS): Child {
  return new Child({ name, script: MAIN_SCRIPT, args, nodeFlags: [...nodeFlags, UNHURRIED], env: childEnvironment(own), logFile: path.join(home.logDir, `${name}.log`), readyWithin: READY_WITHIN_MS, stopWithin: STOP_WITHIN_MS }, settings.onEvent);
}

/** What gateway and ministries are all told. */
function sharedSettings({ registryFile, policyFile, policySignersFile }: Home): Readonly<Record<string, string>> {
  return { KANMON_REGISTRY_FILE: registryFile, KANMON_POLICY_FILE: policyFile, KANMON_POLICY_SIGNERS_FILE: policySignersFile, KANMON_DEMO: "1" };
}

/** Keys are made once; the registry is written at every start, because the ports may have changed. */
async function writeRegistry(home: Home, issuer: string, urlOf: (name: MinistryName) => string): Promise<void> {
  const gateway = await home.keep(GATEWAY_ID, () => makeGatewayKeys(GATEWAY_ID));
  const ministries = await Promise.all(MINISTRIES.map(async (subgraph) => ({ subgraph, url: urlOf(subgraph), keys: await home.keep(subgraph, makeMinistryKeys) })));
  const registry = registryOf([gateway], ministries, [{ issuer, jwksUri: `${issuer}/jwks`, audience: AUDIENCE, algorithms: ["EdDSA"], speaksFor: "EVERYBODY" }]);
  writePrivate(home.registryFile, `${JSON.stringify(registry, null, 1)}\n`);
}

/** The machines of the demo, each with a key made here that nobody else has: `keys/NAME.json`. */
function machinesOf(home: Home): Promise<readonly MachineEntry[]> {
  return Promise.all(PERSONAS.filter(({ isMachine }) => isMachine).map(async ({ id }) => machineOf(id, await home.keep(id, () => makeSigningKey(id).key))));
}

/** The committed bundle, signed with a key made here: what a release does elsewhere. */
async function signBundle(home: Home): Promise<void> {
  const key = await home.keep("release", () => makeSigningKey("release"));
  writePrivate(home.bundleSignersFile, `${JSON.stringify(signersOf([key]))}\n`);
  await keepBundle(home.bundleFile, key);
}

/** The committed policy, signed by two officers whose keys are made here. */
async function signPolicy(home: Home): Promise<void> {
  const officers = await Promise.all(DEMO_OFFICERS.map((name) => home.keep(name, () => makeOfficer(name))));
  writePrivate(home.policySignersFile, `${JSON.stringify(signersOf(officers))}\n`);
  await keepPolicy(home.policyFile, officers);
}

/** Asks until the gateway has everybody's standing. */
async function untilReady(url: string): Promise<void> {
  const until = Date.now() + READY_WITHIN_MS;
  while (Date.now() < until) {
    if (await statusOf(url) === 200) return;
    await wait(ASK_AGAIN_MS);
  }
  throw new CommandFailure(EXIT.failure, ["gatewayNotReady", { seconds: READY_WITHIN_MS / 1000, url }]);
}

/** Undefined when nobody answers. */
function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    http.get(url, (response) => { response.resume(); resolve(response.statusCode); }).once("error", () => { resolve(undefined); });
  });
}
