/**
 * Editions (SPEC 8.5; attack B-101): everything that depends on the bundle and the policy of one moment is one immutable edition. A request takes the current edition when work on it begins
 * and keeps it to its end, so none is answered by a mixture of two. Gives `replace` for a new bundle or a new policy; what is refused leaves the current edition as it is, and
 * an edition that was replaced ends with its last request.
 */
import type { Bundle } from "../schema/compose";
import type { Policy } from "../schema/policy";
import type { KnownOperations } from "./bundle/known-operations";
import type { Finished } from "./front/finish";
import type { Arrival, Stations } from "./pipeline";

/** What an edition is made of. */
export interface EditionParts { readonly bundle: Bundle; /** Signed with the bundle; another list of the same graph is another edition. */ readonly operations: KnownOperations; readonly policy: Policy }

export interface Edition extends EditionParts {
  readonly stations: Stations;
  /** What answers at a path for officers; undefined where there is nothing. */
  readonly officers?: (path: string) => ((arrival: Arrival) => Promise<Finished>) | undefined;
  /** Number of subject classes that have a view. */
  readonly classes: () => number;
  /** Ends what was made for this edition alone. Called once, when no request has it any more. */
  readonly end: () => Promise<void>;
}

/** An edition that was taken for one request. */
export interface Taken<E extends Edition = Edition> { readonly edition: E; /** Gives it back; further calls do nothing. */ readonly leave: () => void }

export interface EditionsOptions<E extends Edition> {
  /** Makes an edition, or throws what is wrong with the parts. `before` may lend what does not depend on what was replaced. */
  readonly make: (parts: EditionParts, before: E) => E | Promise<E>;
  /** Told in the same turn in which `now` became the current edition. */
  readonly onSwitch?: (now: E, before: E) => void;
  readonly warn: (problem: string) => void;
}
/** What to replace; what is not named stays. A function is given the edition that is current when its turn comes. */
export type Replacement<E extends Edition = Edition> = Partial<EditionParts> | ((current: E) => Partial<EditionParts> | Promise<Partial<EditionParts>>);

interface Held<E> { readonly edition: E; requests: number; isReplaced: boolean; readonly ended: Promise<void>; readonly markEnded: () => void }

export class Editions<E extends Edition = Edition> {
  readonly #options: EditionsOptions<E>;
  readonly #alive = new Set<Held<E>>();
  #current: Held<E>;
  readonly #told = new Set<() => void>();
  #turn: Promise<unknown> = Promise.resolve();
  #isEnding = false;

  constructor(first: E, options: EditionsOptions<E>) {
    this.#options = options;
    this.#current = this.#hold(first);
  }

  /** The edition for requests that begin now. */
  current(): E { return this.#current.edition; }

  /** Editions that have not ended: the current one, and those that requests still have. */
  get alive(): number { return this.#alive.size; }

  /** Takes the current edition for one request. It lasts until `leave`, whatever is replaced meanwhile. */
  take(): Taken<E> {
    const held = this.#current;
    held.requests += 1;
    let isLeft = false;
    const leave = (): void => {
      if (isLeft) return;
      isLeft = true;
      held.requests -= 1;
      this.#endWhenUnused(held);
    };
    return { edition: held.edition, leave };
  }

  /**
   * Calls `told` whenever another edition has become the current one.
   * @returns how to stop being told
   */
  follow(told: () => void): () => void {
    this.#told.add(told);
    return () => { this.#told.delete(told); };
  }

  /**
   * Makes an edition with other parts and lets new requests have it. One replacement at a time, in the order of the calls, so that a new bundle and a new policy never undo
   * each other. The same parts again make nothing new.
   * @returns the edition that is current afterwards
   * @throws what the function or `make` throws; then the current edition stays
   */
  replace(change: Replacement<E>): Promise<E> {
    const done = this.#turn.then(() => this.#replace(change));
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** Ends the current edition and waits until every edition has ended. Only after the last request. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#turn;
    this.#retire(this.#current);
    await Promise.all([...this.#alive].map(({ ended }) => ended));
  }

  async #replace(change: Replacement<E>): Promise<E> {
    const before = this.#current;
    const { bundle, operations, policy } = { bundle: before.edition.bundle, operations: before.edition.operations, policy: before.edition.policy, ...(typeof change === "function" ? await change(before.edition) : change) };
    if (bundle === before.edition.bundle && operations === before.edition.operations && policy === before.edition.policy) return before.edition;
    if (this.#isEnding) throw new Error("the gateway is stopping");
    const now = this.#hold(await this.#options.make({ bundle, operations, policy }, before.edition));
    this.#current = now;
    this.#retire(before);
    this.#options.onSwitch?.(now.edition, before.edition);
    for (const told of this.#told) told();
    return now.edition;
  }

  #hold(edition: E): Held<E> {
    let markEnded = (): void => undefined;
    const ended = new Promise<void>((done) => { markEnded = done; });
    const held: Held<E> = { edition, requests: 0, isReplaced: false, ended, markEnded };
    this.#alive.add(held);
    return held;
  }

  #retire(held: Held<E>): void {
    held.isReplaced = true;
    this.#endWhenUnused(held);
  }

  #endWhenUnused(held: Held<E>): void {
    if (!held.isReplaced || held.requests > 0 || !this.#alive.has(held)) return;
    void held.edition.end().catch(() => { this.#options.warn("an edition did not end cleanly"); }).then(() => {
      this.#alive.delete(held);
      held.markEnded();
    });
  }
}
