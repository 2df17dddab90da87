/**
 * Composes for `kanmon check` in a process of its own (SPEC 5.16). Apollo's composition has no limit of time, and a schema may be made to keep it busy for hours or to fill the memory:
 * then the process is ended and the answer is a refusal in words. Nothing of it is left, and nothing was written.
 */
import { fork } from "node:child_process";
import path from "node:path";
import type { SubgraphSource } from "../../../schema/compose";
import type { Said } from "../exit";
import type { Order } from "./check-child";
import type { Job, Result } from "./check-work";

/** What one composition may take. */
export interface Limits {
  /** Processor time of a small schema, and what each kilobyte of SDL adds. */
  readonly seconds: number;
  readonly secondsPerKilobyte: number;
  /** Size of the heap. */
  readonly megabytes: number;
}
export interface ApartOptions {
  readonly limits?: Limits;
  /** Flags of the process's runtime. */
  readonly flags?: readonly string[];
}
/** What ended the process instead of a result. */
export interface Stopped { readonly kind: "stopped"; readonly said: Said }

/** Real schemas, those of the bench included, take a fifth of it. */
const LIMITS: Limits = { seconds: 20, secondsPerKilobyte: 0.2, megabytes: 2_048 };
/** How much longer than its processor time a composition may take on a machine that has other things to do. */
const PATIENCE = 10;
const SCRIPT = path.join(__dirname, `check-child${path.extname(__filename)}`);

export async function composeApart(job: Job, { limits = LIMITS, flags = [] }: ApartOptions = {}): Promise<Result | Stopped> {
  const seconds = Math.ceil(limits.seconds + limits.secondsPerKilobyte * kilobytesOf(job.sources));
  const child = fork(SCRIPT, { execArgv: [...flags, `--max-old-space-size=${limits.megabytes}`], stdio: ["ignore", "ignore", "ignore", "ipc"], serialization: "advanced" });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Result | Stopped>((done) => {
      const stopped = (...said: Said): void => { done({ kind: "stopped", said }); };
      child.once("message", (result) => { done(result as Result); });
      child.once("error", (error) => { stopped("compositionCrashed", { how: error.message }); });
      child.once("exit", (code, signal) => {
        if (signal === "SIGXCPU" || signal === "SIGKILL") stopped("compositionTooLong", { seconds });
        // V8 ends a process whose heap is full by an abort.
        else if (signal === "SIGABRT" || code === 134) stopped("compositionTooLarge", { megabytes: limits.megabytes });
        else stopped("compositionCrashed", { how: signal ?? String(code) });
      });
      timer = setTimeout(() => { child.kill("SIGKILL"); }, seconds * PATIENCE * 1000);
      child.send({ job, seconds } satisfies Order);
    });
  } finally {
    clearTimeout(timer);
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  }
}

function kilobytesOf(sources: readonly SubgraphSource[]): number {
  return sources.reduce((sum, { sdl }) => sum + Buffer.byteLength(sdl), 0) / 1000;
}
