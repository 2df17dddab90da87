/**
 * The one edition of a gateway without labels: everybody is nobody in particular, and everything is PUBLIC. No statement is ever sent, so a ministry of the kit answers nothing.
 */
import type { BareConfig } from "../config";
import type { Edition, EditionParts } from "../edition";
import { Refused } from "../errors";
import { DecisionMemo, type MinistryCaller } from "../execute";
import type { Metrics } from "../front/metrics";
import { Banners } from "../front/release";
import type { Log } from "../log";
import type { Stations } from "../pipeline";
import type { Asker } from "../subject/askers";
import { endClasses, makeClasses, makePlanner, observeWith } from "./serve-classes";

export interface BareGround { readonly limits: BareConfig["limits"]; readonly caller: MinistryCaller; readonly metrics: Metrics; readonly log: Log; readonly clock: () => number }

export function makeBareEdition({ limits, caller, metrics, log, clock }: BareGround, { bundle, operations, policy }: EditionParts): Edition {
  const planner = makePlanner(limits, bundle);
  const decisions = new DecisionMemo(policy);
  const call = caller.forAsker(undefined);
  const classes = makeClasses(bundle, limits, log.warn, () => ({ planner, policy, decisions, deadlineMs: limits.deadline, observe: observeWith(metrics), callFor: () => call }));
  const banners = new Banners(policy);
  const bits = classes.bitsOf((floor) => floor.level === 0);
  const subject = { id: "anonymous", kind: "system", nation: "XXX", eligibilities: [], assignments: [], roles: [], purposes: [] } as const;
  const asker: Asker = { subject, action: "RETRIEVE", ctx: { now: 0, zoneLevel: 0 }, digest: "anonymous", bits, revision: "", stated: "", unread: [], isBound: false };
  const identity = { sub: "anonymous", clientId: "", issuer: "", speaksFor: "EVERYBODY", jti: "", site: "", zoneLevel: 0, action: "RETRIEVE" } as const;
  const narrowing = { portions: false, key: "" };
  const stations: Stations = {
    authenticate: () => Promise.resolve(identity), narrow: () => narrowing, ask: () => ({ ...asker, ctx: { now: clock(), zoneLevel: 0 } }), isCurrent: () => true, admit: () => { throw new Refused("UNKNOWN_OPERATION"); },
    classOf: () => classes.get(bits), bannerOf: (released) => banners.of(released), evidence: undefined, policyVersion: policy.version, bundleVersion: bundle.version, clock, note: log.note,
  };
  return { bundle, operations, policy, stations, classes: () => classes.size, end: () => endClasses(classes) };
}
