/**
 * SPEC 5.1: a directive of the label specification may be renamed, but then alike in every subgraph that composes it.
 * Composition cannot merge two names of one directive; here that is an error one can read.
 */
import { findingOf } from "../finding";
import { SPECIFICATION_DIRECTIVES, type SpecificationDirective, identify } from "../specification";
import type { SubgraphRule } from "./rule";

const NAME = "spec-named-alike";

export const specNamedAlike: SubgraphRule = {
  name: NAME,
  check: (subgraphs) => SPECIFICATION_DIRECTIVES.flatMap((meaning: SpecificationDirective) => {
    const users = new Map<string, string[]>();
    for (const { name, schema } of subgraphs) {
      for (const directive of schema.directives()) {
        if (identify(schema, directive) === meaning) users.set(directive.name, [...(users.get(directive.name) ?? []), name]);
      }
    }
    if (users.size < 2) return [];
    const names = [...users.keys()].sort().map((name) => `@${name}`).join(", ");
    return [findingOf(NAME, `@${meaning}`, [...users.values()].flat(), `has several names: ${names}`)];
  }),
};
