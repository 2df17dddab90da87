/** Cells of an import: typed as their fields say, refused with their column; labels as marks in either language and form, or as JSON where a mark cannot say them. */
import fc from "fast-check";
import { columnsOf, readCells } from "../../../../subgraphs/kit/bulk/cells";
import { readLabelCell } from "../../../../subgraphs/kit/bulk/label-cell";
import { reasonOfRefusal, reasonOfRule } from "../../../../subgraphs/kit/bulk/reasons";
import { checkColumns, inOrder, readLines } from "../../../../subgraphs/kit/bulk/table";
import type { FieldDeclarations } from "../../../../subgraphs/kit/workflow/kinds";
import { canonical, equalLabels, mark, type LabelCore } from "../../../../schema/label";
import { loadPolicy } from "../../../../schema/policy";
import registerWords from "../../../../gateway/cli/data/register-words.json";
import { REASONS } from "../../../../subgraphs/kit/bulk/reasons";

const policy = loadPolicy();
const FIELDS: FieldDeclarations = {
  name: { kind: "text" }, title: { kind: "localized" }, note: { kind: "localized", optional: true }, kind: { kind: "text", oneOf: ["A", "B"] }, until: { kind: "day", optional: true }, count: { kind: "number", optional: true },
  flag: { kind: "flag", optional: true }, people: { kind: "subjects", optional: true }, label: { kind: "label", optional: true },
};
const read = (cells: Readonly<Record<string, string>>): ReturnType<typeof readCells> => readCells(policy, FIELDS, { number: 7, cells: new Map(Object.entries(cells)) }, "JPN.MOD");
const GOOD = { name: "x", "title.ja": "a", "title.en": "b", kind: "A" };
const found = (cells: Readonly<Record<string, string>>): readonly string[] => read(cells).findings.map(({ line, column, reason }) => `${line} ${column} ${reason}`);

test("columns are those of the fields, a text in two languages has two", () => {
  expect(columnsOf(FIELDS).map(({ name }) => name)).toEqual(["name", "title.ja", "title.en", "note.ja", "note.en", "kind", "until", "count", "flag", "people", "label"]);
  expect(columnsOf(FIELDS).filter(({ isNeeded }) => isNeeded).map(({ name }) => name)).toEqual(["name", "title.ja", "title.en", "kind"]);
});

test("values come out typed, and what is empty is not there", () => {
  expect(read({ ...GOOD, until: " 2027-01-01 ", count: "12", flag: "true", people: "a; b;c" }).line.values).toEqual({ name: "x", title: { ja: "a", en: "b" }, kind: "A", until: "2027-01-01", count: 12, flag: true, people: ["a", "b", "c"] });
  expect(found(GOOD)).toEqual([]);
});

test("each mistake is told with its column, all of a line at once", () => {
  expect(found({ "title.en": "b", "note.ja": "only one", kind: "C", until: "2027-02-30", count: "1.5", flag: "yes", people: "a;;b", label: "SECRET" })).toEqual([
    "7 name MISSING", "7 title.ja MISSING", "7 note.en MISSING", "7 kind CODE_UNKNOWN", "7 until VALUE", "7 count VALUE", "7 flag VALUE", "7 people VALUE", "7 label LABEL_TEXT",
  ]);
});

test("columns: unknown, twice and missing; lines: of another width; in the order of the file", () => {
  expect(checkColumns({ columns: ["a", "x", "a"], lines: [] }, [{ name: "a", isNeeded: true }, { name: "b", isNeeded: true }, { name: "c", isNeeded: false }])).toEqual([
    { line: 0, column: "x", reason: "COLUMN_UNKNOWN" }, { line: 0, column: "a", reason: "COLUMN_TWICE" }, { line: 0, column: "b", reason: "COLUMN_MISSING" }]);
  const { lines, findings } = readLines({ columns: ["a", "b"], lines: [["1", " "], ["1"], ["1", "2", "3"]] });
  expect(lines).toEqual([{ number: 1, cells: new Map([["a", "1"]]) }]);
  expect(findings.map(({ line, reason }) => [line, reason])).toEqual([[2, "CELLS"], [3, "CELLS"]]);
  expect(inOrder([{ line: 3, column: null, reason: "VALUE" }, { line: 1, column: null, reason: "ROLE" }]).map(({ line }) => line)).toEqual([1, 3]);
});

const label = fc.record({
  level: fc.constantFrom(1, 2, 3, 4), regimes: fc.subarray(["DOC", "SDS", "CESI"], { minLength: 1 }), need: fc.subarray(["MOD-2024-017", "PRJ-QS-2026"]), rel: fc.subarray(["AUS", "USA"]), more: fc.subarray(["GBR", "KOR"]),
  dist: fc.oneof(fc.constant("ALL" as const), fc.subarray(["JPN.CAS", "JPN.METI", "JPN.MOD"], { minLength: 1 })), orcon: fc.boolean(), purposes: fc.oneof(fc.constant("ALL" as const), fc.subarray(["OVERSIGHT", "VETTING"], { minLength: 1 })), handling: fc.subarray(["CUI:EXPORT", "EXERCISE"]),
}).map(({ rel, more, dist, orcon, level, regimes, ...rest }): LabelCore => canonical({ ...rest, level, regimes: level === 1 ? ["CUI"] : regimes as LabelCore["regimes"], owners: { "JPN.MOD": { rel: ["JPN", ...rel], disp: ["JPN", ...rel, ...more], dist, orcon } } }));

test("a mark, in either language and form, is exactly the label of its one owner", () => {
  fc.assert(fc.property(label, fc.constantFrom("ja" as const, "en" as const), fc.constantFrom("banner" as const, "portion" as const), (core, lang, form) => {
    const cell = readLabelCell(policy, mark(core, policy.words, { lang, form }), "JPN.MOD");
    expect(cell !== undefined && equalLabels(cell, core)).toBe(true);
  }));
});

test("a mark that names another owner, counts tokens or has a last day is not a label; JSON says those", () => {
  for (const text of ["//JPN SECRET//DOC//FGI USA//REL TO JPN, USA", "//JPN SECRET//DOC//ORCON JPN.METI/JPN ONLY/DIST METI", "//JPN SECRET//SDS//NTK (1)//JPN ONLY", "//JPN SECRET//DOC//JPN ONLY//VALID 2029-01-01", "//JPN SECRET//JPN ONLY//DOC", "SECRET", "{", '{"level":"HIGH"}']) {
    expect([text, readLabelCell(policy, text, "JPN.MOD")]).toEqual([text, undefined]);
  }
  const core = readLabelCell(policy, '{"level":"SECRET","regimes":["DOC"],"owners":[{"owner":"JPN.MOD"},{"owner":"USA","rel":["JPN","USA"],"orcon":true}]}', "JPN.MOD");
  expect(core).toMatchObject({ level: 3, owners: { "JPN.MOD": { rel: ["JPN"] }, USA: { rel: ["JPN", "USA"], orcon: true } } });
});

test("every reason is told in both languages, and whatever rule or refusal there is has one", () => {
  const words: Readonly<Record<string, { readonly ja: string; readonly en: string }>> = registerWords;
  expect(REASONS.filter((reason) => words[`reason.${reason}`] === undefined)).toEqual([]);
  expect(["V9", "R9", "V12"].map(reasonOfRule)).toEqual(["V9", "CODE_UNKNOWN", "CODE_UNKNOWN"]);
  expect(["BAD_USER_INPUT", "REFUSED_LIMIT", "REFUSED_ROLE", "INTERNAL_SERVER_ERROR"].map(reasonOfRefusal)).toEqual(["INPUT", "LIMIT", "ROLE", "STATE"]);
});
