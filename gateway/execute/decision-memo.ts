/**
 * Remembers decisions per asker digest and label until the earliest instant at which one may change by itself (labels.md C.4, theorem). The digest
 * covers everything about the asker that a decision looks at except the clock, so one standing never sees another's outcomes.
 */
import { LRUCache } from "lru-cache";
import { type Action, type DecisionContext, type Policy, type Subject, currentLabel, decide } from "../../schema/policy";
import type { RuledAs, Variant } from "../plan/shape";
import { type Entry, LabelPool, type LabelRef, type SeenLabel } from "./label-pool";
import type { Ruling } from "./ruling";

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
/** Of one asker. Beyond it that asker is decided anew. */
const KEPT_DECISIONS = 50_000;
/** Of all askers; each takes about half a kilobyte. Beyond it all are decided anew: what is asked and how is the asker's choice, and must not fill the memory. */
const KEPT_RULINGS = 40_000;

interface Kept<T> { readonly value: T; readonly until: number }

/** A standing under which a ministry may receive. */
interface Standing { readonly subject: Subject; readonly zoneLevel: DecisionContext["zoneLevel"] }

/** What ministries may receive, by their standings: a change of standing is another list. */
type Receivers = WeakMap<readonly Standing[], Map<LabelRef, Kept<boolean>>>;

/** Decisions and interned labels of one policy; made once per gateway process. */
export class DecisionMemo {
  #pool = new LabelPool();
  #askers = new LRUCache<string, AskerDecisions>({ max: KEPT_ASKERS });
  #receivers: Receivers = new WeakMap();
  #ruled: Tally = { count: 0 };

  constructor(private readonly policy: Policy) {}

  /** The pool and the decisions for one request; both stay consistent until it ends, whatever is dropped meanwhile. */
  forRequest(asker: Asker): { readonly pool: LabelPool; readonly decisions: Decisions } {
    if (this.#pool.size > LARGEST_POOL) this.clear();
    if (this.#ruled.count > KEPT_RULINGS) this.#forgetDecisions();
    // A payload of a mutation is read like any answer; the effect itself was decided before.
    const action: Action = asker.action === "WRITE" ? "RETRIEVE" : asker.action;
    const key = `${action}\n${this.policy.version}\n${asker.digest}`;
    let known = this.#askers.get(key);
    if (known === undefined || known.size > KEPT_DECISIONS) {
      known = new AskerDecisions(this.#ruled);
      this.#askers.set(key, known);
    }
    return { pool: this.#pool, decisions: new Decisions(this.policy, { ...asker, action }, known, this.#receivers, this.#pool) };
  }

  /** Forgets everything; requests under way keep what they have. */
  clear(): void {
    this.#pool = new LabelPool();
    this.#forgetDecisions();
    this.#receivers = new WeakMap();
  }

  #forgetDecisions(): void {
    this.#askers = new LRUCache<string, AskerDecisions>({ max: KEPT_ASKERS });
    this.#ruled = { count: 0 };
  }
}

/** How many rulings are remembered. */
interface Tally { count: number }

class AskerDecisions {
  constructor(readonly ruledByAll: Tally) {}
  readonly cores = new Map<LabelRef, Kept<boolean>>();
  readonly labels = new Map<SeenLabel, Kept<Outcome>>();
  /** By what is asked of the object. */
  readonly rulings = new WeakMap<RuledAs, Map<Entry, Kept<Ruling>>>();
  ruled = 0;
  get size(): number { return this.cores.size + this.labels.size + this.ruled; }
}

/** Decisions for one request. */
export class Decisions {
  readonly #now: number;
  readonly #held = new Map<SeenLabel, SeenLabel>();
  /** Earliest end of the decisions used since a ruling began. */
  #until = Number.POSITIVE_INFINITY;

  constructor(
    private readonly policy: Policy, private readonly asker: Asker, private readonly kept: AskerDecisions,
    private readonly receivers: Receivers, private readonly pool: LabelPool,
  ) { this.#now = asker.ctx.now; }

  /** Whether a bare core (a floor, an existence label) is permitted. */
  permits(ref: LabelRef): boolean {
    return this.#recall(this.kept.cores, ref, () => {
      const { outcome, until } = decide(this.policy, this.asker.subject, this.asker.action, ref.core, this.asker.ctx);
      return { value: outcome === "permit", until };
    });
  }

  /** Outcome for a label of a ministry that is in force; see `current`. */
  outcome(seen: SeenLabel): Outcome {
    return this.#recall(this.kept.labels, seen, () => {
      const { outcome, until } = decide(this.policy, this.asker.subject, this.asker.action, seen.label, this.asker.ctx);
      return { value: outcome, until };
    });
  }

  /** Says whether one of a ministry's standings is permitted to RETRIEVE a label. */
  receiver(standings: readonly Standing[]): (ref: LabelRef) => boolean {
    const known = this.receivers.get(standings) ?? new Map<LabelRef, Kept<boolean>>();
    this.receivers.set(standings, known);
    return (ref) => {
      const before = known.get(ref);
      if (before !== undefined && this.#now < before.until) return before.value;
      const decisions = standings.map(({ subject, zoneLevel }) => decide(this.policy, subject, "RETRIEVE", ref.core, { now: this.#now, zoneLevel }));
      const value = decisions.some(({ outcome }) => outcome === "permit");
      known.set(ref, { value, until: Math.min(...decisions.map(({ until }) => until)) });
      return value;
    };
  }

  /** A ruling, remembered until the first decision in it may change. */
  ruling(variant: Variant, entry: Entry, rule: () => Ruling): Ruling {
    let known = this.kept.rulings.get(variant.ruledAs);
    if (known === undefined) this.kept.rulings.set(variant.ruledAs, known = new Map<Entry, Kept<Ruling>>());
    const before = known.get(entry);
    if (before !== undefined && this.#now < before.until) return before.value;
    this.#until = Number.POSITIVE_INFINITY;
    const value = rule();
    known.set(entry, { value, until: this.#until });
    this.kept.ruled += 1;
    this.kept.ruledByAll.count += 1;
    return value;
  }

  /**
   * The label to decide about (labels.md C.4 rule 7): a lapsed label is held for review, because only its ministry knows the successor and a
   * ministry that does sends the successor itself.
   */
  current(seen: SeenLabel): SeenLabel {
    if (seen.label.lifecycle === undefined) return seen;
    const known = this.#held.get(seen);
    if (known !== undefined) return known;
    const label = currentLabel(seen.label, () => undefined, this.#now);
    const current = label === seen.label ? seen : this.pool.adopt(label);
    this.#held.set(seen, current);
    return current;
  }

  #recall<K, T>(kept: Map<K, Kept<T>>, key: K, make: () => Kept<T>): T {
    let known = kept.get(key);
    if (known === undefined || this.#now >= known.until) kept.set(key, known = make());
    if (known.until < this.#until) this.#until = known.until;
    return known.value;
  }
}
