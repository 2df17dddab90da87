/**
 * The exit guard of tests (attacks D.5): walks a finished answer with the label that was recorded for each value and decides every one of them
 * anew, straight from the policy. It shares neither code nor memory with release, so an answer that both let pass was judged twice.
 * A value without a recorded label, or under one that is not permitted, is a finding.
 */
import type { LabelCore } from "../../schema/label";
import { type DecisionContext, type Policy, type Subject, findReasons } from "../../schema/policy";

export interface ExitGuard {
  readonly policy: Policy;
  readonly subject: Subject;
  readonly ctx: DecisionContext;
}

/** Paths of the answer that should not be in it; empty when the guard agrees. Introspection and `__typename` carry no label and are skipped. */
export function findEscapes(guard: ExitGuard, data: unknown, provenance: ReadonlyMap<string, LabelCore>): readonly string[] {
  const escaped: string[] = [];
  visit(guard, data, [], provenance, escaped);
  return escaped;
}

function visit(guard: ExitGuard, value: unknown, path: readonly string[], provenance: ReadonlyMap<string, LabelCore>, escaped: string[]): void {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    value.forEach((item, index) => { visit(guard, item, [...path, String(index)], provenance, escaped); });
    return;
  }
  for (const [name, item] of Object.entries(value)) {
    if (item === null || name.startsWith("__")) continue;
    const at = [...path, name];
    const label = provenance.get(at.join("."));
    if (label === undefined || findReasons(guard.policy, guard.subject, "RETRIEVE", label, guard.ctx).length > 0) escaped.push(at.join("."));
    else visit(guard, item, at, provenance, escaped);
  }
}
