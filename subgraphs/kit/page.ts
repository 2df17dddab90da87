/**
 * Pages (SPEC 6): Relay connections over a masked view. Rows are hidden before they are counted, sorted and cut, so page, count, cursors and "has next" are those of the
 * asker's world; a page is never short. The connection's label is the join over the rows it counted, from the statement that counted them.
 */
import { createHash } from "node:crypto";
import { CursorSeal, type Position } from "./cursor";
import type { PageArgs, SortDirection } from "./graph/filters";
import type { Connection, Edge, Labelled } from "./graph/nodes";
import { Parameters } from "./conditions";
import type { Reader } from "./reader";
import { Refusal } from "./refusal";

const USUAL_PAGE = 100;
const LARGEST_PAGE = 500;

export interface PagedRow { readonly label_id: number }

/** A list of which pages can be asked. */
export interface PageSource<R extends PagedRow> {
  /** Part of the scope of its cursors. */
  readonly name: string;
  /** View and alias, `document d`. */
  readonly from: string;
  readonly columns: string;
  /** Column of the id, by which ties are ordered. */
  readonly id: string;
  readonly order: readonly { readonly column: string; readonly direction: SortDirection }[];
  readonly where: (parameters: Parameters) => string;
  /** Everything that makes it this query; rows have cursors of their own for every one. */
  readonly scope: unknown;
  readonly alias: string;
  /** Given where the text is one of few. */
  readonly statement?: string;
  readonly node: (row: R) => Labelled;
}

export interface PageEnvironment {
  readonly reader: Reader;
  readonly known: readonly number[];
  readonly cursorKey: Buffer;
  readonly subject: string;
  /** Index of the join of the labels of what was counted. */
  readonly joinExistence: (labels: readonly number[]) => number;
}

/** @throws Refusal BAD_USER_INPUT for page arguments that make no sense */
export async function readPage<R extends PagedRow>(source: PageSource<R>, args: PageArgs, environment: PageEnvironment): Promise<Connection> {
  const { size, backward } = sizeOf(args);
  const keys = [...source.order, { column: source.id, direction: "ASC" as const }];
  let made: CursorSeal | undefined;
  const seal = (): CursorSeal => made ??= new CursorSeal(environment.cursorKey, createHash("sha256").update(JSON.stringify([environment.subject, source.name, source.scope])).digest("base64url"));
  const open = (cursor: string | null | undefined): Position | undefined => typeof cursor === "string" ? seal().open(cursor, keys.length) : undefined;
  const [after, before] = [open(args.after), open(args.before)];
  const parameters = new Parameters();
  const where = conditionOf(source, environment, parameters);
  const bounds = [after && beyond(keys, after, false, parameters), before && beyond(keys, before, true, parameters)].filter((bound) => bound !== undefined);
  const text = `SELECT ${source.columns}, ${keys.map(({ column }, at) => `${column} AS sort_${at}`).join(", ")} FROM ${source.from}
    WHERE ${[where, ...bounds].join(" AND ")} ORDER BY ${keys.map((key) => orderTerm(key, backward)).join(", ")} LIMIT ${parameters.add(size + 1)}`;
  const found = await environment.reader.rows<R & Readonly<Record<string, string | null>>>(text, parameters.values, source.statement && bounds.length === 0 ? `${source.statement} ${backward}` : undefined);
  const rows = backward ? found.slice(0, size).reverse() : found.slice(0, size);
  const edges = rows.map((row): Edge => {
    const node = source.node(row);
    return { node, get cursor() { return seal().seal(keys.map((_, index) => row[`sort_${index}`] ?? null)); }, get _label() { return node._label; } };
  });
  const counted = new Counted(source, environment);
  return {
    edges, nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: backward ? before !== undefined : found.length > size, hasPreviousPage: backward ? found.length > size : after !== undefined,
      get startCursor() { return edges[0]?.cursor ?? null; }, get endCursor() { return edges.at(-1)?.cursor ?? null; },
    },
    get totalCount() { return counted.total(); },
    get _label() { return counted.label(); },
  };
}

/** Count and label of a list, from one statement; read only if either is asked. */
class Counted<R extends PagedRow> {
  readonly #source: PageSource<R>;
  readonly #environment: PageEnvironment;
  #groups: Promise<readonly { readonly label_id: number; readonly rows: string }[]> | undefined;

  constructor(source: PageSource<R>, environment: PageEnvironment) {
    this.#source = source;
    this.#environment = environment;
  }

  async total(): Promise<number> {
    return (await this.#read()).reduce((sum, { rows }) => sum + Number(rows), 0);
  }

  async label(): Promise<number> {
    return this.#environment.joinExistence((await this.#read()).map(({ label_id: label }) => label));
  }

  #read(): Promise<readonly { readonly label_id: number; readonly rows: string }[]> {
    const { alias, from, statement } = this.#source;
    const parameters = new Parameters();
    const where = conditionOf(this.#source, this.#environment, parameters);
    return this.#groups ??= this.#environment.reader.rows(`SELECT ${alias}.label_id, count(*) AS rows FROM ${from} WHERE ${where} GROUP BY 1`, parameters.values, statement && `${statement} count`);
  }
}

/** The guard tests every row; naming the labels once more lets an index find them, so that cost does not grow with what is hidden. */
function conditionOf<R extends PagedRow>(source: PageSource<R>, environment: PageEnvironment, parameters: Parameters): string {
  return `${source.alias}.label_id = ANY(${parameters.add(environment.known)}::int[]) AND ${source.where(parameters)}`;
}

function sizeOf({ first, last, after, before }: PageArgs): { readonly size: number; readonly backward: boolean } {
  const backward = typeof last === "number";
  const size = last ?? first ?? USUAL_PAGE;
  const contradicts = backward && (typeof first === "number" || typeof after === "string");
  if (contradicts || (!backward && typeof before === "string") || size < 0 || size > LARGEST_PAGE) throw new Refusal("BAD_USER_INPUT");
  return { size, backward };
}

interface Key { readonly column: string; readonly direction: SortDirection }

/** What the asker does not have comes last, in either direction. */
function orderTerm({ column, direction }: Key, backward: boolean): string {
  return backward ? `${column} ${direction === "ASC" ? "DESC" : "ASC"} NULLS FIRST` : `${column} ${direction} NULLS LAST`;
}

/** The rows strictly behind a position, or before it. */
function beyond(keys: readonly Key[], position: Position, before: boolean, parameters: Parameters): string {
  const placeholders = position.map((value) => (value === null ? null : parameters.add(value)));
  const alternatives = keys.map((key, at) => {
    const equal = keys.slice(0, at).map(({ column }, index) => (placeholders[index] === null ? `${column} IS NULL` : `${column} = ${placeholders[index]}`));
    return `(${[...equal, step(key, placeholders[at] ?? null, before)].join(" AND ")})`;
  });
  return `(${alternatives.join(" OR ")})`;
}

function step({ column, direction }: Key, placeholder: string | null, before: boolean): string {
  if (placeholder === null) return before ? `${column} IS NOT NULL` : "FALSE";
  const operator = (direction === "ASC") === before ? "<" : ">";
  return before ? `${column} ${operator} ${placeholder}` : `(${column} ${operator} ${placeholder} OR ${column} IS NULL)`;
}
