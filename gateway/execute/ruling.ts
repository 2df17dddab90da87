/**
 * What may be released of one object: the decision for the object and for every field asked of it, made once per label entry and concrete type
 * (labels.md C.4, F1; ADR 0008). The entry is believed only from the very response that carries the object (attacks B-46, B-48).
 */
import { PORTIONS, type LocalizedText } from "../../schema/label";
import type { Variant } from "../plan/shape";
import type { LabelLines } from "./answer";
import { type Entry, type SeenLabel, ValueLabel } from "./label-pool";
import type { ReasonClass } from "./request";
import { Notice, type Run } from "./run";

export const PERMIT = 0;
export const REDACT = 1;
export const HIDE = 2;

export interface Ruling {
  readonly hidden: boolean;
  readonly existence: ValueLabel;
  /** Given when the record is redacted as a whole. */
  readonly whole: Notice | undefined;
  /** Per field of the variant. */
  readonly verdicts: readonly number[];
  readonly labels: readonly ValueLabel[];
  /** What is told about a redacted field. */
  readonly notice: Notice | undefined;
}

const REASONS: ReadonlySet<unknown> = new Set<ReasonClass>(["RESTRICTED", "NOT_ASKED", "CLEARANCE", "NEED_TO_KNOW", "RELEASE", "PURPOSE", "ORIGINATOR", "LIFECYCLE"]);

/** The labels of one response. */
export class LabelTable {
  readonly #rulings: Ruling[][] = [];

  constructor(private readonly run: Run, private readonly lines: LabelLines) {}

  /** Ruling on an object of a labelled type. An index that leads to no readable entry hides it. */
  ruling(variant: Variant, index: unknown): Ruling {
    if (typeof index !== "number" || !Number.isInteger(index) || index < 0 || index >= this.lines.raw.length) return this.#unreadable(variant);
    const rulings = (this.#rulings[variant.number] ??= []);
    return (rulings[index] ??= this.#rule(variant, index));
  }

  #rule(variant: Variant, index: number): Ruling {
    const entry = this.#entry(index);
    if (entry === null) return this.#unreadable(variant);
    if (this.run.seams.release === "emptied") return ruleEntry(this.run, variant, entry);
    return this.run.decisions.ruling(variant, entry, () => ruleEntry(this.run, variant, entry));
  }

  #unreadable(variant: Variant): Ruling {
    const { pool, seams } = this.run;
    if (seams.release !== "emptied") return hiddenRuling(pool.unlabelled);
    return permitAll(variant, pool.unlabelled, variant.fields.map((field) => pool.raise(pool.unlabelled, pool.refOf(field.floor))));
  }

  #entry(index: number): Entry | null {
    const known = this.lines.entries[index];
    if (known !== undefined) return known;
    const entry = readEntry(this.run, this.lines.raw[index], this.lines.sources?.[index]);
    return (this.lines.entries[index] = entry);
  }
}

/** Ruling on a value object: it has the label of the field that yields it, and floors of its own. */
export function ruleInherited(run: Run, variant: Variant, inherited: ValueLabel): Ruling {
  const { pool, decisions, seams } = run;
  const labels = variant.fields.map((field) => pool.raise(inherited, pool.refOf(field.floor)));
  const existence = pool.raise(inherited, pool.refOf(variant.floor));
  if (seams.release === "emptied") return permitAll(variant, existence, labels);
  if (!decisions.permits(pool.refOf(variant.floor))) return hiddenRuling(existence);
  const verdicts = variant.fields.map((field) => (decisions.permits(pool.refOf(field.floor)) ? PERMIT : HIDE));
  return { hidden: false, existence, whole: undefined, verdicts, labels, notice: undefined };
}

function ruleEntry(run: Run, variant: Variant, entry: Entry): Ruling {
  const { pool, decisions, seams } = run;
  const record = decisions.current(entry.record);
  const sources = (seen: SeenLabel): readonly string[] => entry.sources ?? [seen.label.id];
  const existing = pool.join(record.existence, pool.refOf(variant.floor));
  const existence = new ValueLabel(existing, sources(record), existing);
  const carried = variant.fields.map((field) => {
    const own = entry.fields.get(field.name);
    return own === undefined || field.existence ? record : decisions.current(own);
  });
  // Fields alike in their label share it, so that it is counted and joined once.
  const made: { readonly seen: SeenLabel; readonly label: ValueLabel }[] = [];
  const labels = variant.fields.map((field, index) => {
    const seen = carried[index] ?? record;
    const ref = pool.join(field.existence ? seen.existence : seen.core, pool.refOf(field.floor));
    const known = made.find((each) => each.seen === seen && each.label.ref === ref);
    if (known !== undefined) return known.label;
    const label = new ValueLabel(ref, sources(seen), existing);
    made.push({ seen, label });
    return label;
  });
  if (seams.release === "emptied") return permitAll(variant, existence, labels);
  const outcome = decisions.outcome(record);
  if (outcome === "hide" || !decisions.permits(pool.refOf(variant.floor))) return hiddenRuling(existence);
  const notice = new Notice(entry.reasonClass, entry.contact, entry.requestable, existence);
  const whole = outcome !== "permit" && !PORTIONS.some((portion) => {
    const own = entry.fields.get(portion);
    return own !== undefined && decisions.outcome(decisions.current(own)) === "permit";
  });
  const verdicts = variant.fields.map((field, index) => {
    if (!decisions.permits(pool.refOf(field.floor))) return HIDE;
    if (field.existence) return decisions.permits(record.existence) ? PERMIT : HIDE;
    if (whole) return HIDE;
    const decided = decisions.outcome(carried[index] ?? record);
    return decided === "permit" ? PERMIT : decided === "redact" ? REDACT : HIDE;
  });
  return { hidden: false, existence, whole: whole ? notice : undefined, verdicts, labels, notice };
}

function hiddenRuling(existence: ValueLabel): Ruling { return { hidden: true, existence, whole: undefined, verdicts: [], labels: [], notice: undefined }; }

function permitAll(variant: Variant, existence: ValueLabel, labels: readonly ValueLabel[]): Ruling {
  return { hidden: false, existence, whole: undefined, verdicts: variant.fields.map(() => PERMIT), labels, notice: undefined };
}

/** Null when anything in the entry that takes part in a decision is not as it must be. */
function readEntry(run: Run, raw: unknown, sources: readonly string[] | undefined): Entry | null {
  if (!isRecord(raw)) return null;
  const record = run.pool.see(raw["record"]);
  if (record === undefined) return null;
  const fields = new Map<string, SeenLabel>();
  const given = raw["fields"];
  if (given !== undefined) {
    if (!isRecord(given)) return null;
    for (const [name, label] of Object.entries(given)) {
      const seen = run.pool.see(label);
      if (seen === undefined) return null;
      fields.set(name, seen);
    }
  }
  const reason = raw["reasonClass"];
  return run.pool.intern({
    record, fields, contact: readContact(raw["contact"]), reasonClass: REASONS.has(reason) ? reason as ReasonClass : "RESTRICTED", requestable: raw["requestable"] === true, sources,
  });
}

function readContact(raw: unknown): LocalizedText | null {
  return isRecord(raw) && typeof raw["ja"] === "string" && typeof raw["en"] === "string" ? { ja: raw["ja"], en: raw["en"] } : null;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
