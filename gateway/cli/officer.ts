/**
 * What the officers' commands have in common: who the officer is, whom it is about, and how a refusal is told. The officer signs in as anybody does; the person it is about never does.
 */
import { type ClientConfig, readClientConfig } from "../config";
import { type Answer, exitOf, fetchToken, type Narrowing } from "./ask";
import { CommandFailure, EXIT, type ExitCode } from "./exit";
import { FRAME_TEXT, personaCalled, PERSONAS } from "./people";
import { print, tell } from "./say";

export interface OfficerOptions { readonly by?: string; readonly reason?: string; readonly url?: string; readonly issuer?: string }
export interface SignedIn {
  readonly config: ClientConfig; readonly token: string; readonly narrowing: Narrowing;
  /** The frame of a demonstration. */
  readonly frame: string | undefined;
}
/** Whom it is about; a person of the demo has a client and a purpose of their own. */
export interface AboutOptions { readonly client?: string; readonly purpose?: string; readonly at?: string }

/** Signs in the officer: a person of the demo, or whoever holds the token in the environment. */
export async function signIn({ by, url, issuer }: OfficerOptions): Promise<SignedIn> {
  const config = readClientConfig({ KANMON_URL: url, KANMON_ISSUER_URL: issuer });
  const officer = by === undefined ? undefined : personaCalled(by);
  const token = officer === undefined ? config.token : await fetchToken(config.issuerUrl, officer.id);
  if (token === undefined) throw new CommandFailure(EXIT.notAuthorised, ["noOfficerToken"]);
  return { config, token, narrowing: officer === undefined ? {} : { purpose: officer.purpose }, frame: officer === undefined ? undefined : FRAME_TEXT };
}

/** Why the officer asks; recorded. */
export function reasonOf({ reason }: OfficerOptions): { readonly reason?: string } { return reason === undefined ? {} : { reason }; }

/** The members of a request that say whom it is about. Throws CommandFailure when nobody can know at which client. */
export function aboutOf(subject: string, { client, purpose, at }: AboutOptions): Readonly<Record<string, string>> {
  const persona = PERSONAS.find(({ id }) => id === subject);
  const [usualClient, usualPurpose] = [client ?? persona?.client, purpose ?? persona?.purpose];
  if (usualClient === undefined) throw new CommandFailure(EXIT.usage, ["clientUnknown", { subject }]);
  return { subject, client: usualClient, ...(usualPurpose === undefined ? {} : { purpose: usualPurpose }), ...(at === undefined ? {} : { at }) };
}

/** Tells a refusal. @returns the exit code for it */
export function tellRefusal(answer: Answer): ExitCode {
  for (const error of answer.errors) tell(`${error.extensions?.code ?? ""} ${error.message}`.trim());
  return exitOf(answer);
}

/** Prints lines between two frames. */
export function printFramed(lines: readonly string[], frame: string | undefined): void {
  const bar = frame === undefined ? [] : [`# ${frame}`];
  for (const line of [...bar, ...lines, ...bar]) print(line);
}

/** The whole answer as JSON; a demonstration's says what it is. */
export function printOfficerJson({ data, errors, release }: Answer, notice: string | undefined): void {
  print(JSON.stringify({ ...(notice === undefined ? {} : { notice }), ...(data === undefined ? {} : { data }), ...(errors.length === 0 ? {} : { errors }), ...(release === undefined ? {} : { extensions: { release } }) }, null, 2));
}
