/**
 * Generated ministries for the composition bench: 30 types each, as real ones look: labelled entities with pages and edges, value objects, inputs, enums, an interface,
 * and what each adds to entities of its neighbours, some of it computed from theirs.
 */
import type { SubgraphSource } from "../../schema/compose";
import { subgraph } from "../schema/compose/harness";

export const BENCH_OWNERS: readonly string[] = ["JPN.MOD", "JPN.METI", "JPN.CAS", "JPN.CAO", "JPN.NPA", "JPN.MOFA"];
const LABEL = "_label: Int! @inaccessible @shareable";
const ENTITIES = 10;
const VALUES = 7;

/** So many ministries, each with floors of one owner after another. */
export function generateMinistries(count: number): readonly SubgraphSource[] {
  return Array.from({ length: count }, (_, at) => subgraph(`ministry${at}`, bodyOf(at, count)));
}

function bodyOf(own: number, count: number): string {
  const floor = (at: number): string => (at % 3 === 0 ? ` @label(level: "CUI", owner: "${BENCH_OWNERS[(own + at) % BENCH_OWNERS.length] ?? "JPN"}", rel: ["JPN"])` : "");
  const list = (length: number, line: (at: number) => string): string => Array.from({ length }, (_, at) => line(at)).join("\n");
  const neighbour = (distance: number): number => (own + distance) % count;
  const entity = (at: number): string => `type M${own}E${at} implements M${own}Record @key(fields: "id") { id: ID! reference: String ${list(8, (field) => `f${field}: ${field % 4 === 3 ? `M${own}V${field % VALUES}` : "String"}${floor(at + field)}`)} next: M${own}E${(at + 1) % ENTITIES} weight: Int${floor(at)} ${LABEL} }`;
  const added = (distance: number): string => `type M${neighbour(distance)}E${own % ENTITIES} @key(fields: "id") { id: ID! ${LABEL} weight: Int @external a${own}: String${floor(distance)} b${own}: [String!]
    c${own}: Int @requires(fields: "weight") @label(level: "CUI", owner: "${BENCH_OWNERS[(neighbour(distance) + own % ENTITIES) % BENCH_OWNERS.length] ?? "JPN"}", rel: ["JPN"]) }`;
  return `
    type Query { ${list(5, (at) => `m${own}q${at}(where: M${own}Filter0, order: M${own}Order0 = ID_ASC, first: Int = 20): M${own}Page`)} m${own}byId(id: ID!): M${own}E0 }
    interface M${own}Record { id: ID! reference: String }
    ${list(ENTITIES, entity)}
    ${count > 4 ? list(4, (at) => added(at + 1)) : ""}
    ${list(VALUES, (at) => `type M${own}V${at} { ${list(5, (field) => `v${field}: String${floor(at + field)}`)} }`)}
    type M${own}Page { totalCount: Int nodes: [M${own}E0!] edges: [M${own}Edge!] hasNext: Boolean ${LABEL} }
    type M${own}Edge { cursor: String node: M${own}E0 ${LABEL} }
    ${list(2, (at) => `enum M${own}Order${at} { ID_ASC ID_DESC BY_WEIGHT${floor(0)} }`)}
    ${list(2, (at) => `input M${own}Filter${at} { text: String order: M${own}Order${at} and: [M${own}Filter${at}!] weight: Int${floor(0)} }`)}
    scalar M${own}Stamp enum M${own}Kind { OPEN CLOSED }
    extend type M${own}V0 { stamp: M${own}Stamp kind: M${own}Kind }`;
}
