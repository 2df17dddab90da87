/** When a page of what texts contain is gone on with row by row (SPEC 6.3, decision 0029). */
import { rowsToWalk } from "../../../subgraphs/kit/walk";

test("rows are looked into where a page is filled by them sooner than the index finds all that there is", () => {
  // One in fifty of a million: 20,000 would be found to show 21.
  expect(rowsToWalk(8, 400, 21, { total: 1_000_000 })).toBe(1138);
  // The same of fifty thousand rows: the index finds a thousand, which takes as long as to walk 350.
  expect(rowsToWalk(8, 400, 21, { total: 50_000 })).toBe(0);
});

test("what was not found is left to the index", () => {
  expect(rowsToWalk(0, 400, 21, { total: 10_000_000 })).toBe(0);
});
