/**
 * The mixed load of the memory run: small, medium and big questions under many different texts, tokens and narrowings, introspection, and every kind of refusal.
 * The n-th request is always the same, so that a run can be repeated.
 */
import type { Expected } from "./round";
import { QUERIES, type QueryName } from "./workload/queries";

export interface Mixed {
  readonly kind: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Whether this answer is right. */
  readonly accepts: (status: number, text: string) => boolean;
}

/** Different texts of the same question: each is a document, a validation and a plan of its own. */
const TEXTS = 700;
const INTROSPECTION = "query IntrospectionQuery { __schema { queryType { name } types { kind name fields(includeDeprecated: true) { name type { kind name ofType { kind name } } args { name } } } directives { name } } }";
const DEEP = `{ users ${"{ reviews { product ".repeat(30)}{ upc }${" } }".repeat(30)} }`;
const ALIASES = `{ ${Array.from({ length: 600 }, (_, at) => `a${at}: me { id }`).join(" ")} }`;
const NARROWINGS: readonly Readonly<Record<string, string>>[] = [{}, {}, {}, { "kanmon-purpose": "ANALYSIS" }, { "kanmon-ceiling": "CUI" }, { "kanmon-release-to": "USA" }, { "kanmon-release-to": "USA,AUS" }];

/** @param tokens many tokens of a few subjects */
export function mixtureOf(tokens: readonly string[], expected: Expected): (at: number) => Mixed {
  // A document that is refused answers 200 to clients of the older media type (GraphQL over HTTP); what counts is that no data come.
  const refused = (status: number, text: string): boolean => status >= 200 && text.startsWith('{"errors":[') && !text.includes('"data":{');
  return (at) => {
    const token = tokens[(at * 7) % tokens.length] ?? "";
    const narrowing = NARROWINGS[at % NARROWINGS.length] ?? {};
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}`, ...narrowing };
    const plain = { "content-type": "application/json", authorization: `Bearer ${token}` };
    const whole = Object.keys(narrowing).every((name) => name === "kanmon-purpose");
    const question = (kind: QueryName): Mixed => ({
      kind, headers, body: json({ query: named(QUERIES[kind], (at * 31) % TEXTS) }),
      accepts: (status, text) => status === 200 && (whole ? text.includes(`"data":${expected.whole[kind]}`) : text.includes('"data":{')),
    });
    const refusal = (kind: string, body: Buffer, sent: Readonly<Record<string, string>> = plain): Mixed => ({ kind, headers: sent, body, accepts: refused });
    switch (at % 20) {
      case 0: return refusal("no token", json({ query: QUERIES.small }), { "content-type": "application/json" });
      case 1: return refusal("forged token", json({ query: QUERIES.small }), { ...plain, authorization: `Bearer ${token.slice(0, -6)}AAAAAA` });
      case 2: return refusal("unknown field", json({ query: `{ users { id secretName${at} } }` }));
      case 3: return refusal("syntax", json({ query: `{ users { id ${"(".repeat(at % 50)} ` }));
      case 4: return refusal("not JSON", Buffer.from(`{"query": "{ me { id }${at}`));
      case 5: return refusal("too deep", json({ query: DEEP }));
      case 6: return refusal("too many aliases", json({ query: ALIASES }));
      case 7: return refusal("too long", Buffer.alloc(300_000, 0x20));
      case 8: return { kind: "introspection", headers: plain, body: json({ query: INTROSPECTION }), accepts: (status, text) => status === 200 && text.includes('"__schema"') && !text.includes("_label") };
      case 9: case 10: return question("big");
      case 11: case 12: case 13: return question("medium");
      default: return question("small");
    }
  };
}

/** The same question under another name: comments and spaces alone would make it no other document. */
function named(query: string, at: number): string {
  const text = `query Text${at} ${query.slice(query.indexOf("{"))}`;
  if (/^query\s*\(/.test(query)) throw new Error("a question with variables");
  return text;
}

function json(value: unknown): Buffer { return Buffer.from(JSON.stringify(value)); }
