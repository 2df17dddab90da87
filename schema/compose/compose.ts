/**
 * Subgraphs in, bundle out (SPEC 5.3). Apollo's composition merges the schemas; the labels are read from each subgraph by the identity of the label
 * specification and joined here, because composition picks one of several or drops them. Any finding of any rule refuses the whole: there are no warnings.
 */
import { composeServices } from "@apollo/composition";
import { GraphQLError, parse } from "graphql";
import { type LabelCore, join } from "../label";
import { type Policy, floorOf, loadPolicy } from "../policy";
import { type Bundle, makeBundle } from "./bundle";
import { type StatedLabels, computeLabels } from "./effective";
import { existenceFields } from "./existence";
import { ComposeError, type Finding, findingOf } from "./finding";
import { SUBGRAPH_RULES, SUPERGRAPH_RULES } from "./rules";
import { type ReadSubgraph, type SubgraphSource, readSubgraph } from "./subgraph";
import { readSupergraph } from "./supergraph";

/** The hint by which composition says that it picked one of several different applications of a directive. */
const VOTED = "INCONSISTENT_NON_REPEATABLE_DIRECTIVE_ARGUMENTS";

/**
 * Composes the subgraphs. The result does not depend on their order.
 * @param policy whose words the labels are checked against; the policy in force unless given.
 * @throws ComposeError with every finding of the first stage that has any: reading, rules on subgraphs, composition, rules on the supergraph.
 */
export function composeSupergraph(subgraphs: readonly SubgraphSource[], policy: Policy = loadPolicy()): Bundle {
  const sources = [...subgraphs].sort((a, b) => (a.name < b.name ? -1 : 1));
  const read = readAll(sources);
  refuse(SUBGRAPH_RULES.flatMap((rule) => rule.check(read, policy)));
  const supergraphSdl = merge(sources);
  const supergraph = readSupergraph(supergraphSdl);
  const stated = joinStated(read);
  const labels = computeLabels(supergraph.schema, supergraph.typeNames, stated);
  const composition = { subgraphs: read, supergraph, schema: supergraph.schema, labels, stated: stated.floors };
  refuse(SUPERGRAPH_RULES.flatMap((rule) => rule.check(composition)));
  return makeBundle(supergraphSdl, labels, supergraph);
}

/** Joins what the subgraphs say per coordinate. External copies count too: a label may be misplaced, never lost. */
export function joinStated(subgraphs: readonly ReadSubgraph[]): StatedLabels {
  const floors = new Map<string, LabelCore>();
  const labelledIn = new Map<string, readonly string[]>();
  for (const { name, applications, labelled } of subgraphs) {
    for (const { directive, coordinate, arguments: args } of applications) {
      if (directive !== "label") continue;
      const known = floors.get(coordinate);
      const floor = floorOf(args);
      floors.set(coordinate, known === undefined ? floor : join(known, floor));
    }
    for (const type of labelled) labelledIn.set(type, [...(labelledIn.get(type) ?? []), name]);
  }
  return { floors, labelledIn, existence: new Set(subgraphs.flatMap((subgraph) => [...existenceFields(subgraph)])) };
}

function readAll(sources: readonly SubgraphSource[]): readonly ReadSubgraph[] {
  const findings: Finding[] = [];
  const read = sources.flatMap((source) => {
    try {
      return [readSubgraph(source)];
    } catch (error) {
      findings.push(...messagesOf(error).map((message) => findingOf("subgraph", "schema", [source.name], message)));
      return [];
    }
  });
  refuse(findings);
  return read;
}

function merge(sources: readonly SubgraphSource[]): string {
  const names = sources.map(({ name }) => name);
  let result;
  try {
    result = composeServices(sources.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })));
  } catch (error) {
    throw new ComposeError(messagesOf(error).map((message) => findingOf("composition", "schema", names, message)));
  }
  if (result.errors !== undefined) throw new ComposeError(result.errors.map((error) => findingOf("composition", "schema", names, error.message)));
  refuse(result.hints.filter((hint) => hint.definition.code === VOTED).map((hint) => findingOf("composition", hint.coordinate ?? "schema", names, hint.message)));
  return `${result.supergraphSdl.trimEnd()}\n`;
}

function messagesOf(error: unknown): readonly string[] {
  const causes = error instanceof GraphQLError ? error.extensions["causes"] : undefined;
  if (Array.isArray(causes)) return causes.map((cause) => (cause instanceof Error ? cause.message : String(cause)));
  return [error instanceof Error ? error.message : String(error)];
}

function refuse(findings: readonly Finding[]): void {
  if (findings.length > 0) throw new ComposeError(findings);
}
