/**
 * Entity fetches of different branches of a plan that are alike in all but their place and equally deep meet and go out as one
 * (performance.md 2). A meeting waits for branches of the same depth only, so no two can wait for each other. What a plan reaches only under a condition
 * does not take part: it might never arrive.
 */
import type { FetchStep, MeetingStep, Step } from "./operation";

interface Found { readonly step: FetchStep; readonly depth: number }

/** Replaces fetches that can meet. */
export function arrangeMeetings(step: Step): Step {
  const found: Found[] = [];
  visit(step, 0, found);
  const groups = new Map<string, FetchStep[]>();
  for (const { step: fetch, depth } of found) {
    if (fetch.entities === undefined || fetch.local) continue;
    const key = `${depth} ${fetch.entities.likeness}`;
    groups.set(key, [...groups.get(key) ?? [], fetch]);
  }
  const meetings = new Map<FetchStep, MeetingStep>();
  for (const fetches of groups.values()) {
    const [first] = fetches;
    if (first === undefined || fetches.length < 2) continue;
    const meeting = { fetch: { ...first, branches: fetches.flatMap(({ branches }) => branches) }, expected: fetches.length };
    for (const fetch of fetches) meetings.set(fetch, { kind: "meeting", meeting, branches: fetch.branches });
  }
  return meetings.size === 0 ? step : replace(step, meetings);
}

/** Collects the fetches with their depth; gives the depth after the step. */
function visit(step: Step, depth: number, found: Found[]): number {
  switch (step.kind) {
    case "fetch": found.push({ step, depth }); return depth + 1;
    case "sequence": return step.steps.reduce((at, child) => visit(child, at, found), depth);
    case "parallel": return Math.max(depth, ...step.steps.map((child) => visit(child, depth, found)));
    case "condition": return Math.max(depth, ...[step.then, step.otherwise].map((child) => (child === undefined ? depth : visit(child, depth, []))));
    case "meeting": return depth + 1;
  }
}

function replace(step: Step, meetings: ReadonlyMap<FetchStep, MeetingStep>): Step {
  if (step.kind === "fetch") return meetings.get(step) ?? step;
  if (step.kind === "sequence" || step.kind === "parallel") return { ...step, steps: step.steps.map((child) => replace(child, meetings)) };
  return step;
}
