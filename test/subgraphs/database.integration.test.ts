/** What the ministry's own role may do in PostgreSQL: read masked views within a transaction that was told what may be seen, call four functions, and nothing else. */
import { Client } from "pg";
import { ministries } from "../../subgraphs";
import { type MinistryDefinition, type MinistryLogin, createMinistryDatabase } from "../../subgraphs/kit";
import { ACKNOWLEDGEMENT_VIEWS, GUARDED_ACKNOWLEDGEMENTS } from "../../subgraphs/kit/database/acknowledgements";
import { rolesOf } from "../../subgraphs/kit/database/roles";
import { GUARDED_MARKS, MARK_VIEWS } from "../../subgraphs/kit/database/designations";
import { GUARDED_ITEMS, ITEM_VIEWS } from "../../subgraphs/kit/database/items";
import { GUARDED_READINGS, READING_VIEWS } from "../../subgraphs/kit/database/vetting";
import { GUARDED as GUARDED_RECORDS } from "../../subgraphs/kit/database/tables";
import { VIEWS as RECORD_VIEWS } from "../../subgraphs/kit/database/views";
import { DEMO_NOON, asAdmin, createTestDatabase, dropDatabase, testAdmin } from "../support/postgres";

const GUARDED = { ...GUARDED_RECORDS, ...GUARDED_ITEMS, ...GUARDED_MARKS, ...GUARDED_READINGS, ...GUARDED_ACKNOWLEDGEMENTS };
const VIEWS = { ...RECORD_VIEWS, ...ITEM_VIEWS, ...MARK_VIEWS, ...READING_VIEWS, ...ACKNOWLEDGEMENT_VIEWS };

jest.setTimeout(60_000);
const defense = ministries["defense"] as MinistryDefinition;
const DAY = 86_400_000;
let login: MinistryLogin;
let client: Client;

beforeAll(async () => {
  login = await createTestDatabase(defense);
  const { host, port } = testAdmin();
  client = new Client({ host, port, user: login.username, password: login.password, database: login.database });
  await client.connect();
}, 60_000);
afterAll(async () => {
  await client.end();
  await dropDatabase(login.database);
});

const count = async (view: string): Promise<number> => Number((await client.query<{ count: string }>(`SELECT count(*) FROM ${view}`)).rows[0]?.count);
const allNumbers = async (): Promise<string> => (await client.query<{ ids: string }>("SELECT string_agg(id::text, ',') AS ids FROM label")).rows[0]?.ids ?? "";

test.each(Object.keys(GUARDED))("the role has no right on %s", async (table) => {
  await expect(client.query(`SELECT * FROM ${table}`)).rejects.toThrow("permission denied");
});

test("the role can neither become reader nor keeper, nor switch row security off, nor write, nor call what is the keeper's", async () => {
  const { reader, keeper } = rolesOf(login.username);
  for (const text of [`SET ROLE ${reader}`, `SET ROLE ${keeper}`, "SELECT vault.append('x', 'x', '{}')", "INSERT INTO document (id) VALUES ('x')", "UPDATE portion SET ja = 'x'", "DELETE FROM assignment",
    "ALTER VIEW document OWNER TO CURRENT_USER", "CREATE TABLE stolen (x int)", "CREATE VIEW stolen AS SELECT 1", "ALTER ROLE CURRENT_USER BYPASSRLS", "COPY label TO PROGRAM 'true'"]) {
    await expect(client.query(text)).rejects.toThrow(/permission denied|must be owner|cannot (insert|update|delete)/);
  }
  await client.query("SET row_security = off");
  await expect(client.query("SELECT * FROM document")).rejects.toThrow("row-level security");
  await client.query("RESET row_security");
});

test("no role of a ministry bypasses row security, and every guarded table forces it on its owner", async () => {
  await asAdmin(login.database, async (admin) => {
    const roles = await admin.query("SELECT rolname FROM pg_roles WHERE rolname = ANY($1) AND NOT rolsuper AND NOT rolbypassrls", [Object.values(rolesOf(login.username))]);
    expect(roles.rowCount).toBe(3);
    const forced = await admin.query<{ name: string }>("SELECT relnamespace::regnamespace || '.' || relname AS name FROM pg_class WHERE relrowsecurity AND relforcerowsecurity");
    expect(forced.rows.map(({ name }) => name).sort()).toEqual(Object.keys(GUARDED).sort());
    const labelled = await admin.query<{ name: string }>("SELECT 'vault.' || table_name AS name FROM information_schema.columns WHERE table_schema = 'vault' AND column_name = 'label_id'");
    expect(labelled.rows.map(({ name }) => name).sort()).toEqual(Object.keys(GUARDED).sort());
    const barriers = await admin.query("SELECT FROM pg_class WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace AND reloptions::text LIKE '%security_barrier%'");
    expect(barriers.rowCount).toBe(0);
  });
});

test.each(Object.keys(VIEWS).filter((view) => view !== "label"))("%s is empty for a transaction that was told nothing", async (view) => {
  expect(await count(view)).toBe(0);
});

test("what a transaction was told ends with it", async () => {
  const numbers = await allNumbers();
  await client.query("BEGIN");
  await client.query(`SET LOCAL kanmon.known = '${numbers}'; SET LOCAL kanmon.readable = '${numbers}'`);
  expect(await count("document")).toBe(defense.demo.records.records.length);
  await client.query("COMMIT");
  expect(await count("document")).toBe(0);
  expect(await count("portion")).toBe(0);
});

test("a record whose existence alone may be known shows its existence part and nothing else", async () => {
  const numbers = await allNumbers();
  await client.query("BEGIN");
  await client.query(`SET LOCAL kanmon.known = '${numbers}'; SET LOCAL kanmon.readable = ''`);
  const { rows } = await client.query<Readonly<Record<string, unknown>>>("SELECT * FROM document");
  expect(rows.length).toBe(defense.demo.records.records.length);
  for (const row of rows) for (const [column, value] of Object.entries(row)) if (!/_label|^label_id$|^id$|^contact|^matter_id$/.test(column)) expect([column, value]).toEqual([column, column === "readable" ? false : null]);
  for (const view of ["content", "portion", "edge", "assignment", "person", "eligibility", "former_access"]) expect(await count(view)).toBe(0);
  expect((await client.query("SELECT FROM matter WHERE token IS NOT NULL OR name_ja IS NOT NULL OR issuer IS NOT NULL")).rowCount).toBe(0);
  await client.query("COMMIT");
});

test("equality on a portion finds its index under the guards", async () => {
  await client.query("BEGIN");
  await client.query("SET LOCAL enable_seqscan = off; SET LOCAL kanmon.known = '1'; SET LOCAL kanmon.readable = '1'");
  const { rows } = await client.query<{ "QUERY PLAN": string }>("EXPLAIN SELECT d.id FROM record d LEFT JOIN portion title ON title.record_id = d.id AND title.name = 'title' WHERE title.ja = 'x'");
  await client.query("COMMIT");
  const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
  expect(plan).toContain("portion_ja");
  expect(plan).toContain("hashed SubPlan");
});

test("history can be added to and nothing else, even by its owner", async () => {
  await asAdmin(login.database, async (admin) => {
    for (const text of ["UPDATE vault.history SET actor = 'x'", "DELETE FROM vault.history", "TRUNCATE vault.history"]) await expect(admin.query(text)).rejects.toThrow("history is append-only");
    const { rows } = await admin.query<{ revision: string; previous: string; hash: string }>("SELECT revision, previous, hash FROM vault.history ORDER BY revision");
    expect(rows.length).toBeGreaterThan(0);
    expect(rows[0]?.previous).toBe("");
  });
});

describe("preparing a database", () => {
  const assignments = (database: string): Promise<readonly { readonly subject: string; readonly token: string; readonly until: string }[]> =>
    asAdmin(database, async (admin) => (await admin.query<{ subject: string; token: string; until: string }>("SELECT subject, token, until FROM vault.assignment ORDER BY 1, 2")).rows);
  const prepare = (now: number): Promise<void> => createMinistryDatabase(testAdmin(), defense, login, { demo: true, now });
  const validity = (database: string): Promise<string | undefined> =>
    asAdmin(database, async (admin) => (await admin.query<{ day: string }>("SELECT body->'lifecycle'->>'validUntil' AS day FROM vault.label l JOIN vault.content c ON c.label_id = l.id WHERE c.reference = 'DEMO-MOD-13'")).rows[0]?.day);

  test("again on the same day changes nothing", async () => {
    const before = await assignments(login.database);
    await asAdmin(login.database, (admin) => admin.query("DELETE FROM vault.assignment WHERE subject = 'mod-officer'"));
    await prepare(DEMO_NOON + 3_600_000);
    expect(await assignments(login.database)).toEqual(before.filter(({ subject }) => subject !== "mod-officer"));
  });

  test("on a later day moves every date by the days between and keeps what was revoked", async () => {
    const before = await assignments(login.database);
    await prepare(DEMO_NOON + 21 * DAY);
    const after = await assignments(login.database);
    expect(after.map(({ subject, token }) => [subject, token])).toEqual(before.map(({ subject, token }) => [subject, token]));
    expect(before.every(({ until }, at) => Date.parse(after[at]?.until ?? "") - Date.parse(until) === 21 * DAY)).toBe(true);
    expect(await validity(login.database)).toBe("2031-04-21");
    await prepare(DEMO_NOON);
    expect(await assignments(login.database)).toEqual(before);
    expect(await validity(login.database)).toBe("2031-03-31");
  });

  test("gives every label a number that was never another's", async () => {
    const keys = (): Promise<ReadonlyMap<number, string>> => asAdmin(login.database, async (admin) => new Map((await admin.query<{ id: number; key: string }>("SELECT id, key FROM vault.label")).rows.map(({ id, key }) => [id, key])));
    const before = await keys();
    await prepare(DEMO_NOON + DAY);
    const after = await keys();
    const made = [...after].filter(([id, key]) => before.get(id) !== key).map(([id]) => id);
    expect(made.length).toBeGreaterThan(10);
    expect(Math.min(...made)).toBeGreaterThan(Math.max(...before.keys()));
  });

  test("refuses names that are no names", async () => {
    await expect(createMinistryDatabase(testAdmin(), defense, { ...login, database: "x; DROP DATABASE y" }, { demo: false, now: DEMO_NOON })).rejects.toThrow("not a database name");
    await expect(createMinistryDatabase(testAdmin(), defense, { ...login, username: 'x"' }, { demo: false, now: DEMO_NOON })).rejects.toThrow("not a role name");
  });
});
