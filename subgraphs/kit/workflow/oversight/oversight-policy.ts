/**
 * Figures of oversight and publication (SPEC 18): demo policy after the Act on the Protection of Specially Designated Secrets (Act 108 of 2013: Art. 18-19, report to the Diet; operating standard: inspections by the
 * Independent Public Records Administrator), the Information Disclosure Act (Act 42 of 1999: Art. 8, 10) and the Administrative Complaint Review Act (Act 68 of 2014: Art. 18). Summarised, and to be verified before it is relied on.
 */

/** Days within which a ministry answers a request of the oversight office; project choice. */
export const ANSWER_DAYS = 14;
/** Days for which a request may stand: what is inspected is inspected, not kept open; project choice. */
export const REQUEST_DAYS = 30;
/** Matters of one request: an inspection names what it is about; project choice. */
export const MOST_MATTERS = 5;
/** Why a ministry may say no to content (never to statistics); each has to be explained. */
export const GROUNDS = ["FOREIGN_CONSENT", "HUMAN_SOURCE", "ONGOING_OPERATION"] as const;

/**
 * Figures are told in steps of this many, and what is below one step, none included, is not told at all. Five, because the smaller published registers (a ministry with one, two or four designations) are those by which a
 * reader who knows the ministry finds the one designation; and not less for none, because a zero beside a figure that is withheld says that the other is not zero.
 */
export const STEP = 5;

/** Days in which a disclosure request is decided (Act 42 of 1999 Art. 10). */
export const DECISION_DAYS = 30;
/** Days in which the applicant may object (Act 68 of 2014 Art. 18: three months), during which nothing is ended or transferred. */
export const OBJECTION_DAYS = 92;
