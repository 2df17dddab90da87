/**
 * Files for designations that were there without one (SPEC 15.28): what the register says of one, for whoever reads all of it; the places that need its token, wherever they are; and their labels when
 * it is extended or ends. Nothing is kept of which places these are: the token in a label says so. Functions of the keeper; what the asker may not read is refused as what is not there.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { READABLE_SETTING, isMember } from "./guards";
import { importRecords } from "./finding";
import { installStatements } from "./items";
import type { MinistryRoles } from "./roles";

const definer = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp";

/** Parts of records that need a token; and labels of before that marks of other files keep for such a part, which its end would bring back. Editions for release never need one (V9). */
const covered = `CREATE FUNCTION vault.covered(p_token text) RETURNS TABLE (record_id text, place text, mark text, label_id int) ${definer} AS $$
BEGIN
  RETURN QUERY WITH covering AS (SELECT l.id FROM vault.label l WHERE jsonb_exists(l.body->'need', p_token))
    SELECT r.id, 'record', NULL, r.label_id FROM vault.record r WHERE r.label_id IN (SELECT id FROM covering)
    UNION ALL SELECT p.record_id, p.name, NULL, p.label_id FROM vault.portion p WHERE p.label_id IN (SELECT id FROM covering)
    UNION ALL SELECT e.from_id, 'refersTo.' || e.position, NULL, e.label_id FROM vault.edge e WHERE e.name = 'refersTo' AND e.label_id IN (SELECT id FROM covering)
    UNION ALL SELECT m.record_id, m.place, m.item_id, m.before_label FROM vault.designation_mark m WHERE NOT m.ended AND m.before_label IN (SELECT id FROM covering);
END $$`;

/**
 * A designation of the register without a file, to whoever reads its entry and every record and portion that it covers; nothing otherwise. What these refer to is another's, and nothing is said of it.
 * Past its last day nobody of the ministry reads any of that: then it is for whoever is assigned to the token still, and who asks judges by the labels of before.
 */
const registered = `CREATE FUNCTION registered_designation(p_actor text, p_item text, p_token text, p_day text) RETURNS jsonb ${definer} AS $$
DECLARE entry vault.matter_entry; is_over boolean;
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  SELECT * INTO entry FROM vault.matter_entry e WHERE e.token = p_token AND e.kind = 'DESIGNATION'
    AND (${isMember("e.label_id", READABLE_SETTING)} OR (e.valid_until < p_day AND EXISTS (SELECT FROM vault.assignment a WHERE a.token = e.token AND a.subject = p_actor AND a."from" <= p_day AND a.until >= p_day)));
  IF NOT FOUND THEN RETURN NULL; END IF;
  is_over := COALESCE(entry.valid_until < p_day, false);
  IF EXISTS (SELECT FROM vault.item i WHERE i.workflow = 'DesignationFile' AND i.id <> p_item AND i.body->>'token' = p_token AND i.state NOT IN ('PROPOSED', 'REJECTED', 'WITHDRAWN')) THEN RETURN NULL; END IF;
  IF NOT is_over AND EXISTS (SELECT FROM vault.covered(p_token) c WHERE NOT starts_with(c.place, 'refersTo.') AND NOT ${isMember("c.label_id", READABLE_SETTING)}) THEN RETURN NULL; END IF;
  RETURN (SELECT jsonb_build_object('matter', m.id, 'designation', m.designation_id, 'token', entry.token, 'name', jsonb_build_object('ja', entry.name_ja, 'en', entry.name_en), 'issuer', entry.issuer, 'regime', entry.regime,
    'designatedOn', entry.designated_on, 'validUntil', entry.valid_until, 'statutoryItem', entry.statutory_item, 'entry', l.body,
    'records', COALESCE((SELECT jsonb_agg(jsonb_build_object('id', r.id, 'existence', own.body->'existence', 'covered', r.bodies) ORDER BY r.id)
      FROM (SELECT c.record_id AS id, jsonb_agg(cl.body ORDER BY c.place, c.mark) AS bodies FROM vault.covered(p_token) c JOIN vault.label cl ON cl.id = c.label_id WHERE NOT starts_with(c.place, 'refersTo.') GROUP BY c.record_id) r
      JOIN vault.record kept ON kept.id = r.id JOIN vault.label own ON own.id = kept.label_id), '[]'))
    FROM vault.matter m JOIN vault.label l ON l.id = entry.label_id WHERE m.id = entry.id);
END $$`;

/** What the file of a designation taken over covers now, with the other tokens of each place that the register knows; nothing for a file that the asker may not read. */
const places = `CREATE FUNCTION covered_places(p_item text) RETURNS TABLE (record text, place text, mark text, before int, others jsonb) ${definer} AS $$
DECLARE held vault.item;
BEGIN
  held := vault.file_of(p_item);
  IF held.id IS NULL OR NOT held.body ? 'takenOver' THEN RETURN; END IF;
  RETURN QUERY SELECT c.record_id, c.place, c.mark, c.label_id,
    COALESCE((SELECT jsonb_agg(jsonb_build_object('token', e.token, 'kind', e.kind, 'regime', e.regime, 'validUntil', e.valid_until) ORDER BY e.token)
      FROM vault.label l JOIN vault.matter_entry e ON jsonb_exists(l.body->'need', e.token) WHERE l.id = c.label_id AND e.token <> held.body->>'token'), '[]')
    FROM vault.covered(held.body->>'token') c ORDER BY 1, 2, 3;
END $$`;

/** Gives all of these places another label, or nothing: one more or less, or one that was re-labelled meanwhile, refuses. A mark of another file on a place follows it. */
const relabel = `CREATE FUNCTION relabel_covered(p_actor text, p_item text, p_places jsonb, p_entry_label int, p_valid_until text, p_ended boolean) RETURNS text ${definer} AS $$
DECLARE held vault.item; one record; v_token text; day text;
BEGIN
  held := vault.file_of(p_item);
  v_token := held.body->>'token';
  IF held.id IS NULL OR NOT held.body ? 'takenOver' OR held.state = 'PROPOSED' THEN RETURN 'STATE'; END IF;
  IF EXISTS (SELECT c.record_id, c.place, c.mark, c.label_id FROM vault.covered(v_token) c EXCEPT SELECT p->>'record', p->>'place', p->>'mark', (p->>'before')::int FROM jsonb_array_elements(p_places) p)
    OR (SELECT count(*) FROM vault.covered(v_token)) <> jsonb_array_length(p_places) THEN RETURN 'STATE'; END IF;
  FOR one IN SELECT p->>'record' AS record_id, p->>'place' AS place, p->>'mark' AS mark, (p->>'before')::int AS before, (p->>'after')::int AS after, p->>'class' AS class FROM jsonb_array_elements(p_places) p LOOP
    SELECT l.body->'lifecycle'->>'validUntil' INTO day FROM vault.label l WHERE l.id = one.after;
    IF one.mark IS NOT NULL THEN
      UPDATE vault.designation_mark m SET before_label = one.after, valid_until = CASE WHEN one.place = 'record' THEN day ELSE m.valid_until END, class = CASE WHEN one.place = 'record' AND p_ended THEN one.class ELSE m.class END
        WHERE m.item_id = one.mark AND m.record_id = one.record_id AND m.place = one.place;
      CONTINUE;
    END IF;
    IF NOT vault.relabel_place(one.record_id, one.place, one.before, one.after) THEN RETURN 'STATE'; END IF;
    UPDATE vault.designation_mark m SET after_label = one.after WHERE m.record_id = one.record_id AND m.place = one.place AND NOT m.ended AND m.after_label = one.before;
    IF one.place = 'record' THEN
      UPDATE vault.content c SET valid_until = day, class = CASE WHEN p_ended THEN COALESCE(one.class, c.class) ELSE c.class END WHERE c.id = one.record_id;
    END IF;
  END LOOP;
  UPDATE vault.matter m SET label_id = p_entry_label FROM vault.matter_entry e WHERE e.id = m.id AND e.token = v_token;
  UPDATE vault.matter_entry e SET label_id = p_entry_label, valid_until = p_valid_until WHERE e.token = v_token;
  IF p_ended THEN DELETE FROM vault.assignment a WHERE a.token = v_token; END IF;
  PERFORM vault.append(p_actor, CASE WHEN p_ended THEN 'END_DESIGNATION' ELSE 'EXTEND_DESIGNATION' END, jsonb_build_object('item', p_item, 'token', v_token, 'validUntil', p_valid_until, 'places', p_places));
  RETURN 'DONE';
END $$`;

/** What is written under a designation that was taken over needs no mark: its token says that it is covered. */
const importUnder = (text: string): string => text.replace("CONTINUE WHEN NOT FOUND;", "CONTINUE WHEN NOT FOUND OR (held.body ? 'takenOver' AND held.state IN ('ACTIVE', 'CHALLENGED'));");

const CALLABLE: readonly string[] = ["registered_designation(text, text, text, text)", "covered_places(text)", "relabel_covered(text, text, jsonb, int, text, boolean)"];

/** The migration that makes them, for these roles. */
export function takenOverMigration(roles: MinistryRoles): new () => MigrationInterface {
  return class TakenOver1768000201000 implements MigrationInterface {
    readonly name = "TakenOver1768000201000";

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of installStatements(roles, { tables: [], guarded: {}, functions: [covered, registered, places, relabel, importUnder(importRecords)], views: {}, callable: CALLABLE })) await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> {
      for (const signature of CALLABLE) await runner.query(`DROP FUNCTION public.${signature}`);
      await runner.query("DROP FUNCTION vault.covered(text)");
      await runner.query(importRecords);
    }
  };
}
