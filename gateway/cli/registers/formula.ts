/**
 * Cells that a spreadsheet would take for a formula (SPEC 17.9): they get an apostrophe in front when a table is written as CSV, and lose it again when one is read. What begins with apostrophes
 * before such a sign gets one more, so that reading gives back exactly what was written.
 */

/** The signs that begin a formula, their full-width forms too, and what spreadsheets cut off before they look. */
const BEGINS = "=+\\-@\\t\\r\\n\\uff1d\\uff0b\\uff0d\\uff20";
const DANGEROUS = new RegExp(`^'*[${BEGINS}]`);
const GUARDED = new RegExp(`^'+[${BEGINS}]`);

export function guardCell(text: string): string { return DANGEROUS.test(text) ? `'${text}` : text; }

export function unguardCell(text: string): string { return GUARDED.test(text) ? text.slice(1) : text; }
