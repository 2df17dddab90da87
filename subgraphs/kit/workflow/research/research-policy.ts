/** Demo policy of research-integrity checks (SPEC 15.55; domain.md D.3 31): what may be asked of a researcher, and what may come of it. Sources: the source papers ask for safety of mind; figures are this project's. */

/** All that a check may be about: what a researcher declares to the institution anyway. */
export const DECLARATIONS = ["AFFILIATIONS", "FUNDING", "FOREIGN_APPOINTMENTS", "COLLABORATIONS", "CONFLICTS_OF_INTEREST"] as const;
export const OUTCOMES = ["NO_CONCERN", "MEASURES_AGREED", "FOR_THE_INSTITUTION"] as const;
/** Days within which a check is answered and concluded. */
export const CHECK_DAYS = 60;
/** Years for which the researcher reads what is held, and the office works on it. */
export const READING_YEARS = 10;
export const CHECK_PURPOSES = ["RESEARCH-INTEGRITY", "SELF-ACCESS"] as const;

/** What numbers of vettings, investigations and consents look like: a check rests on nothing of that kind, and may not quote it. */
const OF_VETTING = /(?:VETCASE|VET|INV|CNS|CMP)[-_ ]?[0-9A-Z-]*[0-9]{3,}/;

/** Whether a text quotes a vetting; neither case nor width of letters makes a difference. */
export function quotesVetting(texts: readonly unknown[]): boolean {
  return texts.some((text) => typeof text === "string" && OF_VETTING.test(text.normalize("NFKC").toUpperCase()));
}
