/** Rules of vettings, without a database: terms, notices, rules of risk, who may do what, and what advice may touch. */
import { type Subject, decide, labelOf, loadPolicy, startOfDay } from "../../../../schema/policy";
import { ministries } from "../../../../subgraphs";
import type { MinistryDefinition } from "../../../../subgraphs/kit";
import type { Item, StepContext, StepDeclaration } from "../../../../subgraphs/kit/workflow/declare";
import { VETTING_WORKFLOWS } from "../../../../subgraphs/kit/workflow/vetting";
import { vettingComplaint } from "../../../../subgraphs/kit/workflow/vetting/complaint";
import { vetting } from "../../../../subgraphs/kit/workflow/vetting/consent";
import { CHECKS_OF_DEPTH, DEPTHS, INVESTIGATION_YEARS, NOTICE_ITEMS, TERM_YEARS, depthFor, lastDay, levelFor, levelOf, outcomeEnd, reminderDay } from "../../../../subgraphs/kit/workflow/vetting/demo-policy";
import { vettingEvaluation } from "../../../../subgraphs/kit/workflow/vetting/evaluation";
import { vettingEvent } from "../../../../subgraphs/kit/workflow/vetting/event";
import { vettingInvestigation } from "../../../../subgraphs/kit/workflow/vetting/investigation";
import { vettingLabelFor } from "../../../../subgraphs/kit/workflow/vetting/labels";
import { type ConductEvent, type EventKind, RULES, adviseOn } from "../../../../subgraphs/kit/workflow/vetting/risk-rules";
import { vettingResult } from "../../../../subgraphs/kit/workflow/vetting/result";
import { riskSignal } from "../../../../subgraphs/kit/workflow/vetting/signal";
import type { Seals } from "../../../../subgraphs/kit/seals";
import { RESULT_CLAIMS, sealResultFor, sealsFor } from "../../../support/sealed-results";
import { persona } from "../../../support/people";

const policy = loadPolicy();
const TODAY = "2026-11-01";
const now = startOfDay(TODAY) + 12 * 3_600_000;
const economy = ministries["economy"] as MinistryDefinition;
const event = (id: string, kind: EventKind, happenedOn = "2026-10-01"): ConductEvent => ({ id, kind, happenedOn });
const stepOf = (workflow: { readonly name: string; readonly steps: Readonly<Record<string, StepDeclaration>> }, name: string): StepDeclaration => {
  const step = workflow.steps[name];
  if (step === undefined) throw new Error(`${workflow.name} has no step ${name}`);
  return step;
};

/** A context in which nothing of a database is known but what `answers` says, and which remembers what was asked. */
function contextOf(parts: { readonly who?: string; readonly item?: Partial<Item>; readonly input?: Readonly<Record<string, unknown>>; readonly seals?: Seals | undefined; readonly answers?: (text: string) => readonly unknown[] }): { readonly context: StepContext; readonly asked: readonly string[] } {
  const asked: string[] = [];
  const { subject, ctx } = persona(policy, parts.who ?? "meti-security-officer");
  const context: StepContext = {
    ministry: economy, policy, asker: { subject, ctx, action: "WRITE", digest: "" }, now, today: TODAY, id: "itm_this", seals: parts.seals, input: parts.input ?? {},
    item: parts.item === undefined ? undefined : { id: "itm_this", state: "", version: 1, owner: "JPN.METI", subject: "vetted-person", due: null, label: vettingLabelFor({ dist: ["JPN.METI"], purposes: ["VETTING"] }), body: {}, steps: [], ...parts.item },
    query: <T>(text: string) => { asked.push(text); return Promise.resolve((parts.answers?.(text) ?? []) as readonly T[]); },
    intern: () => Promise.resolve(1),
  };
  return { context, asked };
}
const refusalOf = async (act: () => unknown): Promise<string> => { try { await act(); return ""; } catch (error) { return (error as { readonly code?: string }).code ?? String(error); } };

test("a term of years ends on the day before, also from a 29 February", () => {
  expect([lastDay("2025-04-01", 5), lastDay("2024-02-29", 5), lastDay("2026-01-01", 10)]).toEqual(["2030-03-31", "2029-02-27", "2035-12-31"]);
});

test("an outcome for SDS holds five years and one for CESI ten, from the notice (D.16)", () => {
  expect(TERM_YEARS).toEqual({ SDS: 5, CESI: 10 });
  expect(outcomeEnd("SDS", TODAY, TODAY)).toBe("2031-10-31");
  expect(outcomeEnd("CESI", TODAY, TODAY)).toBe("2036-10-31");
});

test("an outcome for CESI on an earlier investigation ends when that may no longer be relied upon; one for SDS needs an investigation of its own (D.15)", () => {
  expect(INVESTIGATION_YEARS).toEqual({ SDS: 1, CESI: 10 });
  expect(outcomeEnd("CESI", "2020-05-01", TODAY)).toBe("2030-04-30");
  expect(outcomeEnd("CESI", "2016-11-01", TODAY)).toBeUndefined();
  expect(outcomeEnd("CESI", "2016-11-02", TODAY)).toBe(TODAY);
  expect(outcomeEnd("SDS", "2025-11-01", TODAY)).toBeUndefined();
  expect(outcomeEnd("SDS", "2025-11-02", TODAY)).toBe("2031-10-31");
  expect(outcomeEnd("CESI", "2026-11-02", TODAY)).toBeUndefined();
});

test("how deeply is looked into a person goes by the level for which they are to work: more at each, and the most where nobody said (D.18)", async () => {
  expect([2, 3, 4].map(depthFor)).toEqual(["BASIC", "FULL", "EXTENDED"]);
  const [basic, full, extended] = DEPTHS.map((depth) => CHECKS_OF_DEPTH[depth]);
  expect([full?.slice(0, basic?.length), extended?.slice(0, full?.length)]).toEqual([basic, full]);
  expect([(full?.length ?? 0) > (basic?.length ?? 0), (extended?.length ?? 0) > (full?.length ?? 0)]).toEqual([true, true]);
  expect([levelFor(["CESI"], undefined), levelFor(["CESI", "SDS"], undefined), levelFor(["SDS"], 3)]).toEqual([2, 4, 3]);
  const request = VETTING_WORKFLOWS.find(({ name }) => name === "VettingRequest");
  const asked = (regimes: readonly string[], level: number): Promise<string> => refusalOf(() => request === undefined ? "" : stepOf(request, "REQUEST_VETTING").check?.(contextOf({ input: { regimes, level, subject: "vetted-person", employer: "JPN.METI" } }).context));
  expect([await asked(["SDS"], 3), await asked(["CESI"], 3), await asked(["SDS"], 5), await asked(["SDS"], 1)]).toEqual(["", "REFUSED_LIMIT", "REFUSED_LIMIT", "REFUSED_LIMIT"]);
});

test("a file is opened at the depth that the person was told of, and says what is looked at (D.18)", async () => {
  const opened = async (body: object): Promise<unknown> => {
    const { context } = contextOf({ who: "vetting-officer", input: { vetting: "itm_1" }, answers: () => [{ id: "itm_1", state: "CONSENTED", subject: "vetted-person", body: { case: "VETCASE-1", consentId: "cns_1", noticedOn: TODAY, ...body } }] });
    return (await stepOf(vettingInvestigation, "OPEN_INVESTIGATION").change(context)).body;
  };
  expect(await opened({ regimes: ["SDS"], level: 3 })).toMatchObject({ depth: "FULL", checks: CHECKS_OF_DEPTH.FULL });
  expect(await opened({ regimes: ["CESI"] })).toMatchObject({ depth: "BASIC" });
  expect(await opened({ regimes: ["SDS"] })).toMatchObject({ depth: "EXTENDED" });
});

test("reminders are due ninety days before the end, and never in the past", () => {
  expect([reminderDay("2031-10-31", TODAY), reminderDay("2026-12-01", TODAY)]).toEqual(["2031-08-02", TODAY]);
});

test("the clock reminds once, and ends what is over, each on its day and not before (D.16)", () => {
  const [remind, expire] = [stepOf(vettingEvaluation, "REMIND_OF_EXPIRY"), stepOf(vettingEvaluation, "EXPIRE_ELIGIBILITY")];
  const held = (due: string): Item => contextOf({ item: { due, body: { validUntil: "2031-10-31" } } }).context.item as Item;
  const on = (day: string, due: string): readonly [boolean | undefined, boolean | undefined] => [remind.onDay?.(held(due), day), expire.onDay?.(held(due), day)];
  expect(on("2031-08-01", "2031-08-02")).toEqual([false, false]);
  expect(on("2031-08-02", "2031-08-02")).toEqual([true, false]);
  expect(on("2031-10-31", "2031-10-31")).toEqual([false, false]);
  expect(on("2031-11-01", "2031-10-31")).toEqual([false, true]);
});

test("a notice names all seven items and no other one (D.13)", async () => {
  const check = (noticeItems: readonly string[]): Promise<string> => refusalOf(() => stepOf(vetting, "GIVE_NOTICE").check?.(contextOf({ input: { noticeItems } }).context));
  expect(NOTICE_ITEMS).toHaveLength(7);
  expect(await check(NOTICE_ITEMS)).toBe("");
  for (const left of NOTICE_ITEMS) expect(await check(NOTICE_ITEMS.filter((item) => item !== left))).toBe("BAD_USER_INPUT");
  expect(await check([...NOTICE_ITEMS, "BLOOD_TYPE"])).toBe("BAD_USER_INPUT");
});

test.each([["REFUSE_CONSENT"], ["WITHDRAW_CONSENT"]])("%s leaves nothing but that there was a notice (D.13)", async (name) => {
  const body = { case: "VETCASE-1", employer: "JPN.METI", request: "itm_r", officer: "vetting-officer", noticedOn: TODAY, regimes: ["SDS"], noticeItems: NOTICE_ITEMS, inquiries: "x", consentId: "cns_1", consentedOn: TODAY };
  const { body: left } = await stepOf(vetting, name).change(contextOf({ item: { body } }).context);
  expect(Object.keys(left ?? {}).sort()).toEqual(["case", "employer", "home", "noticedOn", "officer", "request"]);
});

test("exemptions are for the offices of the law and for a year at most, and nobody records their own", async () => {
  const { check, input } = stepOf(vettingEvaluation, "RECORD_EXEMPTION");
  const given = { subject: "mod-approver", second: "meti-access-officer", office: "HEAD_OF_ORGAN", regime: "SDS", maxLevel: 4, until: "2027-10-31" };
  const refused = (changes: object): Promise<string> => refusalOf(() => check?.(contextOf({ input: { ...given, ...changes } }).context));
  expect(input["office"]?.oneOf).toContain("MINISTER");
  expect([await refused({}), await refused({ until: "2027-11-01" }), await refused({ until: "2026-10-31" }), await refused({ maxLevel: 5 }), await refused({ subject: "meti-security-officer" })]).toEqual(["", "REFUSED_LIMIT", "REFUSED_LIMIT", "REFUSED_LIMIT", "REFUSED_FOUR_EYES"]);
});

const SEALS = sealsFor(["cabinet-office", "economy", "defense"]);
test("an evaluation is opened on what the Cabinet Office sealed for this ministry and on nothing else: no invented number, no other ministry's result, none that somebody else made (D.14, D.15)", async () => {
  const { check } = stepOf(vettingEvaluation, "EVALUATE");
  const [office, own, other] = [SEALS["cabinet-office"], SEALS["economy"], SEALS["defense"]];
  const refused = (result: string, input: object = {}, seals: Seals | null = own ?? null): Promise<string> =>
    refusalOf(() => check?.(contextOf({ seals: seals ?? undefined, input: { result, regime: "CESI", maxLevel: 2, eligible: true, second: "meti-access-officer", ...input } }).context));
  const sealed = (said: object = {}, audience = "economy"): Promise<string> => sealResultFor(office, audience, said);
  expect(await refused(await sealed())).toBe("");
  expect([await refused("INV-58110"), await refused(await sealed({}, "defense")), await refused(await sealResultFor(other, "economy")), await refused(await sealResultFor(own, "cabinet-office")), await refused(await sealed({ purpose: "ANOTHER" })), await refused(await sealed(), {}, null)])
    .toEqual(Array.from({ length: 6 }, () => "REFUSED_STATE"));
  expect([await refused(await sealed({ subject: "meti-security-officer" })), await refused(await sealed({ employer: "JPN.MOD" })), await refused(await sealed({ opinion: "OBJECTION" })), await refused(await sealed({ opinion: "OBJECTION" }), { reasons: "Why" })])
    .toEqual(["REFUSED_FOUR_EYES", "REFUSED_ROLE", "BAD_USER_INPUT", ""]);
});

test("no level is granted above the depth of the investigation, no regime that the person was not told of, nothing on a result that is too old (D.18)", async () => {
  const { check } = stepOf(vettingEvaluation, "EVALUATE");
  const refused = async (said: object, input: object): Promise<string> =>
    refusalOf(async () => check?.(contextOf({ seals: SEALS["economy"], input: { result: await sealResultFor(SEALS["cabinet-office"], "economy", said), regime: "SDS", maxLevel: 3, eligible: true, second: "meti-access-officer", ...input } }).context));
  expect([await refused({ level: 3 }, {}), await refused({ level: 3 }, { maxLevel: 4 }), await refused({ level: 2 }, {}), await refused({ level: 4 }, { maxLevel: 4 })]).toEqual(["", "REFUSED_LIMIT", "REFUSED_LIMIT", ""]);
  expect([await refused({ regimes: ["CESI"] }, {}), await refused({ until: "2026-10-31" }, {}), await refused({ until: TODAY }, {}), await refused({ reliableUntil: "2026-10-31" }, {}), await refused({ investigatedOn: "2025-10-01" }, {})]).toEqual(["REFUSED_LIMIT", "REFUSED_LIMIT", "", "REFUSED_LIMIT", "REFUSED_LIMIT"]);
  expect(["BASIC", "FULL", "EXTENDED", "UNKNOWN", undefined].map(levelOf)).toEqual([2, 3, 4, 0, 0]);
});

test("a result says no more than the person was told and was looked into, and is sealed for the ministry that evaluates alone (D.14, D.18)", async () => {
  const issued = async (depth: string, told: number, agency = "JPN.METI"): Promise<Readonly<Record<string, unknown>> | undefined> => {
    const items: Readonly<Record<string, object>> = {
      Vetting: { id: "itm_v", state: "CONSENTED", subject: "vetted-person", body: { case: "VETCASE-1", consentId: "cns_1", noticedOn: TODAY, request: "itm_r", employer: agency, regimes: ["SDS"], level: told } },
      VettingRequest: { id: "itm_r", state: "ACCEPTED", subject: "vetted-person", body: { requestedBy: "meti-security-officer", agency } },
      VettingInvestigation: { id: "itm_f", state: "CONCLUDED", subject: "vetted-person", body: { vetting: "itm_v", opinion: "NO_OBJECTION", investigatedOn: TODAY, reliableUntil: "2036-10-31", depth } },
    };
    const { context } = contextOf({ who: "vetting-officer", seals: SEALS["cabinet-office"], input: { vetting: "itm_v", investigation: "itm_f" } });
    const change = await stepOf(vettingResult, "ISSUE_RESULT").change({ ...context, query: <T>(_text: string, values: readonly unknown[] = []) => Promise.resolve((items[String(values[1])] === undefined ? [] : [items[String(values[1])]]) as unknown as readonly T[]) });
    return SEALS["economy"]?.open("cabinet-office", String(change.body?.["document"]));
  };
  const { purpose, opinion } = RESULT_CLAIMS;
  expect(await issued("FULL", 4)).toMatchObject({ purpose, opinion, subject: "vetted-person", result: "itm_this", investigation: "itm_f", consentId: "cns_1", regimes: ["SDS"], level: 3, depth: "FULL", reliableUntil: "2036-10-31", until: "2027-10-31" });
  expect([(await issued("EXTENDED", 2))?.["level"], (await issued("BASIC", 4))?.["level"]]).toEqual([2, 2]);
  expect(await issued("FULL", 4, "JPN.MOD")).toBeUndefined();
});

test("whoever took part in a case does not handle the complaint about it, and what the database does not say is taken for a part (D.21)", async () => {
  const check = (took: boolean | undefined, employers: readonly (string | null)[] = ["JPN.METI"], who = "complaint-officer"): Promise<string> => refusalOf(() => stepOf(vettingComplaint, "UPHOLD_COMPLAINT").check?.(contextOf({
    who, item: { body: { case: "VETCASE-1" } }, answers: (text) => (text.includes("took_part") ? (took === undefined ? [] : [{ took }]) : employers.map((employer) => ({ employer }))),
  }).context));
  expect([await check(false), await check(true), await check(undefined)]).toEqual(["", "REFUSED_FOUR_EYES", "REFUSED_FOUR_EYES"]);
  // At the body that decided somebody may have had a hand in it where the Cabinet Office does not see: who belongs to it, or grants for it.
  expect([await check(false, ["JPN.METI"], "meti-officer"), await check(false, ["JPN.METI"], "meti-security-officer"), await check(false, ["JPN.MOD"], "meti-officer")]).toEqual(["REFUSED_FOUR_EYES", "REFUSED_FOUR_EYES", ""]);
  expect([await check(false, ["JPN.CAO"]), await check(false, ["JPN.CAO.CMP"]), await check(false, []), await check(false, [null])]).toEqual(["", "REFUSED_FOUR_EYES", "REFUSED_FOUR_EYES", "REFUSED_FOUR_EYES"]);
});

test.each<readonly [string, readonly ConductEvent[], readonly string[]]>([
  ["nothing", [], []],
  ["one reported travel", [event("a", "FOREIGN_TRAVEL_REPORTED")], []],
  ["an unreported travel", [event("a", "FOREIGN_TRAVEL_UNREPORTED")], ["R1 a"]],
  ["three travels", [event("a", "FOREIGN_TRAVEL_REPORTED"), event("b", "FOREIGN_TRAVEL_REPORTED"), event("c", "FOREIGN_TRAVEL_REPORTED")], ["R2 a b c"]],
  ["missing material", [event("a", "FACILITY_MATERIAL_MISSING")], ["R3 a"]],
  ["one refused entry", [event("a", "FACILITY_ENTRY_REFUSED")], []],
  ["two refused entries", [event("a", "FACILITY_ENTRY_REFUSED"), event("b", "FACILITY_ENTRY_REFUSED")], ["R4 a b"]],
  ["two concerns alone", [event("a", "SUPERVISOR_CONCERN"), event("b", "SUPERVISOR_CONCERN")], []],
  ["a concern and changed finances", [event("b", "SUPERVISOR_CONCERN"), event("a", "SELF_FINANCIAL_CHANGE")], ["R5 a b"]],
  ["an approach before travel", [event("a", "SUSPICIOUS_APPROACH", "2026-09-01"), event("b", "FOREIGN_TRAVEL_REPORTED")], []],
  ["an approach after travel", [event("b", "FOREIGN_TRAVEL_REPORTED", "2026-09-01"), event("a", "SUSPICIOUS_APPROACH")], ["R6 a b"]],
  ["what is more than a year ago", [event("a", "FACILITY_MATERIAL_MISSING", "2025-10-31")], []],
  ["what is exactly a year ago", [event("a", "FACILITY_MATERIAL_MISSING", "2025-11-01")], ["R3 a"]],
  ["what has not happened yet", [event("a", "FACILITY_MATERIAL_MISSING", "2026-11-02")], []],
])("the rules find in %s what they should, and say which events (D.19)", (_what, events, found) => {
  expect(adviseOn(events, TODAY).map(({ rule, events: named }) => `${rule} ${named.join(" ")}`)).toEqual(found);
});

test("every rule has a name of its own and says why", () => {
  expect(new Set(RULES.map(({ name }) => name)).size).toBe(RULES.length);
  for (const { because } of RULES) expect(because).toMatch(/^[a-z ]{10,}$/);
});

test("screening opens advice and calls nothing else of the database, however grave the events are (D.19)", async () => {
  const { context, asked } = contextOf({
    who: "vetting-officer", item: { body: { case: "VETCASE-1", employer: "JPN.METI" } },
    answers: (text) => (text.includes("VettingEvent") ? EVENTS_OF_ALL_KINDS.map(({ id, kind, happenedOn }) => ({ id, body: { kind, happenedOn } })) : []),
  });
  await stepOf(vettingEvent, "SCREEN_EVENT").effect?.(context);
  expect(asked.filter((text) => !text.startsWith("SELECT id, body FROM item"))).toEqual([expect.stringContaining("SELECT open_item(") as string]);
});
const EVENTS_OF_ALL_KINDS = (["FACILITY_MATERIAL_MISSING", "FOREIGN_TRAVEL_UNREPORTED", "SUPERVISOR_CONCERN", "SELF_FINANCIAL_CHANGE", "SUSPICIOUS_APPROACH"] as const).map((kind, at) => event(`itm_${at}`, kind));

test("no step of advice has an effect, and only people suspend (D.19, D.20)", () => {
  expect(Object.values(riskSignal.steps).filter(({ effect }) => effect !== undefined)).toEqual([]);
  const suspending = Object.entries(vettingEvaluation.steps).filter(([, { to }]) => to === "SUSPENDED" || to === "WITHDRAWN");
  expect(suspending.map(([name]) => name).sort()).toEqual(["SUSPEND_ELIGIBILITY", "WITHDRAW_ELIGIBILITY"]);
  for (const [, { onDay }] of suspending) expect(onDay).toBeUndefined();
});

const everyLabelFor = (purpose: string): string => {
  const holder: Subject = { ...persona(policy, "meti-hr").subject, assignments: [{ token: "VETCASE-1", role: "READER", from: "2026-01-01", until: "2030-01-01", grantedBy: "JPN.CAO", reason: "" }], purposes: [purpose],
    eligibilities: [{ regime: "VET", maxLevel: 2, basis: "ASSESSMENT", grantedBy: "JPN.CAO", usableAt: ["JPN.METI"], notifiedOn: "2026-01-01", validUntil: "2030-01-01", status: "ACTIVE", consentId: "" }] };
  return VETTING_WORKFLOWS.map(({ floor: { purposes = [] } }) => decide(policy, holder, "RETRIEVE", labelOf(vettingLabelFor({ need: ["VETCASE-1"], dist: ["JPN.METI"], purposes })), { now, zoneLevel: 4, purpose }).outcome).join(" ");
};

test("a personnel officer reads none of it even with eligibility and case, because the purpose is not among those of any of these items (D.22)", () => {
  expect(everyLabelFor("PERSONNEL")).toBe(VETTING_WORKFLOWS.map(() => "hide").join(" "));
  expect(everyLabelFor("SELF-ACCESS")).toContain("permit");
});

test("every workflow of vettings has a floor that no personnel officer has: regime VET and named purposes, none of personnel", () => {
  for (const { name, floor: { regimes = [], purposes = [] } } of VETTING_WORKFLOWS) expect([name, regimes, purposes.length > 0, purposes.includes("PERSONNEL")]).toEqual([name, ["VET"], true, false]);
});

test("bodies of a label are those named, without what lies below another of them", () => {
  expect(vettingLabelFor({ dist: ["JPN.METI.ECON", "JPN.CAO", "JPN.METI"], purposes: ["VETTING"] }).owners["JPN.CAO"]?.dist).toEqual(["JPN.CAO", "JPN.METI"]);
});
