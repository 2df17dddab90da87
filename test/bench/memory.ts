/**
 * `npm run bench:memory`: the labelled gateway under 10,000 mixed requests. Resident memory has to stay below 250 MB at its highest, and what is alive after a
 * full collection must not grow between the middle and the end. Fails on either, and on wrong answers.
 */
import { Pool } from "undici";
import { Inspector } from "./inspector";
import { type Frame, nameOf } from "./profile";
import { mixtureOf } from "./mixture";
import { residentMb } from "./process";
import { median, printMachine } from "./report";
import { learnExpected } from "./round";
import { GATEWAY_NODE_FLAGS } from "../../gateway/cli/root";
import { startTarget, TARGETS, type Up } from "./targets";
import { SUBJECTS, Workspace } from "./workspace";

const REQUESTS = 10_000;
const CONNECTIONS = 16;
const STEP = 500;
const MOST_MB = 250;
/** Bounded caches may still be filling after the first half; anything that leaks per request exceeds this many times over. */
const MOST_GROWTH_MB = 8;
const TOKENS_PER_SUBJECT = 50;
const SAMPLE_EVERY_BYTES = 16_384;
const HOLDERS = 30;

interface Step { readonly done: number; readonly rss: number }
interface Wrong { readonly kind: string; readonly status: number; readonly text: string }

async function main(): Promise<number> {
  const workspace = await Workspace.create();
  try {
    const expected = await learnExpected(workspace);
    const up = await startTarget(TARGETS.labels, workspace, { nodeFlags: [...GATEWAY_NODE_FLAGS, "--inspect=127.0.0.1:0"] });
    try {
      const tokens = await workspace.tokens(Array.from({ length: TOKENS_PER_SUBJECT }, () => SUBJECTS).flat());
      const mixed = mixtureOf(tokens, expected);
      const inspector = await Inspector.of(up.gateway);
      const wrong: Wrong[] = [];
      const profiled = process.argv.includes("--profile");
      if (profiled) await inspector.send("HeapProfiler.startSampling", { samplingInterval: SAMPLE_EVERY_BYTES });
      const first = await runRequests(up, mixed, [0, REQUESTS / 2], wrong);
      const middle = await aliveMb(inspector);
      const second = await runRequests(up, mixed, [REQUESTS / 2, REQUESTS], wrong);
      const end = await aliveMb(inspector);
      const { peak } = residentMb(up.gateway.pid);
      if (profiled) process.stdout.write(printHolders((await inspector.send("HeapProfiler.stopSampling") as { profile: { head: AllocationNode } }).profile.head));
      inspector.close();
      return report([...first, ...second], { middle, end, peak, wrong });
    } finally { await up.down(); }
  } finally { workspace.remove(); }
}

async function runRequests(up: Up, mixed: ReturnType<typeof mixtureOf>, [from, to]: readonly [number, number], wrong: Wrong[]): Promise<readonly Step[]> {
  const pool = new Pool(up.origin, { connections: CONNECTIONS, pipelining: 1 });
  const steps: Step[] = [];
  let next = from;
  let done = from;
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    for (let at = next++; at < to; at = next++) {
      const { kind, headers, body, accepts } = mixed(at);
      let status = 0; let text = "";
      try {
        const answer = await pool.request({ path: up.path, method: "POST", headers, body });
        status = answer.statusCode;
        text = await answer.body.text();
      } catch (error) { text = String(error); }
      // A body that is too long may be refused before it is sent whole; then the connection ends first.
      if (!accepts(status, text) && !(kind === "too long" && status === 0)) wrong.push({ kind, status, text: text.slice(0, 400) });
      done += 1;
      if (done % STEP === 0) steps.push({ done, rss: residentMb(up.gateway.pid).now });
    }
  }));
  await pool.close();
  return steps;
}

/** Megabytes alive in the gateway's heap and buffers after a full collection. */
async function aliveMb(inspector: Inspector): Promise<number> {
  await inspector.send("HeapProfiler.collectGarbage");
  await inspector.send("HeapProfiler.collectGarbage");
  const expression = "(() => { const m = process.memoryUsage(); return m.heapUsed + m.external; })()";
  const { result } = await inspector.send("Runtime.evaluate", { expression, returnByValue: true }) as { result: { value: number } };
  return result.value / 2 ** 20;
}

interface AllocationNode { readonly callFrame: Frame; readonly selfSize: number; readonly children: readonly AllocationNode[] }

/** Who allocated what is still alive, by file and by function. */
function printHolders(head: AllocationNode): string {
  const files = new Map<string, number>(); const functions = new Map<string, number>();
  const add = (to: Map<string, number>, name: string, size: number): void => { to.set(name, (to.get(name) ?? 0) + size); };
  const visit = (node: AllocationNode, owner: string): void => {
    const name = nameOf(node.callFrame);
    // A library's allocation belongs to the place of ours that asked for it.
    const own = /(^|\s)(dist|gateway|schema)\//.test(name) ? name : owner;
    if (node.selfSize > 0) { add(functions, name, node.selfSize); add(files, own, node.selfSize); }
    for (const child of node.children) visit(child, own);
  };
  visit(head, "(start)");
  const rows = (of: ReadonlyMap<string, number>): string => [...of].sort((a, b) => b[1] - a[1]).slice(0, HOLDERS).map(([name, size]) => `${(size / 2 ** 20).toFixed(1).padStart(7)} MB  ${name}`).join("\n");
  return `alive, by the nearest function of ours:\n${rows(files)}\n\nalive, by the allocating function:\n${rows(functions)}\n`;
}

interface Found { readonly middle: number; readonly end: number; readonly peak: number; readonly wrong: readonly Wrong[] }

function report(steps: readonly Step[], { middle, end, peak, wrong }: Found): number {
  const [sample] = wrong;
  const half = (from: number, to: number): number => median(steps.filter(({ done }) => done > from && done <= to).map(({ rss }) => rss));
  const lines = [
    `resident MB every ${STEP} requests: ${steps.map(({ rss }) => rss.toFixed(0)).join(" ")}`,
    `highest ${peak.toFixed(0)} MB (limit ${MOST_MB}); median of the third quarter ${half(REQUESTS / 2, REQUESTS * 0.75).toFixed(0)}, of the fourth ${half(REQUESTS * 0.75, REQUESTS).toFixed(0)}`,
    `alive after a full collection: ${middle.toFixed(1)} MB at ${REQUESTS / 2}, ${end.toFixed(1)} MB at ${REQUESTS} requests (growth limit ${MOST_GROWTH_MB})`,
    `wrong answers: ${wrong.length}${sample === undefined ? "" : `; first: ${sample.kind} -> ${sample.status} ${sample.text}`}`,
    `Machine: ${printMachine()}.`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  return peak < MOST_MB && end - middle < MOST_GROWTH_MB && wrong.length === 0 ? 0 : 1;
}

void main().then((code) => { process.exitCode = code; }, (error: unknown) => { process.stderr.write(`${error instanceof Error ? error.stack ?? error.message : String(error)}\n`); process.exitCode = 1; });
