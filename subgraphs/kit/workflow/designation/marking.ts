/**
 * The marks that a designation puts on records (SPEC 15.23): which places a record has, which label each of them gets, and the calls that change the registers. Takes what the asker may
 * read; refuses when that is not all of a record, so that nothing is left under its old label.
 */
import { type Label, type LabelCore, equalLabels } from "../../../../schema/label";
import { labelOf } from "../../../../schema/policy";
import { assignmentLabel, matterLabel } from "../../register-labels";
import { Refusal } from "../../refusal";
import type { StepContext } from "../declare";
import { newId } from "../runner";
import { type PlaceKind, heldCore } from "./relabel";

export interface Place { readonly record: string; readonly place: string; readonly before: number }
export interface MarkedRecord { readonly id: string; readonly owner: string; readonly label: Label }

interface DocumentRow { readonly id: string; readonly label_id: number; readonly owner: string; readonly edition: boolean }
interface PartRow { readonly record: string; readonly place: string; readonly before: number }

/** The records by their ids, as far as the asker may read them and they are no editions for release. */
export async function readRecords({ query }: StepContext, ids: readonly string[]): Promise<readonly MarkedRecord[]> {
  const rows = await query<DocumentRow>("SELECT d.id, d.label_id, d.owner, d.tearline_of_label IS NOT NULL AS edition FROM document d WHERE d.id = ANY($1::text[]) AND d.readable ORDER BY d.id", [ids]);
  const labels = await readLabels({ query }, rows.map(({ label_id: number }) => number));
  return rows.flatMap(({ id, owner, label_id: number, edition }) => { const label = labels.get(number); return edition || label === undefined ? [] : [{ id, owner, label }]; });
}

/** Every place of these records with its label of now. */
export function readPlaces({ query }: StepContext, ids: readonly string[]): Promise<readonly Place[]> {
  return query<PartRow>(`SELECT id AS record, 'record' AS place, label_id AS before FROM record WHERE id = ANY($1::text[])
    UNION ALL SELECT record_id, name, label_id FROM portion WHERE record_id = ANY($1::text[])
    UNION ALL SELECT from_id, 'refersTo.' || position, label_id FROM edge WHERE from_id = ANY($1::text[]) AND name = 'refersTo' ORDER BY 1, 2`, [ids]);
}

/** Places that a file has marked, with their labels of before. @throws Refusal when they may not be read */
export function readMarks({ query }: StepContext, file: string): Promise<readonly Place[]> {
  return query("SELECT record_id AS record, place, before_label AS before FROM designation_mark WHERE item_id = $1 AND NOT ended ORDER BY 1, 2", [file]);
}

export async function readLabels({ query }: Pick<StepContext, "query">, numbers: readonly number[]): Promise<ReadonlyMap<number, Label>> {
  const rows = await query<{ id: number; body: Label }>("SELECT id, body FROM label WHERE id = ANY($1::int[])", [[...new Set(numbers)]]);
  return new Map(rows.map(({ id, body }) => [id, body]));
}

/**
 * The number of the label that each place gets.
 * @param validUntil last day of the designation, behind which the information is held for review; none where it has ended, then a place has the last day that it had before
 */
export async function relabelPlaces(context: StepContext, places: readonly Place[], make: (core: LabelCore, kind: PlaceKind) => LabelCore, validUntil: string | null): Promise<readonly { readonly record: string; readonly place: string; readonly before: number; readonly after: number }[]> {
  const labels = await readLabels(context, places.map(({ before }) => before));
  const after = new Map<number, number>();
  for (const [number, label] of labels) {
    const kind = kindOf(places, number);
    after.set(number, await internMarked(context, label, make(coreOf(label), kind), kind, validUntil));
  }
  return places.map((place) => {
    const number = after.get(place.before);
    if (number === undefined) throw new Refusal("REFUSED_STATE");
    return { ...place, after: number };
  });
}

/** Links are labelled with two things joined, like records. */
export function kindOf(places: readonly Place[], number: number): PlaceKind {
  return places.some(({ place, before }) => before === number && (place === "record" || place.startsWith("refersTo."))) ? "record" : "portion";
}

/** That a record exists is known to whom it was known before, where that was not a matter of its content. */
async function internMarked({ intern }: StepContext, before: Label, core: LabelCore, kind: PlaceKind, validUntil: string | null): Promise<number> {
  const existence = equalLabels(coreOf(before), before.existence) ? undefined : before.existence;
  if (validUntil === null) return intern(core, { existence, validUntil: before.lifecycle?.validUntil, onLapse: before.lifecycle?.onLapse, kind });
  const held = heldCore(core);
  await intern(held, { existence, kind: "existence" });
  return intern(core, { existence, validUntil, onLapse: labelOf(held, { existence }).id, kind });
}

export function coreOf({ policy, level, regimes, need, owners, purposes, handling }: LabelCore): LabelCore { return { policy, level, regimes, need, owners, purposes, handling }; }

export interface EntryFacts { readonly token: string; readonly issuer: string; readonly level: 1 | 2; readonly rel: readonly string[]; readonly validUntil: string }

/** Number of the label of the entry in the register: for those assigned, until the last day. */
export function internEntry({ intern }: StepContext, { token, issuer, level, rel, validUntil }: EntryFacts): Promise<number> {
  const core = matterLabel({ token, issuer, existenceLevel: level, rel });
  return intern(core, { existence: { ...core, regimes: [], need: [], handling: [] }, validUntil });
}

export function internAssignment({ intern }: StepContext, token: string, issuer: string): Promise<number> { return intern(assignmentLabel(token, issuer)); }

export function newRegisterIds(): { readonly matter: string; readonly designation: string } { return { matter: newId("mtr"), designation: newId("dsg") }; }
