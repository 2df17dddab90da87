/**
 * The end of a request's patience: its deadline, or a client that went away. What an AbortSignal is, without its price: a request waits for
 * a dozen calls at once, and signals were made for a few listeners.
 */
export class Stop {
  #stopped = false;
  readonly #listeners = new Set<() => void>();

  get stopped(): boolean { return this.#stopped; }

  /** Tells everybody, once. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }

  /** Calls back when it stops; at once if it has. */
  listen(listener: () => void): void {
    if (this.#stopped) listener();
    else this.#listeners.add(listener);
  }

  unlisten(listener: () => void): void { this.#listeners.delete(listener); }
}

const NOBODY: readonly (() => void)[] = [];

/** Tells when a client went away. Any AbortSignal is one. */
export interface Leaving {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void, options: { readonly once: true }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** The same for the few listeners that a request has, at the price of an object. */
export class Departure implements Leaving {
  #aborted = false;
  #listeners: readonly (() => void)[] = NOBODY;

  get aborted(): boolean { return this.#aborted; }

  addEventListener(_type: "abort", listener: () => void): void { this.#listeners = [...this.#listeners, listener]; }

  removeEventListener(_type: "abort", listener: () => void): void { this.#listeners = this.#listeners.filter((other) => other !== listener); }

  /** The client went away. */
  leave(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    for (const listener of this.#listeners) listener();
    this.#listeners = NOBODY;
  }
}
