/**
 * How much work it is to plan an operation, estimated before it is planned (SPEC 8.10, attacks B-28, B-109). The planner holds the event loop, and what it takes grows with the selections that are written
 * out and, ten times as much, with the places where a plan may go from one ministry to another: fields of types that several ministries share, and fields that another ministry than the one
 * before has to be asked for. Takes the canonical operation; refuses OPERATION_LIMIT. The same for everybody: it looks at the document and the supergraph only.
 */
import { type GraphQLSchema, getNamedType, isAbstractType, isInterfaceType, isObjectType } from "graphql";
import { Refused } from "../errors";
import { type CanonicalSelection, isIntrospection } from "./canonical";
import type { Graph } from "./graph";

/** What a place where the plan may branch costs, in selections; measured (test/bench/PLANNING.md). */
const A_CROSSING = 10;
/** What a change costs: changes are planned one after the other. */
const A_CHANGE = 40;

/** Where a selection set stands: its type, the subgraphs that the plan may be in there, and where it has gone from there already. */
interface At { readonly type: string; readonly within: ReadonlySet<string> | undefined; readonly crossed: Set<string> }

/** @throws Refused OPERATION_LIMIT, before anything is planned */
export function refuseMuchPlanning(graph: Graph, rootType: string, selections: readonly CanonicalSelection[], most: number): void {
  if (planningWork(graph, rootType, selections, most) > most) throw new Refused("OPERATION_LIMIT", "planning");
}

/**
 * Estimated work, in selections of one ministry. Introspection is not planned and does not count.
 * @param enough above it, counting ends
 */
export function planningWork(graph: Graph, rootType: string, selections: readonly CanonicalSelection[], enough = Number.POSITIVE_INFINITY): number {
  const mutationType = graph.whole.getMutationType()?.name;
  let work = 0;
  const visit = (set: readonly CanonicalSelection[], at: At): void => {
    for (const selection of set) {
      if (work > enough) return;
      if (selection.kind === "fragment") {
        work += 1;
        visit(selection.selections, selection.typeCondition === undefined || selection.typeCondition === at.type ? at : { ...at, type: selection.typeCondition });
        continue;
      }
      if (isIntrospection(selection.name)) continue;
      work += at.type === mutationType ? A_CHANGE : 1;
      if (selection.name === "__typename") continue;
      const serving = graph.serving(at.type, selection.name);
      const isHere = at.within === undefined || [...serving].some((subgraph) => at.within?.has(subgraph) === true);
      const from = at.within;
      const key = isHere ? "" : [...serving].sort().join();
      if (!isHere && !at.crossed.has(key)) {
        at.crossed.add(key);
        work += A_CROSSING * typesOf(graph.whole, at.type);
      }
      const type = fieldType(graph.whole, at.type, selection.name);
      if (selection.selections.length === 0 || type === undefined) continue;
      if (graph.isShared(type)) work += A_CROSSING * typesOf(graph.whole, type);
      visit(selection.selections, { type, within: isHere && from !== undefined ? new Set([...serving].filter((subgraph) => from.has(subgraph))) : serving, crossed: new Set() });
    }
  };
  visit(selections, { type: rootType, within: undefined, crossed: new Set() });
  return work;
}

function fieldType(schema: GraphQLSchema, typeName: string, field: string): string | undefined {
  const type = schema.getType(typeName);
  const found = isObjectType(type) || isInterfaceType(type) ? type.getFields()[field] : undefined;
  return found === undefined ? undefined : getNamedType(found.type).name;
}

/** The planner may look at every type that an interface or union stands for. */
function typesOf(schema: GraphQLSchema, name: string): number {
  const type = schema.getType(name);
  return isAbstractType(type) ? Math.max(1, schema.getPossibleTypes(type).length) : 1;
}
