/**
 * The demonstration's JSON -> rows with labels (SPEC 6). Takes a ministry's data and a number of days by which every date is moved; gives rows and the
 * labels they carry. Labels have passed `ingestion.ts` before.
 */
import { type Label, type LabelCore, type LocalizedText, PORTIONS, type Portion, join } from "../../../schema/label";
import { DEMO_DAY, existenceOf, labelOf, shiftDate } from "../../../schema/policy";
import type { MinistryDefinition } from "../definition";
import { assignmentLabel, matterLabel, personLabel, vettingLabel } from "../register-labels";
import { type Registered, SYSTEM, TAKE_OVER, takenOverFile } from "../workflow/designation/taken-over";
import type { CoreData, MatterData, PersonData, RecordData } from "./data";
import { moveWithin } from "./move-dates";
import { portionLabelColumn } from "./tables";

export type Row = Readonly<Record<string, unknown>>;

export interface SeedRows {
  /** In the order in which they refer to each other. */
  readonly tables: readonly { readonly table: string; readonly rows: readonly Row[] }[];
  readonly labels: readonly Label[];
}

/** Regimes whose designation ends on a day: their portions end with the record. */
const DATED_REGIMES: ReadonlySet<string> = new Set(["SDS", "CESI", "EQS"]);

/** @param shiftDays whole days by which every date of the data is moved; 0 leaves them as written. */
export function rowsOf(ministry: MinistryDefinition, shiftDays: number): SeedRows {
  const labels = new Interned();
  const move = <T extends string | null>(day: T): T => (day === null ? day : shiftDate(day, shiftDays) as T);
  const { records } = ministry.demo.records;
  const documents = records.map((record) => documentRows(record, records, ministry.name, labels, move));
  const registers = [...registerRows(ministry, labels, move), ...fileRows(ministry, labels, move, shiftDays)];
  return {
    labels: labels.all(),
    tables: [
      { table: "record", rows: documents.map((rows) => rows.record) },
      { table: "content", rows: documents.map((rows) => rows.content) },
      { table: "portion", rows: documents.flatMap((rows) => rows.portions) },
      { table: "edge", rows: documents.flatMap((rows) => rows.edges) },
      ...registers,
    ],
  };
}

/** Labels by id; rows name them by id until the table has given them numbers. */
class Interned {
  readonly #labels = new Map<string, Label>();

  add(core: LabelCore, parts: Parameters<typeof labelOf>[1] = {}): string {
    const label = labelOf(core, parts);
    this.#labels.set(label.id, label);
    return label.id;
  }

  all(): readonly Label[] { return [...this.#labels.values()]; }
}

function coreOf(data: CoreData): LabelCore {
  return { policy: "JPN-GOV-DEMO", ...data };
}

type Move = <T extends string | null>(day: T) => T;

function documentRows(record: RecordData, all: readonly RecordData[], ministry: string, labels: Interned, move: Move): { record: Row; content: Row; portions: readonly Row[]; edges: readonly Row[] } {
  const core = coreOf(record.label);
  const validUntil = move(record.validUntil);
  const lifecycle = validUntil === null ? undefined : { validUntil };
  const existence = existenceOf(core, record.existenceLevel);
  const own = labels.add(core, { existence, lifecycle });
  const existenceLabel = labels.add(existence);
  const source = all.find((candidate) => candidate.id === record.tearlineOf);
  const tearlineOf = source === undefined ? undefined : labels.add(existenceOf(coreOf(source.label), source.existenceLevel));
  const portions = PORTIONS.flatMap((name): readonly LabelledPortion[] => {
    const given = record.portions?.[name];
    // Without portions of its own a record consists of its title, under its own label.
    if (given === undefined) return name === "title" ? [{ name, label: own, text: record.title, separate: false }] : [];
    return [{ name, label: labels.add(coreOf(given.label), { lifecycle: endsWithRecord(given.label) ? lifecycle : undefined }), text: given, separate: true }];
  });
  const { id } = record;
  const edge = (name: string, position: number, to: string, toMinistry: string, label: string): Row => ({ from_id: id, name, position, to_id: to, to_ministry: toMinistry, label_id: label });
  return {
    record: {
      id, label_id: own, ...portionLabels(portions), tearline_of_label: tearlineOf ?? null,
      contact_ja: record.contact.ja, contact_en: record.contact.en, matter_id: record.matter?.id ?? null, matter_ministry: record.matter?.ministry ?? null,
    },
    content: { id, label_id: own, reference: record.reference, kind: record.kind, class: record.class, owner: record.owner, valid_until: validUntil },
    portions: portions.map(({ name, label, text }) => ({ record_id: id, name, label_id: label, ja: text.ja, en: text.en })),
    edges: [
      ...(record.tearline === null ? [] : [edge("tearline", 0, record.tearline, ministry, existenceLabel)]),
      ...(record.tearlineOf === null || tearlineOf === undefined ? [] : [edge("tearlineOf", 0, record.tearlineOf, ministry, tearlineOf)]),
      ...record.refersTo.map((target, position) => edge("refersTo", position, target.id, target.ministry, labels.add(join(core, coreOf(target.existence)), { lifecycle }))),
    ],
  };
}

interface LabelledPortion { readonly name: Portion; readonly label: string; readonly text: LocalizedText; /** It has a label of its own. */ readonly separate: boolean }

function endsWithRecord(label: CoreData): boolean {
  return label.need.length > 0 || label.regimes.some((regime) => DATED_REGIMES.has(regime));
}

function portionLabels(portions: readonly LabelledPortion[]): Row {
  return Object.fromEntries(PORTIONS.map((name) => [portionLabelColumn(name), portions.find((portion) => portion.name === name && portion.separate)?.label ?? null]));
}

function registerRows(ministry: MinistryDefinition, labels: Interned, move: Move): SeedRows["tables"] {
  const { matters, standing, people, records, acknowledgements } = ministry.demo;
  const contactOf = (issuer: string): RecordData["contact"] | undefined =>
    (records.records.find((record) => record.owner === issuer) ?? records.records.find((record) => record.owner === ministry.org))?.contact;
  const byToken = new Map(matters.matters.map((matter) => [matter.token, matter]));
  const personOf = new Map<string, string>([...(standing.persons ?? []).map(({ subject, person }) => [subject, person] as const), ...standing.subjects.flatMap(({ id, person }) => person === null ? [] : [[id, person] as const]),
    ...(people?.people ?? []).flatMap(({ id, subject }) => subject === null ? [] : [[subject, id] as const])]);
  const vetted = people?.people.flatMap((person) => person.eligibilities.map((held) => ({ ...held, person: person.id })))
    ?? standing.eligibilities.flatMap((held) => { const person = personOf.get(held.subject); return person === undefined ? [] : [{ ...held, person }]; });
  return [
    { table: "matter", rows: matters.matters.map((matter) => ({
      id: matter.id, designation_id: matter.designationId, label_id: entryLabel(matter, labels, move), contact_ja: contactOf(matter.issuer)?.ja, contact_en: contactOf(matter.issuer)?.en })) },
    { table: "matter_entry", rows: matters.matters.map((matter) => ({
      id: matter.id, label_id: entryLabel(matter, labels, move), token: matter.token, name_ja: matter.name.ja, name_en: matter.name.en, kind: matter.kind, issuer: matter.issuer, regime: matter.regime,
      designated_on: move(matter.designatedOn), valid_until: move(matter.validUntil), statutory_item: matter.statutoryItem, assignment_label: labels.add(assignmentLabel(matter.token, matter.issuer)) })) },
    { table: "person", rows: (people?.people ?? []).map((person) => personRow(person, labels)) },
    { table: "eligibility", rows: vetted.map((held) => ({
      label_id: labels.add(vettingLabel(held.grantedBy)), person_id: held.person, regime: held.regime, max_level: held.maxLevel, basis: held.basis, granted_by: held.grantedBy, usable_at: held.usableAt,
      investigation_id: held.investigationId, notified_on: move(held.notifiedOn), valid_until: move(held.validUntil), status: held.status })) },
    { table: "former_access", rows: (people?.people ?? []).flatMap((person) => person.formerAccess.map((access) => ({
      label_id: labels.add(vettingLabel(ministry.org)), person_id: person.id, token: access.token, from: move(access.from), until: move(access.until) }))) },
    { table: "subject", rows: standing.subjects.map(({ person, ...subject }) => ({ id: subject.id, person_id: person, body: pick(subject, ["id", "kind", "nation", "org", "hostOrg", "purposes"]) })) },
    { table: "statement", rows: [
      ...standing.eligibilities.map((held) => ({ list: "eligibilities", body: { ...held, notifiedOn: move(held.notifiedOn), validUntil: move(held.validUntil) } })),
      ...standing.roles.map((held) => ({ list: "roles", body: { ...held, from: move(held.from), until: move(held.until) } })),
      ...standing.facilities.map((held) => ({ list: "facilities", body: { ...held, validUntil: move(held.validUntil) } })),
      ...standing.attestations.map((held) => ({ list: "attestations", body: held })),
    ] },
    { table: "acknowledgement", rows: (acknowledgements?.acknowledgements ?? []).map(({ subject, notice, version, on }) => ({
      label_id: labels.add(vettingLabel(ministry.org)), subject, notice, version, at: `${move(on)}T00:00:00+09:00` })) },
    { table: "assignment", rows: standing.assignments.map((held) => {
      const matter = byToken.get(held.token);
      if (matter === undefined) throw new Error(`${ministry.name} assigns someone to ${held.token}, which it does not keep`);
      return { subject: held.subject, token: held.token, label_id: labels.add(assignmentLabel(held.token, matter.issuer)), matter_id: matter.id, person_id: personOf.get(held.subject) ?? null,
        role: held.role, from: move(held.from), until: move(held.until), granted_by: held.grantedBy, reason: held.reason };
    }) },
  ];
}

/** Files of designations that come with the register, read by whoever reads all that they cover (SPEC 15.28). Days are worked out as written and moved like all others. */
function fileRows(ministry: MinistryDefinition, labels: Interned, move: Move, shiftDays: number): SeedRows["tables"] {
  const files = ministry.demo.matters.matters.flatMap((matter) => {
    const { file: id, regime } = matter;
    if (id === undefined || regime === null) return [];
    const { label, due, body } = takenOverFile(registeredIn(ministry, { ...matter, regime }), DEMO_DAY);
    const number = labels.add(label);
    const at = `${move(DEMO_DAY)}T00:00:00+09:00`;
    return [{
      // The line of history that says so is written last, and numbers what it is about.
      item: { id, label_id: number, workflow: "DesignationFile", state: "ACTIVE", version: 1, owner: matter.issuer, subject: null, due: move(due), opened_at: at, body: moveWithin(body, shiftDays), number: 0 },
      step: { item_id: id, number: 1, label_id: number, name: TAKE_OVER, actor: SYSTEM, at, from_state: null, to_state: "ACTIVE", note: { from: "REGISTER", reviews: "NONE_ON_RECORD" } },
    }];
  });
  return [{ table: "item", rows: files.map(({ item }) => item) }, { table: "step", rows: files.map(({ step }) => step) }];
}

/** What the register says of a designation, and the labels of all that needs its token. */
function registeredIn({ demo: { records } }: MinistryDefinition, matter: MatterData & { readonly regime: Registered["regime"] }): Registered {
  const { id, designationId, token, name, issuer, regime, designatedOn, validUntil, statutoryItem } = matter;
  const covering = records.records.map((record) => {
    const core = coreOf(record.label);
    const parts = [core, ...Object.values(record.portions ?? {}).map(({ label }) => coreOf(label))];
    return { id: record.id, existence: existenceOf(core, record.existenceLevel), covered: parts.filter(({ need }) => need.includes(token)) };
  });
  return { matter: id, designation: designationId, token, name, issuer, regime, designatedOn, validUntil, statutoryItem, entry: matterLabel(matter), records: covering.filter(({ covered }) => covered.length > 0) };
}

function entryLabel(matter: MatterData, labels: Interned, move: Move): string {
  const core = matterLabel(matter);
  const validUntil = move(matter.validUntil);
  labels.add(existenceOf(core, matter.existenceLevel));
  return labels.add(core, { existence: existenceOf(core, matter.existenceLevel), lifecycle: validUntil === null ? undefined : { validUntil } });
}

function personRow(person: PersonData, labels: Interned): Row {
  const { id, subject, reference, name, post, employment, nation, status, org, hostOrg } = person;
  return { id, label_id: labels.add(personLabel()), subject, reference, name, post_ja: post.ja, post_en: post.en, employment, nation, status, org, host_org: hostOrg };
}

function pick(value: object, keys: readonly string[]): Row {
  return Object.fromEntries(Object.entries(value).filter(([key]) => keys.includes(key)));
}
