/**
 * Who abroad was given what a designation covers (SPEC 15.26): a release of an edition of a marked record, and a liaison of this ministry who is assigned to the token, are lines of the ledger of disclosures, written by
 * what happened and not by hand. Functions of the keeper, so that whoever releases or assigns learns nothing of the file; a line is written once.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { READABLE_SETTING, isMember } from "./guards";
import { installStatements } from "./items";
import type { MinistryRoles } from "./roles";

const definer = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp";

/** Files in force, and what of their records went to a partner; a release that was taken back had been given. */
export const PAIRS = `vault.item f JOIN vault.designation_mark m ON m.item_id = f.id AND m.place = 'record' AND NOT m.ended JOIN vault.edge e ON e.from_id = m.record_id AND e.name = 'tearline'
    JOIN vault.item r ON r.workflow = 'ReleaseRequest' AND r.state IN ('RELEASED', 'RECALLED') AND r.body->>'edition' = e.to_id
  WHERE f.workflow = 'DesignationFile' AND NOT EXISTS (SELECT FROM vault.item d WHERE d.workflow = 'Disclosure' AND d.body->>'file' = f.id AND d.body->>'release' = r.id)`;

/** What a file or a release that the asker may read has to be entered with. Of the file it gives the label, and nothing that is under it. */
export const unentered = `CREATE FUNCTION unentered_releases(p_file text, p_release text) RETURNS TABLE (file text, file_label jsonb, release text, edition_label jsonb) ${definer} AS $$
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  RETURN QUERY SELECT f.id, fl.body, r.id, el.body FROM vault.label fl, vault.content c, vault.label el, ${PAIRS}
    AND fl.id = f.label_id AND c.id = e.to_id AND el.id = c.label_id
    AND ((f.id = p_file AND ${isMember("f.label_id", READABLE_SETTING)}) OR (r.id = p_release AND ${isMember("r.label_id", READABLE_SETTING)})) ORDER BY 1, 3;
END $$`;

/** A line as whoever writes one by hand makes it (`open_item`), written once. */
const line = `CREATE FUNCTION vault.enter_line(p_actor text, p_id text, p_label int, p_owner text, p_body jsonb) RETURNS void ${definer} AS $$
DECLARE moment timestamptz := clock_timestamp();
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  INSERT INTO vault.item VALUES (p_id, p_label, 'Disclosure', 'RECORDED', 1, p_owner, NULL, NULL, moment, p_body, (SELECT revision + 1 FROM vault.revision));
  INSERT INTO vault.step VALUES (p_id, 1, p_label, 'RECORD_DISCLOSURE', p_actor, moment, NULL, 'RECORDED', '{}');
  PERFORM vault.append(p_actor, 'RECORD_DISCLOSURE', jsonb_build_object('item', p_id, 'workflow', 'Disclosure', 'to', 'RECORDED', 'body', p_body));
END $$`;

export const enter = `CREATE FUNCTION enter_release(p_actor text, p_file text, p_release text, p_id text, p_label int) RETURNS boolean ${definer} AS $$
DECLARE pair record;
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  SELECT f.owner, m.record_id, r.body, (SELECT to_char(max(s.at) AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD') FROM vault.step s WHERE s.item_id = r.id AND s.name = 'RELEASE') AS day INTO pair FROM ${PAIRS} AND f.id = p_file AND r.id = p_release;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM vault.enter_line(p_actor, p_id, p_label, pair.owner, jsonb_build_object('file', p_file, 'record', pair.record_id, 'recipient', pair.body->>'nation',
    'edition', pair.body->>'edition', 'release', p_release, 'purpose', concat_ws('; ', pair.body->>'agreement', pair.body->>'firm', pair.body->>'reason'), 'on', pair.day));
  RETURN true;
END $$`;

/** Whether there is a line that the asker may not read: then they do not know who would have to be asked. */
const hidden = `CREATE FUNCTION is_ledger_hidden(p_file text) RETURNS boolean ${definer} AS $$
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  IF NOT EXISTS (SELECT FROM vault.item f WHERE f.id = p_file AND f.workflow = 'DesignationFile' AND ${isMember("f.label_id", READABLE_SETTING)}) THEN RETURN true; END IF;
  RETURN EXISTS (SELECT FROM vault.item d WHERE d.workflow = 'Disclosure' AND d.body->>'file' = p_file AND NOT ${isMember("d.label_id", READABLE_SETTING)});
END $$`;

/** A liaison reads for a government. One line a record and nation, where the record may be shown to that nation at all; which person it was is not in it. */
export const liaison = `CREATE FUNCTION vault.enter_liaison() RETURNS trigger ${definer} AS $$
DECLARE nation text; place record;
BEGIN
  SELECT s.body->>'nation' INTO nation FROM vault.subject s WHERE s.id = NEW.subject AND s.body->>'kind' = 'liaison';
  IF nation IS NULL OR nation = 'JPN' THEN RETURN NEW; END IF;
  FOR place IN SELECT f.id, f.label_id, f.owner, m.record_id FROM vault.item f JOIN vault.designation_mark m ON m.item_id = f.id AND m.place = 'record' AND NOT m.ended JOIN vault.label l ON l.id = m.after_label
    WHERE f.workflow = 'DesignationFile' AND f.body->>'token' = NEW.token AND NOT EXISTS (SELECT FROM jsonb_each(l.body->'owners') o WHERE o.value->'disp' <> '"ALL"' AND NOT jsonb_exists(o.value->'disp', nation))
      AND NOT EXISTS (SELECT FROM vault.item d WHERE d.workflow = 'Disclosure' AND d.body->>'file' = f.id AND d.body->>'record' = m.record_id AND d.body->>'recipient' = nation AND d.body->>'edition' = 'LIAISON') LOOP
    PERFORM vault.enter_line(NEW.granted_by, 'itm_' || replace(gen_random_uuid()::text, '-', ''), place.label_id, place.owner,
      jsonb_build_object('file', place.id, 'record', place.record_id, 'recipient', nation, 'edition', 'LIAISON', 'purpose', NEW.role, 'on', NEW."from"));
  END LOOP;
  RETURN NEW;
END $$`;

const CALLABLE: readonly string[] = ["unentered_releases(text, text)", "enter_release(text, text, text, text, int)", "is_ledger_hidden(text)"];

/** The migration that makes them, for these roles. */
export function recipientsMigration(roles: MinistryRoles): new () => MigrationInterface {
  return class Recipients1768000400000 implements MigrationInterface {
    readonly name = "Recipients1768000400000";

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of installStatements(roles, { tables: [], guarded: {}, functions: [unentered, line, enter, hidden, liaison], views: {}, callable: CALLABLE })) await runner.query(statement);
      await runner.query("CREATE TRIGGER enter_liaison AFTER INSERT ON vault.assignment FOR EACH ROW EXECUTE FUNCTION vault.enter_liaison()");
    }

    async down(runner: QueryRunner): Promise<void> {
      await runner.query("DROP TRIGGER enter_liaison ON vault.assignment");
      for (const name of ["enter_liaison", "enter_line"]) await runner.query(`DROP FUNCTION vault.${name}`);
      for (const signature of CALLABLE) await runner.query(`DROP FUNCTION public.${signature}`);
    }
  };
}
