/**
 * SPEC 5.3: the labels of the supergraph are the join of what the subgraphs state, no less and no more; composition lost none on the way and made none up [G4].
 * What composition removes altogether (an argument that only one subgraph has) takes its label with it.
 */
import { isInterfaceType, isObjectType } from "graphql";
import { type LabelCore, BOTTOM, dominates, join, joinAll } from "../../label";
import { findingOf } from "../finding";
import { statedFloor } from "../stated-floor";
import { collectApplications } from "../subgraph";
import type { SupergraphRule } from "./rule";

const NAME = "labels-in-supergraph";

export const labelsInSupergraph: SupergraphRule = {
  name: NAME,
  check: ({ subgraphs, supergraph, schema, labels, stated }) => {
    const present = new Map<string, LabelCore>();
    const existence = new Set<string>();
    for (const application of collectApplications(supergraph.federated, () => false)) {
      const { directive, coordinate } = application;
      if (directive === "existence") existence.add(coordinate);
      else present.set(coordinate, join(present.get(coordinate) ?? BOTTOM, statedFloor(application)));
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
    const lost = subgraphs.flatMap(({ name, applications }) => applications.flatMap((application) => {
      const { directive, coordinate } = application;
      if (!isComposed(coordinate)) return [];
      const kept = directive === "existence" ? existence.has(coordinate) : dominates(present.get(coordinate) ?? BOTTOM, statedFloor(application));
      return kept ? [] : [findingOf(NAME, coordinate, [name], `@${directive} of the subgraph is missing in the supergraph`)];
    }));
    const names = subgraphs.map(({ name }) => name);
    const marked = new Set(subgraphs.flatMap(({ applications }) => applications.flatMap(({ directive, coordinate }) => (directive === "existence" ? [coordinate] : []))));
    // What stands on an interface object composition writes on every implementation too.
    const sources = (coordinate: string): readonly string[] => {
      const name = /^\w+/.exec(coordinate)?.[0] ?? "";
      const type = schema.getType(name);
      const parents = isObjectType(type) || isInterfaceType(type) ? type.getInterfaces() : [];
      return [coordinate, ...parents.map((parent) => `${parent.name}${coordinate.slice(name.length)}`)];
    };
    const madeUp = [...present].filter(([coordinate, floor]) => !dominates(joinAll(sources(coordinate).flatMap((source) => stated.get(source) ?? [])), floor)).map(([coordinate]) => coordinate);
    const markedOnly = [...existence].filter((coordinate) => !sources(coordinate).some((source) => marked.has(source)));
    return [
      ...lost,
      ...madeUp.map((coordinate) => findingOf(NAME, coordinate, names, "has a label in the supergraph that no subgraph states")),
      ...markedOnly.map((coordinate) => findingOf(NAME, coordinate, names, "is @existence in the supergraph and in no subgraph")),
    ];
  },
};
