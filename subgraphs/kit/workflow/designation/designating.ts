/**
 * Which ministries may designate (SPEC 15.20, 18.1): those that keep a body which members.json lets designate under some regime. Workflows that only such a ministry needs are kept there and nowhere else. What is in
 * the schema follows from the policy that the schema is composed with; whether a body may designate today is asked of the policy in force, with every proposal.
 */
import type { OrgPath } from "../../../../schema/label";
import { type Members, loadPolicy } from "../../../../schema/policy";
import type { Workflow } from "../declare";

/** Bodies that may designate and whose registers this subgraph keeps. */
export function designatingBodies(members: Members, ministry: string): readonly OrgPath[] {
  return members.all.filter(({ org, mayDesignate }) => mayDesignate.length > 0 && members.keeperOf(org) === ministry).map(({ org }) => org);
}

/** Names of the subgraphs that keep such a body. */
export function designatingMinistries(members: Members): ReadonlySet<string> {
  return new Set(members.all.flatMap(({ org }) => members.keeperOf(org) ?? []).filter((ministry) => designatingBodies(members, ministry).length > 0));
}

let own: ReadonlySet<string> | undefined;

/** Kept wherever somebody may designate. */
export const whereDesignated: Workflow["keptBy"] = ({ name }) => {
  own ??= designatingMinistries(loadPolicy().members);
  return own.has(name);
};
