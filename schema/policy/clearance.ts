/**
 * What a subject's standing amounts to at an instant (SPEC 3.2-3.6): maximum level, usable regimes, current tokens.
 * Takes immutable values and remembers the result for as long as no date involved is passed, so that a decision looks things up
 * instead of comparing dates. A subject whose standing changed is a new value.
 */
import { isUnder, isUnderAny, type LabelCore, type Level, type OrgPath, type Regime } from "../label";
import type { Agreement } from "./agreements";
import { endOfDay, startOfDay } from "./days";
import type { Policy } from "./policy";
import { isRoleToken, roleToken } from "./role-token";
import type { Eligibility, OrconGrant, Role, Subject } from "./subject";
import { agreementById, suspendedFor } from "./suspended";

export interface Clearance {
  /** Holds from `since` (included) to `until` (excluded), milliseconds since the epoch. */
  readonly since: number;
  readonly until: number;
  readonly policy: Policy;
  readonly maxLevel: Level;
  /** Highest level that the agreement lets out to this subject; 4 for Japan. */
  readonly partnerLevel: number;
  readonly regimes: ReadonlySet<Regime>;
  readonly tokens: ReadonlySet<string>;
  /** The Japanese body that answers for the subject. */
  readonly body: OrgPath | undefined;
  readonly roles: readonly Role[];
  readonly grants: readonly OrconGrant[];
}

const remembered = new WeakMap<Subject, Clearance>();

/** The clearance at `now` (milliseconds since the epoch). Same input, same output; never throws. */
export function clearanceAt(policy: Policy, subject: Subject, now: number): Clearance {
  const known = remembered.get(subject);
  if (known !== undefined && known.policy === policy && known.since <= now && now < known.until) return known;
  const fresh = computeClearance(policy, subject, now);
  remembered.set(subject, fresh);
  return fresh;
}

/** The highest level the subject may be given at `now`: rule 1 without the zone. */
export function maxLevel(policy: Policy, subject: Subject, now: number): Level {
  return clearanceAt(policy, subject, now).maxLevel;
}

function isCurrent(from: string, until: string, now: number): boolean {
  return startOfDay(from) <= now && now < endOfDay(until);
}

function computeClearance(policy: Policy, subject: Subject, now: number): Clearance {
  const foreign = subject.nation !== "JPN";
  const body = foreign || subject.kind === "liaison" ? subject.hostOrg : subject.org;
  const usable = subject.eligibilities.filter((held) => isUsable(held, subject.org, now));
  const agreement = foreign ? agreementOf(policy, subject, now) : undefined;
  const roles = subject.roles.filter((held) => isCurrent(held.from, held.until, now));
  return {
    ...windowAround(policy, subject, now),
    policy,
    maxLevel: highestLevel(subject, usable, foreign, now),
    partnerLevel: foreign ? highestOutward(agreement, subject.attestedLevel) : 4,
    regimes: foreign ? scopeOf(agreement, subject) : coveredRegimes(policy, usable),
    tokens: new Set([
      ...subject.assignments.filter((held) => isCurrent(held.from, held.until, now) && isAssignable(policy, held.token, body)).map((held) => held.token),
      ...roles.map((held) => roleToken(held.role)),
    ]),
    body,
    roles,
    grants: (subject.orconGrants ?? []).filter((held) => now < endOfDay(held.until)),
  };
}

function isUsable(held: Eligibility, org: OrgPath | undefined, now: number): boolean {
  return held.status === "ACTIVE" && isCurrent(held.notifiedOn, held.validUntil, now) && org !== undefined && isUnderAny(org, held.usableAt);
}

function highestLevel(subject: Subject, usable: readonly Eligibility[], foreign: boolean, now: number): Level {
  const attested = foreign || subject.kind === "liaison";
  const own = attested ? [subject.attestedLevel ?? 1] : usable.map((held) => held.maxLevel);
  // Never below CUI: holding an eligibility must not take away what everybody has.
  const highest = Math.max(1, ...own);
  return Math.min(highest, subject.kind === "contractor" ? facilityLevel(subject, now) : 4) as Level;
}

/** A facility caps the level; one that is missing, expired or under foreign control leaves CUI. */
function facilityLevel(subject: Subject, now: number): Level {
  const { facility } = subject;
  const sound = facility !== undefined && now < endOfDay(facility.validUntil) && (facility.foci === "NONE" || facility.foci === "MITIGATED");
  return sound ? facility.level : 1;
}

/** Regimes that need no eligibility, and those covered by one, directly or by implication. */
function coveredRegimes(policy: Policy, usable: readonly Eligibility[]): ReadonlySet<Regime> {
  const free = [...policy.regimes.values()].filter((rule) => !rule.eligibility).map((rule) => rule.code);
  return new Set([...free, ...usable.flatMap((held) => policy.implications.get(held.regime) ?? [])]);
}

function agreementOf(policy: Policy, subject: Subject, now: number): Agreement | undefined {
  const agreement = subject.agreementId === undefined ? undefined : agreementById(policy, subject.agreementId, now, suspendedFor(subject));
  if (agreement === undefined) return undefined;
  const covered = agreement.nation === subject.nation || policy.groups.get(agreement.nation)?.members.includes(subject.nation) === true;
  return covered ? agreement : undefined;
}

function scopeOf(agreement: Agreement | undefined, subject: Subject): ReadonlySet<Regime> {
  const scope = [...(agreement?.regimes ?? [])];
  const stated = subject.agreementRegimes;
  return new Set(stated === undefined ? scope : scope.filter((regime) => stated.includes(regime)));
}

/**
 * The highest level that an agreement lets out to a clearance: the highest entry such that it and every lower entry come back
 * at or below the attested level. Without an agreement in force, or without entries, only PUBLIC (0).
 */
export function highestOutward(agreement: Agreement | undefined, attested: Level | undefined): Level {
  let highest: Level = 0;
  if (agreement === undefined || attested === undefined) return highest;
  for (const level of [0, 1, 2, 3, 4] as const) {
    const wanted = agreement.equivalents[level];
    if (wanted === undefined) continue;
    if (wanted > attested) return highest;
    highest = level;
  }
  return highest;
}

/** Whether an assignment to the token counts: never to that of a role, and to a hold only at the reviewing office. */
function isAssignable(policy: Policy, token: string, body: OrgPath | undefined): boolean {
  if (isRoleToken(token)) return false;
  if (!token.startsWith(policy.hold.prefix)) return true;
  return body !== undefined && policy.hold.offices.some((office) => isUnder(body, office));
}

/** The longest span around `now` in which no date of the standing or of an agreement is passed. */
function windowAround(policy: Policy, subject: Subject, now: number): { readonly since: number; readonly until: number } {
  let since = Number.NEGATIVE_INFINITY;
  let until = Number.POSITIVE_INFINITY;
  const pass = (at: number): void => {
    if (at <= now && at > since) since = at;
    if (at > now && at < until) until = at;
  };
  for (const held of subject.eligibilities) { pass(startOfDay(held.notifiedOn)); pass(endOfDay(held.validUntil)); }
  for (const held of subject.assignments) { pass(startOfDay(held.from)); pass(endOfDay(held.until)); }
  for (const held of subject.roles) { pass(startOfDay(held.from)); pass(endOfDay(held.until)); }
  for (const held of subject.orconGrants ?? []) pass(endOfDay(held.until));
  if (subject.facility !== undefined) pass(endOfDay(subject.facility.validUntil));
  for (const at of policy.agreements.boundaries) pass(at);
  return { since, until };
}

/** Rule 6: has the owner recorded a grant for this action and item? `item` undefined names nothing, so nothing is granted. */
export function holdsGrant(held: Clearance, owner: string, action: "EXPORT" | "DERIVE", item: string | undefined): boolean {
  return held.grants.some((grant) => grant.owner === owner && grant.action === action && grant.item === item);
}

/** Rule 8: DECLASSIFY over the items of every owner of the label. Nobody holds it for a foreign owner, or where there is no owner to act for. */
export function mayDeclassify(held: Clearance, label: LabelCore): boolean {
  const owners = Object.keys(label.owners);
  return owners.length > 0 && owners.every((owner) => held.roles.some((role) => role.role === "DECLASSIFY" && isUnder(owner, role.org)));
}
