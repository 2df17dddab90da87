/**
 * Where the answers of the ministries meet. A place is one object position of the result tree; all objects at a place are arrays of the same
 * width, and every response name has a fixed index in them. Arrays instead of objects with names: no key of a ministry or client can be
 * hostile, making one is a copy of a template, and reading a value is an index.
 */
import type { LabelCore } from "../../schema/label";

/** An object of the result tree. Its first cells are fixed, the others are laid out by its place. */
export type ResultNode = unknown[];
/** `__typename`, in any ministry's schema. */
export const TYPENAME = 0;
/** Existence label of the object, or undefined for PUBLIC. */
export const EXISTENCE = 1;
/** Notices about the object itself: redacted as a whole, not asked. */
export const NOTICES = 2;
const FIXED_CELLS = 3;

/** Floors of the arguments that chose a value: a constant one, and variables whose values have floors of their own. */
export interface ArgumentFloor { readonly core: LabelCore; readonly variables: readonly string[] }

export interface Slot {
  /** Cell of the value: `undefined` unknown, `null`, a leaf, a node, or nested lists of these. */
  readonly value: number;
  /** Cell of the value's effective label or of the notice of its redaction; 0 when the graph has no labels. */
  readonly label: number;
  /** The objects found here, when the field returns objects. */
  child: Place | undefined;
  /** Floor of the arguments given to the field. */
  chosenBy: ArgumentFloor | undefined;
}

export class Place {
  readonly #slots = new Map<string, Slot>();
  #template: unknown[] = Array.from({ length: FIXED_CELLS }, () => undefined);
  /** How many fetches write objects here; with one, objects may be shared between equal entities. */
  writers = 0;

  constructor(private readonly labelled: boolean) {}

  /** The slot of a planned name, made when first asked for. */
  slot(plannedName: string): Slot {
    const known = this.#slots.get(plannedName);
    if (known !== undefined) return known;
    const value = this.#template.length;
    const slot: Slot = { value, label: this.labelled ? value + 1 : 0, child: undefined, chosenBy: undefined };
    this.#template = [...this.#template, undefined, ...(this.labelled ? [undefined] : [])];
    this.#slots.set(plannedName, slot);
    return slot;
  }

  /** The slot, if any fetch fills it. */
  find(plannedName: string): Slot | undefined { return this.#slots.get(plannedName); }

  childOf(slot: Slot): Place { return (slot.child ??= new Place(this.labelled)); }

  get slots(): Iterable<Slot> { return this.#slots.values(); }

  makeNode(): ResultNode { return this.#template.slice(); }
}
