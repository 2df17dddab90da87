/**
 * How much work it is to plan an operation, estimated before it is planned (SPEC 8.10, attacks B-28, B-109). The planner holds the event loop, and what it takes grows with the selections that are written
 * out, for each type that an interface or union stands for; ten times as much with the places where a plan may go from one ministry to another: fields of types that several ministries share, and fields
 * that another ministry than the one before has to be asked for; and there with the conditions that hold, since what is asked under other conditions is planned apart. Takes the canonical operation;
 * refuses OPERATION_LIMIT. The same for everybody: it looks at the document and the supergraph only.
 */
import { type GraphQLSchema, getNamedType, isAbstractType, isInterfaceType, isObjectType } from "graphql";
import { Refused } from "../errors";
import { type CanonicalSelection, isIntrospection } from "./canonical";
import type { Conjunction } from "./conditions";
import type { Graph } from "./graph";

/** What a place where the plan may branch costs, in selections; measured (test/bench/PLANNING.md). */
const A_CROSSING = 10;
/** What a change costs: changes are planned one after the other. */
const A_CHANGE = 40;

/** Conditions under which something is asked, sorted, and how many they are. */
interface When { readonly key: string; readonly count: number; readonly all: ReadonlySet<string> }
const ALWAYS: When = { key: "", count: 0, all: new Set() };

/** Where a selection set stands: an object type, the subgraphs that the plan may be in there, where it has gone from there already, and under which conditions. */
interface At { readonly type: string; readonly within: ReadonlySet<string> | undefined; readonly crossed: Set<string>; readonly when: When }

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
      const when = addConditions(at.when, selection.when);
      // What has a condition is carried with all that hold around it.
      work += when === at.when ? 0 : when.count;
      if (selection.kind === "fragment") {
        work += 1;
        if (isOf(graph.whole, at.type, selection.typeCondition)) visit(selection.selections, when === at.when ? at : { ...at, when });
        continue;
      }
      if (isIntrospection(selection.name)) continue;
      work += at.type === mutationType ? A_CHANGE : 1;
      if (selection.name === "__typename") continue;
      const serving = graph.serving(at.type, selection.name);
      const isHere = at.within === undefined || [...serving].some((subgraph) => at.within?.has(subgraph) === true);
      const from = at.within;
      const key = isHere ? "" : `${[...serving].sort().join()}|${when.key}`;
      if (!isHere && !at.crossed.has(key)) {
        at.crossed.add(key);
        work += A_CROSSING * (1 + when.count);
      }
      if (selection.selections.length === 0) continue;
      const within = isHere && from !== undefined ? new Set([...serving].filter((subgraph) => from.has(subgraph))) : serving;
      // The planner goes on from every type that there may be, and from there again: two levels are a hundred ways, and three a thousand.
      for (const type of typesOf(graph.whole, at.type, selection.name)) {
        if (graph.isShared(type)) work += A_CROSSING;
        visit(selection.selections, { type, within, crossed: new Set(), when });
      }
    }
  };
  visit(selections, { type: rootType, within: undefined, crossed: new Set(), when: ALWAYS });
  return work;
}

function addConditions(when: When, more: Conjunction): When {
  const added = more.map(({ variable, negated }) => `${negated ? "!" : ""}${variable}`).filter((literal) => !when.all.has(literal));
  if (added.length === 0) return when;
  const all = new Set([...when.all, ...added]);
  return { all, count: all.size, key: [...all].sort().join("&") };
}

/** Object types of which the value of a field may be. */
function typesOf(schema: GraphQLSchema, typeName: string, field: string): readonly string[] {
  const type = schema.getType(typeName);
  const found = isObjectType(type) || isInterfaceType(type) ? type.getFields()[field] : undefined;
  if (found === undefined) return [];
  const given = getNamedType(found.type);
  return isAbstractType(given) ? schema.getPossibleTypes(given).map(({ name }) => name) : [given.name];
}

/** Whether what is asked of a condition's type is asked of an object type. */
function isOf(schema: GraphQLSchema, typeName: string, condition: string | undefined): boolean {
  if (condition === undefined || condition === typeName) return true;
  const [type, asked] = [schema.getType(typeName), schema.getType(condition)];
  return isObjectType(type) && isAbstractType(asked) && schema.isSubType(asked, type);
}
