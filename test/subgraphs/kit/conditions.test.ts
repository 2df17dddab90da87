/** Filters become conditions whose values are parameters and whose columns come from a closed list. */
import { Parameters, documentCondition, hasCases, matterCondition, seeksTexts } from "../../../subgraphs/kit/conditions";
import type { DocumentFilter } from "../../../subgraphs/kit/graph/filters";

function compile(filter: DocumentFilter): { readonly text: string; readonly values: readonly unknown[] } {
  const parameters = new Parameters([]);
  return { text: documentCondition(filter, parameters), values: parameters.values };
}

test("puts no value into the text", () => {
  const hostile = "'; DROP TABLE vault.record; --";
  const { text, values } = compile({ reference: { eq: hostile, in: [hostile], startsWith: hostile }, title: { ja: { contains: hostile } }, search: hostile });
  expect(text).not.toContain("DROP");
  // What has to be contained is a value of its own for the index of texts.
  expect(values.filter((value) => String(value).includes("DROP"))).toHaveLength(7);
});

test("takes wildcards of a pattern for what they are", () => {
  expect(compile({ title: { en: { contains: "x100%_\\" } } }).values).toEqual(["%x100\\%\\_\\\\%", "x100%_\\"]);
  // What has no cases is looked for as it is.
  expect(compile({ title: { en: { contains: "100%_\\" } } }).values).toEqual(["100%_\\", "100%_\\"]);
});

test("joins what is given with AND and leaves out what is null", () => {
  expect(compile({ kind: { eq: "PLAN" }, owner: null, validUntil: { after: "2026-01-01", before: null } }))
    .toEqual({ text: "((content.kind = $1) AND (content.valid_until > $2))", values: ["PLAN", "2026-01-01"] });
});

test("nests and, or and not", () => {
  expect(compile({ or: [{ kind: { eq: "A" } }, { not: { kind: { eq: "B" } } }], and: [{ id: { in: ["x"] } }] }).text)
    .toBe("((((d.id = ANY($1::text[])))) AND (((content.kind = $2)) OR (NOT ((content.kind = $3)))))");
});

test("has texts looked for by their index where nothing is found without them, and not where a condition may fail to hold", () => {
  const title = { title: { en: { contains: "abc" } } };
  for (const filter of [title, { title: { ja: { eq: "abc" } } }, { and: [title] }, { and: [{ and: [title] }] }, { search: "abc" }, { or: [{ search: "abc" }] }, { not: { search: "abc" } }]) expect(compile(filter).text).toContain("find_texts");
  for (const filter of [{ or: [title] }, { not: title }, { and: [{ not: title }] }, { not: { and: [title] } }, { title: { en: { startsWith: "abc" } } }]) expect(compile(filter).text).not.toContain("find_texts");
  expect([{ search: "" }, title, { and: [title] }].map(seeksTexts)).toEqual([true, true, true]);
  expect([{}, { or: [title] }, { not: { search: "abc" } }, { title: { en: { in: ["abc"] } } }, { kind: { contains: "abc" } }].map(seeksTexts)).toEqual([false, false, false, false, false]);
});

test("lets an empty filter match all and an empty alternative none", () => {
  expect(compile({}).text).toBe("TRUE");
  expect(compile({ or: [] }).text).toBe("(FALSE)");
});

test.each<[string, DocumentFilter]>([
  ["more conditions than anyone needs", { and: Array.from({ length: 101 }, () => ({})) }],
  ["a value longer than any text", { reference: { eq: "x".repeat(2_001) } }],
  ["a text that the database does not know", { reference: { eq: "a\0b" } }],
  ["a list of more values than anyone needs", { id: { in: Array.from({ length: 1_001 }, String) } }],
  ["a day that is none", { validUntil: { eq: "tomorrow" } }],
])("refuses %s", (_what, filter) => {
  expect(() => compile(filter)).toThrow("An argument is not valid.");
});

test("asks the register of designations by the designation's id", () => {
  const parameters = new Parameters([]);
  expect(matterCondition({ id: { eq: "dsg_1" }, name: { ja: { startsWith: "A" } } }, "m.designation_id", parameters)).toBe("((m.designation_id = $1) AND ((m.name_ja ^@ $2)))");
});

test("compares as it is written only what no letter is, in any case", () => {
  const characters = Array.from({ length: 0x110000 }, (_, at) => at).filter((at) => at < 0xd800 || at > 0xdfff).map((at) => String.fromCodePoint(at));
  const casesOf = (character: string): readonly string[] => [...new Set([character.toLowerCase(), character.toUpperCase()])].filter((other) => other !== character);
  const cased = new Set(characters.filter((character) => casesOf(character).length > 0).flatMap((character) => [character, ...casesOf(character).flatMap((other) => Array.from(other))]));
  const plain = characters.filter((character) => !hasCases(character));
  expect(plain.filter((character) => cased.has(character))).toEqual([]);
  expect(["\u3044", "\u30a2", "\u6f14", "7", " ", "%", "A", "z", "\uff21", "\u00e9", "\u212a"].map(hasCases)).toEqual([false, false, false, false, false, false, true, true, true, true, true]);
  expect(hasCases("\u6f14\u7fd2 A")).toBe(true);
});
