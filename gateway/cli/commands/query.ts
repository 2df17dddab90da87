/**
 * `kanmon query`: asks a running gateway one question as one person. The data go to standard output, framed when they are a demonstration's; the marking
 * and what was withheld go to standard error. Exits with 4 when something was withheld, 3 when not authorised, 6 when evidence is unavailable.
 */
import fs from "node:fs";
import { readClientConfig } from "../../config";
import { ask, exitOf, fetchToken, pathOf, type Answer, type Narrowing, type Question } from "../ask";
import { CommandFailure, EXIT, type ExitCode } from "../exit";
import { FRAME_TEXT, personaCalled } from "../people";
import { DEMO_MATTER, MATTER_QUERY } from "../question";
import { print, tell, textOf, type Lang } from "../say";

export interface QueryOptions {
  readonly as?: string; readonly variables?: string; readonly operation?: string; readonly purpose?: string; readonly case?: string; readonly ceiling?: string;
  readonly releaseTo?: string; readonly sources?: string; readonly marks?: boolean; readonly url?: string; readonly issuer?: string; readonly json: boolean; readonly lang: Lang;
}

export async function runQuery(file: string | undefined, options: QueryOptions): Promise<ExitCode> {
  const config = readClientConfig({ KANMON_URL: options.url, KANMON_ISSUER_URL: options.issuer });
  const persona = options.as === undefined ? undefined : personaCalled(options.as);
  const question = readQuestion(file, options);
  const token = persona === undefined ? config.token : await fetchToken(config.issuerUrl, persona.id);
  if (token === undefined) throw new CommandFailure(EXIT.notAuthorised, ["noToken"]);
  const answer = await ask(config.url, token, question, narrowingOf(options, persona?.purpose));
  const frame = persona === undefined ? undefined : FRAME_TEXT;
  printAnswer(answer, frame, options);
  return exitOf(answer);
}

/** The answer as JSON or as text. */
export function printAnswer(answer: Answer, frame: string | undefined, { json, lang }: { readonly json: boolean; readonly lang: Lang }): void {
  if (json) printJson(answer, frame);
  else printText(answer, frame, lang);
}

function narrowingOf(options: QueryOptions, defaultPurpose: string | undefined): Narrowing {
  const purpose = options.purpose ?? defaultPurpose;
  return {
    ...(purpose === undefined ? {} : { purpose }), ...(options.case === undefined ? {} : { caseToken: options.case }), ...(options.ceiling === undefined ? {} : { ceiling: options.ceiling }),
    ...(options.releaseTo === undefined ? {} : { releaseTo: options.releaseTo }), ...(options.marks === true ? { marks: "portions" } : {}),
    ...(options.sources === undefined ? {} : { sources: options.sources }),
  };
}

function readQuestion(file: string | undefined, options: QueryOptions): Question {
  const variables = parseVariables(options.variables);
  const operation = options.operation === undefined ? {} : { operationName: options.operation };
  if (file === undefined) return { query: MATTER_QUERY, variables: { id: DEMO_MATTER, ...variables }, ...operation };
  return { query: readDocument(file), ...(variables === undefined ? {} : { variables }), ...operation };
}

/** The text of a file; `-` is standard input. */
export function readDocument(file: string): string {
  try { return fs.readFileSync(file === "-" ? 0 : file, "utf8"); } catch { throw new CommandFailure(EXIT.usage, file === "-" ? ["cannotReadInput"] : ["cannotRead", { file }]); }
}

/** Variables as given on a command line. */
export function parseVariables(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (text === undefined) return undefined;
  let value: unknown;
  try { value = JSON.parse(text); } catch { value = undefined; }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new CommandFailure(EXIT.usage, ["variablesNoObject"]);
  return value as Readonly<Record<string, unknown>>;
}

/** The whole answer with its label object; a demonstration's says what it is. */
function printJson({ data, errors, release }: Answer, notice: string | undefined): void {
  print(JSON.stringify({
    ...(notice === undefined ? {} : { notice }), ...(data === undefined ? {} : { data }), ...(errors.length === 0 ? {} : { errors }),
    ...(release === undefined ? {} : { extensions: { release } }),
  }, null, 2));
}

function printText({ data, errors, release, ms, status }: Answer, notice: string | undefined, lang: Lang): void {
  if (release !== undefined) { tell(release.marking.ja); tell(release.marking.en); } else tell(`HTTP ${status}`);
  if (notice !== undefined) print(`# ${notice}`);
  if (data !== undefined) print(JSON.stringify(data, null, 2));
  if (notice !== undefined) print(`# ${notice}`);
  const marks = release?.portions;
  for (const [path, mark] of Object.entries(marks?.at ?? {})) tell(`${marks?.marks[mark]?.[lang] ?? ""} ${path}`);
  for (const entry of release?.withheld ?? []) {
    tell(`${textOf(lang, "withheldValue", { class: entry.reasonClass })} ${pathOf(entry)}${entry.contact === null ? "" : ` - ${textOf(lang, "contact", { contact: entry.contact[lang] })}`}`);
  }
  for (const error of errors) tell(`${error.extensions?.code ?? ""} ${error.message} ${error.extensions?.notices?.join(", ") ?? (error.path ?? []).join(".")}`.trim());
  if (errors.some(({ extensions }) => extensions?.code === "UNKNOWN_OPERATION")) tell(textOf(lang, "knownOnly"));
  tell(`${textOf(lang, "time")} ${ms.toFixed(1)} ms`);
}
