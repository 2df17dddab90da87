/** Demo policy of incidents (domain.md D.5 45, 48; no statute sets these figures). */

/** Days after the full report within which the shareable version is due. */
export const SHAREABLE_DAYS = 3;
/** Days for which a compartment is opened or extended at a time. */
export const COMPARTMENT_DAYS = 30;
/** Members beyond whom it is no compartment. */
export const MOST_MEMBERS = 50;
export const INCIDENT_CATEGORIES = ["CUI:CRIT-INFRA", "CUI:FIN", "CUI:TRANS", "CUI:NUC", "CUI:PROPIN"] as const;
