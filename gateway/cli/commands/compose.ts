/**
 * `kanmon compose`: composes the ministries' schemas into the committed supergraph and its labels, or with --check says whether these are up to date.
 * Needs no database; composes in a process of its own, with the limits of `kanmon check` (SPEC 5.16). Exits with 1 when a rule of composition objects or a limit is reached, 5 when the committed files are not what
 * the schemas give.
 */
import fs from "node:fs";
import { printFinding } from "../../../schema/compose";
import { ministries } from "../../../subgraphs";
import { sdlOf } from "../../../subgraphs/kit";
import { EXIT, type ExitCode } from "../exit";
import { schemaFile } from "../root";
import { localLang, print, tell, textOf } from "../say";
import { composeApart, type Stopped } from "./check-apart";
import type { Job, Result } from "./check-work";

export interface ComposeOptions { readonly check: boolean; readonly json: boolean }

/** @param compose where the work is done */
export async function runCompose(options: ComposeOptions, compose: (job: Job) => Promise<Result | Stopped> = composeApart): Promise<ExitCode> {
  const composed = await compose({ sources: Object.values(ministries).map((ministry) => ({ name: ministry.name, sdl: sdlOf(ministry), url: "" })), isDemo: true });
  if (composed.kind !== "composed") {
    const findings = composed.kind === "refused" ? composed.findings.map(printFinding) : [composed.kind === "stopped" ? textOf(localLang(), ...composed.said) : composed.why];
    if (options.json) print(JSON.stringify({ findings: composed.kind === "refused" ? composed.findings : findings }, null, 2));
    else for (const finding of findings) tell(finding);
    return EXIT.failure;
  }
  const { version, files = {} } = composed;
  const outdated = outdatedFiles(files);
  if (!options.check) for (const name of outdated) fs.writeFileSync(schemaFile(name), files[name] ?? "");
  if (options.json) print(JSON.stringify({ bundle: version, outdated, written: !options.check }, null, 2));
  else for (const name of Object.keys(files)) print(`${outdated.includes(name) ? (options.check ? "outdated" : "written") : "up to date"} schema/${name}`);
  return options.check && outdated.length > 0 ? EXIT.verificationFailed : EXIT.ok;
}

/** Names of committed files that differ from what was composed. */
export function outdatedFiles(files: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(files).filter(([name, text]) => !fs.existsSync(schemaFile(name)) || fs.readFileSync(schemaFile(name), "utf8") !== text).map(([name]) => name);
}
