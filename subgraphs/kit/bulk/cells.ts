/**
 * Cells of a line -> typed values of declared fields (SPEC 17.3). A text in two languages has a column for each, `title.ja` and `title.en`; lists are written with semicolons. What is missing, is
 * not what it must be or is not one of the listed codes is a finding with its column.
 */
import type { OrgPath } from "../../../schema/label";
import type { Policy } from "../../../schema/policy";
import { type FieldDeclaration, type FieldDeclarations, type Kind, type Values, readValues } from "../workflow/kinds";
import { readLabelCell } from "./label-cell";
import { type Column, type Finding, type Line, finding } from "./table";

const LANGS = ["ja", "en"] as const;
const LISTS: ReadonlySet<Kind> = new Set(["texts", "subjects", "orgs"]);

/** The columns of fields, in their order. */
export function columnsOf(fields: FieldDeclarations): readonly Column[] {
  return Object.entries(fields).flatMap(([name, { kind, optional = false }]) =>
    (kind === "localized" ? LANGS.map((lang) => `${name}.${lang}`) : [name]).map((column) => ({ name: column, isNeeded: !optional })));
}

export interface ReadLine { readonly number: number; readonly values: Values }

/**
 * The values of a line.
 * @param owner body whose label a mark is
 */
export function readCells(policy: Policy, fields: FieldDeclarations, { number, cells }: Line, owner: OrgPath): { readonly line: ReadLine; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const read = field.kind === "localized" ? readLocalized(number, name, field, cells) : readOne(policy, number, name, { field, text: cells.get(name), owner });
    if ("findings" in read) findings.push(...read.findings);
    else if (read.value !== undefined) values[name] = read.value;
  }
  return { line: { number, values }, findings };
}

type Read = { readonly value: unknown } | { readonly findings: readonly Finding[] };

function readLocalized(line: number, name: string, field: FieldDeclaration, cells: Line["cells"]): Read {
  const given = LANGS.map((lang) => cells.get(`${name}.${lang}`));
  if (given.every((text) => text === undefined) && field.optional === true) return { value: undefined };
  const missing = LANGS.filter((_, at) => given[at] === undefined);
  if (missing.length > 0) return { findings: missing.map((lang) => finding(line, `${name}.${lang}`, "MISSING")) };
  const value = readValues({ [name]: field }, { [name]: { ja: given[0], en: given[1] } });
  return value === undefined ? { findings: [finding(line, `${name}.ja`, "VALUE")] } : { value: value[name] };
}

function readOne(policy: Policy, line: number, name: string, { field, text, owner }: { readonly field: FieldDeclaration; readonly text: string | undefined; readonly owner: OrgPath }): Read {
  if (text === undefined) return field.optional === true ? { value: undefined } : { findings: [finding(line, name, "MISSING")] };
  if (field.kind === "label") {
    const label = readLabelCell(policy, text, owner);
    return label === undefined ? { findings: [finding(line, name, "LABEL_TEXT")] } : { value: label };
  }
  const value = readValues({ [name]: field }, { [name]: typed(field.kind, text) });
  if (value !== undefined) return { value: value[name] };
  return { findings: [finding(line, name, field.oneOf === undefined ? "VALUE" : "CODE_UNKNOWN")] };
}

function typed(kind: Kind, text: string): unknown {
  const word = text.trim();
  if (LISTS.has(kind)) return word.split(";").map((part) => part.trim());
  // What is none of the kind must not look as if it were not there.
  if (kind === "number") return /^-?\d{1,15}$/.test(word) ? Number(word) : Number.NaN;
  if (kind === "flag") return word === "true" ? true : word === "false" ? false : word;
  return kind === "text" || kind === "long" ? text : word;
}
