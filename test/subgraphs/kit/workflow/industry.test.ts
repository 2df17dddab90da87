/** Rules of the industry workflows (SPEC 15.60-15.66): terms, foreign influence, late changes, de-identification, labels. Without a database. */
import type { LabelCore } from "../../../../schema/label";
import { mayGoOut, decide, labelOf, loadPolicy, NONE_SUSPENDED, startOfDay } from "../../../../schema/policy";
import { ministries } from "../../../../subgraphs";
import type { MinistryDefinition } from "../../../../subgraphs/kit";
import { Refusal } from "../../../../subgraphs/kit/refusal";
import { defineWorkflow } from "../../../../subgraphs/kit/workflow/declare";
import { telling, tellsAny } from "../../../../subgraphs/kit/workflow/industry/approach-digest";
import { checkAssessment, facilityClearance, isLate, stateAfter } from "../../../../subgraphs/kit/workflow/industry/facility-clearance";
import { facilityContract } from "../../../../subgraphs/kit/workflow/industry/facility-contract";
import { without } from "../../../../subgraphs/kit/workflow/industry/facility-roster";
import { checkZoneTerm } from "../../../../subgraphs/kit/workflow/industry/facility-zone";
import { isAgency, isFirm, sharedLabel } from "../../../../subgraphs/kit/workflow/industry/firm";
import { FOCI, addMonths } from "../../../../subgraphs/kit/workflow/industry/industry-policy";
import { firmSharing, isNamed } from "../../../../subgraphs/kit/workflow/industry/firm-sharing";
import { isSharable, withBody } from "../../../../subgraphs/kit/workflow/industry/sharing-label";
import { checkTerm, patentPreservation } from "../../../../subgraphs/kit/workflow/industry/patent-preservation";
import { receivesReports, reportLabel, suspiciousApproach } from "../../../../subgraphs/kit/workflow/industry/suspicious-approach";
import { WORKFLOWS } from "../../../../subgraphs/kit/workflow/list";
import { everybody } from "../../../support/people";

const policy = loadPolicy();
const NOW = startOfDay("2026-11-01") + 12 * 3_600_000;
const TODAY = "2026-11-01";
const codeOf = (act: () => void): unknown => { try { act(); return "done"; } catch (error) { return error instanceof Refusal ? error.code : error; } };
const HOSHIMI = "JPN.PRV.9990001000001";

test("only assessments that leave no foreign influence certify", () => {
  expect(FOCI.map((foci) => [foci, stateAfter(foci)])).toEqual([["NONE", "CERTIFIED"], ["MITIGATED", "CERTIFIED"], ["UNDER_REVIEW", "UNDER_REVIEW"], ["UNMITIGATED", "REFUSED"]]);
});

test.each([
  [{ foci: "NONE", validUntil: "2031-11-01" }, "done"], [{ foci: "NONE", validUntil: "2031-11-02" }, "REFUSED_LIMIT"], [{ foci: "NONE", validUntil: "2026-10-31" }, "BAD_USER_INPUT"],
  [{ foci: "NONE", mitigation: "x", validUntil: "2027-01-01" }, "BAD_USER_INPUT"], [{ foci: "MITIGATED", validUntil: "2027-01-01" }, "BAD_USER_INPUT"], [{ foci: "MITIGATED", mitigation: "x", validUntil: "2027-01-01" }, "done"],
])("an assessment %j: %s", (input, code) => { expect(codeOf(() => { checkAssessment({ input, today: TODAY }); })).toBe(code); });

test("a change counts as reported beforehand when it is of a later day", () => {
  expect(["2026-10-31", TODAY, "2026-11-02"].map((day) => isLate(day, TODAY))).toEqual([true, true, false]);
});

test("on the day of a reported change the clock stops access, and never gives it back", () => {
  const clocked = Object.values(facilityClearance.steps).filter(({ onDay }) => onDay !== undefined);
  expect(clocked.map(({ to }) => to)).toEqual(["UNDER_REVIEW", "ENDED"]);
});

test("whoever proposed or reviewed does not assess", () => { expect(facilityClearance.steps["ASSESS_FACILITY"]?.notBy).toEqual(["PROPOSE_FACILITY", "REVIEW_FACILITY"]); });

test("firms are those of the register, and no agency is one", () => {
  expect([HOSHIMI, "JPN.PRV", "JPN.METI", "JPN.PRV.1", 3].map((org) => isFirm(policy, org))).toEqual([true, false, false, false, false]);
  expect([HOSHIMI, "JPN.PRV", "JPN.METI"].map(isAgency)).toEqual([false, false, true]);
});

test("what two sides share has the register among its readers once, and goes to nobody abroad", () => {
  const label = sharedLabel("JPN.METI", HOSHIMI, ["CONTRACT"]);
  expect(label.owners["JPN.METI"]).toEqual({ rel: ["JPN"], disp: ["JPN"], dist: ["JPN.CAO", "JPN.METI", HOSHIMI], orcon: false });
  expect(sharedLabel("JPN.CAO", HOSHIMI, ["CONTRACT"], "JPN.CAO.VET").owners["JPN.CAO"]?.dist).toEqual(["JPN.CAO", HOSHIMI]);
  expect([...policy.nations].filter((nation) => mayGoOut(policy, label, nation, NOW, NONE_SUSPENDED))).toEqual(["JPN"]);
});

test("a contract is entered about a matter to which the agency itself assigned whoever enters it, and about no other agency's", async () => {
  const officer = everybody(policy).find(({ id }) => id === "mod-security-officer") as ReturnType<typeof everybody>[number];
  const entered = async (agency: string, token: string, assignments = officer.subject.assignments): Promise<unknown> => {
    const input = { agency, firm: HOSHIMI, facility: "FCL-1", token, subjectMatter: "x", until: "2027-03-31" };
    const context = { ministry: ministries["cabinet-office"] as MinistryDefinition, policy, asker: { ...officer, subject: { ...officer.subject, assignments }, action: "WRITE" as const, digest: "" }, now: NOW, today: TODAY, id: "itm_1", item: undefined, input, query: () => Promise.resolve([]), intern: () => Promise.resolve(1) };
    try { await facilityContract.steps["CONCLUDE_CONTRACT"]?.check?.(context); return "done"; } catch (error) { return error instanceof Refusal ? error.code : error; }
  };
  expect([await entered("JPN.MOD", "EQS-2026-11"), await entered("JPN.METI", "EQS-2026-11"), await entered("JPN.MOD", "METI-CE-2026-01"), await entered("JPN.MOD", "EQS-2026-11", [])]).toEqual(["done", "REFUSED_STATE", "REFUSED_STATE", "REFUSED_STATE"]);
  const over = officer.subject.assignments.map((held) => ({ ...held, until: "2026-10-31" }));
  expect(await entered("JPN.MOD", "EQS-2026-11", over)).toBe("REFUSED_STATE");
});

test("taking people off a list", () => { expect([without(["a", "b"], ["b", "c"]), without(undefined, ["a"]), without(["a"], undefined)]).toEqual([["a"], [], ["a"]]); });

describe("zones and what a firm shares", () => {
  test.each([["2029-11-01", "done"], ["2029-11-02", "REFUSED_LIMIT"], ["2026-10-31", "BAD_USER_INPUT"]])("a zone attested until %s: %s (D.28)", (until, code) => { expect(codeOf(() => { checkZoneTerm({ input: { until }, today: TODAY }); })).toBe(code); });

  const held = (dist: readonly string[] | "ALL", others: LabelCore["owners"] = {}): LabelCore =>
    ({ policy: "JPN-GOV-DEMO", level: 1, regimes: ["CUI"], need: ["PRJ-QS-2026"], owners: { [HOSHIMI]: { rel: ["JPN"], disp: ["JPN"], dist, orcon: false }, ...others }, purposes: "ALL", handling: [] });

  test("shared, the label gains the body and the mark of a trade secret, and nothing else; taken back, the body and all that is of it is gone (D.29, D.34)", () => {
    const shared = withBody(held(["JPN.METI", HOSHIMI]), HOSHIMI, "JPN.MOD", true);
    expect(shared).toEqual({ ...held(["JPN.METI", "JPN.MOD", HOSHIMI]), handling: ["CUI:PROPIN"] });
    expect(withBody(shared, HOSHIMI, "JPN.MOD", false)).toEqual({ ...held(["JPN.METI", HOSHIMI]), handling: ["CUI:PROPIN"] });
    expect(withBody(held(["JPN.MOD.JS", HOSHIMI]), HOSHIMI, "JPN.MOD", false)).toEqual(held([HOSHIMI]));
  });

  test("what is not the firm's alone, or what a body above has already, is not shared so (D.29)", () => {
    const terms = { rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false } as const;
    expect([held(["JPN.METI", HOSHIMI]), held("ALL"), held([HOSHIMI], { "JPN.CAO": terms })].map((core) => isSharable(core, HOSHIMI, "JPN.MOD"))).toEqual([true, false, false]);
    expect([isSharable(held(["JPN.METI", HOSHIMI]), HOSHIMI, "JPN.METI.ECON"), isSharable(held(["JPN.METI", HOSHIMI]), HOSHIMI, "JPN.METI")]).toEqual([false, true]);
  });

  test("the whole is shared only when every part is, and links never are (D.29)", () => {
    const all = ["title", "summary", "body"];
    expect([isNamed("record", ["title", "summary"], all), isNamed("record", all, all), isNamed("title", ["title"], all), isNamed("body", ["title"], all), isNamed("refersTo.0", all, all)]).toEqual([false, true, true, false, false]);
  });

  test("nobody of the demonstration but the firm itself takes a step in what it shares (D.29)", () => {
    const able = everybody(policy).filter(({ subject, ctx }) => Object.values(firmSharing.steps).some(({ by }) => {
      const situation = { policy, asker: { subject, ctx, action: "WRITE" as const, digest: subject.id }, now: NOW };
      return by.early(situation) && by.over(situation, { owner: HOSHIMI, subject: null, body: {} });
    }));
    expect(able.map(({ subject }) => subject.id)).toEqual(["hoshimi-facility-manager"]);
  });
});

describe("reports of approaches", () => {
  const receiving = Object.values(ministries).filter(receivesReports);

  test("three ministries receive them", () => { expect(receiving.map(({ name }) => name).toSorted()).toEqual(["economy", "police", "public-security"]); });

  test.each(["economy", "police", "public-security"])("%s: of everybody only the office at its work reads one, under the purposes that they have", (name) => {
    const label = labelOf(reportLabel({ name }));
    const readers = everybody(policy).flatMap(({ id, subject, ctx }) =>
      subject.purposes.filter((purpose) => decide(policy, subject, "RETRIEVE", label, { ...ctx, purpose, now: NOW }).outcome === "permit").map((purpose) => [id, purpose]));
    expect(readers).toEqual([[{ economy: "meti-officer", police: "npa-officer", "public-security": "psia-officer" }[name], "ANALYSIS"]]);
  });

  test("only what opens an item may be sealed", () => {
    const { steps } = suspiciousApproach;
    const sealed = { ...steps, CLOSE_APPROACH: { ...steps["CLOSE_APPROACH"] as (typeof steps)[string], sealed: true as const } };
    expect(() => defineWorkflow({ ...suspiciousApproach, steps: sealed })).toThrow("CLOSE_APPROACH is sealed and opens nothing");
    expect(WORKFLOWS.flatMap(({ steps: all }) => Object.entries(all).filter(([, { sealed: is }]) => is === true).map(([step]) => step))).toEqual(["CHALLENGE_AS_HANDLER", "ASK_DECLARATION", "REPORT_APPROACH"]);
  });

  test("words that tell of a reporter: who, which firm by any of its names and its number, who approached; a ministry's short name is no such word", () => {
    const words = telling(policy, { body: { reporterOrg: HOSHIMI, approachedBy: "Grey Harbour" }, steps: [{ name: "REPORT_APPROACH", actor: "engineer-7" }, { name: "ASSESS_APPROACH", actor: "meti-officer" }] });
    expect(words).toEqual(expect.arrayContaining(["engineer-7", HOSHIMI, "9990001000001", "Hoshimi Juden", "Grey Harbour"]));
    expect(words).not.toContain("meti-officer");
    expect(telling(policy, { body: { reporterOrg: "JPN.MEXT" }, steps: null })).not.toContain("MEXT");
  });

  test.each([["a man of Hoshimi  JUDEN", true], ["\uff28oshimi Juden", true], ["hoshimi\njuden", true], ["a firm", false], ["", false]])("%j tells: %s", (text, tells) => { expect(tellsAny([text], ["Hoshimi Juden"])).toBe(tells); });
});

describe("inventions under preservation", () => {
  test.each([["2027-11-01", "done"], ["2027-11-02", "REFUSED_LIMIT"], ["2026-10-31", "BAD_USER_INPUT"]])("a designation until %s: %s", (until, code) => { expect(codeOf(() => { checkTerm(until, TODAY, TODAY); })).toBe(code); });

  test("a renewal is counted from the last day of the one before", () => {
    expect(codeOf(() => { checkTerm("2028-03-31", "2027-03-31", TODAY); })).toBe("done");
    expect(codeOf(() => { checkTerm("2028-04-01", "2027-03-31", TODAY); })).toBe("REFUSED_LIMIT");
  });

  test("an application is not withdrawn while it is referred or designated", () => {
    expect(patentPreservation.steps["WITHDRAW_APPLICATION"]?.from).toEqual(["NOT_DESIGNATED", "LAPSED", "ENDED"]);
  });

  test("whoever referred, asked or claimed does not decide about it", () => {
    const { steps } = patentPreservation;
    expect(["DESIGNATE_INVENTION", "NOT_DESIGNATE", "DECIDE_PERMISSION", "DECIDE_COMPENSATION"].map((step) => steps[step]?.notBy)).toEqual([["REFER_INVENTION"], ["REFER_INVENTION"], ["ASK_PERMISSION"], ["CLAIM_COMPENSATION"]]);
  });

  test("three months end on the same day, or on the last of a shorter month", () => {
    expect([addMonths("2026-11-01", 3), addMonths("2026-11-30", 3), addMonths("2027-11-30", 3), addMonths("2026-12-31", 3), addMonths("2026-01-31", 3)]).toEqual(["2027-02-01", "2027-02-28", "2028-02-29", "2027-03-31", "2026-04-30"]);
  });
});

test("each of these workflows is kept where its register is", () => {
  const keepers = (name: string): readonly string[] => Object.values(ministries).filter((ministry: MinistryDefinition) => WORKFLOWS.find((workflow) => workflow.name === name)?.keptBy(ministry)).map(({ name: ministry }) => ministry);
  expect(["FacilityClearance", "FacilityContract", "FacilityRoster", "FacilityZone", "PatentPreservation"].map((name) => keepers(name))).toEqual([1, 2, 3, 4, 5].map(() => ["cabinet-office"]));
  expect(["PatentScreening", "FirmSharing", "FirmExchange"].map((name) => keepers(name))).toEqual([1, 2, 3].map(() => ["economy"]));
});
