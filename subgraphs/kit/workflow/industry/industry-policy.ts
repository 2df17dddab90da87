/**
 * Demo policy of the industry workflows (SPEC 15.60-15.66): figures and lists. Those of the law are in force as read in public sources; thresholds of foreign ownership and the term of
 * a certificate are this project's choices, because the text of the implementing rules was not to hand.
 */
import { type Facility, startOfDay } from "../../../../schema/policy";

/** Years for which a facility is certified at a time: demo policy, the term of an agreement with a contractor. */
export const CERTIFICATE_YEARS = 5;

/** Months of the first screening of a patent application (Act 43 of 2022, chapter 5: three months at the Patent Office). */
export const SCREENING_MONTHS = 3;

/** Years for which an invention is designated at a time; renewed yearly (same chapter: at most one year). */
export const PRESERVATION_YEARS = 1;

/** Days within which a report of a suspicious approach is assessed: demo policy. */
export const TRIAGE_DAYS = 14;

/** What an assessment of foreign ownership, control or influence may say. Only the first two leave access. */
export const FOCI = ["NONE", "MITIGATED", "UNDER_REVIEW", "UNMITIGATED"] as const satisfies readonly Facility["foci"][];

/** Levels at which a facility is certified: class D and E information (CUI) needs no certificate. */
export const FACILITY_LEVELS: readonly number[] = [2, 3, 4];

/** What about a firm must be reported before it changes (Act 27 of 2024, guideline for contractors: changes are reported beforehand). */
export const CHANGES = ["OWNERSHIP", "OFFICERS", "FOREIGN_REVENUE", "SITES", "SAFEGUARDS"] as const;

/** Years for which a zone is attested at a time: demo policy. */
export const ZONE_YEARS = 3;

/** Levels up to which a zone is attested; nothing above SECRET is worked on at a firm: demo policy. */
export const ZONE_LEVELS: readonly number[] = [1, 2, 3];

/** By which rules a zone is looked at (domain.md A.4: class C and D follow NIST SP 800-171 and 172, the contractor standard of the Ministry of Defense follows 800-171). */
export const ZONE_STANDARDS = ["DEFENSE_CONTRACTOR", "NIST_SP_800_171", "NIST_SP_800_172"] as const;

/** Years for which a firm shares an item at a time, until it says so again: demo policy. */
export const SHARING_YEARS = 5;

/** Days within which a firm is asked to answer at the latest: demo policy. A firm is never bound to answer (domain.md D.3 27, 29). */
export const LONGEST_ASKING_DAYS = 90;

/**
 * Caveat of what a firm keeps as its secret. Reference: Unfair Competition Prevention Act, art. 2(6): kept secret, useful, not publicly known (domain.md D.3 34); what a firm shares carries it, whoever had it
 * in hand, and whether it is a trade secret in the sense of that act is for the courts.
 */
export const TRADE_SECRET = "CUI:PROPIN";

export function isSound(foci: unknown): boolean { return foci === "NONE" || foci === "MITIGATED"; }

/** The day so many months later; the last of the month where that month has no such day. */
export function addMonths(day: string, months: number): string {
  const [year = 0, month = 1] = day.split("-").map(Number);
  const whole = year * 12 + month - 1 + months;
  const first = `${String(Math.floor(whole / 12)).padStart(4, "0")}-${String(whole % 12 + 1).padStart(2, "0")}`;
  return [day.slice(8), "30", "29", "28"].map((last) => `${first}-${last}`).find((candidate) => !Number.isNaN(startOfDay(candidate))) ?? day;
}
