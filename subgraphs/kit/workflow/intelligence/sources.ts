/**
 * What something is made of (SPEC 15.43, 15.45): labels of the documents and items that are named as its sources, and the consents of originators. Takes ids; gives their labels; refuses what
 * the asker may not read as what does not exist, a label below the join, and onward use that an originator controls and has not consented to.
 */
import { type LabelCore, canonical, dominates, effectiveDist, isUnder, isUnderAny, joinAll, orconOwners } from "../../../../schema/label";
import { Refusal } from "../../refusal";
import type { StepContext } from "../declare";

export interface Source { readonly id: string; readonly label: LabelCore }

/** Kinds of items of which something may be made. */
const SOURCES = ["Response", "SourceRecord", "Product"] as const;
const NOT_IN_USE = ["WITHDRAWN", "DECLINED"] as const;

/** A core as it was kept with a label, without what is outside the order. */
export function coreOf({ level, regimes, need, owners, purposes, handling }: LabelCore): LabelCore {
  return canonical({ policy: "JPN-GOV-DEMO", level, regimes, need, owners, purposes, handling });
}

/** @throws Refusal STATE when one of them is not there for the asker */
export async function sourcesOf({ query }: StepContext, ids: readonly string[]): Promise<readonly Source[]> {
  const rows = await query<{ id: string; body: LabelCore }>(`SELECT s.id, l.body FROM (SELECT c.id, c.label_id FROM content c WHERE c.id = ANY($1)
    UNION ALL SELECT i.id, i.label_id FROM item i WHERE i.id = ANY($1) AND i.workflow = ANY($2) AND i.state <> ALL($3)) s JOIN label l ON l.id = s.label_id ORDER BY s.id`, [ids, SOURCES, NOT_IN_USE]);
  if (new Set(rows.map(({ id }) => id)).size !== ids.length) throw new Refusal("REFUSED_STATE");
  return rows.map(({ id, body }) => ({ id, label: coreOf(body) }));
}

/** @throws Refusal LABEL when it is below what it was made of, or the body that has to read it may not */
export function requireAtLeast(label: LabelCore, sources: readonly Source[], reader: string): void {
  if (!dominates(coreOf(label), joinAll(sources.map((source) => source.label))) || !isUnderAny(reader, effectiveDist(label))) throw new Refusal("REFUSED_LABEL");
}

/** Of how many things each source was made, by its id: a product of what it names, and of what those are made of, as far as the asker reads it; anything else of itself. */
export async function partsOf({ query }: StepContext, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await query<{ source: string; parts: number }>(`WITH RECURSIVE made(source, part) AS (
      SELECT s, s FROM unnest($1::text[]) s
      UNION SELECT m.source, p FROM made m JOIN item i ON i.id = m.part AND i.workflow = 'Product', LATERAL jsonb_array_elements_text(i.body->'sources') p)
    SELECT m.source, count(*)::int AS parts FROM made m WHERE NOT EXISTS (SELECT FROM item i WHERE i.id = m.part AND i.workflow = 'Product' AND jsonb_array_length(i.body->'sources') > 0) GROUP BY m.source`, [ids]);
  return new Map(rows.map(({ source, parts }) => [source, parts]));
}

/** Owners who control onward use and are not of this ministry. */
export function controllersOf({ label }: Source, ministry: string): readonly string[] {
  return orconOwners(label).filter((owner) => !isUnder(owner, ministry) && !isUnder(ministry, owner));
}

/** @throws Refusal STATE when an originator has not consented to the onward use of one of them */
export async function requireConsents({ query, ministry, today }: StepContext, sources: readonly Source[]): Promise<void> {
  const controlled = sources.flatMap((source) => controllersOf(source, ministry.org).map((originator) => `${source.id} ${originator}`));
  if (controlled.length === 0) return;
  const rows = await query<{ consent: string }>("SELECT body->>'source' || ' ' || (body->>'originator') AS consent FROM item WHERE workflow = 'OriginatorConsent' AND state = 'GIVEN' AND body->>'until' >= $1", [today]);
  const given = new Set(rows.map(({ consent }) => consent));
  if (!controlled.every((needed) => given.has(needed))) throw new Refusal("REFUSED_STATE");
}
