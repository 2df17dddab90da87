/**
 * What the executor of a class server does (SPEC 8): compile the operation for the class's view, run it for the asker, and note what was released. Everything of an answer that was
 * not refused before goes through here, and nothing else reaches a ministry.
 */
import { type LabelCore, mark } from "../schema/label";
import type { Policy } from "../schema/policy";
import { getVariableValues, GraphQLError, type GraphQLSchema } from "graphql";
import { errorAt, Refused } from "./errors";
import { type Call, type DecisionMemo, execute, type ExecuteOutcome } from "./execute";
import type { Stated } from "./execute/statement";
import { acknowledgedIn, isAboutNotices, refuseUnread } from "./notices";
import type { Portions } from "./front/release";
import type { Attempt, ToolUses } from "./pipeline";
import type { CompiledOperation, Planner } from "./plan";
import type { ExecutionResult, Operation } from "./server";

export interface Carrier {
  readonly planner: Planner;
  readonly policy: Policy;
  readonly decisions: DecisionMemo;
  readonly callFor: (stated: Stated) => Call;
  /** The officers' tools for an attempt; none where nothing is labelled. */
  readonly deskOf?: (attempt: Attempt) => ToolUses;
  readonly deadlineMs: number;
  /** Told what it took, in milliseconds. */
  readonly observe: (what: { readonly planning: number; readonly calls: ExecuteOutcome["calls"] }) => void;
}

const MOST_MISTAKES = 10;

/** Carries out one operation for one attempt. Throws Refused; the caller turns that into an error. */
export async function carryOut(carrier: Carrier, view: GraphQLSchema, attempt: Attempt, operation: Operation): Promise<ExecutionResult> {
  const { planner, policy, decisions, deskOf } = carrier;
  const { document, operationName } = operation;
  if (!isAboutNotices(document, operationName)) refuseUnread(attempt.asker);
  const begun = performance.now();
  const compiled = planner.compile(view, document, operationName);
  const planning = performance.now() - begun;
  const isMutation = compiled.type === "mutation";
  if ((compiled.type === "subscription") !== (attempt.changes !== undefined)) throw new Refused("OPERATION_RESOLUTION_FAILURE", "subscriptions are served as event streams, and nothing else is");
  // An answer without a record is kept back, but a change would have been made by then, and nobody could tell if the gateway died before its answer was recorded.
  if (isMutation) await attempt.intend?.(compiled.rootFields);
  const { subject, action, ctx, digest } = attempt.asker;
  const asker = { subject, ctx, digest, action: isMutation ? "WRITE" as const : action };
  const outcome = await execute(compiled, {
    variables: operation.variables, asker, policy, decisions, call: carrier.callFor(asker), accreditation: (subgraph) => policy.members.accreditations(subgraph), deadlineMs: carrier.deadlineMs, changes: attempt.changes,
    ...(isMutation ? { once: attempt.once, highWater: attempt.highWater } : {}),
    signal: attempt.signal, portions: attempt.narrowing.portions, ...(deskOf === undefined ? {} : { officers: () => (attempt.tools ??= deskOf(attempt)) }),
  });
  carrier.observe({ planning, calls: outcome.calls });
  const errors = outcome.errors.map(({ code, path, reason }) => errorAt(code, path, reason));
  if (outcome.text === undefined) {
    const mistakes = outcome.errors.some(({ code }) => code === "BAD_USER_INPUT") ? mistakesIn(compiled, view, operation.variables) : [];
    return { errors: mistakes.length > 0 ? mistakes : errors.length > 0 ? errors : [errorAt("INTERNAL_SERVER_ERROR")] };
  }
  if (attempt.signal.aborted && !isMutation) throw new Refused("BAD_REQUEST", "the client went away");
  const portions = outcome.portions === undefined ? undefined : portionsOf(outcome.portions, policy);
  const acknowledged = isMutation ? acknowledgedIn(view, document, operationName, operation.variables, outcome.data ?? {}) : [];
  attempt.carried = {
    ...(acknowledged.length === 0 ? {} : { acknowledged }),
    released: outcome.released, releasedLabelIds: outcome.releasedLabelIds, withheld: outcome.withheld, isMutation, ...(isMutation ? { written: outcome.written } : {}),
    ...(attempt.changes === undefined ? {} : { follows: firstOf(compiled.steps), isNothing: outcome.withheld.length === 0 && Object.values(outcome.data ?? {}).every((value) => value === null || (Array.isArray(value) && value.length === 0)) }),
    ministries: [...new Set([...outcome.calls.map((call) => call.subgraph), ...(attempt.tools?.ministries ?? [])])].sort(), ...(portions === undefined ? {} : { portions, cores: outcome.portions?.labels ?? [] }),
  };
  return { text: outcome.text, ascii: outcome.ascii, ...(errors.length > 0 ? { errors } : {}) };
}

/** The ministry that a root field is asked of. */
function firstOf(step: CompiledOperation["steps"]): string | undefined {
  if (step === undefined) return undefined;
  return step.kind === "fetch" ? step.subgraph : step.kind === "sequence" || step.kind === "parallel" ? firstOf(step.steps[0]) : undefined;
}

/** What is wrong with the variables, in graphql-js's words about the view and without suggestions [B-77]. */
function mistakesIn(compiled: CompiledOperation, view: GraphQLSchema, variables: Operation["variables"]): readonly GraphQLError[] {
  const { errors } = getVariableValues(view, compiled.variableDefinitions, variables, { maxErrors: MOST_MISTAKES, hideSuggestions: true });
  return (errors ?? []).map((error) => new GraphQLError(error.message, { nodes: error.nodes ?? null, extensions: { code: "BAD_USER_INPUT" } }));
}

function portionsOf({ labels, at }: NonNullable<ExecuteOutcome["portions"]>, policy: Policy): Portions {
  const text = (label: LabelCore, lang: "ja" | "en"): string => mark(label, policy.words, { form: "portion", lang });
  return { marks: labels.map((label) => ({ ja: text(label, "ja"), en: text(label, "en") })), at };
}
