import { parse } from "graphql";
import { Documents } from "../../gateway/documents";

const parsed = (text: string) => parse(text, { maxTokens: 100_000 });
const positionsIn = (node: unknown): number => (typeof node !== "object" || node === null ? 0
  : Object.entries(node).reduce((sum, [name, value]) => sum + (name === "loc" && value !== undefined ? 1 : positionsIn(value)), 0));

describe("documents that are kept", () => {
  it("are found by the class that put them there, and by no other [B-21]", async () => {
    const documents = new Documents();
    const [ours, theirs] = [documents.shelf(), documents.shelf()];
    const document = parsed("{ a }");
    await ours.set("key", document);
    expect(await ours.get("key")).toBe(document);
    expect(await theirs.get("key")).toBeUndefined();
    await theirs.delete("key");
    expect(await ours.get("key")).toBe(document);
    expect(await ours.delete("key")).toBe(true);
    expect(await ours.get("key")).toBeUndefined();
  });

  it("have lost their positions, and with them their tokens, and nothing else", async () => {
    const text = "query Q($n: Int = 1) { a(first: $n, of: { list: [1, 2] }) { ...F ... on T @include(if: true) { b } } } fragment F on T { c }";
    const document = parsed(text);
    expect(positionsIn(document)).toBeGreaterThan(20);
    await new Documents().shelf().set("key", document);
    expect(positionsIn(document)).toBe(0);
    expect(JSON.stringify(document)).toBe(JSON.stringify(parse(text, { noLocation: true })));
  });

  it("share one bound, however many classes there are", async () => {
    const documents = new Documents();
    const long = `{ ${"a ".repeat(20_000)} }`;
    for (let count = 0; count < 40; count += 1) await documents.shelf().set("key", parsed(long));
    expect(documents.size).toBeGreaterThan(400_000);
    expect(documents.size).toBeLessThanOrEqual(500_000);
  });
});
