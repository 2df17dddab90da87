/** What oversight and law rest on in a ministry's database, without gateway and wire: counts over whole registers, access of inspectors and its end, holds, and that nothing is deleted (SPEC 18). */
import { Client } from "pg";
import { addYears, japanDay, loadPolicy, shiftDate } from "../../schema/policy";
import { ministries } from "../../subgraphs";
import { REGISTERS } from "../../subgraphs/kit/database/oversight";
import { rolesOf } from "../../subgraphs/kit/database/roles";
import { Days } from "../../subgraphs/kit/workflow/days";
import { designationFile } from "../../subgraphs/kit/workflow/designation/designation-file";
import { informationRequest } from "../../subgraphs/kit/workflow/oversight/information-request";
import { oversightRequest } from "../../subgraphs/kit/workflow/oversight/oversight-request";
import { WORKFLOWS } from "../../subgraphs/kit/workflow/list";
import { DEMO_NOON, asAdmin, testAdmin } from "../support/postgres";
import { persona } from "../support/people";
import { type WorkflowWorld, openWorkflowWorld } from "../support/workflow-world";

jest.setTimeout(60_000);
const DAY = 86_400_000;
const TODAY = japanDay(DEMO_NOON);
const YEAR = TODAY.slice(0, 4);
const LAST_YEAR = String(Number(YEAR) - 1);
const ITEM = "\u7b2c\u4e00\u53f7\u30a4";
/** A secret document without portions and without tokens. */
const PLAIN = "doc_zjqkgvqn51ktswka";

let world: WorkflowWorld;
beforeAll(async () => { world = await openWorkflowWorld(); }, 60_000);
afterAll(async () => { await world.stop(); });

const rows = <T>(text: string, values: readonly unknown[] = []): Promise<readonly T[]> => asAdmin(world.login.database, async (admin) => (await admin.query(text, [...values])).rows as readonly T[]);
const one = async (id: string): Promise<{ readonly state: string; readonly due: string | null; readonly body: Readonly<Record<string, unknown>>; readonly core: { readonly level: number; readonly purposes: unknown } }> => {
  const [row] = await rows<Awaited<ReturnType<typeof one>>>("SELECT i.state, i.due, i.body, l.body AS core FROM vault.item i JOIN vault.label l ON l.id = i.label_id WHERE i.id = $1", [id]);
  if (row === undefined) throw new Error("no item");
  return row;
};
const codeOf = async (act: Promise<unknown>): Promise<unknown> => act.then(() => "done", (error: { readonly code?: unknown }) => error.code ?? error);
const asked = (input: object): Promise<string> => world.take("auditor", oversightRequest, "REQUEST_OVERSIGHT", { until: shiftDate(TODAY, 20), reason: "Yearly inspection (fictional)", ...input });
const step = (who: string, name: string, id: string, version: number, input: object = {}, now?: number): Promise<string> => world.take(who, oversightRequest, name, { id, version, ...input }, undefined, now);
const counted = async (year: string): Promise<string> => {
  const id = await asked({ about: "STATISTICS", year });
  await step("mod-security-officer", "ANSWER_OVERSIGHT", id, 1, { answer: "ACCEPTED", decision: "As the law asks" });
  return step("auditor", "COUNT_FOR_OVERSIGHT", id, 2);
};
const accessOf = async (token: string): Promise<readonly unknown[]> => rows("SELECT role, until FROM vault.assignment WHERE subject = 'auditor' AND token = $1", [token]);
const matterOf = async (token: string): Promise<string> => String((await rows<{ id: string }>("SELECT id FROM vault.matter_entry WHERE token = $1", [token]))[0]?.id);

/** The same figures from the demonstration's data. */
function recomputed(last: string): readonly string[] {
  const first = `${last.slice(0, 4)}-01-01`;
  const { matters } = (ministries["defense"] ?? { demo: { matters: { matters: [] } } }).demo.matters;
  const told = new Map<string, number>();
  for (const { kind, regime, statutoryItem, designatedOn, validUntil } of matters) {
    if (kind !== "DESIGNATION" || designatedOn === null) continue;
    const add = (measure: string): void => { const head = [measure, regime, statutoryItem ?? ""].join(";"); told.set(head, (told.get(head) ?? 0) + 1); };
    if (designatedOn <= last && (validUntil ?? "9") >= last) add("IN_FORCE");
    if (designatedOn >= first && designatedOn <= last) add("NEW");
  }
  return [...told].map(([head, count]) => `${head};${count}`);
}

describe("counts (D.56)", () => {
  test.each([YEAR, LAST_YEAR])("of %s are those of the whole register, of which the inspector reads nothing, and are written into the history", async (year) => {
    const id = await counted(year);
    const { state, body, core } = await one(id);
    const designations = (body["counts"] as readonly string[]).filter((line) => /^(IN_FORCE|NEW|ENDED|LAPSED|EXTENDED);/.test(line));
    const expected = recomputed(year === YEAR ? TODAY : `${year}-12-31`);
    expect(designations.toSorted()).toEqual([...expected].toSorted());
    expect([state, expected.length > 3, core.level >= 2, core.purposes]).toEqual(["COUNTED", true, true, ["DESIGNATION", "OVERSIGHT"]]);
    expect(await rows("SELECT change, actor FROM vault.history WHERE body->>'item' = $1 AND change = 'COUNT_REGISTERS'", [id])).toEqual([{ change: "COUNT_REGISTERS", actor: "auditor" }]);
  });

  test("what began, was extended and ended this year is in them, and people are counted in steps of five only", async () => {
    const file = await world.take("mod-security-officer", designationFile, "PROPOSE_DESIGNATION", proposal("MOD-2026-701"));
    await world.take("mod-approver", designationFile, "APPROVE_DESIGNATION", { id: file, version: 1, decision: "yes" });
    await world.take("mod-approver", designationFile, "DECLASSIFY_DESIGNATION", { id: file, version: 2, ...END });
    // Steps are taken at the hour of the machine; the demonstration's year is that of its data.
    const { body } = await one(await counted(YEAR));
    expect(body["counts"]).toEqual(expect.arrayContaining([`ENDED;SDS;${ITEM};1`, "HOLDERS;SDS;;X"]));
    expect((body["counts"] as readonly string[]).filter((line) => /^(HOLDERS|ELIGIBLE|NOT_ELIGIBLE|SUSPENDED|WITHDRAWN|CONSENT_REFUSED);/.test(line) && !/;(X|\d*[05])$/.test(line))).toEqual([]);
  });

  test("nobody has registers counted without a request that the ministry has accepted, not even by calling the function", async () => {
    const id = await asked({ about: "STATISTICS", year: YEAR });
    expect(await codeOf(step("auditor", "COUNT_FOR_OVERSIGHT", id, 1))).toBe("REFUSED_STATE");
    const [label] = await rows<{ label_id: number }>("SELECT label_id FROM vault.item WHERE id = $1", [id]);
    const call = async (readable: string): Promise<unknown> => {
      const runner = world.pool.createQueryRunner();
      await runner.query("BEGIN");
      await runner.query(`SET LOCAL kanmon.readable = '${readable}'`);
      const [made] = await runner.query("SELECT count_registers('auditor', $1, '2026-01-01', '2026-12-31', '2025-12-31') AS counted", [id]) as readonly { readonly counted: unknown }[];
      await runner.query("ROLLBACK");
      await runner.release();
      return made?.counted ?? null;
    };
    expect(await call(String(label?.label_id))).toBeNull();
    await step("mod-security-officer", "ANSWER_OVERSIGHT", id, 1, { answer: "ACCEPTED", decision: "yes" });
    expect([await call(""), (await call(String(label?.label_id))) !== null]).toEqual([null, true]);
  });

  test("the ministry releases figures of a year that is over alone, by somebody else with DECLASSIFY; then the counts are out of the item and stay in the step that made them", async () => {
    const running = await counted(YEAR);
    expect(await codeOf(step("mod-approver", "CONFIRM_STATISTICS", running, 3, { decision: "yes" }))).toBe("REFUSED_LIMIT");
    const over = await counted(LAST_YEAR);
    expect(await codeOf(step("auditor", "CONFIRM_STATISTICS", over, 3, { decision: "yes" }))).toBe("REFUSED_ROLE");
    const before = (await one(over)).body;
    await step("mod-approver", "CONFIRM_STATISTICS", over, 3, { decision: "May be told" });
    const { body, core } = await one(over);
    expect(body).toEqual({ about: "STATISTICS", year: LAST_YEAR, figures: before["figures"] });
    expect([core.level, core.purposes]).toEqual([1, "ALL"]);
    const notes = await rows<{ name: string; level: number; note: unknown }>("SELECT s.name, (l.body->>'level')::int AS level, s.note FROM vault.step s JOIN vault.label l ON l.id = s.label_id WHERE s.item_id = $1 AND s.name = 'COUNT_FOR_OVERSIGHT'", [over]);
    expect(notes).toEqual([{ name: "COUNT_FOR_OVERSIGHT", level: expect.any(Number) as number, note: { counts: before["counts"] } }]);
    expect((notes[0]?.level ?? 0) >= 2).toBe(true);
  });
});

test("where a ministry keeps the registers of two bodies, each has its own counted, for its own officers: what the other designated is in neither its counts nor their level (D.56)", async () => {
  const finance = await openWorkflowWorld("finance");
  try {
    const policy = loadPolicy();
    const all = (ministries["finance"] ?? { demo: { matters: { matters: [] } } }).demo.matters.matters.filter(({ kind, designatedOn }) => kind === "DESIGNATION" && designatedOn !== null && designatedOn <= TODAY);
    const count = async (body: string): Promise<{ readonly owner: string; readonly counts: readonly string[] }> => {
      const { subject, ctx } = persona(policy, "mof-officer");
      const officer = { id: body, ctx: { ...ctx, purpose: "DESIGNATION" }, subject: { ...subject, org: body, purposes: ["DESIGNATION"], roles: [{ role: "GRANT" as const, org: body, from: TODAY, until: shiftDate(TODAY, 9), grantedBy: body }] } };
      const id = await finance.take("auditor", oversightRequest, "REQUEST_OVERSIGHT", { until: shiftDate(TODAY, 20), reason: "r", about: "STATISTICS", year: YEAR, ...(body === "JPN.MOF" ? {} : { body }) });
      await finance.take(officer, oversightRequest, "ANSWER_OVERSIGHT", { id, version: 1, answer: "ACCEPTED", decision: "yes" });
      await finance.take("auditor", oversightRequest, "COUNT_FOR_OVERSIGHT", { id, version: 2 });
      const [row] = await asAdmin(finance.login.database, async (admin) => (await admin.query<{ owner: string; counts: readonly string[] }>("SELECT owner, body->'counts' AS counts FROM vault.item WHERE id = $1", [id])).rows);
      if (row === undefined) throw new Error("no request");
      return row;
    };
    const inForce = (counts: readonly string[]): number => counts.filter((line) => line.startsWith("IN_FORCE;")).reduce((sum, line) => sum + Number(line.split(";")[3]), 0);
    const expected = (body: string): number => all.filter(({ issuer, validUntil }) => issuer === body && (validUntil ?? "9") >= TODAY).length;
    for (const body of ["JPN.MOF", "JPN.FSA"]) {
      const { owner, counts } = await count(body);
      expect([body, owner, inForce(counts), expected(body) > 0]).toEqual([body, body, expected(body), true]);
    }
  } finally { await finance.stop(); }
});

describe("content on request (D.56)", () => {
  const TOKEN = "MOD-2026-041";
  test("accepted, it is access to exactly its matters until its last day, given by somebody who is assigned to them; it ends by the clock, and leaves what others gave", async () => {
    const id = await asked({ about: "CONTENT", matters: [await matterOf(TOKEN)] });
    expect(await accessOf(TOKEN)).toEqual([]);
    await step("mod-security-officer", "ANSWER_OVERSIGHT", id, 1, { answer: "ACCEPTED", decision: "yes" });
    expect(await accessOf(TOKEN)).toEqual([{ role: "READER", until: shiftDate(TODAY, 20) }]);
    const days = (now: number): Promise<number> => new Days({ ministry: world.ministry, pool: world.pool, policy: loadPolicy, clock: () => now, labels: () => world.table.at(DEMO_NOON) }).sweep();
    await days(DEMO_NOON + 20 * DAY);
    expect((await one(id)).state).toBe("ACCEPTED");
    await days(DEMO_NOON + 21 * DAY);
    expect([(await one(id)).state, await accessOf(TOKEN)]).toEqual(["CLOSED", []]);
  });

  test("a matter to which the officer is not assigned is given by nobody, and nothing of such a request is", async () => {
    const id = await asked({ about: "CONTENT", matters: [await matterOf(TOKEN), await matterOf("MOD-2024-003")] });
    expect(await codeOf(step("mod-security-officer", "ANSWER_OVERSIGHT", id, 1, { answer: "ACCEPTED", decision: "yes" }))).toBe("REFUSED_STATE");
    expect([(await one(id)).state, await accessOf(TOKEN)]).toEqual(["REQUESTED", []]);
  });

  test("one that is not answered within its days is overdue, and may still be answered; the inspector takes it back at any time", async () => {
    const id = await asked({ about: "CONTENT", matters: [await matterOf(TOKEN)] });
    await new Days({ ministry: world.ministry, pool: world.pool, policy: loadPolicy, clock: () => DEMO_NOON + 15 * DAY, labels: () => world.table.at(DEMO_NOON) }).sweep();
    expect((await one(id)).state).toBe("OVERDUE");
    expect(await rows("SELECT subject, kind FROM vault.notice WHERE item_id = $1 AND kind = 'OVERSIGHT_OVERDUE'", [id])).toEqual([{ subject: "auditor", kind: "OVERSIGHT_OVERDUE" }]);
    expect(await codeOf(step("mod-security-officer", "CLOSE_OVERSIGHT", id, 2, { reason: "no" }))).toBe("REFUSED_ROLE");
    expect(await codeOf(step("auditor", "CLOSE_OVERSIGHT", id, 2, { reason: "Not needed any more" }))).toBe("done");
  });
});

const END = { decision: "It is over.", successor: { level: "CUI", regimes: ["CUI"], owners: [{ owner: "JPN.MOD" }] } };
const proposal = (token: string, changes: object = {}): Readonly<Record<string, unknown>> => ({
  body: "JPN.MOD", token, name: { ja: "a", en: "a (fictional) capability" }, regime: "SDS", statutoryItem: ITEM, listed: "why it is listed", nonPublic: "why it is not public", harm: "what a leak would do", damage: "SEVERE", reasons: "reasons",
  label: { level: "SECRET", regimes: ["SDS"], owners: [{ owner: "JPN.MOD", rel: ["JPN"], dist: ["JPN.MOD", "JPN.CAS"] }] }, level: "CUI", validUntil: addYears(TODAY, 2), reviewBy: shiftDate(TODAY, 200),
  records: [PLAIN], handlers: ["mod-officer"], handlersUntil: shiftDate(TODAY, 300), heldBy: "GOVERNMENT", dualUse: false, ...changes,
});

test("a designation about which somebody has applied is neither ended nor handed over before the request is decided and the hold lifted; two that race leave one or the other, never both (D.52)", async () => {
  const file = await world.take("mod-security-officer", designationFile, "PROPOSE_DESIGNATION", proposal("MOD-2026-702", { firstDesignatedOn: addYears(TODAY, -31), cabinetDecision: "CAB-2025-12 (fictional)" }));
  await world.take("mod-approver", designationFile, "APPROVE_DESIGNATION", { id: file, version: 1, decision: "yes" });
  const file2 = { id: file, version: 2, ...END };
  const held = await world.take("mod-security-officer", informationRequest, "RECORD_REQUEST", { file, reference: "R-2026-17", asked: "Records on a strait" });
  expect(await codeOf(world.take("mod-approver", designationFile, "DECLASSIFY_DESIGNATION", file2))).toBe("REFUSED_STATE");
  await world.take("mod-approver", informationRequest, "DECIDE_REQUEST", { id: held, version: 1, decision: "NEITHER_CONFIRM_NOR_DENY", reasons: "Art. 8" });
  expect(await codeOf(world.take("mod-approver", designationFile, "DECLASSIFY_DESIGNATION", file2))).toBe("REFUSED_STATE");
  const lift = (because: string, now?: number): Promise<string> => world.take("mod-security-officer", informationRequest, "LIFT_HOLD", { id: held, version: 2, because, reasons: "r" }, undefined, now);
  expect([await codeOf(lift("PERIOD_OVER")), await codeOf(lift("PERIOD_OVER", DEMO_NOON + 92 * DAY)), await codeOf(lift("PERIOD_OVER", DEMO_NOON + 93 * DAY))]).toEqual(["REFUSED_LIMIT", "REFUSED_LIMIT", "done"]);
  const raced = await Promise.all([
    codeOf(world.take("mod-approver", designationFile, "DECLASSIFY_DESIGNATION", file2)), codeOf(world.take("mod-security-officer", informationRequest, "RECORD_REQUEST", { file, reference: "R-2026-18", asked: "The same" })),
  ]);
  const [after] = await rows<{ state: string; holds: string }>("SELECT f.state, (SELECT count(*) FROM vault.item i WHERE i.workflow = 'InformationRequest' AND i.body->>'file' = f.id AND i.state <> 'LIFTED') AS holds FROM vault.item f WHERE f.id = $1", [file]);
  expect(raced[1]).toBe("done");
  expect([after?.state, after?.holds]).toEqual([raced[0] === "done" ? "TERMINATED" : "ACTIVE", "1"]);
});

test("no role of a ministry deletes a row of a register, and no function of its keeper does or empties one; who administers the database may (D.52)", async () => {
  const { ministry, reader, keeper } = rolesOf(world.login.username);
  const { host, port } = testAdmin();
  const client = new Client({ host, port, user: world.login.username, password: world.login.password, database: world.login.database });
  await client.connect();
  try {
    for (const table of REGISTERS) for (const text of [`DELETE FROM vault.${table}`, `TRUNCATE vault.${table}`]) await expect(client.query(text)).rejects.toThrow("permission denied");
    for (const { name } of await rows<{ name: string }>("SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'")) await expect(client.query(`DELETE FROM ${name}`)).rejects.toThrow(/permission denied|cannot delete/);
  } finally { await client.end(); }
  await asAdmin(world.login.database, async (admin) => {
    for (const role of [keeper, ministry, reader]) {
      await admin.query("BEGIN");
      await admin.query(`GRANT USAGE ON SCHEMA vault TO ${role}; GRANT SELECT, DELETE ON vault.step TO ${role}; GRANT SELECT ON vault.label TO ${role}`);
      await admin.query(`CREATE POLICY everything ON vault.step USING (true)`);
      await admin.query(`SET LOCAL ROLE ${role}`);
      await expect(admin.query("DELETE FROM vault.step")).rejects.toThrow("registers are kept");
      await admin.query("ROLLBACK");
    }
    const sources = await admin.query<{ name: string; source: string }>("SELECT proname AS name, prosrc AS source FROM pg_proc WHERE pronamespace IN ('vault'::regnamespace, 'public'::regnamespace)");
    expect(sources.rows.length).toBeGreaterThan(20);
    const deleting = sources.rows.filter(({ source }) => REGISTERS.some((table) => new RegExp(`(DELETE FROM|TRUNCATE)[^;]*vault\\.${table}\\b(?!_)`, "i").test(source)));
    expect(deleting.map(({ name }) => name)).toEqual([]);
    const kept = await admin.query<{ name: string }>("SELECT relname AS name FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname = 'keep_row'");
    expect(kept.rows.map(({ name }) => name).toSorted()).toEqual([...REGISTERS].toSorted());
  });
});

test("no change that people can make through the graph is one that deletes: every one of them leaves its item, with a state (D.52)", () => {
  const named = WORKFLOWS.flatMap(({ name, steps, states }) => Object.values(steps).flatMap(({ mutation, to }) => (typeof to === "string" && !states.includes(to) ? [`${name}.${mutation}`] : [])));
  expect(named).toEqual([]);
  expect(WORKFLOWS.flatMap(({ steps }) => Object.values(steps).map(({ mutation }) => mutation)).filter((mutation) => /delete|erase|purge|destroy/i.test(mutation))).toEqual([]);
});
