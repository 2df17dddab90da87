/**
 * Calls ministries over HTTP (G9, G11; attack B-126): one pool of kept connections per ministry, the body as one buffer, the answer bounded in size
 * and time, no redirects, no compression, no proxy. Whatever does not end well with status 200 is a failed call, and nothing about it is kept.
 */
import { Pool, type Dispatcher } from "undici";
import type { Call, CallResult } from "./request";
import type { Stop } from "./stop";

export interface Ministry { readonly subgraph: string; readonly url: string }
export interface CallerOptions {
  readonly ministries: readonly Ministry[];
  /** Bytes of an answer. */
  readonly largestAnswer: number;
  readonly connections: number;
  /** Milliseconds for connecting, and between two pieces of an answer. */
  readonly connectMs: number;
}
export const DEFAULT_CALLER_OPTIONS = { largestAnswer: 32 * 1024 * 1024, connections: 128, connectMs: 3_000 } as const;

/** Headers that prove a call; made by `statement.ts`. */
export type SealBody = (subgraph: string, method: string, path: string, body: Uint8Array) => Readonly<Record<string, string>>;

interface Target { readonly pool: Pool; readonly path: string }
const FAILED: CallResult = { ok: false };

export class MinistryCaller {
  readonly #targets: ReadonlyMap<string, Target>;

  constructor(private readonly options: CallerOptions) {
    this.#targets = new Map(options.ministries.map(({ subgraph, url }) => {
      const { origin, pathname, search } = new URL(url);
      const pool = new Pool(origin, {
        connections: options.connections, pipelining: 1, connect: { timeout: options.connectMs },
        keepAliveTimeout: 30_000, headersTimeout: 60_000, bodyTimeout: 60_000,
      });
      return [subgraph, { pool, path: `${pathname}${search}` }];
    }));
  }

  /** Calls on behalf of one asker. Without `seal` no statement is sent, and a Kanmon ministry answers nothing. */
  forAsker(seal: SealBody | undefined): Call {
    return (subgraph, body, stop) => {
      const target = this.#targets.get(subgraph);
      if (target === undefined || stop.stopped) return Promise.resolve(FAILED);
      const proof = seal?.(subgraph, "POST", target.path, body);
      return new Promise((resolve) => { this.#dispatch(target, body, proof, stop, resolve); });
    };
  }

  async close(): Promise<void> { await Promise.all([...this.#targets.values()].map(({ pool }) => pool.destroy())); }

  #dispatch({ pool, path }: Target, body: Buffer, proof: Readonly<Record<string, string>> | undefined, stop: Stop, resolve: (result: CallResult) => void): void {
    const headers = { "content-type": "application/json", accept: "application/json", ...proof };
    pool.dispatch({ method: "POST", path, headers, body }, new AnswerReader(this.options.largestAnswer, stop, resolve));
  }
}

/** Collects one answer; settles exactly once, and at once when it is stopped, even while the call still waits for a connection. */
class AnswerReader implements Dispatcher.DispatchHandler {
  #pieces: Buffer[] = [];
  readonly #stopped = (): void => { this.#controller?.abort(new Error("deadline")); this.#settle(FAILED); };
  #controller: Dispatcher.DispatchController | undefined;
  #size = 0;
  #settled = false;

  constructor(private readonly largest: number, private readonly stop: Stop, private readonly resolve: (result: CallResult) => void) {
    stop.listen(this.#stopped);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#settled) controller.abort(new Error("deadline"));
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status === 200) return;
    this.#settle(FAILED);
    controller.abort(new Error("status"));
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void {
    this.#size += piece.length;
    if (this.#size <= this.largest) { this.#pieces.push(piece); return; }
    this.#settle(FAILED);
    controller.abort(new Error("size"));
  }

  onResponseEnd(): void {
    if (this.#settled) return;
    const [first] = this.#pieces;
    this.#settle({ ok: true, body: this.#pieces.length === 1 && first !== undefined ? first : Buffer.concat(this.#pieces) });
  }

  onResponseError(): void { this.#settle(FAILED); }

  #settle(result: CallResult): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#pieces = [];
    this.stop.unlisten(this.#stopped);
    this.resolve(result);
  }
}
