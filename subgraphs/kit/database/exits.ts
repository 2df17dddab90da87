/**
 * The end of access (SPEC 15.23, 15.36; decision 0025): what ends is kept in the register of former access, handlers of a designation and roles included; whoever leaves is stated as having left, which
 * every ministry's grants are subject to at once; and the person behind a subject is remembered, so that what is granted again is known to be the same person's.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { installStatements } from "./items";
import type { MinistryRoles } from "./roles";

const definer = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp";

/** Read by nobody but the functions below. */
export const EXIT_TABLES: readonly string[] = ["person_link"];

/** Purposes that come with an office: they end with it. */
export const OFFICE_PURPOSES = ["ACCESS-DECISION", "COMPLAINT", "CONTRACT", "DESIGNATION", "INCIDENT", "OVERSIGHT", "REQUIREMENTS", "VETTING"] as const;

const TABLES: readonly string[] = [
  "CREATE TABLE vault.person_link (subject text COLLATE \"C\" PRIMARY KEY, person_id text NOT NULL)",
  "INSERT INTO vault.person_link SELECT DISTINCT ON (a.subject) a.subject, a.person_id FROM vault.assignment a WHERE a.person_id IS NOT NULL ORDER BY a.subject, a.person_id",
];

const personOf = `CREATE FUNCTION vault.person_of(p_subject text) RETURNS text ${definer} AS $$
BEGIN
  RETURN COALESCE((SELECT s.person_id FROM vault.subject s WHERE s.id = p_subject), (SELECT p.id FROM vault.person p WHERE p.subject = p_subject ORDER BY p.id LIMIT 1), (SELECT l.person_id FROM vault.person_link l WHERE l.subject = p_subject));
END $$`;

/** Whose an assignment is, whoever writes it; and that nobody but the person of a case is assigned as such. */
const link = `CREATE FUNCTION vault.link_person() RETURNS trigger ${definer} AS $$
BEGIN
  NEW.person_id := COALESCE(NEW.person_id, vault.person_of(NEW.subject));
  IF NEW.person_id IS NOT NULL THEN INSERT INTO vault.person_link VALUES (NEW.subject, NEW.person_id) ON CONFLICT (subject) DO UPDATE SET person_id = EXCLUDED.person_id; END IF;
  IF NEW.role = 'SELF' AND NOT EXISTS (SELECT FROM vault.item i WHERE i.subject = NEW.subject AND i.body->>'case' = NEW.token) THEN NEW.role := 'READER'; END IF;
  RETURN NEW;
END $$`;

/** Before the assignments of a designation end. A person whom no register knows is kept under the name by which they sign in. */
const keep = `CREATE FUNCTION keep_former_handlers(p_item text, p_label int, p_day text) RETURNS void ${definer} AS $$
DECLARE held vault.item;
BEGIN
  held := vault.file_of(p_item);
  INSERT INTO vault.former_access (label_id, person_id, token, "from", until)
    SELECT p_label, COALESCE(a.person_id, a.subject), a.token, a."from", GREATEST(a."from", LEAST(a.until, p_day)) FROM vault.assignment a WHERE a.token = held.body->>'token';
END $$`;

/** Everything that this ministry gave a person ends, also what the asker may not know of, and is kept in the register of former access; nothing is said of how much it was. */
const leave = `CREATE OR REPLACE FUNCTION end_all_access(p_actor text, p_subject text, p_person text, p_label int, p_day text, p_reason text) RETURNS boolean ${definer} AS $$
DECLARE v_person text; ended jsonb; roles jsonb;
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  v_person := COALESCE(vault.person_of(p_subject), p_person);
  IF v_person IS NULL THEN RETURN false; END IF;
  -- The person goes on reading the cases that are about them.
  SELECT jsonb_agg(jsonb_build_object('token', a.token, 'from', a."from")) INTO ended FROM vault.assignment a WHERE a.subject = p_subject AND a.role <> 'SELF';
  SELECT jsonb_agg(jsonb_build_object('token', 'ROLE.' || (t.body->>'role') || '/' || (t.body->>'org'), 'from', t.body->>'from')) INTO roles
    FROM vault.statement t WHERE t.list = 'roles' AND t.body->>'subject' = p_subject AND t.body->>'from' <= p_day;
  INSERT INTO vault.former_access (label_id, person_id, token, "from", until)
    SELECT p_label, v_person, x->>'token', x->>'from', GREATEST(x->>'from', p_day) FROM jsonb_array_elements(COALESCE(ended, '[]') || COALESCE(roles, '[]')) x;
  DELETE FROM vault.assignment a USING jsonb_array_elements(COALESCE(ended, '[]')) x WHERE a.subject = p_subject AND a.token = x->>'token';
  UPDATE vault.eligibility e SET status = 'EXPIRED' WHERE e.person_id = v_person AND e.evaluation IS NOT NULL AND e.status IN ('ACTIVE', 'SUSPENDED');
  UPDATE vault.eligibility e SET status = 'EXPIRED' WHERE e.person_id = v_person AND e.status IN ('ACTIVE', 'SUSPENDED')
    AND EXISTS (SELECT FROM vault.statement t WHERE t.list = 'eligibilities' AND t.body->>'subject' = p_subject AND t.body->>'regime' = e.regime AND t.body->>'grantedBy' = e.granted_by AND e.regime <> 'VET');
  UPDATE vault.statement t SET body = t.body || '{"status": "EXPIRED"}' WHERE t.list = 'eligibilities' AND t.body->>'subject' = p_subject AND t.body->>'regime' <> 'VET' AND t.body->>'status' IN ('ACTIVE', 'SUSPENDED');
  DELETE FROM vault.statement t WHERE t.list = 'roles' AND t.body->>'subject' = p_subject;
  -- Where the ministry is the person's home, everybody hears of it.
  UPDATE vault.subject s SET body = s.body || jsonb_build_object('left', p_day, 'purposes', (s.body->'purposes') - ARRAY[${OFFICE_PURPOSES.map((purpose) => `'${purpose}'`).join(", ")}]) WHERE s.id = p_subject;
  PERFORM vault.append(p_actor, 'END_ALL_ACCESS', jsonb_build_object('subject', p_subject, 'ended', ended, 'roles', roles, 'day', p_day, 'reason', p_reason));
  RETURN true;
END $$`;

/** Cases that were opened before: the person whom they are about is assigned as such. */
const OWN_CASES = `UPDATE vault.assignment a SET role = 'SELF' FROM vault.matter_entry e WHERE e.token = a.token AND e.kind = 'CASE' AND a.role = 'READER'
  AND EXISTS (SELECT FROM vault.item i WHERE i.subject = a.subject AND i.body->>'case' = a.token)`;

const CALLABLE: readonly string[] = ["keep_former_handlers(text, int, text)"];

/** The migration that makes them, for these roles. */
export function exitsMigration(roles: MinistryRoles): new () => MigrationInterface {
  return class Exits1764500000000 implements MigrationInterface {
    readonly name = "Exits1764500000000";

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of installStatements(roles, { tables: TABLES, guarded: {}, functions: [personOf, link, keep, leave], views: {}, callable: CALLABLE })) await runner.query(statement);
      await runner.query("CREATE TRIGGER link_person BEFORE INSERT ON vault.assignment FOR EACH ROW EXECUTE FUNCTION vault.link_person()");
      await runner.query(OWN_CASES);
    }

    async down(runner: QueryRunner): Promise<void> {
      await runner.query("DROP TRIGGER link_person ON vault.assignment");
      for (const signature of CALLABLE) await runner.query(`DROP FUNCTION public.${signature}`);
      for (const name of ["link_person", "person_of"]) await runner.query(`DROP FUNCTION vault.${name}`);
      await runner.query("DROP TABLE vault.person_link");
    }
  };
}
