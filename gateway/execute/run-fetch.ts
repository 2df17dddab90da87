/**
 * One fetch: flow check, call, release, merge (architecture.md 3). An object whose ministry may not be told of it is not asked about; a call that
 * fails, or is answered by nonsense, leaves its values unknown and puts one code at the root fields it serves.
 */
import type { EntityFetch, FetchStep } from "../plan/operation";
import type { ResultNode } from "../plan/place";
import { type Answer, readAnswer } from "./answer";
import { type AskedEntity, RepresentationWriter, holdsOne, matchEntities } from "./entities";
import { type Targets, gatherTargets, mayReceive } from "./flow";
import type { ValueLabel } from "./label-pool";
import { answerLookup } from "./lookup";
import { recordErrors } from "./ministry-errors";
import { Release, addNotice } from "./release";
import { LabelTable, isRecord } from "./ruling";
import { Notice, type Run } from "./run";

export async function runFetch(run: Run, step: FetchStep): Promise<void> {
  if (step.path.length === 0 && step.roots.length > 0 && !step.roots.some((root) => run.holds(root.when))) return;
  const targets = gatherTargets(run, step.path);
  if (targets.nodes.length === 0) return;
  if (step.entities === undefined) await fetchRoot(run, step, targets);
  else if (!step.local) await fetchEntities(run, step, step.entities, targets);
}

async function fetchRoot(run: Run, step: FetchStep, targets: Targets): Promise<void> {
  const flow = targets.flows.reduce((sum, label) => run.pool.join(sum, label), run.argumentFloor(step.chosenBy));
  if (!mayReceive(run, step.subgraph, step.local, flow)) {
    const notice = notAsked(run);
    if (step.path.length > 0) for (const node of targets.nodes) addNotice(node, notice);
    else for (const root of step.roots) if (run.holds(root.when)) run.rootNotices.set(root.responseName, notice);
    return;
  }
  const answer = await callMinistry(run, step, `${run.variablesText(step)}}}`);
  if (answer === undefined) return;
  const release = new Release(run, new LabelTable(run, answer.labels));
  if (isRecord(answer.data)) for (const node of targets.nodes) release.object(answer.data, step.shape, run.pool.unlabelled, node);
  finish(run, step, release, answer, undefined);
}

async function fetchEntities(run: Run, step: FetchStep, entities: EntityFetch, targets: Targets): Promise<void> {
  const writer = new RepresentationWriter(run, entities);
  const chosenBy = run.argumentFloor(step.chosenBy);
  const asked = new Map<string, AskedEntity>();
  for (let index = 0; index < targets.nodes.length; index += 1) {
    const node = targets.nodes[index];
    const sent = node === undefined ? undefined : writer.write(node);
    if (node === undefined || sent === undefined || !holdsOne(run, entities.askedWhen(sent.sentAs))) continue;
    const flow = run.pool.join(run.pool.join(targets.flows[index] ?? run.pool.bottom, sent.label), chosenBy);
    if (!mayReceive(run, step.subgraph, step.local, flow)) { addNotice(node, notAsked(run)); continue; }
    const edge = targets.edges[index] ?? run.pool.unlabelled;
    const known = asked.get(sent.text);
    if (known === undefined) asked.set(sent.text, { sentAs: sent.sentAs, nodes: [node], edges: [edge] });
    else { known.nodes.push(node); known.edges.push(edge); }
  }
  if (asked.size === 0) return;
  const variables = run.variablesText(step);
  const answer = await callMinistry(run, step, `${variables}${variables === "" ? "" : ","}"representations":[${[...asked.keys()].join(",")}]}}`);
  if (answer === undefined) return;
  const questions = [...asked.values()];
  const matched = matchEntities(step, entities, questions, answer.data, run.operation.labelled);
  if (matched === undefined) { run.fail(step.roots); return; }
  const release = new Release(run, new LabelTable(run, answer.labels));
  for (let index = 0; index < questions.length; index += 1) {
    const entity = matched[index];
    const question = questions[index];
    const variant = entity === undefined ? undefined : step.shape.variants.get(entity.typeName);
    if (entity === undefined || question === undefined || variant === undefined) continue;
    mergeEntity(step, entities, question, (node, edge) => release.variant(entity.raw, step.shape, variant, edge, node));
  }
  finish(run, step, release, answer, matched);
}

/** Releases into every object the entity stands for; where nothing below can change any more, equal objects share it. */
function mergeEntity(step: FetchStep, entities: EntityFetch, { nodes, edges }: AskedEntity, release: (node: ResultNode, edge: ValueLabel) => unknown): void {
  const [first] = nodes;
  const [firstEdge] = edges;
  if (first === undefined || firstEdge === undefined) return;
  release(first, firstEdge);
  const share = nodes.length > 1 && step.shareable;
  for (let index = 1; index < nodes.length; index += 1) {
    const node = nodes[index];
    const edge = edges[index];
    if (node === undefined || edge === undefined || node === first) continue;
    if (!share || edge !== firstEdge || entities.cells.some((cell) => node[cell] !== undefined)) { release(node, edge); continue; }
    node[0] = first[0];
    for (const cell of entities.cells) node[cell] = first[cell];
    const notices = first[2];
    if (Array.isArray(notices)) for (const notice of notices) addNotice(node, notice as Notice);
  }
}

async function callMinistry(run: Run, step: FetchStep, rest: string): Promise<Answer | undefined> {
  if (step.local) return answerLookup(run, step);
  if (run.stop.stopped) { run.fail(step.roots); return undefined; }
  const started = performance.now();
  const answer = readAnswer(await run.request.call(step.subgraph, Buffer.from(step.head + rest), run.stop), run.pool.tables);
  run.calls.push({ subgraph: step.subgraph, ms: performance.now() - started, ok: answer !== undefined });
  if (answer === undefined) run.fail(step.roots);
  return answer;
}

function finish(run: Run, step: FetchStep, release: Release, answer: Answer, matched: Parameters<typeof recordErrors>[5]): void {
  recordErrors(run, step, release, answer.errors, answer.data, matched);
  const hasErrors = Array.isArray(answer.errors) && answer.errors.length > 0;
  if (release.nonsense || (!isRecord(answer.data) && !hasErrors)) run.fail(step.roots);
}

function notAsked(run: Run): Notice { return new Notice("NOT_ASKED", null, false, run.pool.unlabelled); }
