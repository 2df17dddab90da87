/**
 * The entities that one fetch asks about. Equal representations are sent once and stand for all objects that have them. Objects of which only a
 * few plain values are sent are compared by these values; text is made for the first of them only.
 */
import type { Branch } from "../plan/operation";
import type { ResultNode } from "../plan/place";
import type { RepresentationType } from "../plan/representation";
import type { ValueLabel } from "./label-pool";
import { type MayBeTold, RepresentationWriter, holdsOne } from "./representation-writer";
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
}

/** Entities with one value alike that are compared one by one; beyond it by their text. */
const LONGEST_BUCKET = 8;
const NOT_NEEDED: unique symbol = Symbol("not needed");
const NOT_PLAIN: unique symbol = Symbol("not plain");

export class AskedEntities {
  readonly list: AskedEntity[] = [];
  readonly #byText = new Map<string, AskedEntity>();
  /** By the beginning of the text, which is the same for all branches of a fetch, then by the value that tells most. */
  readonly #buckets = new Map<string, Map<unknown, AskedEntity[]>>();
  readonly #writer: RepresentationWriter;

  constructor(private readonly run: Run) { this.#writer = new RepresentationWriter(run); }

  get writer(): RepresentationWriter { return this.#writer; }

  /**
   * Asks about an object of which not all inputs may be sent, if what is left can be asked about. Its answer belongs to nobody.
   * It is told apart from others in the same way as one that has no such inputs, or the list itself would tell.
   */
  addUntold(node: ResultNode, type: RepresentationType, mayBeTold: MayBeTold): void {
    const values = type.plain ? this.#values(node, type, mayBeTold) : NOT_PLAIN;
    if (values === undefined) return;
    if (values !== NOT_PLAIN) { this.#ofValues(node, type, values, mayBeTold); return; }
    const text = this.#writer.write(node, type, mayBeTold);
    if (text !== undefined) this.#ofText(type, text);
  }

  /** What would be sent about the object, values or text, for `add`; undefined when there is nothing to send. */
  read(node: ResultNode, type: RepresentationType): readonly unknown[] | string | undefined {
    const values = type.plain ? this.#values(node, type) : NOT_PLAIN;
    return values === NOT_PLAIN ? this.#writer.write(node, type) : values;
  }

  add(node: ResultNode, type: RepresentationType, read: readonly unknown[] | string, edge: ValueLabel, branch: Branch): void {
    const entity = typeof read === "string" ? this.#ofText(type, read) : this.#ofValues(node, type, read);
    if (entity === undefined) return;
    entity.nodes.push(node);
    entity.edges.push(edge);
    entity.branches.push(branch);
  }

  #values(node: ResultNode, type: RepresentationType, mayBeTold?: MayBeTold): unknown[] | undefined | typeof NOT_PLAIN {
    const values: unknown[] = [];
    for (const field of type.fields) {
      if (!holdsOne(this.run, field.neededWhen)) { values.push(NOT_NEEDED); continue; }
      const told = this.#writer.telling(node, field, mayBeTold);
      if (told === "nothing" || (told === "record" && field.key)) return undefined;
      const value = told === "record" && node[field.slot.value] !== undefined ? null : node[field.slot.value];
      if (value === undefined || (value === null && !field.value.nullable)) return undefined;
      else if (typeof value === "object" && value !== null) return NOT_PLAIN;
      else values.push(value);
    }
    return values;
  }

  #ofValues(node: ResultNode, type: RepresentationType, values: readonly unknown[], mayBeTold?: MayBeTold): AskedEntity | undefined {
    let buckets = this.#buckets.get(type.head);
    if (buckets === undefined) this.#buckets.set(type.head, (buckets = new Map<unknown, AskedEntity[]>()));
    const telling = values[type.telling];
    const bucket = buckets.get(telling);
    const known = bucket?.find((entity) => entity.values.every((value, index) => value === values[index]));
    if (known !== undefined) return known;
    const text = this.#writer.write(node, type, mayBeTold);
    if (text === undefined) return undefined;
    if ((bucket?.length ?? 0) >= LONGEST_BUCKET) return this.#ofText(type, text);
    const entity = this.#push(type, text, values);
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
    const entity: AskedEntity = { sentAs: type.sentAs ?? "", text, values, nodes: [], edges: [], branches: [] };
    this.list.push(entity);
    return entity;
  }
}
