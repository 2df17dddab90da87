/**
 * Labels of what the registers hold, which come without labels of their own (SPEC 6, decision 0005): entries of matters, people,
 * eligibilities, assignments. Facts about data, not decisions: who may read them is decided by the one `decide`.
 */
import type { LabelCore, OrgPath } from "../../schema/label";
import type { MatterData } from "./database/data";

/** For what the outcome of a vetting may be read: granting access, complaints, oversight, vetting itself; never personnel matters. */
export const VETTING_PURPOSES = ["ACCESS-DECISION", "COMPLAINT", "OVERSIGHT", "VETTING"] as const;

const POLICY = "JPN-GOV-DEMO" as const;
const japanOnly = { rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false } as const;

/** A matter's entry is read by those assigned to its token; only they learn the token, which may be a codeword. */
export function matterLabel(matter: Pick<MatterData, "existenceLevel" | "issuer" | "rel" | "token">): LabelCore {
  const { existenceLevel: level, issuer, rel } = matter;
  return {
    policy: POLICY, level, regimes: level === 0 ? [] : level === 1 ? ["CUI"] : ["DOC"], need: [matter.token],
    owners: { [issuer]: { rel, disp: rel, dist: "ALL", orcon: false } }, purposes: "ALL", handling: [],
  };
}

/** Personal data, for Japanese bodies. */
export function personLabel(): LabelCore {
  return { policy: POLICY, level: 1, regimes: ["CUI"], need: [], owners: { "JPN.CAO": japanOnly }, purposes: "ALL", handling: ["CUI:PRVCY"] };
}

/** Outcome of a vetting, or access that has ended. */
export function vettingLabel(grantedBy: OrgPath): LabelCore {
  return { policy: POLICY, level: 1, regimes: ["VET"], need: [], owners: { [grantedBy]: japanOnly }, purposes: VETTING_PURPOSES, handling: ["CUI:PRVCY"] };
}

/** Who is assigned to a token is known to those assigned to it. */
export function assignmentLabel(token: string, issuer: OrgPath): LabelCore {
  return { policy: POLICY, level: 1, regimes: ["CUI"], need: [token], owners: { [issuer]: japanOnly }, purposes: "ALL", handling: [] };
}
