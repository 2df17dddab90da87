/**
 * A supergraph SDL, read once: the schema with everything in it, the schema that clients may at most see, and which types are machinery
 * of federation or of a linked specification rather than of the ministries.
 */
import { type Schema, type Subgraph, Supergraph } from "@apollo/federation-internals";
import { type GraphQLSchema, buildASTSchema, parse } from "graphql";

export interface ReadSupergraph {
  readonly sdl: string;
  /** Federation's own model of it, with applied directives. */
  readonly federated: Schema;
  /** All types, inaccessible ones included. */
  readonly schema: GraphQLSchema;
  /** Names of the ministries' types, in the order of the SDL; no introspection, no machinery. */
  readonly typeNames: readonly string[];
  /** The subgraphs that it was composed from, without labels; taken out of it when first asked for. */
  subgraphs(): readonly Subgraph[];
  /** What is left for clients when inaccessible elements and machinery are removed; made when first asked for. */
  api(): GraphQLSchema;
}

/**
 * Reads a supergraph.
 * @throws GraphQLError when the SDL is not a federation 2 supergraph.
 */
export function readSupergraph(sdl: string): ReadSupergraph {
  const document = parse(sdl, { noLocation: true });
  const supergraph = Supergraph.build(document, { supportedFeatures: null });
  const federated = supergraph.schema;
  let api: GraphQLSchema | undefined;
  return {
    sdl, federated,
    schema: buildASTSchema(document, { assumeValidSDL: true, assumeValid: true }),
    typeNames: federated.types().filter((type) => federated.coreFeatures?.sourceFeature(type) === undefined).map((type) => type.name),
    subgraphs: () => supergraph.subgraphs().values(),
    api: () => (api ??= supergraph.apiSchema().toGraphQLJSSchema()),
  };
}
