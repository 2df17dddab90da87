/** What a change brings under a label that nobody had before is there for whoever is told of the change: the ministry tells nobody, and looks for no event, before its guards know that label (SPEC 6, 8.8). */
import { labelOf, loadPolicy } from "../../schema/policy";
import { ministries } from "../../subgraphs";
import type { MinistryDefinition, MinistryLogin } from "../../subgraphs/kit";
import { openPool } from "../../subgraphs/kit/database/connection";
import { followStanding, SnapshotTurns } from "../../subgraphs/kit/follow";
import { LabelIntake } from "../../subgraphs/kit/label-intake";
import { LabelTable } from "../../subgraphs/kit/label-table";
import { StandingReader } from "../../subgraphs/kit/standing";
import { persona } from "../support/people";
import { asAdmin, createTestDatabase, DEMO_NOON, dropDatabase, sealCall, startTestMinistry, testAdmin } from "../support/postgres";
import { TEST_LABEL } from "../support/workflow-world";

jest.setTimeout(60_000);
const defense = ministries["defense"] as MinistryDefinition;
const officer = persona(loadPolicy(), "mod-officer");
let login: MinistryLogin;
beforeEach(async () => { login = await createTestDatabase(defense); });
afterEach(async () => { await dropDatabase(login.database); });

/** Makes an item under a label of its own, with a line of the history that wakes nobody. @returns the number of that line */
const makeUnheard = (id: string): Promise<number> => asAdmin(login.database, async (admin) => {
  const label = labelOf({ ...TEST_LABEL, owners: { "JPN.MOD": { rel: ["JPN"], disp: ["JPN"], dist: ["JPN.MOD", "JPN.MOFA"], orcon: false } } });
  const { rows: [row] } = await admin.query<{ revision: string }>("WITH label AS (INSERT INTO vault.label (key, body) VALUES ($2, $3) RETURNING id), line AS (UPDATE vault.revision SET revision = revision + 1 RETURNING revision) "
    + "INSERT INTO vault.item (id, label_id, workflow, state, version, owner, opened_at, body, number) SELECT $1, label.id, 'AccessRequest', 'REQUESTED', 1, 'JPN.MOD', now(), '{}', line.revision FROM label, line RETURNING number AS revision", [id, label.id, JSON.stringify(label)]);
  return Number(row?.revision);
});

test("an event is looked for with the labels of its number, however late the ministry is woken", async () => {
  const running = await startTestMinistry(defense, { login });
  try {
    const number = await makeUnheard("itm_unheardunheard00");
    const body = JSON.stringify({ query: "subscription { defenseItems { id } }", extensions: { changes: { after: number - 1, upTo: number } } });
    const answer = await running.call("POST", "/graphql", sealCall(running.keys, "defense", officer, { body }), body);
    expect(JSON.parse(answer.text)).toMatchObject({ data: { defenseItems: [{ id: "itm_unheardunheard00" }] } });
  } finally { await running.stop(); }
});

test("nobody is told of a number before its labels are in, and what is in by then is what was committed", async () => {
  const { host, port } = testAdmin();
  const pool = openPool({ host, port }, login);
  await pool.initialize();
  const ending = new AbortController();
  try {
    const reader = new StandingReader(pool);
    const table = new LabelTable();
    const labels = new LabelIntake(pool, table, () => reader.readHistory());
    await labels.refresh();
    const known = table.size;
    const told: unknown[] = [];
    const following = followStanding({ ministry: "defense", reader, clock: () => DEMO_NOON, snapshots: new SnapshotTurns(), follow: () => () => undefined, takeIn: (number) => labels.upTo(number) }, null, {
      ending: ending.signal, write: (text) => { if (text.startsWith('{"history"')) told.push([JSON.parse(text), table.size]); return Promise.resolve(); },
    });
    const number = await makeUnheard("itm_unheardunheard01");
    while (!JSON.stringify(told).includes(`"history":${number}}`)) await new Promise((wait) => { setTimeout(wait, 10); });
    expect(told.at(-1)).toEqual([{ history: number }, known + 1]);
    ending.abort();
    await following;
  } finally { ending.abort(); await pool.destroy(); }
});

test("whoever asks while labels are read is given those that were committed before, once for all who ask", async () => {
  const { host, port } = testAdmin();
  const pool = openPool({ host, port }, login);
  await pool.initialize();
  try {
    const table = new LabelTable();
    let [free, wasRead] = [(): void => undefined, (): void => undefined];
    const [held, read] = [new Promise<void>((resolve) => { free = resolve; }), new Promise<void>((resolve) => { wasRead = resolve; })];
    let runs = 0;
    // The first run has read the numbers of the labels, and comes no further for a while.
    const slow = { query: async <T>(text: string, values?: unknown[]): Promise<T> => {
      const rows = await pool.query<T>(text, values);
      if (text === "SELECT id FROM label" && ++runs === 1) { wasRead(); await held; }
      return rows;
    } };
    const labels = new LabelIntake(slow, table, () => Promise.resolve(0));
    const first = labels.refresh();
    await read;
    await makeUnheard("itm_unheardunheard02");
    const later = [labels.refresh(), labels.refresh()];
    free();
    await first;
    const before = table.size;
    await Promise.all(later);
    expect([table.size, runs]).toEqual([before + 1, 2]);
  } finally { await pool.destroy(); }
});
