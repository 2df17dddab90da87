/**
 * A fetch of entities in its two halves: asking, in which the flow check leaves out what the ministry may not be told of, and settling, in which what it
 * answered is released and merged. Between them is a call, of this fetch alone or of several together.
 */
import type { Branch, EntityFetch, FetchStep } from "../plan/operation";
import type { Variant } from "../plan/shape";
import { NOTICES, type ResultNode, TYPENAME } from "../plan/place";
import type { Answer } from "./answer";
import { AskedEntities, type AskedEntity, type Asking, type Untold } from "./asked-entities";
import { callMinistry, isNoAnswer, readCalled } from "./called";
import { gatherTargets } from "./flow";
import { ENTITIES, type MatchedEntity, matchEntities } from "./match-entities";
import { recordErrors } from "./ministry-errors";
import { Release, addNotice } from "./release";
import { holdsOne } from "./representation-writer";
import { Notice, type Run } from "./run";

/** What a fetch asks, once it is known of which objects. */
export interface Question { readonly step: FetchStep; readonly entities: EntityFetch; readonly asked: readonly AskedEntity[] }

export async function fetchEntities(run: Run, step: FetchStep, entities: EntityFetch): Promise<void> {
  const question = ask(run, step, entities);
  if (question !== undefined) await fetchAlone(run, question);
}

/** Undefined when there is nothing to ask. */
export function ask(run: Run, step: FetchStep, entities: EntityFetch): Question | undefined {
  const asked = new AskedEntities(run);
  for (const branch of step.branches) askAbout(run, step, entities, branch, asked);
  return asked.list.length === 0 ? undefined : { step, entities, asked: asked.list };
}

export async function fetchAlone(run: Run, question: Question): Promise<void> {
  const { step } = question;
  const variables = run.variablesText(step.variables);
  const called = await callMinistry(run, step.subgraph, `${step.head}${variables}${variables === "" ? "" : ","}"representations":${representationsText(question)}}}`);
  settle(run, question, readCalled(run, step.subgraph, called), ENTITIES);
}

export function representationsText({ asked }: Question): string { return `[${asked.map(({ text }) => text).join(",")}]`; }

/**
 * Releases and merges an answer.
 * @param key where in the data the entities are
 */
export function settle(run: Run, { entities, asked }: Question, answer: Answer | undefined, key: string): void {
  const matched = answer === undefined ? undefined : matchEntities(entities, asked, answer.data, key, run.operation.labelled);
  if (answer === undefined || matched === undefined) { failBranches(run, asked); return; }
  const release = new Release(run, answer);
  for (let index = 0; index < asked.length; index += 1) {
    const entity = matched[index];
    const question = asked[index];
    if (entity === undefined || question === undefined) continue;
    mergeEntity(release, question, entity);
    for (const untold of question.untold) takeUntold(run, release, untold, entity);
  }
  recordErrors(run, undefined, release, answer.errors, answer.data, { asked, matched, key });
  if (release.nonsense || isNoAnswer(answer)) failBranches(run, asked);
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
      // Asked as if the inputs did not exist, so that the ministry cannot tell; what it makes of that is of no use to the asker, but what follows from it is asked too.
      asked.addUntold(node, asking, receiver, edges[index] ?? pool.unlabelled, branch);
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

/** Releases into an object of its own, so that nothing of it comes into one that is shown; nonsense in it is nobody's either. */
function takeUntold({ shadows }: Run, release: Release, { node, edge, branch: { shape } }: Untold, { raw, typeName }: MatchedEntity): void {
  const variant = shape.variants.get(typeName);
  const into = shape.place.makeNode();
  const { nonsense } = release;
  if (variant !== undefined && release.variant(raw, shape, variant, edge, into) === into) shadows.take(node, into);
  release.nonsense = nonsense;
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

function failBranches(run: Run, asked: readonly AskedEntity[]): void {
  for (const branch of new Set(asked.flatMap(({ branches }) => branches))) run.fail(branch.roots);
}

/** Told in place of what a ministry was not asked about. */
export function notAsked(run: Run): Notice { return new Notice("NOT_ASKED", null, false, run.pool.unlabelled); }
