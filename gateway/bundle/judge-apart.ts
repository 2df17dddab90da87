/**
 * Judges a bundle in a thread of its own, so that no request waits for it and nothing of what judges stays in memory; the thread and what it loaded are gone afterwards. Refuses when the thread dies or takes too long:
 * no verdict is no acceptance.
 */
import path from "node:path";
import { Worker } from "node:worker_threads";
import type { Judge } from "./judge";
import { BundleError, type RefusalReason } from "./refusal";

/** What the thread says. */
export type Outcome = { readonly fit: true } | { readonly fit: false; readonly reason: RefusalReason; readonly message: string };

export interface ApartOptions {
  /** Flags of the thread's runtime. */
  readonly flags?: readonly string[];
  readonly within?: number;
}

const SCRIPT = path.join(__dirname, `judge-worker${path.extname(__filename)}`);
const WITHIN_MS = 60_000;

export function judgeApart({ flags = [], within = WITHIN_MS }: ApartOptions = {}): Judge {
  return async ({ supergraph, labels, flows, operations }) => {
    const worker = new Worker(SCRIPT, { workerData: { supergraph, labels, flows, operations }, execArgv: [...flags], stdout: true, stderr: true });
    let timer: NodeJS.Timeout | undefined;
    try {
      const outcome = await new Promise<Outcome>((done) => {
        const fail = (message: string): void => { done({ fit: false, reason: "unfit", message }); };
        worker.once("message", done);
        worker.once("error", (error) => { fail(`the bundle could not be judged: ${error.message}`); });
        worker.once("exit", () => { fail("the bundle could not be judged: the thread ended without a verdict"); });
        timer = setTimeout(() => { fail(`the bundle could not be judged within ${within / 1000} s`); }, within);
      });
      if (!outcome.fit) throw new BundleError(outcome.reason, outcome.message);
    } finally {
      clearTimeout(timer);
      await worker.terminate();
    }
  };
}
