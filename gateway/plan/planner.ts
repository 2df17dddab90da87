/**
 * Compiles operations once per (class view, document, operation name) and keeps them (attack B-21: the class is part of the key, because the
 * view's own identity is). Bounded in number and memory: the least recently used are dropped.
 */
import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { type DocumentNode, type GraphQLSchema, print } from "graphql";
import type { Bundle } from "../../schema/compose";
import { compileOperation } from "./compile";
import { Graph } from "./graph";
import { DEFAULT_LIMITS, type Limits } from "./limits";
import type { CompiledOperation } from "./operation";

const KEPT_OPERATIONS = 2_000;
/** Of what was compiled. A short text may be a large operation, so the text tells nothing. */
const KEPT_BYTES = 32 * 1024 * 1024;
/** What one field or fragment, written out, takes when it is compiled; measured. */
const BYTES_A_SELECTION = 2_500;

export class Planner {
  readonly #graph: Graph;
  readonly #views = new WeakMap<GraphQLSchema, number>();
  readonly #digests = new WeakMap<DocumentNode, string>();
  readonly #kept = new LRUCache<string, CompiledOperation>({ max: KEPT_OPERATIONS, maxSize: KEPT_BYTES, sizeCalculation: ({ selections }) => (1 + selections) * BYTES_A_SELECTION });
  #nextView = 1;

  constructor(bundle: Bundle, private readonly limits: Limits = DEFAULT_LIMITS) { this.#graph = new Graph(bundle); }

  /** Names of the ministries of the bundle, the gateway's own `lookup` and `officer` left out. */
  get subgraphs(): readonly string[] { return this.#graph.subgraphNames.filter((name) => !this.#graph.isLocal(name)); }

  /**
   * The compiled form of one operation of a document.
   * @param view the schema of the asker's class; the document must be valid against it
   * @throws Refused with OPERATION_RESOLUTION_FAILURE, OPERATION_LIMIT or RESERVED_NAME, before any ministry is asked
   */
  compile(view: GraphQLSchema, document: DocumentNode, operationName: string | null | undefined): CompiledOperation {
    // The name comes from the client as it is: quoted, it cannot be taken for the beginning of a document.
    const key = `${this.#numberOf(view)}\n${JSON.stringify(operationName ?? "")}\n${this.#digestOf(document)}`;
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const compiled = compileOperation(this.#graph, view, document, operationName, this.limits);
    this.#kept.set(key, compiled);
    return compiled;
  }

  #numberOf(view: GraphQLSchema): number {
    const known = this.#views.get(view);
    if (known !== undefined) return known;
    this.#views.set(view, this.#nextView);
    return this.#nextView++;
  }

  /** A hash in the place of the text, which may be long and is never read again. */
  #digestOf(document: DocumentNode): string {
    const known = this.#digests.get(document);
    if (known !== undefined) return known;
    const digest = createHash("sha256").update(document.loc?.source.body ?? print(document)).digest("base64url");
    this.#digests.set(document, digest);
    return digest;
  }
}
