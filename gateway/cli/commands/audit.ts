/** `kanmon audit writes`: changes that lie below what their asker had been released, from the logs of all gateways. `kanmon audit verify`: checks an evidence log offline, reading nothing but the log. Exits with 5 when a single byte is not as it was written. */
import fs from "node:fs";
import path from "node:path";
import { mark } from "../../../schema/label";
import { loadPolicy } from "../../../schema/policy";
import { verifyEvidence } from "../../evidence/verify";
import { lowWrites } from "../../evidence/writes";
import { CommandFailure, EXIT, type ExitCode } from "../exit";
import { print, tell, textOf, type Lang } from "../say";

export interface VerifyOptions { readonly json: boolean; readonly lang: Lang }

export async function runVerify(log: string, options: VerifyOptions): Promise<ExitCode> {
  const folder = folderOf(log);
  const verdict = await verifyEvidence(folder);
  if (options.json) {
    print(JSON.stringify({ folder, ...verdict }, null, 2));
  } else if (verdict.ok) {
    print(textOf(options.lang, "evidenceGood", { count: verdict.records, log: verdict.log ?? "-" }));
  } else {
    for (const { index, problem } of verdict.findings) tell(textOf(options.lang, "evidenceFinding", { index, problem }));
    print(textOf(options.lang, "evidenceBad", { count: verdict.findings.length, log: verdict.log ?? "-" }));
  }
  if (!options.json) for (const { index, problem } of verdict.unfinished) tell(textOf(options.lang, "evidenceUnfinished", { index, problem }));
  return verdict.ok ? EXIT.ok : EXIT.verificationFailed;
}

/** Tells; what it means is for an officer to decide. */
export async function runWrites(logs: readonly string[], { json, lang }: VerifyOptions): Promise<ExitCode> {
  const found = await lowWrites(logs.map(folderOf));
  if (json) { print(JSON.stringify(found, null, 2)); return EXIT.ok; }
  const { words } = loadPolicy();
  const marked = (label: (typeof found)[number]["written"]): string => (label === null ? "?" : mark(label, words, { form: "banner", lang }));
  for (const { log, index, at, subject, steps, sources, written, highWater } of found) {
    const said = sources === undefined ? textOf(lang, "sourcesUnsaid") : sources.length === 0 ? textOf(lang, "sourcesNone") : sources.join(", ");
    print(textOf(lang, "lowWrite", { log, index, at, subject, steps: steps.join(", "), written: marked(written), released: marked(highWater), said }));
  }
  tell(textOf(lang, "lowWrites", { count: found.length }));
  return EXIT.ok;
}

/** The folder of the log; its file may be named instead. */
function folderOf(log: string): string {
  const found = fs.statSync(log, { throwIfNoEntry: false });
  const folder = found?.isDirectory() === true ? log : path.dirname(log);
  if (found === undefined || !fs.existsSync(path.join(folder, "evidence.jsonl"))) throw new CommandFailure(EXIT.usage, ["noEvidenceLog", { log }]);
  return folder;
}
