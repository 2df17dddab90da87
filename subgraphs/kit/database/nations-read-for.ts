/**
 * For which nation somebody reads whom another ministry hosts (SPEC 15.26). Only the host states it, and which body that is; it comes here with the signed statement (6.1) by which a gateway asks for them, and is kept, so that
 * what is given to them under a token of this ministry is a line of the ledger like what is given to a liaison of its own. Functions of the keeper; the process may say what was stated, and reads nothing back.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { installStatements } from "./items";
import type { MinistryRoles } from "./roles";
import { nation } from "./under-files";

const definer = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp";

const TABLE = 'CREATE TABLE vault.reads_for (subject text COLLATE "C" PRIMARY KEY, nation text COLLATE "C" NOT NULL, host text COLLATE "C" NOT NULL)';

/** Of its own people a ministry takes nobody else's word. */
const known = `CREATE FUNCTION vault.reader_of(p_subject text) RETURNS TABLE (nation text, host text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.body->>'nation', COALESCE(s.body->>'hostOrg', '') FROM vault.subject s WHERE s.id = p_subject AND s.body->>'kind' = 'liaison'
  UNION ALL SELECT r.nation::text, r.host::text FROM vault.reads_for r WHERE r.subject = p_subject AND NOT EXISTS (SELECT FROM vault.subject s WHERE s.id = p_subject) $$`;

/** A line where the record may be shown to the nation and to the body that hosts them, as 4.4 has it: who could not be given it is not asked about it. */
const entering = `CREATE OR REPLACE FUNCTION vault.enter_nation(p_subject text, p_token text, p_granted_by text, p_role text, p_from text) RETURNS void ${definer} AS $$
DECLARE reader record; place record;
BEGIN
  SELECT * INTO reader FROM vault.reader_of(p_subject);
  IF reader.nation IS NULL OR reader.nation = 'JPN' THEN RETURN; END IF;
  FOR place IN SELECT f.id, f.label_id, f.owner, m.record_id FROM vault.item f JOIN vault.under m ON m.item_id = f.id AND m.place = 'record' JOIN vault.label l ON l.id = m.label
    WHERE f.workflow = 'DesignationFile' AND f.body->>'token' = p_token
      AND NOT EXISTS (SELECT FROM jsonb_each(l.body->'owners') o WHERE (o.value->'disp' <> '"ALL"' AND NOT jsonb_exists(o.value->'disp', reader.nation))
        OR (jsonb_typeof(o.value->'dist') = 'array' AND NOT EXISTS (SELECT FROM jsonb_array_elements_text(o.value->'dist') t(node) WHERE starts_with(reader.host || '.', t.node || '.'))))
      AND NOT EXISTS (SELECT FROM vault.item d WHERE d.workflow = 'Disclosure' AND d.body->>'file' = f.id AND d.body->>'record' = m.record_id AND d.body->>'recipient' = reader.nation AND d.body->>'edition' = 'LIAISON') LOOP
    PERFORM vault.enter_line(p_granted_by, 'itm_' || md5(concat_ws('/', place.id, place.record_id, reader.nation)), place.label_id, place.owner,
      jsonb_build_object('file', place.id, 'record', place.record_id, 'recipient', reader.nation, 'edition', 'LIAISON', 'purpose', p_role, 'on', p_from));
  END LOOP;
END $$`;

/** Waits for the ministry's lock only where it is news. An assignment that is over is nothing that they are given now. */
const note = `CREATE FUNCTION note_nation(p_subject text, p_nation text, p_host text, p_day text) RETURNS void ${definer} AS $$
BEGIN
  IF EXISTS (SELECT FROM vault.subject s WHERE s.id = p_subject) OR EXISTS (SELECT FROM vault.reads_for r WHERE r.subject = p_subject AND r.nation = p_nation AND r.host = p_host) THEN RETURN; END IF;
  PERFORM FROM vault.revision FOR UPDATE;
  INSERT INTO vault.reads_for AS r VALUES (p_subject, p_nation, p_host) ON CONFLICT (subject) DO UPDATE SET nation = p_nation, host = p_host WHERE r.nation <> p_nation OR r.host <> p_host;
  -- Whoever else waited for the lock has written it down.
  IF NOT FOUND THEN RETURN; END IF;
  PERFORM vault.append(p_subject, 'NOTE_NATION', jsonb_build_object('subject', p_subject, 'nation', p_nation, 'host', p_host));
  PERFORM vault.enter_nation(a.subject, a.token, a.granted_by, a.role, a."from") FROM vault.assignment a WHERE a.subject = p_subject AND a.until >= p_day;
END $$`;

const CALLABLE: readonly string[] = ["note_nation(text, text, text, text)"];

/** The migration that makes them, for these roles. */
export function nationsReadForMigration(roles: MinistryRoles): new () => MigrationInterface {
  return class NationsReadFor1768300000000 implements MigrationInterface {
    readonly name = "NationsReadFor1768300000000";

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of installStatements(roles, { tables: [TABLE], guarded: {}, functions: [known, entering, note], views: {}, callable: CALLABLE })) await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> {
      await runner.query(nation.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"));
      for (const signature of CALLABLE) await runner.query(`DROP FUNCTION public.${signature}`);
      await runner.query("DROP FUNCTION vault.reader_of");
      await runner.query("DROP TABLE vault.reads_for");
    }
  };
}
