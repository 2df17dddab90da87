/**
 * Makes `@requires` of a field that itself has `@requires` safe to plan. Where such a field lives in the ministry that the plan is already at,
 * Apollo's planner (2.14) asks for it there at once, without its inputs. Here each field that is an input of others and has inputs of its own moves to a
 * subgraph of its own in the supergraph that is planned, reachable by the same keys; its fetches go to the real ministry.
 * Left alone: fields with arguments, fields that interfaces share or that return objects, and types that stand for interfaces; for those the plan stays
 * as Apollo makes it.
 */
import {
  type ConstDirectiveNode, type DocumentNode, type EnumTypeDefinitionNode, type FieldDefinitionNode, Kind, type ObjectTypeDefinitionNode,
  type SelectionSetNode, type TypeNode, parse,
} from "graphql";

export interface UnchainedSupergraph {
  readonly document: DocumentNode;
  /** Subgraph made here -> the ministry that answers for it. */
  readonly realNames: ReadonlyMap<string, string>;
}
interface Chained { readonly type: string; readonly field: string; readonly graph: string; readonly requires: SelectionSetNode; readonly made: string; readonly number: number }
type Definition = DocumentNode["definitions"][number];

/** Rewrites the supergraph; gives it back unchanged when no `@requires` is chained. */
export function unchainRequires(document: DocumentNode): UnchainedSupergraph {
  const objects = new Map(document.definitions.filter(isObject).map((type) => [type.name.value, type]));
  const chained = findChained(document, objects);
  if (chained.length === 0) return { document, realNames: new Map() };
  const graphs = document.definitions.find((definition): definition is EnumTypeDefinitionNode => definition.kind === Kind.ENUM_TYPE_DEFINITION && definition.name.value === "join__Graph");
  const realNames = new Map(chained.map((each) => [`${nameOf(graphs, each.graph)}#${each.number}`, nameOf(graphs, each.graph)]));
  return { realNames, document: chained.reduce((sum, each) => move(sum, objects, each), document) };
}

function findChained(document: DocumentNode, objects: ReadonlyMap<string, ObjectTypeDefinitionNode>): Chained[] {
  const required = new Set<string>();
  const requiring: Omit<Chained, "made" | "number">[] = [];
  for (const type of objects.values()) {
    for (const field of type.fields ?? []) {
      for (const join of joinsOf(field.directives)) {
        const requires = textOf(join, "requires");
        const graph = enumOf(join, "graph");
        if (requires === undefined || graph === undefined) continue;
        const set = parseSet(requires);
        visitFields(set, type.name.value, objects, (typeName, name) => { required.add(`${typeName}.${name}`); });
        requiring.push({ type: type.name.value, field: field.name.value, graph, requires: set });
      }
    }
  }
  return requiring.filter((each) => required.has(`${each.type}.${each.field}`) && isMovable(document, objects, each)).map((each, index) => ({ ...each, made: `KANMON_REQUIRED_${index + 1}`, number: index + 1 }));
}

function isMovable(document: DocumentNode, objects: ReadonlyMap<string, ObjectTypeDefinitionNode>, { type, field, graph, requires }: Omit<Chained, "made" | "number">): boolean {
  const definition = objects.get(type);
  const returned = namedTypeOf(definition?.fields?.find((candidate) => candidate.name.value === field)?.type);
  const takesArguments = (objects.get(type)?.fields?.find((candidate) => candidate.name.value === field)?.arguments ?? []).length > 0;
  const isLeaf = !takesArguments && !document.definitions.some((other) => "name" in other && other.name?.value === returned && (isObject(other) || other.kind === Kind.INTERFACE_TYPE_DEFINITION || other.kind === Kind.UNION_TYPE_DEFINITION));
  const parents = new Set(definition?.interfaces?.map((parent) => parent.name.value));
  const isShared = document.definitions.some((other) => other.kind === Kind.INTERFACE_TYPE_DEFINITION && parents.has(other.name.value) && other.fields?.some((shared) => shared.name.value === field));
  return isLeaf && !isShared && keysOf(definition, graph).length > 0 && isPlain(requires, type, objects);
}

/** Whether a field set stays within object types. */
function isPlain(set: SelectionSetNode, typeName: string, objects: ReadonlyMap<string, ObjectTypeDefinitionNode>): boolean {
  return set.selections.every((selection) => {
    if (selection.kind !== Kind.FIELD) return false;
    if (selection.selectionSet === undefined || selection.name.value === "__typename") return true;
    const returned = namedTypeOf(objects.get(typeName)?.fields?.find((field) => field.name.value === selection.name.value)?.type);
    return returned !== undefined && objects.has(returned) && isPlain(selection.selectionSet, returned, objects);
  });
}

/** Moves one field to its own subgraph. */
function move(document: DocumentNode, objects: ReadonlyMap<string, ObjectTypeDefinitionNode>, chained: Chained): DocumentNode {
  const { type, field, graph, made } = chained;
  const inputs = new Set<string>();
  const keys = new Set<string>();
  visitFields(chained.requires, type, objects, (typeName, name) => { inputs.add(`${typeName}.${name}`); });
  const keyDirectives = keysOf(objects.get(type), graph);
  for (const key of keyDirectives) visitFields(parseSet(textOf(key, "key") ?? ""), type, objects, (typeName, name) => { keys.add(`${typeName}.${name}`); });
  const touched = new Set([...inputs, ...keys].map((coordinate) => coordinate.slice(0, coordinate.indexOf("."))));
  const leaves = new Set([...inputs, ...keys, `${type}.${field}`].flatMap((coordinate) => {
    const [owner = "", name] = coordinate.split(".");
    const found = objects.get(owner)?.fields?.find((candidate) => candidate.name.value === name);
    return [namedTypeOf(found?.type), ...(found?.arguments ?? []).map((argument) => namedTypeOf(argument.type))];
  }));
  const rewrite = (definition: Definition): Definition => {
    if (definition.kind === Kind.ENUM_TYPE_DEFINITION && definition.name.value === "join__Graph") return withGraph(definition, chained);
    if (!("name" in definition) || definition.name === undefined) return definition;
    const name = definition.name.value;
    if (isObject(definition) && (name === type || touched.has(name) || isRoot(definition))) {
      const own = name === type ? keyDirectives.map((key) => withGraphArgument(key, made)) : [joinType(made)];
      return { ...definition, directives: [...definition.directives ?? [], ...own], fields: (definition.fields ?? []).map((each) => {
        const explicit = joinsOf(each.directives).length > 0 ? each : { ...each, directives: [...each.directives ?? [], ...graphsOf(definition).map((owner) => joinField(owner, false))] };
        const coordinate = `${name}.${each.name.value}`;
        if (name === type && each.name.value === field) return { ...explicit, directives: (explicit.directives ?? []).map((join) => (enumOf(join, "graph") === graph ? withGraphArgument(join, made) : join)) };
        return keys.has(coordinate) ? addJoin(explicit, joinField(made, false)) : inputs.has(coordinate) ? addJoin(explicit, joinField(made, true)) : explicit;
      }) };
    }
    if (!leaves.has(name)) return definition;
    if (definition.kind === Kind.SCALAR_TYPE_DEFINITION) return { ...definition, directives: [...definition.directives ?? [], joinType(made)] };
    if (definition.kind === Kind.ENUM_TYPE_DEFINITION) return { ...definition, directives: [...definition.directives ?? [], joinType(made)], values: definition.values?.map((value) => ({ ...value, directives: [...value.directives ?? [], directive("join__enumValue", made)] })) ?? [] };
    return definition;
  };
  return { ...document, definitions: document.definitions.map(rewrite) };
}

function withGraph(graphs: EnumTypeDefinitionNode, { graph, made, number }: Chained): EnumTypeDefinitionNode {
  const name = `${nameOf(graphs, graph)}#${number}`;
  const argument = (key: string, value: string) => ({ kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: key }, value: { kind: Kind.STRING, value } }) as const;
  return { ...graphs, values: [...graphs.values ?? [], {
    kind: Kind.ENUM_VALUE_DEFINITION, name: { kind: Kind.NAME, value: made },
    directives: [{ kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: "join__graph" }, arguments: [argument("name", name), argument("url", "")] }],
  }] };
}

function visitFields(set: SelectionSetNode, typeName: string, objects: ReadonlyMap<string, ObjectTypeDefinitionNode>, visit: (typeName: string, field: string) => void): void {
  for (const selection of set.selections) {
    if (selection.kind === Kind.INLINE_FRAGMENT) { visitFields(selection.selectionSet, selection.typeCondition?.name.value ?? typeName, objects, visit); continue; }
    if (selection.kind !== Kind.FIELD || selection.name.value === "__typename") continue;
    visit(typeName, selection.name.value);
    const returned = namedTypeOf(objects.get(typeName)?.fields?.find((field) => field.name.value === selection.name.value)?.type);
    if (selection.selectionSet !== undefined && returned !== undefined) visitFields(selection.selectionSet, returned, objects, visit);
  }
}

function isObject(definition: Definition): definition is ObjectTypeDefinitionNode { return definition.kind === Kind.OBJECT_TYPE_DEFINITION; }
function isRoot(type: ObjectTypeDefinitionNode): boolean { return type.name.value === "Query"; }
function joinsOf(directives: readonly ConstDirectiveNode[] | undefined): ConstDirectiveNode[] { return (directives ?? []).filter((each) => each.name.value === "join__field"); }
function graphsOf(type: ObjectTypeDefinitionNode): string[] { return [...new Set((type.directives ?? []).filter((each) => each.name.value === "join__type").flatMap((each) => enumOf(each, "graph") ?? []))]; }

/** How a type can be asked for in a graph; empty when it stands for an interface there. */
function keysOf(type: ObjectTypeDefinitionNode | undefined, graph: string): ConstDirectiveNode[] {
  return (type?.directives ?? []).filter((each) => each.name.value === "join__type" && enumOf(each, "graph") === graph && textOf(each, "key") !== undefined && flagOf(each, "resolvable") !== false && flagOf(each, "isInterfaceObject") !== true);
}

function nameOf(graphs: EnumTypeDefinitionNode | undefined, graph: string): string {
  const value = graphs?.values?.find((candidate) => candidate.name.value === graph);
  const name = value?.directives?.map((each) => textOf(each, "name")).find((text) => text !== undefined);
  if (name === undefined) throw new Error(`the supergraph has no graph ${graph}`);
  return name;
}

function addJoin(field: FieldDefinitionNode, join: ConstDirectiveNode): FieldDefinitionNode { return { ...field, directives: [...field.directives ?? [], join] }; }
function joinType(graph: string): ConstDirectiveNode { return directive("join__type", graph); }
function joinField(graph: string, external: boolean): ConstDirectiveNode {
  const plain = directive("join__field", graph);
  return external ? { ...plain, arguments: [...plain.arguments ?? [], { kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: "external" }, value: { kind: Kind.BOOLEAN, value: true } }] } : plain;
}
function directive(name: string, graph: string): ConstDirectiveNode {
  return { kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: name }, arguments: [{ kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: "graph" }, value: { kind: Kind.ENUM, value: graph } }] };
}
function withGraphArgument(node: ConstDirectiveNode, graph: string): ConstDirectiveNode {
  return { ...node, arguments: (node.arguments ?? []).map((argument) => (argument.name.value === "graph" ? { ...argument, value: { kind: Kind.ENUM, value: graph } } : argument)) };
}
function argumentOf(node: ConstDirectiveNode, name: string): NonNullable<ConstDirectiveNode["arguments"]>[number]["value"] | undefined { return node.arguments?.find((argument) => argument.name.value === name)?.value; }
function textOf(node: ConstDirectiveNode, name: string): string | undefined { const value = argumentOf(node, name); return value?.kind === Kind.STRING ? value.value : undefined; }
function enumOf(node: ConstDirectiveNode, name: string): string | undefined { const value = argumentOf(node, name); return value?.kind === Kind.ENUM ? value.value : undefined; }
function flagOf(node: ConstDirectiveNode, name: string): boolean | undefined { const value = argumentOf(node, name); return value?.kind === Kind.BOOLEAN ? value.value : undefined; }

function namedTypeOf(type: TypeNode | undefined): string | undefined {
  let inner = type;
  while (inner !== undefined && inner.kind !== Kind.NAMED_TYPE) inner = inner.type;
  return inner?.name.value;
}

function parseSet(text: string): SelectionSetNode {
  const [operation] = parse(`{${text}}`, { noLocation: true }).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error("unreadable field set");
  return operation.selectionSet;
}
