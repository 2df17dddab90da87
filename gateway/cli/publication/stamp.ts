/**
 * When publishing last succeeded (SPEC 18.13), for who watches over it: the published files do not say, as they depend on what is published alone. Takes a file that nobody is handed; writes the instant after every
 * success, whether a file changed by it or not, and refuses as late what succeeded longer ago than three times the interval, or never.
 */
import fs from "node:fs";
import { CommandFailure, EXIT } from "../exit";

/** Intervals without a success: one may fail for a moment, and a publication takes its time. */
const LATE_AFTER = 3;

/** Notes a success. */
export function stampSuccess(file: string, now: number): void {
  const draft = `${file}.part`;
  fs.writeFileSync(draft, `${new Date(now).toISOString()}\n`, { mode: 0o644 });
  fs.renameSync(draft, file);
}

/** @throws CommandFailure when publishing is late */
export function checkSuccess(file: string, everyS: number, now: number): void {
  const at = Date.parse(readStamp(file));
  if (Number.isNaN(at)) throw new CommandFailure(EXIT.failure, ["publicationNever", { file }]);
  // What lies far ahead was written by another clock, and would say for ever that all is well.
  const agoS = Math.round((now - at) / 1_000);
  if (Math.abs(agoS) > LATE_AFTER * everyS) throw new CommandFailure(EXIT.failure, ["publicationLate", { at: new Date(at).toISOString(), ago: agoS, every: everyS }]);
}

function readStamp(file: string): string {
  try { return fs.readFileSync(file, "utf8").trim(); } catch { return ""; }
}
