/**
 * A world of the search: the rows every subgraph of a schema plan holds, each with the labels it would state on the wire. Values are unique texts and
 * numbers, so that finding one in an answer or a call says which value it was. Edges name their target; a stub of a foreign entity carries its own label.
 */
import { canonicalJson, equalLabels, joinAll, type Label, type LabelCore } from "../../schema/label";
import { labelOf } from "../../schema/policy";
import type { FieldPlan, ScalarKind, SchemaPlan, TypePlan } from "./generate-schema";
import { PORTION_KIND } from "./generate-schema";
import type { Random } from "./generate-random";

/** What a ministry states about the labels of one object: an entry of `extensions.labels`. */
export interface LabelEntry {
  readonly record: Label;
  readonly fields?: Readonly<Record<string, Label>>;
  readonly contact?: { readonly ja: string; readonly en: string };
  readonly reasonClass?: string;
  readonly requestable?: boolean;
}
export interface Edge { readonly kind: "edge"; readonly type: string; readonly id: string; /** Present on a stub of a foreign entity. */ readonly entry?: LabelEntry }
export interface ValueObject { readonly kind: "value"; readonly type: string; readonly cells: Cells }
/** A field under @requires: its text is computed from the representation. */
export interface Derived { readonly kind: "derived"; readonly name: string; readonly requires: readonly string[] }
export type Cell = string | number | boolean | null | Edge | ValueObject | Derived | readonly Cell[];
export type Cells = Readonly<Record<string, Cell>>;
export interface Row { readonly id: string; readonly type: string; readonly entry: LabelEntry; readonly cells: Cells }

/** Rows by subgraph and type, in storage order. */
export class World {
  private readonly index = new Map<string, Map<string, Row>>();
  constructor(readonly rows: ReadonlyMap<string, readonly Row[]>) {}
  /** Key of the rows of one type in one subgraph. */
  static key(subgraph: string, type: string): string { return `${subgraph}/${type}`; }
  list(subgraph: string, type: string): readonly Row[] { return this.rows.get(World.key(subgraph, type)) ?? []; }
  find(subgraph: string, type: string, id: string): Row | undefined {
    const key = World.key(subgraph, type);
    let byId = this.index.get(key);
    if (byId === undefined) this.index.set(key, (byId = new Map(this.list(subgraph, type).map((row) => [row.id, row]))));
    return byId.get(id);
  }
}

export function isEdge(cell: Cell | undefined): cell is Edge { return typeof cell === "object" && cell !== null && "kind" in cell && cell.kind === "edge"; }
export function isValueObject(cell: Cell | undefined): cell is ValueObject { return typeof cell === "object" && cell !== null && "kind" in cell && cell.kind === "value"; }
export function isDerived(cell: Cell | undefined): cell is Derived { return typeof cell === "object" && cell !== null && "kind" in cell && cell.kind === "derived"; }
export function isList(cell: Cell | undefined): cell is readonly Cell[] { return Array.isArray(cell); }

/** What a generator of rows needs to know: the plan, where labels come from, and the ids in play. */
export class WorldMaker {
  private serial: number;
  /** Labels whose existence is labelled like their content. */
  private readonly plain: readonly Label[];
  constructor(readonly plan: SchemaPlan, readonly random: Random, readonly labels: readonly Label[], readonly ids: ReadonlyMap<string, readonly string[]>) {
    this.plain = labels.filter((label) => equalLabels(label, label.existence));
    this.serial = 1000 + random.int(1000);
  }

  world(): World {
    const rows = new Map<string, readonly Row[]>();
    for (const type of this.plan.types) {
      for (const subgraph of type.holders) {
        const held = this.random.some(this.random.shuffle(this.ids.get(type.name) ?? []), 0.85);
        rows.set(World.key(subgraph, type.name), held.map((id) => this.row(type, subgraph, id)));
      }
    }
    return new World(rows);
  }

  row(type: TypePlan, subgraph: string, id: string): Row {
    const own = type.fields.filter((field) => field.owner === subgraph);
    return { id, type: type.name, entry: this.entry(own), cells: this.cells(own, subgraph) };
  }

  cells(fields: readonly FieldPlan[], subgraph: string): Cells {
    return Object.fromEntries(fields.map((field) => [field.name, this.cell(field, subgraph)]));
  }

  /** Labels of a row: some portions have one of their own, now and then an edge does. */
  entry(own: readonly FieldPlan[]): LabelEntry {
    const { random } = this;
    const fields: Record<string, Label> = {};
    for (const field of own) {
      const apart = PORTION_KIND[field.name] !== undefined ? 0.5 : field.kind === "edge" ? 0.25 : 0;
      if (random.chance(apart)) fields[field.name] = this.portionLabel();
    }
    const base = random.pick(this.labels);
    const record = random.chance(0.5) ? this.rollUp(base, Object.values(fields)) : base;
    return {
      record,
      ...(Object.keys(fields).length === 0 ? {} : { fields }),
      ...(random.chance(0.5) ? { contact: { ja: this.text(), en: this.text() } } : {}),
      ...(random.chance(0.3) ? { reasonClass: random.pick(["NEED_TO_KNOW", "CLEARANCE", "RELEASE"]) } : {}),
      ...(random.chance(0.3) ? { requestable: true } : {}),
    };
  }

  /** A record's label is at least the join of its portions' labels; the other half of the rows breaks that rule, and nothing may depend on it. */
  rollUp(base: Label, portions: readonly Label[]): Label {
    const key = [base, ...portions].map((label) => label.id).join();
    return remember(rolled, key, () => labelOf(joinAll([base, ...portions]), { existence: base.existence }));
  }

  /** A label with the content of one and the existence of another. */
  relabelled(content: Label, existence: LabelCore): Label {
    return remember(rolled, `${content.id}/${canonicalJson(existence)}`, () => labelOf(joinAll([content, existence]), { existence }));
  }

  /** The existence label of a portion is its own label. */
  portionLabel(): Label {
    return this.random.pick(this.plain.length === 0 ? this.labels : this.plain);
  }

  text(): string { return `t${(this.serial += 1 + this.random.int(9)).toString(36)}${this.random.word(4)}`; }
  number(): number { return 100_000 + ((this.serial += 1 + this.random.int(9)) * 7919) % 2_000_000_000; }

  cell(field: FieldPlan, subgraph: string): Cell {
    const { random } = this;
    if (field.kind === "derived") return { kind: "derived", name: field.name, requires: field.requires };
    if (field.kind === "scalar") return random.chance(0.12) && field.existence !== true ? null : this.scalar(field.scalar);
    if (field.kind === "echo") return random.chance(0.12) ? null : this.text();
    const item = (): Cell => (field.kind === "edge" ? this.edge(field.target, subgraph) : this.valueObject(field.value, subgraph));
    if (field.wrapping === "one") return random.chance(0.12) ? null : item();
    const list = (): Cell[] => Array.from({ length: random.int(4) }, item);
    return field.wrapping === "list" ? list() : Array.from({ length: random.int(3) }, list);
  }

  scalar(scalar: ScalarKind): Cell {
    switch (scalar) {
      case "text": return this.text();
      case "number": return this.number();
      case "flag": return this.random.chance(0.5);
      case "choice": return this.random.pick(["RED", "GREEN", "BLUE"]);
      case "texts": return Array.from({ length: this.random.int(3) }, () => this.text());
      case "matrix": return Array.from({ length: this.random.int(3) }, () => Array.from({ length: this.random.int(3) }, () => this.text()));
      case "words": return { kind: "value", type: "Words", cells: { ja: this.text(), en: this.random.chance(0.8) ? this.text() : null } };
      default: throw new Error("unknown scalar");
    }
  }

  valueObject(name: string, subgraph: string): ValueObject {
    const plan = this.plan.values.find((value) => value.name === name);
    if (plan === undefined) throw new Error(`no value type ${name}`);
    return { kind: "value", type: name, cells: this.cells(plan.fields, subgraph) };
  }

  /** An edge to a row of this subgraph (which may be absent) or to a stub with a label of its own. */
  edge(target: string, subgraph: string): Edge {
    const members = this.plan.abstracts.find((abstract) => abstract.name === target)?.members ?? [target];
    const type = this.random.pick(members);
    const id = this.random.pick(this.ids.get(type) ?? ["none"]);
    return isHeld(this.plan, type, subgraph) ? { kind: "edge", type, id } : { kind: "edge", type, id, entry: { record: this.portionLabel() } };
  }
}

/** Whether a subgraph holds rows of a type (else it knows stubs at most). */
export function isHeld(plan: SchemaPlan, type: string, subgraph: string): boolean {
  return plan.types.some((t) => t.name === type && t.holders.includes(subgraph));
}

/** Making a label costs a hash, and a search needs few different ones. */
const rolled = new Map<string, Label>();
export function remember<K, T>(memo: Map<K, T>, key: K, make: () => T): T {
  const known = memo.get(key);
  if (known !== undefined) return known;
  if (memo.size > 50_000) memo.clear();
  const made = make();
  memo.set(key, made);
  return made;
}
