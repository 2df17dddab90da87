/** Numbers to text: medians of interleaved rounds, ratios to stock of the same run, the machine, the method, and what limited each figure. */
import { GATEWAY_NODE_FLAGS } from "../../gateway/cli/root";
import { cpus, loadavg, platform, release, totalmem } from "node:os";
import { pinned } from "./process";
import type { Round, RoundSettings } from "./round";
import type { TargetName } from "./targets";
import type { QueryName } from "./workload/queries";

/** What the bench adds to the load average: the gateway, the load and the subgraphs. */
const OWN_LOAD = 3;

export interface Row {
  readonly target: TargetName; readonly title: string; readonly query: QueryName; readonly rounds: number;
  readonly calls: number; readonly perCpuSecond: number; readonly cpuMs: number; readonly perSecond: number; readonly p50: number; readonly p99: number; readonly rss: number; readonly kilobytes: number;
  /** Share of its core that the gateway used, and that everything else used of the other. */
  readonly gatewayBusy: number; readonly otherBusy: number;
  readonly wrong: number;
  /** Requests per CPU second over stock's; undefined without a stock row for that query. */
  readonly ratio?: number;
  readonly ratioRange?: readonly [number, number];
}

export function summarise(rounds: readonly Round[]): readonly Row[] {
  const groups = new Map<string, Round[]>();
  for (const round of rounds) { const key = `${round.query} ${round.target.title}`; groups.set(key, [...groups.get(key) ?? [], round]); }
  const perCpu = (round: Round): number => round.requests / round.cpu.gateway;
  return [...groups.values()].flatMap((group): Row[] => {
    const [first] = group;
    if (first === undefined) return [];
    const of = (read: (round: Round) => number): number => median(group.map(read));
    const stock = rounds.filter((round) => round.query === first.query && round.target.name === "stock");
    const best = (pick: (...values: number[]) => number, list: readonly Round[]): number => pick(...list.map(perCpu));
    const ratio = stock.length === 0 ? {} : {
      ratio: of(perCpu) / median(stock.map(perCpu)),
      ratioRange: [best(Math.min, group) / best(Math.max, stock), best(Math.max, group) / best(Math.min, stock)] as const,
    };
    return [{
      target: first.target.name, title: first.target.title, query: first.query, rounds: group.length, calls: of((round) => round.calls), perCpuSecond: of(perCpu),
      cpuMs: of((round) => round.cpu.gateway * 1000 / round.requests), perSecond: of((round) => round.requests / round.seconds), p50: of((round) => round.p50), p99: of((round) => round.p99),
      rss: of((round) => round.rss), kilobytes: of((round) => round.bytes / 1000), gatewayBusy: of((round) => round.cpu.gateway / round.seconds),
      otherBusy: of((round) => (round.cpu.subgraphs + round.cpu.load) / round.seconds), wrong: group.reduce((sum, round) => sum + round.wrong, 0), ...ratio,
    }];
  });
}

export function printTable(rows: readonly Row[]): string {
  const head = "| query | gateway | calls/op | requests per CPU second | x stock (worst..best pairing) | CPU ms | requests/s | p50 ms | p99 ms | RSS MB | kB | core 0 / core 1 busy | wrong |\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|";
  const lines = rows.map((row) => {
    const range = row.ratioRange === undefined ? "" : ` (${row.ratioRange[0].toFixed(1)}..${row.ratioRange[1].toFixed(1)})`;
    const ratio = row.ratio === undefined || row.target === "stock" ? "1" : `${row.ratio.toFixed(2)}${range}`;
    const cells = [row.query, row.title, row.calls.toFixed(1), row.perCpuSecond.toFixed(0), ratio, row.cpuMs.toFixed(3), row.perSecond.toFixed(0), row.p50.toFixed(1), row.p99.toFixed(1), row.rss.toFixed(0), row.kilobytes.toFixed(1),
      `${percent(row.gatewayBusy)} / ${percent(row.otherBusy)}`, String(row.wrong)];
    return `| ${cells.join(" | ")} |`;
  });
  return [head, ...lines].join("\n");
}

/** The bench itself keeps about two processes busy; what is above that was other work, and slows targets unevenly. */
export function printLoad(): string {
  const [minute = 0, five = 0] = loadavg();
  const busy = five > OWN_LOAD + 1;
  return `Load average ${minute.toFixed(1)} (one minute), ${five.toFixed(1)} (five minutes)${busy ? ": THE MACHINE WAS BUSY WITH OTHER WORK, repeat on a quiet one" : ""}`;
}

/** Which of the two cores was full says what a requests-per-second figure is worth; CPU per request holds either way. */
export function printLimits(rows: readonly Row[]): string {
  return rows.map((row) => {
    const limit = row.gatewayBusy > 0.93 ? "the gateway's core" : row.otherBusy > 0.9 ? "the core of load and subgraphs (the gateway waited; its CPU per request still counts)" : "neither core alone: waiting between the two, or other work on the machine";
    return `- ${row.query}, ${row.title}: limited by ${limit}.`;
  }).join("\n");
}

export function printMachine(): string {
  const [cpu] = cpus();
  return `${cpus().length} x ${cpu?.model ?? "unknown processor"}, ${(totalmem() / 2 ** 30).toFixed(0)} GB, ${platform()} ${release()}, Node ${process.versions.node}${pinned ? ", gateway pinned to core 0, everything else to core 1" : ", not pinned (no taskset or one core)"}`;
}

export function printMethod(settings: RoundSettings, rounds: number): string {
  return `A fresh process per target and round, ${rounds} interleaved round(s) of ${settings.measureMs / 1000} s after ${settings.warmUpMs / 1000} s of warm-up, ${settings.connections} connections with one request outstanding each, loopback, medians. ` +
    `CPU is what the kernel counted for the whole gateway process (all threads) in exactly the measured time. NODE_ENV=production, no compression, stock run with the same flags of node as Kanmon in docker-compose.yml (${GATEWAY_NODE_FLAGS.join(" ")}). ` +
    "Answers are compared with stock's, byte for byte in `data`.";
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

function percent(share: number): string { return `${(share * 100).toFixed(0)} %`; }
