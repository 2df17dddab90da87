/**
 * Building a subject from what the ministries state, and narrowing it (SPEC 3.3-3.8). The contractor's conditions are filters here,
 * so that `decide` has no contractor branch: an assignment that does not count is not in the subject, and one that counts only for
 * a time is cut to that time. Only ever takes away.
 */
import type { OrgPath } from "../label";
import { endOfDay, startOfDay } from "./days";
import type { Policy } from "./policy";
import type { Assignment, Eligibility, Facility, OrconGrant, Role, Subject } from "./subject";
import type { Suspended } from "./suspended";

/** What all ministries together state about one subject; entries may carry further members, which are dropped. */
export interface StandingParts {
  readonly subject: Pick<Subject, "id" | "kind" | "nation" | "org" | "hostOrg" | "purposes">;
  readonly eligibilities: readonly Eligibility[];
  readonly assignments: readonly Assignment[];
  readonly roles: readonly Role[];
  readonly facility?: Facility | undefined;
  readonly attestation?: { readonly agreementId: string; readonly attestedLevel: NonNullable<Subject["attestedLevel"]> } | undefined;
  readonly orconGrants?: readonly OrconGrant[] | undefined;
  /** Agreements that do not count now (3.14). */
  readonly suspendedAgreements: Suspended;
}

export interface StandingPlace {
  /** Site of the client that the request comes from. */
  readonly site: string | undefined;
  /** The body that issued a token; undefined for a token nobody issued. */
  readonly issuerOf: (token: string) => OrgPath | undefined;
}

/** A personnel officer's purpose, and those of vettings that nobody has beside it (SPEC 3.15), whoever states them. What is kept about themselves stays theirs to read. */
const PERSONNEL = "PERSONNEL";
const OF_VETTINGS: ReadonlySet<string> = new Set(["VETTING", "ACCESS-DECISION", "COMPLAINT"]);

function withoutVettings(purposes: readonly string[]): readonly string[] {
  return purposes.includes(PERSONNEL) ? purposes.filter((purpose) => !OF_VETTINGS.has(purpose)) : purposes;
}

/** The subject that a decision is about. */
export function withStanding(policy: Policy, parts: StandingParts, place: StandingPlace): Subject {
  const { id, kind, nation, org, hostOrg, purposes } = parts.subject;
  const { facility, attestation, orconGrants, suspendedAgreements } = parts;
  const eligibilities = parts.eligibilities.map(pickEligibility);
  const assignments = kind === "contractor"
    ? parts.assignments.flatMap((held) => countForContractor(held, facility, eligibilities, place))
    : parts.assignments.map(pickAssignment);
  const agreement = attestation === undefined ? undefined : policy.agreements.all.filter((entry) => entry.id === attestation.agreementId).at(-1);
  return {
    id, kind, nation, purposes: withoutVettings(purposes), eligibilities, assignments,
    roles: parts.roles.map(({ role, org: over, from, until, grantedBy }) => ({ role, org: over, from, until, grantedBy })),
    ...(org === undefined ? {} : { org }),
    ...(hostOrg === undefined ? {} : { hostOrg }),
    ...(facility === undefined ? {} : { facility: pickFacility(facility) }),
    ...(attestation === undefined ? {} : { agreementId: attestation.agreementId, attestedLevel: attestation.attestedLevel }),
    ...(agreement === undefined ? {} : { agreementRegimes: [...agreement.regimes].sort() }),
    ...(suspendedAgreements.length === 0 ? {} : { suspendedAgreements }),
    ...(orconGrants === undefined ? {} : { orconGrants }),
  };
}

/** `Kanmon-Case`: every assignment but the one to that token is left out. */
export function narrowByCase(subject: Subject, token: string): Subject {
  return { ...subject, assignments: subject.assignments.filter((held) => held.token === token) };
}

/**
 * A contractor's assignment counts while the facility is valid and not under foreign control, at a listed site, under a listed
 * contract, and while the issuer of the token vouches with an eligibility of its own: once per such eligibility, cut to its days.
 */
function countForContractor(
  held: Assignment, facility: Facility | undefined, eligibilities: readonly Eligibility[], place: StandingPlace,
): readonly Assignment[] {
  if (facility === undefined || (facility.foci !== "NONE" && facility.foci !== "MITIGATED")) return [];
  if (place.site === undefined || !facility.sites.includes(place.site) || !facility.contracts.includes(held.token)) return [];
  const issuer = place.issuerOf(held.token);
  return eligibilities
    .filter((vouched) => issuer !== undefined && vouched.grantedBy === issuer && vouched.status === "ACTIVE")
    .map((vouched) => cut(held, vouched.notifiedOn, [vouched.validUntil, facility.validUntil]));
}

function cut(held: Assignment, from: string, untils: readonly string[]): Assignment {
  const later = startOfDay(from) > startOfDay(held.from) ? from : held.from;
  const earliest = untils.reduce((best, day) => (endOfDay(day) < endOfDay(best) ? day : best), held.until);
  return { ...pickAssignment(held), from: later, until: earliest };
}

function pickAssignment({ token, role, from, until, grantedBy, reason }: Assignment): Assignment {
  return { token, role, from, until, grantedBy, ...(reason === undefined ? {} : { reason }) };
}

function pickEligibility(held: Eligibility): Eligibility {
  const { regime, maxLevel, basis, grantedBy, usableAt, investigationId, notifiedOn, validUntil, status, consentId } = held;
  const known = { regime, maxLevel, basis, grantedBy, usableAt, notifiedOn, validUntil, status };
  return { ...known, ...(investigationId === undefined ? {} : { investigationId }), ...(consentId === undefined ? {} : { consentId }) };
}

function pickFacility({ id, level, foci, validUntil, sites, contracts }: Facility): Facility {
  return { id, level, foci, validUntil, sites, contracts };
}
