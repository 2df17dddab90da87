/**
 * What is refused before any ministry is asked (SPEC 8, attacks B-22, B-28, B-29, B-44, B-109, B-128): ambiguous operations, too many tokens,
 * too much depth, too many aliases, too many selections once fragments are written out, too much introspection, and response names with the reserved prefix.
 * Everything is counted by kind of node, never by name, and through fragments; a fragment is measured once, so a bomb costs no time.
 */
import { type DocumentNode, type FragmentDefinitionNode, Kind, type OperationDefinitionNode, type SelectionSetNode } from "graphql";
import { Refused } from "../errors";

export interface Limits {
  /** Lexical tokens of the document. */
  readonly tokens: number;
  /** Fields on the longest path from the root. */
  readonly depth: number;
  /** Aliased fields, counted once per place where they are written out. */
  readonly aliases: number;
  /** Fields and fragments after all spreads are written out. */
  readonly selections: number;
  /** Estimated work of planning, in selections (`planning-work.ts`). */
  readonly planning: number;
}
export const DEFAULT_LIMITS: Limits = { tokens: 10_000, depth: 40, aliases: 500, selections: 20_000, planning: 2_000 };

/** Lists of introspection in one operation once written out: each goes through all that the view has. The usual query asks for 9. */
const MOST_INTROSPECTED = 30;
const INTROSPECTED_LISTS: ReadonlySet<string> = new Set(["types", "directives", "fields", "args", "inputFields", "interfaces", "enumValues", "possibleTypes"]);

/** Response names that begin so belong to the gateway. */
export const RESERVED_PREFIX = "_kanmon";

export interface ChosenOperation {
  readonly definition: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Fields and fragments after all spreads are written out. */
  readonly selections: number;
}

/**
 * Chooses the operation and checks every limit on it.
 * @param operationName the request's `operationName`; needed iff the document has several operations
 * @throws Refused with OPERATION_RESOLUTION_FAILURE, OPERATION_LIMIT or RESERVED_NAME
 */
export function chooseOperation(document: DocumentNode, operationName: string | null | undefined, limits: Limits): ChosenOperation {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: OperationDefinitionNode[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    else if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
  }
  const named = typeof operationName === "string" && operationName !== "";
  const candidates = named ? operations.filter((operation) => operation.name?.value === operationName) : operations;
  const [definition] = candidates;
  if (definition === undefined || candidates.length > 1) throw new Refused("OPERATION_RESOLUTION_FAILURE");
  if (countTokens(document, limits.tokens) > limits.tokens) throw new Refused("OPERATION_LIMIT", "tokens");
  const size = measureOperation(definition, fragments);
  if (size.depth > limits.depth) throw new Refused("OPERATION_LIMIT", "depth");
  if (size.aliases > limits.aliases) throw new Refused("OPERATION_LIMIT", "aliases");
  if (size.selections > limits.selections) throw new Refused("OPERATION_LIMIT", "selections");
  if (size.introspected > MOST_INTROSPECTED) throw new Refused("OPERATION_LIMIT", "introspection");
  return { definition, fragments, selections: size.selections };
}

/** `lists`: fields named like the lists of introspection; `introspected`: those of them below an introspection field. */
interface Size { readonly depth: number; readonly aliases: number; readonly selections: number; readonly lists: number; readonly introspected: number }
const NOTHING: Size = { depth: 0, aliases: 0, selections: 0, lists: 0, introspected: 0 };

/** Measures with fragments written out. Sums saturate far below the largest exact integer, so no counter wraps. */
function measureOperation(definition: OperationDefinitionNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>): Size {
  const measured = new Map<string, Size>();
  const open = new Set<string>();
  const measure = (set: SelectionSetNode | undefined): Size => {
    let depth = 0, aliases = 0, selections = 0, lists = 0, introspected = 0;
    for (const selection of set?.selections ?? []) {
      let inner = NOTHING;
      let own = 0;
      if (selection.kind === Kind.FIELD) {
        const name = selection.alias?.value ?? selection.name.value;
        if (name.startsWith(RESERVED_PREFIX)) throw new Refused("RESERVED_NAME");
        inner = measure(selection.selectionSet);
        own = 1;
        if (INTROSPECTED_LISTS.has(selection.name.value)) lists += 1;
        if (selection.name.value.startsWith("__")) introspected = saturate(introspected + inner.lists);
        if (selection.alias !== undefined && selection.alias.value !== selection.name.value) aliases += 1;
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        inner = measure(selection.selectionSet);
      } else {
        inner = measureFragment(selection.name.value);
      }
      depth = Math.max(depth, inner.depth + own);
      aliases = saturate(aliases + inner.aliases);
      selections = saturate(selections + inner.selections + 1);
      lists = saturate(lists + inner.lists);
      introspected = saturate(introspected + inner.introspected);
    }
    return { depth, aliases, selections, lists, introspected };
  };
  const measureFragment = (name: string): Size => {
    const known = measured.get(name);
    if (known !== undefined) return known;
    const fragment = fragments.get(name);
    if (fragment === undefined || open.has(name)) throw new Refused("GRAPHQL_VALIDATION_FAILED", `fragment ${name}`);
    open.add(name);
    const size = measure(fragment.selectionSet);
    open.delete(name);
    measured.set(name, size);
    return size;
  };
  return measure(definition.selectionSet);
}

function saturate(count: number): number { return Math.min(count, 1e9); }

/** Tokens as the lexer made them; a document without positions is counted by its nodes, which are never more than its tokens. */
function countTokens(document: DocumentNode, limit: number): number {
  let count = 0;
  if (document.loc !== undefined) {
    for (let token: typeof document.loc.startToken | null = document.loc.startToken; token !== null && count <= limit; token = token.next) count += 1;
    return count;
  }
  const pending: unknown[] = [document];
  while (pending.length > 0 && count <= limit) {
    const node = pending.pop();
    if (Array.isArray(node)) for (const item of node) pending.push(item);
    else if (typeof node === "object" && node !== null) { count += 1; for (const item of Object.values(node)) if (typeof item === "object") pending.push(item); }
  }
  return count;
}
