/**
 * SPEC 5.9: an interface covers what its implementations take. Who asks through an interface passes an argument before anybody knows which type will answer, so
 * the interface's argument is at least as restricted as that of each implementation [B-12, B-13]. What is answered needs no such rule: it is decided by the actual type.
 */
import { isInterfaceType } from "graphql";
import { dominates } from "../../label";
import { findingOf } from "../finding";
import { subgraphsWith } from "../subgraph";
import type { SupergraphRule } from "./rule";

const NAME = "interface-covers";

export const interfaceCovers: SupergraphRule = {
  name: NAME,
  check: ({ subgraphs, supergraph, schema, labels }) => supergraph.typeNames.flatMap((name) => {
    const type = schema.getType(name);
    if (!isInterfaceType(type)) return [];
    const { objects, interfaces } = schema.getImplementations(type);
    return [...objects, ...interfaces].flatMap((own) => Object.values(type.getFields()).flatMap((field) => field.args
      .filter((argument) => own.getFields()[field.name]?.args.some((each) => each.name === argument.name) === true)
      .filter((argument) => !dominates(labels.argumentFloor(name, field.name, argument.name), labels.argumentFloor(own.name, field.name, argument.name)))
      .map((argument) => findingOf(NAME, `${name}.${field.name}(${argument.name}:)`, subgraphsWith(subgraphs, name, field.name),
        `does not reach the floor of ${own.name}.${field.name}(${argument.name}:), to which it may be passed on`))));
  }),
};
