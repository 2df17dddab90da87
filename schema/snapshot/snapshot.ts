/**
 * A policy snapshot (SPEC 14.3): the four policy files, a revision and how long it is fresh, in one document signed by two officers. Takes and gives texts and payloads;
 * refuses whatever the signatures or the shape do not bear out. Whether the files make a policy is found when they are loaded.
 */
import { createHash } from "node:crypto";
import { canonicalJson } from "../label";
import type { PolicyFiles } from "../policy";
import { type Signers, verifyDocument } from "../signed";

export const SNAPSHOT_TYPE = "kanmon-policy+jws";
export const OFFICERS_NEEDED = 2;
/** Bytes of a signed snapshot; the demonstration's has about 150,000. */
export const LARGEST_SNAPSHOT = 8_388_608;
/** What was issued longer ago than this widens nothing, whatever it says itself. */
export const LONGEST_FRESH_DAYS = 31;
/** By so much the officers' clock may be ahead, in milliseconds. */
const SKEW_MS = 60_000;
const DAY_MS = 86_400_000;
const FORMAT = "kanmon-policy/1";

export interface SnapshotContent {
  /** Grows with every snapshot. */
  readonly revision: number;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
  /** From this instant on it widens nothing any more. */
  readonly freshUntil: number;
  readonly files: PolicyFiles;
}
export interface Snapshot extends SnapshotContent {
  /** Digest of all that was signed, the same whoever signed it. */
  readonly digest: string;
  readonly by: readonly string[];
  readonly text: string;
}

/** Thrown for a payload that is no snapshot; the message is for the operator. */
export class SnapshotError extends Error { override readonly name = "SnapshotError"; }

/** What is signed. @throws SnapshotError when it would not be read back */
export function makePayload({ revision, issuedAt, freshUntil, files }: SnapshotContent): unknown {
  const { policy, members, agreements, clients } = files;
  const payload: unknown = JSON.parse(canonicalJson({
    format: FORMAT, revision, issuedAt: new Date(issuedAt).toISOString(), freshUntil: new Date(freshUntil).toISOString(), policy, members, agreements, clients,
  }));
  readPayload(payload);
  return payload;
}

/**
 * The snapshot in a signed text.
 * @throws SignedError when two of the listed officers have not signed it, SnapshotError when it is no snapshot
 */
export async function openSnapshot(text: string, signers: Signers): Promise<Snapshot> {
  const { payload, by } = await verifyDocument(text, { typ: SNAPSHOT_TYPE, signers, needed: OFFICERS_NEEDED, most: LARGEST_SNAPSHOT });
  // The payload is JSON in its plain form: writing it again gives what was signed.
  return { ...readPayload(payload), digest: createHash("sha256").update(JSON.stringify(payload)).digest("hex"), by, text };
}

/** @throws SnapshotError naming the member at fault */
export function readPayload(payload: unknown): SnapshotContent {
  if (typeof payload !== "object" || payload === null) throw new SnapshotError("the payload is not an object");
  const { format, revision, issuedAt, freshUntil, policy, members, agreements, clients, ...unknown } = payload as Readonly<Record<string, unknown>>;
  const [stray] = Object.keys(unknown);
  if (stray !== undefined) throw new SnapshotError(`${stray}: unknown key`);
  if (format !== FORMAT) throw new SnapshotError(`format: must be ${FORMAT}`);
  if (typeof revision !== "number" || !Number.isSafeInteger(revision) || revision < 1) throw new SnapshotError("revision: must be a whole number from 1 on");
  const issued = readInstant(issuedAt, "issuedAt");
  const fresh = readInstant(freshUntil, "freshUntil");
  if (fresh <= issued || fresh - issued > LONGEST_FRESH_DAYS * DAY_MS) throw new SnapshotError(`freshUntil: must lie after issuedAt, by at most ${LONGEST_FRESH_DAYS} days`);
  for (const [name, file] of Object.entries({ policy, members, agreements, clients })) if (file === undefined) throw new SnapshotError(`${name}: missing`);
  return { revision, issuedAt: issued, freshUntil: fresh, files: { policy, members, agreements, clients } };
}

/** May it widen anything at this instant? */
export function isFresh({ issuedAt, freshUntil }: Pick<Snapshot, "issuedAt" | "freshUntil">, now: number): boolean {
  return issuedAt - SKEW_MS <= now && now < freshUntil;
}

function readInstant(value: unknown, path: string): number {
  const instant = typeof value === "string" ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(instant) || new Date(instant).toISOString() !== value) throw new SnapshotError(`${path}: must be an instant such as 2026-11-01T00:00:00.000Z`);
  return instant;
}
