/**
 * The static label of one `@label` application (SPEC 5.2). Takes the arguments of the directive; gives a core in normal form.
 * From level CUI on an owner and a release list are never left open: JPN and [JPN] stand where none is named.
 */
import { canonical, POLICY_ID, type LabelCore, type Level, type Regime } from "../label";
import { PolicyError } from "./policy-error";

export interface LabelArguments {
  readonly level?: string | null | undefined;
  readonly regimes?: readonly string[] | null | undefined;
  readonly owner?: string | null | undefined;
  readonly rel?: readonly string[] | null | undefined;
  readonly dist?: readonly string[] | null | undefined;
  readonly purposes?: readonly string[] | null | undefined;
}

const LEVELS: readonly string[] = ["PUBLIC", "CUI", "CONFIDENTIAL", "SECRET", "TOP_SECRET"];
const REGIMES: readonly Regime[] = ["SDS", "MDA", "CESI", "EQS", "MODS", "DOC", "NPS", "PAT", "CUI", "VET"];

function isRegime(code: string): code is Regime {
  return REGIMES.some((regime) => regime === code);
}

/** Throws PolicyError for an unknown level, regime, nation or owner: a schema with such a label is refused. */
export function floorOf(given: LabelArguments): LabelCore {
  const level = LEVELS.indexOf(given.level ?? "PUBLIC") as Level | -1;
  if (level === -1) throw new PolicyError("@label(level:)", `unknown: ${given.level}; known are ${LEVELS.join(", ")}`);
  const regimes = given.regimes ?? [];
  for (const code of regimes) if (!isRegime(code)) throw new PolicyError("@label(regimes:)", `unknown: ${code}`);
  for (const nation of given.rel ?? []) {
    if (!/^[A-Z]{3}$/.test(nation)) throw new PolicyError("@label(rel:)", `not a nation: ${nation}; groups are written out`);
  }
  const owner = given.owner ?? "JPN";
  if (!/^[A-Z]{3,}(\.[A-Z0-9]+)*$/.test(owner)) throw new PolicyError("@label(owner:)", `not an owner: ${owner}`);
  const owned = level >= 1 || [given.owner, given.rel, given.dist].some((part) => part !== undefined && part !== null);
  const rel = given.rel ?? ["JPN"];
  return canonical({
    policy: POLICY_ID,
    level,
    regimes: regimes.filter(isRegime),
    need: [],
    owners: owned ? { [owner]: { rel, disp: rel, dist: given.dist ?? "ALL", orcon: false } } : {},
    purposes: given.purposes ?? "ALL",
    handling: [],
  });
}
