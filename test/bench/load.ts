/**
 * The load: one process, N connections, each with one request outstanding, first to warm up and then for a fixed time. Measures the gateway process from
 * outside (/proc) over exactly that time and compares answers. Arguments: a JSON object (`LoadSettings`); says one JSON line.
 */
import { readFileSync } from "node:fs";
import { type Dispatcher, Pool } from "undici";
import { cpuSeconds, residentMb } from "./process";

export interface LoadSettings {
  readonly origin: string;
  readonly path: string;
  /** File with the request body. */
  readonly bodyFile: string;
  /** File with the JSON text that the answer's `data` must be, byte for byte. */
  readonly expectedFile: string;
  /** One bearer token a subject, taken in turn; empty: none is sent. */
  readonly tokens: readonly string[];
  readonly connections: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  readonly gatewayPid: number;
  readonly subgraphsPid: number;
}
export interface Measured {
  readonly requests: number; readonly seconds: number; readonly wrong: number; readonly bytes: number;
  /** Of the gateway, of the subgraphs and of this process. */
  readonly cpu: { readonly gateway: number; readonly subgraphs: number; readonly load: number };
  readonly p50: number; readonly p99: number; readonly rss: number; readonly rssPeak: number;
  /** First answer that was not the expected one. */
  readonly sample?: string;
}

/** Every answer's status and size are checked, and of every so many the bytes: comparing all would make the load the bottleneck. */
const COMPARE_EVERY = 16;
const WARM_REQUESTS = 600;

async function run(settings: LoadSettings): Promise<Measured> {
  const body = readFileSync(settings.bodyFile);
  const expected = readFileSync(settings.expectedFile);
  const pool = new Pool(settings.origin, { connections: settings.connections, pipelining: 1 });
  const headers = settings.tokens.length === 0 ? [{ "content-type": "application/json" }] : settings.tokens.map((token) => ({ "content-type": "application/json", authorization: `Bearer ${token}` }));
  let latencies: number[] = [];
  let sent = 0; let wrong = 0; let bytes = 0;
  let sample: string | undefined;
  let going = true;

  const one = (done: () => void): void => {
    const startedAt = performance.now();
    const compare = sent % COMPARE_EVERY === 0;
    const chunks: Buffer[] = [];
    let status = 0; let size = 0;
    const fail = (text: string): void => { wrong += 1; sample ??= text.slice(0, 2_000); };
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: () => undefined,
      onResponseStart: (_controller, code) => { status = code; },
      onResponseData: (_controller, chunk) => { size += chunk.length; if (compare || status !== 200) chunks.push(chunk); },
      onResponseEnd: () => {
        latencies.push(performance.now() - startedAt);
        bytes += size;
        if (status !== 200 || size < expected.length || (compare && !Buffer.concat(chunks).includes(expected))) fail(`status ${status}, ${size} bytes: ${Buffer.concat(chunks).toString("utf8")}`);
        done();
      },
      onResponseError: (_controller, error) => { fail(String(error)); done(); },
    };
    const taken = headers[sent % headers.length] ?? {};
    sent += 1;
    pool.dispatch({ path: settings.path, method: "POST", headers: taken, body }, handler);
  };
  const lane = (): Promise<void> => new Promise((finished) => { const next = (): void => { if (going) one(next); else finished(); }; one(next); });

  const lanes = Array.from({ length: settings.connections }, lane);
  await warmUp(settings, () => sent);
  const before = sampleNow(settings);
  latencies = []; bytes = 0;
  const startedAt = performance.now();
  await sleep(settings.measureMs);
  const seconds = (performance.now() - startedAt) / 1000;
  const measured = latencies;
  const after = sampleNow(settings);
  going = false;
  await Promise.all(lanes);
  await pool.close();
  measured.sort((a, b) => a - b);
  return {
    requests: measured.length, seconds, wrong, bytes: bytes / Math.max(1, measured.length),
    cpu: { gateway: after.gateway - before.gateway, subgraphs: after.subgraphs - before.subgraphs, load: after.load - before.load },
    p50: at(measured, 0.5), p99: at(measured, 0.99), rss: after.rss, rssPeak: after.rssPeak,
    ...(sample === undefined ? {} : { sample }),
  };
}

/** Until the time is over and the compilers have seen enough requests, whichever is later; a machine that is busy with other things gets three times as long. */
async function warmUp({ warmUpMs }: LoadSettings, sent: () => number): Promise<void> {
  const startedAt = performance.now();
  do await sleep(Math.min(250, warmUpMs)); while (performance.now() - startedAt < warmUpMs || (sent() < WARM_REQUESTS && performance.now() - startedAt < 3 * warmUpMs));
}

interface Sample { readonly gateway: number; readonly subgraphs: number; readonly load: number; readonly rss: number; readonly rssPeak: number }

function sampleNow(settings: LoadSettings): Sample {
  const { now, peak } = residentMb(settings.gatewayPid);
  return { gateway: cpuSeconds(settings.gatewayPid), subgraphs: cpuSeconds(settings.subgraphsPid), load: cpuSeconds(process.pid), rss: now, rssPeak: peak };
}

function at(sorted: readonly number[], share: number): number { return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN; }
function sleep(ms: number): Promise<void> { return new Promise((done) => { setTimeout(done, ms); }); }

void run(JSON.parse(process.argv[2] ?? "{}") as LoadSettings).then((measured) => { process.stdout.write(`${JSON.stringify(measured)}\n`); });
