/** The search over the running graph: rounds of trials from one seed. Needs a PostgreSQL whose address `test/support/postgres-address.ts` names. */
import { type Kind, PER_ROUND, RunningSession, type RunningFault, type Way } from "../support/trial-running";
import type { Finding, SearchOptions, SearchResult } from "./search-generated";
import { count, type KindTally } from "./tally";

export interface RunningSearchOptions extends Pick<SearchOptions, "seed" | "trials" | "enough" | "progress" | "only"> {
  /** How every trial asks; without it, in process and in all configurations. */
  readonly way?: Way;
  readonly fault?: RunningFault;
  /** What every trial is about; without it, all kinds in the order in which they come in a round. */
  readonly kind?: Kind;
  /** Trials of a round that are about one kind; fewer, and more worlds are tried. */
  readonly perRound?: number;
}

export async function searchRunning(options: RunningSearchOptions): Promise<SearchResult> {
  const session = await RunningSession.start(options.seed);
  try {
    return await runSession(session, options);
  } finally {
    await session.stop();
  }
}

/** The search in worlds that run already. */
export async function runSession(session: RunningSession, options: Omit<RunningSearchOptions, "seed">): Promise<SearchResult> {
  const findings: Finding[] = [];
  const kinds = new Map<string, KindTally>();
  let counted = 0;
  let trials = 0;
  for (let number = 0; trials < options.trials; number += 1) {
    const round = await session.round(number);
    for (let at = 0; at < (options.perRound ?? PER_ROUND) && trials < options.trials; at += 1) {
      trials += 1;
      const kind = options.kind ?? RunningSession.kindOf(at);
      const where = `${number}/${at}`;
      const verdict = await session.trial(round, where, kind, options.way, options.fault);
      count(kinds, kind, verdict.counted, verdict.outcome);
      if (verdict.counted) counted += 1;
      findings.push(...verdict.violations.filter(({ check }) => options.only?.test(check) !== false).map(({ check, detail }) => ({ where, check, detail, description: verdict.description })));
      if (findings.length >= (options.enough ?? 5)) return { trials, counted, findings, kinds };
      if (trials % 10 === 0) options.progress?.({ trials, counted, findings, kinds });
    }
  }
  return { trials, counted, findings, kinds };
}

/** Runs the one trial that `where` ("round/number") names; those before it in its round are run too, because pages are asked for with cursors they gave, and items stepped on that they made. */
export async function replayRunning(seed: string, where: string, way?: Way): Promise<SearchResult> {
  const [number = 0, last = 0] = where.split("/").map(Number);
  const session = await RunningSession.start(seed);
  try {
    const round = await session.round(number);
    for (let at = 0; at < last; at += 1) await session.trial(round, `${number}/${at}`, RunningSession.kindOf(at), way);
    const verdict = await session.trial(round, where, RunningSession.kindOf(last), way);
    const kinds = new Map<string, KindTally>();
    count(kinds, verdict.kind, verdict.counted, verdict.outcome);
    return { trials: 1, counted: verdict.counted ? 1 : 0, kinds, findings: verdict.violations.map(({ check, detail }) => ({ where, check, detail, description: verdict.description })) };
  } finally {
    await session.stop();
  }
}
