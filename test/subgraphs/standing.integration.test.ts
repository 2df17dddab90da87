/** The statement of standing and the mutations that change it: what is stated, how soon it is announced, who may change what, and that refusals tell nothing. */
import { createHash } from "node:crypto";
import { canonicalJson } from "../../schema/label";
import { loadPolicy } from "../../schema/policy";
import { ministries } from "../../subgraphs";
import type { MinistryDefinition, MinistryLogin } from "../../subgraphs/kit";
import { persona } from "../support/people";
import { StandingChanges } from "../../subgraphs/kit/standing";
import { type TestAsker, type TestMinistry, asAdmin, createTestDatabase, dropDatabase, startTestMinistry, testAdmin } from "../support/postgres";

jest.setTimeout(60_000);
const policy = loadPolicy();
const defense = ministries["defense"] as MinistryDefinition;
const writing = (id: string): TestAsker => ({ ...persona(policy, id), action: "WRITE" });
const security = writing("mod-security-officer");

test.each(Object.values(ministries))("$name states what its files say, and nothing that is not its own", async (ministry) => {
  const running = await startTestMinistry(ministry);
  try {
    const stated = await running.standing();
    const { standing, matters, records } = ministry.demo;
    const unordered = (list: readonly unknown[] | undefined): readonly string[] => (list ?? []).map((entry) => canonicalJson(entry)).sort();
    // Why somebody was assigned, what they consented to and how they were investigated is nobody else's business.
    const OWN = new Set(["reason", "consentId", "investigationId"]);
    const told = (list: readonly object[]): readonly unknown[] => list.map((entry) => Object.fromEntries(Object.entries(entry).filter(([name]) => !OWN.has(name))));
    for (const list of ["eligibilities", "assignments", "roles", "facilities", "attestations"] as const) expect([list, unordered(stated[list])]).toEqual([list, unordered(told(standing[list]))]);
    expect(unordered(stated["subjects"])).toEqual(unordered(standing.subjects.map(({ id, kind, nation, org, hostOrg, purposes }) => JSON.parse(JSON.stringify({ id, kind, nation, org, hostOrg, purposes })) as object)));
    expect(unordered(stated["tokens"])).toEqual(unordered(matters.matters.map(({ token, issuer }) => ({ token, issuer }))));
    const needed = new Set([...matters.matters.map(({ token }) => token), ...records.records.flatMap((record) => [record.label, ...Object.values(record.portions ?? {}).map(({ label }) => label), ...record.refersTo.map(({ existence }) => existence)]).flatMap(({ need }) => need)]);
    expect([...stated.vocabulary].sort()).toEqual([...needed].sort());
    // What the gateway would drop is not stated in the first place.
    for (const { issuer } of stated["tokens"] ?? []) expect(policy.members.keeperOf(String(issuer))).toBe(ministry.name);
    for (const { org, hostOrg } of stated["subjects"] ?? []) expect(policy.members.keeperOf(String(org ?? hostOrg))).toBe(ministry.name);
    for (const { grantedBy } of stated["eligibilities"] ?? []) expect(policy.members.keeperOf(String(grantedBy))).toBe(ministry.name);
  } finally { await running.stop(); }
}, 60_000);

describe("changes", () => {
  let running: TestMinistry;
  beforeEach(async () => { running = await startTestMinistry(defense); }, 60_000);
  afterEach(async () => { await running.stop(); });

  const revoke = (asker: TestAsker, subject: string, token: string): ReturnType<TestMinistry["ask"]> =>
    running.ask(asker, "mutation($i: AssignmentRevocation!) { defenseRevokeAssignment(input: $i) { assignment { subject token role _label } } }", { i: { subject, token, reason: "no longer needed" } });
  const grant = (asker: TestAsker, input: Readonly<Record<string, unknown>>): ReturnType<TestMinistry["ask"]> =>
    running.ask(asker, "mutation($i: AssignmentGrant!) { defenseGrantAssignment(input: $i) { assignment { subject token until _label } } }", { i: { role: "READER", from: "2026-11-01", until: "2027-03-31", reason: "needed", ...input } });
  const holders = async (token: string): Promise<readonly unknown[]> => ((await running.standing())["assignments"] ?? []).filter((held) => held["token"] === token).map(({ subject }) => subject);
  const code = (answer: Awaited<ReturnType<TestMinistry["ask"]>>): string | undefined => answer.errors?.[0]?.extensions.code;

  test("a revocation is in the standing at once, with a line of history", async () => {
    const before = await running.standing();
    expect(await holders("PRJ-QS-2026")).toContain("us-liaison");
    const answer = await revoke(security, "us-liaison", "PRJ-QS-2026");
    expect(answer.data).toEqual({ defenseRevokeAssignment: { assignment: { subject: "us-liaison", token: "PRJ-QS-2026", role: expect.any(String), _label: 0 } } });
    expect(answer.extensions?.labels[0]?.record.need).toEqual(["PRJ-QS-2026"]);
    expect(await holders("PRJ-QS-2026")).not.toContain("us-liaison");
    expect(await running.standing()).toMatchObject({ revision: before.revision + 1 });
    await asAdmin(running.database, async (client) => {
      const { rows } = await client.query<Readonly<Record<string, unknown>>>("SELECT n.actor, n.change, n.body, n.previous = o.hash AS chained FROM vault.history n JOIN vault.history o ON o.revision = n.revision - 1 WHERE n.revision > (SELECT max(revision) FROM vault.history WHERE change = 'SEED')");
      expect(rows).toEqual([{ actor: "mod-security-officer", change: "REVOKE_ASSIGNMENT", body: { subject: "us-liaison", token: "PRJ-QS-2026", reason: "no longer needed" }, chained: true }]);
    });
  });

  test("a grant is in the standing at once and is read back by those assigned", async () => {
    expect(code(await grant(security, { subject: "uncleared-official", token: "PRJ-QS-2026" }))).toBeUndefined();
    expect(await holders("PRJ-QS-2026")).toContain("uncleared-official");
    const { data } = await running.ask(security, '{ _entities(representations: [{ __typename: "Matter", id: "mtr_st6cgtwm6663pxhq" }]) { ... on Matter { defense { assignments { subject } } } } }');
    expect(JSON.stringify(data)).toContain("uncleared-official");
  });

  test("a change is told to whoever follows, as an event that chains with what came before", async () => {
    const feed = await running.follow();
    const head = (await feed.until("alive"))[0] as { readonly number: number; readonly hash: string };
    await revoke(security, "us-liaison", "PRJ-QS-2026");
    const event = (await feed.until("change")).at(-1) as { readonly number: number; readonly hash: string; readonly change: string };
    expect(JSON.parse(event.change)).toEqual({ list: "assignments", subject: "us-liaison", key: "PRJ-QS-2026" });
    expect(event).toMatchObject({ number: head.number + 1, hash: createHash("sha256").update(`${head.hash}\n${head.number + 1}\n${event.change}`).digest("hex") });
    feed.stop();
  });

  test("nobody without the role GRANT changes anything, whatever they name", async () => {
    for (const id of ["mod-officer", "mod-approver", "uncleared-official"]) {
      for (const token of ["PRJ-QS-2026", "NO-SUCH-TOKEN", "MOD-2024-001"]) expect(code(await revoke(writing(id), "us-liaison", token))).toBe("REFUSED_ROLE");
    }
    expect(await holders("PRJ-QS-2026")).toContain("us-liaison");
  });

  test("a role over other bodies' items is no role over these", async () => {
    const { subject, ctx } = security;
    const elsewhere: TestAsker = { subject: { ...subject, roles: subject.roles.map((role) => ({ ...role, org: "JPN.METI" })) }, ctx, action: "WRITE" };
    expect(code(await revoke(elsewhere, "us-liaison", "PRJ-QS-2026"))).toBe("REFUSED_ROLE");
  });

  test("asked again under the gateway's key, a change of an assignment tells what is there now and does nothing more; one that was not made is not made by asking", async () => {
    const GRANT = "mutation($i: AssignmentGrant!) { defenseGrantAssignment(input: $i) { assignment { subject token } } }";
    const REVOKE = "mutation($i: AssignmentRevocation!) { defenseRevokeAssignment(input: $i) { assignment { subject token } } }";
    const granted = { i: { subject: "uncleared-official", token: "PRJ-QS-2026", role: "READER", from: "2026-11-01", until: "2027-03-31", reason: "needed" } };
    const revoked = { i: { subject: "us-liaison", token: "PRJ-QS-2026", reason: "no longer needed" } };
    const ask = (query: string, variables: Readonly<Record<string, unknown>>, key: string, again: boolean, asker = security): ReturnType<TestMinistry["ask"]> => running.ask(asker, query, variables, { once: { key, again } });
    expect(code(await ask(GRANT, granted, "a", true))).toBe("REFUSED_STATE");
    const first = await ask(GRANT, granted, "a", false);
    expect(first.data).toEqual({ defenseGrantAssignment: { assignment: { subject: "uncleared-official", token: "PRJ-QS-2026" } } });
    await ask(REVOKE, revoked, "a", false);
    const { revision } = await running.standing();
    const without: TestAsker = { ...security, subject: { ...security.subject, roles: [] } };
    expect((await ask(GRANT, granted, "a", true, without)).data).toEqual(first.data);
    expect((await ask(REVOKE, revoked, "a", true)).data).toEqual({ defenseRevokeAssignment: { assignment: null } });
    // What they may not read by now is not told either.
    expect((await ask(GRANT, granted, "a", true, { ...security, subject: { ...security.subject, assignments: [] } })).data).toEqual({ defenseGrantAssignment: { assignment: null } });
    expect(code(await ask(REVOKE, revoked, "b", true))).toBe("REFUSED_STATE");
    expect(await running.standing()).toMatchObject({ revision });
  });

  test("a role that has ended, or has not begun, is none", async () => {
    const { subject, ctx } = security;
    for (const dates of [{ from: "2025-01-01", until: "2026-10-31" }, { from: "2026-11-02", until: "2027-03-31" }]) {
      expect(code(await revoke({ subject: { ...subject, roles: subject.roles.map((role) => ({ ...role, ...dates })) }, ctx, action: "WRITE" }, "us-liaison", "PRJ-QS-2026"))).toBe("REFUSED_ROLE");
    }
  });

  test("a statement that is not for writing writes nothing", async () => {
    for (const action of ["RETRIEVE", "VIEW", "EXPORT", "DERIVE"] as const) expect(code(await revoke({ ...security, action }, "us-liaison", "PRJ-QS-2026"))).toBe("REFUSED_ROLE");
    expect(await holders("PRJ-QS-2026")).toContain("us-liaison");
  });

  test("a token of which the officer may not know is refused byte for byte like one that does not exist [B-58]", async () => {
    const held = new Set(security.subject.assignments.map(({ token }) => token));
    const hidden = defense.demo.standing.assignments.find(({ token }) => !held.has(token));
    expect(hidden).toBeDefined();
    const real = await revoke(security, hidden?.subject ?? "", hidden?.token ?? "");
    expect(code(real)).toBe("REFUSED_STATE");
    expect(JSON.stringify(real)).toBe(JSON.stringify(await revoke(security, hidden?.subject ?? "", "NO-SUCH-TOKEN")));
    expect(JSON.stringify(await grant(security, { subject: "x", token: hidden?.token }))).toBe(JSON.stringify(await grant(security, { subject: "x", token: "NO-SUCH-TOKEN" })));
    expect(await holders(hidden?.token ?? "")).toContain(hidden?.subject);
  });

  test("what is not as the change needs it is refused, and nothing is recorded", async () => {
    expect(code(await revoke(security, "nobody", "PRJ-QS-2026"))).toBe("REFUSED_STATE");
    expect(code(await grant(security, { subject: "us-liaison", token: "PRJ-QS-2026" }))).toBe("REFUSED_STATE");
    const { revision } = await running.standing();
    await revoke(security, "us-liaison", "PRJ-QS-2026");
    expect(code(await revoke(security, "us-liaison", "PRJ-QS-2026"))).toBe("REFUSED_STATE");
    expect(await running.standing()).toMatchObject({ revision: revision + 1 });
  });

  test.each([{ subject: "" }, { subject: "a b" }, { token: "" }, { reason: "" }, { reason: "x".repeat(1_001) }, { from: "2026-02-30" }, { until: "2026-10-31" }, { until: "later" }])("refuses a grant with %j", async (wrong) => {
    expect(code(await grant(security, { subject: "aus-liaison", token: "MOD-2026-041", ...wrong }))).toBe("BAD_USER_INPUT");
  });

  test("two changes at once get numbers in the order in which they are committed", async () => {
    const subjects = ["a", "b", "c", "d", "e", "f"];
    const { revision } = await running.standing();
    await Promise.all(subjects.map((subject) => grant(security, { subject, token: "PRJ-QS-2026" })));
    expect(await running.standing()).toMatchObject({ revision: revision + 6 });
    await asAdmin(running.database, async (client) => {
      const { rows } = await client.query<{ chained: boolean }>("SELECT n.previous = o.hash AND n.at >= o.at AS chained FROM vault.history n JOIN vault.history o ON o.revision = n.revision - 1 WHERE n.revision > (SELECT max(revision) FROM vault.history WHERE change = 'SEED')");
      expect(rows.length).toBe(6);
      expect(rows.every(({ chained }) => chained)).toBe(true);
    });
  });
});

test("a stream ends by itself, so that whoever follows has to show a statement again, and goes on where it was left off", async () => {
  const running = await startTestMinistry(defense, { streamLife: 300 });
  try {
    const first = await running.follow();
    const head = (await first.until("alive"))[0] as { readonly number: number; readonly hash: string };
    expect(await first.next()).toBeUndefined();
    const { number, hash } = head;
    const second = await running.follow({ number, hash });
    expect(await second.until("alive")).toEqual([{ format: "kanmon-standing/1", ministry: "defense", number, hash, resumed: true }, { history: expect.any(Number) }, { alive: number, at: expect.any(Number) }]);
    expect(await second.next()).toBeUndefined();
  } finally { await running.stop(); }
});

describe("listening to the database", () => {
  let login: MinistryLogin;
  beforeEach(async () => { login = await createTestDatabase(defense); });
  afterEach(async () => { await dropDatabase(login.database); });
  const listening = (): Promise<number> => asAdmin("postgres", async (client) =>
    (await client.query("SELECT FROM pg_stat_activity WHERE datname = $1 AND query LIKE 'LISTEN%'", [login.database])).rowCount ?? 0);
  const drop = (): Promise<unknown> => asAdmin("postgres", (client) => client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [login.database]));
  const allow = (connections: boolean): Promise<unknown> => asAdmin("postgres", (client) => client.query(`ALTER DATABASE ${login.database} ALLOW_CONNECTIONS ${connections}`));
  const until = async (condition: () => Promise<boolean>): Promise<void> => {
    for (let turn = 0; turn < 100; turn += 1) { if (await condition()) return; await new Promise((resolve) => { setTimeout(resolve, 50); }); }
    throw new Error("it did not come");
  };

  test("comes back as one connection after many failed attempts, and says that something may have changed", async () => {
    const { host, port } = testAdmin();
    const changes = new StandingChanges({ host, port }, login);
    const heard: string[] = [];
    changes.on("changed", () => { heard.push("changed"); });
    await changes.start();
    try {
      await allow(false);
      await drop();
      await new Promise((resolve) => { setTimeout(resolve, 2_600); });
      expect(heard).toEqual([]);
      await allow(true);
      await until(async () => heard.length > 0);
      await new Promise((resolve) => { setTimeout(resolve, 1_200); });
      expect(heard).toEqual(["changed"]);
      expect(await listening()).toBe(1);
    } finally { await changes.stop(); }
    await until(async () => await listening() === 0);
  });

  test("stops although its connection is gone", async () => {
    const { host, port } = testAdmin();
    const changes = new StandingChanges({ host, port }, login);
    await changes.start();
    await allow(false);
    await drop();
    await until(async () => await listening() === 0);
    await new Promise((resolve) => { setTimeout(resolve, 100); });
    await changes.stop();
  }, 10_000);
});
