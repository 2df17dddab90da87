/** How long a designation may last (SPEC 15.22). Takes days and what was decided about them; says whether the law allows it. */
import type { Regime } from "../../../../schema/label";
import { type Policy, addYears } from "../../../../schema/policy";
import { LONGEST_CLASSES, YEARS_WITHOUT_CABINET, YEARS_WITHOUT_CLASS } from "./demo-policy";

export interface Term {
  readonly regime: Regime;
  /** Day on which it is designated or extended. */
  readonly decidedOn: string;
  /** Day of the first designation of this information. */
  readonly firstOn: string;
  readonly until: string;
  readonly cabinetDecision?: unknown;
  readonly exemptClass?: unknown;
}

/** Regimes whose designation has no limit in law have none here either. */
export function isWithinLimits(policy: Policy, { regime, decidedOn, firstOn, until, cabinetDecision, exemptClass }: Term): boolean {
  if (until <= decidedOn) return false;
  const years = policy.regimes.get(regime)?.validity?.maxYears ?? null;
  if (years === null) return true;
  if (until > addYears(decidedOn, years)) return false;
  if (until > addYears(firstOn, YEARS_WITHOUT_CABINET) && typeof cabinetDecision !== "string") return false;
  return until <= addYears(firstOn, YEARS_WITHOUT_CLASS) || LONGEST_CLASSES.some((known) => known === exemptClass);
}
