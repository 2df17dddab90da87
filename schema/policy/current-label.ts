/**
 * Lifecycle (SPEC 4.7): which label a value has now. It lies outside the lattice: a value whose status is not ACTIVE, or whose last
 * day has passed, is given its successor's label before it is decided about. Fails closed: without a known successor the value
 * is held for review, and a label that is not current decides as denied.
 */
import { equalLabels, join, type Label, type Lifecycle } from "../label";
import { endOfDay } from "./days";
import { labelOf } from "./label-id";

interface Dated { readonly lifecycle?: Lifecycle | undefined }

/** The token that only the reviewing office holds. */
export const HOLD_TOKEN = "HOLD.REVIEW";
const CHAIN_LIMIT = 8;

function isActive(label: Dated): boolean {
  const status = label.lifecycle?.status;
  return status === undefined || status === "ACTIVE";
}

/** True while the label itself is in force: ACTIVE and not past its last day. `now` in milliseconds since the epoch. */
export function isInLifetime(label: Dated, now: number): boolean {
  const validUntil = label.lifecycle?.validUntil;
  if (!isActive(label)) return false;
  return validUntil === undefined || validUntil === "OWNER_CONSENT" || now < endOfDay(validUntil);
}

/** The instant at which the label stops being in force by itself; infinite when it does not, or already has. */
export function lifetimeEnd(label: Dated | undefined, now: number): number {
  const validUntil = label?.lifecycle?.validUntil;
  if (validUntil === undefined || validUntil === "OWNER_CONSENT") return Number.POSITIVE_INFINITY;
  const end = endOfDay(validUntil);
  return now < end ? end : Number.POSITIVE_INFINITY;
}

/**
 * The label to decide about.
 * Takes the label a row carries, a look-up of interned labels and the instant; follows successors of successors.
 * A last day that passes never leads to PUBLIC by itself.
 */
export function currentLabel(label: Label, successor: (id: string) => Label | undefined, now: number): Label {
  let current = label;
  for (let step = 0; step < CHAIN_LIMIT; step += 1) {
    if (isInLifetime(current, now)) return current;
    const next = current.lifecycle?.onLapse === undefined ? undefined : successor(current.lifecycle.onLapse);
    // The clock alone publishes nothing: that takes somebody who terminates the label.
    if (next === undefined || (next.level === 0 && isActive(current))) break;
    current = next;
  }
  return isInLifetime(current, now) ? current : holdForReview(label);
}

/** The label with the hold token; an existence label that differs from the record's own stays as it is. */
function holdForReview(label: Label): Label {
  const { id, existence, lifecycle, ...core } = label;
  void id;
  void lifecycle;
  const held = join(core, { ...core, need: [HOLD_TOKEN] });
  return labelOf(held, equalLabels(core, existence) ? {} : { existence });
}
