/**
 * One fetch: flow check, call, release, merge (architecture.md 3). An object whose ministry may not be told of it is not asked about; a call that
 * fails, or is answered by nonsense, leaves its values unknown and puts one code at the root fields it serves.
 */
import { LOOKUP } from "../plan/graph";
import type { Branch, FetchStep } from "../plan/operation";
import { type Called, callMinistry, isNoAnswer, readCalled, saysKept } from "./called";
import { fetchEntities, notAsked } from "./fetch-entities";
import { gatherTargets } from "./flow";
import { answerLookup } from "./lookup";
import { recordErrors } from "./ministry-errors";
import { answerOfficer } from "./officer-fields";
import { Release, addNotice } from "./release";
import { isRecord } from "./ruling";
import type { Run } from "./run";
import { writtenIn } from "./written";
import type { LabelRef } from "./label-pool";

export async function runFetch(run: Run, step: FetchStep): Promise<void> {
  if (step.entities === undefined) {
    const [branch] = step.branches;
    if (branch !== undefined) await fetchRoot(run, step, branch);
  } else if (!step.local) await fetchEntities(run, step, step.entities);
}

async function fetchRoot(run: Run, step: FetchStep, branch: Branch): Promise<void> {
  const { path, roots, shape } = branch;
  if (path.length === 0 && roots.length > 0 && !roots.some((root) => run.holds(root.when))) return;
  const targets = gatherTargets(run, path);
  if (targets.nodes.length === 0) return;
  const flow = targets.flows.reduce((sum, label) => run.pool.join(sum, label), run.pool.join(run.argumentFloor(step.chosenBy), highWaterOf(run)));
  if (!run.receiver(step.subgraph, step.local).mayBeTold(flow)) {
    const notice = notAsked(run);
    if (path.length > 0) for (const node of targets.nodes) addNotice(node, notice);
    else for (const root of roots) if (run.holds(root.when)) run.rootNotices.set(root.responseName, notice);
    return;
  }
  // The answer is parsed only after the wait, and no promise ever holds what came out: a tree that a promise holds outlives its scavenge.
  const called = step.local ? undefined : await callRoot(run, step, roots);
  const answer = step.local ? (step.subgraph === LOOKUP ? answerLookup(run, step) : await answerOfficer(run, step)) : readCalled(run, step.subgraph, called);
  // Where no answer can be read nothing is known of what came of a change, also because the client went away meanwhile.
  if (called !== undefined && run.operation.type === "mutation") run.written.push(...(answer === undefined ? [null] : writtenIn(answer)));
  if (answer === undefined) { run.fail(roots); return; }
  const release = new Release(run, answer);
  if (isRecord(answer.data)) for (const node of targets.nodes) release.object(answer.data, shape, run.pool.unlabelled, node);
  recordErrors(run, branch, release, answer.errors, answer.data, undefined);
  if (release.nonsense || isNoAnswer(answer)) run.fail(roots);
}

/** What a change was said to be made of goes to the ministry with it, which compares: so it is not asked where it may not know of that (4.19). */
function highWaterOf({ pool, request: { highWater }, operation: { type } }: Run): LabelRef {
  return highWater === undefined || type !== "mutation" ? pool.bottom : pool.refOf(highWater);
}

async function callRoot(run: Run, { subgraph, head, variables }: FetchStep, roots: Branch["roots"]): Promise<Called | undefined> {
  const called = await callMinistry(run, subgraph, `${head}${run.variablesText(variables)}}${extensionsText(run, roots)}}`);
  const { once } = run.request;
  if (once !== undefined && !saysKept(called)) once.isKept = false;
  return called;
}

/** What a ministry is told of the event that a subscription is carried out for, or of the change that may be asked about again. */
function extensionsText({ request: { changes, once, highWater }, operation: { type, rootNames } }: Run, roots: Branch["roots"]): string {
  if (type === "mutation") {
    // One key for each call: of two equal changes in two calls to one ministry, the second is no repetition of the first. Places and not names, which are the client's words.
    const place = roots.map(({ responseName }) => rootNames.indexOf(responseName)).join();
    const extensions = { ...(once === undefined ? {} : { once: { key: `${once.key}/${place}`, again: once.isAgain } }), ...(highWater === undefined ? {} : { highWater }) };
    return Object.keys(extensions).length === 0 ? "" : `,"extensions":${JSON.stringify(extensions)}`;
  }
  return changes === undefined || type !== "subscription" ? "" : `,"extensions":{"changes":{"after":${changes.after},"upTo":${changes.upTo}}}`;
}
