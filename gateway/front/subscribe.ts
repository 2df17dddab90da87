/**
 * Subscriptions as event streams (SPEC 8.8; GraphQL over SSE, one operation a connection). Every event is one whole walk through the pipeline: authenticated, decided, released and
 * recorded anew, so that nothing decided at the beginning lasts. What happened that the asker may not know of is no event: nothing is sent, nothing is different. Signs of
 * life and the check that the asker still is who they were come at a fixed pace, whatever happens.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Edition, Editions } from "../edition";
import type { ChangeWindow } from "../execute";
import { answer, type Arrival, type Known, type Walk, walkOnce, walkOperation } from "../pipeline";
import type { MinistryChanges } from "../subject/changes";
import type { Finished } from "./finish";
import { endOf, NOBODY } from "./still-known";
import type { Turns } from "./turns";

export interface StreamOptions {
  readonly editions: Pick<Editions, "take" | "follow">;
  /** Every walk takes one of its asker's. */
  readonly turns: Turns;
  readonly changes: MinistryChanges;
  /** Milliseconds; tests do not wait as long. */
  readonly pace?: Partial<Pace>;
}

/** Milliseconds between signs of life, before a ministry that failed is asked again, and of the longest stream. */
interface Pace { readonly alive: number; readonly again: number; readonly longest: number }
const PACE: Pace = { alive: 15_000, again: 1_000, longest: 3_600_000 };
/** Bytes that a client may leave unread before it is taken for dead. */
const MOST_UNREAD = 1_048_576;
const MOST_STREAMS = 1_000;
/** Of one asker: nobody holds so many that nothing is left for the others, or has every event asked about so often that they wait. */
const MOST_OF_ONE = 32;
/** Changes that one event is about: a ministry gives no more than a thousand at a time, and what it left out would be lost. */
const MOST_CHANGES = 500;
/** What is further behind is not told any more: a ministry that names a number out of all proportion must not keep the gateway asking for ever. */
const MOST_BEHIND = 50_000;
const HEADERS = { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store", "x-content-type-options": "nosniff", "x-accel-buffering": "no" } as const;
const MEDIA_TYPE = "text/event-stream";

/** Whether a request asks for a stream. */
export function wantsStream(request: IncomingMessage): boolean {
  return request.method === "POST" && (request.headers.accept ?? "").split(",").some((range) => range.trim().toLowerCase().startsWith(MEDIA_TYPE));
}

/** What is followed, from which number of its history on, and the edition of before the first answer. */
interface Beginning { readonly subgraph: string; readonly from: number; readonly begun: Edition }
interface Walked { readonly finished: Finished | undefined; readonly known: Known }

/** Serves event streams; one for a gateway. */
export class Streams {
  readonly #pace: Pace;
  readonly #held = new Map<string, number>();
  #open = 0;

  constructor(private readonly options: StreamOptions) { this.#pace = { ...PACE, ...options.pace }; }

  get open(): number { return this.#open; }
  get isFull(): boolean { return this.#open >= MOST_STREAMS; }

  /**
   * Answers one request for a stream.
   * @param refuse sends what is no stream
   */
  async serve(response: ServerResponse, arrival: Arrival, refuse: (finished: Finished) => void): Promise<void> {
    const asker = await this.#askerOf(arrival);
    // Nobody holds a stream, or has a body read, before it is known whose it is.
    if (typeof asker !== "string") { refuse(asker); return; }
    const held = this.#held.get(asker) ?? 0;
    // What then refuses is the way of any other request.
    if (held >= MOST_OF_ONE) { refuse(await this.#walk(arrival, walkOperation).then(({ finished }) => finished)); return; }
    this.#open += 1;
    this.#held.set(asker, held + 1);
    try { await this.#serve(response, arrival, refuse); } finally {
      this.#open -= 1;
      const left = (this.#held.get(asker) ?? 1) - 1;
      if (left > 0) this.#held.set(asker, left); else this.#held.delete(asker);
    }
  }

  async #serve(response: ServerResponse, arrival: Arrival, refuse: (finished: Finished) => void): Promise<void> {
    const body = await arrival.readBody().then((value) => () => Promise.resolve(value), (error: unknown) => () => Promise.reject(error));
    const again: Arrival = { ...arrival, headers: { ...arrival.headers, accept: "application/graphql-response+json" }, readBody: body };
    // Before anything is asked, so that nothing falls between the answer and the first event.
    const numbers = this.options.changes.numbers();
    const begun = this.#current();
    const { finished, known } = await this.#walkWindow(again, { after: 0, upTo: 0 });
    const followed = known.attempt?.carried?.follows;
    if (finished === undefined) return;
    if (finished.status !== 200 || followed === undefined || response.destroyed) { refuse(finished); return; }
    response.writeHead(200, HEADERS);
    say(response, "next", finished.body);
    await this.#follow(response, again, { subgraph: followed, from: numbers.get(followed) ?? 0, begun });
  }

  /** Until the client leaves, the asker is nobody any more or may not follow this any more, or the time is over. */
  #follow(response: ServerResponse, arrival: Arrival, { subgraph, from, begun }: Beginning): Promise<void> {
    const { changes, editions } = this.options;
    let position = from;
    let isBusy = false;
    let failures = 0;
    let retry: NodeJS.Timeout | undefined;
    return new Promise((resolve) => {
      const look = async (): Promise<void> => {
        const latest = changes.numberOf(subgraph) ?? position;
        position = Math.max(position, latest - MOST_BEHIND);
        const upTo = Math.min(latest, position + MOST_CHANGES);
        if (isBusy || upTo <= position || response.destroyed) return;
        isBusy = true;
        const { finished, known } = await this.#walkWindow(arrival, { after: position, upTo });
        isBusy = false;
        if (response.destroyed || response.writableEnded) return;
        // What failed is asked again later and says nothing: that there was something to ask about is not for everybody.
        if (finished !== undefined && known.attempt?.carried?.isNothing !== false) {
          retry = setTimeout(() => { void look(); }, Math.min(this.#pace.again * 2 ** failures, this.#pace.alive));
          failures += 1;
          return;
        }
        failures = 0;
        position = upTo;
        if (finished !== undefined) say(response, "next", finished.body);
        void look();
      };
      const end = (): void => {
        clearInterval(alive);
        clearTimeout(longest);
        clearTimeout(retry);
        unfollow();
        unfollowEditions();
        if (!response.destroyed && !response.writableEnded) { say(response, "complete", EMPTY); response.end(); }
        resolve();
      };
      const check = (): void => {
        this.#endOf(arrival).then((how) => {
          if (how === undefined || response.destroyed || response.writableEnded) return;
          if (how !== NOBODY) say(response, "next", how.body);
          end();
        }, end);
      };
      const alive = setInterval(() => {
        if (!response.destroyed) response.write(":\n\n");
        check();
      }, this.#pace.alive);
      const longest = setTimeout(end, this.#pace.longest);
      const unfollow = changes.follow((changed) => { if (changed === subgraph) void look(); });
      const unfollowEditions = editions.follow(check);
      response.once("close", end);
      // Nobody was told of an edition that came while the first answer was made.
      if (this.#current() !== begun) check();
      void look();
    });
  }

  #walkWindow(arrival: Arrival, changes: ChangeWindow): Promise<Walked> { return this.#walk(arrival, (arrived, stations, known) => walkOnce(arrived, stations, known, changes)); }

  /** In a turn of the asker's; refused, where they have no more of them. */
  #walk<T extends Finished | undefined>(arrival: Arrival, walk: Walk<T>): Promise<{ readonly finished: T | Finished; readonly known: Known }> {
    return new Promise((walked) => {
      this.options.turns.enter(arrival, (done, refusal) => {
        const { edition, leave } = this.options.editions.take();
        let seen: Known | undefined;
        void answer<T>(arrival, edition.stations, (arrived, stations, known) => { seen = known; return (refusal ?? walk)(arrived, stations, known); })
          .finally(() => { leave(); done(); }).then((finished) => { walked({ finished, known: seen ?? { txn: "" } }); });
      });
    });
  }

  /** Who holds the stream, told apart by issuer: one that may not speak for somebody takes none of their streams by naming them (8.9). What they are refused with, where that is nobody. */
  #askerOf(arrival: Arrival): Promise<string | Finished> {
    let asker = "";
    return this.#walk<undefined>(arrival, async (arrived, stations) => {
      const { issuer, sub } = await stations.authenticate(arrived);
      asker = `${issuer}\n${sub}`;
      return undefined;
    }).then(({ finished }) => finished ?? asker);
  }

  /** The edition of now, for comparing alone. */
  #current(): Edition {
    const { edition, leave } = this.options.editions.take();
    leave();
    return edition;
  }

  async #endOf(arrival: Arrival): ReturnType<typeof endOf> {
    const { edition, leave } = this.options.editions.take();
    try { return await endOf(arrival, edition); } finally { leave(); }
  }
}

const EMPTY = Buffer.alloc(0);

/** JSON has no line breaks of its own, so an event is one line. */
function say(response: ServerResponse, event: "next" | "complete", data: Buffer): void {
  if (response.writableLength > MOST_UNREAD) { response.destroy(); return; }
  response.write(`event: ${event}\ndata: `);
  response.write(data);
  response.write("\n\n");
}
