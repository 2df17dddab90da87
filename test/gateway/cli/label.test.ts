/** `kanmon label`: out, in and shown, in files and in pipes, in both languages. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import refusals from "../../../gateway/cli/data/label-refusals.json";
import { EXIT } from "../../../gateway/cli/exit";
import { run } from "../../../gateway/cli/main";
import { importLabel, partnerPolicy, printDocument, readDocument, REFUSALS, splitDocuments, tagUri } from "../../../schema/exchange";
import { labelOf } from "../../../schema/policy";
import { policy } from "../../support/demo-data";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-label-"));
const at = (name: string): string => path.join(folder, name);
const put = (name: string, content: unknown): string => { fs.writeFileSync(at(name), typeof content === "string" ? content : JSON.stringify(content)); return at(name); };
afterAll(() => { fs.rmSync(folder, { recursive: true, force: true }); });

let out = "";
let said = "";
beforeEach(() => {
  [out, said] = ["", ""];
  jest.spyOn(process.stdout, "write").mockImplementation((text) => { out += String(text); return true; });
  jest.spyOn(process.stderr, "write").mockImplementation((text) => { said += String(text); return true; });
});
afterEach(() => { jest.restoreAllMocks(); });
const label = (...args: readonly string[]): Promise<number> => run(["label", ...args, "--lang", "en"]);

const RELEASED = { level: 2, regimes: ["DOC"], need: [], owners: { "JPN.MOD": { rel: ["AUS", "JPN", "USA"], disp: ["AUS", "JPN", "USA"], dist: "ALL", orcon: false } }, purposes: "ALL", handling: ["EXERCISE"] } as const;
const whole = labelOf(RELEASED, { existence: { ...RELEASED, level: 1, regimes: [], handling: [] }, lifecycle: { validUntil: "2099-03-31" } });
const theirs = printDocument({
  root: "originatorConfidentialityLabel", reviewAt: Date.UTC(2099, 0, 1), createdAt: Date.UTC(2026, 0, 1),
  information: { policy: partnerPolicy("USA"), classification: "SECRET", categories: [{ type: "PERMISSIVE", tagName: "Releasable To", uri: tagUri("Releasable To"), values: ["JPN", "USA"] }] },
});

test("a label goes out to a pipe and comes in again, the same", async () => {
  expect(await label("export", put("whole.json", whole))).toBe(EXIT.ok);
  const xml = put("whole.xml", out);
  expect(importLabel(policy, splitDocuments(out)).label).toEqual(whole);
  out = "";
  expect(await label("import", xml)).toBe(EXIT.ok);
  expect(JSON.parse(out)).toEqual(whole);
  expect(said).toBe("//JPN CONFIDENTIAL//DOC//REL TO JPN, AUS, USA//CAVEAT EXERCISE//VALID 2099-03-31\n");
});

test("a label goes out to a folder, each document in a file that only its owner reads, and comes in from these in any order", async () => {
  expect(await label("export", put("whole.json", whole), "--out", at("xml"))).toBe(EXIT.ok);
  const files = fs.readdirSync(at("xml")).sort();
  expect(files).toEqual(["1-originatorConfidentialityLabel.xml", "2-metadataConfidentialityLabel.xml"]);
  for (const file of files) expect(fs.statSync(path.join(at("xml"), file)).mode & 0o077).toBe(0);
  expect(await label("import", ...files.reverse().map((file) => path.join(at("xml"), file)), "--json")).toBe(EXIT.ok);
  expect(JSON.parse(out)).toMatchObject({ ok: true, label: whole, marks: { en: { portion: "(//JPN C//DOC//REL TO JPN, AUS, USA//CAVEAT EXERCISE)" } } });
});

test("a core as data files have it needs no id; when it is reviewed has to be said", async () => {
  expect(await label("export", put("core.json", RELEASED), "--json")).toBe(EXIT.failure);
  expect(JSON.parse(out)).toMatchObject({ ok: false, code: "REVIEW_MISSING", path: "/originatorConfidentialityLabel/@ReviewDateTime" });
  out = "";
  expect(await label("export", put("core.json", RELEASED), "--review", "2099-01-01")).toBe(EXIT.ok);
  expect(importLabel(policy, splitDocuments(out)).label).toEqual(labelOf(RELEASED));
});

test("for a partner goes the equivalent beside it, and only under an agreement in force", async () => {
  expect(await label("export", put("whole.json", whole), "--nation", "AUS", "--json")).toBe(EXIT.ok);
  expect(JSON.parse(out)).toMatchObject({ ok: true, agreement: "JPN-AUS-2013@2013-03-01", mark: "SECRET" });
  expect(said).toBe("equivalent under JPN-AUS-2013@2013-03-01: SECRET\n");
  [out, said] = ["", ""];
  expect(await label("export", put("whole.json", whole), "--agreement", "JPN-USA-2007")).toBe(EXIT.ok);
  expect(splitDocuments(out).map((text) => readDocument(text).information.classification)).toEqual(["CONFIDENTIAL", "CONFIDENTIAL"]);
  [out, said] = ["", ""];
  expect(await label("export", put("whole.json", whole), "--nation", "CAN")).toBe(EXIT.failure);
  expect(out).toBe("");
  expect(said).toContain("NO_AGREEMENT");
});

test("a release stands on tokens, grants and a purpose, each alone", async () => {
  const strict = labelOf({ ...RELEASED, need: ["MOD-2024-017"], owners: { "JPN.MOD": { ...RELEASED.owners["JPN.MOD"], orcon: true } }, purposes: ["ANALYSIS"] }, { lifecycle: { validUntil: "2099-03-31" } });
  const all = [["--assigned", "MOD-2024-017"], ["--granted", "JPN.MOD,JPN.METI"], ["--purpose", "ANALYSIS"]];
  const wanted = ["NEED_TO_KNOW", "ORIGINATOR_CONTROL", "PURPOSE"];
  for (const [at, code] of wanted.entries()) {
    out = "";
    expect(await label("export", put("strict.json", strict), "--nation", "USA", "--json", ...all.filter((_, other) => other !== at).flat())).toBe(EXIT.failure);
    expect(JSON.parse(out)).toMatchObject({ code });
  }
  expect(await label("export", put("strict.json", strict), "--nation", "USA", ...all.flat())).toBe(EXIT.ok);
});

test("a partner's label is received under a register entry, and goes on under the label it came with", async () => {
  const file = put("theirs.xml", theirs);
  expect(await label("import", file, "--dist", "JPN.CAS")).toBe(EXIT.usage);
  expect(await label("import", file, "--register", "CAS-2026-001")).toBe(EXIT.usage);
  expect(await label("import", file, "--register", "CAS-2026-001", "--dist", "JPN.NOWHERE")).toBe(EXIT.failure);
  expect(said).toContain("INVALID");
  expect(out).toBe("");
  expect(await label("import", file, "--register", "CAS-2026-001", "--dist", "ALL")).toBe(EXIT.ok);
  expect(JSON.parse(out)).toMatchObject({ owners: { USA: { dist: "ALL" } } });
  out = "";
  expect(await label("import", file, "--register", "CAS-2026-001", "--dist", "JPN.CAS,JPN.MOD", "--nation", "USA", "--json")).toBe(EXIT.ok);
  expect(JSON.parse(out)).toMatchObject({
    label: { level: 3, need: ["CAS-2026-001"], owners: { USA: { rel: ["JPN", "USA"], dist: ["JPN.CAS", "JPN.MOD"], orcon: true } }, lifecycle: { validUntil: "OWNER_CONSENT" } },
    original: { policy: "JPN-USA-2007@2007-08-01", mark: "SECRET", label4774: theirs },
  });
  const received = put("received.json", out);
  out = "";
  expect(await label("export", received)).toBe(EXIT.ok);
  expect(splitDocuments(out)[0]).toBe(theirs);
  out = "";
  expect(await label("import", file, "--register", "CAS-2026-001", "--dist", "ALL", "--nation", "GBR", "--json")).toBe(EXIT.failure);
  expect(JSON.parse(out)).toMatchObject({ code: "NO_AGREEMENT" });
});

test("shows what a label says in both languages, from JSON and from XML, and the equivalent of a partner's", async () => {
  const lines = ["//JPN CONFIDENTIAL//DOC//REL TO JPN, AUS, USA//CAVEAT EXERCISE//VALID 2099-03-31", "(//JPN C//DOC//REL TO JPN, AUS, USA//CAVEAT EXERCISE)"];
  await label("export", put("whole.json", whole));
  const xml = put("whole.xml", out);
  for (const file of [at("whole.json"), xml]) {
    out = "";
    expect(await label("show", file)).toBe(EXIT.ok);
    const shown = out.split("\n");
    expect(shown.slice(2, 4)).toEqual(lines);
    expect(shown[0]).toMatch(/^\u79d8\u6587\u66f8\uff3bC\uff3d\/\//);
  }
  out = "";
  expect(await label("show", put("theirs.xml", theirs))).toBe(EXIT.ok);
  expect(out).toBe(`USA SECRET / ${policy.words.levels[3] ?? ""}${policy.words.parts.equivalent}\n`);
});

test.each<readonly [string, readonly string[], number, string]>([
  ["an invalid label going out", ["export", put("v4.json", labelOf({ ...RELEASED, owners: { "JPN.MOD": { rel: ["USA"], disp: ["USA"], dist: "ALL", orcon: false } } })), "--review", "2099-01-01"], EXIT.failure, "INVALID at /owners.JPN.MOD.rel: V4"],
  ["an invalid existence label going out", ["export", put("v1.json", labelOf({ ...RELEASED, owners: { "JPN.MOD": { rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false } } }, { existence: { ...RELEASED, level: 1, regimes: [], handling: [], owners: { "JPN.MOD": { rel: ["JPN", "USA"], disp: ["JPN"], dist: "ALL", orcon: false } } } })), "--review", "2099-01-01"], EXIT.failure, "INVALID at /owners.JPN.MOD.disp: V1"],
  ["a label under another's id", ["export", put("id.json", { ...whole, level: 1 })], EXIT.failure, "UNREADABLE"],
  ["a core with a part that no label has", ["export", put("more.json", { ...RELEASED, note: 1 })], EXIT.failure, "UNREADABLE"],
  ["a lifecycle that is none", ["export", put("life.json", { ...RELEASED, lifecycle: { status: "OVER" } })], EXIT.failure, "UNREADABLE at /lifecycle"],
  ["what is no JSON", ["export", put("no.json", "level: 2")], EXIT.failure, "UNREADABLE"],
  ["JSON in other bytes", ["export", (() => { fs.writeFileSync(at("utf16.json"), Buffer.from(JSON.stringify(whole), "utf16le")); return at("utf16.json"); })()], EXIT.failure, "XML_ENCODING"],
  ["a review on no day", ["export", put("w.json", whole), "--review", "2099-02-30"], EXIT.usage, "2099-02-30"],
  ["an agreement nobody knows", ["export", put("w.json", whole), "--agreement", "JPN-XXX"], EXIT.failure, "NO_AGREEMENT"],
  ["a file that is not there", ["import", at("nowhere.xml")], EXIT.configuration, "nowhere.xml"],
  ["what is no label", ["show", put("x.xml", "<a/>")], EXIT.failure, "NAMESPACE at /a"],
])("refuses %s, in both languages, with nothing on standard output", async (_, args, code, words) => {
  expect(await label(...args)).toBe(code);
  expect(said).toContain(words);
  said = "";
  expect(await run(["label", ...args, "--lang", "ja"])).toBe(code);
  expect(said).toMatch(/[\u3040-\u30ff]/);
  expect(out).toBe("");
});

test("every code of a refusal is told in both languages", () => {
  expect(Object.keys(refusals).sort()).toEqual(REFUSALS.map((code) => `labelRefusal.${code}`).sort());
  for (const { ja, en } of Object.values(refusals)) expect([/[\u3040-\u30ff\u4e00-\u9fff]/.test(ja), /^[\x20-\x7e]+$/.test(en)]).toEqual([true, true]);
});
