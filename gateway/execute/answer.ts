/**
 * Reads a ministry's answer. The label table at its end is mostly the same bytes as in an answer before: it is compared as bytes and parsed
 * only when it is new. An answer of any other form is parsed as a whole, with the same outcome.
 */
import { LRUCache } from "lru-cache";
import type { Entry } from "./label-pool";
import type { CallResult } from "./request";

export interface Answer {
  readonly data: unknown;
  readonly errors: unknown;
  readonly labels: LabelLines;
}

/** A label table as sent, and what has been read of it. */
export class LabelLines {
  readonly entries: (Entry | null | undefined)[] = [];
  constructor(readonly raw: readonly unknown[]) {}
}

const TABLE_START = '"extensions":{"labels":[';
const KEPT_BYTES = 32 * 1024 * 1024;
const SMALLEST_KEPT = 256;
const COMMA = 0x2c;

/** Label tables by their bytes; belongs to the pool in which their entries are interned. */
export class KnownTables {
  readonly #kept = new LRUCache<string, { readonly bytes: Buffer; readonly lines: LabelLines }>({ maxSize: KEPT_BYTES, sizeCalculation: ({ bytes }) => bytes.length });

  /** The table whose bytes these are; undefined when they are not a table and nothing else. */
  read(bytes: Buffer): LabelLines | undefined {
    const key = `${bytes.length} ${bytes.readUInt32LE(bytes.length >> 1)} ${bytes.readUInt32LE(bytes.length >> 2)} ${bytes.readUInt32LE(bytes.length - 24)}`;
    const known = this.#kept.get(key);
    if (known?.bytes.equals(bytes) === true) return known.lines;
    const lines = parseTable(bytes);
    if (lines !== undefined && bytes.length >= SMALLEST_KEPT) this.#kept.set(key, { bytes: Buffer.from(bytes), lines });
    return lines;
  }
}

/**
 * The parts of an answer that count.
 * @param tables undefined where nothing is labelled
 * @returns undefined when the call failed or what came back is no GraphQL answer
 */
export function readAnswer(result: CallResult, tables: KnownTables | undefined): Answer | undefined {
  if (!result.ok) return undefined;
  if ("json" in result) return partsOf(result.json, undefined);
  const { body } = result;
  // The first place, because what comes before a table is mostly shorter than it. If it is not the table, parsing the head fails.
  const at = tables === undefined ? -1 : body.indexOf(TABLE_START);
  if (tables !== undefined && at > 1 && body[at - 1] === COMMA) {
    const head = parse(`${body.toString("utf8", 0, at - 1)}}`);
    const lines = head === undefined ? undefined : tables.read(body.subarray(at));
    if (lines !== undefined) return partsOf(head, lines);
  }
  return partsOf(parse(body.toString("utf8")), undefined);
}

function partsOf(json: unknown, lines: LabelLines | undefined): Answer | undefined {
  if (!isObject(json)) return undefined;
  const extensions = json["extensions"];
  const labels = isObject(extensions) ? extensions["labels"] : undefined;
  return { data: json["data"], errors: json["errors"], labels: lines ?? new LabelLines(Array.isArray(labels) ? labels : []) };
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
