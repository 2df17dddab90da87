/**
 * `kanmon dry-run`: what changes for whom if a label, the policy, an agreement or an assignment changes? Asks the gateway as an officer with the role SIMULATE, over the records that the officer may see or over
 * generated ones, and prints the outcomes that differ. Nothing is applied. Exits with 7 for a change that could not be in force.
 */
import fs from "node:fs";
import { askOfficer } from "../ask";
import { CommandFailure, EXIT, type ExitCode } from "../exit";
import { type OfficerOptions, printFramed, printOfficerJson, reasonOf, signIn, tellRefusal } from "../officer";
import { PERSONAS } from "../people";
import { tell, textOf, type Lang, type Word } from "../say";

export interface DryRunOptions extends OfficerOptions {
  readonly change: string; readonly over: "stored" | "generated"; readonly people?: string; readonly records?: string; readonly seed?: string; readonly json: boolean; readonly lang: Lang;
}
type Outcome = "permit" | "redact" | "hide";
interface Difference { readonly subject: string; readonly record: string; readonly field: string; readonly before: Outcome; readonly after: Outcome; readonly reasons: readonly { readonly clause: string; readonly ja: string; readonly en: string }[] }
interface Diff { readonly refused?: string; readonly isWhole: boolean; readonly people: readonly string[]; readonly records: number; readonly places: number; readonly changed: number; readonly differences: readonly Difference[] }

export async function runDryRun(options: DryRunOptions): Promise<ExitCode> {
  const { change, over, people, json, lang } = options;
  const everybody = PERSONAS.map(({ id, client, purpose }) => ({ subject: id, client, purpose }));
  const body = { ...reasonOf(options), change: readJson(change), over, people: people === undefined ? everybody : readJson(people), ...numberOf(options.records, "records"), ...numberOf(options.seed, "seed") };
  const { config, token, narrowing, frame } = await signIn(options);
  const answer = await askOfficer(config.url, "dry-run", token, body, narrowing);
  if (json) printOfficerJson(answer, frame);
  if (answer.data === undefined || answer.data === null) return tellRefusal(answer);
  const diff = answer.data as Diff;
  if (diff.refused !== undefined) { tell(textOf(lang, "dryRunRefused", { problem: diff.refused })); return EXIT.configuration; }
  if (!json) {
    if (answer.release !== undefined) { tell(answer.release.marking.ja); tell(answer.release.marking.en); }
    printFramed(linesOf(diff, lang), frame);
  }
  return EXIT.ok;
}

function linesOf({ isWhole, people, records, places, changed, differences }: Diff, lang: Lang): readonly string[] {
  const more = changed - differences.length;
  return [
    textOf(lang, "dryRun", { people: people.length, records, places, changed }), ...(isWhole ? [] : [textOf(lang, "dryRunPart")]), ...alike(differences).map((group) => lineOf(group, lang)),
    ...(more > 0 ? [textOf(lang, "dryRunMore", { more })] : []),
  ];
}

interface Group { readonly first: Difference; readonly fields: string[] }

/** Fields of one record of which the same is to be said, together. */
function alike(differences: readonly Difference[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const difference of differences) {
    const { field, ...same } = difference;
    const key = JSON.stringify(same);
    const group = groups.get(key) ?? { first: difference, fields: [] };
    group.fields.push(field);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** `-` for whoever gets less, `+` for whoever gets more, with the rules that stand in the way on the narrower side. */
function lineOf({ first: { subject, record, before, after, reasons }, fields }: Group, lang: Lang): string {
  const word = (outcome: Outcome): string => { const key: Word = `outcome.${outcome}`; return textOf(lang, key); };
  const order: readonly Outcome[] = ["hide", "redact", "permit"];
  const sign = order.indexOf(after) < order.indexOf(before) ? "-" : "+";
  const places = fields.map((field) => (field === "" ? textOf(lang, "dryRunRecord") : field)).join(", ");
  return `${sign} ${subject} ${record} ${places}: ${word(before)} -> ${word(after)}  ${reasons.map((reason) => `${reason.clause} ${reason[lang]}`).join("; ")}`.trimEnd();
}

function readJson(file: string): unknown {
  let text: string;
  try { text = fs.readFileSync(file === "-" ? 0 : file, "utf8"); } catch { throw new CommandFailure(EXIT.usage, ["cannotRead", { file }]); }
  try { return JSON.parse(text) as unknown; } catch { throw new CommandFailure(EXIT.usage, ["notJson", { file }]); }
}

function numberOf(text: string | undefined, name: string): Readonly<Record<string, number>> {
  if (text === undefined) return {};
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new CommandFailure(EXIT.usage, ["notWhole", { name }]);
  return { [name]: Number(text) };
}
