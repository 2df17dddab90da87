/** What a line of an import of records must be: each rule alone, so that each is missed where it is not asked. */
import { type Known, DOCUMENT_FIELDS, checkDocument, checkPortionTexts, documentOf } from "../../../../subgraphs/kit/bulk/document-rules";
import { columnsOf, readCells } from "../../../../subgraphs/kit/bulk/cells";
import { type ImportContext, isReleased } from "../../../../subgraphs/kit/bulk/context";
import { importedRegister } from "../../../../subgraphs/kit/bulk/list";
import { ministries } from "../../../../subgraphs";
import { loadPolicy, type Subject } from "../../../../schema/policy";
import type { LabelCore } from "../../../../schema/label";

const NOW = Date.parse("2026-11-20T03:00:00Z");
const policy = loadPolicy();
const days = { from: "2026-04-01", until: "2027-03-31", grantedBy: "JPN.MOD" };
const officer: Subject = {
  id: "mod-officer", kind: "official", nation: "JPN", org: "JPN.MOD.JS", purposes: ["ANALYSIS"], agreementRegimes: [],
  eligibilities: [{ regime: "SDS", maxLevel: 4, basis: "ASSESSMENT", grantedBy: "JPN.MOD", usableAt: ["JPN.MOD"], investigationId: "inv-1", notifiedOn: "2025-04-01", validUntil: "2030-03-31", status: "ACTIVE" }],
  assignments: ["MOD-2026-041", "PRJ-QS-2026", "MOD-LAPSED", "METI-CE-004"].map((token) => ({ token, role: "HANDLER" as const, reason: "Exercise", ...days, grantedBy: token.startsWith("METI") ? "JPN.METI" : "JPN.MOD" })), roles: [{ role: "PROPOSE", org: "JPN.MOD", ...days }],
};
const contextOf = (subject: Subject): ImportContext => ({ ministry: ministries["defense"], policy, asker: { subject, action: "WRITE", ctx: { purpose: "ANALYSIS", zoneLevel: 4, action: "WRITE" }, digest: "d" }, now: NOW, today: "2026-11-20" } as unknown as ImportContext);
const entry = (token: string, more: object = {}): Known["entries"] extends ReadonlyMap<string, infer E> ? readonly [string, E] : never =>
  [token, { id: `mtr_${token}`, token, kind: "DESIGNATION", issuer: "JPN.MOD", regime: "SDS", designatedOn: "2026-06-01", validUntil: "2031-03-31", ...more }];
const KNOWN: Known = { entries: new Map([entry("MOD-2026-041"), entry("PRJ-QS-2026", { kind: "PROJECT", regime: null, validUntil: null }), entry("MOD-OLD", { validUntil: "2026-01-01" })]), references: new Set(["THERE"]) };

const CUI = "(//JPN CUI//CUI//JPN ONLY)";
const UNDER = { label: "//JPN SECRET//SDS//NTK MOD-2026-041//JPN ONLY", validUntil: "2029-03-31" };
const json = (core: object): string => JSON.stringify({ level: "CUI", regimes: ["CUI"], owners: [{ owner: "JPN.MOD" }], ...core });
const found = (more: Readonly<Record<string, string>>, subject: Subject = officer): readonly string[] => {
  const cells = { reference: "NEW", kind: "REPORT", owner: "JPN.MOD", label: CUI, "title.ja": "a", "title.en": "b", ...more };
  const { line, findings } = readCells(policy, DOCUMENT_FIELDS, { number: 1, cells: new Map(Object.entries(cells).filter(([, text]) => text !== "")) }, cells.owner);
  if (findings.length > 0) throw new Error(JSON.stringify(findings));
  return [...checkPortionTexts(line), ...checkDocument(contextOf(subject), KNOWN, documentOf(line))].map(({ column, reason }) => `${column} ${reason}`);
};

test("takes the ministry's own record, open or under one of its designations", () => {
  expect(found({})).toEqual([]);
  expect(found({ ...UNDER, matter: "PRJ-QS-2026", existenceLevel: "CUI" })).toEqual([]);
});

test.each([
  ["V1", { label: json({ owners: [{ owner: "JPN.MOD", rel: ["JPN", "USA"], disp: ["JPN"] }] }) }, ["label V1", "label RELEASE"]],
  ["V2", { label: "//JPN SECRET//JPN ONLY" }, ["label V2"]],
  ["V3", { label: "//JPN CUI//SDS//NTK MOD-2026-041//JPN ONLY", validUntil: "2029-03-31" }, ["label V3"]],
  ["V4", { label: json({ owners: [{ owner: "JPN.MOD", rel: [] }] }) }, ["label V4"]],
  ["V5", { label: "//JPN SECRET//SDS//NTK PRJ-QS-2026//JPN ONLY", validUntil: "2029-03-31" }, ["label V5"]],
  ["V5 for a token that another ministry issued", { label: "//JPN SECRET//SDS//NTK METI-CE-004//JPN ONLY", validUntil: "2029-03-31" }, ["label V5"]],
  ["V6 without a day", { label: UNDER.label }, ["label V6"]],
  ["V7", { label: "(//JPN CUI//VET//JPN ONLY)" }, ["label V7"]],
  ["V8", { label: "(//JPN CUI//CUI//ORCON JPN.MOD/JPN ONLY)" }, ["label V8"]],
  ["V9", { existenceLevel: "SECRET" }, ["label V9"]],
  ["V10", { label: json({ owners: [{ owner: "JPN.MOD", rel: ["JPN", "NATO"] }] }) }, ["label V10", "label RELEASE"]],
  ["V11", { label: JSON.stringify({ level: "SECRET", regimes: ["SDS"], need: ["MOD-2026-041"], owners: [{ owner: "JPN.METI" }] }), validUntil: "2029-03-31" }, ["label OWNER", "label V11"]],
])("refuses a label that breaks %s", (_rule, more, reasons) => { expect(found(more)).toEqual(reasons); });

test.each([
  ["a token that nobody here knows", { label: "(//JPN CUI//CUI//NTK NO-SUCH//JPN ONLY)" }, ["label TOKEN_UNKNOWN"]],
  ["a token that this ministry gave, of which its register says nothing to the asker any more", { label: "(//JPN CUI//CUI//NTK MOD-LAPSED//JPN ONLY)" }, ["label TOKEN_UNKNOWN"]],
  ["a matter that nobody here knows", { matter: "NO-SUCH" }, ["matter TOKEN_UNKNOWN"]],
  ["an unknown caveat", { label: json({ handling: ["CUI:NONE"] }) }, ["label CODE_UNKNOWN"]],
  ["another ministry's body", { owner: "JPN.METI" }, ["owner OWNER"]],
  ["a body that there is not", { owner: "JPN.NONE", label: json({}) }, ["owner OWNER"]],
  ["a label without the body among its owners", { label: json({ owners: [{ owner: "JPN.METI" }] }) }, ["label OWNER"]],
  ["release abroad", { label: "(//JPN CUI//CUI//REL TO JPN, USA)" }, ["label RELEASE"]],
  ["showing abroad", { label: "(//JPN CUI//CUI//JPN ONLY/DISPLAY ONLY USA)" }, ["label RELEASE"]],
  ["the public", { label: "(//JPN U)" }, ["label RELEASE"]],
  ["a reference that is there", { reference: "THERE" }, ["reference EXISTS"]],
  ["an edition for release", { kind: "Tearline" }, ["kind VALUE"]],
  ["a portion above its record", { "title.label": "(//JPN S//DOC//JPN ONLY)" }, ["title.label PORTION_ABOVE"]],
  ["a portion's label without a portion", { "body.label": CUI }, ["body.ja MISSING"]],
  ["a day after the designation's", { ...UNDER, validUntil: "2031-04-30" }, ["validUntil LIMIT"]],
  ["a day that is over", { validUntil: "2026-11-19" }, ["label NOT_PERMITTED", "validUntil LIMIT"]],
  ["a designation that is over", { label: "//JPN SECRET//SDS//NTK MOD-OLD//JPN ONLY", validUntil: "2026-12-31" }, ["label NOT_PERMITTED", "validUntil LIMIT", "label STATE"]],
  ["top secret under a designation", { label: "//JPN TOP SECRET//SDS//NTK MOD-2026-041//JPN ONLY", validUntil: "2029-03-31" }, ["label LIMIT"]],
])("refuses %s", (_what, more, reasons) => { expect(found(more)).toEqual(reasons); });

test("refuses whoever has no authority over the body, and whoever may not write under the label", () => {
  expect(found({}, { ...officer, roles: [{ role: "PROPOSE", org: "JPN.MOD.JS", ...days }] })).toEqual(["owner ROLE"]);
  expect(found({}, { ...officer, roles: [{ role: "GRANT", org: "JPN.MOD", ...days }] })).toEqual(["owner ROLE"]);
  expect(found(UNDER, { ...officer, eligibilities: [] })).toEqual(["label NOT_PERMITTED"]);
  expect(found(UNDER, { ...officer, assignments: [] })).toEqual(["label NOT_PERMITTED"]);
});

test("a label is released when anybody outside Japan may have it or see it, or everybody may", () => {
  const core = (level: LabelCore["level"], rel: readonly string[] | "ALL", disp: readonly string[] | "ALL"): LabelCore => ({ policy: "JPN-GOV-DEMO", level, regimes: [], need: [], owners: { "JPN.MOD": { rel, disp, dist: "ALL", orcon: false } }, purposes: "ALL", handling: [] });
  expect([core(1, ["JPN"], ["JPN"]), core(1, ["JPN", "USA"], ["JPN", "USA"]), core(1, ["JPN"], ["JPN", "USA"]), core(1, ["JPN"], "ALL"), core(0, ["JPN"], ["JPN"])].map(isReleased)).toEqual([false, true, true, true, true]);
});

test("registers are imported where they are kept, and eligibilities nowhere", () => {
  const { defense, "cabinet-office": office } = ministries;
  if (defense === undefined || office === undefined) throw new Error("no ministries");
  expect(["documents", "designations", "assignments", "facilities", "eligibilities", "people", "toString"].map((name) => [importedRegister(defense, name) !== undefined, importedRegister(office, name) !== undefined])).toEqual([
    [true, true], [true, true], [true, true], [false, true], [false, false], [false, false], [false, false]]);
  expect(new Set(columnsOf(DOCUMENT_FIELDS).map(({ name }) => name)).size).toBe(columnsOf(DOCUMENT_FIELDS).length);
});
