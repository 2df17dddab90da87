/**
 * Effective static floor of every coordinate of a supergraph (SPEC 5.4), from the labels the subgraphs apply.
 * All labels on one coordinate are joined, whichever subgraph wrote them; then type -> its fields, interface -> the fields of its
 * implementations (never back: the actual type is known when an answer arrives), returned enum, scalar or union -> field, what is listed -> edges and pages with
 * everything they count. Pure and independent of the order of the subgraphs.
 */
import {
  type GraphQLInterfaceType, type GraphQLNamedType, type GraphQLObjectType, type GraphQLSchema, getNamedType, getNullableType, isEnumType, isInputObjectType, isInterfaceType, isListType, isObjectType,
} from "graphql";
import { BOTTOM, type LabelCore, canonicalJson, join } from "../label";
import { CoordinateLabels, type FieldEntry, type TypeEntry } from "./coordinate-labels";

/** What the subgraphs say, joined per coordinate. */
export interface StatedLabels {
  readonly floors: ReadonlyMap<string, LabelCore>;
  /** Fields that carry the existence label, `Type.field`. */
  readonly existence: ReadonlySet<string>;
  /** Type -> subgraphs that declare `_label` on it. */
  readonly labelledIn: ReadonlyMap<string, readonly string[]>;
}

export const NOTHING_STATED: StatedLabels = { floors: new Map(), existence: new Set(), labelledIn: new Map() };

/** Makes the table of floors for the named types of `schema`. */
export function computeLabels(schema: GraphQLSchema, typeNames: readonly string[], stated: StatedLabels): CoordinateLabels {
  const joins = new Joins();
  const floorAt = (coordinates: readonly string[]): LabelCore => {
    let floor = BOTTOM;
    for (const coordinate of coordinates) {
      const core = stated.floors.get(coordinate);
      if (core !== undefined) floor = joins.join(floor, joins.intern(core));
    }
    return floor;
  };
  const drafts = typeNames.flatMap((name) => {
    const type = schema.getType(name);
    return type === undefined ? [] : [[name, draftOf(type, stated, floorAt, carriedBy(type))] as const];
  });
  const distinct = orderCores(drafts.flatMap(([, draft]) => draft.cores));
  const indexes = new Map(distinct.map((core, index) => [core, index]));
  const indexOf = (core: LabelCore): number => {
    const index = indexes.get(core);
    if (index === undefined) throw new RangeError("a floor is missing among the distinct floors");
    return index;
  };
  const types = Object.fromEntries(drafts.map(([name, draft]) => [name, draft.entry(indexOf)]));
  return new CoordinateLabels({ distinct, types });
}

interface Draft {
  readonly cores: readonly LabelCore[];
  readonly entry: (indexOf: (core: LabelCore) => number) => TypeEntry;
}

function draftOf(type: GraphQLNamedType, stated: StatedLabels, floorAt: (coordinates: readonly string[]) => LabelCore, carried: readonly string[]): Draft {
  if (isObjectType(type) || isInterfaceType(type)) {
    const family = familyOf(type);
    const floor = floorAt([...family, ...carried]);
    const fields = Object.values(type.getFields()).map((field) => {
      const returned = getNamedType(field.type);
      const inherits = !isObjectType(returned) && !isInterfaceType(returned);
      return {
        name: field.name,
        floor: floorAt([...family, ...carried, ...family.map((name) => `${name}.${field.name}`), ...(inherits ? [returned.name] : [])]),
        arguments: field.args.map((argument) => [
          argument.name,
          floorAt([getNamedType(argument.type).name, ...family.map((name) => `${name}.${field.name}(${argument.name}:)`)]),
        ] as const),
      };
    });
    const existence = fields.map((field) => field.name).filter((name) => stated.existence.has(`${type.name}.${name}`));
    const labelledIn = [...(stated.labelledIn.get(type.name) ?? [])].sort();
    return {
      cores: [floor, ...fields.flatMap((field) => [field.floor, ...field.arguments.map(([, core]) => core)])],
      entry: (indexOf) => ({
        floor: indexOf(floor),
        fields: Object.fromEntries(fields.map((field): [string, FieldEntry] => [field.name, {
          floor: indexOf(field.floor),
          ...(field.arguments.length > 0 && { arguments: Object.fromEntries(field.arguments.map(([name, core]) => [name, indexOf(core)])) }),
        }])),
        ...(existence.length > 0 && { existence }),
        ...(labelledIn.length > 0 && { labelledIn }),
      }),
    };
  }
  const floor = floorAt([type.name]);
  const members = isInputObjectType(type)
    ? Object.values(type.getFields()).map((field) => [field.name, floorAt([type.name, `${type.name}.${field.name}`, getNamedType(field.type).name])] as const)
    : isEnumType(type) ? type.getValues().map((value) => [value.name, floorAt([type.name, `${type.name}.${value.name}`])] as const) : [];
  return {
    cores: [floor, ...members.map(([, core]) => core)],
    entry: (indexOf) => {
      const record = Object.fromEntries(members.map(([name, core]) => [name, indexOf(core)]));
      return { floor: indexOf(floor), ...(isInputObjectType(type) && { inputFields: record }), ...(isEnumType(type) && { values: record }) };
    },
  };
}

function familyOf(type: GraphQLObjectType | GraphQLInterfaceType): readonly string[] {
  return [type.name, ...type.getInterfaces().map((parent) => parent.name)];
}

/**
 * Types whose floor a page or an edge has too, because it would not be there without them (12 F5): what an object lists as `nodes` or `edges`, and the `node` of
 * something called an edge. Totals, cursors and page information are fields of these objects, so they have it as well.
 */
function carriedBy(type: GraphQLNamedType): readonly string[] {
  const found = new Set<string>();
  const seen = new Set<GraphQLNamedType>();
  const queue = [type];
  for (let place = queue.pop(); place !== undefined; place = queue.pop()) {
    if (seen.has(place) || !isObjectType(place)) continue;
    seen.add(place);
    const { nodes, edges, node } = place.getFields();
    const listed = [nodes, edges].filter((field) => field !== undefined && isListType(getNullableType(field.type)));
    for (const field of [...listed, ...(place.name.endsWith("Edge") ? [node] : [])]) {
      if (field === undefined) continue;
      const carried = getNamedType(field.type);
      for (const name of isObjectType(carried) || isInterfaceType(carried) ? familyOf(carried) : [carried.name]) found.add(name);
      queue.push(carried);
    }
  }
  return [...found].sort();
}

/** Equal floors are one object here, so that each join is made once and labels compare by identity. */
class Joins {
  readonly #interned = new Map<string, LabelCore>([[canonicalJson(BOTTOM), BOTTOM]]);
  readonly #known = new Map<LabelCore, LabelCore>([[BOTTOM, BOTTOM]]);
  readonly #joins = new Map<LabelCore, Map<LabelCore, LabelCore>>();

  intern(core: LabelCore): LabelCore {
    const known = this.#known.get(core);
    if (known !== undefined) return known;
    const text = canonicalJson(core);
    const same = this.#interned.get(text) ?? core;
    this.#interned.set(text, same);
    this.#known.set(core, same);
    return same;
  }

  join(a: LabelCore, b: LabelCore): LabelCore {
    if (a === b || b === BOTTOM) return a;
    if (a === BOTTOM) return b;
    const row = this.#joins.get(a) ?? new Map<LabelCore, LabelCore>();
    this.#joins.set(a, row);
    const known = row.get(b) ?? this.intern(join(a, b));
    row.set(b, known);
    return known;
  }
}

/** PUBLIC first, then by level and text: the same list whatever the order of the subgraphs. */
function orderCores(cores: readonly LabelCore[]): readonly LabelCore[] {
  return [...new Set([BOTTOM, ...cores])].map((core) => ({ core, text: canonicalJson(core) }))
    .sort((a, b) => Number(b.core === BOTTOM) - Number(a.core === BOTTOM) || a.core.level - b.core.level || (a.text < b.text ? -1 : 1))
    .map(({ core }) => core);
}
