/** The root type of an operation in a schema; undefined where it has none. */
import type { GraphQLObjectType, GraphQLSchema, OperationTypeNode } from "graphql";

export function rootTypeOf(schema: GraphQLSchema, operation: `${OperationTypeNode}`): GraphQLObjectType | undefined {
  const type = operation === "mutation" ? schema.getMutationType() : operation === "subscription" ? schema.getSubscriptionType() : schema.getQueryType();
  return type ?? undefined;
}
