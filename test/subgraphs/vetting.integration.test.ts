/** What vettings do to a ministry's registers, in its database: outcome and statement change together, what ended does not come back, leaving ends everything and keeps it, reading is written down. */
import { loadPolicy, startOfDay } from "../../schema/policy";
import type { Workflow } from "../../subgraphs/kit/workflow/declare";
import type { Values } from "../../subgraphs/kit/workflow/kinds";
import { noteReadings } from "../../subgraphs/kit/workflow/readings";
import { takeStep } from "../../subgraphs/kit/workflow/runner";
import { Days } from "../../subgraphs/kit/workflow/days";
import { vettingEvaluation } from "../../subgraphs/kit/workflow/vetting/evaluation";
import { RowGuard, type Asker } from "../../subgraphs/kit/rows";
import { persona } from "../support/people";
import { sealResultFor, sealsFor } from "../support/sealed-results";
import { DEMO_NOON, asAdmin } from "../support/postgres";
import { type WorkflowWorld, openWorkflowWorld } from "../support/workflow-world";

jest.setTimeout(120_000);
const policy = loadPolicy();
const PERSON = "psn_5kp2fg5hpxbb7yv3";
let world: WorkflowWorld;
beforeAll(async () => { world = await openWorkflowWorld("economy"); }, 120_000);
afterAll(async () => { await world.stop(); });

const rows = <T extends object>(text: string, values: readonly unknown[] = []): Promise<readonly T[]> => asAdmin(world.login.database, async (client) => (await client.query<T & Record<string, unknown>>(text, [...values])).rows);

/** Somebody of the demonstration with the assignments that the ministry's database now has for them. */
async function asker(who: string): Promise<Asker> {
  const { subject, ctx } = persona(policy, who);
  const assigned = await rows<Asker["subject"]["assignments"][number]>(`SELECT token, role, "from", until, granted_by AS "grantedBy", reason FROM vault.assignment WHERE subject = $1`, [who]);
  return { subject: { ...subject, assignments: assigned }, ctx, action: "WRITE", digest: `${who} ${JSON.stringify(assigned)}` };
}
async function take(who: string, step: string, given: Values, workflow: Workflow = vettingEvaluation, now = DEMO_NOON): Promise<string> {
  const taking = await asker(who);
  const id = await takeStep({ ministry: world.ministry, policy, pool: world.pool, asker: taking, visible: new RowGuard(world.table).visible(policy, taking, now), now, seals: SEALS["economy"] }, workflow, step, given, null);
  await world.refresh();
  return id;
}
const refusalOf = async (act: () => Promise<unknown>): Promise<string> => { try { await act(); return ""; } catch (error) { return (error as { readonly code?: string }).code ?? String(error); } };

const OFFICER = "meti-security-officer";
/** The other person, who gives the notice. */
const SECOND = "meti-access-officer";
const SEALS = sealsFor(["cabinet-office", "economy", "defense"]);
const evaluation = async (changes: object = {}, said: object = {}, audience = "economy"): Promise<Values> =>
  ({ result: await sealResultFor(SEALS["cabinet-office"], audience, said), regime: "CESI", maxLevel: 2, eligible: true, second: SECOND, ...changes });
const registered = (): Promise<readonly { readonly regime: string; readonly status: string; readonly valid_until: string }[]> =>
  rows("SELECT regime, status, valid_until FROM vault.eligibility WHERE person_id = $1 ORDER BY id", [PERSON]);
const stated = (): Promise<readonly { readonly body: Values }[]> => rows("SELECT body FROM vault.statement WHERE list = 'eligibilities' AND body->>'subject' = 'vetted-person' ORDER BY id");
const statuses = async (): Promise<readonly [readonly string[], readonly unknown[]]> => [(await registered()).map(({ status }) => status), (await stated()).map(({ body }) => body["status"])];
let id = "";

test("a decision opens nothing before the person has notice of it", async () => {
  id = await take(OFFICER, "EVALUATE", await evaluation());
  expect(await statuses()).toEqual([[], []]);
});

test("with the notice the outcome is in the register and in the statement, until the same day", async () => {
  await take(SECOND, "NOTIFY_OUTCOME", { id, version: 1 });
  expect(await registered()).toEqual([{ regime: "CESI", status: "ACTIVE", valid_until: "2036-09-30" }]);
  expect((await stated()).map(({ body }) => body)).toEqual([{
    subject: "vetted-person", regime: "CESI", maxLevel: 2, basis: "ASSESSMENT", grantedBy: "JPN.METI", usableAt: ["JPN.METI"], investigationId: "itm_file", notifiedOn: "2026-11-01", validUntil: "2036-09-30", consentId: "cns_1", status: "ACTIVE",
  }]);
});

test("suspension, reinstatement and withdrawal change both, and nothing leads back from withdrawal (D.20)", async () => {
  await take(OFFICER, "SUSPEND_ELIGIBILITY", { id, version: 2, reason: "Doubt" });
  expect(await statuses()).toEqual([["SUSPENDED"], ["SUSPENDED"]]);
  await take(OFFICER, "REINSTATE_ELIGIBILITY", { id, version: 3, reason: "Cleared up" });
  expect(await statuses()).toEqual([["ACTIVE"], ["ACTIVE"]]);
  await take(OFFICER, "WITHDRAW_ELIGIBILITY", { id, version: 4, reason: "No more" });
  expect(await statuses()).toEqual([["WITHDRAWN"], ["WITHDRAWN"]]);
  expect(await refusalOf(() => take(OFFICER, "REINSTATE_ELIGIBILITY", { id, version: 5, reason: "Back" }))).toBe("REFUSED_STATE");
});

test("an outcome against somebody needs reasons, and opens nothing (D.21)", async () => {
  expect(await refusalOf(async () => take(OFFICER, "EVALUATE", await evaluation({ eligible: false })))).toBe("BAD_USER_INPUT");
  const refused = await take(OFFICER, "EVALUATE", await evaluation({ eligible: false, reasons: "Debts (fictional)" }));
  await take(SECOND, "NOTIFY_OUTCOME", { id: refused, version: 1 });
  expect(await statuses()).toEqual([["WITHDRAWN"], ["WITHDRAWN"]]);
});

test("a later outcome takes the place of the earlier one in the statement, and stands beside it in the register", async () => {
  id = await take(OFFICER, "EVALUATE", await evaluation());
  await take(SECOND, "NOTIFY_OUTCOME", { id, version: 1 });
  expect(await statuses()).toEqual([["WITHDRAWN", "ACTIVE"], ["ACTIVE"]]);
});

test("the holder of an exempt office is in the statement without an investigation, for the days that were recorded", async () => {
  const exempt = await take(OFFICER, "RECORD_EXEMPTION", { subject: "meti-officer", office: "PARLIAMENTARY_VICE_MINISTER", regime: "SDS", maxLevel: 4, until: "2027-06-30", second: SECOND });
  await take(SECOND, "NOTIFY_OUTCOME", { id: exempt, version: 1 });
  const [made] = await rows<{ body: Values }>("SELECT body FROM vault.statement WHERE evaluation = $1", [exempt]);
  expect(made?.body).toMatchObject({ subject: "meti-officer", regime: "SDS", basis: "OFFICE_EXEMPT", consentId: "EXEMPT-ART11", validUntil: "2027-06-30" });
  expect(made?.body).not.toHaveProperty("investigationId");
});

test("who reads an evaluation is written down for the person it is about, with body and purpose; who may not read it leaves no line, nor does the person (D.54)", async () => {
  for (const who of [OFFICER, "meti-officer", "vetted-person"]) {
    const reading = await asker(who);
    await noteReadings(world.pool, reading, new RowGuard(world.table).visible(policy, reading, DEMO_NOON), [{ id, subject: "vetted-person" }]);
  }
  expect(await rows("SELECT item_id, workflow, subject, actor, body, purpose FROM vault.reading")).toEqual([
    { item_id: id, workflow: "VettingEvaluation", subject: "vetted-person", actor: OFFICER, body: "JPN.METI.SEC", purpose: "ACCESS-DECISION" }]);
  const [own] = await rows<{ same: boolean }>("SELECT r.label_id = i.label_id AS same FROM vault.reading r JOIN vault.item i ON i.id = r.item_id");
  expect(own?.same).toBe(true);
});

test("the clock reminds, once, and later ends what is over (D.16)", async () => {
  const sweep = async (day: string): Promise<void> => {
    const clock = (): number => startOfDay(day) + 12 * 3_600_000;
    await new Days({ ministry: world.ministry, pool: world.pool, policy: () => policy, clock, labels: () => world.table.at(clock()) }).sweep();
    await world.refresh();
  };
  const reminders = async (): Promise<readonly string[]> => (await rows<{ subject: string }>("SELECT subject FROM vault.notice WHERE item_id = $1 AND kind = 'ELIGIBILITY_EXPIRES' ORDER BY subject", [id])).map(({ subject }) => subject);
  await sweep("2036-07-01");
  expect(await reminders()).toEqual([]);
  await sweep("2036-07-02");
  await sweep("2036-07-03");
  expect(await reminders()).toEqual([OFFICER, "vetted-person"]);
  expect(await statuses()).toEqual([["WITHDRAWN", "ACTIVE"], ["ACTIVE"]]);
  await sweep("2036-10-01");
  expect(await statuses()).toEqual([["WITHDRAWN", "EXPIRED"], ["EXPIRED"]]);
});

test("leaving ends every assignment and outcome of the ministry, also those that the officer may not know of, and keeps them as former access (D.23)", async () => {
  const before = await rows<{ token: string }>("SELECT token FROM vault.assignment WHERE subject = 'meti-officer' ORDER BY token");
  await rows(`INSERT INTO vault.statement (list, body) VALUES ('roles', '{"subject": "meti-officer", "role": "PROPOSE", "org": "JPN.METI", "from": "2026-01-01", "until": "2027-03-31", "grantedBy": "JPN.METI"}') RETURNING id`);
  expect(before.length).toBeGreaterThan(5);
  const leaving = await take(OFFICER, "EVALUATE", await evaluation({}, { subject: "meti-officer" }));
  await take(SECOND, "NOTIFY_OUTCOME", { id: leaving, version: 1 });
  expect(await refusalOf(() => take(OFFICER, "EXIT_BRIEFING", { id: leaving, version: 2, dutyExplained: false, acknowledgement: "Signed" }))).toBe("BAD_USER_INPUT");
  await take(OFFICER, "EXIT_BRIEFING", { id: leaving, version: 2, dutyExplained: true, acknowledgement: "Signed" });
  expect(await rows("SELECT DISTINCT role FROM vault.assignment WHERE subject = 'meti-officer'")).toEqual([{ role: "SELF" }]);
  expect(await rows("SELECT body->>'left' AS left, body->'purposes' AS purposes FROM vault.subject WHERE id = 'meti-officer'")).toEqual([{ left: "2026-11-01", purposes: expect.not.arrayContaining(["DESIGNATION"]) as unknown }]);
  const kept = await rows<{ token: string; until: string; purposes: readonly string[] }>("SELECT f.token, f.until, l.body->'purposes' AS purposes FROM vault.former_access f JOIN vault.label l ON l.id = f.label_id WHERE f.person_id = 'psn_53x7ncyzpjpxj5z6' ORDER BY f.token");
  expect(kept).toEqual(expect.arrayContaining(before.filter(({ token }) => !token.startsWith("EVALCASE")).map(({ token }) => ({ token, until: "2026-11-01", purposes: ["OVERSIGHT"] }))));
  expect(kept).toContainEqual({ token: "ROLE.PROPOSE/JPN.METI", until: "2026-11-01", purposes: ["OVERSIGHT"] });
  expect(await rows("SELECT FROM vault.statement WHERE list = 'eligibilities' AND body->>'subject' = 'meti-officer' AND body->>'status' = 'ACTIVE'")).toEqual([]);
  expect(await rows("SELECT FROM vault.statement WHERE list = 'roles' AND body->>'subject' = 'meti-officer'")).toEqual([]);
  expect(await rows("SELECT FROM vault.eligibility WHERE person_id = 'psn_53x7ncyzpjpxj5z6' AND status IN ('ACTIVE', 'SUSPENDED')")).toEqual([]);
});

test("whose an assignment is, is remembered: what is granted again to somebody of another body is known to be the same person's; nobody but the person of a case is assigned as such", async () => {
  const held = await rows<{ subject: string; token: string; person_id: string }>("SELECT a.subject, a.token, a.person_id FROM vault.assignment a LEFT JOIN vault.subject s ON s.id = a.subject WHERE s.id IS NULL AND a.person_id IS NOT NULL ORDER BY a.subject, a.token LIMIT 1");
  const [{ subject, token, person_id: person }] = held as [(typeof held)[number]];
  const personNow = async (): Promise<unknown> => {
    await asAdmin(world.login.database, async (admin) => {
      await admin.query("DELETE FROM vault.assignment WHERE subject = $1 AND token = $2", [subject, token]);
      await admin.query(`SELECT set_config('kanmon.readable', (SELECT string_agg(id::text, ',') FROM vault.label), false)`);
      await admin.query("SELECT grant_assignment('x', $1, $2, 'SELF', '2026-11-01', '2027-03-31', 'JPN.METI', 'again')", [subject, token]);
    });
    return (await rows("SELECT person_id, role FROM vault.assignment WHERE subject = $1 AND token = $2", [subject, token]))[0];
  };
  expect(await personNow()).toEqual({ person_id: person, role: "READER" });
});

test("whoever took a step in another vetting matter of the same person took part in what the complaint is about, though the case has another token (D.21)", async () => {
  const [token, complaint] = ["METI-CE-2026-01", "itm_complaint_eyes"];
  const asked = (): Promise<readonly unknown[]> => asAdmin(world.login.database, async (admin) => {
    await admin.query(`SELECT set_config('kanmon.readable', (SELECT string_agg(id::text, ',') FROM vault.label), false)`);
    return (await admin.query<{ officer: boolean; other: boolean; hidden: boolean }>("SELECT took_part($1, $2) AS officer, took_part('somebody-else', $2) AS other, took_part('somebody-else', 'NO-SUCH-CASE') AS hidden", [OFFICER, token])).rows;
  });
  expect(await asked()).toEqual([{ officer: false, other: false, hidden: true }]);
  await rows(`INSERT INTO vault.item (id, label_id, workflow, state, version, owner, subject, opened_at, body, number)
    SELECT $1, i.label_id, 'VettingComplaint', 'FILED', 1, i.owner, 'vetted-person', now(), jsonb_build_object('case', $2::text), i.number FROM vault.item i WHERE i.workflow = 'VettingEvaluation' LIMIT 1 RETURNING id`, [complaint, token]);
  expect(await asked()).toEqual([{ officer: true, other: false, hidden: true }]);
});

test("who evaluated gives no notice, nor does the person; only the other officer, whom the evaluation names (D.14)", async () => {
  const before = await registered();
  const evaluated = await take(OFFICER, "EVALUATE", await evaluation());
  expect(await refusalOf(() => take(OFFICER, "NOTIFY_OUTCOME", { id: evaluated, version: 1 }))).toBe("REFUSED_FOUR_EYES");
  for (const second of [OFFICER, "vetted-person"]) expect([second, await refusalOf(async () => take(OFFICER, "EVALUATE", await evaluation({ second })))]).toEqual([second, "REFUSED_FOUR_EYES"]);
  const elsewhere = await take(OFFICER, "EVALUATE", await evaluation({ second: "mod-security-officer" }));
  expect(await refusalOf(() => take(SECOND, "NOTIFY_OUTCOME", { id: elsewhere, version: 1 }))).toBe("REFUSED_STATE");
  const exempted = await take(OFFICER, "RECORD_EXEMPTION", { subject: "vetted-person", office: "MINISTER", regime: "CESI", maxLevel: 2, until: "2027-06-30", second: SECOND });
  expect(await refusalOf(() => take(OFFICER, "NOTIFY_OUTCOME", { id: exempted, version: 1 }))).toBe("REFUSED_FOUR_EYES");
  expect(await registered()).toEqual(before);
});

test("a result serves for one evaluation for each regime, also where another officer made the other one (D.15)", async () => {
  const given = await evaluation();
  const first = await take(OFFICER, "EVALUATE", given);
  expect(await refusalOf(() => take(OFFICER, "EVALUATE", given))).toBe("REFUSED_STATE");
  await take(SECOND, "NOTIFY_OUTCOME", { id: first, version: 1 });
  // Another officer does not read that evaluation, and is refused all the same.
  expect(await refusalOf(() => take(SECOND, "EVALUATE", { ...given, second: OFFICER }))).toBe("REFUSED_STATE");
  await take(OFFICER, "EVALUATE", { ...given, regime: "SDS", maxLevel: 3 });
});
