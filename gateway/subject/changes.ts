/**
 * How far each ministry's history has come, as its feed says, and word of it to whoever follows (SPEC 8.8). A number says that something changed, never what or for whom: what an
 * asker may know of it is found out by asking the ministry as that asker.
 */
import { EventEmitter } from "node:events";

export class MinistryChanges {
  readonly #numbers = new Map<string, number>();
  readonly #events = new EventEmitter().setMaxListeners(0);

  /** A ministry's history has come to `number`. What does not count up is no news. */
  heard(subgraph: string, number: number): void {
    if (!Number.isSafeInteger(number) || number <= (this.#numbers.get(subgraph) ?? -1)) return;
    this.#numbers.set(subgraph, number);
    this.#events.emit("changed", subgraph);
  }

  /** The number to which each ministry's history has come. */
  numbers(): ReadonlyMap<string, number> { return new Map(this.#numbers); }

  numberOf(subgraph: string): number | undefined { return this.#numbers.get(subgraph); }

  /** @returns how to stop being told */
  follow(told: (subgraph: string) => void): () => void {
    this.#events.on("changed", told);
    return () => { this.#events.off("changed", told); };
  }
}
