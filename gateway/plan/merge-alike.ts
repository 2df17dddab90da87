/**
 * Fetches of a plan that start together and are alike in all but their place go out as one (performance.md 2): the same document to the same
 * ministry about more entities. What follows any of them follows the one. Nothing waits for anything slower than before.
 */
import type { FetchStep, Step } from "./operation";

/** Merges among steps that run in parallel. */
export function mergeAlike(steps: readonly Step[]): Step[] {
  const groups = new Map<string, { readonly heads: FetchStep[]; readonly tails: Step[] }>();
  const merged: (Step | string)[] = [];
  for (const step of steps.flatMap(flatten)) {
    const { head, tail } = split(step);
    if (head?.entities === undefined) { merged.push(step); continue; }
    const { likeness } = head.entities;
    const group = groups.get(likeness);
    if (group === undefined) { groups.set(likeness, { heads: [head], tails: [...tail] }); merged.push(likeness); }
    else { group.heads.push(head); group.tails.push(...tail); }
  }
  return merged.map((step): Step => {
    const group = typeof step === "string" ? groups.get(step) : undefined;
    const [head, ...others] = group?.heads ?? [];
    if (typeof step !== "string") return step;
    if (head === undefined || group === undefined) throw new Error("a group has no head");
    const one: FetchStep = others.length === 0 ? head : { ...head, branches: [head, ...others].flatMap(({ branches }) => branches) };
    const rest = mergeAlike(group.tails);
    const [only] = rest;
    if (only === undefined) return one;
    return { kind: "sequence", steps: [one, ...(rest.length > 1 ? [{ kind: "parallel", steps: rest } as const] : only.kind === "sequence" ? only.steps : [only])] };
  });
}

function flatten(step: Step): readonly Step[] { return step.kind === "parallel" ? step.steps.flatMap(flatten) : [step]; }

/** The first fetch of a step, and what comes after it as one step. */
function split(step: Step): { readonly head: FetchStep | undefined; readonly tail: readonly Step[] } {
  if (step.kind === "fetch") return { head: step, tail: [] };
  const [first, ...rest] = step.kind === "sequence" ? step.steps : [];
  if (first?.kind !== "fetch") return { head: undefined, tail: [] };
  const [only] = rest;
  return { head: first, tail: only === undefined ? [] : rest.length === 1 ? [only] : [{ kind: "sequence", steps: rest }] };
}
