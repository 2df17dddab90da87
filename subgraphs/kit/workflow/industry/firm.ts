/**
 * Firms in workflows (SPEC 15.60): which bodies are firms, who acts for one, and the labels of what is between a firm and the agency that needs it. A firm acts through whoever holds GRANT
 * over it; its other people may know what concerns it and decide nothing.
 */
import { type LabelCore, type OrgPath, isUnder } from "../../../../schema/label";
import type { Policy } from "../../../../schema/policy";
import { type Authority, withRoleOver } from "../authority";

/** Above all firms in the org tree. */
const PRIVATE = "JPN.PRV";
/** Keeps the one register of facilities, and of inventions. */
export const REGISTER = "JPN.CAO";

export function isFirm(policy: Policy, org: unknown): org is OrgPath {
  return policy.members.all.some((member) => member.org === org && member.firm === true);
}

/** An agency of the government: what is needed of a firm is never needed by a firm. */
export function isAgency(org: OrgPath): boolean { return !isUnder(org, PRIVATE); }

/** Speaks for the firm that the item names as `firm`. */
export const forFirm: Authority = withRoleOver(({ body }) => body["firm"], "GRANT");

/** What two sides and the register share, for the purposes for which it is asked: proprietary to the firm, so nobody uses it for personnel matters. */
export function sharedLabel(agency: OrgPath, firm: OrgPath, purposes: readonly string[], register: OrgPath = REGISTER): LabelCore {
  const dist = [...new Set([agency, firm, ...(isUnder(register, agency) ? [] : [register])])].filter((body, _at, all) => !all.some((other) => other !== body && isUnder(body, other))).sort();
  return { policy: "JPN-GOV-DEMO", level: 1, regimes: ["CUI"], need: [], owners: { [agency]: { rel: ["JPN"], disp: ["JPN"], dist, orcon: false } }, purposes: [...purposes].sort(), handling: ["CUI:PROPIN"] };
}

/** Purposes for which agencies and firms deal with certificates and contracts. */
export const CONTRACTING = ["ACCESS-DECISION", "CONTRACT", "DESIGNATION"] as const;
