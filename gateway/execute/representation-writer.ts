/**
 * Writes what is sent about an entity as JSON text, and joins the labels of the values in it. Names and punctuation were made when the
 * operation was compiled.
 */
import { type ResultNode, TYPENAME } from "../plan/place";
import type { Representations, RepresentationType, SentValue } from "../plan/representation";
import { type LabelRef, ValueLabel } from "./label-pool";
import type { Run } from "./run";

export class RepresentationWriter {
  #label: LabelRef;
  constructor(private readonly run: Run) { this.#label = run.pool.bottom; }

  /** The representation of an object; undefined when there is nothing to ask. */
  write(node: ResultNode, type: RepresentationType): string | undefined { return this.#object(node, type); }

  /** Join of the labels of the values sent about an object. */
  labelOf(node: ResultNode, type: RepresentationType): LabelRef {
    this.#label = this.run.pool.bottom;
    this.#takeAll(node, type);
    return this.#label;
  }

  #takeAll(node: ResultNode, type: RepresentationType): void {
    for (const field of type.fields) {
      if (field.slot.label === 0 || !holdsOne(this.run, field.neededWhen)) continue;
      this.#take(node[field.slot.label], field.floor);
      this.#takeNested(node[field.slot.value], field.value);
    }
  }

  #takeNested(value: unknown, sent: SentValue): void {
    if (sent.of === "leaf" || !Array.isArray(value)) return;
    if (sent.list) { for (const item of value) this.#takeNested(item, sent.of as SentValue); return; }
    const typeName: unknown = value[TYPENAME];
    const type = typeof typeName === "string" ? (sent.of as Representations).forType(typeName) : undefined;
    if (type !== undefined) this.#takeAll(value, type);
  }

  #object(node: ResultNode, type: RepresentationType): string | undefined {
    let text = type.head;
    let first = type.sentAs === undefined;
    for (const field of type.fields) {
      if (!holdsOne(this.run, field.neededWhen)) continue;
      const value = this.#value(node[field.slot.value], field.value);
      if (value === undefined) return undefined;
      text += first ? field.lead + value : `,${field.lead}${value}`;
      first = false;
    }
    return `${text}}`;
  }

  #take(label: unknown, floor: RepresentationType["fields"][number]["floor"]): void {
    const { pool } = this.run;
    if (label instanceof ValueLabel) this.#label = pool.join(this.#label, label.ref);
    const ref = pool.refOf(floor);
    if (ref !== pool.bottom) this.#label = pool.join(this.#label, ref);
  }

  /** JSON text of a value; undefined where a value is missing that must be there. */
  #value(value: unknown, sent: SentValue): string | undefined {
    const text = value === null || value === undefined ? undefined : this.#present(value, sent);
    return text ?? (sent.nullable && value !== undefined ? "null" : undefined);
  }

  #present(value: unknown, sent: SentValue): string | undefined {
    if (sent.of === "leaf") return JSON.stringify(value);
    if (!Array.isArray(value)) return undefined;
    if (!sent.list) return this.#nested(value, sent.of as Representations);
    const items: string[] = [];
    for (const item of value) {
      const text = this.#value(item, sent.of as SentValue);
      if (text === undefined) return undefined;
      items.push(text);
    }
    return `[${items.join(",")}]`;
  }

  #nested(node: ResultNode, representations: Representations): string | undefined {
    const typeName = node[TYPENAME];
    const type = typeof typeName === "string" ? representations.forType(typeName) : undefined;
    return type === undefined ? undefined : this.#object(node, type);
  }
}

export function holdsOne(run: Run, conditions: readonly number[]): boolean {
  for (const condition of conditions) if (run.holds(condition)) return true;
  return false;
}
