import { objectBuilderOf } from "../../../gateway/plan/object-builder";

it("builds objects with the names in order", () => {
  expect(JSON.stringify(objectBuilderOf(["b", "a", "constructor", "toString", "__x"])?.([1, null, [], "t", { a: 1 }]))).toBe("{\"b\":1,\"a\":null,\"constructor\":[],\"toString\":\"t\",\"__x\":{\"a\":1}}");
});
it("makes no code of anything but names [B-49]", () => {
  for (const name of ["__proto__", "", "a b", "a\"", "a\":1}}", "1", "a-b", "\u2028", "a\n", "x".repeat(300), "[1]"]) expect(objectBuilderOf(["ok", name])).toBeUndefined();
  expect(objectBuilderOf(Array.from({ length: 101 }, (_, index) => `a${index}`))).toBeUndefined();
});
