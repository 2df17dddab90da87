/**
 * Figures of the vetting of people (SPEC 15.30-15.39): demo policy after the Act on the Protection of Specially Designated Secrets (Act 108 of 2013, SDS) and the Act on Critical
 * Economic Security Information (Act 27 of 2024, CESI). Not a government standard.
 */
import { addYears, shiftDate } from "../../../../schema/policy";

/** The regimes to which a vetting can lead. */
export const VETTED_REGIMES = ["CESI", "SDS"] as const;
export type VettedRegime = (typeof VETTED_REGIMES)[number];

/** What a notice has to name, all of it (Act 108 Art. 12(2), Act 27 Art. 12(2)). */
export const NOTICE_ITEMS = ["HARMFUL_ACTIVITY", "CRIMINAL_AND_DISCIPLINARY_RECORD", "MISHANDLING_OF_INFORMATION", "DRUGS", "MENTAL_ILLNESS", "DRINKING", "CREDIT"] as const;

/** Years for which an outcome holds, from the notice of the result: SDS per assessing agency (Act 108 Art. 11), CESI (Act 27 Art. 11). */
export const TERM_YEARS: Readonly<Record<VettedRegime, number>> = { SDS: 5, CESI: 10 };
/** Years for which an investigation may be relied upon. For CESI by any agency (Act 27 Art. 12); for SDS it has to be one made for this evaluation. */
export const INVESTIGATION_YEARS: Readonly<Record<VettedRegime, number>> = { SDS: 1, CESI: 10 };
/** The highest level to which an outcome opens. */
export const HIGHEST_LEVEL: Readonly<Record<VettedRegime, number>> = { SDS: 4, CESI: 2 };

/** How deeply is looked into a person, by the highest level for which they are to work: project choice, after the wish of 2023 for checks in proportion. The items of the notice are the same at every depth. */
export const DEPTHS = ["BASIC", "FULL", "EXTENDED"] as const;
const DEPTH_OF_LEVEL: Readonly<Record<number, (typeof DEPTHS)[number]>> = { 2: "BASIC", 3: "FULL", 4: "EXTENDED" };
const BASIC_CHECKS = ["QUESTIONNAIRE", "SUPERIOR", "PUBLIC_OFFICES"] as const;
const FULL_CHECKS = [...BASIC_CHECKS, "INTERVIEW", "COLLEAGUES"] as const;
export const CHECKS_OF_DEPTH: Readonly<Record<(typeof DEPTHS)[number], readonly string[]>> = { BASIC: BASIC_CHECKS, FULL: FULL_CHECKS, EXTENDED: [...FULL_CHECKS, "CREDIT_INQUIRY", "SECOND_INTERVIEW"] };

/** The level for which a person is vetted: the one asked for, else the highest to which the regimes can open. */
export function levelFor(regimes: readonly string[], asked: unknown): number {
  const highest = Math.max(...VETTED_REGIMES.filter((regime) => regimes.includes(regime)).map((regime) => HIGHEST_LEVEL[regime]));
  return typeof asked === "number" ? asked : highest;
}

/** A level of which nobody said how deep is looked into as the highest. */
export function depthFor(level: number): (typeof DEPTHS)[number] { return DEPTH_OF_LEVEL[level] ?? "EXTENDED"; }

/** The highest level that an investigation of this depth carries; one of which nobody knows how deep it was carries none. */
export function levelOf(depth: unknown): number { return Number(Object.entries(DEPTH_OF_LEVEL).find(([, known]) => known === depth)?.[0] ?? 0); }

/** Days before the end at which person and ministry are reminded. */
export const REMINDER_DAYS = 90;

/** Offices whose holders are not vetted (Act 108 Art. 11 proviso); they still need to be assigned. */
export const EXEMPT_OFFICES = ["HEAD_OF_ORGAN", "MINISTER", "DEPUTY_CHIEF_CABINET_SECRETARY", "SPECIAL_ADVISER_TO_THE_PRIME_MINISTER", "STATE_MINISTER", "PARLIAMENTARY_VICE_MINISTER", "PUBLIC_SAFETY_COMMISSIONER", "NUCLEAR_REGULATION_COMMISSIONER"] as const;
/** Years for which an exemption is written down at a time: offices change hands. */
export const EXEMPTION_YEARS = 1;
export const EXEMPT_CONSENT = "EXEMPT-ART11";

/** Years for which those who handle a case are assigned to it. */
export const CASE_YEARS = 1;
/** Years for which the person concerned may read their case. */
export const SELF_ACCESS_YEARS = 10;

/** Days of events that the rules of risk look back. */
export const RISK_WINDOW_DAYS = 365;

/** Last day of a term of years that begins today. */
export function lastDay(first: string, years: number): string { return shiftDate(addYears(first, years), -1); }

/**
 * Last day of an outcome: its own term, and for CESI no later than the investigation may be relied upon.
 * @returns nothing when the investigation is too old, or is of a day to come
 */
export function outcomeEnd(regime: VettedRegime, investigatedOn: string, notifiedOn: string): string | undefined {
  const reliable = lastDay(investigatedOn, INVESTIGATION_YEARS[regime]);
  if (investigatedOn > notifiedOn || reliable < notifiedOn) return undefined;
  const own = lastDay(notifiedOn, TERM_YEARS[regime]);
  return regime === "CESI" && reliable < own ? reliable : own;
}

/** The day on which a reminder is due: the reminder's days before the end, but not before today. */
export function reminderDay(validUntil: string, today: string): string {
  const day = shiftDate(validUntil, -REMINDER_DAYS);
  return day < today ? today : day;
}
