/**
 * Days as the registers write them (SPEC 3.6): `YYYY-MM-DD`, a day in Japan, both ends inclusive.
 * Gives instants in milliseconds since the epoch. A text that is no date gives NaN, which every comparison of a decision
 * treats as "not in force".
 */
const DAY = 86_400_000;
const JAPAN = 9 * 3_600_000;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const MEMO_LIMIT = 20_000;

/** The day from which the demo data count. */
export const DEMO_DAY = "2026-11-01";

const starts = new Map<string, number>();

/** First instant of the day; NaN for what is no date. */
export function startOfDay(date: string): number {
  const known = starts.get(date);
  if (known !== undefined) return known;
  const parts = DATE.exec(date);
  const utc = parts === null ? Number.NaN : Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]));
  const start = Number.isNaN(utc) || new Date(utc).toISOString().slice(0, 10) !== date ? Number.NaN : utc - JAPAN;
  if (starts.size >= MEMO_LIMIT) starts.clear();
  starts.set(date, start);
  return start;
}

/** First instant after the day; NaN for what is no date. */
export function endOfDay(date: string): number {
  return startOfDay(date) + DAY;
}

/** The day in Japan at an instant. */
export function japanDay(now: number): string {
  return new Date(now + JAPAN).toISOString().slice(0, 10);
}

/** The date so many days later. */
export function shiftDate(date: string, days: number): string {
  return days === 0 ? date : japanDay(startOfDay(date) + days * DAY);
}

/** The date so many years later; 29 February becomes 28 February. */
export function addYears(date: string, years: number): string {
  const year = String(Number(date.slice(0, 4)) + years).padStart(4, "0");
  const same = `${year}${date.slice(4)}`;
  return Number.isNaN(startOfDay(same)) ? `${year}-02-28` : same;
}

/** Whole Japan days since the demo day, never negative: by so much every date of every data file is shifted alike. */
export function demoShiftDays(now: number): number {
  return Math.max(0, Math.floor((now - startOfDay(DEMO_DAY)) / DAY));
}
