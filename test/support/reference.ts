/**
 * The oracle of the search: what is left of a world for one reader, merged as if one server held it, answered by plain graphql-js. Beside the data it says
 * which labels were released (the marking) and what is withheld, both worked out here without the gateway.
 */
import { execute, type DocumentNode, type ExecutionResult, type GraphQLFieldResolver, type GraphQLSchema } from "graphql";
import { joinAll, type LabelCore } from "../../schema/label";
import { floorOf, labelOf } from "../../schema/policy";
import { labelInForce } from "./generate-label";
import type { FieldPlan, RootPlan, SchemaPlan, TypePlan } from "./generate-schema";
import { pageTypeOf } from "./generate-sdl";
import { isDerived, isEdge, isHeld, isList, isValueObject, type Cell, type LabelEntry, type Row, type World } from "./generate-world";
import { derive, echo, inputOf, labelOfCounted, pageOf, rootRows, ServedWorld, type ChangeWindow, type Page } from "./world-ministry";
import { isFlooredChoice, visibleWorld, type Judge, type VisibleRow } from "./world-visible";

export interface Withheld { readonly path: readonly string[]; readonly reasonClass: string; readonly contact: unknown; readonly requestable: boolean }
export interface Answer { readonly data: unknown; readonly errors: number; readonly withheld: readonly Withheld[]; readonly released: LabelCore }

interface Node { readonly __typename: string; readonly id?: string; readonly entry: LabelEntry; readonly subgraph: string; readonly page?: Page }
interface ValueNode { readonly __typename: string; readonly cells: Readonly<Record<string, Cell>>; readonly subgraph: string }
type Source = Node | ValueNode | undefined;

class Merged {
  readonly types: ReadonlyMap<string, TypePlan>;
  readonly fields: ReadonlyMap<string, FieldPlan>;
  readonly released = new Set<LabelCore>();
  readonly withheld = new Map<string, Withheld>();

  /** @param judge who reads; undefined: an omniscient reader, of whom nothing is withheld */
  constructor(readonly plan: SchemaPlan, private readonly served: ServedWorld, readonly judge: Judge | undefined, private readonly window: ChangeWindow | undefined) {
    this.types = new Map(plan.types.map((type) => [type.name, type]));
    this.fields = new Map(plan.types.flatMap((type) => type.fields.map((field) => [`${type.name}.${field.name}`, field] as const)));
  }

  get world(): World { return this.served.rows; }

  node(row: Row, subgraph: string): Node { return { __typename: row.type, id: row.id, entry: row.entry, subgraph }; }

  root(name: string, args: Readonly<Record<string, unknown>>): unknown {
    const root = this.plan.roots.find((r) => r.name === name);
    if (root === undefined) return undefined;
    if (root.kind === "byId") return this.byId(root, String(args["id"]));
    if (root.kind === "change") return this.change(root, String(args["id"]), typeof args["text"] === "string" ? args["text"] : null);
    if (root.kind === "news") return this.window === undefined ? [] : this.served.news(root, this.window).map((row) => this.node(row, root.subgraph));
    const rows = rootRows(this.plan, this.world, root);
    if (root.kind === "page") {
      const page = pageOf(rows, root.filter, args);
      return { __typename: pageTypeOf(root), entry: { record: labelOfCounted(page.counted) }, subgraph: root.subgraph, page } satisfies Node;
    }
    const nodes = rows.map((row) => this.node(row, root.subgraph));
    return root.kind === "grid" ? [nodes, [...nodes].reverse()] : nodes;
  }

  private change(root: RootPlan & { readonly kind: "change" }, id: string, text: string | null): Node | null {
    if (!this.served.change(root, id, text)) throw new Error("refused");
    const row = this.world.find(root.subgraph, root.target, id);
    if (row === undefined) return null;
    // What the field gives is under the field's own floor too.
    if (root.floor !== undefined && this.judge !== undefined) this.released.add(floorOf(root.floor));
    return this.node(row, root.subgraph);
  }

  private byId(root: RootPlan, id: string): Node | null {
    if (!isHeld(this.plan, root.target, root.subgraph)) return { __typename: root.target, id, entry: PUBLIC_ENTRY, subgraph: root.subgraph };
    const row = this.world.find(root.subgraph, root.target, id);
    return row === undefined ? null : this.node(row, root.subgraph);
  }

  value(cell: Cell, subgraph: string): unknown {
    if (isList(cell)) return cell.map((item) => this.value(item, subgraph)).filter((item, index) => item !== null || !isEdge(cell[index]));
    if (isEdge(cell)) {
      if (cell.entry !== undefined) return { __typename: cell.type, id: cell.id, entry: cell.entry, subgraph } satisfies Node;
      const row = this.world.find(subgraph, cell.type, cell.id);
      return row === undefined ? null : this.node(row, subgraph);
    }
    return isValueObject(cell) ? ({ __typename: cell.type, cells: cell.cells, subgraph } satisfies ValueNode) : cell;
  }

  /** The row that resolves a field of a node, if its reader has it. */
  rowOf(node: Node, field: FieldPlan): VisibleRow | undefined {
    return this.world.find(field.owner, node.__typename, node.id ?? "") as VisibleRow | undefined;
  }

  fieldOf(node: Node, name: string): FieldPlan | undefined { return this.fields.get(`${node.__typename}.${name}`); }

  /** A stored, echoed or derived value, before objects are made of it. */
  cell(node: Node, field: FieldPlan, args: Readonly<Record<string, unknown>>): Cell {
    const row = this.rowOf(node, field);
    const cell = row?.cells[field.name] ?? null;
    if (field.kind === "echo") return echo(cell, args);
    if (!isDerived(cell)) return cell;
    if (!this.isKnown(node, field)) return null;
    return derive(cell.name, cell.requires.map((name) => this.input(node, name)));
  }

  /**
   * Whether a ministry answers for the field at all. An input that nobody answers is not null but unknown, and then there is nothing to ask about
   * what requires it.
   */
  isKnown(node: Node, field: FieldPlan): boolean {
    if (this.rowOf(node, field) === undefined) return false;
    return field.kind !== "derived" || field.requires.every((name) => {
      const input = this.fieldOf(node, name);
      return input !== undefined && this.isKnown(node, input);
    });
  }

  private input(node: Node, name: string): unknown {
    const field = this.fieldOf(node, name);
    if (field === undefined) return null;
    const cell = this.cell(node, field, { prefix: "req" });
    return isValueObject(cell) ? cell.cells["ja"] : field.kind === "edge" ? inputOf(this.value(cell, field.owner)) : cell;
  }
}

const resolveField: GraphQLFieldResolver<Source, Merged> = (source, args, merged, info) => {
  const values = args as Readonly<Record<string, unknown>>;
  const path = pathOf(info.path);
  if (source === undefined) return noteObjects(merged, merged.root(info.fieldName, values), path);
  if ("cells" in source) return noteObjects(merged, merged.value(source.cells[info.fieldName] ?? null, source.subgraph), path);
  if (info.fieldName === "id") return source.id;
  if (source.page !== undefined) {
    noteValue(merged, source, undefined);
    const { page, subgraph } = source;
    return info.fieldName === "nodes" ? noteObjects(merged, page.nodes.map((row) => merged.node(row, subgraph)), path) : page[info.fieldName as "totalCount" | "hasNext"];
  }
  const field = merged.fieldOf(source, info.fieldName);
  if (field === undefined) return null;
  const value = merged.value(merged.cell(source, field, values), field.owner);
  noteField(merged, source, field, path, value);
  return noteObjects(merged, value, path);
};

type PathNode = { readonly prev: PathNode | undefined; readonly key: string | number };
function pathOf(path: PathNode | undefined): string[] {
  return path === undefined ? [] : [...pathOf(path.prev), String(path.key)];
}

function noteObjects(merged: Merged, value: unknown, path: readonly string[]): unknown {
  if (Array.isArray(value)) value.forEach((item, index) => noteObjects(merged, item, [...path, String(index)]));
  else if (typeof value === "object" && value !== null && "entry" in value) noteObject(merged, value as Node, path);
  return value;
}

/** An object of a labelled type is there: its existence label is released. */
function noteObject(merged: Merged, node: Node, path: readonly string[]): void {
  const { judge } = merged;
  if (judge === undefined) return;
  merged.released.add(judge.floor(node.__typename)).add(labelInForce(node.entry.record).existence);
  const row = merged.world.find(node.subgraph, node.__typename, node.id ?? "") as VisibleRow | undefined;
  if (row?.whole === true) withhold(merged, row, path);
}

/** A field of a labelled object was asked: its label is released with a value, or its place is withheld. Null says nothing, so it carries nothing. */
function noteField(merged: Merged, node: Node, field: FieldPlan, path: readonly string[], value: unknown): void {
  const { judge } = merged;
  if (judge === undefined) return;
  // Nobody is asked about what requires an unknown input, so nothing is said about it either.
  if (field.kind === "derived") noteInputs(merged, node, field, path.slice(0, -1));
  const row = merged.isKnown(node, field) ? merged.rowOf(node, field) : undefined;
  if (row === undefined) return;
  if (row.whole) withhold(merged, row, path.slice(0, -1));
  const outcome = row.outcomes[field.name];
  if (outcome === "redact") withhold(merged, row, path);
  if (outcome === "permit" && value !== null) noteValue(merged, { ...node, entry: row.entry }, field);
  if (outcome === "permit" && isFlooredChoice(field, value as Cell)) merged.released.add(judge.choiceFloor);
}

/** Whoever is asked for an input of a derived value and has the record redacted as a whole says so. */
function noteInputs(merged: Merged, node: Node, field: FieldPlan, path: readonly string[]): void {
  for (const name of field.kind === "derived" ? field.requires : []) {
    const input = merged.fieldOf(node, name);
    if (input === undefined) continue;
    noteInputs(merged, node, input, path);
    const row = merged.isKnown(node, input) ? merged.rowOf(node, input) : undefined;
    if (row?.whole === true) withhold(merged, row, path);
  }
}

function noteValue(merged: Merged, node: Node, field: FieldPlan | undefined): void {
  const { judge } = merged;
  if (judge === undefined) return;
  const { record, fields } = node.entry;
  const label = field === undefined ? labelInForce(record) : field.existence === true ? labelInForce(record).existence : labelInForce(fields?.[field.name] ?? record);
  merged.released.add(judge.floor(node.__typename, field?.name)).add(label);
}

function withhold(merged: Merged, { entry, type }: Row, path: readonly string[]): void {
  if (merged.judge !== undefined) merged.released.add(merged.judge.floor(type)).add(labelInForce(entry.record).existence);
  const withheld: Withheld = { path, reasonClass: entry.reasonClass ?? "RESTRICTED", contact: entry.contact ?? null, requestable: entry.requestable ?? false };
  merged.withheld.set(JSON.stringify(withheld), withheld);
}

const PUBLIC_ENTRY: LabelEntry = { record: labelOf(joinAll([])) };

/** What a reader gets of a world, of which they have what `visibleWorld` leaves, or all of it when there is no judge. */
export async function answerReference(question: {
  readonly plan: SchemaPlan; readonly world: World; readonly judge?: Judge; readonly view: GraphQLSchema; readonly document: DocumentNode;
  readonly operationName?: string; readonly variables: Readonly<Record<string, unknown>>; /** Of a subscription. */ readonly window?: ChangeWindow;
}): Promise<Answer> {
  const { judge } = question;
  const merged = new Merged(question.plan, new ServedWorld(question.world, (world) => (judge === undefined ? world : visibleWorld(world, judge))), judge, question.window);
  const result: ExecutionResult = await execute({
    schema: question.view, document: question.document, contextValue: merged, variableValues: question.variables, operationName: question.operationName ?? null,
    fieldResolver: resolveField, typeResolver: (source: Node | ValueNode) => source.__typename,
  });
  return { data: result.data, errors: result.errors?.length ?? 0, withheld: [...merged.withheld.values()], released: joinAll([...merged.released]) };
}
