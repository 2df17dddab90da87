/**
 * SPEC 5.1: a subgraph that applies a directive of the label specification names it in `@composeDirective`.
 * Composition drops the labels of a subgraph that forgets this, without an error and without a hint.
 */
import { isFederationDirectiveDefinedInSchema } from "@apollo/federation-internals";
import { findingOf } from "../finding";
import { identify } from "../specification";
import type { ReadSubgraph } from "../subgraph";
import type { SubgraphRule } from "./rule";

const NAME = "spec-composed";

export const specComposed: SubgraphRule = {
  name: NAME,
  check: (subgraphs) => subgraphs.flatMap((subgraph) => {
    const composed = composedNames(subgraph);
    return subgraph.schema.directives()
      .filter((directive) => identify(subgraph.schema, directive) !== undefined && directive.applications().size > 0 && !composed.has(`@${directive.name}`))
      .map((directive) => findingOf(NAME, `@${directive.name}`, [subgraph.name], "is applied but not named in @composeDirective"));
  }),
};

function composedNames({ built, schema }: ReadSubgraph): ReadonlySet<string> {
  const definition = built.metadata().composeDirective();
  if (!isFederationDirectiveDefinedInSchema(definition)) return new Set();
  return new Set(schema.schemaDefinition.appliedDirectivesOf(definition).map((applied) => applied.arguments().name));
}
