/**
 * The signed bundle of what is committed in schema/, as a start and a deployment need it. Takes a file and a release key; writes the bundle when the file does not say the same already.
 * Serials are seconds since 1970, so that a lost file never leads to a smaller one.
 */
import fs from "node:fs";
import { type BundleContent, isSameContent, openBundle, signBundle } from "../bundle/document";
import { loadPolicy } from "../../schema/policy";
import { readSigners } from "../../schema/signed";
import { writePrivate } from "./home";
import { type OwnedKey, signersOf } from "./keyring";
import { OPERATIONS, operationsIn } from "./operation-files";
import { schemaFile } from "./root";

/** What `kanmon compose` wrote and `kanmon check` checked against the policy of this package. */
export function committedContent(): BundleContent {
  const read = (name: string): string => fs.readFileSync(schemaFile(name), "utf8");
  return { supergraph: read("supergraph.graphql"), labels: JSON.parse(read("supergraph.labels.json")), flows: JSON.parse(read("supergraph.flows.json")), operations: operationsIn(schemaFile(OPERATIONS)), policies: [loadPolicy().version] };
}

/** @returns whether it had to be written */
export async function keepBundle(file: string, release: OwnedKey, now = Date.now()): Promise<boolean> {
  const content = committedContent();
  const known = fs.existsSync(file) ? await openBundle(fs.readFileSync(file, "utf8"), { signers: readSigners(signersOf([release])), needed: 1 }).catch(() => undefined) : undefined;
  if (known !== undefined && isSameContent(known.document, content)) return false;
  const serial = nextSerial(known?.document.serial ?? 0, now);
  writePrivate(file, await signBundle(content, { serial, issuedAt: new Date(now).toISOString() }, [release.key]));
  return true;
}

/** Above the serial before, and above every one that was made earlier. */
export function nextSerial(before: number, now: number): number { return Math.max(before + 1, Math.floor(now / 1000)); }
