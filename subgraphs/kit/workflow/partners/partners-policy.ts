/**
 * Demo policy of the partner workflows (SPEC 15.70-15.74): whose office they are, and figures. The days of a release decision are a target of this project: the source papers say only that
 * getting an answer took years.
 */
import type { Policy } from "../../../../schema/policy";
import { withRoleOver } from "../authority";

/** Receives certificates of clearance from partners, and states which agreements are in force. */
export const FOREIGN_AFFAIRS = "JPN.MOFA";

/** Days within which a request for release is decided. */
export const DECISION_DAYS = 30;

/** Years for which a certificate of clearance, or for a visit, is taken at a time. */
export const CERTIFICATE_YEARS = 1;

/** Has the release office of the foreign ministry. */
export const foreignAffairs = withRoleOver(() => FOREIGN_AFFAIRS, "RELEASE");

/** The agreement in force by its id, if it covers the nation. */
export function agreementWith(policy: Policy, id: unknown, nation: unknown, now: number): Policy["agreements"]["all"][number] | undefined {
  const agreement = policy.agreements.byId(String(id), now);
  if (agreement === undefined) return undefined;
  return agreement.nation === nation || policy.groups.get(agreement.nation)?.members.includes(String(nation)) === true ? agreement : undefined;
}
