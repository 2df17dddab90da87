/**
 * Words from and to those who use what a designation covers (SPEC 15.26, 15.27): a handler challenges it by a record that they read, without the file; whoever challenged hears what became of it; and whoever made or released
 * something further of a record hears that the record is designated, or is not any more. Functions of the keeper: nobody learns from them who else there is.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { READABLE_SETTING, isMember } from "./guards";
import { installStatements } from "./items";
import type { MinistryRoles } from "./roles";

const definer = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp";

/** Steps since a challenge was last decided. */
export const SINCE_UPHELD = "s.number > COALESCE((SELECT max(u.number) FROM vault.step u WHERE u.item_id = s.item_id AND u.name = 'UPHOLD_DESIGNATION' AND u.number < i.version), 0)";

/**
 * The file in force by which a place is marked that the asker may read. Nothing for any other record, be it hidden, not designated, or not there; nor for whoever waits for the answer to a challenge of theirs. Whether
 * others have challenged it makes no difference.
 */
export const challenged = `CREATE FUNCTION vault.challenged(p_actor text, p_record text) RETURNS TABLE (file text, owner text, label jsonb) ${definer} AS $$
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  RETURN QUERY SELECT i.id, i.owner::text, l.body FROM vault.item i JOIN vault.label l ON l.id = i.label_id WHERE i.workflow = 'DesignationFile' AND i.state IN ('ACTIVE', 'CHALLENGED')
    AND EXISTS (SELECT FROM vault.designation_mark m WHERE m.item_id = i.id AND m.record_id = p_record AND NOT m.ended AND ${isMember("m.after_label", READABLE_SETTING)})
    AND NOT EXISTS (SELECT FROM vault.step s WHERE s.item_id = i.id AND s.name = 'CHALLENGE_DESIGNATION' AND s.actor = p_actor AND i.state = 'CHALLENGED' AND ${SINCE_UPHELD.replace(" AND u.number < i.version", "")});
END $$`;

const forChange = `CREATE FUNCTION challenged_file(p_actor text, p_record text) RETURNS TABLE (file text, owner text, label jsonb) ${definer} AS $$
BEGIN RETURN QUERY SELECT * FROM vault.challenged(p_actor, p_record); END $$`;

/** The step that a reader of the file takes, in the name of whoever handles a record of it; what they said is kept with it. */
const challenge = `CREATE FUNCTION challenge_designation(p_actor text, p_record text, p_challenge text) RETURNS boolean ${definer} AS $$
DECLARE held vault.item;
BEGIN
  SELECT i.* INTO held FROM vault.item i WHERE i.id = (SELECT c.file FROM vault.challenged(p_actor, p_record) c);
  IF held.id IS NULL THEN RETURN false; END IF;
  UPDATE vault.item SET state = 'CHALLENGED', version = held.version + 1, body = held.body || jsonb_build_object('challenge', p_challenge), number = (SELECT revision + 1 FROM vault.revision) WHERE id = held.id;
  INSERT INTO vault.step VALUES (held.id, held.version + 1, held.label_id, 'CHALLENGE_DESIGNATION', p_actor, clock_timestamp(), held.state, 'CHALLENGED', jsonb_build_object('challenge', p_challenge));
  INSERT INTO vault.notice (id, label_id, subject, item_id, workflow, kind, at, number)
    SELECT 'ntc_' || replace(gen_random_uuid()::text, '-', ''), held.label_id, s.actor, held.id, held.workflow, 'CHALLENGED', clock_timestamp(), r.revision FROM vault.step s, vault.revision r WHERE s.item_id = held.id AND s.number = 1;
  PERFORM vault.append(p_actor, 'CHALLENGE_DESIGNATION', jsonb_build_object('item', held.id, 'workflow', held.workflow, 'from', held.state, 'to', 'CHALLENGED', 'record', p_record, 'challenge', p_challenge));
  RETURN true;
END $$`;

/** As persons, like handlers: they need not read the file. */
const answer = `CREATE FUNCTION tell_challengers(p_item text, p_label int, p_kind text) RETURNS void ${definer} AS $$
DECLARE i vault.item;
BEGIN
  i := vault.file_of(p_item);
  INSERT INTO vault.notice (id, label_id, subject, item_id, workflow, kind, at, number)
    SELECT 'ntc_' || replace(gen_random_uuid()::text, '-', ''), p_label, a.actor, i.id, i.workflow, p_kind, clock_timestamp(), r.revision
    FROM (SELECT DISTINCT s.actor FROM vault.step s WHERE s.item_id = i.id AND s.name = 'CHALLENGE_DESIGNATION' AND ${SINCE_UPHELD}) a, vault.revision r;
END $$`;

/**
 * What was made of something made of a record (an answer, a product, its edition), told to whoever made it; and a release of the record's edition, told to whoever released it, who read the record then. Each about
 * their own item, under its label. Who names the record itself is told by tell_makers.
 */
export const onward = `CREATE FUNCTION tell_onward(p_item text, p_kind text) RETURNS void ${definer} AS $$
DECLARE held vault.item; records text[];
BEGIN
  held := vault.file_of(p_item);
  SELECT array_agg(DISTINCT m.record_id) INTO records FROM vault.designation_mark m WHERE m.item_id = held.id AND NOT m.ended;
  WITH RECURSIVE made(id) AS (
    SELECT unnest(records) UNION SELECT i.id FROM made JOIN vault.item i ON (i.workflow = 'Product' AND jsonb_exists(i.body->'sources', made.id))
      OR (i.workflow = 'Response' AND (jsonb_exists(i.body->'documents', made.id) OR jsonb_exists(i.body->'earlier', made.id))) OR (i.workflow = 'Tearline' AND i.body->>'product' = made.id)),
  told AS (
    SELECT i.id, (SELECT s.actor FROM vault.step s WHERE s.item_id = i.id AND s.number = 1) AS subject FROM vault.item i JOIN made ON made.id = i.id WHERE i.state NOT IN ('WITHDRAWN', 'REFUSED')
      AND NOT COALESCE(jsonb_exists_any(i.body->'sources', records), false) AND NOT COALESCE(jsonb_exists_any(i.body->'documents', records), false)
    UNION SELECT i.id, (SELECT s.actor FROM vault.step s WHERE s.item_id = i.id AND s.name = 'RELEASE' ORDER BY s.number DESC LIMIT 1) FROM vault.item i JOIN vault.edge e ON e.name = 'tearline' AND e.to_id = i.body->>'edition'
      WHERE i.workflow = 'ReleaseRequest' AND i.state = 'RELEASED' AND e.from_id = ANY(records))
  INSERT INTO vault.notice (id, label_id, subject, item_id, workflow, kind, at, number)
    SELECT 'ntc_' || replace(gen_random_uuid()::text, '-', ''), i.label_id, t.subject, i.id, i.workflow, p_kind, clock_timestamp(), r.revision FROM told t JOIN vault.item i ON i.id = t.id, vault.revision r;
END $$`;

const CALLABLE: readonly string[] = ["challenged_file(text, text)", "challenge_designation(text, text, text)", "tell_challengers(text, int, text)", "tell_onward(text, text)"];

/** The migration that makes them, for these roles. */
export function handlerWordsMigration(roles: MinistryRoles): new () => MigrationInterface {
  return class HandlerWords1768000402000 implements MigrationInterface {
    readonly name = "HandlerWords1768000402000";

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of installStatements(roles, { tables: [], guarded: {}, functions: [challenged, forChange, challenge, answer, onward], views: {}, callable: CALLABLE })) await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> {
      for (const signature of CALLABLE) await runner.query(`DROP FUNCTION public.${signature}`);
      await runner.query("DROP FUNCTION vault.challenged");
    }
  };
}
