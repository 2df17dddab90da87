import type { LabelCore } from "../../../schema/label";
import agreements from "../../../schema/policy/agreements.json";
import clients from "../../../schema/policy/clients.json";
import members from "../../../schema/policy/members.json";
import policyFile from "../../../schema/policy/policy.json";
import { decide, endOfDay, loadPolicy, startOfDay, type Action, type DecisionContext, type Subject } from "../../../schema/policy";
import { policy, readJson } from "../../support/demo-data";
import { specTable } from "../../support/spec-tables";

type Parts<T> = { readonly [K in keyof T]?: T[K] | null };
interface Circumstances { readonly day: string; readonly zoneLevel: DecisionContext["zoneLevel"]; readonly purpose: string; readonly item: string; readonly releaseTo: readonly string[] }
interface Base { readonly subject: Subject; readonly label: LabelCore; readonly ctx: Circumstances; readonly action: Action }
interface Case {
  readonly name: string;
  /** The rule that the case is about; null for what is permitted. */
  readonly rule: string | null;
  readonly reasons: readonly (readonly [string, string])[];
  readonly outcome?: string;
  readonly subject?: Parts<Subject>;
  readonly label?: Parts<LabelCore>;
  readonly ctx?: Parts<Circumstances>;
  readonly action?: Action;
  readonly highWater?: LabelCore;
}
const { base, cases } = readJson<{ readonly base: Base; readonly cases: readonly Case[] }>("test/cases/decide.json");
const rules = specTable("## 4", "clause", "rule").map(([clause]) => clause);

/** A whole subject in a case replaces the base's; parts of one change it. */
function subjectFor(given: Case): Subject {
  return (given.subject !== undefined && "id" in given.subject ? given.subject : { ...base.subject, ...given.subject }) as Subject;
}

function contextFor(given: Case): DecisionContext {
  const { day, zoneLevel, purpose, item, releaseTo } = { ...base.ctx, ...given.ctx };
  return {
    now: startOfDay(day ?? "") + 12 * 3_600_000, zoneLevel: zoneLevel ?? 4,
    ...(typeof purpose === "string" ? { purpose } : {}), ...(typeof item === "string" ? { item } : {}), ...(Array.isArray(releaseTo) ? { releaseTo } : {}),
  };
}

function decideCase(given: Case): ReturnType<typeof decide> {
  const label = { ...base.label, ...given.label } as LabelCore;
  return decide(policy, subjectFor(given), given.action ?? base.action, label, contextFor(given), { highWater: given.highWater });
}

test("every rule of SPEC 4 has a case that this rule alone denies", () => {
  expect(rules).toEqual(["4.1", "4.2", "4.3", "4.4", "4.5", "4.6", "4.7", "4.8", "4.9", "4.10"]);
  const alone = cases.filter((given) => given.reasons.length === 1).map((given) => given.reasons[0]?.[0]);
  for (const rule of rules) expect(alone).toContain(rule);
});

test.each(cases.map((given) => [given.name, given] as const))("%s", (_name, given) => {
  const decision = decideCase(given);
  const reasons = decision.outcome === "permit" ? [] : decision.reasons.map(({ clause, component }) => [clause, component]);
  expect({ outcome: decision.outcome, reasons }).toEqual({ outcome: given.outcome ?? (given.reasons.length === 0 ? "permit" : "hide"), reasons: given.reasons });
  expect(given.rule === null || given.reasons.some(([clause]) => clause === given.rule)).toBe(true);
});

describe("until", () => {
  const subject = base.subject;
  const ctx: DecisionContext = { now: startOfDay("2026-11-11"), zoneLevel: 4 };
  test("is the first end of anything that the outcome rests on", () => {
    expect(decide(policy, subject, "RETRIEVE", base.label, ctx)).toEqual({ outcome: "permit", until: endOfDay("2027-03-31") });
  });
  test("is the label's own last day when that comes first", () => {
    const label = { ...base.label, lifecycle: { validUntil: "2026-12-31" } };
    expect(decide(policy, subject, "RETRIEVE", label, ctx)).toEqual({ outcome: "permit", until: endOfDay("2026-12-31") });
  });
  test("is the first day of what is not yet in force, for a denial", () => {
    const later: Subject = { ...subject, assignments: subject.assignments.map((held) => ({ ...held, from: "2026-11-20" })) };
    const decision = decide(policy, later, "RETRIEVE", base.label, ctx);
    expect([decision.outcome, decision.until]).toEqual(["hide", startOfDay("2026-11-20")]);
    expect(decide(policy, later, "RETRIEVE", base.label, { ...ctx, now: startOfDay("2026-11-20") }).outcome).toBe("permit");
  });
  const bare: Subject = { ...subject, eligibilities: [], assignments: [] };
  const given = { grantedBy: "JPN.MOD", from: "2026-04-01", until: "2026-12-15" };
  const [eligibility] = subject.eligibilities;
  test.each<[string, Subject]>([
    ["an eligibility", { ...bare, eligibilities: eligibility === undefined ? [] : [{ ...eligibility, validUntil: "2026-12-15" }] }],
    ["an assignment", { ...bare, assignments: [{ ...given, token: "X-1", role: "READER", reason: "duty" }] }],
    ["a role", { ...bare, roles: [{ ...given, role: "DECLASSIFY", org: "JPN.MOD" }] }],
    ["a grant", { ...bare, orconGrants: [{ owner: "JPN.MOD", action: "EXPORT", item: "doc_1", until: "2026-12-15" }] }],
    ["a facility", { ...bare, kind: "contractor", facility: { id: "F", level: 2, foci: "NONE", validUntil: "2026-12-15", sites: [], contracts: [] } }],
  ])("is the end of %s, and a decision after it starts anew", (_what, dated) => {
    const until = endOfDay("2026-12-15");
    expect(decide(policy, dated, "RETRIEVE", base.label, ctx).until).toBe(until);
    expect(decide(policy, dated, "RETRIEVE", base.label, { ...ctx, now: until }).until).toBe(Number.POSITIVE_INFINITY);
    expect(decide(policy, dated, "RETRIEVE", base.label, ctx).until).toBe(until);
  });
  test("is the start or end of an agreement, whoever asks", () => {
    const changed = structuredClone(agreements);
    const [first] = changed.agreements;
    if (first === undefined) throw new Error("no agreement");
    Object.assign(first, { until: "2026-11-30" });
    const ending = loadPolicy({ policy: policyFile, members, clients, agreements: changed });
    expect(decide(ending, bare, "RETRIEVE", base.label, ctx).until).toBe(endOfDay("2026-11-30"));
    const outward = { ...ctx, releaseTo: ["USA"] };
    expect(decide(ending, subject, "RETRIEVE", base.label, outward).outcome).toBe("permit");
    expect(decide(ending, subject, "RETRIEVE", base.label, { ...outward, now: endOfDay("2026-11-30") }).outcome).toBe("hide");
  });
  test("another policy is another decision about the same subject", () => {
    const strict = loadPolicy({ policy: { ...policyFile, implications: {} }, members, clients, agreements });
    const label: LabelCore = { ...base.label, regimes: ["DOC"] };
    expect([policy, strict, policy].map((rules) => decide(rules, subject, "RETRIEVE", label, ctx).outcome)).toEqual(["permit", "hide", "permit"]);
  });
  test("the outcome changes exactly then, though the subject was decided about before", () => {
    const before = decide(policy, subject, "RETRIEVE", base.label, ctx);
    expect(decide(policy, subject, "RETRIEVE", base.label, { ...ctx, now: before.until - 1 }).outcome).toBe("permit");
    expect(decide(policy, subject, "RETRIEVE", base.label, { ...ctx, now: before.until }).outcome).toBe("hide");
    expect(decide(policy, subject, "RETRIEVE", base.label, ctx).outcome).toBe("permit");
  });
});

describe("a simulation [B-134]", () => {
  const ctx = contextFor({ name: "", rule: null, reasons: [] });
  const label = base.label;
  const observer = { subject: base.subject, zoneLevel: ctx.zoneLevel, ...(ctx.purpose === undefined ? {} : { purpose: ctx.purpose }) };
  const stranger: Subject = { ...base.subject, id: "stranger", assignments: [], eligibilities: [] };
  const outcome = (subject: Subject, given: DecisionContext, action: Action = "RETRIEVE", of: Parameters<typeof decide>[3] = label): unknown => {
    const decision = decide(policy, subject, action, of, given);
    return decision.outcome === "permit" ? "permit" : decision.reasons.map(({ clause, component }) => `${clause} ${component}`);
  };

  test("is permitted what both the subject and the officer are permitted, and nothing else", () => {
    expect(outcome(base.subject, { ...ctx, observer })).toBe("permit");
    expect(outcome(base.subject, { ...ctx, observer: { ...observer, subject: stranger } })).toEqual(["4.16 observer"]);
    expect(outcome(base.subject, { ...ctx, observer: { ...observer, zoneLevel: 0 } })).toEqual(["4.16 observer"]);
    expect(outcome(stranger, { ...ctx, observer })).toEqual(outcome(stranger, ctx));
  });

  test("knows of what both may know of, and nothing else", () => {
    const hidden = { ...label, id: "L-x", existence: { ...label, level: 1 as const, regimes: [], need: [] } };
    expect(decide(policy, stranger, "RETRIEVE", hidden, { ...ctx, observer }).outcome).toBe("redact");
    expect(decide(policy, stranger, "RETRIEVE", hidden, { ...ctx, observer: { ...observer, subject: { ...stranger, nation: "XXX" } } }).outcome).toBe("hide");
  });

  test("decides about the subject at the instant it is about, and about the officer now", () => {
    const ended = ctx.now + 400 * 86_400_000;
    const soon: Subject = { ...base.subject, assignments: base.subject.assignments.map((held) => ({ ...held, from: "2027-10-01", until: "2029-12-31" })), eligibilities: base.subject.eligibilities.map((held) => ({ ...held, validUntil: "2035-12-31" })) };
    expect(outcome(soon, { ...ctx, observer })).not.toBe("permit");
    expect(outcome(soon, { ...ctx, observer: { ...observer, at: ended } })).toBe("permit");
    expect(outcome(base.subject, { ...ctx, observer: { ...observer, subject: soon, at: ended } })).toContain("4.16 observer");
  });

  test("permits nothing that asks for a role, whoever holds it [B-133]", () => {
    const held: Subject = { ...base.subject, roles: [{ role: "SIMULATE", org: "JPN.MOD", from: "2020-01-01", until: "2099-03-31", grantedBy: "JPN.MOD" }] };
    const asking = { ...label, need: [...label.need, "ROLE.SIMULATE"] };
    expect(outcome(held, ctx, "RETRIEVE", asking)).toBe("permit");
    expect(outcome(held, { ...ctx, observer: { ...observer, subject: held } }, "RETRIEVE", asking)).toEqual(["4.16 role"]);
    expect(outcome(held, { ...ctx, observer: { ...observer, subject: held } })).toBe("permit");
  });

  test("treats a label that lapses before that instant as lapsed, and never looks back", () => {
    const lapsing = { ...label, id: "L-x", existence: label, lifecycle: { validUntil: base.ctx.day } };
    expect(outcome(base.subject, { ...ctx, observer }, "RETRIEVE", lapsing)).toBe("permit");
    expect(outcome(base.subject, { ...ctx, observer: { ...observer, at: ctx.now + 2 * 86_400_000 } }, "RETRIEVE", lapsing)).toContain("4.7 lifecycle");
    expect(outcome(base.subject, { ...ctx, now: ctx.now + 2 * 86_400_000, observer: { ...observer, at: ctx.now } }, "RETRIEVE", lapsing)).toContain("4.7 lifecycle");
  });

  test("writes nothing, and ends when either standing or the instant passes", () => {
    expect(outcome(base.subject, { ...ctx, observer }, "WRITE")).toContain("4.16 action");
    const at = ctx.now + 1_000;
    expect(decide(policy, base.subject, "RETRIEVE", label, { ...ctx, observer: { ...observer, at } }).until).toBe(at);
    const short: Subject = { ...base.subject, id: "short", purposes: base.subject.purposes, assignments: base.subject.assignments.map((held) => ({ ...held, until: base.ctx.day })) };
    expect(decide(policy, base.subject, "RETRIEVE", label, { ...ctx, observer: { ...observer, subject: short } }).until).toBe(endOfDay(base.ctx.day));
  });
});
