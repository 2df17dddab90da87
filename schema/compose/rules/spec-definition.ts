/**
 * SPEC 5.1: every subgraph defines the directives of the label specification with the same text as `schema/directives.graphql`, and `@role` with that of `schema/role.graphql`, descriptions aside.
 * Composition takes the definition of one subgraph for all, so another default or a missing `repeatable` there would change everybody's labels.
 */
import { type DirectiveDefinitionNode, Kind, parse, print } from "graphql";
import { findingOf } from "../finding";
import { type SpecificationDirective, identify, readSchemaFile } from "../specification";
import type { SubgraphRule } from "./rule";

const NAME = "spec-definition";
let wanted: ReadonlyMap<string, string> | undefined;

export const specDefinition: SubgraphRule = {
  name: NAME,
  check: (subgraphs) => subgraphs.flatMap(({ name, schema }) => schema.directives().flatMap((directive) => {
    const meaning = identify(schema, directive);
    const node = directive.sourceAST;
    if (meaning === undefined) return [];
    if (node?.kind === Kind.DIRECTIVE_DEFINITION && printBare(node) === definitions().get(meaning)) return [];
    return [findingOf(NAME, `@${directive.name}`, [name], `is not defined as in schema/${meaning === "role" ? "role" : "directives"}.graphql`)];
  })),
};

function definitions(): ReadonlyMap<string, string> {
  wanted ??= new Map(["directives.graphql", "role.graphql"].flatMap((file) => parse(readSchemaFile(file), { noLocation: true }).definitions)
    .flatMap((node) => node.kind === Kind.DIRECTIVE_DEFINITION ? [[node.name.value as SpecificationDirective, printBare(node)] as const] : []));
  return wanted;
}

/** The definition without its name, its descriptions and the order of its locations. */
function printBare(node: DirectiveDefinitionNode): string {
  const { description: _, ...rest } = node;
  return print({
    ...rest,
    name: { kind: Kind.NAME, value: "it" },
    arguments: node.arguments?.map(({ description: __, ...argument }) => argument),
    locations: [...node.locations].sort((a, b) => (a.value < b.value ? -1 : 1)),
  });
}
