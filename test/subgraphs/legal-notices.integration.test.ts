/** The register of acknowledgements where it is kept: whoever asks records and sees their own, others' only under the guard of outcomes of vettings, and one line for what is said twice at once. */
import { loadPolicy } from "../../schema/policy";
import { ministries } from "../../subgraphs";
import type { MinistryDefinition } from "../../subgraphs/kit";
import { type Persona, persona } from "../support/people";
import { asAdmin, type MinistryAnswer, startTestMinistry, type TestAsker, type TestMinistry } from "../support/postgres";

jest.setTimeout(120_000);
const policy = loadPolicy();
const office = ministries["cabinet-office"] as MinistryDefinition;
const NOTICES = "{ legalNotices { id version acknowledgedAt } }";
const LIST = "{ cabinetOfficeAcknowledgements { totalCount nodes { subject notice version } } }";
const readIt = (notice: string, version = "1"): string => `mutation { acknowledgeNotice(notice: "${notice}", version: "${version}") { id acknowledgedAt } }`;
let running: TestMinistry;

beforeAll(async () => { running = await startTestMinistry(office); }, 120_000);
afterAll(() => running.stop());

const asker = ({ subject, ctx }: Persona, action: TestAsker["action"] = "RETRIEVE"): TestAsker => ({ subject, ctx, action });
const ask = (id: string, query: string): Promise<MinistryAnswer> => running.ask(asker(persona(policy, id), query.startsWith("mutation") ? "WRITE" : "RETRIEVE"), query);
const codes = (answer: MinistryAnswer): readonly unknown[] => (answer.errors ?? []).map(({ extensions }) => (extensions as { readonly code?: unknown } | undefined)?.code);
const forget = (subject: string): Promise<unknown> => asAdmin(running.database, (admin) => admin.query("WITH gone AS (DELETE FROM vault.acknowledgement WHERE subject = $1) DELETE FROM vault.statement WHERE list = 'acknowledgements' AND body->>'subject' = $1", [subject]));
const statedOf = async (subject: string): Promise<readonly unknown[]> => ((await running.standing())["acknowledgements"] ?? []).filter((each) => each["subject"] === subject).map(({ notice, version }) => `${String(notice)}@${String(version)}`);
const historyOf = (actor: string): Promise<readonly unknown[]> => asAdmin(running.database, async (admin) => (await admin.query<{ body: unknown }>("SELECT body FROM vault.history WHERE actor = $1 AND change = 'ACKNOWLEDGE_NOTICE' ORDER BY revision", [actor])).rows.map(({ body }) => body));

test("an acknowledgement is recorded, stated with the standing and a line of history; said by ten at once it is one", async () => {
  await forget("mod-officer");
  expect((await ask("mod-officer", NOTICES)).data).toMatchObject({ legalNotices: [{ id: "NOTICE-MDA", acknowledgedAt: null }, { id: "NOTICE-PAT", acknowledgedAt: null }, { id: "NOTICE-SDS", acknowledgedAt: null }] });
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask("mod-officer", readIt("NOTICE-SDS"))));
  const instants = new Set(answers.map(({ data }) => (data as { acknowledgeNotice: { acknowledgedAt: string } }).acknowledgeNotice.acknowledgedAt));
  expect([answers.flatMap(codes), instants.size]).toEqual([[], 1]);
  expect(await statedOf("mod-officer")).toEqual(["NOTICE-SDS@1"]);
  expect(await historyOf("mod-officer")).toEqual([{ notice: "NOTICE-SDS", version: "1" }]);
});

test("what is not the asker's to acknowledge, or not in this version, is refused alike and leaves nothing", async () => {
  const before = await statedOf("mod-officer");
  for (const text of [readIt("NOTICE-CESI"), readIt("NOTICE-NONE"), readIt("NOTICE-SDS", "2"), readIt("")]) expect([text, codes(await ask("mod-officer", text))]).toEqual([text, ["REFUSED_STATE"]]);
  expect(codes(await ask("uncleared-official", readIt("NOTICE-SDS")))).toEqual(["REFUSED_STATE"]);
  expect(codes(await running.ask(asker(persona(policy, "mod-officer")), readIt("NOTICE-MDA")))).toEqual(["REFUSED_ROLE"]);
  expect(await statedOf("mod-officer")).toEqual(before);
});

test("the register is read by whoever may read outcomes of vettings, for such a purpose, and is empty to others", async () => {
  const listOf = async (who: Persona): Promise<number> => ((await running.ask(asker(who), LIST)).data as { cabinetOfficeAcknowledgements: { totalCount: number } }).cabinetOfficeAcknowledgements.totalCount;
  const auditor = persona(policy, "auditor");
  expect(await listOf(auditor)).toBeGreaterThan(20);
  const { purpose: _, ...without } = auditor.ctx;
  expect(await listOf({ ...auditor, ctx: without })).toBe(0);
  for (const id of ["ciro-analyst", "meti-hr", "us-liaison", "uncleared-official"]) expect([id, await listOf(persona(policy, id))]).toEqual([id, 0]);
});

test("no other ministry has the fields", async () => {
  const economy = await startTestMinistry(ministries["economy"] as MinistryDefinition);
  try { expect(economy.sdl()).not.toMatch(/legalNotices|acknowledgeNotice|Acknowledgements/); } finally { await economy.stop(); }
  expect(running.sdl()).toMatch(/legalNotices[^]*acknowledgeNotice/);
});

test("which notices bind somebody is told to them alone: an officer who simulates their view is shown none (4.16)", async () => {
  const [own, officer] = [persona(policy, "mod-officer"), persona(policy, "mod-security-officer")];
  const seen = async (ctx: TestAsker["ctx"]): Promise<unknown> => (await running.ask({ subject: own.subject, ctx, action: "RETRIEVE" }, NOTICES)).data;
  expect((await seen(own.ctx) as { readonly legalNotices: readonly unknown[] }).legalNotices.length).toBeGreaterThan(0);
  expect(await seen({ ...own.ctx, observer: { ...officer.ctx, subject: officer.subject } })).toEqual({ legalNotices: [] });
});
