/** A record as the text of its line: JSON with sorted keys and nothing undefined, so that one record has one text (SPEC 7, after RFC 8785). */
import { canonicalJson } from "../../schema/label";
import type { ChainedRecord } from "./record";

/** Labels and counts recur; their text is made once per object, so objects given here are never changed afterwards. */
const texts = new WeakMap<object, string>();

/** The line, without its line feed. */
export function lineOf(record: ChainedRecord): string {
  let text = "";
  for (const key of Object.keys(record).toSorted()) {
    const value: unknown = record[key as keyof ChainedRecord];
    if (value !== undefined) text += `${text === "" ? "{" : ","}"${key}":${textOf(value)}`;
  }
  return `${text}}`;
}

function textOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = canonicalJson(value);
  texts.set(value, text);
  return text;
}
