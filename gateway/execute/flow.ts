/**
 * What a ministry may be told (G2; attacks B-32, B-36; labels.md F3). The flow label of an object is the join of the labels of every edge on its
 * path, of the existence of every object there and of every record that carries an edge, and of the arguments that chose them; to that come the
 * values sent. A ministry receives it only if one of its accreditations is permitted to RETRIEVE that label.
 */
import type { PathStep } from "../plan/operation";
import { EXISTENCE, type ResultNode } from "../plan/place";
import { type LabelRef, ValueLabel } from "./label-pool";
import type { Run } from "./run";

/** The objects a fetch is about, each with its flow label and the label of the edge that leads to it. */
export interface Targets { readonly nodes: ResultNode[]; readonly flows: LabelRef[]; readonly edges: ValueLabel[] }

/** Collects the objects at a path, and their shadows right behind them. Objects may occur more than once. */
export function gatherTargets(run: Run, path: readonly PathStep[]): Targets {
  const targets: Targets = { nodes: [], flows: [], edges: [] };
  walk(run, path, 0, run.root, run.pool.bottom, run.pool.unlabelled, targets);
  return targets;
}

function walk(run: Run, path: readonly PathStep[], at: number, node: ResultNode, flow: LabelRef, edge: ValueLabel, targets: Targets): void {
  const step = path[at];
  const shadow = run.shadows.of(node);
  if (step === undefined) {
    add(node, flow, edge, targets);
    if (shadow !== undefined) add(shadow, flow, edge, targets);
    return;
  }
  walkStep(run, path, at, step, node, flow, targets);
  if (shadow !== undefined && shadow[step.slot.value] !== node[step.slot.value]) walkStep(run, path, at, step, shadow, flow, targets);
}

function add(node: ResultNode, flow: LabelRef, edge: ValueLabel, targets: Targets): void {
  targets.nodes.push(node);
  targets.flows.push(flow);
  targets.edges.push(edge);
}

function walkStep(run: Run, path: readonly PathStep[], at: number, step: PathStep, node: ResultNode, flow: LabelRef, targets: Targets): void {
  const value = node[step.slot.value];
  if (value === undefined || value === null) return;
  const { pool } = run;
  const label = step.slot.label > 0 ? node[step.slot.label] : undefined;
  const own = label instanceof ValueLabel ? label : pool.unlabelled;
  const edged = pool.join(flow, pool.whole(own));
  const passed = step.slot.chosenBy === undefined ? edged : pool.join(edged, run.argumentFloor(step.slot.chosenBy));
  walkValue(run, path, at, value, step.lists, passed, own, targets);
}

function walkValue(run: Run, path: readonly PathStep[], at: number, value: unknown, lists: number, flow: LabelRef, edge: ValueLabel, targets: Targets): void {
  if (!Array.isArray(value)) return;
  if (lists > 0) {
    for (const item of value) walkValue(run, path, at, item, lists - 1, flow, edge, targets);
    return;
  }
  const existence: unknown = value[EXISTENCE];
  walk(run, path, at + 1, value, existence instanceof ValueLabel ? run.pool.join(flow, existence.ref) : flow, edge, targets);
}

/** Whether a ministry may be told something labelled `flow`. The gateway itself may: it tells nobody. */
export class Receiver {
  readonly #always: boolean;
  #mayReceive: ((flow: LabelRef) => boolean) | undefined;
  /** The last question, and its answer: neighbours in a list are mostly labelled alike. */
  #lastFlow: LabelRef | undefined;
  #lastAnswer = false;

  constructor(private readonly run: Run, private readonly subgraph: string, local: boolean) { this.#always = local || run.seams.flow === "emptied"; }

  mayBeTold(flow: LabelRef): boolean {
    if (this.#always || flow === this.run.pool.bottom) return true;
    this.#mayReceive ??= this.run.decisions.receiver(this.run.request.accreditation(this.subgraph));
    if (flow !== this.#lastFlow) {
      this.#lastAnswer = this.#mayReceive(flow);
      this.#lastFlow = flow;
    }
    return this.#lastAnswer;
  }
}
