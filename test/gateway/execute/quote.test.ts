import { isPlain, isPlainText, quote } from "../../../gateway/execute/quote";
import { KnownTables, readAnswer } from "../../../gateway/execute/answer";
import { Federation } from "./federation";
import { specs } from "./conformance-zoo";

/** Every character that JSON may treat in its own way, some that it does not, and halves of pairs. */
const STRINGS = [
  ...Array.from({ length: 0x180 }, (_, code) => String.fromCharCode(code)), "\u2028", "\u2029", "\u9580", "\ufeff", "\uffff",
  "\ud83d\ude00", "\ud83d", "\ude00", "\ude00\ud83d", "a\ud83dz", "\ud83d\ud83d\ude00",
].flatMap((text) => [text, `a${text}`, `${text}b`]);

it("writes every string as JSON does", () => {
  for (const text of ["", ...STRINGS]) expect(quote(text)).toBe(JSON.stringify(text));
});
it("calls text plain only when all its strings are what they are between quotes", () => {
  for (const text of STRINGS) {
    for (const json of [JSON.stringify([text]), `["${text}"]`]) {
      const bytes = Buffer.from(json);
      let parsed: unknown;
      try { parsed = JSON.parse(bytes.toString("utf8")); } catch { continue; }
      if (isPlainText(bytes)) expect(`["${(parsed as string[])[0]}"]`).toBe(JSON.stringify(parsed));
      expect(isPlainText(bytes)).toBe(!json.includes("\\"));
    }
    // A half of a pair is looked at more closely by whoever prints it.
    expect(isPlain(text)).toBe(JSON.stringify(text) === `"${text}"` && !/[\ud800-\udfff]/.test(text));
  }
});
it("calls no answer plain that came as anything but bytes, and looks at the data, not at the labels", () => {
  const table = `"extensions":{"labels":[{"note":"\\n${"x".repeat(300)}"}]}}`;
  const plain = (text: string): boolean | undefined => readAnswer({ ok: true, body: Buffer.from(text) }, new KnownTables())?.plainText;
  expect([plain(`{"data":{"a":"b"},${table}`), plain(`{"data":{"a":"\\u0041"},${table}`), plain("{\"data\":{\"a\":\"b\"}}"), plain("{\"data\":{\"a\":\"\\t\"}}")]).toEqual([true, false, true, false]);
  expect(readAnswer({ ok: true, json: { data: { a: "b" } } }, undefined)?.plainText).toBe(false);
});
it("escapes what the client gets wherever one answer of several has something to escape", async () => {
  const federation = await Federation.start(specs);
  try {
    for (const name of ["plain \u9580 \ud83d\ude00", "q\"q", "back\\slash", "line\nbreak", "half \ud83d pair", "</script>\u2028"]) {
      federation.tamper = (subgraph, _, answer) => (subgraph === "crm" ? JSON.parse(JSON.stringify(answer, (key, value: unknown) => (key === "name" ? name : value))) as unknown : answer);
      const outcome = await federation.run("{ items { sku } customers { name } }");
      expect(outcome.errors).toEqual([]);
      const wanted = { items: [{ sku: "i1" }, { sku: "i2" }, { sku: "i3" }], customers: [{ name }, { name }] };
      expect(outcome.text).toBe(JSON.stringify(wanted));
      expect(outcome.data).toEqual(wanted);
    }
  } finally { await federation.stop(); }
});
it("keeps tables of one length apart that look alike, and finds each again", () => {
  const tables = new KnownTables();
  const table = (mark: string, at: number): Buffer => Buffer.from(`"extensions":{"labels":["${"x".repeat(at)}${mark}${"x".repeat(997 - at)}"]}}`);
  const all = Array.from({ length: 20 }, (_, index) => table(String.fromCharCode(97 + index), 100 + (index % 3)));
  const read = all.slice(0, 4).map((bytes) => tables.read(bytes));
  expect(all.slice(0, 4).map((bytes) => tables.read(bytes))).toEqual(read);
  expect(all.slice(0, 4).every((bytes, index) => tables.read(bytes) === read[index])).toBe(true);
  for (const bytes of all) expect(tables.read(bytes)?.raw).toEqual(JSON.parse(`{${bytes.toString()}`).extensions.labels);
});
