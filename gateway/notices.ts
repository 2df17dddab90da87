/**
 * Legal notices before anything else (SPEC 3.12). Whoever has not acknowledged a notice that binds them is answered nothing but the notices: the refusal and its list depend on what they are eligible
 * for and what they have read, never on data (G3). Gives which operations are about notices alone, and what a change acknowledges, for the evidence.
 */
import { type DocumentNode, type FieldNode, getArgumentValues, getOperationAST, getVariableValues, type GraphQLSchema, Kind, type OperationDefinitionNode, type SelectionSetNode } from "graphql";
import { Refused } from "./errors";
import type { Asker } from "./subject/askers";

/** The fields by which notices are read and acknowledged; nothing else is below them. */
export const NOTICE_FIELDS = { query: "legalNotices", mutation: "acknowledgeNotice" } as const;
/** Acknowledgements that one record names; a document with more is refused for its size. */
const MOST_NAMED = 100;

/** @throws Refused NOTICE_NOT_ACKNOWLEDGED with the ids of the notices */
export function refuseUnread({ unread }: Pick<Asker, "unread">): void {
  if (unread.length > 0) throw new Refused("NOTICE_NOT_ACKNOWLEDGED", unread.join(", "), { notices: unread });
}

/** Whether an operation reads or acknowledges notices and does nothing else, whatever `@skip` and `@include` would leave of it. */
export function isAboutNotices(document: DocumentNode, operationName: string | undefined): boolean {
  const operation = getOperationAST(document, operationName) ?? undefined;
  if (operation === undefined || operation.operation === "subscription") return false;
  const open = NOTICE_FIELDS[operation.operation];
  const names = rootFieldsOf(document, operation).map(({ name }) => name.value);
  return names.includes(open) && names.every((name) => name === open || name === "__typename");
}

/**
 * What a change asked to be acknowledged, as `NOTICE-SDS@1`.
 * @param variables as the client sent them, valid for the operation
 * @param answered members of the answer: what was left out of the operation was not asked
 */
export function acknowledgedIn(view: GraphQLSchema, document: DocumentNode, operationName: string | undefined, variables: Readonly<Record<string, unknown>>, answered: Readonly<Record<string, unknown>>): readonly string[] {
  const operation = getOperationAST(document, operationName);
  const field = view.getMutationType()?.getFields()[NOTICE_FIELDS.mutation];
  if (operation?.operation !== "mutation" || field === undefined) return [];
  const { coerced = {} } = getVariableValues(view, operation.variableDefinitions ?? [], variables);
  const asked = rootFieldsOf(document, operation).filter(({ name, alias }) => name.value === NOTICE_FIELDS.mutation && Object.hasOwn(answered, (alias ?? name).value));
  return asked.slice(0, MOST_NAMED).map((node) => {
    const { notice, version } = getArgumentValues(field, node, coerced);
    return `${String(notice)}@${String(version)}`;
  });
}

/** Fields of the root, through fragments; a document that was validated has no cycles. */
function rootFieldsOf(document: DocumentNode, operation: OperationDefinitionNode): readonly FieldNode[] {
  const fragments = new Map(document.definitions.flatMap((each) => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each.selectionSet] as const] : [])));
  const seen = new Set<string>();
  const collect = (set: SelectionSetNode): readonly FieldNode[] => set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT) return collect(selection.selectionSet);
    const spread = seen.has(selection.name.value) ? undefined : fragments.get(selection.name.value);
    seen.add(selection.name.value);
    return spread === undefined ? [] : collect(spread);
  });
  return collect(operation.selectionSet);
}
