/**
 * Tables of texts in files (SPEC 17.9), as CSV or JSON. Takes bytes; gives columns and lines with the number of the line, or of the entry, that each begins at. Refuses what is too large, no UTF-8,
 * malformed or empty, before anything is sent. What it prints it reads back the same.
 */
import { CsvError, parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { CommandFailure, EXIT } from "../exit";
import { guardCell, unguardCell } from "./formula";

export const FORMATS = ["csv", "json"] as const;
export type Format = (typeof FORMATS)[number];

export interface FileTable {
  readonly columns: readonly string[];
  readonly lines: readonly (readonly string[])[];
  /** Where each line stands in the file, and the columns themselves at the front. */
  readonly places: readonly number[];
}
export interface PrintedTable { readonly columns: readonly string[]; readonly lines: readonly (readonly string[])[] }
/** What stands over a table: the frame of a demonstration and the marking of all that is in it. */
export interface Heading { readonly notice?: string; readonly marking: { readonly ja: string; readonly en: string }; readonly register: string }

export const LARGEST_FILE = 8 * 1024 * 1024;
const BOM = "\ufeff";

/** The format that a file's name says, where it says one. */
export function formatOf(file: string | undefined, given: Format | undefined): Format { return given ?? (file?.toLowerCase().endsWith(".json") === true ? "json" : "csv"); }

/** @throws CommandFailure (usage) naming what is wrong, with a stable code */
export function readTable(bytes: Uint8Array, format: Format): FileTable {
  if (bytes.length > LARGEST_FILE) throw new CommandFailure(EXIT.usage, ["tableTooLarge", { most: LARGEST_FILE }]);
  let text: string;
  try { text = new TextDecoder("utf-8", { fatal: true }).decode(bytes); } catch { throw new CommandFailure(EXIT.usage, ["tableEncoding"]); }
  const table = format === "csv" ? readCsv(text) : readJson(text);
  if (table.lines.length === 0) throw new CommandFailure(EXIT.usage, ["tableEmpty"]);
  return table;
}

/** Comments stand at the front only: anywhere else a line that begins so is data. */
function readCsv(text: string): FileTable {
  const front = /^(?:#[^\n]*\n)*/.exec(text)?.[0] ?? "";
  const skipped = front.split("\n").length - 1;
  const rest = Buffer.from(text.slice(front.length));
  let records: readonly { readonly record: readonly string[]; readonly info: { readonly bytes: number } }[];
  try {
    records = parse(rest, { info: true, relax_column_count: true, skip_empty_lines: true, record_delimiter: ["\r\n", "\n"] }) as unknown as typeof records;
  } catch (error) {
    if (error instanceof CsvError) throw new CommandFailure(EXIT.usage, ["tableMalformed", { line: skipped + Number((error as { lines?: number }).lines ?? 0), code: error.code }]);
    throw error;
  }
  const [head, ...others] = records;
  return { columns: head?.record.map((name) => unguardCell(name).trim()) ?? [], lines: others.map(({ record }) => record.map(unguardCell)), places: placesOf(rest, records.map(({ info }) => info.bytes)).map((place) => skipped + place) };
}

/** Number of the line at which each record begins: behind the one before it and whatever empty lines follow that. */
function placesOf(text: Buffer, ends: readonly number[]): readonly number[] {
  let line = 1;
  let at = 0;
  return ends.map((end) => {
    while (text[at] === 0x0a || text[at] === 0x0d) { if (text[at] === 0x0a) line += 1; at += 1; }
    const place = line;
    for (; at < end; at += 1) if (text[at] === 0x0a) line += 1;
    return place;
  });
}

/** A list of objects, or an object that has one as `lines`, as an export has. */
function readJson(text: string): FileTable {
  const refuse = (line: number, code: string): never => { throw new CommandFailure(EXIT.usage, ["tableMalformed", { line, code }]); };
  let value: unknown;
  try { value = JSON.parse(text); } catch { return refuse(0, "JSON_MALFORMED"); }
  const list = Array.isArray(value) ? value as unknown[] : (value as { readonly lines?: unknown } | null)?.lines;
  if (!Array.isArray(list)) return refuse(0, "JSON_NO_LIST");
  const entries = list.map((entry: unknown, at) => (typeof entry === "object" && entry !== null && !Array.isArray(entry) ? entry as Readonly<Record<string, unknown>> : refuse(at + 1, "JSON_NO_OBJECT")));
  const columns = [...new Set(entries.flatMap((entry) => Object.keys(entry)))];
  return { columns, lines: entries.map((entry) => columns.map((column) => cellOf(entry[column]))), places: [0, ...entries.map((_, at) => at + 1)] };
}

function cellOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((part) => typeof part === "string")) return value.join(";");
  return typeof value === "object" ? JSON.stringify(value) : `${value as number | boolean}`;
}

/** The text of a file. */
export function printTable({ columns, lines }: PrintedTable, format: Format, { notice, marking, register }: Heading): string {
  if (format === "json") {
    const entries = lines.map((cells) => Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? ""])));
    return `${JSON.stringify({ ...(notice === undefined ? {} : { notice }), marking, register, lines: entries }, null, 1)}\n`;
  }
  const front = [...(notice === undefined ? [] : [notice]), marking.ja, marking.en].map((line) => `# ${line.replaceAll(/[\r\n]/g, " ")}\r\n`).join("");
  return `${BOM}${front}${stringify([columns, ...lines].map((cells) => cells.map(guardCell)), { record_delimiter: "\r\n", quoted_match: /[\r\n]|^\s|\s$|^#/ })}`;
}
