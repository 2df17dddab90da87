/**
 * The signed policy of the files in schema/policy, as a start and a deployment need it. Takes a file and the keys of two officers; writes a snapshot when the one that is there is another
 * policy or will not be fresh for much longer. Revisions are seconds since 1970, so that a lost file never leads to a smaller one.
 */
import fs from "node:fs";
import { canonicalJson } from "../../schema/label";
import type { PolicyFiles } from "../../schema/policy";
import agreements from "../../schema/policy/agreements.json";
import clients from "../../schema/policy/clients.json";
import members from "../../schema/policy/members.json";
import policy from "../../schema/policy/policy.json";
import { readSigners, signDocument } from "../../schema/signed";
import { makePayload, openSnapshot, SNAPSHOT_TYPE } from "../../schema/snapshot";
import { writePrivate } from "./home";
import { makeSigningKey, type OwnedKey, signersOf } from "./keyring";

export const COMMITTED_FILES: PolicyFiles = { policy, members, agreements, clients };
/** Two persons of the demonstration, each with a key of their own; in earnest each key is somewhere else. */
export const DEMO_OFFICERS = ["policy-officer-1", "policy-officer-2"] as const;
export const DAY_MS = 86_400_000;
export const FRESH_DAYS = 30;
const RENEW_DAYS = 7;

export const makeOfficer = (name: (typeof DEMO_OFFICERS)[number]): OwnedKey => makeSigningKey(name);

/** @returns whether it had to be written */
export async function keepPolicy(file: string, officers: readonly OwnedKey[], now = Date.now()): Promise<boolean> {
  const known = fs.existsSync(file) ? await openSnapshot(fs.readFileSync(file, "utf8"), readSigners(signersOf(officers))).catch(() => undefined) : undefined;
  if (known !== undefined && known.freshUntil - now > RENEW_DAYS * DAY_MS && known.issuedAt <= now && canonicalJson({ ...known.files }) === canonicalJson({ ...COMMITTED_FILES })) return false;
  const content = { revision: nextRevision(known?.revision ?? 0, now), issuedAt: now, freshUntil: now + FRESH_DAYS * DAY_MS, files: COMMITTED_FILES };
  writePrivate(file, await signDocument(SNAPSHOT_TYPE, makePayload(content), officers.map(({ key }) => key)));
  return true;
}

/** Above the revision before, and above every one that was made earlier. */
export function nextRevision(before: number, now: number): number { return Math.max(before + 1, Math.floor(now / 1000)); }
