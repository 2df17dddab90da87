import { fitsSideBySide, frame, layBlocks, layColumns, type Row } from "../../../gateway/cli/columns";
import { widthOf } from "../../../gateway/cli/width";
import cases from "./text.cases.json";

const six = <T>(make: (at: number) => T): readonly T[] => Array.from({ length: 6 }, (_, at) => make(at));
const { banner, notice } = cases;
const rows: readonly Row[] = [
  { heading: "", cells: six((at) => [`person-${at}`]) },
  { heading: "marking", cells: six((at) => (at === 5 ? [] : [banner])), rule: true },
  { heading: "body", cells: six(() => ["word ".repeat(40)]), lines: 2 },
];

test("keeps six columns aligned at 160 cells, whatever the script", () => {
  const lines = layColumns(rows, 160);
  expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(160);
  const bars = lines.filter((line) => line.includes(" | ")).map((line) => {
    const at: number[] = [];
    let cells = 0;
    for (const char of line) { if (char === "|") at.push(cells); cells += widthOf(char); }
    return at;
  });
  expect(bars.length).toBeGreaterThan(5);
  const longest = bars.reduce((left, right) => (left.length >= right.length ? left : right));
  for (const each of bars) expect(each).toEqual(longest.slice(0, each.length));
});

test("cuts a long paragraph to its lines and says so", () => {
  const lines = layColumns(rows, 160);
  const from = lines.indexOf("body");
  expect(lines.slice(from + 1, from + 3)).toHaveLength(2);
  expect(lines[from + 2]).toContain("...");
  expect(lines[from + 3]).toMatch(/^-/);
});

test("wants a terminal of a width that six banners can be read in", () => {
  expect(fitsSideBySide(6, 160)).toBe(true);
  expect(fitsSideBySide(6, 100)).toBe(false);
  expect(fitsSideBySide(6, undefined)).toBe(false);
});

test("stacks whole blocks without cutting anything when there is no room", () => {
  const text = layBlocks(rows, 80).join("\n");
  expect(text.match(/person-\d/g)).toEqual(["person-0", "person-1", "person-2", "person-3", "person-4", "person-5"]);
  expect(text.match(/word/g)).toHaveLength(240);
  expect(text.match(/marking/g)).toHaveLength(5);
  for (const line of text.split("\n")) expect(widthOf(line)).toBeLessThanOrEqual(80);
});

test("draws a frame that is straight around Japanese text", () => {
  const lines = frame(notice, 40);
  expect(new Set(lines.map(widthOf))).toEqual(new Set([40]));
  expect(lines.join("\n")).toContain(notice[0]);
});
