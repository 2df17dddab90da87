/**
 * Audiences: nation lists and org-tree lists, each `'ALL'` or a finite list (SPEC 2.3, 2.4).
 * Takes lists in normal form and gives lists in normal form: sorted, without duplicates, org lists an antichain.
 * `'ALL'` restricts nobody and `[]` permits nobody; the two are never mixed up here.
 */
import type { OrgPath } from "./label";

export type Audience = readonly string[] | "ALL";

/** True when `org` is `node` or lies below it in the tree of dotted paths. */
export function isUnder(org: OrgPath, node: OrgPath): boolean {
  return org === node || (org.length > node.length && org.charCodeAt(node.length) === 46 && org.startsWith(node));
}

/** True when `org` lies under one of the nodes. */
export function isUnderAny(org: OrgPath, nodes: Audience): boolean {
  if (nodes === "ALL") return true;
  for (const node of nodes) if (isUnder(org, node)) return true;
  return false;
}

/** Sorted by code unit and without duplicates; gives the same array back when it already is. */
export function sortSet<T extends string>(list: readonly T[]): readonly T[] {
  for (let at = 1; at < list.length; at += 1) {
    if ((list[at - 1] as T) >= (list[at] as T)) return [...new Set(list)].sort();
  }
  return list;
}

/** Normal form of an org list: sorted, and no node below another one of the list. */
export function sortTree(list: Audience): Audience {
  if (list === "ALL") return list;
  const sorted = sortSet(list);
  return sorted.some((org) => sorted.some((node) => node !== org && isUnder(org, node)))
    ? sorted.filter((org) => !sorted.some((node) => node !== org && isUnder(org, node)))
    : sorted;
}

/** Members of both lists. */
export function intersectSets(a: Audience, b: Audience): Audience {
  if (a === "ALL") return b;
  if (b === "ALL") return a;
  return a.filter((member) => b.includes(member));
}

/** Members of either list. */
export function uniteSets(a: Audience, b: Audience): Audience {
  return a === "ALL" || b === "ALL" ? "ALL" : sortSet([...a, ...b]);
}

/** True when every member of `inner` is a member of `outer`. */
export function isSubset(inner: Audience, outer: Audience): boolean {
  if (outer === "ALL") return true;
  return inner !== "ALL" && inner.every((member) => outer.includes(member));
}

/** Org-tree intersection: of each pair where one is the ancestor of the other, the deeper node. */
export function intersectTrees(a: Audience, b: Audience): Audience {
  if (a === "ALL") return b;
  if (b === "ALL") return a;
  const deeper = [...a.filter((org) => isUnderAny(org, b)), ...b.filter((org) => isUnderAny(org, a))];
  return sortTree(deeper);
}

/** Org-tree union: the shallower node of each comparable pair stays. */
export function uniteTrees(a: Audience, b: Audience): Audience {
  return a === "ALL" || b === "ALL" ? "ALL" : sortTree([...a, ...b]);
}

/** Subtree inclusion: everybody under `inner` is under `outer`. */
export function isSubtree(inner: Audience, outer: Audience): boolean {
  if (outer === "ALL") return true;
  return inner !== "ALL" && inner.every((org) => isUnderAny(org, outer));
}
