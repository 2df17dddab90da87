/**
 * The labels of the bench: two hundred different ones of the policy in force, spread over every (subgraph, thing) pair, all readable to the askers of the
 * bench and to the four ministries' accreditations. In the mode `withheld` every tenth thing carries a need token that nobody holds.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { LabelCore, Level, OwnerPolicy, Regime } from "../../../schema/label";
import { labelOf } from "../../../schema/policy";
import type { Labelling, LabelOf } from "./answer";
import { keyOf, type Thing } from "./data";
import { ROOT } from "../process";

export const DISTINCT_LABELS = 200;
/** A token no asker of the bench is assigned to. */
export const UNHELD_TOKEN = "BENCH-UNHELD";

const OWNERS = ["JPN.CAO", "JPN.CAS", "JPN.METI", "JPN.MOD"];
const PARTNERS = ["AUS", "CAN", "DEU", "FRA", "GBR", "ITA", "USA"];
const REGIMES: readonly (readonly Regime[])[] = [[], ["CUI"], ["DOC"]];

/** Text of the label specification that every labelled subgraph carries. */
export function directivesText(): string { return readFileSync(resolve(ROOT, "schema/directives.graphql"), "utf8"); }

/** True for about a tenth of the things: those that `withheld` withholds. Of each kind, in either size of the world, at least one. */
export function dropsWhenWithheld(thing: Thing): boolean { return Number(keyOf(thing).slice(2)) % (thing.__typename === "User" ? 6 : 9) === 3; }

/** The labelled edition of the subgraphs. */
export function labellingOf(mode: "permitted" | "withheld"): Labelling {
  return { directives: directivesText(), labelOf: labelsOf(mode), isAbove: (thing) => mode === "withheld" && dropsWhenWithheld(thing) };
}

export function labelsOf(mode: "permitted" | "withheld"): LabelOf {
  const open = Array.from({ length: DISTINCT_LABELS }, (_, at) => labelOf(coreOf(at, [])));
  const closed = Array.from({ length: DISTINCT_LABELS }, (_, at) => labelOf(coreOf(at, [UNHELD_TOKEN])));
  const given = new Map<string, number>();
  return (subgraph, thing) => {
    const pair = `${subgraph} ${keyOf(thing)}`;
    const at = given.get(pair) ?? given.size % DISTINCT_LABELS;
    given.set(pair, at);
    const from = mode === "withheld" && dropsWhenWithheld(thing) ? closed : open;
    const label = from[at];
    if (label === undefined) throw new RangeError(`no label ${at}`);
    return label;
  };
}

function coreOf(at: number, need: readonly string[]): LabelCore {
  const level = (at % 3) as Level;
  const owner = OWNERS[at % OWNERS.length] ?? "JPN";
  // The bits of the number choose the partners, so that no two labels are the same; a list of bodies on every other one.
  const rel = ["JPN", ...PARTNERS.filter((_, bit) => ((at >> bit) & 1) === 1)].sort();
  const own: OwnerPolicy = { rel, disp: at % 5 === 0 ? "ALL" : rel, dist: at % 2 === 0 ? "ALL" : [...OWNERS], orcon: false };
  const second: Record<string, OwnerPolicy> = at % 7 === 0 && owner !== "JPN.NPA" ? { "JPN.NPA": { rel, disp: rel, dist: "ALL", orcon: false } } : {};
  return { policy: "JPN-GOV-DEMO", level, regimes: REGIMES[level] ?? [], need, owners: { [owner]: own, ...second }, purposes: "ALL", handling: ["EXERCISE"] };
}
