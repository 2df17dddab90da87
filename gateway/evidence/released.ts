/**
 * What was released in the last 24 hours, by the request with which it was (SPEC 4.19): so that a change can say what it is made of, and is compared with it. Takes the label of every answer as it is sent; gives the join of those
 * that somebody names. Refuses what it does not know: another's, an older one, one of another gateway, one before a restart; whoever is refused reads again.
 */
import { LRUCache } from "lru-cache";
import { BOTTOM, joinAll, type LabelCore } from "../../schema/label";

export interface ReleasedAnswer { readonly txn: string; readonly subject: string; readonly label: LabelCore }

/** Answers remembered; each takes a few hundred bytes, as its label is kept once for all that have it. */
const MOST = 20_000;
export const SOURCES_MS = 24 * 3_600_000;

export class ReleasedAnswers {
  readonly #kept = new LRUCache<string, ReleasedAnswer & { readonly at: number }>({ maxSize: MOST, sizeCalculation: () => 1 });

  constructor(private readonly clock: () => number) {}

  remember(answer: ReleasedAnswer): void { this.#kept.set(answer.txn, { ...answer, at: this.clock() }); }

  /** The high-water label of these; undefined where one of them is not the subject's, or is not known. */
  highWaterOf(subject: string, sources: readonly string[]): LabelCore | undefined {
    const oldest = this.clock() - SOURCES_MS;
    const labels = sources.map((txn) => { const known = this.#kept.get(txn); return known !== undefined && known.subject === subject && known.at >= oldest ? known.label : undefined; });
    const found = labels.filter((label) => label !== undefined);
    return found.length < labels.length ? undefined : found.length === 0 ? BOTTOM : joinAll(found);
  }
}
