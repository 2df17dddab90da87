/** A record as the text of its line: JSON with sorted keys and nothing undefined, so that one record has one text (SPEC 7, after RFC 8785). */
import { canonicalJson } from "../../schema/label";
import type { Chain, ChainedRecord, EvidenceRecord } from "./record";

/** Every member of a record; the compiler asks for the missing ones. */
const MEMBERS: Readonly<Record<keyof ChainedRecord, true>> = {
  about: true, aboutPurpose: true, acknowledged: true, action: true, at: true, bundle: true, case: true, class: true, clearance: true, client: true, document: true, errors: true, index: true, intent: true, item: true, kind: true,
  label: true, log: true, marking: true, ministries: true, operation: true, policy: true, prev: true, purpose: true, reason: true, released: true, releaseTo: true, response: true, since: true, sources: true, status: true, subject: true,
  steps: true, supersedes: true, times: true, tool: true, tools: true, torn: true, txn: true, variables: true, withheld: true, written: true,
};
const SORTED = (Object.keys(MEMBERS) as (keyof ChainedRecord)[]).toSorted();
/** Made of few objects that recur, so their text is made once per object; what is given here is never changed afterwards. */
const RECURRING: ReadonlySet<keyof ChainedRecord> = new Set(["label", "marking"]);
const texts = new WeakMap<object, string>();

/** The line of a record at its place in the chain, without its line feed. */
export function lineOf(record: EvidenceRecord, chain: Chain): string {
  let text = "";
  for (const key of SORTED) {
    // Not merged first: an object of so many members is slow to make and to read.
    const value: unknown = key === "log" || key === "index" || key === "prev" ? chain[key] : record[key];
    if (value !== undefined) text += `${text === "" ? "{" : ","}"${key}":${RECURRING.has(key) ? recurringText(value) : canonicalJson(value)}`;
  }
  return `${text}}`;
}

function recurringText(value: unknown): string {
  if (typeof value !== "object" || value === null) return canonicalJson(value);
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = canonicalJson(value);
  texts.set(value, text);
  return text;
}
