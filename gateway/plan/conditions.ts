/**
 * `@skip` and `@include` as data (attack B-25). A selection is included iff one of its ways into the document is; a way is a conjunction of
 * variables. Every different condition of an operation gets a number, and a request evaluates each once, so that objects only look up a byte.
 */
import { type DirectiveNode, Kind } from "graphql";

export interface Literal { readonly variable: string; readonly negated: boolean }
/** All must hold; empty: always. */
export type Conjunction = readonly Literal[];
/** One must hold. */
type Condition = readonly Conjunction[];

/** Number of the condition that always holds. */
export const ALWAYS = 0;

/** Reads the conjunction of one selection. `false` means never included. `renamed` gives the planned name of a client variable. */
export function conditionOf(directives: readonly DirectiveNode[] | undefined, renamed: (name: string) => string): Conjunction | false {
  const literals: Literal[] = [];
  for (const directive of directives ?? []) {
    const negated = directive.name.value === "skip";
    if (!negated && directive.name.value !== "include") continue;
    const value = directive.arguments?.find((argument) => argument.name.value === "if")?.value;
    if (value?.kind === Kind.BOOLEAN) { if (value.value === negated) return false; }
    else if (value?.kind === Kind.VARIABLE) literals.push({ variable: renamed(value.name.value), negated });
    else return false;
  }
  return literals;
}

/** All conditions of one operation. */
export class Conditions {
  readonly #numbers = new Map<string, number>([["", ALWAYS]]);
  readonly #conditions: Condition[] = [[[]]];

  /** Number of "one of these conjunctions holds". An empty list never holds and must not be asked for. */
  number(ways: Condition): number {
    if (ways.some((way) => way.length === 0)) return ALWAYS;
    const key = ways.map((way) => way.map((literal) => `${literal.negated ? "!" : ""}${literal.variable}`).sort().join("&")).sort().join("|");
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#conditions.push(ways);
    this.#numbers.set(key, this.#conditions.length - 1);
    return this.#conditions.length - 1;
  }

  /** How many there are; more may come while a rare type is compiled during a request. */
  get count(): number { return this.#conditions.length; }

  /**
   * Whether condition `number` holds.
   * @param variables coerced values by planned name; a condition's variable is `Boolean!`, so anything but true is false
   */
  holds(number: number, variables: Readonly<Record<string, unknown>>): boolean {
    return (this.#conditions[number] ?? []).some((way) => way.every((literal) => (variables[literal.variable] === true) !== literal.negated));
  }
}
