/**
 * Answers the subgraph `officer` in the gateway itself (SPEC 8.4, ADR 0012). Takes a fetch of its root fields and gives an answer in the form of a ministry's: every object with the label of what is
 * in it, so that it is released like any other. What a tool tells comes from the desk; a tool that refuses is null, with the code of the refusal at its root field.
 */
import { buildASTSchema, execute as executeGraphql, type ExecutionResult, type GraphQLError, type GraphQLSchema, parse } from "graphql";
import { officerSource } from "../../schema/compose";
import { join, type LabelCore } from "../../schema/label";
import { labelOf } from "../../schema/policy";
import { codeOf, type ErrorCode } from "../errors";
import type { FetchStep } from "../plan/operation";
import { type Answer, LabelLines } from "./answer";
import type { Run } from "./run";

/** What one tool tells, and under which label. */
export interface ToolAnswer {
  readonly data: Readonly<Record<string, unknown>>;
  /** Join of the labels of what is in `data`. */
  readonly released: LabelCore;
  /** Ids of the ministries' labels behind it. */
  readonly labelIds: readonly string[];
}
/** The officers' tools for one asker and one attempt. */
export interface OfficerDesk {
  /** @throws Refused with the code of what was wrong, recorded like an answer */
  use(tool: string, given: Readonly<Record<string, unknown>>): Promise<ToolAnswer>;
}

let ownSchema: GraphQLSchema | undefined;

/** Undefined when there is no desk: then nobody answers. */
export async function answerOfficer(run: Run, step: FetchStep): Promise<Answer | undefined> {
  const desk = run.request.officers?.();
  const [branch] = step.branches;
  if (desk === undefined || branch === undefined) return undefined;
  const { query, variables } = JSON.parse(`${step.head}${run.variablesText(step.variables)}}}`) as { readonly query: string; readonly variables: Readonly<Record<string, unknown>> };
  const lines: { readonly record: ReturnType<typeof labelOf> }[] = [];
  const sources: (readonly string[])[] = [];
  const use = (tool: string) => async (given: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>> => {
    const { data, released, labelIds } = await desk.use(tool, given);
    // What is asked of a tool is at no place below the tool's own floor.
    sources.push(labelIds);
    return { ...data, _label: lines.push({ record: labelOf(join(released, run.operation.bundle.labels.floor("Query", tool))) }) - 1 };
  };
  const schema = (ownSchema ??= buildASTSchema(parse(officerSource().sdl, { noLocation: true }), { assumeValid: true, assumeValidSDL: true }));
  const tools = Object.keys(schema.getQueryType()?.getFields() ?? {});
  const result: ExecutionResult = await executeGraphql({ schema, document: parse(query, { noLocation: true }), variableValues: variables, rootValue: Object.fromEntries(tools.map((tool) => [tool, use(tool)])) });
  for (const error of result.errors ?? []) {
    const root = branch.rootOf(String(error.path?.[0]));
    if (root !== undefined) run.failAt(root.responseName, codeAt(error));
  }
  return { data: result.data ?? {}, errors: undefined, labels: new LabelLines(lines, sources), plainText: false, ascii: false };
}

function codeAt(error: GraphQLError): ErrorCode { return codeOf(error.originalError ?? error); }
