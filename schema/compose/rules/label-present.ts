/**
 * SPEC 5.8: nothing is unlabelled [G5]. What is answered at a root or by an entity has a label to be decided by: `@label` on the field, on its type, on an interface
 * of it or on what it returns, or the `_label` of the object, in the very subgraph that answers. What everybody may know says `@label(level: "PUBLIC")`.
 * Value objects need none: they inherit the label of the field that yields them.
 */
import { type FieldDefinition, type InterfaceType, type ObjectType } from "@apollo/federation-internals";
import { type GraphQLSchema, getNamedType, isCompositeType, isInterfaceType, isObjectType } from "graphql";
import { findingOf } from "../finding";
import { concreteTypes } from "../inputs";
import { LABEL_FIELD } from "../specification";
import { type ReadSubgraph, compositeTypes } from "../subgraph";
import type { Composition, SupergraphRule } from "./rule";

const NAME = "label-present";

export const labelPresent: SupergraphRule = {
  name: NAME,
  check: (composition) => {
    const roots = rootTypes(composition.schema);
    return composition.subgraphs.flatMap((subgraph) => compositeTypes(subgraph.schema)
      .filter((type) => composition.labels.knows(type.name) && needsOwn(composition, subgraph, type, roots))
      .flatMap((type) => type.fields().filter((field) => isUnlabelled(composition, subgraph, type, field))
        .map((field) => findingOf(NAME, `${type.name}.${field.name}`, [subgraph.name], `has no label: neither @label here, on the type or on what is returned, nor ${LABEL_FIELD} on the object; what everybody may know says so`))));
  },
};

/** Roots belong to nobody and entities are found again from anywhere: neither inherits a label. */
function needsOwn({ entities, labels, schema }: Composition, { built }: ReadSubgraph, type: ObjectType | InterfaceType, roots: ReadonlySet<string>): boolean {
  if (isInterfaceType(schema.getType(type.name)) && !built.metadata().isInterfaceObjectType(type)) return false;
  return roots.has(type.name) || entities.has(type.name) || labels.isLabelled(type.name);
}

function isUnlabelled({ schema, labels }: Composition, subgraph: ReadSubgraph, type: ObjectType | InterfaceType, own: FieldDefinition<ObjectType | InterfaceType>): boolean {
  const { name } = own;
  const composed = schema.getType(type.name);
  if (name === LABEL_FIELD || !(isObjectType(composed) || isInterfaceType(composed))) return false;
  const field = composed.getFields()[name];
  // A field that only one of several subgraphs offers may have been dropped; one that is answered elsewhere is labelled there.
  if (field === undefined || subgraph.built.metadata().isFieldExternal(own)) return false;
  if (labels.isExistence(type.name, name) || subgraph.labelled.includes(type.name)) return false;
  // Only what this subgraph says itself: nobody else can declare PUBLIC what it answers, by a label on a type that all share.
  const stated = new Set(subgraph.applications.flatMap(({ directive, coordinate }) => (directive === "label" ? [coordinate] : [])));
  const family = [type.name, ...composed.getInterfaces().map((parent) => parent.name)];
  const returned = getNamedType(field.type);
  if ([...family, ...family.map((each) => `${each}.${name}`), returned.name].some((coordinate) => stated.has(coordinate))) return false;
  if (!isCompositeType(returned)) return true;
  const here = new Set(compositeTypes(subgraph.schema).map((each) => each.name));
  const possible = concreteTypes(schema, returned.name).filter((each) => here.has(each));
  return possible.length === 0 || !possible.every((each) => subgraph.labelled.includes(each) || stated.has(each));
}

function rootTypes(schema: GraphQLSchema): ReadonlySet<string> {
  return new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) => (type ? [type.name] : [])));
}
