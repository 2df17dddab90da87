/** Who asks, and what is currently true of them: their standing (SPEC 3). Values only. */
import type { Level, Nation, OrgPath, Regime } from "../label";
import type { Suspended } from "./suspended";

export interface Eligibility {
  readonly regime: Regime;
  readonly maxLevel: Level;
  readonly basis: "ASSESSMENT" | "OFFICE_EXEMPT" | "FOREIGN_ATTESTATION";
  readonly grantedBy: OrgPath;
  readonly usableAt: readonly OrgPath[];
  readonly investigationId?: string;
  readonly notifiedOn: string;
  readonly validUntil: string;
  readonly status: "ACTIVE" | "SUSPENDED" | "WITHDRAWN" | "EXPIRED";
  /** The assessing agency's own: gateways hold none. */
  readonly consentId?: string;
}
export interface Assignment {
  readonly token: string;
  readonly role: "HANDLER" | "MANAGER" | "READER" | "SELF";
  readonly from: string;
  readonly until: string;
  readonly grantedBy: string;
  /** The issuer's own: gateways hold none. */
  readonly reason?: string;
}
export interface Role {
  readonly role: "PROPOSE" | "APPROVE" | "GRANT" | "DECLASSIFY" | "EXPLAIN" | "SIMULATE" | "BREAK_GLASS" | "POLICY" | "VET" | "AUDIT" | "RELEASE";
  readonly org: OrgPath;
  readonly from: string;
  readonly until: string;
  readonly grantedBy: string;
}
export interface Facility {
  readonly id: string;
  readonly level: Level;
  readonly foci: "NONE" | "MITIGATED" | "UNDER_REVIEW" | "UNMITIGATED";
  readonly validUntil: string;
  readonly sites: readonly string[];
  readonly contracts: readonly string[];
}
/** An owner's recorded grant that lifts originator control for one action (decision rule 6). */
export interface OrconGrant { readonly owner: string; readonly action: "EXPORT" | "DERIVE"; readonly item: string; readonly until: string }

export interface Subject {
  readonly id: string;
  readonly kind: "official" | "contractor" | "liaison" | "system" | "subgraph";
  /** Government represented, not citizenship. */
  readonly nation: Nation;
  /** Home node; a liaison has `hostOrg` instead. */
  readonly org?: OrgPath;
  readonly hostOrg?: OrgPath;
  readonly facility?: Facility;
  readonly eligibilities: readonly Eligibility[];
  readonly assignments: readonly Assignment[];
  readonly roles: readonly Role[];
  readonly purposes: readonly string[];
  readonly agreementId?: string;
  readonly agreementRegimes?: readonly Regime[];
  readonly attestedLevel?: Level;
  /** Agreements that do not count now, the subject's own or those by which a value would go out; absent where none is suspended. */
  readonly suspendedAgreements?: Suspended;
  readonly orconGrants?: readonly OrconGrant[];
}

export type Action = "VIEW" | "RETRIEVE" | "EXPORT" | "DERIVE" | "WRITE";

/** Circumstances of one request; everything in it only narrows. */
export interface DecisionContext {
  /** Milliseconds since the epoch; dates in standing are Japan days, inclusive. */
  readonly now: number;
  /** Level of the device and network; already lowered by `Kanmon-Ceiling`. */
  readonly zoneLevel: Level;
  readonly site?: string;
  /** The one declared purpose. */
  readonly purpose?: string;
  /** Every nation named by `Kanmon-Release-To` must be able to receive the value too. */
  readonly releaseTo?: readonly Nation[];
  /** Item named for EXPORT or DERIVE. */
  readonly item?: string;
  /** In a simulation: who is shown the answer. Whatever is permitted must be permitted to both (4.16). */
  readonly observer?: Observer;
}
/** The officer who watches a simulation, in circumstances of their own. `at`: the later instant that the simulation is about, milliseconds since the epoch. */
export interface Observer extends Omit<DecisionContext, "now" | "observer" | "item"> { readonly subject: Subject; readonly at?: number }

/** `clause` is the SPEC rule that failed, `component` the failing part of the label; for officers and evidence, never for clients. */
export interface Reason { readonly clause: string; readonly component: string }

/** `until`: milliseconds since the epoch at which the outcome may change by itself (earliest validity involved). */
export type Decision =
  | { readonly outcome: "permit"; readonly until: number }
  | { readonly outcome: "redact"; readonly until: number; readonly reasons: readonly Reason[] }
  | { readonly outcome: "hide"; readonly until: number; readonly reasons: readonly Reason[] };
