import fc from "fast-check";
import {
  BOTTOM, canonical, canonicalJson, dominates, effectiveDisp, effectiveDist, effectiveRel, equalLabels, join, joinAll, meet, type LabelCore,
} from "../../../schema/label";
import { arbitraryCore } from "../../support/arbitrary";
import { everyLabel, fewLabels } from "../../support/small-world";

const text = (core: LabelCore): string => canonicalJson({ ...core });

/** Runs a law about pairs over all labels of the small policy; gives the first pair that breaks it. */
function firstPair(law: (a: LabelCore, b: LabelCore) => boolean): readonly string[] | undefined {
  for (const a of everyLabel) for (const b of everyLabel) if (!law(a, b)) return [text(a), text(b)];
  return undefined;
}


describe("laws over all labels of a small policy", () => {
  test("equality is equality of the canonical text", () => {
    const broken = fewLabels.flatMap((a) => everyLabel.filter((b) => equalLabels(a, b) !== (text(a) === text(b))).map((b) => [text(a), text(b)]));
    expect(broken).toEqual([]);
  });
  test("the small policy is not empty and its labels differ", () => {
    expect(everyLabel.length).toBe(288);
    expect(new Set(everyLabel.map(text)).size).toBe(288);
  });
  test("join is commutative", () => { expect(firstPair((a, b) => equalLabels(join(a, b), join(b, a)))).toBeUndefined(); });
  test("meet is commutative", () => { expect(firstPair((a, b) => equalLabels(meet(a, b), meet(b, a)))).toBeUndefined(); });
  test("join and meet absorb each other", () => {
    expect(firstPair((a, b) => equalLabels(join(a, meet(a, b)), a) && equalLabels(meet(a, join(a, b)), a))).toBeUndefined();
  });
  test("the order is the join", () => { expect(firstPair((a, b) => dominates(b, a) === equalLabels(join(a, b), b))).toBeUndefined(); });
  test("the order is the meet", () => { expect(firstPair((a, b) => dominates(b, a) === equalLabels(meet(a, b), a))).toBeUndefined(); });
  test("the order is antisymmetric", () => {
    expect(firstPair((a, b) => !(dominates(a, b) && dominates(b, a)) || equalLabels(a, b))).toBeUndefined();
  });
  test("join is an upper bound", () => {
    expect(firstPair((a, b) => dominates(join(a, b), a) && dominates(join(a, b), b))).toBeUndefined();
  });
  test("join and meet give normal forms", () => {
    expect(firstPair((a, b) => equalLabels(join(a, b), canonical(join(a, b))) && equalLabels(meet(a, b), canonical(meet(a, b))))).toBeUndefined();
  });
  test("join and meet are idempotent, and bottom is below everything", () => {
    for (const a of everyLabel) {
      expect(text(join(a, { ...a }))).toBe(text(a));
      expect(text(meet(a, { ...a }))).toBe(text(a));
      expect(dominates(a, BOTTOM)).toBe(true);
      expect(text(join(a, { ...BOTTOM }))).toBe(text(a));
    }
  });
  test("join and meet are associative, and join is the least upper bound", () => {
    let triples = 0;
    for (const a of fewLabels) for (const b of fewLabels) {
      const both = join(a, b);
      triples += fewLabels.length;
      for (const c of fewLabels) {
        if (!equalLabels(join(both, c), join(a, join(b, c)))) throw new Error(`join is not associative: ${text(a)} ${text(b)} ${text(c)}`);
        if (dominates(c, a) && dominates(c, b) && !dominates(c, both)) throw new Error(`not least: ${text(a)} ${text(b)} ${text(c)}`);
      }
    }
    for (const a of fewLabels.slice(0, 30)) for (const b of fewLabels.slice(0, 30)) for (const c of fewLabels.slice(0, 30)) {
      if (!equalLabels(meet(meet(a, b), c), meet(a, meet(b, c)))) throw new Error(`meet is not associative: ${text(a)} ${text(b)} ${text(c)}`);
    }
    expect(triples).toBe(fewLabels.length ** 3);
  });
});

describe("laws over arbitrary labels", () => {
  const same = (a: LabelCore, b: LabelCore): void => { expect(text(a)).toBe(text(b)); };

  test("join and meet are associative, commutative, idempotent and absorb", () => {
    fc.assert(fc.property(arbitraryCore, arbitraryCore, arbitraryCore, (a, b, c) => {
      same(join(a, join(b, c)), join(join(a, b), c));
      same(meet(a, meet(b, c)), meet(meet(a, b), c));
      same(join(a, b), join(b, a));
      same(meet(a, b), meet(b, a));
      same(join(a, a), a);
      same(join(a, meet(a, b)), a);
      same(meet(a, join(a, b)), a);
    }), { numRuns: 2000 });
  });
  test("the order is the join, antisymmetric, and join is the least upper bound", () => {
    fc.assert(fc.property(arbitraryCore, arbitraryCore, arbitraryCore, (a, b, c) => {
      expect(dominates(b, a)).toBe(equalLabels(join(a, b), b));
      expect(dominates(join(a, b), a)).toBe(true);
      const above = join(join(a, b), c);
      expect(dominates(above, join(a, b))).toBe(true);
      expect(dominates(a, meet(a, b))).toBe(true);
      if (dominates(a, b) && dominates(b, a)) same(a, b);
    }), { numRuns: 2000 });
  });
  test("effective audiences shrink under join", () => {
    fc.assert(fc.property(arbitraryCore, arbitraryCore, (a, b) => {
      const both = join(a, b);
      const within = (inner: readonly string[] | "ALL", outer: readonly string[] | "ALL", covers: (item: string, list: readonly string[]) => boolean): boolean =>
        outer === "ALL" || (inner !== "ALL" && inner.every((item) => covers(item, outer)));
      const listed = (item: string, list: readonly string[]): boolean => list.includes(item);
      const below = (item: string, list: readonly string[]): boolean => list.some((node) => `${item}.`.startsWith(`${node}.`));
      expect(within(effectiveRel(both), effectiveRel(a), listed)).toBe(true);
      expect(within(effectiveDisp(both), effectiveDisp(b), listed)).toBe(true);
      expect(within(effectiveDist(both), effectiveDist(a), below)).toBe(true);
    }), { numRuns: 1000 });
  });
  test("normal form is reached in one step and does not change what a label means", () => {
    fc.assert(fc.property(arbitraryCore, (core) => {
      const shuffled = { ...core, regimes: [...core.regimes, ...core.regimes].reverse(), need: [...core.need].reverse() };
      same(canonical(shuffled), core);
      same(canonical(canonical(shuffled)), canonical(shuffled));
    }), { numRuns: 500 });
  });
});

describe("audiences", () => {
  const owned = (rel: readonly string[] | "ALL", dist: readonly string[] | "ALL" = "ALL"): LabelCore =>
    canonical({ level: 1, regimes: [], need: [], owners: { "JPN.MOD": { rel, disp: rel, dist, orcon: false } }, purposes: "ALL", handling: [] });

  test("two exclusive release lists meet in nobody, not in everybody", () => {
    expect(effectiveRel(join(owned(["USA"]), owned(["AUS"])))).toEqual([]);
    expect(dominates(owned([]), owned(["USA"]))).toBe(true);
    expect(dominates(owned(["USA"]), owned([]))).toBe(false);
  });
  test("nobody is more restrictive than everybody", () => {
    expect(dominates(owned([]), owned("ALL"))).toBe(true);
    expect(dominates(owned("ALL"), owned([]))).toBe(false);
  });
  test("the intersection of org lists keeps the deeper node and drops the rest", () => {
    const both = join(owned("ALL", ["JPN.CAS", "JPN.MOD"]), owned("ALL", ["JPN.METI", "JPN.MOD.JS"]));
    expect(effectiveDist(both)).toEqual(["JPN.MOD.JS"]);
  });
  test("a node whose name merely begins alike is not below", () => {
    expect(effectiveDist(join(owned("ALL", ["JPN.MO"]), owned("ALL", ["JPN.MOD"])))).toEqual([]);
  });
  test("a list with a node and its ancestor is the ancestor", () => {
    expect(effectiveDist(owned("ALL", ["JPN.MOD.JS", "JPN.MOD", "JPN.MOD.SEC"]))).toEqual(["JPN.MOD"]);
  });
  test("the join of nothing is public", () => { expect(joinAll([])).toBe(BOTTOM); });
});
