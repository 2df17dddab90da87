/** A compiled operation: what the executor runs. Made once per class view, document and operation name; holds nothing of any subject. */
import type { DocumentNode, GraphQLSchema, VariableDefinitionNode } from "graphql";
import type { Bundle } from "../../schema/compose";
import type { Conditions } from "./conditions";
import type { EchoByType } from "./fetch-document";
import type { ArgumentFloor, Place, Slot } from "./place";
import type { Projection } from "./projection";
import type { Representations } from "./representation";
import type { Shape } from "./shape";

export interface CompiledOperation {
  readonly bundle: Bundle;
  readonly labelled: boolean;
  readonly view: GraphQLSchema;
  /** A subscription is carried out once for every event. */
  readonly type: "query" | "mutation" | "subscription";
  /** Fields and fragments of the document after all spreads are written out: what the memory it takes grows with. */
  readonly selections: number;
  readonly variableDefinitions: readonly VariableDefinitionNode[];
  /** Planned name of a variable by the client's name. */
  readonly variables: ReadonlyMap<string, string>;
  /** Planned names of variables whose values have floors of their own, with their definition. */
  readonly flooredVariables: readonly VariableDefinitionNode[];
  readonly conditions: Conditions;
  readonly root: Place;
  readonly rootType: string;
  /** Interfaces and unions of the whole supergraph: as `__typename`, they stand for a type not known yet. */
  readonly abstractTypes: ReadonlySet<string>;
  /** Response names of the client's root fields, in its order. */
  readonly rootNames: readonly string[];
  /** Names of those fields in the schema, in the same order. */
  readonly rootFields: readonly string[];
  readonly steps: Step | undefined;
  readonly projection: Projection;
  /** Introspection fields of the operation as a document of their own, answered from the view. */
  readonly introspection: DocumentNode | undefined;
  /** Names of the ministries that the operation may call. */
  readonly subgraphs: readonly string[];
}

export type Step = FetchStep | GroupStep | ConditionStep | MeetingStep;
/** Entity fetches of one ministry in which several branches of the plan take part; they go out as one call. */
export interface Meeting { readonly fetches: readonly FetchStep[]; readonly expected: number; readonly subgraph: string }
export interface MeetingStep { readonly kind: "meeting"; readonly meeting: Meeting; readonly branches: readonly Branch[] }
export interface GroupStep { readonly kind: "sequence" | "parallel"; readonly steps: readonly Step[] }
export interface ConditionStep { readonly kind: "condition"; readonly when: number; readonly then: Step | undefined; readonly otherwise: Step | undefined }

/** One field on the way from the root to the objects of a fetch. */
export interface PathStep { readonly slot: Slot; readonly lists: number }

export interface FetchStep {
  readonly kind: "fetch";
  readonly subgraph: string;
  /** Answered by the gateway itself, not by a ministry. */
  readonly local: boolean;
  /** Entity fetches that are alike in all but their place go out as one; a fetch of root fields has one branch. */
  readonly branches: readonly Branch[];
  /** Undefined for fetches of root fields. */
  readonly entities: EntityFetch | undefined;
  /** Start of the request body, up to and including `"variables":{`. */
  readonly head: string;
  /** Planned names of the variables to send. */
  readonly variables: readonly string[];
  readonly chosenBy: ArgumentFloor | undefined;
  /** For fetches of `lookup`. */
  readonly lookups: readonly LookupField[];
}
/** One place that a fetch serves. */
export interface Branch {
  readonly path: readonly PathStep[];
  /** Root fields of the client whose values come from here; for errors. */
  readonly roots: readonly RootField[];
  /** The one of them that a key of the answer belongs to. */
  rootOf(key: string): RootField | undefined;
  readonly shape: Shape;
  /** For entity fetches. */
  readonly representations: Representations | undefined;
  /** Cells written, for sharing. */
  readonly cells: readonly number[];
  /** Objects made here are written by no other fetch, so equal entities may share them. Known when all steps are compiled. */
  isShareable(): boolean;
}
export interface RootField { readonly responseName: string; readonly when: number }
/** A root field of `lookup`; `idKeys` are the response names of `id` in it. */
export interface LookupField { readonly key: string; readonly typeName: string; readonly idKeys: readonly string[]; readonly id: { readonly variable: string } | { readonly literal: string }; readonly when: number }

export interface EntityFetch {
  /** Equal for fetches that are alike in all but their place. */
  readonly likeness: string;
  /** Numbers of conditions of which one must hold, or there is nothing to ask of such an entity. */
  askedWhen(sentAs: string): readonly number[];
  /** Types that an answer to a representation of the given type may have. */
  answersTo(sentAs: string): ReadonlySet<string>;
  readonly echo: EchoByType;
  /** What stands in a document for several such fetches; undefined where there is more in the document than entities. */
  readonly part: EntityPart | undefined;
}
/** Texts of a document: the definitions of its variables but the representations, and what is asked of the entities, in braces. */
export interface EntityPart { readonly definitions: readonly string[]; readonly selection: string }
