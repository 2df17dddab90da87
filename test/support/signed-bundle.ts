/** Signed bundles for tests: a release key, the settings that trust it, and files as a release puts them. */
import { generateKeyPairSync } from "node:crypto";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LabelledConfig } from "../../gateway/config";
import { type BundleContent, type BundleDocument, signBundle } from "../../gateway/bundle/document";
import { type Bundle, flowGraphOf } from "../../schema/compose";
import { loadPolicy, type PolicyFiles } from "../../schema/policy";
import type { SigningKey } from "../../schema/signed";
import { policyForGateway } from "./policy-files";

export interface ReleaseKey { readonly owner: string; readonly key: SigningKey }

export function makeReleaseKey(owner = "release"): ReleaseKey {
  return { owner, key: { ...generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" }), kid: owner } };
}

/** The list of signers, as parsed JSON. */
export function signersOf(keys: readonly ReleaseKey[]): unknown {
  return { signers: keys.map(({ owner, key: { kty, crv, x, kid } }) => ({ owner, key: { kty, crv, x, kid } })) };
}

export function contentOf(bundle: Bundle): BundleContent {
  return { supergraph: bundle.supergraphSdl, labels: bundle.labels.toJSON(), flows: flowGraphOf(bundle), operations: [], policies: [loadPolicy().version] };
}

export function signed(content: BundleContent, keys: readonly ReleaseKey[], { serial = 1, issuedAt = "2026-11-01T03:00:00.000Z" }: Partial<Pick<BundleDocument, "serial" | "issuedAt">> = {}): Promise<string> {
  return signBundle(content, { serial, issuedAt }, keys.map(({ key }) => key));
}

/** Puts a file where another may be, whole. */
export function put(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

/** Signs a bundle into a folder; gives the settings of a gateway that starts with it and the repository's policy, or with the policy of these files. `now`: what the gateway's clock shows. */
export async function releaseInto(folder: string, bundle: Bundle, key: ReleaseKey = makeReleaseKey(), now = Date.now(), files?: PolicyFiles): Promise<Pick<LabelledConfig, "bundleFile" | "bundleSigners" | "bundleSignatures" | "policyFile" | "policySigners">> {
  const bundleFile = join(folder, "bundle.json");
  const content = contentOf(bundle);
  put(bundleFile, await signed(files === undefined ? content : { ...content, policies: [loadPolicy(files).version] }, [key]));
  return { bundleFile, bundleSigners: signersOf([key]), bundleSignatures: 1, ...await policyForGateway(folder, now, files) };
}
