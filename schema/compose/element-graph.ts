/**
 * The API schema as a graph of numbered elements, made once per bundle so that a view costs a walk over arrays: every type, field, value and argument with the
 * index of its floor, what it refers to, and who has to be looked at again when it goes. Everything stands in the order of names: the order in which a schema was
 * composed would tell of what came before.
 */
import {
  type GraphQLArgument, type GraphQLEnumValue, type GraphQLField, type GraphQLInputField, type GraphQLNamedType, type GraphQLSchema,
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
  readonly source: GraphQLArgument;
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
  readonly source: GraphQLField<unknown, unknown> | GraphQLInputField | GraphQLEnumValue;
  readonly inputs: readonly InputElement[];
  readonly isRequired: boolean;
  readonly named: readonly number[];
  /** Whether it stays wherever its own type does: nothing but its type can strike it. */
  readonly isPlain: boolean;
  /** For a field of an interface: the same field of each implementation, with its arguments in the order of `inputs`. */
  readonly shared: readonly { readonly type: number; readonly member: number; readonly inputs: readonly (InputElement | undefined)[] }[];
}
export type TypeKind = "scalar" | "object" | "interface" | "union" | "enum" | "input";
export interface TypeElement {
  readonly type: GraphQLNamedType;
  readonly kind: TypeKind;
  /** -1 for built-in scalars, which everybody sees; -2 for a type without a label, which nobody does. */
  readonly floor: number;
  readonly members: readonly MemberElement[];
  /** Possible types of a union, implementing types of an interface. */
  readonly possible: readonly number[];
  readonly interfaces: readonly number[];
  /** Types to look at again when this one loses a member or goes. */
  readonly dependents: readonly number[];
  /** Types that refer to this one, by a field, an argument, a member of a union or an interface. */
  readonly referrers: readonly number[];
}
export interface ElementGraph {
  readonly labels: CoordinateLabels;
  readonly types: readonly TypeElement[];
  /** Type name -> its number. */
  readonly indexes: ReadonlyMap<string, number>;
  /** Floors by the ids of members and inputs. */
  readonly memberFloors: Int32Array;
  readonly inputFloors: Int32Array;
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

type Draft = { -readonly [K in keyof TypeElement]: TypeElement[K] };

class GraphBuilder {
  readonly #types: readonly GraphQLNamedType[];
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #floors: ReadonlyMap<LabelCore, number>;
  /** Of each type its members by name. */
  readonly #memberIds: ReadonlyMap<string, ReadonlyMap<string, number>>;
  #memberCount = 0;
  #inputCount = 0;

  constructor(private readonly schema: GraphQLSchema, private readonly labels: CoordinateLabels) {
    this.#types = inOrder(Object.values(schema.getTypeMap()).filter((type) => !type.name.startsWith("__")));
    this.#indexes = new Map(this.#types.map((type, index) => [type.name, index]));
    this.#floors = new Map(labels.distinct.map((core, index) => [core, index]));
    this.#memberIds = new Map(this.#types.map((type) => [type.name, new Map(membersOf(type).map(({ name }) => [name, this.#memberCount++]))]));
  }

  build(): ElementGraph {
    const types = this.#types.map((type): Draft => ({
      type, kind: kindOf(type), floor: this.#floorOfType(type), members: this.#membersOf(type), dependents: [], referrers: [],
      possible: isUnionType(type) ? this.#indexesOf(type.getTypes()) : isInterfaceType(type) ? this.#indexesOf(this.#implementers(type.name)) : [],
      interfaces: isObjectType(type) || isInterfaceType(type) ? this.#indexesOf(type.getInterfaces()) : [],
    }));
    for (const draft of types) if (draft.kind === "interface") draft.members = shareAll(draft.members, draft.possible, types);
    const ownerOf = new Int32Array(this.#memberCount);
    const [memberFloors, inputFloors] = [new Int32Array(this.#memberCount), new Int32Array(this.#inputCount)];
    for (const [index, { members }] of types.entries()) {
      for (const { id, floor, inputs } of members) {
        ownerOf[id] = index;
        memberFloors[id] = floor;
        for (const input of inputs) inputFloors[input.id] = input.floor;
      }
    }
    const dependents = types.map(() => new Set<number>());
    const referrers = types.map(() => new Set<number>());
    for (const [index, { kind, members, possible, interfaces }] of types.entries()) {
      const needs = (need: number): void => { if (need !== index) dependents[need]?.add(index); };
      const refersTo = (need: number): void => { if (need !== index) referrers[need]?.add(index); };
      possible.forEach(needs);
      interfaces.forEach(refersTo);
      if (kind === "union") possible.forEach(refersTo);
      for (const member of members) {
        for (const { type, named } of [member, ...member.inputs]) {
          needs(type);
          refersTo(type);
          for (const id of named) needs(ownerOf[id] ?? -1);
        }
      }
    }
    for (const [index, draft] of types.entries()) [draft.dependents, draft.referrers] = [[...dependents[index] ?? []], [...referrers[index] ?? []]];
    const roots = [this.schema.getQueryType(), this.schema.getMutationType(), this.schema.getSubscriptionType()].flatMap((type) => (type ? [this.#indexOf(type)] : []));
    const everything = { types: new Uint8Array(types.length).fill(1), members: new Uint8Array(this.#memberCount).fill(1), inputs: new Uint8Array(this.#inputCount).fill(1) };
    const reached = reachFrom(roots, types, everything);
    const orphans = types.flatMap((_, index) => (reached[index] === 1 ? [] : [index]));
    return { labels: this.labels, types, indexes: this.#indexes, memberFloors, inputFloors, roots, orphans };
  }

  #indexOf(type: { readonly name: string }): number {
    return this.#indexes.get(type.name) ?? -1;
  }

  #indexesOf(types: readonly GraphQLNamedType[]): readonly number[] {
    return types.map((type) => this.#indexOf(type)).sort((a, b) => a - b);
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
    const ids = this.#memberIds.get(type.name);
    const id = (name: string): number => ids?.get(name) ?? -1;
    if (isEnumType(type)) {
      return inOrder(type.getValues()).map((source) => ({
        id: id(source.name), name: source.name, floor: this.#floor(this.labels.enumValueFloor(type.name, source.name)), type: -1, source, inputs: [], isRequired: false, named: [], shared: [], isPlain: true,
      }));
    }
    if (isInputObjectType(type)) {
      return inOrder(Object.values(type.getFields())).map((source) => ({
        id: id(source.name), name: source.name, floor: this.#floor(this.labels.inputFieldFloor(type.name, source.name)), type: this.#indexOf(getNamedType(source.type)), source,
        inputs: [], isRequired: isRequiredInputField(source), named: this.#namedBy(source), shared: [], isPlain: source.defaultValue === undefined,
      }));
    }
    if (!isObjectType(type) && !isInterfaceType(type)) return [];
    return inOrder(Object.values(type.getFields())).map((source) => ({
      id: id(source.name), name: source.name, floor: this.#floor(this.labels.floor(type.name, source.name)), type: this.#indexOf(getNamedType(source.type)), source,
      inputs: inOrder(source.args).map((argument) => ({
        id: this.#inputCount++, name: argument.name, floor: this.#floor(this.labels.argumentFloor(type.name, source.name, argument.name)),
        type: this.#indexOf(getNamedType(argument.type)), source: argument, isRequired: isRequiredArgument(argument), named: this.#namedBy(argument),
      })),
      isRequired: false, named: [], shared: [], isPlain: source.args.length === 0,
    }));
  }

  /** What the default value of an argument or input field names; a name that is nowhere is -1, which is never visible. */
  #namedBy(input: GraphQLArgument | GraphQLInputField): readonly number[] {
    return namedByDefault(input.defaultValue, input.type).map((coordinate) => {
      const [type = "", member = ""] = coordinate.split(".");
      return this.#memberIds.get(type)?.get(member) ?? -1;
    });
  }
}

function kindOf(type: GraphQLNamedType): TypeKind {
  return isObjectType(type) ? "object" : isInterfaceType(type) ? "interface" : isUnionType(type) ? "union" : isEnumType(type) ? "enum" : isInputObjectType(type) ? "input" : "scalar";
}

function membersOf(type: GraphQLNamedType): readonly { readonly name: string }[] {
  return isEnumType(type) ? type.getValues() : isObjectType(type) || isInterfaceType(type) || isInputObjectType(type) ? Object.values(type.getFields()) : [];
}

function inOrder<T extends { readonly name: string }>(elements: readonly T[]): readonly T[] {
  return [...elements].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The members of an interface with what implements them. */
function shareAll(members: readonly MemberElement[], implementers: readonly number[], types: readonly Draft[]): readonly MemberElement[] {
  const owns = implementers.map((index) => [index, new Map((types[index]?.members ?? []).map((own) => [own.name, own]))] as const);
  return members.map((member) => ({
    ...member, isPlain: false,
    shared: owns.flatMap(([index, byName]) => {
      const own = byName.get(member.name);
      return own === undefined ? [] : [{ type: index, member: own.id, inputs: member.inputs.map((input) => own.inputs.find(({ name }) => name === input.name)) }];
    }),
  }));
}

/** Bits of a graph that are on. */
export interface Bits { readonly types: Uint8Array; readonly members: Uint8Array; readonly inputs: Uint8Array }

/** Marks the types that can be asked for, named in a fragment or passed, starting from `from`, over what is on. */
export function reachFrom(from: readonly number[], types: readonly TypeElement[], on: Bits): Uint8Array {
  const reached = new Uint8Array(types.length);
  const queue: number[] = [];
  const reach = (index: number): void => {
    if (reached[index] === 1 || on.types[index] !== 1) return;
    reached[index] = 1;
    queue.push(index);
  };
  for (const index of from) reach(index);
  for (let index = queue.pop(); index !== undefined; index = queue.pop()) {
    const element = types[index];
    if (element === undefined) continue;
    for (const possible of element.possible) reach(possible);
    for (const parent of element.interfaces) reach(parent);
    for (const { id, type, inputs } of element.members) {
      if (on.members[id] !== 1) continue;
      reach(type);
      for (const input of inputs) if (on.inputs[input.id] === 1) reach(input.type);
    }
  }
  return reached;
}
