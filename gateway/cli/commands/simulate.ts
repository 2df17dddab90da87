/**
 * `kanmon simulate`: what would somebody get for a question, now or later? Asks the gateway as an officer with the role SIMULATE and without the other's token; shows no more than the officer
 * may read too. Exits like `query`; with 3 without the role, with 1 for a person who is unknown or not the officer's.
 */
import fs from "node:fs";
import { askOfficer, exitOf } from "../ask";
import type { ExitCode } from "../exit";
import { type AboutOptions, aboutOf, type OfficerOptions, reasonOf, signIn } from "../officer";
import { DEMO_MATTER, MATTER_QUERY } from "../question";
import { tell, textOf, type Lang } from "../say";
import { parseVariables, printAnswer, readDocument } from "./query";

export interface SimulateOptions extends OfficerOptions, AboutOptions {
  readonly as: string; readonly query?: string; readonly variables?: string; readonly operation?: string; readonly marks?: boolean; readonly json: boolean; readonly lang: Lang;
}

export async function runSimulate(options: SimulateOptions): Promise<ExitCode> {
  const { as, query, operation, at, lang } = options;
  const variables = parseVariables(options.variables);
  const question = query === undefined ? { query: MATTER_QUERY, variables: { id: DEMO_MATTER, ...variables } } : { query: textOrFile(query), ...(variables === undefined ? {} : { variables }) };
  const body = { ...aboutOf(as, options), ...reasonOf(options), ...question, ...(operation === undefined ? {} : { operationName: operation }) };
  const { config, token, narrowing, frame } = await signIn(options);
  const answer = await askOfficer(config.url, "simulate", token, body, { ...narrowing, ...(options.marks === true ? { marks: "portions" } : {}) });
  tell(textOf(lang, "simulated", { subject: as, at: at ?? textOf(lang, "now") }));
  printAnswer(answer, frame, options);
  return exitOf(answer);
}

/** A text with a brace that is no file is a document itself. */
function textOrFile(given: string): string { return given.includes("{") && !fs.existsSync(given) ? given : readDocument(given); }
