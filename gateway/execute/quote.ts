/**
 * JSON text of strings. A string out of JSON bytes without a single backslash holds nothing that JSON would escape, and needs only its quotes;
 * of all others every one is looked at.
 */
const BACKSLASH = 0x5c;
// oxlint-disable-next-line no-control-regex -- JSON escapes control characters
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

/** Whether strings that were read from this JSON, up to a place in it, hold nothing that JSON escapes. */
export function isPlainText(json: Buffer, end: number = json.length): boolean {
  const at = json.indexOf(BACKSLASH);
  return at < 0 || at >= end;
}
/** The same for a string at hand. */
export function isPlain(text: string): boolean { return !ESCAPED.test(text); }

/** The string as JSON text. */
export function quote(text: string): string { return isPlain(text) ? `"${text}"` : JSON.stringify(text); }
