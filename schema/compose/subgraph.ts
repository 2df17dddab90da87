/**
 * One subgraph's SDL, read: its federation schema, the labels it applies and where, by identity of the label specification (SPEC 5.1).
 * Reading never merges and never guesses: what cannot be understood is left to the rules, which refuse it.
 */
import {
  type Directive, type FieldDefinition, type InterfaceType, type ObjectType, type Schema, type Subgraph,
  buildSubgraph, isEnumType, isInputObjectType, isInterfaceType, isObjectType,
} from "@apollo/federation-internals";
import { type DocumentNode, GraphQLError } from "graphql";
import { parseSubgraph } from "./input-limits";
import { type SpecificationDirective, LABEL_FIELD, identify } from "./specification";

/** What composition is given: a name, the address that the supergraph will show, and the SDL of `_service`. */
export interface SubgraphSource {
  readonly name: string;
  readonly url: string;
  readonly sdl: string;
}

/** One use of a directive of the label specification. `arguments` is as written, not yet believed. */
export interface Application {
  readonly directive: SpecificationDirective;
  readonly coordinate: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Set on fields that the subgraph only refers to. */
  readonly external: boolean;
}

interface Labellable { readonly appliedDirectives: readonly Directive[] }

export interface ReadSubgraph {
  readonly name: string;
  readonly url: string;
  readonly built: Subgraph;
  readonly schema: Schema;
  readonly applications: readonly Application[];
  /** Names of the types that declare `_label` here. */
  readonly labelled: readonly string[];
  /** Sets of fields by which the types here are found again: type, and the text of the field set. */
  readonly keys: readonly Key[];
}

/** `isResolvable`: whether this subgraph can be asked for the entity by it. */
export interface Key { readonly type: string; readonly fields: string; readonly isResolvable: boolean }

/**
 * Reads one subgraph.
 * @throws GraphQLError when the SDL is not a valid federation subgraph.
 */
export function readSubgraph(source: SubgraphSource): ReadSubgraph {
  return readParsed(source, parseSubgraph(source));
}

/** The same of one that is parsed. */
export function readParsed({ name, url }: SubgraphSource, document: DocumentNode): ReadSubgraph {
  const built = buildSubgraph(name, url, document);
  // Composition rewrites a subgraph of federation 1 before it merges it, and would merge something other than what was checked.
  if (!built.isFed2Subgraph()) throw new GraphQLError("does not link federation 2");
  return readBuilt(built);
}

/** The same of a subgraph that federation has already built, such as one taken back out of a supergraph. */
export function readBuilt(built: Subgraph): ReadSubgraph {
  const { name, url, schema } = built;
  return {
    name, url, built, schema,
    applications: collectApplications(schema, (field) => built.metadata().isFieldExternal(field)),
    labelled: compositeTypes(schema).filter((type) => type.field(LABEL_FIELD) !== undefined).map((type) => type.name),
    keys: compositeTypes(schema).flatMap((type) => type.appliedDirectivesOf(built.metadata().keyDirective())
      .map((key) => ({ type: type.name, fields: fieldSetText(key), isResolvable: key.arguments().resolvable !== false }))),
  };
}

/** The text of a `fields` argument; federation has already refused anything but a string. */
export function fieldSetText(directive: Directive): string {
  const fields: unknown = directive.arguments()["fields"];
  return typeof fields === "string" ? fields : "";
}

/** Object and interface types that the subgraph itself declares. */
export function compositeTypes(schema: Schema): readonly (ObjectType | InterfaceType)[] {
  return schema.types().filter((type): type is ObjectType | InterfaceType => isObjectType(type) || isInterfaceType(type));
}

/** Every use of a directive of the label specification in a schema, subgraph or supergraph, in the order of the schema. */
export function collectApplications(schema: Schema, isExternal: (field: FieldDefinition<ObjectType | InterfaceType>) => boolean): readonly Application[] {
  const found: Application[] = [];
  const read = (element: Labellable, coordinate: string, external = false): void => {
    for (const applied of element.appliedDirectives) {
      const definition = applied.definition;
      const directive = definition && identify(schema, definition);
      if (directive !== undefined) found.push({ directive, coordinate, arguments: applied.arguments(), external });
    }
  };
  for (const type of schema.types()) {
    read(type, type.name);
    if (isEnumType(type)) for (const value of type.values) read(value, `${type.name}.${value.name}`);
    if (isInputObjectType(type)) for (const field of type.fields()) read(field, `${type.name}.${field.name}`);
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of type.fields() as readonly FieldDefinition<ObjectType | InterfaceType>[]) {
      const external = isExternal(field);
      read(field, `${type.name}.${field.name}`, external);
      for (const argument of field.arguments()) read(argument, `${type.name}.${field.name}(${argument.name}:)`, external);
    }
  }
  return found;
}

/** Names of the subgraphs that declare the field. */
export function subgraphsWith(subgraphs: readonly ReadSubgraph[], typeName: string, fieldName: string): readonly string[] {
  return subgraphsDeclaring(subgraphs, `${typeName}.${fieldName}`);
}

/** Names of the subgraphs that declare what a coordinate names, arguments by their field. */
export function subgraphsDeclaring(subgraphs: readonly ReadSubgraph[], coordinate: string): readonly string[] {
  const [, typeName = "", member] = /^(\w+)(?:\.(\w+))?/.exec(coordinate) ?? [];
  return subgraphs.filter(({ schema }) => {
    const type = schema.type(typeName);
    if (type === undefined || member === undefined) return type !== undefined;
    if (isEnumType(type)) return type.value(member) !== undefined;
    return (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)) && type.field(member) !== undefined;
  }).map(({ name }) => name);
}
