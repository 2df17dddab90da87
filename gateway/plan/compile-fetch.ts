/**
 * Compiles one Fetch of Apollo's plan: the completed document, its shape at its place, the representations, and the constant part of the request.
 * A fetch whose representations would need one field with two argument sets becomes several.
 */
import type { FetchNode, QueryPlanSelectionNode } from "@apollo/query-planner";
import {
  type FieldNode, type GraphQLObjectType, Kind, type OperationDefinitionNode, type SelectionSetNode, type VariableDefinitionNode, isAbstractType, isObjectType, print, stripIgnoredCharacters, visit,
} from "graphql";
import { Refused } from "../errors";
import { type OperationScope, ShapeCompiler, concreteTypes } from "./compile-shape";
import { ALWAYS, type Conjunction, conditionOf } from "./conditions";
import { completeDocument } from "./fetch-document";
import { LOOKUP, type SubgraphView } from "./graph";
import type { Branch, EntityFetch, EntityPart, FetchStep, LookupField, PathStep, RootField } from "./operation";
import { rootTypeOf } from "./root-type";
import type { Place } from "./place";
import { inputNeedsOf } from "./input-needs";
import { compileRepresentations } from "./representation";
import type { Part } from "./selection";
import type { Shape } from "./shape";
import { splitByArguments } from "./split-fetch";

type StepParts = Pick<FetchStep, "entities" | "lookups"> & Pick<Branch, "representations" | "roots">;

export class FetchCompiler {
  readonly #subgraph: SubgraphView;
  constructor(
    private readonly scope: OperationScope, private readonly node: FetchNode, private readonly place: Place,
    private readonly path: readonly PathStep[], private readonly roots: ReadonlyMap<string, RootField>,
    /** Conditions of the plan under which the fetch is made. */
    private readonly way: Conjunction,
  ) {
    this.#subgraph = scope.graph.subgraph(node.serviceName);
  }

  compile(): FetchStep[] {
    const { node } = this;
    if ((node.contextRewrites ?? []).length > 0) throw new Refused("INTERNAL_SERVER_ERROR", "@fromContext is not supported");
    const operation = node.operationDocumentNode?.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
    if (operation === undefined) throw new Refused("INTERNAL_SERVER_ERROR", "the plan has no document");
    if (node.requires === undefined) return [this.#root(operation)];
    return splitByArguments(this.scope.graph, this.#subgraph, operation, node.requires).map((part) => this.#entity(part.operation, part.requires));
  }

  #root(planned: OperationDefinitionNode): FetchStep {
    const { operation } = completeDocument(this.scope.graph, this.#subgraph, planned, undefined);
    const type = rootTypeOf(this.#subgraph.schema, planned.operation);
    if (type === undefined) throw new Refused("INTERNAL_SERVER_ERROR", "no root type");
    const compiler = this.#shapes();
    const shape = compiler.shape([type], [{ set: operation.selectionSet, way: this.way, path: [] }], this.place, true);
    const asked = topFields(operation.selectionSet);
    const roots = this.path.length > 0 ? [...this.roots.values()] : asked.flatMap((field) => this.roots.get(field.alias?.value ?? field.name.value) ?? []);
    return this.#step(operation, shape, { entities: undefined, representations: undefined, roots, lookups: this.#lookups(asked, type) }, compiler);
  }

  #entity(planned: OperationDefinitionNode, requires: readonly QueryPlanSelectionNode[]): FetchStep {
    const { graph } = this.scope;
    const { operation, echo } = completeDocument(graph, this.#subgraph, planned, (typeName) => sentNames(requires, typeName));
    const [entities] = topFields(operation.selectionSet);
    const set = entities?.selectionSet;
    if (entities?.name.value !== "_entities" || set === undefined) throw new Refused("INTERNAL_SERVER_ERROR", "the plan asks for no entities");
    const compiler = this.#shapes();
    const types = this.#entityTypes(set);
    const parts: Part[] = [{ set, way: this.way, path: [] }];
    const shape = compiler.shape(types, parts, this.place, false);
    const answersTo = this.#answers();
    const likeness = JSON.stringify([this.node.serviceName, print(operation), requires, this.node.inputRewrites ?? [], this.node.outputRewrites ?? []]);
    const fetch: EntityFetch = { likeness, answersTo, askedWhen: askedWhen(shape, answersTo), echo, part: partOf(operation, set) };
    const representations = compileRepresentations(graph, this.#subgraph, requires, this.node.inputRewrites ?? [], this.place, inputNeedsOf(this.#subgraph, planned, this.scope.conditions));
    return this.#step(operation, shape, { entities: fetch, representations, roots: [...this.roots.values()], lookups: [] }, compiler);
  }

  #step(operation: OperationDefinitionNode, shape: Shape, parts: StepParts, compiler: ShapeCompiler): FetchStep {
    const used = variablesIn(operation.selectionSet);
    const kept = { ...operation, variableDefinitions: definitionsIn(operation, used) };
    const text = stripIgnoredCharacters(print({ kind: Kind.DOCUMENT, definitions: [kept] }));
    const { place, roots } = this;
    const cells = [...new Set([...shape.variants.values()].flatMap((variant) => variant.fields.flatMap((field) => (field.label > 0 ? [field.value, field.label] : [field.value]))))];
    let shareable: boolean | undefined;
    const branch: Branch = {
      path: this.path, roots: parts.roots, rootOf: (key) => roots.get(key), shape, representations: parts.representations, cells,
      isShareable: () => (shareable ??= isWrittenOnce(place, cells)),
    };
    return {
      kind: "fetch", subgraph: this.#subgraph.name, local: this.scope.graph.isLocal(this.#subgraph.name), branches: [branch], entities: parts.entities,
      head: `{"query":${JSON.stringify(text)},"variables":{`, variables: [...used].filter((name) => name !== "representations"),
      chosenBy: compiler.chosenBy, lookups: parts.lookups,
    };
  }

  #shapes(): ShapeCompiler {
    const rewrites = (this.node.outputRewrites ?? []).map((rewrite): [string, string] => {
      if (rewrite.kind !== "KeyRenamer") throw new Refused("INTERNAL_SERVER_ERROR", "unknown output rewrite");
      return [rewrite.path.join("/"), rewrite.renameKeyTo];
    });
    return new ShapeCompiler(this.scope, this.#subgraph, new Map(rewrites));
  }

  /** Concrete types that the fragments of an `_entities` selection name. */
  #entityTypes(set: SelectionSetNode): readonly GraphQLObjectType[] {
    const types = new Set<GraphQLObjectType>();
    for (const selection of set.selections) {
      const name = selection.kind === Kind.INLINE_FRAGMENT ? selection.typeCondition?.name.value : undefined;
      const type = name === undefined ? undefined : this.#subgraph.schema.getType(name);
      if (isObjectType(type) || isAbstractType(type)) for (const concrete of concreteTypes(this.#subgraph.schema, type)) types.add(concrete);
    }
    return [...types];
  }

  #answers(): EntityFetch["answersTo"] {
    const known = new Map<string, ReadonlySet<string>>();
    return (sentAs) => {
      const before = known.get(sentAs);
      if (before !== undefined) return before;
      const type = this.#subgraph.schema.getType(sentAs);
      const names = new Set(isObjectType(type) || isAbstractType(type) ? concreteTypes(this.#subgraph.schema, type).map((concrete) => concrete.name) : []);
      known.set(sentAs, names);
      return names;
    };
  }

  #lookups(fields: readonly FieldNode[], type: GraphQLObjectType): LookupField[] {
    if (this.#subgraph.name !== LOOKUP || !this.scope.graph.isLocal(LOOKUP)) return [];
    return fields.map((field) => {
      const value = field.arguments?.find((argument) => argument.name.value === "id")?.value;
      const returned = type.getFields()[field.name.value]?.type;
      if (!isObjectType(returned)) throw new Refused("INTERNAL_SERVER_ERROR", "lookup answers nullable objects only");
      const way = conditionOf(field.directives, (name) => name);
      return {
        key: field.alias?.value ?? field.name.value, typeName: returned.name,
        idKeys: field.selectionSet === undefined ? [] : topFields(field.selectionSet).filter((inner) => inner.name.value === "id").map((inner) => inner.alias?.value ?? inner.name.value),
        id: value?.kind === Kind.VARIABLE ? { variable: value.name.value } : { literal: value?.kind === Kind.STRING || value?.kind === Kind.INT ? value.value : "" },
        when: way === false ? ALWAYS : this.scope.conditions.number([way]),
      };
    });
  }
}

function topFields(set: SelectionSetNode): FieldNode[] {
  return set.selections.flatMap((selection) => (selection.kind === Kind.FIELD ? [selection] : selection.kind === Kind.INLINE_FRAGMENT ? topFields(selection.selectionSet) : []));
}

function variablesIn(set: SelectionSetNode): ReadonlySet<string> {
  const names = new Set<string>();
  visit(set, { Variable: (node) => { names.add(node.name.value); } });
  return names;
}

function definitionsIn(operation: OperationDefinitionNode, used: ReadonlySet<string>): readonly VariableDefinitionNode[] {
  return (operation.variableDefinitions ?? []).filter((definition) => used.has(definition.variable.name.value));
}

function partOf(operation: OperationDefinitionNode, set: SelectionSetNode): EntityPart | undefined {
  if (operation.operation !== "query" || operation.selectionSet.selections.length !== 1 || (operation.directives ?? []).length > 0) return undefined;
  const definitions = definitionsIn(operation, variablesIn(set)).map((definition) => stripIgnoredCharacters(print(definition)));
  return { definitions, selection: stripIgnoredCharacters(print(set)) };
}

/** Top-level names in representations of a type. */
function sentNames(requires: readonly QueryPlanSelectionNode[], typeName: string): ReadonlySet<string> {
  const names = requires.flatMap((selection) => (selection.kind === "InlineFragment"
    ? [...sentNames(selection.selections, typeName)] : [selection.name]));
  return new Set(names);
}

/** Conditions under which the fetch asks for anything of entities sent as one type; always, where it asks what type they have. */
function askedWhen(shape: Shape, answersTo: EntityFetch["answersTo"]): EntityFetch["askedWhen"] {
  const known = new Map<string, readonly number[]>();
  return (sentAs) => {
    const before = known.get(sentAs);
    if (before !== undefined) return before;
    const variants = [...answersTo(sentAs)].flatMap((name) => shape.variants.get(name) ?? []);
    const whens = variants.some(({ fields }) => fields.length === 0) ? [ALWAYS] : [...new Set(variants.flatMap(({ fields }) => fields.map(({ when }) => when)))];
    known.set(sentAs, whens);
    return whens;
  };
}

/** Whether everything below the cells is written by one fetch only. */
function isWrittenOnce(place: Place, cells: readonly number[]): boolean {
  const below = (child: Place | undefined): boolean => child === undefined || (child.writers <= 1 && [...child.slots].every((slot) => below(slot.child)));
  return [...place.slots].filter((slot) => cells.includes(slot.value)).every((slot) => below(slot.child));
}
