/**
 * The schema that a class of subjects sees (SPEC 5.7): the API schema without what their static labels do not permit, always a valid schema,
 * so that forbidden equals unknown in validation, coercion, introspection and error texts. No `_label`, no directive of federation or of the label specification.
 * Made of bits: a type exists when somebody looks at it.
 */
import {
  type GraphQLAbstractType, type GraphQLArgumentConfig, type GraphQLInterfaceType, type GraphQLNamedType, GraphQLDirective, GraphQLObjectType, GraphQLSchema,
  getNamedType, isInterfaceType, isObjectType, isSpecifiedDirective, printSchema, specifiedDirectives,
} from "graphql";
import { BOTTOM, type LabelCore, join } from "../label";
import { type Bundle, apiSchemaOf } from "./bundle";
import type { CoordinateLabels } from "./coordinate-labels";
import type { ElementGraph } from "./element-graph";
import { namedByDefault } from "./named-by-default";
import { TypeMaker } from "./view-types";
import { type Visible, findVisible, isVisible } from "./visible";

type TypeMap = ReturnType<GraphQLSchema["getTypeMap"]>;

/**
 * The filtered schema.
 * @param permitted whether the subjects of the class are permitted that floor; asked once per member of `bundle.labels.distinct`.
 * @throws RangeError when not even PUBLIC is permitted: then there is nothing to ask.
 */
export function viewOf(bundle: Bundle, permitted: (floor: LabelCore) => boolean): GraphQLSchema {
  return filterSchema(apiSchemaOf(bundle), bundle.labels, permitted);
}

/** The same of any schema whose floors are known. */
export function filterSchema(api: GraphQLSchema, labels: CoordinateLabels, permitted: (floor: LabelCore) => boolean): GraphQLSchema {
  const visible = findVisible(api, labels, permitted);
  const query = api.getQueryType()?.name;
  if (query === undefined || !isVisible(visible, query)) throw new RangeError("the view is empty: not even PUBLIC is permitted");
  return new View(api, visible);
}

/** Does now what all views of a bundle have in common, and looks through it once, so that the first one does not take longer than others. */
export function prepareViews(bundle: Bundle): void {
  wholeOf(findVisible(apiSchemaOf(bundle), bundle.labels, () => true).graph);
  findVisible(apiSchemaOf(bundle), bundle.labels, (floor) => floor.level === 0);
}

/** Name of the class of subjects: one bit per distinct floor, in the order of `bundle.labels.distinct`. Equal classes have equal views. */
export function staticClass(bundle: Bundle, permitted: (floor: LabelCore) => boolean): string {
  return bundle.labels.distinct.map((core) => (permitted(core) ? "1" : "0")).join("");
}

/** A view as text, and what the text is worth: the join of the floors of everything that it names. */
export interface PrintedView { readonly sdl: string; readonly floor: LabelCore }

/** Prints a view made here, in the order of names. */
export function printView(view: GraphQLSchema): PrintedView {
  if (!(view instanceof View)) throw new TypeError("not a view");
  return { sdl: `${printSchema(view)}\n`, floor: view.floor() };
}

/** What a schema is worth that was made here: the join of the floors of everything that it names. Of any other, PUBLIC. */
export function floorOfView(view: GraphQLSchema): LabelCore { return view instanceof View ? view.floor() : BOTTOM; }

/** The same view for somebody who looks types up and never needs the list of them, which would make them all. */
export function unlistedView(view: GraphQLSchema): GraphQLSchema {
  return view instanceof View ? view.unlisted() : view;
}

/** Types that are the same in every view of a graph. */
const wholes = new WeakMap<ElementGraph, TypeMaker>();

function wholeOf(graph: ElementGraph): TypeMaker {
  const known = wholes.get(graph) ?? new TypeMaker(graph);
  wholes.set(graph, known);
  return known;
}

class View extends GraphQLSchema {
  readonly #visible: Visible;
  readonly #maker: TypeMaker;
  readonly #implementations = new Map<string, { objects: GraphQLObjectType[]; interfaces: GraphQLInterfaceType[] }>();
  #directives: readonly GraphQLDirective[] | undefined;
  #types: TypeMap | undefined;
  #floor: LabelCore | undefined;

  constructor(private readonly api: GraphQLSchema, visible: Visible, maker = new TypeMaker(visible.graph, visible, wholeOf(visible.graph))) {
    super({ description: api.description, directives: [...specifiedDirectives], assumeValid: true });
    this.#visible = visible;
    this.#maker = maker;
  }

  /** A view of the same types whose type map answers for every name and lists none. */
  unlisted(): GraphQLSchema { return new UnlistedView(this.api, this.#visible, this.#maker); }

  override getQueryType(): GraphQLObjectType | undefined { return this.#root(this.api.getQueryType()); }
  override getMutationType(): GraphQLObjectType | undefined { return this.#root(this.api.getMutationType()); }
  override getSubscriptionType(): GraphQLObjectType | undefined { return this.#root(this.api.getSubscriptionType()); }

  override getType(name: string): GraphQLNamedType | undefined {
    const index = this.#visible.graph.indexes.get(name);
    return (index === undefined ? undefined : this.#maker.typeAt(index)) ?? super.getTypeMap()[name];
  }

  override getTypeMap(): TypeMap {
    if (this.#types === undefined) {
      const { graph, types } = this.#visible;
      const introspection = super.getTypeMap();
      const visible = graph.types.flatMap(({ type }, index) => (types[index] === 1 ? [type.name] : []));
      const names = [...new Set([...visible, ...Object.keys(introspection).filter((name) => !name.startsWith("__"))])].sort();
      const made = Object.create(null) as TypeMap;
      for (const name of [...names, ...Object.keys(introspection)]) {
        const type = this.getType(name);
        if (type !== undefined) made[name] = type;
      }
      this.#types = made;
    }
    return this.#types;
  }

  override getImplementations({ name }: GraphQLInterfaceType): { objects: GraphQLObjectType[]; interfaces: GraphQLInterfaceType[] } {
    const known = this.#implementations.get(name);
    if (known !== undefined) return known;
    const { graph, types } = this.#visible;
    const index = graph.indexes.get(name) ?? -1;
    const all = types[index] === 1 ? this.#maker.typesAt(graph.types[index]?.possible ?? []) : [];
    const made = { objects: all.filter(isObjectType), interfaces: all.filter(isInterfaceType) };
    this.#implementations.set(name, made);
    return made;
  }

  override getPossibleTypes(type: GraphQLAbstractType): readonly GraphQLObjectType[] {
    return isInterfaceType(type) ? this.getImplementations(type).objects : type.getTypes();
  }

  override getDirectives(): readonly GraphQLDirective[] {
    return (this.#directives ??= [...this.api.getDirectives()].sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap((directive) => rebuildDirective(directive, this.#visible, this.#maker)));
  }

  /** The join of the floors of everything that is visible. */
  floor(): LabelCore { return (this.#floor ??= this.#joinFloors()); }

  #joinFloors(): LabelCore {
    const { graph, types, members, inputs } = this.#visible;
    const floors = new Set<number>();
    for (const element of graph.types.filter((_, index) => types[index] === 1)) {
      floors.add(element.floor);
      for (const member of element.members.filter(({ id }) => members[id] === 1)) {
        floors.add(member.floor);
        for (const input of member.inputs) if (inputs[input.id] === 1) floors.add(input.floor);
      }
    }
    return [...floors].map((floor) => graph.labels.distinct[floor] ?? BOTTOM).reduce(join, BOTTOM);
  }

  #root(type: GraphQLObjectType | null | undefined): GraphQLObjectType | undefined {
    const made = type ? this.getType(type.name) : undefined;
    return isObjectType(made) ? made : undefined;
  }
}

class UnlistedView extends View {
  override getTypeMap(): TypeMap {
    return new Proxy(Object.create(null) as TypeMap, { get: (_, name) => (typeof name === "string" ? this.getType(name) : undefined), has: (_, name) => typeof name === "string" && this.getType(name) !== undefined });
  }
}

const EXECUTABLE: ReadonlySet<string> = new Set(["QUERY", "MUTATION", "SUBSCRIPTION", "FIELD", "FRAGMENT_DEFINITION", "FRAGMENT_SPREAD", "INLINE_FRAGMENT", "VARIABLE_DEFINITION"]);

/** Directives that clients can use stay, unless an argument's type or what its default names is hidden; those of the type system are none of their business. */
function rebuildDirective(directive: GraphQLDirective, visible: Visible, maker: TypeMaker): readonly GraphQLDirective[] {
  if (isSpecifiedDirective(directive)) return [directive];
  const locations = directive.locations.filter((location) => EXECUTABLE.has(location));
  const isKnown = (named: string): boolean => { const [type = "", member] = named.split("."); return isVisible(visible, type, member); };
  const isUsable = directive.args.every((argument) => isVisible(visible, getNamedType(argument.type).name) && namedByDefault(argument.defaultValue, argument.type).every(isKnown));
  if (locations.length === 0 || !isUsable) return [];
  const args = [...directive.args].sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ name, type, description, defaultValue, deprecationReason }): [string, GraphQLArgumentConfig] => [
    name, { type: maker.referTo(type, visible.graph.indexes.get(getNamedType(type).name) ?? -1), description, defaultValue, deprecationReason },
  ]);
  return [new GraphQLDirective({ name: directive.name, description: directive.description, isRepeatable: directive.isRepeatable, locations, args: Object.fromEntries(args) })];
}
