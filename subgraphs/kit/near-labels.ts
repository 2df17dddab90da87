/**
 * Which of an asker's labels may have records near a place in the order of ids (SPEC 6.3, decision 0023), for a page that looks several times: asked once, of some parts of the order, and within the page's own
 * transaction, so that it is true of all that the page reads.
 */
import { ID_PARTS, partOf, partsBetween } from "./id-parts";
import type { Reader } from "./reader";

/** So many parts, one behind the other, are one small number. */
const PARTS = 8;
const ALL = 2 ** PARTS - 1;

/** Labels between two ids, either of which may be open. */
export type NearLabels = (lowest: string | undefined, highest: string | undefined) => readonly number[];

/** @param from where the page begins; nothing at the end of the order from which it goes */
export async function labelsNear(reader: Reader, known: readonly number[], from: string | undefined, ascending: boolean): Promise<NearLabels> {
  const place = from === undefined ? (ascending ? 0 : ID_PARTS - 1) : partOf(from);
  if (place === undefined) return () => known;
  const first = ascending ? Math.min(place, ID_PARTS - PARTS) : Math.max(place - PARTS + 1, 0);
  const [row] = await reader.rows<{ readonly labels: readonly number[] | null; readonly bits: readonly number[] | null }>(
    `SELECT array_agg(n.label_id) AS labels, array_agg(n.bits) AS bits FROM (SELECT t.label_id, CASE WHEN t.parts IS NULL THEN ${ALL} ELSE substring(t.parts FROM $2::int + 1 FOR ${PARTS})::bit(${PARTS})::int END AS bits
      FROM tally t WHERE t.label_id = ANY($1::int[])) n WHERE n.bits <> 0`, [known, first], "labels near", "once");
  const { labels, bits } = { labels: row?.labels ?? [], bits: row?.bits ?? [] };
  return (lowest, highest) => {
    const parts = partsBetween(lowest, highest);
    if (parts === undefined || parts.some((part) => part < first || part >= first + PARTS)) return known;
    const wanted = parts.reduce((mask, part) => mask | (1 << (first + PARTS - 1 - part)), 0);
    return labels.filter((_, at) => ((bits[at] ?? 0) & wanted) !== 0);
  };
}
