/** Rules of oversight and disclosure without a database: scope and time of a request, who may do what, what a decision says, where things are kept (SPEC 18). */
import { BOTTOM } from "../../../../../schema/label";
import { decide, labelOf, loadPolicy, shiftDate, startOfDay } from "../../../../../schema/policy";
import { ministries } from "../../../../../subgraphs";
import type { MinistryDefinition } from "../../../../../subgraphs/kit";
import type { Item, StepContext, StepDeclaration, Workflow } from "../../../../../subgraphs/kit/workflow/declare";
import { designationFile } from "../../../../../subgraphs/kit/workflow/designation/designation-file";
import answers from "../../../../../subgraphs/kit/workflow/oversight/answers.json";
import { informationRequest } from "../../../../../subgraphs/kit/workflow/oversight/information-request";
import { oversightRequest } from "../../../../../subgraphs/kit/workflow/oversight/oversight-request";
import { publicFigure, statisticsReport } from "../../../../../subgraphs/kit/workflow/oversight/statistics-report";
import { tellReport } from "../../../../../subgraphs/kit/workflow/oversight/told-figures";
import { persona } from "../../../../support/people";

const policy = loadPolicy();
const TODAY = "2026-11-01";
const now = startOfDay(TODAY) + 12 * 3_600_000;
const LABEL = { ...BOTTOM, level: 1 as const, regimes: ["CUI" as const], owners: { "JPN.MOD": { rel: ["JPN"], disp: ["JPN"], dist: "ALL" as const, orcon: false } } };

interface Parts { readonly who?: string; readonly ministry?: string; readonly item?: Partial<Item>; readonly input?: Readonly<Record<string, unknown>>; readonly answers?: (text: string) => readonly unknown[] }
function contextOf({ who = "auditor", ministry = "defense", item, input = {}, answers: answer }: Parts): StepContext {
  const { subject, ctx } = persona(policy, who);
  return {
    ministry: ministries[ministry] as MinistryDefinition, policy, asker: { subject, ctx, action: "WRITE", digest: "" }, now, today: TODAY, id: "itm_this", input,
    item: item === undefined ? undefined : { id: "itm_this", state: "", version: 1, owner: "JPN.MOD", subject: "auditor", due: null, label: LABEL, body: {}, steps: [], ...item },
    query: <T>(text: string) => Promise.resolve((answer?.(text) ?? []) as readonly T[]), intern: () => Promise.resolve(1),
  };
}
const stepOf = (workflow: Workflow, name: string): StepDeclaration => {
  const step = workflow.steps[name];
  if (step === undefined) throw new Error(`${workflow.name} has no step ${name}`);
  return step;
};
const refusalOf = async (workflow: Workflow, name: string, parts: Parts): Promise<string> => {
  try { await stepOf(workflow, name).check?.(contextOf(parts)); return ""; } catch (error) { return (error as { readonly code?: string }).code ?? String(error); }
};
const may = (workflow: Workflow, name: string, who: string, owner = "JPN.MOD", subject: string | null = "auditor"): boolean => {
  const { subject: asker, ctx } = persona(policy, who);
  const situation = { policy, asker: { subject: asker, ctx, action: "WRITE" as const, digest: "" }, now };
  const { by } = stepOf(workflow, name);
  return by.early(situation) && by.over(situation, { owner, subject, body: {} });
};

describe("a formal request (D.56)", () => {
  const content = { about: "CONTENT", matters: ["mtr_1"], until: TODAY, reason: "r" };
  test.each<readonly [string, object, string]>([
    ["content of a matter until today", content, ""], ["counts of the running year", { about: "STATISTICS", year: "2026", until: TODAY }, ""], ["content without a matter", { ...content, matters: [] }, "BAD_USER_INPUT"],
    ["content of a year", { ...content, year: "2026" }, "BAD_USER_INPUT"], ["counts of matters", { about: "STATISTICS", year: "2026", matters: ["mtr_1"], until: TODAY }, "BAD_USER_INPUT"], ["counts without a year", { about: "STATISTICS", until: TODAY }, "BAD_USER_INPUT"],
    ["counts of what is no year", { about: "STATISTICS", year: "26", until: TODAY }, "BAD_USER_INPUT"], ["counts of a year to come", { about: "STATISTICS", year: "2027", until: TODAY }, "REFUSED_LIMIT"], ["a day that is over", { ...content, until: shiftDate(TODAY, -1) }, "BAD_USER_INPUT"],
    ["thirty days", { ...content, until: shiftDate(TODAY, 30) }, ""], ["thirty-one days", { ...content, until: shiftDate(TODAY, 31) }, "REFUSED_LIMIT"], ["more than five matters", { ...content, matters: ["1", "2", "3", "4", "5", "6"] }, "REFUSED_LIMIT"],
  ])("for %s", async (_what, input, refusal) => { expect(await refusalOf(oversightRequest, "REQUEST_OVERSIGHT", { input: input as Readonly<Record<string, unknown>> })).toBe(refusal); });

  test("is made by the oversight office for oversight, of any ministry, answered by an officer who grants, counted by whoever made it, released by whoever may declassify", () => {
    for (const ministry of Object.values(ministries)) expect([ministry.name, may(oversightRequest, "REQUEST_OVERSIGHT", "auditor", ministry.org)]).toEqual([ministry.name, true]);
    const who = (name: string): readonly string[] => ["auditor", "mod-officer", "mod-security-officer", "mod-approver", "meti-security-officer", "nss-requirements-officer", "statistics-officer"].filter((one) => may(oversightRequest, name, one));
    expect({ asks: who("REQUEST_OVERSIGHT"), answers: who("ANSWER_OVERSIGHT"), counts: who("COUNT_FOR_OVERSIGHT"), confirms: who("CONFIRM_STATISTICS"), byTheClock: who("END_OVERSIGHT") })
      .toEqual({ asks: ["auditor"], answers: ["mod-security-officer"], counts: ["auditor"], confirms: ["mod-approver"], byTheClock: [] });
    expect(may(oversightRequest, "COUNT_FOR_OVERSIGHT", "auditor", "JPN.MOD", "somebody-else")).toBe(false);
  });

  test("is refused on one of the grounds of the law and with reasons, for content alone; statistics are not refused", async () => {
    const answer = (about: string, input: object): Promise<string> => refusalOf(oversightRequest, "ANSWER_OVERSIGHT", { who: "mod-security-officer", item: { body: { about, until: TODAY } }, input: { decision: "d", ...input } });
    expect(await Promise.all([
      answer("CONTENT", { answer: "REFUSED", ground: "HUMAN_SOURCE" }), answer("CONTENT", { answer: "REFUSED" }), answer("CONTENT", { answer: "ACCEPTED", ground: "HUMAN_SOURCE" }), answer("STATISTICS", { answer: "REFUSED", ground: "HUMAN_SOURCE" }),
    ])).toEqual(["", "BAD_USER_INPUT", "BAD_USER_INPUT", "REFUSED_LIMIT"]);
    expect(await refusalOf(oversightRequest, "ANSWER_OVERSIGHT", { item: { body: { about: "CONTENT", until: shiftDate(TODAY, -1) } }, input: { answer: "ACCEPTED", decision: "d" } })).toBe("REFUSED_LIMIT");
  });

  test("is as closed as the fact that the matter exists, and of a matter that is not known it is refused like one that is not there", async () => {
    const labelled = (rows: readonly unknown[]): unknown => stepOf(oversightRequest, "REQUEST_OVERSIGHT").change(contextOf({ input: { about: "CONTENT", matters: ["mtr_1"], until: TODAY, reason: "r" }, answers: () => rows }));
    expect(await labelled([{ existence: { level: 3 } }])).toMatchObject({ label: { level: 3, regimes: ["DOC"], purposes: ["DESIGNATION", "OVERSIGHT"], owners: { "JPN.MOD": { dist: ["JPN.CAO.OPRA", "JPN.MOD"] } } } });
    expect(await labelled([{ existence: { level: 1 } }])).toMatchObject({ label: { level: 1, regimes: ["CUI"] } });
    await expect(labelled([])).rejects.toMatchObject({ code: "REFUSED_STATE" });
  });

  test("where a ministry keeps the registers of several bodies one of them is asked, by name or the ministry itself, and read there alone; a matter of another is as one that is not there", async () => {
    const ask = async (ministry: string, body: string | undefined, owner: string): Promise<unknown> => {
      const input = { about: "CONTENT", matters: ["mtr_1"], until: TODAY, reason: "r", ...(body === undefined ? {} : { body }) };
      try { return (await stepOf(oversightRequest, "REQUEST_OVERSIGHT").change(contextOf({ ministry, input, answers: () => [{ existence: { level: 1, owners: { [owner]: {} } } }] }))); } catch (error) { return (error as { readonly code?: string }).code; }
    };
    const asked = await ask("finance", "JPN.FSA", "JPN.FSA");
    expect(asked).toMatchObject({ owner: "JPN.FSA", label: { owners: { "JPN.FSA": { dist: ["JPN.CAO.OPRA", "JPN.FSA"] } } } });
    expect(Object.keys((asked as { readonly body: object }).body)).not.toContain("body");
    expect(await ask("finance", undefined, "JPN.MOF.NTA")).toMatchObject({ owner: "JPN.MOF", label: { owners: { "JPN.MOF": { dist: ["JPN.CAO.OPRA", "JPN.MOF"] } } } });
    expect([await ask("finance", undefined, "JPN.FSA"), await ask("finance", "JPN.FSA", "JPN.MOF"), await ask("coast-guard", "JPN.JCG", "JPN.MLIT"), await ask("cyber", "JPN.MIC", "JPN.CAS.NCO")]).toEqual(["REFUSED_STATE", "REFUSED_STATE", "REFUSED_STATE", "REFUSED_STATE"]);
    expect([await ask("finance", "JPN.MOD", "JPN.MOD"), await ask("finance", "JPN.MOF.NTA", "JPN.MOF"), await ask("defense", "JPN.MOD.JS", "JPN.MOD")]).toEqual(["BAD_USER_INPUT", "BAD_USER_INPUT", "BAD_USER_INPUT"]);
  });

  test("counts are at least CONFIDENTIAL and at least as closed as that the counted things exist; nobody outside the ministry and the oversight office reads them", async () => {
    const counted = async (level: number): Promise<unknown> => (await stepOf(oversightRequest, "COUNT_FOR_OVERSIGHT").change(contextOf({ item: { body: { about: "STATISTICS", year: "2026" } }, answers: () => [{ counted: { counts: [], level } }] }))).label;
    expect(await counted(0)).toMatchObject({ level: 2, regimes: ["DOC"] });
    expect(await counted(4)).toMatchObject({ level: 4, regimes: ["DOC"] });
    const label = labelOf(await counted(2) as typeof LABEL);
    const reads = ["auditor", "mod-approver", "meti-security-officer", "nss-requirements-officer", "uncleared-official", "us-liaison"].filter((who) => { const { subject, ctx } = persona(policy, who); return decide(policy, subject, "RETRIEVE", label, { ...ctx, now }).outcome === "permit"; });
    expect(reads).toEqual(["auditor", "mod-approver"]);
  });
});

describe("a report to everybody (D.58)", () => {
  const figures = tellReport([]);
  test("is prepared by the Cabinet Secretariat, checked by the oversight office, published by who answers for policy; nobody takes both of two steps that follow each other", () => {
    const who = (name: string): readonly string[] => ["auditor", "ciro-analyst", "mod-approver", "mod-officer", "nss-requirements-officer"].filter((one) => may(statisticsReport, name, one, "JPN.CAS"));
    expect([who("PREPARE_REPORT"), who("REVIEW_REPORT"), who("PUBLISH_REPORT")]).toEqual([["nss-requirements-officer"], ["auditor"], ["nss-requirements-officer"]]);
    expect([stepOf(statisticsReport, "REVIEW_REPORT").notBy, stepOf(statisticsReport, "PUBLISH_REPORT").notBy]).toEqual([["PREPARE_REPORT"], ["REVIEW_REPORT"]]);
    expect([statisticsReport, publicFigure].map((workflow) => Object.values(ministries).filter(workflow.keptBy).map(({ name }) => name))).toEqual([["cabinet-secretariat"], ["cabinet-secretariat"]]);
    expect(Object.values(publicFigure.steps).map(({ mutation }) => mutation)).toEqual([""]);
  });

  test("is about a year that is over, and has the lines that every report has", async () => {
    const prepare = (input: object): Promise<string> => refusalOf(statisticsReport, "PREPARE_REPORT", { ministry: "cabinet-secretariat", input: { year: "2025", body: "JPN.MOD", source: "itm_1", figures, ...input } });
    expect(await Promise.all([prepare({}), prepare({ year: "2026" }), prepare({ year: "last" }), prepare({ body: "JPN.NOBODY" }), prepare({ figures: ["IN_FORCE;SDS;x;3"] })])).toEqual(["", "REFUSED_LIMIT", "BAD_USER_INPUT", "BAD_USER_INPUT", "BAD_USER_INPUT"]);
  });

  const publish = async (year: string, lines: readonly string[], published: readonly object[]): Promise<unknown> => {
    const opened: unknown[] = [];
    const context = { ...contextOf({ ministry: "cabinet-secretariat", item: { body: { year, body: "JPN.MOD", figures: lines } } }), query: <T>(text: string, values: readonly unknown[] = []) => { if (text.includes("open_item")) opened.push(values); return Promise.resolve((text.startsWith("SELECT body") ? published.map((body) => ({ body })) : []) as readonly unknown[] as readonly T[]); } };
    try { await stepOf(statisticsReport, "PUBLISH_REPORT").effect?.(context); return opened.length; } catch (error) { return (error as { readonly code?: string }).code; }
  };
  const stock = (count: number): readonly string[] => tellReport(Array.from({ length: count }, (_, at) => ({ measure: "IN_FORCE", regime: "MDA", item: "", count: at < count ? 1 : 0 })));

  test("is published once for a body and a year, and not where it would tell with those before it what each of them withholds [B-69]", async () => {
    expect(await publish("2025", figures, [])).toBe(1);
    expect(await publish("2025", stock(7), [{ year: "2025", body: "JPN.MOD", figures }])).toBe("REFUSED_STATE");
    const falling = [20, 16, 12, 8].map((count, at) => ({ year: String(2021 + at), body: "JPN.MOD", figures: stock(count) }));
    expect([await publish("2025", stock(4), falling), await publish("2025", stock(8), falling), await publish("2025", stock(4), falling.slice(1)), await publish("2025", stock(4), [{ year: "2024", body: "JPN.MOD", figures: ["no report"] }])]).toEqual(["REFUSED_LIMIT", 1, 1, "REFUSED_LIMIT"]);
  });
});

describe("a request for disclosure (D.52)", () => {
  test("is answered in the ministry's words, or, where nothing is confirmed, in words that are always the same and that nobody writes anew", async () => {
    const decided = (input: object): Promise<unknown> => Promise.resolve(stepOf(informationRequest, "DECIDE_REQUEST").change(contextOf({ who: "mod-approver", item: { body: { reference: "R-1" } }, input: input as Readonly<Record<string, unknown>> })));
    const own = { ja: "a", en: "Part of it is here." };
    expect([await refusalOf(informationRequest, "DECIDE_REQUEST", { input: { decision: "NEITHER_CONFIRM_NOR_DENY", answer: own, reasons: "r" } }), await refusalOf(informationRequest, "DECIDE_REQUEST", { input: { decision: "REFUSE", reasons: "r" } })]).toEqual(["BAD_USER_INPUT", "BAD_USER_INPUT"]);
    expect(await decided({ decision: "NEITHER_CONFIRM_NOR_DENY", reasons: "r" })).toMatchObject({ body: { answer: answers.neither } });
    expect(await decided({ decision: "DISCLOSE_IN_PART", answer: own, reasons: "r" })).toMatchObject({ body: { answer: own } });
  });

  test("changes no label, neither its own nor one of a register: no step of it gives another label, and deciding has no effect", async () => {
    for (const [name, { change, from }] of Object.entries(informationRequest.steps)) if (from.length > 0) expect([name, Object.hasOwn(await change(contextOf({ item: {}, input: { decision: "DISCLOSE_IN_PART" } })), "label")]).toEqual([name, false]);
    expect(Object.entries(informationRequest.steps).filter(([, { effect }]) => effect !== undefined).map(([name]) => name)).toEqual(["RECORD_REQUEST"]);
  });

  test("a designation goes to the archives when it lasted longer than thirty years in total, by somebody else than who ended it", async () => {
    expect(await refusalOf(designationFile, "TRANSFER_DESIGNATION", { item: { body: { retention: "SCHEDULE" } } })).toBe("REFUSED_LIMIT");
    expect(await refusalOf(designationFile, "TRANSFER_DESIGNATION", { item: { body: { retention: "NATIONAL_ARCHIVES" } } })).toBe("");
    expect(stepOf(designationFile, "TRANSFER_DESIGNATION").notBy).toEqual(["DECLASSIFY_DESIGNATION"]);
    await expect(stepOf(designationFile, "TRANSFER_DESIGNATION").effect?.(contextOf({ answers: () => [{ held: true }] }))).rejects.toMatchObject({ code: "REFUSED_STATE" });
  });
});
