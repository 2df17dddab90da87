/** Entries in little memory: what is packed comes back, equal entries are equal texts, words are forgotten and their numbers never given to others. */
import fc from "fast-check";
import { type Entry, LIST_NAMES, LISTS, readFields } from "../../../gateway/subject/entries";
import { addUsed, pack, sortEntries, unpack, Words } from "../../../gateway/subject/packed";

const key = fc.oneof(fc.string(), fc.nat().map(String), fc.constantFrom("", "0", "00", "-1", "1e5", " 1", "99999999", "100000000", "NaN", "Infinity"));
const entry: fc.Arbitrary<Entry> = fc.constantFrom(...LIST_NAMES).chain((list) => fc.record({
  list: fc.constant(list), key,
  fields: fc.record(Object.fromEntries(Object.entries(LISTS[list]).map(([name, kind]) => [name, kind === "level" ? fc.integer({ min: 0, max: 4 }) : kind === "texts" ? fc.array(fc.string()) : fc.string({ unit: "binary" })]))),
}));
const entries = fc.uniqueArray(entry, { selector: (each) => `${each.list} ${each.key}`, maxLength: 8 });

describe("packed entries", () => {
  it("come back as they were", () => {
    fc.assert(fc.property(entries, (given) => {
      const words = new Words();
      for (let filler = 0; filler < 3; filler += 1) words.numberOf(`filler ${filler}`);
      expect(unpack(words, pack(words, sortEntries(given)))).toEqual(sortEntries(given));
    }), { numRuns: 100 });
  });

  it("are one text in whatever order they came, and another when anything differs", () => {
    fc.assert(fc.property(entries, entries, (a, b) => {
      const words = new Words();
      const text = (list: readonly Entry[]): string => pack(words, sortEntries(list));
      expect(text([...a].reverse())).toBe(text(a));
      expect(text(a) === text(b)).toBe(JSON.stringify(sortEntries(a)) === JSON.stringify(sortEntries(b)));
    }), { numRuns: 100 });
  });

  it("have no unit that separates the texts of ministries, however many words there are", () => {
    const words = new Words();
    for (let at = 0; at < 70_000; at += 1) words.numberOf(`w${at}`);
    const text = pack(words, sortEntries([{ list: "attestations", key: "99999999", fields: { agreementId: "the last", attestedLevel: 4 } }, { list: "attestations", key: "zzz", fields: { agreementId: "the last", attestedLevel: 0 } }]));
    expect([...Array(text.length).keys()].every((at) => text.charCodeAt(at) < 0xc000)).toBe(true);
    expect(unpack(words, text).map(({ key: each, fields }) => [each, fields["agreementId"]])).toEqual([["99999999", "the last"], ["zzz", "the last"]]);
  });

  it("may be thousands about one subject", () => {
    const words = new Words();
    const many = Array.from({ length: 20_000 }, (_, at): Entry => ({ list: "attestations", key: String(at), fields: { agreementId: "a", attestedLevel: 1 } }));
    expect(unpack(words, pack(words, many))).toEqual(many);
  });

  it("keep the words that they use; a word that comes back has another number", () => {
    const words = new Words();
    const text = pack(words, [{ list: "attestations", key: "k", fields: { agreementId: "used", attestedLevel: 1 } }]);
    const gone = words.numberOf("unused");
    const used = new Set<number>();
    addUsed(text, used);
    words.retain(used);
    expect([words.size, unpack(words, text)[0]?.fields["agreementId"]]).toEqual([2, "used"]);
    expect(words.numberOf("unused")).not.toBe(gone);
    expect(() => words.wordOf(gone)).toThrow();
  });

  it("keep no field that is not of their list", () => {
    expect(readFields("attestations", { agreementId: "a", attestedLevel: 1, reason: "secret" })).toEqual({ agreementId: "a", attestedLevel: 1 });
    for (const wrong of [null, [], "x", {}, { agreementId: 1, attestedLevel: 1 }, { agreementId: "a", attestedLevel: 5 }, { agreementId: "a", attestedLevel: 0.5 }]) expect(readFields("attestations", wrong)).toBeUndefined();
  });
});
