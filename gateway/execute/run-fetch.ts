/**
 * One fetch: flow check, call, release, merge (architecture.md 3). An object whose ministry may not be told of it is not asked about; a call that
 * fails, or is answered by nonsense, leaves its values unknown and puts one code at the root fields it serves.
 */
import { LOOKUP } from "../plan/graph";
import type { Branch, EntityFetch, FetchStep } from "../plan/operation";
import type { Variant } from "../plan/shape";
import { NOTICES, type ResultNode, TYPENAME } from "../plan/place";
import { type Answer, readAnswer } from "./answer";
import { AskedEntities, type AskedEntity, type Asking } from "./asked-entities";
import { gatherTargets } from "./flow";
import { answerLookup } from "./lookup";
import { type MatchedEntity, matchEntities } from "./match-entities";
import { recordErrors } from "./ministry-errors";
import { answerOfficer } from "./officer-fields";
import { Release, addNotice } from "./release";
import { holdsOne } from "./representation-writer";
import type { CallResult } from "./request";
import { isRecord } from "./ruling";
import { Notice, type Run } from "./run";

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
  const flow = targets.flows.reduce((sum, label) => run.pool.join(sum, label), run.argumentFloor(step.chosenBy));
  if (!run.receiver(step.subgraph, step.local).mayBeTold(flow)) {
    const notice = notAsked(run);
    if (path.length > 0) for (const node of targets.nodes) addNotice(node, notice);
    else for (const root of roots) if (run.holds(root.when)) run.rootNotices.set(root.responseName, notice);
    return;
  }
  // The answer is parsed only after the wait, and no promise ever holds what came out: a tree that a promise holds outlives its scavenge.
  const answer = step.local ? (step.subgraph === LOOKUP ? answerLookup(run, step) : await answerOfficer(run, step)) : readCalled(run, step, await callMinistry(run, step, `${run.variablesText(step)}}}`));
  if (answer === undefined) { run.fail(roots); return; }
  const release = new Release(run, answer);
  if (isRecord(answer.data)) for (const node of targets.nodes) release.object(answer.data, shape, run.pool.unlabelled, node);
  recordErrors(run, branch, release, answer.errors, answer.data, undefined);
  if (release.nonsense || isNoAnswer(answer)) run.fail(roots);
}

async function fetchEntities(run: Run, step: FetchStep, entities: EntityFetch): Promise<void> {
  const asked = new AskedEntities(run);
  for (const branch of step.branches) askAbout(run, step, entities, branch, asked);
  if (asked.list.length === 0) return;
  const variables = run.variablesText(step);
  const called = await callMinistry(run, step, `${variables}${variables === "" ? "" : ","}"representations":[${asked.list.map(({ text }) => text).join(",")}]}}`);
  const answer = readCalled(run, step, called);
  const matched = answer === undefined ? undefined : matchEntities(entities, asked.list, answer.data, run.operation.labelled);
  if (answer === undefined || matched === undefined) { failBranches(run, asked.list); return; }
  const release = new Release(run, answer);
  for (let index = 0; index < asked.list.length; index += 1) {
    const entity = matched[index];
    const question = asked.list[index];
    if (entity !== undefined && question !== undefined) mergeEntity(release, question, entity);
  }
  recordErrors(run, undefined, release, answer.errors, answer.data, { asked: asked.list, matched });
  if (release.nonsense || isNoAnswer(answer)) failBranches(run, asked.list);
}

/** Adds the objects of one branch that the ministry may be told of. */
function askAbout(run: Run, step: FetchStep, entities: EntityFetch, branch: Branch, asked: AskedEntities): void {
  const { pool, operation: { labelled } } = run;
  const chosenBy = run.argumentFloor(step.chosenBy);
  const receiver = run.receiver(step.subgraph, step.local);
  const { nodes, flows, edges } = gatherTargets(run, branch.path);
  let typeName: unknown;
  let asking: Asking | undefined;
  for (let index = 0; index < nodes.length; index += 1) {
    const node = nodes[index];
    if (node === undefined) continue;
    if (node[TYPENAME] !== typeName) { typeName = node[TYPENAME]; asking = askingOf(run, entities, branch, asked, typeName); }
    const read = asking === undefined ? undefined : asked.read(node, asking);
    if (asking === undefined || read === undefined) continue;
    if (labelled && !receiver.mayBeTold(pool.join(flows[index] ?? pool.bottom, chosenBy))) { addNotice(node, notAsked(run)); continue; }
    if (labelled && !receiver.mayBeTold(asked.writer.labelOf(node, asking.type))) {
      // Asked as if the inputs did not exist, so that the ministry cannot tell; what it makes of that is of no use to the asker.
      asked.addUntold(node, asking, receiver);
      addNotice(node, notAsked(run));
      continue;
    }
    asked.add(node, asking, read, edges[index] ?? pool.unlabelled, branch);
  }
}

/** How a branch asks about objects of a type; undefined when it does not. */
function askingOf(run: Run, entities: EntityFetch, branch: Branch, asked: AskedEntities, typeName: unknown): Asking | undefined {
  const type = typeof typeName === "string" ? branch.representations?.forType(typeName) : undefined;
  return type?.sentAs === undefined || !holdsOne(run, entities.askedWhen(type.sentAs)) ? undefined : asked.asking(type);
}

const NONE = -1;

/** Releases into every object the entity stands for; where nothing below can change any more, equal objects share it. */
function mergeEntity(release: Release, { nodes, edges, branches }: AskedEntity, { raw, typeName }: MatchedEntity): void {
  let branch: Branch | undefined;
  let variant: Variant | undefined;
  let model = NONE;
  // The nodes of one branch follow each other.
  for (let index = 0; index < nodes.length; index += 1) {
    const node = nodes[index];
    const edge = edges[index];
    if (branch !== branches[index]) { branch = branches[index]; variant = branch?.shape.variants.get(typeName); model = NONE; }
    if (node === undefined || edge === undefined || branch === undefined || variant === undefined) continue;
    const before = model === NONE ? undefined : nodes[model];
    if (before === node) continue;
    if (before !== undefined && edges[model] === edge && isBlank(branch, node)) { shareCells(branch, before, node); continue; }
    release.variant(raw, branch.shape, variant, edge, node);
    if (before === undefined && nodes.length > 1 && branch.isShareable()) model = index;
  }
}

function isBlank({ cells }: Branch, node: ResultNode): boolean {
  for (const cell of cells) if (node[cell] !== undefined) return false;
  return true;
}

function shareCells(branch: Branch, model: ResultNode, node: ResultNode): void {
  node[TYPENAME] = model[TYPENAME];
  for (const cell of branch.cells) node[cell] = model[cell];
  const notices = model[NOTICES];
  if (Array.isArray(notices)) for (const notice of notices) addNotice(node, notice as Notice);
}

interface Called { readonly result: CallResult; readonly ms: number }

/** Undefined when it is too late to call anybody. */
async function callMinistry(run: Run, step: FetchStep, rest: string): Promise<Called | undefined> {
  if (run.stop.stopped) return undefined;
  const started = performance.now();
  const result = await run.request.call(step.subgraph, Buffer.from(step.head + rest), run.stop);
  return { result, ms: performance.now() - started };
}

function readCalled(run: Run, step: FetchStep, called: Called | undefined): Answer | undefined {
  if (called === undefined) return undefined;
  const answer = readAnswer(called.result, run.operation.labelled ? run.pool.tables : undefined);
  run.calls.push({ subgraph: step.subgraph, ms: called.ms, ok: answer !== undefined });
  return answer;
}

function isNoAnswer(answer: Answer): boolean { return !isRecord(answer.data) && !(Array.isArray(answer.errors) && answer.errors.length > 0); }

function failBranches(run: Run, asked: readonly AskedEntity[]): void {
  for (const branch of new Set(asked.flatMap(({ branches }) => branches))) run.fail(branch.roots);
}

function notAsked(run: Run): Notice { return new Notice("NOT_ASKED", null, false, run.pool.unlabelled); }
