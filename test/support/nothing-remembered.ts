/** Who owned which token before a gateway's start, where there was none before: for tests of what comes after that. */
import type { RememberedClaims } from "../../gateway/subject/token-owners";

export const NOTHING_REMEMBERED: RememberedClaims = { claimsOf: () => [], changed: () => undefined };
