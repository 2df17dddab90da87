/**
 * `npm run bench`: compares Kanmon without labels, Kanmon with a label on every object, and stock Apollo on one workload, interleaved. Prints the table and
 * writes RESULTS.md (full run only). Fails on wrong answers, never on timing. `--short` is for CI (about a minute), `--profile` shows where the time goes,
 * `--against FOLDER` measures another built checkout beside this one, `--wide` asks a world of more things, `--node-flags` goes to every gateway.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { GATEWAY_NODE_FLAGS } from "../../gateway/cli/root";
import { runProfile } from "./profile";
import { printLimits, printLoad, printMachine, printMethod, printTable, summarise } from "./report";
import { learnExpected, type Round, type RoundSettings, runRound } from "./round";
import { ofRevision, type TargetName, TARGETS } from "./targets";
import type { Size } from "./workload/data";
import type { QueryName } from "./workload/queries";
import { Workspace } from "./workspace";

// So long because functions that run once a request are compiled late: at 40 requests a second, stock takes the longest to become warm.
const FULL: RoundSettings = { connections: 32, warmUpMs: 20_000, measureMs: 8_000 };
const SHORT: RoundSettings = { connections: 32, warmUpMs: 3_000, measureMs: 3_000 };

async function main(): Promise<number> {
  const { values } = parseArgs({ options: {
    short: { type: "boolean", default: false }, profile: { type: "boolean", default: false }, rounds: { type: "string" }, targets: { type: "string" }, queries: { type: "string" }, "no-write": { type: "boolean", default: false }, "node-flags": { type: "string" }, wide: { type: "boolean", default: false }, against: { type: "string" }, connections: { type: "string" },
  } });
  const { against } = values;
  const targets = (values.targets ?? "stock,bare,labels,withheld").split(",").map((name) => TARGETS[name as TargetName])
    .flatMap((target) => (against === undefined || target.name === "stock" ? [target] : [target, ofRevision(target, against)]));
  const queries = (values.queries ?? (values.short ? "big" : "big,medium,small")).split(",") as QueryName[];
  const count = Number(values.rounds ?? (values.short ? 1 : 3));
  const usual = values.short ? SHORT : FULL;
  const settings = { ...usual, connections: Number(values.connections ?? usual.connections) };
  // For every gateway alike.
  const size: Size = values.wide ? "wide" : "known";
  const start = { size, nodeFlags: values["node-flags"]?.split(",") ?? GATEWAY_NODE_FLAGS };
  const workspace = await Workspace.create();
  try {
    const expected = await learnExpected(workspace, size);
    if (values.profile) {
      for (const target of targets) for (const query of queries) process.stdout.write(await runProfile(target, query, workspace, { settings, expected, start }));
      return 0;
    }
    const rounds: Round[] = [];
    for (const query of queries) {
      for (let at = 0; at < count; at += 1) {
        for (const target of targets) {
          const round = await runRound(target, query, workspace, { settings, expected, start });
          rounds.push(round);
          process.stderr.write(`${query} ${at + 1}/${count} ${target.name}: ${round.target.main === undefined ? "" : "(other revision) "}${(round.requests / round.cpu.gateway).toFixed(0)} requests per CPU second, ${round.calls.toFixed(1)} calls, ${round.wrong} wrong\n`);
        }
      }
    }
    const write = !values.short && !values["no-write"] && !values.wide && against === undefined && values.connections === undefined && values["node-flags"] === undefined;
    return report(rounds, settings, count, write);
  } finally { workspace.remove(); }
}

function report(rounds: readonly Round[], settings: RoundSettings, count: number, write: boolean): number {
  const rows = summarise(rounds);
  const text = `${printTable(rows)}\n\nMachine: ${printMachine()}. ${printLoad()}.\n\nMethod: ${printMethod(settings, count)}\n\nWhat limits:\n${printLimits(rows)}\n`;
  process.stdout.write(`${text}\n`);
  if (write) {
    const title = "# Bench results\n\nWritten by `npm run bench`; only the ratios of one run count, absolute figures drift by a third between hours.\n\n";
    writeFileSync(join(__dirname, "RESULTS.md"), `${title}${new Date().toISOString().slice(0, 10)}\n\n${text}`);
  }
  const wrong = rounds.find((round) => round.wrong > 0);
  if (wrong === undefined) return 0;
  process.stderr.write(`${wrong.target.title} answered ${wrong.query} wrongly ${wrong.wrong} times; first: ${wrong.sample ?? ""}\n`);
  return 1;
}

void main().then((code) => { process.exitCode = code; }, (error: unknown) => { process.stderr.write(`${error instanceof Error ? error.stack ?? error.message : String(error)}\n`); process.exitCode = 1; });
