/**
 * A request's life: the stages in order, the types between them, and the walk through them (SPEC 8; drawn in README.md of this folder). Takes what arrived at `/graphql` and gives
 * a finished answer of which a durable evidence record exists. Whatever is thrown on the way becomes a refusal with a fixed text, recorded like an
 * answer. Just before it is given away the standing is read again; if it changed, the answer is thrown away and decided anew; what a change has done is then only asked about.
 */
import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { LabelCore } from "../schema/label";
import { BodyText } from "./body-text";
import type { Identity } from "./authenticate";
import { codeOf, ERRORS, type ErrorCode, isErrorCode, noticesOf, Refused, statusOf } from "./errors";
import type { ToolUse } from "./evidence/record";
import type { OfficerDesk } from "./execute/officer-fields";
import type { ChangeWindow, OnceOnly } from "./execute";
import type { Leaving } from "./execute/stop";
import { refuseUnread } from "./notices";
import { type Draft, type Finished, type Finishing, finish, finishRefusal, intend, recordedApart, refusalBody, refusalHeaders } from "./front/finish";
import { type Admitted, unknown as unknownOperation } from "./front/known-operations";
import type { Portions, PrintedBanner, Withheld } from "./front/release";
import type { ClassServer, Exchange, HttpAnswer, HttpRequest } from "./server";
import type { Asker } from "./subject/askers";
import type { Narrowing } from "./subject/headers";
import type { SubjectClass } from "./view/classes";

/** One stage: where it is written, what it gives, and every code with which it refuses. */
export interface Stage { readonly name: string; readonly file: string; readonly gives: string; readonly refuses: readonly ErrorCode[] }

/** In order. A refusal of any stage but the last is recorded by the last. */
export const STAGES: readonly Stage[] = [
  { name: "authenticate", file: "authenticate.ts", gives: "a verified identity and a registered client", refuses: ["UNAUTHENTICATED", "TOO_MANY_REQUESTS"] },
  { name: "receive", file: "front/body.ts", gives: "a bounded, parsed request", refuses: ["METHOD_NOT_ALLOWED", "UNSUPPORTED_MEDIA_TYPE", "BODY_TOO_LARGE", "BAD_REQUEST", "NOT_ACCEPTABLE", "PERSISTED_QUERY_NOT_SUPPORTED"] },
  { name: "subject", file: "subject/askers.ts", gives: "the asker: standing now, narrowed by headers", refuses: ["UNAUTHENTICATED", "BAD_USER_INPUT", "NOTICE_NOT_ACKNOWLEDGED"] },
  { name: "known", file: "front/known-operations.ts", gives: "for those whom the list binds: the listed document in the place of their own", refuses: ["UNKNOWN_OPERATION"] },
  { name: "view", file: "server.ts", gives: "a document valid for what this class of subjects may know of", refuses: ["GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "OPERATION_RESOLUTION_FAILURE"] },
  { name: "plan", file: "plan/operation.ts", gives: "a compiled plan within the limits", refuses: ["OPERATION_LIMIT", "RESERVED_NAME", "OPERATION_RESOLUTION_FAILURE"] },
  { name: "execute", file: "execute/index.ts", gives: "released values only: flow, call, release, merge, project", refuses: ["BAD_USER_INPUT", "MINISTRY_UNAVAILABLE", "MINISTRY_REFUSED", "STANDING_CHANGED"] },
  { name: "evidence", file: "evidence/log.ts", gives: "a durable record over the very bytes of the answer", refuses: ["EVIDENCE_UNAVAILABLE"] },
];

/** What arrived, before anything is known about it. `readBody` reads and parses. */
export interface Arrival {
  readonly method: string; readonly search: string; readonly rawHeaders: readonly string[];
  readonly headers: IncomingHttpHeaders;
  readonly readBody: () => Promise<unknown>;
  /** Aborted when the client goes away. */
  readonly signal: Leaving;
}

/** What the executor noted about an operation that it carried out. */
export interface Carried {
  readonly released: LabelCore; readonly releasedLabelIds: readonly string[]; readonly withheld: readonly Withheld[]; readonly ministries: readonly string[];
  readonly isMutation: boolean; /** The labels under which ministries wrote; null where one does not say. */ readonly written?: readonly (LabelCore | null)[]; readonly portions?: Portions;
  /** Of a subscription: nothing happened that the asker may know of. */
  readonly isNothing?: boolean;
  /** Of a subscription: the ministry whose changes are its events. */
  readonly follows?: string | undefined;
  /** Legal notices that it acknowledged; the asker's standing changes by that, but not what they may read. */
  readonly acknowledged?: readonly string[];
  /** The labels that `portions.marks` prints. */
  readonly cores?: readonly LabelCore[];
}
/** The officers' tools that an operation used, and whether what they were made of is still so. */
export interface ToolUses extends OfficerDesk { readonly used: readonly ToolUse[]; readonly ministries: Iterable<string>; isCurrent(): boolean }
/** One try at answering. */
export interface Attempt extends Exchange { readonly asker: Asker; readonly narrowing: Narrowing; readonly classId: string; readonly signal: Leaving; readonly once?: OnceOnly; /** Of what a change was said to be made of (4.19). */ readonly highWater?: LabelCore; readonly changes?: ChangeWindow; /** Makes durable that these changes are about to be asked for; nothing is changed without it. */ readonly intend?: (steps: readonly string[]) => Promise<void>; carried?: Carried; tools?: ToolUses }

/** As whose a request is counted (8.11): names for the admission. */
export interface Shares {
  /** Of whom, where the token was verified before. */
  readonly known: (arrival: Arrival) => string | undefined;
  /** In which line it waits for being verified. */
  readonly line: (arrival: Arrival) => string;
  readonly of: (identity: Identity) => string;
}

export interface Stations extends Finishing {
  readonly authenticate: (arrival: Arrival) => Promise<Identity>;
  /** Absent where nobody is told apart. */
  readonly shares?: Shares;
  readonly narrow: (rawHeaders: readonly string[]) => Narrowing;
  /** Whoever has legal notices to read is refused, unless what they ask is looked at before it is carried out. */
  readonly ask: (identity: Identity, narrowing: Narrowing, unread?: "MAY_READ_NOTICES") => Asker;
  readonly isCurrent: (asker: Asker) => boolean;
  /** What an asker whom the list of known operations binds is carried out. @throws Refused UNKNOWN_OPERATION */
  readonly admit: (request: HttpRequest) => Admitted;
  readonly classOf: (asker: Asker) => SubjectClass<ClassServer<Attempt>>;
  readonly bannerOf: (released: LabelCore) => PrintedBanner;
  /** Told what really happened; never a value. */
  readonly note: (txn: string, codes: readonly string[], thrown: unknown) => void;
}

/** Everything known about a request so far; a refusal records as much of it as there is. */
export interface Known { readonly txn: string; identity?: Identity; narrowing?: Narrowing; attempt?: Attempt; document?: string; operation?: string; variables?: unknown; supersedes?: number; /** Index of the record that a change was about to be made. */ intent?: number }

/** Times an answer is decided anew because the standing changed under it. */
export const ATTEMPTS = 3;

/** The way of a request from its arrival to its answer; notes in `known` what it learns, throws what refuses it. */
export type Walk<T = Finished> = (arrival: Arrival, stations: Stations, known: Known) => Promise<T>;

/** Gives the finished answer to a request that walks a way; nothing where the way ends in nothing. Never throws. */
export async function answer<T extends Finished | undefined = Finished>(arrival: Arrival, stations: Stations, walk: Walk<T>): Promise<T | Finished> {
  const known: Known = { txn: randomUUID() };
  try {
    return await walk(arrival, stations, known);
  } catch (thrown) {
    const code = codeOf(thrown);
    const notices = noticesOf(thrown);
    const mayBeCounted = recordedApart([code], known) !== undefined;
    if (!mayBeCounted) stations.note(known.txn, [code], thrown);
    const legacy = !(arrival.headers["accept"] ?? "").includes("application/graphql-response+json");
    const refusal = (as: ErrorCode): Draft => ({ status: ERRORS[as].status, headers: refusalHeaders(as, legacy), codes: [as], body: new BodyText(refusalBody(as, notices)) });
    try {
      const { finished, isCounted } = await finishRefusal(refusal(code), stations, known);
      // A flood fills no log either.
      if (mayBeCounted && !isCounted) stations.note(known.txn, [code], thrown);
      return finished;
    } catch (again) {
      stations.note(known.txn, ["EVIDENCE_UNAVAILABLE"], again);
      const { status, headers, body } = refusal("EVIDENCE_UNAVAILABLE");
      return { status, headers, body: body.take().bytes, txn: known.txn, withheld: {} };
    }
  }
}

/** The way of a request to `/graphql`. */
export function walkOperation(arrival: Arrival, stations: Stations, known: Known): Promise<Finished> {
  return walkOnce(arrival, stations, known, undefined) as Promise<Finished>;
}

/**
 * The way of one operation, or of a subscription for one event.
 * @param changes the event; undefined for what is no subscription
 * @returns undefined when the event is none for this asker: then nothing is sent and nothing recorded
 */
export async function walkOnce(arrival: Arrival, stations: Stations, known: Known, changes: ChangeWindow | undefined): Promise<Finished | undefined> {
  const identity = await stations.authenticate(arrival);
  known.identity = identity;
  if (arrival.method !== "POST" && arrival.method !== "GET") throw new Refused("METHOD_NOT_ALLOWED");
  if (!isAcceptable(arrival.headers["accept"])) throw new Refused("NOT_ACCEPTABLE");
  const narrowing = stations.narrow(arrival.rawHeaders);
  known.narrowing = narrowing;
  const request = await receive(arrival, known);
  const highWater = highWaterOf(identity, narrowing, stations);
  const once: OnceOnly = { key: randomUUID(), isAgain: false, isKept: true };
  for (let left = ATTEMPTS; left > 0; left -= 1) {
    const asker = askAgain(() => stations.ask(identity, narrowing, "MAY_READ_NOTICES"), once);
    const { id, server } = stations.classOf(asker);
    const attempt: Attempt = { asker, narrowing, classId: id, signal: arrival.signal, once, intend: (steps) => intend(steps, stations, known), ...(highWater === undefined ? {} : { highWater }), ...(changes === undefined ? {} : { changes }) };
    known.attempt = attempt;
    const draft = draftOf(await server.answer(asker.isBound ? admitted(request, stations, known, once) : request, attempt), attempt, stations);
    // The change was made; a refusal of the question what became of it would say that it was not.
    if (once.isAgain && draft.codes.length > 0) { stations.note(known.txn, draft.codes, attempt.thrown); break; }
    // Validation comes before it is looked at what is asked, and would say which names there are.
    if (attempt.carried === undefined && draft.codes.some((code) => BEFORE_THE_VIEW.has(code))) {
      // The list may hold what this asker may not know of: that it does is not for them either, by whatever it is refused.
      if (asker.isBound) throw unknownOperation("it does not fit the asker's view");
      if (draft.codes.includes("GRAPHQL_VALIDATION_FAILED")) refuseUnread(asker);
    }
    if (changes !== undefined && changes.upTo > changes.after && attempt.carried?.isNothing === true && stations.isCurrent(asker)) {
      if (draft.codes.length === 0) return undefined;
      throw new Refused("MINISTRY_UNAVAILABLE", "no word of what changed");
    }
    if (draft.codes.length > 0) stations.note(known.txn, draft.codes, attempt.thrown);
    const { finished, index } = await finish(draft, stations, known);
    if (isStill(stations, identity, narrowing, attempt) && attempt.tools?.isCurrent() !== false) return finished;
    known.supersedes = index;
    if (attempt.carried?.isMutation !== true) continue;
    if (!once.isKept || draft.codes.length > 0) break;
    once.isAgain = true;
  }
  throw new Refused("STANDING_CHANGED");
}

/** The join of what the asker says a change is made of; undefined where nothing is said. Another's answer and one that nobody has are refused alike. */
function highWaterOf({ sub }: Identity, { sources }: Narrowing, { released }: Stations): LabelCore | undefined {
  if (sources === undefined) return undefined;
  const found = released?.highWaterOf(sub, sources);
  if (found === undefined) throw new Refused("BAD_USER_INPUT", "a source is not an answer of the asker's of the last 24 hours");
  return found;
}

/** The asker as they are by now. Who has made a change and is nobody any more is told no more than that. */
function askAgain<T>(ask: () => T, { isAgain }: OnceOnly): T {
  try { return ask(); } catch (error) { throw isAgain ? new Refused("STANDING_CHANGED", "nobody any more", { cause: error }) : error; }
}

/** The request of an asker whom the list binds: the record names the document on the list, however it was asked for. */
function admitted(request: HttpRequest, stations: Stations, known: Known, once: OnceOnly): HttpRequest {
  const { request: listed, document } = askAgain(() => stations.admit(request), once);
  known.document = document;
  return listed;
}

/** Whether the standing is what it was. An acknowledgement has changed it by itself: then what everything was decided by has to be the same. */
function isStill(stations: Stations, identity: Identity, narrowing: Narrowing, { asker, carried }: Attempt): boolean {
  return stations.isCurrent(asker) || (carried?.acknowledged !== undefined && stations.ask(identity, narrowing, "MAY_READ_NOTICES").digest === asker.digest);
}

/** Reads what is asked, and notes it. */
export async function receive(arrival: Arrival, known: Known): Promise<HttpRequest> {
  const body = arrival.method === "POST" ? await arrival.readBody() : undefined;
  const query = typeof body === "object" && body !== null && "query" in body ? body.query : arrival.search === "" ? undefined : new URLSearchParams(arrival.search).get("query");
  if (typeof query === "string") known.document = query;
  if (typeof body === "object" && body !== null) {
    const { operationName, variables } = body as { readonly operationName?: unknown; readonly variables?: unknown };
    if (typeof operationName === "string" && OPERATION_NAME.test(operationName)) known.operation = operationName;
    known.variables = variables;
  }
  const headers = new Map<string, string>();
  for (const name of ["accept", "content-type", "x-apollo-operation-name", "apollo-require-preflight"]) {
    const value = arrival.headers[name];
    if (typeof value === "string") headers.set(name, value);
  }
  return { method: arrival.method, search: arrival.search, headers, body };
}

/** Codes with which a document is refused before it has been found to fit what its asker may know of. */
const BEFORE_THE_VIEW: ReadonlySet<string> = new Set(["GRAPHQL_VALIDATION_FAILED", "BAD_REQUEST"]);

/** What GraphQL takes for a name, and no more of it than fits into a record. */
const OPERATION_NAME = /^[_A-Za-z][_0-9A-Za-z]{0,127}$/;
const NO_ERRORS = { codes: [], hasData: true } as const;

/** Apollo's response as ours: its body and media type, and one status per code of the closed list. */
function draftOf({ body, type = "application/json; charset=utf-8", allow }: HttpAnswer, attempt: Attempt, stations: Stations): Draft {
  const { carried } = attempt;
  const { codes, hasData } = inspect(body);
  if (carried !== undefined && hasData) return { status: 200, headers: { "content-type": type }, codes, body, answered: { carried, banner: stations.bannerOf(carried.released) } };
  const code = codes[0] ?? "INTERNAL_SERVER_ERROR";
  return {
    status: statusOf(code, type.startsWith("application/json")), codes, body,
    headers: { ...refusalHeaders(code, true), "content-type": type, ...(allow === undefined ? {} : { allow }) },
  };
}

/** Codes of the errors in a body; whoever made it used the closed list only. */
function inspect(body: BodyText): { readonly codes: readonly ErrorCode[]; readonly hasData: boolean } {
  if (body.besides === "{}") return NO_ERRORS;
  const parsed = JSON.parse(body.besides ?? body.read()) as { readonly data?: unknown; readonly errors?: readonly { readonly extensions?: { readonly code?: unknown } }[] };
  const codes = (parsed.errors ?? []).map(({ extensions }) => (isErrorCode(extensions?.code) ? extensions.code : "INTERNAL_SERVER_ERROR"));
  return { hasData: body.besides !== undefined || parsed.data !== undefined, codes };
}

/** Checked before anything is carried out: a change must not be made for a client that cannot read its answer. */
function isAcceptable(accept: string | undefined): boolean {
  return accept === undefined || accept.split(",").some((range) => {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    return ["*/*", "application/*", "application/json", "application/graphql-response+json"].includes(type) && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}
