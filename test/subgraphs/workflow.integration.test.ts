/** What the runner of workflows guarantees whatever the workflow: races, repeated requests, four eyes, crashes, days, labels of the past (SPEC 15). */
import { spawn } from "node:child_process";
import path from "node:path";
import type { LabelCore } from "../../schema/label";
import { addYears, japanDay, labelOf, loadPolicy, shiftDate } from "../../schema/policy";
import { MOST_LABELS_A_DAY } from "../../subgraphs/kit/database/label-use";
import { Days } from "../../subgraphs/kit/workflow/days";
import { accessRequest } from "../../subgraphs/kit/workflow/access/access-request";
import { Once } from "../../subgraphs/kit/once";
import { anybody, withRole } from "../../subgraphs/kit/workflow/authority";
import { defineWorkflow } from "../../subgraphs/kit/workflow/declare";
import { type Persona, persona } from "../support/people";
import { DEMO_NOON, asAdmin, testAdmin } from "../support/postgres";
import { TEST_LABEL, type WorkflowWorld, openWorkflowWorld } from "../support/workflow-world";

jest.setTimeout(60_000);
const DAY = 86_400_000;
const ROOT = path.resolve(__dirname, "../..");

const paper = defineWorkflow({
  name: "Paper", plural: "Papers", description: "", floor: {}, keptBy: () => true, states: ["DRAFT", "SIGNED", "CLOSED"], fields: { text: { kind: "text" } },
  steps: {
    DRAFT: { from: [], to: "DRAFT", by: withRole("PROPOSE"), mutation: "draftPaper", description: "", input: { text: { kind: "text" }, level: { kind: "number", optional: true } },
      change: ({ input }) => ({ label: { ...TEST_LABEL, ...(input["level"] === undefined ? {} : { level: input["level"] as 1, regimes: ["MODS"] as const }) }, owner: "JPN.MOD", body: { text: input["text"] } }) },
    SIGN: { from: ["DRAFT"], to: "SIGNED", by: anybody, notBy: ["DRAFT"], mutation: "signPaper", description: "", input: { secret: { kind: "flag", optional: true } },
      change: ({ input }) => (input["secret"] === true ? { label: { ...TEST_LABEL, level: 2, regimes: ["MODS"] } } : {}), notify: () => [{ subject: "mod-officer", kind: "SIGNED" }] },
    PUT_IN: { from: [], to: "DRAFT", by: anybody, sealed: true, mutation: "putInPaper", description: "", input: { text: { kind: "text" } },
      change: ({ input }) => ({ label: { ...TEST_LABEL, owners: { "JPN.MOD": { rel: ["JPN"], disp: ["JPN"], dist: ["JPN.MOD.SEC"], orcon: false } } }, owner: "JPN.MOD", body: { text: input["text"] } }) },
    OPEN_UP: { from: ["SIGNED"], to: "CLOSED", by: anybody, mutation: "openUpPaper", description: "", input: {}, change: () => ({ label: TEST_LABEL }) },
  },
});

let world: WorkflowWorld;
beforeAll(async () => { world = await openWorkflowWorld(); }, 60_000);
afterAll(async () => { await world.stop(); });

const rows = <T>(text: string): Promise<readonly T[]> => asAdmin(world.login.database, async (admin) => (await admin.query(text)).rows as readonly T[]);
const count = async (text: string): Promise<number> => Number((await rows<{ count: string }>(`SELECT count(*) FROM ${text}`))[0]?.count);
const draft = (key?: string): Promise<string> => world.take("mod-security-officer", paper, "DRAFT", { text: "a paper" }, key);
const codeOf = async (act: Promise<unknown>): Promise<unknown> => act.then(() => "done", (error: { readonly code?: unknown }) => error.code);

test("of two who race, one takes the step and the other is told that the item has changed, and there is one line of history", async () => {
  const id = await draft();
  const before = await count("vault.history");
  const signed = await Promise.all(["mod-approver", "mod-officer"].map((who) => codeOf(world.take(who, paper, "SIGN", { id, version: 1 }))));
  expect(signed.map(String).toSorted()).toEqual(["REFUSED_STALE", "done"]);
  expect(await rows(`SELECT state, version FROM vault.item WHERE id = '${id}'`)).toEqual([{ state: "SIGNED", version: 2 }]);
  expect(await count("vault.history")).toBe(before + 1);
});

test("a step that two requests with one key ask for at once is taken once, and both are given the item", async () => {
  const before = await count("vault.item");
  const [a, b] = await Promise.all([draft("one-key-12"), draft("one-key-12")]);
  expect(a).toBe(b);
  expect(await count("vault.item")).toBe(before + 1);
  expect(await codeOf(world.take("mod-security-officer", paper, "DRAFT", { text: "another" }, "one-key-12"))).toBe("REFUSED_KEY");
  expect(await codeOf(world.take("mod-officer", paper, "DRAFT", { text: "another" }, "one-key-12"))).toBe("done");
  expect(await codeOf(draft("bad key"))).toBe("BAD_USER_INPUT");
});

test("what is said to be made of something is not written below it, opened, changed or put into a box; who may declassify that may [B-38]", async () => {
  const high = { ...TEST_LABEL, level: 2 as const, regimes: ["MODS"] as const };
  const write = (who: string | Persona, step: string, given: Readonly<Record<string, unknown>>, highWater?: LabelCore): Promise<unknown> => codeOf(world.take(who, paper, step, given, undefined, undefined, undefined, highWater));
  const [items, history] = [await count("vault.item"), await count("vault.history")];
  const officer = "mod-security-officer";
  expect(await write(officer, "DRAFT", { text: "a" }, high)).toBe("REFUSED_LABEL");
  expect(await write("mod-officer", "PUT_IN", { text: "a" }, high)).toBe("REFUSED_LABEL");
  expect([await count("vault.item"), await count("vault.history")]).toEqual([items, history]);
  expect(await write(officer, "DRAFT", { text: "a", level: 2 }, high)).toBe("done");
  for (const highWater of [undefined, TEST_LABEL]) expect(await write(officer, "DRAFT", { text: "a" }, highWater)).toBe("done");
  expect(await write("mod-officer", "PUT_IN", { text: "a" })).toBe("done");
  const id = await draft();
  expect(await write("mod-officer", "SIGN", { id, version: 1 }, high)).toBe("REFUSED_LABEL");
  expect(await write("mod-officer", "SIGN", { id, version: 1, secret: true }, high)).toBe("done");
  const found = persona(loadPolicy(), officer);
  const declassifier: Persona = { ...found, subject: { ...found.subject, roles: [...found.subject.roles, { role: "DECLASSIFY", org: "JPN.MOD", from: "2026-01-01", until: "2027-12-31", grantedBy: "JPN.MOD" }] } };
  expect(await write(declassifier, "DRAFT", { text: "a" }, high)).toBe("done");
  expect(await write(declassifier, "DRAFT", { text: "a" }, { ...high, owners: { ...high.owners, "JPN.CAS": { rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false } } })).toBe("REFUSED_LABEL");
});

test("a key of a step that was refused is free again", async () => {
  const id = await draft();
  expect(await codeOf(world.take("mod-security-officer", paper, "SIGN", { id, version: 1 }, "refused-1"))).toBe("REFUSED_FOUR_EYES");
  expect(await count("vault.carried_out WHERE key = 'refused-1'")).toBe(0);
});

test("asked again under the gateway's key, a step tells what it did and does nothing more, also to somebody who could not take it any more; one that was not taken is not taken by asking", async () => {
  const [first, again] = [new Once("request-1", false), new Once("request-1", true)];
  const id = await world.take("mod-security-officer", paper, "DRAFT", { text: "once" }, undefined, undefined, first);
  const [items, history] = [await count("vault.item"), await count("vault.history")];
  expect(await world.take("mod-security-officer", paper, "DRAFT", { text: "once" }, undefined, undefined, again)).toBe(id);
  const officer = persona(loadPolicy(), "mod-security-officer");
  const without: Persona = { ...officer, subject: { ...officer.subject, roles: [] } };
  expect(await world.take(without, paper, "DRAFT", { text: "once" }, undefined, undefined, new Once("request-1", true))).toBe(id);
  for (const [who, text, once, code] of [
    ["mod-security-officer", "never", new Once("request-1", true), "REFUSED_STATE"], ["mod-security-officer", "once", new Once("request-2", true), "REFUSED_STATE"], ["mod-officer", "once", new Once("request-1", true), "REFUSED_STATE"],
  ] as const) expect([who, text, await codeOf(world.take(who, paper, "DRAFT", { text }, undefined, undefined, once))]).toEqual([who, text, code]);
  expect(await codeOf(world.take(without, paper, "DRAFT", { text: "new" }, undefined, undefined, new Once("request-3", false)))).toBe("REFUSED_ROLE");
  expect([await count("vault.item"), await count("vault.history")]).toEqual([items, history]);
});

test("of two equal steps of one request each is taken, and each is told again as itself", async () => {
  const take = async (once: Once): Promise<readonly string[]> => [await world.take("mod-security-officer", paper, "DRAFT", { text: "twice" }, undefined, undefined, once), await world.take("mod-security-officer", paper, "DRAFT", { text: "twice" }, undefined, undefined, once)];
  const taken = await take(new Once("request-4", false));
  expect(new Set(taken).size).toBe(2);
  expect(await take(new Once("request-4", true))).toEqual(taken);
});

test("four eyes are tested in the database too: the function refuses when the process does not ask", async () => {
  const id = await draft();
  const [label] = await rows<{ label_id: number }>(`SELECT label_id FROM vault.item WHERE id = '${id}'`);
  const call = async (actor: string, readable: string): Promise<unknown> => {
    const runner = world.pool.createQueryRunner();
    await runner.query("BEGIN");
    await runner.query(`SET LOCAL kanmon.readable = '${readable}'`);
    const [result] = await runner.query("SELECT take_step($1, $2, 1, 'Paper', 'SIGN', '{DRAFT}', '{DRAFT}', 'SIGNED', $3, $3, NULL, NULL, '{}', '{}') AS result", [actor, id, label?.label_id]) as readonly { readonly result: string }[];
    await runner.query("ROLLBACK");
    await runner.release();
    return result?.result;
  };
  expect(await call("mod-security-officer", String(label?.label_id))).toBe("FOUR_EYES");
  expect(await call("mod-approver", String(label?.label_id))).toBe("DONE");
  expect(await call("mod-approver", "")).toBe("STATE");
});

test("what the asker may not read is refused as what does not exist, to somebody with authority too", async () => {
  const id = await draft();
  const input = (named: string): object => ({ id: named, version: 1 });
  const [hidden, absent] = [await codeOf(world.take("meti-officer", paper, "SIGN", input(id) as never)), await codeOf(world.take("meti-officer", paper, "SIGN", input("itm_none") as never))];
  expect([hidden, absent]).toEqual(["REFUSED_STATE", "REFUSED_STATE"]);
});

test("whoever has no authority over anything is refused before anything is looked up, and authority over another body opens nothing", async () => {
  expect(await codeOf(world.take("uncleared-official", paper, "DRAFT", { text: "x" }))).toBe("REFUSED_ROLE");
  expect(await codeOf(world.take("meti-officer", paper, "DRAFT", { text: "x" }))).toBe("REFUSED_ROLE");
});

test("a label that breaks a rule is refused and nothing is kept of it", async () => {
  const [items, labels] = [await count("vault.item"), await count("vault.label")];
  const draftStep = paper.steps["DRAFT"] as (typeof paper.steps)[string];
  const nobodys = defineWorkflow({ ...paper, steps: { ...paper.steps, DRAFT: { ...draftStep, change: () => ({ label: { ...TEST_LABEL, owners: {} }, owner: "JPN.MOD", body: {} }) } } });
  expect(await codeOf(world.take("mod-security-officer", nobodys, "DRAFT", { text: "x" }))).toBe("REFUSED_LABEL");
  const above = defineWorkflow({ ...paper, steps: { ...paper.steps, DRAFT: { ...draftStep, change: () => ({ label: { ...TEST_LABEL, owners: { "JPN.METI": { rel: ["JPN"], disp: ["JPN"], dist: ["JPN.METI"], orcon: false } } }, owner: "JPN.MOD", body: {} }) } } });
  expect(await codeOf(world.take("mod-security-officer", above, "DRAFT", { text: "x" }))).toBe("REFUSED_STATE");
  expect([await count("vault.item"), await count("vault.label")]).toEqual([items, labels]);
});

test("earlier steps and notices are never more open than they were: an item that is opened up does not open its past", async () => {
  const id = await draft();
  await world.take("mod-approver", paper, "SIGN", { id, version: 1, secret: true });
  const levels = (): Promise<readonly unknown[]> => rows(`SELECT s.name, (l.body->>'level')::int AS level FROM vault.step s JOIN vault.label l ON l.id = s.label_id WHERE s.item_id = '${id}' ORDER BY s.number`);
  expect(await levels()).toEqual([{ name: "DRAFT", level: 2 }, { name: "SIGN", level: 2 }]);
  await world.take("mod-approver", paper, "OPEN_UP", { id, version: 2 });
  expect(await levels()).toEqual([{ name: "DRAFT", level: 2 }, { name: "SIGN", level: 2 }, { name: "OPEN_UP", level: 1 }]);
  expect(await rows(`SELECT (l.body->>'level')::int AS level FROM vault.notice n JOIN vault.label l ON l.id = n.label_id WHERE n.item_id = '${id}'`)).toEqual([{ level: 2 }]);
});

test("a process that is killed in the middle of a step leaves nothing of it, and the next step finds the lock free", async () => {
  const [items, history] = [await count("vault.item"), await count("vault.history")];
  const { host, port } = testAdmin();
  const child = spawn(process.execPath, ["--require", path.join(ROOT, "test/bench/register.js"), path.join(ROOT, "test/support/step-held.ts"), JSON.stringify({ server: { host, port }, login: world.login, now: DEMO_NOON })], { cwd: ROOT });
  const said: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => said.push(chunk.toString()));
  await new Promise<void>((done, fail) => {
    child.stdout.on("data", (chunk: Buffer) => { if (chunk.toString().includes("inside")) done(); });
    child.once("exit", () => { fail(new Error(`ended early: ${said.join("")}`)); });
  });
  const gone = new Promise((done) => child.once("exit", done));
  child.kill("SIGKILL");
  await gone;
  await draft();
  expect([await count("vault.item"), await count("vault.history")]).toEqual([items + 1, history + 1]);
  expect(await count("vault.item WHERE workflow = 'Held'")).toBe(0);
  expect(await count("vault.carried_out WHERE key = 'held-key-1'")).toBe(0);
  expect(await count("vault.assignment WHERE subject = 'us-liaison' AND token = 'PRJ-QS-2026'")).toBe(1);
});

describe("days", () => {
  test("the clock ends access on the day after its last, once, and not before", async () => {
    const [matter] = await rows<{ id: string; token: string }>("SELECT id, token FROM vault.matter_entry WHERE token = 'PRJ-QS-2026'");
    const today = japanDay(DEMO_NOON);
    const id = await world.take("uncleared-official", accessRequest, "REQUEST_ACCESS", { matter: matter?.id, role: "READER", from: today, until: shiftDate(today, 10), reason: "why" }).catch(() => undefined)
      ?? await world.take("mod-officer", accessRequest, "REQUEST_ACCESS", { matter: matter?.id, role: "READER", from: today, until: shiftDate(today, 10), reason: "why" });
    const [asked] = await rows<{ subject: string }>(`SELECT subject FROM vault.item WHERE id = '${id}'`);
    await asAdmin(world.login.database, (admin) => admin.query(`DELETE FROM vault.assignment WHERE subject = '${asked?.subject}' AND token = 'PRJ-QS-2026'`));
    await world.take("mod-security-officer", accessRequest, "GRANT_ACCESS", { id, version: 1, decision: "yes" });
    const held = (): Promise<number> => count(`vault.assignment WHERE subject = '${asked?.subject}' AND token = 'PRJ-QS-2026'`);
    const daysAt = (now: number): Days => new Days({ ministry: world.ministry, pool: world.pool, policy: () => loadPolicy(), clock: () => now, labels: () => world.table.at(now) });
    expect([await daysAt(DEMO_NOON + 10 * DAY).sweep(), await held()]).toEqual([0, 1]);
    const together = await Promise.all([daysAt(DEMO_NOON + 11 * DAY).sweep(), daysAt(DEMO_NOON + 11 * DAY).sweep()]);
    expect([together[0] + together[1], await held()]).toEqual([1, 0]);
    expect(await rows(`SELECT name, actor, to_state FROM vault.step WHERE item_id = '${id}' ORDER BY number DESC LIMIT 1`)).toEqual([{ name: "EXPIRE_ACCESS", actor: "CLOCK", to_state: "ENDED" }]);
    expect(await daysAt(DEMO_NOON + 12 * DAY).sweep()).toBe(0);
  });

  test("nobody takes the clock's steps", async () => {
    const id = await draft();
    expect(await codeOf(world.take("mod-security-officer", accessRequest, "EXPIRE_ACCESS", { id, version: 1 }))).toBe("REFUSED_ROLE");
    expect(addYears("2024-02-29", 1)).toMatch(/^2025-0[23]-/);
  });
});

const folder = defineWorkflow({
  name: "Folder", plural: "Folders", description: "", floor: {}, keptBy: () => true, states: ["OPEN"], fields: { name: { kind: "text" } },
  steps: {
    OPEN: { from: [], to: "OPEN", by: withRole("PROPOSE"), mutation: "openFolder", description: "", input: { label: { kind: "label" } }, change: ({ input }) => ({ label: TEST_LABEL, owner: "JPN.MOD", body: {}, note: input }),
      effect: async ({ intern, input }) => { await intern(input["label"] as typeof TEST_LABEL); } },
  },
});
const openFolder = (changes: object, now = DEMO_NOON): Promise<unknown> => codeOf(world.take("mod-security-officer", folder, "OPEN", { label: { ...TEST_LABEL, ...changes } }, undefined, now));

test("no label comes to a ministry that it is not accredited for, and nothing of the step stays [B-130]", async () => {
  const before = await count("vault.label");
  expect([await openFolder({ level: 2, regimes: ["PAT"] }), await openFolder({ level: 2, regimes: ["VET"], purposes: ["VETTING"] })]).toEqual(["REFUSED_LABEL", "REFUSED_LABEL"]);
  expect([await openFolder({ level: 4, regimes: ["SDS"], need: ["MOD-2024-017"] }), await openFolder({ regimes: ["VET"], purposes: ["VETTING"] })]).toEqual(["done", "done"]);
  expect(await count("vault.label")).toBe(before + 2);
});

test("a person uses so many different labels a day and no more, whoever made them; what they used already goes on, and the next day begins anew [B-130]", async () => {
  const today = japanDay(DEMO_NOON);
  const fillers = Array.from({ length: MOST_LABELS_A_DAY }, (_, at) => labelOf({ ...TEST_LABEL, handling: [`CUI:FILLER${at}`] }));
  await rows(`INSERT INTO vault.label (key, body) SELECT each->>'id', each FROM jsonb_array_elements('${JSON.stringify(fillers)}') each RETURNING id`);
  await rows(`INSERT INTO vault.label_use SELECT 'mod-security-officer', '${today}', id FROM vault.label WHERE body::text LIKE '%CUI:FILLER%' RETURNING used`);
  const [known, unknown] = [{ level: 4, regimes: ["SDS"], need: ["MOD-2024-017"] }, { handling: ["CUI:EXPORT"] }];
  expect([await openFolder(known), await openFolder(unknown), await openFolder(unknown, DEMO_NOON + DAY)]).toEqual(["done", "REFUSED_LIMIT", "done"]);
  expect(await count(`vault.label_use WHERE actor = 'mod-security-officer' AND day = '${today}'`)).toBe(0);
  await rows("DELETE FROM vault.label WHERE body::text LIKE '%CUI:FILLER%' RETURNING id");
});
