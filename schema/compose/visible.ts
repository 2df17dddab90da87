/**
 * Which elements of the API schema a subject may know of (SPEC 5.7). Takes the schema, the floors and what is permitted; gives the largest part
 * of it that is permitted, refers to nothing hidden and is a valid schema: elements are struck out until nothing more has to go, then what cannot be reached from the roots.
 */
import { type GraphQLSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType, isUnionType } from "graphql";
import type { LabelCore } from "../label";
import type { CoordinateLabels } from "./coordinate-labels";
import { type ElementGraph, type MemberElement, EVERYBODY, graphOf, reachFrom } from "./element-graph";

/** Visible types by name; of each its visible fields, input fields or values, and of each field its visible arguments. */
export type Visible = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/** Finds the visible types by name. `permitted` is asked once per distinct floor. */
export function findVisible(schema: GraphQLSchema, labels: CoordinateLabels, permitted: (floor: LabelCore) => boolean): Visible {
  const graph = graphOf(schema, labels);
  const marks = new Marks(graph, labels.distinct.map(permitted));
  marks.strikeAll();
  // What nothing leads to is shown only where nothing can be hidden: else it would come and go with the hidden fields that lead to it.
  const from = labels.distinct.length === 1 ? [...graph.roots, ...graph.orphans] : graph.roots;
  const reached = reachFrom(from, graph.types, (type) => marks.type[type] === 1, (member) => marks.member[member] === 1, (input) => marks.input[input] === 1);
  const visible = new Map<string, ReadonlyMap<string, readonly string[]>>();
  for (const [index, { type, members }] of graph.types.entries()) {
    if (reached[index] !== 1) continue;
    const kept = new Map<string, readonly string[]>();
    for (const { id, name, inputs } of members) {
      if (marks.member[id] === 1) kept.set(name, inputs.filter((input) => marks.input[input.id] === 1).map((input) => input.name));
    }
    visible.set(type.name, kept);
  }
  return visible;
}

/** One bit per element: still visible. Bits only ever go out. */
class Marks {
  readonly type: Uint8Array;
  readonly member: Uint8Array;
  readonly input: Uint8Array;
  /** How many bits went out so far. */
  #struck = 0;

  constructor(private readonly graph: ElementGraph, private readonly permitted: readonly boolean[]) {
    this.type = Uint8Array.from(graph.types, ({ floor }) => (this.#may(floor) ? 1 : 0));
    this.member = new Uint8Array(graph.memberCount).fill(1);
    this.input = new Uint8Array(graph.inputCount).fill(1);
    for (const { members } of graph.types) {
      for (const { id, floor, inputs } of members) {
        if (!this.#may(floor)) this.member[id] = 0;
        for (const input of inputs) if (!this.#may(input.floor)) this.input[input.id] = 0;
      }
    }
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

  #may(floor: number): boolean {
    return floor === EVERYBODY || this.permitted[floor] === true;
  }

  /** Strikes members of one type, and the type when nothing usable is left; true when anything went out just now. */
  #strike(index: number): boolean {
    const element = this.graph.types[index];
    if (element === undefined || this.type[index] === 0) return false;
    const { type, members, possible } = element;
    const before = this.#struck;
    let left = 0;
    let isBroken = false;
    for (const member of members) {
      if (this.member[member.id] === 1 && !isEnumType(type) && !this.#keepMember(member)) {
        this.member[member.id] = 0;
        this.#struck++;
      }
      if (this.member[member.id] === 1) left++;
      else isBroken ||= member.isRequired;
    }
    const isEmpty = left === 0 && (isEnumType(type) || isInputObjectType(type) || isObjectType(type) || isInterfaceType(type));
    const isUninhabited = (isUnionType(type) || isInterfaceType(type)) && !possible.some((concrete) => this.type[concrete] === 1 && isObjectType(this.graph.types[concrete]?.type));
    if (isEmpty || isUninhabited || isBroken) {
      this.type[index] = 0;
      this.#struck++;
    }
    return this.#struck !== before;
  }

  /** Strikes the arguments of a field that cannot stay; false when the field cannot. */
  #keepMember(member: MemberElement): boolean {
    if (this.type[member.type] !== 1 || !this.#isDefaultVisible(member.named)) return false;
    for (const [position, input] of member.inputs.entries()) {
      const isShared = member.shared.every((own) => this.type[own.type] !== 1 || this.input[own.inputs[position]?.id ?? -1] === 1);
      if (this.input[input.id] === 1 && this.type[input.type] === 1 && this.#isDefaultVisible(input.named) && isShared) continue;
      if (this.input[input.id] === 1) this.#struck++;
      this.input[input.id] = 0;
      // Required here, or by an implementation that would then require what its interface does not show.
      if (input.isRequired || member.shared.some((own) => this.type[own.type] === 1 && own.inputs[position]?.isRequired === true)) return false;
    }
    return member.shared.every((own) => this.type[own.type] !== 1 || this.member[own.member] === 1);
  }

  /** A default value may name nothing hidden [B-73]. */
  #isDefaultVisible(named: readonly number[]): boolean {
    return named.every((member) => this.member[member] === 1);
  }
}
