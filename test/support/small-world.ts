/**
 * All labels of a policy small enough to be exhausted (two or three values per part), closed under join.
 * Laws proved over it hold for every combination of parts, not for samples.
 */
import { canonical, type LabelCore, type Level, type OwnerPolicy, type Regime } from "../../schema/label";

const LEVELS: readonly Level[] = [0, 3];
const REGIMES: readonly (readonly Regime[])[] = [[], ["SDS"], ["CESI"], ["CESI", "SDS"]];
const NEED: readonly (readonly string[])[] = [[], ["MOD-2024-017"]];
const PURPOSES: readonly (readonly string[] | "ALL")[] = ["ALL", ["VETTING"]];

const owner = (rel: OwnerPolicy["rel"], disp: OwnerPolicy["disp"], dist: OwnerPolicy["dist"], orcon: boolean): OwnerPolicy => ({ rel, disp, dist, orcon });

const OWNERS: readonly LabelCore["owners"][] = [
  {},
  { "JPN.MOD": owner("ALL", "ALL", "ALL", false) },
  { "JPN.MOD": owner(["JPN", "USA"], ["JPN", "USA"], "ALL", false) },
  { "JPN.MOD": owner(["AUS", "JPN"], ["AUS", "JPN", "USA"], ["JPN.MOD"], false) },
  { "JPN.MOD": owner(["JPN"], ["JPN", "USA"], ["JPN.MOD"], true) },
  { "JPN.MOD": owner(["JPN"], ["JPN"], ["JPN.MOD.JS"], false) },
  { "JPN.MOD": owner([], [], [], true) },
  { USA: owner(["JPN", "USA"], ["JPN", "USA"], "ALL", false) },
  { "JPN.MOD": owner(["JPN", "USA"], ["JPN", "USA"], ["JPN.MOD"], false), USA: owner(["JPN"], ["JPN"], ["JPN.METI"], true) },
];

function combine(owners: readonly LabelCore["owners"][]): readonly LabelCore[] {
  return LEVELS.flatMap((level) => REGIMES.flatMap((regimes) => NEED.flatMap((need) => PURPOSES.flatMap((purposes) =>
    owners.map((own) => canonical({ level, regimes, need, purposes, owners: own, handling: [] }))))));
}

/** Every combination: 288 labels, for laws about pairs. */
export const everyLabel: readonly LabelCore[] = combine(OWNERS);

/** Every seventh of them (seven divides no count of values, so every value occurs), for laws about triples. */
export const fewLabels: readonly LabelCore[] = everyLabel.filter((_, at) => at % 7 === 0);
