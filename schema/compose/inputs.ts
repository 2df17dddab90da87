/**
 * What a field set reads: every coordinate it touches with its floor. Used for `@requires`, keys and contexts (SPEC 5.6).
 * Aliases, fragments, type conditions, arguments and enum literals count; under an abstract type every type that may be there counts.
 */
import {
  type FieldNode, type GraphQLNamedType, type GraphQLSchema, type SelectionSetNode, type ValueNode,
  Kind, getNamedType, isAbstractType, isEnumType, isInputObjectType, isInterfaceType, isObjectType,
} from "graphql";
import type { LabelCore } from "../label";
import type { CoordinateLabels } from "./coordinate-labels";

export interface FlowInput {
  readonly coordinate: string;
  readonly floor: LabelCore;
}

/** Lists what the selections on an object type read. Coordinates that are not in the schema are left to composition, which refuses them. */
export function collectInputs(schema: GraphQLSchema, labels: CoordinateLabels, typeName: string, selections: SelectionSetNode): readonly FlowInput[] {
  const found = new Map<string, LabelCore>();
  const read = new Map<SelectionSetNode, Set<string>>();
  const add = (coordinate: string, floor: LabelCore): void => { found.set(coordinate, floor); };
  const readValue = (value: ValueNode, type: GraphQLNamedType): void => {
    if (value.kind === Kind.LIST) for (const member of value.values) readValue(member, type);
    if (value.kind === Kind.ENUM && isEnumType(type) && type.getValue(value.value)) {
      add(`${type.name}.${value.value}`, labels.enumValueFloor(type.name, value.value));
    }
    if (value.kind !== Kind.OBJECT || !isInputObjectType(type)) return;
    for (const { name, value: member } of value.fields) {
      const field = type.getFields()[name.value];
      if (field === undefined) continue;
      add(`${type.name}.${field.name}`, labels.inputFieldFloor(type.name, field.name));
      readValue(member, getNamedType(field.type));
    }
  };
  const readField = (parent: string, node: FieldNode): void => {
    const type = schema.getType(parent);
    if (!isObjectType(type) && !isInterfaceType(type)) return;
    const field = type.getFields()[node.name.value];
    if (field === undefined) return;
    add(`${parent}.${field.name}`, labels.floor(parent, field.name));
    for (const argument of field.args) {
      const given = node.arguments?.find(({ name }) => name.value === argument.name);
      if (given === undefined) continue;
      add(`${parent}.${field.name}(${argument.name}:)`, labels.argumentFloor(parent, field.name, argument.name));
      readValue(given.value, getNamedType(argument.type));
    }
    const returned = getNamedType(field.type);
    if (node.selectionSet) for (const concrete of concreteTypes(schema, returned.name)) readSet(concrete, node.selectionSet);
    if (isEnumType(returned)) for (const { name } of returned.getValues()) add(`${returned.name}.${name}`, labels.enumValueFloor(returned.name, name));
  };
  const readSet = (parent: string, set: SelectionSetNode): void => {
    // Once per set and type: many possible types at every level would otherwise multiply.
    const types = read.get(set) ?? new Set<string>();
    if (types.has(parent)) return;
    read.set(set, types.add(parent));
    add(parent, labels.floor(parent));
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) readField(parent, selection);
      if (selection.kind !== Kind.INLINE_FRAGMENT) continue;
      const condition = selection.typeCondition?.name.value ?? parent;
      if (concreteTypes(schema, condition).includes(parent)) readSet(parent, selection.selectionSet);
    }
  };
  readSet(typeName, selections);
  return [...found].map(([coordinate, floor]) => ({ coordinate, floor }));
}

/** The object types that may stand where the named type is declared: an object type itself, all possible types of an abstract one. */
export function concreteTypes(schema: GraphQLSchema, name: string): readonly string[] {
  const type = schema.getType(name);
  return isAbstractType(type) ? schema.getPossibleTypes(type).map((possible) => possible.name) : [name];
}
