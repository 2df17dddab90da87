/**
 * The document sent to a ministry: the plan's, plus what release needs (architecture.md 3). On every labelled object type `_kanmon_label: _label`,
 * under an abstract parent once per labelled possible type and never on the interface; `__typename` where types can differ; for entities the key
 * under names of ours, so that a reordered or swapped answer is noticed; and fields made for `@requires` turned back into the real ones.
 */
import {
  type FieldNode, type GraphQLCompositeType, type GraphQLSchema, Kind, type OperationDefinitionNode, type SelectionNode, type SelectionSetNode,
  getNamedType, isAbstractType, isCompositeType, isInterfaceType, isObjectType,
} from "graphql";
import type { Graph, SubgraphView } from "./graph";
import { rootTypeOf } from "./root-type";
import { LABEL_KEY } from "./shape";

/** One field of the key that was sent, as the ministry must answer it. */
export interface EchoField { readonly key: string; readonly name: string; readonly of: readonly EchoField[] }
export type EchoByType = ReadonlyMap<string, readonly EchoField[]>;

export interface FetchDocument { readonly operation: OperationDefinitionNode; readonly echo: EchoByType }

/**
 * Completes a planned operation.
 * @param sent names of the fields that representations of a type carry, for entity fetches; undefined for root fetches
 */
export function completeDocument(graph: Graph, subgraph: SubgraphView, operation: OperationDefinitionNode, sent: ((typeName: string) => ReadonlySet<string>) | undefined): FetchDocument {
  const root = rootTypeOf(subgraph.schema, operation.operation);
  if (root === undefined) throw new Error(`${subgraph.name} has no ${operation.operation} type`);
  const writer = new DocumentWriter(graph, subgraph, sent);
  return { operation: { ...operation, selectionSet: writer.complete(operation.selectionSet, root) }, echo: writer.echo };
}

class DocumentWriter {
  readonly echo = new Map<string, readonly EchoField[]>();
  readonly #schema: GraphQLSchema;
  constructor(private readonly graph: Graph, private readonly subgraph: SubgraphView, private readonly sent: ((typeName: string) => ReadonlySet<string>) | undefined) {
    this.#schema = subgraph.schema;
  }

  /** Rewrites a selection set on `type`; called for sets of fields and of fragments alike. */
  complete(set: SelectionSetNode, type: GraphQLCompositeType): SelectionSetNode {
    return { ...set, selections: set.selections.map((selection): SelectionNode => {
      if (selection.kind === Kind.FIELD) return this.#field(selection, type);
      if (selection.kind === Kind.FRAGMENT_SPREAD) throw new Error("the planner was told not to reuse fragments");
      const condition = selection.typeCondition === undefined ? type : this.#schema.getType(selection.typeCondition.name.value);
      return { ...selection, selectionSet: this.complete(selection.selectionSet, isCompositeType(condition) ? condition : type) };
    }) };
  }

  #field(node: FieldNode, parent: GraphQLCompositeType): FieldNode {
    const real = this.#realField(node);
    if (real.selectionSet === undefined || !(isObjectType(parent) || isInterfaceType(parent))) return real;
    const name = real.name.value;
    const type = getNamedType(parent.getFields()[name]?.type);
    if (!isCompositeType(type)) throw new Error(`${parent.name}.${name} is no object in ${this.subgraph.name}`);
    const inner = this.complete(real.selectionSet, type);
    const added = name === "_entities" && this.sent !== undefined ? this.#entityAdditions(real.selectionSet, this.sent) : this.#additions(type);
    return { ...real, selectionSet: { ...inner, selections: [...added, ...inner.selections] } };
  }

  #realField(node: FieldNode): FieldNode {
    const required = this.graph.required.get(node.name.value);
    if (required === undefined) return node;
    return { ...node, alias: { kind: Kind.NAME, value: node.alias?.value ?? node.name.value }, name: { kind: Kind.NAME, value: required.name }, arguments: required.arguments };
  }

  #additions(type: GraphQLCompositeType): SelectionNode[] {
    if (isObjectType(type)) return this.#isLabelled(type.name) ? [labelField()] : [];
    const labelled = this.#schema.getPossibleTypes(type).filter((possible) => this.#isLabelled(possible.name));
    return [field("__typename"), ...labelled.map((possible) => fragment(possible.name, [labelField()]))];
  }

  /** For `_entities`: label, type and key of every type that the fetch can answer. */
  #entityAdditions(set: SelectionSetNode, sent: (typeName: string) => ReadonlySet<string>): SelectionNode[] {
    if (!this.graph.labelled) return [];
    const added: SelectionNode[] = [field("__typename")];
    const seen = new Set<string>();
    for (const selection of set.selections) {
      const name = selection.kind === Kind.INLINE_FRAGMENT ? selection.typeCondition?.name.value : undefined;
      if (name === undefined || seen.has(name)) continue;
      seen.add(name);
      const echo = this.#echoOf(name, sent(name));
      this.echo.set(name, echo);
      if (echo.length > 0) added.push(fragment(name, echo.map(echoField)));
      for (const type of this.#concreteTypes(name)) if (this.#isLabelled(type) && !seen.has(`label ${type}`)) { seen.add(`label ${type}`); added.push(fragment(type, [labelField()])); }
    }
    return added;
  }

  #concreteTypes(name: string): readonly string[] {
    const type = this.#schema.getType(name);
    return isAbstractType(type) ? this.#schema.getPossibleTypes(type).map((possible) => possible.name) : [name];
  }

  /** The first key of the type that the representations carry in full. Keys with fragments are not echoed. */
  #echoOf(typeName: string, names: ReadonlySet<string>): readonly EchoField[] {
    for (const key of this.subgraph.keysOf(typeName)) {
      const fields = echoFields(key);
      if (fields !== undefined && fields.every((candidate) => names.has(candidate.name))) return fields;
    }
    return [];
  }

  #isLabelled(typeName: string): boolean { return this.graph.bundle.labels.knows(typeName) && this.graph.bundle.labels.labelledIn(this.subgraph.name, typeName); }
}

function echoFields(set: SelectionSetNode, nested = false): readonly EchoField[] | undefined {
  const fields: EchoField[] = [];
  for (const selection of set.selections) {
    if (selection.kind !== Kind.FIELD) return undefined;
    const name = selection.name.value;
    if (name === "__typename") continue;
    const of = selection.selectionSet === undefined ? [] : echoFields(selection.selectionSet, true);
    if (of === undefined) return undefined;
    fields.push({ key: nested ? name : `_kanmon_key_${name}`, name, of });
  }
  return fields;
}

function echoField(echo: EchoField): SelectionNode {
  return {
    ...field(echo.name, echo.key),
    ...(echo.of.length > 0 && { selectionSet: { kind: Kind.SELECTION_SET, selections: echo.of.map(echoField) } }),
  };
}

function labelField(): FieldNode { return field("_label", LABEL_KEY); }

function field(name: string, alias: string = name): FieldNode {
  return { kind: Kind.FIELD, name: { kind: Kind.NAME, value: name }, ...(alias !== name && { alias: { kind: Kind.NAME, value: alias } }) };
}

function fragment(typeName: string, selections: readonly SelectionNode[]): SelectionNode {
  return { kind: Kind.INLINE_FRAGMENT, typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: typeName } }, selectionSet: { kind: Kind.SELECTION_SET, selections } };
}
