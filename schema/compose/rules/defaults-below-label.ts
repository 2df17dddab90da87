/**
 * SPEC 5.15: a default value names nothing above the label of what it is the default of. It is shown to whoever sees the argument, and used for whoever leaves it out [B-73].
 */
import { type GraphQLArgument, type GraphQLInputField, isInputObjectType, isInterfaceType, isObjectType, isSpecifiedDirective } from "graphql";
import { BOTTOM, type LabelCore, dominates, join } from "../../label";
import { type Finding, findingOf } from "../finding";
import { subgraphsDeclaring } from "../subgraph";
import { namedByDefault } from "../named-by-default";
import type { Composition, SupergraphRule } from "./rule";

const NAME = "defaults-below-label";

export const defaultsBelowLabel: SupergraphRule = {
  name: NAME,
  check: (composition) => {
    const { supergraph, schema, labels } = composition;
    const inTypes = supergraph.typeNames.flatMap((typeName) => {
      const type = schema.getType(typeName);
      if (isInputObjectType(type)) return Object.values(type.getFields()).flatMap((field) => refuse(composition, field, labels.inputFieldFloor(typeName, field.name), `${typeName}.${field.name}`));
      if (!isObjectType(type) && !isInterfaceType(type)) return [];
      return Object.values(type.getFields()).flatMap((field) => field.args.flatMap((argument) => refuse(
        composition, argument, join(labels.argumentFloor(typeName, field.name, argument.name), labels.floor(typeName, field.name)), `${typeName}.${field.name}(${argument.name}:)`)));
    });
    const inDirectives = supergraph.api().getDirectives().filter((directive) => !isSpecifiedDirective(directive))
      .flatMap((directive) => directive.args.flatMap((argument) => refuse(composition, argument, BOTTOM, `@${directive.name}(${argument.name}:)`)));
    return [...inTypes, ...inDirectives];
  },
};

function refuse({ labels, subgraphs }: Composition, input: GraphQLArgument | GraphQLInputField, floor: LabelCore, coordinate: string): readonly Finding[] {
  return namedByDefault(input.defaultValue, input.type).flatMap((named) => {
    const [type = "", member = ""] = named.split(".");
    if (!labels.knows(type)) return [];
    const entry = labels.toJSON().types[type];
    const needed = entry?.values === undefined ? labels.inputFieldFloor(type, member) : labels.enumValueFloor(type, member);
    return dominates(floor, needed) ? [] : [findingOf(NAME, coordinate, subgraphsDeclaring(subgraphs, coordinate.startsWith("@") ? named : coordinate), `has a default value that names ${named}, whose floor it does not reach`)];
  });
}
