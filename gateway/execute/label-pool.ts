/**
 * Labels as small interned objects, so that the hot path compares and joins by identity (SPEC 5, attack B-130). A label from a ministry is
 * believed only when its id is the hash of its content; that is checked at first sight, and afterwards the id alone names what was checked.
 */
import { BOTTOM, type Label, type LabelCore, canonicalJson, join } from "../../schema/label";
import { verifyLabelId } from "../../schema/policy";

/** One label core; equal cores are one object. */
export class LabelRef {
  readonly joins = new Map<LabelRef, LabelRef>();
  constructor(readonly number: number, readonly core: LabelCore) {}
}

/** A verified label of a ministry. */
export class SeenLabel {
  constructor(readonly label: Label, readonly core: LabelRef, readonly existence: LabelRef) {}
}

export class LabelPool {
  readonly bottom: LabelRef;
  readonly #byCore = new WeakMap<LabelCore, LabelRef>();
  readonly #byText = new Map<string, LabelRef>();
  readonly #seen = new Map<string, SeenLabel>();
  #joins = 0;

  constructor() { this.bottom = this.refOf(BOTTOM); }

  /** How much it holds; its owner replaces a pool that grew too large. */
  get size(): number { return this.#byText.size + this.#seen.size + this.#joins; }

  refOf(core: LabelCore): LabelRef {
    const known = this.#byCore.get(core);
    if (known !== undefined) return known;
    const { policy, level, regimes, need, owners, purposes, handling } = core;
    const bare: LabelCore = { policy, level, regimes, need, owners, purposes, handling };
    const text = canonicalJson(bare);
    const ref = this.#byText.get(text) ?? new LabelRef(this.#byText.size, bare);
    this.#byText.set(text, ref);
    this.#byCore.set(core, ref);
    return ref;
  }

  join(a: LabelRef, b: LabelRef): LabelRef {
    if (a === b || b === this.bottom) return a;
    if (a === this.bottom) return b;
    const known = a.joins.get(b);
    if (known !== undefined) return known;
    const joined = this.refOf(join(a.core, b.core));
    a.joins.set(b, joined);
    this.#joins += 1;
    return joined;
  }

  /** The label a ministry sent, or undefined when it is none or its id lies. */
  see(raw: unknown): SeenLabel | undefined {
    const id = typeof raw === "object" && raw !== null && "id" in raw ? raw.id : undefined;
    if (typeof id !== "string") return undefined;
    const known = this.#seen.get(id);
    if (known !== undefined) return known;
    if (!verifyLabelId(raw)) return undefined;
    const seen = this.adopt(raw);
    this.#seen.set(id, seen);
    return seen;
  }

  /** A label of our own making. */
  adopt(label: Label): SeenLabel { return new SeenLabel(label, this.refOf(label), this.refOf(label.existence)); }
}
