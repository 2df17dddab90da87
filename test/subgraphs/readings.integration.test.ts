/**
 * Nothing is learnt of what is kept about people without a line for them (SPEC 15.39, B-61, B-69): not by asking only whether there is another, by counting what is not shown, by an event, by sending an
 * old request again; and who reads in a simulation is the officer. Runs on one ministry's database, through the readers that resolvers use.
 */
import { loadPolicy } from "../../schema/policy";
import { Reader } from "../../subgraphs/kit/reader";
import { ResponseLabels } from "../../subgraphs/kit/response-labels";
import { type Asker, RowGuard } from "../../subgraphs/kit/rows";
import { Items } from "../../subgraphs/kit/workflow/items";
import { noteReadings } from "../../subgraphs/kit/workflow/readings";
import { takeStep } from "../../subgraphs/kit/workflow/runner";
import { vettingEvaluation } from "../../subgraphs/kit/workflow/vetting/evaluation";
import { persona } from "../support/people";
import { sealResultFor, sealsFor } from "../support/sealed-results";
import { DEMO_NOON, asAdmin } from "../support/postgres";
import { type WorkflowWorld, openWorkflowWorld } from "../support/workflow-world";

jest.setTimeout(120_000);
const policy = loadPolicy();
const OFFICER = "meti-security-officer";
const SEALS = sealsFor(["cabinet-office", "economy"]);
let EVALUATION: Readonly<Record<string, unknown>> = {};
let world: WorkflowWorld;
let id = "";

const rows = <T extends object>(text: string, values: readonly unknown[] = []): Promise<readonly T[]> => asAdmin(world.login.database, async (client) => (await client.query<T & Record<string, unknown>>(text, [...values])).rows);

async function asker(who: string, ctx: Partial<Asker["ctx"]> = {}): Promise<Asker> {
  const found = persona(policy, who);
  const assigned = await rows<Asker["subject"]["assignments"][number]>(`SELECT token, role, "from", until, granted_by AS "grantedBy", reason FROM vault.assignment WHERE subject = $1`, [who]);
  return { subject: { ...found.subject, assignments: assigned }, ctx: { ...found.ctx, ...ctx }, action: "RETRIEVE", digest: `${who} ${JSON.stringify([assigned, ctx])}` };
}

/** Reads as resolvers do. */
async function reading<T>(as: Asker, read: (items: Items) => Promise<T>): Promise<T> {
  const visible = new RowGuard(world.table).visible(policy, as, DEMO_NOON);
  const reader = new Reader(world.pool, visible);
  const labels = new ResponseLabels(visible.labels);
  const environment = { reader, known: visible.known, readable: visible.readable, cursorKey: Buffer.alloc(32), subject: as.subject.id, joinCounted: () => 0 };
  try { return await read(new Items(policy, environment, labels, visible.labels, (items) => noteReadings(world.pool, as, visible, items))); } finally { await reader.close(); }
}

/** The lines that came with an act, as who read them of whom. */
async function linesOf(act: () => Promise<unknown>): Promise<readonly string[]> {
  const [{ last } = { last: "0" }] = await rows<{ last: string }>("SELECT COALESCE(max(number), 0) AS last FROM vault.reading");
  await act();
  return (await rows<{ actor: string; subject: string }>("SELECT actor, subject FROM vault.reading WHERE number > $1 ORDER BY number", [last])).map(({ actor, subject }) => `${actor} of ${subject}`);
}
const ONE = [`${OFFICER} of vetted-person`];

beforeAll(async () => {
  world = await openWorkflowWorld("economy");
  EVALUATION = { result: await sealResultFor(SEALS["cabinet-office"], "economy"), regime: "CESI", maxLevel: 2, eligible: true, second: "meti-access-officer" };
  id = await step("EVALUATE", EVALUATION, "key-of-the-evaluation");
  await world.refresh();
}, 120_000);
afterAll(async () => { await world.stop(); });

async function step(name: string, given: Readonly<Record<string, unknown>>, key: string | null, onRepeated?: () => void): Promise<string> {
  const as = { ...await asker(OFFICER), action: "WRITE" as const };
  return takeStep({ ministry: world.ministry, policy, pool: world.pool, asker: as, visible: new RowGuard(world.table).visible(policy, as, DEMO_NOON), now: DEMO_NOON, seals: SEALS["economy"], ...(onRepeated === undefined ? {} : { onRepeated }) }, vettingEvaluation, name, given, key);
}

test("a page of nothing, which would still say whether there is one, is refused where readings are kept", async () => {
  const as = await asker(OFFICER);
  for (const args of [{ first: 0 }, { last: 0 }]) await expect(reading(as, (items) => items.page(vettingEvaluation, { ...args, subject: "vetted-person" }))).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
  expect(await linesOf(() => reading(as, (items) => items.page(vettingEvaluation, { first: 1, subject: "vetted-person" })))).toEqual(ONE);
});

test("a count behind the last row is a reading of what was counted [B-69]", async () => {
  const as = await asker(OFFICER);
  const cursor = await reading(as, async (items) => (await items.page(vettingEvaluation, { subject: "vetted-person" })).pageInfo.endCursor);
  let count = 0;
  expect(await linesOf(() => reading(as, async (items) => {
    const page = await items.page(vettingEvaluation, { subject: "vetted-person", after: cursor });
    expect(page.nodes).toEqual([]);
    count = await page.totalCount;
  }))).toEqual(ONE);
  expect(count).toBe(1);
});

test("an event about an item is a reading of it [B-61]", async () => {
  const as = await asker(OFFICER);
  expect(await linesOf(async () => { expect(await reading(as, (items) => items.changed({ after: 0, upTo: Number.MAX_SAFE_INTEGER }))).toMatchObject([{ id, workflow: "VettingEvaluation" }]); })).toEqual(ONE);
});

test("a request that is sent again does nothing and says so, so that what it is answered with is read", async () => {
  let repeated = 0;
  expect(await step("EVALUATE", EVALUATION, "key-of-the-evaluation", () => { repeated += 1; })).toBe(id);
  expect(repeated).toBe(1);
});

test("in a simulation the officer reads, not the person whose view it is, be it the one concerned", async () => {
  const officer = persona(policy, OFFICER);
  const simulated = await asker(OFFICER, { observer: { ...officer.ctx, subject: { ...officer.subject, id: "somebody-who-looks" } } });
  expect(await linesOf(() => reading(simulated, (items) => items.byId(vettingEvaluation, id)))).toEqual(["somebody-who-looks of vetted-person"]);
});
