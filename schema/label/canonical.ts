/**
 * Normal form of a label and of its JSON (SPEC 1.8): lists sorted and without duplicates, `dist` an antichain,
 * owners in code order, `policy` filled in. Equal labels have equal normal forms, so their JSON can be hashed.
 */
import { sortSet, sortTree } from "./audience";
import type { LabelCore, OwnerPolicy } from "./label";

/** A core as data files write it: the policy is named once for the whole file. */
export type CoreInput = Omit<LabelCore, "policy"> & { readonly policy?: LabelCore["policy"] };

export const POLICY_ID = "JPN-GOV-DEMO";

/**
 * Normal form of a core; members beyond those of LabelCore are dropped.
 * Takes lists in any order; gives a new value that shares no mutable part with a label that is not in normal form.
 */
export function canonical(core: CoreInput): LabelCore {
  const owners: Record<string, OwnerPolicy> = {};
  for (const owner of Object.keys(core.owners).sort()) {
    const policy = core.owners[owner] as OwnerPolicy;
    owners[owner] = {
      rel: policy.rel === "ALL" ? "ALL" : sortSet(policy.rel),
      disp: policy.disp === "ALL" ? "ALL" : sortSet(policy.disp),
      dist: sortTree(policy.dist),
      orcon: policy.orcon,
    };
  }
  return {
    policy: core.policy ?? POLICY_ID,
    level: core.level,
    regimes: sortSet(core.regimes),
    need: sortSet(core.need),
    owners,
    purposes: core.purposes === "ALL" ? "ALL" : sortSet(core.purposes),
    handling: sortSet(core.handling),
  };
}

/** JSON with sorted keys and without undefined members: one text per value. Takes plain data only. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(",")}}`;
}
