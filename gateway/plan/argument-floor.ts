/**
 * Floors of what a client passes into the graph (attacks B-36, B-65, B-73): an argument's own, and those of input fields and enum values inside
 * it. Literals are known when the operation is compiled; variables are walked once per request.
 */
import {
  type ArgumentNode, type GraphQLField, type GraphQLInputType, type GraphQLSchema, Kind, type ValueNode,
  getNullableType, isEnumType, isInputObjectType, isListType, typeFromAST, type TypeNode, isInputType,
} from "graphql";
import { BOTTOM, type LabelCore, join } from "../../schema/label";
import type { CoordinateLabels } from "../../schema/compose";
import type { ArgumentFloor } from "./place";

/** Floor of the arguments given to a field of `typeName`. */
export function argumentFloorOf(labels: CoordinateLabels, typeName: string, field: GraphQLField<unknown, unknown>, given: readonly ArgumentNode[]): ArgumentFloor {
  let core: LabelCore = BOTTOM;
  const variables = new Set<string>();
  for (const argument of given) {
    const definition = field.args.find((candidate) => candidate.name === argument.name.value);
    if (definition === undefined) throw new Error(`${typeName}.${field.name} has no argument ${argument.name.value}`);
    core = join(core, labels.argumentFloor(typeName, field.name, argument.name.value));
    core = join(core, literalFloor(labels, argument.value, definition.type, variables));
  }
  return { core, variables: [...variables] };
}

export function joinFloors(a: ArgumentFloor | undefined, b: ArgumentFloor | undefined): ArgumentFloor | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return { core: join(a.core, b.core), variables: [...new Set([...a.variables, ...b.variables])] };
}

function literalFloor(labels: CoordinateLabels, value: ValueNode, type: GraphQLInputType, variables: Set<string>): LabelCore {
  const bare = getNullableType(type);
  if (value.kind === Kind.VARIABLE) { variables.add(value.name.value); return BOTTOM; }
  if (isListType(bare)) {
    const items = value.kind === Kind.LIST ? value.values : [value];
    return items.reduce<LabelCore>((core, item) => join(core, literalFloor(labels, item, bare.ofType, variables)), BOTTOM);
  }
  if (isEnumType(bare)) return value.kind === Kind.ENUM ? labels.enumValueFloor(bare.name, value.value) : BOTTOM;
  if (!isInputObjectType(bare) || value.kind !== Kind.OBJECT) return BOTTOM;
  return value.fields.reduce<LabelCore>((core, field) => {
    const definition = bare.getFields()[field.name.value];
    if (definition === undefined) return core;
    return join(join(core, labels.inputFieldFloor(bare.name, field.name.value)), literalFloor(labels, field.value, definition.type, variables));
  }, BOTTOM);
}

/** Floor of a coerced variable value. */
export function variableFloor(labels: CoordinateLabels, schema: GraphQLSchema, type: TypeNode, value: unknown): LabelCore {
  const resolved = typeFromAST(schema, type);
  return isInputType(resolved) ? valueFloor(labels, resolved, value) : BOTTOM;
}

function valueFloor(labels: CoordinateLabels, type: GraphQLInputType, value: unknown): LabelCore {
  if (value === null || value === undefined) return BOTTOM;
  const bare = getNullableType(type);
  if (isListType(bare)) return (Array.isArray(value) ? value : [value]).reduce<LabelCore>((core, item) => join(core, valueFloor(labels, bare.ofType, item)), BOTTOM);
  if (isEnumType(bare)) return typeof value === "string" ? labels.enumValueFloor(bare.name, value) : BOTTOM;
  if (!isInputObjectType(bare) || typeof value !== "object") return BOTTOM;
  return Object.entries(value).reduce<LabelCore>((core, [name, item]) => {
    const definition = bare.getFields()[name];
    return definition === undefined ? core : join(join(core, labels.inputFieldFloor(bare.name, name)), valueFloor(labels, definition.type, item));
  }, BOTTOM);
}
