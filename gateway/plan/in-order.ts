/**
 * Changes one after the other, each with all that is asked below it before the next begins (GraphQL, serial execution). Apollo's planner puts changes of one ministry into one call and fetches afterwards what others know of
 * what they give back: the first would show what the last one wrote. Takes the operation to plan; gives a plan in which such changes are planned apart.
 */
import type { PlanNode } from "@apollo/query-planner";
import { Kind, type OperationDefinitionNode, type SelectionNode } from "graphql";
import type { Graph } from "./graph";

/** @throws Refused as the planner does */
export function planInOrder(graph: Pick<Graph, "plan">, operation: OperationDefinitionNode): PlanNode | undefined {
  const whole = graph.plan(operation);
  const changes = changesIn(operation.selectionSet.selections);
  if (changes.length < 2 || whole === undefined || !goesOn(whole)) return whole;
  return { kind: "Sequence", nodes: changes.flatMap((selections) => graph.plan({ ...operation, selectionSet: { ...operation.selectionSet, selections } }) ?? []) };
}

/** Selections of the root, those of one response name together: they are one change, wherever they are written. */
function changesIn(selections: readonly SelectionNode[]): readonly (readonly SelectionNode[])[] {
  const changes = new Map<string, SelectionNode[]>();
  const visit = (set: readonly SelectionNode[], within: (selection: SelectionNode) => SelectionNode): void => {
    for (const selection of set) {
      if (selection.kind === Kind.INLINE_FRAGMENT) { visit(selection.selectionSet.selections, (inner) => within({ ...selection, selectionSet: { ...selection.selectionSet, selections: [inner] } })); continue; }
      if (selection.kind === Kind.FRAGMENT_SPREAD) throw new Error("fragments are written out");
      const name = (selection.alias ?? selection.name).value;
      const known = changes.get(name);
      if (known === undefined) changes.set(name, [within(selection)]); else known.push(within(selection));
    }
  };
  visit(selections, (selection) => selection);
  return [...changes.values()];
}

/** Whether anything is fetched for what a change gives back. */
function goesOn(node: PlanNode | undefined): boolean {
  switch (node?.kind) {
    case undefined: case "Fetch": return false;
    case "Sequence": case "Parallel": return node.nodes.some(goesOn);
    case "Condition": return goesOn(node.ifClause) || goesOn(node.elseClause);
    case "Flatten": case "Defer": return true;
  }
}
