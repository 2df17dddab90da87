/**
 * Schemas made from a number: every kind of type, interfaces that implement interfaces, arguments with defaults, cycles, deprecations, and a description on every element
 * that names its coordinate. The model can be printed with elements renamed or added, which is how a view is shown not to depend on what it hides.
 */
export interface Input { readonly name: string; readonly type: string; readonly fallback?: string }
export interface Field { readonly name: string; readonly type: string; readonly args: readonly Input[]; readonly deprecated: boolean }
export interface Model {
  readonly enums: ReadonlyMap<string, readonly string[]>;
  readonly scalars: readonly string[];
  readonly inputs: ReadonlyMap<string, readonly Input[]>;
  readonly interfaces: ReadonlyMap<string, { readonly parents: readonly string[]; readonly fields: readonly Field[] }>;
  readonly objects: ReadonlyMap<string, { readonly parents: readonly string[]; readonly fields: readonly Field[] }>;
  readonly unions: ReadonlyMap<string, readonly string[]>;
}

/** A stream of numbers below the given one; the same for the same seed. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export function makeModel(seed: number): Model {
  const random = randomOf(seed);
  const upTo = (most: number): readonly number[] => Array.from({ length: 1 + random(most) }, (_, at) => at);
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  const enums = new Map(["E0", "E1"].map((name) => [name, upTo(3).map((at) => `${name}_V${at}`)]));
  const leaves = ["Int", "String", "E0", "E1", "S0"];
  const valueOf = (type: string): string | undefined => { const values = enums.get(type); return values === undefined ? undefined : pick(values); };
  const inputOf = (name: string, types: readonly string[]): Input => {
    const type = pick(types);
    const value = valueOf(type);
    const shape = random(6);
    if (value !== undefined && shape === 0) return { name, type, fallback: value };
    if (value !== undefined && shape === 1) return { name, type: `[${type}!]`, fallback: `[${value}]` };
    return { name, type: shape === 2 && !type.startsWith("N") ? `${type}!` : shape === 3 ? `[${type}]` : type };
  };
  const inputs = new Map(["N0", "N1", "N2"].map((name) => [name, upTo(3).map((at) => inputOf(`${name.toLowerCase()}f${at}`, ["Int", "E0", "E1", "N0", "N1", "N2"]))]));
  const composites = ["I0", "I1", "I2", "O0", "O1", "O2", "O3", "O4", "U0"];
  let made = 0;
  const fieldOf = (): Field => {
    const type = pick([...leaves, ...composites, ...composites]);
    const name = `f${made++}`;
    const args = Array.from({ length: random(3) }, (_, at) => inputOf(`${name}a${at}`, ["Int", "E0", "E1", "N0", "N1", "N2"]));
    return { name, type: pick([type, type, `${type}!`, `[${type}!]`, `[[${type}]]!`]), args, deprecated: random(5) === 0 };
  };
  const i0 = { parents: [], fields: upTo(2).map(fieldOf) };
  const i1 = { parents: ["I0"], fields: [...i0.fields, fieldOf()] };
  const i2 = { parents: [], fields: upTo(2).map(fieldOf) };
  const interfaces = new Map([["I0", i0], ["I1", i1], ["I2", i2]]);
  const objects = new Map(["O0", "O1", "O2", "O3", "O4"].map((name, at) => {
    const parents = at === 0 ? ["I1", "I0"] : at === 1 ? ["I2"] : pick([[], ["I0"], ["I1", "I0"], ["I2"], ["I0", "I2"]]);
    const shared = new Map(parents.flatMap((parent) => interfaces.get(parent)?.fields ?? []).map((field) => [field.name, field]));
    return [name, { parents, fields: [...shared.values(), ...upTo(3).map(fieldOf)] }];
  }));
  objects.set("Query", { parents: [], fields: [{ name: "hello", type: "Int", args: [], deprecated: false }, ...upTo(5).map(fieldOf)] });
  return { enums, scalars: ["S0"], inputs, interfaces, objects, unions: new Map([["U0", [...new Set(upTo(3).map(() => pick(["O0", "O1", "O2", "O3", "O4"])))]]]) };
}

/** Every coordinate of a model. */
export function coordinatesOf(model: Model): readonly string[] {
  const composite = [...model.interfaces, ...model.objects].flatMap(([type, { fields }]) => [type, ...fields.flatMap(({ name, args }) => [`${type}.${name}`, ...args.map((argument) => `${type}.${name}(${argument.name}:)`)])]);
  return [
    ...[...model.enums].flatMap(([type, values]) => [type, ...values.map((value) => `${type}.${value}`)]), ...model.scalars,
    ...[...model.inputs].flatMap(([type, fields]) => [type, ...fields.map(({ name }) => `${type}.${name}`)]), ...composite, ...model.unions.keys(),
  ];
}

/** `name` gives the word that stands for a name of the model, `text` the description of a coordinate. */
export interface Wording {
  readonly name: (name: string) => string;
  readonly text: (coordinate: string) => string;
  /** What is applied at a coordinate, such as a label; nothing unless given. */
  readonly applied?: (coordinate: string) => string;
  readonly extra?: string;
  readonly extraField?: string;
}

export function printModel(model: Model, { name, text, applied = () => "", extra = "", extraField = "" }: Wording): string {
  const words = (written: string): string => written.replace(/[A-Za-z_]\w*/g, (word) => name(word));
  const input = (owner: string, { name: own, type, fallback }: Input, coordinate: string): string => `"${text(coordinate)}" ${name(own)}: ${words(type)}${fallback === undefined ? "" : ` = ${words(fallback)}`} ${applied(coordinate)}`;
  const fields = (type: string, list: readonly Field[], more: string): string => `{ ${list.map((field) => {
    const at = `${type}.${field.name}`;
    const args = field.args.length === 0 ? "" : `(${field.args.map((argument) => input(type, argument, `${at}(${argument.name}:)`)).join(" ")})`;
    return `"${text(at)}" ${name(field.name)}${args}: ${words(field.type)}${field.deprecated ? ` @deprecated(reason: "gone: ${text(at)}")` : ""} ${applied(at)}`;
  }).join("\n")} ${more} }`;
  const parents = (list: readonly string[]): string => (list.length === 0 ? "" : `implements ${list.map(name).join(" & ")} `);
  return [
    ...[...model.enums].map(([type, values]) => `"${text(type)}" enum ${name(type)} ${applied(type)} { ${values.map((value) => `"${text(`${type}.${value}`)}" ${name(value)} ${applied(`${type}.${value}`)}`).join(" ")} }`),
    ...model.scalars.map((type) => `"${text(type)}" scalar ${name(type)} ${applied(type)}`),
    ...[...model.inputs].map(([type, list]) => `"${text(type)}" input ${name(type)} ${applied(type)} { ${list.map((field) => input(type, field, `${type}.${field.name}`)).join(" ")} }`),
    ...[...model.interfaces].map(([type, { parents: own, fields: list }]) => `"${text(type)}" interface ${name(type)} ${parents(own)}${applied(type)} ${fields(type, list, "")}`),
    ...[...model.objects].map(([type, { parents: own, fields: list }]) => `"${text(type)}" type ${name(type)} ${parents(own)}${applied(type)} ${fields(type, list, extraField)}`),
    ...[...model.unions].map(([type, members]) => `"${text(type)}" union ${name(type)} ${applied(type)} = ${members.map(name).join(" | ")}`),
    extra,
  ].join("\n");
}

/** The model without every coordinate that is not kept: as if nobody had ever written it. */
export function keepOnly(model: Model, kept: ReadonlySet<string>): Model {
  const of = <T>(types: ReadonlyMap<string, T>, change: (type: string, value: T) => T): ReadonlyMap<string, T> => new Map([...types].filter(([type]) => kept.has(type)).map(([type, value]) => [type, change(type, value)]));
  const composite = (type: string, { parents, fields }: { readonly parents: readonly string[]; readonly fields: readonly Field[] }) => ({
    parents: parents.filter((parent) => kept.has(parent)),
    fields: fields.filter(({ name }) => kept.has(`${type}.${name}`)).map((field) => ({ ...field, args: field.args.filter(({ name }) => kept.has(`${type}.${field.name}(${name}:)`)) })),
  });
  return {
    enums: of(model.enums, (type, values) => values.filter((value) => kept.has(`${type}.${value}`))), scalars: model.scalars.filter((type) => kept.has(type)),
    inputs: of(model.inputs, (type, fields) => fields.filter(({ name }) => kept.has(`${type}.${name}`))), interfaces: of(model.interfaces, composite), objects: of(model.objects, composite),
    unions: of(model.unions, (_, members) => members.filter((member) => kept.has(member))),
  };
}
