/**
 * Processes of the bench: started in a clean environment, pinned to a core where `taskset` exists, watched through /proc, stopped by their own handle.
 * Core 0 belongs to the gateway under test; everything else shares core 1, so that the load never runs on the measured core.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { childEnvironment } from "../../gateway/config";

export const ROOT = resolve(__dirname, "../..");
const REGISTER = resolve(__dirname, "register.js");
/** Kernel clock ticks a second in /proc/<pid>/stat; 100 on every Linux that Node runs on. */
const TICKS = 100;
const START_LIMIT_MS = 60_000;

export interface StartOptions {
  /** Core to pin to; without it, all. */
  readonly core?: 0 | 1;
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeFlags?: readonly string[];
  /** Resolve at the first line of standard output (or error output) that matches; without it, at once. */
  readonly until?: RegExp;
  /** Milliseconds until then, at most. */
  readonly startWithin?: number;
  /** Milliseconds a stop may take before the process is killed. */
  readonly stopWithin?: number;
}
export interface Running { readonly pid: number; readonly line: string; log(): string; stop(): Promise<void> }

export const pinned: boolean = availableParallelism() >= 2 && spawnSync("taskset", ["--version"]).status === 0;

/** Starts `node <flags> <args>`; a file ending in .ts is loaded through the register hook. Rejects with the process's output when it ends or stays silent. */
export async function startNode(file: string, args: readonly string[], options: StartOptions): Promise<Running> {
  const node = [process.execPath, ...options.nodeFlags ?? [], ...(file.endsWith(".ts") ? ["--require", REGISTER] : []), file, ...args];
  const [command = "", ...rest] = pinned && options.core !== undefined ? ["taskset", "-c", String(options.core), ...node] : node;
  const child = spawn(command, rest, { cwd: ROOT, env: childEnvironment({ NODE_ENV: "production", ...options.env }), stdio: ["ignore", "pipe", "pipe"] });
  const output: string[] = [];
  const line = await new Promise<string>((done, fail) => {
    if (options.until === undefined) child.once("spawn", () => done(""));
    const limit = options.startWithin ?? START_LIMIT_MS;
    // One that takes time to stop has processes of its own, and stops them when it is asked to.
    const timer = setTimeout(() => { child.kill(options.stopWithin === undefined ? "SIGKILL" : "SIGTERM"); fail(new Error(`${file} said nothing expected in ${limit} ms:\n${output.join("")}`)); }, limit);
    const read = (chunk: Buffer): void => {
      output.push(chunk.toString("utf8"));
      if (output.length > 200) output.splice(0, 100);
      const found = options.until === undefined ? null : options.until.exec(output.join(""));
      if (found !== null) { clearTimeout(timer); done(found[0]); }
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("error", fail);
    child.once("exit", (code) => { clearTimeout(timer); fail(new Error(`${file} ended with ${code}:\n${output.join("")}`)); });
    if (options.until === undefined) clearTimeout(timer);
  });
  if (child.pid === undefined) throw new Error(`${file} has no process id`);
  return { pid: child.pid, line, log: () => output.join(""), stop: () => stop(child, options.stopWithin ?? 5_000) };
}

/** Processor seconds the process has used so far, all threads, user and system. */
export function cpuSeconds(pid: number): number {
  const fields = statFields(pid);
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** From the state on: the command name before it, in parentheses, may itself hold spaces. */
function statFields(pid: number): readonly string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** The process and all below it, by their command lines, with the processor seconds each has used. */
export function cpuByProcess(root: number): readonly { readonly pid: number; readonly command: string; readonly seconds: number }[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    try { if (Number.isInteger(pid)) parents.set(pid, Number(statFields(pid)[1])); } catch { /* ended meanwhile */ }
  }
  const isBelow = (pid: number): boolean => { for (let up: number | undefined = pid; up !== undefined && up > 0; up = parents.get(up)) if (up === root) return true; return false; };
  return [...parents.keys()].filter(isBelow).flatMap((pid) => {
    try { return [{ pid, command: readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim(), seconds: cpuSeconds(pid) }]; } catch { return []; }
  });
}

/** Resident memory in MB: now, and the highest so far. */
export function residentMb(pid: number): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const read = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0) / 1024;
  return { now: read("VmRSS"), peak: read("VmHWM") };
}

/** From now on the peak is of what comes. Linux only; elsewhere, or without the right to, the peak stays that of the whole life. */
export function forgetPeak(pid: number): void {
  try { writeFileSync(`/proc/${pid}/clear_refs`, "5"); } catch { /* the limit is then kept by more than it has to be */ }
}

async function stop(child: ChildProcess, within: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((done) => {
    const hard = setTimeout(() => child.kill("SIGKILL"), within);
    child.once("exit", () => { clearTimeout(hard); done(); });
    child.kill("SIGTERM");
  });
}
