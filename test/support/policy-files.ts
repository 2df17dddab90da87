/**
 * Signed policy snapshots for tests: a folder with a list of two officers, the snapshot they signed and room for what a process remembers. Takes the four files and circumstances;
 * the repository's own, fresh for a month, where none are given.
 */
import { generateKeyPairSync, type JsonWebKey } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { PolicyFiles } from "../../schema/policy";
import agreements from "../../schema/policy/agreements.json";
import clients from "../../schema/policy/clients.json";
import members from "../../schema/policy/members.json";
import policy from "../../schema/policy/policy.json";
import { signDocument, type SigningKey } from "../../schema/signed";
import { makePayload, type PolicySettings, SNAPSHOT_TYPE, type SnapshotContent } from "../../schema/snapshot";

export const DAY = 86_400_000;
export const OWN_FILES: PolicyFiles = { policy, members, agreements, clients };
/** The same, under which nobody is bound to the list of known operations (SPEC 19): for tests that ask whatever comes to their mind, as people of firms too. */
export const ANY_OPERATION: PolicyFiles = { ...OWN_FILES, policy: { ...policy, knownOperations: { kinds: [], orgs: [] } } };
export const makeOfficer = (kid: string): SigningKey => ({ ...generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" }), kid });
const publicHalf = ({ kty, crv, x, kid }: SigningKey): JsonWebKey => ({ kty: kty ?? "", crv: crv ?? "", x: x ?? "", kid: kid ?? "" });
export const listOf = (officers: readonly SigningKey[]): unknown => ({ signers: officers.map((key) => ({ owner: (key.kid ?? "").replace(/-\d+$/, ""), key: publicHalf(key) })) });

export interface PolicyFolder {
  readonly officers: readonly [SigningKey, SigningKey];
  /** Settings of one process; every process remembers for itself. */
  readonly settingsOf: (name: string) => PolicySettings;
  /** Signs and puts a snapshot where the processes look. */
  readonly publish: (content: Partial<SnapshotContent>, officers?: readonly SigningKey[]) => Promise<void>;
  readonly write: (text: string) => void;
  readonly remove: () => void;
}

/** @param now what the clocks of the processes show, roughly */
export async function makePolicyFolder(now: number, files: PolicyFiles = OWN_FILES, folder = fs.mkdtempSync(path.join(os.tmpdir(), "policy-"))): Promise<PolicyFolder> {
  const officers = [makeOfficer("first-1"), makeOfficer("second-1")] as const;
  const snapshotFile = path.join(folder, "policy.jws");
  const write = (text: string): void => { fs.writeFileSync(`${snapshotFile}.next`, text); fs.renameSync(`${snapshotFile}.next`, snapshotFile); };
  const made: PolicyFolder = {
    officers, write,
    settingsOf: (name) => ({ snapshotFile, signers: listOf(officers), stateFile: path.join(folder, `${name}.state`) }),
    publish: async (content, signers = officers) => { write(await signDocument(SNAPSHOT_TYPE, makePayload({ revision: 1, issuedAt: now - DAY, freshUntil: now + 29 * DAY, files, ...content }), signers)); },
    remove: () => { fs.rmSync(folder, { recursive: true, force: true }); },
  };
  await made.publish({});
  return made;
}

/** Settings of one process that decides by the repository's policy, for tests that are about something else; what it needs and leaves is in `folder`. */
export async function policyIn(folder: string, now: number, files = OWN_FILES): Promise<PolicySettings> {
  return (await makePolicyFolder(now, files, folder)).settingsOf("process");
}

/** The same as a gateway is told it. */
export async function policyForGateway(folder: string, now: number, files = OWN_FILES): Promise<{ readonly policyFile: string; readonly policySigners: unknown }> {
  const { snapshotFile, signers } = await policyIn(folder, now, files);
  return { policyFile: snapshotFile, policySigners: signers };
}
