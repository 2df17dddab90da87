/**
 * Story: after the vetting. The official tells of a travel, the ministry of one that he did not tell of; rules leave advice, and nothing more. People suspend and reinstate; somebody leaves; the official
 * complains, and sees who read what is kept about him.
 */
import { type Answer, reasonsOf, startStory, within } from "./story";
import { CAO, type Item, SECOND, TODAY, actsOf, dayBefore, inYears, made, on } from "./vetting-acts";

const story = startStory();
const { take, soon, read, query, noticesOf, resulted, acknowledges } = actsOf(story);
jest.setTimeout(120_000);

const OFFICER = "meti-security-officer";
const asked = { subject: "vetted-person", employer: "JPN.METI", regimes: ["CESI"], reason: "Work on the (fictional) sensor" };
let vetting: Item;
let result: Item;
let evaluation: Item;
let signal: Item;

const evaluate = async (step: string, given: object): Promise<Item> => {
  const decided = made(await take(OFFICER, "economy", step, { regime: "CESI", maxLevel: 2, second: SECOND, ...given }));
  return made(await soon(SECOND, "economy", "NotifyVettingOutcome", on(decided), "validUntil"));
};
const signals = async (who: string): Promise<readonly Item[]> => {
  const { data } = await query(who, "{ cabinetOfficeRiskSignals { nodes { id version state rules events } } }");
  return (data as { readonly cabinetOfficeRiskSignals: { readonly nodes: readonly Item[] } }).cabinetOfficeRiskSignals.nodes;
};

test("given an official who was vetted and found eligible", async () => {
  const { vetting: consented, result: issued } = await resulted(asked);
  [vetting, result] = [consented, issued];
  await within(5_000, () => story.as(OFFICER).query(`query ($id: ID!) { cabinetOfficeVettingResult(id: $id) { opinion } }`, { id: result.id }), ({ data }) => JSON.stringify(data).includes("NO_"));
  evaluation = await evaluate("EvaluateVetting", { result: result["document"], eligible: true });
  expect(evaluation.state).toBe("ELIGIBLE");
  await acknowledges("vetted-person");
});

test("he tells of a travel, the ministry of one of which he did not tell; neither reads what the other told (D.19)", async () => {
  const own = made(await soon("vetted-person", CAO, "ReportOwnEvent", { vetting: vetting.id, kind: "FOREIGN_TRAVEL_REPORTED", happenedOn: TODAY, account: "A conference (fictional)" }));
  const told = made(await take(OFFICER, CAO, "ReportVettingEvent", { result: result.id, kind: "FOREIGN_TRAVEL_UNREPORTED", happenedOn: TODAY, account: "Seen abroad (fictional)" }));
  expect(await read(OFFICER, CAO, "VettingEvent", own.id, "account")).toBeNull();
  expect(await read("vetted-person", CAO, "VettingEvent", told.id, "account")).toBeNull();
  expect((await read("vetting-officer", CAO, "VettingEvent", told.id, "account"))?.["account"]).toBe("Seen abroad (fictional)");
  expect(reasonsOf(await take(OFFICER, CAO, "ReportVettingEvent", { result: result.id, kind: "FACILITY_MATERIAL_MISSING", happenedOn: inYears(1), account: "x" }))).toEqual(["INPUT"]);
  expect(made(await take("vetting-officer", CAO, "ScreenVettingEvent", on(told))).state).toBe("SCREENED");
  const found = await signals("vetting-officer");
  expect(found).toMatchObject([{ state: "ADVISED", rules: ["R1: foreign travel that was not reported"], events: [told.id] }]);
  signal = found[0] as Item;
});

test("the advice suspends nobody, and neither the person nor the ministry reads it before somebody has looked at it (D.19)", async () => {
  expect((await read(OFFICER, "economy", "VettingEvaluation", evaluation.id, "eligible"))).toMatchObject({ state: "ELIGIBLE", version: evaluation.version, eligible: true });
  expect(await signals(OFFICER)).toEqual([]);
  const referred = made(await take("vetting-officer", CAO, "ReferRiskSignal", { ...on(signal), officer: OFFICER, conclusion: "Please ask him (fictional)" }));
  expect(await signals(OFFICER)).toMatchObject([{ id: referred.id, state: "REFERRED", rules: ["R1: foreign travel that was not reported"] }]);
  expect((await read(OFFICER, "economy", "VettingEvaluation", evaluation.id, "eligible"))).toMatchObject({ state: "ELIGIBLE" });
});

test("the ministry's officer suspends, which the person is told, and reinstates; the person can do neither (D.20)", async () => {
  expect(reasonsOf(await take("vetted-person", "economy", "SuspendEligibility", { ...on(evaluation), reason: "x" }))).toEqual(["ROLE"]);
  const suspended = made(await take(OFFICER, "economy", "SuspendEligibility", { ...on(evaluation), reason: "To be asked", signal: signal.id }));
  expect(suspended.state).toBe("SUSPENDED");
  const reinstated = made(await take(OFFICER, "economy", "ReinstateEligibility", { ...on(suspended), reason: "He had told his superior (fictional)" }));
  expect(await noticesOf("vetted-person", "economy")).toEqual(["ELIGIBILITY_REINSTATED", "ELIGIBILITY_SUSPENDED", "VETTING_ELIGIBLE"]);
  evaluation = reinstated;
});

/** How many records somebody reads, rather than only knows of. */
const countOf = ({ data }: Answer): number =>
  (data as { readonly economyDocuments: { readonly nodes: readonly { readonly reference: string | null }[] } }).economyDocuments.nodes.filter(({ reference }) => reference !== null).length;
const documents = (): Promise<Answer> => query("meti-officer", "{ economyDocuments(first: 200) { nodes { reference } } }");

test("a suspension is felt within a second by whoever was reading, and so is its end; leaving ends what is left and is kept for oversight alone (D.20, D.23)", async () => {
  const held = await evaluate("RecordVettingExemption", { subject: "meti-officer", office: "PARLIAMENTARY_VICE_MINISTER", until: dayBefore(inYears(1)) });
  const full = countOf(await documents());
  const suspended = made(await take(OFFICER, "economy", "SuspendEligibility", { ...on(held), reason: "Doubt (fictional)" }));
  const fewer = countOf(await within(1_000, documents, (answer) => countOf(answer) < full));
  expect(fewer).toBeLessThan(full);
  const reinstated = made(await take(OFFICER, "economy", "ReinstateEligibility", { ...on(suspended), reason: "No doubt (fictional)" }));
  expect(countOf(await within(1_000, documents, (answer) => countOf(answer) === full))).toBe(full);
  expect(reasonsOf(await take(OFFICER, "economy", "RecordExitBriefing", { ...on(reinstated), dutyExplained: false, acknowledgement: "Signed" }))).toEqual(["INPUT"]);
  expect(made(await take(OFFICER, "economy", "RecordExitBriefing", { ...on(reinstated), dutyExplained: true, acknowledgement: "Signed (fictional)" })).state).toBe("LEFT");
  expect(countOf(await within(1_000, documents, (answer) => countOf(answer) < fewer))).toBeLessThan(fewer);
  const former = async (who: string): Promise<string> => JSON.stringify(await query(who, "{ cabinetOfficePeople(first: 200) { nodes { id economy { formerAccess { token until } } } } }"));
  expect(await former("auditor")).toContain(JSON.stringify({ token: "METI-CE-2026-01", until: TODAY }));
  expect(await former(OFFICER)).not.toContain("METI-CE-2026-01");
});

test("he complains; the complaint office reads it within a second, the investigator and the ministry do not, and another person than they answers (D.21)", async () => {
  const filed = made(await take("vetted-person", CAO, "FileVettingComplaint", { vetting: vetting.id, decision: evaluation.id, grounds: "The suspension was not explained (fictional)" }));
  const answer = { id: filed.id, version: filed.version, answer: "The ministry has to explain (fictional)" };
  expect(await read("vetting-officer", CAO, "VettingComplaint", filed.id, "grounds")).toBeNull();
  expect(await read(OFFICER, CAO, "VettingComplaint", filed.id, "grounds")).toBeNull();
  expect(reasonsOf(await take("vetted-person", CAO, "UpholdVettingComplaint", answer))).toEqual(["ROLE"]);
  const seen = await within(1_000, () => story.as("complaint-officer").query(`query ($id: ID!) { cabinetOfficeVettingComplaint(id: $id) { grounds } }`, { id: filed.id }), ({ data }) => JSON.stringify(data).includes("suspension"));
  expect(JSON.stringify(seen.data)).toContain("not explained");
  expect(made(await take("complaint-officer", CAO, "UpholdVettingComplaint", answer)).state).toBe("UPHELD");
  expect((await read("vetted-person", CAO, "VettingComplaint", filed.id, "answer"))?.["answer"]).toBe("The ministry has to explain (fictional)");
  expect(await noticesOf("vetted-person", CAO)).toContain("COMPLAINT_UPHELD");
});

test("he sees what is kept about him and who read it, for what; of advice about him he is told nothing (D.22, D.54)", async () => {
  await query("vetting-officer", "{ cabinetOfficeVettingInvestigations { nodes { id } } }");
  const ofHim = (await query("vetted-person", "{ cabinetOfficeReadings { workflow body purpose } economyReadings { workflow body purpose } cabinetOfficeVettings { nodes { consentId } } economyVettingEvaluations { nodes { regime state } } }")).data as {
    readonly cabinetOfficeReadings: readonly object[]; readonly economyReadings: readonly object[]; readonly cabinetOfficeVettings: { readonly nodes: readonly object[] }; readonly economyVettingEvaluations: { readonly nodes: readonly object[] };
  };
  expect(ofHim.cabinetOfficeReadings).toContainEqual({ workflow: "VettingInvestigation", body: "JPN.CAO.VET", purpose: "VETTING" });
  expect(ofHim.cabinetOfficeReadings).toContainEqual({ workflow: "VettingResult", body: "JPN.METI.SEC", purpose: "ACCESS-DECISION" });
  expect(ofHim.economyReadings).toContainEqual({ workflow: "VettingEvaluation", body: "JPN.METI.SEC", purpose: "ACCESS-DECISION" });
  expect(JSON.stringify(ofHim)).not.toMatch(/RiskSignal|VettingEvent|VettingComplaint/);
  expect(ofHim.cabinetOfficeVettings.nodes).toEqual([{ consentId: vetting["consentId"] }]);
  expect(ofHim.economyVettingEvaluations.nodes).toEqual([{ regime: "CESI", state: "ELIGIBLE" }]);
});
