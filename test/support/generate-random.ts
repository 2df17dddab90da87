/**
 * Seeded randomness of the search: the same seed gives the same schemas, worlds, subjects and operations on every machine.
 * Takes a text seed, gives numbers and choices. Never used outside tests.
 */

export interface Random {
  /** Integer in [0, below). */
  int(below: number): number;
  /** True with the given probability, 0 to 1. */
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** A random subset, each member kept with the given probability, order kept. */
  some<T>(items: readonly T[], probability: number): T[];
  shuffle<T>(items: readonly T[]): T[];
  /** Opaque lower-case text of the given length. */
  word(length: number): string;
}

/** 32 bits of a text (FNV-1a with a final mix), to turn "seed/schema/trial" into a start value. */
export function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

const LETTERS = "0123456789abcdefghjkmnpqrstvwxyz";

/** Makes a generator (mulberry32) from a text seed. */
export function randomFrom(seed: string): Random {
  let state = hashText(seed);
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = (below: number): number => Math.floor(next() * below);
  return {
    int,
    chance: (probability) => next() < probability,
    pick: <T>(items: readonly T[]): T => {
      const item = items[int(items.length)];
      if (item === undefined) throw new Error("pick from an empty list");
      return item;
    },
    some: (items, probability) => items.filter(() => next() < probability),
    shuffle: <T>(items: readonly T[]): T[] => {
      const out = [...items];
      for (let i = out.length - 1; i > 0; i -= 1) {
        const j = int(i + 1);
        const [a, b] = [out[i], out[j]];
        if (a === undefined || b === undefined) continue;
        out[i] = b;
        out[j] = a;
      }
      return out;
    },
    word: (length) => {
      let out = "";
      for (let i = 0; i < length; i += 1) out += LETTERS.charAt(int(LETTERS.length));
      return out;
    },
  };
}
