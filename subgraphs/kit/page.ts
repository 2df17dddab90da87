/**
 * Pages (SPEC 6): Relay connections over a masked view. Rows are hidden before they are counted, sorted and cut, so page, count, cursors and "has next" are those of the
 * asker's world; a page is never short. The connection's label is the join over the rows it counted, from the statement that counted them: of the labels of their
 * existence, and of the values by which they were found.
 */
import { createHash } from "node:crypto";
import { Parameters } from "./conditions";
import { CursorSeal, type Position } from "./cursor";
import type { PageArgs, SortDirection } from "./graph/filters";
import type { Connection, Edge, Labelled } from "./graph/nodes";
import { type NearLabels, labelsNear } from "./near-labels";
import { type Key, type Sought, beyond, foundRecords, pageText, soughtText, walkedRecords } from "./page-text";
import { type Bounds, type Reach, mannerNear, readNear } from "./reach";
import type { Reader } from "./reader";
import { Refusal } from "./refusal";
import { readWalked } from "./walk";

const USUAL_PAGE = 100;
const LARGEST_PAGE = 500;
/** Orders that a list may be given; a position behind another is as long as the square of their number. */
const MOST_SORTS = 16;
/** Of fewer labels the index is entered at each. */
const MANY_LABELS = 128;
const IDS: Reach = { view: "record", column: "id", alias: "d" };

export interface PagedRow { readonly label_id: number }

/** A list of which pages can be asked. */
export interface PageSource<R extends PagedRow> {
  /** Part of the scope of its cursors. */
  readonly name: string;
  /** View of the rows and its alias, with the joins of what condition and order name; asked after both are made. `known`: placeholder of the labels, where all rows under them are read. */
  readonly from: (parameters: Parameters, known?: string) => string;
  readonly columns: string;
  /** View that has the columns, where the rows are found in a lighter one; it goes by the same alias. */
  readonly detail?: string;
  /** Column of the id, by which ties are ordered. */
  readonly id: string;
  readonly order: readonly { readonly column: (parameters: Parameters) => string; readonly direction: SortDirection }[];
  readonly where: (parameters: Parameters) => string;
  /** Everything that makes it this query; rows have cursors of their own for every one. */
  readonly scope: unknown;
  readonly alias: string;
  /** Given where the text is one of few: without filter and order, so that only rows in the order of their ids are asked for. */
  readonly statement?: string;
  /** Its order begins with a column along which the page is looked for from where it begins. */
  readonly reach?: Reach | undefined;
  /** It names what it wants: few rows are there before their labels are looked at. */
  readonly isNarrow?: boolean;
  /** Parts of all its rows are joined to them, and hashed; without it they are looked up row by row. */
  readonly isHashed?: boolean;
  /** Everything that may be known: how many there are under each label is kept. */
  readonly isWhole?: boolean;
  /** It wants what certain texts contain. */
  readonly sought?: Sought | undefined;
  /** It names nothing but what is counted by kind, class and owner, and wants something of one of them: how many there are under each label is kept. */
  readonly isTallied?: boolean;
  readonly node: (row: R) => Labelled;
}

export interface PageEnvironment {
  readonly reader: Reader;
  readonly known: readonly number[];
  readonly readable: readonly number[];
  readonly cursorKey: Buffer;
  readonly subject: string;
  /** Index of the join of the labels of the existence of what was counted, and of the content by which it was found. */
  readonly joinCounted: (existence: readonly number[], content: readonly number[]) => number;
}

/** @throws Refusal BAD_USER_INPUT for page arguments that make no sense */
export async function readPage<R extends PagedRow>(source: PageSource<R>, args: PageArgs, environment: PageEnvironment): Promise<Connection> {
  const { size, backward } = sizeOf(args);
  if (source.order.length > MOST_SORTS) throw new Refusal("BAD_USER_INPUT");
  let made: CursorSeal | undefined;
  const seal = (): CursorSeal => made ??= new CursorSeal(environment.cursorKey, createHash("sha256").update(JSON.stringify([environment.subject, source.name, source.scope])).digest("base64url"));
  const open = (cursor: string | null | undefined): Position | undefined => typeof cursor === "string" ? seal().open(cursor, source.order.length + 1) : undefined;
  const place: Place = { size, backward, after: open(args.after), before: open(args.before) };
  // Whoever wants the total alone asks for no row; what makes no sense is refused all the same.
  if (size === 0) source.where(new Parameters([]));
  const found = size === 0 ? [] : await readRows(source, place, environment);
  const isCut = async (): Promise<boolean> => (size === 0 ? await readRows(source, place, environment) : found).length > size;
  const rows = backward ? found.slice(0, size).reverse() : found.slice(0, size);
  const edges = rows.map((row): Edge => {
    const node = source.node(row);
    return { node, get cursor() { return seal().seal([...source.order, source.id].map((_, index) => row[`sort_${index}`] ?? null)); }, get _label() { return node._label; } };
  });
  const counted = new Counted(source, environment);
  return {
    edges, nodes: edges.map(({ node }) => node),
    pageInfo: {
      get hasNextPage() { return backward ? place.before !== undefined : isCut(); }, get hasPreviousPage() { return backward ? isCut() : place.after !== undefined; },
      get startCursor() { return edges[0]?.cursor ?? null; }, get endCursor() { return edges.at(-1)?.cursor ?? null; },
    },
    get totalCount() { return counted.total(); },
    get _label() { return counted.label(); },
  };
}

interface Place { readonly size: number; readonly backward: boolean; readonly after: Position | undefined; readonly before: Position | undefined }
type FoundRow<R> = R & Readonly<Record<string, string | null>>;

/** One row more than the page has, if there is one. */
async function readRows<R extends PagedRow>(source: PageSource<R>, place: Place, environment: PageEnvironment): Promise<readonly FoundRow<R>[]> {
  const { reader, known, readable } = environment;
  const { size, backward, after, before } = place;
  const { reach, order: [first], isTallied = false, statement } = source;
  const read = (near?: Bounds, isFewAll = false): Promise<readonly FoundRow<R>[]> => {
    // Of records without such a part, or with one that may not be read, there may be many.
    const isFew = isFewAll && (isTallied || reach?.view === "record");
    const [parts, idParts] = [known, readable].map(({ length }) => (length > MANY_LABELS ? near?.parts : undefined));
    const byLabel = near !== undefined && reach?.byLabel === true && reach.alias !== "d" ? reach.alias : undefined;
    const isNarrow = near !== undefined || isFew || source.isNarrow === true;
    const isWide = !isNarrow && statement === undefined;
    const parameters = new Parameters(readable, { isNarrow, byLabel, near: near === undefined ? undefined : reach?.alias, idParts });
    // What is made of an id no index keeps in order: everybody's ids are not walked in theirs. Label by label they are of the asker's own, and near ones lie between bounds.
    const id = near !== undefined || !(isNarrow || isWide) ? source.id : `(${source.id} || '')`;
    const keys: readonly Key[] = [...source.order.map(({ column, direction }) => ({ column: column(parameters), direction })), { column: id, direction: "ASC" }];
    const where = source.where(parameters);
    const bounds = [after && beyond(keys, after, false, parameters), before && beyond(keys, before, true, parameters), ...(near?.conditions(parameters) ?? [])].filter((bound) => typeof bound === "string");
    // Rows that are found by the labels of what they hold are looked up by their ids: to name the labels of the records too would read all of these.
    const isFoundByPart = (near !== undefined && reach?.view !== "record") || (isFew && isTallied);
    const labelled = isFoundByPart ? undefined : parameters.addLabels(known, parts);
    const own = byLabel === undefined ? undefined : parameters.addLabels(byLabel === "content" ? bothOf(environment) : readable);
    return reader.rows(pageText(source, keys, backward, [where, ...bounds].join(" AND "), { known: labelled, own, isWide }, parameters, size, near !== undefined), parameters.values, statement && `${statement} ${backward} ${bounds.length} ${near === undefined} ${isFew} ${parts?.length}`, near !== undefined && reach !== undefined ? mannerNear(reach) : isWide && source.isHashed === true ? "byLabel" : "byId");
  };
  const from = (after ?? before)?.[0];
  if (source.sought !== undefined && first === undefined && from !== null) return readSought(source, { size, backward, from }, environment);
  // Values that the asker does not have come last, so that a walk backwards from the end begins among them.
  if (reach === undefined || from === null || (backward && before === undefined && first !== undefined)) return read();
  return readNear(reader, reach, { labels: reach.view === "record" ? known : readable, from, ascending: (first?.direction !== "DESC") !== backward, wanted: size + 1 }, read);
}

/** In the order of ids: by looking into the nearest rows where many have the text, else by the index of texts. */
async function readSought<R extends PagedRow>(source: PageSource<R>, { size, backward, from }: { readonly size: number; readonly backward: boolean; readonly from: string | undefined }, { reader, known, readable }: PageEnvironment): Promise<readonly FoundRow<R>[]> {
  const { sought } = source;
  const [further, nearer] = backward ? [">=", "<"] : ["<=", ">"];
  const texts = (): Parameters => new Parameters(readable, { isNarrow: true, near: "d", isWalked: true });
  const rows = (text: string, { values }: Parameters, which: string): Promise<readonly FoundRow<R>[]> => reader.rows<FoundRow<R>>(text, values, sought?.name && `${sought.name} ${which} ${backward}`, mannerNear(IDS));
  let near: Promise<NearLabels> | undefined;
  const walked = await readWalked(reader, IDS, { labels: known, from, ascending: !backward, wanted: size + 1 }, async ({ behind = from, upTo }, most) => {
    const [lowest, highest] = backward ? [upTo, behind] : [behind, upTo];
    const labels = known.length > MANY_LABELS ? (await (near ??= labelsNear(reader, known, from, !backward)))(lowest, highest) : known;
    const parameters = texts();
    const bounds = [`d.label_id = ANY(${parameters.addLabels(labels)})`, `d.id ${further} ${parameters.add(upTo)}`, ...(behind === undefined ? [] : [`d.id ${nearer} ${parameters.add(behind)}`])];
    return rows(soughtText(source, backward, walkedRecords(bounds, backward), parameters, most), parameters, `walked ${bounds.length}`);
  });
  if (walked !== undefined) return walked;
  const parameters = texts();
  const records = foundRecords(sought?.ids(parameters) ?? "", from === undefined ? "TRUE" : `f.record_id ${nearer} ${parameters.add(from)}`, parameters.addLabels(known), backward);
  return rows(soughtText(source, backward, records, parameters, size + 1), parameters, `found ${from === undefined}`);
}

/** Labels under which content may be read of what may also be known. */
function bothOf({ known, readable }: PageEnvironment): readonly number[] {
  const both = new Set(known);
  return readable.filter((label) => both.has(label));
}

interface Group { readonly label_id: number; readonly labels_read?: readonly number[]; readonly rows: string }

/** Count and label of a list, from one statement; read only if either is asked. */
class Counted<R extends PagedRow> {
  readonly #source: PageSource<R>;
  readonly #environment: PageEnvironment;
  #groups: Promise<readonly Group[]> | undefined;

  constructor(source: PageSource<R>, environment: PageEnvironment) {
    this.#source = source;
    this.#environment = environment;
  }

  async total(): Promise<number> {
    return (await this.#read()).reduce((sum, { rows }) => sum + Number(rows), 0);
  }

  async label(): Promise<number> {
    const groups = await this.#read();
    return this.#environment.joinCounted([...new Set(groups.map(({ label_id: label }) => label))], [...new Set(groups.flatMap(({ labels_read: labels = [] }) => labels))]);
  }

  #read(): Promise<readonly Group[]> {
    const { alias, from, statement, isNarrow, isWhole = false, isTallied = false, isHashed = false } = this.#source;
    const isWide = isNarrow !== true;
    if (isWhole) return this.#groups ??= this.#environment.reader.rows("SELECT t.label_id, t.records AS rows FROM tally t WHERE t.label_id = ANY($1::int[]) AND t.records > 0", [this.#environment.known], "tally", "byId");
    if (isTallied) return this.#groups ??= this.#readTallied();
    const parameters = new Parameters(this.#environment.readable, { isNarrow });
    // The guard tests every row; naming the labels once more lets an index find them.
    const known = parameters.addLabels(this.#environment.known);
    const condition = this.#source.where(parameters);
    const where = isWide ? condition : `${alias}.label_id = ANY(${known}) AND ${condition}`;
    const { labelsRead } = parameters;
    const groups = labelsRead.length === 0 ? "GROUP BY 1" : "GROUP BY 1, 2";
    const columns = [`${alias}.label_id`, ...(labelsRead.length === 0 ? [] : [`${labelsRead.join(" || ")} AS labels_read`]), "count(*) AS rows"].join(", ");
    return this.#groups ??= this.#environment.reader.rows(`SELECT ${columns} FROM ${from(parameters, isWide ? known : undefined)} WHERE ${where} ${groups}`, parameters.values, statement && `${statement} count`, isWide && isHashed ? "byLabel" : "byId");
  }

  /** A record and what its own label covers have one label, of which both may be known and read. */
  #readTallied(): Promise<readonly Group[]> {
    const { reader } = this.#environment;
    const parameters = new Parameters(bothOf(this.#environment), { isNarrow: true });
    const where = `content.label_id = ANY(${parameters.readable}) AND ${this.#source.where(parameters)}`;
    return reader.rows(`SELECT content.label_id, ARRAY[content.label_id] AS labels_read, sum(content.records) AS rows FROM content_tally content WHERE ${where} GROUP BY 1 HAVING sum(content.records) > 0`, parameters.values, undefined, "byId");
  }
}

function sizeOf({ first, last, after, before }: PageArgs): { readonly size: number; readonly backward: boolean } {
  const backward = typeof last === "number";
  const size = last ?? first ?? USUAL_PAGE;
  const contradicts = backward && (typeof first === "number" || typeof after === "string");
  if (contradicts || (!backward && typeof before === "string") || size < 0 || size > LARGEST_PAGE) throw new Refusal("BAD_USER_INPUT");
  return { size, backward };
}
