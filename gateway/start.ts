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
import { demoShiftDays, loadPolicy, type Policy } from "../schema/policy";
import { Authenticator } from "./authenticate";
import { type Carrier, carryOut } from "./carry-out";
import type { BareConfig, GatewayConfig, LabelledConfig } from "./config";
import { EvidenceLog } from "./evidence/log";
import { DecisionMemo, DEFAULT_CALLER_OPTIONS, type Ministry, MinistryCaller } from "./execute";
import { Sealer } from "./execute/statement";
import { adminHandler, type Health } from "./front/admin";
import { officerTools } from "./explain";
import { frontHandler, type FrontOptions } from "./front/http";
import { listen } from "./front/listen";
import { makeMetrics, type Metrics } from "./front/metrics";
import { Banners } from "./front/release";
import { type Log, makeLog } from "./log";
import type { Attempt, Stations } from "./pipeline";
import { DEFAULT_LIMITS, Planner } from "./plan";
import { parseGatewayKeys, parseRegistry } from "./registry";
import { type ClassServer, makeClassServer } from "./server";
import { type Asker, Askers } from "./subject/askers";
import { StandingFeed } from "./subject/feed";
import { readNarrowing } from "./subject/headers";
import { StandingStore } from "./subject/store";
import { loadBundle } from "./supergraph";
import { SubjectClasses } from "./view/classes";

export interface RunningGateway { readonly url: string; readonly adminUrl: string; stop(): Promise<void> }
export interface GatewayOptions {
  /** Takes requests to other paths than `/graphql`; false when there is no such page. */
  readonly pages?: (request: IncomingMessage, response: ServerResponse) => boolean;
  readonly log?: DestinationStream;
  readonly clock?: () => number;
}

/** One part of a gateway: what the front needs of it, and how it ends. */
interface Assembled { readonly stations: Stations; readonly health: Health; readonly metrics: Metrics; readonly officers?: FrontOptions["officers"]; readonly stop: () => Promise<void> }
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
    const { stations, health, metrics, officers } = assembled;
    const admin = await listen("admin listener", config.admin, adminHandler(health, metrics.registry));
    undo.push(() => admin.stop());
    const front = await listen("gateway", config.listen, frontHandler({ stations, metrics, most: config.limits.body, ...(options.pages === undefined ? {} : { pages: options.pages }), officers }));
    undo.push(() => front.stop());
    log.info("listening", { url: `${front.url}/graphql`, admin: admin.url, bundle: parts.bundle.version, policy: stations.policyVersion });
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
  const planner = makePlanner(config, bundle);
  const missing = planner.subgraphs.filter((name) => !registry.ministries.some((ministry) => ministry.subgraph === name));
  if (missing.length > 0) throw new Error(`the registry does not say where these ministries of the bundle answer: ${missing.join(", ")}`);
  const evidence = new EvidenceLog({ dir: config.evidenceDir, clock, versions: { policy: policy.version, bundle: bundle.version }, observe: (ms) => { metrics.auditCommit.observe(ms / 1000); } });
  const agent = new Agent({ connections: CONNECTIONS_FOR_STANDING });
  const caller = makeCaller(registry.ministries.map(({ subgraph, url }) => ({ subgraph, url: new URL("/graphql", url).href })));
  const store = new StandingStore({ ministries: registry.ministries.map((ministry) => ministry.subgraph), keeperOf: (org) => policy.members.keeperOf(org), clock, warn: log.warn });
  const sealer = new Sealer({ keys, ministries: registry.ministries, policyVersion: policy.version, vocabularyOf: (subgraph) => store.vocabularyOf(subgraph), clock });
  const decisions = new DecisionMemo(policy);
  const classes = makeClasses(config, parts, (): Carrier => ({
    planner, policy, decisions, deadlineMs: config.limits.deadline, observe: observeWith(metrics), callFor: (stated) => caller.forAsker(sealer.forAsker(stated)),
  }));
  const metrics = makeMetrics({ auditQueue: () => evidence.waiting, silentMinistries: () => store.silent().length, classes: () => classes.size });
  const askers = new Askers({ store, policy, clock, bitsOf: (permitted) => classes.bitsOf(permitted) });
  const authenticator = new Authenticator({ issuers: registry.issuers, clients: policy.clients, clock, warn: log.warn });
  const banners = new Banners(policy);
  const feeds = registry.ministries.map(({ subgraph, url }) => new StandingFeed({
    subgraph, url, dispatcher: agent, seal: (path) => sealer.forStanding(subgraph, path), accept: (body) => { store.accept(subgraph, body); }, warn: log.warn,
  }));
  await Promise.all(feeds.map((feed) => feed.start()));
  const stations: Stations = {
    authenticate: (arrival) => authenticator.authenticate(arrival), narrow: (rawHeaders) => readNarrowing(rawHeaders, policy), ask: (identity, narrowing) => askers.ask(identity, narrowing),
    isCurrent: (asker) => askers.isCurrent(asker), classOf: (asker) => classes.get(asker.bits), bannerOf: (released) => banners.of(released), evidence,
    policyVersion: policy.version, bundleVersion: bundle.version, clock, note: log.note,
  };
  const begun = clock();
  const silent = (): readonly string[] => store.silent();
  return {
    stations, metrics, officers: officerTools({ stations, policy, bundle, partsOf: (subject) => store.partsOf(subject), shiftDays }),
    health: {
      isReady: () => evidence.isHealthy() && (silent().length === 0 || (clock() - begun > GRACE_MS && silent().length < registry.ministries.length)),
      problems: () => [...(evidence.isHealthy() ? [] : ["evidence"]), ...silent()],
    },
    stop: async () => {
      for (const feed of feeds) feed.stop();
      await Promise.all(classes.all().map(({ server }) => server.stop()));
      await Promise.all([agent.destroy(), caller.close()]);
      await evidence.close();
    },
  };
}

/** Everybody is nobody in particular, and everything is PUBLIC; no statement is ever sent, so a ministry of the kit answers nothing. */
function assembleBare(config: BareConfig, parts: Parts): Assembled {
  const { bundle, log, clock } = parts;
  const policy: Policy = loadPolicy();
  const planner = makePlanner(config, bundle);
  const decisions = new DecisionMemo(policy);
  const caller = makeCaller(addressesIn(config.supergraph));
  const call = caller.forAsker(undefined);
  const classes = makeClasses(config, parts, (): Carrier => ({ planner, policy, decisions, deadlineMs: config.limits.deadline, observe: observeWith(metrics), callFor: () => call }));
  const metrics = makeMetrics({ auditQueue: () => 0, silentMinistries: () => 0, classes: () => classes.size });
  const banners = new Banners(policy);
  const bits = classes.bitsOf((floor) => floor.level === 0);
  const subject = { id: "anonymous", kind: "system", nation: "XXX", eligibilities: [], assignments: [], roles: [], purposes: [] } as const;
  const asker: Asker = { subject, action: "RETRIEVE", ctx: { now: 0, zoneLevel: 0 }, digest: "anonymous", bits, revision: "" };
  const identity = { sub: "anonymous", clientId: "", issuer: "", jti: "", site: "", zoneLevel: 0, action: "RETRIEVE" } as const;
  const narrowing = { portions: false, key: "" };
  const stations: Stations = {
    authenticate: () => Promise.resolve(identity), narrow: () => narrowing, ask: () => ({ ...asker, ctx: { now: clock(), zoneLevel: 0 } }), isCurrent: () => true,
    classOf: () => classes.get(bits), bannerOf: (released) => banners.of(released), evidence: undefined, policyVersion: policy.version, bundleVersion: bundle.version, clock, note: log.note,
  };
  return {
    stations, metrics, health: { isReady: () => true, problems: () => [] },
    stop: async () => { await Promise.all(classes.all().map(({ server }) => server.stop())); await caller.close(); },
  };
}

function makeCaller(ministries: readonly Ministry[]): MinistryCaller { return new MinistryCaller({ ...DEFAULT_CALLER_OPTIONS, ministries }); }

function makePlanner({ limits }: GatewayConfig, bundle: Bundle): Planner {
  return new Planner(bundle, { ...DEFAULT_LIMITS, tokens: limits.tokens, depth: limits.depth, aliases: limits.aliases });
}

/** The carrier is asked for late, because metrics and classes know each other. */
function makeClasses({ limits }: GatewayConfig, { bundle, log }: Parts, carrier: () => Carrier): SubjectClasses<ClassServer<Attempt>> {
  let made: Carrier | undefined;
  return new SubjectClasses(bundle, (view) => makeClassServer<Attempt>({
    view, tokens: limits.tokens, warn: log.warn, run: (attempt, operation) => carryOut(made ??= carrier(), view, attempt, operation),
  }));
}

function observeWith(metrics: Metrics): Carrier["observe"] {
  return ({ planning, calls }) => {
    metrics.planning.observe(planning / 1000);
    for (const { subgraph, ms, ok } of calls) {
      metrics.subgraph.observe({ subgraph }, ms / 1000);
      if (!ok) metrics.subgraphFailures.inc({ subgraph });
    }
  };
}

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
