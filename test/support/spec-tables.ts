/** Reads the tables of schema/SPEC.md, so that what the page says is what the tests check. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const page = readFileSync(join(__dirname, "..", "..", "schema", "SPEC.md"), "utf8");

function cells(line: string): readonly string[] {
  return line.split("|").slice(1, -1).map((cell) => cell.trim().replace(/^`(.*)`$/, "$1"));
}

/**
 * Rows of the first table under a heading whose columns begin like `columns`.
 * Throws when there is no such table or it has no rows: a test over nothing proves nothing.
 */
export function specTable(heading: string, ...columns: readonly string[]): readonly (readonly string[])[] {
  const from = page.indexOf(`\n${heading}`);
  const lines = from < 0 ? [] : page.slice(from + 1).split("\n");
  const end = lines.findIndex((line, at) => at > 0 && line.startsWith("## "));
  const section = lines.slice(0, end < 0 ? undefined : end);
  const head = section.findIndex((line) => line.startsWith("|") && columns.every((name, at) => cells(line)[at] === name));
  const rows = head < 0 ? [] : section.slice(head + 2);
  const last = rows.findIndex((line) => !line.startsWith("|"));
  const found = rows.slice(0, last < 0 ? undefined : last).map(cells);
  if (found.length === 0) throw new Error(`SPEC has no table ${columns.join(", ")} under ${heading}`);
  return found;
}

/** The text of a section, from its heading to the next one. */
export function specSection(heading: string): string {
  const from = page.indexOf(`\n${heading}`);
  if (from < 0) throw new Error(`SPEC has no section ${heading}`);
  const to = page.indexOf("\n## ", from + heading.length);
  return page.slice(from, to < 0 ? undefined : to);
}
