/**
 * The operational log: JSON lines by pino (SPEC 8, G3). Says what happened by request id and code. Never a header, a body, a variable, a document, a subject's standing or a
 * message of an unexpected error, because each of these may quote a value; of an unexpected error it keeps the kind and the place in our code.
 */
import pino, { type DestinationStream, type Logger } from "pino";
import type { LogLevel } from "./config";
import { Refused } from "./errors";

export interface Log {
  readonly info: (what: string, facts?: Readonly<Record<string, string | number>>) => void;
  readonly warn: (what: string) => void;
  /** What lay behind a refusal or an error in an answer. */
  readonly note: (txn: string, codes: readonly string[], thrown: unknown) => void;
}

/** @param destination standard error when not given, so that standard output stays free for data */
export function makeLog(level: LogLevel, destination: DestinationStream = pino.destination({ dest: 2, sync: false })): Log {
  const logger: Logger = pino({ level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  return {
    info: (what, facts = {}) => { logger.info(facts, what); },
    warn: (what) => { logger.warn(what); },
    note: (txn, codes, thrown) => {
      const unexpected = codes.includes("INTERNAL_SERVER_ERROR") || codes.includes("EVIDENCE_UNAVAILABLE");
      if (unexpected) logger.error({ txn, codes, ...placeOf(thrown) }, "an answer failed");
      else logger.info({ txn, codes, ...(thrown instanceof Refused && thrown.detail !== undefined ? { detail: thrown.detail } : {}) }, "refused");
    },
  };
}

/** Kind and place of an error, and those of its cause, without their messages; a refusal's own words are ours. */
function placeOf(thrown: unknown): Readonly<Record<string, unknown>> {
  if (typeof thrown !== "object" || thrown === null) return {};
  const { name, stack, cause, code } = thrown as { readonly name?: unknown; readonly stack?: unknown; readonly cause?: unknown; readonly code?: unknown };
  const frames = typeof stack === "string" ? stack.split("\n").filter((line) => line.startsWith("    at ")).slice(0, 8).map((line) => line.trim()) : [];
  return {
    kind: String(name), frames, ...(thrown instanceof Refused && thrown.detail !== undefined ? { detail: thrown.detail } : {}), ...(typeof code === "string" ? { code } : {}),
    ...(cause === undefined ? {} : { cause: placeOf(cause) }),
  };
}
