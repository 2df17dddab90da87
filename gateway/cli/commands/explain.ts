/**
 * `kanmon explain`: why may or may not somebody see a record or a coordinate of the schema? Asks the gateway as an officer with the role EXPLAIN; the rules are those of SPEC 4, by number, in both languages.
 * Exits with 3 without the role, with 1 for what is unknown or not the officer's, which are one.
 */
import { askOfficer } from "../ask";
import { CommandFailure, EXIT, type ExitCode } from "../exit";
import { type AboutOptions, aboutOf, type OfficerOptions, printFramed, printOfficerJson, reasonOf, signIn, tellRefusal } from "../officer";
import { tell, textOf, type Lang, type Word } from "../say";

export interface ExplainOptions extends OfficerOptions, AboutOptions { readonly subject: string; readonly coordinate?: string; readonly record?: string; readonly json: boolean; readonly lang: Lang }

type Outcome = "permit" | "redact" | "hide";
interface Value { readonly outcome: Outcome; readonly marking: { readonly ja: string; readonly en: string }; readonly reasons: readonly { readonly clause: string; readonly component: string; readonly ja: string; readonly en: string }[] }
interface Explained extends Partial<Value> {
  readonly subject: string; readonly client: string; readonly purpose?: string; readonly at: string;
  readonly item: { readonly record?: string; readonly type?: string; readonly coordinate?: string };
  readonly existence?: Value; readonly fields?: readonly (Value & { readonly field: string })[]; readonly notExplained?: readonly string[];
}

export async function runExplain(options: ExplainOptions): Promise<ExitCode> {
  const { subject, coordinate, record, json, lang } = options;
  if ((coordinate === undefined) === (record === undefined)) throw new CommandFailure(EXIT.usage, ["oneOfCoordinateAndRecord"]);
  const body = { ...aboutOf(subject, options), ...reasonOf(options), ...(coordinate === undefined ? { record } : { coordinate }) };
  const { config, token, narrowing, frame } = await signIn(options);
  const answer = await askOfficer(config.url, "explain", token, body, narrowing);
  if (json) printOfficerJson(answer, frame);
  if (answer.data === undefined || answer.data === null) return tellRefusal(answer);
  if (!json) {
    if (answer.release !== undefined) { tell(answer.release.marking.ja); tell(answer.release.marking.en); }
    printFramed(linesOf(answer.data as Explained, lang), frame);
  }
  return EXIT.ok;
}

function linesOf(explained: Explained, lang: Lang): readonly string[] {
  const { subject, client, purpose = "-", at, item, existence, fields = [], notExplained = [], outcome, marking, reasons } = explained;
  const own = outcome !== undefined && marking !== undefined && reasons !== undefined ? valueLines(item.coordinate ?? "", { outcome, marking, reasons }, lang) : [];
  return [
    textOf(lang, "explainAbout", { subject, client, purpose, at }), ...(item.record === undefined ? [] : [`${item.record} (${item.type ?? ""})`]), ...own,
    ...(existence === undefined ? [] : valueLines(textOf(lang, "explainExistence"), existence, lang)), ...alike(fields).flatMap(({ names, value }) => valueLines(names.join(", "), value, lang)),
    ...(notExplained.length === 0 ? [] : [textOf(lang, "explainNone", { fields: notExplained.join(", ") })]),
  ];
}

/** Fields of which the same is to be said, together. */
function alike(fields: NonNullable<Explained["fields"]>): readonly { readonly names: readonly string[]; readonly value: Value }[] {
  const groups = new Map<string, { readonly names: string[]; readonly value: Value }>();
  for (const { field, ...value } of fields) {
    const key = JSON.stringify(value);
    const group = groups.get(key) ?? { names: [], value };
    group.names.push(field);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Outcome and mark, and below it every rule that stands in the way, in both languages. */
function valueLines(name: string, { outcome, marking, reasons }: Value, lang: Lang): readonly string[] {
  const word: Word = `outcome.${outcome}`;
  return [`${name}: ${textOf(lang, word)}  ${marking[lang]}`, ...reasons.flatMap(({ clause, ja, en }) => [`  ${clause}  ${ja}`, `  ${" ".repeat(clause.length)}  ${en}`])];
}
