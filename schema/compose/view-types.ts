/**
 * The types of a view, each made when somebody looks at it and with nothing in it that is hidden (SPEC 5.7). Takes a graph and its visible part; gives graphql-js types.
 * A type from which nothing hidden can be reached is the same object in every view that has it, and so is every field that leads to such a type only: the views of a
 * bundle differ in little and would otherwise each hold all of it.
 */
import {
  type GraphQLArgument, type GraphQLField, type GraphQLFieldMap, type GraphQLInputField, type GraphQLInputFieldMap, type GraphQLNamedType, type GraphQLType,
  GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLUnionType, isInterfaceType, isListType, isNonNullType, isObjectType,
} from "graphql";
import type { Bits, ElementGraph, InputElement, MemberElement, TypeElement } from "./element-graph";

const NO_EXTENSIONS: Readonly<Record<string, unknown>> = Object.freeze(Object.create(null) as Record<string, unknown>);
/** What the classes of graphql-js are told; ours never ask them for members. */
const LATER = { fields: {} };

/** Types by their number in the graph. The maker without `visible` makes them whole, for all views of the graph. */
export class TypeMaker {
  readonly #made: (GraphQLNamedType | undefined)[] = [];
  readonly #members: (GraphQLField<unknown, unknown> | GraphQLInputField | undefined)[] = [];
  readonly #isWhole: Uint8Array;

  constructor(private readonly graph: ElementGraph, private readonly visible?: Bits, private readonly whole?: TypeMaker) {
    this.#isWhole = visible === undefined ? new Uint8Array(0) : findWhole(graph, visible);
  }

  /** The type; undefined when it is hidden. */
  typeAt(index: number): GraphQLNamedType | undefined {
    if (this.visible !== undefined && this.visible.types[index] !== 1) return undefined;
    if (this.whole !== undefined && this.#isWhole[index] === 1) return this.whole.typeAt(index);
    const element = this.graph.types[index];
    return element === undefined ? undefined : (this.#made[index] ??= this.#make(element));
  }

  typesAt(indexes: readonly number[]): readonly GraphQLNamedType[] {
    return indexes.flatMap((index) => this.typeAt(index) ?? []);
  }

  /** The fields of an object or interface, in the order of names. */
  fieldsOf({ members }: TypeElement): GraphQLFieldMap<unknown, unknown> {
    const fields = Object.create(null) as GraphQLFieldMap<unknown, unknown>;
    for (const member of members) if (this.#has(member)) fields[member.name] = this.#fieldOf(member);
    return fields;
  }

  inputFieldsOf({ members }: TypeElement): GraphQLInputFieldMap {
    const fields = Object.create(null) as GraphQLInputFieldMap;
    for (const member of members) if (this.#has(member)) fields[member.name] = this.#inputFieldOf(member);
    return fields;
  }

  /** A reference to a type as it stands in the API schema, for this view. */
  referTo<T extends GraphQLType>(type: T, index: number): T {
    if (isNonNullType(type)) return new GraphQLNonNull(this.referTo(type.ofType, index)) as T;
    if (isListType(type)) return new GraphQLList(this.referTo(type.ofType, index)) as T;
    return this.typeAt(index) as T;
  }

  #has(member: MemberElement): boolean {
    return this.visible === undefined || this.visible.members[member.id] === 1;
  }

  /** Whether the member is the same in every view that has it. */
  #isShared({ type, inputs }: MemberElement): boolean {
    return this.#isWhole[type] === 1 && inputs.every((input) => this.visible?.inputs[input.id] === 1 && this.#isWhole[input.type] === 1);
  }

  #fieldOf(member: MemberElement): GraphQLField<unknown, unknown> {
    if (this.whole !== undefined && this.#isShared(member)) return this.whole.#fieldOf(member);
    const made = () => {
      const { name, description, type, deprecationReason } = member.source as GraphQLField<unknown, unknown>;
      const inputs = member.inputs.filter((input) => this.visible === undefined || this.visible.inputs[input.id] === 1);
      return {
        name, description, type: this.referTo(type, member.type), args: inputs.map((input) => this.#inputOf(input)),
        resolve: undefined, subscribe: undefined, deprecationReason, extensions: NO_EXTENSIONS, astNode: undefined,
      };
    };
    return this.whole === undefined ? (this.#members[member.id] ??= made()) as GraphQLField<unknown, unknown> : made();
  }

  #inputFieldOf(member: MemberElement): GraphQLInputField {
    if (this.whole !== undefined && this.#isShared(member)) return this.whole.#inputFieldOf(member);
    const made = () => this.#inputOf({ source: member.source as GraphQLInputField, type: member.type });
    return this.whole === undefined ? (this.#members[member.id] ??= made()) as GraphQLInputField : made();
  }

  #inputOf({ source, type }: Pick<InputElement, "source" | "type">): GraphQLArgument {
    const { name, description, defaultValue, deprecationReason } = source;
    return { name, description, type: this.referTo(source.type, type), defaultValue, deprecationReason, extensions: NO_EXTENSIONS, astNode: undefined };
  }

  #make(element: TypeElement): GraphQLNamedType {
    const { name, description } = element.type;
    switch (element.kind) {
      case "scalar": return element.type;
      case "object": return new ViewObject(this, element);
      case "interface": return new ViewInterface(this, element);
      case "input": return new ViewInput(this, element);
      case "union": return new GraphQLUnionType({ name, description, types: () => this.typesAt(element.possible).filter(isObjectType) });
      case "enum": return new GraphQLEnumType({ name, description, values: Object.fromEntries(element.members.filter((member) => this.#has(member)).map(({ source }) => {
        const { value, description: text, deprecationReason } = source as { readonly value: unknown; readonly description: string | null | undefined; readonly deprecationReason: string | null | undefined };
        return [source.name, { value, description: text, deprecationReason }];
      })) });
    }
  }
}

class ViewObject extends GraphQLObjectType {
  readonly #maker: TypeMaker;
  readonly #element: TypeElement;
  #fields: GraphQLFieldMap<unknown, unknown> | undefined;
  #interfaces: GraphQLInterfaceType[] | undefined;

  constructor(maker: TypeMaker, element: TypeElement) {
    super({ name: element.type.name, description: element.type.description, ...LATER });
    this.#maker = maker;
    this.#element = element;
  }

  override getFields(): GraphQLFieldMap<unknown, unknown> { return (this.#fields ??= this.#maker.fieldsOf(this.#element)); }
  override getInterfaces(): GraphQLInterfaceType[] { return (this.#interfaces ??= this.#maker.typesAt(this.#element.interfaces).filter(isInterfaceType)); }
}

class ViewInterface extends GraphQLInterfaceType {
  readonly #maker: TypeMaker;
  readonly #element: TypeElement;
  #fields: GraphQLFieldMap<unknown, unknown> | undefined;
  #interfaces: GraphQLInterfaceType[] | undefined;

  constructor(maker: TypeMaker, element: TypeElement) {
    super({ name: element.type.name, description: element.type.description, ...LATER });
    this.#maker = maker;
    this.#element = element;
  }

  override getFields(): GraphQLFieldMap<unknown, unknown> { return (this.#fields ??= this.#maker.fieldsOf(this.#element)); }
  override getInterfaces(): GraphQLInterfaceType[] { return (this.#interfaces ??= this.#maker.typesAt(this.#element.interfaces).filter(isInterfaceType)); }
}

class ViewInput extends GraphQLInputObjectType {
  readonly #maker: TypeMaker;
  readonly #element: TypeElement;
  #fields: GraphQLInputFieldMap | undefined;

  constructor(maker: TypeMaker, element: TypeElement) {
    super({ name: element.type.name, description: element.type.description, isOneOf: (element.type as GraphQLInputObjectType).isOneOf, ...LATER });
    this.#maker = maker;
    this.#element = element;
  }

  override getFields(): GraphQLInputFieldMap { return (this.#fields ??= this.#maker.inputFieldsOf(this.#element)); }
}

/** One bit per type: visible with every member and argument, and so is everything that it refers to. */
function findWhole({ types }: ElementGraph, visible: Bits): Uint8Array {
  const whole = Uint8Array.from(types, ({ members, possible, kind }, index) => {
    if (visible.types[index] !== 1) return 0;
    const isOff = ({ id, inputs }: MemberElement): boolean => visible.members[id] !== 1 || inputs.some((input) => visible.inputs[input.id] !== 1);
    return members.some(isOff) || (kind === "union" && possible.some((type) => visible.types[type] !== 1)) ? 0 : 1;
  });
  const broken = types.flatMap((_, index) => (whole[index] === 1 ? [] : [index]));
  for (let index = broken.pop(); index !== undefined; index = broken.pop()) {
    for (const referrer of types[index]?.referrers ?? []) {
      if (whole[referrer] !== 1) continue;
      whole[referrer] = 0;
      broken.push(referrer);
    }
  }
  return whole;
}
