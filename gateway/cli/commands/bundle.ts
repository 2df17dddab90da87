/**
 * `kanmon bundle`: releases from the side of those who sign them. `key` makes a key, `make` judges a composed schema and signs it as a bundle, `sign` adds a signature, `verify` says whether a gateway with
 * this list of signers would believe and serve it, `show` what is in it and which flows it adds. Exits with 5 where signatures or parts do not bear each other out.
 */
import fs from "node:fs";
import path from "node:path";
import { addedFlows, type FlowGraph } from "../../../schema/compose";
import { loadPolicy } from "../../../schema/policy";
import { addSignature } from "../../../schema/signed";
import { BUNDLE_FORMAT, BUNDLE_TYPE, type BundleContent, type BundleDocument, openBundle, readUnverified, signBundle } from "../../bundle/document";
import { judgeHere, readBundle } from "../../bundle/judge";
import { KnownOperations, versionWith } from "../../bundle/known-operations";
import { BundleError } from "../../bundle/refusal";
import { CommandFailure, EXIT, type ExitCode } from "../exit";
import { makeSigningKey, signersOf } from "../keyring";
import { OPERATIONS, operationsIn } from "../operation-files";
import { nextSerial } from "../release-file";
import { schemaFile } from "../root";
import { print, tell, textOf, type Lang } from "../say";
import { putText, readKey, reading, readSignersFile, readText, signing } from "../signed-file";

interface Spoken { readonly lang: Lang }
export interface KeyOptions extends Spoken { readonly out: string }
export interface MakeOptions extends Spoken { readonly after?: string; readonly policy: readonly string[]; readonly key: readonly string[]; readonly out?: string }
export interface SignOptions extends Spoken { readonly key: string; readonly against?: string; readonly out?: string }
export interface VerifyOptions extends Spoken { readonly signers: string; readonly needed: string; readonly json: boolean }
export interface ShowOptions extends Spoken { readonly against?: string; readonly json: boolean }

const MOST_NEEDED = 16;

/** The private half goes into a file of its own, the public one to standard output: it is what lists of signers are made of. */
export function runKey(owner: string, { out }: KeyOptions): ExitCode {
  if (fs.existsSync(out)) throw new CommandFailure(EXIT.configuration, ["keyThere", { file: out }]);
  const made = makeSigningKey(owner);
  putText(out, `${JSON.stringify(made)}\n`);
  print(JSON.stringify(signersOf([made]).signers[0]));
  return EXIT.ok;
}

/** Without a folder, what is committed in this package. */
export async function runMake(folder: string | undefined, { after, policy, key, out, lang }: MakeOptions): Promise<ExitCode> {
  const before = after === undefined ? undefined : unverified(after);
  const content: BundleContent = { ...readFolder(folder), policies: policy.length === 0 ? [loadPolicy().version] : policy };
  const refused = await refusalOf(() => judgeHere(content));
  if (refused !== undefined) { tell(textOf(lang, "bundleBad", refused)); return EXIT.verificationFailed; }
  const now = Date.now();
  const issued = { serial: nextSerial(before?.serial ?? 0, now), issuedAt: new Date(now).toISOString() };
  for (const line of describe({ format: BUNDLE_FORMAT, ...issued, ...content }, before, lang)) tell(line);
  putText(out, await signing(() => signBundle(content, issued, key.map(readKey))));
  return EXIT.ok;
}

export async function runSign(file: string, { key, against, out, lang }: SignOptions): Promise<ExitCode> {
  for (const line of describe(unverified(file), against === undefined ? undefined : unverified(against), lang)) tell(line);
  putText(out, await signing(() => addSignature(readText(file), BUNDLE_TYPE, readKey(key))));
  return EXIT.ok;
}

/** As a gateway would: signatures, then whether the parts fit each other and can be served. */
export async function runVerify(file: string, { signers, needed, json, lang }: VerifyOptions): Promise<ExitCode> {
  if (!/^\d{1,2}$/.test(needed) || Number(needed) < 1 || Number(needed) > MOST_NEEDED) throw new CommandFailure(EXIT.usage, ["bundleNeeded", { most: MOST_NEEDED }]);
  const trust = { signers: readSignersFile(signers), needed: Number(needed) };
  const text = readText(file);
  const refused = await refusalOf(async () => judgeHere((await openBundle(text, trust)).document));
  if (refused !== undefined) {
    print(json ? JSON.stringify({ ok: false, ...refused }, null, 2) : textOf(lang, "bundleBad", refused));
    return EXIT.verificationFailed;
  }
  const { document, by } = await openBundle(text, trust);
  const facts = { ...factsOf(document), by: by.join(", ") };
  print(json ? JSON.stringify({ ok: true, ...facts, by, policies: document.policies }, null, 2) : textOf(lang, "bundleGood", facts));
  return EXIT.ok;
}

/** Whoever signed it, if anybody. */
export function runShow(file: string, { against, json, lang }: ShowOptions): ExitCode {
  const document = unverified(file);
  const before = against === undefined ? undefined : unverified(against);
  if (json) print(JSON.stringify({ ...factsOf(document), policies: document.policies, ...(before === undefined ? {} : { addedFlows: linesOf(before, document) }) }, null, 2));
  else for (const line of describe(document, before, lang)) print(line);
  return EXIT.ok;
}

function describe(document: BundleDocument, before: BundleDocument | undefined, lang: Lang): readonly string[] {
  const content = textOf(lang, "bundleContent", factsOf(document));
  if (before === undefined) return [content];
  const added = linesOf(before, document);
  return [
    content, ...(document.serial > before.serial ? [] : [textOf(lang, "bundleOlder", { serial: before.serial })]),
    textOf(lang, added.length === 0 ? "bundleNoFlows" : "bundleFlows", { count: added.length, serial: before.serial }), ...added.map((line) => `  ${line}`),
  ];
}

function factsOf(document: BundleDocument): { readonly serial: number; readonly version: string; readonly policies: string; readonly issuedAt: string } {
  const { serial, issuedAt, policies } = document;
  return { serial, version: reading("bundle", () => versionWith(readBundle(document).version, new KnownOperations(document.operations))), policies: policies.join(", "), issuedAt };
}

function linesOf(before: BundleDocument, now: BundleDocument): readonly string[] {
  return addedFlows(before.flows as FlowGraph, now.flows as FlowGraph).map(({ line }) => line);
}

function readFolder(folder: string | undefined): Omit<BundleContent, "policies"> {
  const read = (name: string): string => readText(folder === undefined ? schemaFile(name) : path.join(folder, name));
  const json = (name: string): unknown => reading(name, () => JSON.parse(read(name)) as unknown);
  return { supergraph: read("supergraph.graphql"), labels: json("supergraph.labels.json"), flows: json("supergraph.flows.json"), operations: reading(OPERATIONS, () => operationsIn(folder === undefined ? schemaFile(OPERATIONS) : path.join(folder, OPERATIONS))) };
}

function unverified(file: string): BundleDocument { return reading(file, () => readUnverified(readText(file))); }

async function refusalOf(check: () => Promise<void>): Promise<{ readonly reason: string; readonly why: string } | undefined> {
  try {
    await check();
    return undefined;
  } catch (error) {
    if (error instanceof BundleError) return { reason: error.reason, why: error.message };
    throw error;
  }
}
