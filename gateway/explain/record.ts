/**
 * Why a subject may or may not see a record (SPEC 8.4). The officer's own answer gives the labels, so nothing is explained that the officer may not read; the simulated answer gives
 * what the subject gets of it; the one `decide` gives the rules that stand in the way. A record that the officer may not know of and one that does not exist are one refusal.
 */
import { type LabelCore, mark } from "../../schema/label";
import { decide, type Policy } from "../../schema/policy";
import type { Bundle } from "../../schema/compose";
import type { Leaving } from "../execute/stop";
import type { Stations } from "../pipeline";
import type { Asker } from "../subject/askers";
import { askWithin, type Seen } from "./ask-within";
import { isInCharge, isOwn, notYours, type Officer } from "./authority";
import { type Outcome, PlaceLabels } from "./outcome";
import { RECORD, recordQuestions, type RecordQuestion } from "./own-view";
import { tellReasons, type ToldReason } from "./reasons";
import type { RecordName } from "./request";

export interface ExplainedValue { readonly outcome: Outcome; readonly marking: { readonly ja: string; readonly en: string }; readonly reasons: readonly ToldReason[] }
export interface ExplainedRecord {
  readonly item: { readonly record: string; readonly type: string };
  /** That there is such a record. */
  readonly existence: ExplainedValue;
  readonly fields: readonly (ExplainedValue & { readonly field: string })[];
  /** Fields that the officer may know of and not read. */
  readonly notExplained: readonly string[];
}
export interface ExplainParts { readonly stations: Pick<Stations, "classOf">; readonly policy: Policy; readonly bundle: Bundle }
export interface Explained<T> { readonly data: T; readonly released: LabelCore; readonly labelIds: readonly string[]; readonly ministries: readonly string[] }

/**
 * Explains one record.
 * @param joint the subject together with the officer
 * @throws Refused BAD_USER_INPUT when it does not exist for the officer, or neither it nor the subject is the officer's to ask about
 */
export async function explainRecord(parts: ExplainParts, officer: Officer, joint: Asker, name: RecordName, signal: Leaving): Promise<Explained<ExplainedRecord>> {
  const { stations, policy, bundle: { labels } } = parts;
  const own = await find(parts, officer.asker, name, signal);
  if (own === undefined) throw notYours("no such record");
  const { question, seen } = own;
  const isExistence = (field: string): boolean => labels.isExistence(question.type, field);
  const labelOfField = (field: string): LabelCore | undefined => seen.labelAt(`${RECORD}.${field}`);
  const existence = question.fields.filter(isExistence).map(labelOfField).find((label) => label !== undefined);
  const contents = question.fields.filter((field) => !isExistence(field)).flatMap((field) => { const label = labelOfField(field); return label === undefined ? [] : [{ field, label }]; });
  if (existence === undefined) throw notYours("no such record");
  if (!isInCharge(policy, officer, joint.subject) && ![existence, ...contents.map(({ label }) => label)].some((label) => isOwn(officer, label))) throw notYours("not the officer's");

  const view = stations.classOf(joint).view;
  const same = recordQuestions(view, labels, name.ministry).find(({ type }) => type === question.type);
  const theirs = same === undefined ? undefined : await askWithin(stations, joint, { query: same.query, variables: { id: name.id } }, signal);
  const explain = (label: LabelCore, field: string | undefined): ExplainedValue => explainValue(policy, joint, label, outcomeIn(theirs, field, labelled.isOfRecord(field ?? "")));
  const labelled = new PlaceLabels(new Map(contents.map(({ field, label }) => [field, label])));
  const isWithheld = (field: string): boolean => seen.withheld.has(RECORD) || seen.withheld.has(`${RECORD}.${field}`);
  return {
    released: seen.carried.released, labelIds: seen.carried.releasedLabelIds, ministries: seen.carried.ministries,
    data: {
      item: { record: `${name.ministry}:${name.id}`, type: question.type }, existence: explain(existence, undefined),
      fields: contents.map(({ field, label }) => ({ field, ...explain(label, field) })),
      notExplained: question.fields.filter((field) => !isExistence(field) && labelOfField(field) === undefined && isWithheld(field)),
    },
  };
}

/** What `decide` says about a label, with what became of the value. */
export function explainValue(policy: Policy, joint: Asker, label: LabelCore, outcome: Outcome): ExplainedValue {
  const decision = decide(policy, joint.subject, joint.action, label, joint.ctx);
  const named = decision.outcome === "permit" ? [] : decision.reasons;
  const reasons = outcome !== "permit" && named.length === 0 ? [{ clause: "4.12", component: "record" }] : named;
  const print = (lang: "ja" | "en"): string => mark(label, policy.words, { form: "portion", lang });
  return { outcome, marking: { ja: print("ja"), en: print("en") }, reasons: tellReasons(policy, reasons, label, joint.subject) };
}

async function find({ stations, bundle }: ExplainParts, asker: Asker, { ministry, id }: RecordName, signal: Leaving): Promise<{ readonly question: RecordQuestion; readonly seen: Seen } | undefined> {
  for (const question of recordQuestions(stations.classOf(asker).view, bundle.labels, ministry)) {
    const seen = await askWithin(stations, asker, { query: question.query, variables: { id } }, signal);
    if (seen.data[RECORD] !== null && seen.data[RECORD] !== undefined) return { question, seen };
  }
  return undefined;
}

/** What became of a field, or of the record as a whole, in the simulated answer. Of a record redacted as a whole, portions with labels of their own are as if absent. */
function outcomeIn(theirs: Seen | undefined, field: string | undefined, hasLabelOfRecord: boolean): Outcome {
  const record = theirs?.data[RECORD] as Readonly<Record<string, unknown>> | null | undefined;
  if (theirs === undefined || record === null || record === undefined) return "hide";
  if (field === undefined) return "permit";
  if (record[field] !== null && record[field] !== undefined) return "permit";
  return theirs.withheld.has(`${RECORD}.${field}`) || (hasLabelOfRecord && theirs.withheld.has(RECORD)) ? "redact" : "hide";
}
