/**
 * What one line of evidence says (SPEC 7, G7): who asked what for which purpose, what was released and withheld, which ministries were asked,
 * and a digest of the very bytes of the answer. Never a value, never the document or its variables, only digests of them. The record carries
 * a label of its own: the join of what it names.
 */
import type { LabelCore } from "../../schema/label";

/** One use of one of the officers' tools: about whom (for what purpose of theirs), about which record, coordinate, question or change (as written, or its SHA-256), and why. */
export interface ToolUse {
  readonly tool: "EXPLAIN" | "SIMULATE" | "DRY_RUN";
  readonly about: readonly string[];
  readonly aboutPurpose?: string;
  readonly item?: string;
  readonly reason?: string;
}

export interface EvidenceRecord extends Partial<ToolUse> {
  /** INTENT: a change is about to be asked of a ministry; what became of it says a later record. FLOOD: refusals of one sender that have no records of their own (`floods.ts`). */
  readonly kind: "ANSWER" | "REFUSAL" | "FLOOD" | "INTENT" | "RECOVERY" | "START";
  /** Id of the request; the client has it too. */
  readonly txn: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly subject?: string;
  readonly client?: string;
  /** Digest of the subject's clearance and of the circumstances of the request. */
  readonly clearance?: string;
  readonly action?: string;
  readonly purpose?: string;
  readonly case?: string;
  readonly releaseTo?: readonly string[];
  /** SHA-256 of the document text. */
  readonly document?: string;
  /** Name of the operation that the request asked for. */
  readonly operation?: string;
  /** Keyed digest of the variables (`variables.ts`): tells a holder of the gateway's keys whether they were these, and nobody else what they were. */
  readonly variables?: string;
  readonly class?: string;
  readonly policy?: string;
  readonly bundle?: string;
  readonly released?: readonly string[];
  readonly marking?: { readonly en: string; readonly label: string };
  /** Number of redacted places by reason class. */
  readonly withheld?: Readonly<Record<string, number>>;
  readonly ministries?: readonly string[];
  /** Legal notices that the operation acknowledged, as `NOTICE-SDS@1`; `errors` says when a ministry refused. */
  readonly acknowledged?: readonly string[];
  readonly errors?: readonly string[];
  readonly status?: number;
  /** SHA-256 of the body as sent. */
  readonly response?: string;
  /** Index of the INTENT whose outcome this is. */
  readonly intent?: number;
  /** INTENT: the changes of the operation, by the names of their fields, in order. */
  readonly steps?: readonly string[];
  /** Index of an earlier record whose answer was thrown away because the standing changed meanwhile. */
  readonly supersedes?: number;
  /** The tools that an officer used as fields of one operation, in order; one that is used by its path stands in the record itself. */
  readonly tools?: readonly ToolUse[];
  /** Of a change: the answers that it was said to be made of, by their requests; empty: of nothing that was released (4.19). */
  readonly sources?: readonly string[];
  /** Of a change: the labels under which ministries wrote; null where one does not say. */
  readonly written?: readonly (LabelCore | null)[];
  /** FLOOD: how many refusals there were, and from when on. */
  readonly times?: number;
  readonly since?: string;
  /** Label of this record. */
  readonly label?: LabelCore;
  /** RECOVERY: bytes of a torn last line that were set aside, and their SHA-256. */
  readonly torn?: { readonly bytes: number; readonly sha256: string };
}

/** A record as it stands in the log. `prev` is the SHA-256 of the line before, without its line feed. */
export type ChainedRecord = EvidenceRecord & Chain;
export interface Chain { readonly log: string; readonly index: number; readonly prev: string }

/** Reference to a durable record, given to the client. */
export interface EvidenceReference { readonly log: string; readonly index: number; readonly txn: string }

/** `prev` of the first record. */
export const GENESIS = "0".repeat(64);
/** Fixed size of the head file: rewritten in place, within one disk sector. */
export const HEAD_BYTES = 256;
export const LOG_FILE = "evidence.jsonl";
export const HEAD_FILE = "head.json";
