/**
 * Compiles the selection sets of a ministry's document into shapes. A shape is made once per different set of ways into a place, so interfaces
 * with many implementations and deep documents stay linear.
 */
import {
  type ArgumentNode, type GraphQLCompositeType, type GraphQLField, type GraphQLLeafType, type GraphQLObjectType, type GraphQLOutputType, type GraphQLSchema,
  isAbstractType, isEnumType, isLeafType, isListType, isNonNullType, isObjectType,
} from "graphql";
import { BOTTOM, type LabelCore, dominates } from "../../schema/label";
import { argumentFloorOf, joinFloors } from "./argument-floor";
import type { Conditions } from "./conditions";
import type { Graph, SubgraphView } from "./graph";
import { isTextType, leafCheckOf } from "./leaf";
import type { ArgumentFloor, Place } from "./place";
import { type Collected, type Part, collectFields } from "./selection";
import { LABEL_KEY, type LeafShape, type ReleaseField, type Shape, type ValueShape, type Variant } from "./shape";

/** What belongs to one operation: numbers its variants and conditions, and knows the view it is compiled for. */
export interface OperationScope { readonly graph: Graph; readonly view: GraphQLSchema; readonly conditions: Conditions; nextVariant: number }

export class ShapeCompiler {
  /** Join of the floors of all arguments in the document. */
  chosenBy: ArgumentFloor | undefined;
  readonly #known = new Map<string, Shape>();
  readonly #ids = new Map<object, number>();
  readonly #schema: GraphQLSchema;

  /** @param rewrites target names of aliased fields by path, as the plan's output rewrites say */
  constructor(private readonly scope: OperationScope, private readonly subgraph: SubgraphView, private readonly rewrites: ReadonlyMap<string, string>) {
    this.#schema = subgraph.schema;
  }

  /**
   * The shape of objects of the given concrete types at `place`.
   * @param fixed the declared type is the one concrete type, so that no `__typename` is needed
   */
  shape(types: readonly GraphQLObjectType[], parts: readonly Part[], place: Place, fixed: boolean): Shape {
    const key = `${this.#id(place)};${types.map((type) => type.name).join()};${parts.map((part) => `${this.#id(part.set)}:${part.way.map((l) => `${l.negated ? "!" : ""}${l.variable}`).join("&")}:${part.path.join("/")}`).join()}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    place.writers += 1;
    const variants = new Map<string, Variant>();
    for (const type of types) variants.set(type.name, this.#variant(type, parts, place));
    const [first] = types;
    const shape: Shape = { place, only: fixed && first !== undefined ? variants.get(first.name) : undefined, variants };
    this.#known.set(key, shape);
    return shape;
  }

  #variant(type: GraphQLObjectType, parts: readonly Part[], place: Place): Variant {
    const { labels } = this.scope.graph.bundle;
    const floor = labels.knows(type.name) ? labels.floor(type.name) : BOTTOM;
    const labelled = labels.labelledIn(this.subgraph.name, type.name);
    const number = this.scope.nextVariant++;
    const fields = [...collectFields(this.#schema, type, parts)].flatMap(([key, collected]) => this.#field(type, key, collected, place));
    return {
      number, typeName: type.name, ruledAs: this.scope.graph.ruledAs(type.name, fields), floor, labelled, fields,
      standsForOthers: isAbstractType(this.scope.graph.whole.getType(type.name)),
      withheld: (labels.isLabelled(type.name) && !labelled) || this.#isHidden(type.name),
      plain: floor === BOTTOM || (dominates(BOTTOM, floor) && fields.every((field) => dominates(BOTTOM, field.floor))),
    };
  }

  /** Clients of another class have the type, this one does not. */
  #isHidden(typeName: string): boolean {
    return this.scope.graph.api.getType(typeName) !== undefined && this.scope.view.getType(typeName) === undefined;
  }

  #field(type: GraphQLObjectType, key: string, collected: Collected, place: Place): ReleaseField[] {
    const name = collected.node.name.value;
    if (name === "__typename" || key === LABEL_KEY || key.startsWith("_kanmon_key_")) return [];
    const field = type.getFields()[name];
    if (field === undefined) throw new Error(`${type.name}.${name} is not in ${this.subgraph.name}`);
    const { labels } = this.scope.graph.bundle;
    const slot = place.slot(this.#targetOf(key, collected));
    const chosenBy = this.#argumentFloor(type, field, collected.node.arguments ?? []);
    slot.chosenBy = joinFloors(slot.chosenBy, chosenBy);
    this.chosenBy = joinFloors(this.chosenBy, chosenBy);
    const shape = this.#value(field.type, collected.parts, () => place.childOf(slot));
    const guarded = key in Object.prototype;
    return [{
      key, guarded, name, value: slot.value, label: slot.label,
      when: this.scope.conditions.number(collected.ways),
      floor: labels.floor(type.name, name), existence: labels.isExistence(type.name, name),
      shape, text: !guarded && shape.kind === "leaf" && shape.text,
    }];
  }

  #targetOf(key: string, collected: Collected): string {
    for (const path of collected.paths) {
      const target = this.rewrites.get([...path, key].join("/"));
      if (target !== undefined) return target;
    }
    return key;
  }

  #argumentFloor(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>, given: readonly ArgumentNode[]): ArgumentFloor | undefined {
    if (given.length === 0 || !this.scope.graph.labelled) return undefined;
    return argumentFloorOf(this.scope.graph.bundle.labels, type.name, field, given);
  }

  #value(type: GraphQLOutputType, parts: readonly Part[], child: () => Place): ValueShape {
    if (isNonNullType(type)) return this.#value(type.ofType, parts, child);
    if (isListType(type)) return { kind: "list", of: this.#value(type.ofType, parts, child) };
    if (isLeafType(type)) return this.#leaf(type);
    return { kind: "object", shape: this.shape(concreteTypes(this.#schema, type), parts, child(), isObjectType(type)) };
  }

  #leaf(type: GraphQLLeafType): LeafShape {
    const { labels } = this.scope.graph.bundle;
    const values = isEnumType(type) && this.scope.graph.labelled && labels.knows(type.name)
      ? type.getValues().map((value): [string, LabelCore] => [value.name, labels.enumValueFloor(type.name, value.name)]).filter(([, floor]) => !dominates(BOTTOM, floor))
      : [];
    return { kind: "leaf", check: leafCheckOf(type), text: isTextType(type), values: values.length === 0 ? undefined : new Map(values) };
  }

  #id(object: object): number {
    const known = this.#ids.get(object) ?? this.#ids.size;
    this.#ids.set(object, known);
    return known;
  }
}

/** Concrete types that may be found where `type` is declared. */
export function concreteTypes(schema: GraphQLSchema, type: GraphQLCompositeType): readonly GraphQLObjectType[] {
  return isObjectType(type) ? [type] : schema.getPossibleTypes(type);
}
