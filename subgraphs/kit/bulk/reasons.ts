/** Why a line of an import is not taken in (SPEC 17.5): a closed list. What is hidden from the asker has the reason of what does not exist. */
export const REASONS = [
  "COLUMN_UNKNOWN", "COLUMN_TWICE", "COLUMN_MISSING", "CELLS", "MISSING", "VALUE", "CODE_UNKNOWN", "LABEL_TEXT", "V1", "V2", "V3", "V4", "V5", "V6", "V7", "V8", "V9", "V10", "V11", "TOKEN_UNKNOWN",
  "PORTION_ABOVE", "RELEASE", "NOT_PERMITTED", "OWNER", "ROLE", "TWICE", "EXISTS", "LINES", "STATE", "LABEL", "LIMIT", "INPUT", "FOUR_EYES", "KEY", "STALE",
] as const;
export type Reason = (typeof REASONS)[number];

const KNOWN: ReadonlySet<string> = new Set(REASONS);

/** The reason that a rule of labels stands for: a code nobody knows has no number. */
export function reasonOfRule(rule: string): Reason { return KNOWN.has(rule) ? rule as Reason : "CODE_UNKNOWN"; }

/** The reason that a refusal of a step stands for. */
export function reasonOfRefusal(code: string): Reason {
  const reason = code === "BAD_USER_INPUT" ? "INPUT" : code.replace(/^REFUSED_/, "");
  return KNOWN.has(reason) ? reason as Reason : "STATE";
}
