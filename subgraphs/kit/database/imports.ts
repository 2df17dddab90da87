/**
 * What an import of a register does to the database (SPEC 17): parts of a request that is too long for one, kept for a day at most and for whoever sent them alone; and new records with the
 * marks of the designations under which they are written. Functions of the keeper; a token that is not there for the asker any more refuses, and then nothing has happened.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { READABLE_SETTING, isMember } from "./guards";
import { installStatements } from "./items";
import type { MinistryRoles } from "./roles";

const definer = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp";
/** Bytes that one person's unfinished imports may take. */
const MOST_STAGED = 16_777_216;

/** Not a register: nothing reads it but the import that it is a part of, for its sender. */
const TABLES: readonly string[] = [
  "CREATE TABLE vault.import_part (actor text, key text, part int, body text NOT NULL, at timestamptz NOT NULL, PRIMARY KEY (actor, key, part))",
];

/** How many parts are there; -1 where the sender has too much lying here. What nobody finished within a day is gone. */
const stage = `CREATE FUNCTION stage_import(p_actor text, p_key text, p_part int, p_body text) RETURNS int ${definer} AS $$
DECLARE kept bigint;
BEGIN
  DELETE FROM vault.import_part i WHERE i.at < clock_timestamp() - interval '1 day';
  INSERT INTO vault.import_part VALUES (p_actor, p_key, p_part, p_body, clock_timestamp()) ON CONFLICT (actor, key, part) DO UPDATE SET body = EXCLUDED.body, at = EXCLUDED.at;
  SELECT sum(octet_length(i.body)) INTO kept FROM vault.import_part i WHERE i.actor = p_actor;
  IF kept > ${MOST_STAGED} THEN DELETE FROM vault.import_part i WHERE i.actor = p_actor AND i.key = p_key; RETURN -1; END IF;
  RETURN (SELECT count(*) FROM vault.import_part i WHERE i.actor = p_actor AND i.key = p_key);
END $$`;

const staged = `CREATE FUNCTION staged_import(p_actor text, p_key text) RETURNS TABLE (part int, body text) ${definer} AS $$
BEGIN RETURN QUERY SELECT i.part, i.body FROM vault.import_part i WHERE i.actor = p_actor AND i.key = p_key ORDER BY i.part; END $$`;

const unstage = `CREATE FUNCTION unstage_import(p_actor text, p_key text) RETURNS void ${definer} AS $$
BEGIN DELETE FROM vault.import_part i WHERE i.actor = p_actor AND i.key = p_key; END $$`;

/** One line of history for the whole. */
const note = `CREATE FUNCTION note_import(p_actor text, p_import text, p_register text, p_lines int) RETURNS void ${definer} AS $$
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  PERFORM vault.append(p_actor, 'IMPORT', jsonb_build_object('import', p_import, 'register', p_register, 'lines', p_lines));
END $$`;

/**
 * Records that were not there before. Tokens are looked up again under the lock: a designation that ended meanwhile protects nothing any more. A file's designation marks what is written under
 * it, so that its end takes away what it added; one that is not in force marks nothing and refuses.
 */
export const IMPORT_RECORDS = `CREATE FUNCTION import_records(p_actor text, p_import text, p_tokens text[], p_records jsonb, p_contents jsonb, p_portions jsonb, p_marks jsonb) RETURNS text ${definer} AS $$
DECLARE mark record; held vault.item;
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  IF EXISTS (SELECT FROM unnest(p_tokens) t WHERE NOT EXISTS (SELECT FROM vault.matter_entry e WHERE e.token = t AND ${isMember("e.label_id", READABLE_SETTING)})) THEN RETURN 'STATE'; END IF;
  INSERT INTO vault.record SELECT * FROM jsonb_populate_recordset(null::vault.record, p_records);
  INSERT INTO vault.content SELECT * FROM jsonb_populate_recordset(null::vault.content, p_contents);
  INSERT INTO vault.portion SELECT * FROM jsonb_populate_recordset(null::vault.portion, p_portions);
  FOR mark IN SELECT m->>'record' AS record_id, m->>'place' AS place, m->>'token' AS token, (m->>'before')::int AS before, (m->>'after')::int AS after FROM jsonb_array_elements(p_marks) m LOOP
    SELECT * INTO held FROM vault.item i WHERE i.workflow = 'DesignationFile' AND i.body->>'token' = mark.token AND i.state NOT IN ('PROPOSED', 'REJECTED', 'WITHDRAWN');
    CONTINUE WHEN NOT FOUND;
    IF held.state NOT IN ('ACTIVE', 'CHALLENGED') OR EXISTS (SELECT FROM vault.designation_mark d WHERE d.record_id = mark.record_id AND d.item_id <> held.id) THEN RETURN 'STATE'; END IF;
    INSERT INTO vault.designation_mark VALUES (held.id, mark.record_id, mark.place, held.label_id, mark.before, mark.after, NULL, NULL, false);
  END LOOP;
  PERFORM vault.append(p_actor, 'IMPORT_RECORDS', jsonb_build_object('import', p_import, 'records', (SELECT jsonb_agg(r->'id') FROM jsonb_array_elements(p_records) r)));
  RETURN 'DONE';
END $$`;

export const IMPORT_CALLABLE: readonly string[] = [
  "stage_import(text, text, int, text)", "staged_import(text, text)", "unstage_import(text, text)", "note_import(text, text, text, int)", "import_records(text, text, text[], jsonb, jsonb, jsonb, jsonb)",
];

/** The migration that makes them, for these roles. */
export function importsMigration(roles: MinistryRoles): new () => MigrationInterface {
  return class Imports1764100000000 implements MigrationInterface {
    readonly name = "Imports1764100000000";

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of installStatements(roles, { tables: TABLES, guarded: {}, functions: [stage, staged, unstage, note, IMPORT_RECORDS], views: {}, callable: IMPORT_CALLABLE })) await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> {
      for (const signature of IMPORT_CALLABLE) await runner.query(`DROP FUNCTION public.${signature}`);
      await runner.query("DROP TABLE vault.import_part");
    }
  };
}
