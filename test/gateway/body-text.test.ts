import fc from "fast-check";
import { BodyText, WrittenData } from "../../gateway/body-text";
import { KnownTables, readAnswer } from "../../gateway/execute/answer";
import { withRelease } from "../../gateway/front/release";

const RELEASE = { marking: { ja: "\u516C\u958B", en: "PUBLIC", label: "L-1" }, withheld: [], evidence: { log: "log", index: 7, txn: "txn" }, policy: "P-1" } as const;
const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text); // oxlint-disable-line no-control-regex -- ASCII begins there
const strings = fc.oneof(fc.string(), fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }));
const data = fc.dictionary(strings, fc.oneof(strings, fc.integer(), fc.constant(null), fc.array(strings)));

/** As the server makes it of the text of the data and what Apollo Server adds. */
function bodyOf(text: string, others: object, ascii: boolean): BodyText {
  const written = new WrittenData(text, ascii);
  written.complete(others);
  const body = written.take();
  if (body === undefined) throw new Error("no body");
  return body;
}

describe("the bytes of an answer", () => {
  it("are those of the same JSON put together plainly, whatever characters are in it and whether or not it is known to be ASCII", () => {
    fc.assert(fc.property(data, fc.boolean(), fc.boolean(), (value, known, withErrors) => {
      const text = JSON.stringify(value);
      const others = withErrors ? { errors: [{ message: "\u304B\u3093\u3082\u3093", extensions: { code: "X" } }] } : {};
      const bytes = withRelease(bodyOf(text, others, known && isAscii(text)), RELEASE);
      expect(JSON.parse(bytes.toString("utf8"))).toEqual({ ...others, data: JSON.parse(text) as unknown, extensions: { release: RELEASE } });
      expect(bodyOf(text, others, known && isAscii(text)).take().bytes.toString("utf8")).toBe(bodyOf(text, others, false).read());
    }));
  });

  it("are given once", () => {
    const body = new BodyText('{"data":null}');
    expect(body.take().bytes.toString()).toBe('{"data":null}');
    expect(body.take().bytes).toHaveLength(0);
  });
});

describe("an answer of a ministry is known to be ASCII", () => {
  it("only when no string in it holds another character, escaped or not", () => {
    fc.assert(fc.property(data, fc.boolean(), (value, escaped) => {
      const json = JSON.stringify({ data: value });
      const sent = escaped ? json.replaceAll(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`) : json;
      const answer = readAnswer({ ok: true, body: Buffer.from(sent) }, new KnownTables());
      expect(answer?.data).toEqual(JSON.parse(JSON.stringify(value)));
      if (!isAscii(JSON.stringify(value))) expect(answer?.ascii).toBe(false);
      else if (!sent.includes("\\")) expect(answer?.ascii).toBe(true);
    }));
  });
});
