/**
 * Story: an invention that may not be published. The Ministry of Economy takes an application of Hoshimi Juden (fictional) into the first screening and refers it to the Cabinet Office; the applicant is told, cannot
 * withdraw, and nobody but the designating authority of the Cabinet Office designates. That authority is held by nobody of the demonstration: what it does is told in
 * `test/subgraphs/industry.integration.test.ts`, in the same database.
 */
import { knownOperation } from "../support/known-operation";
import { codesOf, reasonsOf, startStory, type Answer } from "./story";

const story = startStory();
jest.setTimeout(120_000);

const HOSHIMI = "JPN.PRV.9990001000001";
const TODAY = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10);
const inDays = (days: number): string => new Date(Date.parse(TODAY) + days * 86_400_000).toISOString().slice(0, 10);
const RECEIVE = "mutation ($input: ReceivePatentApplicationInput!) { economyReceivePatentApplication(input: $input) { id state version due } }";
const REFER = "mutation ($input: ReferPatentApplicationInput!) { economyReferPatentApplication(input: $input) { id state version } }";
const INVENTION = "mutation ($input: ReferInventionInput!) { cabinetOfficeReferInvention(input: $input) { id state version owner } }";
const DESIGNATE = "mutation ($input: DesignateInventionInput!) { cabinetOfficeDesignateInvention(input: $input) { id state } }";
const WITHDRAW = knownOperation("WithdrawPatentApplication");
const PERMISSION = knownOperation("AskInventionPermission");

interface Step { readonly id: string; readonly state: string; readonly version: number }
const made = (answer: Answer): Step => {
  expect(answer.errors).toEqual([]);
  return Object.values(answer.data as Readonly<Record<string, Step>>)[0] as Step;
};
const APPLICATION = { application: "P-2026-0100", applicant: HOSHIMI, filedOn: inDays(-20), field: "Quantum sensing", outline: "Sensing element (fictional)" };
let screened: Step;
let invention: Step;

test("the first screening takes an application in; it ends three months after the filing, and a ministry's own application is none (D.33)", async () => {
  expect(reasonsOf(await story.as("meti-officer").mutate(RECEIVE, { input: { ...APPLICATION, applicant: "JPN.MOD" } }))).toEqual(["INPUT"]);
  expect(reasonsOf(await story.as("meti-officer").mutate(RECEIVE, { input: { ...APPLICATION, filedOn: inDays(1) } }))).toEqual(["INPUT"]);
  const answer = await story.as("meti-officer").mutate(RECEIVE, { input: APPLICATION });
  screened = made(answer);
  const { due } = (answer.data as { readonly economyReceivePatentApplication: { readonly due: string } }).economyReceivePatentApplication;
  expect([due > inDays(65), due < inDays(75)]).toEqual([true, true]);
});

test("an officer of the ministry who is not cleared for inventions does not know that there is such a thing (D.33)", async () => {
  for (const persona of ["meti-security-officer", "meti-hr", "mod-approver"]) expect((await story.as(persona).query("{ economyPatentScreenings { totalCount } }")).errors).not.toEqual([]);
  expect((await story.as("mod-officer").query("{ economyPatentScreenings { totalCount } }")).data).toEqual({ economyPatentScreenings: { totalCount: 0 } });
});

test("an application that was filed too long ago can no longer be referred, one in time is (D.33)", async () => {
  const late = made(await story.as("meti-officer").mutate(RECEIVE, { input: { ...APPLICATION, application: "P-2026-0001", filedOn: inDays(-120) } }));
  expect(reasonsOf(await story.as("meti-officer").mutate(REFER, { input: { id: late.id, version: late.version, finding: "x" } }))).toEqual(["LIMIT"]);
  expect(made(await story.as("meti-officer").mutate(REFER, { input: { id: screened.id, version: screened.version, finding: "Of use against submarines (fictional)" } })).state).toBe("REFERRED");
});

test("the Cabinet Office receives it from the first screening and from nobody else, and the applicant is told (D.33)", async () => {
  const input = { application: APPLICATION.application, applicant: HOSHIMI, outline: APPLICATION.outline };
  expect(reasonsOf(await story.as("mod-officer").mutate(INVENTION, { input }))).toEqual(["ROLE"]);
  expect(codesOf(await story.as("hoshimi-facility-manager").mutate(INVENTION, { input }))).toEqual(["UNKNOWN_OPERATION"]);
  invention = made(await story.as("meti-officer").mutate(INVENTION, { input }));
  expect(invention).toMatchObject({ state: "REFERRED", owner: "JPN.CAO" });
  const told = await story.as("hoshimi-facility-manager").query(knownOperation("PatentPreservation"), { id: invention.id });
  expect(told.data).toMatchObject({ cabinetOfficePatentPreservation: { application: "P-2026-0100", state: "REFERRED" } });
  // It is on the list, but there is no such thing for its engineer: as if it were not.
  expect(codesOf(await story.as("contractor-engineer").query(knownOperation("PatentPreservation"), { id: invention.id }))).toEqual(["UNKNOWN_OPERATION"]);
});

test("neither the ministry that referred it nor the applicant designates it (D.33)", async () => {
  const input = { id: invention.id, version: invention.version, reason: "x", until: inDays(300) };
  for (const persona of ["meti-officer", "mod-officer"]) expect(reasonsOf(await story.as(persona).mutate(DESIGNATE, { input }))).toEqual(["ROLE"]);
  expect(codesOf(await story.as("hoshimi-facility-manager").mutate(DESIGNATE, { input }))).toEqual(["UNKNOWN_OPERATION"]);
});

test("the applicant cannot withdraw while it is pending, and there is nothing to permit before it is designated (D.33)", async () => {
  const of = { id: invention.id, version: invention.version };
  expect(reasonsOf(await story.as("hoshimi-facility-manager").mutate(WITHDRAW, { input: of }))).toEqual(["STATE"]);
  expect(reasonsOf(await story.as("hoshimi-facility-manager").mutate(PERMISSION, { input: { ...of, asked: "WORK", askedFor: "A prototype" } }))).toEqual(["STATE"]);
});
