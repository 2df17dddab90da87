/**
 * `kanmon schema`: prints the schema of a running gateway as one person sees it, as SDL on standard output; its marking stands in its first lines and is told apart on standard
 * error. What the person may not know of is not in it. Exits with 3 when not authorised, 6 when evidence is unavailable.
 */
import { readClientConfig } from "../../config";
import { exitOf, fetchSchema, fetchToken } from "../ask";
import { CommandFailure, EXIT, type ExitCode } from "../exit";
import { FRAME_TEXT, personaCalled } from "../people";
import { print, tell, textOf, type Lang } from "../say";

export interface SchemaOptions {
  readonly as?: string; readonly purpose?: string; readonly ceiling?: string; readonly url?: string; readonly issuer?: string; readonly json: boolean; readonly lang: Lang;
}

export async function runSchema({ as, purpose, ceiling, url, issuer, json, lang }: SchemaOptions): Promise<ExitCode> {
  const config = readClientConfig({ KANMON_URL: url, KANMON_ISSUER_URL: issuer });
  const persona = as === undefined ? undefined : personaCalled(as);
  const token = persona === undefined ? config.token : await fetchToken(config.issuerUrl, persona.id);
  if (token === undefined) throw new CommandFailure(EXIT.notAuthorised, ["noToken"]);
  const declared = purpose ?? persona?.purpose;
  const { status, sdl, errors } = await fetchSchema(config.url, token, { ...(declared === undefined ? {} : { purpose: declared }), ...(ceiling === undefined ? {} : { ceiling }) });
  if (sdl === undefined) {
    tell(`HTTP ${status}`);
    for (const error of errors) tell(`${error.extensions?.code ?? ""} ${error.message}`.trim());
    if (errors.some(({ extensions }) => extensions?.code === "UNKNOWN_OPERATION")) tell(textOf(lang, "knownNoSchema"));
    return exitOf({ status, errors, ms: 0 });
  }
  // What the marking says in each language, without the sign of a comment.
  const marking = sdl.split("\n", 2).flatMap((line) => (line.startsWith("# ") ? [line.slice(2)] : []));
  const frame = persona === undefined ? [] : [FRAME_TEXT];
  if (json) print(JSON.stringify({ ...(persona === undefined ? {} : { notice: FRAME_TEXT }), marking, sdl }, null, 2));
  else print([...frame.map((text) => `# ${text}`), sdl.trimEnd()].join("\n"));
  for (const line of marking) tell(line);
  tell(textOf(lang, "schemaSize", { types: [...sdl.matchAll(/^(?:type|interface|union|enum|input|scalar) /gm)].length, lines: sdl.trimEnd().split("\n").length }));
  return EXIT.ok;
}
