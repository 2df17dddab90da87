/** Reads from an evidence log, as an auditor would, what one answer's record says. Takes the folder and the reference in the answer; verifies nothing (that is `audit verify`). */
import fs from "node:fs";
import path from "node:path";
import type { ChainedRecord } from "../evidence/record";

/** The record with this index, or `undefined` when the log has no such record. */
export function recordAt(folder: string, index: number): ChainedRecord | undefined {
  const lines = fs.readFileSync(path.join(folder, "evidence.jsonl"), "utf8").split("\n");
  const line = lines[index];
  return line === undefined || line === "" ? undefined : JSON.parse(line) as ChainedRecord;
}

/**
 * Copies a log into an empty folder and flips the lowest bit of one byte in the middle of it.
 * @returns the position of the byte in the copy
 */
export function copyWithFlippedByte(folder: string, copy: string): number {
  fs.cpSync(folder, copy, { recursive: true });
  const file = path.join(copy, "evidence.jsonl");
  const bytes = fs.readFileSync(file);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  fs.writeFileSync(file, bytes);
  return at;
}
