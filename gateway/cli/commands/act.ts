/**
 * `kanmon act`: takes a step on an item, as one person, with the version that was read and a reason. What became of the item goes to standard output, everything else to standard error. Exits with
 * 3 where the person has no authority, 1 where the ministry refused otherwise.
 */
import { MINISTRY_NAMES } from "../../../subgraphs/names";
import { CommandFailure, EXIT, type ExitCode } from "../exit";
import { printOfficerJson } from "../officer";
import { Person, type PersonOptions } from "../person";
import { tellReasons } from "../registers/reasons";
import { print, tell, textOf, type Lang } from "../say";
import { readInput } from "../step-input";
import { KnownList } from "../known-list";
import type { Step } from "../view-of";
import { parseVariables, readDocument } from "./query";
import { exitOfChange } from "./register";

export interface ActOptions extends PersonOptions {
  readonly id?: string; readonly version?: string; readonly reason?: string; readonly set: readonly string[]; readonly input?: string; readonly key?: string; /** What it is made of. */ readonly sources?: string; readonly json: boolean; readonly lang: Lang;
}

export async function runAct(ministry: string, name: string, options: ActOptions): Promise<ExitCode> {
  const { input, key, sources, json, lang } = options;
  if (!(MINISTRY_NAMES as readonly string[]).includes(ministry)) throw new CommandFailure(EXIT.usage, ["ministryUnknown", { name: ministry, known: MINISTRY_NAMES.join(", ") }]);
  const given = input === undefined ? {} : parseVariables(readDocument(input)) ?? {};
  const person = new Person(options);
  const askable = await person.askable();
  const step = askable.step(ministry, name);
  if (step === undefined) throw new CommandFailure(EXIT.usage, ["stepUnknown", { ministry, step: name, known: askable.steps(ministry).join(", ") }], ...(askable instanceof KnownList ? [["knownOnly"] as const] : []));
  const values = readInput(name, step, { ...options, given });
  const { mutation } = step;
  const answer = await person.ask({ query: step.document ?? documentOf(step, key !== undefined), variables: { input: values, ...(key === undefined ? {} : { key }) } }, sources === undefined ? {} : { sources });
  if (json) printOfficerJson(answer, person.frame);
  if (answer.errors.length > 0) { tellReasons(answer, lang); return exitOfChange(answer); }
  if (answer.release !== undefined) { tell(answer.release.marking.ja); tell(answer.release.marking.en); }
  const item = (answer.data as Readonly<Record<string, Readonly<Record<string, string | number | null>> | null>> | null)?.[mutation];
  if (!json) print(item?.["state"] === undefined || item["state"] === null ? textOf(lang, "actedUnread", { step: name }) : textOf(lang, "acted", { step: name, state: item["state"], version: item["version"] ?? "", id: item["id"] ?? "" }));
  return EXIT.ok;
}

function documentOf({ mutation, inputType, answers }: Step, isKeyed: boolean): string {
  const keyed = isKeyed ? { declared: ", $key: String", passed: ", key: $key" } : { declared: "", passed: "" };
  return `mutation Act($input: ${inputType}!${keyed.declared}) { ${mutation}(input: $input${keyed.passed}) { ${answers.length === 0 ? "__typename" : answers.join(" ")} } }`;
}
