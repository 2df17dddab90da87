/**
 * Which ministry may learn which coordinate of which other (SPEC 5.13): by the keys with which it is asked for entities, by what its fields require of others, by
 * contexts, and by arguments that clients meant for somebody else. An upper bound, made from the schemas alone; what is sent in fact is decided per value.
 * Flows say nothing of floors: those are in the label table.
 */
import { baseType, isFederationDirectiveDefinedInSchema, parseContext } from "@apollo/federation-internals";
import { type GraphQLSchema, isInterfaceType, isObjectType } from "graphql";
import type { CoordinateLabels } from "./coordinate-labels";
import { parseFieldSet } from "./existence";
import { type FlowInput, collectInputs, concreteTypes } from "./inputs";
import { type Resolvers, findResolvers } from "./resolvers";
import { LABEL_FIELD } from "./specification";
import { type ReadSubgraph, compositeTypes, fieldSetText } from "./subgraph";

export type FlowKind = "argument" | "context" | "key" | "requires";

/** Ministry `to` may learn `coordinate` of the ministries `from`. `at`: the types or fields because of which. All lists are sorted. */
export interface Flow {
  readonly to: string;
  readonly coordinate: string;
  readonly by: FlowKind;
  readonly from: readonly string[];
  readonly at: readonly string[];
}
export type FlowGraph = readonly Flow[];

export interface FlowParts {
  readonly subgraphs: readonly ReadSubgraph[];
  readonly schema: GraphQLSchema;
  readonly labels: CoordinateLabels;
}

/** Something a subgraph is sent because of one of its types or fields, whoever it comes from. */
export interface Reception { readonly to: string; readonly by: FlowKind; readonly at: string; readonly input: FlowInput }

/** All flows between different subgraphs, sorted. */
export function findFlows(parts: FlowParts, resolvers: Resolvers = findResolvers(parts.subgraphs, parts.schema)): FlowGraph {
  const holders = holdersOf(parts);
  const offers = new Map(parts.subgraphs.map((subgraph) => [subgraph.name, offeredTypes(parts.schema, subgraph)]));
  const flows = new Map<string, { readonly to: string; readonly coordinate: string; readonly by: FlowKind; readonly from: Set<string>; readonly at: Set<string> }>();
  for (const { to, by, at, input } of findReceptions(parts)) {
    const { coordinate } = input;
    // What a field set passes on is a word of the schema, not somebody's value.
    if (by !== "argument" && coordinate.includes("(")) continue;
    const givers = by === "argument" ? resolvers.get(coordinate.slice(0, coordinate.indexOf("("))) : resolvers.get(coordinate) ?? holders.get(coordinate);
    // Who has no field that leads to an entity hands out no key of it: it is only told of those that others name.
    const from = (givers ?? []).filter((name) => name !== to && (by !== "key" || offers.get(name)?.has(at) === true));
    if (from.length === 0) continue;
    const key = `${to} ${coordinate} ${by}`;
    const flow = flows.get(key) ?? { to, coordinate, by, from: new Set(), at: new Set() };
    flows.set(key, flow);
    for (const name of from) flow.from.add(name);
    flow.at.add(at);
  }
  return [...flows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { to, coordinate, by, from, at }]) => ({ to, coordinate, by, from: [...from].sort(), at: [...at].sort() }));
}

/** Everything that subgraphs are sent: representations (keys, required fields, contexts) and arguments. */
export function findReceptions(parts: FlowParts): readonly Reception[] {
  return parts.subgraphs.flatMap((subgraph) => [...keyReceptions(parts, subgraph), ...fieldReceptions(parts, subgraph)]);
}

/** Keys are sent to whoever adds anything to the entity. */
function keyReceptions({ schema, labels }: FlowParts, subgraph: ReadSubgraph): readonly Reception[] {
  return subgraph.keys.filter(({ isResolvable, type }) => isResolvable && addsSomething(subgraph, type)).flatMap(({ type, fields }) => {
    const set = parseFieldSet(fields);
    return concreteTypes(schema, type).flatMap((concrete) => collectInputs(schema, labels, concrete, set)
      .map((input): Reception => ({ to: subgraph.name, by: "key", at: concrete, input })));
  });
}

function addsSomething({ built, schema, keys }: ReadSubgraph, typeName: string): boolean {
  const identifying = new Set(keys.filter(({ type }) => type === typeName).flatMap(({ fields }) => parseFieldSet(fields).selections.flatMap((selection) => (selection.kind === "Field" ? [selection.name.value] : []))));
  return compositeTypes(schema).some((type) => type.name === typeName
    && type.fields().some((field) => field.name !== LABEL_FIELD && !identifying.has(field.name) && !built.metadata().isFieldExternal(field)));
}

function fieldReceptions(parts: FlowParts, subgraph: ReadSubgraph): readonly Reception[] {
  const { schema, labels } = parts;
  const { name: to, built } = subgraph;
  const requires = built.metadata().requiresDirective();
  return compositeTypes(subgraph.schema).flatMap((type) => type.fields().flatMap((field) => {
    const sets = field.appliedDirectivesOf(requires).map((applied) => parseFieldSet(fieldSetText(applied)));
    const isExternal = built.metadata().isFieldExternal(field);
    // An interface object is each of its implementations in turn.
    return sets.length === 0 && (isExternal || !field.hasArguments()) ? [] : concreteTypes(schema, type.name).flatMap((concrete): readonly Reception[] => {
      const at = `${concrete}.${field.name}`;
      const own = schema.getType(concrete);
      const known = isObjectType(own) || isInterfaceType(own) ? own.getFields()[field.name]?.args ?? [] : [];
      return [
        ...sets.flatMap((set) => collectInputs(schema, labels, concrete, set)).map((input): Reception => ({ to, by: "requires", at, input })),
        ...field.arguments().flatMap(({ appliedDirectives }) => contextInputs(parts, subgraph, appliedDirectives)).map((input): Reception => ({ to, by: "context", at, input })),
        // What composition dropped, or feeds from a context, no client passes.
        ...(isExternal ? [] : known.filter((argument) => field.argument(argument.name) !== undefined).map((argument): Reception => (
          { to, by: "argument", at, input: { coordinate: `${at}(${argument.name}:)`, floor: labels.argumentFloor(concrete, field.name, argument.name) } }))),
      ];
    });
  }));
}

/** What an argument receives from a context: the selected fields of every type that sets it in this subgraph. */
export function contextInputs(
  { schema, labels }: Pick<FlowParts, "schema" | "labels">, { built, schema: own }: ReadSubgraph, applied: readonly { readonly name: string; arguments(): unknown }[],
): readonly FlowInput[] {
  const fromContext = built.metadata().fromContextDirective();
  const context = built.metadata().contextDirective();
  if (!isFederationDirectiveDefinedInSchema(fromContext) || !isFederationDirectiveDefinedInSchema(context)) return [];
  return applied.filter(({ name }) => name === fromContext.name).flatMap((directive) => {
    const parsed = parseContext((directive.arguments() as { readonly field: string }).field);
    if (parsed.context === undefined) return [];
    return own.types()
      .filter((type) => type.appliedDirectivesOf(context).some((set) => set.arguments().name === parsed.context))
      .flatMap((type) => concreteTypes(schema, type.name))
      .flatMap((type) => collectInputs(schema, labels, type, parseFieldSet(parsed.selection)));
  });
}

/** Types to which a field of the subgraph leads. */
function offeredTypes(schema: GraphQLSchema, { schema: own, built }: ReadSubgraph): ReadonlySet<string> {
  return new Set(compositeTypes(own).flatMap((type) => type.fields().filter((field) => !field.name.startsWith("_") && !built.metadata().isFieldExternal(field)).flatMap((field) => {
    const returned = field.type === undefined ? undefined : baseType(field.type).name;
    return returned === undefined || schema.getType(returned) === undefined ? [] : [returned, ...concreteTypes(schema, returned)];
  })));
}

/** `Type` -> subgraphs that have it: the fact that there is such an object comes from any of them. */
function holdersOf({ subgraphs }: FlowParts): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { name, schema } of subgraphs) {
    for (const type of schema.types()) found.set(type.name, [...(found.get(type.name) ?? []), name]);
  }
  return found;
}

/** The text of the generated file: one line per flow. */
export function printFlowGraph(graph: FlowGraph): string {
  return graph.length === 0 ? "[]\n" : `[\n${graph.map(({ to, coordinate, by, from, at }) => `  ${JSON.stringify({ to, coordinate, by, from, at })}`).join(",\n")}\n]\n`;
}
