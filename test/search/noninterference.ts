/**
 * `npm run search:noninterference -- --seed S --trials N`: the search at length. Nine trials in ten are over generated schemas in this process; one in ten is over
 * HTTP against running ministries and gateways, in a process of its own beside it. Prints progress and rate; exits 1 on a finding, 2 on wrong arguments.
 * Operations are questions, changes and subscriptions; how many of each counted is printed, and one of which nothing counted fails the search: it proved nothing.
 *   --only generated|running     half of the search
 *   --replay "generated 3/17"    the one trial that a finding names (also "running 2/5")
 *   --configuration C            generated: both, guards-off, release-off, restricted or flow; running: http, in-process, guards-off or release-off
 *   --ignore CHECK               a check not to look at, while one known violation hides others
 */
import { fork } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startEmbedded } from "../../subgraphs/kit";
import { TEST_SERVER_VARIABLE } from "../support/postgres-address";
import type { Configuration } from "../support/trial-generated";
import type { Way } from "../support/trial-running";
import { replayGenerated, searchGenerated, type Finding, type SearchResult } from "./search-generated";
import { replayRunning, searchRunning } from "./search-running";
import { emptyKinds, KINDS, NEEDED, NEEDED_RUNNING, printTally } from "./tally";

interface Settings { readonly seed: string; readonly trials: number; readonly configuration: string | undefined; readonly ignore: readonly string[] }

async function main(): Promise<number> {
  const { values } = parseArgs({ options: {
    seed: { type: "string" }, trials: { type: "string" }, replay: { type: "string" }, only: { type: "string" }, configuration: { type: "string" }, ignore: { type: "string", multiple: true },
  } });
  const settings: Settings = { seed: values.seed ?? String(Date.now()), trials: Number(values.trials ?? "20000"), configuration: values.configuration, ignore: values.ignore ?? [] };
  if (!Number.isSafeInteger(settings.trials) || settings.trials < 1) throw new RangeError("--trials wants a number");
  if (values.replay !== undefined) return replay(settings, values.replay);
  const overHttp = Math.floor(settings.trials / 10);
  switch (values.only) {
    case "generated": return runGenerated(settings, settings.trials);
    case "running": return runRunning(settings, settings.trials);
    case undefined: break;
    default: throw new RangeError("--only wants generated or running");
  }
  const beside = overHttp === 0 ? Promise.resolve(0) : runBeside(settings, overHttp);
  const own = await runGenerated(settings, settings.trials - overHttp);
  return Math.max(own, await beside);
}

async function replay(settings: Settings, where: string): Promise<number> {
  const [half = "", at = ""] = where.split(" ");
  const result = half === "running"
    ? await withPostgres(() => replayRunning(settings.seed, at, (settings.configuration ?? "http") as Way))
    : await replayGenerated(settings.seed, at, settings.configuration as Configuration | undefined);
  return report(half, result, settings);
}

async function runGenerated(settings: Settings, trials: number): Promise<number> {
  const { seed, ignore, configuration } = settings;
  const progress = progressOf("generated", trials);
  return report("generated", await searchGenerated({ seed, trials, ignore, progress, ...(configuration === undefined ? {} : { configuration: configuration as Configuration }) }), settings);
}

async function runRunning(settings: Settings, trials: number): Promise<number> {
  const way = (settings.configuration ?? "http") as Way;
  return withPostgres(async () => report("running", await searchRunning({ seed: settings.seed, trials, progress: progressOf("running", trials), way }), settings));
}

function runBeside({ seed }: Settings, trials: number): Promise<number> {
  const child = fork(__filename, ["--only", "running", "--seed", seed, "--trials", String(trials)], { execArgv: process.execArgv, stdio: "inherit" });
  return new Promise((done, fail) => {
    child.once("error", fail);
    child.once("exit", (code) => { done(code ?? 2); });
  });
}

/** Runs with a PostgreSQL of its own, gone afterwards. */
async function withPostgres<T>(act: () => Promise<T>): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), "kanmon-search-"));
  // PostgreSQL runs as a user of its own when this process is root, and has to get in.
  chmodSync(root, 0o755);
  const server = await startEmbedded(root, { fast: true });
  const { host, port, username, password } = server;
  process.env[TEST_SERVER_VARIABLE] = JSON.stringify({ host, port, username, password });
  try {
    return await act();
  } finally {
    await server.stop();
    rmSync(root, { recursive: true, force: true });
  }
}

function progressOf(name: string, trials: number): (result: SearchResult) => void {
  const started = performance.now();
  return ({ trials: done, counted }) => { say(`${name} ${done}/${trials}, counted ${counted}, ${(done / ((performance.now() - started) / 1000)).toFixed(1)} trials/s`); };
}

function report(name: string, { trials, counted, findings, kinds }: SearchResult, { seed, configuration }: Settings): number {
  say(`${name}: ${trials} trials, ${counted} counted, ${findings.length} findings (seed ${seed})`);
  for (const line of printTally(kinds)) say(line);
  for (const finding of findings) say(print(name, finding, seed));
  // What was not tried proves nothing. A replay is one trial, and not every configuration is one for changes.
  const empty = trials === 1 || (name === "generated" && configuration !== undefined) ? [] : emptyKinds(kinds, KINDS, name === "running" ? NEEDED_RUNNING : NEEDED);
  if (empty.length > 0) say(`${name}: nothing was found out about ${empty.join(", ")}; more trials`);
  return findings.length === 0 && empty.length === 0 ? 0 : 1;
}

function print(name: string, { where, check, detail, description }: Finding, seed: string): string {
  return `\n${check}\n${detail}\n${description}\nagain with: npm run search:noninterference -- --seed ${seed} --replay ${JSON.stringify(`${name} ${where}`)}`;
}
function say(line: string): void { process.stdout.write(`${line}\n`); }

void main().then((code) => process.exit(code), (error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack ?? error.message : String(error)}\n`);
  process.exit(2);
});
