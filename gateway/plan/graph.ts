/**
 * A bundle as the planner and the compiler need it: Apollo's query planner over the supergraph as the bundle was read, and every subgraph's own schema, keys and
 * required fields, each read when a plan first goes there. Refuses a supergraph whose own names use the reserved prefix.
 */
import { type ObjectType, type Schema, type Subgraph, Supergraph, isInterfaceType as isFederationInterface, isObjectType as isFederationObject, operationFromDocument } from "@apollo/federation-internals";
import { type PlanNode, QueryPlanner } from "@apollo/query-planner";
import { type DocumentNode, type GraphQLSchema, Kind, type OperationDefinitionNode, type SelectionSetNode, buildASTSchema, isAbstractType, isInterfaceType, isObjectType, parse } from "graphql";
import { type Bundle, apiSchemaOf, readOf } from "../../schema/compose";
import { Refused } from "../errors";
import { unchainRequires } from "./chained-requires";
import { RESERVED_PREFIX } from "./limits";
import { type RequiredField, nameRequiredArguments } from "./requires-arguments";
import { RuledAs } from "./shape";

export interface SubgraphView {
  /** Of the ministry that answers. */
  readonly name: string;
  readonly schema: GraphQLSchema;
  /** Selections of the keys by which the subgraph can be asked for the type. */
  keysOf(typeName: string): readonly SelectionSetNode[];
  /** Selection of `@requires` on the field, or undefined. */
  requiresOf(typeName: string, fieldName: string): SelectionSetNode | undefined;
}

/** The names of the subgraphs that the gateway answers itself (ADR 0003, 0012). */
export const LOOKUP = "lookup";
export const OFFICER = "officer";

/** Different selections of fields that are remembered at a time. */
const MOST_RULED_AS = 10_000;
/** Plans that are weighed against each other where several ministries have the same fields: with a tenth of the default the plans come out the same, and cost a quarter. */
const MOST_PLANS = 1_000;

export class Graph {
  /** False for a foreign supergraph without labels; then nothing of labels is compiled at all. */
  readonly labelled: boolean;
  /** All that clients may at most see. */
  readonly api: GraphQLSchema;
  /** The whole supergraph: every type of every ministry, inaccessible ones included. */
  readonly whole: GraphQLSchema;
  readonly abstractTypes: ReadonlySet<string>;
  readonly required: ReadonlyMap<string, RequiredField>;
  readonly #supergraph: Supergraph;
  readonly #planner: QueryPlanner;
  readonly #subgraphs = new Map<string, SubgraphView>();
  #ruledAs = new Map<string, RuledAs>();
  readonly #serving = new Map<string, ReadonlySet<string>>();
  readonly #shared = new Map<string, boolean>();

  constructor(readonly bundle: Bundle) {
    const read = readOf(bundle);
    const named = nameRequiredArguments(read.document);
    const { document, realNames } = unchainRequires(named.document);
    this.required = named.required;
    this.api = apiSchemaOf(bundle);
    const isAsRead = document === read.document;
    // The bundle itself was validated when it was read; what is rewritten leaves `@external` declarations without a use, which only validation minds.
    this.#supergraph = isAsRead ? new Supergraph(read.federated, null, false) : Supergraph.build(document, { supportedFeatures: null, validateSupergraph: false });
    this.#planner = new QueryPlanner(this.#supergraph, { exposeDocumentNodeInFetchNode: true, reuseQueryFragments: false, debug: { maxEvaluatedPlans: MOST_PLANS, bypassPlannerForSingleSubgraph: false, pathsLimit: null } });
    this.whole = isAsRead ? read.schema : readAgain(this.#supergraph.schema);
    this.abstractTypes = new Set(Object.values(this.whole.getTypeMap()).filter(isAbstractType).map((type) => type.name));
    const typeNames = Object.keys(this.whole.getTypeMap()).filter((name) => bundle.labels.knows(name));
    this.labelled = bundle.labels.distinct.length > 1 || typeNames.some((name) => bundle.labels.isLabelled(name));
    refuseReservedNames(this.api);
    for (const subgraph of this.#supergraph.subgraphs()) this.#subgraphs.set(subgraph.name, viewSubgraph(subgraph, realNames.get(subgraph.name) ?? subgraph.name));
  }

  /** Names of the real subgraphs, in order. */
  get subgraphNames(): readonly string[] { return [...new Set([...this.#subgraphs.values()].map(({ name }) => name))]; }

  /** @param name as the plan has it */
  subgraph(name: string): SubgraphView {
    const known = this.#subgraphs.get(name);
    if (known === undefined) throw new Refused("INTERNAL_SERVER_ERROR", `no subgraph ${name}`);
    return known;
  }

  /** The one of this type with these fields in this order. */
  ruledAs(typeName: string, fields: readonly { readonly name: string }[]): RuledAs {
    const key = [typeName, ...fields.map(({ name }) => name)].join();
    const known = this.#ruledAs.get(key);
    if (known !== undefined) return known;
    // What was given out stays good: a second one for the same fields is only ruled on anew.
    if (this.#ruledAs.size >= MOST_RULED_AS) this.#ruledAs = new Map<string, RuledAs>();
    const made = new RuledAs(key);
    this.#ruledAs.set(key, made);
    return made;
  }

  /** Subgraphs, as the plan has them, that can be asked for the field. Apollo's own reading of them, so that no schema has to be made for it. */
  serving(typeName: string, fieldName: string): ReadonlySet<string> {
    const coordinate = `${typeName}.${fieldName}`;
    const known = this.#serving.get(coordinate);
    if (known !== undefined) return known;
    const serving = new Set<string>();
    for (const subgraph of this.#supergraph.subgraphs()) {
      const type = subgraph.schema.type(typeName);
      const field = type !== undefined && (isFederationObject(type) || isFederationInterface(type)) ? type.field(fieldName) : undefined;
      if (field !== undefined && !subgraph.metadata().isFieldExternal(field)) serving.add(subgraph.name);
    }
    if (this.whole.getType(typeName) !== undefined) this.#serving.set(coordinate, serving);
    return serving;
  }

  /** Whether the type has a key by which it is found in another subgraph. */
  isShared(typeName: string): boolean {
    const known = this.#shared.get(typeName);
    if (known !== undefined) return known;
    let keyed = 0;
    for (const subgraph of this.#supergraph.subgraphs()) {
      const type = subgraph.schema.type(typeName);
      if (type !== undefined && (isFederationObject(type) || isFederationInterface(type)) && type.hasAppliedDirective(subgraph.metadata().keyDirective())) keyed += 1;
    }
    this.#shared.set(typeName, keyed > 1);
    return keyed > 1;
  }

  /** Whether the gateway itself answers for this subgraph. */
  isLocal(subgraph: string): boolean { return this.labelled && (subgraph === LOOKUP || subgraph === OFFICER); }

  /**
   * Apollo's plan of a canonical operation.
   * @returns undefined when there is nothing to fetch
   * @throws Refused with OPERATION_LIMIT when the planner gives up
   */
  plan(operation: OperationDefinitionNode): PlanNode | undefined {
    const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation] };
    const node = this.#planner.buildQueryPlan(operationFromDocument(this.#supergraph.apiSchema(), document, { validate: false })).node;
    if (node?.kind !== "Subscription") return node;
    return node.rest === undefined ? node.primary : { kind: "Sequence", nodes: [node.primary, node.rest] };
  }
}

function refuseReservedNames(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    const names = isObjectType(type) || isInterfaceType(type) ? Object.keys(type.getFields()) : [];
    if (names.some((name) => name.startsWith(RESERVED_PREFIX))) throw new Refused("RESERVED_NAME", `${type.name} has a field with the reserved prefix`);
  }
}

/** As `toGraphQLJSSchema()`, which would validate once more what came out of a valid bundle. */
function readAgain(schema: Schema): GraphQLSchema { return buildASTSchema(schema.toAST(), { assumeValidSDL: true, assumeValid: true }); }

function viewSubgraph(subgraph: Subgraph, name: string): SubgraphView {
  const metadata = subgraph.metadata();
  const typeOf = (name: string): ObjectType | undefined => {
    const type = subgraph.schema.type(name);
    return type !== undefined && (isFederationObject(type) || isFederationInterface(type)) ? type as ObjectType : undefined;
  };
  let schema: GraphQLSchema | undefined;
  return {
    name,
    get schema() { return (schema ??= readAgain(subgraph.schema)); },
    keysOf: (type) => (typeOf(type)?.appliedDirectivesOf(metadata.keyDirective()) ?? [])
      .filter((key) => key.arguments().resolvable !== false).map((key) => parseFieldSet(String(key.arguments().fields))),
    requiresOf: (type, field) => {
      const [requires] = typeOf(type)?.field(field)?.appliedDirectivesOf(metadata.requiresDirective()) ?? [];
      return requires === undefined ? undefined : parseFieldSet(String(requires.arguments().fields));
    },
  };
}

function parseFieldSet(text: string): SelectionSetNode {
  const [definition] = parse(text.trim().startsWith("{") ? text : `{${text}}`, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Refused("INTERNAL_SERVER_ERROR", "unreadable field set");
  return definition.selectionSet;
}
