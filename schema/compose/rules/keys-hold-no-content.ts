/**
 * SPEC 5.5: the keys of labelled entities hold no content. They carry the existence label and go to every ministry that adds to the entity, so they are made of opaque
 * ids: single values of the types ID and String, without arguments. A number, a choice, a date or a list says something.
 */
import { type GraphQLSchema, type SelectionSetNode, Kind, getNamedType, getNullableType, isCompositeType, isInterfaceType, isListType, isObjectType } from "graphql";
import { parseFieldSet } from "../existence";
import { type Finding, findingOf } from "../finding";
import { concreteTypes } from "../inputs";
import type { SupergraphRule } from "./rule";

const NAME = "keys-hold-no-content";
const OPAQUE = ["ID", "String"];

export const keysHoldNoContent: SupergraphRule = {
  name: NAME,
  check: ({ subgraphs, schema, labels }) => subgraphs.flatMap((subgraph) => subgraph.keys
    .flatMap(({ type, fields }) => concreteTypes(schema, type).filter((concrete) => labels.isLabelled(concrete))
      .flatMap((concrete) => refuseContent(schema, concrete, parseFieldSet(fields), subgraph.name)))),
};

function refuseContent(schema: GraphQLSchema, typeName: string, set: SelectionSetNode, subgraph: string): readonly Finding[] {
  const type = schema.getType(typeName);
  return set.selections.flatMap((selection) => {
    if (selection.kind === Kind.INLINE_FRAGMENT) return refuseContent(schema, selection.typeCondition?.name.value ?? typeName, selection.selectionSet, subgraph);
    if (selection.kind !== Kind.FIELD || !(isObjectType(type) || isInterfaceType(type))) return [];
    const field = type.getFields()[selection.name.value];
    if (field === undefined) return [];
    const returned = getNamedType(field.type);
    const at = (message: string): Finding => findingOf(NAME, `${typeName}.${field.name}`, [subgraph], `identifies ${typeName}, so it may not ${message}`);
    return [
      ...(isListType(getNullableType(field.type)) ? [at("be a list")] : []),
      ...(field.args.length > 0 ? [at("take arguments")] : []),
      ...(isCompositeType(returned) || OPAQUE.includes(returned.name) ? [] : [at(`be ${returned.name}: ids are opaque`)]),
      ...(selection.selectionSet === undefined ? [] : concreteTypes(schema, returned.name).flatMap((each) => refuseContent(schema, each, selection.selectionSet ?? set, subgraph))),
    ];
  });
}
