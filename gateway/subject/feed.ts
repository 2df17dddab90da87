/**
 * Fetches one ministry's standing (SPEC 3, G8): a pull every few seconds, and at once when the ministry's event stream says that something changed. Takes the
 * ministry's address and a way to seal the pull, and gives statements to the store. Only a whole, fresh statement counts as a sign of life;
 * a stream that merely stays open does not.
 */
import { request, type Dispatcher } from "undici";
import type { SealedHeaders } from "../execute/statement";

export interface FeedOptions {
  readonly subgraph: string;
  readonly url: URL;
  readonly dispatcher: Dispatcher;
  readonly seal: (path: string) => SealedHeaders;
  readonly accept: (body: unknown) => void;
  readonly warn: (problem: string) => void;
  /** Milliseconds between pulls. */
  readonly interval?: number;
}

const INTERVAL_MS = 2_000;
/** Until the first statement came: at a start everybody waits for it. */
const EAGER_MS = 150;
const PULL_TIMEOUT_MS = 5_000;
/** `alive` comes every 5 s; a stream that says nothing for three of them is dead. */
const STREAM_QUIET_MS = 15_000;
const RECONNECT_MS = 1_000;
const MOST_BYTES = 33_554_432;
const MOST_EVENT = 65_536;

export class StandingFeed {
  readonly #options: FeedOptions;
  readonly #interval: number;
  readonly #stop = new AbortController();
  #pulling: Promise<void> | undefined;
  #again = false;
  #isHeard = false;
  #timer: NodeJS.Timeout | undefined;
  #reconnect: NodeJS.Timeout | undefined;
  #lastProblem = "";

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#interval = options.interval ?? INTERVAL_MS;
  }

  /** Begins; the promise ends with the first pull, whether it worked or not. */
  start(): Promise<void> {
    void this.#listen();
    return this.pull();
  }

  stop(): void {
    this.#stop.abort();
    clearTimeout(this.#timer);
    clearTimeout(this.#reconnect);
  }

  /** Pulls now. A pull that is under way may have read before the change: then one more follows it. */
  pull(): Promise<void> {
    if (this.#pulling !== undefined) { this.#again = true; return this.#pulling; }
    clearTimeout(this.#timer);
    this.#pulling = this.#pullWhileChanged().finally(() => {
      this.#pulling = undefined;
      if (!this.#stop.signal.aborted) this.#timer = setTimeout(() => { void this.pull(); }, this.#isHeard ? this.#interval : Math.min(EAGER_MS, this.#interval));
    });
    return this.#pulling;
  }

  async #pullWhileChanged(): Promise<void> {
    do {
      this.#again = false;
      try {
        this.#options.accept(JSON.parse(await this.#read("/standing")));
        this.#lastProblem = "";
        this.#isHeard = true;
      } catch (error) { this.#report(`standing of ${this.#options.subgraph} could not be read: ${describe(error)}`); }
    } while (this.#again && !this.#stop.signal.aborted);
  }

  async #read(path: string): Promise<string> {
    const { url, dispatcher, seal } = this.#options;
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(PULL_TIMEOUT_MS)]);
    const answer = await request(new URL(path, url), { method: "GET", dispatcher, signal, headers: { accept: "application/json", ...seal(path) } });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MOST_BYTES) throw new Error("it is too large");
      chunks.push(chunk);
    }
    if (answer.statusCode !== 200) throw new Error(`status ${answer.statusCode}`);
    return Buffer.concat(chunks).toString("utf8");
  }

  async #listen(): Promise<void> {
    try { await this.#stream("/standing/changes"); } catch (error) { this.#report(`changes of ${this.#options.subgraph} cannot be followed: ${describe(error)}`); }
    if (!this.#stop.signal.aborted) this.#reconnect = setTimeout(() => { void this.#listen(); }, this.#isHeard ? RECONNECT_MS : EAGER_MS);
  }

  async #stream(path: string): Promise<void> {
    const { url, dispatcher, seal } = this.#options;
    const answer = await request(new URL(path, url), {
      method: "GET", dispatcher, signal: this.#stop.signal, headersTimeout: PULL_TIMEOUT_MS, bodyTimeout: STREAM_QUIET_MS, headers: { accept: "text/event-stream", ...seal(path) },
    });
    if (answer.statusCode !== 200) { await answer.body.dump(); throw new Error(`status ${answer.statusCode}`); }
    // What changed between the last pull and this connection was announced to nobody.
    void this.pull();
    let text = "";
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      text += chunk.toString("latin1");
      const end = text.lastIndexOf("\n\n");
      if (end >= 0) {
        if (text.slice(0, end).split("\n").some((line) => /^event: ?changed$/.test(line))) void this.pull();
        text = text.slice(end + 2);
      }
      if (text.length > MOST_EVENT) throw new Error("an event is too large");
    }
  }

  /** Once per problem, not once per pull. */
  #report(problem: string): void {
    if (this.#stop.signal.aborted || problem === this.#lastProblem) return;
    this.#lastProblem = problem;
    this.#options.warn(problem);
  }
}

function describe(error: unknown): string { return error instanceof Error ? error.message : String(error); }
