/**
 * Compilation rules (SPEC 15.46, labels.md R2) on what a product is made of: together sources may tell what none of them tells. Takes the labels of the sources; gives what their combination adds. Every rule
 * is monotone: one more source never takes anything away; and what goes into a product goes on counting in everything that is made of it.
 */
import { type LabelCore, canonical, isForeignOwner, isUnder, joinAll } from "../../../../schema/label";
import { COMPILED_MINISTRIES, COMPILED_SITES } from "./cycle-policy";

/** A source with the number of things that it was itself made of. */
export interface Compiled { readonly label: LabelCore; readonly parts: number }

interface CompilationRule { readonly name: string; readonly holds: (sources: readonly Compiled[]) => boolean; readonly adds: LabelCore }

/** A secret document of the lowest grade, whoever its owners are. */
const CONFIDENTIAL: LabelCore = canonical({ policy: "JPN-GOV-DEMO", level: 2, regimes: ["DOC"], need: [], owners: {}, purposes: "ALL", handling: [] });

/** The ministry that a Japanese owner belongs to: the first name below the nation. */
function ministryOf(owner: string): string { return owner.split(".").slice(0, 2).join("."); }

/** Ministries whose information is in it, but the one that makes it; firms count as one. */
export function ministriesIn(sources: readonly Compiled[], maker: string): readonly string[] {
  const owners = sources.flatMap(({ label }) => Object.keys(label.owners)).filter((owner) => !isForeignOwner(owner) && !isUnder(owner, maker));
  return [...new Set(owners.map(ministryOf))].sort();
}

/** Things about critical infrastructure in it. */
export function sitesIn(sources: readonly Compiled[]): number {
  return sources.filter(({ label }) => label.handling.includes("CUI:CRIT-INFRA")).reduce((sum, { parts }) => sum + parts, 0);
}

export function compilationRules(maker: string): readonly CompilationRule[] {
  return [
    { name: "ALL_SOURCE", holds: (sources) => ministriesIn(sources, maker).length >= COMPILED_MINISTRIES, adds: CONFIDENTIAL },
    { name: "SITES", holds: (sources) => sitesIn(sources) >= COMPILED_SITES, adds: CONFIDENTIAL },
  ];
}

/** What the combination adds to the join of its parts; nothing where no rule holds. */
export function compilationOf(sources: readonly Compiled[], maker: string): readonly LabelCore[] {
  return compilationRules(maker).filter(({ holds }) => holds(sources)).map(({ adds }) => adds);
}

/** The least label of something made of these sources. */
export function compiledLabel(sources: readonly Compiled[], maker: string): LabelCore { return joinAll([...sources.map(({ label }) => label), ...compilationOf(sources, maker)]); }
