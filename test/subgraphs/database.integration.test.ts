/** What the ministry's own role may do in PostgreSQL: read masked views within a transaction that was told what may be seen, call four functions, and nothing else. */
import { Client } from "pg";
import type { QueryRunner } from "typeorm";
import { ministries } from "../../subgraphs";
import { type MinistryDefinition, type MinistryLogin, createMinistryDatabase } from "../../subgraphs/kit";
import { ACKNOWLEDGEMENT_VIEWS, GUARDED_ACKNOWLEDGEMENTS } from "../../subgraphs/kit/database/acknowledgements";
import { rolesOf } from "../../subgraphs/kit/database/roles";
import { GUARDED_MARKS, MARK_VIEWS } from "../../subgraphs/kit/database/designations";
import { FINDING_VIEWS, GUARDED_FINDING, PORTION_VIEW } from "../../subgraphs/kit/database/finding";
import { GUARDED_ITEMS, ITEM_VIEWS } from "../../subgraphs/kit/database/items";
import { GUARDED_READINGS, READING_VIEWS } from "../../subgraphs/kit/database/vetting";
import { GUARDED as GUARDED_RECORDS } from "../../subgraphs/kit/database/tables";
import { MASK_OF, isMember } from "../../subgraphs/kit/database/guards";
import { LABEL_ORDERS_VIEWS } from "../../subgraphs/kit/database/label-orders";
import { LABEL_PARTS_VIEWS } from "../../subgraphs/kit/database/label-parts";
import { GUARDED_TALLY, tallyMigration } from "../../subgraphs/kit/database/tally";
import { ID_PARTS, PART_OF, partOf } from "../../subgraphs/kit/id-parts";
import { maskOf } from "../../subgraphs/kit/rows";
import { settings } from "../../subgraphs/kit/reader";
import { VIEWS as RECORD_VIEWS } from "../../subgraphs/kit/database/views";
import { DEMO_NOON, asAdmin, createTestDatabase, dropDatabase, testAdmin } from "../support/postgres";

const GUARDED = { ...GUARDED_RECORDS, ...GUARDED_ITEMS, ...GUARDED_MARKS, ...GUARDED_READINGS, ...GUARDED_ACKNOWLEDGEMENTS, ...GUARDED_TALLY, ...GUARDED_FINDING };
const VIEWS = { ...RECORD_VIEWS, portion: PORTION_VIEW, ...ITEM_VIEWS, ...MARK_VIEWS, ...READING_VIEWS, ...ACKNOWLEDGEMENT_VIEWS, ...LABEL_PARTS_VIEWS, ...FINDING_VIEWS, ...LABEL_ORDERS_VIEWS };

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
/** What a transaction is told, as the ministry's readers tell it. */
const told = (known: readonly number[], readable: readonly number[]): string => settings({ knownText: known.join(), knownMask: maskOf(known), readableText: readable.join(), readableMask: maskOf(readable) });
const allNumbers = async (): Promise<readonly number[]> => (await client.query<{ id: number }>("SELECT id FROM label")).rows.map(({ id }) => id);

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
  await client.query(told(numbers, numbers));
  expect(await count("document")).toBe(defense.demo.records.records.length);
  await client.query("COMMIT");
  expect(await count("document")).toBe(0);
  expect(await count("portion")).toBe(0);
});

test("a record whose existence alone may be known shows its existence part and nothing else", async () => {
  const numbers = await allNumbers();
  await client.query("BEGIN");
  await client.query(told(numbers, []));
  const { rows } = await client.query<Readonly<Record<string, unknown>>>("SELECT * FROM document");
  expect(rows.length).toBe(defense.demo.records.records.length);
  for (const row of rows) for (const [column, value] of Object.entries(row)) if (!/_label|^label_id$|^id$|^contact|^matter_id$/.test(column)) expect([column, value]).toEqual([column, column === "readable" ? false : null]);
  for (const view of ["content", "portion", "edge", "assignment", "person", "eligibility", "former_access"]) expect(await count(view)).toBe(0);
  expect((await client.query("SELECT FROM matter WHERE token IS NOT NULL OR name_ja IS NOT NULL OR issuer IS NOT NULL")).rowCount).toBe(0);
  await client.query("COMMIT");
});

test("a row's label decides by its own number: its neighbours in the mask, numbers beyond it and masks that are none let nothing through", async () => {
  const numbers = await allNumbers();
  const { rows } = await asAdmin(login.database, (admin) => admin.query<{ label_id: number; count: string }>("SELECT label_id, count(*) FROM vault.record GROUP BY 1 ORDER BY 1"));
  expect(rows.length).toBeGreaterThan(10);
  const under = async (text: string): Promise<number> => {
    await client.query("BEGIN");
    await client.query(text);
    try { return await count("document"); } finally { await client.query("ROLLBACK"); }
  };
  for (const { label_id: label, count: records } of rows) {
    expect([label, await under(told([label], []))]).toEqual([label, Number(records)]);
    expect([label, await under(told(numbers.filter((number) => number !== label), []))]).toEqual([label, defense.demo.records.records.length - Number(records)]);
  }
  const [last] = [...rows].reverse();
  expect(await under(told(numbers.filter((number) => number < (last?.label_id ?? 0)), []))).toBe(defense.demo.records.records.length - Number(last?.count));
  expect(await under(told([], []))).toBe(0);
  // The list is for functions that write; a row is tested against the mask alone, and a mask that is none is an error.
  expect(await under(`SET LOCAL kanmon.known = '${numbers.join()}'`)).toBe(0);
  await expect(under("SET LOCAL kanmon.known_mask = 'fg'")).rejects.toThrow("invalid hexadecimal digit");
});

test("a database whose guards were made before there were masks is given them", async () => {
  await asAdmin(login.database, async (admin) => {
    const roles = rolesOf(login.username);
    const Migration = tallyMigration(roles);
    const runner = { query: (text: string) => admin.query(text) } as unknown as QueryRunner;
    const guards = async (): Promise<readonly (readonly [string, boolean])[]> => (await admin.query<{ name: string; qual: string }>("SELECT 'vault.' || tablename AS name, qual FROM pg_policies WHERE policyname = 'guard' ORDER BY 1"))
      .rows.map(({ name, qual }) => [name, qual.includes(`'${MASK_OF[GUARDED[name] ?? ""]}'`) && !qual.includes("string_to_array")]);
    const whole = Object.keys(GUARDED).sort().map((name) => [name, true]);
    expect(await guards()).toEqual(whole);
    await admin.query("BEGIN");
    await new Migration().down(runner);
    for (const [table, setting] of Object.entries(GUARDED)) if (table !== "vault.tally") await admin.query(`ALTER POLICY guard ON ${table} USING (${isMember("label_id", setting)})`);
    expect((await guards()).some(([, isMasked]) => isMasked)).toBe(false);
    await new Migration().up(runner);
    expect(await guards()).toEqual(whole);
    await admin.query("ROLLBACK");
  });
});

test("how many records a label has is kept by whatever changes records, and shown to whoever may know of them", async () => {
  await asAdmin(login.database, async (admin) => {
    const differs = async (): Promise<number | null> => (await admin.query(`SELECT FROM (SELECT label_id, count(*) AS records FROM vault.record GROUP BY 1) r FULL JOIN (SELECT * FROM vault.tally WHERE records > 0) t USING (label_id) WHERE r.records IS DISTINCT FROM t.records`)).rowCount;
    const unmarked = async (): Promise<number | null> => (await admin.query(`SELECT FROM vault.record r JOIN vault.tally t USING (label_id) WHERE t.parts IS NULL OR get_bit(t.parts, coalesce(${PART_OF}, 0)) = 0`)).rowCount;
    expect([await differs(), await unmarked()]).toEqual([0, 0]);
    await admin.query("BEGIN");
    const { rows: [one, two] } = await admin.query<{ label_id: number }>("SELECT DISTINCT label_id FROM vault.record ORDER BY 1 LIMIT 2");
    const { rows: [free] } = await admin.query<{ id: number }>("SELECT id FROM vault.label l WHERE NOT EXISTS (SELECT FROM vault.record r WHERE r.label_id = l.id) LIMIT 1");
    for (const [text, values] of [
      ["INSERT INTO vault.record (id, label_id) SELECT 'new-' || n, $1 FROM generate_series(1, 5) n", [one?.label_id]],
      ["INSERT INTO vault.record (id, label_id) SELECT 'doc_' || n, $1 FROM generate_series(100, 990, 10) n", [two?.label_id]],
      ["UPDATE vault.record SET label_id = $2 WHERE label_id = $1", [one?.label_id, two?.label_id]],
      ["UPDATE vault.record SET label_id = $1 WHERE id LIKE 'new-%'", [free?.id]],
      ["UPDATE vault.record SET contact_en = 'x'", []],
      ["DELETE FROM vault.record WHERE id LIKE 'new-%' OR label_id = $1", [two?.label_id]],
    ] as const) {
      expect((await admin.query(text, [...values])).rowCount).toBeGreaterThan(1);
      expect([text, await differs(), await unmarked()]).toEqual([text, 0, 0]);
    }
    await admin.query("ROLLBACK");
    await admin.query("BEGIN");
    await admin.query("TRUNCATE vault.record CASCADE");
    expect((await admin.query("SELECT FROM vault.tally")).rowCount).toBe(0);
    await admin.query("ROLLBACK");
  });
});

test("a record belongs to the same part of the order of ids for the database as for its readers", async () => {
  const ids = ["doc_0", "doc_000", "doc_00z", "doc_010", "doc_zzz", "doc_zz", "doc_A00", "itm_000", "new-1", "", ...Array.from({ length: 300 }, (_, at) => `doc_${(at * 155).toString(36).padStart(3, "0")}x`)];
  const rows = await asAdmin(login.database, async (admin) => (await admin.query<{ id: string; part: number | null }>(`SELECT id, ${PART_OF} AS part FROM unnest($1::text[]) WITH ORDINALITY n(id, at) ORDER BY at`, [ids])).rows);
  expect(rows.map(({ part }) => part ?? undefined)).toEqual(ids.map(partOf));
  const placed = ids.filter((id) => partOf(id) !== undefined).sort().map(partOf);
  expect(placed.length).toBeGreaterThan(300);
  expect(placed).toEqual([...placed].sort((a, b) => Number(a) - Number(b)));
  expect([partOf("doc_000"), partOf("doc_zzz")]).toEqual([0, ID_PARTS - 1]);
});

test("how many records of a kind, a class and an owner a label has is kept by whatever changes contents, and shown to whoever may read them", async () => {
  await asAdmin(login.database, async (admin) => {
    const differs = async (): Promise<number | null> => (await admin.query(`(SELECT label_id, kind, class, owner, count(*) AS records FROM vault.content GROUP BY 1, 2, 3, 4 EXCEPT ALL SELECT * FROM vault.content_tally WHERE records > 0)
      UNION ALL (SELECT * FROM vault.content_tally WHERE records > 0 EXCEPT ALL SELECT label_id, kind, class, owner, count(*) FROM vault.content GROUP BY 1, 2, 3, 4)`)).rowCount;
    expect(await differs()).toBe(0);
    await admin.query("BEGIN");
    const { rows: [one, two] } = await admin.query<{ label_id: number }>("SELECT label_id FROM vault.content GROUP BY 1 HAVING count(*) > 1 ORDER BY 1 LIMIT 2");
    await admin.query("INSERT INTO vault.record (id, label_id) SELECT 'new-' || n, $1 FROM generate_series(1, 5) n", [one?.label_id]);
    for (const [text, values] of [
      ["INSERT INTO vault.content (id, label_id, kind, class) SELECT 'new-' || n, $1, CASE WHEN n < 3 THEN 'PLAN' END, 'A' FROM generate_series(1, 5) n", [one?.label_id]],
      ["UPDATE vault.content SET kind = 'X', owner = NULL WHERE label_id = $1", [two?.label_id]],
      ["UPDATE vault.content SET label_id = $2 WHERE label_id = $1", [one?.label_id, two?.label_id]],
      ["UPDATE vault.content SET valid_until = '2030-01-01'", []],
      ["DELETE FROM vault.content WHERE id LIKE 'new-%'", []],
      ["DELETE FROM vault.record WHERE id IN (SELECT c.id FROM vault.content c WHERE c.label_id = $1)", [two?.label_id]],
    ] as const) {
      expect((await admin.query(text, [...values])).rowCount).toBeGreaterThan(1);
      expect([text, await differs()]).toEqual([text, 0]);
    }
    await admin.query("ROLLBACK");
    await admin.query("BEGIN");
    await admin.query("TRUNCATE vault.record CASCADE");
    expect((await admin.query("SELECT FROM vault.content_tally")).rowCount).toBe(0);
    await admin.query("ROLLBACK");
  });
  const numbers = await allNumbers();
  const shown = async (known: readonly number[], readable: readonly number[]): Promise<number> => {
    await client.query(`BEGIN; ${told(known, readable)}`);
    try { return Number((await client.query<{ sum: string | null }>("SELECT sum(records) FROM content_tally")).rows[0]?.sum ?? 0); } finally { await client.query("ROLLBACK"); }
  };
  expect(await shown(numbers, numbers)).toBe(defense.demo.records.records.length);
  expect(await shown(numbers, [])).toBe(0);
});

test("a transaction that gives a record another label than its content is refused, and one that gives both the same is not", async () => {
  await asAdmin(login.database, async (admin) => {
    const { rows: [one] } = await admin.query<{ id: string; other: number }>("SELECT r.id, (SELECT l.id FROM vault.label l WHERE l.id <> r.label_id ORDER BY 1 LIMIT 1) AS other FROM vault.record r ORDER BY 1 LIMIT 1");
    const change = async (tables: readonly string[]): Promise<void> => {
      await admin.query("BEGIN");
      try {
        for (const table of tables) await admin.query(`UPDATE vault.${table} SET label_id = $2 WHERE id = $1`, [one?.id, one?.other]);
        await admin.query("SET CONSTRAINTS ALL IMMEDIATE");
      } finally { await admin.query("ROLLBACK"); }
    };
    for (const table of ["record", "content"]) await expect(change([table])).rejects.toThrow("different labels");
    for (const tables of [["record", "content"], ["content", "record"]]) await change(tables);
  });
});

test("equality on a portion finds no index that hidden rows are in, and its guard is by the mask", async () => {
  await client.query("BEGIN");
  await client.query(`SET LOCAL enable_seqscan = off; ${told([1], [1])}`);
  const { rows } = await client.query<{ "QUERY PLAN": string }>("EXPLAIN SELECT d.id FROM record d LEFT JOIN portion title ON title.record_id = d.id AND title.name = 'title' WHERE title.ja = 'x'");
  await client.query("COMMIT");
  const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
  // An index of whole texts has hidden rows beside those of the asker's labels: equality is leakproof, so it would be asked first.
  expect(plan).not.toMatch(/portion_(ja|en)/);
  const { rows: indexes } = await client.query<{ indexdef: string }>("SELECT indexdef FROM pg_indexes WHERE tablename = 'portion'");
  expect(indexes.length).toBeGreaterThan(3);
  for (const { indexdef } of indexes) expect(indexdef).toMatch(/\((vault\.labelled_grams\()?(label_id|record_id),/);
  // The mask is taken in once, and every row is tested against it.
  expect(plan).toMatch(/get_bit\(\(InitPlan \d+\)\.col1, \(label_id\)::bigint\) = 1/);
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
