/**
 * Where the time goes: starts the gateway with its inspector on a loopback port, records a CPU profile while the load runs warm, writes it to the system's
 * temporary folder (open it in any browser's developer tools) and lists the functions by the time spent in themselves and in all they call.
 */
import { writeFileSync } from "node:fs";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { Inspector } from "./inspector";
import { ROOT } from "./process";
import { type Expected, type RoundSettings, runRound } from "./round";
import type { StartTarget, Target } from "./targets";
import type { QueryName } from "./workload/queries";
import type { Workspace } from "./workspace";

export interface Frame { readonly functionName: string; readonly url: string; readonly lineNumber: number }
interface ProfileNode { readonly id: number; readonly callFrame: Frame; readonly children?: readonly number[] }
export interface CpuProfile { readonly nodes: readonly ProfileNode[]; readonly samples: readonly number[]; readonly timeDeltas: readonly number[] }

const LISTED = 60;
const INTERVAL_US = 200;

export async function runProfile(target: Target, query: QueryName, workspace: Workspace, options: { readonly settings: RoundSettings; readonly expected: Expected; readonly start: StartTarget }): Promise<string> {
  let profile: CpuProfile | undefined;
  const round = await runRound(target, query, workspace, {
    ...options, start: { ...options.start, nodeFlags: [...options.start.nodeFlags ?? [], "--inspect=127.0.0.1:0"] },
    during: async (up) => {
      const inspector = await Inspector.of(up.gateway);
      await sleep(options.settings.warmUpMs + 500);
      await inspector.send("Profiler.enable");
      await inspector.send("Profiler.setSamplingInterval", { interval: INTERVAL_US });
      await inspector.send("Profiler.start");
      await sleep(options.settings.measureMs - 1_000);
      profile = (await inspector.send("Profiler.stop") as { profile: CpuProfile }).profile;
      inspector.close();
    },
  });
  if (profile === undefined) return `${target.title}: no profile\n`;
  const file = join(mkdtempSync(join(tmpdir(), "kanmon-profile-")), `${target.name}-${query}.cpuprofile`);
  writeFileSync(file, JSON.stringify(profile));
  return `\n${target.title}, ${query}: ${(round.cpu.gateway * 1000 / round.requests).toFixed(3)} CPU ms a request while profiled\n${file}\n${printTop(profile)}`;
}

/** Percent of the busy time: idle samples are left out. */
export function printTop(profile: CpuProfile): string {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(profile.nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id] as const)));
  const self = new Map<string, number>(); const total = new Map<string, number>();
  let busy = 0;
  profile.samples.forEach((id, at) => {
    const node = nodes.get(id);
    const took = profile.timeDeltas[at] ?? 0;
    if (node === undefined || node.callFrame.functionName === "(idle)") return;
    busy += took;
    add(self, nameOf(node.callFrame), took);
    const seen = new Set<string>();
    for (let up: ProfileNode | undefined = node; up !== undefined; up = nodes.get(parents.get(up.id) ?? -1)) {
      const name = nameOf(up.callFrame);
      if (!seen.has(name)) { seen.add(name); add(total, name, took); }
    }
  });
  const rows = (of: ReadonlyMap<string, number>): string => [...of].sort((a, b) => b[1] - a[1]).slice(0, LISTED).map(([name, took]) => `${(took * 100 / busy).toFixed(1).padStart(6)} %  ${name}`).join("\n");
  return `self time:\n${rows(self)}\n\nwith everything called:\n${rows(total)}\n`;
}

export function nameOf({ functionName, url, lineNumber }: Frame): string {
  const file = url.startsWith("file://") ? relative(ROOT, url.slice(7)) : url.startsWith("/") ? relative(ROOT, url) : url;
  return `${functionName === "" ? "(anonymous)" : functionName}${file === "" ? "" : `  ${file}:${lineNumber + 1}`}`;
}

function add(to: Map<string, number>, name: string, took: number): void { to.set(name, (to.get(name) ?? 0) + took); }
function sleep(ms: number): Promise<void> { return new Promise((done) => { setTimeout(done, ms); }); }
