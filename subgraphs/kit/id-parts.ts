/**
 * Parts of the order of ids (SPEC 6.3, decision 0023). Ids of records are random, so every label has its records all over their order; a page looks at a small part of it, in which most labels of few
 * records have none. Which parts a label has any in is kept with the number of its records, so that a page need not enter the index at each of a thousand labels to find nothing there.
 */

/** So many bits of a label say where its records are, by the first three characters of their ids. A migration is made with it: another number needs another one. */
export const ID_PARTS = 4_096;
/** Digits before letters, as in the order of ids. */
const CHARACTERS = "0123456789abcdefghijklmnopqrstuvwxyz";
const PREFIX = "doc_";
const PLACED = new RegExp(`^${PREFIX}[0-9a-z]{3}`);
const PLACES = CHARACTERS.length ** 3;
/** Of more than so many parts, labels are hardly told from one another. */
const MOST_PARTS = 8;

/** The part that an id belongs to; nothing for ids that are made otherwise, of which a label with any is in every part. */
export function partOf(id: string): number | undefined {
  return PLACED.test(id) ? Math.floor(Number.parseInt(id.slice(PREFIX.length, PREFIX.length + 3), CHARACTERS.length) * ID_PARTS / PLACES) : undefined;
}

const character = (at: number): string => `(strpos('${CHARACTERS}', substr(id, ${PREFIX.length + at}, 1)) - 1)`;

/** The same, as the database counts it. */
export const PART_OF = `CASE WHEN id ~ '${PLACED.source}' THEN ((${character(1)} * ${CHARACTERS.length} + ${character(2)}) * ${CHARACTERS.length} + ${character(3)}) * ${ID_PARTS} / ${PLACES} END`;

/** The parts in which a page looks, if they are few. @param lowest and highest: the ids between which it lies, either of which may be open */
export function partsBetween(lowest: string | undefined, highest: string | undefined): readonly number[] | undefined {
  const first = lowest === undefined ? 0 : partOf(lowest);
  const last = highest === undefined ? ID_PARTS - 1 : partOf(highest);
  if (first === undefined || last === undefined || last < first || last - first >= MOST_PARTS) return undefined;
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

/** Whether a label has records in any of them. @param bits of the label, without which it may have some anywhere @param parts placeholders */
export function isInParts(bits: string, parts: readonly string[]): string {
  return `(${[`${bits} IS NULL`, ...parts.map((part) => `get_bit(${bits}, ${part}) = 1`)].join(" OR ")})`;
}
