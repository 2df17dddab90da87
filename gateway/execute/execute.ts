/**
 * Runs a compiled operation for one asker: coerces variables, walks the steps, projects, and says what was released (architecture.md 3).
 * Never throws for anything that a client or a ministry did.
 */
import { execute as executeGraphql, type DocumentNode, type ExecutionResult, getVariableValues } from "graphql";
import { BOTTOM } from "../../schema/label";
import type { CompiledOperation, Step } from "../plan/operation";
import { Meetings } from "./meet";
import { Outcome, outcomeOf } from "./outcome";
import { Projector } from "./project";
import type { ExecuteOutcome, ExecuteRequest, ExecuteSeams } from "./request";
import { Run } from "./run";
import { runFetch } from "./run-fetch";

/**
 * @param seams for tests only; see `ExecuteSeams`
 * @returns `data` undefined when the variables do not fit; otherwise the answer with everything it says about itself
 */
export async function execute(operation: CompiledOperation, request: ExecuteRequest, seams: ExecuteSeams = {}): Promise<ExecuteOutcome> {
  const coerced = coerceVariables(operation, request.variables);
  if (coerced === undefined) return new Outcome({ text: undefined, ascii: false, errors: [{ code: "BAD_USER_INPUT" }], released: BOTTOM, releasedLabelIds: [], withheld: [], calls: [], written: [], portions: undefined });
  const { pool, decisions } = request.decisions.forRequest(request.asker);
  const run = new Run(operation, request, seams, pool, decisions, coerced.planned);
  if (operation.steps !== undefined) await withDeadline(run, () => runStep(run, new Meetings(run), operation.steps));
  const projector = new Projector(run, introspectionOf(operation, coerced.given), request.portions === true || seams.exitGuard !== undefined);
  const outcome = outcomeOf(run, projector, projector.project());
  seams.exitGuard?.(outcome.data, new Map(projector.values.map(({ path, label }) => [path, label.core])));
  return outcome;
}

async function runStep(run: Run, meetings: Meetings, step: Step | undefined): Promise<void> {
  if (step === undefined) return;
  switch (step.kind) {
    case "fetch": await runFetch(run, step); return;
    case "meeting": await meetings.arrive(step); return;
    case "sequence": for (const child of step.steps) await runStep(run, meetings, child); return;
    case "parallel": await Promise.all(step.steps.map((child) => runStep(run, meetings, child))); return;
    case "condition": await runStep(run, meetings, run.holds(step.when) ? step.then : step.otherwise);
  }
}

async function withDeadline(run: Run, work: () => Promise<void>): Promise<void> {
  const { deadlineMs, signal } = run.request;
  const stop = (): void => { run.stop.stop(); };
  const timer = setTimeout(stop, deadlineMs);
  if (signal?.aborted === true) stop();
  signal?.addEventListener("abort", stop, { once: true });
  try { await work(); } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

interface Coerced { readonly planned: Readonly<Record<string, unknown>>; readonly given: Readonly<Record<string, unknown>> }

/** Coerces against the view, so that nothing it does not have can be named; undefined when something does not fit. */
function coerceVariables(operation: CompiledOperation, variables: ExecuteRequest["variables"]): Coerced | undefined {
  if (operation.variableDefinitions.length === 0) return { planned: {}, given: {} };
  const { coerced } = getVariableValues(operation.view, operation.variableDefinitions, variables ?? {}, { maxErrors: 1 });
  if (coerced === undefined) return undefined;
  const planned: Record<string, unknown> = {};
  for (const [given, name] of operation.variables) if (Object.hasOwn(coerced, given)) planned[name] = coerced[given];
  return { planned, given: coerced };
}

/** Introspection is answered from the view, when the projection first needs it. */
function introspectionOf(operation: CompiledOperation, variables: Readonly<Record<string, unknown>>): () => Readonly<Record<string, unknown>> {
  const document: DocumentNode | undefined = operation.introspection;
  let answered: Readonly<Record<string, unknown>> | undefined;
  return () => {
    if (answered === undefined && document !== undefined) {
      const result = executeGraphql({ schema: operation.view, document, variableValues: variables, rootValue: {} }) as ExecutionResult;
      answered = result.data ?? {};
    }
    return answered ?? {};
  };
}
