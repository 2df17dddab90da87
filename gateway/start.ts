/**
 * Puts a gateway together and opens its listeners. Takes settings and gives addresses and a way to stop; refuses to start on a bundle, registry, policy, key or
 * evidence log that is in doubt. With labels: statements, standing, decisions, evidence. Without (`bare`): none of these exist in the process.
 */
import "./config";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Kind, parse } from "graphql";
import type { DestinationStream } from "pino";
import { Agent } from "undici";
import type { Bundle } from "../schema/compose";
import { demoShiftDays, loadPolicy } from "../schema/policy";
import { Authenticator } from "./authenticate";
import type { BareConfig, GatewayConfig, LabelledConfig } from "./config";
import { Editions } from "./edition";
import { makeBareEdition } from "./edition/bare";
import { type Ground, type LabelledEdition, makeLabelledEdition, planFor } from "./edition/labelled";
import { EvidenceLog } from "./evidence/log";
import { DEFAULT_CALLER_OPTIONS, type Ministry, MinistryCaller } from "./execute";
import { adminHandler, type Health } from "./front/admin";
import { frontHandler } from "./front/http";
import { listen } from "./front/listen";
import { makeMetrics, type Metrics } from "./front/metrics";
import { type Log, makeLog } from "./log";
import { parseGatewayKeys, parseRegistry } from "./registry";
import { StandingFeed } from "./subject/feed";
import { StandingStore } from "./subject/store";
import { loadBundle } from "./supergraph";

export interface RunningGateway { readonly url: string; readonly adminUrl: string; stop(): Promise<void> }
export interface GatewayOptions {
  /** Takes requests to other paths than `/graphql`; false when there is no such page. */
  readonly pages?: (request: IncomingMessage, response: ServerResponse) => boolean;
  readonly log?: DestinationStream;
  readonly clock?: () => number;
}

/** One part of a gateway: what the listeners need of it, and how it ends. */
interface Assembled { readonly editions: Pick<Editions, "current" | "take">; readonly health: Health; readonly metrics: Metrics; readonly stop: () => Promise<void> }
interface Parts { readonly bundle: Bundle; readonly log: Log; readonly clock: () => number }

/** After this long, a ministry that never answered no longer keeps the gateway from being ready. */
const GRACE_MS = 15_000;
/** Per ministry: the event stream, a pull, and one to spare. */
const CONNECTIONS_FOR_STANDING = 3;

/**
 * Starts a gateway.
 * @throws Error in words for the operator; nothing is left running
 */
export async function startGateway(config: GatewayConfig, options: GatewayOptions = {}): Promise<RunningGateway> {
  const log = makeLog(config.logLevel, options.log);
  const parts: Parts = { bundle: await loadBundle(config), log, clock: options.clock ?? Date.now };
  const assembled = config.mode === "bare" ? assembleBare(config, parts) : await assembleLabelled(config, parts);
  const undo: (() => Promise<void>)[] = [assembled.stop];
  const stop = async (): Promise<void> => { for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step(); };
  try {
    const { editions, health, metrics } = assembled;
    const admin = await listen("admin listener", config.admin, adminHandler(health, metrics.registry));
    undo.push(() => admin.stop());
    const front = await listen("gateway", config.listen, frontHandler({ editions, metrics, most: config.limits.body, ...(options.pages === undefined ? {} : { pages: options.pages }) }));
    undo.push(() => front.stop());
    log.info("listening", { url: `${front.url}/graphql`, admin: admin.url, bundle: parts.bundle.version, policy: editions.current().policy.version });
    return { url: `${front.url}/graphql`, adminUrl: admin.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function assembleLabelled(config: LabelledConfig, parts: Parts): Promise<Assembled> {
  const { bundle, log, clock } = parts;
  const shiftDays = config.demo ? demoShiftDays(clock()) : 0;
  const policy = loadPolicy(undefined, { shiftDays });
  const registry = parseRegistry(config.registry);
  const keys = parseGatewayKeys(config.keys, registry);
  // Before anything is opened that would have to be closed.
  const planned = planFor(bundle, { limits: config.limits, registry });
  const evidence = new EvidenceLog({ dir: config.evidenceDir, clock, versions: { policy: policy.version, bundle: bundle.version }, observe: (ms) => { metrics.auditCommit.observe(ms / 1000); } });
  const caller = makeCaller(registry.ministries.map(({ subgraph, url }) => ({ subgraph, url: new URL("/graphql", url).href })));
  const store = new StandingStore({ ministries: registry.ministries.map((ministry) => ministry.subgraph), keeperOf: (org) => policy.members.keeperOf(org), clock, warn: log.warn });
  const metrics: Metrics = makeMetrics({ auditQueue: () => evidence.waiting, silentMinistries: () => store.silent().length, classes: () => editions.current().classes() });
  const authenticator = new Authenticator({ issuers: registry.issuers, clients: policy.clients, clock, warn: log.warn });
  const ground: Ground = { limits: config.limits, registry, keys, evidence, store, caller, authenticator, metrics, shiftDays, log, clock };
  const editions = new Editions<LabelledEdition>(makeLabelledEdition(ground, { bundle, policy }, planned), {
    make: (wanted, before) => makeLabelledEdition(ground, wanted, before), warn: log.warn,
    onSwitch: (now, before) => { if (now.policy !== before.policy) store.judgeBy((org) => now.policy.members.keeperOf(org)); },
  });
  const agent = new Agent({ connections: CONNECTIONS_FOR_STANDING });
  const feeds = registry.ministries.map(({ subgraph, url }) => new StandingFeed({
    subgraph, url, dispatcher: agent, seal: (path) => editions.current().sealer.forStanding(subgraph, path), accept: (body) => { store.accept(subgraph, body); }, warn: log.warn,
  }));
  await Promise.all(feeds.map((feed) => feed.start()));
  const begun = clock();
  const silent = (): readonly string[] => store.silent();
  return {
    editions, metrics,
    stop: async () => {
      for (const feed of feeds) feed.stop();
      await editions.end();
      await Promise.all([agent.destroy(), caller.close()]);
      await evidence.close();
    },
    health: {
      isReady: () => evidence.isHealthy() && (silent().length === 0 || (clock() - begun > GRACE_MS && silent().length < registry.ministries.length)),
      problems: () => [...(evidence.isHealthy() ? [] : ["evidence"]), ...silent()],
    },
  };
}

function assembleBare(config: BareConfig, { bundle, log, clock }: Parts): Assembled {
  const caller = makeCaller(addressesIn(config.supergraph));
  const metrics: Metrics = makeMetrics({ auditQueue: () => 0, silentMinistries: () => 0, classes: () => editions.current().classes() });
  const ground = { limits: config.limits, caller, metrics, log, clock };
  const editions = new Editions(makeBareEdition(ground, { bundle, policy: loadPolicy() }), { make: (wanted) => makeBareEdition(ground, wanted), warn: log.warn });
  return { editions, metrics, health: { isReady: () => true, problems: () => [] }, stop: async () => { await editions.end(); await caller.close(); } };
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
