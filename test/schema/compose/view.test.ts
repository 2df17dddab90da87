import {
  type GraphQLSchema, buildSchema, getIntrospectionQuery, graphqlSync, introspectionFromSchema, isEnumType, isInterfaceType, isObjectType, isSpecifiedDirective, lexicographicSortSchema, parse, printSchema, validate, validateSchema,
} from "graphql";
import * as fc from "fast-check";
import { type LabelCore, dominates } from "../../../schema/label";
import { loadPolicy } from "../../../schema/policy";
import { bareBundle, composeSupergraph, staticClass, type SubgraphSource, viewOf } from "../../../schema/compose";
import { compose, composeUnchecked, generous, subgraph } from "./harness";

const SECRET = `@label(level: "SECRET", regimes: ["SDS"])`;
const CUI = `@label(level: "CUI")`;

const upTo = (level: number) => (core: LabelCore): boolean => core.level <= level;
const text = (schema: GraphQLSchema): string => printSchema(lexicographicSortSchema(schema));

/** The view of one subgraph's types as SDL, without the field that keeps `Query` from being empty. */
function view(body: string, level: number): string {
  const schema = viewOf(composeUnchecked(subgraph("a", body)), upTo(level));
  expect(validateSchema(schema)).toEqual([]);
  return text(schema);
}
/** A supergraph as somebody else's composition would have made it. */
const withoutLabelSpec = (supergraphSdl: string): string => supergraphSdl.replace(/@link\(url: "https:\/\/kanmon[^)]*\)/, "").replace(/directive @(label|existence)[^\n]*\n/g, "").replaceAll(/@label\(level: "PUBLIC"\)/g, "");
const sdl = (body: string): string => text(buildSchema(body));

describe("a view", () => {
  test("lacks fields, arguments, input fields, enum values, types above the subject, with their descriptions [B-76, B-80]", () => {
    const body = `
      type Query { t(by: Int, ${'"HIDDEN argument"'} secretly: Int ${SECRET}, filter: Filter): T "HIDDEN field" s: S gone: Int ${SECRET} k: Kind }
      type T { x: Int "HIDDEN y" y: Int ${SECRET} } "HIDDEN type" type S ${SECRET} { x: Int }
      input Filter { a: Int "HIDDEN input" b: Int ${SECRET} } enum Kind { OPEN "HIDDEN value" COVERT ${SECRET} }
    `;
    expect(view(body, 2)).toBe(sdl(`type Query { hello: String t(by: Int, filter: Filter): T k: Kind } type T { x: Int } input Filter { a: Int } enum Kind { OPEN }`));
    expect(view(body, 2)).not.toContain("HIDDEN");
    expect(view(body, 3)).toContain("HIDDEN type");
  });

  test("answers introspection as a schema would that never had the hidden elements [B-76]", () => {
    const visible = `type Query { t: I u: U } interface I { x: Int } type A implements I { x: Int } type B { y: Int } union U = A | B`;
    const hidden = `type Query { t: I u: U s: S ${CUI} } interface I { x: Int } type A implements I { x: Int } type B { y: Int } type S implements I ${SECRET} { x: Int } union U = A | B | S`;
    const answer = (body: string): unknown => graphqlSync({ schema: lexicographicSortSchema(viewOf(compose(subgraph("a", body)), upTo(0))), source: getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true, schemaDescription: true, directiveIsRepeatable: true }) });
    expect(JSON.stringify(answer(hidden))).toBe(JSON.stringify(answer(visible)));
  });

  test("stands in the order of names, so that nobody sees what came before what [B-76]", () => {
    const orderOf = (...subgraphs: readonly SubgraphSource[]): string => printSchema(viewOf(compose(...subgraphs), upTo(0)));
    const zoo = subgraph("b", `type Query { z: Zoo! a(y: Kind, b: Int): Animal } type Zoo @key(fields: "id") { name: String id: ID! } interface Animal { z: Int a: Int } type Cat implements Animal { z: Int a: Int } type Ant implements Animal { z: Int a: Int } enum Kind { SMALL LARGE }`);
    // A ministry that comes first refers to the zoo by something hidden: then the zoo and its id would stand elsewhere.
    const refers = subgraph("a", `type Query { covert: Zoo ${SECRET} } type Zoo @key(fields: "id") { id: ID! }`);
    expect(orderOf(refers, zoo)).toBe(orderOf(zoo));
    expect([...orderOf(zoo).matchAll(/^(?:type|interface|enum) (\w+)/gm)].map(([, name]) => name)).toEqual(["Animal", "Ant", "Cat", "Kind", "Query", "Zoo"]);
    expect(orderOf(zoo)).toContain("enum Kind {\n  LARGE\n  SMALL\n}");
    expect(orderOf(zoo)).toContain("type Query {\n  a(b: Int, y: Kind): Animal\n  hello: String\n  z: Zoo!\n}");
  });

  test("shows no label field and no directive of the label specification or of federation", () => {
    const bundle = compose(subgraph("a", `type Query { d: D } type D @key(fields: "id") { id: ID! _label: Int! @inaccessible @shareable x: String ${SECRET} @existence }`.replace(` ${SECRET} @existence`, "")));
    const { directives, types } = introspectionFromSchema(viewOf(bundle, upTo(4))).__schema;
    expect(directives.map(({ name }) => name).sort()).toEqual(["deprecated", "include", "oneOf", "skip", "specifiedBy"]);
    expect(types.map(({ name }) => name).filter((name) => !name.startsWith("__")).sort()).toEqual(["Boolean", "D", "ID", "Query", "String"]);
    expect(validate(viewOf(bundle, upTo(4)), parse("{ d { _label } }"))).toHaveLength(1);
  });

  test("gives the same errors for a hidden and for an unknown name, and suggests nothing hidden [B-72, B-77]", () => {
    const schema = viewOf(compose(subgraph("a", `type Query { find(kind: Kind, agent: Int ${SECRET}): Int findings: Int ${SECRET} } enum Kind { OPEN COVERT ${SECRET} }`)), upTo(0));
    const errors = (source: string): string => validate(schema, parse(source)).map(({ message }) => message).join("; ");
    for (const [hidden, unknown] of [["{ findings }", "{ findingz }"], ["{ find(kind: COVERT) }", "{ find(kind: COVERZ) }"], ["{ find(agent: 1) }", "{ find(agenz: 1) }"]] as const) {
      expect(errors(hidden).replaceAll("findings", "findingz").replaceAll("COVERT", "COVERZ").replaceAll("agent", "agenz")).toBe(errors(unknown));
    }
  });

  test("lacks an object, input object or enum that has nothing left, and everything that needs it [B-84]", () => {
    expect(view(`type Query { t: T e: E f(i: In): Int g(i: In!): Int n: Nest } type T { x: Int ${CUI} } enum E { V ${CUI} } input In { x: Int ${CUI} } type Nest { t: T }`, 0))
      .toBe(sdl(`type Query { hello: String f: Int }`));
  });

  test("lacks an input object whose required field is hidden, and a field whose required argument is hidden [B-78]", () => {
    expect(view(`type Query { f(i: In): Int g(i: In!): Int h(x: Int! ${CUI}): Int j(x: Int! = 3 ${CUI}): Int } input In { a: Int b: Int! ${CUI} }`, 0))
      .toBe(sdl(`type Query { hello: String f: Int j: Int }`));
  });

  test("lacks an argument whose default value names something hidden [B-73]", () => {
    expect(view(`type Query { f(k: Kind = COVERT): Int g(i: In = {k: COVERT}): Int h(k: [Kind!] = [OPEN, COVERT]): Int j(k: Kind = OPEN): Int m(i: In): Int } enum Kind { OPEN COVERT ${SECRET} } input In { k: Kind = OPEN l: Kind = COVERT }`, 0))
      .toBe(sdl(`type Query { hello: String f: Int g: Int h: Int j(k: Kind = OPEN): Int m(i: In): Int } enum Kind { OPEN } input In { k: Kind = OPEN }`));
  });

  test("has an interface field exactly when every implementation visible in it has the field [B-12, B-84]", () => {
    const body = `type Query { i: I } interface I { x: Int y: Int } type A implements I { x: Int y: Int ${CUI} } type B implements I ${SECRET} { x: Int y: Int }`;
    expect(view(body, 0)).toBe(sdl(`type Query { hello: String i: I } interface I { x: Int } type A implements I { x: Int }`));
    expect(view(body, 1)).toBe(sdl(`type Query { hello: String i: I } interface I { x: Int y: Int } type A implements I { x: Int y: Int }`));
    expect(view(body, 3)).toContain("type B");
  });

  test("has an abstract type exactly when one of its possible types is visible [B-84]", () => {
    const body = `type Query { i: I u: U } interface I { x: Int } type A implements I ${CUI} { x: Int } union U = B | A type B ${SECRET} { z: Int }`;
    expect(view(body, 0)).toBe(sdl(`type Query { hello: String }`));
    expect(view(body, 1)).toBe(sdl(`type Query { hello: String i: I u: U } interface I { x: Int } type A implements I { x: Int } union U = A`));
  });

  test("drops a hidden interface from what implements it, and the fields that return it", () => {
    const body = `type Query { a: A t: Node } interface Node ${SECRET} { id: Int } type A { x: Int }`;
    expect(view(body, 0)).toBe(sdl(`type Query { hello: String a: A } type A { x: Int }`));
  });

  test("keeps chains of interfaces valid when the middle one or its argument goes", () => {
    const body = `
      type Query { top: Top mid: Mid leaf: Leaf }
      interface Top { x(a: Int, b: Int): Int y: Int } interface Mid implements Top { x(a: Int, b: Int): Int y: Int }
      type Leaf implements Mid & Top { x(a: Int ${CUI}, b: Int): Int y: Int ${CUI} } type Other implements Top { x(a: Int, b: Int): Int y: Int }
    `;
    expect(view(body, 0)).toBe(sdl(`
      type Query { hello: String top: Top mid: Mid leaf: Leaf }
      interface Top { x(b: Int): Int } interface Mid implements Top { x(b: Int): Int } type Leaf implements Mid & Top { x(b: Int): Int } type Other implements Top { x(a: Int, b: Int): Int y: Int }
    `));
  });

  test("lacks types that nothing visible leads to, whether something hidden does or nothing at all", () => {
    const body = `type Query { a: A } type A { x: Int b: B ${CUI} } type B { c: C } type C { x: Int } type Orphan { x: Int }`;
    expect(view(body, 0)).toBe(sdl(`type Query { hello: String a: A } type A { x: Int }`));
    expect(view(`type Query { a: A } type A { x: Int } type Orphan { x: Int }`, 0)).toContain("type Orphan");
  });

  test("lacks a mutation type without fields", () => {
    expect(view(`type Query { a: Int } type Mutation { m(x: Int!): Int ${CUI} }`, 0)).toBe(sdl(`type Query { hello: String a: Int }`));
    expect(view(`type Query { a: Int } type Mutation { m(x: Int!): Int ${CUI} }`, 1)).toContain("type Mutation");
  });

  test("has a directive that clients can use unless it takes something hidden, and none of the type system", () => {
    const bundle = composeSupergraph([subgraph("a", `directive @live(kind: Kind) on QUERY directive @soon(ms: Int) on QUERY | FIELD type Query { a: Int k(k: Kind): Int } enum Kind ${CUI} { V }`)], generous);
    const names = (schema: GraphQLSchema): readonly string[] => schema.getDirectives().filter((directive) => !isSpecifiedDirective(directive)).map(({ name }) => name).sort();
    expect(names(viewOf(bundle, upTo(1)))).toEqual(["live", "soon"]);
    expect(names(viewOf(bundle, upTo(0)))).toEqual(["soon"]);
    const naming = composeUnchecked(subgraph("a", `directive @live(kind: Kind = COVERT) on QUERY type Query { k(k: Kind): Int } enum Kind { OPEN COVERT ${CUI} }`, { compose: `@composeDirective(name: "@label") @composeDirective(name: "@existence")` }));
    expect(names(viewOf(naming, upTo(0)))).toEqual([]);
    const foreign = bareBundle(withoutLabelSpec(compose(subgraph("a", `type Query { a: Int }`)).supergraphSdl).concat("\ndirective @odd on OBJECT\ndirective @both on OBJECT | FIELD\n"));
    expect(names(viewOf(foreign, upTo(0)))).toEqual(["both"]);
    expect(viewOf(foreign, upTo(0)).getDirective("both")?.locations).toEqual(["FIELD"]);
  });

  test("refuses to exist when not even PUBLIC is permitted", () => {
    expect(() => viewOf(compose(subgraph("a", "type Query { a: Int }")), () => false)).toThrow(RangeError);
  });

  test("keeps deprecations, defaults, repeatable executable directives and one-of inputs of what stays", () => {
    const body = `type Query { a(x: Int = 3 @deprecated(reason: "no"), y: [Int!] = [1, 2]): Int @deprecated(reason: "old") } enum E { V @deprecated(reason: "past") } type T { e: E } extend type Query { t: T }`;
    expect(view(body, 0)).toBe(sdl(`type Query { hello: String a(x: Int = 3 @deprecated(reason: "no"), y: [Int!] = [1, 2]): Int @deprecated(reason: "old") t: T } enum E { V @deprecated(reason: "past") } type T { e: E }`));
  });
});

test("classes differ exactly by what is permitted of the distinct floors", () => {
  const bundle = compose(subgraph("a", `type Query { a: Int b: Int ${CUI} c: Int ${SECRET} d: Int ${SECRET} }`));
  expect([0, 1, 2, 3].map((level) => staticClass(bundle, upTo(level)))).toEqual(["100", "110", "110", "111"]);
});

describe("over generated schemas and subjects", () => {
  /** A different owner at every place, so that a subject is a set of owners and every combination can be tried on one composition. */
  const owners = loadPolicy().members.all.map(({ org }) => org).slice(0, 20);
  const places = owners.map((owner) => `@label(level: "CUI", owner: "${owner}", rel: ["JPN"])`);

  /** Twenty labels spread over a schema with every construct that a view can break. */
  const bodyOf = (l: readonly string[]): string => `
    type Query { a: A i(f: In, k: K ${l[0]}): I u: U ${l[1]} m(f: In!): [J!] k: K }
    interface I ${l[2]} { x(k: K, n: Int ${l[3]}): Int y: U s: I } interface J implements I { x(k: K, n: Int): Int y: U s: I z: K ${l[4]} }
    type A implements J & I ${l[5]} { x(k: K, n: Int): Int ${l[6]} y: A ${l[7]} s: J z: K w: In2 }
    type B implements I ${l[8]} { x(k: K ${l[9]}, n: Int): Int y: B s: B ${l[10]} } type In2 { x: Int ${l[11]} }
    union U = A | B | C type C ${l[12]} { q(f: [In!] = [{k: COVERT}]): S } scalar S ${l[13]}
    enum K ${l[14]} { OPEN ${l[15]} COVERT ${l[16]} } input In ${l[17]} { k: K = OPEN again: In deep: Deep ${l[18]} } input Deep { must: Int! ${l[19]} in: In k: [K!] = [COVERT] }
  `;
  const bundle = composeUnchecked(subgraph("a", bodyOf(places)));
  const coordinatesOf = (schema: GraphQLSchema): readonly string[] => Object.values(schema.getTypeMap()).flatMap((type) =>
    [type.name, ...(isObjectType(type) ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`) : [])]);
  const full = new Set(coordinatesOf(viewOf(bundle, () => true)));

  test("views are valid schemas, hold only what is permitted, and never more than the whole", () => {
    const sizes = new Set<number>();
    fc.assert(fc.property(fc.subarray(owners), (permitted) => {
      const may = (core: LabelCore): boolean => Object.keys(core.owners).every((owner) => permitted.includes(owner));
      const schema = viewOf(bundle, may);
      expect(validateSchema(schema)).toEqual([]);
      const coordinates = coordinatesOf(schema);
      sizes.add(coordinates.length);
      for (const coordinate of coordinates) {
        const [type = "", field] = coordinate.split(".");
        expect(full.has(coordinate)).toBe(true);
        if (bundle.labels.knows(type)) expect(may(bundle.labels.floor(type, field))).toBe(true);
      }
      for (const type of Object.values(schema.getTypeMap())) {
        if (isInterfaceType(type)) expect(schema.getImplementations(type).objects.length).toBeGreaterThan(0);
        if (isEnumType(type) && bundle.labels.knows(type.name)) for (const { name } of type.getValues()) expect(may(bundle.labels.enumValueFloor(type.name, name))).toBe(true);
      }
    }), { seed: 20261101, numRuns: 400 });
    expect(sizes.size).toBeGreaterThan(8);
  });

  test("floors are the join of what is stated: no coordinate is below its type", () => {
    for (const name of ["A", "B", "C", "I", "J", "Query"]) {
      const { floor, fields } = bundle.labels.toJSON().types[name] ?? { floor: -1 };
      for (const field of Object.values(fields ?? {})) expect(dominates(at(field.floor), at(floor))).toBe(true);
    }
    function at(index: number): LabelCore { return bundle.labels.distinct[index] ?? (() => { throw new RangeError(String(index)); })(); }
  });
});

describe("a bare bundle", () => {
  test("shows the whole API schema of a foreign supergraph and labels nothing", () => {
    const bundle = bareBundle(withoutLabelSpec(compose(subgraph("a", `type Query { a(x: Int = 3): T } type T { x: Int }`)).supergraphSdl));
    expect(text(viewOf(bundle, upTo(0)))).toBe(sdl(`type Query { hello: String a(x: Int = 3): T } type T { x: Int }`));
    expect(bundle.labels.distinct).toHaveLength(1);
  });

  test("is refused for a supergraph that links the label specification or has a label field", () => {
    const labelled = compose(subgraph("a", `type Query { a: Int ${CUI} }`)).supergraphSdl;
    expect(() => bareBundle(labelled)).toThrow(/^bare schema /);
    const field = compose(subgraph("a", `type Query { d: D } type D { x: Int _label: Int! @inaccessible }`)).supergraphSdl;
    expect(() => bareBundle(withoutLabelSpec(field))).toThrow(/^bare D._label /);
  });
});
