import { collectGarbage } from "../../gateway/first-collection";

it("collects what nobody can reach, and gives nobody the means", async () => {
  const kept = { name: "kept" };
  const references = [new WeakRef(kept), new WeakRef({ name: "left" })] as const;
  // A weak reference holds its object until the task at hand is over.
  await new Promise((done) => { setImmediate(done); });
  collectGarbage();
  expect(references.map((reference) => reference.deref()?.name)).toEqual(["kept", undefined]);
  expect(globalThis.gc).toBeUndefined();
  expect(kept.name).toBe("kept");
});
