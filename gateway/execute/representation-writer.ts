/**
 * Writes what is sent about an entity as JSON text, and joins the labels of the values in it. Names and punctuation were made when the
 * operation was compiled. A ministry that may not be told an input is asked as if there were no value, and one that may not know of the record
 * which carries it is not asked, as if there were no record: being asked tells nothing (ADR 0011).
 */
import { EXISTENCE, type ResultNode, TYPENAME } from "../plan/place";
import type { Representations, RepresentationType, SentField, SentValue } from "../plan/representation";
import type { Receiver } from "./flow";
import { type LabelRef, Unsaid, ValueLabel } from "./label-pool";
import { isPlain } from "./quote";
import { Notice, type Run } from "./run";

export class RepresentationWriter {
  #label: LabelRef;
  #receiver: Receiver | undefined;
  constructor(private readonly run: Run) { this.#label = run.pool.bottom; }

  /**
   * The representation of an object.
   * @param receiver given when not all of it may be sent
   * @returns undefined when there is nothing to ask
   */
  write(node: ResultNode, type: RepresentationType, receiver?: Receiver): string | undefined {
    this.#receiver = receiver;
    return this.#object(node, type);
  }

  /** Join of the labels of the values sent about an object, with those of the records that carry them. */
  labelOf(node: ResultNode, type: RepresentationType): LabelRef {
    this.#label = this.run.pool.bottom;
    this.#takeAll(node, type);
    return this.#label;
  }

  /** What the ministry learns of one value, without what is below it: the value, nothing but that its record exists, or not even that. */
  telling(node: ResultNode, field: SentField, receiver: Receiver | undefined): "value" | "record" | "nothing" {
    if (receiver === undefined) return "value";
    if (!receiver.mayBeTold(this.#existenceAt(node, field))) return "nothing";
    return receiver.mayBeTold(this.#labelAt(node, field)) ? "value" : "record";
  }

  #labelAt(node: ResultNode, { slot, floor }: SentField): LabelRef {
    const { pool } = this.run;
    const label: unknown = slot.label > 0 ? node[slot.label] : undefined;
    const ref = floor === undefined ? pool.bottom : pool.refOf(floor);
    return label instanceof ValueLabel ? pool.join(label.ref, ref) : ref;
  }

  #existenceAt(node: ResultNode, { slot }: SentField): LabelRef {
    const label: unknown = slot.label > 0 ? node[slot.label] : undefined;
    if (label instanceof ValueLabel || label instanceof Unsaid) return label.existence;
    return label instanceof Notice ? label.existence.ref : this.run.pool.bottom;
  }

  #takeAll(node: ResultNode, type: RepresentationType): void {
    const { pool } = this.run;
    for (const field of type.fields) {
      if (field.slot.label === 0 || !holdsOne(this.run, field.neededWhen)) continue;
      const label = node[field.slot.label];
      this.#label = pool.join(this.#label, label instanceof ValueLabel ? pool.whole(label) : this.#existenceAt(node, field));
      if (field.floor !== undefined) this.#label = pool.join(this.#label, pool.refOf(field.floor));
      if (field.value.of !== "leaf") this.#takeNested(node[field.slot.value], field.value);
    }
  }

  #takeNested(value: unknown, sent: SentValue): void {
    if (sent.of === "leaf" || !Array.isArray(value)) return;
    if (sent.list) { for (const item of value) this.#takeNested(item, sent.of as SentValue); return; }
    this.#label = this.run.pool.join(this.#label, this.#existenceOf(value));
    const typeName: unknown = value[TYPENAME];
    const type = typeof typeName === "string" ? (sent.of as Representations).forType(typeName) : undefined;
    if (type !== undefined) this.#takeAll(value, type);
  }

  #existenceOf(node: ResultNode): LabelRef {
    const existence = node[EXISTENCE];
    return existence instanceof ValueLabel ? existence.ref : this.run.pool.bottom;
  }

  #object(node: ResultNode, type: RepresentationType): string | undefined {
    let text = type.head;
    let first = type.sentAs === undefined;
    for (const field of type.fields) {
      if (!holdsOne(this.run, field.neededWhen)) continue;
      const value = this.#field(node, field);
      if (value === undefined) return undefined;
      text += first ? field.lead + value : `,${field.lead}${value}`;
      first = false;
    }
    return `${text}}`;
  }

  #field(node: ResultNode, field: SentField): string | undefined {
    const value = node[field.slot.value];
    const told = this.telling(node, field, this.#receiver);
    if (told === "value") return this.#value(value, field.value);
    return told === "nothing" || field.key || value === undefined ? undefined : this.#value(null, field.value);
  }

  /** JSON text of a value; undefined where a value is missing that must be there. */
  #value(value: unknown, sent: SentValue): string | undefined {
    const text = value === null || value === undefined ? undefined : this.#present(value, sent);
    return text ?? (sent.nullable && value !== undefined ? "null" : undefined);
  }

  #present(value: unknown, sent: SentValue): string | undefined {
    if (sent.of === "leaf") return typeof value === "string" && isPlain(value) ? `"${value}"` : JSON.stringify(value);
    if (!Array.isArray(value)) return undefined;
    if (!sent.list) return this.#nested(value, sent.of as Representations);
    const items: string[] = [];
    for (const item of value) {
      if (this.#isHidden(item, sent.of as SentValue)) continue;
      const text = this.#value(item, sent.of as SentValue);
      if (text === undefined) return undefined;
      items.push(text);
    }
    return `[${items.join(",")}]`;
  }

  #nested(node: ResultNode, representations: Representations): string | undefined {
    if (this.#receiver?.mayBeTold(this.#existenceOf(node)) === false) return undefined;
    const typeName = node[TYPENAME];
    const type = typeof typeName === "string" ? representations.forType(typeName) : undefined;
    return type === undefined ? undefined : this.#object(node, type);
  }

  /** A member of a list of which the ministry may not know that it exists. */
  #isHidden(item: unknown, sent: SentValue): boolean {
    return this.#receiver !== undefined && sent.of !== "leaf" && !sent.list && Array.isArray(item) && !this.#receiver.mayBeTold(this.#existenceOf(item));
  }
}

export function holdsOne(run: Run, conditions: readonly number[]): boolean {
  for (const condition of conditions) if (run.holds(condition)) return true;
  return false;
}
