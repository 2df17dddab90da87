/**
 * The decision (SPEC 4): may this subject do this with a value of this label, now? Permit, redact (its existence may be known) or hide
 * (as if absent). Total and pure: no I/O, no clock of its own, never throws; whatever it does not know it denies. All rules must hold.
 */
import { dominates, isUnderAny, type Label, type LabelCore } from "../label";
import { clearanceAt, holdsGrant, mayDeclassify } from "./clearance";
import { isInLifetime, lifetimeEnd } from "./current-label";
import { isReadable } from "./label-shape";
import { mayGoOut } from "./outward";
import type { Policy } from "./policy";
import { isRoleToken, roleOfToken } from "./role-token";
import type { Action, Decision, DecisionContext, Observer, Reason, Subject } from "./subject";
import { suspendedFor } from "./suspended";

/** What WRITE is decided against (rule 8): the join of what was released to the writer; BOTTOM when nothing was. */
export interface DecisionExtra { readonly highWater?: LabelCore | undefined }
export type Decidable = LabelCore & Partial<Pick<Label, "id" | "existence" | "lifecycle">>;

const ACTIONS: ReadonlySet<unknown> = new Set<Action>(["VIEW", "RETRIEVE", "EXPORT", "DERIVE", "WRITE"]);
const PERMITTED: readonly Reason[] = [];
const add = (found: readonly Reason[], clause: string, component: string): readonly Reason[] => [...found, { clause, component }];

/** Decides. `label` undefined means that the value has none: denied. `until` (ms since the epoch) says when to ask again. */
export function decide(
  policy: Policy, subject: Subject, action: Action, label: Decidable | undefined, ctx: DecisionContext, extra?: DecisionExtra,
): Decision {
  const reasons = findReasons(policy, subject, action, label, ctx, extra);
  const own = Math.min(clearanceAt(policy, subject, ctx.now).until, lifetimeEnd(label, ctx.now));
  const until = ctx.observer === undefined ? own : Math.min(own, observedUntil(policy, ctx.observer, ctx.now));
  if (reasons.length === 0) return { outcome: "permit", until };
  return { outcome: permitsExistence(policy, subject, label, ctx, action) ? "redact" : "hide", until, reasons };
}

/** May the subject know that the thing exists? No, where the label names no existence label. */
export function permitsExistence(policy: Policy, subject: Subject, label: Decidable | undefined, ctx: DecisionContext, action: Action = "RETRIEVE"): boolean {
  if (!isReadable(label) || label.existence === undefined || !isInLifetime(label, ctx.now) || !isInLifetime(label, ctx.observer?.at ?? ctx.now)) return false;
  return findReasons(policy, subject, action === "WRITE" ? "RETRIEVE" : action, label.existence, ctx).length === 0;
}

/** Every rule and part of the label that stands in the way; empty means permitted. For officers and evidence, never for clients. */
export function findReasons(
  policy: Policy, subject: Subject, action: Action, label: Decidable | undefined, ctx: DecisionContext, extra?: DecisionExtra,
): readonly Reason[] {
  if (ctx.observer !== undefined) return findObserved(policy, subject, action, label, ctx, ctx.observer, extra);
  let found = PERMITTED;
  if (!isReadable(label) || !ACTIONS.has(action)) return add(found, "4.9", ACTIONS.has(action) ? "label" : "action");
  const held = clearanceAt(policy, subject, ctx.now);
  if (!(label.level <= held.maxLevel)) found = add(found, "4.1", "level");
  if (!(label.level <= ctx.zoneLevel)) found = add(found, "4.1", "zone");
  for (const regime of label.regimes) if (!held.regimes.has(regime)) found = add(found, "4.2", `regimes:${regime}`);
  if (!(label.level <= held.partnerLevel)) found = add(found, "4.2", "level");
  for (const token of label.need) if (!held.tokens.has(token)) found = add(found, "4.3", isRoleToken(token) ? `role:${roleOfToken(token)}` : `need:${token}`);
  for (const owner in label.owners) {
    const terms = label.owners[owner];
    const nations = action === "VIEW" ? terms?.disp : terms?.rel;
    if (nations !== "ALL" && nations?.includes(subject.nation) !== true) found = add(found, "4.4", `owners.${owner}.${action === "VIEW" ? "disp" : "rel"}`);
    if (terms?.dist !== "ALL" && (held.body === undefined || !isUnderAny(held.body, terms?.dist ?? []))) found = add(found, "4.4", `owners.${owner}.dist`);
    if ((action === "EXPORT" || action === "DERIVE") && terms?.orcon !== false && !holdsGrant(held, owner, action, ctx.item)) {
      found = add(found, "4.6", `owners.${owner}.orcon`);
    }
  }
  if (label.purposes !== "ALL" && !(ctx.purpose !== undefined && label.purposes.includes(ctx.purpose) && subject.purposes.includes(ctx.purpose))) {
    found = add(found, "4.5", "purposes");
  }
  if (!isInLifetime(label, ctx.now)) found = add(found, "4.7", "lifecycle");
  if (action === "WRITE" && !(isReadable(extra?.highWater) && (dominates(label, extra.highWater) || mayDeclassify(held, extra.highWater)))) {
    found = add(found, "4.8", "highWater");
  }
  for (const nation of ctx.releaseTo ?? PERMITTED_NATIONS) if (!mayGoOut(policy, label, nation, ctx.now, suspendedFor(subject))) found = add(found, "4.10", `releaseTo:${nation}`);
  return found;
}

/**
 * A simulation (4.16): the subject at the instant it is about, and with it the officer who is shown the answer, now. So it never shows anybody more than
 * they may read themselves, whoever and whenever it is about. Nothing is ever written by one, and nobody acts in a role in one, so there is no simulation within a simulation.
 */
function findObserved(
  policy: Policy, subject: Subject, action: Action, label: Decidable | undefined, { now, observer: _, ...own }: DecisionContext, { subject: officer, at, ...place }: Observer, extra?: DecisionExtra,
): readonly Reason[] {
  const found = findReasons(policy, subject, action, label, { ...own, now: Math.max(now, at ?? now) }, extra);
  const withWriting = action === "WRITE" ? add(found, "4.16", "action") : found;
  const withRole = isReadable(label) && label.need.some(isRoleToken) ? add(withWriting, "4.16", "role") : withWriting;
  return findReasons(policy, officer, "RETRIEVE", label, { ...place, now }).length === 0 ? withRole : add(withRole, "4.16", "observer");
}
function observedUntil(policy: Policy, { subject, at }: Observer, now: number): number {
  return Math.min(clearanceAt(policy, subject, now).until, at !== undefined && at > now ? at : Number.POSITIVE_INFINITY);
}

const PERMITTED_NATIONS: readonly string[] = [];
