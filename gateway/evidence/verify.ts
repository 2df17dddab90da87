/**
 * Checks an evidence directory offline (SPEC 7, G7). Shares no code with the writer, so that a mistake in one is found by the other. Takes the
 * directory and gives the number of records and everything that is wrong: a changed byte, a missing, repeated or moved record, a record that was cut off.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

export interface Finding { readonly index: number; readonly problem: string }
export interface Verdict { readonly ok: boolean; readonly records: number; readonly log: string | undefined; readonly findings: readonly Finding[]; /** Changes that were about to be asked for and of which no outcome stands in the log: no corruption, but somebody has to look what became of them. */ readonly unfinished: readonly Finding[] }

const MOST_FINDINGS = 20;

/**
 * @param dir the evidence directory, or a copy of it; nothing else is read
 */
export async function verifyEvidence(dir: string): Promise<Verdict> {
  const findings: Finding[] = [];
  const report = (index: number, problem: string): void => { if (findings.length < MOST_FINDINGS) findings.push({ index, problem }); };
  let expected = 0;
  let before = "";
  let log: string | undefined;
  const hashes = new Map<number, string>();
  const head = await headOf(dir, report);
  const intents = new Map<number, string>();

  for await (const { line, whole } of linesOf(join(dir, "evidence.jsonl"), report)) {
    if (!whole) { report(expected, "the last line is cut off"); break; }
    const record = parseRecord(line);
    if (record === undefined) { report(expected, "not a record: a byte was changed"); } else {
      if (record.index !== expected) report(expected, `a record with index ${String(record.index)} stands here: records were removed, repeated or moved`);
      if (expected === 0 ? !/^0{64}$/.test(record.prev) : record.prev !== before) report(expected, "does not name the hash of the record before: that one or this one was changed");
      if (log !== undefined && record.log !== log) report(expected, "belongs to another log");
      log ??= record.log;
      if (record.intended !== undefined) intents.set(expected, record.intended);
      if (record.intent !== undefined) intents.delete(record.intent);
    }
    before = createHash("sha256").update(line).digest("hex");
    if (head !== undefined && expected === head.index) hashes.set(expected, before);
    expected += 1;
  }

  if (head !== undefined) {
    if (head.index >= expected) report(expected, `the head names record ${head.index}, but the log ends before it: records were cut off`);
    else if (hashes.get(head.index) !== head.hash) report(head.index, "is not the record that the head names: it was changed");
    if (log !== undefined && head.log !== log) report(head.index, "the head belongs to another log");
  }
  return { ok: findings.length === 0, records: expected, log, findings, unfinished: [...intents].slice(0, MOST_FINDINGS).map(([index, problem]) => ({ index, problem })) };
}

interface Parsed { readonly index: unknown; readonly prev: string; readonly log: string; readonly intent?: number; readonly intended?: string }

function parseRecord(line: Buffer): Parsed | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(line));
    if (typeof value !== "object" || value === null || !("prev" in value) || !("log" in value) || !("index" in value)) return undefined;
    return typeof value.prev === "string" && typeof value.log === "string" ? { index: value.index, prev: value.prev, log: value.log, ...intentOf(value) } : undefined;
  } catch { return undefined; }
}

/** What an intent was to change, or whose outcome a record is. */
function intentOf(record: object): Pick<Parsed, "intent" | "intended"> {
  const { kind, intent, txn, at, subject, steps } = record as Readonly<Record<string, unknown>>;
  if (kind === "INTENT") return { intended: `${String(subject)} was about to change at ${String(at)}: ${Array.isArray(steps) ? steps.join(", ") : "?"} (request ${String(txn)}); the log has no outcome` };
  return typeof intent === "number" ? { intent } : {};
}

async function headOf(dir: string, report: (index: number, problem: string) => void): Promise<{ readonly index: number; readonly hash: string; readonly log: string } | undefined> {
  try {
    const head: unknown = JSON.parse(await readFile(join(dir, "head.json"), "utf8"));
    if (typeof head === "object" && head !== null && "index" in head && typeof head.index === "number" && "hash" in head && typeof head.hash === "string" && "log" in head && typeof head.log === "string") {
      return { index: head.index, hash: head.hash, log: head.log };
    }
  } catch { /* reported below */ }
  report(0, "the head file is missing or not readable: cut-off records could not be noticed");
  return undefined;
}

async function* linesOf(path: string, report: (index: number, problem: string) => void): AsyncGenerator<{ readonly line: Buffer; readonly whole: boolean }> {
  let pieces: Buffer[] = [];
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      let data = chunk;
      for (let stop = data.indexOf(0x0a); stop >= 0; stop = data.indexOf(0x0a)) {
        yield { line: Buffer.concat([...pieces, data.subarray(0, stop)]), whole: true };
        pieces = [];
        data = data.subarray(stop + 1);
      }
      if (data.length > 0) pieces.push(data);
    }
  } catch (error) { report(0, `the log cannot be read: ${error instanceof Error ? error.message : String(error)}`); }
  if (pieces.length > 0) yield { line: Buffer.concat(pieces), whole: false };
}
