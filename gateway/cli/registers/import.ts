/**
 * Sends a table to a ministry over the gateway's API as one person (SPEC 17.2): in as many parts as its length needs, under one key, so that the same table sent twice is taken in once. Gives what
 * became of it, with the places in the file of what is wrong.
 */
import { createHash } from "node:crypto";
import type { Answer } from "../ask";
import { CommandFailure, EXIT } from "../exit";
import type { Person } from "../person";
import type { Progress } from "../progress";
import { fieldOf } from "./export";
import type { FileTable } from "./table-file";

export interface Rejected { readonly line: number; readonly column: string | null; readonly reason: string }
export interface Imported { readonly answer: Answer; readonly isDone: boolean; readonly rejected: readonly Rejected[] }

/** Of one request; less than a gateway takes unless it is told otherwise. */
const PART_BYTES = 150_000;

export interface ImportOptions { readonly register: string; readonly ministry: string; readonly dryRun: boolean; readonly key: string | undefined; readonly progress: Progress }

/** @throws CommandFailure for a line that is too long for any request */
export async function importTable(person: Person, table: FileTable, { register, ministry, dryRun, key: given, progress }: ImportOptions): Promise<Imported> {
  const name = `${fieldOf(ministry)}ImportRegister`;
  const query = `mutation Import($input: RegisterImport!, $key: String) { ${name}(input: $input, key: $key) { lines isWhole isDone rejected { line column reason } } }`;
  const parts = divide(table);
  const key = given ?? keyOf(register, ministry, table);
  let answer: Answer | undefined;
  for (const [at, lines] of parts.entries()) {
    progress.show(at, parts.length);
    answer = await person.ask({ query, variables: { input: { register, columns: table.columns, lines, dryRun, part: at + 1, parts: parts.length }, key } });
    if (answer.errors.length > 0 || answer.data === undefined || answer.data === null) return { answer, isDone: false, rejected: [] };
  }
  progress.show(parts.length, parts.length);
  if (answer === undefined) throw new Error("nothing to send");
  const outcome = (answer.data as Readonly<Record<string, { readonly isDone: boolean | null; readonly rejected: readonly Rejected[] | null } | null>>)[name];
  return { answer, isDone: outcome?.isDone === true, rejected: (outcome?.rejected ?? []).map((one) => ({ ...one, line: table.places[one.line] ?? one.line })) };
}

/** The same for the same table, register and ministry. */
export function keyOf(register: string, ministry: string, { columns, lines }: Pick<FileTable, "columns" | "lines">): string {
  return createHash("sha256").update(JSON.stringify([register, ministry, columns, lines])).digest("base64url");
}

function divide({ lines, places }: FileTable): readonly (readonly (readonly string[])[])[] {
  const parts: (readonly string[])[][] = [[]];
  let size = 0;
  for (const [at, line] of lines.entries()) {
    const bytes = Buffer.byteLength(JSON.stringify(line));
    if (bytes > PART_BYTES) throw new CommandFailure(EXIT.usage, ["lineTooLong", { line: places[at + 1] ?? at + 1 }]);
    if (size > 0 && size + bytes > PART_BYTES) { parts.push([]); size = 0; }
    parts.at(-1)?.push(line);
    size += bytes;
  }
  return parts;
}
