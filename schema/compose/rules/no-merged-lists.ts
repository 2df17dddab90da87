/**
 * SPEC 5.11: no list that may hold something withheld is answered by several subgraphs. A plan may take such a list from both and put the answers together by position;
 * when one ministry leaves out a member that the other shows, the values of one record end up in another.
 */
import { type GraphQLSchema, getNamedType, getNullableType, isAbstractType, isListType, isObjectType } from "graphql";
import { BOTTOM, equalLabels } from "../../label";
import type { CoordinateLabels } from "../coordinate-labels";
import { findingOf } from "../finding";
import { concreteTypes } from "../inputs";
import type { Composition, SupergraphRule } from "./rule";

const NAME = "no-merged-lists";

export const noMergedLists: SupergraphRule = {
  name: NAME,
  check: (composition) => {
    const { schema, labels, resolvers } = composition;
    return [...sharedPlaces(composition)].flatMap((typeName) => {
      const type = schema.getType(typeName);
      if (!isObjectType(type)) return [];
      return Object.values(type.getFields()).flatMap((field) => {
        const givers = resolvers.get(`${typeName}.${field.name}`) ?? [];
        if (givers.length < 2 || !isListType(getNullableType(field.type)) || !holdsWithheld(schema, labels, getNamedType(field.type).name, new Set())) return [];
        return [findingOf(NAME, `${typeName}.${field.name}`, givers, "is a list of labelled things and answered by several subgraphs")];
      });
    });
  },
};

/** Types of which one object may be put together from several subgraphs: roots, entities, and value objects under a field that several answer. */
function sharedPlaces({ schema, entities, resolvers }: Composition): ReadonlySet<string> {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) => (type ? [type.name] : []));
  const found = new Set<string>();
  const queue = [...roots, ...entities];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const type = schema.getType(name);
    if (found.has(name) || !isObjectType(type)) continue;
    found.add(name);
    for (const field of Object.values(type.getFields())) {
      if ((resolvers.get(`${name}.${field.name}`)?.length ?? 0) >= 2) queue.push(...concreteTypes(schema, getNamedType(field.type).name));
    }
  }
  return found;
}

/** Whether something of the type, or below it in value objects, can be withheld. */
function holdsWithheld(schema: GraphQLSchema, labels: CoordinateLabels, typeName: string, seen: Set<string>): boolean {
  const type = schema.getType(typeName);
  if (seen.has(typeName) || !labels.knows(typeName)) return false;
  seen.add(typeName);
  if (labels.isLabelled(typeName) || !equalLabels(labels.floor(typeName), BOTTOM)) return true;
  if (isAbstractType(type)) return schema.getPossibleTypes(type).some((possible) => holdsWithheld(schema, labels, possible.name, seen));
  return isObjectType(type) && Object.values(type.getFields())
    .some((field) => !equalLabels(labels.floor(typeName, field.name), BOTTOM) || holdsWithheld(schema, labels, getNamedType(field.type).name, seen));
}
