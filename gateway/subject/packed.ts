/**
 * Entries in little memory: what a ministry states about one subject as one text of small numbers, most of which stand for words that many entries share. Takes entries and gives a text, and back.
 * Equal entries of one ministry have equal texts, and a number never comes to stand for another word, so that two texts are compared instead of what they say.
 */
import { type Entry, type FieldKind, type Fields, LIST_NAMES, type ListName, placeOf, SHAPES, type Value } from "./entries";

/** Numbers below this are one unit of a text, the others two. No unit of a text is above 0xBFFF. */
const SMALL = 0x8000;
const MOST = 2 ** 29;
/** Arguments of one call. */
const MOST_UNITS = 10_000;
const LONGEST_NUMBER_KEY = 8;

export class Words {
  readonly #numbers = new Map<string, number>();
  readonly #words = new Map<number, string>();
  #next = 1;

  get size(): number { return this.#numbers.size; }

  /** @throws RangeError when there were more words than a text can name */
  numberOf(word: string): number {
    let number = this.#numbers.get(word);
    if (number === undefined) {
      number = this.#next;
      if (number >= MOST / 2) throw new RangeError("too many words");
      this.#next += 1;
      this.#numbers.set(word, number);
      this.#words.set(number, word);
    }
    return number;
  }

  wordOf(number: number): string {
    const word = this.#words.get(number);
    if (word === undefined) throw new Error("no such word");
    return word;
  }

  /** Forgets every word that is not among these numbers. Their numbers are not given out again. */
  retain(used: ReadonlySet<number>): void {
    for (const [number, word] of this.#words) {
      if (used.has(number)) continue;
      this.#words.delete(number);
      this.#numbers.delete(word);
    }
  }
}

/** List by list, and within a list by key: numbers by their value, so that what was made later stands later. */
export function sortEntries(entries: readonly Entry[]): readonly Entry[] {
  return entries.length < 2 ? entries : [...entries].sort((a, b) => placeOf(a.list) - placeOf(b.list) || compareKeys(a.key, b.key));
}

/** @param entries sorted */
export function pack(words: Words, entries: readonly Entry[]): string {
  const units: number[] = [];
  const put = (number: number): void => { if (number < SMALL) units.push(number); else units.push(SMALL | (number >>> 15), number & (SMALL - 1)); };
  for (const { list, key, fields } of entries) {
    const place = placeOf(list);
    put(place);
    put(isNumberKey(key) ? Number(key) * 2 : words.numberOf(key) * 2 + 1);
    for (const [name, kind] of SHAPES[place] ?? []) put(packValue(words, kind, fields[name]));
  }
  if (units.length <= MOST_UNITS) return String.fromCharCode(...units);
  let text = "";
  for (let at = 0; at < units.length; at += MOST_UNITS) text += String.fromCharCode(...units.slice(at, at + MOST_UNITS));
  return text;
}

export function unpack(words: Words, text: string): readonly Entry[] {
  const entries: Entry[] = [];
  eachEntry(text, (place, list, key, take) => {
    const fields: Record<string, Value> = {};
    for (const [name, kind] of SHAPES[place] ?? []) {
      const value = unpackValue(words, kind, take());
      if (value !== undefined) fields[name] = value;
    }
    entries.push({ list, key: key % 2 === 0 ? String(key / 2) : words.wordOf((key - 1) / 2), fields: fields satisfies Fields });
  });
  return entries;
}

/** Adds the numbers of the words that a text uses. */
export function addUsed(text: string, used: Set<number>): void {
  eachEntry(text, (place, _list, key, take) => {
    if (key % 2 === 1) used.add((key - 1) / 2);
    for (const [, kind] of SHAPES[place] ?? []) {
      const number = take();
      if (kind !== "level" && number !== 0) used.add(number);
    }
  });
}

function eachEntry(text: string, visit: (place: number, list: ListName, key: number, take: () => number) => void): void {
  let at = 0;
  const take = (): number => {
    const unit = text.charCodeAt(at);
    at += 1;
    if (unit < SMALL) return unit;
    at += 1;
    return ((unit & (SMALL - 1)) << 15) | text.charCodeAt(at - 1);
  };
  while (at < text.length) {
    const place = take();
    const list = LIST_NAMES[place];
    if (list === undefined) throw new Error("no such list");
    visit(place, list, take(), take);
  }
}

function packValue(words: Words, kind: FieldKind, value: Value): number {
  if (kind === "level") return Number(value);
  if (value === undefined) return 0;
  return words.numberOf(typeof value === "string" ? value : JSON.stringify(value));
}

function unpackValue(words: Words, kind: FieldKind, number: number): Value {
  if (kind === "level") return number;
  if (number === 0) return undefined;
  const word = words.wordOf(number);
  return kind === "texts" ? JSON.parse(word) as readonly string[] : word;
}

/** Keys that are rows' numbers are not words: nobody shares them. */
function isNumberKey(key: string): boolean {
  return key.length > 0 && key.length <= LONGEST_NUMBER_KEY && String(Number(key)) === key && Number.isInteger(Number(key)) && !key.startsWith("-");
}

function compareKeys(a: string, b: string): number {
  if (isNumberKey(a) && isNumberKey(b)) return Number(a) - Number(b);
  return a < b ? -1 : a > b ? 1 : 0;
}
