/**
 * SPEC 7.1: `_label` is `_label: Int! @inaccessible`, without arguments, on object types. On an interface the name of the type that answers would be
 * unknown when it is asked for, in an input it means nothing, and without `@inaccessible` clients would see it.
 */
import { isInputObjectType } from "@apollo/federation-internals";
import { findingOf } from "../finding";
import { LABEL_FIELD } from "../specification";
import { compositeTypes } from "../subgraph";
import type { SubgraphRule } from "./rule";

const NAME = "label-field-shape";

export const labelFieldShape: SubgraphRule = {
  name: NAME,
  check: (subgraphs) => subgraphs.flatMap(({ name, schema, built }) => [
    ...compositeTypes(schema).flatMap((type) => {
      const field = type.field(LABEL_FIELD);
      if (field === undefined) return [];
      const coordinate = `${type.name}.${LABEL_FIELD}`;
      const findings: string[] = [];
      if (type.kind === "InterfaceType") findings.push("stands on an interface; only object types have it");
      if (built.metadata().isInterfaceObjectType(type)) findings.push("stands on an interface object; only object types have it");
      if (String(field.type) !== "Int!") findings.push("is not Int!");
      if (field.hasArguments()) findings.push("has arguments");
      if (!field.hasAppliedDirective(built.metadata().inaccessibleDirective())) findings.push("is not @inaccessible");
      if (built.metadata().isFieldExternal(field)) findings.push("is external; every ministry answers for itself");
      return findings.map((message) => findingOf(NAME, coordinate, [name], message));
    }),
    ...schema.types().filter((type) => isInputObjectType(type) && type.field(LABEL_FIELD) !== undefined)
      .map((type) => findingOf(NAME, `${type.name}.${LABEL_FIELD}`, [name], "stands in an input object; only object types have it")),
  ]),
};
