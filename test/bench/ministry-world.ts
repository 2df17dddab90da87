/**
 * The world of `bench:ministry`, from a seed: labels of a ministry with thousands of designations, how its documents are spread over them, and subjects who see a thousandth, a
 * twentieth or most of it. Values only; the same numbers give the same world.
 */
import type { Label, LabelCore, Level, OrgPath } from "../../schema/label";
import { existenceOf, labelOf, startOfDay, type Eligibility, type Subject } from "../../schema/policy";
import type { Asker } from "../../subgraphs/kit/rows";

export interface WorldSize { readonly seed: number; readonly documents: number; readonly designations: number; readonly subjects: number }
/** Share of all documents that has this label, its title perhaps another one; `token` where a designation is needed. */
export interface Shelf { readonly label: Label; readonly title: Label; readonly weight: number; readonly token?: string; readonly level: Level; /** Nobody who is measured is assigned, and all of the newest is here. */ readonly isDeep: boolean }
export interface BenchWorld { readonly size: WorldSize; readonly shelves: readonly Shelf[]; readonly labels: readonly Label[]; readonly askers: readonly NamedAsker[] }
export interface NamedAsker { readonly kind: AskerKind; readonly asker: Asker }
export type AskerKind = "visitor" | "clerk" | "specialist" | "headquarters" | "officer";

/** Noon in Japan on the day of the bench. */
export const BENCH_NOON = startOfDay("2026-11-01") + 12 * 3_600_000;
export const ASKER_KINDS: readonly AskerKind[] = ["visitor", "clerk", "specialist", "headquarters", "officer"];
/** As many as a caller statement of 64 KiB has room for, roughly. */
const MOST_ASSIGNMENTS = 250;
const OPEN_SHELVES = { everywhere: 5, within: 20, headquarters: 25 };
const DOCUMENTS_PER_MILLE = { everywhere: 1, within: 30, headquarters: 560, designated: 409 };

/** A small generator of numbers below 1, the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function coreOf(level: Level, regimes: LabelCore["regimes"], need: readonly string[], dist: readonly OrgPath[] | "ALL", handling: readonly string[] = []): LabelCore {
  return { policy: "JPN-GOV-DEMO", level, regimes, need, owners: { "JPN.MOD": { rel: ["JPN"], disp: ["JPN"], dist, orcon: false } }, purposes: "ALL", handling };
}

const tokenOf = (at: number): string => `MOD-${2010 + at % 17}-${String(at).padStart(5, "0")}`;

/** Labels and how documents are spread over them: few open ones with many documents, and a designation each for the rest, a few of which have very many. */
function shelvesOf({ designations }: WorldSize): readonly Shelf[] {
  const open = (count: number, perMille: number, make: (at: number) => LabelCore): readonly Shelf[] => Array.from({ length: count }, (_, at) => {
    const core = make(at);
    const label = labelOf(core);
    return { label, title: label, weight: perMille / 1000 / count, level: core.level, isDeep: false };
  });
  const everywhere = open(OPEN_SHELVES.everywhere, DOCUMENTS_PER_MILLE.everywhere, (at) => coreOf(1, ["CUI"], [], "ALL", [`CUI:SERIES${at}`]));
  const within = open(OPEN_SHELVES.within, DOCUMENTS_PER_MILLE.within, (at) => coreOf(1, ["CUI"], [], ["JPN.MOD"], [`CUI:FILE${at}`]));
  const headquarters = open(OPEN_SHELVES.headquarters, DOCUMENTS_PER_MILLE.headquarters, (at) => coreOf(at % 5 === 0 ? 3 : 2, ["DOC"], [], ["JPN.MOD"], [`CUI:SERIES${at}`]));
  const sizes = Array.from({ length: designations }, (_, at) => 1 / (at + 30));
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const designated = sizes.map((size, at): Shelf => {
    const level: Level = at % 4 === 0 ? 4 : 3;
    const core = coreOf(level, ["SDS"], [tokenOf(at)], at % 3 === 0 ? ["JPN.METI", "JPN.MOD"] : ["JPN.MOD"]);
    // Of some everybody within may know that they exist, of some those who are cleared a little, of most only those assigned.
    const existenceLevel: Level | null = at % 20 === 7 ? 1 : at % 5 === 1 ? 2 : null;
    const existence = existenceOf(core, existenceLevel);
    const label = labelOf(core, { existence, lifecycle: { validUntil: "2030-03-31" } });
    const title = at % 10 === 3 ? within[at % within.length]?.label ?? label : label;
    return { label, title, weight: size / all * DOCUMENTS_PER_MILLE.designated / 1000, token: tokenOf(at), level, isDeep: existenceLevel === null && at % 7 === 3 && title === label };
  });
  return [...everywhere, ...within, ...headquarters, ...designated];
}

const held = (regime: Eligibility["regime"], maxLevel: Level, org: OrgPath): Eligibility =>
  ({ regime, maxLevel, basis: "ASSESSMENT", grantedBy: org, usableAt: [org], notifiedOn: "2024-04-01", validUntil: "2029-03-31", status: "ACTIVE" });

function askerOf(kind: AskerKind, at: number, shelves: readonly Shelf[], random: () => number): NamedAsker {
  const org = kind === "visitor" || kind === "specialist" ? "JPN.METI" : "JPN.MOD";
  const isCleared = kind === "specialist" || kind === "officer";
  const eligibilities = isCleared ? [held("SDS", 4, org)] : kind === "headquarters" ? [held("DOC", 3, org)] : [];
  const open = shelves.filter(({ token, isDeep, label }) => token !== undefined && !isDeep && (org === "JPN.MOD" || JSON.stringify(label.owners).includes(org)));
  // Tokens of the many small designations, of some large ones too.
  const tokens = new Set(isCleared ? Array.from({ length: MOST_ASSIGNMENTS }, () => open[Math.floor(random() * open.length)]?.token).filter((token) => token !== undefined) : []);
  const subject: Subject = {
    id: `${kind}-${at}`, kind: "official", nation: "JPN", org, eligibilities, roles: [], purposes: [],
    assignments: [...tokens].sort().map((token) => ({ token, role: "READER", from: "2026-01-01", until: "2027-12-31", grantedBy: "JPN.MOD" })),
  };
  return { kind, asker: { subject, action: "RETRIEVE", ctx: { zoneLevel: 4 }, digest: subject.id } };
}

/** The world of a size; everybody measured is the first of their kind. */
export function makeWorld(size: WorldSize): BenchWorld {
  const random = randomFrom(size.seed);
  const shelves = shelvesOf(size);
  const askers = Array.from({ length: Math.max(size.subjects, ASKER_KINDS.length) }, (_, at) => askerOf(ASKER_KINDS[at % ASKER_KINDS.length] ?? "clerk", at, shelves, random));
  return { size, shelves, labels: [...new Map(shelves.flatMap(({ label, title }) => [label, title]).map((label) => [label.id, label])).values()], askers };
}
