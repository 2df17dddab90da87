/**
 * Parsed documents that may come again, for all classes of subjects of one edition together. Each class has a shelf of its own, so that nothing validated for one class is executed for another
 * (attack B-21), and all share one bound: with one each, what is kept would grow with the number of classes. A document is put here when it was found valid, and from then on without
 * its positions: nobody is told of a place in it any more, and positions with their tokens are two thirds of it.
 */
import type { DocumentNode } from "graphql";
import { LRUCache } from "lru-cache";

/** How many, and how many characters of text; a kept character takes about 25 bytes. */
const KEPT = { max: 2_000, maxSize: 500_000 } as const;

/** What Apollo Server asks of a document store. */
export interface DocumentShelf {
  get(key: string): Promise<DocumentNode | undefined>;
  set(key: string, document: DocumentNode): Promise<void>;
  delete(key: string): Promise<boolean>;
}

export class Documents {
  readonly #kept = new LRUCache<string, DocumentNode>(KEPT);
  #shelves = 0;

  /** Characters of the documents that are kept. */
  get size(): number { return this.#kept.calculatedSize; }

  /** A shelf that nobody else has. */
  shelf(): DocumentShelf {
    this.#shelves += 1;
    const ownKey = ((shelf: number) => (key: string) => `${shelf}\n${key}`)(this.#shelves);
    return {
      get: (key) => Promise.resolve(this.#kept.get(ownKey(key))),
      set: (key, document) => {
        const size = Math.max(1, document.loc?.end ?? KEPT.maxSize);
        dropPositions(document);
        this.#kept.set(ownKey(key), document, { size });
        return Promise.resolve();
      },
      delete: (key) => Promise.resolve(this.#kept.delete(ownKey(key))),
    };
  }
}

/** In place: whoever validated the document goes on with it, and would keep the tokens alive. */
function dropPositions(document: DocumentNode): void {
  const pending: object[] = [document];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if ("loc" in node) node.loc = undefined;
    for (const value of Object.values(node) as readonly unknown[]) if (typeof value === "object" && value !== null) pending.push(value);
  }
}
