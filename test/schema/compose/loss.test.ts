import { describe as describeComposition } from "../../../schema/compose/compose";
import { labelsInSupergraph } from "../../../schema/compose/rules/labels-in-supergraph";
import { readSubgraph } from "../../../schema/compose/subgraph";
import { readSupergraph } from "../../../schema/compose/supergraph";
import { compose, findingsOf, generous, open, subgraph } from "./harness";

/** What the rule says when composition had produced `supergraphSdl` of these subgraphs. */
function lossesIn(supergraphSdl: string, ...sources: readonly ReturnType<typeof subgraph>[]): readonly string[] {
  const composition = describeComposition([open, ...sources].map(readSubgraph), readSupergraph(supergraphSdl), generous);
  return labelsInSupergraph.check(composition).map(({ coordinate, subgraphs: names }) => `${coordinate} [${names.join(", ")}]`);
}

const source = subgraph("a", `
  type Query { d(by: Int @label(level: "CUI")): D k: K f(i: In): Int }
  type D @key(fields: "id") @label(level: "CUI") { id: ID! x: String @label(level: "SECRET", regimes: ["SDS"]) @label(level: "CUI", purposes: ["VETTING"]) m: String @existence }
  enum K { OPEN COVERT @label(level: "SECRET") } input In { a: Int @label(level: "SECRET") }
`);
const { supergraphSdl } = compose(source);

test("nothing is lost when composition keeps everything", () => {
  expect(lossesIn(supergraphSdl, source)).toEqual([]);
});

test.each([
  ["Query.d(by:)", `by: Int @label(level: "CUI")`, "by: Int"],
  ["D", /type D\n((?: {2}@join__.*\n)*) {2}@label\(level: "CUI"\)/, "type D\n$1"],
  ["D.x", ` @label(level: "CUI", purposes: ["VETTING"])`, ""],
  ["D.x", `@label(level: "SECRET", regimes: ["SDS"])`, `@label(level: "CONFIDENTIAL", regimes: ["SDS"])`],
  ["D.x", `@label(level: "SECRET", regimes: ["SDS"])`, `@label(level: "SECRET")`],
  ["D.m", "m: String @existence", "m: String"],
  ["K.COVERT", /(COVERT.*) @label\(level: "SECRET"\)/, "$1"],
  ["In.a", `a: Int @label(level: "SECRET")`, "a: Int"],
])("a label that is lost or lowered at %s is found", (coordinate, from, to) => {
  const damaged = supergraphSdl.replace(from, to);
  expect(damaged).not.toBe(supergraphSdl);
  expect(new Set(lossesIn(damaged, source))).toEqual(new Set([`${coordinate} [a]`]));
});

test.each([
  ["D.id", "id: ID!", `id: ID! @label(level: "CUI")`],
  ["D.x", `@label(level: "SECRET", regimes: ["SDS"])`, `@label(level: "SECRET", regimes: ["SDS", "CESI"])`],
  ["D.id", "id: ID!", "id: ID! @existence"],
  ["Query.k", "k: K", `k: K @label(level: "CUI", purposes: ["VETTING"])`],
])("a label that no subgraph states is found at %s: the supergraph is the join, not more", (coordinate, from, to) => {
  const damaged = supergraphSdl.replace(from, to);
  expect(damaged).not.toBe(supergraphSdl);
  expect(lossesIn(damaged, source)).toContain(`${coordinate} [a, open]`);
});

test("an argument that composition drops takes its label with it, without a finding", () => {
  const one = subgraph("a", `type Query { t: T } type T @key(fields: "id") { id: ID! f(x: Int, y: Int @label(level: "CUI")): Int @shareable }`);
  const two = subgraph("b", `type T @key(fields: "id") { id: ID! f(x: Int): Int @shareable }`);
  expect(findingsOf(one, two)).toEqual([]);
  expect(compose(one, two).supergraphSdl).not.toContain("y: Int");
});

test("a directive on whose arguments the subgraphs disagree is an error, whoever is in the majority [B-1]", () => {
  const noted = (name: string, words: string): ReturnType<typeof subgraph> => subgraph(name, `
    directive @note(text: String!) on FIELD_DEFINITION
    type Query { shared: String @shareable @note(text: "${words}") }
  `, {
    link: `@link(url: "https://kanmon.example/label/v1.0", import: ["@label", "@existence"]) @link(url: "https://note.example/note/v1.0", import: ["@note"])`,
    compose: `@composeDirective(name: "@label") @composeDirective(name: "@existence") @composeDirective(name: "@note")`,
  });
  expect(findingsOf(noted("a", "same"), noted("b", "same"))).toEqual([]);
  expect(findingsOf(noted("a", "one"), noted("b", "two"), noted("c", "two"))).toEqual(["composition Query.shared [a, b, c, open]"]);
});

test("what Apollo's composition refuses, or trips over, is a finding like any other", () => {
  expect(findingsOf(subgraph("a", "type Query { t: T } type T { x: Int }"), subgraph("b", "type T { x: Int }"))).toEqual(["composition schema [a, b, open]"]);
  expect(findingsOf(subgraph("a", "type Query { t: Nowhere }"))).toEqual(["subgraph schema [a]"]);
});
