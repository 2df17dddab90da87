/**
 * May a value go out to a partner (SPEC 11.5, EQ5)? Needs the nation in rel*, an agreement in force and not suspended (3.14) whose scope covers the
 * regimes, and an out entry. A missing entry denies; PUBLIC without a regime needs no agreement, because it is nobody's to withhold.
 */
import type { LabelCore, Nation } from "../label";
import { highestOutward } from "./clearance";
import type { Policy } from "./policy";
import { agreementByNation, type Suspended } from "./suspended";

/** Takes one nation or registered group, as `Kanmon-Release-To` names it; `now` in milliseconds since the epoch. */
export function mayGoOut(policy: Policy, core: LabelCore, nation: Nation, now: number, suspended: Suspended): boolean {
  const members = policy.groups.get(nation)?.members ?? [nation];
  for (const owner in core.owners) {
    const rel = core.owners[owner]?.rel ?? [];
    if (rel !== "ALL" && !members.every((member) => rel.includes(member))) return false;
  }
  if (nation === "JPN" || (core.level === 0 && core.regimes.length === 0)) return true;
  const agreement = agreementByNation(policy, nation, now, suspended);
  if (agreement === undefined || core.level > highestOutward(agreement, 4)) return false;
  for (const regime of core.regimes) if (!agreement.regimes.has(regime)) return false;
  return true;
}
