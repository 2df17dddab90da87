/**
 * An edition of a gateway with labels: planner, classes, decisions, askers, statements, banners and officers' tools for one bundle and one policy (SPEC 8.5). Takes both and the ground that
 * outlives editions: evidence, standing, connections, keys. Refuses a bundle of a ministry that the registry does not know.
 */
import type { Bundle } from "../../schema/compose";
import type { Authenticator } from "../authenticate";
import type { LabelledConfig } from "../config";
import type { Edition, EditionParts } from "../edition";
import type { EvidenceLog } from "../evidence/log";
import { DecisionMemo, type MinistryCaller } from "../execute";
import { Sealer } from "../execute/statement";
import { officerTools } from "../explain";
import type { Metrics } from "../front/metrics";
import { Banners } from "../front/release";
import type { Log } from "../log";
import type { Stations } from "../pipeline";
import type { Planner } from "../plan";
import type { GatewayKeys, Registry } from "../registry";
import { Askers } from "../subject/askers";
import { readNarrowing } from "../subject/headers";
import type { StandingStore } from "../subject/store";
import { endClasses, makeClasses, makePlanner, observeWith } from "./serve-classes";

/** What outlives editions. */
export interface Ground {
  readonly limits: LabelledConfig["limits"];
  readonly registry: Registry;
  readonly keys: GatewayKeys;
  readonly evidence: EvidenceLog;
  readonly store: StandingStore;
  readonly caller: MinistryCaller;
  readonly authenticator: Authenticator;
  readonly metrics: Metrics;
  readonly shiftDays: number;
  readonly log: Log;
  readonly clock: () => number;
}

export interface LabelledEdition extends Edition, Planned {
  /** Proves that the gateway may read standing. */
  readonly sealer: Sealer;
}

/** What an edition may lend to the next one: it is made of the bundle alone, and the dearest part. */
export interface Planned { readonly bundle: Bundle; readonly planner: Planner }

/** @throws Error when the registry does not know a ministry of the bundle */
export function planFor(bundle: Bundle, { limits, registry }: Pick<Ground, "limits" | "registry">): Planned {
  const planner = makePlanner(limits, bundle);
  const missing = planner.subgraphs.filter((name) => !registry.ministries.some((ministry) => ministry.subgraph === name));
  if (missing.length > 0) throw new Error(`the registry does not say where these ministries of the bundle answer: ${missing.join(", ")}`);
  return { bundle, planner };
}

/** @throws Error in words for the operator */
export function makeLabelledEdition(ground: Ground, { bundle, policy }: EditionParts, before: Planned): LabelledEdition {
  const { limits, registry, keys, evidence, store, caller, metrics, log, clock, shiftDays } = ground;
  const { planner } = before.bundle === bundle ? before : planFor(bundle, ground);
  const authenticator = ground.authenticator.withClients(policy.clients);
  const sealer = new Sealer({ keys, ministries: registry.ministries, policyVersion: policy.version, vocabularyOf: (subgraph) => store.vocabularyOf(subgraph), clock });
  const decisions = new DecisionMemo(policy);
  const classes = makeClasses(bundle, limits, log.warn, () => ({
    planner, policy, decisions, deadlineMs: limits.deadline, observe: observeWith(metrics), callFor: (stated) => caller.forAsker(sealer.forAsker(stated)),
  }));
  const askers = new Askers({ store, policy, clock, bitsOf: (permitted) => classes.bitsOf(permitted) });
  const banners = new Banners(policy);
  const stations: Stations = {
    authenticate: (arrival) => authenticator.authenticate(arrival), narrow: (rawHeaders) => readNarrowing(rawHeaders, policy), ask: (identity, narrowing) => askers.ask(identity, narrowing),
    isCurrent: (asker) => askers.isCurrent(asker), classOf: (asker) => classes.get(asker.bits), bannerOf: (released) => banners.of(released), evidence,
    policyVersion: policy.version, bundleVersion: bundle.version, clock, note: log.note,
  };
  return {
    bundle, policy, stations, sealer, planner, classes: () => classes.size, end: () => endClasses(classes),
    officers: officerTools({ stations, policy, bundle, partsOf: (subject) => store.partsOf(subject), shiftDays }),
  };
}
