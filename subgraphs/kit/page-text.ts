/**
 * The statements of a page (SPEC 6): what is shown is ordered and cut before it is looked up, whatever the order. Takes a list, the labels by which its rows are found and the conditions; gives the text of one statement, its
 * parameters are collected on the way.
 */
import { type Parameters, apart } from "./conditions";
import type { Position } from "./cursor";
import type { SortDirection } from "./graph/filters";
import type { PagedRow, PageSource } from "./page";

/** Placeholders: of the labels of records, unless these are looked up by id, and of those by which parts are read one after the other. */
export interface ListedLabels { readonly known: string | undefined; readonly own: string | undefined; readonly isWide: boolean }

/**
 * The page is cut before anything is read that it does not need: a view with many parts is joined to the few rows that are left, and not to all that are sorted.
 * In the order of ids it is cut from as many lists as there are labels, each of which an index keeps in that order: walking all ids and passing over what is hidden
 * would cost what is hidden, and sorting all that is visible would cost all of it.
 */
export function pageText<R extends PagedRow>(source: PageSource<R>, keys: readonly Key[], backward: boolean, where: string, { known, own, isWide }: ListedLabels, parameters: Parameters, size: number, isNear: boolean): string {
  const { alias, columns, detail, id, statement, isNarrow = false } = source;
  const order = (column: (key: Key, at: number) => string): string => keys.map((key, at) => orderTerm({ ...key, column: column(key, at) }, backward)).join(", ");
  const sorts = keys.map(({ column }, at) => `${column} AS sort_${at}`).join(", ");
  const from = source.from(parameters, isWide ? known : undefined);
  // The bounds of a page that lies near are told of ids as an index has them, but its order is not.
  const end = `ORDER BY ${order(({ column }) => (isNear && own === undefined && column === id ? `(${id} || '')` : column))} LIMIT ${parameters.add(size + 1)}`;
  const labelled = known === undefined || isWide ? where : `${alias}.label_id = ANY(${known}) AND ${where}`;
  const kept = keys.map((_, at) => `page.sort_${at}`).join(", ");
  const found = (page: string): string => `SELECT ${columns}, ${kept} FROM (${page}) page CROSS JOIN LATERAL ${apart(`SELECT * FROM ${detail ?? ""} ${alias} WHERE ${id} = page.page_id`)} ${alias} ORDER BY ${order((_, at) => `page.sort_${at}`)}`;
  if (own !== undefined) {
    return found(`SELECT page.* FROM unnest(${own}) AS own(label) CROSS JOIN LATERAL (SELECT ${id} AS page_id, ${sorts} FROM ${from} WHERE ${labelled} ${end}) page ORDER BY ${order((_, at) => `page.sort_${at}`)} LIMIT ${parameters.add(size + 1)}`);
  }
  const cut = statement === undefined || isNear || isNarrow || known === undefined ? `FROM ${from} WHERE ${labelled} ${end}`
    : `FROM unnest(${known}) AS own(label) CROSS JOIN LATERAL (SELECT ${id} FROM ${from} WHERE ${alias}.label_id = own.label AND ${where} ${end}) ${alias} ${end}`;
  if (detail === undefined) return `SELECT ${columns}, ${sorts} ${cut}`;
  return found(`SELECT ${id} AS page_id, ${sorts} ${cut}`);
}

/** How rows are found by what their texts contain, in the order of ids. */
export interface Sought {
  /** Given where the texts of its statements are few: without other conditions. They are prepared once per connection. */
  readonly name?: string | undefined;
  /** Ids of all records that may have it, by the index of texts. */
  readonly ids: (parameters: Parameters) => string;
  /** Records `d` of a query with the parts that conditions name, one after the other as they come. */
  readonly rows: (records: string, parameters: Parameters) => string;
}

/** A query of records `d`, and the column by which it has them in order. */
interface Records { readonly text: string; readonly place: string }

/** Records between bounds in the order of their ids. What is made of an id no index keeps in order, hidden rows among them. */
export function walkedRecords(bounds: readonly string[], backward: boolean): Records {
  return { text: `${apart(`SELECT *, (d.id || '') AS place FROM record d WHERE ${bounds.join(" AND ")} ORDER BY place ${directionOf(backward)}`)} d`, place: "d.place" };
}

/** Records of some ids in the order of these: each is looked up, under its guard, as soon as it is its turn. */
export function foundRecords(ids: string, bound: string, known: string, backward: boolean): Records {
  const ordered = apart(`SELECT f.record_id, (f.record_id || '') AS place FROM (SELECT DISTINCT s.record_id FROM (${ids}) s) f WHERE ${bound} ORDER BY place ${directionOf(backward)}`);
  return { text: `${ordered} f CROSS JOIN LATERAL ${apart(`SELECT * FROM record d WHERE d.id = f.record_id AND d.label_id = ANY(${known})`)} d`, place: "f.place" };
}

/** The first so many of these records, in their order, whose texts have what is sought: behind the page's last row nothing is looked into. */
export function soughtText<R extends PagedRow>({ columns, detail, where, sought, id }: PageSource<R>, backward: boolean, { text, place }: Records, parameters: Parameters, most: number): string {
  const condition = where(parameters);
  const page = `SELECT d.id AS page_id, ${place} AS sort_0 FROM ${sought?.rows(text, parameters) ?? ""} WHERE ${condition} ORDER BY ${place} ${directionOf(backward)} LIMIT ${parameters.add(most)}`;
  return `SELECT ${columns}, page.sort_0 FROM (${page}) page CROSS JOIN LATERAL ${apart(`SELECT * FROM ${detail ?? ""} d WHERE ${id} = page.page_id`)} d ORDER BY page.sort_0 ${directionOf(backward)}`;
}

function directionOf(backward: boolean): "ASC" | "DESC" { return backward ? "DESC" : "ASC"; }

/** A column by which rows are ordered. */
export interface Key { readonly column: string; readonly direction: SortDirection }

/** What the asker does not have comes last, in either direction. */
function orderTerm({ column, direction }: Key, backward: boolean): string {
  return backward ? `${column} ${direction === "ASC" ? "DESC" : "ASC"} NULLS FIRST` : `${column} ${direction} NULLS LAST`;
}

/** The rows strictly behind a position, or before it. */
export function beyond(keys: readonly Key[], position: Position, before: boolean, parameters: Parameters): string {
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
