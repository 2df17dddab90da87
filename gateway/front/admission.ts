/**
 * Finishing goes before beginning (performance.md 5): while the event loop has work on requests under way, few new ones are begun and the others wait in the
 * order of arrival. What a request holds in memory then lives short, and garbage costs by what is still alive when it is collected. A turn of the
 * event loop in which nothing was done says that those under way wait for ministries: then one more is begun, so that a slow ministry holds nobody up.
 * And one is begun after a while in any case: clients who send slowly, and others who keep the event loop busy, must not shut everybody else out.
 */

/** Requests that are always worked on at once. */
export const FEW = 4;
/** Milliseconds of a turn of the event loop in which nothing was done. */
const NOTHING_MS = 0.1;
/** Milliseconds after which one more is begun, whoever is under way. */
export const LONGEST_MS = 50;

export class Admission {
  readonly #waiting: (() => void)[] = [];
  #underWay = 0;
  #turnedAt = 0;
  #begunAt = 0;
  #isWatching = false;

  constructor(private readonly now: () => number = () => performance.now()) {}

  get underWay(): number { return this.#underWay; }
  /** Requests that wait for their turn. */
  get waiting(): number { return this.#waiting.length; }

  /** Calls `begin`, at once or when it is this request's turn; `leave` has to follow. */
  enter(begin: () => void): void {
    if (this.#waiting.length === 0 && this.#underWay < FEW) { this.#begin(begin); return; }
    this.#waiting.push(begin);
    if (this.#isWatching) return;
    this.#isWatching = true;
    this.#turnedAt = this.now();
    setImmediate(this.#turn);
  }

  /** A request is done with. */
  leave(): void { this.#underWay -= 1; }

  readonly #turn = (): void => {
    const now = this.now();
    if (this.#underWay < FEW || now - this.#turnedAt < NOTHING_MS || now - this.#begunAt >= LONGEST_MS) {
      const begin = this.#waiting.shift();
      if (begin !== undefined) this.#begin(begin);
    }
    this.#isWatching = this.#waiting.length > 0;
    this.#turnedAt = this.now();
    if (this.#isWatching) setImmediate(this.#turn);
  };

  #begin(begin: () => void): void {
    this.#underWay += 1;
    this.#begunAt = this.now();
    begin();
  }
}
