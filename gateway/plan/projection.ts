/**
 * The client's shape of the answer: its fields in its order under its names, with its null rules, against its view (GraphQL 6.4). Compiled per
 * concrete type when that type is first seen, from the canonical operation; a type that the view does not have projects to nothing.
 */
import { type GraphQLInterfaceType, type GraphQLObjectType, type GraphQLOutputType, type GraphQLSchema, isCompositeType, isEnumType, isInterfaceType, isListType, isNonNullType, isObjectType, getNamedType } from "graphql";
import { BOTTOM, type LabelCore, dominates } from "../../schema/label";
import { type CanonicalSelection, isIntrospection } from "./canonical";
import type { Conjunction } from "./conditions";
import type { OperationScope } from "./compile-shape";
import type { Place, Slot } from "./place";
import { appliesTo } from "./selection";

export interface Projection { forType(typeName: string): ProjectedType | undefined }
/** What comes before a member: nothing, a finished value, a string without its closing quote. To it 1 is added for a string without its opening quote. */
export const Lead = { first: 0, next: 2, closing: 4, opening: 1 } as const;
export interface ProjectedType {
  readonly fields: readonly ProjectedField[];
  /** A field stands where the first of its ways that hold puts it; given when that can depend on the request. */
  readonly orders: readonly (readonly FieldPosition[])[] | undefined;
  /** Cell by whose value objects alike are found again; given when the type has several fields and nothing below it. */
  readonly telling: number | undefined;
}
/** Place of a field in the document, by one of its ways. */
export interface FieldPosition { readonly when: number; readonly position: number }
export interface ProjectedField {
  readonly responseName: string;
  /** Text before the value, by what the text before it ended with; see `Lead`. */
  readonly leads: readonly string[];
  readonly source: "typename" | "introspection" | "data";
  /** Where the value is; undefined when no fetch ever fills it. */
  readonly slot: Slot | undefined;
  readonly when: number;
  /** Static floor of the field on this very type; undefined for PUBLIC. */
  readonly floor: LabelCore | undefined;
  readonly value: ProjectedValue;
}
export interface ProjectedValue {
  readonly nullable: boolean;
  readonly of: ProjectedValue | ProjectedLeaf | Projection;
  readonly kind: "list" | "leaf" | "object";
}
/** Values that an enum has in the view; undefined for other leaves. */
export interface ProjectedLeaf { readonly values: ReadonlySet<string> | undefined }

interface Way { readonly selections: readonly CanonicalSelection[]; readonly when: Conjunction }
interface Entry { readonly name: string; readonly plannedName: string; readonly ways: Conjunction[]; readonly positions: number[]; readonly inner: Way[] }

export class ProjectionCompiler {
  readonly #known = new Map<string, Projection>();
  readonly #ids = new Map<object, number>();
  constructor(private readonly scope: OperationScope) {}

  /** Projection of objects at `place`, where the client declared the composite type named `declared`. */
  projection(declared: string, ways: readonly Way[], place: Place | undefined): Projection {
    const key = `${declared};${place === undefined ? "" : this.#id(place)};${ways.map((way) => `${this.#id(way.selections)}:${way.when.map((l) => `${l.negated ? "!" : ""}${l.variable}`).join("&")}`).join()}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    // Where there is one concrete type, all is known now, and nothing of the client's document has to be kept.
    const projection = isObjectType(this.scope.view.getType(declared)) ? this.#projectOne(declared, ways, place) : this.#projectLater(declared, ways, place);
    this.#known.set(key, projection);
    return projection;
  }

  #projectOne(typeName: string, ways: readonly Way[], place: Place | undefined): Projection {
    return onlyFor(typeName, this.#type(typeName, typeName, ways, place));
  }

  #projectLater(declared: string, ways: readonly Way[], place: Place | undefined): Projection {
    const types = new Map<string, ProjectedType | undefined>();
    return { forType: (typeName) => {
      const known = types.get(typeName);
      if (known !== undefined || types.has(typeName)) return known;
      const type = this.#type(declared, typeName, ways, place);
      types.set(typeName, type);
      return type;
    } };
  }

  #type(declared: string, typeName: string, ways: readonly Way[], place: Place | undefined): ProjectedType | undefined {
    const { view } = this.scope;
    const type = view.getType(typeName);
    if (!isObjectType(type) && !(isInterfaceType(type) && this.#isWhole(type))) return undefined;
    if (!appliesTo(view, declared, type)) return undefined;
    const collected = [...collect(view, type, ways)];
    const fields = collected.flatMap(([responseName, entry]) => this.#field(type, responseName, entry, place));
    const moves = collected.some(([, { ways: own }]) => own.length > 1 && (own[0]?.length ?? 0) > 0);
    return { fields, orders: moves && fields.length === collected.length ? collected.map(([, entry]) => this.#positions(entry)) : undefined, telling: tellingOf(type, collected.map(([, { name }]) => name), fields) };
  }

  #positions({ ways, positions }: Entry): FieldPosition[] {
    return ways.map((way, index) => ({ when: this.scope.conditions.number([way]), position: positions[index] ?? 0 }));
  }

  /** An `@interfaceObject` whose concrete type nobody asked for: it may be any implementation, so the view must have them all. */
  #isWhole(type: GraphQLInterfaceType): boolean {
    const whole = this.scope.graph.whole.getType(type.name);
    return isInterfaceType(whole) && this.scope.graph.whole.getPossibleTypes(whole).every((possible) => this.scope.view.getType(possible.name) !== undefined);
  }

  #field(type: GraphQLObjectType | GraphQLInterfaceType, responseName: string, entry: Entry, place: Place | undefined): ProjectedField[] {
    const when = this.scope.conditions.number(entry.ways);
    const lead = `${JSON.stringify(responseName)}:`;
    const common = { responseName, leads: [`{${lead}`, `{${lead}"`, `,${lead}`, `,${lead}"`, `",${lead}`, `",${lead}"`], when };
    const own = { slot: undefined, floor: undefined, value: { nullable: true, kind: "leaf", of: { values: undefined } } as const };
    if (entry.name === "__typename") return [{ ...common, source: "typename", ...own }];
    if (isIntrospection(entry.name)) return [{ ...common, source: "introspection", ...own }];
    const field = type.getFields()[entry.name];
    if (field === undefined) return [];
    const slot = place?.find(entry.plannedName);
    const floor = this.scope.graph.labelled ? this.scope.graph.bundle.labels.floor(type.name, entry.name) : BOTTOM;
    return [{ ...common, source: "data", slot, floor: dominates(BOTTOM, floor) ? undefined : floor, value: this.#value(field.type, entry.inner, slot?.child) }];
  }

  #value(type: GraphQLOutputType, inner: readonly Way[], place: Place | undefined): ProjectedValue {
    const bare = isNonNullType(type) ? type.ofType : type;
    const nullable = bare === type;
    if (isListType(bare)) return { nullable, kind: "list", of: this.#value(bare.ofType, inner, place) };
    const named = getNamedType(bare);
    if (isCompositeType(named)) return { nullable, kind: "object", of: this.projection(named.name, inner, place) };
    return { nullable, kind: "leaf", of: { values: isEnumType(named) ? new Set(named.getValues().map((value) => value.name)) : undefined } };
  }

  #id(object: object): number {
    const known = this.#ids.get(object) ?? this.#ids.size;
    this.#ids.set(object, known);
    return known;
  }
}

/** A function of its own: one made beside the compiler would keep it, and with it all that is compiled from. */
function onlyFor(typeName: string, type: ProjectedType | undefined): Projection { return { forType: (name) => (name === typeName ? type : undefined) }; }

/** The field most like a key: an ID, or else a string, best one that is never null. */
function tellingOf(type: GraphQLObjectType | GraphQLInterfaceType, names: readonly string[], fields: readonly ProjectedField[]): number | undefined {
  if (fields.length < 2 || fields.length !== names.length) return undefined;
  if (!fields.every(({ source, value }) => source === "typename" || (source === "data" && value.kind === "leaf"))) return undefined;
  const isOf = (index: number, ...printed: readonly string[]): boolean => printed.includes(String(type.getFields()[names[index] ?? ""]?.type));
  for (const wanted of [["ID!", "ID"], ["String!"], ["String"]]) {
    const slot = fields.find((_, index) => isOf(index, ...wanted))?.slot;
    if (slot !== undefined) return slot.value;
  }
  return undefined;
}

function collect(view: GraphQLSchema, type: GraphQLObjectType | GraphQLInterfaceType, ways: readonly Way[]): Map<string, Entry> {
  const collected = new Map<string, Entry>();
  let position = 0;
  const visit = ({ selections, when }: Way): void => {
    for (const selection of selections) {
      const both = selection.when.length === 0 ? when : [...when, ...selection.when];
      if (selection.kind === "fragment") {
        if (selection.typeCondition === undefined || appliesTo(view, selection.typeCondition, type)) visit({ selections: selection.selections, when: both });
        continue;
      }
      const entry = collected.get(selection.responseName) ?? { name: selection.name, plannedName: selection.plannedName, ways: [], positions: [], inner: [] };
      collected.set(selection.responseName, entry);
      entry.ways.push(both);
      entry.positions.push(position++);
      entry.inner.push({ selections: selection.selections, when: both });
    }
  };
  ways.forEach(visit);
  return collected;
}
