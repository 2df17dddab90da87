/**
 * Story: registers in bulk at the Ministry of Defense. A staff officer brings in a file of records that have lain in a cabinet; what is wrong with it is found line by line, and nothing of it is
 * taken in before all of it is right. The security officer brings in proposals of designations, which somebody else still has to approve, and a list of handlers. Whoever exports a register gets
 * what they may read, marked line by line. All of it is an exercise and fictional.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { run } from "../../gateway/cli/main";
import { Command, type Finished, processesOf } from "../gateway/cli/command";
import { startStory } from "./story";

const story = startStory({ isApart: true });
jest.setTimeout(240_000);

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-registers-"));
afterAll(() => { fs.rmSync(folder, { recursive: true, force: true }); });
const TODAY = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10);
const inDays = (days: number): string => new Date(Date.parse(TODAY) + days * 86_400_000).toISOString().slice(0, 10);

const CUI = "(//JPN CUI//CUI//JPN ONLY)";
const SDS = "\u7279\u5b9a\u79d8\u5bc6\uff0b\u53d6\u6271\u6ce8\u610f\uff3bS\uff3d//\u77e5\u308b\u5fc5\u8981:MOD-2026-041//\u56fd\u5185\u9650\u308a";
const DOC = "//JPN SECRET//DOC//JPN ONLY";
const COLUMNS = ["reference", "kind", "owner", "matter", "validUntil", "label", "title.ja", "title.en", "title.label", "body.ja", "body.en"];
type Cells = Readonly<Record<string, string>>;
const record = (reference: string, more: Cells = {}): Cells => ({ reference, kind: "REPORT", owner: "JPN.MOD", label: CUI, "title.ja": "\u67b6\u7a7a\u306e\u5831\u544a", "title.en": `Fictional report ${reference}`, ...more });
const GOOD = [
  record("BULK-1", { "body.ja": "=SUM(A1)\n\u4e8c\u884c\u76ee", "body.en": "\"quoted\", and\na second line" }),
  record("BULK-2", { label: SDS, "title.label": CUI, matter: "MOD-2026-041", validUntil: inDays(300), "body.ja": "\u6a5f\u5fae", "body.en": "Secret of BULK-2" }),
  record("BULK-3", { label: DOC }),
];

const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const save = (name: string, columns: readonly string[], lines: readonly Cells[]): string => {
  const file = path.join(folder, name);
  fs.writeFileSync(file, `\ufeff# a comment\r\n${[columns, ...lines.map((cells) => columns.map((column) => cells[column] ?? ""))].map((cells) => cells.map(quote).join(",")).join("\r\n")}\r\n`);
  return file;
};
/** The command as its users call it, without a process of its own: there are many of them in this story. */
const kanmon = async (...args: readonly string[]): Promise<Finished> => {
  const said = { out: "", err: "" };
  const spies = [jest.spyOn(process.stdout, "write").mockImplementation((text) => { said.out += String(text); return true; }), jest.spyOn(process.stderr, "write").mockImplementation((text) => { said.err += String(text); return true; })];
  try { const code = await run([...args, "--url", story.url, "--issuer", story.issuer, "--lang", "en"]); return { code, ...said }; } finally { for (const spy of spies) spy.mockRestore(); }
};
const bring = (register: string, file: string, as: string, ...more: readonly string[]): Promise<Finished> => kanmon("register", "import", register, file, "--ministry", "defense", "--as", as, "--json", ...more);
interface Outcome { readonly isDone: boolean; readonly lines: number; readonly rejected: readonly { readonly line: number; readonly column: string | null; readonly reason: string }[] }
const outcomeOf = ({ out }: Finished): Outcome => JSON.parse(out) as Outcome;
const rejectedOf = (finished: Finished): readonly string[] => outcomeOf(finished).rejected.map(({ line, column, reason }) => `${line} ${column ?? "-"} ${reason}`);
const BULK = 'defenseDocuments(filter: { reference: { startsWith: "BULK-" } }, orderBy: [{ field: REFERENCE }]) { totalCount nodes { reference title { en } body { ja en } } }';
const bulkOf = async (who: string): Promise<readonly { readonly reference: string | null; readonly title: { readonly en: string } | null; readonly body: { readonly ja: string; readonly en: string } | null }[]> =>
  ((await story.as(who).query(`{ ${BULK} }`)).data as { readonly defenseDocuments: { readonly nodes: never[] } }).defenseDocuments.nodes;
const exported = async (who: string, register: string, ...more: readonly string[]): Promise<{ readonly finished: Finished; readonly lines: readonly Cells[]; readonly marking: { readonly en: string } }> => {
  const finished = await kanmon("register", "export", register, "--as", who, "--ministry", "defense", "--format", "json", ...more);
  return { finished, ...JSON.parse(finished.out) as { lines: readonly Cells[]; marking: { en: string } } };
};

test("a dry run says that every line would be taken in, and changes nothing", async () => {
  const finished = await bring("documents", save("good.csv", COLUMNS, GOOD), "mod-officer", "--dry-run");
  expect([finished.err, finished.code, outcomeOf(finished)]).toEqual([expect.stringContaining("Dry run: all 3 lines"), 0, expect.objectContaining({ isDone: false, lines: 3, rejected: [] })]);
  expect(await bulkOf("mod-officer")).toEqual([]);
});

test("with mistakes in some lines none is taken in: each is told with its line in the file, its column and a reason, in a dry run as in the real one", async () => {
  const file = save("bad.csv", COLUMNS, [
    ...GOOD,
    record("BULK-4", { label: "//JPN SECRET//JPN ONLY" }), record("BULK-5", { label: "//JPN SECRET//SDS//JPN ONLY", validUntil: inDays(30) }), record("BULK-6", { label: "(//JPN CUI//CUI//NTK NO-SUCH-1//JPN ONLY)" }),
    record("BULK-7", { label: "(//JPN CUI//CUI//NTK CASE-SA-900//JPN ONLY)", matter: "NO-SUCH-1" }), record("BULK-8", { label: "top secret" }), record("BULK-1"), record("BULK-9", { owner: "JPN.METI" }),
    record("BULK-10", { "title.label": DOC }), record("BULK-11", { label: "(//JPN CUI//CUI//REL TO JPN, USA)" }), record("BULK-12", { label: SDS, validUntil: "2099-01-01" }), record("BULK-13", { kind: "TEARLINE" }), record("BULK-14", { "title.en": "" }),
  ]);
  const wanted = ["8 label V2", "9 label V5", "10 label TOKEN_UNKNOWN", "11 matter TOKEN_UNKNOWN", "11 label TOKEN_UNKNOWN", "12 label LABEL_TEXT", "13 reference TWICE", "14 owner OWNER", "15 title.label PORTION_ABOVE", "16 label RELEASE",
    "17 label V6", "17 validUntil LIMIT", "18 kind VALUE", "19 title.en MISSING"];
  for (const more of [["--dry-run"], []]) {
    const finished = await bring("documents", file, "mod-officer", ...more);
    expect([finished.code, outcomeOf(finished).isDone, [...rejectedOf(finished)].sort()]).toEqual([1, false, [...wanted].sort()]);
  }
  expect(await bulkOf("mod-officer")).toEqual([]);
});

test("a column that nobody knows, one that is missing and a line with too few cells are refused as well", async () => {
  expect(rejectedOf(await bring("documents", save("columns.csv", [...COLUMNS.filter((column) => column !== "owner"), "clearance"], GOOD), "mod-officer"))).toEqual(["2 clearance COLUMN_UNKNOWN", "2 owner COLUMN_MISSING"]);
  const file = path.join(folder, "cells.csv");
  fs.writeFileSync(file, `${COLUMNS.join(",")}\nBULK-1,REPORT\n`);
  expect(rejectedOf(await bring("documents", file, "mod-officer"))).toEqual(["2 - CELLS"]);
});

test("a token that the officer may not know of is refused as one that there is not", async () => {
  const file = (token: string): string => save("token.csv", COLUMNS, [record("BULK-1", { label: `(//JPN CUI//CUI//NTK ${token}//JPN ONLY)` })]);
  const [hidden, absent] = [await bring("documents", file("KAGAMI"), "mod-security-officer"), await bring("documents", file("NO-SUCH-1"), "mod-security-officer")];
  expect([hidden.code, rejectedOf(hidden)]).toEqual([absent.code, rejectedOf(absent)]);
  expect(rejectedOf(hidden)).toEqual(["3 label TOKEN_UNKNOWN"]);
});

test("who has no authority over the body brings in nothing: without any role at once, with one elsewhere line by line", async () => {
  const file = save("good.csv", COLUMNS, GOOD);
  const nobody = await bring("documents", file, "psia-officer");
  expect([nobody.code, nobody.out, nobody.err]).toEqual([3, "", expect.stringContaining("MINISTRY_REFUSED ROLE")]);
  const elsewhere = await bring("documents", file, "ciro-analyst");
  expect([elsewhere.code, new Set(outcomeOf(elsewhere).rejected.map(({ reason }) => reason))]).toEqual([1, new Set(["ROLE"])]);
  expect(await bulkOf("mod-officer")).toEqual([]);
});

test("when all lines are right all are taken in, each under its own label, and read by whom that permits from the next second on", async () => {
  const finished = await bring("documents", save("good.csv", COLUMNS, GOOD), "mod-officer");
  expect([finished.code, finished.err, outcomeOf(finished).isDone]).toEqual([0, expect.stringContaining("all 3 lines were taken in"), true]);
  expect((await bulkOf("mod-officer")).map(({ reference }) => reference)).toEqual(["BULK-1", "BULK-2", "BULK-3"]);
  expect((await bulkOf("mod-officer"))[0]?.body).toEqual({ ja: "=SUM(A1)\n\u4e8c\u884c\u76ee", en: "\"quoted\", and\na second line" });
  expect((await bulkOf("ciro-analyst")).map(({ reference }) => reference)).toEqual(["BULK-1", "BULK-2", "BULK-3"]);
  // Her token and her level do not cover the secret; its title has a label of its own.
  const seen = await bulkOf("psia-officer");
  expect(seen.flatMap(({ body }) => (body === null ? [] : [body.en]))).not.toContain("Secret of BULK-2");
  expect(JSON.stringify(await bulkOf("us-liaison"))).not.toContain("BULK-");
});

test("the same file sent again is not taken in twice; under another key its references are there already", async () => {
  const again = await bring("documents", save("good.csv", COLUMNS, GOOD), "mod-officer");
  expect([again.code, outcomeOf(again)]).toEqual([0, expect.objectContaining({ isDone: true, rejected: [] })]);
  expect(await bulkOf("mod-officer")).toHaveLength(3);
  expect(rejectedOf(await bring("documents", save("good.csv", COLUMNS, GOOD), "mod-officer", "--key", "another-key-1"))).toEqual(["3 reference EXISTS", "6 reference EXISTS", "7 reference EXISTS"]);
  const other = await bring("documents", save("other.csv", COLUMNS, [record("BULK-20")]), "mod-officer", "--key", "another-key-2");
  const taken = await bring("documents", save("third.csv", COLUMNS, [record("BULK-21")]), "mod-officer", "--key", "another-key-2");
  expect([other.code, taken.code, taken.err]).toEqual([0, 1, expect.stringContaining("MINISTRY_REFUSED KEY")]);
});

test("a file that is longer than one request goes in parts, and is taken in as a whole or not at all", async () => {
  const long = Array.from({ length: 300 }, (_, at) => record(`LONG-${at}`, { "body.ja": "\u3042".repeat(300), "body.en": "x".repeat(300) }));
  const count = async (): Promise<unknown> => ((await story.as("mod-officer").query('{ defenseDocuments(filter: { reference: { startsWith: "LONG-" } }) { totalCount } }')).data as { defenseDocuments: { totalCount: number } }).defenseDocuments.totalCount;
  expect(rejectedOf(await bring("documents", save("long.csv", COLUMNS, [...long, record("LONG-300", { label: "none" })]), "mod-officer"))).toEqual(["303 label LABEL_TEXT"]);
  expect(await count()).toBe(0);
  expect(outcomeOf(await bring("documents", save("long.csv", COLUMNS, long), "mod-officer"))).toMatchObject({ isDone: true, lines: 300 });
  expect(await count()).toBe(300);
});

test("an export is what its reader may read, every line marked with the most that is in it; formulas are disarmed in CSV", async () => {
  const { lines, marking, finished } = await exported("mod-officer", "documents");
  const line = (reference: string): Cells | undefined => lines.find((cells) => cells["reference"] === reference);
  expect([finished.code === 0 || finished.code === 4, marking.en.startsWith("//JPN TOP SECRET//")]).toEqual([true, true]);
  expect(line("BULK-1")).toMatchObject({ ministry: "defense", label: CUI, owner: "JPN.MOD", "body.en": "\"quoted\", and\na second line", "body.label": "" });
  expect(line("BULK-2")).toMatchObject({ label: "(//JPN S//CUI/DOC/SDS//NTK MOD-2026-041//JPN ONLY)", "body.label": "", "title.label": CUI, matter: "MOD-2026-041" });
  const file = path.join(folder, "export.csv");
  const csv = await kanmon("register", "export", "documents", "--as", "mod-officer", "--ministry", "defense", "--out", file);
  const text = fs.readFileSync(file, "utf8");
  expect([csv.out, text.startsWith("\ufeff# "), text.includes("//JPN TOP SECRET//"), text.includes("'=SUM(A1)")]).toEqual(["", true, true, true]);
  const stranger = await exported("psia-officer", "documents");
  expect(JSON.stringify(stranger.lines)).not.toContain("Secret of BULK-2");
  expect((await exported("us-liaison", "documents")).lines.filter(({ reference }) => reference?.startsWith("BULK-") === true)).toEqual([]);
});

test("what was exported can be brought in again as new records, under the same labels", async () => {
  const { lines } = await exported("mod-officer", "documents");
  const again = lines.filter(({ reference }) => reference?.startsWith("BULK-") === true).map((cells) => Object.fromEntries(Object.entries({ ...cells, reference: `AGAIN-${cells["reference"]}` }).filter(([column]) => column !== "id" && column !== "ministry")));
  const file = path.join(folder, "again.json");
  fs.writeFileSync(file, JSON.stringify({ lines: again }));
  expect([again.length, outcomeOf(await bring("documents", file, "mod-officer"))]).toEqual([4, expect.objectContaining({ isDone: true, rejected: [] })]);
  const labels = new Map((await exported("mod-officer", "documents")).lines.map((cells) => [cells["reference"], cells["label"]]));
  for (const reference of ["BULK-1", "BULK-2", "BULK-3"]) expect(labels.get(`AGAIN-${reference}`)).toBe(labels.get(reference));
});

const PROPOSED = ["body", "token", "name.ja", "name.en", "regime", "statutoryItem", "listed", "nonPublic", "harm", "damage", "reasons", "label", "level", "validUntil", "reviewBy", "records", "handlers", "handlersUntil", "heldBy", "dualUse"];
const proposal = (number: number, record = "", more: Cells = {}): Cells => ({
  body: "JPN.MOD", token: `MOD-2026-${number}`, "name.ja": "\u67b6\u7a7a", "name.en": "Fictional", regime: "SDS", statutoryItem: "\u7b2c\u4e00\u53f7\u30a4", listed: "Operations.", nonPublic: "Known to the staff.", harm: "Could be anticipated.", damage: "SEVERE", reasons: "It names places.",
  label: "//JPN SECRET//SDS//JPN ONLY", level: "CONFIDENTIAL", validUntil: inDays(700), reviewBy: inDays(100), records: record, handlers: "mod-officer", handlersUntil: inDays(300), heldBy: "GOVERNMENT", dualUse: "false", ...more,
});
const files = async (): Promise<readonly { readonly id: string; readonly state: string; readonly version: number; readonly token: string }[]> =>
  ((await story.as("mod-approver").query("{ defenseDesignationFiles(first: 500) { nodes { id state version token } } }")).data as { defenseDesignationFiles: { nodes: { id: string; state: string; version: number; token: string }[] } }).defenseDesignationFiles.nodes
    // Beside what the ministry had before.
    .filter((one) => one.token.startsWith("MOD-2026-"));

test("imported designations are proposals: whoever brought them in designates nothing, and another person approves each (D.1, D.4)", async () => {
  const id = (await exported("mod-officer", "documents")).lines.find(({ reference }) => reference === "BULK-3")?.["id"] ?? "";
  const bad = await bring("designations", save("designations.csv", PROPOSED, [proposal(801, id), proposal(802, id, { statutoryItem: "none" }), proposal(803, id, { validUntil: inDays(3_000) }), proposal(804, id, { damage: "NONE" })]), "mod-security-officer");
  expect([bad.code, rejectedOf(bad)]).toEqual([1, ["4 - INPUT", "5 - LIMIT", "6 damage CODE_UNKNOWN"]]);
  expect(await files()).toEqual([]);
  expect(outcomeOf(await bring("designations", save("designations.csv", PROPOSED, [proposal(801, id), proposal(802, id)]), "mod-security-officer")).isDone).toBe(true);
  // A token is the number that was proposed and what is drawn for it.
  expect((await files()).map(({ state, token }) => `${token.replace(/-[0-9A-Z]{6}$/, "")} ${state}`).sort()).toEqual(["MOD-2026-801 PROPOSED", "MOD-2026-802 PROPOSED"]);
  const [first] = (await files()).filter(({ token }) => token.startsWith("MOD-2026-801-"));
  expect((await exported("mod-approver", "designations")).lines.map(({ token }) => token)).not.toContain(first?.token);
  const listed = await kanmon("items", "--as", "mod-approver", "--ministry", "defense", "--json");
  expect([listed.code, (JSON.parse(listed.out) as { items: readonly { id: string; steps: readonly string[] }[] }).items.find((item) => item.id === first?.id)]).toEqual([0, expect.objectContaining({
    ministry: "defense", workflow: "DesignationFile", state: "PROPOSED", version: 1, owner: "JPN.MOD", steps: ["approveDesignation", "rejectDesignation", "withdrawDesignation"] })]);
  const line = new Command(["subscribe", "--as", "mod-security-officer", "--ministry", "defense", "--url", story.url, "--issuer", story.issuer, "--lang", "en", "--json"]);
  for (let tries = 0; tries < 1_500 && !line.err.includes("Following defense"); tries += 1) await new Promise((wait) => setTimeout(wait, 20));
  expect(line.err).toContain("Following defense");
  const approve = (who: string): Promise<Finished> => kanmon("act", "defense", "approveDesignation", "--as", who, "--id", first?.id ?? "", "--version", "1", "--reason", "The tests are met.");
  const own = await approve("mod-security-officer");
  expect([own.code, own.err]).toEqual([3, expect.stringContaining("MINISTRY_REFUSED ROLE")]);
  const approved = await approve("mod-approver");
  expect([approved.code, approved.out]).toEqual([0, expect.stringContaining("ACTIVE v2")]);
  for (let tries = 0; tries < 300 && line.out === ""; tries += 1) await new Promise((wait) => setTimeout(wait, 20));
  expect(JSON.parse(line.out.split("\n")[0] ?? "")).toMatchObject({ ministry: "defense", workflow: "DesignationFile", kind: "DESIGNATED", item: first?.id });
  line.process.kill("SIGINT");
  expect((await line.finished).code).toBe(0);
  const active = await kanmon("items", "--as", "mod-approver", "--ministry", "defense");
  expect(active.out).toContain(`${inDays(100)} in 100 d defense DesignationFile ACTIVE v2 ${first?.id ?? ""} JPN.MOD`);
  const notices = await kanmon("notices", "--as", "mod-security-officer");
  expect([notices.code, notices.out]).toEqual([0, expect.stringContaining(`defense DesignationFile DESIGNATED ${first?.id ?? ""}`)]);
  expect((await exported("mod-officer", "designations")).lines.map(({ token }) => token)).toContain(first?.token);
});

test("legal notices are read and acknowledged with the command, and a notice that does not bind the person is none", async () => {
  const legal = await kanmon("notices", "--legal", "--as", "mod-officer");
  const id = /^(\S+) \S+ .*\(acknowledged /m.exec(legal.out)?.[1] ?? "";
  expect([legal.code, id]).toEqual([0, expect.stringMatching(/./)]);
  const again = await kanmon("notices", "--acknowledge", id, "--as", "mod-officer");
  expect([again.code, again.err]).toEqual([0, expect.stringContaining(`you have read ${id}`)]);
  expect((await kanmon("notices", "--acknowledge", "NO-SUCH", "--as", "mod-officer")).code).toBe(2);
});

test("a step that there is not for a person, and a value that a step does not take, are refused before anything is sent", async () => {
  const none = await kanmon("act", "defense", "openBox", "--as", "mod-approver");
  const unknown = await kanmon("act", "defense", "approveDesignation", "--as", "mod-approver", "--id", "x", "--version", "1", "--set", "colour=red");
  expect([none.code, none.err, unknown.code, unknown.err]).toEqual([2, expect.stringContaining("There is no step openBox"), 2, expect.stringContaining("takes no colour")]);
});

test("a list of handlers is taken in as grants, each with the authority that one grant needs", async () => {
  const columns = ["subject", "token", "role", "from", "until", "reason"];
  const line = (more: Cells): Cells => ({ subject: "psia-officer", token: "PRJ-QS-2026", role: "READER", from: TODAY, until: inDays(30), reason: "Exercise", ...more });
  const bad = await bring("assignments", save("assignments.csv", columns, [line({}), line({ role: "OWNER" }), line({ token: "KAGAMI" }), line({ token: "NO-SUCH-1" }), line({})]), "mod-security-officer");
  expect(rejectedOf(bad)).toEqual(["4 role CODE_UNKNOWN", "5 - STATE", "6 - STATE", "7 - STATE"]);
  const held = async (): Promise<readonly string[]> => (await exported("mod-security-officer", "assignments")).lines.filter(({ subject }) => subject === "psia-officer").map(({ token }) => token ?? "");
  expect(await held()).not.toContain("PRJ-QS-2026");
  expect(outcomeOf(await bring("assignments", save("assignments.csv", columns, [line({})]), "mod-security-officer")).isDone).toBe(true);
  expect(await held()).toContain("PRJ-QS-2026");
});

/** Whether somebody's transaction is open in a ministry's database, as the database's own processes say. */
function isInTransaction(ministry: string): boolean {
  const postmaster = fs.readFileSync(path.join(story.home, "postgres", "data", "postmaster.pid"), "utf8").split("\n")[0];
  return fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name)).some((pid) => {
    try { return fs.readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[1] === postmaster && new RegExp(`^postgres: .*${ministry}.* idle in transaction`).test(fs.readFileSync(`/proc/${pid}/cmdline`, "utf8")); } catch { return false; }
  });
}

test("when the ministry's process is killed in the middle of an import nothing of it is left, and sending it again takes it in", async () => {
  const id = (await exported("mod-officer", "documents")).lines.find(({ reference }) => reference === "BULK-1")?.["id"] ?? "";
  const before = (await files()).length;
  const file = save("many.csv", PROPOSED, Array.from({ length: 150 }, (_, at) => proposal(1_000 + at, id)));
  const victim = processesOf(story.home).find((pid) => fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("ministry\0defense")) ?? 0;
  const running = bring("designations", file, "mod-security-officer");
  for (let tries = 0; tries < 6_000 && !isInTransaction("defense"); tries += 1) await new Promise((wait) => setTimeout(wait, 5));
  expect(isInTransaction("defense")).toBe(true);
  process.kill(victim, "SIGKILL");
  const cut = await running;
  for (let tries = 0; tries < 300 && !story.said().includes("defense answers again"); tries += 1) await new Promise((wait) => setTimeout(wait, 100));
  expect(story.said()).toContain("defense crashed (was ended by SIGKILL)");
  expect([cut.code, cut.out]).not.toEqual([0, expect.stringContaining('"isDone": true')]);
  // Nobody has authority before the ministry's standing has come again.
  for (let tries = 0; tries < 300 && (await bring("designations", file, "mod-security-officer", "--dry-run")).code !== 0; tries += 1) await new Promise((wait) => setTimeout(wait, 200));
  expect((await files()).length).toBe(before);
  const again = await bring("designations", file, "mod-security-officer");
  expect([again.err, outcomeOf(again).isDone]).toEqual([expect.stringContaining("all 150 lines"), true]);
  expect((await files()).length).toBe(before + 150);
});
