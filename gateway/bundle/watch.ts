/**
 * Follows the text of a file: told at once by the system where it can, and by looking every second whatever the system says. A rename over the file, a copy into it and a link turned elsewhere
 * all count. A text is given away when two looks found it the same, so that a file being written is not read as a bad one.
 */
import { createHash } from "node:crypto";
import { type FSWatcher, watch } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";

export interface WatchOptions {
  readonly file: string;
  /** Bytes; what is longer is not read. */
  readonly most: number;
  /** Taken for seen: nobody is told of it again. */
  readonly known: string;
  /** Awaited before the next look. */
  readonly onText: (text: string) => Promise<void>;
  /** The file is missing, too long or not readable; told once per problem. */
  readonly onProblem: (problem: string) => void;
  /** Milliseconds between looks. */
  readonly interval?: number;
}

const INTERVAL_MS = 1_000;
const SETTLED_MS = 50;

export class FileWatch {
  readonly #options: WatchOptions;
  readonly #interval: number;
  readonly #watcher: FSWatcher | undefined;
  #seen: string;
  #problem = "";
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #again = false;
  #isStopped = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#interval = options.interval ?? INTERVAL_MS;
    this.#seen = digestOf(options.known);
    this.#watcher = watchFolder(path.dirname(options.file), () => { void this.look(); });
    this.#schedule();
  }

  /** Gives the text away once more, whether or not it changed. */
  async reconsider(): Promise<void> {
    this.#seen = "";
    await this.look();
  }

  /** Looks now. One look at a time; what happened during one is found by another after it. */
  look(): Promise<void> {
    if (this.#isStopped) return Promise.resolve();
    if (this.#looking !== undefined) { this.#again = true; return this.#looking; }
    clearTimeout(this.#timer);
    this.#looking = this.#lookWhileChanged().finally(() => { this.#looking = undefined; this.#schedule(); });
    return this.#looking;
  }

  /** Ends with the look under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#watcher?.close();
    await this.#looking;
  }

  #schedule(): void {
    if (!this.#isStopped) this.#timer = setTimeout(() => { void this.look(); }, this.#interval).unref();
  }

  async #lookWhileChanged(): Promise<void> {
    do {
      this.#again = false;
      const text = await this.#settled();
      if (text !== undefined && digestOf(text) !== this.#seen) {
        this.#seen = digestOf(text);
        await this.#options.onText(text);
      }
    } while (this.#again && !this.#isStopped);
  }

  /** Undefined while it changes and where it cannot be read: the next look will tell. */
  async #settled(): Promise<string | undefined> {
    const text = await this.#read();
    if (text === undefined || digestOf(text) === this.#seen) return text;
    await wait(SETTLED_MS);
    if (await this.#read() === text) return text;
    this.#again = true;
    return undefined;
  }

  async #read(): Promise<string | undefined> {
    try {
      const text = await readBounded(this.#options.file, this.#options.most);
      // What is back is looked at, even where it is what it was.
      if (this.#problem !== "") this.#seen = "";
      this.#problem = "";
      return text;
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (problem !== this.#problem) this.#options.onProblem(problem);
      this.#problem = problem;
      return undefined;
    }
  }
}

/** @throws Error for a file that is missing, not readable or longer than `most` bytes */
export async function readBounded(file: string, most: number): Promise<string> {
  const handle = await open(file, "r");
  try {
    const { size } = await handle.stat();
    if (size > most) throw new Error(`${file} is larger than ${most} bytes`);
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

/** Where the system cannot tell, looking has to do. */
function watchFolder(folder: string, onChange: () => void): FSWatcher | undefined {
  try {
    return watch(folder, { persistent: false }, onChange).on("error", () => undefined);
  } catch { return undefined; }
}

function digestOf(text: string): string { return createHash("sha256").update(text).digest("base64"); }
