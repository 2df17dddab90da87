/**
 * Turns the answers that several people got to the demo question into rows of text: marking, what each got, what was withheld, who was asked, how long.
 * Shows only what is in the answers; a document that one person got and another did not is an empty cell beside it.
 */
import { pathOf, type Answer } from "./ask";
import type { Row } from "./columns";
import { SECTIONS } from "./question";
import { textOf, type Lang } from "./say";

interface Text { readonly ja: string | null; readonly en: string | null }
type PortionName = "title" | "summary" | "body" | "source" | "figures";
interface DocumentNode extends Readonly<Partial<Record<PortionName, Text | null>>> {
  readonly id: string; readonly ministry: string; readonly reference: string | null; readonly kind: string | null;
}
interface Section {
  readonly entry?: { readonly token: string | null; readonly name: Text | null } | null;
  readonly documents: { readonly totalCount: number | null; readonly nodes: readonly (DocumentNode | null)[] | null } | null;
}
type SectionName = (typeof SECTIONS)[number];
export interface MatterAnswer { readonly matter: ({ readonly id: string } & Readonly<Partial<Record<SectionName, Section | null>>>) | null }

export interface Column {
  readonly id: string;
  readonly name: Text;
  readonly purpose: string;
  readonly answer: Answer;
  /** Ministries that were called for this answer. */
  readonly asked: readonly string[];
  /** How long it took, as text. */
  readonly time: string;
}

const PORTIONS: readonly PortionName[] = ["title", "summary", "body", "source", "figures"];

/** Rows for `layColumns` or `layBlocks`, one column per person. */
export function presentAnswers(columns: readonly Column[], lang: Lang): readonly Row[] {
  const row = (heading: string, cell: (column: Column) => readonly string[], more: Partial<Row> = {}): Row => ({ heading, cells: columns.map(cell), ...more });
  return [
    row("", ({ id, name, purpose }) => [id, inLang(name, lang), textOf(lang, "purpose", { purpose })]),
    row(textOf(lang, "marking"), ({ answer }) => markingLines(answer), { rule: true }),
    row(textOf(lang, "matter"), (column) => entryLines(column, lang), { rule: true }),
    ...SECTIONS.flatMap((section) => sectionRows(columns, section, lang)),
    row(textOf(lang, "withheldByClass"), ({ answer }) => withheldLines(answer, lang), { rule: true }),
    row(textOf(lang, "ministriesAsked"), ({ asked }) => [asked.length === 0 ? textOf(lang, "none") : asked.join(", ")]),
    row(textOf(lang, "time"), ({ time }) => [time]),
  ];
}

/** The documents of one section in an answer, with their place in it. */
export function documentsOf(answer: Answer, section: SectionName): readonly { readonly document: DocumentNode; readonly path: string }[] {
  const nodes = (answer.data as MatterAnswer | undefined | null)?.matter?.[section]?.documents?.nodes ?? [];
  return nodes.flatMap((document, at) => (document === null ? [] : [{ document, path: `matter.${section}.documents.nodes.${at}` }]));
}

/** How many texts the answer shows: portions, references and the entry of the matter. */
export function countValues(answer: Answer): number {
  const entry = (answer.data as MatterAnswer | undefined | null)?.matter?.defense?.entry;
  const documents = SECTIONS.flatMap((section) => documentsOf(answer, section).map(({ document }) => document));
  const values = documents.flatMap((document) => [document.reference, ...PORTIONS.map((name) => document[name] ?? null)]);
  return [entry?.token ?? null, ...values].filter((value) => value !== null).length;
}

function sectionRows(columns: readonly Column[], section: SectionName, lang: Lang): readonly Row[] {
  const ids = [...new Set(columns.flatMap(({ answer }) => documentsOf(answer, section).map(({ document }) => document.id)))];
  const counts: Row = { heading: textOf(lang, section), rule: true, cells: columns.map(({ answer }) => [countOf(answer, section, lang)]) };
  const each = ids.map((id): Row => ({ heading: id, lines: 2, cells: columns.map(({ answer }) => documentLines(answer, section, id, lang)) }));
  return [counts, ...each];
}

function countOf(answer: Answer, section: SectionName, lang: Lang): string {
  const total = (answer.data as MatterAnswer | undefined | null)?.matter?.[section]?.documents?.totalCount;
  return textOf(lang, "documents", { count: total ?? "-" });
}

function documentLines(answer: Answer, section: SectionName, id: string, lang: Lang): readonly string[] {
  const found = documentsOf(answer, section).find(({ document }) => document.id === id);
  if (found === undefined) return [];
  const { document, path } = found;
  const classes = new Map((answer.release?.withheld ?? []).map((entry) => [pathOf(entry), entry]));
  const whole = classes.get(path);
  if (whole !== undefined) {
    return [textOf(lang, "withheldRecord", { class: whole.reasonClass }), ...(whole.contact === null ? [] : [textOf(lang, "contact", { contact: whole.contact[lang] })])];
  }
  const portions = PORTIONS.flatMap((name) => {
    const withheld = classes.get(`${path}.${name}`);
    if (withheld !== undefined) return [`${textOf(lang, name)}: ${textOf(lang, "withheldValue", { class: withheld.reasonClass })}`];
    const value = document[name];
    return value === null || value === undefined ? [] : [`${textOf(lang, name)}: ${inLang(value, lang)}`];
  });
  const reference = classes.get(`${path}.reference`);
  const head = reference === undefined ? [document.reference, document.kind].filter((part) => part !== null).join(" ") : textOf(lang, "withheldValue", { class: reference.reasonClass });
  return [head, ...portions];
}

function entryLines({ answer }: Column, lang: Lang): readonly string[] {
  const matter = (answer.data as MatterAnswer | undefined | null)?.matter;
  if (matter === null || matter === undefined) return answer.errors.map((error) => `${error.extensions?.code ?? ""} ${error.message}`.trim());
  const entry = matter.defense?.entry;
  const withheld = answer.release?.withheld.find((each) => pathOf(each) === "matter.defense.entry");
  if (withheld !== undefined) return [textOf(lang, "withheldValue", { class: withheld.reasonClass })];
  return entry === null || entry === undefined ? ["-"] : [[entry.token, entry.name === null ? null : inLang(entry.name, lang)].filter((part) => part !== null).join(" ")];
}

function markingLines(answer: Answer): readonly string[] {
  return answer.release === undefined ? [`HTTP ${answer.status}`] : [answer.release.marking.ja, answer.release.marking.en];
}

function withheldLines(answer: Answer, lang: Lang): readonly string[] {
  const counts = new Map<string, number>();
  for (const { reasonClass } of answer.release?.withheld ?? []) counts.set(reasonClass, (counts.get(reasonClass) ?? 0) + 1);
  return counts.size === 0 ? [textOf(lang, "none")] : [...counts].map(([name, count]) => `${name} ${count}`);
}

function inLang(text: Text, lang: Lang): string { return text[lang] ?? text[lang === "ja" ? "en" : "ja"] ?? ""; }
