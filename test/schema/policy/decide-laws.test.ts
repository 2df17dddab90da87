import fc from "fast-check";
import { BOTTOM, dominates, join, joinAll, type LabelCore } from "../../../schema/label";
import { decide, loadPolicy, type Action, type DecisionContext, type Eligibility, type Subject } from "../../../schema/policy";
import { arbitraryContext, arbitraryCore, arbitraryMildCore, arbitraryReadAction, arbitrarySubject, NOW } from "../../support/arbitrary";
import { everyLabel } from "../../support/small-world";

const policy = loadPolicy();
const ctx: DecisionContext = { now: NOW, zoneLevel: 4, purpose: "VETTING" };

const eligible = (regime: Eligibility["regime"], maxLevel: Eligibility["maxLevel"]): Eligibility => ({
  regime, maxLevel, basis: "ASSESSMENT", grantedBy: "JPN.MOD", usableAt: ["JPN"], notifiedOn: "2026-01-01", validUntil: "2030-12-31",
  status: "ACTIVE", consentId: "CNS-1",
});
const official = (org: string, parts: Partial<Subject> = {}): Subject => ({
  id: "official", kind: "official", nation: "JPN", org, eligibilities: [], assignments: [], roles: [], purposes: ["VETTING"], ...parts,
});
const assigned = { token: "MOD-2024-017", role: "READER", from: "2026-01-01", until: "2026-12-31", grantedBy: "JPN.MOD", reason: "duty" } as const;
const everything = { eligibilities: [eligible("SDS", 4), eligible("CESI", 2)], assignments: [assigned] };
const liaison = (nation: string, hostOrg: string, agreementId: string): Subject =>
  ({ id: "liaison", kind: "liaison", nation, hostOrg, agreementId, attestedLevel: 4, eligibilities: [], assignments: [assigned], roles: [], purposes: ["VETTING"] });

const subjects: readonly (readonly [string, Subject, Action, DecisionContext])[] = [
  ["an uncleared official", official("JPN.MIC"), "RETRIEVE", ctx],
  ["a cleared official", official("JPN.MOD.JS", everything), "RETRIEVE", ctx],
  ["a cleared official who may only look", official("JPN.MOD", everything), "VIEW", ctx],
  ["a cleared official of another ministry", official("JPN.METI", everything), "RETRIEVE", ctx],
  ["a cleared official without a purpose", official("JPN.MOD", everything), "RETRIEVE", { now: NOW, zoneLevel: 4 }],
  ["a cleared official on a low network", official("JPN.MOD", everything), "RETRIEVE", { ...ctx, zoneLevel: 1 }],
  ["a cleared official who derives", official("JPN.MOD", everything), "DERIVE", ctx],
  ["an official cleared for one regime", official("JPN.MOD", { eligibilities: [eligible("CESI", 2)] }), "RETRIEVE", ctx],
  ["a liaison", liaison("USA", "JPN.MOD", "JPN-USA-2007"), "RETRIEVE", ctx],
  ["a liaison who may only look", liaison("AUS", "JPN.MOD", "JPN-AUS-2013"), "VIEW", ctx],
  ["an official who asks for the partner's edition", official("JPN.MOD", everything), "RETRIEVE", { ...ctx, releaseTo: ["USA"] }],
];

describe("over all labels of a small policy", () => {
  test.each(subjects)("the decision on a combination is the AND of the decisions, and monotone: %s", (_name, subject, action, circumstances) => {
    const permit = (core: LabelCore): boolean => decide(policy, subject, action, core, circumstances).outcome === "permit";
    const decided = everyLabel.map(permit);
    let permitted = 0;
    everyLabel.forEach((a, left) => everyLabel.forEach((b, right) => {
      const both = permit(join(a, b));
      if (both !== (decided[left] === true && decided[right] === true)) throw new Error(`${JSON.stringify(a)} with ${JSON.stringify(b)}`);
      if (decided[right] === true && dominates(b, a) && decided[left] !== true) throw new Error(`${JSON.stringify(a)} below ${JSON.stringify(b)}`);
      permitted += both ? 1 : 0;
    }));
    expect(permitted).toBeGreaterThan(0);
    expect(permitted).toBeLessThan(everyLabel.length ** 2);
  });
});

describe("over arbitrary labels and subjects", () => {
  const permits = (subject: Subject, action: Action, core: LabelCore, at: DecisionContext): boolean =>
    decide(policy, subject, action, core, at).outcome === "permit";

  const anyCore = fc.oneof(arbitraryCore, { weight: 4, arbitrary: arbitraryMildCore });

  const anyCores = fc.oneof(fc.array(anyCore, { maxLength: 3 }), fc.array(arbitraryMildCore, { minLength: 2, maxLength: 3 }));
  const able = arbitrarySubject.map((subject): Subject => ({
    ...subject, eligibilities: [...subject.eligibilities, eligible("SDS", 3)], assignments: [...subject.assignments, assigned], purposes: ["ANALYSIS", "VETTING"],
  }));
  const anySubject = fc.oneof(arbitrarySubject, { weight: 2, arbitrary: able });

  test("the decision on a combination is the AND of the decisions", () => {
    let both = 0;
    fc.assert(fc.property(anySubject, arbitraryReadAction, arbitraryContext, anyCores, (subject, action, at, cores) => {
      const parts = cores.every((core) => permits(subject, action, core, at));
      both += parts && cores.length > 1 ? 1 : 0;
      expect(permits(subject, action, joinAll(cores), at)).toBe(parts);
    }), { numRuns: 4000 });
    expect(both).toBeGreaterThan(100);
  });
  test("a more restrictive label never permits more", () => {
    fc.assert(fc.property(anySubject, arbitraryReadAction, arbitraryContext, anyCore, anyCore, (subject, action, at, a, b) => {
      if (permits(subject, action, join(a, b), at)) expect(permits(subject, action, a, at)).toBe(true);
    }), { numRuns: 4000 });
  });
  test("bottom is permitted to everybody, whatever they do", () => {
    fc.assert(fc.property(anySubject, arbitraryReadAction, arbitraryContext, (subject, action, at) => {
      expect(permits(subject, action, BOTTOM, at)).toBe(true);
    }), { numRuns: 500 });
  });
  test("more clearance never permits less", () => {
    fc.assert(fc.property(anySubject, arbitrarySubject, arbitraryReadAction, arbitraryContext, anyCore, (subject, other, action, at, core) => {
      const more: Subject = {
        ...subject,
        eligibilities: [...subject.eligibilities, ...other.eligibilities],
        assignments: [...subject.assignments, ...other.assignments],
        purposes: [...subject.purposes, ...other.purposes],
        ...(subject.attestedLevel === undefined ? {} : { attestedLevel: 4 as const }),
      };
      if (permits(subject, action, core, at)) expect(permits(more, action, core, at)).toBe(true);
    }), { numRuns: 3000 });
  });
  test("whoever may keep may look", () => {
    fc.assert(fc.property(anySubject, arbitraryContext, anyCore, (subject, at, core) => {
      if (permits(subject, "RETRIEVE", core, at)) expect(permits(subject, "VIEW", core, at)).toBe(true);
    }), { numRuns: 2000 });
  });
  test("narrowing a request never permits more", () => {
    fc.assert(fc.property(anySubject, arbitraryContext, anyCore, (subject, at, core) => {
      const { releaseTo, ...wide } = at;
      void releaseTo;
      if (permits(subject, "RETRIEVE", core, at)) expect(permits(subject, "RETRIEVE", core, wide)).toBe(true);
      if (permits(subject, "RETRIEVE", core, { ...at, zoneLevel: 1 })) expect(permits(subject, "RETRIEVE", core, { ...at, zoneLevel: 4 })).toBe(true);
    }), { numRuns: 2000 });
  });
});

describe("total and pure", () => {
  const subject = official("JPN.MOD", everything);
  const nonsense: readonly unknown[] = [
    undefined, null, 0, "SECRET", [], {}, { level: 0 }, { ...BOTTOM, policy: "OTHER" }, { ...BOTTOM, level: 5 }, { ...BOTTOM, level: "0" },
    { ...BOTTOM, regimes: ["NEW"] }, { ...BOTTOM, extra: true }, { ...BOTTOM, owners: { JPN: {} } }, { ...BOTTOM, purposes: "SOME" },
    { ...BOTTOM, owners: { JPN: { rel: "ALL", disp: "ALL", dist: "ALL", orcon: false, until: "x" } } }, { ...BOTTOM, need: [1] },
    { ...BOTTOM, lifecycle: { status: "NEW" } }, { ...BOTTOM, existence: { level: 0 } }, { ...BOTTOM, handling: undefined },
  ];
  test.each(nonsense.map((label) => [JSON.stringify(label) ?? "undefined", label] as const))("hides what is no label of this policy: %s", (_text, label) => {
    expect(decide(policy, subject, "RETRIEVE", label as LabelCore, ctx)).toEqual(
      { outcome: "hide", until: expect.any(Number) as number, reasons: [{ clause: "4.9", component: "label" }] });
  });
  test("never throws, and gives the same answer twice", () => {
    fc.assert(fc.property(fc.anything({ maxDepth: 3 }), (label) => {
      const once = decide(policy, subject, "RETRIEVE", label as LabelCore, ctx);
      expect(once.outcome).toBe("hide");
      expect(decide(policy, subject, "RETRIEVE", label as LabelCore, ctx)).toEqual(once);
    }), { numRuns: 1000 });
  });
  test("denies an action nobody defined and a clock that is no clock", () => {
    const label = everyLabel[0] as LabelCore;
    expect(decide(policy, subject, "READ" as Action, label, ctx).outcome).toBe("hide");
    const dated = { ...BOTTOM, lifecycle: { validUntil: "2030-01-01" } };
    expect(decide(policy, subject, "RETRIEVE", dated, { ...ctx, now: Number.NaN }).outcome).toBe("hide");
  });
});
