/**
 * From the result tree to the client's answer (GraphQL 6.4): names, order, conditions and null rules of the client's document, and with it what
 * the answer says about itself: the labels of everything that is in it (R1), the places that were redacted, and on demand the label of each value.
 * A null that has to pass outwards takes what it erases out of the marking again.
 */
import { EXISTENCE, NOTICES, type ResultNode, type Slot, TYPENAME } from "../plan/place";
import type { ObjectBuilder } from "../plan/object-builder";
import type { FieldPosition, ProjectedField, ProjectedLeaf, ProjectedType, ProjectedValue, Projection } from "../plan/projection";
import { type LabelRef, ValueLabel } from "./label-pool";
import type { Withheld } from "./request";
import { Notice, type Run } from "./run";

/** A null where none may be: it passes to the nearest place that can be null. */
const BUBBLE: unique symbol = Symbol("bubble");
/** An object of a type that the view does not have: as if absent. */
const ABSENT: unique symbol = Symbol("absent");
type Answer = Record<string, unknown>;

export class Projector {
  readonly withheld: Withheld[] = [];
  /** Labels in the answer, in the order found. */
  readonly released: ValueLabel[] = [];
  /** Label of every value, when provenance or portion marks are wanted. */
  readonly values: { readonly path: string; readonly label: LabelRef }[] = [];
  readonly #marked = new Set<ValueLabel>();
  readonly #floors = new Map<LabelRef, ValueLabel>();
  readonly #orders = new Map<ProjectedType, readonly ProjectedField[]>();
  readonly #path: string[] = [];
  #bubbled = false;

  constructor(private readonly run: Run, private readonly introspection: () => Readonly<Record<string, unknown>>, private readonly detailed: boolean) {}

  /** The answer's `data`; null when a null passed all the way out. */
  project(): Answer | null {
    const answer = this.#object(this.run.root, this.run.operation.projection);
    return answer === BUBBLE || answer === ABSENT ? null : answer;
  }

  #object(node: ResultNode, projection: Projection): Answer | typeof BUBBLE | typeof ABSENT {
    const typeName = node[TYPENAME];
    const type = typeof typeName === "string" ? projection.forType(typeName) : undefined;
    if (type === undefined) return ABSENT;
    this.#mark(node[EXISTENCE]);
    const notices = node[NOTICES];
    if (Array.isArray(notices)) for (const notice of notices) this.#tell(notice);
    if (type.build !== undefined) return this.#built(node, type.fields, type.build);
    const answer: Answer = {};
    for (const field of type.orders === undefined ? type.fields : this.#ordered(type, type.orders)) {
      if (field.when !== 0 && !this.run.holds(field.when)) continue;
      const value = this.#field(node, field);
      if (value === BUBBLE || value === ABSENT) return value;
      if (field.responseName === "__proto__") Object.defineProperty(answer, "__proto__", { value, enumerable: true, configurable: true, writable: true });
      else answer[field.responseName] = value;
    }
    return answer;
  }

  #built(node: ResultNode, fields: readonly ProjectedField[], build: ObjectBuilder): Answer | typeof BUBBLE | typeof ABSENT {
    const values: unknown[] = [];
    for (const field of fields) {
      const value = this.#field(node, field);
      if (value === BUBBLE || value === ABSENT) return value;
      values.push(value);
    }
    return build(values);
  }

  /** The fields in the order in which this request's conditions let them in. */
  #ordered(type: ProjectedType, orders: readonly (readonly FieldPosition[])[]): readonly ProjectedField[] {
    const known = this.#orders.get(type);
    if (known !== undefined) return known;
    const first = (positions: readonly FieldPosition[] | undefined): number => positions?.find(({ when }) => this.run.holds(when))?.position ?? Number.POSITIVE_INFINITY;
    const ordered = type.fields.map((field, index) => ({ field, at: first(orders[index]) })).sort((a, b) => a.at - b.at).map(({ field }) => field);
    this.#orders.set(type, ordered);
    return ordered;
  }

  #field(node: ResultNode, field: ProjectedField): unknown {
    if (field.source === "typename") {
      const typeName = node[TYPENAME];
      return typeof typeName === "string" && this.run.operation.abstractTypes.has(typeName) ? ABSENT : typeName;
    }
    if (field.source === "introspection") {
      const answered = this.introspection();
      return Object.hasOwn(answered, field.responseName) ? answered[field.responseName] : null;
    }
    this.#path.push(field.responseName);
    this.#bubbled = false;
    const value = this.#data(node, field);
    if (this.#bubbled) { this.run.failAt(this.#path[0] ?? field.responseName, "MINISTRY_UNAVAILABLE"); this.#bubbled = false; }
    this.#path.pop();
    return value;
  }

  #data(node: ResultNode, field: ProjectedField): unknown {
    const { slot } = field;
    const raw = slot === undefined ? undefined : node[slot.value];
    const label = slot === undefined || slot.label === 0 ? undefined : node[slot.label];
    if (label instanceof Notice) this.#tell(label);
    if (raw === undefined || raw === null) {
      this.#tellRoot(node);
      return this.#nullAt(field.value);
    }
    const start = this.#start();
    this.#markValue(label, slot, field);
    const value = this.#value(raw, field.value);
    if (value === null || value === ABSENT || value === BUBBLE) this.#rewind(start);
    return value === ABSENT ? this.#nullAt(field.value) : value;
  }

  #value(raw: unknown, shape: ProjectedValue): unknown {
    if (raw === undefined || raw === null) return this.#nullAt(shape);
    if (shape.kind === "leaf") {
      const { values } = shape.of as ProjectedLeaf;
      if (values !== undefined && !(typeof raw === "string" && values.has(raw))) return this.#nullAt(shape);
      return raw;
    }
    if (!Array.isArray(raw)) return this.#nullAt(shape);
    const start = this.#start();
    const value = shape.kind === "list" ? this.#list(raw, shape.of as ProjectedValue) : this.#object(raw, shape.of as Projection);
    if (value === ABSENT) return ABSENT;
    if (value !== BUBBLE) return value;
    this.#rewind(start);
    return shape.nullable ? null : BUBBLE;
  }

  #list(raw: readonly unknown[], of: ProjectedValue): unknown {
    const list: unknown[] = [];
    for (const item of raw) {
      this.#path.push(String(list.length));
      const value = this.#value(item, of);
      this.#path.pop();
      if (value === BUBBLE) return BUBBLE;
      if (value !== ABSENT) list.push(value);
    }
    return list;
  }

  #nullAt(shape: ProjectedValue): null | typeof BUBBLE {
    if (shape.nullable) return null;
    this.#bubbled = true;
    return BUBBLE;
  }

  #markValue(label: unknown, slot: Slot | undefined, field: ProjectedField): void {
    if (!this.run.operation.labelled) return;
    const { pool } = this.run;
    const floor = pool.refOf(field.floor);
    const chosenBy = slot?.chosenBy === undefined ? pool.bottom : this.run.argumentFloor(slot.chosenBy);
    this.#mark(label);
    if (floor !== pool.bottom) this.#mark(this.#floorLabel(floor));
    if (chosenBy !== pool.bottom) this.#mark(this.#floorLabel(chosenBy));
    if (this.detailed) {
      const own = label instanceof ValueLabel ? label.ref : pool.bottom;
      this.values.push({ path: this.#path.join("."), label: pool.join(pool.join(own, floor), chosenBy) });
    }
  }

  #mark(label: unknown): void {
    if (!(label instanceof ValueLabel) || this.#marked.has(label)) return;
    this.#marked.add(label);
    this.released.push(label);
  }

  #floorLabel(floor: LabelRef): ValueLabel {
    const known = this.#floors.get(floor) ?? new ValueLabel(floor, [], this.run.pool.bottom);
    this.#floors.set(floor, known);
    return known;
  }

  /** One entry per place and what is told there. */
  #tell(notice: unknown): void {
    if (!(notice instanceof Notice)) return;
    this.#mark(notice.existence);
    const { reasonClass, contact, requestable } = notice;
    this.withheld.push({ path: [...this.#path], reasonClass, contact, requestable });
  }

  #tellRoot(node: ResultNode): void {
    const [name] = this.#path;
    if (node === this.run.root && name !== undefined) this.#tell(this.run.rootNotices.get(name));
  }

  #start(): readonly [number, number, number] { return [this.released.length, this.withheld.length, this.values.length]; }

  #rewind([released, withheld, values]: readonly [number, number, number]): void {
    for (const label of this.released.splice(released)) this.#marked.delete(label);
    this.withheld.length = withheld;
    this.values.length = values;
  }
}

