/**
 * The search over generated schemas: many trials per schema, any number of schemas, all from one seed. Gives what was tried, what counted and every violation,
 * shrunk, with the words that replay it. Never stops at a crash of the code under test: that is a violation too.
 */
import type { OperationKind } from "../support/generate-operation";
import { makeTrial, runTrial, type Configuration, type Fault, type Trial, type Verdict } from "../support/trial-generated";
import { GeneratedSession } from "../support/trial-session";
import { shrinkTrial } from "../support/trial-shrink";
import { count, type KindTally, type Tally } from "./tally";

export interface Finding {
  readonly where: string;
  readonly check: string;
  readonly detail: string;
  readonly description: string;
}
export interface SearchResult { readonly trials: number; readonly counted: number; readonly findings: readonly Finding[]; readonly kinds: Tally }
export interface SearchOptions {
  readonly seed: string;
  readonly trials: number;
  /** Trials per composed schema. */
  readonly perSchema?: number;
  readonly configuration?: Configuration;
  readonly fault?: Fault;
  /** What every operation is, where there is something to ask it of. */
  readonly asked?: OperationKind;
  /** Checks not to look at, while one known violation hides others. */
  readonly ignore?: readonly string[];
  /** The only checks to look at. */
  readonly only?: RegExp;
  /** Findings after which the search ends. */
  readonly enough?: number;
  readonly progress?: (result: SearchResult) => void;
}

/** Kinds as the search over the running graph calls them. */
const KIND_OF: Readonly<Record<OperationKind, string>> = { query: "queries", mutation: "mutations", subscription: "subscriptions" };

/** Runs trials 0, 1, 2 ... of the seed. */
export async function searchGenerated(options: SearchOptions): Promise<SearchResult> {
  const perSchema = options.perSchema ?? 200;
  const findings: Finding[] = [];
  const kinds = new Map<string, KindTally>();
  let counted = 0;
  let trials = 0;
  for (let schema = 0; trials < options.trials; schema += 1) {
    const session = open(options, schema, findings);
    if (session === undefined) trials += perSchema;
    for (let number = 0; session !== undefined && number < perSchema && trials < options.trials; number += 1) {
      trials += 1;
      const trial = makeTrial(session, `${options.seed}/${schema}/${number}`, options.configuration, options.fault, options.asked);
      const judged = await judgeTrial(session, trial);
      const verdict = { ...judged, violations: judged.violations.filter(({ check }) => options.ignore?.includes(check) !== true && options.only?.test(check) !== false) };
      if (verdict.counted) counted += 1;
      count(kinds, KIND_OF[trial.kind], verdict.counted, verdict.outcome ?? "answered");
      if (verdict.violations.length > 0) findings.push(await report(session, trial, verdict, `${schema}/${number}`));
      if (findings.length >= (options.enough ?? 5)) return { trials, counted, findings, kinds };
      if (trials % 500 === 0) options.progress?.({ trials, counted, findings, kinds });
    }
  }
  return { trials, counted, findings, kinds };
}

/** A schema that cannot be composed or planned is a finding; its trials are lost. */
function open(options: SearchOptions, schema: number, findings: Finding[]): GeneratedSession | undefined {
  try {
    return new GeneratedSession(`${options.seed}/${schema}`);
  } catch (thrown) {
    const check = "the schema is served";
    if (options.ignore?.includes(check) !== true && options.only?.test(check) !== false) findings.push({ where: `${schema}/0`, check, detail: thrown instanceof Error ? thrown.message : String(thrown), description: "" });
    return undefined;
  }
}

/** Runs the one trial that `where` ("schema/number") names. */
export async function replayGenerated(seed: string, where: string, configuration?: Configuration, fault?: Fault, asked?: OperationKind): Promise<SearchResult> {
  const [schema = "0", number = "0"] = where.split("/");
  const session = new GeneratedSession(`${seed}/${schema}`);
  const trial = makeTrial(session, `${seed}/${schema}/${number}`, configuration, fault, asked);
  const verdict = await judgeTrial(session, trial);
  const findings = verdict.violations.length === 0 ? [] : [await report(session, trial, verdict, where)];
  const kinds = new Map<string, KindTally>();
  count(kinds, KIND_OF[trial.kind], verdict.counted, verdict.outcome ?? "answered");
  return { trials: 1, counted: verdict.counted ? 1 : 0, findings, kinds };
}

async function judgeTrial(session: GeneratedSession, trial: Trial): Promise<Verdict> {
  try {
    return await runTrial(session, trial);
  } catch (thrown) {
    return { counted: false, violations: [{ check: "no crash", detail: thrown instanceof Error ? thrown.stack ?? thrown.message : String(thrown) }] };
  }
}

async function report(session: GeneratedSession, trial: Trial, verdict: Verdict, where: string): Promise<Finding> {
  const [first] = verdict.violations;
  const check = first?.check ?? "?";
  const smaller = await shrinkTrial(session, trial, async (candidate) => (await judgeTrial(session, candidate)).violations.some((violation) => violation.check === check));
  const again = (await judgeTrial(session, smaller)).violations.find((violation) => violation.check === check);
  const description = [
    `configuration ${trial.configuration}, layers ${JSON.stringify(trial.layers)}, observer ${trial.observer ?? "none"}`,
    `asker ${JSON.stringify({ subject: smaller.asker.asker.subject, ctx: smaller.asker.asker.ctx, action: smaller.asker.asker.action })}`, `operation ${smaller.text}`, `variables ${JSON.stringify(smaller.variables)}`,
    `all checks ${verdict.violations.map((violation) => violation.check).join("; ")}`, ...smaller.made,
  ].join("\n");
  return { where, check, detail: again?.detail ?? first?.detail ?? "", description };
}
