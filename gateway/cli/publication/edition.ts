/**
 * What anybody is handed (SPEC 18.11): the same reports as JSON, as CSV and as a page in two languages, each complete in itself. Takes the reports; gives texts that depend on nothing else, neither on when nor on how
 * often they are made, so that a file that changes says that something was published and nothing more.
 */
import { BOTTOM, mark } from "../../../schema/label";
import { loadPolicy } from "../../../schema/policy";
import { NOTICE } from "../people";
import { printTable } from "../registers/table-file";
import { makePage } from "./page";
import { NotPublished } from "./refusal";
import { type Report, readReports } from "./reports";

export interface Bilingual { readonly ja: string; readonly en: string }
/** One line of a report; `atLeast` is null for X. */
export interface Figure { readonly measure: string; readonly regime: string; readonly item: string; readonly atLeast: number | null }
export interface NamedReport extends Omit<Report, "figures"> { readonly name: Bilingual; readonly figures: readonly Figure[] }

export const DATA_FILE = "figures.json";
export const TABLE_FILE = "figures.csv";
export const PAGE_FILE = "index.html";
/** In the order in which they are written: what was published is read back from the first. */
export const FILES = [DATA_FILE, TABLE_FILE, PAGE_FILE] as const;
export type Edition = Readonly<Record<(typeof FILES)[number], string>>;

const FORMAT = "kanmon-publication/1";
const COLUMNS = ["year", "body", "nameJa", "nameEn", "publishedOn", "measure", "regime", "item", "atLeast"] as const;

/** The three texts. */
export function makeEdition(reports: readonly Report[]): Edition {
  const { words, members } = loadPolicy();
  const marking = { ja: mark(BOTTOM, words, { form: "banner", lang: "ja" }), en: mark(BOTTOM, words, { form: "banner", lang: "en" }) };
  const nameOf = (body: string): Bilingual => { const found = members.all.find(({ org }) => org === body); return { ja: found?.nameJa ?? body, en: found?.nameEn ?? body }; };
  const named = reports.map(({ figures, ...report }): NamedReport => ({ ...report, name: nameOf(report.body), figures: figures.map(figureOf) }));
  const { ja, en } = NOTICE;
  return {
    [DATA_FILE]: `${JSON.stringify({ notice: { ja, en }, format: FORMAT, marking, reports: named }, null, 1)}\n`,
    [TABLE_FILE]: printTable({ columns: COLUMNS, lines: named.flatMap(linesOf) }, "csv", { notice: `${ja} / ${en}`, marking, register: "figures" }),
    [PAGE_FILE]: makePage(named, { notice: { ja, en }, marking, files: [DATA_FILE, TABLE_FILE] }),
  };
}

/** The reports of an edition that was published. @throws NotPublished where it is none */
export function readEdition(text: string, file: string): readonly Report[] {
  try {
    const { format, reports } = JSON.parse(text) as { readonly format?: unknown; readonly reports?: readonly NamedReport[] };
    if (format === FORMAT && Array.isArray(reports)) return readReports((reports as readonly NamedReport[]).map(({ year, body, publishedOn, figures }) => ({ year, body, publishedOn, figures: figures.map(lineOf) })));
  } catch { /* said below, with the file's name */ }
  throw new NotPublished("publicationUnreadable", file);
}

function figureOf(line: string): Figure {
  const [measure = "", regime = "", item = "", figure = ""] = line.split(";");
  return { measure, regime, item, atLeast: figure === "X" ? null : Number(figure) };
}

function lineOf({ measure, regime, item, atLeast }: Figure): string { return [measure, regime, item, atLeast ?? "X"].join(";"); }

function linesOf({ year, body, name, publishedOn, figures }: NamedReport): readonly (readonly string[])[] {
  return figures.map(({ measure, regime, item, atLeast }) => [year, body, name.ja, name.en, publishedOn, measure, regime, item, atLeast === null ? "X" : String(atLeast)]);
}
