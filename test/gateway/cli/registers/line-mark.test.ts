/** The mark of a line: never less than that of any value in it, and the same as the mark of the values' labels joined, where one owner has them. */
import fc from "fast-check";
import { joinMarks } from "../../../../gateway/cli/registers/line-mark";
import { joinAll, mark, type LabelCore } from "../../../../schema/label";
import { loadPolicy } from "../../../../schema/policy";
import { CommandFailure } from "../../../../gateway/cli/exit";

const policy = loadPolicy();
const owned = fc.record({
  level: fc.constantFrom(1, 2, 3), regimes: fc.subarray(["CUI", "DOC", "SDS"], { minLength: 1 }), need: fc.subarray(["MOD-2024-017", "PRJ-QS-2026"]), rel: fc.subarray(["AUS", "GBR", "USA"]), more: fc.subarray(["DEU", "KOR"]),
  dist: fc.oneof(fc.constant("ALL" as const), fc.subarray(["JPN.CAS", "JPN.METI", "JPN.MOD"], { minLength: 1 })), orcon: fc.boolean(), purposes: fc.oneof(fc.constant("ALL" as const), fc.subarray(["OVERSIGHT", "VETTING"], { minLength: 1 })),
}).map(({ level, regimes, need, rel, more, dist, orcon, purposes }): LabelCore => ({
  policy: "JPN-GOV-DEMO", level, regimes: level === 1 ? ["CUI"] : regimes, need, owners: { "JPN.MOD": { rel: ["JPN", ...rel].sort(), disp: [...new Set(["JPN", ...rel, ...more])].sort(), dist, orcon } }, purposes, handling: [],
} as LabelCore));

test("is that of the labels joined", () => {
  fc.assert(fc.property(fc.array(owned, { minLength: 1, maxLength: 4 }), (labels) => {
    for (const lang of ["ja", "en"] as const) {
      const joined = joinMarks(policy, labels.map((label) => mark(label, policy.words, { form: "portion", lang })));
      expect(joined[lang]).toBe(mark(joinAll(labels), policy.words, { form: "portion", lang }));
    }
  }));
});

test("keeps controlling owners and foreign sources of every part, and counts tokens that one part only counts", () => {
  const { en } = joinMarks(policy, ["(//JPN S//DOC//FGI USA//ORCON USA/REL TO JPN, USA)", "(//JPN S//SDS//NTK (1)//ORCON JPN.MOD/JPN ONLY/DIST CAS)", "(//JPN CUI//CUI//NTK RFI-1//JPN ONLY)"]);
  expect(en).toBe("(//JPN S//CUI/DOC/SDS//NTK (2)//FGI USA//ORCON JPN.MOD USA/JPN ONLY/DIST CAS)");
});

test("open values leave it open, and a mark that cannot be read refuses", () => {
  expect(joinMarks(policy, ["(//JPN U)"]).en).toBe("(//JPN U)");
  expect(() => joinMarks(policy, ["(//JPN CUI//CUI//JPN ONLY)", "(//JPN COSMIC)"])).toThrow(CommandFailure);
});
