/** Every reason that the one decision can give has a sentence in both languages, and the sentence names what is missing. */
import texts from "../../../gateway/explain/reasons.json";
import { tellReasons } from "../../../gateway/explain/reasons";
import type { LabelCore } from "../../../schema/label";
import { type Action, decide, type DecisionContext, type Reason, startOfDay, type Subject } from "../../../schema/policy";
import { policy, readJson } from "../../support/demo-data";
import { specTable } from "../../support/spec-tables";

interface Circumstances { readonly day: string; readonly zoneLevel: DecisionContext["zoneLevel"]; readonly purpose: string | null; readonly item: string | null; readonly releaseTo: readonly string[] | null }
interface Case { readonly name: string; readonly rule: string | null; readonly subject?: Partial<Subject>; readonly label?: Partial<LabelCore>; readonly ctx?: Partial<Circumstances>; readonly action?: Action; readonly highWater?: LabelCore }
const { base, cases } = readJson<{ readonly base: { readonly subject: Subject; readonly label: LabelCore; readonly ctx: Circumstances; readonly action: Action }; readonly cases: readonly Case[] }>("test/cases/decide.json");

interface Decided { readonly name: string; readonly rule: string | null; readonly reasons: readonly Reason[]; readonly label: LabelCore; readonly subject: Subject }
const decided: readonly Decided[] = cases.map((given) => {
  const subject = (given.subject !== undefined && "id" in given.subject ? given.subject : { ...base.subject, ...given.subject }) as Subject;
  const label: LabelCore = { ...base.label, ...given.label };
  const { day, zoneLevel, purpose, item, releaseTo } = { ...base.ctx, ...given.ctx };
  const ctx: DecisionContext = { now: startOfDay(day) + 12 * 3_600_000, zoneLevel, ...(typeof purpose === "string" ? { purpose } : {}), ...(typeof item === "string" ? { item } : {}), ...(Array.isArray(releaseTo) ? { releaseTo } : {}) };
  const decision = decide(policy, subject, given.action ?? base.action, label, ctx, { highWater: given.highWater });
  return { name: given.name, rule: given.rule, reasons: decision.outcome === "permit" ? [] : decision.reasons, label, subject };
});
/** What cannot be read has no parts to name. */
const readable = (label: LabelCore): LabelCore => (typeof label.owners === "object" && label.owners !== null ? label : base.label);

test.each(decided.filter(({ reasons }) => reasons.length > 0))("$name: said in both languages", ({ reasons, label, subject }) => {
  const told = tellReasons(policy, reasons, readable(label), subject);
  expect(told.map(({ clause, component }) => ({ clause, component }))).toEqual(reasons);
  for (const { ja, en } of told) {
    expect([ja, en].join()).not.toMatch(/[{}]|undefined/);
    expect(ja).toMatch(/[\u3040-\u30ff\u4e00-\u9fff]/);
    expect(en).toMatch(/^[\x20-\x7e]+$/);
  }
});

test("every rule of SPEC 4 is said for a case that it alone denies", () => {
  const rules = specTable("## 4", "clause", "rule").map(([clause]) => clause);
  expect(rules).toHaveLength(10);
  const said = decided.flatMap(({ reasons, label, subject }) => (reasons.length === 1 ? tellReasons(policy, reasons, readable(label), subject) : []));
  for (const rule of rules) expect(said.map(({ clause }) => clause)).toContain(rule);
});

test("no two rules are said alike, and none is left without being said", () => {
  const used = new Set(decided.flatMap(({ reasons }) => reasons).map(({ clause, component }) => `${clause} ${component.startsWith("owners.") ? component.split(".").at(-1) : component.split(":")[0]}`));
  const elsewhere = ["4.2 regimes abroad", "4.12 record", "4.16 observer", "4.16 action", "4.16 role", "5.7 view"];
  expect(Object.keys(texts).filter((key) => !used.has(key) && !elsewhere.includes(key))).toEqual([]);
  for (const lang of ["ja", "en"] as const) expect(new Set(Object.values(texts).map((text) => text[lang])).size).toBe(Object.keys(texts).length);
});

test("names the part that is missing", () => {
  const label: LabelCore = { ...base.label, level: 3, need: ["PRJ-1"], owners: { "JPN.MOD": { rel: ["AUS", "JPN"], disp: "ALL", dist: ["JPN.CAS"], orcon: true } }, purposes: ["TAX"] };
  const say = (clause: string, component: string, subject: Partial<Subject> = {}): readonly string[] => tellReasons(policy, [{ clause, component }], label, { ...base.subject, ...subject }).flatMap(({ ja, en }) => [ja, en]);
  expect(say("4.1", "level")[1]).toBe("the level SECRET is above the highest level that the subject may be given");
  expect(say("4.3", "need:PRJ-1")[1]).toContain("PRJ-1");
  expect(say("4.4", "owners.JPN.MOD.rel", { nation: "USA" })[1]).toBe("USA is not among those to which the owner JPN.MOD releases it (AUS, JPN)");
  expect(say("4.4", "owners.JPN.MOD.disp")[1]).toContain("(ALL)");
  expect(say("4.4", "owners.JPN.MOD.dist", { org: "JPN.METI" })[1]).toBe("JPN.METI is not under the bodies to which the owner JPN.MOD distributes it (JPN.CAS)");
  expect(say("4.5", "purposes")[1]).toContain("TAX");
  expect(say("4.2", "regimes:SDS", { nation: "USA" })[1]).toBe("no agreement in force has the regime SDS in its scope");
  expect(() => say("4.99", "level")).toThrow(RangeError);
});
