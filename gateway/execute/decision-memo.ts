/**
 * Remembers decisions per asker digest and label until the earliest instant at which one may change by itself (labels.md C.4, theorem). The digest
 * covers everything about the asker that a decision looks at except the clock, so one standing never sees another's outcomes.
 */
import { LRUCache } from "lru-cache";
import { type Action, type DecisionContext, type Policy, type Subject, currentLabel, decide } from "../../schema/policy";
import { LabelPool, type LabelRef, type SeenLabel } from "./label-pool";

export interface Asker {
  readonly subject: Subject;
  readonly action: Action;
  readonly ctx: DecisionContext;
  /** Of subject, action and ctx without the clock. */
  readonly digest: string;
}
export type Outcome = "permit" | "redact" | "hide";

const LARGEST_POOL = 200_000;
const KEPT_ASKERS = 200;
const KEPT_DECISIONS = 100_000;

/** Decisions and interned labels of one policy; made once per gateway process. */
export class DecisionMemo {
  #pool = new LabelPool();
  #askers = new LRUCache<string, AskerDecisions>({ max: KEPT_ASKERS });

  constructor(private readonly policy: Policy) {}

  /** The pool and the decisions for one request; both stay consistent until it ends, whatever is dropped meanwhile. */
  forRequest(asker: Asker): { readonly pool: LabelPool; readonly decisions: Decisions } {
    if (this.#pool.size > LARGEST_POOL) this.clear();
    // A payload of a mutation is read like any answer; the effect itself was decided before.
    const action: Action = asker.action === "WRITE" ? "RETRIEVE" : asker.action;
    const key = `${action}\n${this.policy.version}\n${asker.digest}`;
    let known = this.#askers.get(key);
    if (known === undefined || known.size > KEPT_DECISIONS) {
      known = new AskerDecisions();
      this.#askers.set(key, known);
    }
    return { pool: this.#pool, decisions: new Decisions(this.policy, { ...asker, action }, known, this.#pool) };
  }

  clear(): void {
    this.#pool = new LabelPool();
    this.#askers = new LRUCache<string, AskerDecisions>({ max: KEPT_ASKERS });
  }
}

interface Kept { readonly outcome: Outcome; readonly until: number }

class AskerDecisions {
  readonly cores = new Map<LabelRef, Kept>();
  readonly labels = new Map<SeenLabel, Kept>();
  get size(): number { return this.cores.size + this.labels.size; }
}

/** Decisions for one request. */
export class Decisions {
  readonly #now: number;
  constructor(private readonly policy: Policy, private readonly asker: Asker, private readonly kept: AskerDecisions, private readonly pool: LabelPool) {
    this.#now = asker.ctx.now;
  }

  /** Whether a bare core (a floor, an existence label) is permitted. */
  permits(ref: LabelRef): boolean {
    const known = this.kept.cores.get(ref);
    if (known !== undefined && this.#now < known.until) return known.outcome === "permit";
    const { outcome, until } = decide(this.policy, this.asker.subject, this.asker.action, ref.core, this.asker.ctx);
    this.kept.cores.set(ref, { outcome, until });
    return outcome === "permit";
  }

  /** Outcome for a label of a ministry that is in force; see `current`. */
  outcome(seen: SeenLabel): Outcome {
    const known = this.kept.labels.get(seen);
    if (known !== undefined && this.#now < known.until) return known.outcome;
    const { outcome, until } = decide(this.policy, this.asker.subject, this.asker.action, seen.label, this.asker.ctx);
    this.kept.labels.set(seen, { outcome, until });
    return outcome;
  }

  /**
   * The label to decide about (labels.md C.4 rule 7): a lapsed label is held for review, because only its ministry knows the successor and a
   * ministry that does sends the successor itself.
   */
  current(seen: SeenLabel): SeenLabel {
    if (seen.label.lifecycle === undefined) return seen;
    const label = currentLabel(seen.label, () => undefined, this.#now);
    return label === seen.label ? seen : this.pool.adopt(label);
  }
}
