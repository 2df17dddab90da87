/**
 * SPEC 5.3: the supergraph carries every label that the subgraphs state; composition lost none on the way [G4].
 * What composition removes altogether (an argument that only one subgraph has) takes its label with it.
 */
import { floorOf } from "../../policy";
import { type LabelCore, BOTTOM, dominates, join } from "../../label";
import { findingOf } from "../finding";
import { collectApplications } from "../subgraph";
import type { SupergraphRule } from "./rule";

const NAME = "labels-in-supergraph";

export const labelsInSupergraph: SupergraphRule = {
  name: NAME,
  check: ({ subgraphs, supergraph, labels }) => {
    const present = new Map<string, LabelCore>();
    const existence = new Set<string>();
    for (const { directive, coordinate, arguments: args } of collectApplications(supergraph.federated, () => false)) {
      if (directive === "existence") existence.add(coordinate);
      else present.set(coordinate, join(present.get(coordinate) ?? BOTTOM, floorOf(args)));
    }
    const table = labels.toJSON().types;
    const isComposed = (coordinate: string): boolean => {
      const [, type = "", member, argument] = /^(\w+)(?:\.(\w+))?(?:\((\w+):\))?$/.exec(coordinate) ?? [];
      const entry = Object.hasOwn(table, type) ? table[type] : undefined;
      if (entry === undefined || member === undefined) return entry !== undefined;
      const has = (record: Readonly<Record<string, unknown>> | undefined, key: string): boolean => record !== undefined && Object.hasOwn(record, key);
      if (argument !== undefined) return has(entry.fields, member) && has(entry.fields?.[member]?.arguments, argument);
      return has(entry.fields, member) || has(entry.inputFields, member) || has(entry.values, member);
    };
    return subgraphs.flatMap(({ name, applications }) => applications.flatMap(({ directive, coordinate, arguments: args }) => {
      if (!isComposed(coordinate)) return [];
      const kept = directive === "existence" ? existence.has(coordinate) : dominates(present.get(coordinate) ?? BOTTOM, floorOf(args));
      return kept ? [] : [findingOf(NAME, coordinate, [name], `@${directive} of the subgraph is missing in the supergraph`)];
    }));
  },
};
