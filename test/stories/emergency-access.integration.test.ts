/**
 * Story: access in an emergency. In the middle of an incident the officer of the National Cyber Office has no need-to-know for two matters of the Ministry of Defense. He asks, the ministry's
 * security officer confirms, he reads until the end of the day, and a third person reviews what was done.
 */
import { codesOf, reasonsOf, startStory, within } from "./story";

const story = startStory();
jest.setTimeout(120_000);

const TODAY = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10);
const inDays = (days: number): string => new Date(Date.parse(TODAY) + days * 86_400_000).toISOString().slice(0, 10);

const ASK = `mutation ($input: AskEmergencyAccessInput!) { defenseAskEmergencyAccess(input: $input) { id state version owner subject due } }`;
const CONFIRM = `mutation ($input: ConfirmEmergencyAccessInput!) { defenseConfirmEmergencyAccess(input: $input) { id state version until due } }`;
const REFUSE = `mutation ($input: RefuseEmergencyAccessInput!) { defenseRefuseEmergencyAccess(input: $input) { id state } }`;
const RETURN = "mutation ($input: ReturnEmergencyAccessInput!) { defenseReturnEmergencyAccess(input: $input) { id state due } }";
const REVIEW = `mutation ($input: ReviewEmergencyAccessInput!) { defenseReviewEmergencyAccess(input: $input) { id state finding steps { name actor } } }`;
const LIST = `query ($states: [String!], $dueBefore: String) { defenseEmergencyAccesses(states: $states, dueBefore: $dueBefore) { nodes { id state } } }`;
const DOCUMENTS = `{ defenseDocuments { nodes { id body { en } } } }`;
const RECORD = "Table of detection ranges by condition.";

interface Asked { readonly id: string; readonly version: number }
interface Matter { readonly id: string; readonly defense: { readonly entry: { readonly token: string | null } | null } | null }
let project = "";
let designation = "";
let asked: readonly Asked[] = [];

const ask = (matter: string, who = "breakglass-officer", purpose?: string): ReturnType<ReturnType<typeof story.as>["mutate"]> =>
  story.as(who, purpose === undefined ? {} : { purpose }).mutate(ASK, { input: { matter, emergency: "Intrusion under way at the (fictional) sensor programme" } });
const reads = async (who: string): Promise<boolean> => JSON.stringify((await story.as(who).query(DOCUMENTS)).data).includes(RECORD);
const kindsOf = async (who: string): Promise<readonly string[]> =>
  ((await story.as(who).query("{ defenseNotices { kind } }")).data as { readonly defenseNotices: readonly { readonly kind: string }[] }).defenseNotices.map(({ kind }) => kind);

test("given a record of the Ministry of Defense that the officer of the cyber office may not read, under two matters of which he knows", async () => {
  const { data } = await story.as("mod-security-officer").query("{ defenseMatters { nodes { id defense { entry { token } } } } }");
  const byToken = new Map((data as { readonly defenseMatters: { readonly nodes: readonly Matter[] } }).defenseMatters.nodes.map(({ id, defense }) => [defense?.entry?.token, id]));
  project = byToken.get("PRJ-QS-2026") ?? "";
  designation = byToken.get("MOD-2026-041") ?? "";
  expect([project, designation]).toEqual([expect.stringMatching(/^mtr_/), expect.stringMatching(/^mtr_/)]);
  expect(await reads("breakglass-officer")).toBe(false);
});

test("nobody asks without the role or for another purpose than responding to an incident, nor for a matter that there is not (D.4, D.45)", async () => {
  expect(reasonsOf(await ask(project, "mod-officer"))).toEqual(["ROLE"]);
  expect(codesOf(await ask(project, "breakglass-officer", "ANALYSIS"))).toEqual(["BAD_USER_INPUT"]);
  const unknown = await ask("mtr_0000000000000000");
  expect([codesOf(unknown), reasonsOf(unknown)]).toEqual([["MINISTRY_REFUSED"], ["STATE"]]);
});

test("he asks, the owner is told at once, and asking alone opens nothing (D.45)", async () => {
  const answers = [await ask(project), await ask(designation)];
  asked = answers.map(({ data }) => (data as { readonly defenseAskEmergencyAccess: Asked }).defenseAskEmergencyAccess);
  expect(answers.map(({ data }) => data)).toEqual([1, 2].map(() => ({ defenseAskEmergencyAccess: expect.objectContaining({ state: "ASKED", version: 1, owner: "JPN.MOD", subject: "breakglass-officer", due: TODAY }) })));
  expect(await kindsOf("mod-security-officer")).toEqual(["EMERGENCY_ACCESS_ASKED", "EMERGENCY_ACCESS_ASKED"]);
  expect(await kindsOf("mod-approver")).toEqual(["EMERGENCY_ACCESS_ASKED", "EMERGENCY_ACCESS_ASKED"]);
  expect(await reads("breakglass-officer")).toBe(false);
});

test("he cannot confirm it himself; another ministry does not see it, nor do officers of either body who have nothing to do with it (B.4)", async () => {
  const input = { id: asked[0]?.id, version: 1, decision: "Yes" };
  expect(reasonsOf(await story.as("breakglass-officer").mutate(CONFIRM, { input }))).toEqual(["ROLE"]);
  expect(reasonsOf(await story.as("meti-security-officer").mutate(CONFIRM, { input }))).toEqual(["STATE"]);
  for (const who of ["mod-officer", "ciro-analyst", "meti-security-officer"]) {
    expect([who, (await story.as(who).query(LIST)).data]).toEqual([who, { defenseEmergencyAccesses: { nodes: [] } }]);
  }
});

test("the security officer confirms both, and within a second he reads the record, until the end of the day in Japan and not longer (D.4, D.45)", async () => {
  for (const { id } of asked) {
    const confirmed = await story.as("mod-security-officer").mutate(CONFIRM, { input: { id, version: 1, decision: "The incident concerns the sensor" } });
    expect(confirmed.data).toEqual({ defenseConfirmEmergencyAccess: { id, state: "OPEN", version: 2, until: TODAY, due: TODAY } });
  }
  const read = await within(1_000, () => story.as("breakglass-officer").query(DOCUMENTS), ({ data }) => JSON.stringify(data).includes(RECORD));
  expect(JSON.stringify(read.data)).toContain(RECORD);
  const held = await story.as("mod-security-officer").query(`query ($id: ID!) { defenseMatters(filter: { id: { eq: $id } }) { nodes { defense { assignments { subject from until } } } } }`, { id: project });
  expect(JSON.stringify(held.data)).toContain(JSON.stringify({ subject: "breakglass-officer", from: TODAY, until: TODAY }));
});

test("a second emergency access to the same matter is refused while the first is not reviewed", async () => {
  expect(reasonsOf(await ask(project))).toEqual(["LIMIT"]);
});

test("when the incident is over he gives access back, and within a second he reads nothing more; the review is due in seven days (D.45)", async () => {
  for (const { id } of asked) {
    // What he gives back is part of his standing: the answer is what he may see of it as who he is then.
    const returned = await story.as("breakglass-officer").mutate(RETURN, { input: { id, version: 2, reason: "Contained" } });
    expect(returned.data).toEqual({ defenseReturnEmergencyAccess: { id, state: "TO_REVIEW", due: inDays(7) } });
  }
  const gone = await within(1_000, () => story.as("breakglass-officer").query(DOCUMENTS), ({ data }) => !JSON.stringify(data).includes(RECORD));
  expect(JSON.stringify(gone.data)).not.toContain(RECORD);
});

test("what waits for review is listed for oversight, and is overdue in the list of the eighth day", async () => {
  const listed = async (dueBefore: string): Promise<number> =>
    ((await story.as("auditor").query(LIST, { states: ["TO_REVIEW", "REVIEW_OVERDUE"], dueBefore })).data as { readonly defenseEmergencyAccesses: { readonly nodes: readonly unknown[] } }).defenseEmergencyAccesses.nodes.length;
  expect([await listed(inDays(7)), await listed(inDays(8))]).toEqual([0, 2]);
});

test("neither he nor the officer who confirmed reviews it; the designating authority and oversight do, as third persons (D.45, D.56)", async () => {
  const input = { id: asked[0]?.id, version: 3, finding: "JUSTIFIED", report: "Read one record; the incident concerned it" };
  expect(reasonsOf(await story.as("breakglass-officer").mutate(REVIEW, { input }))).toEqual(["ROLE"]);
  expect(reasonsOf(await story.as("mod-security-officer").mutate(REVIEW, { input }))).toEqual(["ROLE"]);
  expect((await story.as("mod-approver").mutate(REVIEW, { input })).data).toEqual({ defenseReviewEmergencyAccess: { id: input.id, state: "REVIEWED", finding: "JUSTIFIED", steps: [
    { name: "ASK_EMERGENCY_ACCESS", actor: "breakglass-officer" }, { name: "CONFIRM_EMERGENCY_ACCESS", actor: "mod-security-officer" },
    { name: "RETURN_EMERGENCY_ACCESS", actor: "breakglass-officer" }, { name: "REVIEW_EMERGENCY_ACCESS", actor: "mod-approver" } ] } });
  const second = await story.as("auditor").mutate(REVIEW, { input: { ...input, id: asked[1]?.id, finding: "EXCEEDED" } });
  expect(second.data).toMatchObject({ defenseReviewEmergencyAccess: { state: "REVIEWED", finding: "EXCEEDED" } });
});

test("after the review he may ask again, and the security officer may refuse", async () => {
  const again = ((await ask(project)).data as { readonly defenseAskEmergencyAccess: Asked }).defenseAskEmergencyAccess;
  const refused = await story.as("mod-security-officer").mutate(REFUSE, { input: { id: again.id, version: 1, decision: "Ask for access in the ordinary way" } });
  expect(refused.data).toEqual({ defenseRefuseEmergencyAccess: { id: again.id, state: "REFUSED" } });
  expect(await kindsOf("breakglass-officer")).toContain("EMERGENCY_ACCESS_REFUSED");
});
