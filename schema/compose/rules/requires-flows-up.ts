/**
 * SPEC 5.6: nothing flows down. A field computed from other fields (`@requires`) or fed from a context (`@fromContext`) is at least as
 * restricted as everything it is computed from: fields, their types and type conditions, arguments, enum values [B-14, B-16, B-17].
 * Each field is checked against its own inputs, so a chain of such fields is closed by transitivity of the order.
 */
import { isFederationDirectiveDefinedInSchema, parseContext } from "@apollo/federation-internals";
import { dominates, type LabelCore } from "../../label";
import { parseFieldSet } from "../existence";
import { type Finding, findingOf } from "../finding";
import { type FlowInput, collectInputs, concreteTypes } from "../inputs";
import { type ReadSubgraph, compositeTypes, fieldSetText } from "../subgraph";
import type { Composition, SupergraphRule } from "./rule";

const NAME = "requires-flows-up";

export const requiresFlowsUp: SupergraphRule = {
  name: NAME,
  check: (composition) => composition.subgraphs.flatMap((subgraph) => {
    const { labels, schema } = composition;
    const requires = subgraph.built.metadata().requiresDirective();
    return compositeTypes(subgraph.schema).flatMap((type) => type.fields().flatMap((field) => {
      const sets = field.appliedDirectivesOf(requires).map((applied) => parseFieldSet(fieldSetText(applied)));
      const fromContexts = field.arguments().flatMap((argument) => contextInputs(composition, subgraph, argument.appliedDirectives));
      if (sets.length === 0 && fromContexts.length === 0) return [];
      // An interface object is each of its implementations in turn, with that one's floors.
      return concreteTypes(schema, type.name).flatMap((concrete) => refuseBelow(
        [...sets.flatMap((set) => collectInputs(schema, labels, concrete, set)), ...fromContexts],
        labels.floor(concrete, field.name), `${concrete}.${field.name}`, subgraph.name,
      ));
    }));
  }),
};

function refuseBelow(inputs: readonly FlowInput[], floor: LabelCore, coordinate: string, subgraph: string): readonly Finding[] {
  return inputs.filter((input) => !dominates(floor, input.floor))
    .map((input) => findingOf(NAME, coordinate, [subgraph], `depends on ${input.coordinate}, whose floor it does not reach`));
}

/** What an argument receives from a context: the selected fields of every type that sets it in this subgraph. */
function contextInputs({ schema, labels }: Composition, { built, schema: own }: ReadSubgraph, applied: readonly { readonly name: string; arguments(): unknown }[]): readonly FlowInput[] {
  const fromContext = built.metadata().fromContextDirective();
  const context = built.metadata().contextDirective();
  if (!isFederationDirectiveDefinedInSchema(fromContext) || !isFederationDirectiveDefinedInSchema(context)) return [];
  return applied.filter(({ name }) => name === fromContext.name).flatMap((directive) => {
    const parsed = parseContext((directive.arguments() as { readonly field: string }).field);
    if (parsed.context === undefined) return [];
    return own.types()
      .filter((type) => type.appliedDirectivesOf(context).some((set) => set.arguments().name === parsed.context))
      .flatMap((type) => concreteTypes(schema, type.name))
      .flatMap((type) => collectInputs(schema, labels, type, parseFieldSet(parsed.selection)));
  });
}
