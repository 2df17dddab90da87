/**
 * From the result tree to the text of the client's answer (GraphQL 6.4): names, order, conditions and null rules of the client's document, and with it
 * what the answer says about itself: the labels of everything that is in it (R1), the places that were redacted, and on demand the label of each value.
 * A null that has to pass outwards takes what it erases out of the marking again.
 */
import { EXISTENCE, NOTICES, type ResultNode, TYPENAME } from "../plan/place";
import { Lead, type FieldPosition, type ProjectedField, type ProjectedLeaf, type ProjectedType, type ProjectedValue, type Projection } from "../plan/projection";
import { type LabelRef, ValueLabel } from "./label-pool";
import { quote } from "./quote";
import type { Withheld } from "./request";
import { Notice, type Run } from "./run";

/** A null where none may be: it passes to the nearest place that can be null. */
const BUBBLE: unique symbol = Symbol("bubble");
/** An object of a type that the view does not have: as if absent. */
const ABSENT: unique symbol = Symbol("absent");
/** JSON text of a value, or why there is none. */
type Projected = string | typeof BUBBLE | typeof ABSENT;

const NULL = "null";

/** An object already written, and how. */
interface Seen { readonly node: ResultNode; readonly text: string }

/** Distinguishes projections, so that a label knows whether it is already counted in the one at work: projecting is never interrupted. */
let projections = 0;

export class Projector {
  readonly withheld: Withheld[] = [];
  /** Labels in the answer, in the order found. */
  readonly released: ValueLabel[] = [];
  /** Label of every value, when provenance or portion marks are wanted. */
  readonly values: { readonly path: string; readonly label: LabelRef }[] = [];
  readonly #number = ++projections;
  readonly #floors = new Map<LabelRef, ValueLabel>();
  readonly #orders = new Map<ProjectedType, readonly ProjectedField[]>();
  readonly #known = new Map<ProjectedType, Map<unknown, Seen>>();
  readonly #path: (string | number)[] = [];
  readonly #labelled: boolean;
  readonly #plainText: boolean;

  constructor(private readonly run: Run, private readonly introspection: () => Readonly<Record<string, unknown>>, private readonly detailed: boolean) {
    this.#labelled = run.operation.labelled;
    this.#plainText = run.plainText;
  }

  /** JSON text of the answer's `data`; of null when a null passed all the way out. */
  project(): string {
    const answer = this.#object(this.run.root, this.run.operation.projection);
    return typeof answer === "string" ? answer : NULL;
  }

  #object(node: ResultNode, projection: Projection): Projected {
    const typeName = node[TYPENAME];
    const type = typeof typeName === "string" ? projection.forType(typeName) : undefined;
    if (type === undefined) return ABSENT;
    return type.telling === undefined || this.detailed ? this.#members(node, type) : this.#alike(node, type, node[type.telling]);
  }

  /** Equal entities are met many times over: an object without anything below it whose every cell is that of one before has its text. */
  #alike(node: ResultNode, type: ProjectedType, telling: unknown): Projected {
    let known = this.#known.get(type);
    if (known === undefined) this.#known.set(type, known = new Map<unknown, Seen>());
    const before = known.get(telling);
    if (before !== undefined && isSame(before.node, node)) return before.text;
    const told = this.withheld.length;
    const text = this.#members(node, type);
    if (typeof text === "string" && this.withheld.length === told) known.set(telling, { node, text });
    return text;
  }

  #members(node: ResultNode, type: ProjectedType): Projected {
    if (this.#labelled) this.#mark(node[EXISTENCE]);
    const notices = node[NOTICES];
    if (Array.isArray(notices)) for (const notice of notices) this.#tell(notice);
    let text = "";
    let lead: number = Lead.first;
    for (const field of type.orders === undefined ? type.fields : this.#ordered(type, type.orders)) {
      if (field.when !== 0 && !this.run.holds(field.when)) continue;
      const bare = this.#plainText ? this.#bare(node, field) : undefined;
      if (bare !== undefined) {
        text = text + field.leads[lead + Lead.opening] + bare;
        lead = Lead.closing;
        continue;
      }
      const value = field.source === "data" ? this.#data(node, field) : this.#own(node, field);
      if (typeof value !== "string") return value;
      text = text + field.leads[lead] + value;
      lead = Lead.next;
    }
    return lead === Lead.first ? "{}" : lead === Lead.closing ? `${text}"}` : `${text}}`;
  }

  /** The string that is the field's value, to be put between quotes; undefined where it is no string. */
  #bare(node: ResultNode, field: ProjectedField): string | undefined {
    const { slot, value: shape } = field;
    const raw = slot === undefined || shape.kind !== "leaf" ? undefined : node[slot.value];
    if (typeof raw !== "string" || (shape.of as ProjectedLeaf).values?.has(raw) === false) return undefined;
    if (this.#labelled) this.#markValue(slot?.label === undefined ? undefined : node[slot.label], field);
    return raw;
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

  /** What the gateway itself knows: the type's name, or the answer to introspection. */
  #own(node: ResultNode, field: ProjectedField): Projected {
    if (field.source === "typename") {
      const typeName = node[TYPENAME];
      return typeof typeName !== "string" || this.run.operation.abstractTypes.has(typeName) ? ABSENT : quote(typeName);
    }
    const answered = this.introspection();
    return Object.hasOwn(answered, field.responseName) ? JSON.stringify(answered[field.responseName]) : NULL;
  }

  #data(node: ResultNode, field: ProjectedField): Projected {
    const { slot, value: shape } = field;
    if (slot === undefined) return this.#missing(node, undefined, field);
    const raw = node[slot.value];
    const label = slot.label === 0 ? undefined : node[slot.label];
    if (raw === undefined || raw === null) return this.#missing(node, label, field);
    if (shape.kind === "leaf") {
      const text = this.#leaf(raw, shape.of as ProjectedLeaf);
      if (text === undefined) return this.#nullAt(shape, field);
      if (this.#labelled) this.#markValue(label, field);
      return text;
    }
    const released = this.released.length;
    const withheld = this.withheld.length;
    const values = this.values.length;
    if (this.#labelled) this.#markValue(label, field);
    this.#path.push(field.responseName);
    const value = this.#value(raw, shape);
    this.#path.pop();
    if (typeof value === "string" && value !== NULL) return value;
    this.#rewind(released, withheld, values);
    return value === ABSENT ? this.#nullAt(shape, field) : value;
  }

  /** A null, and what is told about it. */
  #missing(node: ResultNode, label: unknown, field: ProjectedField): Projected {
    this.#path.push(field.responseName);
    this.#tell(label);
    if (node === this.run.root) this.#tell(this.run.rootNotices.get(field.responseName));
    this.#path.pop();
    return this.#nullAt(field.value, field);
  }

  #value(raw: unknown, shape: ProjectedValue): Projected {
    if (raw === undefined || raw === null) return this.#nullAt(shape, undefined);
    if (shape.kind === "leaf") return this.#leaf(raw, shape.of as ProjectedLeaf) ?? this.#nullAt(shape, undefined);
    if (!Array.isArray(raw)) return this.#nullAt(shape, undefined);
    const released = this.released.length;
    const withheld = this.withheld.length;
    const values = this.values.length;
    const value = shape.kind === "list" ? this.#list(raw, shape.of as ProjectedValue) : this.#object(raw, shape.of as Projection);
    if (value !== BUBBLE) return value;
    this.#rewind(released, withheld, values);
    return shape.nullable ? NULL : BUBBLE;
  }

  #list(raw: readonly unknown[], of: ProjectedValue): Projected {
    let text = "";
    let count = 0;
    for (const item of raw) {
      this.#path.push(count);
      const value = this.#value(item, of);
      this.#path.pop();
      if (value === BUBBLE) return BUBBLE;
      if (value === ABSENT) continue;
      text += count === 0 ? value : `,${value}`;
      count += 1;
    }
    return `[${text}]`;
  }

  /** Undefined for what is no value in the view. */
  #leaf(raw: unknown, { values }: ProjectedLeaf): string | undefined {
    if (typeof raw === "string") {
      if (values !== undefined && !values.has(raw)) return undefined;
      return this.#plainText ? `"${raw}"` : quote(raw);
    }
    if (values !== undefined) return undefined;
    return typeof raw === "number" && Number.isFinite(raw) ? String(raw) : JSON.stringify(raw);
  }

  /** @param field of the path's end, when the path has not gone there */
  #nullAt(shape: ProjectedValue, field: ProjectedField | undefined): typeof NULL | typeof BUBBLE {
    if (shape.nullable) return NULL;
    this.run.failAt(String(this.#path[0] ?? field?.responseName), "MINISTRY_UNAVAILABLE");
    return BUBBLE;
  }

  #markValue(label: unknown, field: ProjectedField): void {
    this.#mark(label);
    if (!this.detailed && field.floor === undefined && field.slot?.chosenBy === undefined) return;
    const { pool } = this.run;
    const floor = field.floor === undefined ? pool.bottom : pool.refOf(field.floor);
    const chosenBy = this.run.argumentFloor(field.slot?.chosenBy);
    if (floor !== pool.bottom) this.#mark(this.#floorLabel(floor));
    if (chosenBy !== pool.bottom) this.#mark(this.#floorLabel(chosenBy));
    if (this.detailed) {
      const own = label instanceof ValueLabel ? label.ref : pool.bottom;
      this.values.push({ path: [...this.#path, field.responseName].join("."), label: pool.join(pool.join(own, floor), chosenBy) });
    }
  }

  #mark(label: unknown): void {
    if (!(label instanceof ValueLabel) || label.countedIn === this.#number) return;
    label.countedIn = this.#number;
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
    this.withheld.push({ path: this.#path.map(String), reasonClass, contact, requestable });
  }

  #rewind(released: number, withheld: number, values: number): void {
    for (let index = released; index < this.released.length; index += 1) { const label = this.released[index]; if (label !== undefined) label.countedIn = 0; }
    // What was written before may count on a label that is counted no more.
    if (released < this.released.length) this.#known.clear();
    this.released.length = released;
    this.withheld.length = withheld;
    this.values.length = values;
  }
}

function isSame(a: ResultNode, b: ResultNode): boolean {
  if (a.length !== b.length) return false;
  for (let cell = 0; cell < a.length; cell += 1) if (a[cell] !== b[cell]) return false;
  return true;
}
