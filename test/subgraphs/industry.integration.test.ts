/** Industry and partners in the database (SPEC 15.60-15.73): what the clock does to a facility, what the register refuses whoever asks, an invention from referral to compensation. */
import { addYears, loadPolicy, japanDay, shiftDate, startOfDay } from "../../schema/policy";
import { Days } from "../../subgraphs/kit/workflow/days";
import { facilityClearance } from "../../subgraphs/kit/workflow/industry/facility-clearance";
import { facilityZone } from "../../subgraphs/kit/workflow/industry/facility-zone";
import { patentPreservation } from "../../subgraphs/kit/workflow/industry/patent-preservation";
import { type Persona, persona } from "../support/people";
import { DEMO_NOON, asAdmin } from "../support/postgres";
import { type WorkflowWorld, openWorkflowWorld } from "../support/workflow-world";

jest.setTimeout(60_000);
const DAY = 86_400_000;
const HOSHIMI = "JPN.PRV.9990001000001";
const TODAY = japanDay(DEMO_NOON);
const policy = loadPolicy();
let world: WorkflowWorld;
beforeAll(async () => { world = await openWorkflowWorld("cabinet-office"); }, 60_000);
afterAll(async () => { await world.stop(); });

const rows = <T>(text: string): Promise<readonly T[]> => asAdmin(world.login.database, async (admin) => (await admin.query(text)).rows as readonly T[]);
const codeOf = async (act: Promise<unknown>): Promise<unknown> => act.then(() => "done", (error: { readonly code?: unknown }) => error.code ?? error);
const sweepAt = (now: number): Promise<number> => new Days({ ministry: world.ministry, pool: world.pool, policy: () => policy, clock: () => now, labels: () => world.table.at(now) }).sweep();
const of = (name: string, purpose: string): Persona => { const found = persona(policy, name); return { ...found, id: `${name}/${purpose}`, ctx: { ...found.ctx, purpose } }; };
const proposer = of("meti-officer", "DESIGNATION");
const assessor = of("meti-security-officer", "ACCESS-DECISION");
const firm = of("hoshimi-facility-manager", "CONTRACT");
const MATERIAL = { sites: ["AONADA-1"], ownership: "x", officers: "x", foreignRevenue: 0, safeguards: "x" };
const stated = (): Promise<readonly { readonly foci: string }[]> => rows("SELECT DISTINCT body->>'foci' AS foci FROM vault.statement WHERE list = 'facilities' AND body->>'id' = 'FAC-HOSHIMI-1'");

async function certified(facility: string): Promise<string> {
  const id = await world.take(proposer, facilityClearance, "PROPOSE_FACILITY", { agency: "JPN.METI", firm: HOSHIMI, facility, level: 2, need: "x" });
  await world.take(firm, facilityClearance, "ACCEPT_FACILITY", { id, version: 1 });
  await world.take(firm, facilityClearance, "FILE_FACILITY", { id, version: 2, ...MATERIAL });
  await world.take(assessor, facilityClearance, "ASSESS_FACILITY", { id, version: 3, foci: "NONE", assessment: "x", validUntil: shiftDate(TODAY, 100) });
  return id;
}

describe("the clock and a facility", () => {
  let id = "";

  test("on the day for which a change was reported access stops, not before, and stays stopped", async () => {
    id = await certified("FAC-HOSHIMI-1");
    await world.take(firm, facilityClearance, "REPORT_CHANGE", { id, version: 4, change: "OWNERSHIP", changeDescription: "x", effectiveOn: shiftDate(TODAY, 10) });
    await sweepAt(DEMO_NOON + 9 * DAY);
    expect(await stated()).toEqual([{ foci: "NONE" }]);
    await sweepAt(DEMO_NOON + 10 * DAY);
    expect(await stated()).toEqual([{ foci: "UNDER_REVIEW" }]);
    await sweepAt(DEMO_NOON + 50 * DAY);
    expect(await stated()).toEqual([{ foci: "UNDER_REVIEW" }]);
  });

  test("of two changes that were reported the earlier day counts", async () => {
    await world.take(assessor, facilityClearance, "ASSESS_FACILITY", { id, version: 6, foci: "NONE", assessment: "x", validUntil: shiftDate(TODAY, 100) });
    await world.take(firm, facilityClearance, "REPORT_CHANGE", { id, version: 7, change: "OFFICERS", changeDescription: "x", effectiveOn: shiftDate(TODAY, 5) });
    await world.take(firm, facilityClearance, "REPORT_CHANGE", { id, version: 8, change: "SITES", changeDescription: "x", effectiveOn: shiftDate(TODAY, 30) });
    expect(await rows(`SELECT due FROM vault.item WHERE id = '${id}'`)).toEqual([{ due: shiftDate(TODAY, 5) }]);
  });

  test("a certificate that runs out leaves nobody stated at the facility", async () => {
    await world.take(assessor, facilityClearance, "ASSESS_FACILITY", { id, version: 9, foci: "NONE", assessment: "x", validUntil: shiftDate(TODAY, 100) });
    await sweepAt(DEMO_NOON + 100 * DAY);
    expect(await stated()).toEqual([{ foci: "NONE" }]);
    await sweepAt(DEMO_NOON + 101 * DAY);
    expect(await stated()).toEqual([]);
    expect(await rows(`SELECT state FROM vault.item WHERE id = '${id}'`)).toEqual([{ state: "ENDED" }]);
  });
});

describe("the clock and a zone (D.28)", () => {
  const sites = (): Promise<readonly unknown[]> => rows("SELECT DISTINCT body->'sites' AS sites FROM vault.statement WHERE list = 'facilities' AND body->>'id' = 'FAC-HOSHIMI-2'");
  let id = "";

  test("a site that nobody attested is stated for nobody, also when the firm filed it and the facility is certified", async () => {
    await certified("FAC-HOSHIMI-2");
    await asAdmin(world.login.database, (admin) => admin.query("INSERT INTO vault.statement (list, body) VALUES ('facilities', '{\"subject\": \"contractor-engineer\", \"id\": \"FAC-HOSHIMI-2\", \"level\": 2, \"foci\": \"NONE\", \"validUntil\": \"2030-01-01\", \"sites\": [], \"contracts\": []}')"));
    expect(await sites()).toEqual([{ sites: [] }]);
    const zone = { agency: "JPN.METI", firm: HOSHIMI, facility: "FAC-HOSHIMI-2", site: "AONADA-1", level: 2, standard: "NIST_SP_800_171", assessment: "x", until: shiftDate(TODAY, 20) };
    id = await world.take(assessor, facilityZone, "ATTEST_ZONE", zone);
    expect(await sites()).toEqual([{ sites: ["AONADA-1"] }]);
  });

  test("an attestation lapses after its last day and not before, and what has lapsed cannot be renewed", async () => {
    await world.take(assessor, facilityZone, "RENEW_ZONE", { id, version: 1, assessment: "x", until: shiftDate(TODAY, 30) });
    await sweepAt(DEMO_NOON + 30 * DAY);
    expect(await sites()).toEqual([{ sites: ["AONADA-1"] }]);
    await sweepAt(DEMO_NOON + 31 * DAY);
    expect(await sites()).toEqual([{ sites: [] }]);
    expect(await rows(`SELECT state FROM vault.item WHERE id = '${id}'`)).toEqual([{ state: "ENDED" }]);
    expect(await codeOf(world.take(assessor, facilityZone, "RENEW_ZONE", { id, version: 3, assessment: "x", until: shiftDate(TODAY, 60) }))).toBe("REFUSED_STATE");
    await asAdmin(world.login.database, (admin) => admin.query("DELETE FROM vault.statement WHERE body->>'id' = 'FAC-HOSHIMI-2'"));
  });
});

describe("the register of facilities", () => {
  test("a facility has one certificate: a second one is refused, and nothing of it is kept", async () => {
    await certified("FAC-HOSHIMI-3");
    const before = await rows("SELECT count(*)::int AS lines FROM vault.history");
    const again = await world.take(proposer, facilityClearance, "PROPOSE_FACILITY", { agency: "JPN.METI", firm: HOSHIMI, facility: "FAC-HOSHIMI-3", level: 4, need: "x" });
    await world.take(firm, facilityClearance, "ACCEPT_FACILITY", { id: again, version: 1 });
    await world.take(firm, facilityClearance, "FILE_FACILITY", { id: again, version: 2, ...MATERIAL });
    expect(await codeOf(world.take(assessor, facilityClearance, "ASSESS_FACILITY", { id: again, version: 3, foci: "NONE", assessment: "x", validUntil: shiftDate(TODAY, 10) }))).toBe("REFUSED_STATE");
    expect(await rows(`SELECT state FROM vault.item WHERE id = '${again}'`)).toEqual([{ state: "FILED" }]);
    expect(await rows("SELECT count(*)::int AS lines FROM vault.history")).toEqual([{ lines: (before[0] as { readonly lines: number }).lines + 3 }]);
  });

  test("one firm cannot have another's facility certified, whoever says so", async () => {
    await asAdmin(world.login.database, (admin) => admin.query("INSERT INTO vault.statement (list, body) VALUES ('facilities', '{\"subject\": \"contractor-engineer\", \"id\": \"FAC-9\", \"level\": 2, \"foci\": \"NONE\", \"validUntil\": \"2030-01-01\", \"sites\": [], \"contracts\": []}')"));
    const other = { ...firm, id: "other-manager", subject: { ...firm.subject, id: "other-manager", org: "JPN.PRV.9990001000002", roles: firm.subject.roles.map((role) => ({ ...role, org: "JPN.PRV.9990001000002" })) } };
    const id = await world.take(proposer, facilityClearance, "PROPOSE_FACILITY", { agency: "JPN.METI", firm: "JPN.PRV.9990001000002", facility: "FAC-9", level: 4, need: "x" });
    expect(await codeOf(world.take(firm, facilityClearance, "ACCEPT_FACILITY", { id, version: 1 }))).toBe("REFUSED_STATE");
    await world.take(other, facilityClearance, "ACCEPT_FACILITY", { id, version: 1 });
    await world.take(other, facilityClearance, "FILE_FACILITY", { id, version: 2, ...MATERIAL });
    expect(await codeOf(world.take(assessor, facilityClearance, "ASSESS_FACILITY", { id, version: 3, foci: "NONE", assessment: "x", validUntil: shiftDate(TODAY, 10) }))).toBe("REFUSED_STATE");
    expect(await rows("SELECT body->>'level' AS level FROM vault.statement WHERE body->>'id' = 'FAC-9'")).toEqual([{ level: "2" }]);
  });

  test("functions that state something do it for what an item decided and for nothing else", async () => {
    const id = await world.take(proposer, facilityClearance, "PROPOSE_FACILITY", { agency: "JPN.METI", firm: HOSHIMI, facility: "FAC-9", level: 4, need: "x" });
    const before = await rows("SELECT list, body FROM vault.statement ORDER BY id");
    for (const call of [`apply_facility('x', '${id}')`, "apply_facility('x', 'itm_none')", `apply_facility_contract('x', '${id}')`, `apply_facility_roster('x', '${id}')`, `apply_facility_zone('x', '${id}')`, `apply_sharing('x', '${id}', '[]')`, `apply_attestation('x', '${id}')`, `apply_suspension('x', '${id}')`,
      `apply_release('x', '${id}', 1)`, `is_cleared_for_visit('${id}')`]) expect([call, await world.pool.query(`SELECT ${call} AS done`)]).toEqual([call, [{ done: false }]]);
    expect(await rows("SELECT list, body FROM vault.statement ORDER BY id")).toEqual(before);
  });
});

describe("an invention under preservation (D.3, 33)", () => {
  const official = persona(policy, "mod-officer");
  /** The Cabinet Office's designating authority, whom the demonstration does not have. */
  const authority: Persona = { ...official, id: "cao-authority", subject: { ...official.subject, id: "cao-authority", org: "JPN.CAO", eligibilities: official.subject.eligibilities.map((held) => ({ ...held, usableAt: ["JPN.CAO"] })),
    roles: [{ role: "APPROVE", org: "JPN.CAO", from: "2026-04-01", until: "2031-03-31", grantedBy: "JPN.CAO" }] } };
  const until = shiftDate(TODAY, 300);
  const renewed = addYears(until, 1);
  let id = "";
  let version = 1;
  const take = async (who: string | Persona, step: string, given: object = {}, now?: number): Promise<unknown> => {
    const code = await codeOf(world.take(who, patentPreservation, step, { id, version, ...given }, undefined, now));
    if (code === "done") version += 1;
    return code;
  };
  const body = async (): Promise<unknown> => (await rows<{ body: unknown }>(`SELECT body FROM vault.item WHERE id = '${id}'`))[0]?.body;

  test("the authority of the Cabinet Office designates it for at most a year", async () => {
    id = await world.take("meti-officer", patentPreservation, "REFER_INVENTION", { application: "P-2026-0200", applicant: HOSHIMI, outline: "x" });
    expect(await take("meti-officer", "DESIGNATE_INVENTION", { reason: "x", until })).toBe("REFUSED_ROLE");
    expect(await take(authority, "DESIGNATE_INVENTION", { reason: "x", until: shiftDate(TODAY, 366) })).toBe("REFUSED_LIMIT");
    expect(await take(authority, "DESIGNATE_INVENTION", { reason: "Use against submarines", until })).toBe("done");
  });

  test("the applicant cannot withdraw the application", async () => { expect(await take(firm, "WITHDRAW_APPLICATION")).toBe("REFUSED_STATE"); });

  test("permission to work or to disclose it is asked for and decided, one at a time, and what was given is on record", async () => {
    expect(await take(authority, "DECIDE_PERMISSION", { permitted: true, reason: "x" })).toBe("REFUSED_STATE");
    expect(await take(firm, "ASK_PERMISSION", { asked: "DISCLOSE", askedFor: "To Seiran Semiconductor" })).toBe("done");
    expect(await take(firm, "ASK_PERMISSION", { asked: "WORK", askedFor: "x" })).toBe("REFUSED_STATE");
    expect(await take(firm, "DECIDE_PERMISSION", { permitted: true, reason: "x" })).toBe("REFUSED_ROLE");
    expect(await take(authority, "DECIDE_PERMISSION", { permitted: false, reason: "Not certified" })).toBe("done");
    expect(await take(firm, "ASK_PERMISSION", { asked: "WORK", askedFor: "A prototype" })).toBe("done");
    expect(await take(authority, "DECIDE_PERMISSION", { permitted: true, reason: "In its own works" })).toBe("done");
    expect(await body()).toMatchObject({ permissions: [`WORK ${TODAY}: A prototype`], asked: null });
  });

  test("it is renewed by a year at most, counted from the day on which it would end", async () => {
    expect(await take(authority, "RENEW", { reason: "x", until: shiftDate(renewed, 1) })).toBe("REFUSED_LIMIT");
    expect(await take(authority, "RENEW", { reason: "Still of use", until: renewed })).toBe("done");
  });

  test("loss is claimed and decided about, and both stay on record", async () => {
    expect(await take(authority, "DECIDE_COMPENSATION", { compensated: 1, reason: "x" })).toBe("REFUSED_STATE");
    expect(await take(firm, "CLAIM_COMPENSATION", { claimed: 0, grounds: "x" })).toBe("BAD_USER_INPUT");
    expect(await take(firm, "CLAIM_COMPENSATION", { claimed: 5_000_000, grounds: "A licence was not given" })).toBe("done");
    expect(await take(authority, "DECIDE_COMPENSATION", { compensated: 3_000_000, reason: "As far as shown" })).toBe("done");
    expect(await body()).toMatchObject({ claimed: 5_000_000, compensated: 3_000_000 });
  });

  test("without renewal it lapses by the clock, after which the applicant may withdraw", async () => {
    const end = startOfDay(renewed) + DAY / 2;
    await sweepAt(end);
    expect(await rows(`SELECT state FROM vault.item WHERE id = '${id}'`)).toEqual([{ state: "DESIGNATED" }]);
    await sweepAt(end + DAY);
    version += 1;
    expect(await rows(`SELECT state FROM vault.item WHERE id = '${id}'`)).toEqual([{ state: "LAPSED" }]);
    expect(await take(firm, "WITHDRAW_APPLICATION")).toBe("done");
  });
});
