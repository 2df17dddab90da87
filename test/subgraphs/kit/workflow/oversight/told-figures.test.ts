/** What may be told of counts: steps, totals, two and more reports of one body (SPEC 18.4, 18.5). Whoever reads the reports is taken to know how they are made. */
import { STEP } from "../../../../../subgraphs/kit/workflow/oversight/oversight-policy";
import { isTellable, narrowed } from "../../../../../subgraphs/kit/workflow/oversight/differencing";
import { type Count, ITEMS, countLines, readReport, tell, tellGroup, tellReport, type ToldYear } from "../../../../../subgraphs/kit/workflow/oversight/told-figures";

const upTo = (most: number): readonly number[] => Array.from({ length: most + 1 }, (_, at) => at);

test("what is below five is withheld, none included, and everything else is told in steps of five (D.58)", () => {
  expect([0, 1, 4, 5, 9, 10, 247].map(tell)).toEqual(["X", "X", "X", "5", "5", "10", "245"]);
});

test("in every table of three items up to nine, each item can be anything of its step, whatever the total says and however well the rules are known (D.58) [B-69]", () => {
  const open = new Map<string, readonly Set<number>[]>();
  const tables = upTo(9).flatMap((a) => upTo(9).flatMap((b) => upTo(9).map((c) => [a, b, c] as const)));
  for (const table of tables) {
    const told = JSON.stringify(tellGroup(table));
    const possible = open.get(told) ?? table.map(() => new Set<number>());
    table.forEach((count, at) => possible[at]?.add(count));
    open.set(told, possible);
  }
  const narrowest = Math.min(...[...open.values()].flatMap((possible) => possible.map(({ size }) => size)));
  expect([open.size > 8, narrowest]).toEqual([true, STEP]);
});

test("one item that is withheld beside one that is told is not what is left of the total (D.58) [B-69]", () => {
  expect(tellGroup([12, 3])).toEqual({ items: ["10", "X"], total: "10" });
  expect(tellGroup([12, 4])).toEqual({ items: ["10", "X"], total: "10" });
  expect(tellGroup([12, 0])).toEqual({ items: ["10", "X"], total: "10" });
});

const counts = (inForce: readonly (readonly [string, string, number])[], others: readonly Count[] = []): readonly Count[] => [...inForce.map(([regime, item, count]) => ({ measure: "IN_FORCE", regime, item, count })), ...others];
const SOME = ITEMS[0]?.[1] ?? "";

test("a report has the same lines whatever there is, with ends and lapses as one, and nothing of what began (D.58)", () => {
  const empty = tellReport([]);
  const full = tellReport(counts([["SDS", SOME, 12], ["MDA", "", 7], ["DOC", "", 50]], [
    { measure: "NEW", regime: "SDS", item: SOME, count: 9 }, { measure: "ENDED", regime: "SDS", item: SOME, count: 3 }, { measure: "LAPSED", regime: "SDS", item: SOME, count: 3 }, { measure: "NOT_ELIGIBLE", regime: "SDS", item: "", count: 8 },
    { measure: "HOLDERS", regime: "SDS", item: "", count: 31 }, { measure: "HOLDERS", regime: "VET", item: "", count: 31 },
  ]));
  const heads = (lines: readonly string[]): readonly string[] => lines.map((line) => line.slice(0, line.lastIndexOf(";")));
  expect(heads(full)).toEqual(heads(empty));
  expect(empty.every((line) => line.endsWith(";X"))).toBe(true);
  expect(full.filter((line) => !line.endsWith(";X"))).toEqual([`IN_FORCE;SDS;${SOME};10`, "IN_FORCE;MDA;;5", "IN_FORCE;ALL;ALL;15", "ENDED;ALL;ALL;5", "HOLDERS;ALL;ALL;30"]);
});

test("those who read the registers have designations as they are counted, and people in steps, whose purpose is another (D.56)", () => {
  expect(countLines([{ measure: "NEW", regime: "SDS", item: SOME, count: 1 }, { measure: "NOT_ELIGIBLE", regime: "SDS", item: "", count: 1 }, { measure: "ELIGIBLE", regime: "CESI", item: "", count: 13 }]))
    .toEqual([`NEW;SDS;${SOME};1`, "NOT_ELIGIBLE;SDS;;X", "ELIGIBLE;CESI;;10"]);
});

describe("a report that somebody wrote", () => {
  const sound = tellReport(counts([["SDS", SOME, 12]]));
  test("is read when it is as reports are", () => { expect(readReport(2025, sound)).toMatchObject({ year: 2025, stock: { least: 10 }, ended: { least: 0, most: 4 } }); });
  test.each<readonly [string, readonly string[]]>([
    ["lacks a line", sound.slice(1)], ["has one more", [...sound, "NEW;ALL;ALL;5"]], ["has lines in another order", sound.toReversed()], ["tells a small count", sound.map((line) => line.replace(";10", ";3"))],
    ["tells a count that is no step", sound.map((line) => line.replace(";10", ";12"))], ["tells a zero", sound.map((line) => line.replace(/;X$/, ";0"))],
    ["has a total that tells what is withheld", sound.map((line) => line.replace("IN_FORCE;ALL;ALL;10", "IN_FORCE;ALL;ALL;135"))], ["says something else besides", sound.map((line) => `${line} (three of them new)`)],
  ])("is none when it %s", (_what, lines) => { expect(readReport(2025, lines)).toBeUndefined(); });
});

describe("two reports of one body (D.58)", () => {
  const spanOf = (count: number): ToldYear["stock"] => { const least = Math.floor(count / STEP) * STEP; return { least, most: least + STEP - 1 }; };

  test("never tell by how many it changed, nor how many ended: for every course of two years up to fourteen, what is told fits several of each [B-69]", () => {
    const open = new Map<string, readonly Set<number>[]>();
    for (const before of upTo(14)) for (const began of upTo(9)) for (const ended of upTo(9)) {
      const now = before + began - ended;
      if (now < 0 || now > 14) continue;
      const told = JSON.stringify([before, now, ended].map(tell));
      const possible = open.get(told) ?? [new Set<number>(), new Set<number>(), new Set<number>(), new Set<number>()];
      [before, now, ended, now - before].forEach((count, at) => possible[at]?.add(count));
      open.set(told, possible);
    }
    expect(Math.min(...[...open.values()].flatMap((possible) => possible.map(({ size }) => size)))).toBeGreaterThan(1);
  });

  test("what several reports are taken to tell together never leaves out what is so", () => {
    for (const before of upTo(12)) for (const now of upTo(12)) for (const ended of upTo(7)) {
      if (now < before - ended) continue;
      const [first, second] = narrowed([{ year: 2024, stock: spanOf(before), ended: spanOf(0) }, { year: 2025, stock: spanOf(now), ended: spanOf(ended) }]);
      const holds = (span: ToldYear["stock"] | undefined, count: number): boolean => span !== undefined && span.least <= count && count <= span.most;
      expect([before, now, ended, holds(first?.stock, before), holds(second?.stock, now), holds(second?.ended, ended)]).toEqual([before, now, ended, true, true, true]);
    }
  });
});

test("five reports of a register that loses four a year and gains none would tell every count, and are not tellable; four of them are, and so are five with a year between them left out (D.58) [B-69]", () => {
  const years = [20, 16, 12, 8, 4].map((stock, at): ToldYear => ({ year: 2021 + at, stock: { least: Math.floor(stock / STEP) * STEP, most: Math.floor(stock / STEP) * STEP + STEP - 1 }, ended: { least: 0, most: 4 } }));
  expect(narrowed(years).map(({ stock }) => [stock.least, stock.most])).toEqual([[20, 20], [16, 16], [12, 12], [8, 8], [4, 4]]);
  // What ended in a year is worked out as well, of every year but the first.
  expect(narrowed(years).map(({ ended }) => [ended.least, ended.most])).toEqual([[0, 4], [4, 4], [4, 4], [4, 4], [4, 4]]);
  expect([isTellable(years), isTellable(years.slice(0, 4)), isTellable(years.filter(({ year }) => year !== 2023))]).toEqual([false, true, true]);
});
