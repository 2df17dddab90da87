import "reflect-metadata";
/**
 * type-graphql classes -> the SDL of a federation 2 subgraph and its executable schema with `_service` and `_entities`. `printSchema` drops applied directives; they are put
 * back from each element's AST node as written, and every application that the kit's decorators recorded must be found again (SPEC 5).
 */
import {
  type ConstDirectiveNode, type DefinitionNode, type DocumentNode, type FieldDefinitionNode, type GraphQLField, type GraphQLNamedType, type GraphQLSchema,
  type InputValueDefinitionNode, Kind, concatAST, extendSchema, isInputObjectType, isInterfaceType, isObjectType, isUnionType, parse, print, printSchema,
} from "graphql";
import { type NonEmptyArray, buildSchemaSync } from "type-graphql";
import { LABEL_LINK_URL, LABEL_SDL, expectedApplications } from "./labels";

/** Finds an entity again by its key; `reference` comes from another ministry by way of the gateway. */
export type ReferenceResolver = (reference: { readonly __typename: string; readonly id: string }, context: never) => unknown;

/** A class as type-graphql takes it. */
export type ResolverClass = new () => object;

export interface SubgraphSource {
  /** Classes with queries, mutations and field resolvers. */
  readonly resolvers: readonly ResolverClass[];
  /** Types that no field returns by name. */
  readonly orphans: readonly ResolverClass[];
  /** Every other class of the schema, so that what is recorded about it can be checked. */
  readonly classes: readonly ResolverClass[];
  readonly references: Readonly<Record<string, ReferenceResolver>>;
}

const PRELUDE = parse(`extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@inaccessible", "@composeDirective"])
  @link(url: "${LABEL_LINK_URL}", import: ["@label", "@existence"])
  @composeDirective(name: "@label")
  @composeDirective(name: "@existence")
${LABEL_SDL}`, { noLocation: true });

/** type-graphql wants one where there are subscriptions; nothing is ever published. */
const NO_EVENTS = { publish: () => undefined, subscribe: (): never => { throw new Error("nothing is published"); } };

/**
 * The SDL of one subgraph.
 * @throws when a recorded label or existence mark is not in the printed text.
 */
export function printSubgraph(source: SubgraphSource): { readonly typeDefs: DocumentNode; readonly sdl: string } {
  return printMade(source, makeSchema(source));
}

/** The executable schema of a subgraph, with `_entities` and `_service`. Its text is printed, and looked through for what was lost, when somebody first asks for it: requests need none. */
export function buildSubgraph(source: SubgraphSource): { readonly schema: GraphQLSchema; readonly sdl: () => string } {
  const schema = makeSchema(source);
  let printed: string | undefined;
  const sdl = (): string => (printed ??= printMade(source, schema).sdl);
  const entities = Object.keys(source.references);
  const extended = extendSchema(schema, parse(`scalar _Any  type _Service { sdl: String }  union _Entity = ${entities.join(" | ")}
    extend type Query { _entities(representations: [_Any!]!): [_Entity]!  _service: _Service! }`, { noLocation: true }), { assumeValidSDL: true });
  const fields = extended.getQueryType()?.getFields();
  const union = extended.getType("_Entity");
  if (fields?.["_entities"] === undefined || fields["_service"] === undefined || !isUnionType(union)) throw new Error("the schema could not be extended");
  fields["_service"].resolve = () => ({ sdl: sdl() });
  fields["_entities"].resolve = (_root: unknown, { representations }: { readonly representations: readonly unknown[] }, context: unknown): readonly unknown[] =>
    representations.map((representation) => findAgain(source, representation, context));
  union.resolveType = (value: { readonly __typename: string }) => value.__typename;
  return { schema: extended, sdl };
}

function makeSchema(source: SubgraphSource): GraphQLSchema {
  // The check that is skipped runs the introspection query; composition, in the tests, says more and costs nothing at start.
  return buildSchemaSync({ validate: false, skipCheck: true, resolvers: [...source.resolvers] as NonEmptyArray<ResolverClass>, orphanedTypes: [...source.orphans], pubSub: NO_EVENTS });
}

function printMade(source: SubgraphSource, schema: GraphQLSchema): { readonly typeDefs: DocumentNode; readonly sdl: string } {
  const typeDefs = concatAST([PRELUDE, withDirectives(schema)]);
  checkNothingLost(source, typeDefs);
  return { typeDefs, sdl: print(typeDefs) };
}

/** One entity by its key; what is not a key of an entity of this subgraph finds nothing. */
function findAgain(source: SubgraphSource, representation: unknown, context: unknown): unknown {
  const { __typename: typename, id } = (representation ?? {}) as { readonly __typename?: unknown; readonly id?: unknown };
  if (typeof typename !== "string" || typeof id !== "string" || id.includes("\0") || !Object.hasOwn(source.references, typename)) return null;
  return source.references[typename]?.({ __typename: typename, id }, context as never);
}

interface Described { readonly astNode?: { readonly directives?: readonly ConstDirectiveNode[] } | null | undefined }

function withDirectives(schema: GraphQLSchema): DocumentNode {
  const printed = parse(printSchema(schema), { noLocation: true });
  return {
    kind: Kind.DOCUMENT,
    definitions: printed.definitions.filter((definition) => definition.kind !== Kind.SCHEMA_DEFINITION).map((definition): DefinitionNode => {
      if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION && definition.kind !== Kind.INPUT_OBJECT_TYPE_DEFINITION) return definition;
      const type = schema.getType(definition.name.value);
      if (type === undefined) return definition;
      const fields = (definition.fields ?? []).map((field: FieldDefinitionNode | InputValueDefinitionNode) => restore(field, fieldOf(type, field.name.value)));
      return { ...restore(definition, type), fields } as DefinitionNode;
    }),
  };
}

function fieldOf(type: GraphQLNamedType, name: string): Described | undefined {
  return isObjectType(type) || isInterfaceType(type) || isInputObjectType(type) ? type.getFields()[name] : undefined;
}

function restore<N extends { readonly directives?: readonly ConstDirectiveNode[] }>(node: N, from: Described | undefined): N {
  const applied = from?.astNode?.directives ?? [];
  const argumentNodes = (node as { readonly arguments?: readonly InputValueDefinitionNode[] }).arguments ?? [];
  const fieldArguments = (from as Partial<GraphQLField<unknown, unknown>> | undefined)?.args ?? [];
  const restored = argumentNodes.map((argument) => restore(argument, fieldArguments.find((candidate) => candidate.name === argument.name.value)));
  return { ...node, ...(restored.length > 0 ? { arguments: restored } : {}), directives: [...(node.directives ?? []), ...applied] };
}

function checkNothingLost(source: SubgraphSource, typeDefs: DocumentNode): void {
  const present = new Set<string>();
  const note = (coordinate: string, directives: readonly ConstDirectiveNode[] | undefined): void => {
    for (const directive of directives ?? []) present.add(`${coordinate} ${print(directive)}`);
  };
  for (const definition of typeDefs.definitions) {
    if (!("name" in definition) || definition.name === undefined || !("fields" in definition)) continue;
    note(definition.name.value, definition.directives);
    for (const field of definition.fields ?? []) note(`${definition.name.value}.${field.name.value}`, field.directives);
  }
  const lost = expectedApplications(new Set<object>([...source.resolvers, ...source.orphans, ...source.classes]))
    .filter(({ coordinate, text }) => !present.has(`${coordinate} ${text}`));
  if (lost.length > 0) throw new Error(`labels lost in printing: ${lost.map(({ coordinate, text }) => `${coordinate} ${text}`).join("; ")}`);
}
