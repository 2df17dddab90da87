/** What the executor takes and gives. */
import type { LabelCore, LocalizedText } from "../../schema/label";
import type { Policy, Subject } from "../../schema/policy";
import type { ErrorCode, RefusalReason } from "../errors";
import type { Asker, DecisionMemo } from "./decision-memo";
import type { OfficerDesk } from "./officer-fields";
import type { Leaving, Stop } from "./stop";

/** One call of a ministry. Never throws and tells nothing about why it failed. */
export type Call = (subgraph: string, body: Buffer, stop: Stop) => Promise<CallResult>;
/** What came back with status 200: its bytes, or a value already parsed. */
export type CallResult = { readonly ok: true; readonly body: Buffer } | { readonly ok: true; readonly json: unknown } | { readonly ok: false };

/** A standing under which a ministry may receive; any one of several suffices. */
export interface ReceiverStanding { readonly subject: Subject; readonly zoneLevel: 0 | 1 | 2 | 3 | 4 }

/** Changes of a ministry after one number, up to another. */
export interface ChangeWindow { readonly after: number; readonly upTo: number }

/**
 * One change, however often it is asked about (SPEC 6.5): the ministries carry it out once under its key, and asked again only say what became of it. `isKept` as long as every ministry
 * that was asked remembers what it did.
 */
export interface OnceOnly { readonly key: string; isAgain: boolean; isKept: boolean }

export interface ExecuteRequest {
  /** As the client sent them. */
  readonly variables: Readonly<Record<string, unknown>> | null | undefined;
  readonly asker: Asker;
  readonly policy: Policy;
  readonly decisions: DecisionMemo;
  readonly call: Call;
  readonly accreditation: (subgraph: string) => readonly ReceiverStanding[];
  /** For a subscription: what of the ministry's changes the event is about, by their numbers. */
  readonly changes?: ChangeWindow | undefined;
  /** For a mutation that says what it is made of: the join of the labels of that. */
  readonly highWater?: LabelCore | undefined;
  /** For a mutation: under what it may be asked about again. */
  readonly once?: OnceOnly | undefined;
  /** Milliseconds from now in which ministries must have answered. */
  readonly deadlineMs: number;
  readonly signal?: Leaving | undefined;
  /** Also say which label each value has (`Kanmon-Marks: portions`). */
  readonly portions?: boolean | undefined;
  /** The officers' tools, for an asker who has their fields. */
  readonly officers?: (() => OfficerDesk) | undefined;
}

export type ReasonClass = "RESTRICTED" | "NOT_ASKED" | "CLEARANCE" | "NEED_TO_KNOW" | "RELEASE" | "PURPOSE" | "ORIGINATOR" | "LIFECYCLE";
export interface Withheld {
  /** Response names and positions in lists of what was released. */
  readonly path: readonly string[];
  readonly reasonClass: ReasonClass;
  readonly contact: LocalizedText | null;
  readonly requestable: boolean;
}
export interface ClientError {
  readonly code: ErrorCode;
  readonly path?: readonly string[];
  /** Why a ministry refused a change. */
  readonly reason?: RefusalReason;
}
export interface CallRecord { readonly subgraph: string; readonly ms: number; readonly ok: boolean }

export interface ExecuteOutcome {
  /** JSON text of the answer's `data`. Undefined when the operation was not executed at all (variables that do not fit). */
  readonly text: string | undefined;
  /** The text is known to be ASCII. */
  readonly ascii: boolean;
  /** The same parsed, when somebody wants it so. */
  readonly data: Readonly<Record<string, unknown>> | null | undefined;
  readonly errors: readonly ClientError[];
  /** Join of the labels of everything in `data`. */
  readonly released: LabelCore;
  /** Ids of the ministries' labels under which something was released, sorted. */
  readonly releasedLabelIds: readonly string[];
  readonly withheld: readonly Withheld[];
  readonly calls: readonly CallRecord[];
  /** Of a mutation: the labels under which ministries wrote. */
  readonly written: readonly (LabelCore | null)[];
  /** Labels of single values by path, joined with dots. */
  readonly portions: { readonly labels: readonly LabelCore[]; readonly at: Readonly<Record<string, number>> } | undefined;
}

/** Switches that exist only as parameters of `execute`, for tests that prove that a guard guards. No configuration reaches them. */
export interface ExecuteSeams {
  readonly release?: "emptied";
  readonly flow?: "emptied";
  /** Called with the finished answer and the label of every value in it. */
  readonly exitGuard?: (data: unknown, provenance: ReadonlyMap<string, LabelCore>) => void;
}
