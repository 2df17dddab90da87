/**
 * The static labels of a supergraph, by coordinate (SPEC 5.4). A frozen table: made by `effective.ts` or read back from a bundle file,
 * asked by the view, the planner and the executor. A coordinate that is not in the table is a mistake of the caller and throws: nothing unknown is ever PUBLIC.
 */
import { BOTTOM, canonicalJson, type LabelCore } from "../label";

/** Floors of one type; every number is an index into `distinct`. Value objects and scalars have only `floor`. */
export interface TypeEntry {
  readonly floor: number;
  readonly fields?: Readonly<Record<string, FieldEntry>>;
  readonly inputFields?: Readonly<Record<string, number>>;
  readonly values?: Readonly<Record<string, number>>;
  /** Fields that carry the existence label: keys and `@existence`. */
  readonly existence?: readonly string[];
  /** Subgraphs in which the type has a `_label`. */
  readonly labelledIn?: readonly string[];
}
export interface FieldEntry {
  readonly floor: number;
  readonly arguments?: Readonly<Record<string, number>>;
}
/** The form in which labels lie in a bundle file. */
export interface LabelTable {
  readonly distinct: readonly LabelCore[];
  readonly types: Readonly<Record<string, TypeEntry>>;
}

interface TypeLabels {
  readonly floor: LabelCore;
  readonly fields: ReadonlyMap<string, { readonly floor: LabelCore; readonly arguments: ReadonlyMap<string, LabelCore> }>;
  readonly inputFields: ReadonlyMap<string, LabelCore>;
  readonly values: ReadonlyMap<string, LabelCore>;
  readonly existence: ReadonlySet<string>;
  readonly labelledIn: ReadonlySet<string>;
}

/** Answers what the static floor of a coordinate is. The cores it gives are the members of `distinct`, so they compare by identity. */
export class CoordinateLabels {
  /** Every different floor of the supergraph, PUBLIC first; the class of a subject is a bit per member. */
  readonly distinct: readonly LabelCore[];
  readonly #types: ReadonlyMap<string, TypeLabels>;
  readonly #table: LabelTable;

  constructor(table: LabelTable) {
    this.distinct = table.distinct;
    this.#table = table;
    const at = (index: number): LabelCore => known(table.distinct[index], `label ${index}`);
    const mapOf = (record: Readonly<Record<string, number>> | undefined): ReadonlyMap<string, LabelCore> =>
      new Map(Object.entries(record ?? {}).map(([name, index]) => [name, at(index)]));
    this.#types = new Map(Object.entries(table.types).map(([name, entry]) => [name, {
      floor: at(entry.floor),
      fields: new Map(Object.entries(entry.fields ?? {}).map(([field, f]) => [field, { floor: at(f.floor), arguments: mapOf(f.arguments) }])),
      inputFields: mapOf(entry.inputFields),
      values: mapOf(entry.values),
      existence: new Set(entry.existence),
      labelledIn: new Set(entry.labelledIn),
    }]));
  }

  /**
   * Floor of a type, or of what a field of it returns: type, interfaces, field, and the scalar, enum or union returned.
   * `__typename` has the floor of its type, and what starts with `__` (introspection) is PUBLIC.
   */
  floor(typeName: string, fieldName?: string): LabelCore {
    if (typeName.startsWith("__")) return BOTTOM;
    const type = this.#type(typeName);
    if (fieldName === undefined || fieldName === "__typename") return type.floor;
    if (fieldName === "__schema" || fieldName === "__type") return BOTTOM;
    return known(type.fields.get(fieldName), `${typeName}.${fieldName}`).floor;
  }

  /** Floor of an argument's value: the argument on this field and on the interfaces' field, and its input type. */
  argumentFloor(typeName: string, fieldName: string, argument: string): LabelCore {
    if (typeName.startsWith("__") || fieldName.startsWith("__")) return BOTTOM;
    const field = known(this.#type(typeName).fields.get(fieldName), `${typeName}.${fieldName}`);
    return known(field.arguments.get(argument), `${typeName}.${fieldName}(${argument}:)`);
  }

  /** Floor of a field of an input object, that of the object included. */
  inputFieldFloor(typeName: string, fieldName: string): LabelCore {
    return known(this.#type(typeName).inputFields.get(fieldName), `${typeName}.${fieldName}`);
  }

  /** Floor of one value of an enum, that of the enum included. */
  enumValueFloor(typeName: string, value: string): LabelCore {
    return known(this.#type(typeName).values.get(value), `${typeName}.${value}`);
  }

  /** Whether the field carries the existence label of its object: `__typename`, keys, `@existence`. */
  isExistence(typeName: string, fieldName: string): boolean {
    return fieldName === "__typename" || this.#type(typeName).existence.has(fieldName);
  }

  /** Whether objects of the type carry labels of their own, in any subgraph. Value objects do not: they inherit. */
  isLabelled(typeName: string): boolean {
    return !typeName.startsWith("__") && this.#type(typeName).labelledIn.size > 0;
  }

  /** Whether that subgraph answers `_label` for the type. */
  labelledIn(subgraph: string, typeName: string): boolean {
    return !typeName.startsWith("__") && this.#type(typeName).labelledIn.has(subgraph);
  }

  /** Whether the type is in the table at all. */
  knows(typeName: string): boolean {
    return this.#types.has(typeName);
  }

  toJSON(): LabelTable {
    return this.#table;
  }

  /** The bundle file's text: sorted keys, one line per type, so that a change of one label is a change of one line. */
  print(): string {
    const lines = Object.entries(this.#table.types)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, entry]) => `    ${JSON.stringify(name)}: ${canonicalJson(entry)}`);
    const distinct = this.distinct.map((core) => `    ${canonicalJson(core)}`);
    return `{\n  "distinct": [\n${distinct.join(",\n")}\n  ],\n  "types": {\n${lines.join(",\n")}\n  }\n}\n`;
  }

  #type(name: string): TypeLabels {
    return known(this.#types.get(name), name);
  }
}

function known<T>(value: T | undefined, coordinate: string): T {
  if (value === undefined) throw new RangeError(`no label is known for ${coordinate}`);
  return value;
}
