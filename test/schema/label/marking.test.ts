import fc from "fast-check";
import { canonical, mark, markingOf, parseMarking, PORTIONS, printMarking, rollUp, type CoreInput, type LabelCore, type MarkOptions } from "../../../schema/label";
import { arbitraryCore } from "../../support/arbitrary";
import { policy, readJson, records } from "../../support/demo-data";
import { specSection, specTable } from "../../support/spec-tables";

const { words } = policy;
interface MarkCase { readonly name: string; readonly inputs: readonly CoreInput[]; readonly validUntil?: string }
const cases = readJson<{ readonly marks: readonly MarkCase[] }>("test/cases/label.json").marks;
const rows = specTable("## 9", "case", "English", "Japanese");

describe("corner cases of SPEC 9", () => {
  test("every row of the table has its inputs and every input its row", () => {
    expect(rows.map((row) => row[0])).toEqual(cases.map((entry) => entry.name));
  });
  test.each(cases.map((entry) => [entry.name, entry] as const))("%s", (name, { inputs, validUntil }) => {
    const { core } = rollUp(inputs.map((input) => ({ core: canonical(input) })));
    const row = rows.find((entry) => entry[0] === name);
    expect(mark(core, words, { form: "banner", lang: "en", validUntil })).toBe(row?.[1]);
    expect(mark(core, words, { form: "banner", lang: "ja", validUntil })).toBe(row?.[2]);
  });
});

describe("the demo data", () => {
  const text = (core: CoreInput, options: MarkOptions): string => mark(canonical(core), words, options);
  test.each(records.map((record) => [record.reference, record] as const))("prints every mark as the file has it: %s", (_reference, record) => {
    const validUntil = record.validUntil ?? undefined;
    expect({
      bannerJa: text(record.label, { form: "banner", lang: "ja", validUntil }),
      bannerEn: text(record.label, { form: "banner", lang: "en", validUntil }),
      portionJa: text(record.label, { form: "portion", lang: "ja", validUntil }),
      portionEn: text(record.label, { form: "portion", lang: "en", validUntil }),
    }).toEqual(record.marks);
    for (const name of record.portions === undefined ? [] : PORTIONS) {
      const portion = record.portions?.[name];
      if (portion === undefined) throw new Error(`no ${name}`);
      expect(text(portion.label, { form: "portion", lang: "ja" })).toBe(portion.markJa);
      expect(text(portion.label, { form: "portion", lang: "en" })).toBe(portion.markEn);
    }
  });
});

describe("reader", () => {
  const options = fc.record({
    form: fc.constantFrom("banner" as const, "portion" as const), lang: fc.constantFrom("ja" as const, "en" as const),
    validUntil: fc.constantFrom(undefined, "2029-03-31", "OWNER_CONSENT"), hideNeedNames: fc.boolean(),
  });
  // Owners, bodies and codes that the words do not cover stand for themselves.
  const strange = arbitraryCore.map((core): LabelCore => canonical({ ...core, handling: [...core.handling, "CUI:NEW"], need: [...core.need, "A.B-1"] }));

  test("is the inverse of the printer, in both languages and forms", () => {
    fc.assert(fc.property(fc.oneof(arbitraryCore, strange), options, (core, chosen) => {
      const printed = mark(core, words, chosen);
      const read = parseMarking(printed, words);
      if (!read.ok) throw new Error(`${printed} refused at ${read.at}`);
      expect(printMarking(read.marking, words, chosen)).toBe(printed);
      expect([read.form, read.lang]).toEqual([chosen.form, chosen.lang]);
      if (chosen.lang === "en") {
        const shown = markingOf(core, chosen);
        expect(read.marking).toEqual({ ...shown, validUntil: chosen.form === "banner" ? shown.validUntil : undefined });
      }
    }), { numRuns: 3000 });
  });
  test("reads the same from the English and the Japanese mark", () => {
    fc.assert(fc.property(arbitraryCore, (core) => {
      const [english, japanese] = (["en", "ja"] as const).map((lang) => parseMarking(mark(core, words, { form: "banner", lang }), words));
      if (english?.ok !== true || japanese?.ok !== true) throw new Error("refused");
      // Without a regime, the bare word of level 1 is the word of CUI: the only thing the Japanese mark leaves open.
      const bare = core.level === 1 && core.regimes.length === 0;
      expect(japanese.marking).toEqual({ ...english.marking, regimes: bare ? ["CUI"] : english.marking.regimes });
    }), { numRuns: 2000 });
  });
  test.each([
    ["a level nobody has", "//JPN RESTRICTED//JPN ONLY"],
    ["no release part", "//JPN SECRET//SDS"],
    ["unsorted regimes", "//JPN SECRET//SDS/CESI//JPN ONLY"],
    ["unsorted nations", "//JPN SECRET//SDS//REL TO JPN, USA, AUS"],
    ["a release without Japan", "//JPN SECRET//SDS//REL TO USA"],
    ["an unknown part", "//JPN SECRET//SDS//JPN ONLY//LIMDIS"],
    ["parts out of order", "//JPN SECRET//NTK A-1//SDS//JPN ONLY"],
    ["a part twice", "//JPN SECRET//SDS//JPN ONLY//JPN ONLY"],
    ["a banner's level in a portion", "(//JPN SECRET//SDS//JPN ONLY)"],
    ["a portion that does not close", "(//JPN S//SDS//JPN ONLY"],
    ["an empty list", "//JPN SECRET//SDS//NTK //JPN ONLY"],
    ["no tokens counted", "//JPN SECRET//SDS//NTK (0)//JPN ONLY"],
    ["a date in a portion", "(//JPN S//SDS//JPN ONLY//VALID 2029-03-31)"],
    ["what is no date", "//JPN SECRET//SDS//JPN ONLY//VALID soon"],
    ["nothing", ""],
  ])("refuses %s", (_what, text) => { expect(parseMarking(text, words).ok).toBe(false); });
  test("refuses whatever is not a mark, and never throws", () => {
    fc.assert(fc.property(fc.string(), (text) => {
      expect(parseMarking(text, words).ok).toBe(text === words.levels[0]);
    }), { numRuns: 500 });
  });
  test("reads NOREL as no release decision", () => {
    const read = parseMarking("//JPN CUI//CUI//NOREL", words);
    expect(read.ok && printMarking(read.marking, words, { form: "banner", lang: "en" })).toBe("//JPN CUI//CUI//JPN ONLY");
  });
});

describe("marks", () => {
  const owned = (core: Partial<CoreInput>): LabelCore => canonical({
    level: 2, regimes: ["CESI"], need: ["METI-CE-004", "QLARK"], purposes: "ALL", handling: [],
    owners: { "JPN.METI": { rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false } }, ...core,
  });
  const english = (core: LabelCore, options: Partial<MarkOptions> = {}): string => mark(core, words, { form: "banner", lang: "en", ...options });

  test("print how many tokens there are for those who do not hold them", () => {
    expect(english(owned({}), { hideNeedNames: true })).toBe("//JPN CONFIDENTIAL//CESI//NTK (2)//JPN ONLY");
    expect(english(owned({ need: [] }), { hideNeedNames: true })).toBe("//JPN CONFIDENTIAL//CESI//JPN ONLY");
  });
  test("never leave out the release part from level 1 on", () => {
    expect(english(owned({ owners: {}, need: [] }))).toBe("//JPN CONFIDENTIAL//CESI//JPN ONLY");
    expect(english(owned({ owners: {}, need: [], regimes: [], level: 0 }))).toBe("//JPN PUBLIC");
  });
  test("do not promise a release that excludes Japan", () => {
    expect(english(owned({ need: [], owners: { USA: { rel: ["USA"], disp: ["USA"], dist: "ALL", orcon: false } } }))).toBe("//JPN CONFIDENTIAL//CESI//FGI USA//JPN ONLY");
  });
  test("tell apart bodies that share a short name", () => {
    const both = owned({ need: [], owners: { "JPN.METI": { rel: ["JPN"], disp: ["JPN"], dist: ["JPN.METI.SEC", "JPN.MOD.SEC"], orcon: false } } });
    const printed = mark(both, words, { form: "banner", lang: "ja" });
    const read = parseMarking(printed, words);
    expect(read.ok && read.marking.dist).toEqual(["JPN.METI.SEC", "JPN.MOD.SEC"]);
  });
});

describe("roll-up", () => {
  const core = canonical({ level: 0, regimes: [], need: [], owners: {}, purposes: "ALL", handling: [] });
  test("is valid until the latest day and reviewed at the earliest", () => {
    const parts = [{ core, validUntil: "2029-03-31", reviewBy: "2028-01-01" }, { core, validUntil: "2030-03-31", reviewBy: "2027-01-01" }, { core }];
    expect(rollUp(parts)).toMatchObject({ validUntil: "2030-03-31", reviewBy: "2027-01-01", consentOf: [] });
  });
  test("outlasts every date when an owner's consent is needed, and says whose", () => {
    const foreign = canonical({ ...core, level: 1, owners: { USA: { rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false } } });
    expect(rollUp([{ core, validUntil: "2099-03-31" }, { core: foreign, validUntil: "OWNER_CONSENT" }])).toMatchObject({ validUntil: "OWNER_CONSENT", consentOf: ["USA"] });
  });
});

describe("SPEC 10 and 9 say what the policy says", () => {
  test("the Japanese words of the parts", () => {
    const { parts } = words;
    const wanted = {
      NTK: parts.ntk, FGI: parts.fgi, "FGI without a named source": parts.fgi + parts.concealed, ORCON: parts.orcon, "JPN ONLY": parts.jpnOnly, "REL TO": parts.relTo,
      "DISPLAY ONLY": parts.displayOnly, DIST: parts.dist, PURPOSE: parts.purpose, CAVEAT: parts.caveat, VALID: parts.valid, NONE: parts.none, ALL: parts.all,
      "OWNER CONSENT": parts.ownerConsent,
    };
    expect(Object.fromEntries(specTable("## 10", "part", "Japanese"))).toEqual(wanted);
  });
  test("the roll-up rules are R1 to R13", () => {
    expect(specTable("## 9", "rule", "text").map((row) => row[0])).toEqual(Array.from({ length: 13 }, (_, at) => `R${at + 1}`));
  });
  test("every literal of the grammar is printed or read", () => {
    const literals = [...specSection("## 10").matchAll(/"([A-Z][A-Z ]+?) ?"/g)].map((found) => found[1]);
    expect(literals.length).toBeGreaterThan(15);
    for (const literal of ["NTK", "FGI", "ORCON", "JPN ONLY", "NOREL", "REL TO JPN", "DISPLAY ONLY", "DIST", "PURPOSE", "CAVEAT"]) expect(literals).toContain(literal);
  });
});
