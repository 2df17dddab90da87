/**
 * Roll-up of an answer (SPEC 9): the join of everything returned, and the dates that belong to it (R12).
 * Takes the labels of the values actually returned, places redacted included with their existence labels; gives one banner's worth.
 */
import { fgiNations } from "./effective";
import type { LabelCore, Owner } from "./label";
import { joinAll } from "./lattice";

export interface RollUpPart {
  readonly core: LabelCore;
  /** `YYYY-MM-DD` or `OWNER_CONSENT`. */
  readonly validUntil?: string | undefined;
  readonly reviewBy?: string | undefined;
}

export interface RollUp {
  readonly core: LabelCore;
  /** Latest expiry; `OWNER_CONSENT` outlasts every date. */
  readonly validUntil: string | undefined;
  /** Earliest review. */
  readonly reviewBy: string | undefined;
  /** Owners whose consent the foreign portions end with. */
  readonly consentOf: readonly Owner[];
}

/** Takes any number of parts; of none, the roll-up is PUBLIC without dates. */
export function rollUp(parts: readonly RollUpPart[]): RollUp {
  const core = joinAll(parts.map((part) => part.core));
  const dates = parts.flatMap((part) => part.validUntil ?? []).sort();
  return {
    core,
    // "OWNER_CONSENT" sorts behind every date.
    validUntil: dates.at(-1),
    reviewBy: parts.flatMap((part) => part.reviewBy ?? []).sort()[0],
    consentOf: fgiNations(core),
  };
}
