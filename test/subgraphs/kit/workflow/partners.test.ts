/** Rules of the partner workflows (SPEC 15.70-15.73): agreements, certificates, consents, labels of editions. Without a database. */
import type { LabelCore } from "../../../../schema/label";
import { labelOf, decide, loadPolicy, outMark, startOfDay, type Suspended } from "../../../../schema/policy";
import { ministries } from "../../../../subgraphs";
import { Refusal } from "../../../../subgraphs/kit/refusal";
import type { LabelParts, StepContext } from "../../../../subgraphs/kit/workflow/declare";
import { checkCertificate } from "../../../../subgraphs/kit/workflow/partners/liaison-attestation";
import { agreementInForce, agreementWith } from "../../../../subgraphs/kit/workflow/partners/partners-policy";
import { consentsNeeded, daysBetween, isStanding, mayReachFirm, releaseRequest, releasedTo } from "../../../../subgraphs/kit/workflow/partners/release-request";
import { visitCertificate, visitLabel } from "../../../../subgraphs/kit/workflow/partners/visit-certificate";
import { everybody, persona } from "../../../support/people";

const policy = loadPolicy();
const NOW = startOfDay("2026-11-01") + 12 * 3_600_000;
const { subject: officer } = persona(policy, "mofa-release-officer");
const codeOf = (act: () => void): unknown => { try { act(); return "done"; } catch (error) { return error instanceof Refusal ? error.code : error; } };
const owned = (owners: LabelCore["owners"]): LabelCore => ({ policy: "JPN-GOV-DEMO", level: 1, regimes: ["CUI"], need: [], owners, purposes: "ALL", handling: [] });
const terms = (rel: readonly string[], orcon = false) => ({ rel, disp: rel, dist: "ALL" as const, orcon });

/** A step of the foreign ministry's release officer, as its caller statement says. */
const at = (suspendedAgreements?: Suspended, now = NOW) => ({ policy, now, today: "2026-11-01", asker: { subject: { ...officer, ...(suspendedAgreements === undefined ? {} : { suspendedAgreements }) }, action: "WRITE" as const, ctx: { zoneLevel: 4 as const }, digest: "" } });

test("an agreement counts for its nation, and one with a group for its members; one that is only signed counts for nobody", () => {
  const with_ = (id: string, nation: string): string | undefined => agreementWith(at(), id, nation)?.id;
  expect([with_("JPN-USA-2007", "USA"), with_("JPN-USA-2007", "AUS"), with_("JPN-NATO-2010", "DEU"), with_("JPN-NATO-2010", "AUS"), with_("JPN-CAN-2025", "CAN"), with_("JPN-USA-2007", "JPN")]).toEqual(["JPN-USA-2007", undefined, "JPN-NATO-2010", undefined, undefined, undefined]);
});

test("an agreement that is suspended counts for nothing at any ministry: by its id, by its nation, for a certificate", () => {
  const [USA, KOR] = ["JPN-USA-2007", "JPN-KOR-2016"];
  expect([agreementWith(at([USA]), USA, "USA"), agreementInForce(at([USA]), "USA"), agreementWith(at("ALL"), KOR, "KOR"), agreementInForce(at("ALL"), "KOR")]).toEqual([undefined, undefined, undefined, undefined]);
  expect([agreementWith(at([USA]), KOR, "KOR")?.id, agreementInForce(at([USA]), "KOR")?.id]).toEqual([KOR, KOR]);
  const certificate = { nation: "KOR", agreement: KOR, level: 3, until: "2027-10-31" };
  expect([codeOf(() => { checkCertificate(at([USA]), certificate); }), codeOf(() => { checkCertificate(at([KOR]), certificate); })]).toEqual(["done", "REFUSED_LIMIT"]);
});

test("a certificate for a visit is neither asked for nor issued under an agreement that is suspended", async () => {
  const taking = async (step: string, suspended: Suspended): Promise<unknown> => {
    const context = {
      ...at(suspended), ministry: ministries["defense"], input: { visitor: "x", nation: "USA", agreement: "JPN-USA-2007", level: 3, until: "2027-01-01" }, item: { body: { nation: "USA" } },
      asker: { ...at(suspended).asker, subject: { ...persona(policy, "mod-officer").subject, ...(suspended.length === 0 ? {} : { suspendedAgreements: suspended }) } },
    };
    try { await visitCertificate.steps[step]?.check?.(context as unknown as StepContext); return "done"; } catch (error) { return error instanceof Refusal ? error.code : error; }
  };
  for (const step of ["REQUEST_VISIT", "ISSUE_VISIT"]) expect([step, await taking(step, []), await taking(step, ["JPN-AUS-2013"]), await taking(step, ["JPN-USA-2007"])]).toEqual([step, "done", "done", "REFUSED_LIMIT"]);
});

test("before an agreement was in force it counts for nobody", () => { expect(agreementWith(at([], startOfDay("2020-01-01")), "JPN-DEU-2021", "DEU")).toBeUndefined(); });

test.each([
  [{ nation: "KOR", agreement: "JPN-KOR-2016", level: 3, until: "2027-10-31" }, "done"], [{ nation: "KOR", agreement: "JPN-KOR-2016", level: 4, until: "2027-10-31" }, "REFUSED_LIMIT"],
  [{ nation: "KOR", agreement: "JPN-KOR-2016", level: 1, until: "2027-10-31" }, "REFUSED_LIMIT"], [{ nation: "KOR", agreement: "JPN-KOR-2016", level: 3, until: "2027-11-02" }, "REFUSED_LIMIT"],
  [{ nation: "USA", agreement: "JPN-KOR-2016", level: 3, until: "2027-10-31" }, "REFUSED_LIMIT"],
])("a certificate %j: %s", (certificate, code) => { expect(codeOf(() => { checkCertificate(at(), certificate); })).toBe(code); });

test("consent is needed of every foreign owner but the receiver, and of every other Japanese one with originator control", () => {
  const source = owned({ "JPN.MOFA": terms(["JPN"], true), USA: terms(["JPN"]), AUS: terms(["JPN"]), "JPN.NPA": terms(["JPN"], true), "JPN.METI": terms(["JPN"]) });
  expect(consentsNeeded(source, "JPN.MOFA", "AUS")).toEqual(["JPN.NPA", "USA"]);
  expect(consentsNeeded(source, "JPN.MOFA", "GBR")).toEqual(["AUS", "JPN.NPA", "USA"]);
});

test("an edition gains a nation and nothing else; one of several owners, or of another, is not its owner's alone to release", () => {
  const core = owned({ "JPN.MOFA": { ...terms(["JPN"]), dist: ["JPN.MOFA"] } });
  expect(releasedTo({ owner: "JPN.MOFA", core }, (rel) => [...rel, "AUS"])).toEqual({ ...core, owners: { "JPN.MOFA": { rel: ["AUS", "JPN"], disp: ["AUS", "JPN"], dist: ["JPN.MOFA"], orcon: false } } });
  expect(releasedTo({ owner: "JPN.METI", core }, (rel) => [...rel, "AUS"])).toBeUndefined();
  expect(releasedTo({ owner: "JPN.MOFA", core: owned({ "JPN.MOFA": terms(["JPN"]), USA: terms(["JPN"]) }) }, (rel) => [...rel, "AUS"])).toBeUndefined();
});

test("days are counted by the calendar of Japan", () => {
  expect([daysBetween(NOW, NOW), daysBetween(startOfDay("2026-11-02") - 1, startOfDay("2026-11-02")), daysBetween(NOW, NOW + 30 * 86_400_000)]).toEqual([0, 1, 30]);
});

test("a certificate that is issued is read by the liaison of that nation in that ministry, one that is asked for by none", () => {
  const defense = ministries["defense"] ?? { org: "" };
  const liaisons = (nations: readonly string[]): readonly string[] => everybody(policy).filter(({ subject, ctx }) => subject.nation !== "JPN" && decide(policy, subject, "RETRIEVE", labelOf(visitLabel(defense, nations)), { ...ctx, now: NOW }).outcome === "permit").map(({ id }) => id);
  expect([liaisons([]), liaisons(["USA"]), liaisons(["AUS"])]).toEqual([[], ["us-liaison"], ["aus-liaison"]]);
});

test("a firm of a partner is reached under an industrial annex up to its level, and under no other agreement at all; its government is not asked for one (D.36)", () => {
  expect([mayReachFirm({ industrial: 1 }, { level: 1 }, "x"), mayReachFirm({ industrial: 1 }, { level: 2 }, "x"), mayReachFirm({ industrial: undefined }, { level: 1 }, "x"), mayReachFirm({ industrial: undefined }, { level: 3 }, null)]).toEqual([true, false, false, true]);
  const annexes = policy.agreements.all.flatMap(({ id, industrial, equivalents }) => (industrial === undefined ? [] : [[id, industrial <= equivalents.findLastIndex((level) => level !== undefined)]]));
  expect(annexes).toEqual([["JPN-USA-2007", true], ["JPN-AUS-2013", true], ["JPN-GBR-2014", true], ["JPN-ITA-2016", true]]);
});

test("one word at home, two levels abroad: SDS goes out by its grade, without one as the higher; a partner with one of the two levels is not given the other (D.38)", () => {
  const marks = (nation: string): readonly unknown[] => [outMark(policy, nation, 3, "SDS", NOW), outMark(policy, nation, 4, "SDS", NOW), outMark(policy, nation, null, "SDS", NOW)];
  expect([marks("USA"), marks("GBR"), marks("KOR").slice(1)]).toEqual([["SECRET", "TOP SECRET", "TOP SECRET"], ["SECRET", "TOP SECRET", "TOP SECRET"], [undefined, undefined]]);
  expect(outMark(policy, "DEU", 3, "SDS", startOfDay("2020-01-01"))).toBeUndefined();
});

test("an edition that was ended, held or challenged, or whose last day is over, goes nowhere", () => {
  const [none, today] = [{}, "2026-11-01"];
  expect([isStanding(none, today), isStanding({ status: "ACTIVE", validUntil: today }, today), isStanding({ validUntil: "OWNER_CONSENT" }, today)]).toEqual([true, true, true]);
  expect([isStanding({ validUntil: "2026-10-31" }, today), ...(["PROPOSED", "LAPSED_HOLD", "TERMINATED", "CHALLENGED"] as const).map((status) => isStanding({ status }, today))]).toEqual([false, false, false, false, false]);
});

test("release and recall give an edition another list of readers and leave the life that it has", async () => {
  const lifecycle = { validUntil: "2027-03-31", onLapse: "L-successor" };
  const edition = (rel: readonly string[], life: object): unknown => ({ owner: "JPN.MOFA", core: { ...owned({ "JPN.MOFA": terms(rel) }), lifecycle: life } });
  const { subject, ctx } = persona(policy, "mofa-release-officer");
  const run = async (step: "RELEASE" | "RECALL", life: object): Promise<readonly [readonly string[] | "ALL" | undefined, LabelParts["lifecycle"]]> => {
    const interned: [LabelCore, LabelParts | undefined][] = [];
    const context: StepContext = {
      ministry: ministries["foreign-affairs"] as StepContext["ministry"], policy, asker: { subject, ctx, action: "WRITE", digest: "" }, now: NOW, today: "2026-11-01", id: "itm_1", input: {},
      item: { id: "itm_1", state: "", version: 1, owner: "JPN.MOFA", subject: null, due: null, label: owned({}), steps: [], body: { edition: "doc_1-T", nation: "AUS", consents: [] } },
      query: <T>(text: string) => Promise.resolve((text.includes("apply_release") ? [{ done: true }] : /AgreementSuspension|unentered_releases/.test(text) ? [] : [edition(step === "RELEASE" ? ["JPN"] : ["AUS", "JPN"], life)]) as readonly T[]),
      intern: (core, parts) => { interned.push([core, parts]); return Promise.resolve(1); },
    };
    await releaseRequest.steps[step]?.effect?.(context);
    return [interned[0]?.[0].owners["JPN.MOFA"]?.rel, interned[0]?.[1]?.lifecycle];
  };
  expect(await run("RELEASE", lifecycle)).toEqual([["AUS", "JPN"], lifecycle]);
  expect(await run("RECALL", { ...lifecycle, status: "CHALLENGED" })).toEqual([["JPN"], { ...lifecycle, status: "CHALLENGED" }]);
  await expect(run("RELEASE", { ...lifecycle, status: "CHALLENGED" })).rejects.toMatchObject({ code: "REFUSED_STATE" });
});
