/**
 * Executes GraphQL for one call (SPEC 6, 7). Takes a checked caller and the body of the call; gives the text of the answer with its table of labels. Documents are parsed and
 * validated once: the schema of a ministry is the same for every asker, so nothing about an asker can stay behind in that cache.
 */
import { type DocumentNode, type GraphQLSchema, execute, getOperationAST, parse, validate } from "graphql";
import { LRUCache } from "lru-cache";
import type { LabelCore } from "../../schema/label";
import { isLabelCore } from "../../schema/policy";
import { Once, isRemembered } from "./once";
import { Refusal, type RefusalCode, describeError } from "./refusal";
import type { RequestContext } from "./request-context";

export interface GraphqlRequest { readonly query: string; readonly variables: Readonly<Record<string, unknown>>; readonly operationName: string | undefined; readonly changes: ChangeWindow | undefined; readonly once: Once | undefined; readonly highWater: LabelCore | undefined }
/** For a subscription: which changes the event is about, by their numbers in the history. */
export interface ChangeWindow { readonly after: number; readonly upTo: number }

/** What belongs to one request and ends with it. */
export interface RequestScope {
  readonly context: RequestContext;
  /** The table `extensions.labels`, as JSON, once the data are complete. */
  printLabels(): string;
  close(): Promise<void>;
}

/** Said of a change that may be asked about again. */
const KEPT = ',"kept":true';
const KEPT_DOCUMENTS = 500;
const LONGEST_KEPT = 65_536;
const MOST_TOKENS = 15_000;

export class OperationRunner {
  readonly #schema: GraphQLSchema;
  readonly #remembered: ReadonlySet<string>;
  readonly #documents = new LRUCache<string, DocumentNode>({ max: KEPT_DOCUMENTS });

  /** @param remembered fields of changes that may be asked about again */
  constructor(schema: GraphQLSchema, remembered: ReadonlySet<string> = new Set()) {
    this.#schema = schema;
    this.#remembered = remembered;
  }

  /** @throws never: whatever goes wrong is an answer of fixed text */
  async run(body: Uint8Array, open: (changes: ChangeWindow | undefined, once: Once | undefined, highWater: LabelCore | undefined) => Promise<RequestScope>): Promise<string> {
    let scope: RequestScope | undefined;
    try {
      const request = readRequest(body);
      const document = this.#document(request.query);
      if (!getOperationAST(document, request.operationName)) throw new Refusal("OPERATION_RESOLUTION_FAILURE");
      const { once } = request;
      const isKept = once !== undefined && isRemembered(document, request.operationName, this.#remembered);
      // What does not remember would be done twice.
      if (once?.isAgain === true && !isKept) throw new Refusal("REFUSED_STATE");
      scope = await open(request.changes, once, request.highWater);
      const result = await execute({ schema: this.#schema, document, contextValue: scope.context, variableValues: request.variables, ...(request.operationName === undefined ? {} : { operationName: request.operationName }) });
      const errors = result.errors === undefined ? "" : `"errors":${JSON.stringify(result.errors.map(describeError))},`;
      return `{${errors}"data":${JSON.stringify(result.data ?? null)},"extensions":{"labels":${scope.printLabels()}${isKept ? KEPT : ""}}}`;
    } catch (error) {
      return JSON.stringify({ errors: [describeError(error)] });
    } finally {
      // Nothing in the answer depends on it: the connection is given back to the pool only when its transaction has ended.
      scope?.close().catch(() => undefined);
    }
  }

  #document(query: string): DocumentNode {
    const known = this.#documents.get(query);
    if (known !== undefined) return known;
    const document = refuseWith("GRAPHQL_PARSE_FAILED", () => parse(query, { maxTokens: MOST_TOKENS, noLocation: true }));
    if (validate(this.#schema, document, undefined, { maxErrors: 1 }).length > 0) throw new Refusal("GRAPHQL_VALIDATION_FAILED");
    if (query.length <= LONGEST_KEPT) this.#documents.set(query, document);
    return document;
  }
}

function readRequest(body: Uint8Array): GraphqlRequest {
  const parsed = refuseWith("BAD_USER_INPUT", () => JSON.parse(Buffer.from(body).toString("utf8")) as unknown);
  if (typeof parsed !== "object" || parsed === null) throw new Refusal("BAD_USER_INPUT");
  const { query, variables, operationName, extensions } = parsed as Readonly<Record<string, unknown>>;
  if (typeof query !== "string" || !(operationName === undefined || operationName === null || typeof operationName === "string")) throw new Refusal("BAD_USER_INPUT");
  if (!(variables === undefined || variables === null || (typeof variables === "object" && !Array.isArray(variables)))) throw new Refusal("BAD_USER_INPUT");
  return { query, variables: (variables ?? {}) as Readonly<Record<string, unknown>>, operationName: operationName ?? undefined, changes: changesIn(extensions), once: onceIn(extensions), highWater: highWaterIn(extensions) };
}

function changesIn(extensions: unknown): ChangeWindow | undefined {
  const { after, upTo } = ((extensions as { readonly changes?: unknown } | null | undefined)?.changes ?? {}) as Readonly<Record<string, unknown>>;
  return typeof after === "number" && typeof upTo === "number" && Number.isSafeInteger(after) && Number.isSafeInteger(upTo) ? { after, upTo } : undefined;
}

function onceIn(extensions: unknown): Once | undefined {
  const { key, again } = ((extensions as { readonly once?: unknown } | null | undefined)?.once ?? {}) as Readonly<Record<string, unknown>>;
  return typeof key === "string" && key !== "" ? new Once(key, again === true) : undefined;
}

/** What a change is said to be made of (4.19). What is no label is no statement about it, and nothing is carried out. */
function highWaterIn(extensions: unknown): LabelCore | undefined {
  const stated = (extensions as { readonly highWater?: unknown } | null | undefined)?.highWater;
  if (stated === undefined) return undefined;
  if (!isLabelCore(stated)) throw new Refusal("BAD_USER_INPUT");
  return stated;
}

function refuseWith<T>(code: RefusalCode, act: () => T): T {
  try {
    return act();
  } catch {
    throw new Refusal(code);
  }
}
