/**
 * The entities that one fetch asks about. Equal representations are sent once and stand for all objects that have them. Objects of which only
 * plain values are sent are compared by these values where they lie; text is made for the first of them only.
 */
import type { Branch } from "../plan/operation";
import type { ResultNode } from "../plan/place";
import type { RepresentationType, SentField } from "../plan/representation";
import type { Receiver } from "./flow";
import type { ValueLabel } from "./label-pool";
import { RepresentationWriter, holdsOne } from "./representation-writer";
import type { Run } from "./run";

/** What was asked about one entity, and every object of the result tree that it stands for, with its branch and the label of its edge. */
export interface AskedEntity {
  readonly sentAs: string;
  readonly text: string;
  /** The values sent, in the order of the type's fields, when they were compared as such. */
  readonly values: readonly unknown[];
  readonly nodes: ResultNode[];
  readonly edges: ValueLabel[];
  readonly branches: Branch[];
  /** Objects about which the ministry was not told everything, and shadows: the answer is nobody's. */
  readonly untold: Untold[];
}
export interface Untold { readonly node: ResultNode; readonly edge: ValueLabel; readonly branch: Branch }

/** How objects of one type at one place are asked about. */
export interface Asking {
  readonly type: RepresentationType;
  /** Where the values to send are in an object, in the order of the type's fields; `NOWHERE` where this request needs none. */
  readonly cells: readonly number[];
  /** Entities asked about, by the value that tells most; the same for all branches of a fetch. */
  readonly buckets: Map<unknown, AskedEntity[]>;
}

const NOWHERE = -1;
/** Entities with one value alike that are compared one by one; beyond it by their text. */
const LONGEST_BUCKET = 8;
const NOT_NEEDED: unique symbol = Symbol("not needed");
const NOT_PLAIN: unique symbol = Symbol("not plain");

export class AskedEntities {
  readonly list: AskedEntity[] = [];
  readonly #byText = new Map<string, AskedEntity>();
  /** By the beginning of the text. */
  readonly #buckets = new Map<string, Asking["buckets"]>();
  readonly #writer: RepresentationWriter;

  constructor(private readonly run: Run) { this.#writer = new RepresentationWriter(run); }

  get writer(): RepresentationWriter { return this.#writer; }

  asking(type: RepresentationType): Asking {
    let buckets = this.#buckets.get(type.head);
    if (buckets === undefined) this.#buckets.set(type.head, (buckets = new Map<unknown, AskedEntity[]>()));
    return { type, buckets, cells: type.fields.map(({ slot, neededWhen }) => (holdsOne(this.run, neededWhen) ? slot.value : NOWHERE)) };
  }

  /**
   * Asks about an object of which not all inputs may be sent, if what is left can be asked about. Its answer belongs to nobody.
   * It is told apart from others in the same way as one that has no such inputs, or the list itself would tell.
   */
  addUntold(node: ResultNode, asking: Asking, receiver: Receiver, edge: ValueLabel, branch: Branch): void { this.#untold(node, asking, receiver)?.untold.push({ node, edge, branch }); }

  #untold(node: ResultNode, asking: Asking, receiver: Receiver): AskedEntity | undefined {
    const values = asking.type.plain ? this.#toldValues(node, asking, receiver) : NOT_PLAIN;
    if (values === undefined) return undefined;
    if (values !== NOT_PLAIN) return this.#ofValues(node, asking, values, asking.cells.map((cell, index) => (cell === NOWHERE ? NOWHERE : index)), receiver);
    const text = this.#writer.write(node, asking.type, receiver);
    return text === undefined ? undefined : this.#ofText(asking.type, text);
  }

  /** What is to be sent, for `add`: text, or undefined when there is nothing to ask; true when the values need no text of their own. */
  read(node: ResultNode, { type, cells }: Asking): true | string | undefined {
    if (!type.plain) return this.#writer.write(node, type);
    for (let index = 0; index < cells.length; index += 1) {
      const cell = cells[index] ?? NOWHERE;
      if (cell === NOWHERE) continue;
      const value = node[cell];
      if (typeof value === "string") continue;
      if (value === undefined || (value === null && type.fields[index]?.value.nullable !== true)) return undefined;
      if (typeof value === "object" && value !== null) return this.#writer.write(node, type);
    }
    return true;
  }

  add(node: ResultNode, asking: Asking, read: true | string, edge: ValueLabel, branch: Branch): void {
    const entity = read === true ? this.#ofValues(node, asking, node, asking.cells) : this.#ofText(asking.type, read);
    if (entity === undefined) return;
    if (this.run.shadows.isShadow(node)) { entity.untold.push({ node, edge, branch }); return; }
    entity.nodes.push(node);
    entity.edges.push(edge);
    entity.branches.push(branch);
  }

  /** The values of which the receiver may be told, null instead of those it may not; undefined when there is nothing left to ask. */
  #toldValues(node: ResultNode, { type, cells }: Asking, receiver: Receiver): unknown[] | undefined | typeof NOT_PLAIN {
    const values: unknown[] = [];
    for (const [index, field] of type.fields.entries()) {
      const value = cells[index] === NOWHERE ? NOT_NEEDED : this.#toldValue(node, field, receiver);
      if (value === undefined || (value === null && !field.value.nullable)) return undefined;
      if (typeof value === "object" && value !== null) return NOT_PLAIN;
      values.push(value);
    }
    return values;
  }

  #toldValue(node: ResultNode, field: SentField, receiver: Receiver): unknown {
    const value = node[field.slot.value];
    const told = this.#writer.telling(node, field, receiver);
    if (told === "value" || value === undefined) return value;
    return told === "nothing" || field.key ? undefined : null;
  }

  /** @param source has the values in its `cells` */
  #ofValues(node: ResultNode, { type, buckets }: Asking, source: readonly unknown[], cells: readonly number[], receiver?: Receiver): AskedEntity | undefined {
    const telling = valueIn(source, cells[type.telling] ?? NOWHERE);
    const bucket = buckets.get(telling);
    if (bucket !== undefined) for (const entity of bucket) if (isSame(entity.values, source, cells)) return entity;
    const text = this.#writer.write(node, type, receiver);
    if (text === undefined) return undefined;
    if ((bucket?.length ?? 0) >= LONGEST_BUCKET) return this.#ofText(type, text);
    const entity = this.#push(type, text, cells.map((cell) => valueIn(source, cell)));
    if (bucket === undefined) buckets.set(telling, [entity]);
    else bucket.push(entity);
    return entity;
  }

  #ofText(type: RepresentationType, text: string): AskedEntity {
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    const entity = this.#push(type, text, []);
    this.#byText.set(text, entity);
    return entity;
  }

  #push(type: RepresentationType, text: string, values: readonly unknown[]): AskedEntity {
    const entity: AskedEntity = { sentAs: type.sentAs ?? "", text, values, nodes: [], edges: [], branches: [], untold: [] };
    this.list.push(entity);
    return entity;
  }
}

function isSame(values: readonly unknown[], source: readonly unknown[], cells: readonly number[]): boolean {
  for (let index = 0; index < cells.length; index += 1) if (values[index] !== valueIn(source, cells[index] ?? NOWHERE)) return false;
  return true;
}

function valueIn(source: readonly unknown[], cell: number): unknown { return cell === NOWHERE ? NOT_NEEDED : source[cell]; }
