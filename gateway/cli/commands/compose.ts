/**
 * `kanmon compose`: composes the ministries' schemas into the committed supergraph and its labels, or with --check says whether these are up to date.
 * Needs no database. Exits with 1 when a rule of composition objects, 5 when the committed files are not what the schemas give.
 */
import fs from "node:fs";
import { ComposeError, composeDemo, printFinding } from "../../../schema/compose";
import { ministries } from "../../../subgraphs";
import { sdlOf } from "../../../subgraphs/kit";
import { EXIT, type ExitCode } from "../exit";
import { schemaFile } from "../root";
import { print, tell } from "../say";

export interface ComposeOptions { readonly check: boolean; readonly json: boolean }

export async function runCompose(options: ComposeOptions): Promise<ExitCode> {
  const composed = composeHere();
  if (composed instanceof ComposeError) {
    if (options.json) print(JSON.stringify({ findings: composed.findings }, null, 2));
    else for (const finding of composed.findings) tell(printFinding(finding));
    return EXIT.failure;
  }
  const outdated = outdatedFiles(composed.files);
  if (!options.check) for (const name of outdated) fs.writeFileSync(schemaFile(name), composed.files[name] ?? "");
  if (options.json) print(JSON.stringify({ bundle: composed.bundle.version, outdated, written: !options.check }, null, 2));
  else for (const name of Object.keys(composed.files)) print(`${outdated.includes(name) ? (options.check ? "outdated" : "written") : "up to date"} schema/${name}`);
  return options.check && outdated.length > 0 ? EXIT.verificationFailed : EXIT.ok;
}

/** The bundle of all ministries of this package, or what keeps it from being composed. */
export function composeHere(): ReturnType<typeof composeDemo> | ComposeError {
  try {
    return composeDemo(Object.values(ministries).map((ministry) => ({ name: ministry.name, sdl: sdlOf(ministry) })));
  } catch (error) {
    if (error instanceof ComposeError) return error;
    throw error;
  }
}

/** Names of committed files that differ from what was composed. */
export function outdatedFiles(files: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(files).filter(([name, text]) => !fs.existsSync(schemaFile(name)) || fs.readFileSync(schemaFile(name), "utf8") !== text).map(([name]) => name);
}
