/**
 * Effective values of a label (SPEC 2.5): what all owners together still permit. Used for marks and for sending on;
 * the decision checks owner by owner, which is the same and allocates nothing.
 */
import { intersectSets, intersectTrees, sortSet, type Audience } from "./audience";
import type { LabelCore, Nation, OrgPath, Owner } from "./label";

/** The owner id of foreign information whose source is concealed (SPEC 9, R6). */
export const CONCEALED_OWNER = "FGI";

function narrow(core: LabelCore, part: "rel" | "disp" | "dist"): Audience {
  let left: Audience = "ALL";
  for (const policy of Object.values(core.owners)) {
    left = part === "dist" ? intersectTrees(left, policy.dist) : intersectSets(left, policy[part]);
  }
  return left;
}

/** Nations that may receive and keep. */
export function effectiveRel(core: LabelCore): readonly Nation[] | "ALL" {
  return narrow(core, "rel");
}

/** Nations that may see. */
export function effectiveDisp(core: LabelCore): readonly Nation[] | "ALL" {
  return narrow(core, "disp");
}

/** Japanese bodies that may have it; `[]` means that nobody may get the whole. */
export function effectiveDist(core: LabelCore): readonly OrgPath[] | "ALL" {
  return narrow(core, "dist");
}

/** Owners with originator control, in code order. */
export function orconOwners(core: LabelCore): readonly Owner[] {
  return sortSet(Object.keys(core.owners).filter((owner) => core.owners[owner]?.orcon === true));
}

/** True for owners outside Japan. */
export function isForeignOwner(owner: Owner): boolean {
  return owner !== "JPN" && !owner.startsWith("JPN.");
}

/** Foreign owners, in code order: nations, registered groups, or the concealed owner. */
export function fgiNations(core: LabelCore): readonly Owner[] {
  return sortSet(Object.keys(core.owners).filter(isForeignOwner));
}
