/**
 * One full collection of garbage soon after the start. Reading the supergraph leaves more garbage than the gateway ever lives on, and V8 sizes the heap by what it finds at its first full
 * collection: left to itself it lets a gateway grow by 50 MB before it looks. Takes nothing from the command line, so it is the same however the process was started.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Collects once, after what is at hand; whoever asks meanwhile waits for a tenth of a second. */
export function collectSoon(): void { setImmediate(collectGarbage); }

/** Collects everything that nobody can reach. */
export function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  setFlagsFromString("--no-expose-gc");
  if (typeof collect === "function") Reflect.apply(collect, undefined, []);
}
