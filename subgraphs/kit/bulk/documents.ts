/**
 * Import of records (SPEC 17.6). Takes lines; gives what is wrong with them, and writes the records of a table in which nothing is: with random ids, their own labels, and the mark of the
 * designation under which they are written, so that its end takes away what it added.
 */
import { type LabelCore, canonical } from "../../../schema/label";
import { existenceOf, labelOf } from "../../../schema/policy";
import { portionLabelColumn } from "../database/tables";
import { withRole } from "../workflow/authority";
import { newId } from "../workflow/runner";
import { columnsOf, readCells, type ReadLine } from "./cells";
import { type ImportContext, InternedLabels, ask } from "./context";
import { DOCUMENT_FIELDS, type DocumentLine, type Entry, type Known, checkDocument, checkPortionTexts, designationsOf, documentOf, lastDayOf, lifecycleOf } from "./document-rules";
import type { ImportedRegister } from "./register";
import { type Finding, type Line, finding } from "./table";

type Row = Readonly<Record<string, unknown>>;

export const documentsImport: ImportedRegister = {
  columns: columnsOf(DOCUMENT_FIELDS), mostLines: 2_000, by: withRole("PROPOSE"), keptBy: () => true,
  take: async (context, lines) => {
    const read = lines.map((line) => readCells(context.policy, DOCUMENT_FIELDS, line, ownerOf(line)));
    const findings: Finding[] = read.flatMap(({ line, findings: own }) => [...own, ...checkPortionTexts(line)]);
    const wrong = new Set(findings.map(({ line }) => line));
    const documents = read.map(({ line }) => line).filter(({ number }: ReadLine) => !wrong.has(number)).map(documentOf);
    const known = await readKnown(context, documents);
    findings.push(...documents.flatMap((document) => checkDocument(context, known, document)), ...checkTwice(documents));
    if (findings.length === 0) findings.push(...await writeAll(context, known, documents));
    return findings;
  },
};

function ownerOf({ cells }: Line): string { return cells.get("owner")?.trim() ?? ""; }

function checkTwice(documents: readonly DocumentLine[]): readonly Finding[] {
  const seen = new Set<string>();
  return documents.flatMap(({ number, reference }) => { const twice = seen.has(reference); seen.add(reference); return twice ? [finding(number, "reference", "TWICE")] : []; });
}

/** What the asker reads, and nothing else: a token or a reference that is hidden is as if it were not there. */
async function readKnown(context: ImportContext, documents: readonly DocumentLine[]): Promise<Known> {
  const tokens = [...new Set(documents.flatMap(({ label, portions, matter }) => [...label.need, ...portions.flatMap((portion) => portion.label?.need ?? []), ...(matter === null ? [] : [matter])]))];
  const rows = await ask<Entry>(context, `SELECT id, token, kind, issuer, regime, designated_on AS "designatedOn", valid_until AS "validUntil" FROM matter WHERE token = ANY($1::text[])`, [tokens]);
  const references = await ask<{ readonly reference: string }>(context, "SELECT reference FROM content WHERE reference = ANY($1::text[])", [documents.map(({ reference }) => reference)]);
  return { entries: new Map(rows.map((row) => [row.token, row])), references: new Set(references.map(({ reference }) => reference)) };
}

interface Written { readonly record: Row; readonly content: Row; readonly portions: readonly Row[]; readonly marks: readonly Row[] }

async function writeAll(context: ImportContext, known: Known, documents: readonly DocumentLine[]): Promise<readonly Finding[]> {
  const labels = new InternedLabels(context);
  const written: Written[] = [];
  for (const document of documents) written.push(await rowsOf(context, known, labels, document));
  const tokens = [...new Set(documents.flatMap(({ label, matter }) => [...label.need, ...(matter === null ? [] : [matter])].filter((token) => known.entries.has(token))))];
  const json = (rows: readonly Row[]): string => JSON.stringify(rows);
  const [done] = await ask<{ result: string }>(context, "SELECT import_records($1, $2, $3, $4, $5, $6, $7) AS result", [
    context.asker.subject.id, context.id, tokens, json(written.map(({ record }) => record)), json(written.map(({ content }) => content)), json(written.flatMap(({ portions }) => portions)), json(written.flatMap(({ marks }) => marks)),
  ]);
  return done?.result === "DONE" ? [] : [finding(0, null, "STATE")];
}

async function rowsOf({ ministry }: ImportContext, known: Known, labels: InternedLabels, document: DocumentLine): Promise<Written> {
  const { label: core, existenceLevel, reference, kind, class: code, owner, validUntil, contact, matter, portions } = document;
  const id = newId("doc");
  const existence = existenceOf(core, existenceLevel);
  const own = await labels.number(labelOf(core, { existence, ...lifecycleOf(validUntil) }));
  await labels.number(labelOf(existence));
  const labelled = [];
  for (const { name, text, label } of portions) {
    const number = label === undefined ? own : await labels.number(labelOf(label, lifecycleOf(lastDayOf(document, label, true))));
    labelled.push({ name, text, number, core: label ?? core, isSeparate: label !== undefined });
  }
  const entry = matter === null ? undefined : known.entries.get(matter);
  const places = [{ place: "record", core, number: own, isSeparate: false }, ...labelled.map(({ name, ...portion }) => ({ place: name as string, ...portion }))];
  const marks: Row[] = [];
  for (const { place, core: marked, number, isSeparate } of places) {
    for (const designation of designationsOf(known, marked)) {
      const before = labelOf(withoutDesignation(marked, designation), { existence: existenceLevel === null || isSeparate ? undefined : existence });
      marks.push({ record: id, place, token: designation.token, before: await labels.number(before), after: number });
    }
  }
  return {
    record: {
      id, label_id: own, ...Object.fromEntries(labelled.filter(({ isSeparate }) => isSeparate).map(({ name, number }) => [portionLabelColumn(name), number])),
      contact_ja: contact?.ja ?? null, contact_en: contact?.en ?? null, matter_id: entry?.id ?? null, matter_ministry: entry === undefined ? null : ministry.name,
    },
    content: { id, label_id: own, reference, kind, class: code, owner, valid_until: validUntil },
    portions: labelled.map(({ name, text, number }) => ({ record_id: id, name, label_id: number, ja: text.ja, en: text.en })),
    marks,
  };
}

/** The label that is left when the designation has ended: never lower, and a secret document where nothing else protects it. */
function withoutDesignation(core: LabelCore, { token, regime }: Entry): LabelCore {
  const regimes = core.regimes.filter((code) => code !== regime);
  return canonical({ ...core, need: core.need.filter((other) => other !== token), regimes: regimes.length === 0 && core.level >= 2 ? ["DOC"] : regimes });
}
