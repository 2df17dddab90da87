/** The public surface of execution, by name. */
export { DEFAULT_CALLER_OPTIONS, MinistryCaller, type CallerOptions, type Ministry, type SealBody } from "./call";
export { type Asker, DecisionMemo } from "./decision-memo";
export { execute } from "./execute";
export type { Call, CallRecord, CallResult, ChangeWindow, OnceOnly, ClientError, ExecuteOutcome, ExecuteRequest, ExecuteSeams, ReasonClass, ReceiverStanding, Withheld } from "./request";
export { Stop } from "./stop";
