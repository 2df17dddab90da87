/**
 * Makes `@requires` with arguments safe to plan. Apollo's planner puts one field with two argument sets under one response key, so a client's
 * `price(currency: "EUR")` could steer what `@requires(fields: "price(currency: \"USD\")")` sends to another ministry. Here every different
 * (field, arguments) in a `requires` becomes a field of its own in the supergraph that is planned, so no two can ever meet;
 * the fetch documents turn it back into the real field under that name, and representations carry the real name.
 */
import {
  type ArgumentNode, type DocumentNode, type FieldDefinitionNode, type FieldNode, type InterfaceTypeDefinitionNode, Kind, type ObjectTypeDefinitionNode,
  type SelectionNode, type SelectionSetNode, type TypeNode, parse, print, stripIgnoredCharacters,
} from "graphql";
import { RESERVED_PREFIX } from "./limits";

export interface RequiredField { readonly name: string; readonly arguments: readonly ArgumentNode[] }
export interface PlannedSupergraph {
  readonly document: DocumentNode;
  /** What a field made here stands for. */
  readonly required: ReadonlyMap<string, RequiredField>;
}
type Composite = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;
type FieldDirective = NonNullable<FieldDefinitionNode["directives"]>[number];

/** Rewrites the supergraph; gives it back unchanged when no `requires` has arguments. */
export function nameRequiredArguments(supergraph: DocumentNode): PlannedSupergraph {
  const namer = new Namer(supergraph);
  const definitions = supergraph.definitions.map((definition) => (isComposite(definition) ? namer.rewriteRequires(definition) : definition));
  const document = namer.required.size === 0 ? supergraph : { ...supergraph, definitions: definitions.map((definition) => (isComposite(definition) ? namer.addFields(definition) : definition)) };
  return { document, required: namer.required };
}

class Namer {
  readonly required = new Map<string, RequiredField>();
  readonly #names = new Map<string, string>();
  readonly #types = new Map<string, Composite>();
  /** Type -> names made here that it must have. */
  readonly #needed = new Map<string, Set<string>>();

  constructor(supergraph: DocumentNode) {
    for (const definition of supergraph.definitions) if (isComposite(definition)) this.#types.set(definition.name.value, definition);
  }

  rewriteRequires<T extends Composite>(type: T): T {
    const fields = type.fields?.map((field) => ({ ...field, directives: field.directives?.map((directive) => this.#rewriteDirective(directive, type.name.value)) ?? [] }));
    return fields === undefined ? type : { ...type, fields };
  }

  addFields<T extends Composite>(type: T): T {
    const needed = [...this.#needed.get(type.name.value) ?? []];
    const made = needed.flatMap((name): FieldDefinitionNode[] => {
      const real = type.fields?.find((field) => field.name.value === this.required.get(name)?.name);
      if (real === undefined) return [];
      return [{ ...real, name: { kind: Kind.NAME, value: name }, arguments: [], directives: (real.directives ?? []).filter((directive) => directive.name.value === "join__field") }];
    });
    return { ...type, fields: [...type.fields ?? [], ...made] };
  }

  #rewriteDirective(directive: FieldDirective, typeName: string): FieldDirective {
    if (directive.name.value !== "join__field") return directive;
    const args = directive.arguments?.map((argument) => {
      if (argument.name.value !== "requires" || argument.value.kind !== Kind.STRING || !argument.value.value.includes("(")) return argument;
      const [operation] = parse(`{${argument.value.value}}`, { noLocation: true }).definitions;
      if (operation?.kind !== Kind.OPERATION_DEFINITION) return argument;
      const text = print(this.#rewriteSet(operation.selectionSet, typeName)).trim().replace(/^\{/u, "").replace(/\}$/u, "");
      return { ...argument, value: { kind: Kind.STRING as const, value: stripIgnoredCharacters(text) } };
    });
    return { ...directive, ...(args !== undefined && { arguments: args }) };
  }

  #rewriteSet(set: SelectionSetNode, typeName: string): SelectionSetNode {
    return { ...set, selections: set.selections.map((selection): SelectionNode => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return selection;
      if (selection.kind === Kind.INLINE_FRAGMENT) return { ...selection, selectionSet: this.#rewriteSet(selection.selectionSet, selection.typeCondition?.name.value ?? typeName) };
      const returned = this.#returnTypeOf(typeName, selection.name.value);
      const selectionSet = selection.selectionSet === undefined || returned === undefined ? selection.selectionSet : this.#rewriteSet(selection.selectionSet, returned);
      const inner: FieldNode = { ...selection, ...(selectionSet !== undefined && { selectionSet }) };
      if ((selection.arguments ?? []).length === 0) return inner;
      return { ...inner, name: { kind: Kind.NAME, value: this.#nameOf(selection, typeName) }, arguments: [] };
    }) };
  }

  #nameOf(field: FieldNode, typeName: string): string {
    const args = [...field.arguments ?? []].sort((a, b) => (a.name.value < b.name.value ? -1 : 1));
    const key = `${field.name.value}(${args.map((argument) => print(argument)).join(",")})`;
    const name = this.#names.get(key) ?? `${RESERVED_PREFIX}Required${this.#names.size + 1}_${field.name.value}`;
    this.#names.set(key, name);
    this.required.set(name, { name: field.name.value, arguments: args });
    for (const type of this.#family(typeName)) {
      const names = this.#needed.get(type) ?? new Set();
      names.add(name);
      this.#needed.set(type, names);
    }
    return name;
  }

  /** The type, and for an interface everything that implements it. */
  #family(typeName: string): string[] {
    return [typeName, ...[...this.#types.values()].filter((type) => type.interfaces?.some((parent) => parent.name.value === typeName)).map((type) => type.name.value)];
  }

  #returnTypeOf(typeName: string, fieldName: string): string | undefined {
    const field = this.#types.get(typeName)?.fields?.find((candidate) => candidate.name.value === fieldName);
    let type: TypeNode | undefined = field?.type;
    while (type !== undefined && type.kind !== Kind.NAMED_TYPE) type = type.type;
    return type?.name.value;
  }
}

function isComposite(definition: { readonly kind: string }): definition is Composite {
  return definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION;
}
