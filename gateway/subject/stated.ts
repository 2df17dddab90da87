/**
 * What one ministry states (SPEC 3.11), in memory: a packed text per subject, its tokens, its vocabulary, its agreements. Takes entries in a draft that replaces everything at once, or one change at a time; gives the entries
 * of a subject. Knows nothing of who may state what, so that a policy with other members needs nothing to be stated again. Refuses more than a gateway can keep.
 */
import { StatedAgreements } from "./agreements";
import { type Entry, isRecord, LISTS, type ListName, readFields } from "./entries";
import { addUsed, pack, sortEntries, unpack, Words } from "./packed";

/** A change of one entry: without `entry` it is gone. */
export interface Change { readonly list: string; readonly subject: string; readonly key: string; readonly entry?: unknown }
/** A change that no ministry of this version makes: its stream is of no use any more. */
export class UnknownChange extends Error { override readonly name = "UnknownChange"; }

/** Units of text, two bytes each, and the rest of what is kept of a person. */
const MOST_UNITS = 64 * 1024 * 1024;
const A_PERSON = 64;
const MOST_TOKENS = 1_000_000;
const NOTHING: ReadonlySet<string> = new Set();
/** Words that are forgotten together, at least. */
const FEW_WORDS = 10_000;

interface Content { readonly texts: Map<string, string>; readonly tokens: Map<string, string>; vocabulary: ReadonlySet<string>; readonly agreements: StatedAgreements; units: number }

export class Stated {
  readonly #words = new Words();
  #content: Content = emptyContent();
  #wordsKept = 0;

  /** Tokens with their issuers, as stated. */
  get tokens(): ReadonlyMap<string, string> { return this.#content.tokens; }
  get vocabulary(): ReadonlySet<string> { return this.#content.vocabulary; }
  /** Agreements that are not stated active, in the order of their ids. */
  get suspended(): readonly string[] { return this.#content.agreements.suspended; }
  get people(): number { return this.#content.texts.size; }

  /** Equal when the same is stated; undefined when nothing is. */
  textOf(subject: string): string | undefined { return this.#content.texts.get(subject); }

  entriesOf(subject: string): readonly Entry[] { return unpack(this.#words, this.#content.texts.get(subject) ?? ""); }

  /** Begins to take everything anew, beside what is stated until then. */
  draft(): StatedDraft { return new StatedDraft(this.#words, this.#content); }

  /** Puts a draft in the place of everything. */
  replace(draft: StatedDraft): void {
    this.#content = draft.finish();
    this.#forgetWords();
  }

  /** Forgets what was stated, but not which tokens: nobody else gains them while this ministry is silent. */
  clear(): void { this.#content = { ...emptyContent(), tokens: this.#content.tokens }; }

  /**
   * Carries one change out.
   * @returns false when the entry has a wrong shape: then what it replaces is gone all the same
   * @throws Error for what nobody of this version states
   */
  change({ list, subject, key, entry }: Change): boolean {
    const content = this.#content;
    if (list === "vocabulary") {
      const vocabulary = new Set(content.vocabulary);
      if (entry === undefined) vocabulary.delete(key); else vocabulary.add(key);
      content.vocabulary = bounded(vocabulary);
      return true;
    }
    if (list === "agreements") { content.agreements.put(key, entry); return true; }
    if (list === "tokens") {
      const issuer = issuerOf(entry);
      if (issuer === undefined) content.tokens.delete(key); else bounded(content.tokens.set(key, issuer));
      return entry === undefined || issuer !== undefined;
    }
    const name = knownList(list);
    const fields = entry === undefined ? undefined : readFields(name, entry);
    const before = content.texts.get(subject) ?? "";
    const others = unpack(this.#words, before).filter((each) => each.list !== name || each.key !== key);
    putText(content, subject, pack(this.#words, sortEntries(fields === undefined ? others : [...others, { list: name, key, fields }])));
    if (this.#words.size > 2 * this.#wordsKept + FEW_WORDS) this.#forgetWords();
    return entry === undefined || fields !== undefined;
  }

  #forgetWords(): void {
    if (this.#words.size <= this.#wordsKept + FEW_WORDS) return;
    const used = new Set<number>();
    for (const text of this.#content.texts.values()) addUsed(text, used);
    this.#words.retain(used);
    this.#wordsKept = this.#words.size;
  }
}

/** Everything that a ministry states, while it comes: the entries of a subject one after the other. */
export class StatedDraft {
  readonly #words: Words;
  readonly #before: Content;
  readonly #content = emptyContent();
  readonly #vocabulary = new Set<string>();
  #subject: string | undefined;
  #entries = new Map<string, Entry>();

  constructor(words: Words, before: Content) {
    this.#words = words;
    this.#before = before;
  }

  get tokens(): ReadonlyMap<string, string> { return this.#content.tokens; }

  /**
   * Takes the next entry.
   * @returns the entry as it is kept; undefined when its shape is wrong and it is left out, true for what is about nobody
   * @throws Error for a list that nobody knows, a subject that was stated before, or what nobody of this version states
   */
  add(list: string, subject: string, key: string, entry: unknown): Entry | true | undefined {
    if (list === "vocabulary") { bounded(this.#vocabulary.add(key)); return true; }
    if (list === "agreements") { this.#content.agreements.put(key, entry); return true; }
    if (list === "tokens") {
      const issuer = issuerOf(entry);
      if (issuer === undefined) return undefined;
      bounded(this.#content.tokens.set(key, issuer));
      return true;
    }
    const name = knownList(list);
    if (subject !== this.#subject) this.#turnTo(subject);
    const fields = readFields(name, entry);
    if (fields === undefined) return undefined;
    const kept = { list: name, key, fields };
    this.#entries.set(`${list} ${key}`, kept);
    return kept;
  }

  finish(): Content {
    this.#turnTo(undefined);
    const { vocabulary } = this.#before;
    // The same set as before, so that statements made with it stay good.
    this.#content.vocabulary = vocabulary.size === this.#vocabulary.size && [...vocabulary].every((token) => this.#vocabulary.has(token)) ? vocabulary : this.#vocabulary;
    return this.#content;
  }

  #turnTo(subject: string | undefined): void {
    if (this.#subject !== undefined) {
      const text = pack(this.#words, sortEntries([...this.#entries.values()]));
      const before = this.#before.texts.get(this.#subject);
      putText(this.#content, this.#subject, before === text ? before : text);
    }
    if (subject !== undefined && this.#content.texts.has(subject)) throw new UnknownChange("a subject comes twice");
    this.#subject = subject;
    this.#entries = new Map();
  }
}

function emptyContent(): Content { return { texts: new Map(), tokens: new Map(), vocabulary: NOTHING, agreements: new StatedAgreements(), units: 0 }; }

function putText(content: Content, subject: string, text: string): void {
  const before = content.texts.get(subject);
  if (before !== undefined) content.units -= before.length + subject.length + A_PERSON;
  if (text === "") { content.texts.delete(subject); return; }
  content.units += text.length + subject.length + A_PERSON;
  if (content.units > MOST_UNITS) throw new RangeError("more is stated than can be kept");
  content.texts.set(subject, text);
}

function knownList(list: string): ListName {
  if (!Object.hasOwn(LISTS, list)) throw new UnknownChange("a list that is not known");
  return list as ListName;
}

function issuerOf(entry: unknown): string | undefined {
  const issuer = isRecord(entry) ? entry["issuer"] : undefined;
  return typeof issuer === "string" ? issuer : undefined;
}

function bounded<T extends { readonly size: number }>(collection: T): T {
  if (collection.size > MOST_TOKENS) throw new RangeError("more tokens than can be kept");
  return collection;
}
