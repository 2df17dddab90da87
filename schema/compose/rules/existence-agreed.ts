/**
 * SPEC 5.5: a field carries the existence label only if every subgraph that resolves it says so, by a key or by `@existence`.
 * Otherwise one ministry could lower another's content to its existence label by declaring it a key [B-125].
 */
import { findingOf } from "../finding";
import { compositeTypes } from "../subgraph";
import { existenceFields } from "../existence";
import type { SubgraphRule } from "./rule";

const NAME = "existence-agreed";

export const existenceAgreed: SubgraphRule = {
  name: NAME,
  check: (subgraphs) => {
    const stated = subgraphs.map((subgraph) => existenceFields(subgraph));
    const anywhere = new Set(stated.flatMap((fields) => [...fields]));
    return subgraphs.flatMap(({ name, schema, built }, index) => compositeTypes(schema).flatMap((type) => type.fields()
      .filter((field) => !built.metadata().isFieldExternal(field))
      .map((field) => `${type.name}.${field.name}`)
      .filter((coordinate) => anywhere.has(coordinate) && stated[index]?.has(coordinate) !== true)
      .map((coordinate) => findingOf(NAME, coordinate, [name], "is a key or @existence in another subgraph but ordinary content here"))));
  },
};
