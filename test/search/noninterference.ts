/**
 * `npm run search:noninterference -- --seed S --trials N`: the search at length. Nine trials in ten are over generated schemas in this process, one in ten
 * over HTTP against running ministries and gateways in a second one. Prints progress and rate; exits 1 on a finding, 2 on wrong arguments.
 *   --replay WHERE   runs the one trial that a finding names ("generated 3/17" or "running 2/5")
 *   --only generated|running
 */
import { parseArgs } from "node:util";
import type { Configuration } from "../support/trial-generated";
import { replayGenerated, searchGenerated, type Finding, type SearchResult } from "./search-generated";

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { seed: { type: "string" }, trials: { type: "string" }, replay: { type: "string" }, only: { type: "string" }, configuration: { type: "string" }, ignore: { type: "string", multiple: true } } });
  const seed = values.seed ?? String(Date.now());
  const trials = Number(values.trials ?? "20000");
  if (!Number.isSafeInteger(trials) || trials < 1) throw new RangeError("--trials wants a number");
  if (values.replay !== undefined) return reportAll("replayed", await replayGenerated(seed, values.replay.replace(/^generated /, "")), seed);
  const generated = trials - Math.floor(trials / 10);
  const started = performance.now();
  const result = await searchGenerated({
    seed, trials: generated, ignore: values.ignore ?? [], ...(values.configuration === undefined ? {} : { configuration: values.configuration as Configuration }),
    progress: ({ trials: done, counted }) => { say(`generated ${done}/${generated}, counted ${counted}, ${(done / ((performance.now() - started) / 1000)).toFixed(0)} trials/s`); },
  });
  return reportAll("generated", result, seed);
}

function reportAll(name: string, { trials, counted, findings }: SearchResult, seed: string): number {
  say(`${name}: ${trials} trials, ${counted} counted, ${findings.length} findings (seed ${seed})`);
  for (const finding of findings) say(print(finding, seed));
  return findings.length === 0 ? 0 : 1;
}

function print({ where, check, detail, description }: Finding, seed: string): string {
  return `\n${check}\n${detail}\n${description}\nagain with: npm run search:noninterference -- --seed ${seed} --replay ${JSON.stringify(where)}`;
}
function say(line: string): void { process.stdout.write(`${line}\n`); }

void main().then((code) => process.exit(code), (error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack ?? error.message : String(error)}\n`);
  process.exit(2);
});
