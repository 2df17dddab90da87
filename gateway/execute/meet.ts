/**
 * Lets branches of a plan meet for a common call. Whoever comes first waits for the others, but not for long: a ministry that is slow in one branch must
 * not take another branch's values with it. Whoever comes late goes alone.
 */
import type { Branch, Meeting, MeetingStep } from "../plan/operation";
import type { Run } from "./run";
import { fetchTogether } from "./fetch-together";

/** Milliseconds that a branch waits for others. Far above what ministries take when nothing is wrong. */
const PATIENCE_MS = 500;

interface Waiting { readonly arrived: Branch[]; readonly timer: NodeJS.Timeout; readonly done: Promise<void>; readonly go: () => void; count: number; gone: boolean }

export class Meetings {
  readonly #waiting = new Map<Meeting, Waiting>();
  constructor(private readonly run: Run) {}

  /** Resolves when the call for the arriving branches is through. */
  arrive({ meeting, branches }: MeetingStep): Promise<void> {
    const waiting = this.#waiting.get(meeting) ?? this.#open(meeting);
    if (waiting.gone) return fetchTogether(this.run, meeting, branches);
    waiting.arrived.push(...branches);
    waiting.count += 1;
    if (waiting.count === meeting.expected) waiting.go();
    return waiting.done;
  }

  #open(meeting: Meeting): Waiting {
    const arrived: Branch[] = [];
    let go = (): void => undefined;
    const done = new Promise<void>((resolve, reject) => {
      go = () => {
        clearTimeout(waiting.timer);
        if (waiting.gone) return;
        waiting.gone = true;
        fetchTogether(this.run, meeting, arrived).then(resolve, reject);
      };
    });
    const waiting: Waiting = { arrived, done, go, timer: setTimeout(go, PATIENCE_MS), count: 0, gone: false };
    this.run.stop.listen(go);
    this.#waiting.set(meeting, waiting);
    return waiting;
  }
}
