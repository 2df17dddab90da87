/**
 * One class of subjects behind a real front: the public listener, the pipeline, Apollo Server, planner and executor, over a bundle and a view of it. Ministries answer everything with values that
 * depend on the place alone. For comparing, byte for byte, what the same class is told by two bundles.
 */
import { Kind, type GraphQLSchema, execute as executeGraphql, getNamedType, getNullableType, isAbstractType, isCompositeType, isEnumType, isListType, parse, type GraphQLOutputType } from "graphql";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type KnownOperations, NO_OPERATIONS } from "../../../gateway/bundle/known-operations";
import { carryOut } from "../../../gateway/carry-out";
import type { EvidenceRecord } from "../../../gateway/evidence/record";
import type { Identity } from "../../../gateway/authenticate";
import { type Call, DecisionMemo } from "../../../gateway/execute";
import { frontHandler } from "../../../gateway/front/http";
import { admitKnown } from "../../../gateway/front/known-operations";
import { makeMetrics } from "../../../gateway/front/metrics";
import { Banners } from "../../../gateway/front/release";
import type { StreamOptions, Streams } from "../../../gateway/front/subscribe";
import type { Attempt, Stations } from "../../../gateway/pipeline";
import { DEFAULT_LIMITS, Planner } from "../../../gateway/plan";
import { Documents } from "../../../gateway/documents";
import { makeClassServer } from "../../../gateway/server";
import { apiSchemaOf, type Bundle, printView } from "../../../schema/compose";
import type { Asker } from "../../../gateway/subject/askers";
import { loadPolicy, type Subject } from "../../../schema/policy";

export interface Question { readonly path?: "/graphql" | "/schema"; readonly method?: string; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
export interface Front { readonly url: string; ask(question: Question): Promise<string>; stop(): Promise<void> }

const policy = loadPolicy();
const banners = new Banners(policy);
export const subject = { id: "asker", kind: "official", nation: "JPN", org: "JPN.CAS", eligibilities: [], assignments: [], roles: [], purposes: [] } as const;
const identity = { sub: "asker", clientId: "c", issuer: "i", speaksFor: "EVERYBODY", jti: "j", site: "", zoneLevel: 4, action: "RETRIEVE" } as const;

export interface FrontParts {
  /** Told of every document that a ministry is sent. */
  readonly sent?: (text: string) => void;
  /** Answers in place of the ministries. */
  readonly call?: Call;
  readonly authenticate?: () => Promise<Identity>;
  /** Legal notices that the asker has not read. */
  readonly unread?: readonly string[];
  /** Who asks, whenever it is asked who that is; without it, always the same official. */
  readonly ask?: () => Subject;
  /** Whether evidence can be written. */
  readonly isHealthy?: () => boolean;
  /** With a list everybody is bound to it; a function says what is on it by now. */
  readonly operations?: KnownOperations | (() => KnownOperations);
  /** Told of every record. */
  readonly recorded?: (record: EvidenceRecord) => void;
  /** With them subscriptions are served. */
  readonly streams?: (editions: StreamOptions["editions"]) => Streams;
}

/** Serves `view` of `bundle` to anybody. */
export async function startFront(bundle: Bundle, view: GraphQLSchema, { sent = () => undefined, call: given, authenticate = () => Promise.resolve(identity), unread = [], isHealthy = () => true, streams, operations, recorded = () => undefined, ask = () => subject }: FrontParts = {}): Promise<Front> {
  const planner = new Planner(bundle, DEFAULT_LIMITS);
  const decisions = new DecisionMemo(policy);
  const answering = given ?? ministriesOf(bundle, view);
  const call: Call = (name, body, stop) => { sent(body.toString()); return answering(name, body, stop); };
  const server = makeClassServer<Attempt>({
    view, tokens: 5_000, documents: new Documents().shelf(), warn: () => undefined,
    run: (attempt, operation) => carryOut({ planner, policy, decisions, deadlineMs: 10_000, observe: () => undefined, callFor: () => call }, view, attempt, operation),
  });
  const askerOf = (who: Subject): Asker => ({ subject: who, action: "RETRIEVE", ctx: { now: Date.now(), zoneLevel: 4 }, digest: JSON.stringify(who), bits: "", revision: "", stated: "", unread, isBound: operations !== undefined });
  const listed = (): KnownOperations => (typeof operations === "function" ? operations() : operations ?? NO_OPERATIONS);
  let printed: ReturnType<typeof printView> | undefined;
  const stations: Stations = {
    authenticate, narrow: () => ({ portions: true, key: "" }), ask: () => askerOf(ask()), isCurrent: () => true, admit: (request) => admitKnown(request, listed(), 5_000),
    classOf: () => ({ id: "C", view, server, print: () => (printed ??= printView(view)) }), bannerOf: (released) => banners.of(released),
    // A log that is always at its beginning: the reference to the evidence is the same in all answers.
    evidence: { id: "log", isHealthy, append: (make) => { recorded(make(0)); return { index: 0, durable: Promise.resolve() }; } },
    policyVersion: "P", bundleVersion: "B", clock: Date.now, note: () => undefined,
  };
  const metrics = makeMetrics({ auditQueue: () => 0, silentMinistries: () => 0, classes: () => 1 });
  const edition = { bundle, operations: listed(), policy, stations, classes: () => 1, end: () => Promise.resolve() };
  const editions = { take: () => ({ edition, leave: () => undefined }), follow: () => () => undefined };
  const http = createServer(frontHandler({ editions, metrics, most: 1_000_000, ...(streams === undefined ? {} : { streams: streams(editions) }) }));
  await new Promise<void>((done) => { http.listen(0, "127.0.0.1", done); });
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return {
    url,
    async ask({ path = "/graphql", method = "POST", body, headers = {} }) {
      const answer = await fetch(`${url}${path}`, { method, headers: { authorization: "Bearer x", ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
      const shown = [...answer.headers].filter(([name]) => name !== "date" && name !== "kanmon-request-id").map(([name, value]) => `${name}: ${value}`);
      const text = await answer.text();
      return [answer.status, ...shown, text.replace(/"txn":"[^"]*"/, '"txn":""')].join("\n");
    },
    async stop() {
      http.closeAllConnections();
      await new Promise((done) => { http.close(done); });
      await server.stop();
    },
  };
}

/** Every ministry answers from what the class may see: a value that is made of its place, the first value of an enum, the first type that is possible. */
function ministriesOf(bundle: Bundle, view: GraphQLSchema): (subgraph: string, body: Buffer) => Promise<{ readonly ok: true; readonly json: unknown }> {
  const whole = apiSchemaOf(bundle);
  const seenTypes = (name: string): string | undefined => {
    const type = view.getType(name);
    return isAbstractType(type) ? [...view.getPossibleTypes(type)].map((possible) => possible.name).sort()[0] : undefined;
  };
  const valueOf = (type: GraphQLOutputType, place: string): unknown => {
    const nullable = getNullableType(type);
    if (isListType(nullable)) return [valueOf(nullable.ofType, `${place}.0`), valueOf(nullable.ofType, `${place}.1`)];
    const named = getNamedType(nullable);
    const seen = view.getType(named.name);
    if (isEnumType(seen)) return seen.getValues().map(({ name }) => name).sort()[0] ?? null;
    if (isAbstractType(named)) return { __typename: seenTypes(named.name) };
    if (isCompositeType(named)) return {};
    return named.name === "Int" ? place.length : named.name === "Boolean" ? true : place;
  };
  return async (_, body) => {
    const { query, variables } = JSON.parse(body.toString()) as { readonly query: string; readonly variables?: Record<string, unknown> };
    const document = parse(query);
    const operation = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
    const result = await executeGraphql({
      schema: whole, document, variableValues: variables ?? {}, operationName: operation?.kind === Kind.OPERATION_DEFINITION ? operation.name?.value ?? null : null,
      fieldResolver: (_source, _args, _context, { returnType, parentType, fieldName }) => valueOf(returnType, `${parentType.name}.${fieldName}`),
      typeResolver: (value: unknown) => (value as { readonly __typename?: string }).__typename,
    });
    return { ok: true, json: JSON.parse(JSON.stringify(result)) as unknown };
  };
}
