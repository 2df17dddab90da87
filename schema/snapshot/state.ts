/**
 * What a process remembers of the policy over a restart (SPEC 14.4): the snapshots that make what is in force, and the highest revision. Takes a path; gives what was kept.
 * The snapshots are verified again when they are read: one that is signed by somebody who is no longer listed is not in force any more, but its revision stays taken.
 */
import fs from "node:fs";
import path from "node:path";
import type { Policy, PolicyFiles } from "../policy";
import { type InForce, restore } from "./in-force";
import type { Snapshot } from "./snapshot";

export interface Kept {
  readonly inForce: InForce | undefined;
  /** The highest revision that was ever in force here, and what it said. */
  readonly revision: number;
  readonly digest: string;
  /** Why there is a revision but nothing in force. */
  readonly problem?: string;
}
interface KeptFile { readonly revision: number; readonly digest: string; readonly isHeld: boolean; readonly latest: string; readonly parts: readonly string[] }

const NOTHING: Kept = { inForce: undefined, revision: 0, digest: "" };

/** @throws Error for a file that cannot be read or is not one of these: what was in force must not be guessed */
export async function readKept(file: string, open: (text: string) => Promise<Snapshot>, load: (files: PolicyFiles) => Policy): Promise<Kept> {
  let text: string;
  try { text = fs.readFileSync(file, "utf8"); } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return NOTHING;
    throw new Error(`the state of the policy cannot be read: ${String(error)}`, { cause: error });
  }
  const kept = readFile(text);
  if (kept === undefined) throw new Error(`${file} is not the state of a policy; remove it only if nothing older than the present snapshot can come back`);
  try {
    const latest = await open(kept.latest);
    const parts = await Promise.all(kept.parts.map((part) => open(part)));
    return { revision: kept.revision, digest: kept.digest, inForce: restore(parts, latest, kept.isHeld, load) };
  } catch (error) {
    return { inForce: undefined, revision: kept.revision, digest: kept.digest, problem: `what was in force before is not any more: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Whole or not at all, and readable by its owner only. */
export function writeKept(file: string, { latest, parts, isHeld }: InForce): void {
  const kept: KeptFile = { revision: latest.revision, digest: latest.digest, isHeld, latest: latest.text, parts: parts.map(({ snapshot }) => snapshot.text) };
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  fs.writeFileSync(draft, `${JSON.stringify(kept)}\n`, { mode: 0o600, flush: true });
  fs.renameSync(draft, file);
}

function readFile(text: string): KeptFile | undefined {
  let value: unknown;
  try { value = JSON.parse(text); } catch { return undefined; }
  if (typeof value !== "object" || value === null) return undefined;
  const { revision, digest, isHeld, latest, parts } = value as Readonly<Record<string, unknown>>;
  const isKept = typeof revision === "number" && Number.isSafeInteger(revision) && typeof digest === "string" && typeof isHeld === "boolean" && typeof latest === "string"
    && Array.isArray(parts) && parts.length > 0 && parts.every((part) => typeof part === "string");
  return isKept ? { revision, digest, isHeld, latest, parts } : undefined;
}
