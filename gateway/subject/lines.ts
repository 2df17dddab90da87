/**
 * The lines of one stream of standing (SPEC 6.2), in order: head, snapshot, numbered events, signs of life. Takes them one at a time and carries them out on the store; refuses, for good, whatever does not
 * follow from what came before: another ministry, a gap, an order, a hash that does not chain, a change that is not known, a snapshot that is not whole.
 */
import { hash } from "node:crypto";
import { isRecord } from "./entries";
import type { Loading, StandingStore } from "./store";

/** A place in a ministry's chain of events. */
export interface FeedPosition { readonly number: number; readonly hash: string }
/** The stream is of no use any more, and what it stated cannot be relied on. */
export class FeedFault extends Error { override readonly name: string = "FeedFault"; }
/** The ministry says that everything is new. */
export class StatedAnew extends FeedFault { override readonly name = "StatedAnew"; }

const FORMAT = "kanmon-standing/1";
const MOST_ENTRIES = 8_000_000;

type Target = Pick<StandingStore, "load" | "apply" | "hear" | "void" | "isLoaded">;

export class FeedLines {
  readonly #store: Target;
  readonly #subgraph: string;
  readonly #asked: FeedPosition | undefined;
  #loading: Loading | undefined;
  #entries = 0;
  #at: FeedPosition | undefined;
  #isReady = false;
  #isAlive = false;

  readonly #onHistory: (number: number) => void;

  /**
   * @param asked where it was left off, if the stream was asked to go on there
   * @param onHistory told how far the ministry's history has come
   */
  constructor(store: Target, subgraph: string, asked: FeedPosition | undefined, onHistory: (number: number) => void = () => undefined) {
    this.#onHistory = onHistory;
    this.#store = store;
    this.#subgraph = subgraph;
    this.#asked = asked;
  }

  /** How far this stream has come; undefined until the snapshot is whole. */
  get position(): FeedPosition | undefined { return this.#isReady && this.#at !== undefined && this.#at.number > 0 ? this.#at : undefined; }
  /** Whether what it stated is in force. */
  get isAlive(): boolean { return this.#isAlive; }

  /** @throws FeedFault */
  take(line: string): void {
    const value = parse(line);
    if (this.#at === undefined) this.#begin(value);
    else if (this.#loading !== undefined) this.#load(this.#loading, this.#at, value);
    else this.#follow(this.#at, value);
  }

  #begin(value: unknown): void {
    if (!isRecord(value) || value["format"] !== FORMAT || value["ministry"] !== this.#subgraph) throw new FeedFault("it is no standing of this ministry");
    const at = positionOf(value);
    if (value["resumed"] === true) {
      if (this.#asked === undefined || at.number !== this.#asked.number || at.hash !== this.#asked.hash || !this.#store.isLoaded(this.#subgraph)) throw new FeedFault("it goes on where it was not left off");
      this.#isReady = true;
    } else {
      // What is kept is of a past that the ministry cannot continue.
      if (this.#asked !== undefined) this.#store.void(this.#subgraph);
      this.#loading = this.#store.load(this.#subgraph);
    }
    this.#at = at;
  }

  #load(loading: Loading, at: FeedPosition, value: unknown): void {
    if (Array.isArray(value)) {
      const [list, subject, key, entry] = value as readonly unknown[];
      if (value.length !== 4 || typeof list !== "string" || typeof subject !== "string" || typeof key !== "string") throw new FeedFault("an entry is malformed");
      this.#entries += 1;
      if (this.#entries > MOST_ENTRIES) throw new FeedFault("it is too large");
      this.#carryOut(() => { loading.add(list, subject, key, entry); });
      return;
    }
    if (!isRecord(value) || value["entries"] !== this.#entries) throw new FeedFault("the snapshot is not whole");
    this.#carryOut(() => { loading.finish(at.number); });
    this.#loading = undefined;
    this.#isReady = true;
  }

  #follow(at: FeedPosition, value: unknown): void {
    if (!isRecord(value)) throw new FeedFault("a line is malformed");
    if ("alive" in value) {
      if (value["alive"] !== at.number) throw new FeedFault(`it is at event ${String(value["alive"])}, and ${at.number} is the last that came`);
      if (typeof value["at"] !== "number") throw new FeedFault("a sign of life has no time");
      this.#store.hear(this.#subgraph, value["at"]);
      this.#isAlive = true;
      return;
    }
    if ("history" in value) {
      const { history } = value;
      if (typeof history !== "number" || !Number.isSafeInteger(history) || history < 0) throw new FeedFault("the history is at no number");
      this.#onHistory(history);
      return;
    }
    const next = positionOf(value);
    const { change } = value;
    if (typeof change !== "string") throw new FeedFault("an event is malformed");
    if (next.number !== at.number + 1) throw new FeedFault(`event ${next.number} does not follow ${at.number}`);
    if (hash("sha256", `${at.hash}\n${next.number}\n${change}`, "hex") !== next.hash) throw new FeedFault(`event ${next.number} does not chain`);
    this.#change(next.number, parse(change));
    this.#at = next;
  }

  #change(number: number, change: unknown): void {
    if (!isRecord(change)) throw new FeedFault("a change is malformed");
    if (change["anew"] === true) throw new StatedAnew("everything is new");
    const { list, subject, key } = change;
    if (typeof list !== "string" || typeof subject !== "string" || typeof key !== "string") throw new FeedFault("a change is malformed");
    this.#carryOut(() => { this.#store.apply(this.#subgraph, number, { list, subject, key, ...("entry" in change ? { entry: change["entry"] } : {}) }); });
  }

  /** Whatever cannot be carried out is the end of the stream: what follows could not be relied on. */
  #carryOut(act: () => void): void {
    try { act(); } catch (error) { throw new FeedFault(error instanceof Error ? error.message : String(error), { cause: error }); }
  }
}

function positionOf({ number, hash: stamp }: Readonly<Record<string, unknown>>): FeedPosition {
  if (typeof number !== "number" || !Number.isSafeInteger(number) || number < 0 || typeof stamp !== "string") throw new FeedFault("a place in the chain is malformed");
  return { number, hash: stamp };
}

function parse(text: string): unknown {
  try { return JSON.parse(text); } catch { throw new FeedFault("a line is no JSON"); }
}
