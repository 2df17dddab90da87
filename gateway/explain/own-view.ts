/**
 * Questions that can be asked in somebody's view of the schema without knowing what the ministries call things (SPEC 5.7, 8.4): one record by its id, and every list of
 * records. Takes a view and gives GraphQL text; what is not in the view is not in the question.
 */
import { getNamedType, getNullableType, type GraphQLField, type GraphQLObjectType, type GraphQLSchema, isEnumType, isLeafType, isListType, isNonNullType, isObjectType } from "graphql";
import type { CoordinateLabels } from "../../schema/compose";

type Field = GraphQLField<unknown, unknown>;
export interface RecordQuestion { readonly query: string; readonly type: string; readonly fields: readonly string[] }
export interface ListQuestion extends RecordQuestion { readonly root: string; readonly ministry: string }

/** How deep value objects are read. */
const DEEPEST = 3;
/** Response name of the record. */
export const RECORD = "record";

/** The name under which a ministry's root fields begin: `cabinet-office` -> `cabinetOffice`. */
export function rootPrefix(ministry: string): string { return ministry.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()); }

/** The ministries' own root fields for one record by id; more than one where a ministry keeps several kinds. */
export function recordQuestions(view: GraphQLSchema, labels: CoordinateLabels, ministry: string): readonly RecordQuestion[] {
  const prefix = rootPrefix(ministry);
  return Object.values(view.getQueryType()?.getFields() ?? {}).flatMap((field) => {
    const type = getNullableType(field.type);
    const [argument, ...others] = field.args;
    if (!startsWithWord(field.name, prefix) || !isObjectType(type) || !labels.isLabelled(type.name) || others.length > 0 || argument === undefined || String(argument.type) !== "ID!") return [];
    const fields = valuesOf(type);
    return [{ query: `query($id: ID!) { ${RECORD}: ${field.name}(${argument.name}: $id) { ${printAll(fields)} } }`, type: type.name, fields: fields.map(({ name }) => name) }];
  });
}

/** Every list of labelled records with pages, one question each; `$after` continues. */
export function listQuestions(view: GraphQLSchema, labels: CoordinateLabels, ministries: readonly string[]): readonly ListQuestion[] {
  return Object.values(view.getQueryType()?.getFields() ?? {}).flatMap((field) => {
    const connection = getNullableType(field.type);
    const ministry = ministries.filter((name) => startsWithWord(field.name, rootPrefix(name))).sort((a, b) => b.length - a.length)[0];
    if (ministry === undefined || !isObjectType(connection) || field.args.some(({ type }) => isNonNullType(type))) return [];
    const nodes = connection.getFields()["nodes"];
    const type = nodes === undefined ? undefined : getNamedType(nodes.type);
    const hasPages = connection.getFields()["pageInfo"] !== undefined && ["first", "after"].every((name) => field.args.some((argument) => argument.name === name));
    if (nodes === undefined || !isListType(getNullableType(nodes.type)) || !isObjectType(type) || !labels.isLabelled(type.name) || type.getFields()["id"] === undefined || !hasPages) return [];
    const fields = valuesOf(type);
    const query = `query($first: Int, $after: String) { ${RECORD}: ${field.name}(first: $first, after: $after) { nodes { ${printAll(fields)} } pageInfo { hasNextPage endCursor } } }`;
    return [{ root: field.name, ministry, query, type: type.name, fields: fields.map(({ name }) => name) }];
  });
}

/** Fields of a record that hold values: leaves and value objects, not links to other records. */
function valuesOf(type: GraphQLObjectType): readonly Field[] {
  return Object.values(type.getFields()).filter((field) => print(field, DEEPEST) !== undefined);
}

function printAll(fields: readonly Field[]): string { return fields.map((field) => print(field, DEEPEST)).join(" "); }

/** The field with what is below it; undefined when it asks for arguments, leads to a record or goes too deep. */
function print(field: Field, depth: number): string | undefined {
  if (field.args.some(({ type }) => isNonNullType(type))) return undefined;
  const type = getNamedType(field.type);
  if (isLeafType(type) || isEnumType(type)) return field.name;
  if (!isObjectType(type) || depth === 0 || type.getFields()["id"] !== undefined || type.getFields()["nodes"] !== undefined) return undefined;
  const below = Object.values(type.getFields()).map((each) => print(each, depth - 1));
  return below.includes(undefined) ? undefined : `${field.name} { ${below.join(" ")} }`;
}

function startsWithWord(name: string, prefix: string): boolean { return name.startsWith(prefix) && /^[A-Z]/.test(name.slice(prefix.length)); }
