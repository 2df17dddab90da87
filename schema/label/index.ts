/** The public surface of the label core, by name. */
export { PORTIONS } from "./label";
export type {
  LabelCore, Label, Level, Lifecycle, LifecycleStatus, LocalizedText, Nation, OrgPath, Owner, OwnerPolicy, Portion, Regime,
} from "./label";
export { isUnder, isUnderAny, type Audience } from "./audience";
export { canonical, canonicalJson, POLICY_ID, type CoreInput } from "./canonical";
export { BOTTOM, dominates, equalLabels, join, joinAll, meet } from "./lattice";
export {
  CONCEALED_OWNER, effectiveDisp, effectiveDist, effectiveRel, fgiNations, isForeignOwner, orconOwners,
} from "./effective";
export { mark, markingOf, printMarking, type Marking, type MarkOptions } from "./marking";
export { parseMarking, type ParsedMarking } from "./parse-marking";
export { rollUp, type RollUp, type RollUpPart } from "./roll-up";
export type { MarkingWords } from "./words";
