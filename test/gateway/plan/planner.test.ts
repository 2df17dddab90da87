import { buildSubgraphSchema } from "@apollo/subgraph";
import { composeServices } from "@apollo/composition";
import { parse } from "graphql";
import { type Bundle, bareBundle, viewOf } from "../../../schema/compose";
import { DEFAULT_LIMITS, Planner } from "../../../gateway/plan";
import type { FetchStep, Step } from "../../../gateway/plan/operation";

function compose(sdl: string): Bundle {
  const typeDefs = parse(`extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@inaccessible"])\n${sdl}`);
  buildSubgraphSchema({ typeDefs });
  const composed = composeServices([{ name: "a", url: "http://a.invalid", typeDefs }]);
  if (composed.supergraphSdl === undefined) throw new Error(String(composed.errors));
  return bareBundle(composed.supergraphSdl);
}
const bundle = compose("type Query { a(x: Int, s: String): A secretSearch(term: String): [A] } type A @key(fields: \"id\") { id: ID! name: String }");
const view = viewOf(bundle, () => true);
const fetches = (step: Step | undefined): FetchStep[] => (step === undefined ? [] : step.kind === "fetch" ? [step] : step.kind === "meeting" ? [...step.meeting.fetches] : step.kind === "condition" ? [...fetches(step.then), ...fetches(step.otherwise)] : step.steps.flatMap(fetches));

it("compiles an operation once per view, document and operation name [B-21]", () => {
  const planner = new Planner(bundle);
  const other = viewOf(bundle, () => true);
  const source = "query P { a { id } } query Q { a { name } }";
  const first = planner.compile(view, parse(source), "P");
  expect(planner.compile(view, parse(source), "P")).toBe(first);
  expect(planner.compile(view, parse(source), "Q")).not.toBe(first);
  expect(planner.compile(other, parse(source), "P")).not.toBe(first);
});
it("takes no operation for another that was asked under a name which looks like the beginning of a document [B-21] [B-22]", () => {
  const planner = new Planner(bundle);
  const prefix = "query P { a { id } }";
  planner.compile(view, parse(`${prefix}\nquery Q { a { name } }`), "P");
  expect(() => planner.compile(view, parse("query Q { a { name } }"), `P\n${prefix}`)).toThrow("OPERATION_RESOLUTION_FAILURE");
  planner.compile(view, parse("{ a { id } }"), null);
  expect(() => planner.compile(view, parse("{ a { id } }"), "null")).toThrow("OPERATION_RESOLUTION_FAILURE");
});
it("keeps no more operations than it may", () => {
  const planner = new Planner(bundle);
  const first = planner.compile(view, parse("{ a { id } }"), null);
  for (let index = 0; index < 2_001; index += 1) planner.compile(view, parse(`{ a(x: ${index}) { id } }`), null);
  expect(planner.compile(view, parse("{ a { id } }"), null)).not.toBe(first);
}, 60_000);
it("keeps no more memory than it may: a few large operations push others out, however short their text [B-28]", () => {
  const planner = new Planner(bundle, { ...DEFAULT_LIMITS, planning: 20_000 });
  const small = planner.compile(view, parse("{ a { id } }"), null);
  for (let index = 0; index < 3; index += 1) planner.compile(view, parse(`{ a(x: ${index}) { id } }`), null);
  expect(planner.compile(view, parse("{ a { id } }"), null)).toBe(small);
  // 1,800 selections each, out of some 200 characters.
  const large = (index: number): string => `{ a(x: ${index}) { ...F0 } } ${[0, 1, 2].map((level) => `fragment F${level} on A { ${`...F${level + 1} `.repeat(12)}}`).join(" ")} fragment F3 on A { id }`;
  for (let index = 0; index < 10; index += 1) expect(planner.compile(view, parse(large(index)), null).selections).toBeGreaterThan(1_800);
  expect(planner.compile(view, parse("{ a { id } }"), null)).not.toBe(small);
});
it("tells no ministry what the client called things [labels.md F4]", () => {
  const operation = new Planner(bundle).compile(view, parse("query WhoIsTheMole($suspect: String) { betrayal: secretSearch(term: $suspect) { leak: name ...Traitor } } fragment Traitor on A { id }"), "WhoIsTheMole");
  const [fetch] = fetches(operation.steps);
  expect(fetch?.head).toBe("{\"query\":\"query($v0:String){_kanmon1:secretSearch(term:$v0){_kanmon2:name id}}\",\"variables\":{");
  expect(fetch?.variables).toEqual(["v0"]);
});
it("leaves the client's document as it was [B-140]", () => {
  const document = parse("query($x: Boolean!) { b: a { id @include(if: $x) ...F } } fragment F on A { name }");
  const before = JSON.stringify(document);
  new Planner(bundle).compile(view, document, null);
  expect(JSON.stringify(document)).toBe(before);
});
it("does not plan what asks nothing of anybody", () => {
  const planner = new Planner(bundle);
  for (const source of ["{ __typename }", "{ __schema { queryType { name } } }", "{ a @include(if: false) { id } }"]) expect(planner.compile(view, parse(source), null).steps).toBeUndefined();
});
it("refuses a supergraph whose own names begin like the gateway's", () => {
  expect(() => new Planner(compose("type Query { _kanmon_label: Int }"))).toThrow("RESERVED_NAME");
});
