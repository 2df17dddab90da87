/**
 * Changes that were written below what their asker had been released (SPEC 4.8, 4.19). Takes the evidence of all gateways; gives every change of which a label, as the ministry stated it, does not dominate what was released to the same
 * subject for the same purpose and case in the 24 hours before, and what the asker said that it was made of. Decides nothing: most of what somebody writes is not made of the most secret thing that they have read, and a person has to look.
 */
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { BOTTOM, dominates, join as joinLabels, type LabelCore } from "../../schema/label";
import type { ChainedRecord } from "./record";
import { SOURCES_MS } from "./released";

/** `highWater`: the join of what had been released; `written`: the label under which was written, null where the ministry did not say. */
export interface LowWrite {
  readonly log: string; readonly index: number; readonly at: string; readonly txn: string; readonly subject: string; readonly purpose: string | null; readonly case: string | null; readonly steps: readonly string[];
  /** Undefined where nothing was said. */
  readonly sources: readonly string[] | undefined;
  readonly written: LabelCore | null; readonly highWater: LabelCore;
}

interface Window { readonly at: number; readonly label: LabelCore }

/** @param folders evidence folders; what they hold is taken as it is: whether it was changed says `verifyEvidence` */
export async function lowWrites(folders: readonly string[]): Promise<readonly LowWrite[]> {
  const records = (await Promise.all(folders.map(readRecords))).flat().toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const intents = new Map(records.flatMap((record) => (record.kind === "INTENT" ? [[placeOf(record.log, record.index), record.steps ?? []] as const] : [])));
  const windows = new Map<string, Window[]>();
  const found: LowWrite[] = [];
  for (const record of records) {
    const { kind, subject, label, written, log, index, at, txn, purpose = null, case: token = null, sources } = record;
    if (kind !== "ANSWER" || subject === undefined || label === undefined) continue;
    const key = JSON.stringify([subject, purpose, token]);
    const time = Date.parse(at);
    const window = windows.get(key) ?? [];
    windows.set(key, window);
    const highWater = written === undefined ? BOTTOM : highWaterOf(window, time - SOURCES_MS);
    for (const target of written ?? []) {
      if (target !== null && dominates(target, highWater)) continue;
      found.push({ log, index, at, txn, subject, purpose, case: token, steps: intents.get(placeOf(log, record.intent)) ?? [], sources, written: target, highWater });
    }
    window.push({ at: time, label });
  }
  return found;
}

/** The join of what is not older; forgets the rest. */
function highWaterOf(window: Window[], oldest: number): LabelCore {
  const from = window.findIndex(({ at }) => at >= oldest);
  window.splice(0, from < 0 ? window.length : from);
  return [...new Set(window.map(({ label }) => label))].reduce<LabelCore>((sum, label) => joinLabels(sum, label), BOTTOM);
}

function placeOf(log: string, index: number | undefined): string { return JSON.stringify([log, index]); }

async function readRecords(folder: string): Promise<readonly ChainedRecord[]> {
  const records: ChainedRecord[] = [];
  // A log has few labels, and each many times.
  const labels = new Map<string, LabelCore>();
  const intern = (label: LabelCore): LabelCore => { const text = JSON.stringify(label); const known = labels.get(text) ?? label; labels.set(text, known); return known; };
  for await (const line of createInterface({ input: createReadStream(join(folder, "evidence.jsonl")) })) {
    // A torn last line is no record; what else is wrong with a log is for its verification to say.
    try { const { kind, log, index, at, txn, subject, purpose, case: token, label, written, sources, steps, intent } = JSON.parse(line) as ChainedRecord; records.push({ kind, log, index, at, txn, prev: "", ...(subject === undefined ? {} : { subject }), ...(purpose === undefined ? {} : { purpose }), ...(token === undefined ? {} : { case: token }), ...(label === undefined ? {} : { label: intern(label) }), ...(written === undefined ? {} : { written }), ...(sources === undefined ? {} : { sources }), ...(steps === undefined ? {} : { steps }), ...(intent === undefined ? {} : { intent }) }); } catch { /* see above */ }
  }
  return records;
}
