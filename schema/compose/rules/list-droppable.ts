/**
 * SPEC 5.11: a member can be left out of a list and nothing tells. An object that counts or pages the labelled things it lists carries a label of its own, made by the
 * ministry over the rows that the asker has; and what stands around a labelled thing in a list (an edge) carries one too, or an empty edge would stay behind [B-53, B-69, B-70].
 */
import { type GraphQLField, type GraphQLSchema, getNamedType, getNullableType, isCompositeType, isListType, isObjectType } from "graphql";
import type { CoordinateLabels } from "../coordinate-labels";
import { findingOf } from "../finding";
import { concreteTypes } from "../inputs";
import { LABEL_FIELD } from "../specification";
import { subgraphsWith } from "../subgraph";
import { wordsOf } from "../words";
import type { SupergraphRule } from "./rule";

const NAME = "list-droppable";
/** Words by which a field says that it was computed over the whole list. */
const COUNTING = new Set(["count", "counts", "total", "size", "length", "sum", "average", "avg", "mean", "min", "max", "next", "previous", "last", "first", "cursor", "more", "empty"]);

export const listDroppable: SupergraphRule = {
  name: NAME,
  check: ({ subgraphs, supergraph, schema, labels }) => supergraph.typeNames.flatMap((typeName) => {
    const type = schema.getType(typeName);
    if (!isObjectType(type) || isRoot(schema, typeName)) return [];
    const fields = Object.values(type.getFields());
    const lists = fields.filter((field) => isListType(getNullableType(field.type)) && isCompositeType(getNamedType(field.type)));
    const listed = lists.filter((field) => membersOf(schema, labels, field).some(({ isDropped }) => isDropped));
    const counts = labels.isLabelled(typeName) || listed.length === 0 ? [] : fields.filter((field) => !isCompositeType(getNamedType(field.type)) && wordsOf(field.name).some((word) => COUNTING.has(word)));
    const edges = lists.flatMap((field) => membersOf(schema, labels, field).filter(({ isEdge }) => isEdge).map(({ name }) => ({ field, name })));
    return [
      ...counts.map((field) => findingOf(NAME, `${typeName}.${field.name}`, subgraphsWith(subgraphs, typeName, field.name),
        `seems to count ${listed.map(({ name }) => `${typeName}.${name}`).join(", ")}, from which members are left out; ${typeName} needs ${LABEL_FIELD}`)),
      ...edges.map(({ field, name }) => findingOf(NAME, `${typeName}.${field.name}`, subgraphsWith(subgraphs, typeName, field.name),
        `lists ${name}, which would stay behind empty when its node is withheld; ${name} needs ${LABEL_FIELD}`)),
    ];
  }),
};

/** What may stand in the list: left out when withheld, or an unlabelled object around something that is. */
function membersOf(schema: GraphQLSchema, labels: CoordinateLabels, field: GraphQLField<unknown, unknown>): readonly { readonly name: string; readonly isDropped: boolean; readonly isEdge: boolean }[] {
  return concreteTypes(schema, getNamedType(field.type).name).filter((name) => labels.knows(name)).map((name) => {
    const type = schema.getType(name);
    const node = isObjectType(type) ? type.getFields()["node"] : undefined;
    const isDropped = labels.isLabelled(name);
    const isEdge = !isDropped && node !== undefined && concreteTypes(schema, getNamedType(node.type).name).some((each) => labels.knows(each) && labels.isLabelled(each));
    return { name, isDropped, isEdge };
  });
}

function isRoot(schema: GraphQLSchema, typeName: string): boolean {
  return [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].some((type) => type?.name === typeName);
}
