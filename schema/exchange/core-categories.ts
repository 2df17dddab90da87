/**
 * Parts of a label as categories (SPEC 16.3, 16.5). Takes a core in normal form or a lifecycle; gives categories in their fixed order. An audience is always said in full: `*` for no
 * restriction and NOBODY for an empty list, because readers take an absent permissive category for no restriction.
 */
import { effectiveDisp, effectiveDist, effectiveRel, fgiNations, CONCEALED_OWNER, orconOwners, type Audience, type LabelCore, type Lifecycle } from "../label";
import type { Category } from "./label-document";
import { TAGS, tagUri, type TagName } from "./tags";

export const EVERYBODY = "*";
/** A value nobody holds. */
export const NOBODY = "NOBODY";

export function categoryOf(name: TagName, values: readonly string[], owner?: string): Category {
  return { type: TAGS[name].type, tagName: owner === undefined ? name : `${name}@${owner}`, uri: tagUri(name, owner), values };
}

/** Absent where there is nothing to say; only for sets whose absence says just that. */
function some(name: TagName, values: readonly string[]): readonly Category[] { return values.length === 0 ? [] : [categoryOf(name, values)]; }

function audienceValues(audience: Audience): readonly string[] {
  if (audience === "ALL") return [EVERYBODY];
  return audience.length === 0 ? [NOBODY] : audience;
}

/** Foreign owners as marks name them: a concealed source conceals all. */
function foreignOwners(core: LabelCore): readonly string[] {
  const foreign = fgiNations(core);
  return foreign.includes(CONCEALED_OWNER) ? [CONCEALED_OWNER] : foreign;
}

/** Our own edition: nothing of the core is lost. */
export function ownCategories(core: LabelCore): readonly Category[] {
  const perOwner = Object.entries(core.owners).flatMap(([owner, terms]) => [
    categoryOf("Releasable To", audienceValues(terms.rel), owner),
    categoryOf("Display To", audienceValues(terms.disp), owner),
    categoryOf("Distribution", audienceValues(terms.dist), owner),
  ]);
  return [
    ...some("Regime", core.regimes), ...some("Need To Know", core.need), ...some("Originator Control", orconOwners(core)),
    categoryOf("Releasable To", audienceValues(effectiveRel(core))), ...perOwner, categoryOf("Purpose", audienceValues(core.purposes)),
    ...some("Foreign Government Information", foreignOwners(core)), ...some("Handling", core.handling),
  ];
}

/**
 * For partners: standard names with effective values, and none with an owner in its name. A reader that does not know one of them refuses the label. The nations that may receive are always said;
 * the other audiences only where they restrict, and so are not asked of a reader who has never heard of them.
 */
export function partnerCategories(core: LabelCore, provider: readonly string[]): readonly Category[] {
  const restricting = (name: TagName, audience: Audience): readonly Category[] => (audience === "ALL" ? [] : [categoryOf(name, audienceValues(audience))]);
  return [
    ...some("Need To Know", core.need), ...some("Originator Control", orconOwners(core)), categoryOf("Releasable To", audienceValues(effectiveRel(core))),
    ...restricting("Display To", effectiveDisp(core)), ...restricting("Distribution", effectiveDist(core)), ...restricting("Purpose", core.purposes),
    ...some("Foreign Government Information", [...provider, ...foreignOwners(core)]), ...some("Handling", core.handling),
  ];
}

/** Our label as partners get it: the same, with the regimes that the equivalent in their policy stands for. */
export function sharedCategories(core: LabelCore): readonly Category[] { return [...some("Regime", core.regimes), ...partnerCategories(core, [])]; }

/** Members of a lifecycle in normal form; the status only where it is not ACTIVE, and then as something a reader must know. */
export function lifecycleCategories(lifecycle: Lifecycle | undefined): readonly Category[] {
  const one = (name: TagName, value: string | undefined): readonly Category[] => (value === undefined ? [] : [categoryOf(name, [value])]);
  const { status, validUntil, onLapse, reviewBy, hardStop, designationIds = [], designatedBy, designatedOn, statutoryItem } = lifecycle ?? {};
  return [
    ...one("Status", status === "ACTIVE" ? undefined : status), ...one("Valid Until", validUntil), ...one("Successor", onLapse), ...one("Review By", reviewBy), ...one("Hard Stop", hardStop),
    ...some("Designation", designationIds), ...one("Designated By", designatedBy), ...one("Designated On", designatedOn), ...one("Statutory Item", statutoryItem),
  ];
}
