import { ComposeError, composeSupergraph, type SubgraphSource } from "../../../schema/compose";
import { depthOf } from "../../../schema/compose/input-limits";
import { generous, open, subgraph } from "./harness";

/** Processor seconds that a refusal may take; the machine may be busy, so wall-clock time says nothing. */
const MOST_S = 15;
const many = (count: number, line: (at: number) => string): string => Array.from({ length: count }, (_, at) => line(at)).join("\n");
const only = (body: string): readonly SubgraphSource[] => [open, subgraph("a", body, { bare: true })];
const PUBLIC = `@label(level: "PUBLIC")`;
/** A field set that doubles with every level, within the depth that is read. */
const doubling = (depth: number): string => (depth === 0 ? "x" : `d { ${doubling(depth - 1)} } e { ${doubling(depth - 1)} }`);

/** The findings, after checking that they are few, short, and came soon. */
function refusal(sources: readonly SubgraphSource[]): string {
  const before = process.cpuUsage();
  let message = "composed";
  try { composeSupergraph(sources, generous); } catch (error) {
    if (!(error instanceof ComposeError)) throw error;
    expect(error.findings.length).toBeLessThanOrEqual(1_001);
    expect(error.message.length).toBeLessThan(3_000_000);
    message = error.message;
  }
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(MOST_S);
  return message;
}

test.each([
  ["a text that never ends", only(`type Query { a: Int ${PUBLIC} } "`), /^subgraph schema \[a\]: Syntax Error: Unterminated string/],
  ["what is not text", only("\u0000\u0001"), /^subgraph schema \[a\]: Syntax Error/],
  ["nothing", [{ name: "a", url: "", sdl: "" }], /^subgraph schema \[a\]: Syntax Error/],
  ["no subgraphs", [], /^composition schema \[\]: No queries found/],
  ["an unknown type", only(`type Query { a: Nowhere }`), /^subgraph schema \[a\]: \[a\] Unknown type Nowhere/],
  ["a type defined twice", only(`type Query { t: A } type A { x: Int } type A { y: Int }`), /There can be only one type named "A"/],
  ["a type defined ten thousand times", only(`type Query { t: A } ${many(10_000, () => "type A { x: Int }")}`), /^input-limits A /],
  ["interfaces that implement each other", only(`type Query { t: A } interface A implements B { x: Int } interface B implements A { x: Int } type T implements A & B { x: Int }`), /circular/],
  ["an input object that needs itself", only(`type Query { a(i: In!): Int ${PUBLIC} } input In { i: In! }`), /Cannot reference Input Object "In" within itself/],
  ["fields that require each other", only(`type Query { d: D } type D @key(fields: "id") { id: ID! a: Int @requires(fields: "b") b: Int @requires(fields: "a") }`), /^subgraph schema \[a\]/],
  ["five megabytes", only(`# ${"x".repeat(5 * 2 ** 20)}\ntype Query { a: Int }`), /^input-limits schema \[a\]: \d+ bytes/],
  ["many short tokens", only(`type Query { a: Int } ${"type T { x: Int } ".repeat(100_000)}`), /more that 100000 tokens/],
  ["a list of lists of lists", only(`type Query { a: ${"[".repeat(100_000)}Int${"]".repeat(100_000)} }`), /^input-limits schema \[a\]: nested more than 32 deep/],
  ["a deep default value", only(`input I { i: I } type Query { a(i: I = ${"{i: ".repeat(50_000)}null${"}".repeat(50_000)}): Int }`), /nested more than 32 deep/],
  ["a deep field set", only(`type D @key(fields: "id") { id: ID! d: D @external x: Int @requires(fields: "${"d { ".repeat(2_000)}id${" }".repeat(2_000)}") }`), /nested more than 32 deep/],
  ["field sets that double with every level", [open, subgraph("a", `type Query { d: D } type D @key(fields: "id") { id: ID! d: D @shareable e: D @shareable x: Int @shareable }`),
    subgraph("b", `type D @key(fields: "id") { id: ID! d: D @external e: D @external x: Int @external ${many(60, (at) => `y${at}: Int @requires(fields: "${doubling(11)}")`)} }`)], /^subgraph schema \[b\]: the field sets have \d+ words/],
  ["sixty subgraphs with ten keys for each of ten types", Array.from({ length: 60 }, (_, own) => subgraph(`s${own}`, `type Query { q${own}: T0 } ${many(10, (type) => `type T${type} ${many(10, (key) => `@key(fields: "k${key}")`)} { ${many(10, (key) => `k${key}: ID! @shareable`)} }`)}`)),
    /^input-limits schema \[s0, .*\]: 360000 ways from one subgraph to another/],
  ["a key by another name", Array.from({ length: 70 }, (_, own) => subgraph(`s${own}`, `type Query { q${own}: T } type T ${many(10, (key) => `@ref(fields: "k${key}")`)} { ${many(10, (key) => `k${key}: ID! @shareable`)} }`, { federation: `@link(url: "https://specs.apollo.dev/federation/v2.9", import: [{ name: "@key", as: "@ref" }, "@shareable", "@composeDirective", "FieldSet"])` })),
    /^input-limits schema \[s0, .*\]: 49000 ways/],
  ["ten thousand labels on one field", only(`type Query { a: Int ${many(10_000, () => `@label(level: "CUI")`)} }`), /^subgraph schema \[a\]: Query\.a has more than 64 directives/],
  ["ten thousand labels, one on each field", only(`type Query { t: T0 } ${many(10, (type) => `type T${type} { ${many(1_000, (at) => `f${at}: Int @label(level: "CUI")`)} }`)}`), /tokens/],
  ["a type with two thousand and one fields", only(`type Query { ${many(2_001, (at) => `f${at}: Int`)} }`), /^subgraph schema \[a\]: Query has more than 2000 members/],
  ["a type with a hundred interfaces", only(`type Query { t: T } type T implements ${Array.from({ length: 100 }, (_, at) => `I${at}`).join(" & ")} { x: Int } ${many(100, (at) => `interface I${at} { x: Int }`)}`), /T has more than 64 interfaces/],
  ["several large types", [open, ...["a", "b", "c"].map((name) => subgraph(name, `type ${name.toUpperCase()} { ${many(1_950, (at) => `f${at}: Int`)} }`))], /^input-limits \w \[a, b, c, open\]: the types have too many members/],
  ["three hundred subgraphs", Array.from({ length: 300 }, (_, at) => subgraph(`s${at}`, `type Query { a: Int @shareable }`)), /^input-limits schema \[\]: 300 subgraphs/],
  ["two subgraphs of one name", [open, open], /^input-limits schema \[open\]: is the name of more than one subgraph/],
  ["five thousand types in a chain", only(`type Query { t: T0 } ${many(5_000, (at) => `type T${at} ${PUBLIC} { n: T${at + 1} }`)} type T5000 ${PUBLIC} { x: Int }`), /^composed$|^composition schema \[a, open\]: types that lead to each other in too long a chain/],
  ["a schema with a thousand faults", only(`type Query { t: T } type T { ${many(1_500, (at) => `f${at}: Int @label(level: "COSMIC")`)} }`), /and 500 more findings$/],
] as const)("%s is refused soon, in a few words", (_, sources, expected) => {
  expect(refusal(sources)).toMatch(expected);
});

test("nothing is composed while one subgraph cannot be read, and the same sources without it compose", () => {
  const bad = subgraph("b", "type Query { a: ");
  expect(refusal([open, bad])).toMatch(/^subgraph schema \[b\]/);
  expect(refusal([open])).toBe("composed");
});

test("nesting is counted outside texts and comments, and in each text by itself", () => {
  expect(depthOf(`type A { x: [[Int]] }`)).toBe(3);
  expect(depthOf(`type A { "}}}}" x: [Int] } # [[[[[[`)).toBe(2);
  expect(depthOf(`input A { x: B = {a: "text", b: {a: "more", b: {}}} }`)).toBe(4);
  expect(depthOf(`type D @key(fields: "a { b { c { d } } }")`)).toBe(3);
  expect(depthOf(`"""a \\""" { [ """ type A { x: Int }`)).toBe(2);
  expect(depthOf("[".repeat(200_000))).toBe(33);
});
