/**
 * From a world, another one with the same `low(W, s)`: it differs only in rows the asker does not have, in values and labels withheld from the asker,
 * in edges to hidden things and in the order of hidden things among visible ones. What is visible keeps its value, its label and its order.
 */
import type { Label } from "../../schema/label/label";
import { FLOORED_CHOICE, type FieldPlan, type SchemaPlan } from "./generate-schema";
import { labelInForce } from "./generate-label";
import type { Random } from "./generate-random";
import { isEdge, isList, isValueObject, World, WorldMaker, type Cell, type Cells, type Edge, type LabelEntry, type Row } from "./generate-world";
import type { Judge } from "./world-visible";

/** Which of the differences were made, for the report of a failing trial. */
export interface Difference { readonly world: World; readonly made: readonly string[] }

export class DifferenceMaker {
  private readonly made: string[] = [];
  private readonly random: Random;
  private readonly plan: SchemaPlan;

  /**
   * @param only restricts the differences to rows and edges of these subgraphs, to be seen by another ministry
   * @param asker in that case who asks: what becomes of a visible row's fields for the asker stays the same
   */
  constructor(private readonly maker: WorldMaker, private readonly judge: Judge, private readonly world: World, private readonly only?: ReadonlySet<string>, private readonly asker: Judge = judge) {
    this.random = maker.random;
    this.plan = maker.plan;
  }

  make(): Difference {
    const rows = new Map<string, readonly Row[]>();
    for (const type of this.plan.types) {
      for (const subgraph of type.holders) {
        const key = World.key(subgraph, type.name);
        const before = this.world.list(subgraph, type.name);
        rows.set(key, this.only !== undefined && !this.only.has(subgraph) ? before : this.rows(type.name, subgraph, before));
      }
    }
    const changed = new World(rows);
    // Whether an edge is hidden depends on the rows of its subgraph, so edges are varied after all rows are known.
    const rewired = new Map<string, readonly Row[]>();
    for (const [key, list] of rows) {
      const subgraph = key.slice(0, key.indexOf("/"));
      rewired.set(key, this.only !== undefined && !this.only.has(subgraph) ? list : list.map((row) => this.rewire(row, subgraph, changed)));
    }
    return { world: new World(rewired), made: this.made };
  }

  private rows(type: string, subgraph: string, before: readonly Row[]): Row[] {
    const { random, judge } = this;
    const kept: Row[] = [];
    const hidden: Row[] = [];
    for (const row of before) {
      if (judge.isVisible(type, row.entry.record)) kept.push(this.veil(row, subgraph));
      else hidden.push(row);
    }
    const survivors = hidden.filter(() => !random.chance(0.35));
    if (survivors.length < hidden.length) this.made.push(`${subgraph}/${type}: ${hidden.length - survivors.length} hidden rows deleted`);
    const changed = survivors.map((row) => (random.chance(0.5) ? this.hiddenRow(type, subgraph, row.id) ?? row : row));
    const taken = new Set([...kept, ...changed].map((row) => row.id));
    const fresh = (this.maker.ids.get(type) ?? []).filter((id) => !taken.has(id));
    for (const id of random.some([...fresh, `k${random.word(9)}`], 0.4)) {
      const row = this.hiddenRow(type, subgraph, id);
      if (row === undefined) continue;
      changed.push(row);
      this.made.push(`${subgraph}/${type}: hidden row ${id} inserted`);
    }
    return this.interleave(kept, random.shuffle(changed));
  }

  /** A row with random content that the asker does not have. */
  private hiddenRow(type: string, subgraph: string, id: string): Row | undefined {
    const plan = this.plan.types.find((t) => t.name === type);
    const label = this.labelWhere((candidate) => !this.judge.isVisible(type, candidate));
    if (plan === undefined || label === undefined) return undefined;
    const row = this.maker.row(plan, subgraph, id);
    const hidden = { ...row, entry: { ...row.entry, record: label } };
    return this.only === undefined ? hidden : withoutOwnLabels(hidden);
  }

  /** Changes what is withheld in a visible row: values, and hidden labels as long as no outcome changes. */
  private veil(row: Row, subgraph: string): Row {
    const { random, judge } = this;
    const whole = judge.isWhole(row);
    const fields = (this.plan.types.find((type) => type.name === row.type)?.fields ?? []).filter((field) => field.owner === subgraph && field.existence !== true);
    const cells: Record<string, Cell> = { ...row.cells };
    for (const field of fields) {
      if (!whole && judge.field(row, field) === "permit") {
        // A value of an enum that is withheld by its own floor is as no value.
        const now = cells[field.name];
        if ((now !== null && !judge.isWithheldChoice(field, now)) || !judge.isWithheldChoice(field, FLOORED_CHOICE) || !random.chance(0.6)) continue;
        cells[field.name] = now === null ? FLOORED_CHOICE : null;
        this.made.push(`${subgraph}/${row.type}/${row.id}.${field.name}: withheld enum value changed`);
        continue;
      }
      if (field.kind === "derived" || !random.chance(0.7)) continue;
      cells[field.name] = this.maker.cell(field, subgraph);
      this.made.push(`${subgraph}/${row.type}/${row.id}.${field.name}: withheld value changed`);
    }
    const entry = random.chance(0.5) ? this.relabel(row, fields) : row.entry;
    return { ...row, cells, entry };
  }

  /** Other hidden labels with the same outcome everywhere and the same existence where that is known to the asker. */
  private relabel(row: Row, fields: readonly FieldPlan[]): LabelEntry {
    const { judge } = this;
    let entry = row.entry;
    const tryEntry = (next: LabelEntry): void => {
      const changed = { ...row, entry: next };
      const same = [judge, this.asker].every((reader) => reader.isWhole(changed) === reader.isWhole(row) && fields.every((field) => reader.field(changed, field) === reader.field(row, field)));
      if (!same) return;
      entry = next;
      this.made.push(`${row.type}/${row.id}: hidden label changed`);
    };
    if (!judge.permitsContent(row.type, row.entry.record)) {
      const other = this.labelWhere((label) => !judge.permitsContent(row.type, label));
      // The existence label is in low(W, s): it stays, under another content.
      if (other !== undefined) tryEntry({ ...entry, record: this.maker.relabelled(labelInForce(other), labelInForce(row.entry.record).existence) });
    }
    for (const [name, label] of Object.entries(entry.fields ?? {})) {
      const isHidden = (candidate: Label): boolean => !judge.permitsContent(row.type, candidate, name) && !judge.permitsExistence(row.type, candidate, name);
      const other = isHidden(label) ? this.labelWhere(isHidden) : undefined;
      if (other !== undefined) tryEntry({ ...entry, fields: { ...entry.fields, [name]: other } });
    }
    return entry;
  }

  private labelWhere(wanted: (label: Label) => boolean): Label | undefined {
    const candidates = this.maker.labels.filter(wanted);
    return candidates.length === 0 ? undefined : this.random.pick(candidates);
  }

  /** Mixes hidden things among kept ones, whose order stays. */
  private interleave<T>(kept: readonly T[], hidden: readonly T[]): T[] {
    const out: T[] = [];
    let k = 0;
    let h = 0;
    while (k < kept.length || h < hidden.length) {
      const takeHidden = k >= kept.length || (h < hidden.length && this.random.int(kept.length - k + hidden.length - h) < hidden.length - h);
      const next = takeHidden ? hidden[h++] : kept[k++];
      if (next !== undefined) out.push(next);
    }
    return out;
  }

  private rewire(row: Row, subgraph: string, world: World): Row {
    const fields = this.plan.types.find((type) => type.name === row.type)?.fields ?? [];
    return { ...row, cells: this.rewireCells(row.cells, fields, subgraph, world) };
  }

  private rewireCells(cells: Cells, fields: readonly FieldPlan[], subgraph: string, world: World): Cells {
    return Object.fromEntries(Object.entries(cells).map(([name, cell]) => {
      const field = fields.find((f) => f.name === name);
      return [name, field === undefined ? cell : this.rewireCell(cell, field, subgraph, world)];
    }));
  }

  private rewireCell(cell: Cell, field: FieldPlan, subgraph: string, world: World, inner = false): Cell {
    if (isList(cell)) {
      const ofLists = field.kind === "edge" && field.wrapping === "grid" && !inner;
      if (field.kind !== "edge" || ofLists) return cell.map((item) => this.rewireCell(item, field, subgraph, world, ofLists));
      const isHidden = (item: Cell): boolean => isEdge(item) && this.isHidden(item, subgraph, world);
      const hidden = [...cell.filter(isHidden).filter(() => this.random.chance(0.6)), ...this.hiddenEdges(field.target, subgraph, world)];
      return this.interleave(cell.filter((item) => !isHidden(item)), hidden);
    }
    if (isValueObject(cell)) {
      const plan = this.plan.values.find((value) => value.name === cell.type);
      return { ...cell, cells: this.rewireCells(cell.cells, plan?.fields ?? [], subgraph, world) };
    }
    if (field.kind !== "edge" || field.wrapping !== "one") return cell;
    if (cell !== null && !(isEdge(cell) && this.isHidden(cell, subgraph, world))) return cell;
    if (!this.random.chance(0.5)) return cell;
    return this.hiddenEdges(field.target, subgraph, world)[0] ?? null;
  }

  private isHidden(edge: Edge, subgraph: string, world: World): boolean {
    if (edge.entry !== undefined) return !this.judge.isVisible(edge.type, edge.entry.record);
    const row = world.find(subgraph, edge.type, edge.id);
    return row === undefined || !this.judge.isVisible(edge.type, row.entry.record);
  }

  /** Up to two edges to rows the asker does not have, or stubs under hidden labels. */
  private hiddenEdges(target: string, subgraph: string, world: World): Edge[] {
    const out: Edge[] = [];
    for (let i = this.random.int(3); i > 0; i -= 1) {
      const edge = this.maker.edge(target, subgraph);
      if (edge.entry === undefined) {
        if (this.isHidden(edge, subgraph, world)) out.push(edge);
        continue;
      }
      const label = this.labelWhere((candidate) => !this.judge.isVisible(edge.type, candidate));
      if (label !== undefined) out.push({ ...edge, entry: { record: label } });
    }
    return out;
  }
}

/**
 * The row with every field under the record's label. A ministry is told of an edge or value by its own label, whatever the record's, so only such rows are
 * above it as a whole; a reader, who asks for the row, does not have it at all.
 */
export function withoutOwnLabels(row: Row): Row {
  const { fields, ...entry } = row.entry;
  void fields;
  return { ...row, entry };
}
