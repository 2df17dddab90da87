/**
 * One follower of the standing (SPEC 6.2): a snapshot with its number, or where the follower left off, then events as they are committed, then signs of life. Takes a reader of the database and a
 * stream of lines that waits for its reader; ends when the stream's life is over, when events are not there any more, or when the database does not answer. Says that it is alive
 * only when it has just read the database: whoever cannot read cannot vouch.
 */
import type { FeedPosition, StandingReader } from "./standing";

export interface LineStream {
  /** Resolves when more may be written. @throws Error when the follower does not read, or is gone */
  write(lines: string): Promise<void>;
  /** Aborted when the stream must end. */
  readonly ending: AbortSignal;
}
export interface FollowOptions {
  readonly ministry: string;
  readonly reader: StandingReader;
  /** Calls back at every wake-up; gives how to stop that. */
  readonly follow: (changed: () => void) => () => void;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly snapshots: SnapshotTurns;
  /** Resolves when the labels of the history up to a number are known to the guards. */
  readonly takeIn: (history: number) => Promise<void>;
}

export const FEED_FORMAT = "kanmon-standing/1";
const PATH = /^\/standing(?:\/after\/([1-9]\d{0,15})\/([0-9a-f]{64}))?$/;
/** A wake-up that was lost costs no more than this. */
const LOOK_AGAIN_MS = 500;
const ALIVE_MS = 5_000;
const MOST_SNAPSHOTS = 3;

/** Where a follower left off, by the path it asked for: null from the beginning, undefined when this is no path of the feed. */
export function positionIn(path: string): FeedPosition | null | undefined {
  const found = PATH.exec(path);
  if (found === null) return undefined;
  const [, number, hash] = found;
  return number === undefined || hash === undefined ? null : { number: Number(number), hash };
}

/** Streams until it has to end. @throws Error when the follower or the database fails */
export async function followStanding({ ministry, reader, follow, clock, snapshots, takeIn }: FollowOptions, after: FeedPosition | null, stream: LineStream): Promise<void> {
  const wake = new WakeUp();
  // Listened to before anything is read, so that no change falls in between.
  const unfollow = follow(() => wake.call());
  const onEnding = (): void => wake.call();
  stream.ending.addEventListener("abort", onEnding);
  try {
    const isResumed = after !== null && await reader.isKnown(after);
    const head = (position: FeedPosition): Promise<void> => stream.write(`${JSON.stringify({ format: FEED_FORMAT, ministry, ...position, resumed: isResumed })}\n`);
    let position: FeedPosition;
    if (after !== null && isResumed) { await head(after); position = after; } else position = await snapshots.take(() => writeSnapshot(reader, head, stream));
    let saidAt = Number.NEGATIVE_INFINITY;
    let toldHistory = 0;
    while (!stream.ending.aborted) {
      wake.forget();
      const readAt = clock();
      // Before the events: whoever is told that something happened has been told what it did to the standing.
      const history = await reader.readHistory();
      const read = await reader.eventsAfter(position);
      if (read === undefined) return;
      const last = read.events.at(-1);
      if (last !== undefined) {
        await stream.write(read.events.map((event) => `${JSON.stringify(event)}\n`).join(""));
        position = { number: last.number, hash: last.hash };
      }
      if (read.isAll && history !== toldHistory) {
        // Whoever is told asks at once, and what has a label that the guards do not know is not there: the event would be lost.
        await takeIn(history);
        await stream.write(`${JSON.stringify({ history })}\n`);
        toldHistory = history;
      }
      if (read.isAll && performance.now() - saidAt >= ALIVE_MS) {
        await stream.write(`${JSON.stringify({ alive: position.number, at: readAt })}\n`);
        saidAt = performance.now();
      }
      if (last === undefined) await wake.within(LOOK_AGAIN_MS);
    }
  } finally {
    unfollow();
    stream.ending.removeEventListener("abort", onEnding);
  }
}

async function writeSnapshot(reader: StandingReader, head: (position: FeedPosition) => Promise<void>, stream: LineStream): Promise<FeedPosition> {
  let entries = 0;
  const position = await reader.readSnapshot({
    begin: head,
    entries: async (lines, count) => {
      if (stream.ending.aborted) throw new Error("the stream ended");
      await stream.write(lines);
      entries += count;
    },
  });
  await stream.write(`${JSON.stringify({ entries })}\n`);
  return position;
}

/** Each snapshot holds a connection and a transaction: a few at a time, the others wait. */
export class SnapshotTurns {
  readonly #waiting: (() => void)[] = [];
  #free = MOST_SNAPSHOTS;

  async take<T>(make: () => Promise<T>): Promise<T> {
    if (this.#free === 0) await new Promise<void>((resolve) => { this.#waiting.push(resolve); });
    else this.#free -= 1;
    try {
      return await make();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1; else next();
    }
  }
}

/** A call that comes before somebody waits for it is not lost. */
class WakeUp {
  #called = false;
  #resolve: (() => void) | undefined;

  call(): void { this.#called = true; this.#resolve?.(); }

  forget(): void { this.#called = false; }

  async within(milliseconds: number): Promise<void> {
    if (this.#called) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => { this.#resolve = resolve; timer = setTimeout(resolve, milliseconds); });
    clearTimeout(timer);
    this.#resolve = undefined;
  }
}
