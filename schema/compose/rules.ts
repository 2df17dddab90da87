/**
 * The rules of composition in the order in which they run; each is one file of `rules/` and one clause of SPEC 5. A rule that cannot be carried out is a finding of that rule:
 * what nobody could check is refused.
 */
import { type Finding, findingOf } from "./finding";
import { argumentCovers } from "./rules/argument-covers";
import { defaultsBelowLabel } from "./rules/defaults-below-label";
import { existenceAgreed } from "./rules/existence-agreed";
import { interfaceCovers } from "./rules/interface-covers";
import { keysCarryNoLabel } from "./rules/keys-carry-no-label";
import { keysHoldNoContent } from "./rules/keys-hold-no-content";
import { labelArguments } from "./rules/label-arguments";
import { labelFieldShape } from "./rules/label-field-shape";
import { labelPresent } from "./rules/label-present";
import { labelsInSupergraph } from "./rules/labels-in-supergraph";
import { listDroppable } from "./rules/list-droppable";
import { noLabelOnExternal } from "./rules/no-label-on-external";
import { noMergedLists } from "./rules/no-merged-lists";
import { oneLabelOwner } from "./rules/one-label-owner";
import { queryAnswersEverybody } from "./rules/query-answers-everybody";
import { receiverCleared } from "./rules/receiver-cleared";
import { redactableIsNullable } from "./rules/redactable-is-nullable";
import { requiresFlowsUp } from "./rules/requires-flows-up";
import type { SubgraphRule, SupergraphRule } from "./rules/rule";
import { specComposed } from "./rules/spec-composed";
import { specDefinition } from "./rules/spec-definition";
import { specLinked } from "./rules/spec-linked";
import { specNamedAlike } from "./rules/spec-named-alike";
import { specVersion } from "./rules/spec-version";
import { textsBelowLabel } from "./rules/texts-below-label";

/** Before merging. */
export const SUBGRAPH_RULES: readonly SubgraphRule[] = [
  specLinked, specVersion, specNamedAlike, specDefinition, specComposed, labelArguments, noLabelOnExternal, labelFieldShape, existenceAgreed,
];

/** After merging. */
export const SUPERGRAPH_RULES: readonly SupergraphRule[] = [
  labelsInSupergraph, labelPresent, interfaceCovers, redactableIsNullable, keysCarryNoLabel, keysHoldNoContent, requiresFlowsUp, receiverCleared, argumentCovers,
  listDroppable, noMergedLists, oneLabelOwner, defaultsBelowLabel, textsBelowLabel, queryAnswersEverybody,
];

/** Runs one rule; `names` are the subgraphs it looks at. Whatever it throws is a finding that names it. */
export function runRule({ name }: { readonly name: string }, names: readonly string[], check: () => readonly Finding[]): readonly Finding[] {
  try {
    return check();
  } catch (error) {
    return [findingOf(name, "schema", names, `this rule could not be carried out: ${error instanceof Error ? error.message : String(error)}`)];
  }
}
