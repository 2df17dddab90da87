/**
 * `kanmon register export | import`: registers in bulk, as one person. Tables and lists of what is wrong go to standard output or a file, everything else to standard error. Exits with 0 when all
 * was written or taken in, 1 when lines were rejected, 3 when not authorised, 4 when something was withheld.
 */
import fs from "node:fs";
import { loadPolicy } from "../../../schema/policy";
import { MINISTRY_NAMES } from "../../../subgraphs/names";
import { type Answer, exitOf } from "../ask";
import { CommandFailure, EXIT, type ExitCode } from "../exit";
import { writePrivate } from "../home";
import { Person, type PersonOptions } from "../person";
import { Progress } from "../progress";
import { exportRegister } from "../registers/export";
import { EXPORTED } from "../registers/exported";
import { type Rejected, importTable } from "../registers/import";
import { tellReasons } from "../registers/reasons";
import { type Format, formatOf, printTable, readTable } from "../registers/table-file";
import { type Lang, print, reasonText, tell, textOf } from "../say";

interface RegisterOptions extends PersonOptions { readonly ministry?: string; readonly format?: Format; readonly lang: Lang }
export interface ExportOptions extends RegisterOptions { readonly out?: string }
export interface ImportOptions extends RegisterOptions { readonly dryRun: boolean; readonly key?: string; readonly json: boolean }

export async function runExport(name: string, options: ExportOptions): Promise<ExitCode> {
  const { ministry, out, lang } = options;
  const register = EXPORTED[name];
  if (register === undefined) throw new CommandFailure(EXIT.usage, ["registerUnknown", { name, known: Object.keys(EXPORTED).join(", ") }]);
  const ministries = ministry === undefined ? register.ministries : [ministryCalled(ministry, register.ministries)];
  const person = new Person(options);
  const progress = new Progress(textOf(lang, "exporting"));
  let exported: Awaited<ReturnType<typeof exportRegister>>;
  try { exported = await exportRegister(person, loadPolicy(), register, { ministries, progress }); } finally { progress.end(); }
  if (exported.refused !== undefined) { tellReasons(exported.refused, lang, "knownNoRegister"); return exported.exitCode; }
  const text = printTable(exported, formatOf(out, options.format), { register: name, marking: exported.marking, ...(person.frame === undefined ? {} : { notice: person.frame }) });
  if (out === undefined) process.stdout.write(text); else writePrivate(out, text);
  tell(exported.marking.ja);
  tell(exported.marking.en);
  tell(textOf(lang, "exported", { register: name, lines: exported.lines.length, ministries: ministries.join(", ") }));
  if (exported.withheld > 0) tell(textOf(lang, "exportWithheld", { count: exported.withheld }));
  return exported.exitCode;
}

export async function runImport(name: string, file: string, options: ImportOptions): Promise<ExitCode> {
  const { ministry: given, dryRun, key, lang, json } = options;
  const kept = name === "facilities" ? "cabinet-office" : given;
  if (kept === undefined) throw new CommandFailure(EXIT.usage, ["ministryNeeded"]);
  const ministry = ministryCalled(given ?? kept, MINISTRY_NAMES);
  const table = readTable(readBytes(file), formatOf(file, options.format));
  const person = new Person(options);
  const progress = new Progress(textOf(lang, "importing"));
  let imported: Awaited<ReturnType<typeof importTable>>;
  try { imported = await importTable(person, table, { register: name, ministry, dryRun, key, progress }); } finally { progress.end(); }
  const { answer, isDone, rejected } = imported;
  if (answer.errors.length > 0) { tellReasons(answer, lang, "knownNoRegister"); return exitOfChange(answer); }
  const facts = { register: name, lines: table.lines.length, rejected: rejected.length, ministry };
  if (json) print(JSON.stringify({ ...(person.frame === undefined ? {} : { notice: person.frame }), ...facts, dryRun, isDone, rejected, ...(answer.release === undefined ? {} : { extensions: { release: answer.release } }) }, null, 2));
  else for (const one of rejected) print(rejectedText(one, lang));
  if (answer.release !== undefined) { tell(answer.release.marking.ja); tell(answer.release.marking.en); }
  tell(textOf(lang, rejected.length > 0 ? "importRefused" : isDone ? "importTaken" : "importWouldBe", facts));
  return rejected.length > 0 ? EXIT.failure : EXIT.ok;
}

/** A change that a ministry refused was not made, not even in part; for want of authority it is one of authority. */
export function exitOfChange(answer: Answer): ExitCode {
  const reasons = answer.errors.flatMap(({ extensions }) => extensions?.reason ?? []);
  return reasons.length === 0 ? exitOf(answer) : reasons.includes("ROLE") ? EXIT.notAuthorised : EXIT.failure;
}

function rejectedText({ line, column, reason }: Rejected, lang: Lang): string { return textOf(lang, "rejectedLine", { line, column: column ?? "-", reason, why: reasonText(lang, reason) }); }

function ministryCalled(name: string, known: readonly string[]): string {
  if (!known.includes(name)) throw new CommandFailure(EXIT.usage, ["ministryUnknown", { name, known: known.join(", ") }]);
  return name;
}

function readBytes(file: string): Uint8Array {
  try { return fs.readFileSync(file === "-" ? 0 : file); } catch { throw new CommandFailure(EXIT.usage, file === "-" ? ["cannotReadInput"] : ["cannotRead", { file }]); }
}
