/**
 * Answers the subgraph `lookup` in the gateway itself (ADR 0003): the id that was asked for, labelled PUBLIC, whether or not such a thing exists.
 * The answer has the form of a ministry's and is released like one.
 */
import { BOTTOM } from "../../schema/label";
import { labelOf } from "../../schema/policy";
import type { FetchStep } from "../plan/operation";
import { LABEL_KEY } from "../plan/shape";
import { type Answer, LabelLines } from "./answer";
import { isPlain } from "./quote";
import type { Run } from "./run";

const PUBLIC_LINE = [{ record: labelOf(BOTTOM) }];

export function answerLookup(run: Run, step: FetchStep): Answer {
  let plainText = true;
  const data = Object.fromEntries(step.lookups.filter((field) => run.holds(field.when)).map((field) => {
    const id = "literal" in field.id ? field.id.literal : run.variables[field.id.variable];
    if (typeof id === "string") plainText &&= isPlain(id);
    return [field.key, typeof id === "string" ? { __typename: field.typeName, [LABEL_KEY]: 0, ...Object.fromEntries(field.idKeys.map((key) => [key, id])) } : null];
  }));
  return { data, errors: undefined, labels: new LabelLines(PUBLIC_LINE), plainText, ascii: false };
}
