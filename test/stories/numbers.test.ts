/** What ministries need is numbered, D.1 to D.58: each number is in the name of a test that tells it, and the README says in which file. */
import fs from "node:fs";
import path from "node:path";

/** For people, not for software. */
const OUTSIDE = [24, 57];
const ALL = Array.from({ length: 58 }, (_, at) => at + 1).filter((number) => !OUTSIDE.includes(number));
const NAME = /^\s*(?:test(?:\.each\([^\n]*\))?\(|\w+ = \[|\[?)"((?:[^"\\\n]|\\.)*)"/gm;

/** Numbers by file, from the names of tests alone. */
const told = fs.readdirSync(__dirname).filter((name) => name.endsWith(".integration.test.ts")).map((name) => {
  const names = [...fs.readFileSync(path.join(__dirname, name), "utf8").matchAll(NAME)].map(([, text = ""]) => text);
  const numbers = names.flatMap((text) => [...text.matchAll(/\(((?:D\.\d+)(?:, D\.\d+)*)\)/g)].flatMap(([, list = ""]) => list.split(", ").map((one) => Number(one.slice(2)))));
  return { name, numbers: [...new Set(numbers)] };
});
const filesOf = (number: number): readonly string[] => told.filter(({ numbers }) => numbers.includes(number)).map(({ name }) => name).sort((a, b) => a.localeCompare(b, "en"));

test("every number is told by a test, and none that there is not", () => {
  expect(ALL.filter((number) => filesOf(number).length === 0)).toEqual([]);
  expect(told.flatMap(({ numbers }) => numbers).filter((number) => !ALL.includes(number))).toEqual([]);
});

test("the README says of every number in which files it is told", () => {
  const rows = [...fs.readFileSync(path.join(__dirname, "README.md"), "utf8").matchAll(/^\| D\.(\d+) \|[^|]*\|([^|]*)\|$/gm)];
  const said = rows.map(([, number = "", files = ""]) => [Number(number), [...files.matchAll(/\]\(([^)]*)\)/g)].map(([, file = ""]) => file).sort((a, b) => a.localeCompare(b, "en"))]);
  expect(said).toEqual(ALL.map((number) => [number, filesOf(number)]));
});
