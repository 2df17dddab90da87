/**
 * A label in a cell (SPEC 17.4): a mark in either language and form, or, where a mark cannot say it, the label's input as JSON. A mark shows effective values; it is the whole label where one owner
 * alone has it, and is not read where it names another one, counts tokens instead of naming them, or has a last day, which has a column of its own.
 */
import { type LabelCore, type OrgPath, type Marking, canonical, parseMarking } from "../../../schema/label";
import type { Policy } from "../../../schema/policy";
import { readLabel } from "../workflow/label-input";

/** @returns the label, or undefined where the text is none */
export function readLabelCell(policy: Policy, text: string, owner: OrgPath): LabelCore | undefined {
  const written = text.trim();
  if (written.startsWith("{")) return readJson(written);
  const parsed = parseMarking(written, policy.words);
  return parsed.ok ? coreOf(parsed.marking, owner) : undefined;
}

function readJson(text: string): LabelCore | undefined {
  let value: unknown;
  try { value = JSON.parse(text); } catch { return undefined; }
  const core = readLabel(value);
  return core === undefined ? undefined : canonical(core);
}

function coreOf({ level, regimes, need, fgi, orcon, rel, display, dist, purposes, caveats, validUntil }: Marking, owner: OrgPath): LabelCore | undefined {
  if (typeof need === "number" || fgi.length > 0 || validUntil !== undefined || orcon.some((other) => other !== owner)) return undefined;
  const received = rel === undefined || rel === "ALL" ? "ALL" : ["JPN", ...rel];
  const seen = received === "ALL" || display === "ALL" ? "ALL" : [...received, ...display];
  const isOwned = level >= 1 || rel !== undefined || dist !== "ALL" || orcon.length > 0;
  return canonical({ level, regimes, need, owners: isOwned ? { [owner]: { rel: received, disp: seen, dist, orcon: orcon.length > 0 } } : {}, purposes, handling: caveats });
}
