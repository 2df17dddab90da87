/**
 * The schema that a class of subjects sees (SPEC 5.7): the API schema without what their static labels do not permit, always a valid schema,
 * so that forbidden equals unknown in validation, coercion, introspection and error texts. No `_label`, no directive of federation or of the label specification.
 */
import {
  type GraphQLArgument, type GraphQLArgumentConfig, type GraphQLField, type GraphQLFieldConfig, type GraphQLFieldConfigMap, type GraphQLInputField, type GraphQLNamedType, type GraphQLType,
  GraphQLDirective, GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLUnionType,
  getNamedType, isEnumType, isInputObjectType, isInterfaceType, isListType, isNonNullType, isObjectType, isSpecifiedDirective, isUnionType,
} from "graphql";
import type { LabelCore } from "../label";
import { type Bundle, apiSchemaOf } from "./bundle";
import type { CoordinateLabels } from "./coordinate-labels";
import { namedByDefault } from "./named-by-default";
import { type Visible, findVisible } from "./visible";

/**
 * The filtered schema.
 * @param permitted whether the subjects of the class are permitted that floor; asked once per member of `bundle.labels.distinct`.
 * @throws RangeError when not even PUBLIC is permitted: then there is nothing to ask.
 */
export function viewOf(bundle: Bundle, permitted: (floor: LabelCore) => boolean): GraphQLSchema {
  return filterSchema(apiSchemaOf(bundle), bundle.labels, permitted);
}

/** The same of any schema whose floors are known. */
export function filterSchema(api: GraphQLSchema, labels: CoordinateLabels, permitted: (floor: LabelCore) => boolean): GraphQLSchema {
  return buildView(api, findVisible(api, labels, permitted));
}

/** Name of the class of subjects: one bit per distinct floor, in the order of `bundle.labels.distinct`. Equal classes have equal views. */
export function staticClass(bundle: Bundle, permitted: (floor: LabelCore) => boolean): string {
  return bundle.labels.distinct.map((core) => (permitted(core) ? "1" : "0")).join("");
}

function buildView(api: GraphQLSchema, visible: Visible): GraphQLSchema {
  const made = new Map<string, GraphQLNamedType>();
  const rewrite = <T extends GraphQLType>(type: T): T => {
    if (isNonNullType(type)) return new GraphQLNonNull(rewrite(type.ofType)) as T;
    if (isListType(type)) return new GraphQLList(rewrite(type.ofType)) as T;
    return (made.get(type.name) ?? type) as T;
  };
  const named = <T extends GraphQLNamedType>(types: readonly T[]): T[] => types.filter(({ name }) => visible.has(name)).map((type) => rewrite(type));
  const root = (type: GraphQLObjectType | null | undefined): GraphQLObjectType | undefined => (type && visible.has(type.name) ? rewrite(type) : undefined);
  for (const type of Object.values(api.getTypeMap())) {
    if (visible.has(type.name)) made.set(type.name, rebuild(type, visible, rewrite, named));
  }
  const query = root(api.getQueryType());
  if (query === undefined) throw new RangeError("the view is empty: not even PUBLIC is permitted");
  return new GraphQLSchema({
    description: api.description,
    query,
    mutation: root(api.getMutationType()),
    subscription: root(api.getSubscriptionType()),
    types: [...made.values()],
    directives: api.getDirectives().flatMap((directive) => rebuildDirective(directive, visible, rewrite)),
    assumeValid: true,
  });
}

type Rewrite = <T extends GraphQLType>(type: T) => T;
type Named = <T extends GraphQLNamedType>(types: readonly T[]) => T[];

function rebuild(type: GraphQLNamedType, visible: Visible, rewrite: Rewrite, named: Named): GraphQLNamedType {
  const members = visible.get(type.name) ?? new Map<string, readonly string[]>();
  const { name, description } = type;
  if (isObjectType(type) || isInterfaceType(type)) {
    const fields = (): GraphQLFieldConfigMap<unknown, unknown> => {
      const configs: GraphQLFieldConfigMap<unknown, unknown> = Object.create(null) as GraphQLFieldConfigMap<unknown, unknown>;
      const all = type.getFields();
      for (const [field, args] of members) if (all[field] !== undefined) configs[field] = rebuildField(all[field], args, rewrite);
      return configs;
    };
    const interfaces = () => named(type.getInterfaces());
    return isObjectType(type) ? new GraphQLObjectType({ name, description, interfaces, fields }) : new GraphQLInterfaceType({ name, description, interfaces, fields });
  }
  if (isUnionType(type)) return new GraphQLUnionType({ name, description, types: () => named(type.getTypes()) });
  if (isEnumType(type)) {
    return new GraphQLEnumType({ name, description, values: Object.fromEntries(type.getValues().filter((value) => members.has(value.name))
      .map((value) => [value.name, { value: value.value as unknown, description: value.description, deprecationReason: value.deprecationReason }])) });
  }
  if (!isInputObjectType(type)) return type;
  return new GraphQLInputObjectType({
    name, description, isOneOf: type.isOneOf,
    fields: () => Object.fromEntries(Object.values(type.getFields()).filter((field) => members.has(field.name)).map((field) => [field.name, rebuildInput(field, rewrite)])),
  });
}

function rebuildField(field: GraphQLField<unknown, unknown>, args: readonly string[], rewrite: Rewrite): GraphQLFieldConfig<unknown, unknown> {
  return {
    type: rewrite(field.type), description: field.description, deprecationReason: field.deprecationReason,
    args: field.args.length === 0 ? {} : Object.fromEntries(field.args.filter(({ name }) => args.includes(name)).map((argument) => [argument.name, rebuildInput(argument, rewrite)])),
  };
}

function rebuildInput(input: GraphQLArgument | GraphQLInputField, rewrite: Rewrite): GraphQLArgumentConfig {
  return { type: rewrite(input.type), description: input.description, defaultValue: input.defaultValue, deprecationReason: input.deprecationReason };
}

const EXECUTABLE: ReadonlySet<string> = new Set(["QUERY", "MUTATION", "SUBSCRIPTION", "FIELD", "FRAGMENT_DEFINITION", "FRAGMENT_SPREAD", "INLINE_FRAGMENT", "VARIABLE_DEFINITION"]);

/** Directives that clients can use stay, unless an argument's type or what its default names is hidden; those of the type system are none of their business. */
function rebuildDirective(directive: GraphQLDirective, visible: Visible, rewrite: Rewrite): readonly GraphQLDirective[] {
  if (isSpecifiedDirective(directive)) return [directive];
  const locations = directive.locations.filter((location) => EXECUTABLE.has(location));
  const isVisible = (named: string): boolean => { const [type = "", member = ""] = named.split("."); return visible.get(type)?.has(member) === true; };
  const isUsable = directive.args.every((argument) => visible.has(getNamedType(argument.type).name) && namedByDefault(argument.defaultValue, argument.type).every(isVisible));
  if (locations.length === 0 || !isUsable) return [];
  const args = Object.fromEntries(directive.args.map((argument) => [argument.name, rebuildInput(argument, rewrite)]));
  return [new GraphQLDirective({ name: directive.name, description: directive.description, isRepeatable: directive.isRepeatable, locations, args })];
}
