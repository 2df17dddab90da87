/**
 * SPEC 5.1: every subgraph links the label specification, and nothing that looks like a label is anything else.
 * A subgraph without the link would be unlabelled as a whole; a home-made `directive @label` would be dropped by composition without a word.
 */
import { findingOf } from "../finding";
import { SPECIFICATION_DIRECTIVES, SPECIFICATION_URL, findLink, identify } from "../specification";
import type { SubgraphRule } from "./rule";

const NAME = "spec-linked";
const RESERVED: readonly string[] = SPECIFICATION_DIRECTIVES;

export const specLinked: SubgraphRule = {
  name: NAME,
  check: (subgraphs) => subgraphs.flatMap(({ name, schema }) => [
    ...(findLink(schema) === undefined ? [findingOf(NAME, "schema", [name], `does not link ${SPECIFICATION_URL}`)] : []),
    ...schema.directives()
      .filter((directive) => RESERVED.includes(directive.name) && identify(schema, directive) === undefined)
      .map((directive) => findingOf(NAME, `@${directive.name}`, [name], "is not the directive of the linked label specification")),
  ]),
};
