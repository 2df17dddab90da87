/** Tables in files: what is printed is read back the same, whatever is in a cell; what is wrong is refused with its line and a stable code. */
import fc from "fast-check";
import { EXIT, CommandFailure } from "../../../../gateway/cli/exit";
import { guardCell, unguardCell } from "../../../../gateway/cli/registers/formula";
import { FORMATS, LARGEST_FILE, formatOf, printTable, readTable } from "../../../../gateway/cli/registers/table-file";

const MARKING = { ja: "\u53d6\u6271\u6ce8\u610f//\u56fd\u5185\u9650\u308a", en: "//JPN CUI//CUI//JPN ONLY" };
const bytes = (text: string): Uint8Array => Buffer.from(text, "utf8");
const refused = (text: string | Uint8Array, format: "csv" | "json" = "csv"): string => {
  try { readTable(typeof text === "string" ? bytes(text) : text, format); return "read"; } catch (error) { if (error instanceof CommandFailure && error.exitCode === EXIT.usage) return error.message; throw error; }
};
const PIECES = ["=1+1", "+81", "-1", "@x", "'", "\t", "\r", "\n", "\r\n", ",", ";", "\"", "#", "# ", " ", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\u3042", "\u7279\u5b9a\u79d8\u5bc6", "\ufeff", "\u{1f600}", "a", "0"];
const cell = fc.oneof(fc.string({ unit: "grapheme" }), fc.array(fc.constantFrom(...PIECES), { maxLength: 6 }).map((pieces) => pieces.join("")));
/** A line without anything in it is no line. */
const table = fc.integer({ min: 1, max: 4 }).chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }).filter((cells) => cells.some((text) => text !== "")), { minLength: 1, maxLength: 6 })
  .map((lines) => ({ columns: ["label", "title.ja", "reference", "x"].slice(0, width), lines })));

test.each(FORMATS)("a table of any texts comes back from %s as it was", (format) => {
  fc.assert(fc.property(table, fc.boolean(), (given, framed) => {
    const text = printTable(given, format, { marking: MARKING, register: "documents", ...(framed ? { notice: "EXERCISE" } : {}) });
    const { columns, lines } = readTable(bytes(text), format);
    expect({ columns, lines }).toEqual(given);
  }), { numRuns: 200 });
});

test("no cell of a CSV begins as a formula does, in any spelling", () => {
  fc.assert(fc.property(cell, (text) => {
    expect(guardCell(text)).not.toMatch(/^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/);
    expect(unguardCell(guardCell(text))).toBe(text);
  }));
  const [, , , , line] = printTable({ columns: ["a"], lines: [["=cmd|' /C calc'!A0"]] }, "csv", { marking: MARKING, register: "documents", notice: "EXERCISE" }).split("\r\n");
  expect(line).toBe("'=cmd|' /C calc'!A0");
});

test("a CSV begins with the frame and the marking in both languages, JSON has both", () => {
  const given = { columns: ["a"], lines: [["1"]] };
  expect(printTable(given, "csv", { marking: MARKING, register: "matters", notice: "EXERCISE" })).toBe(`\ufeff# EXERCISE\r\n# ${MARKING.ja}\r\n# ${MARKING.en}\r\na\r\n1\r\n`);
  expect(JSON.parse(printTable(given, "json", { marking: MARKING, register: "matters", notice: "EXERCISE" }))).toEqual({ notice: "EXERCISE", marking: MARKING, register: "matters", lines: [{ a: "1" }] });
});

test("every line is known by its place in the file, behind comments, quoted line breaks and empty lines", () => {
  expect(readTable(bytes("\ufeff# marking\r\n# more\r\na,b\r\n1,\"x\r\ny\"\r\n\r\n2,z\r\n\"q\n\nr\",1\r\n#3,not a comment\r\n"), "csv")).toEqual({
    columns: ["a", "b"], lines: [["1", "x\r\ny"], ["2", "z"], ["q\n\nr", "1"], ["#3", "not a comment"]], places: [3, 4, 7, 8, 11],
  });
  expect(readTable(bytes('[{"a":"1","n":2},{"b":["x","y"],"a":null,"label":{"level":"CUI"}}]'), "json")).toEqual({ columns: ["a", "n", "b", "label"], lines: [["1", "2", "", ""], ["", "", "x;y", '{"level":"CUI"}']], places: [0, 1, 2] });
});

test("cells that are too many or too few are left to the ministry to reject", () => {
  expect(readTable(bytes("a,b\n1\n1,2,3\n"), "csv").lines).toEqual([["1"], ["1", "2", "3"]]);
});

test("what is no table is refused with a stable code and its line", () => {
  expect(refused(new Uint8Array(LARGEST_FILE + 1))).toMatch(/^TOO_LARGE: /);
  expect(refused(new Uint8Array([0x61, 0x0a, 0x82, 0xa0]))).toMatch(/^ENCODING: /);
  expect(refused("")).toMatch(/^EMPTY: /);
  expect(refused("# only\na,b\n")).toMatch(/^EMPTY: /);
  expect(refused("# x\na,b\n1,\"open\n")).toMatch(/^CSV_QUOTE_NOT_CLOSED: line 3 /);
  expect(refused("a,b\n1,x\"y\n")).toMatch(/^INVALID_OPENING_QUOTE: line 2 /);
  expect(refused("[{]", "json")).toMatch(/^JSON_MALFORMED: /);
  expect(refused('{"a":1}', "json")).toMatch(/^JSON_NO_LIST: /);
  expect(refused('[{"a":1},7]', "json")).toMatch(/^JSON_NO_OBJECT: line 2 /);
});

test("the format is the one that was named, else the one of the file's name", () => {
  expect([formatOf("a.JSON", undefined), formatOf("a.csv", undefined), formatOf(undefined, undefined), formatOf("a.json", "csv")]).toEqual(["json", "csv", "csv", "csv"]);
});
