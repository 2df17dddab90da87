/**
 * What an officer may use a tool for (SPEC 3.1, 8.4): people of the bodies that the role is over, and items of these bodies. Takes standing and labels, gives
 * yes or no. Everything that is not theirs, is unknown or does not exist is one and the same refusal, so that asking tells nothing.
 */
import { isUnder, type LabelCore, type OrgPath } from "../../schema/label";
import { clearanceAt, type Policy, type Role, type Subject } from "../../schema/policy";
import { Refused } from "../errors";
import type { Asker } from "../subject/askers";

/** An officer at work. */
export interface Officer {
  readonly asker: Asker;
  /** Bodies over which the role is held now. */
  readonly orgs: readonly OrgPath[];
}

/**
 * The asker as an officer.
 * @throws Refused NOT_FOUND for whoever does not hold the role: to them there is no such tool
 */
export function officerOf(policy: Policy, asker: Asker, role: Role["role"]): Officer {
  const orgs = clearanceAt(policy, asker.subject, asker.ctx.now).roles.filter((held) => held.role === role).map((held) => held.org);
  if (orgs.length === 0) throw new Refused("NOT_FOUND", `the role ${role} is not held`);
  return { asker, orgs };
}

/** Whether the subject belongs to, or is hosted by, a body of the officer's. */
export function isInCharge(policy: Policy, { asker, orgs }: Officer, subject: Subject): boolean {
  const { body } = clearanceAt(policy, subject, asker.ctx.now);
  return body !== undefined && orgs.some((org) => isUnder(body, org));
}

/** Whether one of the owners of a label is a body of the officer's. */
export function isOwn({ orgs }: Officer, label: LabelCore): boolean {
  return Object.keys(label.owners).some((owner) => orgs.some((org) => isUnder(owner, org)));
}

/** The one refusal for whatever is unknown, hidden, malformed in content or not the officer's. */
export function notYours(why: string): Refused { return new Refused("BAD_USER_INPUT", why); }
