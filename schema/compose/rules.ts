/** The rules of composition in the order in which they run; each is one file of `rules/` and one clause of SPEC 5. */
import { existenceAgreed } from "./rules/existence-agreed";
import { keysCarryNoLabel } from "./rules/keys-carry-no-label";
import { labelArguments } from "./rules/label-arguments";
import { labelFieldShape } from "./rules/label-field-shape";
import { labelsInSupergraph } from "./rules/labels-in-supergraph";
import { noLabelOnExternal } from "./rules/no-label-on-external";
import { queryAnswersEverybody } from "./rules/query-answers-everybody";
import { redactableIsNullable } from "./rules/redactable-is-nullable";
import { requiresFlowsUp } from "./rules/requires-flows-up";
import type { SubgraphRule, SupergraphRule } from "./rules/rule";
import { specComposed } from "./rules/spec-composed";
import { specDefinition } from "./rules/spec-definition";
import { specLinked } from "./rules/spec-linked";
import { specNamedAlike } from "./rules/spec-named-alike";
import { specVersion } from "./rules/spec-version";

/** Before merging. */
export const SUBGRAPH_RULES: readonly SubgraphRule[] = [
  specLinked, specVersion, specNamedAlike, specDefinition, specComposed, labelArguments, noLabelOnExternal, labelFieldShape, existenceAgreed,
];

/** After merging. */
export const SUPERGRAPH_RULES: readonly SupergraphRule[] = [
  labelsInSupergraph, redactableIsNullable, keysCarryNoLabel, requiresFlowsUp, queryAnswersEverybody,
];
