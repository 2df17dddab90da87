/**
 * Follows one ministry's standing (SPEC 3.11, 6.2, G8): one stream, authenticated like every call, from where the last one was left off if that was in order, else from a whole snapshot. Takes the ministry's
 * address and a way to seal the call, and carries lines out on the store. A fault voids what the ministry stated until the next snapshot; a stream that ends or falls silent does not, the
 * store's minute does. Bounded: one line and one chunk at a time, no faster than they are carried out.
 */
import { setTimeout as wait } from "node:timers/promises";
import { request, type Dispatcher } from "undici";
import type { SealedHeaders } from "../execute/statement";
import { FeedFault, FeedLines, type FeedPosition, StatedAnew } from "./lines";
import type { StandingStore } from "./store";

export interface FeedOptions {
  readonly subgraph: string;
  readonly url: URL;
  readonly dispatcher: Dispatcher;
  readonly seal: (path: string) => SealedHeaders;
  readonly store: StandingStore;
  readonly warn: (problem: string) => void;
  readonly onFault?: () => void;
  /** Told how far the ministry's history has come. */
  readonly onHistory?: (number: number) => void;
  /** Milliseconds between streams that fail, and that end in order. */
  readonly pauses?: { readonly failed: number; readonly ended: number };
}

const HEADERS_TIMEOUT_MS = 5_000;
/** The ministry says that it is alive every 5 s; a stream that says nothing for three of them is dead. */
const QUIET_MS = 15_000;
/** Until the first snapshot came: at a start everybody waits for it. */
const EAGER_MS = 150;
const PAUSES = { failed: 1_000, ended: 20 };
/** Of a ministry whose stream is faulty again and again; one fault in a minute is the first. */
const LONGEST_PAUSE_MS = 30_000;
const STEADY_MS = 60_000;
const PATH = "/standing";
const LONGEST_LINE = 1_048_576;
const LINE_FEED = 10;

export class StandingFeed {
  readonly #options: FeedOptions;
  readonly #stop = new AbortController();
  #leftOff: FeedPosition | undefined;
  #wasLoaded = false;
  #faults = 0;
  #faultAt = Number.NEGATIVE_INFINITY;
  #lastProblem = "";
  #firstOutcome: () => void = () => undefined;

  constructor(options: FeedOptions) { this.#options = options; }

  /** Begins; the promise ends with the first snapshot, or the first failure. */
  start(): Promise<void> {
    const first = new Promise<void>((resolve) => { this.#firstOutcome = resolve; });
    void this.#followForEver();
    return first;
  }

  stop(): void { this.#stop.abort(); }

  async #followForEver(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const pause = await this.#followOnce();
      this.#firstOutcome();
      await wait(pause, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  /** One stream, to its end. Gives how long to wait before the next one. */
  async #followOnce(): Promise<number> {
    const { subgraph, store, pauses = PAUSES } = this.#options;
    const asked = this.#leftOff;
    const lines = new FeedLines(store, subgraph, asked, this.#options.onHistory);
    const leaveOff = (): void => { this.#leftOff = lines.position ?? (store.isLoaded(subgraph) ? asked : undefined); };
    try {
      await this.#read(lines, asked === undefined ? PATH : `${PATH}/after/${asked.number}/${asked.hash}`);
      leaveOff();
      return pauses.ended;
    } catch (error) {
      if (error instanceof FeedFault) return this.#giveUp(error);
      leaveOff();
      this.#report(`standing of ${subgraph} cannot be followed: ${describe(error)}`);
      return this.#wasLoaded ? pauses.failed : Math.min(EAGER_MS, pauses.failed);
    }
  }

  /** Nothing of what the ministry stated is relied on any more; the next stream begins with a snapshot. */
  #giveUp(fault: FeedFault): number {
    const { subgraph, store, pauses = PAUSES } = this.#options;
    store.void(subgraph);
    this.#leftOff = undefined;
    if (fault instanceof StatedAnew) return 0;
    this.#options.onFault?.();
    this.#report(`standing of ${subgraph} is void until it is stated anew: ${fault.message}`);
    this.#faults = performance.now() - this.#faultAt > STEADY_MS ? 1 : this.#faults + 1;
    this.#faultAt = performance.now();
    return this.#faults === 1 ? 0 : Math.min(LONGEST_PAUSE_MS, pauses.failed * 2 ** (this.#faults - 2));
  }

  async #read(lines: FeedLines, path: string): Promise<void> {
    const { url, dispatcher, seal } = this.#options;
    const answer = await request(new URL(path, url), {
      method: "GET", dispatcher, signal: this.#stop.signal, headersTimeout: HEADERS_TIMEOUT_MS, bodyTimeout: QUIET_MS, headers: { accept: "application/x-ndjson", ...seal(path) },
    });
    if (answer.statusCode !== 200) { await answer.body.dump(); throw new Error(`status ${answer.statusCode}`); }
    const rest: Buffer[] = [];
    let size = 0;
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      let from = 0;
      for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
        const line = rest.length === 0 ? chunk.toString("utf8", from, end) : Buffer.concat([...rest.splice(0), chunk.subarray(from, end)]).toString("utf8");
        size = 0;
        from = end + 1;
        lines.take(line);
        if (lines.isAlive) this.#succeed();
      }
      if (from < chunk.length) {
        rest.push(chunk.subarray(from));
        size += chunk.length - from;
        if (size > LONGEST_LINE) throw new FeedFault("a line is too long");
      }
    }
  }

  #succeed(): void {
    if (this.#wasLoaded && this.#lastProblem === "") return;
    this.#wasLoaded = true;
    this.#lastProblem = "";
    this.#firstOutcome();
  }

  /** Once per problem, not once per stream. */
  #report(problem: string): void {
    if (this.#stop.signal.aborted || problem === this.#lastProblem) return;
    this.#lastProblem = problem;
    this.#options.warn(problem);
  }
}

function describe(error: unknown): string { return error instanceof Error ? error.message : String(error); }
