/**
 * Follows the text of a file: told at once by the system where it can, and by looking every second whatever the system says. A rename over the file, a copy into it and a link turned elsewhere
 * all count. A text is given away when two looks found it the same, so that a file being written is not read as a bad one. A file that the system says was not touched is not read again every second.
 */
import { createHash } from "node:crypto";
import { type FSWatcher, watch } from "node:fs";
import { open, stat } from "node:fs/promises";
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
/** Milliseconds: what was written less long ago may be written again without a new time; and after so long it is read whatever times say, for a file system may keep them badly. */
const YOUNG_MS = 2_000;
const READ_ANYWAY_MS = 30_000;

/** What the system says of a file at the instant before it was read. */
interface Stamp { readonly key: string; readonly readAt: number }

export class FileWatch {
  readonly #options: WatchOptions;
  readonly #interval: number;
  readonly #watcher: FSWatcher | undefined;
  #seen: string;
  /** Of the file whose text is the one seen; undefined where that is not certain. */
  #stamp: Stamp | undefined;
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
    this.#stamp = undefined;
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
      const key = await keyOf(this.#options.file);
      if (key !== undefined && key === this.#stamp?.key && performance.now() - this.#stamp.readAt < READ_ANYWAY_MS) continue;
      this.#stamp = key === undefined ? undefined : { key, readAt: performance.now() };
      const found = await this.#settled();
      if (found === undefined) this.#stamp = undefined;
      else if (found.digest !== this.#seen) {
        this.#seen = found.digest;
        await this.#options.onText(found.text);
      }
    } while (this.#again && !this.#isStopped);
  }

  /** Undefined while it changes and where it cannot be read: the next look will tell. */
  async #settled(): Promise<{ readonly text: string; readonly digest: string } | undefined> {
    const text = await this.#read();
    if (text === undefined) return undefined;
    const digest = digestOf(text);
    if (digest === this.#seen) return { text, digest };
    await wait(SETTLED_MS);
    if (await this.#read() === text) return { text, digest };
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

/** Changes whenever the file does, or another is in its place; undefined for one that is missing or that was written just now. */
async function keyOf(file: string): Promise<string | undefined> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs, mtimeMs, ctimeMs } = await stat(file, { bigint: true });
    const isYoung = Date.now() - Number(mtimeMs > ctimeMs ? mtimeMs : ctimeMs) < YOUNG_MS;
    return isYoung ? undefined : [dev, ino, size, mtimeNs, ctimeNs].join();
  } catch { return undefined; }
}

function digestOf(text: string): string { return createHash("sha256").update(text).digest("base64"); }
