/**
 * Tokens that a change names (SPEC 6.1, decision 0025). Takes the body of a call and tokens; gives those that are a value of it: the needs of a label that the asker writes, the token of
 * a step. Only the root of a mutation is looked at: what an entity is asked with was made by ministries, not by the asker. A token within a longer text is not named.
 */
import { parse, visit } from "graphql";

const NOTHING: readonly string[] = [];
/** How the body of a mutation begins; every other call begins otherwise. */
const MUTATION = Buffer.from('{"query":"mutation');

/** @returns in order, without duplicates */
export function tokensNamedIn(body: Uint8Array, candidates: Iterable<string>): readonly string[] {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (!bytes.subarray(0, MUTATION.length).equals(MUTATION)) return NOTHING;
  const there = new Set([...candidates].filter((token) => token !== "" && bytes.includes(token)));
  if (there.size === 0) return NOTHING;
  const { query, variables } = JSON.parse(bytes.toString("utf8")) as { readonly query: string; readonly variables?: unknown };
  const named = new Set<string>();
  const take = (value: unknown): void => {
    if (typeof value === "string") { if (there.has(value)) named.add(value); } else if (typeof value === "object" && value !== null) Object.values(value).forEach(take);
  };
  take(variables);
  visit(parse(query, { noLocation: true }), { StringValue: ({ value }) => { take(value); } });
  return [...named].sort();
}
