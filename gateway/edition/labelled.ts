/**
 * An edition of a gateway with labels: planner, classes, decisions, askers, statements, banners and officers' tools for one bundle and one policy (SPEC 8.5). Takes both and the ground that
 * outlives editions: evidence, standing, connections, keys. Refuses a bundle of a ministry that the registry does not know.
 */
import type { Bundle } from "../../schema/compose";
import type { Authenticator, Identity } from "../authenticate";
import { versionWith } from "../bundle/known-operations";
import type { LabelledConfig } from "../config";
import type { Edition, EditionParts } from "../edition";
import type { Floods } from "../evidence/floods";
import type { EvidenceLog } from "../evidence/log";
import type { ReleasedAnswers } from "../evidence/released";
import { variablesKey } from "../evidence/variables";
import { DecisionMemo, type MinistryCaller } from "../execute";
import { Sealer } from "../execute/statement";
import { officerDesk, type OfficerParts, officerTools } from "../explain";
import { askedBy, unseenOf } from "../front/admission";
import { admitKnown } from "../front/known-operations";
import type { Metrics } from "../front/metrics";
import { Banners } from "../front/release";
import type { Log } from "../log";
import { refuseUnread } from "../notices";
import type { Shares, Stations } from "../pipeline";
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
  readonly floods: Floods;
  readonly released: ReleasedAnswers;
  readonly store: StandingStore;
  readonly caller: MinistryCaller;
  readonly plannerOf: (bundle: Bundle) => Planner;
  readonly authenticator: Authenticator;
  readonly metrics: Metrics;
  readonly shiftDays: number;
  readonly log: Log;
  readonly clock: () => number;
}

export interface LabelledEdition extends Edition {
  /** Proves that the gateway may read standing. */
  readonly sealer: Sealer;
}

/** The planner of a bundle, made once: it is made of the bundle alone, and the dearest part of an edition. @throws Error when the registry does not know a ministry of the bundle */
export function plannersFor({ limits, registry }: Pick<Ground, "limits" | "registry">): (bundle: Bundle) => Planner {
  const made = new WeakMap<Bundle, Planner>();
  return (bundle) => {
    const known = made.get(bundle);
    if (known !== undefined) return known;
    const planner = makePlanner(limits, bundle);
    const missing = planner.subgraphs.filter((name) => !registry.ministries.some((ministry) => ministry.subgraph === name));
    if (missing.length > 0) throw new Error(`the registry does not say where these ministries of the bundle answer: ${missing.join(", ")}`);
    made.set(bundle, planner);
    return planner;
  };
}

/** @throws Error in words for the operator */
export function makeLabelledEdition(ground: Ground, { bundle, operations, policy }: EditionParts): LabelledEdition {
  const { limits, registry, keys, evidence, floods, released, store, caller, metrics, log, clock, shiftDays } = ground;
  const planner = ground.plannerOf(bundle);
  const authenticator = ground.authenticator.withClients(policy.clients);
  const sealer = new Sealer({ keys, ministries: registry.ministries, policyVersion: policy.version, vocabularyOf: (subgraph) => store.vocabularyOf(subgraph), clock });
  const decisions = new DecisionMemo(policy);
  const classes = makeClasses(bundle, limits, log.warn, () => ({
    planner, policy, decisions, deadlineMs: limits.deadline, observe: observeWith(metrics), callFor: (stated) => caller.forAsker(sealer.forAsker(stated)),
    deskOf: officerDesk(officers),
  }));
  const askers = new Askers({ store, policy, clock, bitsOf: (permitted) => classes.bitsOf(permitted) });
  const banners = new Banners(policy);
  const shareOf = (identity: Identity): string => (askers.hasSpokenFor(identity) ? askedBy(identity.sub) : askedBy(identity.issuer, identity.sub));
  const shares: Shares = {
    known: (arrival) => { const identity = authenticator.knownIdentity(arrival); return identity && shareOf(identity); }, line: (arrival) => unseenOf(authenticator.claimedIssuer(arrival)), of: shareOf,
  };
  const stations: Stations = {
    authenticate: (arrival) => authenticator.authenticate(arrival), shares, narrow: (rawHeaders) => readNarrowing(rawHeaders, policy), ask: (identity, narrowing, unread) => {
      const asker = askers.ask(identity, narrowing);
      if (unread === undefined) refuseUnread(asker);
      return asker;
    },
    isCurrent: (asker) => askers.isCurrent(asker), admit: (request) => admitKnown(request, operations, limits.tokens), classOf: (asker) => classes.get(asker.bits), bannerOf: (label) => banners.of(label), evidence, floods, released,
    variablesKey: variablesKey(keys.agree), policyVersion: policy.version, bundleVersion: versionWith(bundle.version, operations), clock, note: log.note,
  };
  const officers: OfficerParts = { stations, policy, bundle, partsOf: (subject) => store.partsOf(subject), shiftDays };
  return {
    bundle, operations, policy, stations, sealer, classes: () => classes.size, end: () => endClasses(classes),
    officers: officerTools(officers),
  };
}
