/**
 * SPEC 5.7: everybody has something to ask. A subject who is permitted nothing but PUBLIC still gets a valid schema, so at least one field of `Query` is PUBLIC all the way.
 */
import { BOTTOM, equalLabels } from "../../label";
import { findingOf } from "../finding";
import { findVisible, isVisible } from "../visible";
import type { SupergraphRule } from "./rule";

const NAME = "query-answers-everybody";

export const queryAnswersEverybody: SupergraphRule = {
  name: NAME,
  check: ({ subgraphs, supergraph, labels }) => {
    const visible = findVisible(supergraph.api(), labels, (core) => equalLabels(core, BOTTOM));
    return isVisible(visible, "Query") ? [] : [findingOf(NAME, "Query", subgraphs.map(({ name }) => name), "has no field for a subject who is permitted only PUBLIC")];
  },
};
