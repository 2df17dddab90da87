/** The process in which a bundle is judged beside the gateway: is sent the content and says one word, or why it refuses. It ends when nobody listens any more. */
import type { Outcome } from "./judge-apart";
import { judgeHere, type Judged } from "./judge";
import { asRefusal } from "./refusal";

const say = (outcome: Outcome): void => { process.send?.(outcome); };

process.once("message", (content) => {
  judgeHere(content as Judged).then(() => { say({ fit: true }); }, (error: unknown) => {
    const { reason, message } = asRefusal("unfit", error);
    say({ fit: false, reason, message });
  });
});
