/**
 * Release before merge (architecture.md 3; attacks B-41 to B-50): reads one answer of a ministry through its shape into the result tree.
 * What was not asked is never read; what the asker is not permitted becomes null, or is left out of its list, before anything else can see it;
 * labels are stripped. A value that is no value of its type is nonsense: null, and one error for the root field.
 */
import type { ObjectShape, ReleaseField, Shape, ValueShape, Variant } from "../plan/shape";
import { EXISTENCE, NOTICES, type ResultNode, TYPENAME } from "../plan/place";
import { LABEL_KEY } from "../plan/shape";
import type { Answer } from "./answer";
import { type LabelRef, Unsaid, ValueLabel } from "./label-pool";
import { LabelTable, PERMIT, REDACT, type Ruling, isRecord, ruleInherited } from "./ruling";
import type { Notice, Run } from "./run";

/** A withheld object: no member of its list, null elsewhere. */
export const WITHHELD: unique symbol = Symbol("withheld");

export class Release {
  /** The ministry answered something that is not of the type it must have. */
  nonsense = false;
  /** Floors of enum values met while the current field is read. */
  #raised: LabelRef;
  readonly #inherited: Map<ValueLabel, Ruling>[] = [];

  readonly #table: LabelTable;

  constructor(private readonly run: Run, answer: Answer) {
    this.#raised = run.pool.bottom;
    this.#table = new LabelTable(run, answer.labels);
    run.plainText &&= answer.plainText;
    run.ascii &&= answer.ascii;
  }

  /**
   * Releases one object.
   * @param inherited effective label of the field that yields it
   * @param into the object that is already at its place, if any
   * @returns the object in the tree, null for null or nonsense, WITHHELD when it is as if absent
   */
  object(raw: unknown, shape: Shape, inherited: ValueLabel, into: ResultNode | undefined): ResultNode | null | typeof WITHHELD {
    if (raw === null) return null;
    if (!isRecord(raw)) return this.#refuse();
    const variant = shape.only ?? this.#variantOf(raw, shape);
    return variant === undefined ? this.#refuse() : this.variant(raw, shape, variant, inherited, into);
  }

  /** Releases an object whose concrete type is known. */
  variant(raw: Readonly<Record<string, unknown>>, shape: Shape, variant: Variant, inherited: ValueLabel, into: ResultNode | undefined): ResultNode | typeof WITHHELD {
    const ruling = this.rulingOf(raw, variant, inherited);
    if (ruling?.hidden === true || (variant.withheld && this.run.seams.release !== "emptied")) return WITHHELD;
    const node = into !== undefined && this.#continues(into, variant) ? into : shape.place.makeNode();
    if (!variant.standsForOthers || node[TYPENAME] === undefined) node[TYPENAME] = variant.typeName;
    if (ruling !== undefined) {
      node[EXISTENCE] ??= ruling.existence;
      if (ruling.whole !== undefined) addNotice(node, ruling.whole);
    }
    const { fields } = variant;
    for (let index = 0; index < fields.length; index += 1) {
      const field = fields[index];
      if (field === undefined || (field.when !== 0 && !this.run.holds(field.when)) || (field.text && this.#text(raw, node, field, ruling, index, inherited))) continue;
      this.#field(raw, node, field, ruling, index, inherited);
    }
    return node;
  }

  /** The common case of `#field`, as short as can be: a permitted string where nothing was yet. */
  #text(raw: Readonly<Record<string, unknown>>, node: ResultNode, field: ReleaseField, ruling: Ruling | undefined, index: number, inherited: ValueLabel): boolean {
    const value = raw[field.key];
    if (typeof value !== "string" || node[field.value] !== undefined || (ruling !== undefined && ruling.verdicts[index] !== PERMIT)) return false;
    if (field.label > 0) {
      if (node[field.label] !== undefined) return false;
      node[field.label] = ruling?.labels[index] ?? inherited;
    }
    node[field.value] = value;
    return true;
  }

  /** The ruling on an object, or undefined when nothing about it is labelled. */
  rulingOf(raw: Readonly<Record<string, unknown>>, variant: Variant, inherited: ValueLabel): Ruling | undefined {
    if (variant.labelled) return this.#table.ruling(variant, raw[LABEL_KEY]);
    if (variant.plain) return undefined;
    const known = (this.#inherited[variant.number] ??= new Map<ValueLabel, Ruling>());
    const before = known.get(inherited);
    if (before !== undefined) return before;
    const ruling = ruleInherited(this.run, variant, inherited);
    known.set(inherited, ruling);
    return ruling;
  }

  #field(raw: Readonly<Record<string, unknown>>, node: ResultNode, field: ReleaseField, ruling: Ruling | undefined, index: number, inherited: ValueLabel): void {
    const before = node[field.value];
    const verdict = ruling?.verdicts[index] ?? PERMIT;
    if (verdict !== PERMIT) {
      if (before === undefined || before === null) {
        node[field.value] = null;
        if (verdict === REDACT) node[field.label] = ruling?.notice;
        else if (field.label > 0) node[field.label] ??= this.#unsaid(ruling);
      }
      return;
    }
    const value = field.guarded && !Object.hasOwn(raw, field.key) ? undefined : raw[field.key];
    const label = ruling?.labels[index] ?? inherited;
    if (value === undefined || value === null) {
      if (value === undefined) this.#refuse();
      node[field.value] = before ?? null;
      // That there is no value is told to another ministry only under the label the value would have.
      if (field.label > 0) node[field.label] ??= label;
      return;
    }
    this.#raised = this.run.pool.bottom;
    const released = this.#value(value, field.shape, label, before ?? undefined);
    if (released === WITHHELD || released === null) {
      node[field.value] = before ?? null;
      // The same label as where there is no value: what follows for other ministries must not tell the two apart.
      if (field.label > 0) node[field.label] ??= label;
      return;
    }
    node[field.value] = field.shape.kind === "leaf" ? before ?? released : released;
    if (field.label > 0) this.#setLabel(node, field.label, label);
  }

  #unsaid(ruling: Ruling | undefined): Unsaid { return new Unsaid(ruling?.existence.existence ?? this.run.pool.bottom); }

  #setLabel(node: ResultNode, cell: number, label: ValueLabel): void {
    const { pool } = this.run;
    const before = node[cell];
    const own = this.#raised === pool.bottom ? label : pool.raise(label, this.#raised);
    node[cell] = before instanceof ValueLabel ? pool.joinValues(before, own) : own;
  }

  #value(raw: unknown, shape: ValueShape, label: ValueLabel, before: unknown): unknown {
    if (shape.kind === "leaf") {
      const value = shape.check(raw);
      if (value === undefined) return this.#refuse();
      const floor = shape.values === undefined || typeof value !== "string" ? undefined : shape.values.get(value);
      if (floor === undefined) return value;
      const ref = this.run.pool.refOf(floor);
      if (!this.run.decisions.permits(ref) && this.run.seams.release !== "emptied") return WITHHELD;
      this.#raised = this.run.pool.join(this.#raised, ref);
      return value;
    }
    if (shape.kind === "list") return this.#list(raw, shape.of, label, before);
    const raised = this.#raised;
    const released = this.object(raw, shape.shape, label, before === undefined || !isMerged(shape) ? undefined : before as ResultNode);
    // What the object's own values raised is theirs: the edge that leads to it is not.
    this.#raised = raised;
    return released;
  }

  #list(raw: unknown, of: ValueShape, label: ValueLabel, before: unknown): unknown {
    if (!Array.isArray(raw)) return this.#refuse();
    const known = Array.isArray(before) && of.kind !== "leaf" && before.length === raw.length ? before as unknown[] : undefined;
    if (before !== undefined && known === undefined) return before;
    const list: unknown[] = [];
    for (let index = 0; index < raw.length; index += 1) {
      const item: unknown = raw[index];
      const released = item === null || item === undefined ? null : this.#value(item, of, label, known?.[index] ?? undefined);
      if (released !== WITHHELD) list.push(released);
    }
    return list;
  }

  #variantOf(raw: Readonly<Record<string, unknown>>, shape: Shape): Variant | undefined {
    const name = raw["__typename"];
    return typeof name === "string" ? shape.variants.get(name) : undefined;
  }

  /** Whether an answer of `variant` is about the object at hand, or about another that takes its place. */
  #continues(node: ResultNode, variant: Variant): boolean {
    const known = node[TYPENAME];
    return typeof known !== "string" || known === variant.typeName || variant.standsForOthers || this.run.operation.abstractTypes.has(known);
  }

  #refuse(): null {
    this.nonsense = true;
    return null;
  }
}

function isMerged(shape: ObjectShape): boolean { return shape.shape.place.writers > 1; }

export function addNotice(node: ResultNode, notice: Notice): void {
  const notices = node[NOTICES];
  if (!Array.isArray(notices)) node[NOTICES] = [notice];
  else if (!notices.includes(notice)) notices.push(notice);
}
