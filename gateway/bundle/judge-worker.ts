/** The thread in which a bundle is judged beside the gateway: takes the content as its data and says one word, or why it refuses. */
import { parentPort, workerData } from "node:worker_threads";
import type { Outcome } from "./judge-apart";
import { judgeHere, type Judged } from "./judge";
import { asRefusal } from "./refusal";

const say = (outcome: Outcome): void => { parentPort?.postMessage(outcome); };

judgeHere(workerData as Judged).then(() => { say({ fit: true }); }, (error: unknown) => {
  const { reason, message } = asRefusal("unfit", error);
  say({ fit: false, reason, message });
});
