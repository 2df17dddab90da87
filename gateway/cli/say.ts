/**
 * What the commands say, in both languages. Data goes to standard output, everything else to standard error,
 * so that output can be piped. Refuses nothing; a text that a language lacks does not compile.
 */
import { readLocale } from "../config";
import failures from "./data/failures.json";
import refusals from "./data/label-refusals.json";
import registers from "./data/register-words.json";
import said from "./data/words.json";

const words = { ...said, ...failures, ...refusals, ...registers };

export type Lang = "ja" | "en";
export type Word = keyof typeof words;
/** What the places of a text are filled with. */
export type Values = Readonly<Record<string, string | number>>;
export const LANGS: readonly Lang[] = ["ja", "en"];

/** The text of `key` with `{name}` filled in. */
export function textOf(lang: Lang, key: Word, values: Values = {}): string {
  return words[key][lang].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The language of this terminal: Japanese where the locale is, else English. */
export function localLang(locale: string = readLocale()): Lang {
  return locale.startsWith("ja") ? "ja" : "en";
}

/** Writes data to standard output. */
export function print(text: string): void { process.stdout.write(`${text}\n`); }

/** Writes progress, markings and complaints to standard error. */
export function tell(text: string): void { process.stderr.write(`${text}\n`); }

/** What a ministry's reason means; the reason itself where it is one that nobody here knows. */
export function reasonText(lang: Lang, reason: string): string {
  const key = `reason.${reason}`;
  return Object.hasOwn(registers, key) ? registers[key as keyof typeof registers][lang] : reason;
}
