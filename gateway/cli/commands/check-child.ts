/**
 * The process in which `kanmon check` composes: it may be given anything, so it has a limited heap and a limited processor time, counted by a thread of its own, because the one that
 * composes may be in a loop. Takes one job from its parent, sends one result, and ends.
 */
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { type Job, workOn } from "./check-work";

/** `seconds` of processor time. */
export interface Order { readonly job: Job; readonly seconds: number }

const LOOK_MS = 100;

/** Ends the process when it has used what it may; the signal tells the parent which limit it was. */
function watch(seconds: number): void {
  setInterval(() => {
    const { user, system } = process.cpuUsage();
    if ((user + system) / 1e6 > seconds) process.kill(process.pid, "SIGXCPU");
  }, LOOK_MS);
}

if (!isMainThread) watch(workerData as number);
else {
  process.once("message", ({ job, seconds }: Order) => {
    new Worker(__filename, { workerData: seconds }).unref();
    process.send?.(workOn(job), () => { process.disconnect(); });
  });
}
