/**
 * What a ministry may keep (SPEC 15.2): labels within the accreditation that the policy gives its subgraph. Takes a core, gives whether level and regimes are within one of its accreditations; tokens, purposes
 * and lists of readers are of no concern here, as they only close a label further. A ministry without an accreditation keeps what is PUBLIC.
 */
import type { LabelCore, Regime } from "../../schema/label";
import { type Policy, clearanceAt } from "../../schema/policy";

/** What every ministry makes itself: its evaluations of people, at no more than this level (15.36). */
const OWN_REGIME: Regime = "VET";
const OWN_LEVEL = 1;

export function isAccreditedFor(policy: Policy, subgraph: string, { level, regimes }: Pick<LabelCore, "level" | "regimes">, now: number): boolean {
  if (level === 0 && regimes.length === 0) return true;
  return policy.members.accreditations(subgraph).some(({ subject, zoneLevel }) => {
    const { maxLevel, regimes: covered } = clearanceAt(policy, subject, now);
    return level <= Math.min(zoneLevel, maxLevel) && regimes.every((regime) => regime === "CUI" || covered.has(regime) || (regime === OWN_REGIME && level <= OWN_LEVEL));
  });
}
