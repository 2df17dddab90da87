/**
 * Order, join and meet of labels (SPEC 2): the only place where the order is defined.
 * Takes cores in normal form (`canonical`) and gives cores in normal form.
 * An owner that is absent restricts nobody; there is no top, because need tokens are open-ended.
 */
import { intersectSets, intersectTrees, isSubset, isSubtree, sortSet, uniteSets, uniteTrees } from "./audience";
import { POLICY_ID } from "./canonical";
import type { Level, LabelCore, OwnerPolicy } from "./label";

/** PUBLIC without owners: below every label, permitted to everybody. */
export const BOTTOM: LabelCore = Object.freeze({
  policy: POLICY_ID, level: 0, regimes: [], need: [], owners: {}, purposes: "ALL", handling: [],
}) as LabelCore;

function restrictsAtLeast(a: OwnerPolicy, b: OwnerPolicy): boolean {
  return isSubset(a.rel, b.rel) && isSubset(a.disp, b.disp) && isSubtree(a.dist, b.dist) && (a.orcon || !b.orcon);
}

/** True when `a` is at least as restrictive as `b` in every part (b is below or equal to a). */
export function dominates(a: LabelCore, b: LabelCore): boolean {
  if (a === b) return true;
  if (a.level < b.level || !isSubset(b.regimes, a.regimes) || !isSubset(b.need, a.need)) return false;
  if (!isSubset(b.handling, a.handling) || !isSubset(a.purposes, b.purposes)) return false;
  for (const [owner, policy] of Object.entries(b.owners)) {
    const own = a.owners[owner];
    if (own === undefined || !restrictsAtLeast(own, policy)) return false;
  }
  return true;
}

function unite<T extends string>(a: readonly T[], b: readonly T[]): readonly T[] {
  if (b.length === 0) return a;
  return a.length === 0 ? b : sortSet([...a, ...b]);
}

function joinOwners(a: LabelCore["owners"], b: LabelCore["owners"]): LabelCore["owners"] {
  if (a === b) return a;
  const owners: Record<string, OwnerPolicy> = {};
  for (const owner of unite(Object.keys(a), Object.keys(b))) {
    const left = a[owner];
    const right = b[owner];
    owners[owner] = left === undefined || right === undefined ? (left ?? right) as OwnerPolicy : {
      rel: intersectSets(left.rel, right.rel),
      disp: intersectSets(left.disp, right.disp),
      dist: intersectTrees(left.dist, right.dist),
      orcon: left.orcon || right.orcon,
    };
  }
  return owners;
}

/** Least upper bound: the label of a combination of two values. */
export function join(a: LabelCore, b: LabelCore): LabelCore {
  if (a === b || b === BOTTOM) return a;
  if (a === BOTTOM) return b;
  return {
    policy: POLICY_ID,
    level: Math.max(a.level, b.level) as Level,
    regimes: unite(a.regimes, b.regimes),
    need: unite(a.need, b.need),
    owners: joinOwners(a.owners, b.owners),
    purposes: intersectSets(a.purposes, b.purposes),
    handling: unite(a.handling, b.handling),
  };
}

/** Join of any number of labels; of none, BOTTOM. */
export function joinAll(list: Iterable<LabelCore>): LabelCore {
  let all = BOTTOM;
  for (const core of list) all = join(all, core);
  return all;
}

/** Greatest lower bound: what a common tearline has to be below. Never used to label data. */
export function meet(a: LabelCore, b: LabelCore): LabelCore {
  const owners: Record<string, OwnerPolicy> = {};
  for (const [owner, left] of Object.entries(a.owners)) {
    const right = b.owners[owner];
    if (right === undefined) continue;
    owners[owner] = {
      rel: uniteSets(left.rel, right.rel),
      disp: uniteSets(left.disp, right.disp),
      dist: uniteTrees(left.dist, right.dist),
      orcon: left.orcon && right.orcon,
    };
  }
  return {
    policy: POLICY_ID,
    level: Math.min(a.level, b.level) as Level,
    regimes: a.regimes.filter((regime) => b.regimes.includes(regime)),
    need: a.need.filter((token) => b.need.includes(token)),
    owners,
    purposes: uniteSets(a.purposes, b.purposes),
    handling: a.handling.filter((word) => b.handling.includes(word)),
  };
}

function sameList(a: readonly string[] | "ALL", b: readonly string[] | "ALL"): boolean {
  if (a === b) return true;
  return a !== "ALL" && b !== "ALL" && a.length === b.length && a.every((item, at) => item === b[at]);
}

function sameOwners(a: LabelCore["owners"], b: LabelCore["owners"]): boolean {
  const owners = Object.keys(a);
  return sameList(owners, Object.keys(b)) && owners.every((owner) => {
    const left = a[owner];
    const right = b[owner];
    return left !== undefined && right !== undefined && left.orcon === right.orcon
      && sameList(left.rel, right.rel) && sameList(left.disp, right.disp) && sameList(left.dist, right.dist);
  });
}

/** Equality of two cores in normal form; labels are compared by their cores. */
export function equalLabels(a: LabelCore, b: LabelCore): boolean {
  return a === b || (a.policy === b.policy && a.level === b.level && sameList(a.regimes, b.regimes) && sameList(a.need, b.need)
    && sameList(a.purposes, b.purposes) && sameList(a.handling, b.handling) && sameOwners(a.owners, b.owners));
}
