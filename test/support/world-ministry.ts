/**
 * Ministries of the search that run in this process: graphql-js executes the subgraph over a world's rows and answers in the wire form of a real ministry
 * (`_label` as an index into `extensions.labels`). With the guard on, the rows are those its reader has, so counts, filters, order and pages are of that world.
 */
import { buildSubgraphSchema } from "@apollo/subgraph";
import { execute, GraphQLError, parse, type DocumentNode, type ExecutionResult, type GraphQLFieldResolver, type GraphQLSchema, type GraphQLTypeResolver } from "graphql";
import { joinAll, type Label } from "../../schema/label";
import { labelOf } from "../../schema/policy";
import { labelInForce } from "./generate-label";
import { pageTypeOf } from "./generate-sdl";
import type { RootPlan, SchemaPlan } from "./generate-schema";
import { isDerived, isEdge, isHeld, isList, isValueObject, remember, World, type Cell, type LabelEntry, type Row } from "./generate-world";

/** A resolved object of a labelled type: a row, a stub (no row) or a page. */
export interface Node { readonly __typename: string; readonly id?: string; readonly entry: LabelEntry; readonly row?: Row; readonly inputs?: Readonly<Record<string, unknown>>; readonly page?: Page }
interface ValueNode { readonly __typename: string; readonly cells: Readonly<Record<string, Cell>> }
export interface Page { readonly totalCount: number; readonly hasNext: boolean; readonly nodes: readonly Row[] }
export interface PageArguments { readonly first?: number | null; readonly after?: number | null; readonly startsWith?: string | null; readonly down?: boolean | null }
interface MinistryContext { readonly plan: SchemaPlan; readonly subgraph: string; readonly served: ServedWorld; readonly world: World; readonly labels: LabelEntry[]; readonly window: ChangeWindow | undefined }
interface Body { readonly query: string; readonly variables?: Readonly<Record<string, unknown>>; readonly operationName?: string; readonly extensions?: { readonly changes?: ChangeWindow } }
export interface ChangeWindow { readonly after: number; readonly upTo: number }

/** A world as ministries keep it, and the part of it that they serve to one reader; a change is of the world and is seen by whatever is asked afterwards. */
export class ServedWorld {
  private shown: World;
  constructor(private kept: World, private readonly guard: (world: World) => World) { this.shown = guard(kept); }
  get rows(): World { return this.shown; }

  /** Gives a field of a row another value; false where the reader does not have the row, whether there is one or not. */
  change({ subgraph, target, field }: RootPlan & { readonly kind: "change" }, id: string, text: string | null): boolean {
    if (this.shown.find(subgraph, target, id) === undefined) return false;
    this.kept = withCell(this.kept, subgraph, target, id, field, text);
    this.shown = this.guard(this.kept);
    return true;
  }

  /** Rows that came in a window of changes, as far as the reader has them. */
  news({ subgraph, target }: RootPlan, { after, upTo }: ChangeWindow): readonly Row[] {
    return this.kept.list(subgraph, target).slice(after, upTo).flatMap(({ id }) => this.shown.find(subgraph, target, id) ?? []);
  }
}

function withCell(world: World, subgraph: string, type: string, id: string, field: string, cell: Cell): World {
  const key = World.key(subgraph, type);
  return new World(new Map([...world.rows, [key, world.list(subgraph, type).map((row) => (row.id === id ? { ...row, cells: { ...row.cells, [field]: cell } } : row))]]));
}

/** Filters, orders, counts and cuts the rows one reader has, as a ministry does in its database. */
export function pageOf(rows: readonly Row[], filter: string, args: PageArguments): Page & { readonly counted: readonly Row[] } {
  const textOf = (row: Row): string | null => { const cell = row.cells[filter]; return typeof cell === "string" ? cell : null; };
  const { startsWith } = args;
  const counted = rows.filter((row) => startsWith === null || startsWith === undefined || (textOf(row)?.startsWith(startsWith) ?? false));
  const sign = args.down === true ? -1 : 1;
  const compare = (a: Row, b: Row): number => {
    const [x, y] = [textOf(a), textOf(b)];
    if (x === y) return a.id < b.id ? -1 : 1;
    return x === null ? 1 : y === null ? -1 : x < y ? -sign : sign;
  };
  const sorted = [...counted].sort(compare);
  const start = Math.max(0, args.after ?? 0);
  const nodes = sorted.slice(start, args.first === null || args.first === undefined ? undefined : start + Math.max(0, args.first));
  return { totalCount: counted.length, hasNext: start + nodes.length < counted.length, nodes, counted };
}

const pageLabels = new Map<string, Label>();
/** Label of a connection: the join of the existence labels of the rows it counted. */
export function labelOfCounted(counted: readonly Row[]): Label {
  const key = [...new Set(counted.map((row) => row.entry.record.id))].sort().join();
  return remember(pageLabels, key, () => labelOf(joinAll(counted.map((row) => labelInForce(row.entry.record).existence))));
}

/** The text an echo field makes of its stored value and its arguments. */
export function echo(cell: Cell, args: Readonly<Record<string, unknown>>): string | null {
  if (typeof cell !== "string") return null;
  return Array.from({ length: Math.min(3, Math.max(1, Number(args["times"] ?? 1))) }, () => `${typeof args["prefix"] === "string" ? args["prefix"] : "none"}:${cell}`).join("+");
}
/** The text a derived field makes of its inputs. */
export function derive(name: string, inputs: readonly unknown[]): string { return `${name}(${inputs.map((input) => JSON.stringify(input ?? null)).join(",")})`; }

function materialize(context: MinistryContext, cell: Cell): unknown {
  if (isList(cell)) return cell.map((item) => materialize(context, item)).filter((item, index) => item !== null || !isEdge(cell[index]));
  if (isEdge(cell)) {
    if (cell.entry !== undefined) return { __typename: cell.type, id: cell.id, entry: cell.entry } satisfies Node;
    const row = context.world.find(context.subgraph, cell.type, cell.id);
    return row === undefined ? null : nodeOf(row);
  }
  return isValueObject(cell) ? ({ __typename: cell.type, cells: cell.cells } satisfies ValueNode) : cell;
}
function nodeOf(row: Row): Node { return { __typename: row.type, id: row.id, entry: row.entry, row }; }

/** Rows of a root list: of one type, or of all members of an abstract type, in storage order. */
export function rootRows(plan: SchemaPlan, world: World, root: RootPlan): readonly Row[] {
  const members = plan.abstracts.find((abstract) => abstract.name === root.target)?.members ?? [root.target];
  return members.flatMap((member) => world.list(root.subgraph, member));
}

function resolveRoot(context: MinistryContext, name: string, args: Readonly<Record<string, unknown>>): unknown {
  if (name === "_entities") return (args["representations"] as readonly Readonly<Record<string, unknown>>[]).map((r) => resolveReference(context, r));
  const root = context.plan.roots.find((r) => r.name === name);
  if (root === undefined) throw new Error(`no root ${name}`);
  if (root.kind === "change") {
    const [id, text] = [String(args["id"]), typeof args["text"] === "string" ? args["text"] : null];
    if (!context.served.change(root, id, text)) throw new GraphQLError("refused", { extensions: { code: "REFUSED_STATE" } });
    const row = context.served.rows.find(root.subgraph, root.target, id);
    return row === undefined ? null : nodeOf(row);
  }
  if (root.kind === "news") return context.window === undefined ? [] : context.served.news(root, context.window).map(nodeOf);
  if (root.kind === "byId") {
    const id = String(args["id"]);
    if (!isHeld(context.plan, root.target, context.subgraph)) return { __typename: root.target, id, entry: { record: labelOf(joinAll([])) } } satisfies Node;
    const row = context.world.find(context.subgraph, root.target, id);
    return row === undefined ? null : nodeOf(row);
  }
  const rows = rootRows(context.plan, context.world, root);
  if (root.kind === "page") {
    const page = pageOf(rows, root.filter, args);
    return { __typename: pageTypeOf(root), entry: { record: labelOfCounted(page.counted) }, page } satisfies Node;
  }
  const nodes = rows.map(nodeOf);
  return root.kind === "grid" ? [nodes, [...nodes].reverse()] : nodes;
}

function resolveReference(context: MinistryContext, representation: Readonly<Record<string, unknown>>): Node | null {
  const row = context.world.find(context.subgraph, String(representation["__typename"]), String(representation["id"]));
  return row === undefined ? null : { ...nodeOf(row), inputs: representation };
}

const resolveField: GraphQLFieldResolver<Node | ValueNode | undefined, MinistryContext> = (source, args, context, info) => {
  if (source === undefined) return resolveRoot(context, info.fieldName, args as Readonly<Record<string, unknown>>);
  if ("cells" in source) return materialize(context, source.cells[info.fieldName] ?? null);
  if (info.fieldName === "_label") return context.labels.push(source.entry) - 1;
  if (info.fieldName === "id") return source.id;
  if (source.page !== undefined) return info.fieldName === "nodes" ? source.page.nodes.map(nodeOf) : source.page[info.fieldName as "totalCount" | "hasNext"];
  const cell = source.row?.cells[info.fieldName] ?? null;
  if (isDerived(cell)) return derive(cell.name, cell.requires.map((name) => inputOf(source.inputs?.[name])));
  return "prefix" in args ? echo(cell, args as Readonly<Record<string, unknown>>) : materialize(context, cell);
};
/** Of an object only the required part counts. */
export function inputOf(input: unknown): unknown {
  if (Array.isArray(input)) return input.map(inputOf);
  if (typeof input !== "object" || input === null) return input;
  return "ja" in input ? input.ja : "id" in input ? input.id : input;
}
const resolveType: GraphQLTypeResolver<Node, MinistryContext> = (node) => node.__typename;

/** The ministries of one schema plan, ready to answer over any world. */
export class GeneratedMinistries {
  private readonly schemas = new Map<string, GraphQLSchema>();
  private readonly documents = new Map<string, DocumentNode>();

  constructor(readonly plan: SchemaPlan, sdls: ReadonlyMap<string, string>) {
    for (const [subgraph, sdl] of sdls) {
      const schema = buildSubgraphSchema([{ typeDefs: parse(sdl) }]);
      const entities = schema.getQueryType()?.getFields()["_entities"];
      if (entities !== undefined) delete entities.resolve;
      this.schemas.set(subgraph, schema);
    }
  }

  /** Answers one request body over the rows that are served, as JSON. */
  async answer(subgraph: string, body: Body, served: ServedWorld): Promise<unknown> {
    const schema = this.schemas.get(subgraph);
    if (schema === undefined) throw new Error(`no subgraph ${subgraph}`);
    const key = `${subgraph} ${body.query}`;
    let document = this.documents.get(key);
    if (document === undefined) this.documents.set(key, (document = parse(body.query, { noLocation: true })));
    const labels: LabelEntry[] = [];
    const contextValue: MinistryContext = { plan: this.plan, subgraph, served, get world() { return served.rows; }, labels, window: body.extensions?.changes };
    const result: ExecutionResult = await execute({
      schema, document, contextValue, variableValues: body.variables ?? {}, operationName: body.operationName ?? null, fieldResolver: resolveField, typeResolver: resolveType,
    });
    return JSON.parse(JSON.stringify({ data: result.data, ...(result.errors === undefined ? {} : { errors: result.errors }), extensions: { labels } }));
  }
}
