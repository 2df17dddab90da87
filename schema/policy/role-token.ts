/**
 * Floors that ask for a role (SPEC 3.10, 5.17): such a floor has a token, and the token is held by whoever holds the role over any body now, and by nobody else. So a role narrows what may be known of
 * the schema in the one lattice, with the one decision; it never permits anything that is refused without it.
 */
import { canonical, type LabelCore, POLICY_ID } from "../label";
import { PolicyError } from "./policy-error";
import type { Role } from "./subject";

/** Tokens that begin so are nobody's to assign. */
const PREFIX = "ROLE.";
const ROLES: readonly string[] = ["PROPOSE", "APPROVE", "GRANT", "DECLASSIFY", "EXPLAIN", "SIMULATE", "BREAK_GLASS", "POLICY", "VET", "AUDIT", "RELEASE"] satisfies readonly Role["role"][];

/** The token of a role. */
export function roleToken(role: string): string { return `${PREFIX}${role}`; }

export function isRoleToken(token: string): boolean { return token.startsWith(PREFIX); }

/** The role that a token stands for. */
export function roleOfToken(token: string): string { return token.slice(PREFIX.length); }

/**
 * What one `@role(name:)` adds to a floor.
 * @throws PolicyError for a role that nobody can hold: a schema with such a floor is refused
 */
export function roleFloorOf({ name }: { readonly name?: unknown }): LabelCore {
  if (typeof name !== "string" || !ROLES.includes(name)) throw new PolicyError("@role(name:)", `unknown: ${String(name)}; known are ${ROLES.join(", ")}`);
  return canonical({ policy: POLICY_ID, level: 0, regimes: [], need: [roleToken(name)], owners: {}, purposes: "ALL", handling: [] });
}
