/**
 * Labels as small interned objects, so that the hot path compares and joins by identity (SPEC 5, attack B-130). A label from a ministry is
 * believed only when its id is the hash of its content; that is checked at first sight, and afterwards the id alone names what was checked.
 */
import { BOTTOM, type Label, type LabelCore, type LocalizedText, canonicalJson, join } from "../../schema/label";
import { verifyLabelId } from "../../schema/policy";
import { KnownTables } from "./answer";
import type { ReasonClass } from "./request";

/** One label core; equal cores are one object. */
export class LabelRef {
  /** Joins made so far, by the number of the other. */
  readonly joins: (LabelRef | undefined)[] = [];
  constructor(readonly number: number, readonly core: LabelCore) {}
}

/** The effective label of a value, the ids of the ministries' labels behind it, and the label of the fact that there is a record which carries it. */
export class ValueLabel {
  /** The projection that counted it last; see `project.ts`. */
  countedIn = 0;
  /** See `LabelPool.whole`. */
  whole: LabelRef | undefined;
  constructor(readonly ref: LabelRef, readonly ids: readonly string[], readonly existence: LabelRef) {}
}

/** Stands at a value that is null to the asker without a word: the record that has it exists, which not every ministry may be told. */
export class Unsaid {
  constructor(readonly existence: LabelRef) {}
}

/** A verified label of a ministry. */
export class SeenLabel {
  constructor(readonly label: Label, readonly core: LabelRef, readonly existence: LabelRef) {}
}

/** One line of a response's label table, read and verified. */
export interface Entry {
  readonly record: SeenLabel;
  /** Labels of fields that do not have the record's. */
  readonly fields: ReadonlyMap<string, SeenLabel>;
  readonly contact: LocalizedText | null;
  readonly reasonClass: ReasonClass;
  readonly requestable: boolean;
  /** Of an answer within an answer: the ids of the labels that its own was joined from. */
  readonly sources?: readonly string[] | undefined;
}

export class LabelPool {
  readonly bottom: LabelRef;
  /** The label of what nobody labelled: PUBLIC, in graphs without labels. */
  readonly unlabelled: ValueLabel;
  readonly tables = new KnownTables();
  readonly #byCore = new WeakMap<LabelCore, LabelRef>();
  readonly #byText = new Map<string, LabelRef>();
  readonly #seen = new Map<string, SeenLabel>();
  readonly #entries = new Map<string, Entry>();
  #joins = 0;
  /** The last join, and what was joined. */
  #last: LabelRef;
  #lastA: LabelRef | undefined;
  #lastB: LabelRef | undefined;

  constructor() {
    this.bottom = this.refOf(BOTTOM);
    this.#last = this.bottom;
    this.unlabelled = new ValueLabel(this.bottom, [], this.bottom);
  }

  /** How much it holds; its owner replaces a pool that grew too large. */
  get size(): number { return this.#byText.size + this.#seen.size + this.#entries.size + this.#joins; }

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
    // Neighbours in a list are mostly labelled alike.
    if (a !== this.#lastA || b !== this.#lastB) {
      this.#last = a.joins[b.number] ?? this.#joinNew(a, b);
      this.#lastA = a;
      this.#lastB = b;
    }
    return this.#last;
  }

  #joinNew(a: LabelRef, b: LabelRef): LabelRef {
    const joined = this.refOf(join(a.core, b.core));
    a.joins[b.number] = joined;
    this.#joins += 1;
    return joined;
  }

  /** What is told with a value: itself, and that there is a record which carries it. */
  whole(label: ValueLabel): LabelRef { return (label.whole ??= this.join(label.existence, label.ref)); }

  /** The label of a value that has both labels. */
  joinValues(a: ValueLabel, b: ValueLabel): ValueLabel {
    if (a === b) return a;
    return new ValueLabel(this.join(a.ref, b.ref), [...new Set([...a.ids, ...b.ids])], this.join(a.existence, b.existence));
  }

  /** A label raised by a floor. */
  raise(label: ValueLabel, floor: LabelRef): ValueLabel {
    const ref = this.join(label.ref, floor);
    return ref === label.ref ? label : new ValueLabel(ref, label.ids, label.existence);
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

  /** Equal entries are one object, so that what was ruled about one is ruled about all. */
  intern(entry: Entry): Entry {
    const { record, fields, contact, reasonClass, requestable, sources } = entry;
    const own = [...fields].map(([name, seen]) => [name, seen.label.id]);
    const key = JSON.stringify([record.label.id, own, contact, reasonClass, requestable, sources]);
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    this.#entries.set(key, entry);
    return entry;
  }
}
