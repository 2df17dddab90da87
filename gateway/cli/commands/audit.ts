/** `kanmon audit verify`: checks an evidence log offline, reading nothing but the log. Exits with 5 when a single byte is not as it was written. */
import fs from "node:fs";
import path from "node:path";
import { verifyEvidence } from "../../evidence/verify";
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

/** The folder of the log; its file may be named instead. */
function folderOf(log: string): string {
  const found = fs.statSync(log, { throwIfNoEntry: false });
  const folder = found?.isDirectory() === true ? log : path.dirname(log);
  if (found === undefined || !fs.existsSync(path.join(folder, "evidence.jsonl"))) throw new CommandFailure(EXIT.usage, ["noEvidenceLog", { log }]);
  return folder;
}
