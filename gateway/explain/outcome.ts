/**
 * Outcomes of a record's places from its labels alone (SPEC 4.12), for what cannot be asked because it is not in force. Every permission in it is one of `decide`; what is here is only
 * which label stands for which place. A test compares it with what the pipeline gives for labels that are in force.
 */
import { equalLabels, type LabelCore, PORTIONS } from "../../schema/label";
import { type Action, type Decidable, decide, type DecisionContext, type Policy, type Reason, type Subject } from "../../schema/policy";

export interface LabelledRecord {
  /** `ministry:id` */
  readonly record: string;
  readonly type: string;
  readonly existence: LabelCore;
  /** Effective labels of the values that there are. */
  readonly fields: ReadonlyMap<string, LabelCore>;
}
export type Outcome = "permit" | "redact" | "hide";
export interface Place {
  readonly outcome: Outcome;
  readonly reasons: readonly Reason[];
  /** The label whose parts the reasons name. */
  readonly label: LabelCore;
}
export interface Reader { readonly policy: Policy; readonly subject: Subject; readonly action: Action; readonly ctx: DecisionContext }

/** The name under which the record itself stands among its places. */
export const WHOLE = "";
const PORTION_NAMES: ReadonlySet<string> = new Set(PORTIONS);

/**
 * Which label the places of a record have: the record's own (and with it the record's existence label), or one of their own. A record of which one portion has another label is written in
 * portions, each with a label of its own; otherwise everything has the record's.
 */
export class PlaceLabels {
  /** The record's own label, where it is known: that of any value but a portion. */
  readonly record: LabelCore | undefined;
  readonly #isWrittenInPortions: boolean;

  constructor(fields: ReadonlyMap<string, LabelCore>) {
    const record = [...fields].find(([name]) => !PORTION_NAMES.has(name))?.[1];
    this.record = record;
    this.#isWrittenInPortions = [...fields].some(([name, label]) => PORTION_NAMES.has(name) && (record === undefined || !equalLabels(label, record)));
  }

  isOfRecord(name: string): boolean { return !PORTION_NAMES.has(name) || !this.#isWrittenInPortions; }
}

/** Outcome of the record (under `WHOLE`) and of every field that has a value. */
export function outcomesOf({ policy, subject, action, ctx }: Reader, { existence, fields }: LabelledRecord): ReadonlyMap<string, Place> {
  const judge = (label: LabelCore, of: LabelCore): Place => {
    const decision = decide(policy, subject, action, withExistence(label, of), ctx);
    return { outcome: decision.outcome, reasons: decision.outcome === "permit" ? [] : decision.reasons, label };
  };
  const labelled = new PlaceLabels(fields);
  const { record } = labelled;
  const places = new Map([...fields].map(([name, label]) => [name, judge(label, labelled.isOfRecord(name) ? existence : label)]));
  const known = judge(existence, existence);
  const whole: Place = record === undefined ? known : judge(record, existence);
  if (known.outcome !== "permit" && whole.outcome !== "permit") return new Map([[WHOLE, { ...known, outcome: "hide" }], ...mapAll(places, (place) => ({ ...(place.outcome === "permit" ? known : place), outcome: "hide" }))]);
  const isEmpty = places.size > 0 && ![...places.values()].some(({ outcome }) => outcome === "permit");
  return new Map([[WHOLE, isEmpty ? { ...whole, outcome: "redact" } : { outcome: "permit", reasons: [], label: known.label }], ...places]);
}

const labels = new WeakMap<LabelCore, WeakMap<LabelCore, Decidable>>();

/** The same object for the same two labels, so that `decide` checks its shape once. */
function withExistence(label: LabelCore, existence: LabelCore): Decidable {
  const of = labels.get(label) ?? new WeakMap<LabelCore, Decidable>();
  labels.set(label, of);
  const made = of.get(existence) ?? { ...label, existence };
  of.set(existence, made);
  return made;
}

function mapAll(places: ReadonlyMap<string, Place>, change: (place: Place) => Place): ReadonlyMap<string, Place> { return new Map([...places].map(([name, place]) => [name, change(place)])); }
