/**
 * Agreements that do not count now although the signed policy has them (SPEC 3.14): those that the foreign ministry states suspended or terminated, and all of them while it states nothing. Takes an agreement
 * away and never brings one into force: what the policy does not have stays absent, whatever is stated.
 */
import type { Nation } from "../label";
import type { Agreement } from "./agreements";
import type { Policy } from "./policy";
import type { Subject } from "./subject";

/** Ids; ALL where nobody knows which. */
export type Suspended = "ALL" | readonly string[];

/** For what is decided by the signed policy alone, without anybody's standing. */
export const NONE_SUSPENDED: Suspended = [];

/** What does not count in decisions about a subject. */
export function suspendedFor({ suspendedAgreements }: Pick<Subject, "suspendedAgreements">): Suspended { return suspendedAgreements ?? NONE_SUSPENDED; }

/** The version of the agreement that is in force at `now` and not suspended. */
export function agreementById(policy: Policy, id: string, now: number, suspended: Suspended): Agreement | undefined { return unlessSuspended(policy.agreements.byId(id, now), suspended); }

/** The agreement with a nation or a registered group that is in force at `now` and not suspended. */
export function agreementByNation(policy: Policy, nation: Nation, now: number, suspended: Suspended): Agreement | undefined { return unlessSuspended(policy.agreements.byNation(nation, now), suspended); }

function unlessSuspended(agreement: Agreement | undefined, suspended: Suspended): Agreement | undefined {
  return agreement === undefined || suspended === "ALL" || suspended.includes(agreement.id) ? undefined : agreement;
}
