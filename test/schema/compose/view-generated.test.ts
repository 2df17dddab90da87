import * as fc from "fast-check";
import {
  buildSchema, getIntrospectionQuery, getNamedType, graphqlSync, type GraphQLSchema, isAbstractType, isEnumType, isInputObjectType, isInterfaceType, isObjectType, isSpecifiedScalarType, parse, printSchema, validate, validateSchema,
} from "graphql";
import type { CoordinateLabels } from "../../../schema/compose";
import { computeLabels } from "../../../schema/compose/effective";
import { filterSchema, unlistedView } from "../../../schema/compose/view";
import type { LabelCore } from "../../../schema/label";
import { floorOf } from "../../../schema/policy";
import { coordinatesOf, makeModel, type Model, printModel, randomOf } from "./arbitrary-schema";

const RUNS = { seed: 20261101, numRuns: 80 };
const OWNERS = ["JPN.MOD", "JPN.METI", "JPN.CAS", "JPN.CAO"];
const CORES = OWNERS.map((owner) => floorOf({ level: "CUI", owner }));
/** Permitted to nobody of this test. */
const NEVER = floorOf({ level: "SECRET", regimes: ["SDS"], owner: "JPN.NPA" });
const mayOf = (owners: readonly string[]) => (core: LabelCore): boolean => Object.keys(core.owners).every((owner) => owners.includes(owner));

interface Labelled { readonly schema: GraphQLSchema; readonly labels: CoordinateLabels }

function labelledSchema(sdl: string, floors: ReadonlyMap<string, LabelCore>): Labelled {
  const schema = buildSchema(sdl);
  const names = Object.values(schema.getTypeMap()).filter((type) => !type.name.startsWith("__") && !isSpecifiedScalarType(type)).map(({ name }) => name);
  return { schema, labels: computeLabels(schema, names, { floors, existence: new Set(), labelledIn: new Map() }) };
}

/** Random floors on about a fifth of the coordinates, never on `Query` itself or its first field. */
function floorsFor(model: Model, seed: number): ReadonlyMap<string, LabelCore> {
  const random = randomOf(seed ^ 0x5eed);
  return new Map(coordinatesOf(model).filter((coordinate) => coordinate !== "Query" && coordinate !== "Query.hello").flatMap((coordinate) => {
    const core = random(5) === 0 ? CORES[random(CORES.length)] : undefined;
    return core === undefined ? [] : [[coordinate, core] as const];
  }));
}

function coordinatesIn(schema: GraphQLSchema): ReadonlySet<string> {
  return new Set(Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith("__")).flatMap((type) => [
    type.name,
    ...(isEnumType(type) ? type.getValues().map(({ name }) => `${type.name}.${name}`) : []),
    ...(isInputObjectType(type) ? Object.keys(type.getFields()).map((name) => `${type.name}.${name}`) : []),
    ...(isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()).flatMap((field) => [`${type.name}.${field.name}`, ...field.args.map(({ name }) => `${type.name}.${field.name}(${name}:)`)]) : []),
  ]));
}

const plain = { name: (name: string): string => name, text: (coordinate: string): string => `<${coordinate}>` };
const introspect = (schema: GraphQLSchema): string => JSON.stringify(graphqlSync({ schema, source: getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true, schemaDescription: true, directiveIsRepeatable: true, oneOf: true }) }));
const someone = fc.subarray(OWNERS);
const number = fc.nat(1_000_000);

test("a view of any schema for anybody is valid, and still is when printed and read again [B-84]", () => {
  let smallest = Number.POSITIVE_INFINITY;
  let largest = 0;
  fc.assert(fc.property(number, someone, (seed, owners) => {
    const model = makeModel(seed);
    const { schema, labels } = labelledSchema(printModel(model, plain), floorsFor(model, seed));
    const view = filterSchema(schema, labels, mayOf(owners));
    expect(validateSchema(view)).toEqual([]);
    expect(validateSchema(buildSchema(printSchema(view)))).toEqual([]);
    const size = coordinatesIn(view).size;
    [smallest, largest] = [Math.min(smallest, size), Math.max(largest, size)];
  }), RUNS);
  expect(smallest).toBeLessThan(10);
  expect(largest).toBeGreaterThan(50);
});

test("it has only what is permitted, and of what it has not neither name nor description nor reason of deprecation [B-76]", () => {
  fc.assert(fc.property(number, someone, (seed, owners) => {
    const model = makeModel(seed);
    const { schema, labels } = labelledSchema(printModel(model, plain), floorsFor(model, seed));
    const may = mayOf(owners);
    const view = filterSchema(schema, labels, may);
    const seen = coordinatesIn(view);
    const bytes = introspect(view);
    const all = coordinatesOf(model);
    expect(all.filter((coordinate) => bytes.includes(`<${coordinate}>`))).toEqual(all.filter((coordinate) => seen.has(coordinate)));
    expect(all.filter((coordinate) => seen.has(coordinate) && !may(floorAt(labels, coordinate)))).toEqual([]);
  }), RUNS);
});

test("views of one schema, which share what they have in common, are each what they would be alone, in whatever order they are made and read [B-76]", () => {
  let shared = 0;
  fc.assert(fc.property(number, fc.array(someone, { minLength: 2, maxLength: 4 }), (seed, people) => {
    const model = makeModel(seed);
    const floors = floorsFor(model, seed);
    const fresh = (): Labelled => labelledSchema(printModel(model, plain), floors);
    const { schema, labels } = fresh();
    const views = people.map((owners) => filterSchema(schema, labels, mayOf(owners)));
    for (const [at, view] of [...views.entries()].reverse()) {
      const alone = fresh();
      expect(introspect(view)).toBe(introspect(filterSchema(alone.schema, alone.labels, mayOf(people[at] ?? []))));
    }
    const [first, ...others] = views.map((view) => new Set<unknown>(Object.values(view.getTypeMap()).filter((type) => isObjectType(type) && !type.name.startsWith("__"))));
    for (const other of others) for (const type of other) if (first?.has(type) === true) shared += 1;
  }), { ...RUNS, numRuns: 40 });
  expect(shared).toBeGreaterThan(10);
});

test("whatever is reached in a view by going from type to type is of that view, and of no other that shows more [B-76]", () => {
  let followed = 0;
  fc.assert(fc.property(number, fc.array(someone, { minLength: 2, maxLength: 4 }), (seed, people) => {
    const { schema, labels } = labelledSchema(printModel(makeModel(seed), plain), floorsFor(makeModel(seed), seed));
    for (const view of [OWNERS, ...people].map((owners) => filterSchema(schema, labels, mayOf(owners)))) {
      for (const type of Object.values(view.getTypeMap()).filter(({ name }) => !name.startsWith("__"))) {
        const fields = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
        const inputs = [...fields.flatMap(({ args }) => args), ...(isInputObjectType(type) ? Object.values(type.getFields()) : [])];
        const parents = isObjectType(type) || isInterfaceType(type) ? type.getInterfaces() : [];
        const possible = isAbstractType(type) ? view.getPossibleTypes(type) : [];
        for (const named of [...[...fields, ...inputs].map((element) => getNamedType(element.type)), ...parents, ...possible]) {
          expect(named === view.getType(named.name)).toBe(true);
          followed += 1;
        }
      }
    }
  }), RUNS);
  expect(followed).toBeGreaterThan(5_000);
});

test("it validates the same without a list of its types, and lists none", () => {
  fc.assert(fc.property(number, someone, (seed, owners) => {
    const { schema, labels } = labelledSchema(printModel(makeModel(seed), plain), floorsFor(makeModel(seed), seed));
    const view = filterSchema(schema, labels, mayOf(owners));
    const unlisted = unlistedView(view);
    expect(Object.keys(unlisted.getTypeMap())).toEqual([]);
    for (const text of ["{ hello nope }", ...coordinatesOf(makeModel(seed)).filter((coordinate) => /^\w+$/.test(coordinate)).flatMap((name) => [`{ ... on ${name} { __typename } }`, `query ($v: ${name}) { hello }`])]) {
      const said = (of: GraphQLSchema): readonly string[] => validate(of, parse(text), undefined, { hideSuggestions: true }).map(({ message }) => message);
      expect(said(unlisted)).toEqual(said(view));
    }
  }), { ...RUNS, numRuns: 40 });
});

test("it does not change when what it hides is renamed, described otherwise or joined by more that is hidden [B-76, B-80]", () => {
  let hiddenAtAll = 0;
  fc.assert(fc.property(number, someone, (seed, owners) => {
    const model = makeModel(seed);
    const floors = floorsFor(model, seed);
    const first = labelledSchema(printModel(model, plain), floors);
    const view = filterSchema(first.schema, first.labels, mayOf(owners));
    const seen = coordinatesIn(view);
    const hidden = coordinatesOf(model).filter((coordinate) => !seen.has(coordinate));
    hiddenAtAll += hidden.length;
    // A name is hidden when nothing visible is called so; names are unique apart from fields that interfaces share.
    const lastName = (coordinate: string): string => /(\w+)(?::\))?$/.exec(coordinate)?.[1] ?? coordinate;
    const visibleNames = new Set([...seen].map(lastName));
    const hiddenNames = new Set(hidden.map(lastName).filter((name) => !visibleNames.has(name)));
    const name = (word: string): string => (hiddenNames.has(word) ? `${word}Other` : word);
    const other = printModel(model, {
      name, text: (coordinate) => (seen.has(coordinate) ? `<${coordinate}>` : "something else"),
      extraField: `extraSecret(extraArgument: [ExtraKind!] = [EXTRA]): ExtraType`,
      extra: `enum ExtraKind { EXTRA } type ExtraType implements ${name("I2")} { ${(model.interfaces.get("I2")?.fields ?? []).map((field) => printField(field, name)).join(" ")} extraValue: Int } type Alone { x: Int }`,
    });
    const renamed = new Map([...floors].map(([coordinate, core]) => [coordinate.replace(/\w+/g, name), core]));
    const more = [...model.objects.keys()].map((type) => [`${name(type)}.extraSecret`, NEVER] as const);
    const second = labelledSchema(other, new Map([...renamed, ...more, ["ExtraType", NEVER], ["ExtraKind", NEVER]]));
    const again = filterSchema(second.schema, second.labels, mayOf(owners));
    expect(printSchema(again)).toBe(printSchema(view));
    expect(introspect(again)).toBe(introspect(view));
  }), RUNS);
  expect(hiddenAtAll).toBeGreaterThan(500);
});

function printField({ name: own, type, args }: { readonly name: string; readonly type: string; readonly args: readonly { readonly name: string; readonly type: string; readonly fallback?: string }[] }, name: (word: string) => string): string {
  const words = (text: string): string => text.replace(/[A-Za-z_]\w*/g, (word) => name(word));
  const inputs = args.map((argument) => `${name(argument.name)}: ${words(argument.type)}${argument.fallback === undefined ? "" : ` = ${words(argument.fallback)}`}`);
  return `${name(own)}${inputs.length === 0 ? "" : `(${inputs.join(" ")})`}: ${words(type)}`;
}

function floorAt(labels: CoordinateLabels, coordinate: string): LabelCore {
  const [, type = "", member, argument] = /^(\w+)(?:\.(\w+))?(?:\((\w+):\))?$/.exec(coordinate) ?? [];
  if (argument !== undefined && member !== undefined) return labels.argumentFloor(type, member, argument);
  const entry = labels.toJSON().types[type];
  if (member !== undefined && entry?.values !== undefined) return labels.enumValueFloor(type, member);
  if (member !== undefined && entry?.inputFields !== undefined) return labels.inputFieldFloor(type, member);
  return labels.floor(type, member);
}
