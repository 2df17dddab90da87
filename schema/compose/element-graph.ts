/**
 * The API schema as a graph of numbered elements, made once per bundle so that a view costs a walk over arrays: every type, field, value and argument with the
 * index of its floor, what it refers to, and who has to be looked at again when it goes.
 */
import {
  type GraphQLArgument, type GraphQLInputField, type GraphQLNamedType, type GraphQLSchema,
  getNamedType, isEnumType, isInputObjectType, isInterfaceType, isObjectType, isRequiredArgument, isRequiredInputField,
  isSpecifiedScalarType, isUnionType,
} from "graphql";
import type { LabelCore } from "../label";
import type { CoordinateLabels } from "./coordinate-labels";
import { namedByDefault } from "./named-by-default";

/** Something a value is passed to: an argument or a field of an input object. Numbers are indexes into the graph's lists. */
export interface InputElement {
  readonly id: number;
  readonly name: string;
  readonly floor: number;
  readonly type: number;
  readonly isRequired: boolean;
  /** Ids of the enum values and input fields that its default value names. */
  readonly named: readonly number[];
}
/** A field, an input field (itself its one argument) or an enum value (without type). */
export interface MemberElement {
  readonly id: number;
  readonly name: string;
  readonly floor: number;
  readonly type: number;
  readonly inputs: readonly InputElement[];
  readonly isRequired: boolean;
  readonly named: readonly number[];
  /** For a field of an interface: the same field of each implementation, with its arguments in the order of `inputs`. */
  readonly shared: readonly { readonly type: number; readonly member: number; readonly inputs: readonly (InputElement | undefined)[] }[];
}
export interface TypeElement {
  readonly type: GraphQLNamedType;
  /** -1 for built-in scalars, which everybody sees; -2 for a type without a label, which nobody does. */
  readonly floor: number;
  readonly members: readonly MemberElement[];
  /** Possible types of a union, implementing types of an interface. */
  readonly possible: readonly number[];
  readonly interfaces: readonly number[];
  /** Types to look at again when this one loses a member or goes. */
  readonly dependents: ReadonlySet<number>;
}
export interface ElementGraph {
  readonly labels: CoordinateLabels;
  readonly types: readonly TypeElement[];
  readonly memberCount: number;
  readonly inputCount: number;
  readonly roots: readonly number[];
  /** Types that nothing refers to even in the whole schema. */
  readonly orphans: readonly number[];
}

export const EVERYBODY = -1;
export const NOBODY = -2;

const graphs = new WeakMap<GraphQLSchema, ElementGraph>();

/** The graph of a schema and its labels; kept for as long as the schema lives. */
export function graphOf(schema: GraphQLSchema, labels: CoordinateLabels): ElementGraph {
  const known = graphs.get(schema);
  if (known?.labels === labels) return known;
  const graph = new GraphBuilder(schema, labels).build();
  graphs.set(schema, graph);
  return graph;
}

type Draft = { -readonly [K in keyof TypeElement]: TypeElement[K] } & { dependents: Set<number>; members: MemberElement[] };

class GraphBuilder {
  readonly #types: readonly GraphQLNamedType[];
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #floors: ReadonlyMap<LabelCore, number>;
  readonly #memberIds = new Map<string, number>();
  #inputCount = 0;

  constructor(private readonly schema: GraphQLSchema, private readonly labels: CoordinateLabels) {
    this.#types = Object.values(schema.getTypeMap()).filter((type) => !type.name.startsWith("__"));
    this.#indexes = new Map(this.#types.map((type, index) => [type.name, index]));
    this.#floors = new Map(labels.distinct.map((core, index) => [core, index]));
    for (const type of this.#types) {
      const names = isEnumType(type) ? type.getValues().map(({ name }) => name) : isObjectType(type) || isInterfaceType(type) || isInputObjectType(type) ? Object.keys(type.getFields()) : [];
      for (const name of names) this.#memberIds.set(`${type.name}.${name}`, this.#memberIds.size);
    }
  }

  build(): ElementGraph {
    const types = this.#types.map((type): Draft => ({
      type, floor: this.#floorOfType(type), members: [...this.#membersOf(type)], dependents: new Set(),
      possible: isUnionType(type) ? type.getTypes().map((member) => this.#indexOf(member)) : isInterfaceType(type) ? this.#implementers(type.name).map((found) => this.#indexOf(found)) : [],
      interfaces: isObjectType(type) || isInterfaceType(type) ? type.getInterfaces().map((parent) => this.#indexOf(parent)) : [],
    }));
    for (const draft of types) if (isInterfaceType(draft.type)) draft.members = draft.members.map((member) => ({ ...member, shared: shareOf(member, draft.possible, types) }));
    const ownerOf = new Map(types.flatMap(({ members }, index) => members.map(({ id }) => [id, index] as const)));
    for (const [index, { members, possible }] of types.entries()) {
      const needs = [...possible, ...members.flatMap((member) => [member, ...member.inputs]).flatMap(({ type, named }) => [type, ...named.map((id) => ownerOf.get(id) ?? -1)])];
      for (const need of needs) if (need !== index) types[need]?.dependents.add(index);
    }
    const roots = [this.schema.getQueryType(), this.schema.getMutationType(), this.schema.getSubscriptionType()].flatMap((type) => (type ? [this.#indexOf(type)] : []));
    const reached = reachFrom(roots, types, () => true, () => true, () => true);
    const orphans = types.flatMap((_, index) => (reached[index] === 1 ? [] : [index]));
    return { labels: this.labels, types, memberCount: this.#memberIds.size, inputCount: this.#inputCount, roots, orphans };
  }

  #indexOf(type: { readonly name: string }): number {
    return this.#indexes.get(type.name) ?? -1;
  }

  #floor(core: LabelCore): number {
    return this.#floors.get(core) ?? NOBODY;
  }

  #floorOfType(type: GraphQLNamedType): number {
    if (isSpecifiedScalarType(type)) return EVERYBODY;
    return this.labels.knows(type.name) ? this.#floor(this.labels.floor(type.name)) : NOBODY;
  }

  #implementers(name: string): readonly GraphQLNamedType[] {
    const type = this.schema.getType(name);
    if (!isInterfaceType(type)) return [];
    const { objects, interfaces } = this.schema.getImplementations(type);
    return [...objects, ...interfaces];
  }

  #membersOf(type: GraphQLNamedType): readonly MemberElement[] {
    if (!this.labels.knows(type.name)) return [];
    const id = (name: string): number => this.#memberIds.get(`${type.name}.${name}`) ?? -1;
    if (isEnumType(type)) {
      return type.getValues().map(({ name }) => ({ id: id(name), name, floor: this.#floor(this.labels.enumValueFloor(type.name, name)), type: -1, inputs: [], isRequired: false, named: [], shared: [] }));
    }
    if (isInputObjectType(type)) {
      return Object.values(type.getFields()).map((field) => ({
        id: id(field.name), name: field.name, floor: this.#floor(this.labels.inputFieldFloor(type.name, field.name)), type: this.#indexOf(getNamedType(field.type)),
        inputs: [], isRequired: isRequiredInputField(field), named: this.#namedBy(field), shared: [],
      }));
    }
    if (!isObjectType(type) && !isInterfaceType(type)) return [];
    return Object.values(type.getFields()).map((field) => ({
      id: id(field.name), name: field.name, floor: this.#floor(this.labels.floor(type.name, field.name)), type: this.#indexOf(getNamedType(field.type)),
      inputs: field.args.map((argument) => ({
        id: this.#inputCount++, name: argument.name, floor: this.#floor(this.labels.argumentFloor(type.name, field.name, argument.name)),
        type: this.#indexOf(getNamedType(argument.type)), isRequired: isRequiredArgument(argument), named: this.#namedBy(argument),
      })),
      isRequired: false, named: [], shared: [],
    }));
  }

  /** What the default value of an argument or input field names; a name that is nowhere is -1, which is never visible. */
  #namedBy(input: GraphQLArgument | GraphQLInputField): readonly number[] {
    return namedByDefault(input.defaultValue, input.type).map((coordinate) => this.#memberIds.get(coordinate) ?? -1);
  }
}

function shareOf(member: MemberElement, implementers: readonly number[], types: readonly Draft[]): MemberElement["shared"] {
  return implementers.flatMap((index) => {
    const own = types[index]?.members.find(({ name }) => name === member.name);
    return own === undefined ? [] : [{ type: index, member: own.id, inputs: member.inputs.map((input) => own.inputs.find(({ name }) => name === input.name)) }];
  });
}

/** Marks the types that can be asked for, named in a fragment or passed, starting from `from`, over what is on. */
export function reachFrom(
  from: readonly number[], types: readonly TypeElement[], isTypeOn: (type: number) => boolean, isMemberOn: (member: number) => boolean, isInputOn: (input: number) => boolean,
): Uint8Array {
  const reached = new Uint8Array(types.length);
  const queue = [...from];
  for (let index = queue.pop(); index !== undefined; index = queue.pop()) {
    const element = types[index];
    if (element === undefined || reached[index] === 1 || !isTypeOn(index)) continue;
    reached[index] = 1;
    queue.push(...element.possible, ...element.interfaces);
    for (const member of element.members) {
      if (!isMemberOn(member.id)) continue;
      queue.push(member.type);
      for (const input of member.inputs) if (isInputOn(input.id)) queue.push(input.type);
    }
  }
  return reached;
}
