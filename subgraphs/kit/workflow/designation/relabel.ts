/**
 * Labels of designated information (SPEC 15.23). A designation adds to the label that a place had, and its end takes away what it added: never more. Takes cores, gives cores; who may do
 * it is not decided here.
 */
import { type LabelCore, join } from "../../../../schema/label";
import { HOLD_TOKEN, type Policy } from "../../../../schema/policy";

export type PlaceKind = "record" | "portion";

/**
 * The label of a place to which something more restrictive is added. A portion has no regime that its level cannot have: one that another of its regimes covers gives way, and the duty of
 * care of CUI is within that of any classified regime. Anything else stays, and the rules of labels refuse it.
 */
export function raiseCore(policy: Policy, core: LabelCore, by: LabelCore, kind: PlaceKind): LabelCore {
  const joined = join(core, by);
  if (kind === "record") return joined;
  const isAtHome = (code: LabelCore["regimes"][number]): boolean => policy.regimes.get(code)?.levels.includes(joined.level) === true;
  const isCovered = (code: LabelCore["regimes"][number]): boolean => code === "CUI" || joined.regimes.some((other) => other !== code && isAtHome(other) && policy.implications.get(other)?.includes(code) === true);
  return { ...joined, regimes: joined.regimes.filter((code) => isAtHome(code) || !isCovered(code)) };
}

/** What follows on the last day: the same for nobody but the office that reviews. */
export function heldCore(core: LabelCore): LabelCore { return join(core, { ...core, need: [HOLD_TOKEN] }); }

/** The label after the end of a designation: what the place had before, or more, with the mark of information that was designated. */
export function endedCore(policy: Policy, before: LabelCore, successor: LabelCore, regime: string, kind: PlaceKind): LabelCore {
  const ended = raiseCore(policy, before, successor, kind);
  return regime === "SDS" ? { ...ended, handling: [...new Set([...ended.handling, "EX-SDS"])].sort() } : ended;
}
