/**
 * Subgraphs in, bundle out (SPEC 5.3). Apollo's composition merges the schemas; the labels are read from each subgraph by the identity of the label
 * specification and joined here, because composition picks one of several or drops them. Any finding of any rule refuses the whole: there are no warnings.
 */
import { Subgraphs } from "@apollo/federation-internals";
import { GraphQLError } from "graphql";
import { type LabelCore, join } from "../label";
import { type Policy, loadPolicy } from "../policy";
import { type Bundle, makeBundle } from "./bundle";
import { type StatedLabels, computeLabels } from "./effective";
import { existenceFields } from "./existence";
import { ComposeError, type Finding, findingOf } from "./finding";
import { parseSubgraph, refuseSize, refuseWork } from "./input-limits";
import { entityTypes, findResolvers } from "./resolvers";
import { runRule, SUBGRAPH_RULES, SUPERGRAPH_RULES } from "./rules";
import type { Composition } from "./rules/rule";
import { statedFloor } from "./stated-floor";
import { type ReadSubgraph, type SubgraphSource, readParsed } from "./subgraph";
import { type ReadSupergraph, readSupergraph } from "./supergraph";

/** The hint by which composition says that it picked one of several different applications of a directive. */
const VOTED = "INCONSISTENT_NON_REPEATABLE_DIRECTIVE_ARGUMENTS";
/** Paths that composition may follow to find out whether every field can be reached; a graph that needs more is refused. */
const MOST_PATHS = 200_000;

/**
 * Composes the subgraphs. The result does not depend on their order.
 * @param policy whose words the labels are checked against, and whose accreditations say what a ministry may receive; the policy in force unless given.
 * @throws ComposeError with every finding of the first stage that has any: size, reading, rules on subgraphs, composition, rules on the supergraph.
 */
export function composeSupergraph(subgraphs: readonly SubgraphSource[], policy: Policy = loadPolicy()): Bundle {
  try {
    return composeAll(subgraphs, policy);
  } catch (error) {
    // The stack may end in whatever walks the types.
    throw isOverflow(error) ? new ComposeError([findingOf("composition", "schema", subgraphs.map(({ name }) => name), messagesOf(error).join())]) : error;
  }
}

function composeAll(subgraphs: readonly SubgraphSource[], policy: Policy): Bundle {
  refuse(refuseSize(subgraphs));
  const sources = [...subgraphs].sort((a, b) => (a.name < b.name ? -1 : 1));
  const read = readAll(sources);
  const names = read.map(({ name }) => name);
  refuse(SUBGRAPH_RULES.flatMap((rule) => runRule(rule, names, () => rule.check(read, policy))));
  const composition = describe(read, readSupergraph(mergeSubgraphs(read)), policy);
  refuse(SUPERGRAPH_RULES.flatMap((rule) => runRule(rule, names, () => rule.check(composition))));
  return makeBundle(composition.supergraph.sdl, composition.labels, composition.supergraph);
}

/** What the rules on the supergraph look at. */
export function describe(subgraphs: readonly ReadSubgraph[], supergraph: ReadSupergraph, policy: Policy): Composition {
  const { schema } = supergraph;
  const stated = joinStated(subgraphs);
  const labels = computeLabels(schema, supergraph.typeNames, stated);
  return { subgraphs, supergraph, schema, labels, stated: stated.floors, resolvers: findResolvers(subgraphs, schema), entities: entityTypes(subgraphs, schema), policy };
}

/** Joins what the subgraphs say per coordinate. External copies count too: a label may be misplaced, never lost. */
export function joinStated(subgraphs: readonly ReadSubgraph[]): StatedLabels {
  const floors = new Map<string, LabelCore>();
  const labelledIn = new Map<string, readonly string[]>();
  for (const { name, applications, labelled } of subgraphs) {
    for (const application of applications) {
      const { directive, coordinate } = application;
      if (directive === "existence") continue;
      const known = floors.get(coordinate);
      const floor = statedFloor(application);
      floors.set(coordinate, known === undefined ? floor : join(known, floor));
    }
    for (const type of labelled) labelledIn.set(type, [...(labelledIn.get(type) ?? []), name]);
  }
  return { floors, labelledIn, existence: new Set(subgraphs.flatMap((subgraph) => [...existenceFields(subgraph)])) };
}

/** Parses all, then builds all: nothing is built while one cannot be parsed or all together are too much. */
function readAll(sources: readonly SubgraphSource[]): readonly ReadSubgraph[] {
  const parsed = forEach(sources, (source) => ({ ...source, document: parseSubgraph(source) }));
  refuse(refuseWork(parsed));
  return forEach(parsed, (source) => readParsed(source, source.document));
}

function forEach<T extends SubgraphSource, U>(sources: readonly T[], read: (source: T) => U): readonly U[] {
  const findings: Finding[] = [];
  const results = sources.flatMap((source) => {
    try {
      return [read(source)];
    } catch (error) {
      findings.push(...messagesOf(error).map((message) => findingOf("subgraph", "schema", [source.name], message)));
      return [];
    }
  });
  refuse(findings);
  return results;
}

/** Apollo's composition, given the subgraphs as read, so that it merges what was checked. Loaded when it is called: a gateway never composes. */
export function mergeSubgraphs(read: readonly ReadSubgraph[]): string {
  const { compose } = require("@apollo/composition") as typeof import("@apollo/composition");
  const names = read.map(({ name }) => name);
  let result;
  try {
    const subgraphs = new Subgraphs();
    for (const { built } of read) subgraphs.add(built);
    result = compose(subgraphs, { maxValidationSubgraphPaths: MOST_PATHS });
  } catch (error) {
    throw new ComposeError(messagesOf(error).map((message) => findingOf("composition", "schema", names, message)));
  }
  if (result.errors !== undefined) throw new ComposeError(result.errors.map((error) => findingOf("composition", "schema", names, error.message)));
  refuse(result.hints.filter((hint) => hint.definition.code === VOTED).map((hint) => findingOf("composition", hint.coordinate ?? "schema", names, hint.message)));
  return `${result.supergraphSdl.trimEnd()}\n`;
}

function isOverflow(error: unknown): boolean {
  return error instanceof RangeError && /call stack/.test(error.message);
}

function messagesOf(error: unknown): readonly string[] {
  if (isOverflow(error)) return ["types that lead to each other in too long a chain to be composed"];
  const causes = error instanceof GraphQLError ? error.extensions["causes"] : undefined;
  if (Array.isArray(causes)) return causes.map((cause) => (cause instanceof Error ? cause.message : String(cause)));
  return [error instanceof Error ? error.message : String(error)];
}

function refuse(findings: readonly Finding[]): void {
  if (findings.length > 0) throw new ComposeError(findings);
}
