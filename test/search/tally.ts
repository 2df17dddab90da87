/** Counts what a search tried, kind by kind, so that a kind of which nothing counted shows and fails: it proved nothing. */
export interface KindTally { readonly trials: number; readonly counted: number; /** How often each outcome came. */ readonly outcomes: ReadonlyMap<string, number> }
export const KINDS = ["queries", "mutations", "subscriptions"] as const;
/** Over the running graph hardly a change is as its rules want it: most are refused, and that is what is compared. */
export const NEEDED_RUNNING: Readonly<Record<string, string>> = { subscriptions: "told" };
export type Tally = ReadonlyMap<string, KindTally>;

/** Outcomes without which a kind was not really tried. */
export const NEEDED: Readonly<Record<string, string>> = { mutations: "done", subscriptions: "told" };

export function count(tally: Map<string, KindTally>, kind: string, isCounted: boolean, outcome: string): void {
  const { trials, counted, outcomes } = tally.get(kind) ?? { trials: 0, counted: 0, outcomes: new Map<string, number>() };
  tally.set(kind, { trials: trials + 1, counted: counted + (isCounted ? 1 : 0), outcomes: new Map([...outcomes, [outcome, (outcomes.get(outcome) ?? 0) + 1]]) });
}

/** One line a kind. */
export function printTally(tally: Tally): readonly string[] {
  return [...tally].map(([kind, { trials, counted, outcomes }]) => `  ${kind}: ${trials} trials, ${counted} counted (${[...outcomes].sort(([, a], [, b]) => b - a).map(([outcome, times]) => `${outcome} ${times}`).join(", ")})`);
}

/** Kinds of these of which nothing counted, or nothing came of what was tried. @param outcomes that must have come, by kind */
export function emptyKinds(tally: Tally, kinds: readonly string[], outcomes: Readonly<Record<string, string>> = NEEDED): readonly string[] {
  return kinds.filter((kind) => {
    const found = tally.get(kind);
    const needed = outcomes[kind];
    return found === undefined || found.counted === 0 || (needed !== undefined && !found.outcomes.has(needed));
  });
}
