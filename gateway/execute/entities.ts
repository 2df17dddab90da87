/**
 * The entities of one fetch: which objects are asked about, as which representation, and whether the answer fits what was asked. Equal
 * representations are sent once. An answer of another length, of another type or about another key is no answer at all (attacks B-42, B-50).
 */
import type { EchoField } from "../plan/fetch-document";
import type { EntityFetch, FetchStep } from "../plan/operation";
import { type Place, type ResultNode, TYPENAME } from "../plan/place";
import type { Representations, RepresentationType, SentValue } from "../plan/representation";
import { type LabelRef, ValueLabel } from "./label-pool";
import { isRecord } from "./ruling";
import type { Run } from "./run";

/** Text and label of a representation. */
interface Sent { readonly text: string; readonly sentAs: string; readonly label: LabelRef }

/** Builds representations at one fetch. */
export class RepresentationWriter {
  #label: LabelRef;
  constructor(private readonly run: Run, private readonly entities: EntityFetch) { this.#label = run.pool.bottom; }

  /** The representation of an object and the join of the labels of the values in it; undefined when there is nothing to ask. */
  write(node: ResultNode): Sent | undefined {
    this.#label = this.run.pool.bottom;
    const typeName = node[TYPENAME];
    const type = typeof typeName === "string" ? this.entities.representations.forType(typeName) : undefined;
    if (type?.sentAs === undefined) return undefined;
    const text = this.#object(node, type);
    return text === undefined ? undefined : { text, sentAs: type.sentAs, label: this.#label };
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
      if (field.slot.label > 0) this.#take(node[field.slot.label], field.floor);
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

/** What was asked about one entity; `nodes` are all objects of the result tree that it stands for. */
export interface AskedEntity { readonly sentAs: string; readonly nodes: ResultNode[]; readonly edges: ValueLabel[] }

/**
 * The entities of an answer, each with its type in that ministry.
 * @returns undefined when the answer does not fit what was asked
 */
export function matchEntities(step: FetchStep, entities: EntityFetch, asked: readonly AskedEntity[], data: unknown, strict: boolean): readonly (MatchedEntity | undefined)[] | undefined {
  const list = isRecord(data) ? data["_entities"] : undefined;
  if (!Array.isArray(list) || list.length !== asked.length) return undefined;
  const matched: (MatchedEntity | undefined)[] = [];
  for (let index = 0; index < asked.length; index += 1) {
    const raw: unknown = list[index];
    const question = asked[index];
    if (question === undefined) return undefined;
    if (raw === null) { matched.push(undefined); continue; }
    const typeName = isRecord(raw) ? typeOf(raw, question.sentAs, strict) : undefined;
    if (!isRecord(raw) || typeName === undefined || !entities.answersTo(question.sentAs).has(typeName) || !fitsNodes(step, question, typeName)) return undefined;
    if (strict && !echoes(entities.echo.get(question.sentAs) ?? entities.echo.get(typeName) ?? [], step.shape.place, question.nodes[0], raw)) return undefined;
    matched.push({ raw, typeName });
  }
  return matched;
}
export interface MatchedEntity { readonly raw: Readonly<Record<string, unknown>>; readonly typeName: string }

function typeOf(raw: Readonly<Record<string, unknown>>, sentAs: string, strict: boolean): string | undefined {
  const given = raw["__typename"];
  if (typeof given === "string") return given;
  return given === undefined && !strict ? sentAs : undefined;
}

/** An entity whose concrete type is known cannot become another. */
function fitsNodes(step: FetchStep, question: AskedEntity, typeName: string): boolean {
  const variant = step.shape.variants.get(typeName);
  if (variant === undefined) return false;
  if (variant.standsForOthers || question.sentAs === typeName) return true;
  return question.nodes.every((node) => node[TYPENAME] === typeName || node[TYPENAME] === question.sentAs);
}

function echoes(echo: readonly EchoField[], place: Place, node: unknown, raw: Readonly<Record<string, unknown>>): boolean {
  if (!Array.isArray(node)) return false;
  return echo.every((field) => {
    const slot = place.find(field.name);
    return slot !== undefined && echoesValue(field, slot.child, node[slot.value], Object.hasOwn(raw, field.key) ? raw[field.key] : undefined);
  });
}

function echoesValue(field: EchoField, place: Place | undefined, sent: unknown, answered: unknown): boolean {
  if (sent === null || sent === undefined) return answered === null || answered === undefined;
  if (Array.isArray(sent) && Array.isArray(answered)) return sent.length === answered.length && sent.every((item, index) => echoesValue(field, place, item, answered[index]));
  if (field.of.length > 0) return place !== undefined && isRecord(answered) && echoes(field.of, place, sent, answered);
  if (typeof sent === "object") return JSON.stringify(sent) === JSON.stringify(answered);
  if (typeof sent !== "string" && typeof sent !== "number" && typeof sent !== "boolean") return false;
  return (typeof answered === "string" || typeof answered === "number" || typeof answered === "boolean") && String(sent) === String(answered);
}
