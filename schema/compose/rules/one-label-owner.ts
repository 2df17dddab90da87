/**
 * SPEC 5.10: a record has one label from one ministry. What an entity with labels contains is answered by one subgraph, and so is a field through which labelled objects
 * are reached from a root; whoever provides a copy on the way labels it itself. Otherwise the same value would have the label of whomever the planner asks,
 * and a ministry that was told something could offer it on under a lower label [B-20, B-41, B-125].
 */
import { type GraphQLSchema, getNamedType, getNullableType, isInterfaceType, isListType, isObjectType } from "graphql";
import { parseFieldSet } from "../existence";
import { type Finding, findingOf } from "../finding";
import { collectInputs, concreteTypes } from "../inputs";
import { LABEL_FIELD } from "../specification";
import { type ReadSubgraph, compositeTypes, fieldSetText } from "../subgraph";
import type { Composition, SupergraphRule } from "./rule";

const NAME = "one-label-owner";

export const oneLabelOwner: SupergraphRule = {
  name: NAME,
  check: (composition) => [...sharedContent(composition), ...composition.subgraphs.flatMap((subgraph) => providedContent(composition, subgraph))],
};

function sharedContent({ supergraph, schema, labels, resolvers, entities }: Composition): readonly Finding[] {
  return supergraph.typeNames.flatMap((typeName) => {
    const type = schema.getType(typeName);
    if (!isObjectType(type)) return [];
    const isRecord = labels.isLabelled(typeName) && entities.has(typeName);
    return Object.values(type.getFields()).flatMap((field) => {
      const givers = resolvers.get(`${typeName}.${field.name}`) ?? [];
      if (givers.length < 2 || field.name === LABEL_FIELD || labels.isExistence(typeName, field.name)) return [];
      // Lists of several ministries have a rule of their own.
      const leadsToRecord = isRoot(schema, typeName) && !isListType(getNullableType(field.type)) && concreteTypes(schema, getNamedType(field.type).name).some((each) => labels.knows(each) && labels.isLabelled(each));
      if (!isRecord && !leadsToRecord) return [];
      return [findingOf(NAME, `${typeName}.${field.name}`, givers, isRecord ? "is content of a labelled entity and answered by several subgraphs" : "leads to labelled objects of several subgraphs")];
    });
  });
}

function providedContent({ schema, labels }: Composition, { name, built, schema: own, labelled }: ReadSubgraph): readonly Finding[] {
  const provides = built.metadata().providesDirective();
  return compositeTypes(own).flatMap((type) => type.fields().flatMap((field) => field.appliedDirectivesOf(provides).flatMap((applied) => {
    const composed = schema.getType(type.name);
    const returned = isObjectType(composed) || isInterfaceType(composed) ? composed.getFields()[field.name]?.type : undefined;
    if (returned === undefined) return [];
    return concreteTypes(schema, getNamedType(returned).name).flatMap((concrete) => collectInputs(schema, labels, concrete, parseFieldSet(fieldSetText(applied))))
      .filter(({ coordinate }) => /^\w+\.\w+$/.test(coordinate))
      .filter(({ coordinate }) => {
        const [typeName = "", fieldName = ""] = coordinate.split(".");
        return isObjectType(schema.getType(typeName)) && labels.isLabelled(typeName) && !labels.isExistence(typeName, fieldName) && !labelled.includes(typeName);
      })
      .map(({ coordinate }) => findingOf(NAME, coordinate, [name], `is provided by ${type.name}.${field.name} without a label: ${name} has no ${LABEL_FIELD} for it`));
  })));
}

function isRoot(schema: GraphQLSchema, typeName: string): boolean {
  return [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].some((type) => type?.name === typeName);
}
