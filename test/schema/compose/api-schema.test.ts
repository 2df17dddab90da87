/** The API schema is made of the supergraph's own nodes, and without validating again what was accepted before: it has to be what Apollo's package makes of it. */
import { Supergraph } from "@apollo/federation-internals";
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from "graphql";
import { bundleOf, readDemoBundle } from "../../../schema/compose";
import { buildApiSchema, deriveApi } from "../../../schema/compose/api-schema";
import { readSupergraph } from "../../../schema/compose/supergraph";
import { compose, subgraph } from "./harness";

const LINKED = `schema @link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "https://specs.apollo.dev/join/v0.5", for: EXECUTION) @link(url: "https://specs.apollo.dev/inaccessible/v0.2", for: SECURITY) { query: Root mutation: Change }
directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
directive @join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false, resolvable: Boolean! = true, isInterfaceObject: Boolean! = false) repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR
directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String, external: Boolean, override: String, usedOverridden: Boolean) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
directive @join__implements(graph: join__Graph!, interface: String!) repeatable on OBJECT | INTERFACE
directive @join__unionMember(graph: join__Graph!, member: String!) repeatable on UNION
directive @join__enumValue(graph: join__Graph!) repeatable on ENUM_VALUE
directive @inaccessible on FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION
"""For clients."""
directive @hint(text: String = "none", secret: Int @inaccessible) on QUERY | FIELD
scalar join__FieldSet
scalar link__Import
enum link__Purpose { SECURITY EXECUTION }
enum join__Graph { ONE @join__graph(name: "one", url: "http://one.invalid/") }`;

/** Something of every kind, half of it inaccessible. */
const MIXED = `${LINKED}
"""
What can be asked.
"""
type Root @join__type(graph: ONE) {
  node(id: ID!, mode: Mode = OPEN, trace: Boolean @inaccessible, where: Where = { color: RED }): Node
  pick: Pick
  """Old."""
  old: String @deprecated(reason: "use \\"pick\\"")
  plan: Hidden @inaccessible
}
type Change @join__type(graph: ONE) { set(input: Where!): Thing }
interface Node @join__type(graph: ONE) { id: ID! internal: String @inaccessible }
interface Secret @join__type(graph: ONE) @inaccessible { id: ID! }
type Thing implements Node & Secret @join__type(graph: ONE) @join__implements(graph: ONE, interface: "Node") @join__implements(graph: ONE, interface: "Secret") { id: ID! internal: String @inaccessible at: Moment texts: [[String!]]! }
type Other @join__type(graph: ONE) { name: String }
type Hidden @join__type(graph: ONE) @inaccessible { name: String }
union Pick @join__type(graph: ONE) @join__unionMember(graph: ONE, member: "Thing") @join__unionMember(graph: ONE, member: "Other") @join__unionMember(graph: ONE, member: "Hidden") = Thing | Other | Hidden
enum Mode @join__type(graph: ONE) { OPEN @join__enumValue(graph: ONE) CLOSED @join__enumValue(graph: ONE) @deprecated SHUT @join__enumValue(graph: ONE) @inaccessible }
enum Color @join__type(graph: ONE) { RED @join__enumValue(graph: ONE) }
input Where @join__type(graph: ONE) { color: Color = RED depth: Int @inaccessible and: [Where!] }
scalar Moment @join__type(graph: ONE) @specifiedBy(url: "https://moment.invalid/")
`;
const textOf = (schema: GraphQLSchema): string => printSchema(lexicographicSortSchema(schema));
const stockOf = (sdl: string): string => textOf(Supergraph.build(sdl, { supportedFeatures: null }).apiSchema().toGraphQLJSSchema());

const cases: readonly (readonly [string, string])[] = [
  ["something of every kind", MIXED],
  ["what is said in two places", `${MIXED}\nextend type Other { more: String @inaccessible extra: Int }`],
];

it.each(cases)("is what Apollo's package makes of it, validated before or not: %s", (_, sdl) => {
  expect(textOf(readSupergraph(sdl).api())).toBe(stockOf(sdl));
  expect(textOf(readSupergraph(sdl, true).api())).toBe(stockOf(sdl));
});

it("is what Apollo's package makes of the demo", () => {
  const { supergraphSdl } = readDemoBundle();
  expect(textOf(readSupergraph(supergraphSdl, true).api())).toBe(stockOf(supergraphSdl));
});

it("has nothing that is inaccessible, and keeps what is for clients", () => {
  const api = textOf(readSupergraph(MIXED, true).api());
  for (const hidden of ["Hidden", "Secret", "internal", "trace", "SHUT", "depth", "secret", "join__", "link__", "inaccessible"]) expect(api).not.toContain(hidden);
  for (const shown of ["query: Root", "@hint(text", "For clients.", "@deprecated(reason: \"use", "@specifiedBy", "color: RED", "CLOSED @deprecated"]) expect(api).toContain(shown);
});

it("is given to the query planner as it was derived", () => {
  const { federated, document } = readSupergraph(MIXED, true);
  const api = deriveApi(federated);
  expect(federated.toAPISchema()).toBe(api);
  expect(textOf(buildApiSchema(document, api))).toBe(textOf(api.toGraphQLJSSchema()));
});

it("validates a supergraph that nobody validated before", () => {
  const broken = MIXED.replace("type Other @join__type(graph: ONE) { name: String }", "type Other @join__type(graph: ONE) { name: String name: Int __mine: Int }");
  expect(broken).not.toBe(MIXED);
  expect(() => readSupergraph(broken)).toThrow();
});

it("looks at the label table of a supergraph that was validated before all the same [B-124]", () => {
  const { supergraphSdl, labels } = compose(subgraph("a", `type Query { doc: String @label(level: "SECRET", regimes: ["SDS"]) }`));
  const table = JSON.parse(labels.print()) as { readonly types: Readonly<Record<string, { readonly fields?: object }>> };
  const { doc: _, ...fewer } = { ...table.types["Query"]?.fields } as Record<string, unknown>;
  expect(bundleOf(supergraphSdl, table, true).version).toBe(bundleOf(supergraphSdl, table).version);
  expect(() => bundleOf(supergraphSdl, { ...table, types: { ...table.types, Query: { ...table.types["Query"], fields: fewer } } }, true)).toThrow(/has no label/);
  expect(() => bundleOf(compose().supergraphSdl, table, true)).toThrow(/not in the supergraph/);
});
