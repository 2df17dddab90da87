/**
 * A page of what texts contain, in the order of ids (SPEC 6.3, decision 0029). The index of texts finds all that there is before the page is cut: of what very many texts have, thousands of rows. So the asker's own nearest rows are
 * looked into first, one after the other; where enough of them have the text it is gone on with that until the page is full, else the index is asked. Either way the rows are the same; where it looks, and how it goes on, depends
 * on nothing but the asker's own rows.
 */
import { type Largest, edgeOf, isFewOf, largestOf } from "./reach";
import type { Reach, Start } from "./reach";
import type { Reader } from "./reader";

/** So many rows tell whether it is worth it: one of so many of the asker's, as the more there are the more the index may find, within bounds. */
const SAMPLED_OF = 1_500;
const FEWEST_SAMPLED = 100;
const MOST_SAMPLED = 800;
const MOST_STEPS = 4;
/** Somewhat more than is expected to be needed: what lies behind the page's last row is not looked into. */
const MARGIN = 1.75;
/** Finding a row by the index takes as long as looking into so many that are walked (measured: 7 and 20 microseconds). */
const WALKED_FOR_ONE_FOUND = 0.35;

/** Between which ids a step looks, as the order goes: behind the first, up to the second. */
export interface Stretch { readonly behind: string | undefined; readonly upTo: string }

/**
 * Rows of a page, or nothing where the index is to be asked.
 * @param attempt reads the first so many that have the text, of one stretch
 */
export async function readWalked<R>(reader: Reader, reach: Reach, start: Start, attempt: (stretch: Stretch, most: number) => Promise<readonly R[]>): Promise<readonly R[] | undefined> {
  const largest = await largestOf(reader, reach, start.labels);
  if (isFewOf(largest)) return undefined;
  const found: R[] = [];
  let [behind, walked, rows]: [string | undefined, number, number] = [undefined, 0, Math.min(Math.max(Math.ceil(largest.total / SAMPLED_OF), FEWEST_SAMPLED), MOST_SAMPLED)];
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const upTo: string | null = await edgeOf(reader, reach, { ...start, from: behind ?? start.from }, largest, rows, "middle");
    if (upTo === null || upTo === behind) return undefined;
    found.push(...await attempt({ behind, upTo }, start.wanted - found.length));
    if (found.length >= start.wanted) return found;
    behind = upTo;
    walked += rows;
    rows = rowsToWalk(found.length, walked, start.wanted, largest);
    if (rows === 0) return undefined;
  }
  return undefined;
}

/** How many more rows are expected to fill a page; none where the index has it sooner. */
export function rowsToWalk(found: number, walked: number, wanted: number, { total }: Pick<Largest, "total">): number {
  if (found === 0) return 0;
  const share = found / walked;
  const needed = (wanted - found) / share;
  return needed < WALKED_FOR_ONE_FOUND * share * total ? Math.ceil(MARGIN * needed) : 0;
}
