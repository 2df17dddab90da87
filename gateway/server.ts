/**
 * The one importer of @apollo/server (SPEC 8). Takes the view of a subject class and gives a server that parses and validates against that view and hands everything
 * else to our executor, the only way to an answer. Off: suggestions, stack traces, landing page, query plans, persisted queries,
 * batching, tracing, reporting. Documents are kept per class, so that nothing validated for one class is executed for another.
 */
import "./config";
import { ApolloServer, HeaderMap } from "@apollo/server";
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginInlineTraceDisabled, ApolloServerPluginLandingPageDisabled, ApolloServerPluginSchemaReportingDisabled, ApolloServerPluginUsageReportingDisabled } from "@apollo/server/plugin/disabled";
import { type ASTVisitor, type DocumentNode, GraphQLError, type GraphQLSchema, type ValidationContext } from "graphql";
import { unlistedView } from "../schema/compose";
import { BodyText, WrittenData } from "./body-text";
import type { DocumentShelf } from "./documents";
import { errorFor, Refused, toClientError } from "./errors";

/** One operation as it reaches the executor: parsed, and valid for the view. */
export interface Operation {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  /** SHA-256 of the document text. */
  readonly documentHash: string;
}
/** `text` is the JSON of `data`, and absent when there is none; `ascii` where it is known to be ASCII. */
export interface ExecutionResult { readonly text?: string; readonly ascii?: boolean; readonly errors?: readonly GraphQLError[] }
/** What the executor is given beside the operation: the request at hand. It notes there what happened. */
export interface Exchange { thrown?: unknown; documentHash?: string; written?: WrittenData }
export type RunOperation<E extends Exchange> = (exchange: E, operation: Operation) => Promise<ExecutionResult>;

/** The request line, the headers that matter to GraphQL over HTTP, and the parsed body. */
export interface HttpRequest { readonly method: string; readonly search: string; readonly headers: ReadonlyMap<string, string>; readonly body: unknown }

/** A finished GraphQL answer; the status is made from its codes. */
export interface HttpAnswer { readonly body: BodyText; readonly type: string | undefined; readonly allow: string | undefined }

export interface ClassServer<E extends Exchange> {
  answer(request: HttpRequest, exchange: E): Promise<HttpAnswer>;
  stop(): Promise<void>;
}

export interface ClassServerOptions<E extends Exchange> {
  readonly view: GraphQLSchema;
  readonly run: RunOperation<E>;
  readonly tokens: number;
  /** This class's own. */
  readonly documents: DocumentShelf;
  readonly warn: (problem: string) => void;
}

/**
 * A document of a kind for which the view has no root type fits nothing in it: graphql-js would look at none of its fields, and what the class may not know of would be planned
 * (attack B-76).
 */
function knownOperationTypes(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(node) {
      if (context.getSchema().getRootType(node.operation) === undefined || context.getSchema().getRootType(node.operation) === null) {
        context.reportError(new GraphQLError(`The ${node.operation} operation is not supported by the schema.`, { nodes: node }));
      }
    },
  };
}

/** Makes the server of one class of subjects. It starts with the first request. */
export function makeClassServer<E extends Exchange>({ view, run, tokens, documents, warn }: ClassServerOptions<E>): ClassServer<E> {
  const server = new ApolloServer<{ readonly exchange: E }>({
    gateway: gatewayOf(view, run),
    documentStore: documents,
    nodeEnv: "production", introspection: true, csrfPrevention: true, persistedQueries: false, allowBatchedHttpRequests: false, stopOnTerminationSignals: false,
    hideSchemaDetailsFromClientErrors: true, includeStacktraceInErrorResponses: false, validationOptions: { hideSuggestions: true }, validationRules: [knownOperationTypes], parseOptions: { maxTokens: tokens },
    formatError: (_formatted, error) => toClientError(error),
    stringifyResult: stringify,
    plugins: [
      ApolloServerPluginLandingPageDisabled(), ApolloServerPluginCacheControlDisabled(), ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginSchemaReportingDisabled(), ApolloServerPluginUsageReportingDisabled(),
    ],
    // Apollo's own messages may quote what it was working on.
    logger: { debug: () => undefined, info: () => undefined, warn: () => { warn("Apollo Server warned"); }, error: () => { warn("Apollo Server reported an error"); } },
  });
  let started: Promise<void> | undefined;
  return {
    async answer(request, exchange) {
      await (started ??= server.start());
      const { body, headers } = await server.executeHTTPGraphQLRequest({
        httpGraphQLRequest: { method: request.method, search: request.search, headers: new HeaderMap(request.headers), body: request.body },
        context: () => Promise.resolve({ exchange }),
      });
      if (body.kind !== "complete") throw new Refused("INTERNAL_SERVER_ERROR", "an answer in parts");
      return { body: exchange.written?.take() ?? new BodyText(body.string), type: headers.get("content-type"), allow: headers.get("allow") };
    },
    async stop() { if (started !== undefined) await started.then(() => server.stop(), () => undefined); },
  };
}

/** Nobody reads the text of a result with data: the body is made beside Apollo Server. */
function stringify({ data, ...others }: { readonly data?: unknown }): string {
  if (!(data instanceof WrittenData)) return JSON.stringify({ ...others, data });
  data.complete(others);
  return "";
}

type GatewayInterface = NonNullable<ConstructorParameters<typeof ApolloServer>[0]["gateway"]>;

/** Apollo Server asks its gateway for a schema and an executor; ours has the view and one choke point. */
function gatewayOf<E extends Exchange>(view: GraphQLSchema, run: RunOperation<E>): GatewayInterface {
  return {
    onSchemaLoadOrUpdate(announce) {
      // Apollo Server prints the schema to name its document store, which here is one per class; it never needs the list of types.
      announce({ apiSchema: unlistedView(view), coreSupergraphSdl: "" });
      return () => undefined;
    },
    load: () => Promise.resolve({
      executor: async (context) => {
        const { exchange } = context.context as { readonly exchange: E };
        exchange.documentHash = context.queryHash;
        try {
          const { text, ascii, errors } = await run(exchange, { document: context.document, operationName: context.request.operationName, variables: context.request.variables ?? {}, documentHash: context.queryHash });
          if (text !== undefined) exchange.written = new WrittenData(text, ascii);
          return { ...(exchange.written === undefined ? {} : { data: exchange.written as unknown as Record<string, unknown> }), ...(errors === undefined ? {} : { errors }) };
        } catch (error) {
          exchange.thrown = error;
          return { errors: [errorFor(error)] };
        }
      },
    }),
    stop: () => Promise.resolve(),
  };
}
