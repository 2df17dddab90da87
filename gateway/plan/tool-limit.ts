/**
 * How many of the officers' tools one operation may use (SPEC 8.4): each asks questions of its own, so a document full of them would be a hundred requests in one. Counted are root fields,
 * by the subgraph that answers them, whatever their aliases and conditions; a field written twice under one name is one.
 */
import { Refused } from "../errors";
import type { CanonicalSelection } from "./canonical";
import { type Graph, OFFICER } from "./graph";

/** Tools in one operation. */
export const MOST_TOOLS = 5;

/** @throws Refused OPERATION_LIMIT, before anything is asked */
export function refuseManyTools(graph: Graph, selections: readonly CanonicalSelection[]): void {
  const tools = graph.isLocal(OFFICER) && graph.subgraphNames.includes(OFFICER) ? graph.subgraph(OFFICER).schema.getQueryType()?.getFields() : undefined;
  if (tools === undefined) return;
  const used = new Set<string>();
  const count = (set: readonly CanonicalSelection[]): void => {
    for (const selection of set) {
      if (selection.kind === "fragment") count(selection.selections);
      else if (Object.hasOwn(tools, selection.name) && !selection.name.startsWith("_")) used.add(selection.plannedName);
    }
  };
  count(selections);
  if (used.size > MOST_TOOLS) throw new Refused("OPERATION_LIMIT", "tools");
}
