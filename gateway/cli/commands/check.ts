/**
 * `kanmon check`: everything a change to the contract has to pass before a gateway would start on it: policy, members and agreements, the rules of
 * composition, and whether the committed supergraph is what the schemas give. Exits with 7 when the policy is at fault, 1 or 5 as `compose --check`.
 */
import { ComposeError, printFinding } from "../../../schema/compose";
import { loadPolicy } from "../../../schema/policy";
import { EXIT, type ExitCode } from "../exit";
import { print, tell } from "../say";
import { composeHere, outdatedFiles } from "./compose";

export interface CheckOptions { readonly json: boolean }
interface Outcome { readonly what: string; readonly ok: boolean; readonly found: readonly string[]; readonly exit: ExitCode }

export async function runCheck(options: CheckOptions): Promise<ExitCode> {
  const outcomes = [checkPolicy(), checkSchema()];
  if (options.json) print(JSON.stringify(outcomes.map(({ what, ok, found }) => ({ what, ok, found })), null, 2));
  for (const { what, ok, found } of options.json ? [] : outcomes) {
    print(`${ok ? "ok  " : "FAIL"} ${what}`);
    for (const line of found) tell(`     ${line}`);
  }
  return outcomes.find((outcome) => !outcome.ok)?.exit ?? EXIT.ok;
}

function checkPolicy(): Outcome {
  const what = "policy, members and agreements";
  try {
    return { what, ok: true, found: [`version ${loadPolicy().version}`], exit: EXIT.ok };
  } catch (error) {
    return { what, ok: false, found: [error instanceof Error ? error.message : String(error)], exit: EXIT.configuration };
  }
}

function checkSchema(): Outcome {
  const what = "composition and committed supergraph";
  const composed = composeHere();
  if (composed instanceof ComposeError) return { what, ok: false, found: composed.findings.map(printFinding), exit: EXIT.failure };
  const outdated = outdatedFiles(composed.files);
  const found = outdated.length === 0 ? [`bundle ${composed.bundle.version}`] : outdated.map((name) => `schema/${name} is outdated: run \`kanmon compose\``);
  return { what, ok: outdated.length === 0, found, exit: EXIT.verificationFailed };
}
