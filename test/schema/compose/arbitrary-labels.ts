/** Three subgraphs with every element that can carry a label, and random labels on them: at each place each subgraph says something of its own or nothing. */
import * as fc from "fast-check";
import { loadPolicy } from "../../../schema/policy";
import type { SubgraphSource } from "../../../schema/compose";
import { subgraph } from "./harness";

const BODIES: readonly string[] = [
  `type Query { docs(by: Int #, filter: Filter): [Doc] # things: [Thing] any: Either kind: Kind # stamp: Stamp }
   interface Thing # { id: ID! name(by: Int #): String # }
   type Doc implements Thing @key(fields: "id") # { id: ID! name(by: Int #): String @shareable # title: String # page: DocPage # }
   type Note implements Thing @key(fields: "id") # { id: ID! name(by: Int #): String # }
   type DocPage # { nodes: [Doc!] total: Int # }
   union Either # = Doc | Note
   enum Kind # { OPEN # COVERT # } input Filter # { kind: Kind # text: String # } scalar Stamp #`,
  `type Doc @key(fields: "id") # { id: ID! name(by: Int #): String @shareable # rating: Int # title: String @external hint: String @requires(fields: "title") # }
   type Query { rated(kind: Kind #): [Doc] # } enum Kind # { OPEN # COVERT # }`,
  `type Doc @key(fields: "id") # { id: ID! name(by: Int #): String @shareable # source: Stamp # } scalar Stamp #
   type Query { found(filter: Filter #): [Doc] # } enum Kind # { OPEN # COVERT # } input Filter # { kind: Kind # text: String # }`,
];

const policy = loadPolicy();
/** Every owner once, so that a subject is a set of owners. */
export const OWNERS: readonly string[] = policy.members.all.map(({ org }) => org).slice(0, 8);
const LABELS: readonly string[] = [
  ...OWNERS.map((owner) => `@label(level: "CUI", owner: "${owner}", rel: ["JPN"])`),
  `@label(level: "SECRET", regimes: ["SDS"])`, `@label(level: "CUI", purposes: ["VETTING"])`, `@label(level: "CONFIDENTIAL", regimes: ["CESI"]) @label(level: "CUI", rel: ["JPN", "USA"])`, `@label(level: "PUBLIC")`,
];

const places = BODIES.map((body) => body.split("#").length - 1);
export const PLACES: number = places.reduce((sum, each) => sum + each, 0);

/** At each place of each subgraph the number of a label, or -1. */
export const labelling: fc.Arbitrary<readonly number[]> = fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant(-1) }, fc.nat(LABELS.length - 1)), { minLength: PLACES, maxLength: PLACES });
export const anyLabel: fc.Arbitrary<number> = fc.nat(LABELS.length - 1);

/** The subgraphs with these labels under these names. */
export function labelledSubgraphs(labels: readonly number[], names: readonly string[] = ["one", "two", "three"]): readonly SubgraphSource[] {
  let at = 0;
  return BODIES.map((body, index) => {
    const text = body.split("#").reduce((sum, part) => `${sum}${LABELS[labels[at++] ?? -1] ?? ""}${part}`);
    return subgraph(names[index] ?? "", text);
  });
}
