/**
 * Every way in which Kanmon refuses, in one closed list (SPEC 8, G3). Takes anything thrown and gives a client error whose text depends on
 * its code alone; what really happened goes to the log under the request id. Only texts about the client's own document and
 * variables, judged against the client's own view, pass through, and without suggestions.
 */
import { GraphQLError, type GraphQLFormattedError } from "graphql";

interface Kind { readonly status: number; readonly message: string }

export const ERRORS = {
  UNAUTHENTICATED: { status: 401, message: "Unauthorized." },
  NOTICE_NOT_ACKNOWLEDGED: { status: 403, message: "Read and acknowledge the legal notices that bind you first." },
  UNKNOWN_OPERATION: { status: 403, message: "This is none of the operations that are known for you." },
  GRAPHQL_PARSE_FAILED: { status: 400, message: "The document is not GraphQL." },
  GRAPHQL_VALIDATION_FAILED: { status: 400, message: "The document does not fit the schema." },
  BAD_USER_INPUT: { status: 400, message: "An input of the request is unknown, malformed or not yours to use." },
  BAD_REQUEST: { status: 400, message: "The request is not a GraphQL request." },
  OPERATION_RESOLUTION_FAILURE: { status: 400, message: "The operation to execute is not determined by the request." },
  OPERATION_LIMIT: { status: 400, message: "The operation is too large." },
  RESERVED_NAME: { status: 400, message: "The operation uses a reserved name." },
  PERSISTED_QUERY_NOT_SUPPORTED: { status: 400, message: "Persisted queries are not supported." },
  NOT_FOUND: { status: 404, message: "Not found." },
  METHOD_NOT_ALLOWED: { status: 405, message: "Method not allowed." },
  NOT_ACCEPTABLE: { status: 406, message: "None of the accepted media types can be answered." },
  BODY_TOO_LARGE: { status: 413, message: "The request body is too large." },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, message: "The media type of the request is not supported." },
  MINISTRY_UNAVAILABLE: { status: 200, message: "A ministry did not answer." },
  MINISTRY_REFUSED: { status: 200, message: "A ministry refused the change." },
  TOO_MANY_REQUESTS: { status: 429, message: "Too many of your requests wait to be answered." },
  STANDING_CHANGED: { status: 503, message: "Your standing changed while the answer was made. The operation may have been carried out." },
  EVIDENCE_UNAVAILABLE: { status: 503, message: "No evidence can be written, so no answer is given." },
  POLICY_UNAVAILABLE: { status: 503, message: "The policy in force is not available." },
  INTERNAL_SERVER_ERROR: { status: 500, message: "Internal server error." },
} as const satisfies Record<string, Kind>;

export type ErrorCode = keyof typeof ERRORS;

/**
 * Why a ministry refused a change, beside MINISTRY_REFUSED: who asks has no authority; things do not stand so (which is also said of what is hidden); it changed since it was
 * read; another person has to do it; the label breaks a rule; a limit of law or policy; the key was used otherwise; an argument is not valid.
 */
export const REFUSAL_REASONS = ["ROLE", "STATE", "STALE", "FOUR_EYES", "LABEL", "LIMIT", "KEY", "INPUT"] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** Texts made by graphql-js about the client's own words. */
const OWN_WORDS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"]);
/** Refusals of a well-formed request: the legacy media type answers them with 200 (GraphQL over HTTP). */
const LEGACY_200: ReadonlySet<ErrorCode> = new Set<ErrorCode>([...OWN_WORDS, "OPERATION_RESOLUTION_FAILURE", "OPERATION_LIMIT", "RESERVED_NAME"]);
/** Apollo Server has one code for all misuse of HTTP and tells it apart by status. */
const BY_STATUS: Readonly<Record<number, ErrorCode>> = { 405: "METHOD_NOT_ALLOWED", 406: "NOT_ACCEPTABLE", 415: "UNSUPPORTED_MEDIA_TYPE" };
const OTHER_NAMES: Readonly<Record<string, ErrorCode>> = { PERSISTED_QUERY_NOT_FOUND: "PERSISTED_QUERY_NOT_SUPPORTED" };

/** A refusal of Kanmon's own making. `cause` is for the log only. */
export class Refused extends Error {
  override readonly name = "Refused";
  /** Ids of legal notices, for NOTICE_NOT_ACKNOWLEDGED. */
  readonly notices: readonly string[];
  constructor(readonly code: ErrorCode, readonly detail?: string, options?: { readonly cause?: unknown; readonly notices?: readonly string[] }) {
    super(`${code}${detail === undefined ? "" : `: ${detail}`}`, options);
    this.notices = options?.notices ?? [];
  }
}

export function isErrorCode(code: unknown): code is ErrorCode { return typeof code === "string" && Object.hasOwn(ERRORS, code); }

/**
 * The code of anything thrown.
 * @returns a code of the list; INTERNAL_SERVER_ERROR for whatever is not on it
 */
export function codeOf(thrown: unknown): ErrorCode {
  if (thrown instanceof Refused) return thrown.code;
  const named = thrown instanceof GraphQLError ? thrown.extensions["code"] : undefined;
  if (named === "BAD_REQUEST") return BY_STATUS[httpStatusOf(thrown)] ?? "BAD_REQUEST";
  if (isErrorCode(named)) return named;
  if (typeof named === "string" && Object.hasOwn(OTHER_NAMES, named)) return OTHER_NAMES[named] ?? "INTERNAL_SERVER_ERROR";
  const original = thrown instanceof GraphQLError ? thrown.originalError : undefined;
  return original instanceof Refused ? original.code : "INTERNAL_SERVER_ERROR";
}

/**
 * Turns any throw into what the client may read: fixed message, code, and for errors about the client's own words graphql-js's text and place.
 * `path` is kept because it was made by the executor from released positions only.
 */
export function toClientError(thrown: unknown): GraphQLFormattedError {
  const code = codeOf(thrown);
  const error = thrown instanceof GraphQLError ? thrown : undefined;
  const own = error !== undefined && OWN_WORDS.has(code);
  const reason = error?.extensions["reason"];
  return {
    message: own ? withoutSuggestion(error.message) : ERRORS[code].message,
    ...(own && error.locations !== undefined ? { locations: error.locations } : {}),
    ...(error?.path === undefined || error.path.length === 0 ? {} : { path: error.path }),
    extensions: { ...extensionsOf(code, noticesOf(thrown)), ...(code === "MINISTRY_REFUSED" && isReason(reason) ? { reason } : {}) },
  };
}

/** What an error says beside its text: its code, and which legal notices are to be read. */
export function extensionsOf(code: ErrorCode, notices: readonly string[]): { readonly code: ErrorCode; readonly notices?: readonly string[] } {
  return code === "NOTICE_NOT_ACKNOWLEDGED" ? { code, notices } : { code };
}

/** Ids of the legal notices for want of which something was refused. */
export function noticesOf(thrown: unknown): readonly string[] {
  if (thrown instanceof Refused) return thrown.notices;
  const named = thrown instanceof GraphQLError ? thrown.extensions["notices"] : undefined;
  return Array.isArray(named) ? named.filter((each) => typeof each === "string") : [];
}

/** The GraphQL error for anything that the executor threw. */
export function errorFor(thrown: unknown): GraphQLError {
  const code = codeOf(thrown);
  return new GraphQLError(ERRORS[code].message, { extensions: { ...extensionsOf(code, noticesOf(thrown)) } });
}

function isReason(reason: unknown): reason is RefusalReason { return (REFUSAL_REASONS as readonly unknown[]).includes(reason); }

/** A GraphQL error with a code of the list, for the executor's result. */
export function errorAt(code: ErrorCode, path?: readonly (string | number)[], reason?: RefusalReason): GraphQLError {
  return new GraphQLError(ERRORS[code].message, { extensions: { code, ...(reason === undefined ? {} : { reason }) }, ...(path === undefined ? {} : { path: [...path] }) });
}

/**
 * HTTP status of a refusal.
 * @param legacy true when the answer is `application/json`, for which a refused document is still an answered request
 */
export function statusOf(code: ErrorCode, legacy: boolean): number { return legacy && LEGACY_200.has(code) ? 200 : ERRORS[code].status; }

function httpStatusOf(thrown: unknown): number {
  const http = thrown instanceof GraphQLError ? thrown.extensions["http"] : undefined;
  return typeof http === "object" && http !== null && "status" in http && typeof http.status === "number" ? http.status : 0;
}

/** Removes hints such as `Did you mean "x"?`; graphql-js is told to make none, this is the second line. */
function withoutSuggestion(message: string): string { return message.replace(/ ?Did you mean .*?\?(?= |$)/gsu, ""); }
