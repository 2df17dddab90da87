/**
 * What a designation does to the registers (SPEC 15.23): entry, marks on records, first handlers, later days, end. Which label each place of a record had before and has since is kept
 * with the mark, so that the end takes away what was added. Functions of the keeper; places that are named wrongly, or are not all of a record, change nothing.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { PORTIONS } from "../../../schema/label";
import { READABLE_SETTING, isMember } from "./guards";
import { installStatements } from "./items";
import type { MinistryRoles } from "./roles";

const definer = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp";

export const GUARDED_MARKS: Readonly<Record<string, string>> = { "vault.designation_mark": READABLE_SETTING };

const TABLES: readonly string[] = [
  `CREATE TABLE vault.designation_mark (
    item_id text REFERENCES vault.item, record_id text REFERENCES vault.record, place text COLLATE "C", label_id int NOT NULL REFERENCES vault.label, before_label int NOT NULL REFERENCES vault.label,
    after_label int NOT NULL REFERENCES vault.label, class text COLLATE "C", valid_until text COLLATE "C", ended boolean NOT NULL, PRIMARY KEY (item_id, record_id, place))`,
  "CREATE INDEX designation_mark_record ON vault.designation_mark (record_id)",
  "CREATE INDEX designation_mark_label ON vault.designation_mark (label_id)",
];

/** Gives one place another label; false when it does not have the one that it should. */
const relabel = `CREATE FUNCTION vault.relabel_place(p_record text, p_place text, p_before int, p_after int) RETURNS boolean ${definer} AS $$
BEGIN
  IF p_place = 'record' THEN
    UPDATE vault.record r SET label_id = p_after WHERE r.id = p_record AND r.label_id = p_before;
    IF NOT FOUND THEN RETURN false; END IF;
    UPDATE vault.content c SET label_id = p_after WHERE c.id = p_record AND c.label_id = p_before;
  ELSIF p_place = ANY('{${PORTIONS.join(",")}}') THEN
    EXECUTE format('UPDATE vault.record SET %I = $1 WHERE id = $2 AND %I = $3', p_place || '_label', p_place || '_label') USING p_after, p_record, p_before;
    UPDATE vault.portion p SET label_id = p_after WHERE p.record_id = p_record AND p.name = p_place AND p.label_id = p_before;
  ELSE
    UPDATE vault.edge e SET label_id = p_after WHERE e.from_id = p_record AND e.name = 'refersTo' AND 'refersTo.' || e.position = p_place AND e.label_id = p_before;
  END IF;
  RETURN FOUND;
END $$`;

/** A file that the asker may read; nothing otherwise. */
const file = `CREATE FUNCTION vault.file_of(p_item text) RETURNS vault.item ${definer} AS $$
DECLARE found vault.item;
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  SELECT * INTO found FROM vault.item i WHERE i.id = p_item AND i.workflow = 'DesignationFile' AND ${isMember("i.label_id", READABLE_SETTING)};
  RETURN found;
END $$`;

/** Records carry one such mark at a time, and only whole: with every portion and every link. An edition for release is no information of its own. */
const designate = `CREATE FUNCTION designate(p_actor text, p_item text, p_entry jsonb, p_places jsonb, p_handlers text[]) RETURNS text ${definer} AS $$
DECLARE held vault.item; entry vault.matter_entry; place record; one text; records text[]; wanted bigint; given bigint;
BEGIN
  held := vault.file_of(p_item);
  IF held.id IS NULL THEN RETURN 'STATE'; END IF;
  SELECT array_agg(DISTINCT p->>'record'), count(*) INTO records, given FROM jsonb_array_elements(p_places) p;
  records := COALESCE(records, '{}');
  SELECT count(*) INTO wanted FROM (
    SELECT r.id FROM vault.record r JOIN vault.content c ON c.id = r.id WHERE r.id = ANY(records) AND r.tearline_of_label IS NULL AND ${isMember("c.label_id", READABLE_SETTING)}
    UNION ALL SELECT p.record_id FROM vault.portion p WHERE p.record_id = ANY(records) UNION ALL SELECT e.from_id FROM vault.edge e WHERE e.from_id = ANY(records) AND e.name = 'refersTo') parts;
  IF wanted <> given OR EXISTS (SELECT FROM vault.designation_mark m WHERE m.record_id = ANY(records) AND NOT m.ended) THEN RETURN 'STATE'; END IF;
  IF EXISTS (SELECT FROM vault.matter_entry e WHERE e.token = p_entry->>'token') THEN RETURN 'STATE'; END IF;
  INSERT INTO vault.matter (id, designation_id, label_id, contact_ja, contact_en)
    SELECT p_entry->>'matter', p_entry->>'designation', (p_entry->>'label')::int, known.contact_ja, known.contact_en
    FROM (SELECT 1) one LEFT JOIN LATERAL (SELECT m.contact_ja, m.contact_en FROM vault.matter m JOIN vault.matter_entry e ON e.id = m.id WHERE e.issuer = p_entry->>'issuer' AND m.contact_ja IS NOT NULL ORDER BY m.id LIMIT 1) known ON true;
  INSERT INTO vault.matter_entry (id, label_id, token, name_ja, name_en, kind, issuer, regime, designated_on, valid_until, statutory_item, assignment_label)
    VALUES (p_entry->>'matter', (p_entry->>'label')::int, p_entry->>'token', p_entry->'name'->>'ja', p_entry->'name'->>'en', 'DESIGNATION', p_entry->>'issuer', p_entry->>'regime', p_entry->>'designatedOn',
      p_entry->>'validUntil', p_entry->>'statutoryItem', (p_entry->>'assignmentLabel')::int) RETURNING * INTO entry;
  FOR place IN SELECT p->>'record' AS record_id, p->>'place' AS name, (p->>'before')::int AS before, (p->>'after')::int AS after FROM jsonb_array_elements(p_places) p LOOP
    INSERT INTO vault.designation_mark SELECT p_item, place.record_id, place.name, held.label_id, place.before, place.after, c.class, c.valid_until, false FROM vault.content c WHERE c.id = place.record_id;
    IF NOT vault.relabel_place(place.record_id, place.name, place.before, place.after) THEN RETURN 'STATE'; END IF;
  END LOOP;
  UPDATE vault.content c SET class = p_entry->>'class', valid_until = entry.valid_until WHERE c.id = ANY(records);
  FOREACH one IN ARRAY p_handlers LOOP
    INSERT INTO vault.assignment VALUES (one, entry.token, entry.assignment_label, entry.id, (SELECT s.person_id FROM vault.subject s WHERE s.id = one), 'HANDLER', entry.designated_on, p_entry->>'handlersUntil', entry.issuer, p_entry->>'reason');
  END LOOP;
  PERFORM vault.append(p_actor, 'DESIGNATE', jsonb_build_object('item', p_item, 'entry', p_entry, 'places', p_places, 'handlers', to_jsonb(p_handlers)));
  RETURN 'DONE';
END $$`;

/** Gives every marked place of a file another label: for a later last day, or for the end. What was re-labelled otherwise meanwhile refuses. */
const redesignate = `CREATE FUNCTION redesignate(p_actor text, p_item text, p_token text, p_places jsonb, p_entry_label int, p_valid_until text, p_ended boolean) RETURNS text ${definer} AS $$
DECLARE held vault.item; mark vault.designation_mark; next int; given bigint := jsonb_array_length(p_places); marked bigint;
BEGIN
  held := vault.file_of(p_item);
  IF held.id IS NULL OR held.body->>'token' <> p_token THEN RETURN 'STATE'; END IF;
  SELECT count(*) INTO marked FROM vault.designation_mark m WHERE m.item_id = p_item AND NOT m.ended;
  IF marked <> given THEN RETURN 'STATE'; END IF;
  FOR mark IN SELECT * FROM vault.designation_mark m WHERE m.item_id = p_item AND NOT m.ended LOOP
    SELECT (p->>'after')::int INTO next FROM jsonb_array_elements(p_places) p WHERE p->>'record' = mark.record_id AND p->>'place' = mark.place;
    IF NOT FOUND OR NOT vault.relabel_place(mark.record_id, mark.place, mark.after_label, next) THEN RETURN 'STATE'; END IF;
    UPDATE vault.designation_mark m SET after_label = next, ended = p_ended WHERE m.item_id = p_item AND m.record_id = mark.record_id AND m.place = mark.place;
    IF mark.place = 'record' THEN
      UPDATE vault.content c SET valid_until = CASE WHEN p_ended THEN mark.valid_until ELSE p_valid_until END, class = CASE WHEN p_ended THEN mark.class ELSE c.class END WHERE c.id = mark.record_id;
    END IF;
  END LOOP;
  UPDATE vault.matter m SET label_id = p_entry_label FROM vault.matter_entry e WHERE e.id = m.id AND e.token = p_token;
  UPDATE vault.matter_entry e SET label_id = p_entry_label, valid_until = p_valid_until WHERE e.token = p_token;
  IF p_ended THEN DELETE FROM vault.assignment a WHERE a.token = p_token; END IF;
  PERFORM vault.append(p_actor, CASE WHEN p_ended THEN 'END_DESIGNATION' ELSE 'EXTEND_DESIGNATION' END, jsonb_build_object('item', p_item, 'token', p_token, 'validUntil', p_valid_until, 'places', p_places));
  RETURN 'DONE';
END $$`;

export const MARK_VIEWS: Readonly<Record<string, string>> = { designation_mark: "SELECT item_id, record_id, place, label_id, before_label, after_label, ended FROM vault.designation_mark" };

const CALLABLE: readonly string[] = ["designate(text, text, jsonb, jsonb, text[])", "redesignate(text, text, text, jsonb, int, text, boolean)"];

/** The migration that makes them, for these roles. */
export function designationsMigration(roles: MinistryRoles): new () => MigrationInterface {
  return class Designations1764000000000 implements MigrationInterface {
    readonly name = "Designations1764000000000";

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of installStatements(roles, { tables: TABLES, guarded: GUARDED_MARKS, functions: [relabel, file, designate, redesignate], views: MARK_VIEWS, callable: CALLABLE })) await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> {
      await runner.query("DROP VIEW public.designation_mark");
      for (const signature of CALLABLE) await runner.query(`DROP FUNCTION public.${signature}`);
      for (const name of ["relabel_place", "file_of"]) await runner.query(`DROP FUNCTION vault.${name}`);
      await runner.query("DROP TABLE vault.designation_mark");
    }
  };
}
