/** Who abroad was given what a designation covers, in a ministry's database without gateway and wire: the ledger that releases and liaisons enter, who is asked before an end, who is told, and a handler's challenge (SPEC 15.25-15.27). */
import type { Label } from "../../schema/label";
import { addYears, decide, japanDay, labelOf, loadPolicy, shiftDate } from "../../schema/policy";
import { MOST_LABELS_A_DAY } from "../../subgraphs/kit/database/label-use";
import { noteNation } from "../../subgraphs/kit/reads-for";
import { designationConsultation } from "../../subgraphs/kit/workflow/designation/consultation";
import { designationFile } from "../../subgraphs/kit/workflow/designation/designation-file";
import { designationNotice } from "../../subgraphs/kit/workflow/designation/notice";
import { response } from "../../subgraphs/kit/workflow/intelligence/response";
import { releaseRequest } from "../../subgraphs/kit/workflow/partners/release-request";
import { type Persona, persona } from "../support/people";
import { DEMO_NOON, asAdmin } from "../support/postgres";
import { type WorkflowWorld, openWorkflowWorld } from "../support/workflow-world";

jest.setTimeout(60_000);
const TODAY = japanDay(DEMO_NOON);
const policy = loadPolicy();
/** A confidential report without portions and tokens, its edition for release at CUI, and another document. */
const [PLAIN, EDITION, OTHER] = ["doc_zjqkgvqn51ktswka", "doc_vb442mg098kn01cj", "doc_sfzsnecjsqcabmg5"] as const;

let world: WorkflowWorld;
beforeEach(async () => { world = await openWorkflowWorld(); }, 60_000);
afterEach(async () => { await world.stop(); });

const rows = <T>(text: string): Promise<readonly T[]> => asAdmin(world.login.database, async (admin) => (await admin.query(text)).rows as readonly T[]);
const codeOf = async (act: Promise<unknown>): Promise<unknown> => act.then(() => "done", (error: { readonly code?: unknown }) => error.code ?? error);

/** Somebody of the demonstration with an office, or assigned to a token, besides. */
const given = (who: string, { role, token, purpose }: { readonly role?: "RELEASE"; readonly token?: string; readonly purpose?: string }): Persona => {
  const { id, subject, ctx } = persona(policy, who);
  const until = shiftDate(TODAY, 400);
  return {
    id: [id, role, token, purpose].join(), ctx: { ...ctx, ...(purpose === undefined ? {} : { purpose }) },
    subject: {
      ...subject, roles: [...subject.roles, ...(role === undefined ? [] : [{ role, org: "JPN.MOD", from: TODAY, until, grantedBy: "JPN.MOD" }])],
      assignments: [...subject.assignments, ...(token === undefined ? [] : [{ token, role: "HANDLER" as const, from: TODAY, until, grantedBy: "JPN.MOD", reason: "" }])],
    },
  };
};

const proposal = (changes: object = {}): Readonly<Record<string, unknown>> => ({
  body: "JPN.MOD", token: "MOD-2026-901", name: { ja: "a", en: "a (fictional) capability" }, regime: "SDS", statutoryItem: "\u7b2c\u4e00\u53f7\u30a4", listed: "why it is listed", nonPublic: "why it is not public", harm: "what a leak would do",
  damage: "SEVERE", reasons: "reasons", label: { level: "SECRET", regimes: ["SDS"], owners: [{ owner: "JPN.MOD", rel: ["JPN", "USA"], dist: ["JPN.MOD", "JPN.CAS", "JPN.PSIA"] }] }, level: "CUI", validUntil: addYears(TODAY, 2), reviewBy: shiftDate(TODAY, 200),
  records: [PLAIN], handlers: ["psia-officer"], handlersUntil: shiftDate(TODAY, 300), heldBy: "GOVERNMENT", dualUse: false, ...changes,
});
const act = (who: string | Persona, step: string, id: string, version: number, input: object = {}): Promise<string> => world.take(who, designationFile, step, { id, version, ...input });
const designated = async (changes: object = {}): Promise<string> => {
  const id = await world.take("mod-security-officer", designationFile, "PROPOSE_DESIGNATION", proposal(changes));
  return act("mod-approver", "APPROVE_DESIGNATION", id, 1, { decision: "yes" });
};
const tokenOf = async (id: string): Promise<string> => (await rows<{ token: string }>(`SELECT body->>'token' AS token FROM vault.item WHERE id = '${id}'`))[0]?.token ?? "";
const END = { decision: "over", successor: { level: "CUI", regimes: ["CUI"], owners: [{ owner: "JPN.MOD" }] } };
const end = (file: string, version: number, who: string | Persona = "mod-approver"): Promise<unknown> => codeOf(act(who, "DECLASSIFY_DESIGNATION", file, version, END));
const released = async (nation: string, officer: Persona = given("mod-officer", { role: "RELEASE" })): Promise<string> => {
  const id = await world.take("mod-security-officer", releaseRequest, "REQUEST_RELEASE", { edition: EDITION, nation, reason: `Talks with ${nation} (fictional)` });
  return world.take(officer, releaseRequest, "RELEASE", { id, version: 1, decision: "yes" });
};
interface Line { readonly id: string; readonly body: Readonly<Record<string, unknown>>; readonly label: Label; readonly file_label: Label }
const ledger = (file: string): Promise<readonly Line[]> => rows(`SELECT i.id, i.body, l.body AS label, f.body AS file_label FROM vault.item i JOIN vault.label l ON l.id = i.label_id
  JOIN vault.item h ON h.id = i.body->>'file' JOIN vault.label f ON f.id = h.label_id WHERE i.workflow = 'Disclosure' AND i.body->>'file' = '${file}' ORDER BY i.body->>'recipient', i.body->>'edition'`);
const reads = (who: string | Persona, label: Label): boolean => {
  const { subject, ctx } = typeof who === "string" ? persona(policy, who) : who;
  return decide(policy, subject, "RETRIEVE", label, { ...ctx, now: DEMO_NOON }).outcome === "permit";
};
const consult = async (file: string, party: string, position = "COMMENTS"): Promise<string> => {
  const asked = await world.take("mod-security-officer", designationConsultation, "CONSULT", { file, party, about: "ENDING", text: "may it end?", level: "CUI", answerBy: shiftDate(TODAY, 30) });
  return world.take("mod-security-officer", designationConsultation, "ANSWER_CONSULTATION", { id: asked, version: 1, position, answer: "by note verbale" });
};

describe("releases to partners (D.10)", () => {
  test("what was released before is in the ledger when the designation comes into force, with version, day and purpose; what is released under it, at once; each once, and a recall takes nothing out", async () => {
    const [before, recalled] = [await released("AUS"), await released("DEU")];
    await world.take(given("mod-officer", { role: "RELEASE" }), releaseRequest, "RECALL", { id: recalled, version: 2, reason: "x" });
    const file = await designated();
    expect((await ledger(file)).map(({ body }) => body)).toEqual([
      { file, record: PLAIN, recipient: "AUS", edition: EDITION, release: before, purpose: "JPN-AUS-2013; Talks with AUS (fictional)", on: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) as unknown },
      { file, record: PLAIN, recipient: "DEU", edition: EDITION, release: recalled, purpose: "JPN-DEU-2021; Talks with DEU (fictional)", on: expect.any(String) as unknown },
    ]);
    const handler = given("mod-officer", { role: "RELEASE", token: await tokenOf(file), purpose: "ANALYSIS" });
    const later = await released("FRA", handler);
    const lines = await ledger(file);
    expect(lines.map(({ body }) => [body["recipient"], body["release"]])).toEqual([["AUS", before], ["DEU", recalled], ["FRA", later]]);
    await world.take(handler, releaseRequest, "RECALL", { id: later, version: 2, reason: "x" });
    expect(await ledger(file)).toEqual(lines);
    expect(await rows("SELECT version FROM vault.item WHERE workflow = 'Disclosure' AND version <> 1")).toEqual([]);
  });

  test("a line is read by those who may read the ledger, oversight among them, and by nobody else; whoever releases for another purpose does not read it", async () => {
    const file = await designated();
    const handler = given("mod-officer", { role: "RELEASE", token: await tokenOf(file), purpose: "ANALYSIS" });
    await released("AUS", handler);
    const [line] = await ledger(file);
    if (line === undefined) throw new Error("no line");
    expect(["mod-approver", "mod-security-officer", "auditor"].map((who) => reads(who, line.label))).toEqual([true, true, true]);
    expect([handler, "ciro-analyst", "psia-officer", "meti-officer", "us-liaison", "aus-liaison", "uncleared-official"].map((who) => reads(who, line.label))).toEqual([false, false, false, false, false, false, false]);
  });

  test("a release is refused and taken in the same way whether the source is designated or not, and of a record that is not, nothing is entered", async () => {
    const lines = (): Promise<readonly unknown[]> => rows("SELECT id FROM vault.item WHERE workflow = 'Disclosure' ORDER BY id");
    const before = await lines();
    await designated({ records: [OTHER] });
    await released("AUS");
    expect(await lines()).toEqual(before);
  });

  test("how many labels are left to whoever releases says nothing of a file that they do not read: with the last one it is taken as if there were none [B-58]", async () => {
    const used = (): Promise<readonly unknown[]> => rows("SELECT used FROM vault.label_use WHERE actor = 'mod-officer'");
    await released("AUS");
    const needed = (await used()).length;
    const file = await designated();
    const handler = given("mod-officer", { role: "RELEASE", token: await tokenOf(file), purpose: "ANALYSIS" });
    expect((await ledger(file)).map(({ file_label }) => reads(handler, file_label))).toEqual([false]);
    const fillers = Array.from({ length: MOST_LABELS_A_DAY - needed }, (_, at) => labelOf({ policy: "JPN-GOV-DEMO", level: 1, regimes: ["CUI"], need: [], owners: { "JPN.MOD": { rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false } }, purposes: "ALL", handling: [`CUI:FILLER${at}`] }));
    await rows("DELETE FROM vault.label_use WHERE actor = 'mod-officer' RETURNING used");
    await rows(`INSERT INTO vault.label (key, body) SELECT each->>'id', each FROM jsonb_array_elements('${JSON.stringify(fillers)}') each RETURNING id`);
    await rows(`INSERT INTO vault.label_use SELECT 'mod-officer', '${TODAY}', id FROM vault.label WHERE body::text LIKE '%CUI:FILLER%' RETURNING used`);
    expect(await codeOf(released("FRA", handler))).not.toBe("REFUSED_LIMIT");
    expect((await used()).length).toBe(MOST_LABELS_A_DAY);
    expect((await ledger(file)).map(({ body }) => body["recipient"])).toEqual(["AUS", "FRA"]);
  });

  test("an edition above the file is named in a line above the file: whoever does not read that line neither ends nor extends, as if somebody had not been asked", async () => {
    const [{ body } = { body: undefined }] = await rows<{ body: Label }>(`SELECT l.body FROM vault.label l JOIN vault.content c ON c.label_id = l.id WHERE c.id = '${EDITION}'`);
    if (body === undefined) throw new Error("no edition");
    const raised = labelOf({ policy: body.policy, level: 2, regimes: ["DOC"], need: [], owners: body.owners, purposes: "ALL", handling: [] });
    await asAdmin(world.login.database, async (admin) => {
      const { rows: [made] } = await admin.query<{ id: number }>("INSERT INTO vault.label (key, body) VALUES ($1, $2) RETURNING id", [raised.id, JSON.stringify(raised)]);
      await admin.query(["record", "content"].map((table) => `UPDATE vault.${table} SET label_id = ${made?.id} WHERE id = '${EDITION}'`).join("; "));
    });
    await world.refresh();
    await released("AUS");
    const file = await designated();
    const [line] = await ledger(file);
    if (line === undefined) throw new Error("no line");
    expect([line.file_label.level, line.label.level]).toEqual([1, 2]);
    const approver = persona(policy, "mod-approver");
    const low: Persona = { ...approver, id: "low", subject: { ...approver.subject, eligibilities: [] } };
    expect([reads(low, line.file_label), reads(low, line.label), reads(approver, line.label)]).toEqual([true, false, true]);
    await consult(file, "AUS");
    await act("mod-security-officer", "REVIEW_DESIGNATION", file, 2, { review: "CONTINUE", decision: "looked at", reviewBy: shiftDate(TODAY, 300) });
    const extend = (who: string | Persona): Promise<unknown> => codeOf(act(who, "EXTEND_DESIGNATION", file, 3, { until: addYears(TODAY, 3), reviewBy: shiftDate(TODAY, 300), decision: "still needed" }));
    expect([await extend(low), await end(file, 3, low)]).toEqual(["REFUSED_STATE", "REFUSED_STATE"]);
    expect([await extend("mod-approver"), await end(file, 4)]).toEqual(["done", "done"]);
  });
});

describe("whoever was given it abroad is asked before it ends (D.10)", () => {
  test("through officers of the ministry, in words that nobody reads who does not read the ledger; then it ends, and each notice to a nation waits for an officer who passes it on", async () => {
    await released("AUS");
    const file = await designated();
    expect(await end(file, 2)).toBe("REFUSED_STATE");
    const asked = await consult(file, "AUS");
    const [{ label } = { label: undefined }] = await rows<{ label: Label }>(`SELECT l.body AS label FROM vault.item i JOIN vault.label l ON l.id = i.label_id WHERE i.id = '${asked}'`);
    if (label === undefined) throw new Error("no consultation");
    const official = given("mod-officer", { purpose: "ANALYSIS" });
    expect(["mod-approver", "auditor"].map((who) => reads(who, label))).toEqual([true, true]);
    expect([official, "psia-officer", "meti-officer", "aus-liaison", "us-liaison"].map((who) => reads(who, label))).toEqual([false, false, false, false, false]);
    expect(await end(file, 2)).toBe("done");
    const [told] = await rows<{ id: string; party: string; label: Label }>(`SELECT i.id, i.body->>'party' AS party, l.body AS label FROM vault.item i JOIN vault.label l ON l.id = i.label_id WHERE i.workflow = 'DesignationNotice' AND i.body->>'kind' = 'ENDED'`);
    if (told === undefined) throw new Error("no notice");
    expect([told.party, reads("mod-approver", told.label), reads(official, told.label), reads("aus-liaison", told.label)]).toEqual(["AUS", true, false, false]);
    expect(await codeOf(world.take("auditor", designationNotice, "ACKNOWLEDGE_NOTICE", { id: told.id, version: 1 }))).toBe("REFUSED_ROLE");
    expect(await codeOf(world.take(official, designationNotice, "ACKNOWLEDGE_NOTICE", { id: told.id, version: 1 }))).toBe("REFUSED_STATE");
    expect(await codeOf(world.take("mod-security-officer", designationNotice, "ACKNOWLEDGE_NOTICE", { id: told.id, version: 1 }))).toBe("done");
  });

  test("a liaison of the ministry who is assigned reads for a government, which is entered when it is done, without the person; one to whom it may not be shown, and a colleague, enter nothing", async () => {
    const file = await designated({ handlers: ["us-liaison", "psia-officer"] });
    const token = await tokenOf(file);
    const lines = async (): Promise<readonly unknown[]> => (await ledger(file)).map(({ body }) => body);
    const line = { file, record: PLAIN, recipient: "USA", edition: "LIAISON", purpose: "HANDLER", on: TODAY };
    expect(await lines()).toEqual([line]);
    expect(JSON.stringify(await ledger(file))).not.toContain("us-liaison");
    await rows(`INSERT INTO vault.subject (id, body) VALUES ('third-liaison', '{"kind": "liaison", "nation": "AUS"}'), ('second-liaison', '{"kind": "liaison", "nation": "USA"}') RETURNING id`);
    for (const who of ["third-liaison", "second-liaison", "mod-officer"]) {
      await rows(`INSERT INTO vault.assignment SELECT '${who}', a.token, a.label_id, a.matter_id, NULL, 'READER', a."from", a.until, a.granted_by, 'x' FROM vault.assignment a WHERE a.token = '${token}' AND a.subject = 'psia-officer' RETURNING subject`);
    }
    expect(await lines()).toEqual([line]);
    expect(await end(file, 2)).toBe("REFUSED_STATE");
    await consult(file, "USA");
    expect(await end(file, 2)).toBe("done");
  });
});

describe("a liaison whom another ministry hosts (D.10)", () => {
  const GIVEN = { level: "SECRET", regimes: ["SDS"], owners: [{ owner: "JPN.MOD", rel: ["AUS", "JPN"], dist: ["JPN.MOD", "JPN.MOFA"] }] };
  const asks = (changes: Partial<Persona["subject"]> = {}, observer = false): Promise<void> => {
    const { subject, ctx } = persona(policy, "aus-liaison");
    return noteNation(world.pool, { subject: { ...subject, ...changes }, ctx: { ...ctx, ...(observer ? { observer: { subject, zoneLevel: 4 } } : {}) } }, DEMO_NOON);
  };
  const lines = async (file: string): Promise<readonly unknown[]> => (await ledger(file)).map(({ body }) => body);
  const lineOf = (file: string): object => ({ file, record: PLAIN, recipient: "AUS", edition: "LIAISON", purpose: "HANDLER", on: TODAY });

  test("is entered for their nation when they first ask here, once, as the gateway states it; then whoever ends it has to ask that nation", async () => {
    const file = await designated({ label: GIVEN, handlers: ["aus-liaison", "mod-officer"] });
    expect(await lines(file)).toEqual([]);
    await Promise.all([asks(), asks()]);
    await asks();
    expect(await lines(file)).toEqual([lineOf(file)]);
    expect(JSON.stringify(await ledger(file))).not.toContain("aus-liaison");
    expect(await rows("SELECT actor, body->>'nation' AS nation FROM vault.history WHERE change = 'NOTE_NATION'")).toEqual([{ actor: "aus-liaison", nation: "AUS" }]);
    expect(await end(file, 2)).toBe("REFUSED_STATE");
    await consult(file, "AUS");
    expect(await end(file, 2)).toBe("done");
  });

  test("is entered with the assignment, once the ministry has heard of them", async () => {
    await asks();
    const file = await designated({ label: GIVEN, handlers: ["aus-liaison"] });
    expect(await lines(file)).toEqual([lineOf(file)]);
  });

  test("enters nothing where the body that hosts them may not have the record, where their assignment is over, in a simulation, and where nobody abroad asks", async () => {
    const file = await designated({ label: { ...GIVEN, owners: [{ owner: "JPN.MOD", rel: ["AUS", "JPN"], dist: ["JPN.MOD", "JPN.MOF"] }] }, handlers: ["aus-liaison"] });
    await asks({}, true);
    await asks({ nation: "JPN" });
    expect(await rows("SELECT subject FROM vault.reads_for")).toEqual([]);
    await asks();
    expect([await lines(file), await rows("SELECT nation, host FROM vault.reads_for")]).toEqual([[], [{ nation: "AUS", host: "JPN.MOFA" }]]);
    const other = await designated({ token: "MOD-2026-902", label: GIVEN, handlers: ["second"], records: [OTHER] });
    await rows(`UPDATE vault.assignment SET until = '${shiftDate(TODAY, -1)}' WHERE subject = 'second' RETURNING token`);
    await asks({ id: "second" });
    expect(await lines(other)).toEqual([]);
  });

  test("whom the ministry itself states is what it says, whatever a statement has", async () => {
    const file = await designated({ label: { ...GIVEN, owners: [{ owner: "JPN.MOD", rel: ["AUS", "JPN", "USA"], dist: ["JPN.MOD", "JPN.MOFA"] }] }, handlers: ["us-liaison", "mod-officer"] });
    await asks({ id: "us-liaison" });
    await asks({ id: "mod-officer" });
    expect([(await ledger(file)).map(({ body }) => body["recipient"]), await rows("SELECT subject FROM vault.reads_for")]).toEqual([["USA"], []]);
  });

  test("enters nothing where their nation may not have the record", async () => {
    const file = await designated({ label: { ...GIVEN, owners: [{ owner: "JPN.MOD", rel: ["JPN", "USA"], dist: ["JPN.MOD", "JPN.MOFA"] }] }, handlers: ["aus-liaison"] });
    await asks();
    expect([await lines(file), await rows("SELECT nation FROM vault.reads_for")]).toEqual([[], [{ nation: "AUS" }]]);
  });

  test("whom the ministry states itself from some day on is what it says, whatever it was told before", async () => {
    await asks();
    await rows("INSERT INTO vault.subject SELECT (jsonb_populate_record(s, jsonb_build_object('id', 'aus-liaison', 'body', s.body || '{\"id\": \"aus-liaison\"}'))).* FROM vault.subject s WHERE s.id = 'mod-officer' RETURNING id");
    const file = await designated({ label: GIVEN, handlers: ["aus-liaison", "mod-officer"] });
    expect(await lines(file)).toEqual([]);
  });

  test("what they were given before there was a file is entered when one is adopted, as soon as they have asked", async () => {
    const recipients = (): Promise<readonly unknown[]> => rows("SELECT DISTINCT body->>'recipient' AS recipient FROM vault.item WHERE workflow = 'Disclosure' AND body->>'file' = 'itm_adopted' ORDER BY 1");
    const file = "itm_adopted";
    await rows(`INSERT INTO vault.item SELECT '${file}', i.label_id, i.workflow, 'ACTIVE', 1, i.owner, NULL, NULL, i.opened_at, '{"token": "MOD-2026-041", "takenOver": true}', i.number FROM vault.item i WHERE i.workflow = 'DesignationFile' LIMIT 1 RETURNING id`);
    await asAdmin(world.login.database, (admin) => admin.query(`SELECT vault.enter_liaisons('${file}')`));
    expect(await recipients()).toEqual([{ recipient: "USA" }]);
    await asks();
    expect(await recipients()).toEqual([{ recipient: "AUS" }, { recipient: "USA" }]);
  });
});

describe("whoever made or released something of it is told (D.8)", () => {
  const toldAbout = (items: readonly string[]): Promise<readonly unknown[]> => rows(`SELECT n.item_id AS item, n.subject, n.kind, n.label_id = i.label_id AS own FROM vault.notice n JOIN vault.item i ON i.id = n.item_id
    WHERE n.item_id = ANY('{${items.join()}}') AND n.kind LIKE 'SOURCE%' ORDER BY n.number, n.item_id, n.subject`);

  test("whoever released its edition hears that the source is designated, and that it is not any more; whoever asked for the release does not, nor who took theirs back", async () => {
    const [standing, back] = [await released("AUS"), await released("DEU")];
    await world.take(given("mod-officer", { role: "RELEASE" }), releaseRequest, "RECALL", { id: back, version: 2, reason: "x" });
    const file = await designated();
    const first = { item: standing, subject: "mod-officer", kind: "SOURCE_DESIGNATED", own: true };
    expect(await toldAbout([standing, back])).toEqual([first]);
    for (const party of ["AUS", "DEU"]) await consult(file, party);
    expect(await end(file, 2)).toBe("done");
    expect(await toldAbout([standing, back])).toEqual([first, { ...first, kind: "SOURCE_ENDED" }]);
  });

  test("what was made of something made of it: an answer of an answer, a product of a product, the edition of one; each once, about what they made, and nobody who made something else", async () => {
    const answer = (documents: readonly string[], earlier: readonly string[], who: string): Promise<string> => world.take(who, response, "SUBMIT_RESPONSE", {
      requirement: "itm_000000000000", topics: ["t"], answer: "x", documents, earlier, label: { level: "CONFIDENTIAL", regimes: ["DOC"], owners: [{ owner: "JPN.MOD", rel: ["JPN"], dist: ["JPN.CAS", "JPN.MOD"] }] } });
    const direct = await answer([PLAIN], [], "mod-officer");
    const again = await answer([], [direct], "mod-officer");
    const other = await answer([], [], "mod-officer");
    const opened = async (id: string, workflow: string, state: string, body: object, actor: string): Promise<void> => {
      await rows(`SELECT public.open_item('${actor}', '${id}', (SELECT label_id FROM vault.item WHERE id = '${direct}'), '${workflow}', 'X', '${state}', 'JPN.MOD', NULL, NULL, '${JSON.stringify(body)}', '{}')`);
    };
    await opened("itm_product", "Product", "RELEASED", { sources: [PLAIN] }, "analyst-1");
    await opened("itm_second", "Product", "RELEASED", { sources: ["itm_product", "itm_x"] }, "analyst-2");
    await opened("itm_draft", "Tearline", "PUBLISHED", { product: "itm_second" }, "analyst-3");
    await opened("itm_refused", "Tearline", "REFUSED", { product: "itm_second" }, "analyst-4");
    await opened("itm_edition", "Tearline", "RELEASED", { title: "x" }, "analyst-3");
    await opened("itm_aside", "Product", "RELEASED", { sources: [other] }, "analyst-5");
    const file = await designated();
    const all = [direct, again, other, "itm_product", "itm_second", "itm_draft", "itm_refused", "itm_edition", "itm_aside"];
    const expected = (kind: string): readonly unknown[] => [[direct, "mod-officer"], [again, "mod-officer"], ["itm_product", "analyst-1"], ["itm_second", "analyst-2"], ["itm_draft", "analyst-3"]].map(([item, subject]) => ({ item, subject, kind, own: true }));
    const sorted = (list: readonly unknown[]): readonly string[] => list.map((one) => JSON.stringify(one)).toSorted();
    expect(sorted(await toldAbout(all))).toEqual(sorted(expected("SOURCE_DESIGNATED")));
    expect(await end(file, 2)).toBe("done");
    expect(sorted(await toldAbout(all))).toEqual(sorted([...expected("SOURCE_DESIGNATED"), ...expected("SOURCE_ENDED")]));
  });
});

test("the keeper's functions say nothing of a file, a release and a record that the asker may not read, and enter nothing that was not released", async () => {
  const early = await released("AUS");
  const file = await designated();
  const [row] = await rows<{ file: number; place: number; release: number }>(`SELECT f.label_id AS file, m.after_label AS place, r.label_id AS release FROM vault.item f, vault.item r, vault.designation_mark m WHERE f.id = '${file}' AND r.id = '${early}' AND m.item_id = f.id AND m.place = 'record'`);
  const call = async (readable: readonly unknown[], text: string): Promise<unknown> => {
    const runner = world.pool.createQueryRunner();
    await runner.query(`BEGIN; SET LOCAL kanmon.readable = '${readable.join()}'`);
    const result: unknown = await runner.query(text);
    await runner.query("ROLLBACK");
    await runner.release();
    return result;
  };
  // As if it were still to be entered: lines are never taken out, so one is written over.
  await rows(`UPDATE vault.item SET body = body - 'release' WHERE workflow = 'Disclosure' RETURNING id`);
  const unentered = `SELECT file, release FROM unentered_releases('${file}', NULL)`;
  const byRelease = `SELECT file, release FROM unentered_releases(NULL, '${early}')`;
  expect([await call([row?.file], unentered), await call([row?.release], unentered), await call([], unentered)]).toEqual([[{ file, release: early }], [], []]);
  expect([await call([row?.release], byRelease), await call([row?.file], byRelease)]).toEqual([[{ file, release: early }], []]);
  const waiting = await world.take("mod-security-officer", releaseRequest, "REQUEST_RELEASE", { edition: EDITION, nation: "FRA", reason: "x" });
  expect([await call([], `SELECT enter_release('x', '${file}', '${waiting}', 'itm_x', ${row?.file}) AS done`), await call([], `SELECT enter_release('x', '${file}', '${early}', 'itm_x', ${row?.file}) AS done`)]).toEqual([[{ done: false }], [{ done: true }]]);
  const challenged = `SELECT file FROM challenged_file('x', '${PLAIN}')`;
  expect([await call([row?.place], challenged), await call([row?.file], challenged), await call([], challenged)]).toEqual([[{ file }], [], []]);
  const hidden = `SELECT is_ledger_hidden('${file}') AS hidden`;
  expect([await call([], hidden), await call([row?.file], hidden)]).toEqual([[{ hidden: true }], [{ hidden: (await ledger(file)).some(({ label, file_label: own }) => label.id !== own.id) }]]);
});

describe("a handler challenges (D.12)", () => {
  const challenge = (who: string | Persona, record = PLAIN as string): Promise<unknown> => codeOf(world.take(who, designationNotice, "CHALLENGE_AS_HANDLER", { record, challenge: "It has been in a newspaper." }));
  const state = async (file: string): Promise<unknown> => (await rows<{ state: string; version: number }>(`SELECT state, version FROM vault.item WHERE id = '${file}'`))[0];

  test("by a record that they read under it, without the file; oversight is told; whether others have challenged it makes no difference, and nobody does so twice before it is decided", async () => {
    const file = await designated({ handlers: ["psia-officer", "mod-officer"] });
    const token = await tokenOf(file);
    const [handler, colleague] = [given("psia-officer", { token }), given("mod-officer", { token, purpose: "ANALYSIS" })];
    expect([await challenge(handler), await state(file)]).toEqual(["done", { state: "CHALLENGED", version: 3 }]);
    expect([await challenge(colleague), await state(file)]).toEqual(["done", { state: "CHALLENGED", version: 4 }]);
    expect([await challenge(handler), await state(file)]).toEqual(["REFUSED_STATE", { state: "CHALLENGED", version: 4 }]);
    expect(await rows(`SELECT actor, from_state, to_state, note->>'challenge' AS said FROM vault.step WHERE item_id = '${file}' AND name = 'CHALLENGE_DESIGNATION' ORDER BY number`))
      .toEqual([{ actor: "psia-officer", from_state: "ACTIVE", to_state: "CHALLENGED", said: "It has been in a newspaper." }, { actor: "mod-officer", from_state: "CHALLENGED", to_state: "CHALLENGED", said: "It has been in a newspaper." }]);
    const told = await rows<{ party: string; label: Label }>("SELECT i.body->>'party' AS party, l.body AS label FROM vault.item i JOIN vault.label l ON l.id = i.label_id WHERE i.workflow = 'DesignationNotice'");
    expect(told.map(({ party, label }) => [party, reads("auditor", label), reads("mod-approver", label), reads(handler, label), reads(colleague, label)])).toEqual([["JPN.CAO.OPRA", true, true, false, false], ["JPN.CAO.OPRA", true, true, false, false]]);
    expect(await codeOf(act("mod-approver", "UPHOLD_DESIGNATION", file, 4, { decision: "It has not." }))).toBe("done");
    const upheld = await rows<{ subject: string; label: Label }>(`SELECT n.subject, l.body AS label FROM vault.notice n JOIN vault.label l ON l.id = n.label_id WHERE n.item_id = '${file}' AND n.kind = 'UPHELD' ORDER BY 1`);
    expect(upheld.map(({ subject, label }) => [subject, reads(handler, label)])).toEqual([["mod-officer", true], ["psia-officer", true]]);
    // Decided, it may be challenged again, and whoever challenged the first time is not told of the second.
    expect([await challenge(handler), await state(file)]).toEqual(["done", { state: "CHALLENGED", version: 6 }]);
    expect(await codeOf(act("mod-approver", "UPHOLD_DESIGNATION", file, 6, { decision: "no" }))).toBe("done");
    expect((await rows<{ subject: string }>(`SELECT subject FROM vault.notice WHERE item_id = '${file}' AND kind = 'UPHELD' ORDER BY 1`)).map(({ subject }) => subject)).toEqual(["mod-officer", "psia-officer", "psia-officer"]);
  });

  test("is refused alike, and leaves nothing, for a record that is not there, that is hidden, of which one knows no more than that it is there, that is not designated, and that is designated no more", async () => {
    const file = await designated();
    const before = await rows("SELECT count(*) FROM vault.item");
    const handler = given("psia-officer", { token: await tokenOf(file) });
    // Known and read by her: not designated here. Hidden from her. Known to the analyst, who is no handler.
    expect([await challenge(handler, "doc_0000000000000000"), await challenge(handler, "doc_94a8v2sx8er5xm3z"), await challenge(handler, EDITION), await challenge("ciro-analyst"), await challenge("psia-officer"), await challenge("uncleared-official")])
      .toEqual(["REFUSED_STATE", "REFUSED_STATE", "REFUSED_STATE", "REFUSED_STATE", "REFUSED_STATE", "REFUSED_STATE"]);
    expect([await state(file), await rows("SELECT count(*) FROM vault.item")]).toEqual([{ state: "ACTIVE", version: 2 }, before]);
    expect(await end(file, 2)).toBe("done");
    expect(await challenge(handler)).toBe("REFUSED_STATE");
  });

  test("somebody of a firm who challenged it, and whose assignment is over when it ends, is told so as a person, under a label that they read and that says nothing of it; whoever handles it is told once; who had an answer before, not again (D.12)", async () => {
    const [{ id } = { id: "" }] = await rows<{ id: string }>("SELECT id FROM vault.item WHERE workflow = 'DesignationFile' AND body->>'token' = 'EQS-2025-07'");
    const engineer = persona(policy, "contractor-engineer");
    const handling = (who: Persona): Promise<unknown> => challenge(who, "doc_3evpr3kgjx8hfezs");
    const [boss, handler] = [given("mod-approver", { token: "EQS-2025-07" }), given("mod-officer", { token: "EQS-2025-07" })];
    const [early, second] = ["early", "second"].map((who) => ({ ...handler, id: who, subject: { ...handler.subject, id: who } })) as [Persona, Persona];
    await rows(`INSERT INTO vault.assignment SELECT 'second', a.token, a.label_id, a.matter_id, NULL, 'HANDLER', a."from", a.until, a.granted_by, 'x' FROM vault.assignment a WHERE a.token = 'EQS-2025-07' AND a.subject = 'contractor-engineer' RETURNING subject`);
    expect([await handling(early), await codeOf(act(boss, "UPHOLD_DESIGNATION", id, 2, { decision: "It is not." }))]).toEqual(["done", "done"]);
    expect([await handling(engineer), await handling(second)]).toEqual(["done", "done"]);
    expect(await rows("DELETE FROM vault.assignment WHERE subject = 'contractor-engineer' AND token = 'EQS-2025-07' RETURNING token")).toHaveLength(1);
    await act(boss, "DECLASSIFY_DESIGNATION", id, 5, { decision: "It is in a catalogue.", successor: END.successor });
    const notices = await rows<{ subject: string; kind: string; label: Label }>(`SELECT n.subject, n.kind, l.body AS label FROM vault.notice n JOIN vault.label l ON l.id = n.label_id WHERE n.item_id = '${id}' AND n.kind IN ('UPHELD', 'ENDED') ORDER BY n.kind DESC, n.subject`);
    expect(notices.filter(({ subject }) => ["contractor-engineer", "early", "second"].includes(subject)).map(({ subject, kind }) => [subject, kind])).toEqual([["early", "UPHELD"], ["contractor-engineer", "ENDED"], ["second", "ENDED"]]);
    const own = notices.find(({ subject }) => subject === "contractor-engineer")?.label;
    expect([own?.level, own?.regimes, own?.need, own !== undefined && reads(engineer, own)]).toEqual([1, ["CUI"], [], true]);
    // Nobody else of the firm is told, nor who of it challenged.
    expect(await rows("SELECT id FROM vault.item WHERE workflow = 'DesignationNotice' AND body->>'party' LIKE 'JPN.PRV%'")).toEqual([]);
  });

  test("whoever challenged does not decide", async () => {
    const file = await designated();
    const approver = given("mod-approver", { token: await tokenOf(file) });
    expect(await challenge(approver)).toBe("done");
    expect(await codeOf(act(approver, "UPHOLD_DESIGNATION", file, 3, { decision: "no" }))).toBe("REFUSED_FOUR_EYES");
  });
});
