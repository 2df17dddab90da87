/**
 * The API schema of a supergraph: what is left for clients when inaccessible elements and the machinery of federation are removed. Federation's own model says what is left; the
 * schema for graphql-js is made of the very nodes of the parsed supergraph, so that nothing is printed to be parsed again.
 */
import { type Schema, isEnumType, isInputObjectType, isInterfaceType, isObjectType, isUnionType, removeAllCoreFeatures, removeInaccessibleElements } from "@apollo/federation-internals";
import {
  type ConstDirectiveNode, type DefinitionNode, type DocumentNode, type FieldDefinitionNode, type GraphQLSchema, type InputValueDefinitionNode, type NamedTypeNode, type TypeDefinitionNode,
  Kind, buildASTSchema, isTypeDefinitionNode, isTypeSystemExtensionNode,
} from "graphql";

/** Custom directives of these names are not federation's own, and are not for clients. */
const INCREMENTAL = ["defer", "stream"];

/**
 * Federation's model of the API schema, as `Schema.toAPISchema()` makes it; that one also validates the result, which says nothing new about a supergraph that was accepted before.
 * @param supergraph keeps what is made here, so that the query planner finds it
 */
export function deriveApi(supergraph: Schema): Schema {
  const api = supergraph.clone(undefined, false);
  for (const name of INCREMENTAL) {
    const directive = api.directive(name);
    if (directive !== undefined && !directive.isBuiltIn) directive.removeRecursive();
  }
  removeInaccessibleElements(api);
  removeAllCoreFeatures(api);
  api.assumeValid();
  supergraph.toAPISchema = () => api;
  return api;
}

/** The API schema for graphql-js, out of the document that it was read from. */
export function buildApiSchema(document: DocumentNode, api: Schema): GraphQLSchema {
  // What is said in two places is put together by federation; composition writes no such text.
  if (document.definitions.some(isTypeSystemExtensionNode)) return api.toGraphQLJSSchema();
  const definitions = document.definitions.flatMap((definition): readonly DefinitionNode[] => {
    if (definition.kind === Kind.SCHEMA_DEFINITION) return [{ ...definition, directives: [], operationTypes: definition.operationTypes.filter(({ operation }) => api.schemaDefinition.rootType(operation) !== undefined) }];
    if (definition.kind === Kind.DIRECTIVE_DEFINITION) {
      const left = api.directive(definition.name.value);
      return left === undefined || left.isBuiltIn ? [] : [{ ...definition, arguments: keepInputs(api, definition.arguments, (name) => left.argument(name) !== undefined) }];
    }
    return isTypeDefinitionNode(definition) && api.type(definition.name.value) !== undefined ? [keepType(api, definition)] : [];
  });
  return buildASTSchema({ kind: Kind.DOCUMENT, definitions }, { assumeValidSDL: true, assumeValid: true });
}

function keepType(api: Schema, node: TypeDefinitionNode): TypeDefinitionNode {
  const type = api.type(node.name.value);
  const directives = keepDirectives(api, node.directives);
  if ((node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION) && type !== undefined && (isObjectType(type) || isInterfaceType(type))) {
    const fields = (node.fields ?? []).flatMap((field): readonly FieldDefinitionNode[] => {
      const left = type.field(field.name.value);
      return left === undefined ? [] : [{ ...field, directives: keepDirectives(api, field.directives), arguments: keepInputs(api, field.arguments, (name) => left.argument(name) !== undefined) }];
    });
    return { ...node, directives, fields, interfaces: keepNamed(api, node.interfaces) };
  }
  if (node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION && type !== undefined && isInputObjectType(type)) return { ...node, directives, fields: keepInputs(api, node.fields, (name) => type.field(name) !== undefined) };
  if (node.kind === Kind.ENUM_TYPE_DEFINITION && type !== undefined && isEnumType(type)) {
    const values = (node.values ?? []).flatMap((value) => (type.value(value.name.value) === undefined ? [] : [{ ...value, directives: keepDirectives(api, value.directives) }]));
    return { ...node, directives, values };
  }
  if (node.kind === Kind.UNION_TYPE_DEFINITION && type !== undefined && isUnionType(type)) return { ...node, directives, types: keepNamed(api, node.types) };
  return { ...node, directives };
}

function keepInputs(api: Schema, inputs: readonly InputValueDefinitionNode[] | undefined, isLeft: (name: string) => boolean): readonly InputValueDefinitionNode[] {
  return (inputs ?? []).flatMap((input) => (isLeft(input.name.value) ? [{ ...input, directives: keepDirectives(api, input.directives) }] : []));
}

function keepNamed(api: Schema, types: readonly NamedTypeNode[] | undefined): readonly NamedTypeNode[] { return (types ?? []).filter(({ name }) => api.type(name.value) !== undefined); }

function keepDirectives(api: Schema, directives: readonly ConstDirectiveNode[] | undefined): readonly ConstDirectiveNode[] {
  return (directives ?? []).filter(({ name }) => api.directive(name.value) !== undefined);
}
