/**
 * A table of texts as it comes with a bulk import (SPEC 17.3): columns, lines, and what is found wrong with it. Takes what a client sent; gives lines by the names of their columns. A column that
 * nobody knows, that is there twice or is missing, and a line with too many or too few cells, are findings and never guessed about.
 */
import type { Reason } from "./reasons";

export interface Table { readonly columns: readonly string[]; readonly lines: readonly (readonly string[])[] }

/** Line 0 is the line of the columns. */
export interface Finding { readonly line: number; readonly column: string | null; readonly reason: Reason }

export interface Column { readonly name: string; readonly isNeeded: boolean }

/** One line; what is empty is not in it. */
export interface Line { readonly number: number; readonly cells: ReadonlyMap<string, string> }

/** What is wrong with the columns, as against those of a register. */
export function checkColumns({ columns }: Table, known: readonly Column[]): readonly Finding[] {
  const names = new Set(known.map(({ name }) => name));
  return [
    ...columns.flatMap((column, at) => !names.has(column) ? [finding(0, column, "COLUMN_UNKNOWN")] : columns.indexOf(column) < at ? [finding(0, column, "COLUMN_TWICE")] : []),
    ...known.flatMap(({ name, isNeeded }) => (isNeeded && !columns.includes(name) ? [finding(0, name, "COLUMN_MISSING")] : [])),
  ];
}

/** The lines by the names of their columns, which are known by now. */
export function readLines({ columns, lines }: Table): { readonly lines: readonly Line[]; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const read: Line[] = [];
  for (const [at, cells] of lines.entries()) {
    const number = at + 1;
    if (cells.length !== columns.length) findings.push(finding(number, null, "CELLS"));
    else read.push({ number, cells: new Map(columns.flatMap((column, index) => { const text = cells[index] ?? ""; return text.trim() === "" ? [] : [[column, text] as const]; })) });
  }
  return { lines: read, findings };
}

export function finding(line: number, column: string | null, reason: Reason): Finding { return { line, column, reason }; }

/** In the order of the file. */
export function inOrder(findings: readonly Finding[]): readonly Finding[] { return [...findings].sort((a, b) => a.line - b.line); }
