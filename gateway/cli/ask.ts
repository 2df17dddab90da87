/**
 * Asks a running gateway as any other client would: token, question, narrowing headers; gives the answer with its marking and how long it took.
 * Refuses to guess: whatever is not an answer of the gateway becomes a CommandFailure with the exit code for it.
 */
import { performance } from "node:perf_hooks";
import { PERSONA_GRANT } from "../issuer";
import { CommandFailure, EXIT, type ExitCode } from "./exit";

export interface Withheld { readonly path: readonly string[] | string; readonly reasonClass: string; readonly contact: { readonly ja: string; readonly en: string } | null; readonly requestable: boolean }
export interface Release {
  readonly marking: { readonly ja: string; readonly en: string; readonly label: string };
  readonly withheld: readonly Withheld[];
  readonly portions?: { readonly marks: readonly { readonly ja: string; readonly en: string }[]; readonly at: Readonly<Record<string, number>> };
  readonly evidence: { readonly log: string; readonly index: number; readonly txn: string };
  readonly policy: string;
}
export interface AnswerError { readonly message: string; readonly path?: readonly (string | number)[]; readonly extensions?: { readonly code?: string; readonly reason?: string; readonly notices?: readonly string[] } }
export interface Answer {
  readonly status: number;
  readonly data?: unknown;
  readonly errors: readonly AnswerError[];
  readonly release?: Release;
  /** Milliseconds from sending the request to the last byte. */
  readonly ms: number;
}
export interface Question { readonly query: string; readonly variables?: Readonly<Record<string, unknown>>; readonly operationName?: string }
/** What a request says about itself; each can only take away (labels.md C.4). */
export interface Narrowing { readonly purpose?: string; readonly caseToken?: string; readonly ceiling?: string; readonly releaseTo?: string; readonly marks?: string; /** Requests that a change is made of, or NONE. */ readonly sources?: string }

/** A token of the development issuer for one person. Throws CommandFailure: 3 for an unknown person, 1 when the issuer does not answer. */
export async function fetchToken(issuerUrl: string, persona: string): Promise<string> {
  const body = new URLSearchParams({ grant_type: PERSONA_GRANT, persona });
  const response = await reach(`${issuerUrl}/token`, { method: "POST", body });
  const answer = await response.json() as { access_token?: string; error?: string };
  if (answer.access_token !== undefined) return answer.access_token;
  if (answer.error === "invalid_grant") throw new CommandFailure(EXIT.notAuthorised, ["issuerKnowsNobody", { persona }]);
  throw new CommandFailure(EXIT.failure, ["issuerRefused", { reason: answer.error ?? response.status }]);
}

/** Sends one GraphQL question. Throws CommandFailure when the gateway cannot be reached or answers something that is not JSON. */
export function ask(url: string, token: string | undefined, question: Question, narrowing: Narrowing = {}): Promise<Answer> { return post(url, token, question, narrowing); }

/** Sends a request to an officer's tool of the gateway at `url`. Throws CommandFailure as `ask`, and 3 where there is no such tool for this officer. */
export async function askOfficer(url: string, tool: "explain" | "simulate" | "dry-run", token: string, body: object, narrowing: Narrowing): Promise<Answer> {
  const answer = await post(new URL(`/officer/${tool}`, url).href, token, body, narrowing);
  if (answer.status === 404) throw new CommandFailure(EXIT.notAuthorised, ["noSuchTool", { tool }]);
  return answer;
}

/** The schema as its asker sees it, or the codes with which it was refused. */
export interface SchemaAnswer { readonly status: number; readonly sdl?: string; readonly errors: readonly AnswerError[] }

/** Fetches the asker's own schema from the gateway at `url`. Throws CommandFailure when the gateway cannot be reached or answers neither SDL nor a refusal. */
export async function fetchSchema(url: string, token: string, narrowing: Narrowing): Promise<SchemaAnswer> {
  const at = new URL("/schema", url).href;
  const response = await reach(at, { headers: { ...headersOf(token, narrowing), accept: "text/plain" } });
  const text = await response.text();
  if (response.status === 200) return { status: 200, sdl: text, errors: [] };
  try { return { status: response.status, errors: (JSON.parse(text) as { errors?: readonly AnswerError[] }).errors ?? [] }; } catch { throw new CommandFailure(EXIT.failure, ["answerNotJson", { url: at, status: response.status }]); }
}

async function post(url: string, token: string | undefined, body: object, narrowing: Narrowing): Promise<Answer> {
  const started = performance.now();
  const response = await reach(url, { method: "POST", headers: headersOf(token, narrowing), body: JSON.stringify(body) });
  const text = await response.text();
  const ms = performance.now() - started;
  let parsed: { data?: unknown; errors?: readonly AnswerError[]; extensions?: { release?: Release } };
  try { parsed = JSON.parse(text) as typeof parsed; } catch { throw new CommandFailure(EXIT.failure, ["answerNotJson", { url, status: response.status }]); }
  const release = parsed.extensions?.release;
  return { status: response.status, errors: parsed.errors ?? [], ms, ...("data" in parsed ? { data: parsed.data } : {}), ...(release === undefined ? {} : { release }) };
}

/** The exit code that an answer stands for. */
export function exitOf(answer: Answer): ExitCode {
  const codes = new Set(answer.errors.map((error) => error.extensions?.code));
  if (answer.status === 401 || codes.has("UNAUTHENTICATED") || codes.has("NOTICE_NOT_ACKNOWLEDGED") || codes.has("UNKNOWN_OPERATION")) return EXIT.notAuthorised;
  if (codes.has("EVIDENCE_UNAVAILABLE")) return EXIT.evidenceUnavailable;
  if (answer.data === undefined || answer.data === null) return EXIT.failure;
  return answer.errors.length > 0 || (answer.release?.withheld.length ?? 0) > 0 ? EXIT.partial : EXIT.ok;
}

/** The path of a withheld entry as text, `a.b.0.c`. */
export function pathOf(entry: Withheld): string {
  return typeof entry.path === "string" ? entry.path : entry.path.join(".");
}

function headersOf(token: string | undefined, narrowing: Narrowing): Record<string, string> {
  const named: readonly (readonly [string, string | undefined])[] = [
    ["authorization", token === undefined ? undefined : `Bearer ${token}`], ["kanmon-purpose", narrowing.purpose], ["kanmon-case", narrowing.caseToken],
    ["kanmon-ceiling", narrowing.ceiling], ["kanmon-release-to", narrowing.releaseTo], ["kanmon-marks", narrowing.marks], ["kanmon-sources", narrowing.sources],
  ];
  const given = named.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return { "content-type": "application/json", accept: "application/graphql-response+json, application/json;q=0.9", ...Object.fromEntries(given) };
}

/** Sends a request. @throws CommandFailure where nobody answers */
export async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const cause = (error as { cause?: { code?: string } }).cause?.code ?? "no connection";
    throw new CommandFailure(EXIT.failure, ["cannotReach", { url, cause }]);
  }
}
