/** Demo policy of the intelligence cycle (domain.md D.5 42-43; no statute sets these figures) and its closed lists. */
import type { OrgPath } from "../../../../schema/label";

/** Years for which a requirement may be open. */
export const LONGEST_YEARS = 1;
/** The body that tasks and makes products, and must be able to read every answer. */
export const TASKING_BODY: OrgPath = "JPN.CAS";
/** Why a ministry may decline: nothing else, so that refusals can be counted (D.5 43). */
export const DECLINE_REASONS = ["NOT_HELD", "NO_AUTHORITY", "LEGAL_BAR", "SOURCE_PROTECTION", "ORIGINATOR_CONTROL", "CAPACITY"] as const;
export const OUTCOMES = ["ANSWERED", "REUSED", "NO_LONGER_NEEDED"] as const;
/** Reliability of a source, from reliable to not to be judged. */
export const RELIABILITY = ["A", "B", "C", "D", "E", "F"] as const;
export const PRODUCT_KINDS = ["ASSESSMENT", "ATTRIBUTION", "WARNING"] as const;
/** Ministries from which together a picture arises that none of them has (labels.md R2). */
export const COMPILED_MINISTRIES = 3;
/** Things about critical infrastructure that together are a map of it (labels.md R2: five supply sites of one operator). */
export const COMPILED_SITES = 5;
export const USEFULNESS = ["MET", "PARTLY_MET", "NOT_MET"] as const;
/** For which a refusal to answer may be read. */
export const CYCLE_PURPOSES = ["ANALYSIS", "REQUIREMENTS"] as const;
