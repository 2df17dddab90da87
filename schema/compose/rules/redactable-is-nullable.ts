/**
 * SPEC 5.5: what can be withheld can be null. A non-null field that is withheld would take its parent with it and so tell by its absence [B-54].
 * Withheld can be: the content of a labelled type (all but keys and existence fields), a field with a floor above its type's, a field that returns something labelled,
 * a field that returns an enum some of whose values are labelled. Elements of a list need not be nullable: a withheld element is left out.
 */
import { type GraphQLNamedType, type GraphQLSchema, getNamedType, isAbstractType, isEnumType, isNonNullType, isObjectType } from "graphql";
import { BOTTOM, equalLabels } from "../../label";
import { type CoordinateLabels } from "../coordinate-labels";
import { findingOf } from "../finding";
import { LABEL_FIELD } from "../specification";
import { subgraphsWith } from "../subgraph";
import type { SupergraphRule } from "./rule";

const NAME = "redactable-is-nullable";

export const redactableIsNullable: SupergraphRule = {
  name: NAME,
  check: ({ subgraphs, supergraph, schema, labels }) => supergraph.typeNames.flatMap((typeName) => {
    const type = schema.getType(typeName);
    if (!isObjectType(type)) return [];
    return Object.values(type.getFields())
      .filter((field) => isNonNullType(field.type) && field.name !== LABEL_FIELD)
      .flatMap((field) => {
        const isContent = !labels.isExistence(typeName, field.name);
        const reason = isContent && labels.isLabelled(typeName) ? "is content of a labelled type"
          : isContent && !equalLabels(labels.floor(typeName, field.name), labels.floor(typeName)) ? "has a floor above its type's"
            : isWithholdable(getNamedType(field.type), schema, labels) ? "returns something that can be withheld" : undefined;
        if (reason === undefined) return [];
        const coordinate = `${typeName}.${field.name}`;
        return [findingOf(NAME, coordinate, subgraphsWith(subgraphs, typeName, field.name), `${reason}, so it may not be ${String(field.type)}`)];
      });
  }),
};

function isWithholdable(type: GraphQLNamedType, schema: GraphQLSchema, labels: CoordinateLabels): boolean {
  const isWithheld = (name: string): boolean => labels.isLabelled(name) || !equalLabels(labels.floor(name), BOTTOM);
  if (isEnumType(type)) return type.getValues().some((value) => !equalLabels(labels.enumValueFloor(type.name, value.name), labels.floor(type.name)));
  if (isAbstractType(type)) return schema.getPossibleTypes(type).some((possible) => isWithheld(possible.name));
  return isObjectType(type) && isWithheld(type.name);
}
