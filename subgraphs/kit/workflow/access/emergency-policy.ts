/** Demo policy of emergency access (domain.md D.4 45; no statute sets these figures): how long the review may take, and who sees what was done. */
import type { OrgPath } from "../../../../schema/label";

/** Days after the end of an access within which a third person must have reviewed it. */
export const REVIEW_DAYS = 7;
/** Oversight reads every emergency access. */
export const OVERSIGHT_BODY: OrgPath = "JPN.CAO.OPRA";
/** For which an emergency access may be read: to respond, to decide on access, to answer for the designation, to oversee. */
export const EMERGENCY_PURPOSES = ["ACCESS-DECISION", "DESIGNATION", "INCIDENT", "OVERSIGHT"] as const;
export const FINDINGS = ["JUSTIFIED", "NOT_JUSTIFIED", "EXCEEDED"] as const;
