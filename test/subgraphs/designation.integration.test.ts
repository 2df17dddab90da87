/** What a designation does to records and registers, without gateway and wire: marks on every part, later days, the end, the clock, and what it refuses (SPEC 15.20-15.26). */
import { addYears, currentLabel, decide, japanDay, loadPolicy, shiftDate } from "../../schema/policy";
import type { Label } from "../../schema/label";
import { designationConsultation } from "../../subgraphs/kit/workflow/designation/consultation";
import { designationFile } from "../../subgraphs/kit/workflow/designation/designation-file";
import { disclosure } from "../../subgraphs/kit/workflow/designation/disclosure";
import { response } from "../../subgraphs/kit/workflow/intelligence/response";
import { Days } from "../../subgraphs/kit/workflow/days";
import { DEMO_NOON, asAdmin } from "../support/postgres";
import { type WorkflowWorld, openWorkflowWorld } from "../support/workflow-world";
import { persona } from "../support/people";

jest.setTimeout(60_000);
const TODAY = japanDay(DEMO_NOON);
const DAY = 86_400_000;
const policy = loadPolicy();
/** Secret document without portions and without tokens; a document with portions at two levels under another designation; public; edition for release. */
const [PLAIN, PARTS, PUBLIC, EDITION] = ["doc_zjqkgvqn51ktswka", "doc_sfzsnecjsqcabmg5", "doc_my3r1zjwhq8k4jzs", "doc_vb442mg098kn01cj"] as const;

let world: WorkflowWorld;
beforeEach(async () => { world = await openWorkflowWorld(); }, 60_000);
afterEach(async () => { await world.stop(); });

const proposal = (changes: object = {}): Readonly<Record<string, unknown>> => ({
  body: "JPN.MOD", token: "MOD-2026-901", name: { ja: "a", en: "a (fictional) capability" }, regime: "SDS", statutoryItem: "\u7b2c\u4e00\u53f7\u30a4", listed: "why it is listed", nonPublic: "why it is not public", harm: "what a leak would do",
  damage: "SEVERE", reasons: "reasons", label: { level: "SECRET", regimes: ["SDS"], owners: [{ owner: "JPN.MOD", rel: ["JPN"], dist: ["JPN.MOD", "JPN.CAS"] }] }, level: "CUI", validUntil: addYears(TODAY, 2), reviewBy: shiftDate(TODAY, 200),
  records: [PLAIN], handlers: ["mod-officer"], handlersUntil: shiftDate(TODAY, 300), heldBy: "GOVERNMENT", dualUse: false, ...changes,
});
const codeOf = async (act: Promise<unknown>): Promise<unknown> => act.then(() => "done", (error: { readonly code?: unknown }) => error.code ?? error);
const propose = (changes: object = {}): Promise<string> => world.take("mod-security-officer", designationFile, "PROPOSE_DESIGNATION", proposal(changes));
const act = (who: string, step: string, id: string, version: number, input: object = {}, now?: number): Promise<string> => world.take(who, designationFile, step, { id, version, ...input }, undefined, now);
const approve = (id: string): Promise<string> => act("mod-approver", "APPROVE_DESIGNATION", id, 1, { decision: "yes" });
/** The number and what was drawn. */
const tokenOf = async (id: string): Promise<string> => (await rows<{ token: string }>(`SELECT body->>'token' AS token FROM vault.item WHERE id = '${id}'`))[0]?.token ?? "";
const rows = <T>(text: string): Promise<readonly T[]> => asAdmin(world.login.database, async (admin) => (await admin.query(text)).rows as readonly T[]);

interface PlaceRow { readonly place: string; readonly number: number; readonly body: Label }
const placesOf = (record: string): Promise<readonly PlaceRow[]> => rows(`SELECT place, number, l.body FROM (SELECT 'record' AS place, label_id AS number FROM vault.record WHERE id = '${record}' UNION ALL SELECT 'content', label_id FROM vault.content WHERE id = '${record}'
  UNION ALL SELECT name, label_id FROM vault.portion WHERE record_id = '${record}' UNION ALL SELECT name || '.' || position, label_id FROM vault.edge WHERE from_id = '${record}') p JOIN vault.label l ON l.id = p.number ORDER BY place`);
const marked = async (record: string): Promise<Readonly<Record<string, Label>>> => Object.fromEntries((await placesOf(record)).map(({ place, body }) => [place, body]));

test("approval marks the record, each of its portions and each link with the new token, and nothing of it becomes more open", async () => {
  const before = await marked(PARTS);
  const id = await propose({ records: [PARTS], label: { level: "TOP_SECRET", regimes: ["SDS"], owners: [{ owner: "JPN.MOD" }] } });
  await approve(id);
  const [after, token] = [await marked(PARTS), await tokenOf(id)];
  expect(token).toMatch(/^MOD-2026-901-[0-9A-Z]{6}$/);
  expect(Object.keys(after)).toEqual(Object.keys(before));
  for (const [place, label] of Object.entries(after).filter(([name]) => !name.startsWith("tearline"))) {
    expect([place, label.need.includes(token), label.level, label.regimes.includes("SDS"), label.lifecycle?.validUntil]).toEqual([place, true, 4, true, addYears(TODAY, 2)]);
    expect([place, (before[place]?.need ?? []).every((token) => label.need.includes(token))]).toEqual([place, true]);
  }
  // A portion that was CUI is no roll-up: it has no regime that its level cannot have.
  expect(after["title"]?.regimes).toEqual(["SDS"]);
  expect(after["record"]?.existence).toEqual(before["record"]?.existence);
  const [content] = await rows(`SELECT class, valid_until FROM vault.content WHERE id = '${PARTS}'`);
  expect(content).toEqual({ class: "A", valid_until: addYears(TODAY, 2) });
});

test("the end takes away what the designation added and no more: every place is as it was, or above, with the mark of a former secret, and nobody is assigned any more (D.10, D.52)", async () => {
  const before = await marked(PARTS);
  const classes = await rows(`SELECT class, valid_until FROM vault.content WHERE id = '${PARTS}'`);
  const id = await propose({ records: [PARTS] });
  await approve(id);
  await act("mod-approver", "DECLASSIFY_DESIGNATION", id, 2, { decision: "no longer needed", successor: { level: "CUI", regimes: ["CUI"], owners: [{ owner: "JPN.MOD" }] } });
  const after = await marked(PARTS);
  for (const [place, label] of Object.entries(after).filter(([name]) => !name.startsWith("tearline"))) {
    expect([place, label.level, label.need]).toEqual([place, before[place]?.level, before[place]?.need]);
    expect([place, label.handling.includes("EX-SDS")]).toEqual([place, true]);
    expect([place, label.lifecycle?.validUntil]).toEqual([place, before[place]?.lifecycle?.validUntil]);
  }
  expect(await rows(`SELECT class, valid_until FROM vault.content WHERE id = '${PARTS}'`)).toEqual(classes);
  expect(await rows(`SELECT subject FROM vault.assignment WHERE token = '${await tokenOf(id)}'`)).toEqual([]);
  expect(await rows(`SELECT token FROM vault.matter_entry WHERE token = '${await tokenOf(id)}'`)).toHaveLength(1);
  expect(await rows(`SELECT f."from", f.until, l.body->'purposes' AS purposes FROM vault.former_access f JOIN vault.label l ON l.id = f.label_id WHERE f.token = '${await tokenOf(id)}'`)).toEqual([{ from: TODAY, until: TODAY, purposes: ["OVERSIGHT"] }]);
  const [file] = await rows<{ retention: string; state: string }>(`SELECT state, body->>'retention' AS retention FROM vault.item WHERE id = '${id}'`);
  expect(file).toEqual({ state: "TERMINATED", retention: "SCHEDULE" });
});

test("a number that a hidden designation has tells nobody of it: it is proposed and approved like one that nothing has [B-58]", async () => {
  const known = new Set(["mod-security-officer", "mod-approver"].flatMap((who) => persona(policy, who).subject.assignments.map(({ token }) => token)));
  const hidden = (await rows<{ token: string }>("SELECT token FROM vault.matter_entry WHERE kind = 'DESIGNATION' AND token LIKE 'MOD-%' ORDER BY token")).map(({ token }) => token).find((token) => !known.has(token));
  expect(hidden).toBeDefined();
  const id = await propose({ token: hidden });
  expect(await codeOf(approve(id))).toBe("done");
  expect(await tokenOf(id)).toMatch(new RegExp(`^${hidden ?? ""}-[0-9A-Z]{6}$`));
  expect(await codeOf(propose({ token: `MOD-${"1".repeat(60)}` }))).toBe("BAD_USER_INPUT");
});

test("whoever made an answer of a record is told when it is designated, about their answer, and nobody else is; who took theirs back is not (D.8)", async () => {
  const answer = (documents: readonly string[]): Promise<string> => world.take("mod-officer", response, "SUBMIT_RESPONSE", {
    requirement: "itm_000000000000", topics: ["t"], answer: "x", documents, earlier: [], label: { level: "CONFIDENTIAL", regimes: ["DOC"], owners: [{ owner: "JPN.MOD", rel: ["JPN"], dist: ["JPN.CAS", "JPN.MOD"] }] } });
  const [made, back, other] = [await answer([PLAIN]), await answer([PLAIN]), await answer([])];
  await world.take("mod-officer", response, "WITHDRAW_RESPONSE", { id: back, version: 1, reason: "x" });
  await approve(await propose());
  expect(await rows(`SELECT subject, item_id AS item, workflow, kind, label_id = (SELECT i.label_id FROM vault.item i WHERE i.id = item_id) AS own FROM vault.notice WHERE item_id IN ('${made}', '${back}', '${other}')`))
    .toEqual([{ subject: "mod-officer", item: made, workflow: "Response", kind: "SOURCE_DESIGNATED", own: true }]);
});

test("a record carries one such mark at a time, and may be designated again when it has ended", async () => {
  const first = await propose();
  const second = await propose({ token: "MOD-2026-902" });
  await approve(first);
  expect(await codeOf(approve(second))).not.toBe("done");
  await act("mod-approver", "DECLASSIFY_DESIGNATION", first, 2, { decision: "over", successor: { level: "CUI", regimes: ["CUI"], owners: [{ owner: "JPN.MOD" }] } });
  expect(await codeOf(approve(second))).toBe("done");
});

test("what a proposal must be: each mistake has its reason, and nothing is kept of it", async () => {
  const items = await rows("SELECT count(*) FROM vault.item");
  const label = (changes: object): object => ({ label: { level: "SECRET", regimes: ["SDS"], owners: [{ owner: "JPN.MOD" }], ...changes } });
  const cases: readonly (readonly [string, object, string])[] = [
    ["an item that the table does not have", { statutoryItem: "x" }, "BAD_USER_INPUT"], ["no item", { statutoryItem: undefined }, "BAD_USER_INPUT"], ["damage that the regime is not for", { damage: "DAMAGE" }, "BAD_USER_INPUT"],
    ["no reason why it is not public", { nonPublic: " " }, "BAD_USER_INPUT"], ["another body's token", { token: "METI-2026-1" }, "BAD_USER_INPUT"], ["a token that is none", { token: "MOD-x y" }, "BAD_USER_INPUT"],
    ["a token in use", { token: "MOD-2026-041" }, "REFUSED_STATE"], ["more than five years", { validUntil: shiftDate(addYears(TODAY, 5), 1) }, "REFUSED_LIMIT"], ["a last day that is over", { validUntil: shiftDate(TODAY, -1) }, "REFUSED_LIMIT"],
    ["a review after more than a year", { reviewBy: shiftDate(addYears(TODAY, 1), 1) }, "REFUSED_LIMIT"], ["handlers beyond the last day", { handlersUntil: addYears(TODAY, 3) }, "REFUSED_LIMIT"],
    ["thirty years without the Cabinet", { firstDesignatedOn: addYears(TODAY, -29) }, "REFUSED_LIMIT"], ["a first day to come", { firstDesignatedOn: shiftDate(TODAY, 1) }, "BAD_USER_INPUT"],
    ["a level that the regime does not have", label({ level: "CUI" }), "REFUSED_LABEL"], ["two statutes at once", label({ regimes: ["SDS", "MDA"] }), "REFUSED_LABEL"], ["another regime's label", label({ level: "CONFIDENTIAL", regimes: ["DOC"] }), "REFUSED_LABEL"],
    ["nobody's information", label({ owners: [{ owner: "JPN.METI" }] }), "REFUSED_LABEL"], ["a token that nobody knows", label({ need: ["NOBODY-KNOWS"] }), "REFUSED_LABEL"], ["a token that is hidden from the officer", label({ need: ["KAGAMI"] }), "REFUSED_LABEL"],
    ["a release that excludes Japan", label({ owners: [{ owner: "JPN.MOD", rel: ["USA"] }] }), "REFUSED_LABEL"],
    ["a record that there is not", { records: ["doc_0000000000000000"] }, "REFUSED_STATE"], ["a record that is hidden from the officer", { records: ["doc_94a8v2sx8er5xm3z"] }, "REFUSED_STATE"],
    ["what is public", { records: [PUBLIC] }, "REFUSED_LIMIT"], ["an edition for release", { records: [EDITION] }, "REFUSED_STATE"], ["a firm's information without the firm", { heldBy: "PRIVATE" }, "BAD_USER_INPUT"],
    ["a body that no ministry of this register is", { body: "JPN.METI", token: "METI-2026-1" }, "BAD_USER_INPUT"],
  ];
  for (const [what, changes, code] of cases) expect([what, await codeOf(propose(changes))]).toEqual([what, code]);
  expect(await rows("SELECT count(*) FROM vault.item")).toEqual(items);
  expect(await codeOf(propose({ firstDesignatedOn: addYears(TODAY, -29), cabinetDecision: "CABINET-2026-17" }))).toBe("done");
  expect(await codeOf(world.take("ciro-analyst", designationFile, "PROPOSE_DESIGNATION", proposal()))).toBe("REFUSED_ROLE");
});

test("a token that came into use between proposal and approval refuses the approval, and nothing is marked", async () => {
  const [first, second] = [await propose(), await propose({ records: [PARTS] })];
  await approve(first);
  const before = await marked(PARTS);
  expect(await tokenOf(second)).not.toBe(await tokenOf(first));
  await rows(`UPDATE vault.item SET body = body || '{"token": "${await tokenOf(first)}"}' WHERE id = '${second}' RETURNING id`);
  expect(await codeOf(approve(second))).toBe("REFUSED_STATE");
  expect(await marked(PARTS)).toEqual(before);
  expect(await rows(`SELECT state, version FROM vault.item WHERE id = '${second}'`)).toEqual([{ state: "PROPOSED", version: 1 }]);
});

test("on the day after the last the information is held for review by the label itself, the file says so by the clock, and nobody reads it who read it before; it is never opened", async () => {
  const id = await propose({ validUntil: shiftDate(TODAY, 20), reviewBy: shiftDate(TODAY, 10), handlersUntil: shiftDate(TODAY, 20) });
  await approve(id);
  const label = (await marked(PLAIN))["content"] as Label;
  const labels = new Map((await rows<{ body: Label }>("SELECT body FROM vault.label")).map(({ body }) => [body.id, body]));
  const at = (days: number): Label => currentLabel(label, (one) => labels.get(one), DEMO_NOON + days * DAY);
  expect(at(20)).toBe(label);
  expect([at(21).need.includes("HOLD.REVIEW"), at(21).level, at(21).id === label.lifecycle?.onLapse]).toEqual([true, 3, true]);
  const handler = persona(policy, "mod-officer");
  const assigned = { ...handler.subject, assignments: [...handler.subject.assignments, { token: await tokenOf(id), role: "HANDLER" as const, from: TODAY, until: shiftDate(TODAY, 400), grantedBy: "JPN.MOD", reason: "" }] };
  const reads = (days: number): string => decide(policy, assigned, "RETRIEVE", at(days), { ...handler.ctx, now: DEMO_NOON + days * DAY }).outcome;
  expect([reads(20), reads(21)]).toEqual(["permit", "redact"]);
  const sweep = (days: number): Promise<number> => new Days({ ministry: world.ministry, pool: world.pool, policy: () => policy, clock: () => DEMO_NOON + days * DAY, labels: () => world.table.at(DEMO_NOON) }).sweep();
  const state = async (): Promise<unknown> => (await rows<{ state: string; version: number }>(`SELECT state, version FROM vault.item WHERE id = '${id}'`))[0];
  // A review that is overdue is said once; the file is where it was.
  expect([await sweep(10), await sweep(11), await sweep(12), await state()]).toEqual([0, 1, 0, { state: "ACTIVE", version: 3 }]);
  expect([await sweep(21), await sweep(22), await state()]).toEqual([1, 0, { state: "LAPSED_HOLD", version: 4 }]);
  expect(await rows(`SELECT kind, subject FROM vault.notice WHERE item_id = '${id}' ORDER BY number, subject`)).toEqual([
    { kind: "DESIGNATED", subject: "mod-security-officer" }, { kind: "REVIEW_OVERDUE", subject: "mod-security-officer" }, { kind: "LAPSED", subject: "mod-officer" }, { kind: "LAPSED", subject: "mod-security-officer" } ]);
});

test("an extension moves the last day of entry, record and portions, needs a review by somebody else that found it still needed, and stops at five years and at thirty", async () => {
  const id = await propose({ firstDesignatedOn: addYears(TODAY, -27) });
  await approve(id);
  const extend = (version: number, changes: object = {}): Promise<unknown> => codeOf(act("mod-approver", "EXTEND_DESIGNATION", id, version, { until: addYears(TODAY, 3), reviewBy: shiftDate(TODAY, 300), decision: "still needed", ...changes }));
  const review = (version: number, result: string): Promise<unknown> => codeOf(act("mod-security-officer", "REVIEW_DESIGNATION", id, version, { review: result, decision: "looked at", reviewBy: shiftDate(TODAY, 300) }));
  expect(await extend(2)).toBe("REFUSED_STATE");
  expect([await review(2, "END"), await extend(3)]).toEqual(["done", "REFUSED_STATE"]);
  expect(await review(3, "CONTINUE")).toBe("done");
  expect(await extend(4, { until: shiftDate(addYears(TODAY, 5), 1), cabinetDecision: "CABINET-1" })).toBe("REFUSED_LIMIT");
  expect(await extend(4, { until: addYears(TODAY, 4) })).toBe("REFUSED_LIMIT");
  expect(await extend(4, { until: shiftDate(TODAY, 30) })).toBe("REFUSED_LIMIT");
  expect(await extend(4, { until: addYears(TODAY, 4), cabinetDecision: "CABINET-1" })).toBe("done");
  const days = [...Object.entries(await marked(PLAIN)).filter(([name]) => !name.startsWith("tearline")).map(([, { lifecycle }]) => lifecycle?.validUntil), ...(await rows<{ day: string }>(`SELECT valid_until AS day FROM vault.matter_entry WHERE token = '${await tokenOf(id)}'`)).map(({ day }) => day)];
  expect(new Set(days)).toEqual(new Set([addYears(TODAY, 4)]));
  // Each extension needs a review of its own.
  expect(await extend(5, { until: addYears(TODAY, 5), cabinetDecision: "CABINET-1" })).toBe("REFUSED_STATE");
});

test("what a foreign government owns is not ended without its agreement, and its share stays in the label (R7)", async () => {
  const id = await propose({ label: { level: "SECRET", regimes: ["SDS"], owners: [{ owner: "JPN.MOD", rel: ["JPN", "USA"] }, { owner: "USA", rel: ["JPN", "USA"] }] } });
  await approve(id);
  const end = (): Promise<unknown> => codeOf(act("mod-approver", "DECLASSIFY_DESIGNATION", id, 2, { decision: "over", successor: { level: "CUI", regimes: ["CUI"], owners: [{ owner: "JPN.MOD" }] } }));
  const consult = async (position: string): Promise<void> => {
    const asked = await world.take("mod-security-officer", designationConsultation, "CONSULT", { file: id, party: "USA", about: "ENDING", text: "may it end?", level: "CUI", answerBy: shiftDate(TODAY, 30) });
    expect(await end()).toBe("REFUSED_STATE");
    await world.take("mod-security-officer", designationConsultation, "ANSWER_CONSULTATION", { id: asked, version: 1, position, answer: "by note verbale" });
  };
  expect(await end()).toBe("REFUSED_STATE");
  await consult("AGREES");
  expect(await end()).toBe("done");
});

test("whoever ends a designation has not recorded the agreement on which it ends (R7)", async () => {
  const id = await propose({ label: { level: "SECRET", regimes: ["SDS"], owners: [{ owner: "JPN.MOD", rel: ["JPN", "USA"] }, { owner: "USA", rel: ["JPN", "USA"] }] } });
  await approve(id);
  const asked = await world.take("mod-approver", designationConsultation, "CONSULT", { file: id, party: "USA", about: "ENDING", text: "may it end?", level: "CUI", answerBy: shiftDate(TODAY, 30) });
  await world.take("mod-approver", designationConsultation, "ANSWER_CONSULTATION", { id: asked, version: 1, position: "AGREES", answer: "they said so" });
  expect(await codeOf(act("mod-approver", "DECLASSIFY_DESIGNATION", id, 2, { decision: "over", successor: { level: "CUI", regimes: ["CUI"], owners: [{ owner: "JPN.MOD" }] } }))).toBe("REFUSED_FOUR_EYES");
});

test("whoever is on the ledger is consulted before the end; a body that does not answer in time has had its chance (D.10)", async () => {
  const id = await propose();
  await approve(id);
  await world.take("mod-security-officer", disclosure, "RECORD_DISCLOSURE", { file: id, record: PLAIN, recipient: "JPN.METI", edition: "edition 1, copy 2", purpose: "supply chain assessment", on: TODAY });
  const end = (now?: number): Promise<unknown> => codeOf(act("mod-approver", "DECLASSIFY_DESIGNATION", id, 2, { decision: "over", successor: { level: "CUI", regimes: ["CUI"], owners: [{ owner: "JPN.MOD" }] } }, now));
  expect(await end()).toBe("REFUSED_STATE");
  await world.take("mod-security-officer", designationConsultation, "CONSULT", { file: id, party: "JPN.METI", about: "ENDING", text: "may it end?", level: "CUI", answerBy: shiftDate(TODAY, 30) });
  expect([await end(), await end(DEMO_NOON + 30 * DAY), await end(DEMO_NOON + 31 * DAY)]).toEqual(["REFUSED_STATE", "REFUSED_STATE", "done"]);
  expect(await rows("SELECT body->>'party' AS party, body->>'kind' AS kind FROM vault.item WHERE workflow = 'DesignationNotice'")).toEqual([{ party: "JPN.METI", kind: "ENDED" }]);
});

test("the functions of the register refuse a file that the asker may not read, places that are not all of a record, and labels that are not those of now", async () => {
  const id = await propose({ records: [PARTS] });
  await approve(id);
  const [row] = await rows<{ label_id: number }>(`SELECT label_id FROM vault.item WHERE id = '${id}'`);
  const call = async (readable: string, text: string): Promise<unknown> => {
    const runner = world.pool.createQueryRunner();
    await runner.query(`BEGIN; SET LOCAL kanmon.readable = '${readable}'`);
    const result = await runner.query(text).then((found: readonly { readonly result: string }[]) => found[0]?.result);
    await runner.query("ROLLBACK");
    await runner.release();
    return result;
  };
  const all = JSON.stringify((await rows<{ record: string; place: string; after: number }>(`SELECT record_id AS record, place, after_label AS after FROM vault.designation_mark WHERE item_id = '${id}'`)));
  const token = await tokenOf(id);
  const redesignate = (places: string): string => `SELECT redesignate('x', '${id}', '${token}', '${places}', ${row?.label_id}, '2030-01-01', false) AS result`;
  expect(await call(String(row?.label_id), redesignate(all))).toBe("DONE");
  expect(await call("", redesignate(all))).toBe("STATE");
  expect(await call(String(row?.label_id), redesignate(JSON.stringify((JSON.parse(all) as unknown[]).slice(1))))).toBe("STATE");
  expect(await call(String(row?.label_id), redesignate(all).replace(token, "MOD-2026-041"))).toBe("STATE");
  await asAdmin(world.login.database, (admin) => admin.query(["record", "content"].map((table) => `UPDATE vault.${table} SET label_id = ${row?.label_id} WHERE id = '${PARTS}'`).join("; ")));
  expect(await call(String(row?.label_id), redesignate(all))).toBe("STATE");
});
