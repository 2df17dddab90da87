/**
 * Reads the label table of a bundle file and believes nothing in it: every index is in range, every label is in normal form and made of the
 * parts a label has, everything else has the shape of a table. What does not, refuses the bundle (SPEC 5).
 */
import { type LabelCore, type OwnerPolicy, canonical, canonicalJson } from "../label";
import type { LabelTable } from "./coordinate-labels";
import { ComposeError, findingOf } from "./finding";

/**
 * A table of labels from parsed JSON.
 * @throws ComposeError naming the part that cannot be read.
 */
export function parseTable(json: unknown): LabelTable {
  if (!isRecord(json) || !Array.isArray(json["distinct"]) || !isRecord(json["types"])) return refuse("not a table");
  const distinct = json["distinct"].map((core: unknown, index) => (isCore(core) ? core : refuse(`label ${index}`)));
  if (distinct.length === 0) return refuse("no labels");
  const checkIndex = (index: unknown, at: string): void => { if (typeof index !== "number" || distinct[index] === undefined) refuse(at); };
  const checkIndexes = (record: unknown, at: string): void => {
    if (record === undefined) return;
    if (!isRecord(record)) return refuse(at);
    for (const [name, index] of Object.entries(record)) checkIndex(index, `${at}.${name}`);
  };
  for (const [name, entry] of Object.entries(json["types"])) {
    if (!isRecord(entry)) return refuse(name);
    checkIndex(entry["floor"], name);
    checkIndexes(entry["inputFields"], name);
    checkIndexes(entry["values"], name);
    for (const list of [entry["existence"], entry["labelledIn"]]) if (list !== undefined && !isWords(list)) refuse(name);
    if (entry["fields"] !== undefined && !isRecord(entry["fields"])) return refuse(name);
    for (const [field, value] of Object.entries(entry["fields"] ?? {})) {
      if (!isRecord(value)) return refuse(`${name}.${field}`);
      checkIndex(value["floor"], `${name}.${field}`);
      checkIndexes(value["arguments"], `${name}.${field}`);
    }
  }
  return { distinct, types: json["types"] as LabelTable["types"] };
}

function refuse(what: string): never {
  throw new ComposeError([findingOf("bundle", "schema", [], `the labels of the bundle are unreadable: ${what}`)]);
}

function isCore(value: unknown): value is LabelCore {
  if (!isRecord(value) || !isRecord(value["owners"]) || !Object.values(value["owners"]).every(isOwnerPolicy)) return false;
  const { level, regimes, need, purposes, handling } = value;
  if (typeof level !== "number" || ![0, 1, 2, 3, 4].includes(level)) return false;
  if (![regimes, need, handling].every(isWords) || !isAudience(purposes)) return false;
  return canonicalJson(canonical(value as unknown as LabelCore)) === canonicalJson(value);
}

function isOwnerPolicy(value: unknown): value is OwnerPolicy {
  return isRecord(value) && isAudience(value["rel"]) && isAudience(value["disp"]) && isAudience(value["dist"]) && typeof value["orcon"] === "boolean";
}

function isAudience(value: unknown): boolean {
  return value === "ALL" || isWords(value);
}

function isWords(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((word) => typeof word === "string");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
