/**
 * How far a page looks at first (SPEC 6). A page in the order of a column needs the nearest few rows of all that the asker has; reading all of these, or walking past what is hidden, would cost
 * many times as much. So a few of the asker's own largest labels tell about where as many rows end as are probably enough, and the page is asked for up to there; what it lacks is looked
 * for further, and in the end everywhere. Where it looks says nothing: the rows are those of the asker either way, and only their labels and numbers are asked for.
 */
import type { Reader } from "./reader";

/** A column that an index keeps in order under each label. Where it is null a page does not reach. */
export interface Reach {
  readonly view: "record" | "content";
  readonly column: "id" | "reference" | "valid_until";
  /** Rows read for one that is kept, as long as nobody knows better. */
  readonly rowsForOne: number;
}

export interface Start {
  /** Numbers of the labels of the rows that are looked through. */
  readonly labels: readonly number[];
  /** Value of the column from where on; nothing at the beginning. */
  readonly from: string | undefined;
  readonly ascending: boolean;
  readonly wanted: number;
}

interface Largest { readonly labels: readonly number[]; readonly records: readonly number[]; readonly total: number; readonly until: number }

const LARGEST_LABELS = 8;
const FURTHER = 8;
/** So few rows are sorted as fast as they are looked for. */
const FEW = 400;
/** Numbers of records are good for so long: they tell where to look and not what is there. */
const REMEMBERED_MS = 60_000;
const remembered = new WeakMap<readonly number[], Largest>();

/** Rows of a page. @param attempt reads it up to a value of the column, or without end */
export async function readNear<R>(reader: Reader, reach: Reach, start: Start, attempt: (edge: string | undefined) => Promise<readonly R[]>): Promise<readonly R[]> {
  const largest = await largestOf(reader, start.labels);
  for (let rows = start.wanted * reach.rowsForOne; rows * 2 < largest.total && largest.total > FEW; rows *= FURTHER) {
    const edge = await edgeOf(reader, reach, start, largest, rows);
    if (edge === null) break;
    const found = await attempt(edge);
    if (found.length >= start.wanted) return found;
  }
  return attempt(undefined);
}

async function largestOf(reader: Reader, labels: readonly number[]): Promise<Largest> {
  const known = remembered.get(labels);
  if (known !== undefined && performance.now() < known.until) return known;
  const rows = await reader.rows<{ readonly label_id: number; readonly records: string; readonly total: string }>(
    `SELECT t.label_id, t.records, sum(t.records) OVER () AS total FROM tally t WHERE t.label_id = ANY($1::int[]) ORDER BY t.records DESC, t.label_id LIMIT ${LARGEST_LABELS}`, [labels], "largest labels");
  const largest = { labels: rows.map(({ label_id: label }) => label), records: rows.map(({ records }) => Number(records)), total: Number(rows[0]?.total ?? 0), until: performance.now() + REMEMBERED_MS };
  remembered.set(labels, largest);
  return largest;
}

/** About where so many rows end. The nearest of several answers: one label may have nothing near. */
async function edgeOf(reader: Reader, { view, column }: Reach, { from, ascending }: Start, { labels, records, total }: Largest, rows: number): Promise<string | null> {
  const [behind, direction, nearest] = ascending ? [">=", "ASC", "min"] : ["<=", "DESC", "max"];
  const beyond = from === undefined ? `n.${column} IS NOT NULL` : `n.${column} ${behind} $3`;
  const text = `SELECT ${nearest}(near.at) AS edge FROM unnest($1::int[], $2::int[]) own(label, passed)
    CROSS JOIN LATERAL (SELECT n.${column} AS at FROM ${view} n WHERE n.label_id = own.label AND ${beyond} ORDER BY n.${column} ${direction} OFFSET own.passed LIMIT 1) near`;
  const passed = records.map((count) => Math.ceil(rows * count / total));
  const [found] = await reader.rows<{ readonly edge: string | null }>(text, [labels, passed, ...(from === undefined ? [] : [from])], `reach ${view} ${column} ${direction} ${from === undefined}`);
  return found?.edge ?? null;
}
