/** Agreements in the foreign ministry's database and in its guards (SPEC 3.14, 15.71): what is stated follows from what was decided, and whoever depends on a suspended one has nothing at a ministry by itself. */
import { loadPolicy } from "../../schema/policy";
import { ministries } from "../../subgraphs";
import { agreementSuspension } from "../../subgraphs/kit/workflow/partners/agreement-suspension";
import { liaisonAttestation } from "../../subgraphs/kit/workflow/partners/liaison-attestation";
import { releaseRequest } from "../../subgraphs/kit/workflow/partners/release-request";
import type { MinistryDefinition } from "../../subgraphs/kit";
import { type Persona, persona } from "../support/people";
import { asAdmin, startTestMinistry } from "../support/postgres";
import { type WorkflowWorld, openWorkflowWorld } from "../support/workflow-world";

jest.setTimeout(60_000);
const policy = loadPolicy();
const [USA, AUS] = ["JPN-USA-2007", "JPN-AUS-2013"];
const found = persona(policy, "mofa-release-officer");
const officer: Persona = { ...found, id: "officer/RELEASE", ctx: { ...found.ctx, purpose: "RELEASE" } };
/** Another person of the same office. */
const second: Persona = { ...officer, id: "second/RELEASE", subject: { ...officer.subject, id: "mofa-second-officer" } };
const host: Persona = (() => { const { subject, ctx } = persona(policy, "mod-security-officer"); return { id: "host", subject, ctx: { ...ctx, purpose: "ACCESS-DECISION" } }; })();

let world: WorkflowWorld;
beforeAll(async () => { world = await openWorkflowWorld("foreign-affairs"); }, 60_000);
afterAll(async () => { await world.stop(); });

const rows = <T>(text: string): Promise<readonly T[]> => asAdmin(world.login.database, async (admin) => (await admin.query(text)).rows as readonly T[]);
const codeOf = async (act: Promise<unknown>): Promise<unknown> => act.then(() => "done", (error: { readonly code?: unknown }) => error.code ?? error);
/** As gateways are told it. */
const stated = async (): Promise<readonly unknown[]> => (await rows<{ readonly entry: unknown }>("SELECT entry FROM vault.stated WHERE list = 'agreements' AND subject = '' ORDER BY entry->>'agreement'")).map(({ entry }) => entry);
const lastChange = async (): Promise<unknown> => { const [event] = await rows<{ readonly change: string }>("SELECT change FROM vault.event ORDER BY number DESC LIMIT 1"); return JSON.parse(event?.change ?? "null"); };
const suspend = (agreement: string, who = officer): Promise<string> => world.take(who, agreementSuspension, "SUSPEND_AGREEMENT", { agreement, reason: "x" });
const lift = (id: string, who = second): Promise<string> => world.take(who, agreementSuspension, "LIFT_SUSPENSION", { id, version: 1, reason: "x" });
const attestations = async (): Promise<number> => (await rows("SELECT FROM vault.statement WHERE list = 'attestations'")).length;

describe("what is stated of an agreement", () => {
  test("is suspended from the decision on, in the same transaction and with one event, and attested levels stay where they are", async () => {
    const before = await attestations();
    expect(await stated()).toEqual([]);
    const id = await suspend(USA);
    expect(await stated()).toEqual([{ agreement: USA, status: "SUSPENDED" }]);
    expect(await lastChange()).toEqual({ list: "agreements", subject: "", key: expect.any(String) as string, entry: { agreement: USA, status: "SUSPENDED" } });
    expect([await attestations(), before]).toEqual([before, 2]);
    expect(await codeOf(lift(id, officer))).toBe("REFUSED_FOUR_EYES");
    await lift(id);
    expect(await stated()).toEqual([{ agreement: USA, status: "ACTIVE" }]);
    expect(await lastChange()).toMatchObject({ list: "agreements", entry: { agreement: USA, status: "ACTIVE" } });
  });

  test("is suspended as long as one of two suspensions is not lifted", async () => {
    const [one, two] = [await suspend(USA), await suspend(USA, second)];
    await lift(one);
    expect(await stated()).toEqual([{ agreement: USA, status: "SUSPENDED" }]);
    await lift(two, officer);
    expect(await stated()).toEqual([{ agreement: USA, status: "ACTIVE" }]);
  });

  test("nothing is accepted or released under it by the ministry's own knowledge, even while nobody has told the asker", async () => {
    const certificate = await world.take(officer, liaisonAttestation, "RECORD_CERTIFICATE", { liaison: "aus-liaison", nation: "AUS", agreement: AUS, level: 3, host: "JPN.MOD", reference: "x", until: "2027-09-01" });
    const release = await world.take(second, releaseRequest, "REQUEST_RELEASE", { edition: "doc_0zxt2j2dnjp02gk0", nation: "AUS", reason: "x" });
    const id = await suspend(AUS);
    expect(await codeOf(world.take(host, liaisonAttestation, "ACCEPT_LIAISON", { id: certificate, version: 1 }))).toBe("REFUSED_STATE");
    expect(await codeOf(world.take(officer, releaseRequest, "RELEASE", { id: release, version: 1, decision: "x" }))).toBe("REFUSED_LIMIT");
    await lift(id);
    expect(await codeOf(world.take(host, liaisonAttestation, "ACCEPT_LIAISON", { id: certificate, version: 1 }))).toBe("done");
    expect(await codeOf(world.take({ ...officer, id: "told", subject: { ...officer.subject, suspendedAgreements: [AUS] } }, releaseRequest, "RELEASE", { id: release, version: 1, decision: "x" }))).toBe("REFUSED_LIMIT");
    expect(await codeOf(world.take(officer, releaseRequest, "RELEASE", { id: release, version: 1, decision: "x" }))).toBe("done");
  });

  test("what another person terminated is not lifted, whatever else is", async () => {
    const [one, two] = [await suspend(AUS), await suspend(AUS)];
    expect(await codeOf(world.take(officer, agreementSuspension, "TERMINATE_AGREEMENT", { id: one, version: 1, reason: "x" }))).toBe("REFUSED_FOUR_EYES");
    await world.take(second, agreementSuspension, "TERMINATE_AGREEMENT", { id: one, version: 1, reason: "x" });
    expect(await codeOf(lift(one))).not.toBe("done");
    await lift(two);
    expect(await stated()).toContainEqual({ agreement: AUS, status: "TERMINATED" });
    const certificate = await world.take(officer, liaisonAttestation, "RECORD_CERTIFICATE", { liaison: "aus-liaison", nation: "AUS", agreement: AUS, level: 3, host: "JPN.MOD", reference: "x", until: "2027-09-01" });
    expect(await codeOf(world.take(host, liaisonAttestation, "ACCEPT_LIAISON", { id: certificate, version: 1 }))).toBe("REFUSED_STATE");
  });

  test.each(["{\"subject\": \"\", \"agreement\": \"A\", \"status\": \"PAUSED\"}", "{\"subject\": \"\", \"agreement\": \"A\"}", "{\"subject\": \"\", \"status\": \"ACTIVE\"}", "{\"agreement\": \"A\", \"status\": \"ACTIVE\"}", "{\"subject\": \"x\", \"agreement\": \"A\", \"status\": \"ACTIVE\"}"])(
    "what no gateway would understand is refused where it is written: %s", async (body) => { await expect(rows(`INSERT INTO vault.statement (list, body) VALUES ('agreements', '${body}')`)).rejects.toThrow("stated_agreements"); });

  test("there is one word about an agreement", async () => {
    await expect(rows(`INSERT INTO vault.statement (list, body) VALUES ('agreements', '{"subject": "", "agreement": "${USA}", "status": "ACTIVE"}')`)).rejects.toThrow("statement_agreement");
  });
});

describe("the guards in the database, whoever calls it past the rules of the steps", () => {
  /** As the ministry's process calls it. */
  const call = async (name: "apply_suspension" | "apply_attestation", item: string): Promise<unknown> => ((await world.pool.query<{ done: boolean }[]>(`SELECT ${name}('x', $1) AS done`, [item]))[0])?.done;
  const levels = async (subject: string): Promise<readonly unknown[]> => (await rows<{ readonly body: unknown }>(`SELECT body FROM vault.statement WHERE list = 'attestations' AND body->>'subject' = '${subject}'`)).map(({ body }) => body);
  const record = (liaison: string, nation: string, agreement: string): Promise<string> => world.take(officer, liaisonAttestation, "RECORD_CERTIFICATE", { liaison, nation, agreement, level: 3, host: "JPN.MOD", reference: "x", until: "2027-09-01" });

  test("a certificate that was never accepted is nobody's level: withdrawn, it takes none away from whom it names", async () => {
    const before = await levels("us-liaison");
    expect(before).toHaveLength(1);
    const id = await record("us-liaison", "USA", USA);
    // Neither in effect nor withdrawn: nothing is done at all.
    expect([await call("apply_attestation", id), await levels("us-liaison")]).toEqual([false, before]);
    await world.take(officer, liaisonAttestation, "WITHDRAW_ATTESTATION", { id, version: 1, reason: "x" });
    expect([await call("apply_attestation", id), await levels("us-liaison")]).toEqual([true, before]);
  });

  test("no level is stated under an agreement that is not active by the ministry's own word", async () => {
    const id = await record("us-liaison", "USA", USA);
    await world.take(host, liaisonAttestation, "ACCEPT_LIAISON", { id, version: 1 });
    const inForce = await levels("us-liaison");
    expect(inForce).toMatchObject([{ attestedLevel: 3, agreementId: USA }]);
    const suspended = await suspend(USA);
    await rows("DELETE FROM vault.statement WHERE list = 'attestations' AND body->>'subject' = 'us-liaison'");
    expect([await call("apply_attestation", id), await levels("us-liaison")]).toEqual([false, []]);
    await lift(suspended);
    expect([await call("apply_attestation", id), await levels("us-liaison")]).toEqual([true, inForce]);
  });

  test("an item of another kind states nothing of an agreement or a level, nor does one that is not there", async () => {
    const attestation = await record("us-liaison", "USA", USA);
    const suspension = await suspend(USA, second);
    const [agreements, levelsBefore, [before]] = [await stated(), await attestations(), await rows("SELECT revision FROM vault.revision")];
    expect(await Promise.all([call("apply_suspension", attestation), call("apply_suspension", "itm_none"), call("apply_attestation", suspension), call("apply_attestation", "itm_none")])).toEqual([false, false, false, false]);
    expect([await stated(), await attestations(), (await rows("SELECT revision FROM vault.revision"))[0]]).toEqual([agreements, levelsBefore, before]);
    await lift(suspension, officer);
  });

  test("the ministry's role cannot say what it likes of an agreement", async () => {
    await expect(world.pool.query("SELECT vault.state_agreement('x')")).rejects.toThrow("permission denied");
    await expect(world.pool.query("INSERT INTO vault.statement (list, body) VALUES ('agreements', '{\"subject\": \"\", \"agreement\": \"A\", \"status\": \"ACTIVE\"}')")).rejects.toThrow("permission denied");
  });
});

test("a ministry's own guard has nothing for a liaison under a suspended agreement, whatever the gateway would make of it, and all of it for one under another (G10)", async () => {
  const running = await startTestMinistry(ministries["defense"] as MinistryDefinition);
  try {
    const liaison = persona(policy, "us-liaison");
    const count = async (suspendedAgreements: "ALL" | readonly string[] | undefined, releaseTo?: readonly string[], who = liaison): Promise<number> => {
      const subject = { ...who.subject, ...(suspendedAgreements === undefined ? {} : { suspendedAgreements }) };
      const { data } = await running.ask({ ...who, action: "RETRIEVE", subject, ctx: { ...who.ctx, ...(releaseTo === undefined ? {} : { releaseTo }) } }, "{ defenseDocuments(first: 100) { totalCount } }");
      return (data as { readonly defenseDocuments: { readonly totalCount: number } }).defenseDocuments.totalCount;
    };
    const all = await count(undefined);
    const open = await count("ALL");
    expect(all).toBeGreaterThan(open);
    expect([await count([USA]), await count([AUS])]).toEqual([open, all]);
    const official = persona(policy, "mod-officer");
    const [own, forUsa] = [await count(undefined, undefined, official), await count(undefined, ["USA"], official)];
    expect([await count([USA], undefined, official), forUsa > await count([USA], ["USA"], official), await count([AUS], ["USA"], official)]).toEqual([own, true, forUsa]);
  } finally { await running.stop(); }
});
