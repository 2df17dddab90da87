/**
 * `kanmon policy`: the signed policy from the officers' side. `make` writes a snapshot of a folder's files, `sign` adds one officer's signature and says what is signed, `verify`
 * says whether two listed officers stand for it, `diff` what a change narrows and widens. Refuses what a gateway would refuse; exits with 5 where signatures do not bear a snapshot out.
 */
import fs from "node:fs";
import path from "node:path";
import { differencesOf, kindOf, loadPolicy, type PolicyFiles } from "../../../schema/policy";
import { addSignature, signDocument } from "../../../schema/signed";
import { isFresh, LONGEST_FRESH_DAYS, makePayload, openSnapshot, readPayload, SNAPSHOT_TYPE, type SnapshotContent } from "../../../schema/snapshot";
import { CommandFailure, EXIT, type ExitCode } from "../exit";
import { COMMITTED_FILES, DAY_MS, FRESH_DAYS, nextRevision } from "../policy-file";
import { print, tell, textOf, type Lang } from "../say";
import { putText, readKey, reading, readSignersFile, readText, signing } from "../signed-file";

interface Spoken { readonly lang: Lang }
export interface MakeOptions extends Spoken { readonly after?: string; readonly days?: string; readonly key: readonly string[]; readonly out?: string }
export interface SignOptions extends Spoken { readonly key: string; readonly against?: string; readonly out?: string }
export interface VerifyOptions extends Spoken { readonly signers: string; readonly json: boolean }
export interface DiffOptions extends Spoken { readonly json: boolean }

const NAMES = ["policy", "members", "agreements", "clients"] as const;

/** Without a folder, the files of this package. */
export async function runMake(folder: string | undefined, { after, days, key, out, lang }: MakeOptions): Promise<ExitCode> {
  const fresh = Number(days ?? FRESH_DAYS);
  if (!Number.isInteger(fresh) || fresh < 1 || fresh > LONGEST_FRESH_DAYS) throw new CommandFailure(EXIT.usage, ["policyDays", { most: LONGEST_FRESH_DAYS }]);
  const files = folder === undefined ? COMMITTED_FILES : readFolder(folder);
  const before = after === undefined ? undefined : readUnverified(after);
  const now = Date.now();
  const content: SnapshotContent = { revision: nextRevision(before?.revision ?? 0, now), issuedAt: now, freshUntil: now + fresh * DAY_MS, files };
  tellContent(content, before, lang);
  putText(out, await signing(() => signDocument(SNAPSHOT_TYPE, makePayload(content), key.map(readKey))));
  return EXIT.ok;
}

export async function runSign(file: string, { key, against, out, lang }: SignOptions): Promise<ExitCode> {
  tellContent(readUnverified(file), against === undefined ? undefined : readUnverified(against), lang);
  putText(out, await signing(() => addSignature(readText(file), SNAPSHOT_TYPE, readKey(key))));
  return EXIT.ok;
}

export async function runVerify(file: string, { signers, json, lang }: VerifyOptions): Promise<ExitCode> {
  const outcome = await openSnapshot(readText(file), readSignersFile(signers)).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  if (typeof outcome === "string") {
    print(json ? JSON.stringify({ ok: false, why: outcome }, null, 2) : textOf(lang, "policyBad", { why: outcome }));
    return EXIT.verificationFailed;
  }
  const { version } = loading(file, outcome.files);
  const facts = { revision: outcome.revision, version, by: outcome.by.join(", "), issuedAt: dateOf(outcome.issuedAt), freshUntil: dateOf(outcome.freshUntil) };
  if (json) print(JSON.stringify({ ok: true, ...facts, by: outcome.by, isFresh: isFresh(outcome, Date.now()) }, null, 2));
  else print(textOf(lang, isFresh(outcome, Date.now()) ? "policyGood" : "policyStale", facts));
  return EXIT.ok;
}

/** Each side is a snapshot or a folder of policy files; signatures do not matter here. */
export function runDiff(before: string, after: string, { json, lang }: DiffOptions): ExitCode {
  const [was, is] = [before, after].map((at) => loading(at, fs.statSync(at, { throwIfNoEntry: false })?.isDirectory() === true ? readFolder(at) : readUnverified(at).files));
  if (was === undefined || is === undefined) return EXIT.failure;
  const differences = differencesOf(was, is);
  if (json) print(JSON.stringify({ before: was.version, after: is.version, kind: kindOf(differences), differences }, null, 2));
  else for (const line of describeChange(was, is, lang)) print(line);
  return EXIT.ok;
}

/** On standard error, to be read before it is signed. */
function tellContent(content: SnapshotContent, before: SnapshotContent | undefined, lang: Lang): void {
  const policy = loading("policy", content.files);
  tell(textOf(lang, "policyContent", { revision: content.revision, version: policy.version, issuedAt: dateOf(content.issuedAt), freshUntil: dateOf(content.freshUntil) }));
  if (before === undefined) return;
  if (content.revision <= before.revision) tell(textOf(lang, "policyOlder", { revision: before.revision }));
  for (const line of describeChange(loading("policy", before.files), policy, lang)) tell(line);
}

function describeChange(before: ReturnType<typeof loadPolicy>, after: ReturnType<typeof loadPolicy>, lang: Lang): readonly string[] {
  const differences = differencesOf(before, after);
  return [textOf(lang, `policyChange.${kindOf(differences)}`), ...differences.map(({ path: at, effect }) => `  ${textOf(lang, `policyEffect.${effect}`)} ${at}`)];
}

function readFolder(folder: string): PolicyFiles {
  const files = Object.fromEntries(NAMES.map((name) => { const file = path.join(folder, `${name}.json`); return [name, reading(file, () => JSON.parse(readText(file)) as unknown)]; }));
  return { policy: files["policy"], members: files["members"], agreements: files["agreements"], clients: files["clients"] };
}

/** What a snapshot says, whoever signed it. */
function readUnverified(file: string): SnapshotContent {
  return reading(file, () => {
    const { payload } = JSON.parse(readText(file)) as { readonly payload?: unknown };
    return readPayload(JSON.parse(Buffer.from(String(payload), "base64url").toString("utf8")));
  });
}

function loading(file: string, files: PolicyFiles): ReturnType<typeof loadPolicy> { return reading(file, () => loadPolicy(files)); }

function dateOf(instant: number): string { return new Date(instant).toISOString(); }
