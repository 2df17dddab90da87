/**
 * The ministry's interned labels by number, and what each of them is at an instant (SPEC 1.8, 4.7): a lapsed label is replaced by its successor before anybody
 * decides about it. Gives snapshots: everything derived from labels is remembered in one, and a new one begins when the first label lapses.
 */
import { type Label, joinAll } from "../../schema/label";
import { currentLabel, labelOf, lifetimeEnd, verifyLabelId } from "../../schema/policy";

/** One line of `extensions.labels`, as the gateway reads it. */
export interface WireEntry {
  readonly record: Label;
  /** Labels of the fields that do not have the record's: portions and links. */
  readonly fields?: Readonly<Record<string, Label>>;
  readonly contact?: { readonly ja: string; readonly en: string };
}

/** Joins of many labels are remembered up to this number; beyond it memory counts more than time. */
const MOST_REMEMBERED = 20_000;

export class LabelSnapshot {
  /** The instant, in milliseconds since the epoch, at which some label is replaced by its successor. */
  readonly until: number;
  readonly #current = new Map<number, Label>();
  readonly #existence = new Map<string, Label>();
  readonly #joined = new Map<string, Label>();
  readonly #entries = new Map<string, string>();
  /** Numbers of the labels whose content, or whose existence, needs no token at all. */
  readonly withoutNeed: readonly number[];
  readonly #byToken = new Map<string, number[]>();

  constructor(labels: ReadonlyMap<number, Label>, now: number) {
    const byId = new Map([...labels.values()].map((label) => [label.id, label]));
    const withoutNeed: number[] = [];
    let until = Number.POSITIVE_INFINITY;
    for (const [number, label] of labels) {
      const current = currentLabel(label, (id) => byId.get(id), now);
      this.#current.set(number, current);
      until = Math.min(until, lifetimeEnd(current, now));
      const [content, existence] = [current.need[0], current.existence.need[0]];
      if (content === undefined || existence === undefined) withoutNeed.push(number);
      else for (const token of new Set([content, existence])) this.#byToken.set(token, [...this.#byToken.get(token) ?? [], number]);
    }
    this.until = until;
    this.withoutNeed = withoutNeed;
  }

  get(number: number): Label | undefined { return this.#current.get(number); }

  numbers(): Iterable<number> { return this.#current.keys(); }

  /** Numbers of labels neither content nor existence of which is permitted to anyone not assigned to the token. */
  needing(token: string): readonly number[] { return this.#byToken.get(token) ?? []; }

  /** The label of the fact that something with this label exists, as a label of its own. */
  existenceOf(label: Label): Label {
    let existence = this.#existence.get(label.id);
    if (existence === undefined) this.#existence.set(label.id, existence = labelOf(label.existence));
    return existence;
  }

  /** What a number of counted rows is labelled with: the join of the labels of their existence, and of the content by which they were found. */
  joinCounted(existence: readonly number[], content: readonly number[]): Label {
    const key = [existence, content].map((numbers) => [...numbers].sort((a, b) => a - b).join()).join(";");
    let joined = this.#joined.get(key);
    if (joined === undefined) {
      const labels = (numbers: readonly number[]): readonly Label[] => numbers.map((number) => this.get(number)).filter((label) => label !== undefined);
      joined = labelOf(joinAll([...labels(existence).map((label) => label.existence), ...labels(content)]));
      if (this.#joined.size >= MOST_REMEMBERED) this.#joined.clear();
      this.#joined.set(key, joined);
    }
    return joined;
  }

  /** JSON of an entry, made once for equal keys. */
  entry(key: string, make: () => WireEntry): string {
    let text = this.#entries.get(key);
    if (text === undefined) {
      if (this.#entries.size >= MOST_REMEMBERED) this.#entries.clear();
      this.#entries.set(key, text = JSON.stringify(make()));
    }
    return text;
  }
}

export class LabelTable {
  readonly #labels = new Map<number, Label>();
  #snapshot: LabelSnapshot | undefined;

  /**
   * Takes the rows of the label table.
   * @throws Error when a label's id is not that of its content: such a label would let somebody else's decision speak for it.
   */
  load(rows: readonly { readonly id: number; readonly body: unknown }[]): void {
    this.#labels.clear();
    this.add(rows);
  }

  /** Takes in rows that came later: what is there has been checked, and is never changed. @throws Error as `load` */
  add(rows: readonly { readonly id: number; readonly body: unknown }[]): void {
    for (const { id, body } of rows) {
      if (!verifyLabelId(body)) throw new Error(`label ${id} is not what its id says`);
      this.#labels.set(id, body);
    }
    this.#snapshot = undefined;
  }

  get size(): number { return this.#labels.size; }

  has(number: number): boolean { return this.#labels.has(number); }

  /** The labels as they are at `now`, milliseconds since the epoch. */
  at(now: number): LabelSnapshot {
    if (this.#snapshot === undefined || now >= this.#snapshot.until) this.#snapshot = new LabelSnapshot(this.#labels, now);
    return this.#snapshot;
  }
}

