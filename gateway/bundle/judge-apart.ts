/**
 * Judges a bundle in a process of its own, so that no request waits for it and nothing of what judges ever counts as the gateway's memory; it and what it loaded are gone afterwards. Not in a thread: that has
 * the gateway's flags for its garbage, whatever limits it is given. Refuses when the process dies or takes too long: no verdict is no acceptance.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { childEnvironment } from "../config";
import type { Judge } from "./judge";
import { BundleError, type RefusalReason } from "./refusal";

/** What the process says. */
export type Outcome = { readonly fit: true } | { readonly fit: false; readonly reason: RefusalReason; readonly message: string };

export interface ApartOptions {
  /** More flags of the process's runtime. */
  readonly flags?: readonly string[];
  readonly within?: number;
}

/** It collects more often what it needs once: few MB instead of quick. */
export const JUDGE_NODE_FLAGS: readonly string[] = ["--single-threaded-gc", "--heap-growing-percent=40", "--max-semi-space-size=4"];
const SCRIPT = path.join(__dirname, `judge-process${path.extname(__filename)}`);
const WITHIN_MS = 60_000;

export function judgeApart({ flags = [], within = WITHIN_MS }: ApartOptions = {}): Judge {
  return async ({ supergraph, labels, flows, operations }) => {
    const child = fork(SCRIPT, [], { execArgv: [...JUDGE_NODE_FLAGS, ...flags], env: childEnvironment({}), serialization: "advanced", stdio: ["ignore", "ignore", "ignore", "ipc"] });
    let timer: NodeJS.Timeout | undefined;
    try {
      const outcome = await new Promise<Outcome>((done) => {
        const fail = (message: string): void => { done({ fit: false, reason: "unfit", message }); };
        child.once("message", (said) => { done(said as Outcome); });
        child.on("error", (error) => { fail(`the bundle could not be judged: ${error.message}`); });
        child.once("exit", () => { fail("the bundle could not be judged: the process ended without a verdict"); });
        timer = setTimeout(() => { fail(`the bundle could not be judged within ${within / 1000} s`); }, within);
        // Whoever ends before they are told is heard of by that.
        child.send({ supergraph, labels, flows, operations }, () => undefined);
      });
      if (!outcome.fit) throw new BundleError(outcome.reason, outcome.message);
    } finally {
      clearTimeout(timer);
      await end(child);
    }
  };
}

/** It does nothing that has to be finished. */
async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}
