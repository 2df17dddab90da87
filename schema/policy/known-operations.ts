/**
 * Whom the list of known operations binds (SPEC 19.1): whoever asks for a firm, person or machine. Takes the policy and who somebody is; looks at nothing that a request could say about itself, so
 * that no header and no client takes anybody out of it.
 */
import { isUnderAny } from "../label";
import type { Policy } from "./policy";
import type { Subject } from "./subject";

/** Whether a subject may ask known operations only. A liaison counts for the body that answers for them. */
export function isBoundToKnown({ knownOperations: { kinds, orgs } }: Pick<Policy, "knownOperations">, { kind, org, hostOrg }: Pick<Subject, "kind" | "org" | "hostOrg">): boolean {
  return kinds.some((bound) => bound === kind) || [org, hostOrg].some((home) => home !== undefined && isUnderAny(home, orgs));
}
