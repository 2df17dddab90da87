/**
 * Which inputs a fetch needs under which conditions: keys always, an input of `@requires` only while a field that requires it is asked for.
 * The plan asks for the inputs of a skipped field under that field's condition but lists them for the whole fetch.
 */
import { Kind, type OperationDefinitionNode, type SelectionSetNode } from "graphql";
import { ALWAYS, type Conditions, type Conjunction, conditionOf } from "./conditions";
import type { SubgraphView } from "./graph";

export interface InputNeeds {
  /**
   * Numbers of conditions of which one must hold; none where no field of the fetch needs the input.
   * @param applies which declared types of the document the object is of
   * @param path names from the representation's root, joined by `/`
   */
  of(applies: (declared: string) => boolean, path: string): readonly number[];
}

const NEEDED: readonly number[] = [ALWAYS];

export function inputNeedsOf(subgraph: SubgraphView, operation: OperationDefinitionNode, conditions: Conditions): InputNeeds {
  const byType = new Map<string, Map<string, Set<number>>>();
  const note = (typeName: string, path: string, when: number): void => {
    const paths = byType.get(typeName) ?? new Map<string, Set<number>>();
    byType.set(typeName, paths);
    const needed = paths.get(path) ?? new Set<number>();
    paths.set(path, needed);
    needed.add(when);
  };
  visitEntityFields(operation.selectionSet, "", [], (typeName, fieldName, way) => {
    const requires = subgraph.requiresOf(typeName, fieldName);
    if (requires !== undefined) visitPaths(requires, "", (path) => { note(typeName, path, conditions.number([way])); });
  });
  for (const typeName of byType.keys()) for (const key of subgraph.keysOf(typeName)) visitPaths(key, "", (path) => { note(typeName, path, ALWAYS); });
  return { of: (applies, path) => {
    const known = [...byType].filter(([typeName]) => applies(typeName));
    return known.length === 0 ? NEEDED : known.flatMap(([, paths]) => [...paths.get(path) ?? []]);
  } };
}

function visitEntityFields(set: SelectionSetNode, typeName: string, way: Conjunction, visit: (typeName: string, fieldName: string, way: Conjunction) => void): void {
  for (const selection of set.selections) {
    const own = conditionOf(selection.directives, (name) => name);
    if (own === false || selection.kind === Kind.FRAGMENT_SPREAD) continue;
    const both = [...way, ...own];
    if (selection.kind === Kind.INLINE_FRAGMENT) visitEntityFields(selection.selectionSet, selection.typeCondition?.name.value ?? typeName, both, visit);
    else if (selection.name.value === "_entities" && selection.selectionSet !== undefined) visitEntityFields(selection.selectionSet, typeName, both, visit);
    else visit(typeName, selection.name.value, both);
  }
}

function visitPaths(set: SelectionSetNode, prefix: string, visit: (path: string) => void): void {
  for (const selection of set.selections) {
    if (selection.kind === Kind.INLINE_FRAGMENT) { visitPaths(selection.selectionSet, prefix, visit); continue; }
    if (selection.kind !== Kind.FIELD) continue;
    visit(`${prefix}${selection.name.value}`);
    if (selection.selectionSet !== undefined) visitPaths(selection.selectionSet, `${prefix}${selection.name.value}/`, visit);
  }
}
