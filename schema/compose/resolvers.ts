/**
 * Who answers for what: of every field of the supergraph the subgraphs that resolve it, and which of these hold entities. External copies and fields that
 * another subgraph overrides altogether do not count; a field of an interface object counts for every type that it stands for.
 */
import { type Directive, isFederationDirectiveDefinedInSchema } from "@apollo/federation-internals";
import type { GraphQLSchema } from "graphql";
import { concreteTypes } from "./inputs";
import { type ReadSubgraph, compositeTypes } from "./subgraph";

/** `Type.field` -> sorted names of the subgraphs that resolve it. Nobody resolves what is not in it. */
export type Resolvers = ReadonlyMap<string, readonly string[]>;

export function findResolvers(subgraphs: readonly ReadSubgraph[], schema: GraphQLSchema): Resolvers {
  const found = new Map<string, Set<string>>();
  const taken: { readonly coordinate: string; readonly from: string }[] = [];
  for (const { name, schema: own, built } of subgraphs) {
    const metadata = built.metadata();
    const override = metadata.overrideDirective();
    for (const type of compositeTypes(own)) {
      const types = metadata.isInterfaceObjectType(type) ? [type.name, ...concreteTypes(schema, type.name)] : [type.name];
      for (const field of type.fields()) {
        if (metadata.isFieldExternal(field)) continue;
        for (const each of types) {
          const coordinate = `${each}.${field.name}`;
          found.set(coordinate, (found.get(coordinate) ?? new Set()).add(name));
        }
        if (!isFederationDirectiveDefinedInSchema(override)) continue;
        for (const { from, label } of field.appliedDirectivesOf(override).map(argumentsOf)) {
          // With a label both answer for a while.
          if (from !== undefined && label === undefined) taken.push(...types.map((each) => ({ coordinate: `${each}.${field.name}`, from })));
        }
      }
    }
  }
  for (const { coordinate, from } of taken) found.get(coordinate)?.delete(from);
  return new Map([...found].map(([coordinate, names]) => [coordinate, [...names].sort()]));
}

function argumentsOf(directive: Directive): { readonly from?: string; readonly label?: string } {
  return directive.arguments();
}

/** Types that some subgraph finds again by a key, and the types that such an interface stands for. */
export function entityTypes(subgraphs: readonly ReadSubgraph[], schema: GraphQLSchema): ReadonlySet<string> {
  return new Set(subgraphs.flatMap(({ keys }) => keys.flatMap(({ type }) => [type, ...concreteTypes(schema, type)])));
}
