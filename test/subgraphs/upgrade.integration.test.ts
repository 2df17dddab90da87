/** A ministry's database that was there before: made as it was before the migration that lists are found by, filled, and brought up to date. It then holds and answers what one that was made today does. */
import { createHash } from "node:crypto";
import { DataSource, type EntityManager } from "typeorm";
import { loadPolicy } from "../../schema/policy";
import { ministries } from "../../subgraphs";
import { type MinistryDefinition, type MinistryLogin, createMinistryDatabase } from "../../subgraphs/kit";
import { migrationsFor } from "../../subgraphs/kit/database/migrations";
import { rolesOf } from "../../subgraphs/kit/database/roles";
import { rowsOf } from "../../subgraphs/kit/database/rows";
import { settings } from "../../subgraphs/kit/reader";
import { maskOf } from "../../subgraphs/kit/rows";
import { persona } from "../support/people";
import { DEMO_NOON, asAdmin, createTestDatabase, dropDatabase, startTestMinistry, testAdmin } from "../support/postgres";

jest.setTimeout(180_000);

const FROM = "Finding1768000100000";
const stamp = (name: string): number => Number(/\d{13}$/.exec(name)?.[0]);
const policy = loadPolicy();

/** A database as it was before `FROM`: its tables, the demonstration's rows, and items that were in progress. */
async function createOlder(ministry: MinistryDefinition, { username, password }: MinistryLogin): Promise<MinistryLogin> {
  const database = `older_${process.pid}_${ministry.name}`;
  await asAdmin("postgres", (client) => client.query(`CREATE DATABASE ${database}`));
  const migrations = migrationsFor(rolesOf(username)).filter((migration) => stamp(new migration().name ?? "") < stamp(FROM));
  const { host, port, username: admin, password: secret } = testAdmin();
  const owner = await new DataSource({ type: "postgres", host, port, username: admin, password: secret, database, migrations, poolSize: 1 }).initialize();
  try {
    const applied = await owner.runMigrations({ transaction: "each" });
    expect([applied.length, applied.some(({ name }) => stamp(name) >= stamp(FROM))]).toEqual([migrations.length, false]);
    await owner.transaction((manager) => fill(manager, ministry));
    await owner.transaction((manager) => putItems(manager, OLD_WORDS));
  } finally { await owner.destroy(); }
  return { username, password, database };
}

/** The rows of the demonstration, written as they were written then. */
async function fill(manager: EntityManager, ministry: MinistryDefinition): Promise<void> {
  const { labels, tables } = rowsOf(ministry, 0);
  const interned = await manager.query<{ id: number; key: string }[]>("INSERT INTO vault.label (key, body) SELECT value->>'id', value FROM jsonb_array_elements($1::jsonb) RETURNING id, key", [JSON.stringify(labels)]);
  const numbers = new Map(interned.map(({ id, key }) => [key, id]));
  for (const { table, rows } of tables) {
    const [first] = rows;
    if (first === undefined) continue;
    const columns = Object.keys(first).map((column) => `"${column}"`).join(", ");
    const numbered = rows.map((row) => Object.fromEntries(Object.entries(row).map(([column, value]) => [column, /_label$|^label_id$/.test(column) && value !== null ? numbers.get(value as string) : value])));
    await manager.query(`INSERT INTO vault."${table}" (${columns}) SELECT ${columns} FROM jsonb_populate_recordset(null::vault."${table}", $1::jsonb)`, [JSON.stringify(numbered)]);
  }
  await manager.query("INSERT INTO vault.seed VALUES (true, 0, $1)", [createHash("sha256").update(JSON.stringify(ministry.demo)).digest("hex")]);
}

/** What digests and refusals said of themselves before 1768000600000, and since. */
const OLD_WORDS = { note: { reports: ["itm_report1", "itm_report2"] }, declined: { requirement: "itm_requirement", reason: "CAPACITY", explanation: "Words (fictional)" } };
const TITLE = { title: { ja: "X", en: "Questions at a fair" } };

async function putItems(manager: EntityManager, words: { readonly note: object; readonly declined: object }): Promise<void> {
  const open = (id: string, workflow: string, step: string, state: string, body: object, note: object): Promise<unknown> =>
    manager.query("SELECT open_item('officer', $1, (SELECT min(id) FROM vault.label), $2, $3, $4, 'JPN.METI', NULL, NULL, $5, $6)", [id, workflow, step, state, JSON.stringify(body), JSON.stringify(note)]);
  for (const id of ["itm_report1", "itm_report2", "itm_report3"]) await open(id, "SuspiciousApproach", "REPORT_APPROACH", "ASSESSED", { kind: "GIFT" }, {});
  await open("itm_digest", "ApproachDigest", "DRAFT_DIGEST", "DRAFTED", TITLE, words.note);
  await open("itm_suspension", "AgreementSuspension", "SUSPEND_AGREEMENT", "SUSPENDED", { agreement: "JPN-USA-2007" }, {});
  await open("itm_declined", "Response", "DECLINE_REQUIREMENT", "DECLINED", words.declined, {});
}

/** All that the views hold, but for instants and places in the history. */
async function contentOf(database: string): Promise<Readonly<Record<string, readonly unknown[]>>> {
  return asAdmin(database, async (client) => {
    const views = await client.query<{ name: string }>("SELECT relname AS name FROM pg_class WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace ORDER BY 1");
    const all: Record<string, readonly unknown[]> = {};
    const numbers = (await client.query<{ id: number }>("SELECT id FROM vault.label")).rows.map(({ id }) => id);
    await client.query("BEGIN");
    // As whoever may read everything.
    await client.query(settings({ knownText: numbers.join(), knownMask: maskOf(numbers), readableText: numbers.join(), readableMask: maskOf(numbers) }));
    for (const { name } of views.rows) {
      const { rows } = await client.query<{ row: string }>(`SELECT (to_jsonb(v) - ARRAY['opened_at', 'number', 'at'])::text AS row FROM public."${name}" v ORDER BY 1`);
      all[name] = rows.map(({ row }) => (name === "item" ? withoutInstants(JSON.parse(row) as ItemRow) : row)).sort();
    }
    const stated = await client.query<{ row: string }>("SELECT list || ' ' || subject || ' ' || entry::text AS row FROM vault.stated ORDER BY 1");
    return { ...all, stated: stated.rows.map(({ row }) => row) };
  });
}
interface ItemRow { readonly id: string; readonly steps: readonly Readonly<Record<string, unknown>>[] }
function withoutInstants({ steps, ...item }: ItemRow): string { return JSON.stringify({ ...item, steps: steps.map(({ at: _at, ...step }) => step) }); }

/** Shape of everything in the database, and who may do what with it. */
async function shapeOf(database: string): Promise<readonly string[]> {
  return asAdmin(database, async (client) => {
    const { rows } = await client.query<{ line: string }>(`
      SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(collation_name, '') || ' ' || coalesce(generation_expression, '') AS line FROM information_schema.columns WHERE table_schema IN ('vault', 'public')
      UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'vault'
      UNION ALL SELECT 'trigger ' || pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text FROM pg_trigger t WHERE NOT t.tgisinternal
      UNION ALL SELECT 'policy ' || tablename || ' ' || policyname || ' ' || roles::text || ' ' || cmd || ' ' || coalesce(qual, '') || ' ' || coalesce(with_check, '') FROM pg_policies
      UNION ALL SELECT 'function ' || p.oid::regprocedure || ' ' || pg_get_userbyid(p.proowner) || ' ' || coalesce(p.proacl::text, '') || ' ' || md5(p.prosrc) FROM pg_proc p WHERE p.pronamespace IN ('vault'::regnamespace, 'public'::regnamespace)
      UNION ALL SELECT 'relation ' || c.oid::regclass || ' ' || pg_get_userbyid(c.relowner) || ' ' || coalesce(c.relacl::text, '') || ' ' || c.relrowsecurity::text || c.relforcerowsecurity::text FROM pg_class c WHERE c.relnamespace IN ('vault'::regnamespace, 'public'::regnamespace) AND c.relkind IN ('r', 'v')
      UNION ALL SELECT 'view ' || viewname || ' ' || definition FROM pg_views WHERE schemaname = 'public' ORDER BY 1`);
    return rows.map(({ line }) => line);
  });
}

/** Lists, orders, filters, totals and pages: all that the migration changed the ways to. */
const questionsOf = (field: string): readonly string[] => [
  `{ ${field}Documents(first: 100) { totalCount nodes { id title { ja en } summary { en } kind class owner reference validUntil } } }`,
  `{ ${field}Documents(first: 20, orderBy: [{ field: TITLE_JA, direction: DESC }]) { totalCount pageInfo { hasNextPage } nodes { id } } }`,
  `{ ${field}Documents(filter: { search: "e" }) { totalCount nodes { id } } owned: ${field}Documents(filter: { owner: { startsWith: "JPN" } }, orderBy: [{ field: VALID_UNTIL }]) { totalCount nodes { id } } }`,
  `{ ${field}Designations(first: 100) { totalCount nodes { id ${field} { entry { token } } } } ${field}Matters(first: 100) { totalCount nodes { id ${field} { entry { token } documents { totalCount } } } } }`,
];

const PEOPLE = ["mod-officer", "ciro-analyst", "meti-officer", "us-liaison"];

describe.each(["defense", "economy"])("an older database of %s", (name) => {
  const ministry = ministries[name] as MinistryDefinition;
  let fresh: MinistryLogin;
  let older: MinistryLogin;

  beforeAll(async () => {
    fresh = await createTestDatabase(ministry);
    older = await createOlder(ministry, fresh);
    await createMinistryDatabase(testAdmin(), ministry, older, { demo: true, now: DEMO_NOON });
    // What is in progress in a database of today says less of itself.
    const { host, port, username, password } = testAdmin();
    const owner = await new DataSource({ type: "postgres", host, port, username, password, database: fresh.database, poolSize: 1 }).initialize();
    try {
      await owner.transaction((manager) => putItems(manager, { note: {}, declined: { requirement: "itm_requirement", reason: "CAPACITY" } }));
      // As its step does since there is a list of agreements.
      await owner.query("SELECT apply_suspension('officer', 'itm_suspension')");
    } finally { await owner.destroy(); }
  });
  afterAll(async () => { for (const { database } of [fresh, older]) await dropDatabase(database); });

  test("has the tables, indexes, guards, functions and rights of one that was made today", async () => {
    const shape = await shapeOf(older.database);
    expect(shape.length).toBeGreaterThan(300);
    expect(shape).toEqual(await shapeOf(fresh.database));
  });

  test("holds the same rows, those that were counted and derived included; nobody reads in a digest of which reports it was made, or words of a refusal", async () => {
    const [{ item: items = [], ...upgraded }, { item: made = [], ...today }] = [await contentOf(older.database), await contentOf(fresh.database)];
    expect([today["content_tally"], today["tally"], today["portion"], today["document"], today["label"]].map((rows = []) => rows.length > 5)).toEqual([true, true, true, true, true]);
    expect(upgraded).toEqual(today);
    expect(upgraded["stated"]).toContainEqual(expect.stringContaining("SUSPENDED"));
    const noted = { name: "DRAFT_DIGEST", actor: "officer", from: "ASSESSED", to: "ASSESSED", note: { digest: "itm_digest" } };
    const isOfReport = (row: unknown): boolean => /"itm_report[12]"/.test(String(row));
    expect(items.filter((row) => !isOfReport(row))).toEqual(made.filter((row) => !isOfReport(row)));
    expect(items.filter(isOfReport).map((row) => JSON.parse(String(row)) as unknown)).toEqual(["itm_report1", "itm_report2"].map((id) => expect.objectContaining({ id, version: 2, state: "ASSESSED", steps: [expect.objectContaining({ name: "REPORT_APPROACH" }), expect.objectContaining(noted)] }) as unknown));
  });

  test("answers everybody the same, in the same order", async () => {
    const upgraded = await startTestMinistry(ministry, { login: older });
    const today = await startTestMinistry(ministry, { login: fresh });
    try {
      const answers = new Set<string>();
      for (const person of PEOPLE.map((id) => persona(policy, id))) {
        for (const question of questionsOf(ministry.field)) {
          const answer = await today.ask(person, question);
          expect([person.id, question, answer.errors]).toEqual([person.id, question, undefined]);
          expect([person.id, (await upgraded.ask(person, question)).data]).toEqual([person.id, answer.data]);
          answers.add(JSON.stringify(answer.data));
        }
      }
      expect(answers.size).toBeGreaterThan(6);
    } finally { await Promise.all([upgraded.stop(), today.stop()]); }
  });

  test("goes on: a record that is written after it is counted, and none is left with a label that its content has not", async () => {
    await asAdmin(older.database, async (client) => {
      const total = async (): Promise<number> => Number((await client.query<{ n: string }>("SELECT sum(records) AS n FROM vault.content_tally")).rows[0]?.n);
      const before = await total();
      await client.query("BEGIN");
      const [row] = (await client.query<{ id: string }>("SELECT id FROM vault.content ORDER BY id LIMIT 1")).rows;
      await client.query("DELETE FROM vault.content WHERE id = $1", [row?.id]);
      expect(await total()).toBe(before - 1);
      await client.query("ROLLBACK");
      await client.query("BEGIN");
      await client.query("UPDATE vault.record SET label_id = (SELECT l.id FROM vault.label l WHERE l.id <> label_id ORDER BY 1 LIMIT 1) WHERE id = $1", [row?.id]);
      await expect(client.query("COMMIT")).rejects.toThrow("a record and its content have different labels");
    });
  });
});
