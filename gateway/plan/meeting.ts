/**
 * Which entity fetches of a plan go out as one call (performance.md 2). Those of different branches that are alike in all but their place and equally deep
 * meet. Those of one ministry after which nothing comes wait for the last of them: the answer waits for that one anyhow. So a meeting waits for what is
 * equally deep, or nobody waits for it, and no two can wait for each other. What a plan reaches only under a condition does not take part: it might never arrive.
 */
import type { FetchStep, Meeting, MeetingStep, Step } from "./operation";

interface Found { readonly step: FetchStep; readonly depth: number; readonly isLast: boolean }
/** Fetches that are alike and equally deep. */
interface Unit { readonly found: readonly Found[]; readonly depth: number; readonly isLast: boolean; readonly fetch: FetchStep }

/** Fetches in one call; each more doubles the number of documents that there can be. */
const MOST_FETCHES = 6;

/** Replaces fetches that can meet. */
export function arrangeMeetings(step: Step): Step {
  const found: Found[] = [];
  visit(step, { depth: 0, isLast: true }, found);
  const meetings = new Map<FetchStep, MeetingStep>();
  for (const units of groupsOf(unitsOf(found))) {
    const members = units.flatMap((unit) => unit.found);
    const [first] = units;
    if (first === undefined || members.length < 2) continue;
    const meeting: Meeting = { subgraph: first.fetch.subgraph, fetches: units.map(({ fetch }) => fetch), expected: members.length };
    for (const member of members) meetings.set(member.step, { kind: "meeting", meeting, branches: member.step.branches });
  }
  return meetings.size === 0 ? step : replace(step, meetings);
}

function unitsOf(found: readonly Found[]): readonly Unit[] {
  const alike = groupBy(found.filter(({ step }) => step.entities !== undefined && !step.local), ({ step, depth }) => `${depth} ${step.entities?.likeness}`);
  return alike.flatMap((members) => members.slice(0, 1).map(({ step, depth }) => ({
    found: members, depth, isLast: members.every(({ isLast }) => isLast), fetch: { ...step, branches: members.flatMap((member) => member.step.branches) },
  })));
}

/** The last ones of a ministry together, the others each alone. */
function groupsOf(units: readonly Unit[]): readonly (readonly Unit[])[] {
  const groups = groupBy<Unit, unknown>(units, (unit) => (unit.isLast && unit.fetch.entities?.part !== undefined ? unit.fetch.subgraph : unit));
  return groups.flatMap((group) => Array.from({ length: Math.ceil(group.length / MOST_FETCHES) }, (_, at) => group.slice(at * MOST_FETCHES, (at + 1) * MOST_FETCHES)));
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): readonly (readonly T[])[] {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

interface At { readonly depth: number; readonly isLast: boolean }

/** Collects the fetches with their depth, and whether nothing comes after them; gives the depth after the step. */
function visit(step: Step, { depth, isLast }: At, found: Found[]): number {
  switch (step.kind) {
    case "fetch": found.push({ step, depth, isLast }); return depth + 1;
    case "sequence": return step.steps.reduce((at, child, index) => visit(child, { depth: at, isLast: isLast && index === step.steps.length - 1 }, found), depth);
    case "parallel": return Math.max(depth, ...step.steps.map((child) => visit(child, { depth, isLast }, found)));
    case "condition": return Math.max(depth, ...[step.then, step.otherwise].map((child) => (child === undefined ? depth : visit(child, { depth, isLast }, []))));
    case "meeting": return depth + 1;
  }
}

function replace(step: Step, meetings: ReadonlyMap<FetchStep, MeetingStep>): Step {
  if (step.kind === "fetch") return meetings.get(step) ?? step;
  if (step.kind === "sequence" || step.kind === "parallel") return { ...step, steps: step.steps.map((child) => replace(child, meetings)) };
  return step;
}
