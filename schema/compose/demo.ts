/**
 * The demo's own bundle: the ministries' SDL and the subgraphs that the gateway answers itself, composed into the committed files of `schema/`: supergraph, labels, flow graph.
 * The addresses in it name nobody: where a ministry answers is said by the registry of the running gateway.
 */
import { type Bundle, bundleOf } from "./bundle";
import { flowGraphOf } from "./bundle-flows";
import { composeSupergraph } from "./compose";
import { printFlowGraph } from "./flow-graph";
import { readSchemaFile } from "./specification";
import type { SubgraphSource } from "./subgraph";

const LOOKUP = "lookup";
const OFFICER = "officer";
const SUPERGRAPH_FILE = "supergraph.graphql";
const LABELS_FILE = "supergraph.labels.json";
/** For people who review a change; the gateway and `kanmon check` take the flows out of the supergraph. */
const FLOWS_FILE = "supergraph.flows.json";

/** A subgraph without a process, which the gateway answers itself: entities by their id. */
export function lookupSource(): SubgraphSource {
  return { name: LOOKUP, url: placeOf(LOOKUP), sdl: readSchemaFile("lookup.graphql") };
}

/** Another: the officers' tools. */
export function officerSource(): SubgraphSource {
  return { name: OFFICER, url: placeOf(OFFICER), sdl: readSchemaFile("officer.graphql") };
}

export interface ComposedDemo {
  readonly bundle: Bundle;
  /** File name in `schema/` -> text. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Composes ministries with `lookup` and `officer`.
 * @throws ComposeError when any rule objects.
 */
export function composeDemo(ministries: readonly { readonly name: string; readonly sdl: string }[]): ComposedDemo {
  const bundle = composeSupergraph([...ministries.map(({ name, sdl }) => ({ name, sdl, url: placeOf(name) })), lookupSource(), officerSource()]);
  return { bundle, files: { [SUPERGRAPH_FILE]: bundle.supergraphSdl, [LABELS_FILE]: bundle.labels.print(), [FLOWS_FILE]: printFlowGraph(flowGraphOf(bundle)) } };
}

/**
 * The bundle in the committed files. They were validated when they were composed, and a test composes them anew and compares.
 * @throws ComposeError when the two do not fit each other.
 */
export function readDemoBundle(): Bundle {
  return bundleOf(readSchemaFile(SUPERGRAPH_FILE), JSON.parse(readSchemaFile(LABELS_FILE)), true);
}

function placeOf(name: string): string {
  return `https://${name}.invalid/graphql`;
}
