/**
 * Why a label is not written or not read (SPEC 16.9): a code that scripts may rely on, the path of the mistake, and what is wrong there.
 * The path is that of the XML element or attribute, `/originatorConfidentialityLabel/ConfidentialityInformation/Category[2]/@URI`.
 */
export const REFUSALS = [
  "XML_TOO_LARGE", "XML_ENCODING", "XML_MALFORMED", "XML_FORBIDDEN", "XML_TOO_DEEP", "NAMESPACE", "ELEMENT", "ATTRIBUTE", "TEXT", "DATE", "REVIEW_MISSING",
  "POLICY_UNKNOWN", "CLASSIFICATION_UNKNOWN", "CATEGORY_UNKNOWN", "CATEGORY_TWICE", "CATEGORY_VALUE", "CATEGORY_MISSING", "CONTRADICTION", "RELEASE_MISSING",
  "EXISTENCE_ABOVE", "ID_MISMATCH", "DOCUMENT_UNEXPECTED", "UNREADABLE", "NOT_CARRIED", "INVALID", "NOT_IN_FORCE", "NO_AGREEMENT", "NOT_RELEASABLE", "NO_EQUIVALENT",
  "NEED_TO_KNOW", "ORIGINATOR_CONTROL", "PURPOSE", "NOT_RELEASED_TO_US", "SUCCESSION_RAISES", "ORIGINAL_WIDENED", "ORIGINAL_MISSING",
] as const;
export type Refusal = (typeof REFUSALS)[number];

/** Thrown by everything in this folder; a label that is refused is not half written or half read. */
export class ExchangeError extends Error {
  override readonly name = "ExchangeError";
  constructor(readonly code: Refusal, readonly path: string, readonly problem: string) {
    super(`${code} at ${path}: ${problem}`);
  }
}
