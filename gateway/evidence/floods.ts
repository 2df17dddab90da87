/**
 * Refusals of a flood (SPEC 7.6): whoever sends more than their share is refused as often as they like, and each of that in a record of its own would fill the disk until nobody is answered any more; so can whoever
 * has no token at all. Takes what is refused, by sender and reason; the first of a sender (the first sixty of those whom nobody knows) are recorded like any refusal, before they are sent; those behind them are counted, and a record
 * of kind FLOOD says how many they were: after every interval, and at the end.
 * Counts nothing while evidence cannot be written, and no more senders than it may remember: then every refusal is recorded.
 */
import { Refused } from "../errors";
import type { EvidenceLog } from "./log";
import type { EvidenceRecord } from "./record";

/** What a refusal says of whom and under what it was refused. */
export type FloodOf = Pick<EvidenceRecord, "subject" | "client">;
export type FloodUnder = Pick<EvidenceRecord, "policy" | "bundle" | "status" | "errors">;

export interface FloodOptions {
  readonly evidence: Pick<EvidenceLog, "append" | "isHealthy">;
  readonly clock: () => number;
  /** Milliseconds between two records about one sender: so much of the counts is lost when the process dies. */
  readonly every?: number;
}

interface Flood { readonly of: FloodOf; under: FloodUnder; times: number; /** Recorded by themselves. */ apart: number; since: number }

const EVERY_MS = 60_000;
/** Senders remembered; all their records together have room in the queue of a log. */
const MOST_SENDERS = 1_000;

export class Floods {
  readonly #floods = new Map<string, Flood>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: FloodOptions) {}

  /**
   * Accounts for a refusal.
   * @param record makes the record of this one refusal durable
   * @param apart so many of a sender, for the same reason, are recorded by themselves before any is counted
   * @returns whether it was only counted
   * @throws Refused EVIDENCE_UNAVAILABLE
   */
  async refuse(of: FloodOf, under: FloodUnder, record: () => Promise<unknown>, apart = 1): Promise<boolean> {
    const key = JSON.stringify([of.subject, of.client, under.errors]);
    const known = this.#floods.get(key);
    if (known !== undefined && known.apart >= apart) {
      if (!this.options.evidence.isHealthy()) throw new Refused("EVIDENCE_UNAVAILABLE", "nothing is counted of which no record can be kept");
      if (known.times === 0) known.since = this.options.clock();
      known.times += 1;
      known.under = under;
      return true;
    }
    const flood: Flood = known ?? { of, under, times: 0, apart: 0, since: this.options.clock() };
    flood.apart += 1;
    if (known === undefined && this.#floods.size < MOST_SENDERS) {
      this.#floods.set(key, flood);
      this.#timer ??= setInterval(() => { this.tell(); }, this.options.every ?? EVERY_MS).unref();
    }
    try { await record(); } catch (error) {
      flood.apart -= 1;
      if (flood.apart === 0 && flood.times === 0) this.#floods.delete(key);
      throw error;
    }
    return false;
  }

  /** Records what was counted since the last time. Whoever was not refused since then begins anew with a record of their own. */
  tell(): void {
    for (const [key, flood] of this.#floods) {
      if (flood.times === 0) this.#floods.delete(key); else this.#tellOf(flood);
    }
    if (this.#floods.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Records what is left; the log may be closed after it. */
  stop(): void {
    this.tell();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tellOf(flood: Flood): void {
    const { evidence, clock } = this.options;
    const { of, under, times, since } = flood;
    try {
      const { durable } = evidence.append(() => ({ kind: "FLOOD", txn: "flood", at: new Date(clock()).toISOString(), since: new Date(since).toISOString(), times, ...under, ...of }));
      // It has its place in the log: only a log that fails for ever loses it.
      durable.catch(() => undefined);
      flood.times = 0;
    } catch { /* Told with the next record: the count stands. */ }
  }
}
