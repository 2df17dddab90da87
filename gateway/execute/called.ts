/**
 * One call of a ministry for one request: sends it, keeps the record of it, and reads what came back.
 */
import { type Answer, readAnswer } from "./answer";
import type { CallResult } from "./request";
import { isRecord } from "./ruling";
import type { Run } from "./run";

export interface Called { readonly result: CallResult; readonly ms: number }

/** Undefined when it is too late to call anybody. */
export async function callMinistry(run: Run, subgraph: string, text: string): Promise<Called | undefined> {
  if (run.stop.stopped) return undefined;
  const started = performance.now();
  const result = await run.request.call(subgraph, Buffer.from(text), run.stop);
  return { result, ms: performance.now() - started };
}

/** How the answer of a ministry ends that remembers under its key what it did. */
const KEPT = Buffer.from(',"kept":true}}');

/** Whether the ministry says that it may be asked again what became of this change. */
export function saysKept(called: Called | undefined): boolean {
  return called?.result.ok === true && "body" in called.result && called.result.body.subarray(-KEPT.length).equals(KEPT);
}

/** Undefined when there is no answer that could be read. */
export function readCalled(run: Run, subgraph: string, called: Called | undefined): Answer | undefined {
  if (called === undefined) return undefined;
  const answer = readAnswer(called.result, run.operation.labelled ? run.pool.tables : undefined);
  run.calls.push({ subgraph, ms: called.ms, ok: answer !== undefined });
  return answer;
}

/** Neither data nor a reason for having none. */
export function isNoAnswer(answer: Answer): boolean { return !isRecord(answer.data) && !(Array.isArray(answer.errors) && answer.errors.length > 0); }
