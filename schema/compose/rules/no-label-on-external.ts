/**
 * SPEC 5.3: a label stands where the value is resolved. On an `@external` copy composition ignores it, so its author would believe in a label that no supergraph shows.
 */
import { findingOf } from "../finding";
import type { SubgraphRule } from "./rule";

const NAME = "no-label-on-external";

export const noLabelOnExternal: SubgraphRule = {
  name: NAME,
  check: (subgraphs) => subgraphs.flatMap(({ name, applications }) => applications
    .filter((application) => application.external)
    .map(({ coordinate, directive }) => findingOf(NAME, coordinate, [name], `@${directive} on a field that is external here; put it where the field is resolved`))),
};
