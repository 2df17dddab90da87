/** Rules of designation that need no database: terms of years, classes, items, labels before and after, who has to be consulted (SPEC 15.20-15.25). */
import { BOTTOM, type LabelCore, dominates, isForeignOwner } from "../../../../../schema/label";
import { addYears, checkLabel, loadPolicy, shiftDate } from "../../../../../schema/policy";
import { type Consultation, isConsulted } from "../../../../../subgraphs/kit/workflow/designation/consultation";
import { classOf, isDamageOf, isStatutoryItem } from "../../../../../subgraphs/kit/workflow/designation/demo-policy";
import { designationFile } from "../../../../../subgraphs/kit/workflow/designation/designation-file";
import { fileLabel, partyLabel } from "../../../../../subgraphs/kit/workflow/designation/file-label";
import { fromParty } from "../../../../../subgraphs/kit/workflow/designation/party";
import { type Proposal, checkTerms, isTokenOf } from "../../../../../subgraphs/kit/workflow/designation/proposal";
import { endedCore, heldCore, raiseCore } from "../../../../../subgraphs/kit/workflow/designation/relabel";
import { isWithinLimits } from "../../../../../subgraphs/kit/workflow/designation/terms";
import items from "../../../../../subgraphs/kit/workflow/designation/statutory-items.json";
import { persona } from "../../../../support/people";

const policy = loadPolicy();
const TODAY = "2026-11-01";
const core = (changes: Partial<LabelCore>): LabelCore => ({ policy: "JPN-GOV-DEMO", level: 1, regimes: ["CUI"], need: [], owners: { "JPN.MOD": { rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false } }, purposes: "ALL", handling: [], ...changes });

describe("terms (D.9)", () => {
  const isAllowed = (until: string, changes: object = {}): boolean => isWithinLimits(policy, { regime: "SDS", decidedOn: TODAY, firstOn: TODAY, until, ...changes });

  test("at most five years at a time, the last day of them included", () => {
    expect([addYears(TODAY, 5), shiftDate(addYears(TODAY, 5), 1), TODAY, shiftDate(TODAY, 1)].map((day) => isAllowed(day))).toEqual([true, false, false, true]);
  });

  test("beyond thirty years in total only with a decision of the Cabinet", () => {
    const firstOn = addYears(TODAY, -29);
    expect([addYears(firstOn, 30), shiftDate(addYears(firstOn, 30), 1)].map((day) => isAllowed(day, { firstOn }))).toEqual([true, false]);
    expect(isAllowed(addYears(TODAY, 5), { firstOn, cabinetDecision: "CABINET-2026-17" })).toBe(true);
  });

  test("beyond sixty years only information of the seven classes, and with the Cabinet's decision too", () => {
    const firstOn = addYears(TODAY, -59);
    const until = addYears(TODAY, 3);
    expect(isAllowed(until, { firstOn, cabinetDecision: "C" })).toBe(false);
    expect(isAllowed(until, { firstOn, exemptClass: "CRYPTOGRAPHY" })).toBe(false);
    expect(isAllowed(until, { firstOn, cabinetDecision: "C", exemptClass: "EMBARRASSING" })).toBe(false);
    expect(isAllowed(until, { firstOn, cabinetDecision: "C", exemptClass: "CRYPTOGRAPHY" })).toBe(true);
  });

  test("critical economic security information has the same limits, secrets of equipment only a last day", () => {
    expect(isAllowed(addYears(TODAY, 6), { regime: "CESI" })).toBe(false);
    expect(isAllowed(addYears(TODAY, 40), { regime: "EQS" })).toBe(true);
  });
});

describe("the tests of the law (D.1, D.2)", () => {
  test("the table has 23 items, and a regime without a table has none", () => {
    expect(items.SDS).toHaveLength(23);
    expect([isStatutoryItem("SDS", items.SDS[9]), isStatutoryItem("SDS", items.CESI[0]), isStatutoryItem("SDS", undefined), isStatutoryItem("CESI", items.CESI[3]), isStatutoryItem("EQS", undefined), isStatutoryItem("EQS", items.SDS[0])]).toEqual([true, false, false, true, true, false]);
  });

  test("severe damage is for one act, damage for the other, and neither for both", () => {
    expect([isDamageOf("SDS", "SEVERE"), isDamageOf("SDS", "DAMAGE"), isDamageOf("CESI", "DAMAGE"), isDamageOf("CESI", "SEVERE"), isDamageOf("MODS", "DAMAGE")]).toEqual([true, false, true, false, true]);
  });

  test("classes A to E follow from the regime and from who holds the information", () => {
    expect((["SDS", "CESI", "EQS", "MODS", "MDA"] as const).map((regime) => classOf(regime, "GOVERNMENT")).join("")).toBe("ABBBB");
    expect([classOf("CUI", "GOVERNMENT"), classOf("CUI", "PRIVATE"), classOf("PAT", "PRIVATE"), classOf("NPS", "PRIVATE")]).toEqual(["C", "E", "D", "D"]);
  });
});

describe("who designates what (D.4)", () => {
  const proposal = (changes: Partial<Proposal>): Proposal => ({
    body: "JPN.MEXT", token: "MEXT-2026-1", name: { ja: "a", en: "a" }, regime: "CESI", statutoryItem: items.CESI[0] ?? "", damage: "DAMAGE", label: core({}), level: "CUI", validUntil: addYears(TODAY, 2), reviewBy: shiftDate(TODAY, 100), records: [], handlers: [],
    handlersUntil: shiftDate(TODAY, 100), heldBy: "GOVERNMENT", dualUse: false, reasons: "", ...changes,
  });
  const codeOf = (made: Proposal, ministry = "education"): unknown => { try { checkTerms(policy, made, ministry, TODAY); return "done"; } catch (error) { return (error as { readonly code?: unknown }).code; } };

  test("education designates critical economic security information and no specially designated secrets", () => {
    expect(codeOf(proposal({}))).toBe("done");
    expect(codeOf(proposal({ regime: "SDS", statutoryItem: items.SDS[0] ?? "", damage: "SEVERE" }))).toBe("REFUSED_LIMIT");
    expect(codeOf(proposal({ body: "JPN.MOD", token: "MOD-2026-9", regime: "SDS", statutoryItem: items.SDS[0] ?? "", damage: "SEVERE" }), "defense")).toBe("done");
  });

  test("a firm designates nothing", () => { expect(codeOf(proposal({ body: "JPN.PRV.9990001000001", token: "PRV-1" }), "economy")).toBe("REFUSED_LIMIT"); });

  test("a token begins with the code of its body or of one above it", () => {
    expect([isTokenOf("JPN.MOD", "MOD-2026-1"), isTokenOf("JPN.MOD.JS", "MOD-2026-1"), isTokenOf("JPN.MOD", "METI-1"), isTokenOf("JPN.MOD", "MOD-"), isTokenOf("JPN.MOD", "JPN-1"), isTokenOf("JPN.MOD", "MOD-a")]).toEqual([true, true, false, false, false, false]);
  });

  test("nobody decides about their own: approval, rejection, extension and end are another person's than the proposal", () => {
    for (const step of ["APPROVE_DESIGNATION", "REJECT_DESIGNATION", "EXTEND_DESIGNATION", "DECLASSIFY_DESIGNATION"]) expect([step, designationFile.steps[step]?.notBy?.includes("PROPOSE_DESIGNATION")]).toEqual([step, true]);
    expect(designationFile.steps["EXTEND_DESIGNATION"]?.notBy).toContain("REVIEW_DESIGNATION");
    expect(designationFile.steps["UPHOLD_DESIGNATION"]?.notBy).toContain("CHALLENGE_DESIGNATION");
  });
});

describe("labels (D.6, D.11)", () => {
  const designated = core({ level: 4, regimes: ["SDS"], need: ["MOD-2026-9"], owners: { "JPN.MOD": { rel: ["JPN"], disp: ["JPN"], dist: ["JPN.MOD"], orcon: true } } });
  const places: readonly LabelCore[] = [
    core({}), core({ level: 2, regimes: ["DOC"] }), core({ level: 2, regimes: ["MODS"], need: ["EX-SL26"] }), core({ level: 3, regimes: ["SDS"], need: ["MOD-2024-003"] }),
    core({ level: 1, owners: { USA: { rel: ["JPN", "USA"], disp: ["JPN", "USA"], dist: "ALL", orcon: true } } }),
  ];

  test("a designation adds: what a place needed, it still needs, and nobody who may not read the designation reads it", () => {
    for (const before of places) for (const kind of ["record", "portion"] as const) {
      const after = raiseCore(policy, before, designated, kind);
      const given = { ...after, regimes: [...new Set([...after.regimes, ...before.regimes, ...designated.regimes])].sort() };
      expect([dominates(given, before), dominates(given, designated), after.level]).toEqual([true, true, 4]);
      expect(checkLabel(policy, after, { kind, tokenOf: () => undefined, validUntil: "2030-01-01" }).filter(({ rule }) => rule !== "V5")).toEqual([]);
    }
  });

  test("a portion under another statute stays under both, which the rules of labels refuse", () => {
    const both = raiseCore(policy, core({ level: 2, regimes: ["MDA"] }), designated, "portion");
    expect(both.regimes).toEqual(["MDA", "SDS"]);
    expect(checkLabel(policy, both, { kind: "portion", tokenOf: () => undefined, validUntil: "2030-01-01" }).map(({ rule }) => rule)).toContain("V3");
  });

  test("a regime that gives way is one that the designation's own eligibility covers; another stays and is refused", () => {
    expect(raiseCore(policy, core({ level: 2, regimes: ["PAT"] }), designated, "portion").regimes).toEqual(["PAT", "SDS"]);
    expect(raiseCore(policy, core({ level: 2, regimes: ["DOC"] }), designated, "portion").regimes).toEqual(["SDS"]);
  });

  test("the end of a designation never gives less than the place had before, whatever the successor says, and the token is gone", () => {
    for (const before of places) for (const successor of [BOTTOM, core({}), core({ level: 2, regimes: ["DOC"] })]) {
      const after = endedCore(policy, before, successor, "SDS", "record");
      expect([dominates(after, before), after.need.includes("MOD-2026-9"), after.handling.includes("EX-SDS")]).toEqual([true, false, true]);
      expect(Object.keys(after.owners).filter(isForeignOwner)).toEqual(Object.keys(before.owners).filter(isForeignOwner));
    }
  });

  test("after the last day everything that was needed is needed, and the office that reviews besides", () => { expect(heldCore(designated)).toEqual({ ...designated, need: ["HOLD.REVIEW", "MOD-2026-9"] }); });

  test("a file is for the ministry and oversight, for their purposes, with whatever else the information needs; a party's label is for that party", () => {
    expect(fileLabel("JPN.MOD", 2, ["KAGAMI"])).toMatchObject({ level: 2, regimes: ["DOC"], need: ["KAGAMI"], purposes: ["DESIGNATION", "OVERSIGHT"], owners: { "JPN.MOD": { rel: ["JPN"], dist: ["JPN.CAO.OPRA", "JPN.MOD"] } } });
    expect(partyLabel("JPN.MOD", 1, "JPN.METI").owners).toEqual({ "JPN.MOD": { rel: ["JPN"], disp: ["JPN"], dist: ["JPN.METI", "JPN.MOD"], orcon: false } });
    expect(partyLabel("JPN.MOD", 1, "USA").owners["JPN.MOD"]?.dist).toEqual(["JPN.CAO.OPRA", "JPN.MOD"]);
  });
});

describe("consultation (D.5, D.10)", () => {
  const asked = (party: string, changes: Partial<Consultation> = {}): Consultation => ({ state: "ANSWERED", due: null, party, about: "ENDING", position: "COMMENTS", ...changes });
  const needed = { about: "ENDING" as const, heard: ["JPN.METI"], agreed: ["USA"] };
  const usa = asked("USA", { position: "AGREES" });

  test.each<readonly [string, readonly Consultation[], boolean]>([
    ["everybody answered, and the foreign owner agreed", [asked("JPN.METI"), usa], true],
    ["a recipient was not asked", [usa], false],
    ["a recipient was asked about something else", [asked("JPN.METI", { about: "DESIGNATION" }), usa], false],
    ["a recipient still has time to answer", [asked("JPN.METI", { state: "ASKED", due: TODAY, position: null }), usa], false],
    ["a recipient let its day pass", [asked("JPN.METI", { state: "ASKED", due: shiftDate(TODAY, -1), position: null }), usa], true],
    ["the foreign owner let its day pass", [asked("JPN.METI"), asked("USA", { state: "ASKED", due: shiftDate(TODAY, -1), position: null })], false],
    ["the foreign owner objects", [asked("JPN.METI"), asked("USA", { position: "OBJECTS" })], false],
    ["the foreign owner agreed once and objects now", [asked("JPN.METI"), usa, asked("USA", { position: "OBJECTS" })], false],
  ])("%s", (_what, all, expected) => { expect(isConsulted(all, needed, TODAY)).toBe(expected); });

  test("where firms or science are concerned somebody has to have answered", () => {
    const about = { about: "DESIGNATION" as const, heard: [], agreed: [], somebody: true };
    expect([isConsulted([], about, TODAY), isConsulted([asked("JPN.MEXT", { about: "DESIGNATION", state: "ASKED", due: "2020-01-01", position: null })], about, TODAY), isConsulted([asked("JPN.MEXT", { about: "DESIGNATION" })], about, TODAY)]).toEqual([false, false, true]);
  });

  test("for a party speak those who belong to it, and no liaison hosted there", () => {
    const situation = (who: string): Parameters<typeof fromParty.over>[0] => ({ policy, asker: { ...persona(policy, who), action: "WRITE", digest: who }, now: Date.parse("2026-11-01T03:00:00Z") });
    const isFrom = (who: string, party: string): boolean => fromParty.over(situation(who), { owner: "JPN.MOD", subject: null, body: { party } });
    expect([isFrom("meti-officer", "JPN.METI"), isFrom("meti-officer", "JPN.MOFA"), isFrom("hoshimi-facility-manager", "JPN.PRV.9990001000001"), isFrom("us-liaison", "JPN.MOD"), isFrom("us-liaison", "USA")]).toEqual([true, false, true, false, false]);
  });
});
