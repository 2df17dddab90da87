/**
 * Collects the fields of a selection set for one concrete type, fragments and conditions resolved (GraphQL 6.3.2), for documents that are
 * sent to a ministry. The same response name may come in by several ways; its sub-selections are collected together.
 */
import { type FieldNode, type GraphQLNamedType, type GraphQLObjectType, type GraphQLSchema, Kind, type SelectionSetNode, isAbstractType, isInterfaceType, isObjectType } from "graphql";
import { type Conjunction, conditionOf } from "./conditions";

/** A selection set, the condition under which it is reached, and its path in the document as the planner writes paths. */
export interface Part { readonly set: SelectionSetNode; readonly way: Conjunction; readonly path: readonly string[] }
export interface Collected { readonly node: FieldNode; readonly ways: Conjunction[]; readonly parts: Part[]; readonly paths: (readonly string[])[] }

const keepName = (name: string): string => name;

/** Fields by response name, in the order in which the type would answer them. */
export function collectFields(schema: GraphQLSchema, type: GraphQLObjectType, parts: readonly Part[]): Map<string, Collected> {
  const collected = new Map<string, Collected>();
  const visitPart = ({ set, way, path }: Part): void => {
    for (const selection of set.selections) {
      const own = conditionOf(selection.directives, keepName);
      if (own === false || selection.kind === Kind.FRAGMENT_SPREAD) continue;
      const ways = own.length === 0 ? way : [...way, ...own];
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition?.name.value;
        if (condition === undefined || appliesTo(schema, condition, type)) visitPart({ set: selection.selectionSet, way: ways, path: condition === undefined ? path : [...path, `... on ${condition}`] });
        continue;
      }
      const key = selection.alias?.value ?? selection.name.value;
      const entry = collected.get(key) ?? { node: selection, ways: [], parts: [], paths: [] };
      collected.set(key, entry);
      entry.ways.push(ways);
      entry.paths.push(path);
      if (selection.selectionSet !== undefined) entry.parts.push({ set: selection.selectionSet, way: ways, path: [...path, key] });
    }
  };
  parts.forEach(visitPart);
  return collected;
}

/** Whether a fragment on `condition` applies to objects of `type`; for an interface, whether it applies to all of them. */
export function appliesTo(schema: GraphQLSchema, condition: string, type: GraphQLNamedType): boolean {
  if (condition === type.name) return true;
  const conditional = schema.getType(condition);
  return isAbstractType(conditional) && (isObjectType(type) || isInterfaceType(type)) && schema.isSubType(conditional, type);
}
