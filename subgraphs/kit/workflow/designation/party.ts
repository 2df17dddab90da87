/** Parties to a designation outside the ministry (SPEC 15.25): bodies, firms, nations; and authority of those who belong to one. */
import { type Owner, isForeignOwner, isUnder } from "../../../../schema/label";
import type { Policy } from "../../../../schema/policy";
import { type Authority, withRole } from "../authority";

/** A body or firm of the register of members, or a nation other than Japan. */
export function isParty(policy: Policy, party: unknown): party is Owner {
  return typeof party === "string" && party !== "JPN" && (policy.members.isKnownOrg(party) || policy.nations.has(party));
}

/** Belonging to the party that the item is addressed to. */
export const fromParty: Authority = {
  early: () => true,
  over: ({ asker: { subject } }, { body }) => {
    const home = subject.hostOrg ?? subject.org;
    return subject.kind !== "liaison" && home !== undefined && typeof body["party"] === "string" && isUnder(home, body["party"]);
  },
};

const passingOn = withRole("PROPOSE", "RELEASE", "DECLASSIFY");

/** An officer of the ministry, for a nation: it is spoken to through them. */
export const forNation: Authority = {
  early: passingOn.early,
  over: (situation, item) => typeof item.body["party"] === "string" && isForeignOwner(item.body["party"]) && passingOn.over(situation, item),
};
