/**
 * The words of the marks (SPEC 10). The English ones are the grammar itself and stand here; the Japanese ones are data of
 * the policy and come in as `MarkingWords`, because sources are ASCII.
 */
import type { Level, Regime } from "./label";

export const LEVEL_NAMES = ["PUBLIC", "CUI", "CONFIDENTIAL", "SECRET", "TOP SECRET"] as const;
export const LEVEL_SHORT = ["U", "CUI", "C", "S", "TS"] as const;

/** Japanese word of a regime: one for all grades, or one per grade. */
export type RegimeWord = string | Readonly<Partial<Record<`${Level}`, string>>>;

export interface MarkingWords {
  /** Heaviest first: the order of the Japanese banner. */
  readonly regimes: readonly { readonly code: Regime; readonly word: RegimeWord }[];
  /** Bare words by level, used when no statutory name precedes. */
  readonly levels: readonly string[];
  /** Grade in brackets behind a statutory name, by level. */
  readonly grades: readonly string[];
  readonly parts: {
    readonly ntk: string; readonly fgi: string; readonly orcon: string; readonly jpnOnly: string; readonly relTo: string;
    readonly displayOnly: string; readonly dist: string; readonly purpose: string; readonly caveat: string; readonly valid: string;
    readonly none: string; readonly all: string; readonly concealed: string; readonly ownerConsent: string;
    readonly equivalent: string;
  };
  readonly signs: {
    readonly regimes: string; readonly items: string; readonly gradeOpen: string; readonly gradeClose: string;
    readonly portionOpen: string; readonly portionClose: string; readonly countOpen: string; readonly countClose: string;
  };
  readonly nations: Readonly<Record<string, string>>;
  /** By full path. */
  readonly orgs: Readonly<Record<string, string>>;
  readonly purposes: Readonly<Record<string, string>>;
  readonly caveats: Readonly<Record<string, string>>;
}

/** Word of a regime at a level: the entry of that grade, else of the next lower one, else the lowest there is. */
export function regimeWord(words: MarkingWords, regime: Regime, level: Level): string {
  const word = words.regimes.find((entry) => entry.code === regime)?.word;
  if (word === undefined) return regime;
  if (typeof word === "string") return word;
  const grades = (Object.keys(word) as `${Level}`[]).sort();
  const fitting = grades.filter((grade) => Number(grade) <= level).at(-1) ?? grades[0];
  return (fitting === undefined ? undefined : word[fitting]) ?? regime;
}

/** The one regime whose name is not statutory: alone at level 1 it is the bare word, without a grade. */
export const PLAIN_REGIME: Regime = "CUI";
