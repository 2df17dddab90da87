/**
 * Lays several answers out side by side, or one below the other where there is no room.
 * Takes rows of cells (one cell per column, each a list of paragraphs) and gives lines; rows keep their columns aligned.
 */
import { cutTo, padTo, widthOf, wrapTo } from "./width";

/** One row: a heading in the margin and one cell for each column. A cell is a list of paragraphs. */
export interface Row {
  readonly heading: string;
  readonly cells: readonly (readonly string[])[];
  /** Most lines of one paragraph when side by side; what exceeds it ends in `...`. */
  readonly lines?: number;
  /** Draw a rule above this row. */
  readonly rule?: boolean;
}

/** Cells a column needs so that a wrapped banner stays readable. */
const NARROWEST = 20;
const GAP = " | ";

/** Whether `count` columns fit side by side into `width` cells; `undefined` (no terminal) never fits. */
export function fitsSideBySide(count: number, width: number | undefined): boolean {
  return width !== undefined && columnWidth(count, width) >= NARROWEST;
}

/** Lines of the rows side by side, each at most `width` cells. Headings stand on a line of their own, so that columns get all the room. */
export function layColumns(rows: readonly Row[], width: number): readonly string[] {
  const count = Math.max(...rows.map((row) => row.cells.length));
  const each = columnWidth(count, width);
  const rule = Array.from({ length: count }, () => "-".repeat(each)).join("-+-");
  const lines: string[] = [];
  for (const row of rows) {
    if (row.rule === true) lines.push(rule);
    if (row.heading !== "") lines.push(...wrapTo(row.heading, width));
    const wrapped = row.cells.map((cell) => cell.flatMap((paragraph) => limit(wrapTo(paragraph, each), row.lines, each)));
    const height = Math.max(...wrapped.map((cell) => cell.length));
    for (let at = 0; at < height; at += 1) {
      lines.push(wrapped.map((cell) => padTo(cell[at] ?? "", each)).join(GAP).trimEnd());
    }
  }
  lines.push(rule);
  return lines;
}

/** Lines of the same rows as one block per column. Nothing is cut; empty cells are left out. */
export function layBlocks(rows: readonly Row[], width: number | undefined): readonly string[] {
  const room = Math.max(40, Math.min(width ?? 120, 120));
  const count = Math.max(...rows.map((row) => row.cells.length));
  const lines: string[] = [];
  for (let column = 0; column < count; column += 1) {
    lines.push("=".repeat(room));
    for (const row of rows) {
      const cell = row.cells[column] ?? [];
      if (cell.length === 0) continue;
      if (row.rule === true) lines.push("-".repeat(room));
      if (row.heading !== "") lines.push(...wrapTo(row.heading, room));
      const indent = row.heading === "" ? "" : "  ";
      for (const paragraph of cell) lines.push(...wrapTo(paragraph, room - indent.length).map((line) => indent + line));
    }
    lines.push("");
  }
  return lines;
}

/** A box of `#` around centred lines: the frame that every demo output carries. */
export function frame(lines: readonly string[], width: number): readonly string[] {
  const room = Math.max(10, width - 4);
  const bar = "#".repeat(room + 4);
  const body = lines.flatMap((line) => wrapTo(line, room)).map((line) => {
    const left = Math.floor((room - widthOf(line)) / 2);
    return `# ${padTo(" ".repeat(left) + line, room)} #`;
  });
  return [bar, ...body, bar];
}

function columnWidth(count: number, width: number): number {
  return Math.floor((width - GAP.length * (count - 1)) / count);
}

function limit(lines: readonly string[], most: number | undefined, cells: number): readonly string[] {
  if (most === undefined || lines.length <= most) return lines;
  const kept = lines.slice(0, most);
  const last = kept[most - 1] ?? "";
  const dotted = widthOf(last) + 3 <= cells ? `${last}...` : cutTo(`${last}....`, cells);
  return [...kept.slice(0, -1), dotted];
}
