/**
 * A ministry's side of the standing feed, written from the specification (SPEC 6.2) and not from the kit: lines of a snapshot of a statement, numbered and chained events, signs of life. A test may
 * send them in any order, or not.
 */
import { createHash } from "node:crypto";

export type Statement = Readonly<Record<string, unknown>>;
type Entry = readonly [list: string, subject: string, key: string, entry: unknown];
type Row = Readonly<Record<string, unknown>>;

const KEYED_BY_ROW = ["eligibilities", "roles", "facilities", "attestations", "acknowledgements", "agreements"];

/** The entries of a statement that lists `tokens`, `vocabulary`, `subjects`, `assignments` and the others, person by person. */
export function entriesOf(statement: Row): readonly Entry[] {
  const rows = (list: string): readonly unknown[] => (statement[list] ?? []) as readonly unknown[];
  const about = (list: string, split: (row: Row) => readonly [subject: unknown, key: unknown, rest: unknown]): readonly Entry[] => rows(list).map((row, at) => {
    const [subject, key, rest] = typeof row === "object" && row !== null ? split(row as Row) : ["", `${at}`, row];
    return [list, typeof subject === "string" ? subject : "", String(key), rest] as const;
  });
  return [
    ...rows("tokens").map((row): Entry => { const { token, ...rest } = row as Row; return ["tokens", "", String(token), rest]; }),
    ...rows("vocabulary").map((token): Entry => ["vocabulary", "", String(token), {}]),
    ...[
      ...about("subjects", ({ id, ...rest }) => [id, "", rest]),
      ...about("assignments", ({ subject, token, ...rest }) => [subject, token, rest]),
      ...KEYED_BY_ROW.flatMap((list) => about(list, ({ subject, ...rest }) => [subject, JSON.stringify(rest), rest])),
    ].sort(([, a], [, b]) => (a < b ? -1 : a > b ? 1 : 0)),
  ];
}

export class StandingScript {
  #number = 0;
  #hash = "";
  #statement: Statement;

  constructor(statement: Statement) { this.#statement = statement; }

  get number(): number { return this.#number; }
  get hash(): string { return this.#hash; }
  get statement(): Statement { return this.#statement; }

  head(resumed = false): string { return JSON.stringify({ format: "kanmon-standing/1", ministry: this.#statement["ministry"], number: this.#number, hash: this.#hash, resumed }); }

  /** Head, entries and their number. */
  snapshot(): readonly string[] {
    const entries = entriesOf(this.#statement);
    return [this.head(), ...entries.map((entry) => JSON.stringify(entry)), JSON.stringify({ entries: entries.length })];
  }

  alive(at: number): string { return JSON.stringify({ alive: this.#number, at }); }

  /** The next event. */
  event(change: Row): string {
    const text = JSON.stringify(change);
    this.#number += 1;
    this.#hash = createHash("sha256").update(`${this.#hash}\n${this.#number}\n${text}`).digest("hex");
    return JSON.stringify({ number: this.#number, hash: this.#hash, change: text });
  }

  put(list: string, subject: string, key: string, entry: unknown): string { return this.event({ list, subject, key, entry }); }

  remove(list: string, subject: string, key: string): string { return this.event({ list, subject, key }); }

  /** Events that make one statement of another. */
  turnTo(next: Statement): readonly string[] {
    const keyOf = ([list, subject, key]: Entry): string => JSON.stringify([list, subject, key]);
    const [before, after] = [entriesOf(this.#statement), entriesOf(next)].map((entries) => new Map(entries.map((entry) => [keyOf(entry), entry])));
    this.#statement = next;
    if (before === undefined || after === undefined) return [];
    return [
      ...[...before].filter(([key]) => !after.has(key)).map(([, [list, subject, key]]) => this.remove(list, subject, key)),
      ...[...after].filter(([key, [, , , entry]]) => JSON.stringify(before.get(key)?.[3]) !== JSON.stringify(entry)).map(([, [list, subject, key, entry]]) => this.put(list, subject, key, entry)),
    ];
  }
}
