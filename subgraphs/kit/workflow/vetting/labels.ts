/**
 * Labels of what belongs to a vetting (SPEC 15.31). One item, one audience: who asks for a vetting, the person, the investigators, the complaint office and the ministry each read what is
 * theirs. Purposes of personnel matters are in none of them.
 */
import { type LabelCore, type Level, type OrgPath, isUnder } from "../../../../schema/label";
import type { Floor } from "../../labels";
import type { MinistryDefinition } from "../../definition";

export const CABINET_OFFICE = "JPN.CAO";
const POLICY = "JPN-GOV-DEMO" as const;

export const REQUEST_PURPOSES = ["ACCESS-DECISION", "VETTING"] as const;
export const CONSENT_PURPOSES = ["COMPLAINT", "OVERSIGHT", "SELF-ACCESS", "VETTING"] as const;
export const FILE_PURPOSES = ["OVERSIGHT", "VETTING"] as const;
export const RESULT_PURPOSES = ["ACCESS-DECISION", "SELF-ACCESS", "VETTING"] as const;
export const DECISION_PURPOSES = ["ACCESS-DECISION", "OVERSIGHT"] as const;
export const OUTCOME_PURPOSES = ["ACCESS-DECISION", "COMPLAINT", "OVERSIGHT", "SELF-ACCESS"] as const;
export const COMPLAINT_PURPOSES = ["COMPLAINT", "OVERSIGHT", "SELF-ACCESS"] as const;
export const REPORT_PURPOSES = ["ACCESS-DECISION", "SELF-ACCESS", "VETTING"] as const;
export const SIGNAL_PURPOSES = ["ACCESS-DECISION", "VETTING"] as const;

/** Firms' people are vetted by the ministry that gives the firm the information, for work in the firm. */
export const FIRMS = "JPN.PRV";

/** Bodies to which what concerns a person goes: the investigators', the body for which they are to work, and where they are now. */
export function bodiesOf({ employer, home }: { readonly employer?: unknown; readonly home?: unknown }): readonly OrgPath[] { return [CABINET_OFFICE, String(employer), ...(typeof home === "string" ? [home] : [])]; }

interface Audience { readonly owner?: OrgPath; readonly level?: Level; readonly need?: readonly string[]; readonly dist: readonly OrgPath[]; readonly purposes: readonly string[] }

/** Vetting information for these bodies and purposes, and where a case is named, for those assigned to it. */
export function vettingLabelFor({ owner = CABINET_OFFICE, level = 1, need = [], dist, purposes }: Audience): LabelCore {
  return {
    policy: POLICY, level, regimes: ["VET"], need, owners: { [owner]: { rel: ["JPN"], disp: ["JPN"], dist: bodies(dist), orcon: false } }, purposes: [...purposes].sort(), handling: ["CUI:PRVCY"],
  };
}

/** The register of former access is for oversight alone. */
export function formerAccessLabel(owner: OrgPath): LabelCore { return vettingLabelFor({ owner, dist: [owner, CABINET_OFFICE], purposes: ["OVERSIGHT"] }); }

/** The case itself is known to nobody but those assigned to it. */
export function caseLabel(token: string, issuer: OrgPath): LabelCore {
  return { policy: POLICY, level: 1, regimes: ["CUI"], need: [token], owners: { [issuer]: { rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false } }, purposes: "ALL", handling: ["CUI:PRVCY"] };
}

/** Without vetting eligibility, or without one of the purposes, people do not even have the types. */
export function vettingFloor(purposes: readonly string[]): Floor { return { level: "CUI", regimes: ["VET"], owner: "JPN", rel: ["JPN"], purposes: [...purposes].sort() }; }

export function isCabinetOffice({ org }: MinistryDefinition): boolean { return org === CABINET_OFFICE; }

/** Sorted, without those below another one of them. */
function bodies(all: readonly OrgPath[]): readonly OrgPath[] {
  const distinct = [...new Set(all)].sort();
  return distinct.filter((org) => !distinct.some((other) => other !== org && isUnder(org, other)));
}
