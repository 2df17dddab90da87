/**
 * Which elements of the API schema a subject may know of (SPEC 5.7). Takes the schema, the floors and what is permitted; gives the largest part
 * of it that is permitted, refers to nothing hidden and is a valid schema: elements are struck out until nothing more has to go, then what cannot be reached from the roots.
 */
import type { GraphQLSchema } from "graphql";
import type { LabelCore } from "../label";
import type { CoordinateLabels } from "./coordinate-labels";
import { type Bits, type ElementGraph, type MemberElement, EVERYBODY, NOBODY, graphOf, reachFrom } from "./element-graph";

/** The visible part of a graph: one bit per type, member and input, by their numbers in the graph. A member of a hidden type says nothing. */
export interface Visible extends Bits { readonly graph: ElementGraph }

/** Finds the visible part. `permitted` is asked once per distinct floor. */
export function findVisible(schema: GraphQLSchema, labels: CoordinateLabels, permitted: (floor: LabelCore) => boolean): Visible {
  const graph = graphOf(schema, labels);
  const marks = new Marks(graph, labels.distinct.map(permitted));
  marks.strikeAll();
  // What nothing leads to is shown only where nothing can be hidden: else it would come and go with the hidden fields that lead to it.
  const from = labels.distinct.length === 1 ? [...graph.roots, ...graph.orphans] : graph.roots;
  return { graph, types: reachFrom(from, graph.types, marks), members: marks.members, inputs: marks.inputs };
}

/** Whether a type, or a member of it, is in the visible part. */
export function isVisible({ graph, types, members }: Visible, typeName: string, memberName?: string): boolean {
  const index = graph.indexes.get(typeName);
  if (index === undefined || types[index] !== 1) return false;
  return memberName === undefined || graph.types[index]?.members.some(({ id, name }) => name === memberName && members[id] === 1) === true;
}

/** One bit per element: still visible. Bits only ever go out. */
class Marks implements Bits {
  readonly types: Uint8Array;
  readonly members: Uint8Array;
  readonly inputs: Uint8Array;
  /** How many bits went out so far. */
  #struck = 0;

  constructor(private readonly graph: ElementGraph, permitted: readonly boolean[]) {
    const may = (floor: number): number => (floor === EVERYBODY || permitted[floor] === true ? 1 : 0);
    this.types = Uint8Array.from(graph.types, ({ floor }) => may(floor));
    this.members = new Uint8Array(graph.memberFloors.length);
    for (let id = 0; id < this.members.length; id++) this.members[id] = may(graph.memberFloors[id] ?? NOBODY);
    this.inputs = new Uint8Array(graph.inputFloors.length);
    for (let id = 0; id < this.inputs.length; id++) this.inputs[id] = may(graph.inputFloors[id] ?? NOBODY);
  }

  /** Looks at every type once, and again whenever something it depends on went out. */
  strikeAll(): void {
    const queue = this.graph.types.map((_, index) => index);
    const isQueued = new Uint8Array(queue.length).fill(1);
    for (let at = 0; at < queue.length; at++) {
      const index = queue[at] ?? 0;
      isQueued[index] = 0;
      if (!this.#strike(index)) continue;
      for (const dependent of this.graph.types[index]?.dependents ?? []) {
        if (isQueued[dependent] === 1) continue;
        isQueued[dependent] = 1;
        queue.push(dependent);
      }
    }
  }

  /** Strikes members of one type, and the type when nothing usable is left; true when anything went out just now. */
  #strike(index: number): boolean {
    const element = this.graph.types[index];
    if (element === undefined || this.types[index] === 0) return false;
    const { kind, members, possible } = element;
    const before = this.#struck;
    let left = 0;
    let isBroken = false;
    for (const member of members) {
      if (this.members[member.id] === 1 && kind !== "enum" && !this.#keepMember(member)) {
        this.members[member.id] = 0;
        this.#struck++;
      }
      if (this.members[member.id] === 1) left++;
      else isBroken ||= member.isRequired;
    }
    const isEmpty = left === 0 && kind !== "scalar" && kind !== "union";
    const isUninhabited = (kind === "union" || kind === "interface") && !possible.some((concrete) => this.types[concrete] === 1 && this.graph.types[concrete]?.kind === "object");
    if (isEmpty || isUninhabited || isBroken) {
      this.types[index] = 0;
      this.#struck++;
    }
    return this.#struck !== before;
  }

  /** Strikes the arguments of a field that cannot stay; false when the field cannot. */
  #keepMember(member: MemberElement): boolean {
    if (this.types[member.type] !== 1) return false;
    if (member.isPlain) return true;
    if (!this.#isDefaultVisible(member.named)) return false;
    for (const [position, input] of member.inputs.entries()) {
      const isShared = member.shared.every((own) => this.types[own.type] !== 1 || this.inputs[own.inputs[position]?.id ?? -1] === 1);
      if (this.inputs[input.id] === 1 && this.types[input.type] === 1 && this.#isDefaultVisible(input.named) && isShared) continue;
      if (this.inputs[input.id] === 1) this.#struck++;
      this.inputs[input.id] = 0;
      // Required here, or by an implementation that would then require what its interface does not show.
      if (input.isRequired || member.shared.some((own) => this.types[own.type] === 1 && own.inputs[position]?.isRequired === true)) return false;
    }
    return member.shared.every((own) => this.types[own.type] !== 1 || this.members[own.member] === 1);
  }

  /** A default value may name nothing hidden [B-73]. */
  #isDefaultVisible(named: readonly number[]): boolean {
    return named.every((member) => this.members[member] === 1);
  }
}
