/** Objects that resolvers give to the executor. They say their own type; `_label` enters the object's label into the response when it is asked for. */
import type { LocalizedText } from "../../../schema/label";

export interface Labelled { readonly _label: number }

/** A shared entity or a stub of another ministry's record: nothing but its key. */
export interface EntityNode extends Labelled {
  readonly __typename: string;
  readonly id: string;
}

/** One entry of a register; its fields are those of its GraphQL type. */
export type RegisterNode = Labelled & Readonly<Record<string, unknown>>;

export interface DocumentNode extends Labelled {
  readonly __typename: string;
  readonly id: string;
  readonly ministry: string;
  readonly contact: LocalizedText | null;
}

export interface Edge extends Labelled { readonly cursor: string; readonly node: Labelled }

export interface Connection {
  /** Known once the rows are counted. */
  readonly _label: Promise<number>;
  readonly totalCount: Promise<number>;
  readonly pageInfo: {
    readonly hasNextPage: boolean | Promise<boolean>; readonly hasPreviousPage: boolean | Promise<boolean>;
    readonly startCursor: string | null; readonly endCursor: string | null;
  };
  readonly edges: readonly Edge[];
  readonly nodes: readonly Labelled[];
}
