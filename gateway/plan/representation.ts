/**
 * What is sent to a ministry to ask for an entity: the selections of the plan's `requires`, compiled per concrete type into constant text and
 * the cells between. A representation is made as JSON text, which is also what equal entities are recognised by.
 * A value that is unknown, or null where the type has no null, means that there is nothing to ask; an input that only
 * fields need which this request does not ask for is left out.
 */
import type { FetchDataRewrite, QueryPlanSelectionNode } from "@apollo/query-planner";
import { type GraphQLOutputType, type GraphQLSchema, Kind, type SelectionSetNode, isAbstractType, isCompositeType, isInterfaceType, isListType, isNonNullType, isObjectType, getNamedType } from "graphql";
import { BOTTOM, type LabelCore, dominates } from "../../schema/label";
import { Refused } from "../errors";
import type { Graph, SubgraphView } from "./graph";
import type { InputNeeds } from "./input-needs";
import type { Place, Slot } from "./place";

/** Builds representations at one place. Types are compiled when first seen. */
export interface Representations {
  /** By the object's `__typename`; undefined when the fetch does not ask for objects of that type. */
  forType(typeName: string): RepresentationType | undefined;
}
export interface RepresentationType {
  /** `__typename` as it is sent, or undefined when the selection has none (only inside another object). */
  readonly sentAs: string | undefined;
  /** Text up to the first value, beginning with `{`. */
  readonly head: string;
  readonly fields: readonly SentField[];
  /** All fields are single leaves. */
  readonly plain: boolean;
  /** Index of the field that tells entities apart best. */
  readonly telling: number;
}
export interface SentField {
  /** `"name":` */
  readonly lead: string;
  /** Part of a key: without it there is nothing to ask. What is no key is an input of `@requires`. */
  readonly key: boolean;
  /** Numbers of the conditions under which a field that is asked for needs it; one must hold. */
  readonly neededWhen: readonly number[];
  readonly slot: Slot;
  /** Static floor of the field on this very type; undefined for PUBLIC. */
  readonly floor: LabelCore | undefined;
  readonly value: SentValue;
}
/** `null` is sent where it may be; otherwise it passes outwards. */
export interface SentValue { readonly nullable: boolean; readonly of: SentValue | "leaf" | Representations; readonly list: boolean }

const FRAGMENT = "... on ";

/**
 * @param subgraph that is asked
 * @param needs under which conditions the fetch needs which of the selections
 */
export function compileRepresentations(graph: Graph, subgraph: SubgraphView, selections: readonly QueryPlanSelectionNode[], rewrites: readonly FetchDataRewrite[], place: Place, needs: InputNeeds): Representations {
  const setters = rewrites.map((rewrite) => {
    const [condition, field] = rewrite.path;
    if (rewrite.kind !== "ValueSetter" || rewrite.path.length !== 2 || condition?.startsWith(FRAGMENT) !== true || field !== "__typename") throw new Refused("INTERNAL_SERVER_ERROR", "unknown input rewrite");
    return { condition: condition.slice(FRAGMENT.length), value: String(rewrite.setValueTo) };
  });
  const sentAs = (typeName: string): string => setters.find((setter) => isKindOf(graph.whole, typeName, setter.condition))?.value ?? typeName;
  return new Compiler(graph, subgraph).set([selections], place, sentAs, (typeName) => (path) => needs.of((declared) => declared === sentAs(typeName) || isKindOf(graph.whole, typeName, declared), path));
}

type NeededWhen = (path: string) => readonly number[];

class Compiler {
  constructor(private readonly graph: Graph, private readonly subgraph: SubgraphView) {}

  set(sets: readonly (readonly QueryPlanSelectionNode[])[], place: Place, sentAs: (typeName: string) => string, needs: (typeName: string) => NeededWhen): Representations {
    const known = new Map<string, RepresentationType | undefined>();
    return { forType: (typeName) => {
      if (!known.has(typeName)) known.set(typeName, this.#type(sets, place, typeName, sentAs(typeName), needs(typeName)));
      return known.get(typeName);
    } };
  }

  #type(sets: readonly (readonly QueryPlanSelectionNode[])[], place: Place, typeName: string, sentAs: string, needs: NeededWhen): RepresentationType | undefined {
    const { graph } = this;
    const collected = new Map<string, (readonly QueryPlanSelectionNode[])[]>();
    const collect = (selections: readonly QueryPlanSelectionNode[]): void => {
      for (const selection of selections) {
        if (selection.kind === "InlineFragment") { if (selection.typeCondition === undefined || isKindOf(graph.whole, typeName, selection.typeCondition)) collect(selection.selections); }
        else collected.set(selection.name, [...collected.get(selection.name) ?? [], ...(selection.selections === undefined ? [] : [selection.selections])]);
      }
    };
    sets.forEach(collect);
    const type = graph.whole.getType(typeName);
    if (collected.size === 0 || (!isObjectType(type) && !isInterfaceType(type))) return undefined;
    const typed = collected.delete("__typename");
    const keys = new Set(this.subgraph.keysOf(sentAs).flatMap(fieldNames));
    const fields = [...collected].map(([name, inner]): SentField => {
      const real = graph.required.get(name)?.name ?? name;
      const field = type.getFields()[real];
      if (field === undefined) throw new Error(`${typeName}.${real} cannot be sent`);
      const slot = place.slot(name);
      const floor = graph.labelled ? graph.bundle.labels.floor(typeName, real) : BOTTOM;
      return { lead: `${JSON.stringify(real)}:`, key: keys.has(real), neededWhen: needs(name), slot, floor: dominates(BOTTOM, floor) ? undefined : floor, value: this.#value(field.type, inner, place, slot, (path) => needs(`${name}/${path}`)) };
    });
    const isId = ({ lead }: SentField): boolean => getNamedType(type.getFields()[JSON.parse(lead.slice(0, -1)) as string]?.type)?.name === "ID";
    return {
      sentAs: typed ? sentAs : undefined, head: typed ? `{"__typename":${JSON.stringify(sentAs)}` : "{", fields,
      plain: fields.every(({ value }) => value.of === "leaf"), telling: Math.max(0, fields.findIndex(isId) < 0 ? fields.length - 1 : fields.findIndex(isId)),
    };
  }

  #value(type: GraphQLOutputType, inner: readonly (readonly QueryPlanSelectionNode[])[], place: Place, slot: Slot, needs: NeededWhen): SentValue {
    const bare = isNonNullType(type) ? type.ofType : type;
    const nullable = bare === type;
    if (isListType(bare)) return { nullable, list: true, of: this.#value(bare.ofType, inner, place, slot, needs) };
    if (!isCompositeType(getNamedType(bare))) return { nullable, list: false, of: "leaf" };
    return { nullable, list: false, of: this.set(inner, place.childOf(slot), (typeName) => typeName, () => needs) };
  }
}

function fieldNames(set: SelectionSetNode): string[] {
  return set.selections.flatMap((selection) => (selection.kind === Kind.FIELD ? [selection.name.value] : selection.kind === Kind.INLINE_FRAGMENT ? fieldNames(selection.selectionSet) : []));
}

/** Whether an object of (or standing for) `typeName` satisfies a fragment on `condition`. */
export function isKindOf(schema: GraphQLSchema, typeName: string, condition: string): boolean {
  if (typeName === condition) return true;
  const type = schema.getType(typeName);
  const conditional = schema.getType(condition);
  return isAbstractType(conditional) && (isObjectType(type) || isInterfaceType(type)) && schema.isSubType(conditional, type);
}
