/** Emergency access by the clock (SPEC 15.40): what a day ends, what it makes overdue, what it leaves alone; and who is told of it. */
import { type Label, type LabelCore, dominates } from "../../schema/label";
import { decide, japanDay, loadPolicy, shiftDate } from "../../schema/policy";
import { accessRequest } from "../../subgraphs/kit/workflow/access/access-request";
import { emergencyAccess } from "../../subgraphs/kit/workflow/access/emergency-access";
import { REVIEW_DAYS } from "../../subgraphs/kit/workflow/access/emergency-policy";
import { Days } from "../../subgraphs/kit/workflow/days";
import { persona } from "../support/people";
import { DEMO_NOON, asAdmin } from "../support/postgres";
import { type WorkflowWorld, openWorkflowWorld } from "../support/workflow-world";

jest.setTimeout(60_000);
const DAY = 86_400_000;
const TODAY = japanDay(DEMO_NOON);

let world: WorkflowWorld;
beforeAll(async () => { world = await openWorkflowWorld(); }, 60_000);
afterAll(async () => { await world.stop(); });

const rows = <T>(text: string): Promise<readonly T[]> => asAdmin(world.login.database, async (admin) => (await admin.query(text)).rows as readonly T[]);
const sweepAt = (now: number): Promise<number> => new Days({ ministry: world.ministry, pool: world.pool, policy: () => loadPolicy(), clock: () => now, labels: () => world.table.at(now) }).sweep();
const stateOf = async (id: string): Promise<unknown> => (await rows<{ state: string; due: string | null }>(`SELECT state, due FROM vault.item WHERE id = '${id}'`))[0];
const held = (): Promise<readonly unknown[]> => rows("SELECT until, reason FROM vault.assignment WHERE subject = 'breakglass-officer'");
const matterOf = async (token: string): Promise<string> => (await rows<{ id: string }>(`SELECT id FROM vault.matter_entry WHERE token = '${token}'`))[0]?.id ?? "";
const ask = async (token: string): Promise<string> => world.take("breakglass-officer", emergencyAccess, "ASK_EMERGENCY_ACCESS", { matter: await matterOf(token), emergency: "An intrusion" });
const confirm = (id: string): Promise<string> => world.take("mod-security-officer", emergencyAccess, "CONFIRM_EMERGENCY_ACCESS", { id, version: 1, decision: "Yes" });

test("what nobody confirmed lapses with its day, and never opened anything", async () => {
  const id = await ask("PRJ-QS-2026");
  expect(await sweepAt(DEMO_NOON)).toBe(0);
  expect([await sweepAt(DEMO_NOON + DAY), await stateOf(id), await held()]).toEqual([1, { state: "LAPSED", due: null }, []]);
});

test("access ends with the day in Japan on which it was confirmed; the review is due seven days later, then overdue, and the owner's officers are told each time", async () => {
  const id = await ask("PRJ-QS-2026");
  await confirm(id);
  expect(await held()).toEqual([{ until: TODAY, reason: `emergency access ${id}` }]);
  expect([await sweepAt(DEMO_NOON), await held()]).toEqual([0, [{ until: TODAY, reason: `emergency access ${id}` }]]);
  // However late the clock is looked at, the days of the review count from the last day of access.
  expect([await sweepAt(DEMO_NOON + 3 * DAY), await stateOf(id), await held()]).toEqual([1, { state: "TO_REVIEW", due: shiftDate(TODAY, REVIEW_DAYS) }, []]);
  expect(await sweepAt(DEMO_NOON + REVIEW_DAYS * DAY)).toBe(0);
  expect([await sweepAt(DEMO_NOON + (REVIEW_DAYS + 1) * DAY), await stateOf(id)]).toEqual([1, { state: "REVIEW_OVERDUE", due: shiftDate(TODAY, REVIEW_DAYS) }]);
  expect(await rows(`SELECT subject, kind FROM vault.notice WHERE item_id = '${id}' AND subject <> 'breakglass-officer' ORDER BY kind, subject`)).toEqual(
    ["EMERGENCY_ACCESS_ASKED", "EMERGENCY_ACCESS_OPENED", "EMERGENCY_ACCESS_TO_REVIEW", "EMERGENCY_REVIEW_OVERDUE"].flatMap((kind) => [{ subject: "mod-approver", kind }, { subject: "mod-security-officer", kind }]));
});

test("the end of an emergency takes away only what the emergency gave", async () => {
  const id = await ask("MOD-2026-041");
  await confirm(id);
  await asAdmin(world.login.database, (admin) => admin.query(`UPDATE vault.assignment SET reason = 'granted in the ordinary way', until = '${shiftDate(TODAY, 30)}' WHERE subject = 'breakglass-officer'`));
  await sweepAt(DEMO_NOON + DAY);
  expect([await stateOf(id), await held()]).toEqual([{ state: "TO_REVIEW", due: shiftDate(TODAY, REVIEW_DAYS) }, [{ until: shiftDate(TODAY, 30), reason: "granted in the ordinary way" }]]);
});

test("an officer who may grant but does not hold the matter confirms nothing, and whoever ended an access does not review it", async () => {
  const code = (act: Promise<unknown>): Promise<unknown> => act.then(() => "done", (error: { readonly code?: unknown }) => error.code);
  const other = await world.take("breakglass-officer", emergencyAccess, "ASK_EMERGENCY_ACCESS", { matter: await matterOf("MOD-2024-003"), emergency: "An intrusion" });
  expect(await code(confirm(other))).toBe("REFUSED_STATE");
  expect(emergencyAccess.steps["REVIEW_EMERGENCY_ACCESS"]?.notBy).toEqual(["ASK_EMERGENCY_ACCESS", "CONFIRM_EMERGENCY_ACCESS", "END_EMERGENCY_ACCESS"]);
});

test("what is asked about a matter is no more open than that there is such a matter: a colleague who may not know of it reads no request either (G3) [B-61]", async () => {
  const policy = loadPolicy();
  const asked = { emergency: await ask("MOD-2024-006"), access: await world.take("breakglass-officer", accessRequest, "REQUEST_ACCESS", { matter: await matterOf("MOD-2024-006"), role: "READER", from: TODAY, until: shiftDate(TODAY, 30), reason: "A (fictional) assessment" }) };
  const { subject, ctx } = persona(policy, "breakglass-officer");
  const colleague = { ...subject, id: "colleague", eligibilities: [], assignments: [] };
  for (const [what, id] of Object.entries(asked)) {
    const [item] = await rows<{ label: Label; existence: LabelCore }>(`SELECT l.body AS label, known.body->'existence' AS existence FROM vault.item i JOIN vault.label l ON l.id = i.label_id JOIN vault.matter m ON m.id = i.body->>'matter' JOIN vault.label known ON known.id = m.label_id WHERE i.id = '${id}'`);
    if (item === undefined) throw new Error(`no item for ${what}`);
    expect([what, item.existence.level, dominates(item.label, item.existence)]).toEqual([what, 2, true]);
    expect([subject, colleague].map((who) => decide(policy, who, "RETRIEVE", item.label, { ...ctx, now: DEMO_NOON }).outcome)).toEqual(["permit", "hide"]);
  }
});

test("one item that the clock cannot do with keeps it from none of the others, and it is said that something failed", async () => {
  const [first = "", second = ""] = [await ask("MOD-2024-001"), await ask("MOD-2024-002")].toSorted();
  await asAdmin(world.login.database, (admin) => admin.query(`CREATE FUNCTION vault.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$;
    CREATE TRIGGER fail BEFORE UPDATE ON vault.item FOR EACH ROW WHEN (OLD.id = '${first}') EXECUTE FUNCTION vault.fail()`));
  await expect(sweepAt(DEMO_NOON + DAY)).rejects.toThrow("broken");
  expect([await stateOf(first), await stateOf(second)]).toEqual([{ state: "ASKED", due: TODAY }, { state: "LAPSED", due: null }]);
  await asAdmin(world.login.database, (admin) => admin.query("DROP TRIGGER fail ON vault.item"));
  expect([await sweepAt(DEMO_NOON + DAY), await stateOf(first)]).toEqual([1, { state: "LAPSED", due: null }]);
});
