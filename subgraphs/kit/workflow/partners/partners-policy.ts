/**
 * Demo policy of the partner workflows (SPEC 15.70-15.74): whose office they are, and figures. The days of a release decision are a target of this project: the source papers say only that
 * getting an answer took years.
 */
import { type Agreement, agreementById, agreementByNation, suspendedFor } from "../../../../schema/policy";
import { withRoleOver } from "../authority";
import type { StepContext } from "../declare";

/** Receives certificates of clearance from partners, and states which agreements are in force. */
export const FOREIGN_AFFAIRS = "JPN.MOFA";

/** Days within which a request for release is decided. */
export const DECISION_DAYS = 30;

/** Years for which a certificate of clearance, or for a visit, is taken at a time. */
export const CERTIFICATE_YEARS = 1;

/** Has the release office of the foreign ministry. */
export const foreignAffairs = withRoleOver(() => FOREIGN_AFFAIRS, "RELEASE");

/** Where a step is taken, as far as agreements are concerned. */
export type AgreementPlace = Pick<StepContext, "policy" | "now" | "asker">;

/** The agreement with a nation that is in force and not suspended, as far as the statement about whoever acts says. */
export function agreementInForce({ policy, now, asker: { subject } }: AgreementPlace, nation: string): Agreement | undefined { return agreementByNation(policy, nation, now, suspendedFor(subject)); }

/** The same by its id, if it covers the nation. */
export function agreementWith({ policy, now, asker: { subject } }: AgreementPlace, id: unknown, nation: unknown): Agreement | undefined {
  const agreement = agreementById(policy, String(id), now, suspendedFor(subject));
  if (agreement === undefined) return undefined;
  return agreement.nation === nation || policy.groups.get(agreement.nation)?.members.includes(String(nation)) === true ? agreement : undefined;
}
