/** SPEC 5.1: only version 1.0 of the label specification is understood. Another one, newer or older, may mean something else by the same words. */
import { findingOf } from "../finding";
import { SPECIFICATION_URL, findLink } from "../specification";
import type { SubgraphRule } from "./rule";

const NAME = "spec-version";

export const specVersion: SubgraphRule = {
  name: NAME,
  check: (subgraphs) => subgraphs.flatMap(({ name, schema }) => {
    const link = findLink(schema);
    return link === undefined || link.url.toString() === SPECIFICATION_URL ? []
      : [findingOf(NAME, "schema", [name], `links ${link.url.toString()}; only ${SPECIFICATION_URL} is understood`)];
  }),
};
