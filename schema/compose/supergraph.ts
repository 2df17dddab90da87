/**
 * A supergraph SDL, read once: the schema with everything in it, the schema that clients may at most see, and which types are machinery
 * of federation or of a linked specification rather than of the ministries.
 */
import { type Schema, type Subgraph, Supergraph } from "@apollo/federation-internals";
import { type DocumentNode, type GraphQLSchema, buildASTSchema, parse } from "graphql";
import { buildApiSchema, deriveApi } from "./api-schema";

export interface ReadSupergraph {
  readonly sdl: string;
  /** The same, parsed; without locations. */
  readonly document: DocumentNode;
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
 * @param isValidated that this very text was validated before, by these versions of Apollo's packages; then it is not done again
 * @throws GraphQLError when the SDL is not a federation 2 supergraph.
 */
export function readSupergraph(sdl: string, isValidated = false): ReadSupergraph {
  const document = parse(sdl, { noLocation: true });
  const supergraph = Supergraph.build(document, { supportedFeatures: null, validateSupergraph: !isValidated });
  const federated = supergraph.schema;
  let api: GraphQLSchema | undefined;
  return {
    sdl, document, federated,
    schema: buildASTSchema(document, { assumeValidSDL: true, assumeValid: true }),
    typeNames: federated.types().filter((type) => federated.coreFeatures?.sourceFeature(type) === undefined).map((type) => type.name),
    subgraphs: () => supergraph.subgraphs().values(),
    api: () => (api ??= buildApiSchema(document, isValidated ? deriveApi(federated) : federated.toAPISchema())),
  };
}
