/**
 * The client's operation in the form that is planned (attacks B-24, B-49, B-129; labels.md F4). Fragments are written out; every field that
 * the client aliased or gave arguments gets an opaque name of ours, variables are renamed and operation names dropped. So no client text
 * reaches a ministry, nothing that the planner adds (keys, inputs of `@requires`) can meet a client's alias, and no name is hostile.
 */
import {
  type ArgumentNode, type DirectiveNode, type FieldNode, type FragmentDefinitionNode, Kind, type OperationDefinitionNode,
  type SelectionNode, type SelectionSetNode, type ValueNode, visit,
} from "graphql";
import { type Conjunction, conditionOf } from "./conditions";
import { type ChosenOperation, RESERVED_PREFIX } from "./limits";

export interface CanonicalField {
  readonly kind: "field";
  /** Key in the client's answer. */
  readonly responseName: string;
  /** Key in the ministries' answers and in the result tree. */
  readonly plannedName: string;
  readonly name: string;
  readonly arguments: readonly ArgumentNode[];
  readonly when: Conjunction;
  readonly selections: readonly CanonicalSelection[];
  /** The client's own node, for introspection. */
  readonly node: FieldNode;
}
export interface CanonicalFragment {
  readonly kind: "fragment";
  readonly typeCondition: string | undefined;
  readonly when: Conjunction;
  readonly selections: readonly CanonicalSelection[];
}
export type CanonicalSelection = CanonicalField | CanonicalFragment;

export interface CanonicalOperation {
  readonly selections: readonly CanonicalSelection[];
  /** The operation to plan; undefined when nothing is asked of any ministry. */
  readonly planned: OperationDefinitionNode | undefined;
  /** Planned name of each variable by the client's name. */
  readonly variables: ReadonlyMap<string, string>;
}

const INTROSPECTION: ReadonlySet<string> = new Set(["__schema", "__type"]);
export function isIntrospection(fieldName: string): boolean { return INTROSPECTION.has(fieldName); }

/** Rewrites the chosen operation. The size of the result was bounded by the limits. */
export function canonicalOperation({ definition, fragments }: ChosenOperation): CanonicalOperation {
  const variables = new Map((definition.variableDefinitions ?? []).map((variable, index) => [variable.variable.name.value, `v${index}`]));
  const writer = new Writer(fragments, variables);
  const selections = writer.write(definition.selectionSet);
  const set = selectionSetOf(selections);
  return { selections, variables, planned: set === undefined ? undefined : withPlanned(definition, set, writer) };
}

function withPlanned(definition: OperationDefinitionNode, selectionSet: SelectionSetNode, writer: Writer): OperationDefinitionNode {
  return {
    kind: Kind.OPERATION_DEFINITION,
    operation: definition.operation,
    variableDefinitions: (definition.variableDefinitions ?? []).map((variable) => ({
      kind: Kind.VARIABLE_DEFINITION,
      variable: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: writer.renamed(variable.variable.name.value) } },
      type: variable.type,
      ...(variable.defaultValue !== undefined && { defaultValue: variable.defaultValue }),
    })),
    directives: [],
    selectionSet,
  };
}

class Writer {
  readonly #names = new Map<string, string>();
  constructor(private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>, private readonly variables: ReadonlyMap<string, string>) {}

  readonly renamed = (name: string): string => this.variables.get(name) ?? name;

  write(set: SelectionSetNode | undefined): CanonicalSelection[] {
    const out: CanonicalSelection[] = [];
    for (const selection of set?.selections ?? []) {
      const when = conditionOf(selection.directives, this.renamed);
      if (when === false) continue;
      if (selection.kind === Kind.FIELD) { out.push(this.#field(selection, when)); continue; }
      const spread = selection.kind === Kind.FRAGMENT_SPREAD ? this.fragments.get(selection.name.value) : selection;
      if (spread === undefined) continue;
      out.push({ kind: "fragment", typeCondition: spread.typeCondition?.name.value, when, selections: this.write(spread.selectionSet) });
    }
    return out;
  }

  #field(node: FieldNode, when: Conjunction): CanonicalField {
    const name = node.name.value;
    const responseName = node.alias?.value ?? name;
    const own = name.startsWith("__") || (responseName === name && (node.arguments ?? []).length === 0);
    return {
      kind: "field", responseName, plannedName: own ? name : this.#opaque(responseName), name, when, node,
      arguments: (node.arguments ?? []).map((argument) => ({ ...argument, value: this.#value(argument.value) })),
      selections: this.write(node.selectionSet),
    };
  }

  /** One opaque name per response name: two fields of one place share a response name only when they are the same field. */
  #opaque(responseName: string): string {
    const known = this.#names.get(responseName) ?? `${RESERVED_PREFIX}${this.#names.size + 1}`;
    this.#names.set(responseName, known);
    return known;
  }

  #value(value: ValueNode): ValueNode {
    return visit(value, { Variable: (node) => ({ ...node, name: { ...node.name, value: this.renamed(node.name.value) } }) });
  }
}

/** Back to a document, without introspection. `__typename` loses its conditions, so that no selection set is ever left empty. */
function selectionSetOf(selections: readonly CanonicalSelection[]): SelectionSetNode | undefined {
  const out: SelectionNode[] = [];
  let typename = false;
  for (const selection of selections) {
    if (selection.kind === "fragment") {
      const inner = selectionSetOf(selection.selections);
      if (inner === undefined) continue;
      out.push({
        kind: Kind.INLINE_FRAGMENT, directives: directivesOf(selection.when), selectionSet: inner,
        ...(selection.typeCondition !== undefined && { typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: selection.typeCondition } } }),
      });
    } else if (selection.name === "__typename") {
      if (!typename) out.push(fieldNode("__typename", "__typename", [], [], undefined));
      typename = true;
    } else if (!isIntrospection(selection.name)) {
      const inner = selectionSetOf(selection.selections);
      const composite = selection.node.selectionSet !== undefined;
      const set = composite ? inner ?? { kind: Kind.SELECTION_SET, selections: [fieldNode("__typename", "__typename", [], [], undefined)] } : undefined;
      out.push(fieldNode(selection.name, selection.plannedName, selection.arguments, directivesOf(selection.when), set));
    }
  }
  return out.length === 0 ? undefined : { kind: Kind.SELECTION_SET, selections: out };
}

function fieldNode(name: string, alias: string, args: readonly ArgumentNode[], directives: readonly DirectiveNode[], selectionSet: SelectionSetNode | undefined): FieldNode {
  return {
    kind: Kind.FIELD, name: { kind: Kind.NAME, value: name }, arguments: args, directives,
    ...(alias !== name && { alias: { kind: Kind.NAME, value: alias } }),
    ...(selectionSet !== undefined && { selectionSet }),
  };
}

function directivesOf(when: Conjunction): DirectiveNode[] {
  return when.map(({ variable, negated }) => ({
    kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: negated ? "skip" : "include" },
    arguments: [{ kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: "if" }, value: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: variable } } }],
  }));
}
