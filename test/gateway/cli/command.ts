/** Runs the compiled `kanmon` as its users do: a process of its own, with an environment of its own. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

const ROOT = path.join(__dirname, "../../..");
export const MAIN = path.join(ROOT, "dist", "gateway", "cli", "main.js");

const LOCK = path.join(ROOT, "node_modules", ".kanmon-build");
const LONGEST_BUILD_MS = 120_000;

/**
 * Compiles what is to be tested, by the package's own settings; does nothing when the compiled files are newer than every source. Test files run side by side,
 * so one builds and the others wait: nobody loads a file that is being written.
 */
export function build(): void {
  const until = Date.now() + LONGEST_BUILD_MS;
  while (!tryLock()) {
    if (Date.now() > until) throw new Error(`${LOCK} is held; remove it if no build is under way`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
  try {
    if (!isCurrent()) execFileSync(process.execPath, [path.join(ROOT, "node_modules", "typescript", "bin", "tsc"), "-p", path.join(ROOT, "tsconfig.json")], { stdio: "pipe" });
  } finally { fs.rmSync(LOCK, { recursive: true, force: true }); }
}

function tryLock(): boolean {
  try {
    fs.mkdirSync(LOCK);
    return true;
  } catch {
    const held = fs.statSync(LOCK, { throwIfNoEntry: false });
    if (held !== undefined && Date.now() - held.mtimeMs > LONGEST_BUILD_MS) fs.rmSync(LOCK, { recursive: true, force: true });
    return false;
  }
}

function isCurrent(): boolean {
  // Files that did not change are not written again, but this one is.
  const compiled = fs.existsSync(MAIN) ? fs.statSync(path.join(ROOT, "dist", ".tsbuildinfo"), { throwIfNoEntry: false })?.mtimeMs ?? 0 : 0;
  const sources = ["schema", "gateway", "subgraphs"].flatMap((part) => fs.readdirSync(path.join(ROOT, part), { recursive: true, encoding: "utf8" }).map((name) => path.join(ROOT, part, name)));
  return [...sources, path.join(ROOT, "tsconfig.json")].filter((file) => /\.(ts|json)$/.test(file)).every((file) => fs.statSync(file).mtimeMs < compiled);
}

export interface Finished { readonly code: number | null; readonly out: string; readonly err: string }

export class Command {
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
  out = "";
  err = "";

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}, script = MAIN, nodeFlags: readonly string[] = []) {
    const { PATH = "", TMPDIR } = process.env;
    this.process = spawn(process.execPath, [...nodeFlags, script, ...args], { env: { PATH, LANG: "C.UTF-8", ...(TMPDIR === undefined ? {} : { TMPDIR }), ...env }, stdio: ["pipe", "pipe", "pipe"] });
    this.process.stdout?.on("data", (chunk: Buffer) => { this.out += chunk.toString(); });
    this.process.stderr?.on("data", (chunk: Buffer) => { this.err += chunk.toString(); });
    this.finished = new Promise((resolve) => { this.process.once("close", (code) => { resolve({ code, out: this.out, err: this.err }); }); });
  }

  /** Waits for a text on standard output; throws with everything said when the command ends before. */
  async said(text: string): Promise<void> {
    const ended = this.finished.then(({ code, out, err }) => { throw new Error(`ended with ${code} before saying "${text}":\n${out}\n${err}`); });
    const seen = new Promise<void>((resolve) => {
      const look = (): void => { if (this.out.includes(text)) resolve(); };
      this.process.stdout?.on("data", look);
      look();
    });
    await Promise.race([seen, ended]);
  }
}

/** Runs a command to its end. */
export function run(args: readonly string[], env: Readonly<Record<string, string>> = {}, input = ""): Promise<Finished> {
  const command = new Command(args, env);
  command.process.stdin?.end(input);
  return command.finished;
}

/** Ids of processes that were started for this folder, told by their command line or environment. */
export function processesOf(folder: string): readonly number[] {
  return fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid).filter((name) => {
    try {
      const read = (file: string): string => fs.readFileSync(`/proc/${name}/${file}`, "utf8");
      return read("cmdline").includes(folder) || read("environ").includes(folder);
    } catch { return false; }
  }).map(Number);
}
