/**
 * SPEC 5.5: keys and `@existence` fields are told to everyone who may know that the object exists, and keys are sent to every ministry that adds to it.
 * So they hold nothing above the floor of their type: no label on them, on what they return, or anywhere in a nested key [B-18].
 */
import { dominates } from "../../label";
import { existenceFields, parseFieldSet } from "../existence";
import { findingOf } from "../finding";
import { collectInputs, concreteTypes } from "../inputs";
import type { SupergraphRule } from "./rule";

const NAME = "keys-carry-no-label";

export const keysCarryNoLabel: SupergraphRule = {
  name: NAME,
  check: ({ subgraphs, schema, labels }) => subgraphs.flatMap((subgraph) => {
    const sets = [
      ...subgraph.keys,
      ...[...existenceFields(subgraph)].map((coordinate) => ({ type: coordinate.slice(0, coordinate.indexOf(".")), fields: coordinate.slice(coordinate.indexOf(".") + 1) })),
    ];
    return sets.flatMap(({ type: declared, fields }) => concreteTypes(schema, declared).flatMap((type) => {
      const floor = labels.floor(type);
      return collectInputs(schema, labels, type, parseFieldSet(fields))
        .filter((input) => !dominates(floor, input.floor))
        .map((input) => findingOf(NAME, input.coordinate, [subgraph.name], `is part of what identifies ${type} but has a floor above that of ${type}`));
    }));
  }),
};
