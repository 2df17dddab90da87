/**
 * Changes one after the other, each with all that is asked below it before the next begins (GraphQL, serial execution). Apollo's planner puts changes of one ministry into one call and fetches afterwards what others know of
 * what they give back: the first would show what the last one wrote. And a change that is written at two places, with another one between them, it asks for twice. Takes the operation to plan; gives a plan in which such changes
 * are planned apart, each once and at its first place. Refuses a change whose first place depends on conditions when another one stands between: which comes first would differ from request to request.
 */
import type { PlanNode } from "@apollo/query-planner";
import { Kind, type OperationDefinitionNode, type SelectionNode } from "graphql";
import { Refused } from "../errors";
import type { Graph } from "./graph";

/** @throws Refused as the planner does, and OPERATION_RESOLUTION_FAILURE for changes without an order of their own */
export function planInOrder(graph: Pick<Graph, "plan">, operation: OperationDefinitionNode): PlanNode | undefined {
  const { changes, isScattered } = changesIn(operation.selectionSet.selections);
  const whole = graph.plan(operation);
  if (changes.length < 2 || whole === undefined || !(isScattered || goesOn(whole))) return whole;
  return { kind: "Sequence", nodes: changes.flatMap(({ selections }) => graph.plan({ ...operation, selectionSet: { ...operation.selectionSet, selections } }) ?? []) };
}

/** One change: what is written of it, wherever that is, and whether its first place depends on a condition. */
interface Change { readonly selections: SelectionNode[]; readonly isConditional: boolean }

/** Selections of the root, those of one response name together; and whether any is written at places with another one between them. */
function changesIn(selections: readonly SelectionNode[]): { readonly changes: readonly Change[]; readonly isScattered: boolean } {
  const changes = new Map<string, Change>();
  let last: string | undefined;
  let isScattered = false;
  const visit = (set: readonly SelectionNode[], within: (selection: SelectionNode) => SelectionNode, isConditional: boolean): void => {
    for (const selection of set) {
      const mayBeLeftOut = isConditional || (selection.directives ?? []).length > 0;
      if (selection.kind === Kind.INLINE_FRAGMENT) { visit(selection.selectionSet.selections, (inner) => within({ ...selection, selectionSet: { ...selection.selectionSet, selections: [inner] } }), mayBeLeftOut); continue; }
      if (selection.kind === Kind.FRAGMENT_SPREAD) throw new Error("fragments are written out");
      const name = (selection.alias ?? selection.name).value;
      const known = changes.get(name);
      if (known === undefined) changes.set(name, { selections: [within(selection)], isConditional: mayBeLeftOut }); else known.selections.push(within(selection));
      if (selection.name.value === "__typename") continue;
      if (known !== undefined && last !== name) {
        isScattered = true;
        if (known.isConditional) throw new Refused("OPERATION_RESOLUTION_FAILURE", "a change is written at several places, and which is the first depends on conditions");
      }
      last = name;
    }
  };
  visit(selections, (selection) => selection, false);
  return { changes: [...changes.values()], isScattered };
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
