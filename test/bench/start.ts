/**
 * `npm run bench:start`: how long `kanmon start` takes until its ready line, on data that an earlier start made. Fails above nine seconds,
 * or when all its processes together hold more than 2 GB of memory (resident, so that what they share counts once for each). With `--together` all ministries are one process.
 * All ports are free ones and the data folder is a temporary one, so a running demo is not disturbed.
 */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./ports";
import { cpuByProcess, residentMb, ROOT, startNode } from "./process";
import { median, printMachine } from "./report";

const MOST_S = 9;
const MOST_MB = 2_048;
const MORE = process.argv.includes("--together") ? ["--together"] : [];
const STARTS = 3;
const LISTED = 16;
interface Start { readonly seconds: number; readonly used: readonly (ReturnType<typeof cpuByProcess>[number] & { readonly residentMb: number })[] }
const READY = /^ready http:.*$/m;

async function main(): Promise<number> {
  const home = mkdtempSync(join(tmpdir(), "kanmon-bench-start-"));
  // As root the database runs as another user, who has to get in.
  chmodSync(home, 0o755);
  try {
    const first = await startOnce(home);
    const starts: Start[] = [];
    for (let at = 0; at < STARTS; at += 1) starts.push(await startOnce(home));
    const typical = median(starts.map(({ seconds }) => seconds));
    process.stdout.write(`processor seconds until ready and resident MB, last start:\n${printUsed(starts.at(-1)?.used ?? [])}\n`);
    process.stdout.write(`first start (empty folder) ${first.seconds.toFixed(2)} s; after that ${starts.map(({ seconds: each }) => each.toFixed(2)).join(", ")} s, median ${typical.toFixed(2)} s (limit ${MOST_S} s)\nMachine: ${printMachine().replace(/, gateway pinned.*$/, "")}, all cores.\n`);
    const resident = Math.max(...starts.map(({ used }) => residentOf(used)));
    process.stdout.write(`resident memory of all processes, at most ${resident.toFixed(0)} MB (limit ${MOST_MB} MB)\n`);
    return typical < MOST_S && resident < MOST_MB ? 0 : 1;
  } finally { rmSync(home, { recursive: true, force: true }); }
}

async function startOnce(home: string): Promise<Start> {
  const [port, admin, issuer] = [await freePort(), await freePort(), await freePort()].map(String);
  const startedAt = performance.now();
  const running = await startNode(join(ROOT, "dist/gateway/cli/main.js"), ["start", "--lang", "en", "--home", home, "--port", port ?? "", "--admin-port", admin ?? "", "--issuer-port", issuer ?? "", "--ministry-port", "0", ...MORE], { until: READY, stopWithin: 60_000 });
  const seconds = (performance.now() - startedAt) / 1000;
  const used = cpuByProcess(running.pid).map((each) => ({ ...each, residentMb: residentMb(each.pid).now }));
  await running.stop();
  return { seconds, used };
}

function residentOf(used: Start["used"]): number { return used.reduce((sum, each) => sum + each.residentMb, 0); }

function printUsed(used: Start["used"]): string {
  const lines = [...used].sort((a, b) => b.seconds - a.seconds).slice(0, LISTED).map(({ command, seconds, residentMb: mb }) => `${seconds.toFixed(2).padStart(7)} ${mb.toFixed(0).padStart(5)}  ${command.replace(/^\S*node\S* (-\S+ )*\S*\/dist\//, "").slice(0, 80)}`);
  return [...lines, `${used.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(2).padStart(7)} ${residentOf(used).toFixed(0).padStart(5)}  together`].join("\n");
}

void main().then((code) => { process.exitCode = code; }, (error: unknown) => { process.stderr.write(`${error instanceof Error ? error.stack ?? error.message : String(error)}\n`); process.exitCode = 1; });
