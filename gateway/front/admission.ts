/**
 * Finishing goes before beginning (performance.md 5): while the event loop has work on requests under way, few new ones are begun and the others wait in the
 * order of arrival. What a request holds in memory then lives short, and garbage costs by what is still alive when it is collected. A turn of the
 * event loop in which nothing was done says that those under way wait for ministries: then one more is begun, so that a slow ministry holds nobody up.
 * And one is begun after a while in any case: clients who send slowly, and others who keep the event loop busy, must not shut everybody else out.
 * Askers take turns, and each has a share: whoever sends a flood waits for their own requests, not everybody for theirs.
 */

/** Requests that are always worked on at once. */
export const FEW = 4;
/** Milliseconds of a turn of the event loop in which nothing was done. */
const NOTHING_MS = 0.1;
/** Milliseconds after which one more is begun, whoever is under way. */
export const LONGEST_MS = 50;

/** Requests of one asker that wait, for each that may be under way; more are refused. */
const WAITING_FOR_ONE = 16;
/** Where nobody is told apart. */
const NOBODY = "";
/** Before the name of an issuer: those whose tokens were not seen before, and are only verified. */
const UNSEEN = "unseen ";
/** Tokens of one issuer that are verified at once: they share a few threads with the evidence. */
const VERIFIED_AT_ONCE = 64;
/** That wait for it; everybody's tokens are new to a gateway that has just begun. */
const MOST_UNSEEN = 4_096;

/** The line of requests that name this issuer and whose asker is not known yet. */
export function unseenOf(issuer: string): string { return `${UNSEEN}${issuer}`; }
/** The name under which an asker's requests are counted. */
export function askedBy(...parts: readonly string[]): string { return `of ${parts.join("\n")}`; }

export interface AdmissionOptions {
  /** Requests of one asker under way at once; their others wait for those, whoever else comes. */
  readonly share?: number;
  readonly now?: () => number;
}

export class Admission {
  readonly #share: number;
  readonly #now: () => number;
  /** Who waits and may be begun, in the order of turns: each asker gives one request, and then it is the next one's turn. */
  readonly #ready = new Map<string, (() => void)[]>();
  /** Who waits for requests of their own. */
  readonly #held = new Map<string, (() => void)[]>();
  readonly #ofOne = new Map<string, number>();
  #waiting = 0;
  #underWay = 0;
  #turnedAt = 0;
  #begunAt = 0;
  #isWatching = false;

  constructor({ share = Number.POSITIVE_INFINITY, now = () => performance.now() }: AdmissionOptions = {}) {
    this.#share = share;
    this.#now = now;
  }

  get underWay(): number { return this.#underWay; }
  /** Requests that wait for their turn; not those that wait for others of their asker. */
  get waiting(): number { return this.#waiting; }

  /**
   * Calls `begin`, at once or when it is this request's turn; `leave` has to follow.
   * @param asker `askedBy` or `unseenOf`; left out where nobody is told apart
   * @returns false when too many of this name wait already; then it is never begun
   */
  enter(begin: () => void, asker: string = NOBODY): boolean {
    const line = this.#held.get(asker) ?? this.#ready.get(asker);
    if (line !== undefined && line.length >= this.#mostWaiting(asker)) return false;
    if (this.#isFull(asker)) {
      if (line === undefined) this.#held.set(asker, [begin]); else line.push(begin);
      return true;
    }
    if (this.#waiting === 0 && this.#underWay < FEW) { this.#begin(begin, asker); return true; }
    if (line === undefined) this.#ready.set(asker, [begin]); else line.push(begin);
    this.#waiting += 1;
    this.#watch();
    return true;
  }

  /** A request is done with. @param asker as it was entered */
  leave(asker: string = NOBODY): void {
    this.#underWay -= 1;
    const left = (this.#ofOne.get(asker) ?? 1) - 1;
    if (left > 0) this.#ofOne.set(asker, left); else this.#ofOne.delete(asker);
    const line = this.#held.get(asker);
    if (line === undefined || this.#isFull(asker)) return;
    this.#held.delete(asker);
    this.#ready.set(asker, line);
    this.#waiting += line.length;
    this.#watch();
  }

  #isFull(asker: string): boolean { return (this.#ofOne.get(asker) ?? 0) >= this.#mostUnderWay(asker); }

  #mostUnderWay(asker: string): number { return asker === NOBODY ? Number.POSITIVE_INFINITY : asker.startsWith(UNSEEN) ? VERIFIED_AT_ONCE : this.#share; }

  #mostWaiting(asker: string): number { return asker === NOBODY ? Number.POSITIVE_INFINITY : asker.startsWith(UNSEEN) ? MOST_UNSEEN : this.#share * WAITING_FOR_ONE; }

  #watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    this.#turnedAt = this.#now();
    setImmediate(this.#turn);
  }

  readonly #turn = (): void => {
    const now = this.#now();
    if (this.#underWay < FEW || now - this.#turnedAt < NOTHING_MS || now - this.#begunAt >= LONGEST_MS) this.#beginNext();
    this.#isWatching = this.#waiting > 0;
    this.#turnedAt = this.#now();
    if (this.#isWatching) setImmediate(this.#turn);
  };

  #beginNext(): void {
    const [next] = this.#ready;
    if (next === undefined) return;
    const [asker, line] = next;
    const begin = line.shift();
    this.#waiting -= 1;
    this.#ready.delete(asker);
    if (begin !== undefined) this.#begin(begin, asker);
    if (line.length === 0) return;
    // Behind everybody else who waits; or aside, until one of their own is done.
    if (this.#isFull(asker)) { this.#held.set(asker, line); this.#waiting -= line.length; } else this.#ready.set(asker, line);
  }

  #begin(begin: () => void, asker: string): void {
    this.#underWay += 1;
    this.#ofOne.set(asker, (this.#ofOne.get(asker) ?? 0) + 1);
    this.#begunAt = this.#now();
    begin();
  }
}
