/**
 * Lets those whom the list binds ask known operations only (SPEC 19). Takes a request as it arrived; gives the same request with the listed document in the place of the client's own text or hash, so that
 * nothing but the list, the variables and the name is ever looked at. Refuses everything else with one code, before anything is validated: what a text names makes no difference.
 */
import type { KnownOperation, KnownOperations } from "../bundle/known-operations";
import { Refused } from "../errors";
import type { HttpRequest } from "../server";

type Members = Readonly<Record<string, unknown>>;

const HASH = /^[0-9a-f]{64}$/;
const VERSION = 1;

export interface Admitted { readonly request: HttpRequest; /** The listed text that is asked. */ readonly document: string }

/**
 * @param tokens beyond which a text is no document
 * @throws Refused UNKNOWN_OPERATION
 */
export function admitKnown(request: HttpRequest, operations: KnownOperations, tokens: number): Admitted {
  const asked = request.method === "GET" ? readSearch(request.search) : request.body;
  if (!isMembers(asked)) throw unknown("no operation is named");
  const known = find(asked, operations, tokens);
  if (known === undefined) throw unknown("the operation is not on the list");
  const { operationName, variables } = asked;
  // A document has one operation: another name is another operation, and a form that is none is no name.
  if (operationName !== undefined && operationName !== null && operationName !== "" && operationName !== known.name) throw unknown("another operation is named");
  if (request.method !== "GET") return { document: known.text, request: { ...request, body: { query: known.text, operationName: known.name, ...(variables === undefined ? {} : { variables }) } } };
  const search = new URLSearchParams({ query: known.text, operationName: known.name, ...(typeof variables === "string" ? { variables } : {}) });
  return { document: known.text, request: { ...request, search: `?${String(search)}` } };
}

/** What is refused when a listed document names what the asker may not know of, as any document that does. */
export function unknown(detail: string): Refused { return new Refused("UNKNOWN_OPERATION", detail); }

/** By text, by hash, or by both where they name the same. Nothing is ever added to the list. */
function find({ query, extensions }: Members, operations: KnownOperations, tokens: number): KnownOperation | undefined {
  const persisted = extensions === undefined || extensions === null ? undefined : isMembers(extensions) ? extensions["persistedQuery"] : false;
  if (persisted === undefined) return typeof query === "string" ? operations.withText(query, tokens) : undefined;
  if (!isMembers(persisted)) return undefined;
  const { version, sha256Hash } = persisted;
  if (version !== VERSION || typeof sha256Hash !== "string" || !HASH.test(sha256Hash)) return undefined;
  const known = operations.withHash(sha256Hash);
  if (query === undefined || query === null || query === "") return known;
  return typeof query === "string" && operations.withText(query, tokens) === known ? known : undefined;
}

/** The members of a request in an address; one that is there twice is none. */
function readSearch(search: string): Members | undefined {
  const parameters = new URLSearchParams(search);
  const read = new Map<string, unknown>();
  for (const name of ["query", "operationName", "variables", "extensions"]) {
    const [value, ...more] = parameters.getAll(name);
    if (more.length > 0) return undefined;
    if (value !== undefined) read.set(name, name === "extensions" ? parseJson(value) : value);
  }
  return Object.fromEntries(read);
}

function parseJson(text: string): unknown {
  try { return JSON.parse(text) as unknown; } catch { return false; }
}

function isMembers(value: unknown): value is Members { return typeof value === "object" && value !== null && !Array.isArray(value); }
