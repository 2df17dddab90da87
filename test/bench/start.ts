/**
 * `npm run bench:start`: how long `kanmon start` takes until its ready line, on data that an earlier start made. Fails above four seconds. All ports are free
 * ones and the data folder is a temporary one, so a running demo is not disturbed.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./ports";
import { ROOT, startNode } from "./process";
import { median, printMachine } from "./report";

const MOST_S = 4;
const STARTS = 3;
const READY = /^ready http:.*$/m;

async function main(): Promise<number> {
  const home = mkdtempSync(join(tmpdir(), "kanmon-bench-start-"));
  try {
    const first = await startOnce(home);
    const seconds: number[] = [];
    for (let at = 0; at < STARTS; at += 1) seconds.push(await startOnce(home));
    const typical = median(seconds);
    process.stdout.write(`first start (empty folder) ${first.toFixed(2)} s; after that ${seconds.map((each) => each.toFixed(2)).join(", ")} s, median ${typical.toFixed(2)} s (limit ${MOST_S} s)\nMachine: ${printMachine().replace(/, gateway pinned.*$/, "")}, all cores.\n`);
    return typical < MOST_S ? 0 : 1;
  } finally { rmSync(home, { recursive: true, force: true }); }
}

async function startOnce(home: string): Promise<number> {
  const [port, admin, issuer] = [await freePort(), await freePort(), await freePort()].map(String);
  const startedAt = performance.now();
  const running = await startNode(join(ROOT, "dist/gateway/cli/main.js"), ["start", "--lang", "en", "--home", home, "--port", port ?? "", "--admin-port", admin ?? "", "--issuer-port", issuer ?? "", "--ministry-port", "0"], { until: READY, stopWithin: 60_000 });
  const seconds = (performance.now() - startedAt) / 1000;
  await running.stop();
  return seconds;
}

void main().then((code) => { process.exitCode = code; }, (error: unknown) => { process.stderr.write(`${error instanceof Error ? error.stack ?? error.message : String(error)}\n`); process.exitCode = 1; });
