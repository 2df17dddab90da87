/** What days bring about in the intelligence cycle, in incidents and in compartments (SPEC 15.41-15.51), and who is told. */
import { japanDay, loadPolicy, shiftDate } from "../../schema/policy";
import { Days } from "../../subgraphs/kit/workflow/days";
import type { Workflow } from "../../subgraphs/kit/workflow/declare";
import { compartment } from "../../subgraphs/kit/workflow/incident/compartment";
import { COMPARTMENT_DAYS, SHAREABLE_DAYS } from "../../subgraphs/kit/workflow/incident/incident-policy";
import { incidentReport } from "../../subgraphs/kit/workflow/incident/incident-report";
import { product } from "../../subgraphs/kit/workflow/intelligence/product";
import { requirement } from "../../subgraphs/kit/workflow/intelligence/requirement";
import { tasking } from "../../subgraphs/kit/workflow/intelligence/tasking";
import { persona } from "../support/people";
import { DEMO_NOON, asAdmin } from "../support/postgres";
import { type WorkflowWorld, openWorkflowWorld } from "../support/workflow-world";

jest.setTimeout(120_000);
const DAY = 86_400_000;
const TODAY = japanDay(DEMO_NOON);
const text = { ja: "x", en: "x" };

let world: WorkflowWorld;
afterEach(async () => { await world.stop(); });

const rows = <T>(query: string): Promise<readonly T[]> => asAdmin(world.login.database, async (admin) => (await admin.query(query)).rows as readonly T[]);
const sweepAt = (now: number): Promise<number> => new Days({ ministry: world.ministry, pool: world.pool, policy: () => loadPolicy(), clock: () => now, labels: () => world.table.at(now) }).sweep();
const stateOf = async (id: string): Promise<unknown> => (await rows<{ state: string }>(`SELECT state FROM vault.item WHERE id = '${id}'`))[0]?.state;
const told = (kind: string): Promise<readonly unknown[]> => rows(`SELECT subject FROM vault.notice WHERE kind = '${kind}' ORDER BY subject`);
const matterOf = async (token: string): Promise<string> => (await rows<{ id: string }>(`SELECT id FROM vault.matter_entry WHERE token = '${token}'`))[0]?.id ?? "";
const take = (who: string, workflow: Workflow, step: string, input: object): Promise<string> => world.take(who, workflow, step, input as never);

test("a tasking without an answer is overdue on the day after its last, the officer and the tasker are told, and it is so again after an escalation (D.43)", async () => {
  world = await openWorkflowWorld("cabinet-secretariat");
  const asked = await take("nss-requirements-officer", requirement, "STATE_REQUIREMENT", {
    matter: await matterOf("RFI-2026-041"), title: text, question: "x", topics: ["t"], ministries: ["JPN.PSIA"], level: "CONFIDENTIAL", due: shiftDate(TODAY, 20) });
  const id = await take("ciro-analyst", tasking, "TASK_MINISTRY", { requirement: asked, ministry: "JPN.PSIA", officer: "psia-officer", question: "x", due: shiftDate(TODAY, 5) });
  expect(await sweepAt(DEMO_NOON + 5 * DAY)).toBe(0);
  expect([await sweepAt(DEMO_NOON + 6 * DAY), await stateOf(id), await told("TASKING_OVERDUE")]).toEqual([1, "OVERDUE", [{ subject: "ciro-analyst" }, { subject: "psia-officer" }]]);
  await take("ciro-analyst", tasking, "ESCALATE_TASKING", { id, version: 2, to: "psia-officer", reason: "x", due: shiftDate(TODAY, 10) });
  expect([await sweepAt(DEMO_NOON + 11 * DAY), await stateOf(id)]).toEqual([1, "OVERDUE"]);
  expect([await sweepAt(DEMO_NOON + 21 * DAY), await stateOf(asked), await told("REQUIREMENT_OVERDUE")]).toEqual([1, "OVERDUE", [{ subject: "nss-requirements-officer" }]]);
});

test("a shareable version that is late makes the incident overdue, and whoever reported it is told (D.48)", async () => {
  world = await openWorkflowWorld("cyber");
  const id = await take("breakglass-officer", incidentReport, "REPORT_INCIDENT", { matter: await matterOf("INC-2026-118"), category: "CUI:CRIT-INFRA", title: text, report: "x", ministries: ["JPN.NPA"] });
  expect(await sweepAt(DEMO_NOON + SHAREABLE_DAYS * DAY)).toBe(0);
  expect([await sweepAt(DEMO_NOON + (SHAREABLE_DAYS + 1) * DAY), await stateOf(id), await told("SHAREABLE_OVERDUE")]).toEqual([1, "OVERDUE", [{ subject: "breakglass-officer" }]]);
});

test("a compartment is asked for with a purpose for it, opened by another person, and over for all members on the day after its last (D.45)", async () => {
  world = await openWorkflowWorld("defense");
  const refused = await take("mod-officer", compartment, "ASK_COMPARTMENT", { title: text, reason: "for analysis", members: [] }).catch((error: { readonly code?: unknown }) => error.code);
  expect(refused).toBe("REFUSED_ROLE");
  const id = await take("mod-security-officer", compartment, "ASK_COMPARTMENT", { title: text, reason: "x", members: ["breakglass-officer"] });
  const own = await take("mod-security-officer", compartment, "OPEN_COMPARTMENT", { id, version: 1, until: shiftDate(TODAY, COMPARTMENT_DAYS), decision: "x" }).catch((error: { readonly code?: unknown }) => error.code);
  expect(own).toBe("REFUSED_FOUR_EYES");
  const held = (): Promise<readonly unknown[]> => rows("SELECT subject, until FROM vault.assignment WHERE token LIKE 'INC-%' ORDER BY subject");
  // Another officer with the role, as the ministry would state one.
  await asAdmin(world.login.database, (admin) => admin.query(`UPDATE vault.step SET actor = 'mod-officer' WHERE item_id = '${id}'`));
  await take("mod-security-officer", compartment, "OPEN_COMPARTMENT", { id, version: 1, until: shiftDate(TODAY, COMPARTMENT_DAYS), decision: "x" });
  expect(await held()).toEqual(["breakglass-officer", "mod-security-officer"].map((subject) => ({ subject, until: shiftDate(TODAY, COMPARTMENT_DAYS) })));
  expect(await sweepAt(DEMO_NOON + COMPARTMENT_DAYS * DAY)).toBe(0);
  expect([await sweepAt(DEMO_NOON + (COMPARTMENT_DAYS + 1) * DAY), await stateOf(id), await held()]).toEqual([1, "CLOSED", []]);
  expect((await told("COMPARTMENT_CLOSED")).length).toBe(2);
});

test("a later last day of a compartment is its members': who was let in for a day in an emergency keeps that day (D.45) [B-137]", async () => {
  world = await openWorkflowWorld("defense");
  const id = await take("mod-security-officer", compartment, "ASK_COMPARTMENT", { title: text, reason: "x", members: ["breakglass-officer"] });
  await asAdmin(world.login.database, (admin) => admin.query(`UPDATE vault.step SET actor = 'mod-officer' WHERE item_id = '${id}'`));
  await take("mod-security-officer", compartment, "OPEN_COMPARTMENT", { id, version: 1, until: shiftDate(TODAY, 10), decision: "x" });
  const [held] = await rows<{ token: string }>("SELECT token FROM vault.assignment WHERE token LIKE 'INC-%' LIMIT 1");
  await asAdmin(world.login.database, (admin) => admin.query(`INSERT INTO vault.assignment SELECT 'mod-officer', token, label_id, matter_id, NULL, 'READER', "from", "from", granted_by, 'emergency access itm_x' FROM vault.assignment WHERE token = $1 LIMIT 1`, [held?.token]));
  const officer = persona(loadPolicy(), "mod-security-officer");
  const member = { ...officer, subject: { ...officer.subject, assignments: [...officer.subject.assignments, { token: held?.token ?? "", role: "READER" as const, from: TODAY, until: shiftDate(TODAY, 10), grantedBy: "JPN.MOD" }] } };
  await world.take(member, compartment, "EXTEND_COMPARTMENT", { id, version: 2, until: shiftDate(TODAY, 30), reason: "x" });
  expect(await rows("SELECT subject, until FROM vault.assignment WHERE token LIKE 'INC-%' ORDER BY subject")).toEqual([
    { subject: "breakglass-officer", until: shiftDate(TODAY, 30) }, { subject: "mod-officer", until: TODAY }, { subject: "mod-security-officer", until: shiftDate(TODAY, 30) }]);
});

test("a product whose source was designated after it was written is not released under the label that it has; when the source is as it was, it is (D.8, R12)", async () => {
  world = await openWorkflowWorld("cabinet-secretariat");
  const [source, designated] = ["doc_myq94bdjnsj3rxtr", "doc_58e8dx825j1mns76"];
  const labelOfRecord = async (id: string): Promise<number> => (await rows<{ label: number }>(`SELECT label_id AS label FROM vault.content WHERE id = '${id}'`))[0]?.label ?? 0;
  const before = await labelOfRecord(source);
  const relabel = async (label: number): Promise<void> => { await rows(`WITH moved AS (UPDATE vault.record SET label_id = ${label} WHERE id = '${source}') UPDATE vault.content SET label_id = ${label} WHERE id = '${source}' RETURNING id`); };
  const id = await take("ciro-analyst", product, "DRAFT_PRODUCT", {
    kind: "ASSESSMENT", title: text, text: "x", sources: [source], topics: ["t"], label: { level: "CONFIDENTIAL", regimes: ["DOC"], handling: ["CUI:PRVCY"], owners: [{ owner: "JPN.CAS", rel: ["JPN"], dist: ["JPN.CAS", "JPN.MOFA"] }] } });
  const release = async (): Promise<unknown> => take("nss-requirements-officer", product, "RELEASE_PRODUCT", { id, version: 1 }).then(() => "done", ({ code }: { readonly code: unknown }) => code);
  await relabel(await labelOfRecord(designated));
  expect([await release(), await stateOf(id)]).toEqual(["REFUSED_LABEL", "DRAFTED"]);
  await relabel(before);
  expect([await release(), await stateOf(id)]).toEqual(["done", "RELEASED"]);
});
