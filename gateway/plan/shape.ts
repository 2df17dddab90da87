/**
 * What an answer of a ministry may contain, and where each value goes. A shape is made from the document that is sent, against that
 * ministry's own schema; release reads an answer through it, so whatever was not asked for is never seen.
 */
import type { LabelCore } from "../../schema/label";
import type { Place } from "./place";

/** Response name of the label index in ministries' documents. */
export const LABEL_KEY = "_kanmon_label";

export interface Shape {
  readonly place: Place;
  /** The one concrete type, when `__typename` cannot be another. */
  readonly only: Variant | undefined;
  /** By `__typename` as this ministry knows it. */
  readonly variants: ReadonlyMap<string, Variant>;
}

/**
 * What a ruling follows from beside the object's own label: a type of one bundle and fields of it in their order. Variants that have the same one, in whichever operation, are ruled alike. Compared by
 * identity, and made by the graph of the bundle: floors of another bundle are another one.
 */
export class RuledAs { constructor(readonly fields: string) {} }

/** One concrete type at a place, as one ministry answers it. */
export interface Variant {
  /** Number within the operation. */
  readonly number: number;
  readonly typeName: string;
  readonly ruledAs: RuledAs;
  /** The type may stand for several concrete ones (`@interfaceObject`). */
  readonly standsForOthers: boolean;
  readonly floor: LabelCore;
  /** Objects carry `_kanmon_label`. */
  readonly labelled: boolean;
  /** The class of subjects has no such type, or this ministry does not label what must be labelled: never released. */
  readonly withheld: boolean;
  /** No floor anywhere in it: what it inherits is what its values carry. */
  readonly plain: boolean;
  readonly fields: readonly ReleaseField[];
}

export interface ReleaseField {
  /** Key in the answer. */
  readonly key: string;
  /** The key is also a member of Object.prototype. */
  readonly guarded: boolean;
  /** Field of the schema, by which portion labels are found. */
  readonly name: string;
  readonly value: number;
  readonly label: number;
  /** Number of the condition under which the ministry was asked for it. */
  readonly when: number;
  readonly floor: LabelCore;
  readonly existence: boolean;
  readonly shape: ValueShape;
  /** Every string found under the key is a value as it is, and no floor depends on which. */
  readonly text: boolean;
}

export type ValueShape = LeafShape | ListShape | ObjectShape;
export interface LeafShape {
  readonly kind: "leaf";
  readonly check: LeafCheck;
  /** Every string is a value of the type. */
  readonly text: boolean;
  /** Floors of the enum values that have one above their field's. */
  readonly values: ReadonlyMap<string, LabelCore> | undefined;
}
export interface ListShape { readonly kind: "list"; readonly of: ValueShape }
export interface ObjectShape { readonly kind: "object"; readonly shape: Shape }

/** Gives the value as the type has it, or undefined when it is no value of the type. Never called with null. */
export type LeafCheck = (value: unknown) => unknown;
