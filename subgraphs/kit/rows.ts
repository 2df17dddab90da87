/**
 * The row and column guards as sets (SPEC 6): which labels' content and which labels' existence this asker is permitted, by the same `decide` as everywhere.
 * The database only tests membership. Remembered per subject and circumstances until the earliest day on which any of the answers could change.
 */
import { LRUCache } from "lru-cache";
import { type Action, type DecisionContext, type Policy, type Subject, decide } from "../../schema/policy";
import type { LabelSnapshot, LabelTable } from "./label-table";

/** Who asks, as a verified statement says. */
export interface Asker {
  readonly subject: Subject;
  readonly action: Action;
  /** Without the instant: the ministry has a clock of its own. */
  readonly ctx: Omit<DecisionContext, "now">;
  /** Equal for equal subjects in equal circumstances. */
  readonly digest: string;
}

export interface Visible {
  /** What the answers were made of: another policy makes other ones. */
  readonly policy: Policy;
  readonly labels: LabelSnapshot;
  /** Numbers of labels that rows may have for the asker to know of them; as a list and as the database's setting. */
  readonly known: readonly number[];
  readonly knownText: string;
  readonly knownMask: string;
  readonly readable: readonly number[];
  readonly readableText: string;
  readonly readableMask: string;
  readonly until: number;
}

/** Switches a guard off. For tests alone, to prove that the other layer holds and that the tests notice; no setting reaches it. */
export interface GuardSeams { readonly rows?: boolean; readonly columns?: boolean }

const REMEMBERED_ASKERS = 4_096;

export class RowGuard {
  readonly #table: LabelTable;
  readonly #seams: GuardSeams;
  readonly #remembered = new LRUCache<string, Visible>({ max: REMEMBERED_ASKERS });

  constructor(table: LabelTable, seams: GuardSeams = {}) {
    this.#table = table;
    this.#seams = seams;
  }

  /** What the asker may know and read by a policy at `now`, milliseconds since the epoch. */
  visible(policy: Policy, asker: Asker, now: number): Visible {
    const labels = this.#table.at(now);
    const remembered = this.#remembered.get(asker.digest);
    if (remembered !== undefined && remembered.policy === policy && remembered.labels === labels && now < remembered.until) return remembered;
    const fresh = this.#decideAll(policy, asker, labels, now);
    this.#remembered.set(asker.digest, fresh);
    return fresh;
  }

  #decideAll(policy: Policy, { subject, action, ctx }: Asker, labels: LabelSnapshot, now: number): Visible {
    // What a mutation gives back is read, and JSON is kept.
    const reading: Action = action === "WRITE" ? "RETRIEVE" : action;
    const { rows = true, columns = true } = this.#seams;
    const known: number[] = [];
    const readable: number[] = [];
    let until = labels.until;
    const all = rows && columns ? candidates(subject, labels) : labels.numbers();
    for (const number of all) {
      const decision = decide(policy, subject, reading, labels.get(number), { ...ctx, now });
      until = Math.min(until, decision.until);
      if (!rows || decision.outcome !== "hide") known.push(number);
      if (!columns || decision.outcome === "permit") readable.push(number);
    }
    return { policy, labels, known, knownText: known.join(), knownMask: maskOf(known), readable, readableText: readable.join(), readableMask: maskOf(readable), until };
  }
}

/** The numbers as bits in hexadecimal: bit n of a byte is the number 8 * byte + n, as `get_bit` counts. */
export function maskOf(numbers: readonly number[]): string {
  const mask = Buffer.alloc((numbers.reduce((most, number) => Math.max(most, number), 0) >> 3) + 1);
  for (const number of numbers) mask[number >> 3] = (mask[number >> 3] ?? 0) | (1 << (number & 7));
  return mask.toString("hex");
}

/** Labels grow with designations, each of which names a token of its own, so they are looked up from the subject's side. */
function candidates(subject: Subject, labels: LabelSnapshot): ReadonlySet<number> {
  return new Set([...labels.withoutNeed, ...subject.assignments.flatMap(({ token }) => labels.needing(token))]);
}
