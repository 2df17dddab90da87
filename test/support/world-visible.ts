/**
 * What a subject has of a world: rows that are not visible are dropped, withheld values are null, edges to nothing vanish. It is the row and column guard of the
 * in-process ministries and the first half of the reference; it decides with the plan's own floors, never with composed ones.
 */
import { BOTTOM, joinAll, PORTIONS, type Label, type LabelCore } from "../../schema/label";
import { decide, floorOf, type Policy } from "../../schema/policy";
import { labelInForce, type Asker } from "./generate-label";
import { pageTypeOf } from "./generate-sdl";
import { FLOORED_CHOICE, type FieldPlan, type FloorPlan, type SchemaPlan, type TypePlan } from "./generate-schema";
import { isDerived, isEdge, isList, isValueObject, remember, World, type Cell, type Cells, type Edge, type Row } from "./generate-world";

export type FieldOutcome = "permit" | "redact" | "hide";
/** A row as its reader has it. */
export interface VisibleRow extends Row {
  /** None of its content is permitted: only existence fields answer. */
  readonly whole: boolean;
  readonly outcomes: Readonly<Record<string, FieldOutcome>>;
}

const CONTENT: ReadonlySet<string> = new Set(PORTIONS);

/** The decisions of one asker about the labels of one schema plan. */
export class Judge {
  private readonly memo = new Map<LabelCore, Map<LabelCore, boolean>>();
  private readonly floors = new Map<string, LabelCore>();
  private readonly types: ReadonlyMap<string, TypePlan>;
  readonly choiceFloor: LabelCore;

  /** @param valueByValue no record is redacted as a whole: a ministry is told of a value or edge by its own label */
  constructor(readonly plan: SchemaPlan, readonly policy: Policy, readonly asker: Asker, private readonly valueByValue = false) {
    this.types = new Map(plan.types.map((type) => [type.name, type]));
    this.choiceFloor = coreOf(plan.choiceFloor);
    for (const type of plan.types) {
      this.floors.set(type.name, coreOf(type.floor));
      for (const root of plan.roots) if (root.kind === "page" && root.target === type.name) this.floors.set(pageTypeOf(root), coreOf(type.floor));
      for (const field of type.fields) this.floors.set(`${type.name}.${field.name}`, joinAll([coreOf(type.floor), coreOf(field.floor)]));
    }
  }

  /** Floor of a type, or of a field joined with its type's. */
  floor(type: string, field?: string): LabelCore {
    return this.floors.get(field === undefined ? type : `${type}.${field}`) ?? this.floors.get(type) ?? BOTTOM;
  }

  /** Whether the asker is permitted `floor` joined with `core`. */
  permits(floor: LabelCore, core: LabelCore): boolean {
    let byCore = this.memo.get(floor);
    if (byCore === undefined) this.memo.set(floor, (byCore = new Map()));
    let known = byCore.get(core);
    if (known === undefined) {
      const { subject, action, ctx } = this.asker;
      const joined = floor === BOTTOM ? core : joinAll([floor, core]);
      known = decide(this.policy, subject, action, bare(joined), ctx).outcome === "permit";
      byCore.set(core, known);
    }
    return known;
  }

  /** Whether the content under a label is permitted, with the floors of the type and field. */
  permitsContent(type: string, label: Label, field?: string): boolean { return this.permits(this.floor(type, field), labelInForce(label)); }
  permitsExistence(type: string, label: Label, field?: string): boolean { return this.permits(this.floor(type, field), labelInForce(label).existence); }
  isVisible(type: string, label: Label): boolean { return this.permitsContent(type, label) || this.permitsExistence(type, label); }

  /** What becomes of one field of a visible row that is not redacted as a whole. */
  field(row: Row, field: FieldPlan): FieldOutcome {
    if (field.existence === true) return this.permitsExistence(row.type, row.entry.record, field.name) ? "permit" : "hide";
    const label = row.entry.fields?.[field.name] ?? row.entry.record;
    if (this.permitsContent(row.type, label, field.name)) return "permit";
    return this.permitsExistence(row.type, label, field.name) ? "redact" : "hide";
  }

  /** Whether an enum value is withheld by its own floor, wherever it occurs. */
  isWithheldChoice(field: FieldPlan, cell: Cell | undefined): boolean { return isFlooredChoice(field, cell) && !this.permits(BOTTOM, this.choiceFloor); }

  /** Whether neither the record's label nor any portion's is permitted. */
  isWhole(row: Row): boolean {
    if (this.valueByValue || this.permitsContent(row.type, row.entry.record)) return false;
    return !Object.entries(row.entry.fields ?? {}).some(([field, label]) => CONTENT.has(field) && this.permitsContent(row.type, label));
  }

  /** The row as the asker has it, edges not yet filtered. */
  see(row: Row, guards: Guards): VisibleRow | undefined {
    if (guards.rows && !this.isVisible(row.type, row.entry.record)) return undefined;
    if (!guards.columns) return { ...row, whole: false, outcomes: {} };
    const whole = this.isWhole(row);
    const outcomes: Record<string, FieldOutcome> = {};
    const cells: Record<string, Cell> = {};
    for (const field of this.types.get(row.type)?.fields ?? []) {
      const cell = row.cells[field.name];
      if (cell === undefined) continue;
      const outcome = whole && field.existence !== true ? "hide" : this.field(row, field);
      outcomes[field.name] = outcome;
      cells[field.name] = outcome === "permit" && !this.isWithheldChoice(field, cell) ? cell : null;
    }
    return { ...row, whole, outcomes, cells };
  }
}

export function isFlooredChoice(field: FieldPlan, cell: Cell | undefined): boolean { return field.kind === "scalar" && field.scalar === "choice" && cell === FLOORED_CHOICE; }

/** `decide` on a core alone: permit or hide. */
function bare(core: LabelCore): LabelCore {
  const { policy, level, regimes, need, owners, purposes, handling } = core;
  return { policy, level, regimes, need, owners, purposes, handling };
}
function coreOf(floor: FloorPlan | undefined): LabelCore { return floor === undefined ? BOTTOM : floorOf(floor); }

/** The two guards of a ministry; one of them off is a seeded fault. */
export interface Guards { readonly rows: boolean; readonly columns: boolean }

/** Worlds and judges never change, and a trial asks about the same of them many times. */
const visibleWorlds = new WeakMap<World, WeakMap<Judge, Map<string, World>>>();

/** The part of a world its reader has. */
export function visibleWorld(world: World, judge: Judge, guards: Guards = { rows: true, columns: true }): World {
  const byJudge = visibleWorlds.get(world) ?? new WeakMap<Judge, Map<string, World>>();
  visibleWorlds.set(world, byJudge);
  const known = byJudge.get(judge) ?? new Map<string, World>();
  byJudge.set(judge, known);
  return remember(known, `${guards.rows} ${guards.columns}`, () => makeVisible(world, judge, guards));
}

function makeVisible(world: World, judge: Judge, guards: Guards): World {
  const rows = new Map<string, readonly VisibleRow[]>();
  for (const [key, list] of world.rows) rows.set(key, list.flatMap((row) => judge.see(row, guards) ?? []));
  const seen = new World(rows);
  const trimmed = new Map<string, readonly Row[]>();
  for (const [key, list] of rows) {
    const subgraph = key.slice(0, key.indexOf("/"));
    trimmed.set(key, list.map((row) => ({ ...row, cells: trimCells(row.cells, (edge) => isReal(seen, judge, subgraph, edge, guards)) })));
  }
  return new World(trimmed);
}

/** Whether an edge leads to something its reader has. */
function isReal(seen: World, judge: Judge, subgraph: string, edge: Edge, guards: Guards): boolean {
  return edge.entry === undefined ? seen.find(subgraph, edge.type, edge.id) !== undefined : !guards.rows || judge.isVisible(edge.type, edge.entry.record);
}

/** Drops edges that `keep` refuses: null alone, removed from lists. */
export function trimCells(cells: Cells, keep: (edge: Edge) => boolean): Cells {
  return Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name, trimCell(cell, keep)]));
}
function trimCell(cell: Cell, keep: (edge: Edge) => boolean): Cell {
  if (isList(cell)) return cell.filter((item) => !isEdge(item) || keep(item)).map((item) => trimCell(item, keep));
  if (isEdge(cell)) return keep(cell) ? cell : null;
  if (isValueObject(cell)) return { ...cell, cells: trimCells(cell.cells, keep) };
  return isDerived(cell) ? cell : cell;
}

/** Every text and number in the rows: what an answer made from this world may contain. */
export function tokensOf(world: World): Set<string> {
  const out = new Set<string>();
  const walk = (cell: Cell): void => {
    if (typeof cell === "string" || typeof cell === "number") out.add(String(cell));
    else if (isList(cell)) cell.forEach(walk);
    else if (isEdge(cell)) out.add(cell.id);
    else if (isValueObject(cell)) Object.values(cell.cells).forEach(walk);
  };
  for (const list of world.rows.values()) {
    for (const row of list) {
      out.add(row.id);
      Object.values(row.cells).forEach(walk);
    }
  }
  return out;
}
