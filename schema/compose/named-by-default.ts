/** What the default value of an argument or input field names: enum values and fields of input objects, as `Type.member` coordinates. A name that is nowhere is given as it stands. */
import { type GraphQLInputType, isEnumType, isInputObjectType, isListType, isNonNullType } from "graphql";

export function namedByDefault(value: unknown, type: GraphQLInputType): readonly string[] {
  if (value === undefined || value === null) return [];
  if (isNonNullType(type)) return namedByDefault(value, type.ofType);
  if (isListType(type)) return Array.isArray(value) ? value.flatMap((member: unknown) => namedByDefault(member, type.ofType)) : namedByDefault(value, type.ofType);
  if (isEnumType(type)) return [`${type.name}.${String(type.serialize(value))}`];
  if (!isInputObjectType(type) || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const field = type.getFields()[name];
    return [`${type.name}.${name}`, ...(field === undefined ? [] : namedByDefault(member, field.type))];
  });
}
