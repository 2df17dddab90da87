/**
 * Reads a ministry's answer. The label table at its end is mostly the same bytes as in an answer before: it is compared as bytes and parsed
 * only when it is new. An answer of any other form is parsed as a whole, with the same outcome.
 */
import { isAscii } from "node:buffer";
import { LRUCache } from "lru-cache";
import type { Entry } from "./label-pool";
import { isPlainText } from "./quote";
import type { CallResult } from "./request";

export interface Answer {
  readonly data: unknown;
  readonly errors: unknown;
  readonly labels: LabelLines;
  /** No string in `data` holds anything that JSON escapes. */
  readonly plainText: boolean;
  /** Nor any character beyond ASCII. */
  readonly ascii: boolean;
}

/** A label table as sent, and what has been read of it. */
export class LabelLines {
  readonly entries: (Entry | null | undefined)[] = [];

  /** @param sources of each line of an answer of the gateway itself: the ids of the ministries' labels that are behind it */
  constructor(readonly raw: readonly unknown[], readonly sources?: readonly (readonly string[])[]) {}
}

/** Sought from a letter that is rare, because that is found many bytes at a time. */
const BEFORE_X = ',"e';
const CLOSING_BRACE = 0x7d;
const COMMA = 0x2c;
const FROM_X = 'xtensions":{"labels":[';
const KEPT_BYTES = 8 * 1024 * 1024;
const SMALLEST_KEPT = 256;
/** Tables of one length that look alike where they are looked at; and how many places that are. */
const ALIKE = 8;
const LOOKS = 8;

/** Label tables by their bytes; belongs to the pool in which their entries are interned. */
export class KnownTables {
  readonly #kept = new LRUCache<number, { readonly bytes: Buffer; readonly lines: LabelLines }>({ maxSize: KEPT_BYTES, sizeCalculation: ({ bytes }) => bytes.length });
  #oldest = 0;

  /** The table whose bytes these are; undefined when they are not a table and nothing else. */
  read(bytes: Buffer): LabelLines | undefined {
    if (bytes.length < SMALLEST_KEPT) return parseTable(bytes);
    const first = lookAt(bytes) * ALIKE;
    let key = first;
    for (; key < first + ALIKE; key += 1) {
      const known = this.#kept.get(key);
      if (known === undefined) break;
      if (known.bytes.equals(bytes)) return known.lines;
    }
    if (key === first + ALIKE) key = first + (this.#oldest++ % ALIKE);
    const lines = parseTable(bytes);
    if (lines !== undefined) this.#kept.set(key, { bytes: Buffer.from(bytes), lines });
    return lines;
  }
}

/** A number by which tables are found again; two with the same number are told apart by their bytes. */
function lookAt(bytes: Buffer): number {
  let sum = bytes.length;
  const step = Math.floor((bytes.length - 4) / LOOKS);
  for (let at = bytes.length - 4; at >= 0; at -= step) sum = (Math.imul(sum, 31) + bytes.readInt32LE(at)) >>> 0;
  return sum;
}

/**
 * The parts of an answer that count.
 * @param tables undefined where nothing is labelled
 * @returns undefined when the call failed or what came back is no GraphQL answer
 */
export function readAnswer(result: CallResult, tables: KnownTables | undefined): Answer | undefined {
  if (!result.ok) return undefined;
  if ("json" in result) return partsOf(result.json, undefined, NOTHING_KNOWN);
  const { body } = result;
  // A string of one byte a character is made and written by copying.
  const encoding = isAscii(body) ? "latin1" : "utf8";
  // The first place, because what comes before a table is mostly shorter than it. If it is not the table, parsing the head fails.
  const at = tables === undefined ? -1 : body.indexOf(FROM_X) - BEFORE_X.length + 1;
  if (tables !== undefined && at > 1 && body.toString("latin1", at - 1, at + 2) === BEFORE_X) {
    const head = parse(closedBefore(body, at, encoding));
    const lines = head === undefined ? undefined : tables.read(body.subarray(at));
    if (lines !== undefined) return partsOf(head, lines, knownOf(body, at, encoding));
  }
  return partsOf(parse(body.toString(encoding)), undefined, knownOf(body, body.length, encoding));
}

type Encoding = "latin1" | "utf8";
/** What is known of the strings of an answer before they are read. */
type Known = Pick<Answer, "plainText" | "ascii">;
const NOTHING_KNOWN: Known = { plainText: false, ascii: false };

/** Without a backslash there is no escape either that would stand for a character beyond ASCII. */
function knownOf(body: Buffer, end: number, encoding: Encoding): Known {
  const plainText = isPlainText(body, end);
  return { plainText, ascii: plainText && encoding === "latin1" };
}

function partsOf(json: unknown, lines: LabelLines | undefined, { plainText, ascii }: Known): Answer | undefined {
  if (!isObject(json)) return undefined;
  const extensions = json["extensions"];
  const labels = isObject(extensions) ? extensions["labels"] : undefined;
  return { data: json["data"], errors: json["errors"], labels: lines ?? new LabelLines(Array.isArray(labels) ? labels : []), plainText, ascii };
}

/** The text up to a comma, with a closing brace in its place: written over it for a moment, because the text is long to copy. */
function closedBefore(body: Buffer, at: number, encoding: Encoding): string {
  body[at - 1] = CLOSING_BRACE;
  try { return body.toString(encoding, 0, at); } finally { body[at - 1] = COMMA; }
}

function parseTable(bytes: Buffer): LabelLines | undefined {
  const json = parse(`{${bytes.toString("utf8")}`);
  if (!isObject(json) || Object.keys(json).length !== 1) return undefined;
  const extensions = json["extensions"];
  const labels = isObject(extensions) ? extensions["labels"] : undefined;
  return Array.isArray(labels) ? new LabelLines(labels) : undefined;
}

function parse(text: string): unknown {
  try { return JSON.parse(text); } catch { return undefined; }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
