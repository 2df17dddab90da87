/**
 * How far a page looks at first (SPEC 6). A page in the order of a column needs the nearest few rows of all that the asker has; reading all of these, or walking past what is hidden, would cost
 * many times as much. So a few of the asker's own largest labels tell about where as many rows end as are probably enough, and the page is asked for up to there; what it lacks is looked
 * for further, and in the end everywhere. Where it looks says nothing: the rows are those of the asker either way, and only their labels and numbers are asked for.
 */
import { Parameters, type Part } from "./conditions";
import { partsBetween } from "./id-parts";
import type { Manner, Reader } from "./reader";

/** A column that an index keeps in order under each label. Where it is null a page does not reach. */
export interface Reach {
  readonly view: "record" | "content" | "portion";
  readonly column: "id" | "reference" | "valid_until" | "title_ja" | "title_en";
  /** By which the page's statement calls the view. */
  readonly alias: "d" | Part;
  /**
   * Many rows may share a value, or what is hidden may come first: the page is cut label by label. Left to choose, the planner walks an order that hidden rows are in too, or reads the whole
   * table where the values up to the edge are most of it. Ids are neither shared nor in any order of what is hidden, and one entry for all labels takes less time.
   */
  readonly byLabel?: boolean;
  /** What the column holds for a value by which the page is ordered, where it holds only its beginning. */
  readonly startOf?: (value: string) => string;
  /** Condition on the contents that are kept; without it all are. Nothing that has no readable content meets it. */
  readonly kept?: (parameters: Parameters) => string;
}

export interface Start {
  /** Numbers of the labels of the rows that are looked through. */
  readonly labels: readonly number[];
  /** Value of the column from where on; nothing at the beginning. */
  readonly from: string | undefined;
  readonly ascending: boolean;
  readonly wanted: number;
}

/** Where a page looks: between which values of its column, as conditions of its statement. */
export interface Bounds {
  readonly conditions: (parameters: Parameters) => readonly string[];
  /** Parts of the order of ids, where they are few. */
  readonly parts: readonly number[] | undefined;
}

/** A few labels of the asker's that have most rows. */
export interface Largest { readonly labels: readonly number[]; readonly records: readonly number[]; readonly total: number; readonly until: number; /** Where a list's first rows end, and which part of them is kept, by what was asked. */ readonly met: Map<string, string | number | null> }

const LARGEST_LABELS = 8;
const FURTHER = 8;
/** Rows that are looked through for one that is kept: the nearest of several answers is too near. */
const ROWS_FOR_ONE = 4;
const MOST_MET = 64;
/** As if at least one of so many were kept. */
const RAREST = 64;
/** So few rows are sorted as fast as they are looked for. */
const FEW = 400;
/** Numbers of records are good for so long: they tell where to look and not what is there. */
const REMEMBERED_MS = 60_000;
const remembered = new WeakMap<readonly number[], Largest>();

/** How statements are planned that look near: in the order of ids as if for all values, as an end that is known lets it look cheap to walk everybody's ids. */
export function mannerNear({ column, byLabel }: Reach): Manner {
  return column === "id" ? "once" : byLabel === true ? "inOrder" : "byId";
}

/** Whether all that the asker has is read as soon as a part of it. */
export function isFewOf({ total }: Largest): boolean { return total <= FEW; }

/** Rows of a page. @param attempt reads what lies between bounds, or everything */
export async function readNear<R>(reader: Reader, reach: Reach, start: Start, attempt: (near: Bounds | undefined, isFew: boolean) => Promise<readonly R[]>): Promise<readonly R[]> {
  const largest = await largestOf(reader, reach, start.labels);
  if (isFewOf(largest)) return attempt(undefined, true);
  const from = start.from === undefined ? undefined : reach.startOf?.(start.from) ?? start.from;
  let tried: string | null = null;
  for (let rows = start.wanted * ROWS_FOR_ONE / await shareOf(reader, reach, largest); rows * 2 < largest.total; rows *= FURTHER) {
    const edge = await edgeOf(reader, reach, { ...start, from }, largest, rows);
    if (edge === null) break;
    // Where many rows share a value, further on may be the same place.
    if (edge === tried) continue;
    tried = edge;
    const found = await attempt(boundsOf(reach, from, start.ascending, edge), false);
    if (found.length >= start.wanted) return found;
  }
  return attempt(undefined, false);
}

/** The nearer bound is said by the page's own order for ids; of other columns an index has to be told it by itself. */
function boundsOf({ view, column, alias }: Reach, from: string | undefined, ascending: boolean, edge: string): Bounds {
  const [further, nearer] = ascending ? ["<=", ">="] : [">=", "<="];
  const [lowest, highest] = ascending ? [from, edge] : [edge, from];
  return {
    conditions: (parameters) => [`${alias}.${column} ${further} ${parameters.add(edge)}`, ...(from === undefined || view === "record" ? [] : [`${alias}.${column} ${nearer} ${parameters.add(from)}`])],
    parts: column === "id" ? partsBetween(lowest, highest) : undefined,
  };
}

export async function largestOf(reader: Reader, reach: Reach, labels: readonly number[]): Promise<Largest> {
  const known = remembered.get(labels);
  if (known !== undefined && performance.now() < known.until) return known;
  const rows = await reader.rows<{ readonly label_id: number; readonly records: string; readonly total: string }>(
    `SELECT t.label_id, t.records, sum(t.records) OVER () AS total FROM tally t WHERE t.label_id = ANY($1::int[]) ORDER BY t.records DESC, t.label_id LIMIT ${LARGEST_LABELS}`, [labels], "largest labels", mannerNear(reach));
  const largest = { labels: rows.map(({ label_id: label }) => label), records: rows.map(({ records }) => Number(records)), total: Number(rows[0]?.total ?? 0), until: performance.now() + REMEMBERED_MS, met: new Map() };
  remembered.set(labels, largest);
  return largest;
}

/** As long as the numbers of records are good, so is what was found by them. */
async function meet<T extends string | number | null>({ met }: Largest, question: unknown, find: () => Promise<T>): Promise<T> {
  const key = JSON.stringify(question);
  const before = met.get(key);
  if (before !== undefined) return before as T;
  const found = await find();
  if (met.size < MOST_MET) met.set(key, found);
  return found;
}

/** About which part of what is looked through is kept, by the largest labels alone. */
async function shareOf(reader: Reader, reach: Reach, largest: Largest): Promise<number> {
  const { kept } = reach;
  if (kept === undefined) return 1;
  const parameters = new Parameters([], { isNarrow: true });
  const own = parameters.add(largest.labels);
  const condition = kept(parameters);
  return meet(largest, ["share", condition, parameters.values], async () => {
    const [found] = await reader.rows<{ readonly share: number | null }>(
      `SELECT (sum(content.records) FILTER (WHERE ${condition}) / sum(content.records))::float8 AS share FROM content_tally content WHERE content.label_id = ANY(${own}::int[])`, parameters.values, undefined, mannerNear(reach));
    return Math.max(found?.share ?? 0, 1 / RAREST);
  });
}

/** About where so many rows end. @param which of several answers, one of each label: the nearest, as one may have nothing near, or the one in the middle, for whoever asks how many rows there are */
export async function edgeOf(reader: Reader, reach: Reach, { from, ascending }: Start, largest: Largest, rows: number, which: "nearest" | "middle" = "nearest"): Promise<string | null> {
  const { view, column } = reach;
  const { labels, records, total } = largest;
  const find = async (): Promise<string | null> => {
    const [behind, direction, first] = ascending ? [">=", "ASC", "min"] : ["<=", "DESC", "max"];
    const edge = which === "nearest" ? `${first}(near.at)` : "percentile_disc(0.5) WITHIN GROUP (ORDER BY near.at)";
    const beyond = from === undefined ? `n.${column} IS NOT NULL` : `n.${column} ${behind} $3`;
    const text = `SELECT ${edge} AS edge FROM unnest($1::int[], $2::int[]) own(label, passed)
      CROSS JOIN LATERAL (SELECT n.${column} AS at FROM ${view} n WHERE n.label_id = own.label AND ${beyond} ORDER BY n.${column} ${direction} OFFSET own.passed LIMIT 1) near`;
    const passed = records.map((count) => Math.ceil(rows * count / total));
    const [found] = await reader.rows<{ readonly edge: string | null }>(text, [labels, passed, ...(from === undefined ? [] : [from])], `reach ${which} ${view} ${column} ${direction} ${from === undefined}`, mannerNear(reach));
    return found?.edge ?? null;
  };
  return from === undefined ? meet(largest, ["edge", which, view, column, ascending, rows], find) : find();
}
