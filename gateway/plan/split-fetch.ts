/**
 * Splits an entity fetch whose fields need one required field with different arguments: a representation can carry only one value under its
 * real name. Fields that can share a representation stay together; each part sends only its own fields' inputs.
 */
import type { QueryPlanSelectionNode } from "@apollo/query-planner";
import { type FieldNode, Kind, type OperationDefinitionNode, type SelectionNode, type SelectionSetNode } from "graphql";
import type { Graph, SubgraphView } from "./graph";

export interface FetchPart { readonly operation: OperationDefinitionNode; readonly requires: readonly QueryPlanSelectionNode[] }
/** Path of the real field -> the name made for its arguments. */
type Inputs = ReadonlyMap<string, string>;

export function splitByArguments(graph: Graph, subgraph: SubgraphView, operation: OperationDefinitionNode, requires: readonly QueryPlanSelectionNode[]): readonly FetchPart[] {
  const whole = [{ operation, requires }];
  if (graph.required.size === 0 || !hasConflict(graph, requires)) return whole;
  const groups: { readonly inputs: Map<string, string>; readonly fields: Set<FieldNode> }[] = [];
  for (const { field, typeName } of entityFields(operation.selectionSet)) {
    const inputs = inputsOf(graph, subgraph.requiresOf(typeName, field.name.value));
    const group = groups.find((candidate) => [...inputs].every(([path, name]) => (candidate.inputs.get(path) ?? name) === name));
    const joined = group ?? { inputs: new Map<string, string>(), fields: new Set<FieldNode>() };
    if (group === undefined) groups.push(joined);
    for (const [path, name] of inputs) joined.inputs.set(path, name);
    joined.fields.add(field);
  }
  if (groups.length === 0) return whole;
  return groups.map(({ inputs, fields }) => ({
    operation: { ...operation, selectionSet: keepFields(operation.selectionSet, fields, true) },
    requires: keepInputs(graph, requires, inputs, ""),
  }));
}

function hasConflict(graph: Graph, requires: readonly QueryPlanSelectionNode[]): boolean {
  const seen = new Map<string, string>();
  const visit = (selections: readonly QueryPlanSelectionNode[], path: string): boolean => selections.some((selection) => {
    if (selection.kind === "InlineFragment") return visit(selection.selections, path);
    const at = `${path}/${graph.required.get(selection.name)?.name ?? selection.name}`;
    const other = seen.get(at) ?? selection.name;
    seen.set(at, selection.name);
    return other !== selection.name || visit(selection.selections ?? [], at);
  });
  return visit(requires, "");
}

/** Fields directly on the entities, with the type they are asked of. */
function entityFields(set: SelectionSetNode, typeName = ""): { readonly field: FieldNode; readonly typeName: string }[] {
  return set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD && selection.name.value === "_entities" && selection.selectionSet !== undefined) return entityFields(selection.selectionSet);
    if (selection.kind === Kind.FIELD) return selection.name.value === "__typename" ? [] : [{ field: selection, typeName }];
    return selection.kind === Kind.INLINE_FRAGMENT ? entityFields(selection.selectionSet, selection.typeCondition?.name.value ?? typeName) : [];
  });
}

function keepFields(set: SelectionSetNode, kept: ReadonlySet<FieldNode>, outer: boolean): SelectionSetNode {
  return { ...set, selections: set.selections.flatMap((selection): SelectionNode[] => {
    if (selection.kind === Kind.FIELD) {
      if (outer && selection.selectionSet !== undefined) return [{ ...selection, selectionSet: keepFields(selection.selectionSet, kept, false) }];
      return selection.name.value === "__typename" || kept.has(selection) ? [selection] : [];
    }
    if (selection.kind !== Kind.INLINE_FRAGMENT) return [];
    const selectionSet = keepFields(selection.selectionSet, kept, false);
    return selectionSet.selections.length === 0 ? [] : [{ ...selection, selectionSet }];
  }) };
}

function inputsOf(graph: Graph, set: SelectionSetNode | undefined): Inputs {
  const inputs = new Map<string, string>();
  const visit = (inner: SelectionSetNode, path: string): void => {
    for (const selection of inner.selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) { visit(selection.selectionSet, path); continue; }
      if (selection.kind !== Kind.FIELD) continue;
      const real = graph.required.get(selection.name.value)?.name ?? selection.name.value;
      inputs.set(`${path}/${real}`, selection.name.value);
      if (selection.selectionSet !== undefined) visit(selection.selectionSet, `${path}/${real}`);
    }
  };
  if (set !== undefined) visit(set, "");
  return inputs;
}

/** Removes the inputs that belong to other parts: fields made for arguments that this part does not ask for at that path. */
function keepInputs(graph: Graph, requires: readonly QueryPlanSelectionNode[], inputs: Inputs, path: string): QueryPlanSelectionNode[] {
  return requires.flatMap((selection): QueryPlanSelectionNode[] => {
    if (selection.kind === "InlineFragment") return [{ ...selection, selections: keepInputs(graph, selection.selections, inputs, path) }];
    const required = graph.required.get(selection.name);
    const at = `${path}/${required?.name ?? selection.name}`;
    if (required !== undefined && inputs.get(at) !== selection.name) return [];
    if (required === undefined && inputs.has(at) && inputs.get(at) !== selection.name) return [];
    return [selection.selections === undefined ? selection : { ...selection, selections: keepInputs(graph, selection.selections, inputs, at) }];
  });
}
