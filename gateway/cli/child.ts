/**
 * One supervised child process: started with exactly the environment it is given, ready when it says so over the IPC channel,
 * restarted after a crash a few times and then left down. Its output goes to a log file; the last lines are shown when it dies.
 * A child whose parent is gone sees the channel close and stops by itself, so nothing is left behind even after SIGKILL of the parent.
 */
import { spawn, type ChildProcess } from "node:child_process";
import fs from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

export interface ChildSettings {
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
  /** For Node itself. */
  readonly nodeFlags?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Milliseconds until a start that does not get ready counts as failed. */
  readonly readyWithin: number;
  /** Milliseconds it has to stop before it is killed. */
  readonly stopWithin: number;
}
export type ChildEvent =
  | { readonly kind: "crashed"; readonly name: string; readonly how: string; readonly tail: string }
  | { readonly kind: "restarted"; readonly name: string }
  | { readonly kind: "down"; readonly name: string };

/** What a child sends when it is ready to answer. */
export interface ReadyMessage { readonly ready: true }

const MOST_RESTARTS = 3;
const RESTART_WINDOW_MS = 60_000;

/** Thrown when a child exits or stays silent before it is ready. */
export class ChildFailed extends Error {
  override readonly name = "ChildFailed";
  constructor(readonly child: string, readonly how: string, readonly tail: string) { super(`${child}: ${how}${tail === "" ? "" : `\n${tail}`}`); }
}

export class Child {
  #process: ChildProcess | undefined;
  #stopping = false;
  #isReady = false;
  #tail = "";
  readonly #crashes: number[] = [];

  constructor(private readonly settings: ChildSettings, private readonly onEvent: (event: ChildEvent) => void) {}

  get name(): string { return this.settings.name; }
  /** Process id while it runs. */
  get pid(): number | undefined { return this.#process?.pid; }

  /** Starts it and resolves when it is ready. Throws ChildFailed. */
  async start(): Promise<void> {
    const { name, script, args, nodeFlags = [], env, logFile, readyWithin } = this.settings;
    this.#tail = "";
    this.#isReady = false;
    const log = fs.createWriteStream(logFile, { flags: "a", mode: 0o600 });
    const child = spawn(process.execPath, [...nodeFlags, script, ...args], { env, stdio: ["ignore", "pipe", "pipe", "ipc"] });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => { log.write(chunk); this.#tail = (this.#tail + chunk.toString()).slice(-2000); });
    const gone = new Promise<string>((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("close", (code, signal) => { log.end(); resolve(signal === null ? `exited with code ${code}` : `was ended by ${signal}`); });
    });
    void gone.then((how) => this.#afterEnd(how));
    const ready = new Promise<void>((resolve) => child.on("message", (message) => { if ((message as Partial<ReadyMessage>).ready === true) resolve(); }));
    const timeout = new AbortController();
    const outcome = await Promise.race([
      ready.then(() => "ready" as const), gone,
      wait(readyWithin, `was not ready within ${readyWithin / 1000} s`, { signal: timeout.signal }).catch(() => "aborted"),
    ]);
    timeout.abort();
    if (outcome === "ready") { this.#isReady = true; return; }
    child.kill("SIGKILL");
    throw new ChildFailed(name, outcome, this.#tail.trim());
  }

  /** Asks it to stop and waits; after `stopWithin` it is killed. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
    child.kill("SIGTERM");
    const timeout = new AbortController();
    await Promise.race([gone, wait(this.settings.stopWithin, undefined, { signal: timeout.signal }).then(() => child.kill("SIGKILL"), () => undefined)]);
    timeout.abort();
    await gone;
  }

  #afterEnd(how: string): void {
    if (this.#stopping || !this.#isReady) return;
    this.onEvent({ kind: "crashed", name: this.name, how, tail: this.#tail.trim() });
    this.#restart().catch(() => this.onEvent({ kind: "down", name: this.name }));
  }

  async #restart(): Promise<void> {
    const now = Date.now();
    this.#crashes.push(now);
    const recent = this.#crashes.filter((at) => now - at < RESTART_WINDOW_MS).length;
    if (recent > MOST_RESTARTS) return this.onEvent({ kind: "down", name: this.name });
    await wait(200 * recent);
    if (this.#stopping) return;
    await this.start();
    this.onEvent({ kind: "restarted", name: this.name });
  }
}
