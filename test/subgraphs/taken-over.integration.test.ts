/** Designations that were there before they had a file, without gateway and wire: extension, lapse and end of those that came with the register, and adoption of one that did not (SPEC 15.28). */
import type { Label } from "../../schema/label";
import { addYears, currentLabel, japanDay, loadPolicy, shiftDate, startOfDay } from "../../schema/policy";
import { type ImportOutcome, importTable } from "../../subgraphs/kit/bulk/importer";
import { RowGuard } from "../../subgraphs/kit/rows";
import { designationConsultation } from "../../subgraphs/kit/workflow/designation/consultation";
import { designationFile } from "../../subgraphs/kit/workflow/designation/designation-file";
import { designationNotice } from "../../subgraphs/kit/workflow/designation/notice";
import { disclosure } from "../../subgraphs/kit/workflow/designation/disclosure";
import { Days } from "../../subgraphs/kit/workflow/days";
import { type Persona, persona } from "../support/people";
import { DEMO_NOON, asAdmin } from "../support/postgres";
import { type WorkflowWorld, openWorkflowWorld } from "../support/workflow-world";

jest.setTimeout(60_000);
const TODAY = japanDay(DEMO_NOON);
const NOON_MS = 12 * 3_600_000;
const policy = loadPolicy();
const DOC = { level: "CONFIDENTIAL", regimes: ["DOC"], owners: [{ owner: "JPN.MOD" }] };
const CUI = { level: "CUI", regimes: ["CUI"], owners: [{ owner: "JPN.MOD" }] };

let world: WorkflowWorld;
beforeEach(async () => { world = await openWorkflowWorld(); }, 60_000);
afterEach(async () => { await world.stop(); });

const rows = <T>(text: string): Promise<readonly T[]> => asAdmin(world.login.database, async (admin) => (await admin.query(text)).rows as readonly T[]);
const codeOf = async (act: Promise<unknown>): Promise<unknown> => act.then(() => "done", (error: { readonly code?: unknown }) => error.code ?? error);
/** Somebody for designation, with what they have for as long as the test takes, and more tokens and roles where it says so. */
const officer = (id: string, more: { readonly tokens?: readonly string[]; readonly roles?: readonly Persona["subject"]["roles"][number]["role"][] } = {}): Persona => {
  const { subject, ctx } = persona(policy, id);
  const long = { from: "2020-01-01", until: "2045-01-01" };
  return {
    // What somebody may read is remembered by this.
    id: JSON.stringify([id, more]), ctx: { ...ctx, purpose: "DESIGNATION" },
    subject: {
      ...subject, eligibilities: subject.eligibilities.map((held) => ({ ...held, validUntil: long.until })),
      assignments: [...subject.assignments, ...(more.tokens ?? []).map((token) => ({ token, role: "MANAGER" as const, grantedBy: "JPN.MOD", reason: "" }))].map((held) => ({ ...held, ...long })),
      roles: [...subject.roles, ...(more.roles ?? []).map((role) => ({ role, org: "JPN.MOD", grantedBy: "JPN.MOD" }))].map((held) => ({ ...held, ...long })),
    },
  };
};
const act = (who: Persona, step: string, id: string, version: number, input: object = {}, now?: number): Promise<string> => world.take(who, designationFile, step, { id, version, ...input }, undefined, now);
const fileOf = async (token: string): Promise<string> => (await rows<{ id: string }>(`SELECT id FROM vault.item WHERE workflow = 'DesignationFile' AND body->>'token' = '${token}' AND state NOT IN ('REJECTED', 'WITHDRAWN')`))[0]?.id ?? "";
const file = async (id: string): Promise<Readonly<Record<string, unknown>>> => (await rows<Readonly<Record<string, unknown>>>(`SELECT i.state, i.version, i.due, i.body, l.body AS label FROM vault.item i JOIN vault.label l ON l.id = i.label_id WHERE i.id = '${id}'`))[0] ?? {};
/** As a database was before designations came with files. */
const forget = (token: string): Promise<unknown> => rows(`WITH gone AS (DELETE FROM vault.step s USING vault.item i WHERE i.id = s.item_id AND i.body->>'token' = '${token}' RETURNING s.item_id) SELECT item_id FROM gone`).then(() => rows(`DELETE FROM vault.item WHERE body->>'token' = '${token}' RETURNING id`));

interface PlaceRow { readonly place: string; readonly body: Label }
const placesOf = (reference: string): Promise<readonly PlaceRow[]> => rows(`WITH known AS (SELECT id FROM vault.content WHERE reference = '${reference}') SELECT place, l.body FROM (SELECT 'record' AS place, label_id AS number FROM vault.record JOIN known USING (id)
  UNION ALL SELECT 'content', label_id FROM vault.content JOIN known USING (id) UNION ALL SELECT name, label_id FROM vault.portion JOIN known ON known.id = record_id) p JOIN vault.label l ON l.id = p.number ORDER BY place`);
const told = async (reference: string): Promise<Readonly<Record<string, string>>> => Object.fromEntries((await placesOf(reference)).map(({ place, body }) => [place, [body.level, body.regimes.join("+"), body.need.join("+"), body.lifecycle?.validUntil ?? "-"].join(" ")]));
const sweep = (now: number): Promise<number> => new Days({ ministry: world.ministry, pool: world.pool, policy: () => policy, clock: () => now, labels: () => world.table.at(now) }).sweep();
const adoption = (changes: object = {}): Readonly<Record<string, unknown>> => ({ token: "MOD-2026-041", listed: "why it is listed", nonPublic: "why it is not public", harm: "what a leak would do", damage: "SEVERE", reasons: "It was in the register before.", reviewBy: shiftDate(TODAY, 200), ...changes });
const adopt = (who: Persona, changes: object = {}, now?: number): Promise<string> => world.take(who, designationFile, "ADOPT_DESIGNATION", adoption(changes), undefined, now);
const approve = (who: Persona, id: string, now?: number): Promise<string> => act(who, "APPROVE_DESIGNATION", id, 1, { decision: "yes" }, now);
const [proposer, approver] = [officer("mod-officer"), officer("mod-approver")];

test("what comes with the register has a file, and its history says so; on the day of the start the clock has nothing to say about any of them", async () => {
  const found = await rows<Readonly<Record<string, unknown>>>(`SELECT i.state, s.name, s.actor, s.note, i.number = (SELECT min(revision) FROM vault.history WHERE change = 'SEED') AS latest FROM vault.item i JOIN vault.step s ON s.item_id = i.id WHERE i.body->>'token' = 'MOD-2024-001'`);
  expect(found).toEqual([{ state: "ACTIVE", name: "TAKE_OVER_DESIGNATION", actor: "SYSTEM", note: { from: "REGISTER", reviews: "NONE_ON_RECORD" }, latest: true }]);
  expect(await sweep(DEMO_NOON)).toBe(0);
});

test("a designation about to lapse is extended, after a review, by another person: what it covers and its entry have the later day; one that nobody extends is held by the clock and stays closed (D.7, D.9)", async () => {
  const [before, id] = [await told("DEMO-MOD-01"), await fileOf("MOD-2024-001")];
  const late = startOfDay("2029-03-25") + NOON_MS;
  const extension = { until: "2031-03-31", reviewBy: "2029-12-01", decision: "Still needed." };
  expect(await codeOf(act(approver, "EXTEND_DESIGNATION", id, 1, extension, late))).toBe("REFUSED_STATE");
  const alone = officer("mod-approver", { roles: ["PROPOSE"] });
  await act(alone, "REVIEW_DESIGNATION", id, 1, { review: "CONTINUE", decision: "yes", reviewBy: "2029-03-30" }, late);
  expect(await codeOf(act(alone, "EXTEND_DESIGNATION", id, 2, extension, late))).toBe("REFUSED_FOUR_EYES");
  const other = officer("mod-officer", { roles: ["APPROVE"] });
  expect(await codeOf(act(other, "EXTEND_DESIGNATION", id, 2, { ...extension, until: addYears("2029-03-26", 5) }, late))).toBe("REFUSED_LIMIT");
  await act(other, "EXTEND_DESIGNATION", id, 2, extension, late);
  expect(await told("DEMO-MOD-01")).toEqual(Object.fromEntries(Object.entries(before).map(([place, text]) => [place, text.replace("2029-03-31", "2031-03-31")])));
  expect(await rows("SELECT c.valid_until, e.valid_until AS entry FROM vault.content c, vault.matter_entry e WHERE c.reference = 'DEMO-MOD-01' AND e.token = 'MOD-2024-001'")).toEqual([{ valid_until: "2031-03-31", entry: "2031-03-31" }]);
  const after = startOfDay("2029-04-01") + NOON_MS;
  await sweep(after);
  const states = await Promise.all(["MOD-2024-001", "MOD-2024-002"].map(async (token) => (await file(await fileOf(token)))["state"]));
  expect(states).toEqual(["ACTIVE", "LAPSED_HOLD"]);
  const labels = new Map((await rows<{ body: Label }>("SELECT body FROM vault.label")).map(({ body }) => [body.id, body]));
  const holds = await Promise.all(["DEMO-MOD-01", "DEMO-MOD-02"].map(async (reference) => (await placesOf(reference)).every(({ body }) => currentLabel(body, (one) => labels.get(one), after).need.includes("HOLD.REVIEW"))));
  expect(holds).toEqual([false, true]);
});

test("one that ends on no day cannot be extended to one", async () => {
  const both = officer("mod-officer", { roles: ["APPROVE"] });
  const id = await fileOf("MDA-0041");
  await act(both, "REVIEW_DESIGNATION", id, 1, { review: "CONTINUE", decision: "yes", reviewBy: shiftDate(TODAY, 100) });
  const other = { ...officer("mod-approver", { tokens: ["MDA-0041"] }) };
  const cleared = { ...other, subject: { ...other.subject, eligibilities: both.subject.eligibilities } };
  expect(await codeOf(act(cleared, "EXTEND_DESIGNATION", id, 2, { until: addYears(TODAY, 3), reviewBy: shiftDate(TODAY, 100), decision: "x" }))).toBe("REFUSED_LIMIT");
});

test("it ends when those who were given it were asked: token and regime go, the level stays, TOP SECRET becomes SECRET; others' protection stays; nobody is assigned; the file is for officers and oversight and says what happened before (D.10, D.52)", async () => {
  const id = await fileOf("MOD-2024-001");
  const [{ record } = { record: "" }] = await rows<{ record: string }>("SELECT id AS record FROM vault.content WHERE reference = 'DEMO-MOD-01'");
  const end = { decision: "no longer needed", successor: CUI };
  await world.take(approver, disclosure, "RECORD_DISCLOSURE", { file: id, record, recipient: "JPN.METI", edition: "1", purpose: "x", on: TODAY }).catch((error: { readonly code?: unknown }) => { expect(error.code).toBe("REFUSED_ROLE"); });
  await world.take(proposer, disclosure, "RECORD_DISCLOSURE", { file: id, record, recipient: "JPN.METI", edition: "1", purpose: "x", on: TODAY });
  expect(await codeOf(act(approver, "DECLASSIFY_DESIGNATION", id, 1, end))).toBe("REFUSED_STATE");
  const asked = await world.take(proposer, designationConsultation, "CONSULT", { file: id, party: "JPN.METI", about: "ENDING", text: "x", level: "CUI", answerBy: shiftDate(TODAY, 5) });
  await world.take("meti-officer", designationConsultation, "ANSWER_CONSULTATION", { id: asked, version: 1, position: "AGREES", answer: "x" });
  await act(approver, "DECLASSIFY_DESIGNATION", id, 1, end);
  const after = await placesOf("DEMO-MOD-01");
  for (const { place, body } of after.filter((one) => !["record", "content"].includes(one.place))) expect([place, body.level, body.regimes, body.need, body.handling.includes("EX-SDS"), body.lifecycle?.validUntil]).toEqual([place, 3, ["DOC"], [], true, undefined]);
  expect(after.every(({ body }) => body.level >= 3 && !body.need.includes("MOD-2024-001") && !body.regimes.includes("SDS"))).toBe(true);
  expect(await rows("SELECT class, valid_until FROM vault.content WHERE reference = 'DEMO-MOD-01'")).toEqual([{ class: "B", valid_until: null }]);
  expect(await rows("SELECT subject FROM vault.assignment WHERE token = 'MOD-2024-001'")).toEqual([]);
  expect(await rows("SELECT count(*)::int FROM vault.former_access WHERE token = 'MOD-2024-001'")).toEqual([{ count: 2 }]);
  const { state, label } = await file(id) as { readonly state: string; readonly label: Label };
  expect([state, label.need, label.level, label.purposes]).toEqual(["TERMINATED", [], 2, ["DESIGNATION", "OVERSIGHT"]]);
  const steps = await rows<{ name: string; note: { readonly before?: readonly { readonly name: string }[] }; own: boolean }>(`SELECT s.name, s.note, s.label_id = i.label_id AS own FROM vault.step s JOIN vault.item i ON i.id = s.item_id WHERE i.id = '${id}' ORDER BY s.number`);
  expect(steps.map(({ name, own }) => [name, own])).toEqual([["TAKE_OVER_DESIGNATION", false], ["DECLASSIFY_DESIGNATION", true]]);
  expect(steps[1]?.note.before?.map(({ name }) => name)).toEqual(["TAKE_OVER_DESIGNATION"]);
});

describe("who was given what it covers before it had a file", () => {
  const TOKEN = "MOD-2024-003";
  const [reader, decider] = [officer("mod-security-officer", { tokens: [TOKEN] }), officer("mod-approver", { tokens: [TOKEN] })];
  const given = (id: string): Promise<readonly unknown[]> => rows(`SELECT body->>'recipient' AS recipient, body->>'edition' AS edition, body->>'record' AS record, label_id = (SELECT label_id FROM vault.item WHERE id = '${id}') AS as_file FROM vault.item WHERE workflow = 'Disclosure' AND body->>'file' = '${id}'`);
  const LINE = { recipient: "USA", edition: "LIAISON", record: "doc_ze6235301wm7qn4v", as_file: true };

  test("a partner whose liaison was assigned is in the ledger from the start and is asked before the end (D.10)", async () => {
    const id = await fileOf(TOKEN);
    expect(await given(id)).toEqual([LINE]);
    const end = { decision: "over", successor: CUI };
    expect(await codeOf(act(decider, "DECLASSIFY_DESIGNATION", id, 1, end))).toBe("REFUSED_STATE");
    const asked = await world.take(reader, designationConsultation, "CONSULT", { file: id, party: "USA", about: "ENDING", text: "x", level: "CUI", answerBy: shiftDate(TODAY, 5) });
    await world.take(reader, designationConsultation, "ANSWER_CONSULTATION", { id: asked, version: 1, position: "COMMENTS", answer: "by note verbale" });
    expect(await codeOf(act(decider, "DECLASSIFY_DESIGNATION", id, 1, end))).toBe("done");
  });

  test("whoever answered with a record of it is told of the end, about their own item", async () => {
    const id = await fileOf("MOD-2024-001");
    await rows(`INSERT INTO vault.item (id, label_id, workflow, state, version, owner, opened_at, body, number) SELECT 'itm_answered', i.label_id, 'Response', 'ANSWERED', 1, 'JPN.MOD', now(), jsonb_build_object('documents', jsonb_build_array(c.id)), i.number
      FROM vault.item i, vault.content c WHERE i.id = '${id}' AND c.reference = 'DEMO-MOD-01' RETURNING id`);
    await rows("INSERT INTO vault.step SELECT 'itm_answered', 1, label_id, 'ANSWER_REQUIREMENT', 'mod-officer', now(), NULL, 'ANSWERED', '{}' FROM vault.item WHERE id = 'itm_answered' RETURNING item_id");
    await act(approver, "DECLASSIFY_DESIGNATION", id, 1, { decision: "over", successor: CUI });
    expect(await rows("SELECT subject, kind FROM vault.notice WHERE item_id = 'itm_answered'")).toEqual([{ subject: "mod-officer", kind: "SOURCE_ENDED" }]);
  });

  test("of a record under two designations, a challenge is of one, and then of the other", async () => {
    const handler = officer("mod-officer", { tokens: ["EQS-2026-11"] });
    const [{ record } = { record: "" }] = await rows<{ record: string }>("SELECT id AS record FROM vault.content WHERE reference = 'DEMO-MOD-13'");
    await approve(officer("mod-approver", { tokens: ["EQS-2026-11"] }), await adopt(officer("mod-security-officer", { tokens: ["EQS-2026-11"] })));
    const challenge = (): Promise<unknown> => codeOf(world.take(handler, designationNotice, "CHALLENGE_AS_HANDLER", { record, challenge: "It has been in a newspaper." }));
    const challenged = async (): Promise<number> => (await rows("SELECT id FROM vault.item WHERE workflow = 'DesignationFile' AND state = 'CHALLENGED'")).length;
    expect([await challenge(), await challenged(), await challenge(), await challenged(), await challenge(), await challenged()]).toEqual(["done", 1, "done", 2, "REFUSED_STATE", 2]);
  });

  test("an adoption enters it when it is approved, and not before", async () => {
    await rows(`DELETE FROM vault.step WHERE item_id IN (SELECT id FROM vault.item WHERE body->>'file' = '${await fileOf(TOKEN)}') RETURNING item_id`);
    await rows(`DELETE FROM vault.item WHERE body->>'file' = '${await fileOf(TOKEN)}' RETURNING id`);
    await forget(TOKEN);
    const id = await adopt(reader, { token: TOKEN });
    expect(await given(id)).toEqual([]);
    await approve(decider, id);
    expect(await given(id)).toEqual([LINE]);
  });

  test("whoever handles a record of it challenges it without the file; who does not read it is refused like for one that is not there (D.12)", async () => {
    const [id, handler] = [await fileOf(TOKEN), officer("mod-officer", { tokens: [TOKEN] })];
    const challenge = (who: string | Persona, record: string): Promise<unknown> => codeOf(world.take(who, designationNotice, "CHALLENGE_AS_HANDLER", { record, challenge: "It has been in a newspaper." }));
    expect([await challenge("uncleared-official", LINE.record), await challenge("uncleared-official", "doc_0000000000000000")]).toEqual(["REFUSED_STATE", "REFUSED_STATE"]);
    expect([await challenge(handler, LINE.record), await file(id)]).toMatchObject(["done", { state: "CHALLENGED", version: 2 }]);
    expect(await challenge(handler, LINE.record)).toBe("REFUSED_STATE");
  });
});

test("a record under two designations: the later day of one is not the other's, and the end of one leaves the other whole", async () => {
  const id = await fileOf("EQS-2026-11");
  const [one, two] = [officer("mod-officer"), officer("mod-security-officer", { roles: ["APPROVE", "DECLASSIFY"] })];
  const before = await told("DEMO-MOD-13");
  await act(one, "REVIEW_DESIGNATION", id, 1, { review: "CONTINUE", decision: "yes", reviewBy: shiftDate(TODAY, 100) });
  await act(two, "EXTEND_DESIGNATION", id, 2, { until: "2035-03-31", reviewBy: shiftDate(TODAY, 200), decision: "x" });
  const notices = (await rows<{ subject: string }>(`SELECT DISTINCT subject FROM vault.notice WHERE item_id = '${id}' AND kind = 'EXTENDED' ORDER BY subject`)).map(({ subject }) => subject);
  expect(notices).toEqual(["contractor-engineer", "hoshimi-facility-manager", "mod-approver", "mod-officer", "mod-security-officer"]);
  const extended = await told("DEMO-MOD-13");
  expect([extended["record"], extended["body"], extended["figures"]]).toEqual([before["record"], before["body"], before["figures"]?.replace("2031-03-31", "2035-03-31")]);
  expect((await told("DEMO-MOD-15"))["record"]).toContain("2035-03-31");
  await act(two, "DECLASSIFY_DESIGNATION", id, 3, { decision: "over", successor: CUI });
  const ended = await told("DEMO-MOD-13");
  expect([ended["record"], ended["figures"]]).toEqual(["3 CUI+SDS MOD-2026-041+PRJ-QS-2026 2031-03-31", "2 DOC PRJ-QS-2026 -"]);
  expect(ended["body"]).toBe(before["body"]);
});

test("what a designation made here marks besides is right whichever of the two ends first", async () => {
  const [designatedBy, id] = [officer("mod-security-officer"), await fileOf("MOD-2024-006")];
  const [{ record } = { record: "" }] = await rows<{ record: string }>("SELECT id AS record FROM vault.content WHERE reference = 'DEMO-MOD-07'");
  const second = await world.take(designatedBy, designationFile, "PROPOSE_DESIGNATION", {
    ...adoption(), token: "MOD-2026-931", body: "JPN.MOD", name: { ja: "a", en: "b" }, regime: "SDS", statutoryItem: "\u7b2c\u4e00\u53f7\u30a4", label: { level: "SECRET", regimes: ["SDS"], owners: [{ owner: "JPN.MOD" }] }, level: "CUI", validUntil: "2028-01-31",
    records: [record], handlers: ["mod-officer"], handlersUntil: shiftDate(TODAY, 100), heldBy: "GOVERNMENT", dualUse: false });
  await approve(officer("mod-officer", { roles: ["APPROVE"] }), second);
  const ender = officer("mod-officer", { roles: ["DECLASSIFY"] });
  await act(ender, "DECLASSIFY_DESIGNATION", id, 1, { decision: "over", successor: CUI });
  expect((await placesOf("DEMO-MOD-07")).map(({ body }) => [body.need.some((token) => token.startsWith("MOD-2026-931-")), body.need.includes("MOD-2024-006"), body.regimes.includes("SDS")])).toEqual([[true, false, true], [true, false, true], [true, false, true]]);
  await act(ender, "DECLASSIFY_DESIGNATION", second, 2, { decision: "over", successor: CUI });
  expect((await placesOf("DEMO-MOD-07")).map(({ body }) => [body.level, body.need, body.regimes.includes("SDS")])).toEqual([[3, [], false], [3, [], false], [3, [], false]]);
});

test("one without a file is adopted by two persons, changes no label, and lives on like any other; one person alone does nothing (D.4)", async () => {
  const alone = officer("mod-security-officer", { roles: ["APPROVE"] });
  const labels = await told("DEMO-MOD-13");
  const id = await adopt(alone);
  expect(await file(id)).toMatchObject({ state: "PROPOSED", body: { token: "MOD-2026-041", validUntil: "2031-03-31", statutoryItem: expect.any(String) as unknown, protectedRecords: 2, harm: "what a leak would do" } });
  expect(await codeOf(approve(alone, id))).toBe("REFUSED_FOUR_EYES");
  expect(await codeOf(act(alone, "REJECT_DESIGNATION", id, 1, { decision: "no" }))).toBe("REFUSED_FOUR_EYES");
  // Who does not read all that it covers does not find the file either.
  expect(await codeOf(approve(approver, id))).toBe("REFUSED_STATE");
  const second = officer("mod-approver", { tokens: ["EQS-2026-11"] });
  await approve(second, id);
  expect(await file(id)).toMatchObject({ state: "ACTIVE", due: shiftDate(TODAY, 200), body: { designatedOn: "2026-06-01" } });
  expect(await told("DEMO-MOD-13")).toEqual(labels);
  expect(await codeOf(adopt(proposer))).toBe("REFUSED_STATE");
  await act(proposer, "REVIEW_DESIGNATION", id, 2, { review: "CONTINUE", decision: "yes", reviewBy: shiftDate(TODAY, 100) });
  await act(second, "EXTEND_DESIGNATION", id, 3, { until: "2031-10-31", reviewBy: shiftDate(TODAY, 200), decision: "x" });
  expect((await told("DEMO-MOD-14"))["body"]).toContain("2031-10-31");
});

test("a hidden designation is refused like one that there is not: its token, its file, and one of which a part is hidden; statements that the law or the register refutes have their reasons [B-58]", async () => {
  await forget("MOD-2024-003");
  const who = officer("mod-security-officer");
  const items = await rows("SELECT count(*) FROM vault.item");
  const cases: readonly (readonly [string, object, string])[] = [
    ["absent", { token: "MOD-2024-999" }, "REFUSED_STATE"], ["hidden, with a file", { token: "MOD-2024-002" }, "REFUSED_STATE"], ["hidden, without a file", { token: "MOD-2024-003" }, "REFUSED_STATE"], ["a codeword", { token: "KAGAMI" }, "REFUSED_STATE"],
    ["one that has a file", { token: "MOD-2024-006" }, "REFUSED_STATE"], ["damage that the regime is not for", { damage: "DAMAGE" }, "BAD_USER_INPUT"], ["another item than the register's", { statutoryItem: "\u7b2c\u4e8c\u53f7\u30a4" }, "BAD_USER_INPUT"],
    ["no reason", { reasons: " " }, "BAD_USER_INPUT"], ["a review that is over", { reviewBy: TODAY }, "BAD_USER_INPUT"], ["a review after more than a year", { reviewBy: shiftDate(addYears(TODAY, 1), 1) }, "REFUSED_LIMIT"],
    ["designated before it was designated", { firstDesignatedOn: "2026-06-02" }, "BAD_USER_INPUT"], ["public before", { before: { level: "PUBLIC", regimes: [], owners: [{ owner: "JPN.MOD" }] } }, "REFUSED_LABEL"],
    ["another's before", { before: { ...DOC, owners: [{ owner: "JPN.METI" }] } }, "REFUSED_LABEL"], ["under a token that is hidden", { before: { ...DOC, need: ["KAGAMI"] } }, "REFUSED_LABEL"],
  ];
  for (const [what, changes, code] of cases) expect([what, await codeOf(adopt(who, changes))]).toEqual([what, code]);
  expect(await codeOf(adopt(approver))).toBe("REFUSED_ROLE");
  const partly = officer("mod-approver", { roles: ["PROPOSE"] });
  expect(await codeOf(adopt(partly))).toBe("REFUSED_STATE");
  expect(await rows("SELECT count(*) FROM vault.item")).toEqual(items);
  for (const id of [await fileOf("MOD-2024-002"), "itm_none"]) expect(await codeOf(act(who, "REVIEW_DESIGNATION", id, 1, { review: "CONTINUE", decision: "x", reviewBy: shiftDate(TODAY, 10) }))).toBe("REFUSED_STATE");
});

test("an adoption is not approved when the register has changed since, nor when another was approved meanwhile", async () => {
  await forget("MOD-2024-001");
  const [first, second] = [await adopt(proposer, { token: "MOD-2024-001" }), await adopt(proposer, { token: "MOD-2024-001" })];
  await rows("UPDATE vault.matter_entry SET valid_until = '2028-03-31' WHERE token = 'MOD-2024-001' RETURNING id");
  expect(await codeOf(approve(approver, first))).toBe("REFUSED_STATE");
  await rows("UPDATE vault.matter_entry SET valid_until = '2029-03-31' WHERE token = 'MOD-2024-001' RETURNING id");
  await approve(approver, first);
  expect(await codeOf(approve(approver, second))).toBe("REFUSED_STATE");
  expect(await codeOf(act(officer("mod-officer", { roles: ["DECLASSIFY"] }), "DECLASSIFY_DESIGNATION", first, 2, { decision: "x", successor: CUI }))).toBe("REFUSED_FOUR_EYES");
});

test("what two people stated of before is what it ends as; without it the level stays", async () => {
  await forget("MOD-2024-001");
  const id = await adopt(proposer, { token: "MOD-2024-001", before: DOC });
  await approve(approver, id);
  await act(approver, "DECLASSIFY_DESIGNATION", id, 2, { decision: "x", successor: CUI });
  expect([...new Set((await placesOf("DEMO-MOD-01")).map(({ body }) => `${body.level} ${body.regimes.join("+")} ${body.need.join("+")}`))].sort()).toEqual(["2 CUI+DOC ", "2 DOC "]);
});

test("one that lapsed before it had a file is adopted by those who are still assigned to it and were cleared for it, stays held, and ends from there; others find nothing", async () => {
  await forget("MOD-2024-001");
  const late = startOfDay("2029-04-10") + NOON_MS;
  const changes = { token: "MOD-2024-001", reviewBy: "2029-10-01" };
  expect(await codeOf(adopt(proposer, changes, late))).toBe("REFUSED_STATE");
  await rows("UPDATE vault.assignment SET until = '2030-01-01' WHERE token = 'MOD-2024-001' OR subject = 'mod-security-officer' RETURNING token");
  expect(await codeOf(adopt(officer("mod-security-officer"), changes, late))).toBe("REFUSED_STATE");
  const uncleared = { ...proposer, id: "uncleared", subject: { ...proposer.subject, eligibilities: proposer.subject.eligibilities.map((held) => ({ ...held, maxLevel: 3 as const })) } };
  expect(await codeOf(adopt(uncleared, changes, late))).toBe("REFUSED_STATE");
  const id = await adopt(proposer, changes, late);
  await approve(approver, id, late);
  expect(await file(id)).toMatchObject({ state: "LAPSED_HOLD", label: { need: ["MOD-2024-001"] } });
  expect(await codeOf(act(approver, "EXTEND_DESIGNATION", id, 2, { until: "2031-01-01", reviewBy: "2029-12-01", decision: "x" }, late))).toBe("REFUSED_STATE");
  await act(approver, "DECLASSIFY_DESIGNATION", id, 2, { decision: "x", successor: CUI }, late);
  expect((await placesOf("DEMO-MOD-01")).every(({ body }) => body.need.length === 0 && body.level >= 3)).toBe(true);
});

test("the functions of the register refuse a file that the asker may not read, a place left out, and a label that is not that of now", async () => {
  const id = await fileOf("MOD-2024-001");
  const [own] = await rows<{ label_id: number }>(`SELECT label_id FROM vault.item WHERE id = '${id}'`);
  const readable = String(own?.label_id);
  const call = async (told: string, text: string): Promise<readonly Readonly<Record<string, unknown>>[]> => {
    const runner = world.pool.createQueryRunner();
    await runner.query(`BEGIN; SET LOCAL kanmon.readable = '${told}'`);
    const result = await runner.query(text) as readonly Readonly<Record<string, unknown>>[];
    await runner.query("ROLLBACK");
    await runner.release();
    return result;
  };
  const places = await call(readable, `SELECT record, place, mark, before, before AS after FROM covered_places('${id}')`);
  expect(places.map(({ place }) => place)).toEqual(["body", "figures", "record", "refersTo.0", "source", "summary", "title"]);
  expect(await call("", `SELECT * FROM covered_places('${id}')`)).toEqual([]);
  expect(await call(readable, "SELECT registered_designation('mod-officer', 'x', 'MOD-2026-041', '2026-11-01') AS found")).toEqual([{ found: null }]);
  const relabel = async (told: string, given: readonly object[]): Promise<unknown> => (await call(told, `SELECT relabel_covered('x', '${id}', '${JSON.stringify(given)}', ${readable}, '2031-01-01', false) AS result`))[0]?.["result"];
  expect(await relabel(readable, places)).toBe("DONE");
  expect(await relabel("", places)).toBe("STATE");
  expect(await relabel(readable, places.slice(1))).toBe("STATE");
  expect(await relabel(readable, [...places.slice(1), places[1] ?? {}])).toBe("STATE");
  expect(await relabel(readable, places.map((place) => ({ ...place, before: own?.label_id })))).toBe("STATE");
});

describe("records that are imported under the token of one that was taken over (SPEC 17.6, 15.28)", () => {
  const SECRET = (...tokens: readonly string[]): string => `//JPN SECRET//CUI/SDS//NTK ${tokens.join("/")}//JPN ONLY`;
  const bring = async (who: Persona, cells: Readonly<Record<string, string>>, now = DEMO_NOON): Promise<ImportOutcome> => {
    const asker = { ...who, action: "WRITE" as const, digest: who.id };
    const line = { kind: "REPORT", owner: "JPN.MOD", validUntil: "2028-12-31", "title.ja": "a", "title.en": "Title", "title.label": "(//JPN CUI//CUI//JPN ONLY)", "body.ja": "b", "body.en": "Body", ...cells };
    const outcome = await importTable({ ministry: world.ministry, policy, pool: world.pool, asker, visible: new RowGuard(world.table).visible(policy, asker, now), now }, { register: "documents", columns: Object.keys(line), lines: [Object.values(line)], dryRun: false, part: 1, parts: 1 }, null);
    await world.refresh();
    return outcome;
  };
  const marksOf = (reference: string): Promise<readonly unknown[]> => rows(`SELECT m.place, i.body->>'token' LIKE 'MOD-2026-93%' AS made_here FROM vault.designation_mark m JOIN vault.content c ON c.id = m.record_id JOIN vault.item i ON i.id = m.item_id WHERE c.reference = '${reference}' AND NOT m.ended ORDER BY m.place`);
  const isThere = async (reference: string): Promise<boolean> => (await rows(`SELECT id FROM vault.content WHERE reference = '${reference}'`)).length > 0;
  const DONE = { isDone: true, rejected: [] };

  test("they need no mark, and follow the designation by its token: its later day, and its end; what was not under it stays as it is", async () => {
    const id = await fileOf("MOD-2024-001");
    expect(await bring(proposer, { reference: "NEW-1", label: SECRET("MOD-2024-001"), validUntil: "2029-03-31" })).toMatchObject(DONE);
    expect(await marksOf("NEW-1")).toEqual([]);
    expect(await told("NEW-1")).toEqual({ record: "3 CUI+SDS MOD-2024-001 2029-03-31", content: "3 CUI+SDS MOD-2024-001 2029-03-31", body: "3 CUI+SDS MOD-2024-001 2029-03-31", title: "1 CUI  -" });
    const other = officer("mod-officer", { roles: ["APPROVE"] });
    await act(approver, "REVIEW_DESIGNATION", id, 1, { review: "CONTINUE", decision: "yes", reviewBy: shiftDate(TODAY, 100) });
    await act(other, "EXTEND_DESIGNATION", id, 2, { until: "2031-03-31", reviewBy: shiftDate(TODAY, 200), decision: "Still needed." });
    expect(await told("NEW-1")).toMatchObject({ record: "3 CUI+SDS MOD-2024-001 2031-03-31", body: "3 CUI+SDS MOD-2024-001 2031-03-31", title: "1 CUI  -" });
    await act(approver, "DECLASSIFY_DESIGNATION", id, 3, { decision: "over", successor: CUI });
    expect(await told("NEW-1")).toEqual({ record: "3 CUI+DOC  -", content: "3 CUI+DOC  -", body: "3 CUI+DOC  -", title: "1 CUI  -" });
    expect(await rows("SELECT class, valid_until FROM vault.content WHERE reference = 'NEW-1'")).toEqual([{ class: expect.anything() as unknown, valid_until: null }]);
  });

  test("under one that is challenged they are taken in; under one that lapsed or has ended nothing is, and nothing is left of it", async () => {
    const [id, handler] = [await fileOf("MOD-2024-001"), officer("mod-officer")];
    const [{ record } = { record: "" }] = await rows<{ record: string }>("SELECT id AS record FROM vault.content WHERE reference = 'DEMO-MOD-01'");
    await world.take(handler, designationNotice, "CHALLENGE_AS_HANDLER", { record, challenge: "It has been in a newspaper." });
    expect(await file(id)).toMatchObject({ state: "CHALLENGED" });
    expect(await bring(proposer, { reference: "NEW-2", label: SECRET("MOD-2024-001") })).toMatchObject(DONE);
    const refused = async (now: number, validUntil: string): Promise<readonly string[]> => {
      const outcomes = [];
      for (const label of [SECRET("MOD-2024-001"), "(//JPN CUI//CUI//NTK MOD-2024-001//JPN ONLY)"]) {
        const { isDone, rejected } = await bring(proposer, { reference: "NEW-NONE", label, "title.label": "", validUntil }, now);
        outcomes.push(`${String(isDone)} ${rejected.map(({ reason }) => reason).join()}`);
      }
      expect(await isThere("NEW-NONE")).toBe(false);
      return outcomes;
    };
    const late = startOfDay("2029-04-01") + NOON_MS;
    await sweep(late);
    expect([(await file(id))["state"], await refused(late, "2029-12-31")]).toEqual(["LAPSED_HOLD", ["false V5,TOKEN_UNKNOWN", "false TOKEN_UNKNOWN"]]);
    await act(approver, "DECLASSIFY_DESIGNATION", id, Number((await file(id))["version"]), { decision: "x", successor: CUI }, late);
    expect([(await file(id))["state"], await refused(late, "2029-04-01")]).toEqual(["TERMINATED", ["false STATE", "false STATE"]]);
  });

  test("the register's own function refuses what would be written under one that ended meanwhile", async () => {
    const id = await fileOf("MOD-2024-001");
    const [own] = await rows<{ label_id: number; entry: number }>(`SELECT i.label_id, e.label_id AS entry FROM vault.item i, vault.matter_entry e WHERE i.id = '${id}' AND e.token = 'MOD-2024-001'`);
    const imported = async (): Promise<unknown> => {
      const runner = world.pool.createQueryRunner();
      await runner.query(`BEGIN; SET LOCAL kanmon.readable = '${own?.entry}'`);
      const marks = JSON.stringify([{ record: "doc_new", place: "record", token: "MOD-2024-001", before: own?.entry, after: own?.entry }]);
      const contents = JSON.stringify([{ id: "doc_new", label_id: own?.entry, reference: "NEW-3", kind: "REPORT", owner: "JPN.MOD" }]);
      const found = await runner.query(`SELECT import_records('x', 'imp', ARRAY['MOD-2024-001'], '${JSON.stringify([{ id: "doc_new", label_id: own?.entry }])}', '${contents}', '[]', '${marks}') AS result`) as readonly { readonly result: unknown }[];
      await runner.query("ROLLBACK");
      await runner.release();
      return found[0]?.result;
    };
    const states = [];
    for (const state of ["ACTIVE", "CHALLENGED", "LAPSED_HOLD", "TERMINATED"]) {
      await rows(`UPDATE vault.item SET state = '${state}' WHERE id = '${id}' RETURNING id`);
      states.push([state, await imported()]);
    }
    expect(states).toEqual([["ACTIVE", "DONE"], ["CHALLENGED", "DONE"], ["LAPSED_HOLD", "STATE"], ["TERMINATED", "STATE"]]);
  });

  test("an adoption that waits is not approved when the designation covers more since; one that is made afterwards covers it", async () => {
    const [second, cells] = [officer("mod-approver", { tokens: ["EQS-2026-11"] }), { reference: "NEW-4", label: SECRET("MOD-2026-041"), validUntil: "2031-03-31" }];
    const early = await adopt(proposer);
    expect(await bring(proposer, cells)).toMatchObject(DONE);
    expect(await codeOf(approve(second, early))).toBe("REFUSED_STATE");
    const id = await adopt(proposer);
    await approve(second, id);
    expect(await file(id)).toMatchObject({ state: "ACTIVE", body: { protectedRecords: 3 } });
    await act(proposer, "REVIEW_DESIGNATION", id, 2, { review: "CONTINUE", decision: "yes", reviewBy: shiftDate(TODAY, 100) });
    await act(second, "EXTEND_DESIGNATION", id, 3, { until: "2031-10-31", reviewBy: shiftDate(TODAY, 200), decision: "x" });
    expect(await told("NEW-4")).toMatchObject({ record: "3 CUI+SDS MOD-2026-041 2031-10-31", body: "3 CUI+SDS MOD-2026-041 2031-10-31", title: "1 CUI  -" });
  });

  test.each(["the one that was taken over", "the one that was made here"])("under two designations only the one that was made here marks them, and nothing is left of either when %s ends first", async (first) => {
    const both = officer("mod-officer", { roles: ["APPROVE", "DECLASSIFY"] });
    const [{ record } = { record: "" }] = await rows<{ record: string }>("SELECT id AS record FROM vault.content WHERE reference = 'DEMO-MOD-07'");
    const made = await world.take(officer("mod-security-officer"), designationFile, "PROPOSE_DESIGNATION", {
      ...adoption(), token: "MOD-2026-931", body: "JPN.MOD", name: { ja: "a", en: "b" }, regime: "SDS", statutoryItem: "\u7b2c\u4e00\u53f7\u30a4", label: { level: "SECRET", regimes: ["SDS"], owners: [{ owner: "JPN.MOD" }] }, level: "CUI", validUntil: "2028-01-31",
      records: [record], handlers: ["mod-officer"], handlersUntil: shiftDate(TODAY, 100), heldBy: "GOVERNMENT", dualUse: false });
    await approve(both, made);
    const token = String((await file(made))["body"] === undefined ? "" : ((await file(made))["body"] as { readonly token: string }).token);
    expect(await bring(officer("mod-officer", { tokens: [token], roles: ["APPROVE", "DECLASSIFY"] }), { reference: "NEW-5", label: SECRET("MOD-2024-006", token), validUntil: "2028-01-31" })).toMatchObject(DONE);
    expect(await marksOf("NEW-5")).toEqual([{ place: "body", made_here: true }, { place: "record", made_here: true }]);
    const takenOver = await fileOf("MOD-2024-006");
    const ends = [() => act(both, "DECLASSIFY_DESIGNATION", takenOver, 1, { decision: "over", successor: CUI }), () => act(both, "DECLASSIFY_DESIGNATION", made, 2, { decision: "over", successor: CUI })];
    for (const end of first === "the one that was taken over" ? ends : ends.toReversed()) await end();
    expect(await told("NEW-5")).toMatchObject({ record: "3 CUI+DOC  -", content: "3 CUI+DOC  -", body: "3 CUI+DOC  -", title: "1 CUI  -" });
  });
});
