/**
 * What a line of an import of records must be (SPEC 17.6): the body's own record, written by somebody with authority over it and cleared for it, under a label that obeys the rules (V1-V11), names
 * tokens that the asker has, and decides no release. Takes typed values and the register as the asker reads it; gives findings.
 */
import { type LabelCore, type Level, PORTIONS, type Portion, dominates } from "../../../schema/label";
import { type Finding as LabelFinding, type LabelFacts, type TokenFacts, checkLabel, existenceOf, labelOf } from "../../../schema/policy";
import { isAccreditedFor } from "../accreditation";
import type { FieldDeclaration, FieldDeclarations, Values } from "../workflow/kinds";
import type { ReadLine } from "./cells";
import { type ImportContext, hasRoleOver, isReleased } from "./context";
import { mayWrite } from "../write-guard";
import { reasonOfRule } from "./reasons";
import { type Finding, finding } from "./table";

export const LEVELS = ["PUBLIC", "CUI", "CONFIDENTIAL", "SECRET", "TOP_SECRET"] as const;
const CLASSES = ["A", "B", "C", "D", "E"] as const;
/** Made from a record by a workflow with a decision of its own. */
const EDITION = "TEARLINE";
/** Regimes whose designation ends on a day. */
const DATED_REGIMES: ReadonlySet<string> = new Set(["SDS", "CESI", "EQS"]);
/** The highest level that a record under a designation with a file may have: what it was before has to be a valid label too. */
const HIGHEST_MARKED = 3;

export const DOCUMENT_FIELDS: FieldDeclarations = {
  reference: { kind: "text" }, kind: { kind: "text" }, class: { kind: "text", optional: true, oneOf: CLASSES }, owner: { kind: "org" }, matter: { kind: "token", optional: true }, validUntil: { kind: "day", optional: true },
  existenceLevel: { kind: "text", optional: true, oneOf: LEVELS }, label: { kind: "label" }, contact: { kind: "localized", optional: true },
  ...Object.fromEntries(PORTIONS.flatMap((name): readonly (readonly [string, FieldDeclaration])[] => [[name, { kind: "localized", optional: name !== "title" }], [`${name}.label`, { kind: "label", optional: true }]])),
};

export interface Entry extends TokenFacts { readonly id: string; readonly token: string; readonly validUntil: string | null }
/** The ministry's register as the asker reads it, by token; and references of records that the asker reads. */
export interface Known { readonly entries: ReadonlyMap<string, Entry>; readonly references: ReadonlySet<string> }

export interface DocumentLine {
  readonly number: number; readonly reference: string; readonly kind: string; readonly class: string | null; readonly owner: string; readonly matter: string | null; readonly validUntil: string | null;
  readonly existenceLevel: Level | null; readonly label: LabelCore; readonly contact: { readonly ja: string; readonly en: string } | null;
  readonly portions: readonly { readonly name: Portion; readonly text: { readonly ja: string; readonly en: string }; /** Of its own, where it has one. */ readonly label: LabelCore | undefined }[];
}

export function documentOf({ number, values }: ReadLine): DocumentLine {
  const given = <T>(name: string): T | null => (values[name] ?? null) as T | null;
  const level = LEVELS.indexOf(given<(typeof LEVELS)[number]>("existenceLevel") ?? "PUBLIC") as Level;
  return {
    number, reference: String(values["reference"]), kind: String(values["kind"]), class: given("class"), owner: String(values["owner"]), matter: given("matter"), validUntil: given("validUntil"),
    existenceLevel: values["existenceLevel"] === undefined ? null : level, label: values["label"] as LabelCore, contact: given("contact"), portions: portionsOf(values),
  };
}

function portionsOf(values: Values): DocumentLine["portions"] {
  return PORTIONS.flatMap((name) => { const text = values[name] as DocumentLine["contact"] | undefined; return text === undefined || text === null ? [] : [{ name, text, label: values[`${name}.label`] as LabelCore | undefined }]; });
}

/** Last day of a label: of a portion only where it is of a designation. */
export function lastDayOf({ validUntil }: DocumentLine, core: LabelCore, isPortion: boolean): string | null {
  return validUntil === null || (isPortion && core.need.length === 0 && !core.regimes.some((regime) => DATED_REGIMES.has(regime))) ? null : validUntil;
}

/** Designations of the register among the tokens of a label. */
export function designationsOf(known: Known, core: LabelCore): readonly Entry[] {
  return core.need.flatMap((token) => { const entry = known.entries.get(token); return entry?.kind === "DESIGNATION" ? [entry] : []; });
}

/** Everything that is wrong with a line. */
export function checkDocument(context: ImportContext, known: Known, document: DocumentLine): readonly Finding[] {
  const { number, portions, label, kind, matter } = document;
  return [
    ...checkOwner(context, document),
    ...(kind.trim().toUpperCase() === EDITION ? [finding(number, "kind", "VALUE")] : []),
    ...(known.references.has(document.reference) ? [finding(number, "reference", "EXISTS")] : []),
    ...(matter !== null && !known.entries.has(matter) ? [finding(number, "matter", "TOKEN_UNKNOWN")] : []),
    ...checkOne(context, known, { document, core: label, column: "label", isPortion: false }),
    ...checkDays(context, known, document),
    ...portions.flatMap(({ name, label: own }) => own === undefined ? [] : [
      ...checkOne(context, known, { document, core: own, column: `${name}.label`, isPortion: true }),
      ...(dominates(label, own) ? [] : [finding(number, `${name}.label`, "PORTION_ABOVE")]),
    ]),
  ];
}

function checkOwner(context: ImportContext, { number, owner, label }: DocumentLine): readonly Finding[] {
  const { policy, ministry } = context;
  if (!policy.members.isKnownOrg(owner) || policy.members.keeperOf(owner) !== ministry.name) return [finding(number, "owner", "OWNER")];
  if (!hasRoleOver(context, "PROPOSE", owner)) return [finding(number, "owner", "ROLE")];
  return label.owners[owner] === undefined && label.level > 0 ? [finding(number, "label", "OWNER")] : [];
}

/** A portion without a text is nothing that a label could be of. */
export function checkPortionTexts({ number, values }: ReadLine): readonly Finding[] {
  return PORTIONS.flatMap((name) => (values[`${name}.label`] !== undefined && values[name] === undefined ? [finding(number, `${name}.ja`, "MISSING")] : []));
}

interface Checked { readonly document: DocumentLine; readonly core: LabelCore; readonly column: string; readonly isPortion: boolean }

function checkOne(context: ImportContext, known: Known, { document, core, column, isPortion }: Checked): readonly Finding[] {
  const { ministry, policy, asker, now } = context;
  const { number, existenceLevel, validUntil } = document;
  const facts: LabelFacts = { kind: isPortion ? "portion" : "record", tokenOf: (token) => known.entries.get(token), validUntil, existenceLevel: isPortion ? null : existenceLevel };
  const reasons = new Set(checkLabel(policy, core, facts).map(({ rule }: LabelFinding) => reasonOfRule(rule)));
  // What this ministry gave is in its own register: where its entry is not read, as when the designation has lapsed, nothing new comes under it.
  const held = new Set(asker.subject.assignments.filter(({ grantedBy }) => policy.members.keeperOf(grantedBy) !== ministry.name).map(({ token }) => token));
  if (core.need.some((token) => !known.entries.has(token) && !held.has(token))) reasons.add("TOKEN_UNKNOWN");
  if (isReleased(core)) reasons.add("RELEASE");
  if (!isAccreditedFor(policy, ministry.name, core, now)) reasons.add("NOT_PERMITTED");
  if (reasons.size === 0) {
    const label = labelOf(core, { existence: isPortion ? undefined : existenceOf(core, existenceLevel), ...lifecycleOf(lastDayOf(document, core, isPortion)) });
    if (!mayWrite(context, label)) reasons.add("NOT_PERMITTED");
  }
  return [...reasons].map((reason) => finding(number, column, reason));
}

export function lifecycleOf(validUntil: string | null): { readonly lifecycle?: { readonly validUntil: string } } { return validUntil === null ? {} : { lifecycle: { validUntil } }; }

/** Nothing outlives the designation under which it is written. */
function checkDays({ today }: ImportContext, known: Known, { number, validUntil, label }: DocumentLine): readonly Finding[] {
  const designations = designationsOf(known, label);
  if (validUntil !== null && validUntil < today) return [finding(number, "validUntil", "LIMIT")];
  return [
    ...designations.flatMap((entry) => (validUntil !== null && entry.validUntil !== null && validUntil > entry.validUntil ? [finding(number, "validUntil", "LIMIT")] : [])),
    ...designations.flatMap((entry) => (entry.validUntil !== null && entry.validUntil < today ? [finding(number, "label", "STATE")] : [])),
    ...(designations.length > 0 && label.level > HIGHEST_MARKED ? [finding(number, "label", "LIMIT")] : []),
  ];
}
