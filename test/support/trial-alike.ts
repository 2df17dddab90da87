/**
 * Compares what two worlds said where something in it is random or of the clock by specification: ids and tokens that were made meanwhile, and the instants at which it was. One side's id always
 * stands for the same one of the other side; everything else has to be equal, the order of members and of list entries included.
 */

/** Ids, tokens of compartments and instants, wherever they stand in a text. */
const MADE = /((?:mtr_)?[a-z]{3}_[a-z0-9]{16}|INC-[0-9A-F]{10}|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|\+00:00))/;
const INSTANT = /^\d{4}-/;

/** Every id in a text. */
export function idsIn(text: string): readonly string[] { return text.split(MADE).filter((part, at) => at % 2 === 1 && !INSTANT.test(part)); }

export class Correspondence {
  private readonly there = new Map<string, string>();
  private readonly back = new Map<string, string>();

  /** @param known ids that are of the worlds themselves: they stand for themselves */
  constructor(private readonly known: ReadonlySet<string>, private readonly begun: number) {}

  /** A value of the first side as the second side knows it. */
  translate<T>(value: T): T {
    return JSON.parse(JSON.stringify(value).split(MADE).map((part) => this.there.get(part) ?? part).join("")) as T;
  }

  /** Where two values differ; undefined where they are alike. What corresponds is remembered. */
  difference(a: unknown, b: unknown, path = ""): string | undefined {
    if (typeof a === "string" && typeof b === "string") return this.areAlike(a, b) ? undefined : `${path}: ${JSON.stringify(a)} and ${JSON.stringify(b)}`;
    if (Array.isArray(a) && Array.isArray(b)) {
      if (a.length !== b.length) return `${path}: ${a.length} and ${b.length} entries`;
      const [x, y] = [this.inOrder(a, this.there), this.inOrder(b, this.back)];
      return first(x.map((each, at) => () => this.difference(each, y[at], `${path}.${at}`)));
    }
    if (typeof a === "object" && a !== null && typeof b === "object" && b !== null && !Array.isArray(a) && !Array.isArray(b)) {
      const [x, y] = [Object.entries(a), Object.entries(b)];
      if (x.map(([name]) => name).join() !== y.map(([name]) => name).join()) return `${path}: members ${x.map(([name]) => name).join()} and ${y.map(([name]) => name).join()}`;
      return first(x.map(([name, value], at) => () => this.difference(value, y[at]?.[1], `${path}.${name}`)));
    }
    return Object.is(a, b) ? undefined : `${path}: ${JSON.stringify(a)} and ${JSON.stringify(b)}`;
  }

  private areAlike(a: string, b: string): boolean {
    if (a === b) return true;
    const [x, y] = [a.split(MADE), b.split(MADE)];
    return x.length === y.length && x.every((part, at) => part === y[at] || (at % 2 === 1 && this.correspond(part, y[at] ?? "")));
  }

  private correspond(a: string, b: string): boolean {
    if (INSTANT.test(a)) return Date.parse(a) >= this.begun && Date.parse(b) >= this.begun;
    if (this.known.has(a) || this.known.has(b)) return false;
    const [known, back] = [this.there.get(a), this.back.get(b)];
    if (known !== undefined || back !== undefined) return known === b && back === a;
    this.there.set(a, b);
    this.back.set(b, a);
    return true;
  }

  /** What a list sorts by ids that were made meanwhile has no order in common: those entries come last, by what else they say. */
  private inOrder(list: readonly unknown[], side: ReadonlyMap<string, string>): readonly unknown[] {
    const isMade = (entry: unknown): boolean => typeof entry === "object" && entry !== null && "id" in entry && typeof entry.id === "string" && MADE.test(entry.id) && !this.known.has(entry.id);
    const stands = (part: string): string => (this.known.has(part) ? part : !side.has(part) ? "" : side === this.there ? part : side.get(part) ?? "");
    const textOf = (entry: unknown): string => JSON.stringify(entry).split(MADE).map((part, at) => (at % 2 === 1 ? stands(part) : part)).join("");
    const made = list.filter(isMade).map((entry) => ({ entry, text: textOf(entry) })).sort((x, y) => (x.text < y.text ? -1 : x.text > y.text ? 1 : 0));
    return [...list.filter((entry) => !isMade(entry)), ...made.map(({ entry }) => entry)];
  }
}

function first(each: readonly (() => string | undefined)[]): string | undefined {
  for (const find of each) {
    const found = find();
    if (found !== undefined) return found;
  }
  return undefined;
}
