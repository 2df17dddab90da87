/**
 * Width of text in terminal cells, and cutting, padding and wrapping by it.
 * Takes plain text (no escape sequences). East Asian wide and fullwidth characters take two cells, combining marks none, all others one;
 * ambiguous characters count as one, as terminals in UTF-8 draw them.
 */

/** Inclusive code point ranges of East_Asian_Width W and F, and emoji drawn wide. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f], [0x231a, 0x231b], [0x2329, 0x232a], [0x23e9, 0x23ec], [0x25fd, 0x25fe], [0x2e80, 0x303e],
  [0x3041, 0x33ff], [0x3400, 0x4dbf], [0x4e00, 0x9fff], [0xa000, 0xa4cf], [0xa960, 0xa97f], [0xac00, 0xd7a3],
  [0xf900, 0xfaff], [0xfe10, 0xfe19], [0xfe30, 0xfe6f], [0xff00, 0xff60], [0xffe0, 0xffe6],
  [0x16fe0, 0x18cff], [0x1aff0, 0x1b2ff], [0x1f300, 0x1f64f], [0x1f680, 0x1f6ff], [0x1f900, 0x1faff], [0x20000, 0x3fffd],
];
const NO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
/** A closing mark never starts a line and an opening one never ends it. */
const NEVER_FIRST = new Set([0x3001, 0x3002, 0x30fb, 0xff09, 0xff3d, 0x300d, 0x300f, 0xff0c, 0xff0e, 0x30fc, 0x29, 0x2c, 0x2e, 0x3a, 0x3b]);
/** Where a banner may be broken although no space follows: the middle dot between items and the colon before them. */
const BREAK_AFTER = new Set([0x30fb, 0x3a]);

/** Cells that one character (a code point) takes. */
export function widthOfChar(char: string): 0 | 1 | 2 {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return 0;
  if (code < 0x300) return 1;
  if (NO_WIDTH.test(char)) return 0;
  let low = 0;
  let high = WIDE.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [from, to] = WIDE[middle] ?? [0, 0];
    if (code < from) high = middle - 1;
    else if (code > to) low = middle + 1;
    else return 2;
  }
  return 1;
}

/** Cells that a text takes on one line. */
export function widthOf(text: string): number {
  let cells = 0;
  for (const char of text) cells += widthOfChar(char);
  return cells;
}

/** The text followed by spaces up to exactly `cells`; a text that is too long is cut, with `...` at its end. */
export function padTo(text: string, cells: number): string {
  const cut = cutTo(text, cells);
  return cut + " ".repeat(Math.max(0, cells - widthOf(cut)));
}

/** The text if it fits in `cells`, else its beginning and `...`. */
export function cutTo(text: string, cells: number): string {
  if (widthOf(text) <= cells) return text;
  const dots = cells >= 3 ? "..." : "";
  let out = "";
  let used = dots.length;
  for (const char of text) {
    const next = widthOfChar(char);
    if (used + next > cells) break;
    out += char;
    used += next;
  }
  return out + dots;
}

/**
 * Lines of at most `cells` cells. Breaks at spaces, after slashes, colons and middle dots, and between wide characters;
 * a single word longer than a line is broken where the line ends.
 */
export function wrapTo(text: string, cells: number): readonly string[] {
  if (cells < 2) return [text];
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    let used = 0;
    const close = (): void => { lines.push(line.trimEnd()); line = ""; used = 0; };
    for (const piece of piecesOf(paragraph)) {
      const width = widthOf(piece.trimEnd());
      if (used > 0 && used + width > cells) close();
      if (used === 0 && piece.trim() === "") continue;
      if (width <= cells) { line += piece; used += widthOf(piece); continue; }
      for (const char of piece) {
        const next = widthOfChar(char);
        if (used + next > cells) close();
        line += char;
        used += next;
      }
    }
    close();
  }
  return lines;
}

/** Runs that are not broken: words with the space behind them, and single wide characters with closing marks behind them. */
function piecesOf(text: string): readonly string[] {
  const pieces: string[] = [];
  let word = "";
  const end = (): void => { if (word !== "") pieces.push(word); word = ""; };
  const chars = Array.from(text);
  for (const [at, char] of chars.entries()) {
    const code = char.codePointAt(0) ?? 0;
    if (NEVER_FIRST.has(code)) {
      if (word === "" && pieces.length > 0) pieces[pieces.length - 1] += char;
      else word += char;
      if (BREAK_AFTER.has(code)) end();
      continue;
    }
    if (widthOfChar(char) === 2) { end(); pieces.push(char); continue; }
    word += char;
    // The two slashes between the parts of a banner stay together, at the end of a line.
    if (char === " " || (char === "/" && chars[at + 1] !== "/")) end();
  }
  end();
  return pieces;
}
