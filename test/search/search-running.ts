/** The search over the running graph: rounds of trials from one seed. Needs a PostgreSQL whose address `test/support/postgres-address.ts` names. */
import { RunningSession, type RunningFault, type Way } from "../support/trial-running";
import type { Finding, SearchOptions, SearchResult } from "./search-generated";
import { count, type KindTally } from "./tally";

const PER_ROUND = 25;

export interface RunningSearchOptions extends Pick<SearchOptions, "seed" | "trials" | "enough" | "progress"> {
  /** How every trial asks; without it, in process and in all configurations. */
  readonly way?: Way;
  readonly fault?: RunningFault;
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
    for (let at = 0; at < PER_ROUND && trials < options.trials; at += 1) {
      trials += 1;
      const where = `${number}/${at}`;
      const verdict = await session.trial(round, where, options.way, options.fault);
      if (verdict.counted) counted += 1;
      count(kinds, "queries", verdict.counted, "answered");
      findings.push(...verdict.violations.map(({ check, detail }) => ({ where, check, detail, description: verdict.description })));
      if (findings.length >= (options.enough ?? 5)) return { trials, counted, findings, kinds };
      if (trials % 100 === 0) options.progress?.({ trials, counted, findings, kinds });
    }
  }
  return { trials, counted, findings, kinds };
}

/** Runs the one trial that `where` ("round/number") names; those before it in its round are asked too, because pages are asked for with cursors they gave. */
export async function replayRunning(seed: string, where: string, way?: Way): Promise<SearchResult> {
  const [number = 0, last = 0] = where.split("/").map(Number);
  const session = await RunningSession.start(seed);
  try {
    const round = await session.round(number);
    for (let at = 0; at < last; at += 1) await session.trial(round, `${number}/${at}`, way);
    const verdict = await session.trial(round, where, way);
    const kinds = new Map<string, KindTally>();
    count(kinds, "queries", verdict.counted, "answered");
    return { trials: 1, kinds, counted: verdict.counted ? 1 : 0, findings: verdict.violations.map(({ check, detail }) => ({ where, check, detail, description: verdict.description })) };
  } finally {
    await session.stop();
  }
}
