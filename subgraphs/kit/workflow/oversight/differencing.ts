/**
 * What several published reports of one body tell together (SPEC 18.5). A year begins with what was in force, gains what was designated and loses what ended; what was designated is not told and is not less than nothing. Takes
 * what is told of each year; says whether any count could be worked out exactly, in which case the next report may not be published as it is.
 */
import type { Span, ToldYear } from "./told-figures";

/** The least and the most that each count may be when all of them are known together; years that do not follow each other say nothing about each other. */
export function narrowed(years: readonly ToldYear[]): readonly ToldYear[] {
  const spans = years.toSorted((a, b) => a.year - b.year).map(({ year, stock, ended }) => ({ year, stock: { ...stock }, ended: { ...ended } }));
  const pairs = spans.flatMap((now, at) => { const before = spans[at - 1]; return before !== undefined && before.year === now.year - 1 ? [{ before, now }] : []; });
  // One way and back is enough: what bounds a year from below comes from the years before it, what bounds it from above from those after.
  for (const { before, now } of pairs) now.stock.least = Math.max(now.stock.least, before.stock.least - now.ended.most);
  for (const { before, now } of pairs.toReversed()) before.stock.most = Math.min(before.stock.most, now.stock.most + now.ended.most);
  for (const { before, now } of pairs) now.ended.least = Math.max(now.ended.least, before.stock.least - now.stock.most);
  return spans;
}

/** Whether no count is told exactly. */
export function isTellable(years: readonly ToldYear[]): boolean {
  const isOpen = ({ least, most }: Span): boolean => least < most;
  return narrowed(years).every(({ stock, ended }) => isOpen(stock) && isOpen(ended));
}
