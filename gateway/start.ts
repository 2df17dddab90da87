/**
 * Puts a gateway together and opens its listeners. Takes settings and gives addresses and a way to stop; refuses to start on a bundle, registry, policy, key or
 * evidence log that is in doubt. With labels: statements, standing, decisions, evidence. Without (`bare`): none of these exist in the process.
 */
import "./config";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { Kind, parse } from "graphql";
import type { DestinationStream } from "pino";
import { Agent } from "undici";
import { bareBundle } from "../schema/compose";
import { demoShiftDays, loadPolicy } from "../schema/policy";
import { readSigners } from "../schema/signed";
import { PolicySource } from "../schema/snapshot";
import { Authenticator } from "./authenticate";
import type { Judge } from "./bundle/judge";
import { judgeApart } from "./bundle/judge-apart";
import { NO_OPERATIONS } from "./bundle/known-operations";
import { Release } from "./bundle/release";
import type { BareConfig, GatewayConfig, LabelledConfig } from "./config";
import { Editions } from "./edition";
import { makeBareEdition } from "./edition/bare";
import { type Ground, type LabelledEdition, makeLabelledEdition, plannersFor } from "./edition/labelled";
import { Floods } from "./evidence/floods";
import { EvidenceLog } from "./evidence/log";
import { ReleasedAnswers } from "./evidence/released";
import { DEFAULT_CALLER_OPTIONS, type Ministry, MinistryCaller } from "./execute";
import { adminHandler, type Health } from "./front/admin";
import { Admission } from "./front/admission";
import { frontHandler } from "./front/http";
import { listen } from "./front/listen";
import { makeMetrics, type Metrics } from "./front/metrics";
import { type Log, makeLog } from "./log";
import { parseGatewayKeys, parseRegistry } from "./registry";
import { Streams } from "./front/subscribe";
import { Turns } from "./front/turns";
import { MinistryChanges } from "./subject/changes";
import { StandingFeed } from "./subject/feed";
import { StandingStore } from "./subject/store";
import { TokenOwners } from "./subject/token-owners";
import { judgeSupergraph } from "./supergraph";

export interface RunningGateway { readonly url: string; readonly adminUrl: string; stop(): Promise<void> }
export interface GatewayOptions {
  /** Takes requests to other paths than `/graphql`; false when there is no such page. */
  readonly pages?: (request: IncomingMessage, response: ServerResponse) => boolean;
  readonly log?: DestinationStream;
  readonly clock?: () => number;
  /** Judges a bundle, that of the start and those that come later; in a process of its own when not given. */
  readonly judge?: Judge;
}

/** One part of a gateway: what the listeners need of it, and how it ends. */
interface Assembled { readonly editions: Pick<Editions, "current" | "take" | "follow">; readonly health: Health; readonly metrics: Metrics; readonly stop: () => Promise<void>; /** Absent where no ministry says what changed. */ readonly changes?: MinistryChanges }
interface Parts { readonly log: Log; readonly clock: () => number; readonly judge: Judge; readonly admission: Admission }

/** What this gateway remembers of the policy over a restart, beside its evidence: a folder that no other process writes to. */
const POLICY_STATE = "policy-in-force.json";
/** After this long, a ministry that never answered no longer keeps the gateway from being ready. */
const GRACE_MS = 15_000;
/** Per ministry: the stream, and one that has just ended. */
const CONNECTIONS_FOR_STANDING = 2;

/**
 * Starts a gateway.
 * @throws Error in words for the operator; nothing is left running
 */
export async function startGateway(config: GatewayConfig, options: GatewayOptions = {}): Promise<RunningGateway> {
  const log = makeLog(config.logLevel, options.log);
  const parts: Parts = { log, clock: options.clock ?? Date.now, judge: options.judge ?? judgeApart(), admission: new Admission({ share: config.limits.share }) };
  const assembled = config.mode === "bare" ? await assembleBare(config, parts) : await assembleLabelled(config, parts);
  const undo: (() => Promise<void>)[] = [assembled.stop];
  const stop = async (): Promise<void> => { for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step(); };
  try {
    const { editions, health, metrics, changes } = assembled;
    const turns = new Turns({ editions, admission: parts.admission });
    const admin = await listen("admin listener", config.admin, adminHandler(health, metrics.registry));
    undo.push(() => admin.stop());
    const front = await listen("gateway", config.listen, frontHandler({ editions, metrics, turns, most: config.limits.body, ...(changes === undefined ? {} : { streams: new Streams({ editions, turns, changes }) }), ...(options.pages === undefined ? {} : { pages: options.pages }) }));
    undo.push(() => front.stop());
    const { bundle, policy } = editions.current();
    log.info("listening", { url: `${front.url}/graphql`, admin: admin.url, bundle: bundle.version, policy: policy.version });
    return { url: `${front.url}/graphql`, adminUrl: admin.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function assembleLabelled(config: LabelledConfig, { log, clock, judge, admission }: Parts): Promise<Assembled> {
  const shiftDays = config.demo ? demoShiftDays(clock()) : 0;
  const source = await PolicySource.open({
    snapshotFile: config.policyFile, signers: config.policySigners, stateFile: join(config.evidenceDir, POLICY_STATE), shiftDays, clock,
    tell: (event, { why, ...detail }) => { if (why === undefined) log.info(event, detail); else log.warn(`${event}: ${why}`); },
  });
  const policy = source.current();
  const registry = parseRegistry(config.registry);
  const keys = parseGatewayKeys(config.keys, registry);
  const plannerOf = plannersFor({ limits: config.limits, registry });
  const trust = { signers: readSigners(config.bundleSigners), needed: config.bundleSignatures };
  const release = await Release.open({ file: config.bundleFile, trust, keptIn: config.evidenceDir, judgedFile: config.judgedFile, judge, clock, log }, policy.version, plannerOf);
  const { bundle, operations } = release;
  const evidence = new EvidenceLog({ dir: config.evidenceDir, clock, versions: { policy: policy.version, bundle: release.status.version }, isBusy: () => admission.waiting > 0, observe: (ms) => { metrics.auditCommit.observe(ms / 1000); } });
  const caller = makeCaller(registry.ministries.map(({ subgraph, url }) => ({ subgraph, url: new URL("/graphql", url).href })));
  const owners = await refuseWithout(evidence, () => new TokenOwners({ dir: config.evidenceDir, evidence, agree: keys.agree, warn: log.warn }));
  const store = new StandingStore({ ministries: registry.ministries.map((ministry) => ministry.subgraph), keeperOf: (org) => policy.members.keeperOf(org), clock, warn: log.warn, remembered: owners });
  owners.follow(() => store.heardTokens());
  const ageOf = ({ status }: Release): number => clock() - Date.parse(status.issuedAt);
  const metrics: Metrics = makeMetrics({
    auditQueue: () => evidence.waiting, silentMinistries: () => store.silent().length, standing: () => store.status(), classes: () => editions.current().classes(), bundle: () => ({ serial: release.status.serial, ageMs: ageOf(release) }), policy: () => source.status(),
  });
  const authenticator = new Authenticator({ issuers: registry.issuers, clients: policy.clients, clock, warn: log.warn });
  const floods = new Floods({ evidence, clock });
  const ground: Ground = { limits: config.limits, registry, keys, evidence, floods, released: new ReleasedAnswers(clock), store, caller, plannerOf, authenticator, metrics, shiftDays, log, clock };
  const editions = new Editions<LabelledEdition>(makeLabelledEdition(ground, { bundle, operations, policy }), {
    make: (wanted) => makeLabelledEdition(ground, wanted), warn: log.warn,
    onSwitch: (now, before) => {
      if (now.policy === before.policy) return;
      store.judgeBy((org) => now.policy.members.keeperOf(org));
      // A bundle that was refused because of the policy before may fit this one.
      void release.reconsider();
    },
  });
  const changes = new MinistryChanges();
  const agent = new Agent({ connections: CONNECTIONS_FOR_STANDING });
  const feeds = registry.ministries.map(({ subgraph, url }) => new StandingFeed({
    subgraph, url, dispatcher: agent, seal: (path) => editions.current().sealer.forStanding(subgraph, path), store, warn: log.warn, onHistory: (number) => { changes.heard(subgraph, number); }, onFault: () => { metrics.standingFaults.inc({ subgraph }); },
  }));
  await Promise.all(feeds.map((feed) => feed.start()));
  release.follow(editions, plannerOf, (outcome) => { if (outcome === "switched") metrics.bundleSwitches.inc(); else metrics.bundleRefusals.inc({ reason: outcome }); });
  source.follow(async (next) => { await editions.replace({ policy: next }); });
  const begun = clock();
  const silent = (): readonly string[] => store.silent();
  return {
    editions, metrics, changes,
    stop: async () => {
      source.stop();
      await release.stop();
      for (const feed of feeds) feed.stop();
      await editions.end();
      floods.stop();
      await Promise.all([agent.destroy(), caller.close(), owners.stop()]);
      await evidence.close();
    },
    health: {
      isReady: () => evidence.isHealthy() && source.status().isApplied && (silent().length === 0 || (clock() - begun > GRACE_MS && silent().length < registry.ministries.length)),
      problems: () => [...(evidence.isHealthy() ? [] : ["evidence"]), ...(release.status.refused === undefined ? [] : ["bundle"]), ...(source.status().isRefused ? ["policy"] : []), ...silent()],
      inForce: () => ({ bundle: { ...release.status, ageSeconds: Math.floor(ageOf(release) / 1000), isCheckedAgainstPolicy: release.isCheckedAgainst(editions.current().policy.version) }, policy: (({ age, ...status }) => ({ ...status, ageSeconds: Math.floor(age / 1000) }))(source.status()) }),
    },
  };
}

async function assembleBare(config: BareConfig, { log, clock }: Parts): Promise<Assembled> {
  await judgeSupergraph(config.supergraph);
  const bundle = bareBundle(config.supergraph);
  const caller = makeCaller(addressesIn(config.supergraph));
  const metrics: Metrics = makeMetrics({ auditQueue: () => 0, silentMinistries: () => 0, classes: () => editions.current().classes() });
  const ground = { limits: config.limits, caller, metrics, log, clock };
  const editions = new Editions(makeBareEdition(ground, { bundle, operations: NO_OPERATIONS, policy: loadPolicy() }), { make: (wanted) => makeBareEdition(ground, wanted), warn: log.warn });
  return { editions, metrics, health: { isReady: () => true, problems: () => [] }, stop: async () => { await editions.end(); await caller.close(); } };
}

/** Makes what a start cannot do without; where that is refused, the log is let go of. */
async function refuseWithout<T>(evidence: EvidenceLog, make: () => T): Promise<T> {
  try { return make(); } catch (error) {
    await evidence.close();
    throw error;
  }
}

function makeCaller(ministries: readonly Ministry[]): MinistryCaller { return new MinistryCaller({ ...DEFAULT_CALLER_OPTIONS, ministries }); }

/** Where the subgraphs of a foreign supergraph answer: `join__Graph` says so. */
function addressesIn(supergraph: string): readonly Ministry[] {
  const graphs = parse(supergraph, { noLocation: true }).definitions.find((definition) => definition.kind === Kind.ENUM_TYPE_DEFINITION && definition.name.value === "join__Graph");
  if (graphs?.kind !== Kind.ENUM_TYPE_DEFINITION) throw new Error("the supergraph does not name its subgraphs");
  return (graphs.values ?? []).map((value) => {
    const texts = new Map((value.directives ?? []).filter((directive) => directive.name.value === "join__graph").flatMap((directive) => directive.arguments ?? [])
      .map((argument) => [argument.name.value, argument.value.kind === Kind.STRING ? argument.value.value : ""]));
    const url = texts.get("url") ?? "";
    if (!URL.canParse(url)) throw new Error(`the supergraph gives no usable address for ${texts.get("name") ?? value.name.value}`);
    return { subgraph: texts.get("name") ?? "", url };
  });
}
