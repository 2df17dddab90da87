/**
 * SPEC 5.14: to filter or sort by a field is to read it, to set it is to know it (12 F2). An argument, a field of an input object or a value of an enum that is named after
 * a field of what is returned is at least as restricted as that field; else a hidden value could be found by asking for it [B-26, B-65, B-66]. Names are compared word by word:
 * `covertTitle_startsWith`, `COVERT_TITLE_DESC` and `orderByCovertTitle` all name `covertTitle`. An argument of any other name is its author's responsibility.
 */
import { type GraphQLArgument, type GraphQLSchema, getNamedType, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from "graphql";
import { type LabelCore, dominates, join } from "../../label";
import type { CoordinateLabels } from "../coordinate-labels";
import { type Finding, findingOf } from "../finding";
import { concreteTypes } from "../inputs";
import { subgraphsWith } from "../subgraph";
import { containsWords, wordsOf } from "../words";
import type { SupergraphRule } from "./rule";

const NAME = "argument-covers";

export const argumentCovers: SupergraphRule = {
  name: NAME,
  check: ({ subgraphs, supergraph, schema, labels }) => supergraph.typeNames.flatMap((typeName) => {
    const type = schema.getType(typeName);
    if (!isObjectType(type) && !isInterfaceType(type)) return [];
    return Object.values(type.getFields()).flatMap((field) => {
      const places = field.args.length === 0 ? [] : listedTypes(schema, getNamedType(field.type).name).filter((name) => hasRestricted(schema, labels, name));
      if (places.length === 0) return [];
      const search = new Search(schema, labels, subgraphsWith(subgraphs, typeName, field.name));
      for (const argument of field.args) search.readArgument(typeName, field.name, argument, places);
      return search.findings;
    });
  }),
};

/** What a field is about: what it returns, and behind pages and edges what these list. */
function listedTypes(schema: GraphQLSchema, name: string): readonly string[] {
  const found = new Set<string>();
  const add = (each: string, depth: number): void => {
    if (found.has(each)) return;
    found.add(each);
    const type = schema.getType(each);
    if (depth === 0 || !isObjectType(type)) return;
    for (const inner of ["nodes", "edges", "node", "items"]) {
      const field = type.getFields()[inner];
      if (field !== undefined) for (const next of concreteTypes(schema, getNamedType(field.type).name)) add(next, depth - 1);
    }
  };
  for (const each of concreteTypes(schema, name)) add(each, 2);
  return [...found];
}

/** Whether a subject could see the type but not all its fields, there or one object further; else there is nothing to find. */
function hasRestricted(schema: GraphQLSchema, labels: CoordinateLabels, name: string, deeper = true): boolean {
  const type = schema.getType(name);
  return isObjectType(type) && labels.knows(name) && Object.values(type.getFields()).some((field) => !dominates(labels.floor(name), labels.floor(name, field.name))
    || (deeper && concreteTypes(schema, getNamedType(field.type).name).some((next) => !dominates(labels.floor(name), floorOf(labels, next)) || hasRestricted(schema, labels, next, false))));
}

function floorOf(labels: CoordinateLabels, name: string): LabelCore {
  return labels.knows(name) ? labels.floor(name) : labels.floor("__schema");
}

class Search {
  readonly findings: Finding[] = [];
  readonly #seen = new Set<string>();

  constructor(private readonly schema: GraphQLSchema, private readonly labels: CoordinateLabels, private readonly subgraphs: readonly string[]) {}

  readArgument(typeName: string, fieldName: string, argument: GraphQLArgument, places: readonly string[]): void {
    const floor = join(this.labels.argumentFloor(typeName, fieldName, argument.name), this.labels.floor(typeName, fieldName));
    this.#match(argument.name, getNamedType(argument.type).name, floor, `${typeName}.${fieldName}(${argument.name}:)`, places);
  }

  /** A name that is passed, the type of its value, the floor it has by now, and the types that it may be about. */
  #match(name: string, inputType: string, floor: LabelCore, coordinate: string, places: readonly string[]): void {
    const words = wordsOf(name);
    const further = new Set(places);
    for (const place of places) {
      const type = this.schema.getType(place);
      if (!isObjectType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        if (!containsWords(words, wordsOf(field.name))) continue;
        const reached = join(floor, this.labels.floor(place));
        if (!dominates(reached, this.labels.floor(place, field.name))) {
          this.findings.push(findingOf(NAME, coordinate, this.subgraphs, `is named after ${place}.${field.name}, whose floor it does not reach`));
        }
        for (const next of concreteTypes(this.schema, getNamedType(field.type).name)) {
          if (!this.labels.knows(next) || !isObjectType(this.schema.getType(next))) continue;
          further.add(next);
          if (!dominates(reached, this.labels.floor(next))) this.findings.push(findingOf(NAME, coordinate, this.subgraphs, `is named after ${place}.${field.name}, which returns ${next}, whose floor it does not reach`));
        }
      }
    }
    this.#descend(inputType, floor, [...further].sort());
  }

  #descend(inputType: string, floor: LabelCore, places: readonly string[]): void {
    const key = `${inputType} ${places.join(",")}`;
    const type = this.schema.getType(inputType);
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    if (isEnumType(type)) {
      for (const { name } of type.getValues()) this.#match(name, "", join(floor, this.labels.enumValueFloor(inputType, name)), `${inputType}.${name}`, places);
    }
    if (!isInputObjectType(type)) return;
    for (const field of Object.values(type.getFields())) {
      this.#match(field.name, getNamedType(field.type).name, join(floor, this.labels.inputFieldFloor(inputType, field.name)), `${inputType}.${field.name}`, places);
    }
  }
}
