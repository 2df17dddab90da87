import { type DocumentNode, getIntrospectionQuery, parse } from "graphql";
import { Refused } from "../../../gateway/errors";
import { DEFAULT_LIMITS, type Limits, chooseOperation } from "../../../gateway/plan/limits";

function refusal(source: string | DocumentNode, operationName?: string | null, limits: Partial<Limits> = {}): string {
  try {
    chooseOperation(typeof source === "string" ? parse(source) : source, operationName, { ...DEFAULT_LIMITS, ...limits });
    return "accepted";
  } catch (thrown) {
    if (thrown instanceof Refused) return thrown.code;
    throw thrown;
  }
}
/** `{ a { a { ... } } }` */
const deep = (depth: number): string => `${"{a".repeat(depth)}${"}".repeat(depth)}`;

it("chooses exactly the operation that is named, and refuses ambiguity [B-22]", () => {
  const several = "query A { a } query B { b } query B2 { c }";
  expect(chooseOperation(parse(several), "B", DEFAULT_LIMITS).definition.name?.value).toBe("B");
  for (const name of [undefined, null, "", "C", "b"]) expect(refusal(several, name)).toBe("OPERATION_RESOLUTION_FAILURE");
  expect(refusal("query A { a } query A { b }", "A")).toBe("OPERATION_RESOLUTION_FAILURE");
  expect(refusal("fragment F on Q { a }")).toBe("OPERATION_RESOLUTION_FAILURE");
  expect(refusal("{ a }", "A")).toBe("OPERATION_RESOLUTION_FAILURE");
});
it("counts depth through fragments and whatever they are called [B-128]", () => {
  expect(refusal(deep(5), undefined, { depth: 5 })).toBe("accepted");
  expect(refusal(deep(6), undefined, { depth: 5 })).toBe("OPERATION_LIMIT");
  const nested = (name: string): string => `query __schema { a { ...${name} } } fragment ${name} on A { a { ...G } } fragment G on A { a { ... on A { a } } }`;
  for (const name of ["F", "__schema", "__type", "__typename", "constructor"]) {
    expect(refusal(nested(name), undefined, { depth: 4 })).toBe("accepted");
    expect(refusal(nested(name), undefined, { depth: 3 })).toBe("OPERATION_LIMIT");
  }
  expect(refusal("{ __schema { types { fields { type { name } } } } }", undefined, { depth: 4 })).toBe("OPERATION_LIMIT");
});
it("measures a fragment at every place where it is used, not at the first [B-128]", () => {
  expect(refusal("{ ...F a { a { ...F } } } fragment F on A { a { a } }", undefined, { depth: 4 })).toBe("accepted");
  expect(refusal("{ ...F a { a { ...F } } } fragment F on A { a { a } }", undefined, { depth: 3 })).toBe("OPERATION_LIMIT");
});
it("counts aliases where they are written out [B-109]", () => {
  const aliases = (count: number): string => `{ ${Array.from({ length: count }, (_, index) => `x${index}: a`).join(" ")} }`;
  expect(refusal(aliases(10), undefined, { aliases: 10 })).toBe("accepted");
  expect(refusal(aliases(11), undefined, { aliases: 10 })).toBe("OPERATION_LIMIT");
  expect(refusal("{ p { ...F } q { ...F } r { ...F } } fragment F on A { x: a y: b }", undefined, { aliases: 5 })).toBe("OPERATION_LIMIT");
  expect(refusal("{ a: a b: b }", undefined, { aliases: 0 })).toBe("accepted");
});
it("counts tokens as the lexer made them, and nodes where there are none", () => {
  expect(refusal("{ a(b: [1, 2, 3]) }", undefined, { tokens: 14 })).toBe("accepted");
  expect(refusal("{ a(b: [1, 2, 3]) }", undefined, { tokens: 13 })).toBe("OPERATION_LIMIT");
  expect(refusal(parse("{ a(b: [1, 2, 3]) }", { noLocation: true }), undefined, { tokens: 8 })).toBe("OPERATION_LIMIT");
});
it("refuses a fragment bomb at once [B-28] [B-29]", () => {
  const levels = 60;
  const bomb = `{ ...F0 } ${Array.from({ length: levels }, (_, level) => `fragment F${level} on A { a { ...F${level + 1} } b { ...F${level + 1} } }`).join(" ")} fragment F${levels} on A { a }`;
  const started = performance.now();
  expect(refusal(bomb, undefined, { depth: 1_000 })).toBe("OPERATION_LIMIT");
  expect(performance.now() - started).toBeLessThan(5_000);
});
it("bounds introspection, which no ministry pays for: many times the schema in one request is refused [B-109]", () => {
  expect(refusal(getIntrospectionQuery({ inputValueDeprecation: true, directiveIsRepeatable: true, schemaDescription: true, specifiedByUrl: true }))).toBe("accepted");
  const lists = (count: number): string => `{ ${Array.from({ length: count }, (_, index) => `a${index}: __schema { types { name } }`).join(" ")} }`;
  expect([refusal(lists(30)), refusal(lists(31))]).toEqual(["accepted", "OPERATION_LIMIT"]);
  const inner = "{ __schema { types { a: fields { ...F } b: fields { ...F } } } } fragment F on __Field { ARGS }";
  const args = (count: number): string => inner.replace("ARGS", Array.from({ length: count }, (_, index) => `x${index}: args { name }`).join(" "));
  expect([refusal(args(13)), refusal(args(14))]).toEqual(["accepted", "OPERATION_LIMIT"]);
  expect(refusal("{ a: __type(name: \"A\") { ...T } ...Q } fragment T on __Type { TYPES } fragment Q on Q { __schema { types { name } } }".replace("TYPES", Array.from({ length: 30 }, (_, index) => `p${index}: possibleTypes { name }`).join(" ")))).toBe("OPERATION_LIMIT");
  expect(refusal(`{ ${Array.from({ length: 60 }, (_, index) => `f${index}: fields { args { types } }`).join(" ")} }`)).toBe("accepted");
});
it("ends on fragments in a circle and on unknown ones, which validation should have refused", () => {
  expect(refusal("{ ...F } fragment F on A { ...G } fragment G on A { ...F }")).toBe("GRAPHQL_VALIDATION_FAILED");
  expect(refusal("{ ...Nowhere }")).toBe("GRAPHQL_VALIDATION_FAILED");
});
it("refuses response names that belong to the gateway [B-44]", () => {
  for (const source of ["{ _kanmon_label: a }", "{ a { _kanmonx: b } }", "{ ...F } fragment F on A { _kanmon: a }", "{ ... on A { _kanmon_key_id: id } }"]) expect(refusal(source)).toBe("RESERVED_NAME");
  expect(refusal("{ __kanmon: a kanmon_label: b _kan: c }")).toBe("accepted");
});
