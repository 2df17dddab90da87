/**
 * The flow graph of a bundle, taken out of its supergraph (SPEC 5.13): the same for the bundle just composed and for one read from its files, so that nobody has to
 * believe a stored one. Gives its digest, which approvals name, and what one graph adds to another.
 */
import { createHash } from "node:crypto";
import { type Bundle, readOf } from "./bundle";
import { type FlowGraph, findFlows, printFlowGraph } from "./flow-graph";
import { readBuilt } from "./subgraph";

const graphs = new WeakMap<Bundle, FlowGraph>();

/** Computed at most once per bundle. */
export function flowGraphOf(bundle: Bundle): FlowGraph {
  const known = graphs.get(bundle);
  if (known !== undefined) return known;
  const read = readOf(bundle);
  const graph = findFlows({ subgraphs: read.subgraphs().map(readBuilt), schema: read.schema, labels: bundle.labels });
  graphs.set(bundle, graph);
  return graph;
}

/** `F-` and a hash over the graph. */
export function flowDigest(graph: FlowGraph): string {
  return `F-${createHash("sha256").update(printFlowGraph(graph)).digest("base64url")}`;
}

/** One ministry learns one coordinate of another, where it did not before; by whatever it learns it. `line` is how approvals write it. */
export interface AddedFlow { readonly from: string; readonly to: string; readonly coordinate: string; readonly line: string }

/** What `now` has and `before` has not, sorted; that a known flow gets a second reason adds nothing. */
export function addedFlows(before: FlowGraph, now: FlowGraph): readonly AddedFlow[] {
  const known = new Set(before.flatMap(({ to, coordinate, from }) => from.map((giver) => `${giver} ${to} ${coordinate}`)));
  const added = new Map(now.flatMap(({ to, coordinate, by, from }) => from
    .filter((giver) => !known.has(`${giver} ${to} ${coordinate}`))
    .map((giver) => [`${giver} -> ${to} ${coordinate} (${by})`, giver, to, coordinate] as const))
    .map(([line, from, to, coordinate]): [string, AddedFlow] => [line, { from, to, coordinate, line }]));
  return [...added].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, flow]) => flow);
}
