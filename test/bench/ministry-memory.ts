/**
 * Memory of a ministry's process and of its PostgreSQL while 200 people ask over HTTP, each under a statement of their own as a gateway makes it; and how long the answers took. What
 * PostgreSQL's processes share is counted once.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { request } from "undici";
import { makeKeys, sealCall } from "../support/postgres";
import { LOGIN } from "./ministry-place";
import type { ProcessOrder } from "./ministry-process";
import { type BenchWorld, BENCH_NOON } from "./ministry-world";
import { cpuByProcess, residentMb, startNode } from "./process";

export interface MemoryReport {
  readonly requests: number; readonly refused: number; readonly startMb: number; readonly nowMb: number; readonly peakMb: number; readonly postgresMb: number; readonly backends: number;
  readonly p50: number; readonly p99: number; readonly coldMs: number; readonly operations: readonly OperationReport[];
}
export interface OperationReport { readonly name: string; readonly answers: number; readonly p50: number; readonly p99: number }

const ASKERS_AT_ONCE = 4;
const DOCUMENTS = "totalCount pageInfo { hasNextPage endCursor } edges { cursor node { id reference kind title { ja en } body { en } matter { id } } }";
const OPERATIONS: readonly { readonly name: string; readonly query: string; /** Somebody may have none of it. */ readonly mayBeEmpty?: true }[] = [
  { name: "list with its total", query: `{ defenseDocuments(first: 20) { ${DOCUMENTS} } }` },
  { name: "list of 100", query: "{ defenseDocuments(first: 100) { nodes { id reference title { ja en } } } }" },
  { name: "newest first", query: `{ defenseDocuments(first: 20, orderBy: [{ field: REFERENCE, direction: DESC }]) { ${DOCUMENTS.replace("totalCount ", "")} } }` },
  { name: "a kind", query: '{ defenseDocuments(first: 20, filter: { kind: { eq: "REPORT" } }) { nodes { id kind } } }' },
  { name: "search with its total", query: `{ defenseDocuments(first: 20, filter: { search: "Q1234 " }) { ${DOCUMENTS} } }`, mayBeEmpty: true },
  { name: "a title that contains", query: `{ defenseDocuments(first: 20, filter: { title: { en: { contains: "kami 12" } } }) { ${DOCUMENTS.replace("totalCount ", "")} } }`, mayBeEmpty: true },
];

/** @param postmaster process id of the server */
export async function measureMemory(world: BenchWorld, address: { readonly host: string; readonly port: number }, folder: string, postmaster: number, requests: number): Promise<MemoryReport> {
  const keys = makeKeys(["defense"]);
  const own = keys.ministries["defense"];
  if (own === undefined) throw new Error("no keys");
  const order: ProcessOrder = { ...address, login: LOGIN, registry: keys.registry, keys: own, folder };
  const file = join(folder, "order.json");
  writeFileSync(file, JSON.stringify(order), { mode: 0o600 });
  const running = await startNode(join(__dirname, "ministry-process.ts"), [file], { until: /^ready (\S+)$/m });
  try {
    const url = running.line.replace("ready ", "");
    const startMb = residentMb(running.pid).now;
    let refused = 0; let next = 0;
    const times: { readonly name: string; readonly ms: number }[] = []; const cold: number[] = [];
    const met = new Set<string>();
    await Promise.all(Array.from({ length: ASKERS_AT_ONCE }, async () => {
      for (let at = next++; at < requests; at = next++) {
        const asker = world.askers[at % world.askers.length]?.asker;
        if (asker === undefined) throw new Error("nobody asks");
        const operation = OPERATIONS[Math.floor(at / world.askers.length) % OPERATIONS.length];
        if (operation === undefined) throw new Error("nothing is asked");
        const { name, query, mayBeEmpty = false } = operation;
        const body = JSON.stringify({ query });
        const headers = { "content-type": "application/json", ...sealCall(keys, "defense", asker, { body, now: BENCH_NOON }) };
        const begun = performance.now();
        const answer = await request(`${url}/graphql`, { method: "POST", headers, body });
        const text = await answer.body.text();
        const ms = performance.now() - begun;
        if (met.has(asker.digest)) times.push({ name, ms }); else cold.push(ms);
        met.add(asker.digest);
        if (answer.statusCode !== 200 || text.includes('"errors"') || !(mayBeEmpty || text.includes('"id"'))) refused += 1;
      }
    }));
    const { now, peak } = residentMb(running.pid);
    const server = cpuByProcess(postmaster).map(({ pid }) => sharedOnceMb(pid));
    const spread = (list: readonly number[], share: number): number => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.ceil(share * list.length) - 1)] ?? Number.NaN;
    const msOf = (name?: string): readonly number[] => times.filter((each) => name === undefined || each.name === name).map(({ ms }) => ms);
    return {
      requests, refused, startMb, nowMb: now, peakMb: peak, postgresMb: server.reduce((sum, mb) => sum + mb, 0), backends: server.length, p50: spread(msOf(), 0.5), p99: spread(msOf(), 0.99), coldMs: spread(cold, 0.5),
      operations: OPERATIONS.map(({ name }) => ({ name, answers: msOf(name).length, p50: spread(msOf(name), 0.5), p99: spread(msOf(name), 0.99) })),
    };
  } finally { await running.stop(); }
}

function sharedOnceMb(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0) / 1024;
}
