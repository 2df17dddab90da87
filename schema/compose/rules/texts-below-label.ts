/**
 * SPEC 5.15: a description or a reason of deprecation names nothing above the label of what it stands on. It is shown with its element, so "use covertBudget instead" would tell
 * everybody of a field that only a few have [B-76]. Found are names as the schema writes them: types, enum values of three letters or more in capitals, and fields and arguments
 * that no plain sentence contains (an inner capital, an underscore or a digit, or between backticks). What a text says in other words nobody can check.
 */
import { type GraphQLNamedType, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from "graphql";
import { BOTTOM, type LabelCore, dominates, equalLabels, join } from "../../label";
import { findingOf } from "../finding";
import type { CoordinateLabels } from "../coordinate-labels";
import { subgraphsDeclaring } from "../subgraph";
import type { Composition, SupergraphRule } from "./rule";

const NAME = "texts-below-label";

interface Element {
  readonly coordinate: string;
  readonly name: string;
  readonly kind: "type" | "value" | "member";
  readonly floor: LabelCore;
  readonly texts: readonly (string | null | undefined)[];
}

export const textsBelowLabel: SupergraphRule = {
  name: NAME,
  check: (composition) => {
    const { supergraph, schema, labels, subgraphs } = composition;
    const elements = supergraph.typeNames.flatMap((name) => {
      const type = schema.getType(name);
      return type === undefined ? [] : elementsOf(type, labels);
    });
    const owners = ownersOf(composition, elements);
    if (owners.size === 0) return [];
    const all: readonly Element[] = [...elements, { coordinate: "schema", name: "", kind: "type", floor: BOTTOM, texts: [schema.description] }];
    return all.flatMap(({ coordinate, floor, texts }) => texts.flatMap((text) => [...namesIn(text ?? "", owners)]
      .filter((name) => owners.get(name)?.every((needed) => !dominates(floor, needed)) === true)
      .map((name) => findingOf(NAME, coordinate, subgraphsDeclaring(subgraphs, coordinate), `has a text that names ${name}, whose floor it does not reach`))));
  },
};

/** Floors of every element of a name, for names that have none that is PUBLIC: those a text could give away. */
function ownersOf({ supergraph }: Composition, elements: readonly Element[]): ReadonlyMap<string, readonly LabelCore[]> {
  const found = new Map<string, LabelCore[]>();
  for (const { name, kind, floor } of elements) if (isTelling(name, kind)) found.set(name, [...(found.get(name) ?? []), floor]);
  for (const directive of supergraph.schema.getDirectives()) found.delete(directive.name);
  return new Map([...found].filter(([, floors]) => floors.every((floor) => !equalLabels(floor, BOTTOM))));
}

function isTelling(name: string, kind: Element["kind"]): boolean {
  return kind === "type" || (kind === "value" ? name.length >= 3 : name.length >= 2);
}

/** Names as code: capitals inside, underscores, digits, all capitals; any word between backticks; and any word that begins with a capital, which may be a type. */
function namesIn(text: string, owners: ReadonlyMap<string, unknown>): ReadonlySet<string> {
  const quoted = [...text.matchAll(/`([^`]*)`/g)].flatMap(([, code = ""]) => code.match(/[A-Za-z_]\w*/g) ?? []);
  const written = (text.match(/[A-Za-z_]\w*/g) ?? []).filter((word) => /^[A-Z]|[a-z0-9][A-Z]|_|\d/.test(word));
  return new Set([...quoted, ...written].filter((word) => owners.has(word)));
}

function elementsOf(type: GraphQLNamedType, labels: CoordinateLabels): readonly Element[] {
  const { name } = type;
  const own: Element = { coordinate: name, name, kind: "type", floor: labels.floor(name), texts: [type.description] };
  if (isEnumType(type)) {
    return [own, ...type.getValues().map((value): Element => ({ coordinate: `${name}.${value.name}`, name: value.name, kind: "value", floor: labels.enumValueFloor(name, value.name), texts: [value.description, value.deprecationReason] }))];
  }
  if (isInputObjectType(type)) {
    return [own, ...Object.values(type.getFields()).map((field): Element => ({ coordinate: `${name}.${field.name}`, name: field.name, kind: "member", floor: labels.inputFieldFloor(name, field.name), texts: [field.description, field.deprecationReason] }))];
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return [own];
  return [own, ...Object.values(type.getFields()).flatMap((field): readonly Element[] => {
    const floor = labels.floor(name, field.name);
    return [
      { coordinate: `${name}.${field.name}`, name: field.name, kind: "member", floor, texts: [field.description, field.deprecationReason] },
      ...field.args.map((argument): Element => ({
        coordinate: `${name}.${field.name}(${argument.name}:)`, name: argument.name, kind: "member",
        floor: join(floor, labels.argumentFloor(name, field.name, argument.name)), texts: [argument.description, argument.deprecationReason],
      })),
    ];
  })];
}
