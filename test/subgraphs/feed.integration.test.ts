/** The ministry's end of the standing feed: nobody who writes can forget an event, numbers are in the order of commits, and whoever is behind, lost or slow gets all of it or is cut off. */
import { connect } from "node:net";
import { Client } from "pg";
import type { DataSource } from "typeorm";
import { FeedLines } from "../../gateway/subject/lines";
import { StandingStore } from "../../gateway/subject/store";
import { NOTHING_REMEMBERED } from "../support/nothing-remembered";
import { loadPolicy } from "../../schema/policy";
import { ministries } from "../../subgraphs";
import { type MinistryDefinition, type MinistryLogin, createMinistryDatabase } from "../../subgraphs/kit";
import { openPool } from "../../subgraphs/kit/database/connection";
import { FEED_CALLABLE, STATED } from "../../subgraphs/kit/database/feed";
import { SnapshotTurns, followStanding } from "../../subgraphs/kit/follow";
import { type FeedPosition, StandingReader } from "../../subgraphs/kit/standing";
import { DEMO_NOON, type FollowedFeed, type TestMinistry, asAdmin, createTestDatabase, dropDatabase, sealCall, startTestMinistry, testAdmin } from "../support/postgres";

jest.setTimeout(60_000);
const policy = loadPolicy();
const defense = ministries["defense"] as MinistryDefinition;
const DAY = 86_400_000;
const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

let login: MinistryLogin;
let pool: DataSource;
let reader: StandingReader;
let admin: Client;
beforeEach(async () => {
  login = await createTestDatabase(defense);
  const { host, port, username, password } = testAdmin();
  pool = openPool({ host, port }, login);
  await pool.initialize();
  reader = new StandingReader(pool);
  admin = new Client({ host, port, user: username, password, database: login.database });
  await admin.connect();
});
afterEach(async () => {
  await admin.end();
  await pool.destroy();
  await dropDatabase(login.database);
});

const head = async (): Promise<FeedPosition> => {
  const { rows: [row] } = await admin.query<{ event: string; event_hash: string }>("SELECT event, event_hash FROM vault.revision");
  return { number: Number(row?.event), hash: row?.event_hash ?? "" };
};
const changesAfter = async (position: FeedPosition): Promise<readonly unknown[]> => ((await reader.eventsAfter(position))?.events ?? []).map(({ change }) => JSON.parse(change) as unknown);
/** What a statement of SQL, by whoever, makes of events. */
const changesOf = async (sql: string): Promise<readonly unknown[]> => { const before = await head(); await admin.query(sql); return changesAfter(before); };
const insertRole = (subject: string): string => `INSERT INTO vault.statement (list, body) VALUES ('roles', '{"subject":"${subject}","role":"GRANT","org":"JPN.MOD","from":"2026-01-01","until":"2027-01-01","grantedBy":"x"}')`;

const makeStore = (): StandingStore => new StandingStore({ ministries: ["defense"], keeperOf: policy.members.keeperOf, clock: () => DEMO_NOON, warn: () => undefined, remembered: NOTHING_REMEMBERED });
/** Takes a snapshot as a gateway does. */
const load = async (into: StandingStore): Promise<FeedLines> => {
  const lines = new FeedLines(into, "defense", undefined);
  let entries = 0;
  const { number } = await reader.readSnapshot({
    begin: async (at) => { lines.take(JSON.stringify({ format: "kanmon-standing/1", ministry: "defense", ...at, resumed: false })); },
    entries: async (text, count) => { entries += count; for (const line of text.trimEnd().split("\n")) lines.take(line); },
  });
  lines.take(JSON.stringify({ entries }));
  lines.take(JSON.stringify({ alive: number, at: DEMO_NOON }));
  return lines;
};
/** Whether a gateway that followed knows what one knows that comes now, about everybody. */
const expectSame = async (followed: StandingStore): Promise<void> => {
  const anew = makeStore();
  await load(anew);
  const people = (await admin.query<{ subject: string }>("SELECT DISTINCT subject FROM vault.stated")).rows.map(({ subject }) => subject);
  expect(people.length).toBeGreaterThan(10);
  for (const subject of people) expect(followed.partsOf(subject)).toEqual(anew.partsOf(subject));
  expect([...followed.vocabularyOf("defense")].sort()).toEqual([...anew.vocabularyOf("defense")].sort());
};

describe("no writer can forget an event", () => {
  test("every table of which something is stated announces what is put, changed, moved, removed and emptied, and nothing else", async () => {
    const subject = { kind: "official", nation: "JPN", org: "JPN.MOD.JS", purposes: [] };
    expect(await changesOf(`INSERT INTO vault.subject (id, body) VALUES ('new', '{"id":"new","kind":"official","nation":"JPN","org":"JPN.MOD.JS","purposes":[]}')`)).toEqual([{ list: "subjects", subject: "new", key: "", entry: subject }]);
    expect(await changesOf(`UPDATE vault.subject SET person_id = 'p' WHERE id = 'new'`)).toEqual([]);
    expect(await changesOf(`UPDATE vault.subject SET body = body || '{"org":"JPN.MOD"}' WHERE id = 'new'`)).toEqual([{ list: "subjects", subject: "new", key: "", entry: { ...subject, org: "JPN.MOD" } }]);
    expect(await changesOf("DELETE FROM vault.subject WHERE id = 'new'")).toEqual([{ list: "subjects", subject: "new", key: "" }]);
    expect(await changesOf("DELETE FROM vault.subject WHERE id = 'new'")).toEqual([]);
    const [put] = await changesOf(insertRole("ann")) as [{ readonly key: string }];
    expect(put).toEqual({ list: "roles", subject: "ann", key: expect.any(String), entry: { role: "GRANT", org: "JPN.MOD", from: "2026-01-01", until: "2027-01-01", grantedBy: "x" } });
    const { key } = put;
    expect(await changesOf(`UPDATE vault.statement SET body = body || '{"subject":"bob"}' WHERE id = ${key}`)).toEqual([
      { list: "roles", subject: "ann", key }, { list: "roles", subject: "bob", key, entry: expect.anything() }]);
    const [matter] = (await admin.query<{ token: string; count: string }>("SELECT token, count(*) FROM vault.assignment GROUP BY token HAVING count(*) > 1 LIMIT 1")).rows;
    const renamed = await changesOf(`UPDATE vault.matter_entry SET token = 'RENAMED' WHERE token = '${matter?.token}'`);
    expect(renamed).toContainEqual({ list: "tokens", subject: "", key: matter?.token });
    expect(renamed.filter((change) => JSON.stringify(change).includes('"RENAMED"')).length).toBe(Number(matter?.count) + 1);
    for (const table of ["assignment", "statement"]) expect(await changesOf(`TRUNCATE vault.${table}`)).toEqual([{ anew: true }]);
  });

  test("a label that needs a new token makes it a word, one that needs known ones does not", async () => {
    const label = (key: string, need: string): string => `INSERT INTO vault.label (key, body) SELECT '${key}', body || '{"need":["${need}"]}' FROM vault.label LIMIT 1`;
    expect(await changesOf(label("a", "NEW-1"))).toEqual([{ list: "vocabulary", subject: "", key: "NEW-1", entry: {} }]);
    expect(await changesOf(label("b", "NEW-1"))).toEqual([]);
  });

  test("why, with what consent and how somebody was investigated is stated nowhere", async () => {
    const text = JSON.stringify((await admin.query("SELECT entry FROM vault.stated")).rows) + JSON.stringify(await changesOf(`UPDATE vault.statement SET body = body || '{"maxLevel":1,"consentId":"SECRET-1","investigationId":"SECRET-2"}' WHERE list = 'eligibilities'`));
    expect(text).toContain("maxLevel");
    for (const word of ["reason", "consentId", "investigationId", "SECRET-1", "SECRET-2"]) expect(text).not.toContain(word);
  });

  test("a list that gateways do not know is refused where it is written", async () => {
    await expect(admin.query("INSERT INTO vault.statement (list, body) VALUES ('secrets', '{}')")).rejects.toThrow("stated_lists");
  });

  test("more than five thousand at once is one event that says so", async () => {
    expect(await changesOf(`INSERT INTO vault.subject (id, body) SELECT 's' || n, '{}' FROM generate_series(1, 5001) n`)).toEqual([{ anew: true }]);
    expect(await changesOf("DELETE FROM vault.subject WHERE id LIKE 's%'")).toEqual([{ anew: true }]);
  });

  test("a change that is taken back announces nothing, and its number is given to the next", async () => {
    const before = await head();
    await admin.query(`BEGIN; DELETE FROM vault.assignment; ROLLBACK`);
    expect(await changesAfter(before)).toEqual([]);
    await admin.query(insertRole("ann"));
    expect((await head()).number).toBe(before.number + 1);
  });

  test("the process's role can neither write events nor leave the turn, nor read what is stated but through its three functions", async () => {
    for (const sql of ["SELECT * FROM vault.stated", "SELECT * FROM vault.event", "SELECT vault.announce(ARRAY['{}'])", "DELETE FROM vault.event", "ALTER TABLE vault.assignment DISABLE TRIGGER ALL", "SET session_replication_role = replica"]) {
      await expect(pool.query(sql)).rejects.toThrow(/permission denied|must be owner/);
    }
    const { rows } = await admin.query("SELECT FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE '%standing%' AND has_function_privilege($1, p.oid, 'EXECUTE')", [login.username]);
    expect(rows.length).toBe(FEED_CALLABLE.length);
  });

  test("events make of an earlier snapshot what a later one is, whatever was written", async () => {
    const followed = makeStore();
    const lines = await load(followed);
    const position = await head();
    for (let turn = 0; turn < 12; turn += 1) {
      await admin.query(insertRole(`person-${turn % 3}`));
      await admin.query(`DELETE FROM vault.statement WHERE id = (SELECT id FROM vault.statement ORDER BY md5(id::text || '${turn}') LIMIT 1)`);
      await admin.query(`UPDATE vault.statement SET body = body || '{"validUntil":"2027-01-${10 + turn}"}' WHERE id % 12 = ${turn} AND list = 'eligibilities'`);
      await admin.query(`DELETE FROM vault.assignment WHERE (subject, token) = (SELECT subject, token FROM vault.assignment ORDER BY md5(subject || token || '${turn}') LIMIT 1)`);
      await admin.query(`UPDATE vault.subject SET body = body || '{"purposes":["P${turn}"]}' WHERE id = (SELECT id FROM vault.subject ORDER BY md5(id || '${turn}') LIMIT 1)`);
      await admin.query(`INSERT INTO vault.label (key, body) SELECT 'k${turn}', body || '{"need":["NEW-${turn}"]}' FROM vault.label LIMIT 1`);
    }
    const events = (await reader.eventsAfter(position))?.events ?? [];
    expect(events.length).toBeGreaterThan(50);
    for (const event of events) lines.take(JSON.stringify(event));
    await expectSame(followed);
  });
});

describe("numbers are in the order of commits", () => {
  /** Two transactions, of which the first to write commits last. Gives what someone who reads behind the last number seen gets to see. */
  async function race(): Promise<{ readonly seen: readonly unknown[]; readonly waited: boolean }> {
    const { host, port, username, password } = testAdmin();
    const other = new Client({ host, port, user: username, password, database: login.database });
    await other.connect();
    try {
      let at = (await head()).number;
      const seen: unknown[] = [];
      const look = async (): Promise<void> => {
        const { rows } = await admin.query<{ number: string; change: string }>("SELECT number, change FROM vault.event WHERE number > $1 ORDER BY number", [at]);
        for (const row of rows) { at = Number(row.number); seen.push((JSON.parse(row.change) as { readonly subject?: string }).subject); }
      };
      await other.query("BEGIN");
      await other.query(insertRole("early"));
      let isDone = false;
      const late = pool.query("SELECT 1").then(() => asAdmin(login.database, (client) => client.query(insertRole("late")))).then(() => { isDone = true; });
      for (let tries = 0; tries < 40 && !isDone; tries += 1) await wait(10);
      const waited = !isDone;
      await look();
      await other.query("COMMIT");
      await late;
      await look();
      return { seen, waited };
    } finally { await other.end(); }
  }

  test("a change that commits late is not lost: whoever writes meanwhile waits for it", async () => {
    expect(await race()).toEqual({ seen: ["early", "late"], waited: true });
    expect(await reader.eventsAfter({ number: 0, hash: "" })).not.toBeUndefined();
  });

  test("without the lock, numbered by a bare sequence, a change that commits late is lost to whoever reads behind the last number; a stream finds the gap", async () => {
    const position = await head();
    await admin.query(`CREATE SEQUENCE vault.bare START ${position.number + 1}; GRANT USAGE ON SEQUENCE vault.bare TO PUBLIC`);
    await admin.query("CREATE OR REPLACE FUNCTION vault.take_turn() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN RETURN NULL; END $$");
    await admin.query(`CREATE OR REPLACE FUNCTION vault.announce(p_changes text[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN INSERT INTO vault.event SELECT nextval('vault.bare'), clock_timestamp(), c, 'x' FROM unnest(p_changes) c; END $$`);
    expect(await race()).toEqual({ seen: ["late"], waited: false });
    await admin.query("DELETE FROM vault.event WHERE change LIKE '%early%'");
    expect(await reader.eventsAfter(position)).toBeUndefined();
  });

  test("a snapshot is as of its number: what commits while it is read comes as an event", async () => {
    let isSecond = false;
    const entries: string[] = [];
    await admin.query(`INSERT INTO vault.statement (list, body) SELECT 'roles', jsonb_build_object('subject', 'many' || n, 'role', 'GRANT') FROM generate_series(1, 2000) n`);
    const position = await reader.readSnapshot({
      begin: async () => undefined,
      entries: async (lines) => {
        if (!isSecond) { isSecond = true; await admin.query(insertRole("zzz-meanwhile")); }
        entries.push(lines);
      },
    });
    expect(entries.length).toBeGreaterThan(1);
    expect(entries.join("")).not.toContain("zzz-meanwhile");
    expect(JSON.stringify(await changesAfter(position))).toContain("zzz-meanwhile");
  });
});

describe("a follower", () => {
  let running: TestMinistry;
  const follow = async (position: FeedPosition | undefined): Promise<FollowedFeed> => running.follow(position);
  const start = async (seams: Parameters<typeof startTestMinistry>[1] = {}): Promise<void> => { running = await startTestMinistry(defense, { ...seams, login }); };
  afterEach(async () => { await running?.stop(); });

  test("hears of what nobody woke it for", async () => {
    await start();
    const lines: string[] = [];
    const ending = new AbortController();
    const following = followStanding({ ministry: "defense", reader, clock: () => DEMO_NOON, snapshots: new SnapshotTurns(), takeIn: () => Promise.resolve(), follow: () => () => undefined }, null, { ending: ending.signal, write: async (text) => { lines.push(text); } });
    while (!lines.join("").includes('"alive"')) await wait(10);
    await admin.query(insertRole("unheard"));
    while (!lines.join("").includes("unheard")) await wait(10);
    ending.abort();
    await following;
  });

  test("that is behind what is kept, or comes from another past, gets a snapshot; one that is not goes on", async () => {
    await start();
    const old = await head();
    await admin.query(insertRole("ann"));
    const known = await follow(old);
    expect((await known.until("change"))[0]).toMatchObject({ resumed: true, number: old.number });
    known.stop();
    for (const position of [{ ...old, hash: "0".repeat(64) }, { ...old, number: old.number + 100 }]) {
      const lost = await follow(position);
      expect((await lost.until("alive"))[0]).toMatchObject({ resumed: false, ...await head() });
      lost.stop();
    }
    for (let turn = 0; turn < 11; turn += 1) await admin.query(`UPDATE vault.subject SET body = body || '{"turn":${turn}}'`);
    await admin.query(`DELETE FROM vault.event WHERE number <= ${old.number + 2}`);
    const pruned = await follow(old);
    expect((await pruned.until("alive"))[0]).toMatchObject({ resumed: false });
    pruned.stop();
  });

  test("does not find more events kept than are of use", async () => {
    await start();
    await admin.query(`INSERT INTO vault.subject (id, body) SELECT 'k' || n, '{}' FROM generate_series(1, 4000) n`);
    for (let turn = 0; turn < 3; turn += 1) await admin.query(`UPDATE vault.subject SET body = body || '{"turn":${turn}}' WHERE id LIKE 'k%'`);
    const { rows: [row] } = await admin.query<{ count: string; last: string }>("SELECT count(*), max(number) AS last FROM vault.event");
    expect([Number(row?.count), Number(row?.last)]).toEqual([10_000, (await head()).number]);
  });

  test("whose stream has a gap is let go, and comes back to a snapshot", async () => {
    await start();
    const feed = await follow(undefined);
    await feed.until("alive");
    await admin.query(`BEGIN; ${insertRole("gap-1")}; ${insertRole("gap-2")}; DELETE FROM vault.event WHERE number = (SELECT max(number) - 1 FROM vault.event); COMMIT`);
    expect(await feed.next()).toBeUndefined();
  });

  test("that reads nothing is cut off, holds up neither the database nor anybody else, and is owed little", async () => {
    await start({ drainWithin: 300 });
    await admin.query(`INSERT INTO vault.statement (list, body) SELECT 'roles', jsonb_build_object('subject', 'slow' || n, 'role', repeat('x', 400)) FROM generate_series(1, 60000) n`);
    const path = "/standing";
    const seal = sealCall(running.keys, "defense", undefined, { method: "GET", path });
    const socket = connect(running.port, "127.0.0.1");
    const closed = new Promise<void>((resolve) => { socket.on("close", () => resolve()); });
    socket.on("error", () => undefined);
    await new Promise<void>((resolve) => { socket.once("connect", () => resolve()); });
    socket.pause();
    socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n${Object.entries(seal).map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`);
    const reading = async (): Promise<number> => Number((await admin.query<{ count: string }>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'")).rows[0]?.count);
    let most = 0;
    for (let tries = 0; tries < 30 && await reading() === 0; tries += 1) await wait(20);
    const before = process.memoryUsage().external;
    for (let tries = 0; tries < 400 && await reading() > 0; tries += 1) { most = Math.max(most, process.memoryUsage().external - before); await wait(20); }
    expect(await reading()).toBe(0);
    expect(most).toBeLessThan(8_000_000);
    const other = await follow(undefined);
    expect((await other.until("alive")).length).toBeGreaterThan(60_000);
    other.stop();
    socket.destroy();
    await closed;
  });
});

test("on another day the dates that are stated have moved, and whoever followed knows it", async () => {
  const followed = makeStore();
  const lines = await load(followed);
  const position = await head();
  const [before] = followed.partsOf("mod-officer");
  await createMinistryDatabase(testAdmin(), defense, login, { demo: true, now: DEMO_NOON + DAY });
  for (const event of (await reader.eventsAfter(position))?.events ?? []) lines.take(JSON.stringify(event));
  const [after] = followed.partsOf("mod-officer");
  for (const list of ["eligibilities", "assignments", "roles"] as const) expect(after?.[list].length).toBe(before?.[list].length);
  expect(Date.parse(String(after?.eligibilities[0]?.validUntil))).toBe(Date.parse(String(before?.eligibilities[0]?.validUntil)) + DAY);
  expect(Date.parse(String(after?.assignments[0]?.until))).toBe(Date.parse(String(before?.assignments[0]?.until)) + DAY);
  await expectSame(followed);
});

test("other data are stated anew", async () => {
  const position = await head();
  const { standing } = defense.demo;
  const changed: MinistryDefinition = { ...defense, demo: { ...defense.demo, standing: { ...standing, roles: standing.roles.slice(1) } } };
  await createMinistryDatabase(testAdmin(), changed, login, { demo: true, now: DEMO_NOON });
  expect(await changesAfter(position)).toContainEqual({ anew: true });
});

test("nothing is stated of which no table announces its changes", async () => {
  const { rows } = await admin.query<{ name: string }>("SELECT DISTINCT c.relname AS name FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname = 'announce_insert' AND t.tgenabled = 'O'");
  expect(rows.map(({ name }) => name).sort()).toEqual(STATED.map(({ table }) => table).sort());
  const { rows: used } = await admin.query<{ name: string }>("SELECT table_name AS name FROM information_schema.view_table_usage WHERE view_schema = 'vault' AND view_name = 'stated'");
  expect(used.map(({ name }) => name).sort()).toEqual(STATED.map(({ table }) => table).sort());
});
