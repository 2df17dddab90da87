/**
 * Figures as they may be told to everybody (SPEC 18.4): in steps, with what is below one step withheld, and a total that is told so low that each item could still be anything its own line says. Takes counts, gives lines
 * `MEASURE;REGIME;ITEM;FIGURE`; checks lines that somebody wrote. What is told says "at least"; X says "fewer than a step, or none".
 */
import { VETTED_REGIMES } from "../vetting/demo-policy";
import items from "../designation/statutory-items.json";
import { STEP } from "./oversight-policy";

/** One count of a register. */
export interface Count { readonly measure: string; readonly regime: string; readonly item: string; readonly count: number }

export const WITHHELD = "X";
export const ALL = "ALL";
/** Told by item of the law and in total. */
const BY_ITEM = "IN_FORCE";
/** Told in total only. What began is not told: with it, what ended could be worked out from two reports. */
const IN_TOTAL = ["ENDED", "EXTENDED", "HOLDERS"] as const;
/** Measures that count people. */
export const ABOUT_PEOPLE: ReadonlySet<string> = new Set(["HOLDERS", "ELIGIBLE", "NOT_ELIGIBLE", "SUSPENDED", "WITHDRAWN", "CONSENT_REFUSED"]);
const UNTABLED = ["MDA", "EQS", "MODS"] as const;

/** Every line that a report has, whatever there is: that a line is there says nothing. */
export const ITEMS: readonly (readonly [regime: string, item: string])[] = [
  ...items.SDS.map((item) => ["SDS", item] as const), ...items.CESI.map((item) => ["CESI", item] as const), ...UNTABLED.map((regime) => [regime, ""] as const), ["CESI", ""], ["SDS", ""],
];

/** The most that a told figure may be. */
const highest = (told: number): number => told + STEP - 1;
const lowered = (count: number): number => Math.floor(count / STEP) * STEP;
const written = (told: number): string => (told === 0 ? WITHHELD : String(told));

/** The highest total that leaves every item the whole of its step. */
function totalLimit(told: readonly number[]): number { return lowered(told.reduce((sum, one) => sum + highest(one), 0) - (STEP - 1)); }

/** A figure by itself. */
export function tell(count: number): string { return written(lowered(count)); }

/** Items and their total. */
export function tellGroup(counts: readonly number[]): { readonly items: readonly string[]; readonly total: string } {
  const told = counts.map(lowered);
  const total = lowered(counts.reduce((sum, one) => sum + one, 0));
  return { items: told.map(written), total: written(Math.min(total, totalLimit(told))) };
}

const sumOf = (counts: readonly Count[], isOne: (count: Count) => boolean): number => counts.filter(isOne).reduce((sum, { count }) => sum + count, 0);

/** The lines of a report to everybody. Designations under rules without a table (DOC and the like) are in none of them. */
export function tellReport(counts: readonly Count[]): readonly string[] {
  const inForce = ITEMS.map(([regime, item]) => sumOf(counts, (one) => one.measure === BY_ITEM && one.regime === regime && one.item === item));
  const told = tellGroup(inForce);
  const known = new Set(ITEMS.map(([regime]) => regime));
  const total = (measure: string): number => sumOf(counts, (one) => (one.measure === measure || (measure === "ENDED" && one.measure === "LAPSED")) && known.has(one.regime)
    && (measure !== "HOLDERS" || VETTED_REGIMES.some((regime) => regime === one.regime)));
  return [
    ...ITEMS.map(([regime, item], at) => [BY_ITEM, regime, item, told.items[at]].join(";")), [BY_ITEM, ALL, ALL, told.total].join(";"),
    ...IN_TOTAL.map((measure) => [measure, ALL, ALL, tell(total(measure))].join(";")),
  ];
}

/** Counts as lines for those who read the registers: designations as they are, people in steps, because their purpose is another. */
export function countLines(counts: readonly Count[]): readonly string[] {
  return counts.map(({ measure, regime, item, count }) => [measure, regime, item, ABOUT_PEOPLE.has(measure) ? tell(count) : String(count)].join(";"));
}

/** What is told of a year: the least and the most that stock and ends may be. */
export interface ToldYear { readonly year: number; readonly stock: Span; readonly ended: Span }
export interface Span { readonly least: number; readonly most: number }

function readFigure(text: string | undefined): number | undefined {
  if (text === WITHHELD) return 0;
  if (text === undefined || !/^[1-9]\d{0,6}$/.test(text)) return undefined;
  return Number(text) % STEP === 0 ? Number(text) : undefined;
}

/**
 * Reads the lines of a report: exactly the lines that every report has, in their order, in steps, and with a total that does not tell more than its items.
 * @returns nothing when they are not
 */
export function readReport(year: number, lines: readonly string[]): ToldYear | undefined {
  const heads = [...ITEMS.map(([regime, item]) => [BY_ITEM, regime, item]), ...[BY_ITEM, ...IN_TOTAL].map((measure) => [measure, ALL, ALL])].map((head) => head.join(";"));
  if (lines.length !== heads.length || !lines.every((line, at) => line.startsWith(`${heads[at]};`))) return undefined;
  const figures = lines.map((line, at) => readFigure(line.slice((heads[at] ?? "").length + 1)));
  if (figures.includes(undefined)) return undefined;
  const told = figures.map(Number);
  const items = told.slice(0, ITEMS.length);
  const [total = 0, ended = 0] = told.slice(ITEMS.length);
  const limit = totalLimit(items);
  if (total > limit) return undefined;
  // A total at its limit may stand for anything up to the most that its items may be.
  const most = total === limit ? items.reduce((sum, one) => sum + highest(one), 0) : highest(total);
  return { year, stock: { least: Math.max(total, items.reduce((sum, one) => sum + one, 0)), most }, ended: { least: ended, most: highest(ended) } };
}
