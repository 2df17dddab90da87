/**
 * `kanmon notices`: notices that ministries left for one person, the newest first, or with --legal the legal notices that bind the person; --acknowledge records that one of these was read. Notices
 * go to standard output, everything else to standard error.
 */
import { MINISTRY_NAMES } from "../../../subgraphs/names";
import { type Answer, exitOf } from "../ask";
import { CommandFailure, EXIT, type ExitCode } from "../exit";
import { KnownList } from "../known-list";
import { printFramed, printOfficerJson } from "../officer";
import { Person, type PersonOptions } from "../person";
import { fieldOf } from "../registers/export";
import { tellReasons } from "../registers/reasons";
import { tell, textOf, type Lang } from "../say";
import { exitOfChange } from "./register";

export interface NoticesOptions extends PersonOptions { readonly legal: boolean; readonly acknowledge?: string; readonly json: boolean; readonly lang: Lang }

interface Notice { readonly workflow: string | null; readonly item: string | null; readonly kind: string | null; readonly at: string | null }
interface Legal { readonly id: string; readonly version: string; readonly title: { readonly ja: string; readonly en: string }; readonly text: { readonly ja: string; readonly en: string }; readonly acknowledgedAt: string | null }

const MOST = 100;

export async function runNotices(options: NoticesOptions): Promise<ExitCode> {
  const { legal, acknowledge } = options;
  const person = new Person(options);
  if (acknowledge !== undefined) return acknowledgeOne(person, acknowledge, options);
  if (legal) return showLegal(person, options);
  const askable = await person.askable();
  const ministries = askable instanceof KnownList ? MINISTRY_NAMES : MINISTRY_NAMES.filter((name) => askable.has("Query", `${fieldOf(name)}Notices`));
  if (ministries.length === 0) { tell(textOf(options.lang, "noticesNone")); return EXIT.ok; }
  const answer = await person.ask({ query: askable instanceof KnownList ? askable.document("Notices") : `{ ${ministries.map((name) => `${fieldOf(name)}Notices(first: ${MOST}) { workflow item kind at }`).join(" ")} }` });
  const notices = ministries.flatMap((ministry) => ((answer.data as Readonly<Record<string, readonly (Notice | null)[] | null>> | null | undefined)?.[`${fieldOf(ministry)}Notices`] ?? []).flatMap((notice) => (notice === null ? [] : [{ ...notice, ministry }])));
  notices.sort((a, b) => (b.at ?? "").localeCompare(a.at ?? ""));
  return show(answer, person, options, notices.length === 0 ? undefined : notices.map(({ at, ministry, workflow, kind, item }) => `${at ?? "-"} ${ministry} ${workflow ?? "-"} ${kind ?? "-"} ${item ?? "-"}`));
}

async function showLegal(person: Person, options: NoticesOptions): Promise<ExitCode> {
  const answer = await person.ask({ query: new KnownList().document("LegalNotices") });
  const { lang } = options;
  const lines = legalIn(answer).flatMap(({ id, version, title, text, acknowledgedAt }) => [`${id} ${version} ${title[lang]} (${acknowledgedAt === null ? textOf(lang, "legalUnread") : textOf(lang, "legalRead", { at: acknowledgedAt })})`, `  ${text[lang]}`]);
  return show(answer, person, options, lines.length === 0 ? undefined : lines);
}

async function acknowledgeOne(person: Person, id: string, options: NoticesOptions): Promise<ExitCode> {
  const { lang, json } = options;
  // Whoever may ask anything may ask what is listed too.
  const list = new KnownList();
  const known = await person.ask({ query: list.document("LegalNotices") });
  if (known.errors.length > 0) { tellReasons(known, lang); return exitOf(known); }
  const notice = legalIn(known).find((one) => one.id === id);
  if (notice === undefined) throw new CommandFailure(EXIT.usage, ["noticeUnknown", { id }]);
  const answer = await person.ask({ query: list.document("AcknowledgeNotice"), variables: { notice: id, version: notice.version } });
  if (json) printOfficerJson(answer, person.frame);
  if (answer.errors.length > 0) { tellReasons(answer, lang); return exitOfChange(answer); }
  tell(textOf(lang, "legalDone", { id }));
  return EXIT.ok;
}

function legalIn({ data }: Answer): readonly Legal[] { return (data as { readonly legalNotices?: readonly Legal[] | null } | null | undefined)?.legalNotices ?? []; }

function show(answer: Answer, person: Person, { json, lang }: NoticesOptions, lines: readonly string[] | undefined): ExitCode {
  if (json) printOfficerJson(answer, person.frame);
  else if (lines !== undefined) printFramed(lines, person.frame);
  if (answer.errors.length > 0) tellReasons(answer, lang);
  else if (lines === undefined) tell(textOf(lang, "noticesNone"));
  if (answer.release !== undefined) { tell(answer.release.marking.ja); tell(answer.release.marking.en); }
  return exitOf(answer);
}
