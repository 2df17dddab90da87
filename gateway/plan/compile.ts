/**
 * Compiles one operation: canonical form, Apollo's plan, then every node of the plan into a step over the result tree, and the client's
 * projection. Node kinds: Fetch, Flatten, Sequence, Parallel, Condition; `@defer` is refused.
 */
import type { PlanNode } from "@apollo/query-planner";
import { type DocumentNode, type GraphQLSchema, Kind, type OperationDefinitionNode, isInputObjectType, isEnumType, typeFromAST, getNamedType } from "graphql";
import { BOTTOM, dominates } from "../../schema/label";
import { Refused } from "../errors";
import { type CanonicalOperation, type CanonicalSelection, canonicalOperation, isIntrospection } from "./canonical";
import type { OperationScope } from "./compile-shape";
import { FetchCompiler } from "./compile-fetch";
import { Conditions, type Conjunction } from "./conditions";
import type { Graph } from "./graph";
import { type ChosenOperation, type Limits, chooseOperation } from "./limits";
import type { CompiledOperation, PathStep, RootField, Step } from "./operation";
import { arrangeMeetings } from "./meeting";
import { planInOrder } from "./in-order";
import { mergeAlike } from "./merge-alike";
import { Place } from "./place";
import { refuseMuchPlanning } from "./planning-work";
import { ProjectionCompiler } from "./projection";
import { rootTypeOf } from "./root-type";
import { refuseManyTools } from "./tool-limit";

/**
 * @param view the schema of the asker's class; the document is valid against it
 * @throws Refused as `chooseOperation` and the planner do
 */
export function compileOperation(graph: Graph, view: GraphQLSchema, document: DocumentNode, operationName: string | null | undefined, limits: Limits): CompiledOperation {
  const chosen = chooseOperation(document, operationName, limits);
  const canonical = canonicalOperation(chosen);
  refuseManyTools(graph, canonical.selections);
  const scope: OperationScope = { graph, view, conditions: new Conditions(), nextVariant: 0 };
  const root = new Place(graph.labelled);
  const type = chosen.definition.operation;
  const rootType = rootTypeOf(view, type)?.name;
  // Validation has said so before; nothing is planned for a view that does not have it.
  if (rootType === undefined) throw new Refused("GRAPHQL_VALIDATION_FAILED", `the view has no ${type}`);
  refuseMuchPlanning(graph, rootType, canonical.selections, limits.planning);
  const roots = rootFieldsOf(canonical.selections, scope);
  const compiler = new StepCompiler(scope, root, roots);
  const plan = canonical.planned === undefined ? undefined : type === "mutation" ? planInOrder(graph, canonical.planned) : graph.plan(canonical.planned);
  const planned = plan === undefined ? undefined : compiler.step(plan, [], []);
  const steps = planned === undefined ? undefined : arrangeMeetings(planned);
  const projection = new ProjectionCompiler(scope).projection(rootType, [{ selections: canonical.selections, when: [] }], root);
  const variableDefinitions = chosen.definition.variableDefinitions ?? [];
  return {
    bundle: graph.bundle, labelled: graph.labelled, view, type, selections: chosen.selections, root, rootType, steps, projection, variableDefinitions,
    variables: canonical.variables, conditions: scope.conditions, abstractTypes: graph.abstractTypes, rootNames: [...roots.values()].map(({ responseName }) => responseName), rootFields: [...roots.values()].map(({ name }) => name),
    flooredVariables: graph.labelled ? variableDefinitions.filter((definition) => hasInnerFloors(graph, view, definition.type)) : [],
    introspection: introspectionOf(chosen, canonical), subgraphs: [...compiler.subgraphs],
  };
}

class StepCompiler {
  readonly subgraphs = new Set<string>();
  constructor(private readonly scope: OperationScope, private readonly root: Place, private readonly roots: ReadonlyMap<string, RootField>) {}

  /** @param way conditions of the plan under which the node is reached */
  step(node: PlanNode, path: readonly string[], way: Conjunction): Step | undefined {
    switch (node.kind) {
      case "Sequence":
      case "Parallel": {
        const children = node.nodes.flatMap((child) => this.step(child, path, way) ?? []);
        const steps = node.kind === "Parallel" ? mergeAlike(children) : children;
        return steps.length === 1 ? steps[0] : { kind: node.kind === "Sequence" ? "sequence" : "parallel", steps };
      }
      case "Condition": {
        const when = this.scope.conditions.number([[{ variable: node.condition, negated: false }]]);
        const side = (child: PlanNode | undefined, negated: boolean): Step | undefined => (child === undefined ? undefined : this.step(child, path, [...way, { variable: node.condition, negated }]));
        return { kind: "condition", when, then: side(node.ifClause, false), otherwise: side(node.elseClause, true) };
      }
      case "Flatten": return this.step(node.node, [...path, ...node.path.map(String)], way);
      case "Fetch": {
        const { place, steps } = this.#walk(path);
        const fetches = new FetchCompiler(this.scope, node, place, steps, this.#rootsOf(path), way).compile();
        for (const fetch of fetches) if (!fetch.local) this.subgraphs.add(fetch.subgraph);
        const [only] = fetches;
        return fetches.length === 1 ? only : { kind: "parallel", steps: fetches };
      }
      case "Defer": throw new Refused("OPERATION_RESOLUTION_FAILURE", "@defer is not served");
    }
  }

  /** Client root fields served at a path; all of them for a root fetch, narrowed by the fetch itself. */
  #rootsOf(path: readonly string[]): ReadonlyMap<string, RootField> {
    const [first] = path;
    if (first === undefined) return this.roots;
    const root = this.roots.get(first);
    return root === undefined ? new Map() : new Map([[first, root]]);
  }

  #walk(path: readonly string[]): { readonly place: Place; readonly steps: PathStep[] } {
    const steps: { slot: PathStep["slot"]; lists: number }[] = [];
    let place = this.root;
    for (const element of path) {
      const last = steps.at(-1);
      if (element === "@") { if (last !== undefined) last.lists += 1; continue; }
      const slot = place.slot(element);
      steps.push({ slot, lists: 0 });
      place = place.childOf(slot);
    }
    return { place, steps };
  }
}

/** Root fields by planned name. */
function rootFieldsOf(selections: readonly CanonicalSelection[], scope: OperationScope): ReadonlyMap<string, RootField & { readonly name: string }> {
  const ways = new Map<string, { name: string; responseName: string; ways: CanonicalSelection["when"][] }>();
  const visit = (set: readonly CanonicalSelection[], when: CanonicalSelection["when"]): void => {
    for (const selection of set) {
      const both = [...when, ...selection.when];
      if (selection.kind === "fragment") { visit(selection.selections, both); continue; }
      const entry = ways.get(selection.plannedName) ?? { name: selection.name, responseName: selection.responseName, ways: [] };
      ways.set(selection.plannedName, entry);
      entry.ways.push(both);
    }
  };
  visit(selections, []);
  return new Map([...ways].map(([planned, entry]) => [planned, { name: entry.name, responseName: entry.responseName, when: scope.conditions.number(entry.ways) }]));
}

function introspectionOf({ definition, fragments }: ChosenOperation, canonical: CanonicalOperation): DocumentNode | undefined {
  const nodes: CanonicalSelection[] = [];
  const visit = (selections: readonly CanonicalSelection[]): void => {
    for (const selection of selections) {
      if (selection.kind === "fragment") visit(selection.selections);
      else if (isIntrospection(selection.name)) nodes.push(selection);
    }
  };
  visit(canonical.selections);
  if (nodes.length === 0) return undefined;
  const operation: OperationDefinitionNode = {
    kind: Kind.OPERATION_DEFINITION, operation: definition.operation, variableDefinitions: definition.variableDefinitions ?? [],
    selectionSet: { kind: Kind.SELECTION_SET, selections: nodes.flatMap((node) => (node.kind === "field" ? [node.node] : [])) },
  };
  return { kind: Kind.DOCUMENT, definitions: [operation, ...fragments.values()] };
}

/** Whether values of the type can have floors of their own: input fields or enum values above PUBLIC. */
function hasInnerFloors(graph: Graph, view: GraphQLSchema, node: Parameters<typeof typeFromAST>[1]): boolean {
  const seen = new Set<string>();
  const { labels } = graph.bundle;
  const visit = (type: ReturnType<typeof getNamedType>): boolean => {
    if (type === undefined || seen.has(type.name) || !labels.knows(type.name)) return false;
    seen.add(type.name);
    if (isEnumType(type)) return type.getValues().some((value) => !dominates(BOTTOM, labels.enumValueFloor(type.name, value.name)));
    if (!isInputObjectType(type)) return false;
    return Object.values(type.getFields()).some((field) => !dominates(BOTTOM, labels.inputFieldFloor(type.name, field.name)) || visit(getNamedType(field.type)));
  };
  return visit(getNamedType(typeFromAST(view, node)));
}

