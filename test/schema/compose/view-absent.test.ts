/**
 * Views of the demo graph: for classes of subjects that its labels can tell apart, the ministries' schemas are composed once more without anything that is hidden from the class, and the view
 * of what came out is the same text as the view of the whole (SPEC 5.7).
 */
import fs from "node:fs";
import path from "node:path";
import { compose } from "@apollo/composition";
import { Subgraphs } from "@apollo/federation-internals";
import { type ASTNode, type DocumentNode, getIntrospectionQuery, graphqlSync, type GraphQLSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType, Kind, parse, print, visit } from "graphql";
import { lookupSource, officerSource, printView, readDemoBundle, type SubgraphSource, viewOf } from "../../../schema/compose";
import { makeBundle } from "../../../schema/compose/bundle";
import { describe as describeComposition } from "../../../schema/compose/compose";
import { type ReadSubgraph, readSubgraph } from "../../../schema/compose/subgraph";
import { readSupergraph } from "../../../schema/compose/supergraph";
import { canonicalJson, type LabelCore } from "../../../schema/label";
import { ministries } from "../../../subgraphs";
import { sdlOf } from "../../../subgraphs/kit";
import { generous } from "./harness";

const demo = readDemoBundle();
const sources = [...Object.values(ministries).map((ministry): SubgraphSource => ({ name: ministry.name, url: "", sdl: sdlOf(ministry) })), lookupSource(), officerSource()]
  .map(({ name, url, sdl }) => ({ name, url, document: parse(sdl, { noLocation: true }) }));
const INTROSPECTION = getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true, schemaDescription: true, oneOf: true });

/** Coordinates of a view, and what federation needs beside them: the label field of every type. */
function keptIn(view: GraphQLSchema): ReadonlySet<string> {
  return new Set(Object.values(view.getTypeMap()).flatMap((type) => [
    type.name, `${type.name}._label`,
    ...(isEnumType(type) ? type.getValues().map(({ name }) => `${type.name}.${name}`) : []),
    ...(isInputObjectType(type) ? Object.keys(type.getFields()).map((name) => `${type.name}.${name}`) : []),
    ...(isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()).flatMap((field) => [`${type.name}.${field.name}`, ...field.args.map(({ name }) => `${type.name}.${field.name}(${name}:)`)]) : []),
  ]));
}

/** The SDL as if what is not kept had never been written; undefined when nothing is left. */
function withoutHidden(document: DocumentNode, kept: ReadonlySet<string>): string | undefined {
  const ownerOf = (ancestors: readonly unknown[]): string => {
    const owner = ancestors.find((node): node is ASTNode & { readonly name: { readonly value: string } } => typeof node === "object" && node !== null && "kind" in node && String(node.kind).includes("Type") && "name" in node);
    return owner?.name.value ?? "";
  };
  const fieldOf = (ancestors: readonly unknown[]): string | undefined => {
    const field = ancestors.find((node): node is { readonly name: { readonly value: string } } => typeof node === "object" && node !== null && "kind" in node && node.kind === Kind.FIELD_DEFINITION);
    return field?.name.value;
  };
  const isFederation = (name: string): boolean => name === "FieldSet" || name.startsWith("_") || name.includes("__");
  const left: DocumentNode = visit(document, {
    DirectiveDefinition: () => false,
    enter(node, _key, _parent, _path, ancestors) {
      if ("name" in node && node.name !== undefined && /^(Object|Interface|Union|Enum|InputObject|Scalar)Type(Definition|Extension)$/.test(node.kind)) return kept.has(node.name.value) || isFederation(node.name.value) ? undefined : null;
      if (node.kind === Kind.FIELD_DEFINITION || node.kind === Kind.ENUM_VALUE_DEFINITION) return kept.has(`${ownerOf(ancestors)}.${node.name.value}`) ? undefined : null;
      if (node.kind !== Kind.INPUT_VALUE_DEFINITION) return undefined;
      const field = fieldOf(ancestors);
      return kept.has(field === undefined ? `${ownerOf(ancestors)}.${node.name.value}` : `${ownerOf(ancestors)}.${field}(${node.name.value}:)`) ? undefined : null;
    },
  });
  const named: DocumentNode = visit(left, { NamedType: { leave: (node, key, parent) => (Array.isArray(parent) && !kept.has(node.name.value) ? null : undefined) } });
  const definitions = named.definitions.filter((definition) => !("fields" in definition) || (definition.fields?.length ?? 0) > 0);
  return definitions.some((definition) => "fields" in definition) ? print({ ...named, definitions }) : undefined;
}

/** Apollo's composition without its longest part, the proof that everything can be reached: that says nothing about views. */
function merge(read: readonly ReadSubgraph[]): string {
  const subgraphs = new Subgraphs();
  for (const { built } of read) subgraphs.add(built);
  const { supergraphSdl, errors = [] } = compose(subgraphs, { runSatisfiability: false });
  if (supergraphSdl === undefined) throw new Error(errors.map(({ message }) => message).join("; "));
  return supergraphSdl;
}

function composeAgain(kept: ReadonlySet<string>): ReturnType<typeof makeBundle> {
  const read = sources.flatMap(({ name, url, document }) => {
    const left = withoutHidden(document, kept);
    return left === undefined ? [] : [readSubgraph({ name, url: `https://${name}.invalid/${url}`, sdl: left })];
  });
  const { supergraph, labels } = describeComposition(read, readSupergraph(merge(read), true), generous);
  return makeBundle(supergraph.sdl, labels, supergraph);
}

const composed = new Map<string, GraphQLSchema>();

/** The view of what is composed of these coordinates alone; classes that see the same are compared with the same. */
function viewAgain(kept: ReadonlySet<string>): GraphQLSchema {
  const key = [...kept].sort().join("\n");
  const again = composed.get(key) ?? viewOf(composeAgain(kept), () => true);
  composed.set(key, again);
  return again;
}

/** Classes by what they are permitted of the distinct labels: nothing but PUBLIC, all but one, only one. */
const [, ...floors] = demo.labels.distinct.map((core) => canonicalJson(core));
const classes = [[], ...floors.map((floor) => [floor]), ...floors.map((floor) => floors.filter((other) => other !== floor))];
const sizes = new Set<number>();

test.each(classes.map((permitted) => [permitted.length, permitted] as const))("a class that is permitted %i labels of the demo sees what it would if nothing else had been written [B-76]", (_, permitted) => {
  const may = (core: LabelCore): boolean => core.level === 0 || permitted.includes(canonicalJson(core));
  const view = viewOf(demo, may);
  const { sdl, floor } = printView(view);
  const again = viewAgain(keptIn(view));
  expect(printView(again)).toEqual({ sdl, floor });
  const introspect = (schema: GraphQLSchema): string => JSON.stringify(graphqlSync({ schema, source: INTROSPECTION }));
  expect(introspect(again)).toBe(introspect(view));
  sizes.add(sdl.length);
});

test("the classes differ in what they see", () => {
  expect(sizes.size).toBeGreaterThan(4);
  expect(printView(viewOf(demo, () => true)).sdl.length).toBeGreaterThan(Math.max(...sizes));
});

test("the README says how large the schema of two people is", () => {
  const readme = fs.readFileSync(path.join(__dirname, "../../../README.md"), "utf8");
  const [, officialTypes, officialLines, liaisonTypes, liaisonLines] = /gets (\d+) types in (\d+) lines, the liaison of a partner nation (\d+) types in (\d+) lines/.exec(readme) ?? [];
  const sizeFor = (may: (core: LabelCore) => boolean): readonly string[] => {
    const { sdl } = printView(viewOf(demo, may));
    // Two lines of marking and an empty one stand before it.
    return [String([...sdl.matchAll(/^(?:type|interface|union|enum|input|scalar) /gm)].length), String(sdl.trimEnd().split("\n").length + 3)];
  };
  expect([officialTypes, officialLines]).toEqual(sizeFor((core) => core.level <= 1 && core.regimes.length === 0 && core.need.length === 0));
  expect([liaisonTypes, liaisonLines]).toEqual(sizeFor((core) => core.level === 0));
});
