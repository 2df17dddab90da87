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
