/**
 * Which elements of the API schema a subject may know of (SPEC 5). Takes the schema, the floors and what is permitted; gives the largest part
 * of it that is permitted, refers to nothing hidden and is a valid schema: elements are struck out until nothing more has to go, then what cannot be reached from the roots.
 */
import {
  type GraphQLArgument, type GraphQLField, type GraphQLInputField, type GraphQLInputType, type GraphQLNamedType, type GraphQLSchema,
  getNamedType, isEnumType, isInputObjectType, isInterfaceType, isListType, isNonNullType, isObjectType, isRequiredArgument, isRequiredInputField,
  isSpecifiedScalarType, isUnionType,
} from "graphql";
import type { LabelCore } from "../label";
import type { CoordinateLabels } from "./coordinate-labels";

/** What is visible of one type: its fields with their visible arguments, its input fields or its values; empty for scalars and unions. */
export interface VisibleType {
  readonly members: ReadonlyMap<string, readonly string[]>;
}
export type Visible = ReadonlyMap<string, VisibleType>;

const NO_MEMBERS: VisibleType = { members: new Map() };

/** Finds the visible types by name. `permitted` is asked once per distinct floor. */
export function findVisible(schema: GraphQLSchema, labels: CoordinateLabels, permitted: (floor: LabelCore) => boolean): Visible {
  const answers = new Map(labels.distinct.map((core) => [core, permitted(core)]));
  const may = (core: LabelCore): boolean => answers.get(core) === true;
  const types = Object.values(schema.getTypeMap()).filter((type) => !type.name.startsWith("__"));
  const visible = new Map<string, VisibleType>();
  for (const type of types) {
    if (isSpecifiedScalarType(type) || (labels.knows(type.name) && may(labels.floor(type.name)))) visible.set(type.name, NO_MEMBERS);
  }
  let changed = true;
  while (changed) {
    changed = false;
    for (const type of types) {
      const before = visible.get(type.name);
      if (before === undefined) continue;
      const after = strike(type, schema, labels, may, visible);
      if (after === undefined) visible.delete(type.name);
      else visible.set(type.name, after);
      changed ||= after === undefined || before === NO_MEMBERS ? after !== NO_MEMBERS : sizeOf(before) !== sizeOf(after);
    }
  }
  const reached = reach([...rootNames(schema), ...orphansOf(schema)], schema, visible);
  return new Map([...visible].filter(([name]) => reached.has(name)));
}

type Permit = (core: LabelCore) => boolean;

/** What is left of a type given what is left of the others; undefined when nothing usable is. */
function strike(type: GraphQLNamedType, schema: GraphQLSchema, labels: CoordinateLabels, may: Permit, visible: Visible): VisibleType | undefined {
  if (isEnumType(type)) return nonEmpty(type.getValues().filter((value) => may(labels.enumValueFloor(type.name, value.name))).map((value) => [value.name, []]));
  if (isUnionType(type)) return type.getTypes().some((member) => visible.has(member.name)) ? NO_MEMBERS : undefined;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const kept = fields.filter((field) => may(labels.inputFieldFloor(type.name, field.name)) && isInputVisible(field, visible));
    return fields.some((field) => isRequiredInputField(field) && !kept.includes(field)) ? undefined : nonEmpty(kept.map((field) => [field.name, []]));
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return NO_MEMBERS;
  const fields: [string, readonly string[]][] = [];
  const implementers = isInterfaceType(type) ? implementersOf(type.name, schema, visible) : [];
  if (isInterfaceType(type) && !implementers.some(isObjectType)) return undefined;
  for (const field of Object.values(type.getFields())) {
    if (!may(labels.floor(type.name, field.name)) || !visible.has(getNamedType(field.type).name)) continue;
    const kept = field.args.filter((argument) => may(labels.argumentFloor(type.name, field.name, argument.name)) && isInputVisible(argument, visible));
    const args = keepShared(field, kept, implementers, visible);
    if (args !== undefined && !field.args.some((argument) => isRequiredArgument(argument) && !args.includes(argument.name))) fields.push([field.name, args]);
  }
  return nonEmpty(fields);
}

/**
 * Arguments of an interface's field that every visible implementation has too; undefined when the field itself is not shared by them,
 * or when one of them requires an argument that the interface no longer shows.
 */
function keepShared(field: GraphQLField<unknown, unknown>, kept: readonly GraphQLArgument[], implementers: readonly GraphQLNamedType[], visible: Visible): readonly string[] | undefined {
  let names = kept.map((argument) => argument.name);
  for (const implementer of implementers) {
    const entry = visible.get(implementer.name);
    if (entry === undefined || entry === NO_MEMBERS) continue; // not struck yet in this pass; the next one sees it
    const args = entry.members.get(field.name);
    if (args === undefined) return undefined;
    names = names.filter((name) => args.includes(name));
  }
  for (const implementer of implementers) {
    const own = isObjectType(implementer) || isInterfaceType(implementer) ? implementer.getFields()[field.name] : undefined;
    if (own?.args.some((argument) => isRequiredArgument(argument) && !names.includes(argument.name))) return undefined;
  }
  return names;
}

function implementersOf(name: string, schema: GraphQLSchema, visible: Visible): readonly GraphQLNamedType[] {
  const type = schema.getType(name);
  if (!isInterfaceType(type)) return [];
  const { objects, interfaces } = schema.getImplementations(type);
  return [...objects, ...interfaces].filter((implementer) => visible.has(implementer.name));
}

/** An argument or input field can stay when its type is visible and its default value names nothing hidden [B-73]. */
function isInputVisible(input: GraphQLArgument | GraphQLInputField, visible: Visible): boolean {
  return visible.has(getNamedType(input.type).name) && !namesHidden(input.defaultValue, input.type, visible);
}

function namesHidden(value: unknown, type: GraphQLInputType, visible: Visible): boolean {
  if (value === undefined || value === null) return false;
  if (isNonNullType(type)) return namesHidden(value, type.ofType, visible);
  if (isListType(type)) return Array.isArray(value) ? value.some((member) => namesHidden(member, type.ofType, visible)) : namesHidden(value, type.ofType, visible);
  const entry = visible.get(type.name);
  if (isEnumType(type)) return entry === undefined || (entry !== NO_MEMBERS && !entry.members.has(String(type.serialize(value))));
  if (!isInputObjectType(type) || typeof value !== "object") return false;
  return Object.entries(value).some(([name, member]) => {
    const field = type.getFields()[name];
    return field === undefined || (entry !== undefined && entry !== NO_MEMBERS && !entry.members.has(name)) || namesHidden(member, field.type, visible);
  });
}

function nonEmpty(members: readonly (readonly [string, readonly string[]])[]): VisibleType | undefined {
  return members.length === 0 ? undefined : { members: new Map(members) };
}

/** Grows whenever something of the type is still there; striking only ever shrinks it. */
function sizeOf({ members }: VisibleType): number {
  let size = 0;
  for (const args of members.values()) size += 1 + args.length;
  return size;
}

function rootNames(schema: GraphQLSchema): readonly string[] {
  return [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) => type?.name ?? []);
}

const orphans = new WeakMap<GraphQLSchema, readonly string[]>();

/** Types that nothing refers to even in the whole schema; they stay, as they would in a world without the hidden elements. */
function orphansOf(schema: GraphQLSchema): readonly string[] {
  let known = orphans.get(schema);
  if (known === undefined) {
    const all: Visible = new Map(Object.values(schema.getTypeMap()).map((type) => [type.name, {
      members: new Map(isObjectType(type) || isInterfaceType(type)
        ? Object.values(type.getFields()).map((field) => [field.name, field.args.map((argument) => argument.name)])
        : isInputObjectType(type) ? Object.keys(type.getFields()).map((name) => [name, []]) : []),
    }]));
    const reached = reach(rootNames(schema), schema, all);
    known = Object.keys(schema.getTypeMap()).filter((name) => !reached.has(name) && !name.startsWith("__"));
    orphans.set(schema, known);
  }
  return known;
}

/** Types that can be asked for, named in a fragment or passed, starting from `from`; everything outside `visible` is a wall. */
function reach(from: readonly string[], schema: GraphQLSchema, visible: Visible): ReadonlySet<string> {
  const reached = new Set<string>();
  const queue = [...from];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const type = schema.getType(name);
    const entry = visible.get(name);
    if (reached.has(name) || type === undefined || entry === undefined) continue;
    reached.add(name);
    if (isUnionType(type)) queue.push(...type.getTypes().map((member) => member.name));
    if (isInputObjectType(type)) for (const field of Object.values(type.getFields())) if (entry.members.has(field.name)) queue.push(getNamedType(field.type).name);
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    queue.push(...type.getInterfaces().map((parent) => parent.name));
    if (isInterfaceType(type)) queue.push(...implementersOf(name, schema, visible).map((implementer) => implementer.name));
    for (const field of Object.values(type.getFields())) {
      const args = entry.members.get(field.name);
      if (args === undefined) continue;
      queue.push(getNamedType(field.type).name, ...field.args.filter((argument) => args.includes(argument.name)).map((argument) => getNamedType(argument.type).name));
    }
  }
  return reached;
}
