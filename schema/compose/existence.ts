/** Which fields of a subgraph carry the existence label of their object: the top level of its keys, and what it marks `@existence` (SPEC 5.5). */
import { type SelectionSetNode, Kind, parse } from "graphql";
import type { ReadSubgraph } from "./subgraph";

/** Coordinates `Type.field` of the existence fields of one subgraph. */
export function existenceFields({ applications, keys }: ReadSubgraph): ReadonlySet<string> {
  const marked = applications.filter(({ directive }) => directive === "existence").map(({ coordinate }) => coordinate);
  return new Set([...marked, ...keys.flatMap(({ type, fields }) => topLevelNames(fields).map((field) => `${type}.${field}`))]);
}

/** Parses the text of a federation field set, with or without its own braces. */
export function parseFieldSet(text: string): SelectionSetNode {
  const [definition] = parse(text.trim().startsWith("{") ? text : `{ ${text} }`, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new SyntaxError(`not a field set: ${text}`);
  return definition.selectionSet;
}

function topLevelNames(fields: string): readonly string[] {
  const collect = (set: SelectionSetNode): readonly string[] => set.selections.flatMap((selection) =>
    selection.kind === Kind.FIELD ? [selection.name.value] : selection.kind === Kind.INLINE_FRAGMENT ? collect(selection.selectionSet) : []);
  return collect(parseFieldSet(fields));
}
