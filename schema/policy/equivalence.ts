/**
 * Marks of partners (SPEC 11). Takes a mark and the agreement in force on the day, gives our level and regime, or our level and regime
 * and gives theirs. No entry means no: quarantine on receipt, denial on release; never the nearest.
 */
import { canonical, type LabelCore, type Level, type MarkingWords, type Nation, type Regime } from "../label";
import type { Policy } from "./policy";
import { mayGoOut } from "./outward";
import { NONE_SUSPENDED } from "./suspended";

export type Received =
  | { readonly ok: true; readonly core: LabelCore; readonly validUntil: "OWNER_CONSENT"; readonly duties: readonly string[]; readonly original: { readonly policy: string; readonly mark: string } }
  | { readonly ok: false; readonly quarantine: string };

export interface Receipt {
  readonly nation: Nation;
  readonly mark: string;
  /** The register entry under which it is kept from now on (EQ7). */
  readonly token: string;
  /** Nations the provider has released it to; JPN when it said nothing. */
  readonly rel?: readonly Nation[] | undefined;
}

/** EQ1, EQ7: the label of foreign information on the day it arrives. `now` in milliseconds since the epoch. */
export function receiveMark(policy: Policy, receipt: Receipt, now: number): Received {
  const agreement = policy.agreements.byNation(receipt.nation, now);
  if (agreement === undefined) return { ok: false, quarantine: `no agreement in force with ${receipt.nation}` };
  const entry = agreement.in.find((row) => row.mark === receipt.mark);
  if (entry === undefined) return { ok: false, quarantine: `${agreement.id} has no entry for the mark` };
  // R10: foreign information that is not classified is not ours to publish.
  const level = Math.max(1, entry.level) as Level;
  const rel = receipt.rel ?? ["JPN"];
  const core = canonical({
    level,
    regimes: [entry.regime ?? "CUI"],
    need: [receipt.token],
    owners: { [receipt.nation]: { rel, disp: rel, dist: "ALL", orcon: false } },
    purposes: "ALL",
    handling: [],
  });
  const original = { policy: `${agreement.id}@${agreement.version}`, mark: receipt.mark };
  return { ok: true, core, validUntil: "OWNER_CONSENT", duties: entry.duties ?? [], original };
}

/** The entry for one grade: EQ6, an SDS without a grade goes out as TOP SECRET. */
export function outMark(policy: Policy, nation: Nation, level: Level | null, regime: Regime, now: number): string | undefined {
  const wanted = level ?? (regime === "SDS" ? 4 : null);
  return policy.agreements.byNation(nation, now)?.out.find((row) => row.level === wanted && row.regime === regime)?.mark;
}

/**
 * The partner's mark of a value that may go out, by the entry of its level; undefined when it may not, or where the label has no mark
 * there (PUBLIC, or a level-1 part without a regime under an agreement that does not cover it).
 */
export function outwardMark(policy: Policy, core: LabelCore, nation: Nation, now: number): string | undefined {
  if (!mayGoOut(policy, core, nation, now, NONE_SUSPENDED)) return undefined;
  const rows = policy.agreements.byNation(nation, now)?.out.filter((row) => row.level === core.level) ?? [];
  return (rows.find((row) => core.regimes.includes(row.regime)) ?? rows[0])?.mark;
}

/** EQ2: both marks side by side, `SECRET / <our word> <equivalent>`; the original is kept beside ours, never instead of it. */
export function bothMarks(originalMark: string, core: LabelCore, words: MarkingWords): string {
  return `${originalMark} / ${words.levels[core.level] ?? ""}${words.parts.equivalent}`;
}
