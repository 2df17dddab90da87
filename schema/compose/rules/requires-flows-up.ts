/**
 * SPEC 5.6: nothing flows down. A field computed from other fields (`@requires`) or fed from a context (`@fromContext`) is at least as
 * restricted as everything it is computed from: fields, their types and type conditions, arguments, enum values [B-14, B-16, B-17].
 * Each field is checked against its own inputs, so a chain of such fields is closed by transitivity of the order.
 */
import { dominates, type LabelCore } from "../../label";
import { parseFieldSet } from "../existence";
import { type Finding, findingOf } from "../finding";
import { contextInputs } from "../flow-graph";
import { type FlowInput, collectInputs, concreteTypes } from "../inputs";
import { compositeTypes, fieldSetText } from "../subgraph";
import type { SupergraphRule } from "./rule";

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
