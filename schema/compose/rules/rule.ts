/**
 * What a rule of composition is: a name and a pure function from what was read to findings. One rule, one file; `rules.ts` lists them.
 * Subgraph rules run on the subgraphs before they are merged, supergraph rules on what came out.
 */
import type { GraphQLSchema } from "graphql";
import type { LabelCore } from "../../label";
import type { Policy } from "../../policy";
import type { CoordinateLabels } from "../coordinate-labels";
import type { Finding } from "../finding";
import type { Resolvers } from "../resolvers";
import type { ReadSubgraph } from "../subgraph";
import type { ReadSupergraph } from "../supergraph";

export interface SubgraphRule {
  readonly name: string;
  readonly check: (subgraphs: readonly ReadSubgraph[], policy: Policy) => readonly Finding[];
}

/** Everything there is to know after merging. */
export interface Composition {
  readonly subgraphs: readonly ReadSubgraph[];
  readonly supergraph: ReadSupergraph;
  readonly schema: GraphQLSchema;
  readonly labels: CoordinateLabels;
  /** Joined labels as stated by the subgraphs, before anything flows: only coordinates that some subgraph labels. */
  readonly stated: ReadonlyMap<string, LabelCore>;
  readonly resolvers: Resolvers;
  /** Types that are found again by a key. */
  readonly entities: ReadonlySet<string>;
  readonly policy: Policy;
}

export interface SupergraphRule {
  readonly name: string;
  readonly check: (composition: Composition) => readonly Finding[];
}
