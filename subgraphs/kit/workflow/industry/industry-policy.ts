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

export function isSound(foci: unknown): boolean { return foci === "NONE" || foci === "MITIGATED"; }

/** The day so many months later; the last of the month where that month has no such day. */
export function addMonths(day: string, months: number): string {
  const [year = 0, month = 1] = day.split("-").map(Number);
  const whole = year * 12 + month - 1 + months;
  const first = `${String(Math.floor(whole / 12)).padStart(4, "0")}-${String(whole % 12 + 1).padStart(2, "0")}`;
  return [day.slice(8), "30", "29", "28"].map((last) => `${first}-${last}`).find((candidate) => !Number.isNaN(startOfDay(candidate))) ?? day;
}
