/**
 * Which legal notices bind a subject (SPEC 3.12): those of every regime for which an eligibility is held now. Takes standing and what was acknowledged; gives what is still to be read. Looks at nothing
 * else, so that whoever is told of it learns nothing but what they are eligible for.
 */
import { endOfDay, startOfDay } from "./days";
import type { Policy } from "./policy";
import type { LegalNotice } from "./rules-file";
import type { Eligibility, Subject } from "./subject";

/** That somebody has read a notice in one of its versions. It is never taken back. */
export interface Acknowledgement { readonly notice: string; readonly version: string }

/** The notices that bind a subject at `now` (milliseconds since the epoch), by their ids. */
export function noticesFor(policy: Policy, subject: Pick<Subject, "eligibilities">, now: number): readonly LegalNotice[] {
  const held = new Set(subject.eligibilities.filter((each) => isHeld(each, now)).map(({ regime }) => regime));
  return [...policy.legalNotices.values()].filter(({ regimes }) => regimes.some((regime) => held.has(regime))).sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** Those of them that were not acknowledged in the version in force. */
export function unreadNotices(policy: Policy, subject: Pick<Subject, "eligibilities">, acknowledged: readonly Acknowledgement[], now: number): readonly LegalNotice[] {
  return noticesFor(policy, subject, now).filter(({ id, version }) => !acknowledged.some((each) => each.notice === id && each.version === version));
}

/** Held wherever it may be used: the duty is the person's. */
function isHeld({ status, notifiedOn, validUntil }: Eligibility, now: number): boolean {
  return status === "ACTIVE" && startOfDay(notifiedOn) <= now && now < endOfDay(validUntil);
}
