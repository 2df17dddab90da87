/** Declarations of workflows, the kinds of values they take and the authorities they name: without a database. */
import { loadPolicy, startOfDay } from "../../../../schema/policy";
import { ministries } from "../../../../subgraphs";
import { anybody, asSubject, both, either, fromOwner, inOwnBody, withPurpose, withRole } from "../../../../subgraphs/kit/workflow/authority";
import { type Workflow, defineWorkflow } from "../../../../subgraphs/kit/workflow/declare";
import { type FieldDeclarations, KINDS, readValues } from "../../../../subgraphs/kit/workflow/kinds";
import { WORKFLOWS } from "../../../../subgraphs/kit/workflow/list";
import { type Persona, persona } from "../../../support/people";


/** Noon in Japan on the demo day. */
const DEMO_NOON = startOfDay("2026-11-01") + 12 * 3_600_000;
const policy = loadPolicy();

const SOUND: Workflow = {
  name: "Leave", plural: "Leaves", description: "", floor: {}, keptBy: () => true, states: ["ASKED", "GIVEN"], fields: {},
  steps: {
    ASK: { from: [], to: "ASKED", by: anybody, mutation: "askLeave", description: "", input: {}, change: () => ({}) },
    GIVE: { from: ["ASKED"], to: "GIVEN", by: anybody, notBy: ["ASK"], mutation: "giveLeave", description: "", input: {}, change: () => ({}) },
  },
};

test.each<readonly [string, Partial<Workflow>, string]>([
  ["a state that nobody declared", { states: ["ASKED"] }, "GIVE names the state GIVEN"],
  ["a rule of four eyes about a step that there is not", { steps: { ...SOUND.steps, GIVE: { ...SOUND.steps["GIVE"] as Workflow["steps"][string], notBy: ["ASKED"] } } }, "GIVE names the step ASKED"],
  ["a field that every item has", { fields: { version: { kind: "text" } } }, "the field version is one that every item has"],
  ["nothing that opens an item", { steps: { GIVE: { ...SOUND.steps["GIVE"] as Workflow["steps"][string], notBy: [] } } }, "nothing opens an item"],
  ["lists narrowed by a field that there is not", { relatesBy: ["topic"] }, "narrowed by the field topic"],
  ["two steps of one name", { steps: { ...SOUND.steps, AGAIN: SOUND.steps["ASK"] as Workflow["steps"][string] } }, "two steps of one name"],
])("a declaration with %s is refused", (_what, changed, problem) => {
  expect(() => defineWorkflow({ ...SOUND, ...changed })).toThrow(problem);
});

test("any number of steps may be the clock's, which have no name in the graph", () => {
  const steps = { ...SOUND.steps, LAPSE: { ...SOUND.steps["ASK"] as Workflow["steps"][string], mutation: "" }, END: { ...SOUND.steps["ASK"] as Workflow["steps"][string], mutation: "" } };
  expect(() => defineWorkflow({ ...SOUND, steps })).not.toThrow();
});

test("the same declaration without them is taken", () => { expect(defineWorkflow(SOUND)).toBe(SOUND); });

test("mutations of all workflows have names of their own", () => {
  const names = WORKFLOWS.flatMap(({ steps }) => Object.values(steps).map(({ mutation }) => mutation).filter((name) => name !== ""));
  expect(new Set(names).size).toBe(names.length);
});

test("every workflow is kept somewhere", () => {
  for (const { name, keptBy } of WORKFLOWS) expect([name, Object.values(ministries).some(keptBy)]).toEqual([name, true]);
});

describe("values", () => {
  const GOOD: Readonly<Record<(typeof KINDS)[number], unknown>> = {
    text: "reason", long: "a longer reason", texts: ["a", "b"], localized: { ja: "\u7406\u7531", en: "reason" }, day: "2026-11-01", number: 3, flag: false, id: "mtr_0123", subject: "mod-officer", subjects: ["mod-officer"],
    org: "JPN.MOD", orgs: ["JPN.MOD", "JPN.PRV.9990001000001"], token: "MOD-2026-001", label: { level: "CUI", regimes: ["CUI"], owners: [{ owner: "JPN.MOD" }] },
  };
  const BAD: Readonly<Record<(typeof KINDS)[number], readonly unknown[]>> = {
    text: ["", "  ", "a\0b", "x".repeat(1_001), 3, {}], long: ["", "x".repeat(20_001)], texts: [["a", "a"], [""], "a", Array.from({ length: 201 }, (_, at) => String(at))],
    localized: [{ ja: "a" }, { ja: "", en: "b" }, "a"], day: ["2026-02-30", "2026-1-1", "1899-12-31", "3000-01-01", "2026-11-01T00:00:00Z", 20261101], number: [1.5, "1", Number.NaN, 2 ** 60], flag: ["true", 1],
    id: ["", "a b", "x".repeat(65), "a;b"], subject: ["", " a", "a/b", "x".repeat(129)], subjects: [["a", "a"], ["/"]], org: ["jpn.mod", "JPN..MOD", "JPN.MOD.", "MO"], orgs: [["JPN.MOD", "JPN.MOD"]],
    token: ["", "a", "with space", "x".repeat(65)],
    label: [{ level: "LOW", regimes: [], owners: [{ owner: "JPN.MOD" }] }, { level: "CUI", regimes: ["NONE"], owners: [{ owner: "JPN.MOD" }] }, { level: "CUI", regimes: [], owners: [] }, "CUI"],
  };
  test.each(KINDS)("%s: what fits is taken, what does not is refused as a whole, and nothing undeclared is kept", (kind) => {
    const fields: FieldDeclarations = { value: { kind }, other: { kind: "text", optional: true } };
    expect(readValues(fields, { value: GOOD[kind], secret: "x", other: null })).toEqual({ value: kind === "label" ? expect.objectContaining({ level: 1, owners: { "JPN.MOD": { rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false } } }) as unknown : GOOD[kind] });
    for (const bad of [...BAD[kind], undefined, null]) expect([bad, readValues(fields, { value: bad })]).toEqual([bad, undefined]);
  });

  test("of listed texts only those are taken", () => {
    const fields: FieldDeclarations = { role: { kind: "text", oneOf: ["READER"] } };
    expect(readValues(fields, { role: "READER" })).toEqual({ role: "READER" });
    expect(readValues(fields, { role: "reader" })).toBeUndefined();
  });
});

describe("authority", () => {
  const as = ({ subject, ctx }: Persona): { readonly policy: typeof policy; readonly now: number; readonly asker: { readonly subject: Persona["subject"]; readonly action: "WRITE"; readonly ctx: Persona["ctx"]; readonly digest: string } } =>
    ({ policy, now: DEMO_NOON, asker: { subject, action: "WRITE", ctx, digest: "" } });
  const approver = as(persona(policy, "mod-approver"));
  const officer = as(persona(policy, "meti-officer"));
  const item = (owner: string, subject: string | null = null): { readonly owner: string; readonly subject: string | null; readonly body: object } => ({ owner, subject, body: {} });

  test("a role counts over its body and what is below it, not over others, and whoever has none is refused early", () => {
    const authority = withRole("APPROVE");
    expect([authority.early(approver), authority.early(officer)]).toEqual([true, false]);
    expect(["JPN.MOD", "JPN.MOD.JS", "JPN.METI", "JPN"].map((owner) => authority.over(approver, item(owner) as never))).toEqual([true, true, false, false]);
  });

  test("a role counts while it lasts", () => {
    expect(withRole("APPROVE").early({ ...approver, now: DEMO_NOON + 100 * 366 * 86_400_000 })).toBe(false);
  });

  test("a purpose has to be declared and to be held", () => {
    const authority = withPurpose("DESIGNATION");
    expect(authority.early(approver)).toBe(true);
    const { purpose: _purpose, ...undeclared } = approver.asker.ctx;
    expect(authority.early({ ...approver, asker: { ...approver.asker, ctx: undeclared } })).toBe(false);
    expect(authority.early({ ...approver, asker: { ...approver.asker, subject: { ...approver.asker.subject, purposes: [] } } })).toBe(false);
  });

  test("the person whom it is about, and the body whose it is", () => {
    expect([asSubject.over(officer, item("JPN.MOD", "meti-officer") as never), asSubject.over(officer, item("JPN.MOD") as never)]).toEqual([true, false]);
    const responder = { ...officer, asker: persona(policy, "breakglass-officer") as never };
    expect([inOwnBody("BREAK_GLASS").over(responder, item("JPN.MOD") as never), inOwnBody("BREAK_GLASS").early(officer), inOwnBody("PROPOSE").early(responder)]).toEqual([true, false, false]);
    expect([fromOwner.over(officer, item("JPN.METI") as never), fromOwner.over(officer, item("JPN.MOD") as never)]).toEqual([true, false]);
  });

  test("both want all, either wants one", () => {
    const mine = item("JPN.MOD", "mod-approver");
    expect([both(withRole("APPROVE"), asSubject).over(approver, mine as never), both(withRole("APPROVE"), asSubject).over(approver, item("JPN.MOD") as never)]).toEqual([true, false]);
    expect([either(withRole("GRANT"), asSubject).over(approver, mine as never), either(withRole("GRANT"), withPurpose("VETTING")).early(approver)]).toEqual([true, false]);
  });
});

test("a label that names an owner twice, or one that no object can hold, is none: what was written first would be lost, and it may have been the narrower [B-49]", () => {
  const read = (...owners: readonly object[]): unknown => readValues({ label: { kind: "label" } }, { label: { level: "CUI", regimes: ["CUI"], owners } });
  expect(read({ owner: "JPN.MOD", dist: ["JPN.MOD"] }, { owner: "JPN.METI" })).toBeDefined();
  expect(read({ owner: "JPN.MOD", dist: ["JPN.MOD"] }, { owner: "JPN.MOD" })).toBeUndefined();
  expect(read({ owner: "__proto__", dist: ["JPN.MOD"] }, { owner: "JPN.MOD" })).toBeUndefined();
});
