/**
 * What one ministry states about agreements with partners (SPEC 3.14), by key. Gives those that do not count: everything that is not stated active. Refuses an entry that it does not understand, because
 * to leave out a suspension would give what was taken away; the stream that brought it ends, and nothing of it counts.
 */
import { isRecord } from "./entries";

const COUNTS = "ACTIVE";
const STATUSES: readonly unknown[] = [COUNTS, "SUSPENDED", "TERMINATED"];
const MOST_AGREEMENTS = 10_000;

export class StatedAgreements {
  /** Agreement by key where it does not count; undefined where it does. */
  readonly #out = new Map<string, string | undefined>();
  #suspended: readonly string[] = [];

  /** Ids in order. The same list until something changes. */
  get suspended(): readonly string[] { return this.#suspended; }

  /**
   * @param entry undefined when it is gone
   * @throws Error for one that is not understood
   */
  put(key: string, entry: unknown): void {
    if (entry === undefined) this.#out.delete(key); else this.#out.set(key, readOut(entry));
    if (this.#out.size > MOST_AGREEMENTS) throw new RangeError("more agreements than can be kept");
    this.#suspended = [...new Set([...this.#out.values()].filter((agreement) => agreement !== undefined))].sort();
  }
}

function readOut(entry: unknown): string | undefined {
  const { agreement, status } = isRecord(entry) ? entry : {};
  if (typeof agreement !== "string" || !STATUSES.includes(status)) throw new Error("a statement about an agreement that is not known");
  return status === COUNTS ? undefined : agreement;
}
