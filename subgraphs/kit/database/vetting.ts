/**
 * Keeper's functions for vettings (SPEC 15.30-15.39): cases, outcomes, the end of access. An outcome is a row of the register and an entry of the statement of standing, written and
 * changed together, and both know the item that they come from. What the asker may not read is refused as what is not there.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { READABLE_SETTING, isMember } from "./guards";
import { installStatements } from "./items";
import type { MinistryRoles } from "./roles";

const definer = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp";

const TABLES: readonly string[] = [
  "ALTER TABLE vault.eligibility ADD COLUMN evaluation text REFERENCES vault.item",
  "ALTER TABLE vault.statement ADD COLUMN evaluation text REFERENCES vault.item",
  "CREATE INDEX eligibility_evaluation ON vault.eligibility (evaluation)",
  "CREATE INDEX statement_evaluation ON vault.statement (evaluation)",
  `CREATE TABLE vault.reading (
    number bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, label_id int NOT NULL REFERENCES vault.label, item_id text NOT NULL REFERENCES vault.item, workflow text NOT NULL, subject text COLLATE "C" NOT NULL,
    actor text NOT NULL, body text NOT NULL, purpose text, at timestamptz NOT NULL)`,
  "CREATE INDEX reading_subject ON vault.reading (subject, label_id, number)",
  "CREATE INDEX item_case ON vault.item ((body->>'case'))",
];

/** Read under guard, each by its own label. */
export const GUARDED_READINGS: Readonly<Record<string, string>> = { "vault.reading": READABLE_SETTING };

export const READING_VIEWS: Readonly<Record<string, string>> = { reading: "SELECT number, label_id, item_id, workflow, subject, body, purpose, at FROM vault.reading" };

/** A reading is told to the person under the label of what they may read of the same case: the file itself they do not. Without any it is as closed as what was read. */
const noteReadings = `CREATE FUNCTION note_readings(p_actor text, p_body text, p_purpose text, p_items text[]) RETURNS void ${definer} AS $$
BEGIN
  INSERT INTO vault.reading (label_id, item_id, workflow, subject, actor, body, purpose, at)
    SELECT COALESCE((SELECT o.label_id FROM vault.item o JOIN vault.label l ON l.id = o.label_id WHERE o.body->>'case' = i.body->>'case' AND o.subject = i.subject AND l.body->'purposes' ? 'SELF-ACCESS'
        AND o.workflow IN ('Vetting', 'VettingEvaluation') ORDER BY o.opened_at LIMIT 1), i.label_id), i.id, i.workflow, i.subject, p_actor, p_body, p_purpose, clock_timestamp()
    FROM vault.item i WHERE i.id = ANY(p_items) AND i.subject <> p_actor AND ${isMember("i.label_id", READABLE_SETTING)};
END $$`;

const openCase = `CREATE FUNCTION open_case(p_actor text, p_matter text, p_token text, p_issuer text, p_label int, p_assignment_label int, p_from text, p_people jsonb) RETURNS void ${definer} AS $$
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  INSERT INTO vault.matter (id, label_id) VALUES (p_matter, p_label);
  INSERT INTO vault.matter_entry (id, label_id, token, name_ja, name_en, kind, issuer, designated_on, assignment_label)
    VALUES (p_matter, p_label, p_token, p_token, p_token, 'CASE', p_issuer, p_from, p_assignment_label);
  INSERT INTO vault.assignment SELECT p->>'subject', p_token, p_assignment_label, p_matter, (SELECT s.person_id FROM vault.subject s WHERE s.id = p->>'subject'), p->>'role', p_from, p->>'until', p_issuer, 'CASE'
    FROM jsonb_array_elements(p_people) p;
  PERFORM vault.append(p_actor, 'OPEN_CASE', jsonb_build_object('token', p_token, 'people', p_people));
END $$`;

/** A complaint is for those whose purpose it is, whoever they are by then. */
const admitByPurpose = `CREATE FUNCTION admit_by_purpose(p_actor text, p_token text, p_purpose text, p_from text, p_until text) RETURNS boolean ${definer} AS $$
DECLARE entry vault.matter_entry;
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  SELECT * INTO entry FROM vault.matter_entry e WHERE e.token = p_token AND ${isMember("e.assignment_label", READABLE_SETTING)};
  IF NOT FOUND THEN RETURN false; END IF;
  INSERT INTO vault.assignment SELECT s.id, p_token, entry.assignment_label, entry.id, s.person_id, 'HANDLER', p_from, p_until, entry.issuer, p_purpose
    FROM vault.subject s WHERE s.body->'purposes' ? p_purpose AND s.body->>'kind' = 'official' ON CONFLICT DO NOTHING;
  PERFORM vault.append(p_actor, 'ADMIT_BY_PURPOSE', jsonb_build_object('token', p_token, 'purpose', p_purpose));
  RETURN true;
END $$`;

/** Whether somebody took a step in a case, other than in complaints about it; so too whoever is not assigned to it. */
const tookPart = `CREATE FUNCTION took_part(p_actor text, p_token text) RETURNS boolean ${definer} AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM vault.matter_entry e WHERE e.token = p_token AND ${isMember("e.assignment_label", READABLE_SETTING)}) THEN RETURN true; END IF;
  RETURN EXISTS (SELECT FROM vault.step s JOIN vault.item i ON i.id = s.item_id WHERE s.actor = p_actor AND i.body->>'case' = p_token AND i.workflow <> 'VettingComplaint');
END $$`;

/** A later outcome of the same body for the same regime takes the place of the earlier one, which stays in the register. */
const grant = `CREATE FUNCTION grant_eligibility(p_actor text, p_evaluation text, p_person text, p_label int, p_body jsonb) RETURNS boolean ${definer} AS $$
DECLARE v_subject text := p_body->>'subject'; v_person text;
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  SELECT s.person_id INTO v_person FROM vault.subject s WHERE s.id = v_subject;
  v_person := COALESCE(v_person, p_person);
  IF v_person IS NULL THEN RETURN false; END IF;
  UPDATE vault.eligibility e SET status = 'EXPIRED' WHERE e.person_id = v_person AND e.regime = p_body->>'regime' AND e.granted_by = p_body->>'grantedBy' AND e.status IN ('ACTIVE', 'SUSPENDED');
  DELETE FROM vault.statement t WHERE t.list = 'eligibilities' AND t.body->>'subject' = v_subject AND t.body->>'regime' = p_body->>'regime' AND t.body->>'grantedBy' = p_body->>'grantedBy';
  INSERT INTO vault.eligibility (label_id, person_id, regime, max_level, basis, granted_by, usable_at, investigation_id, notified_on, valid_until, status, evaluation)
    VALUES (p_label, v_person, p_body->>'regime', (p_body->>'maxLevel')::int, p_body->>'basis', p_body->>'grantedBy', ARRAY(SELECT jsonb_array_elements_text(p_body->'usableAt')),
      p_body->>'investigationId', p_body->>'notifiedOn', p_body->>'validUntil', 'ACTIVE', p_evaluation);
  INSERT INTO vault.statement (list, body, evaluation) VALUES ('eligibilities', p_body || '{"status": "ACTIVE"}', p_evaluation);
  PERFORM vault.append(p_actor, 'GRANT_ELIGIBILITY', p_body || jsonb_build_object('evaluation', p_evaluation));
  RETURN true;
END $$`;

/** Only from the states given: what has ended meanwhile does not come back. */
const change = `CREATE FUNCTION change_eligibility(p_actor text, p_evaluation text, p_from text[], p_to text, p_reason text) RETURNS boolean ${definer} AS $$
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  IF NOT EXISTS (SELECT FROM vault.item i WHERE i.id = p_evaluation AND ${isMember("i.label_id", READABLE_SETTING)}) THEN RETURN false; END IF;
  UPDATE vault.eligibility e SET status = p_to WHERE e.evaluation = p_evaluation AND e.status = ANY(p_from);
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE vault.statement t SET body = t.body || jsonb_build_object('status', p_to) WHERE t.evaluation = p_evaluation;
  PERFORM vault.append(p_actor, 'CHANGE_ELIGIBILITY', jsonb_build_object('evaluation', p_evaluation, 'to', p_to, 'reason', p_reason));
  RETURN true;
END $$`;

/** Everything that this ministry gave a person ends, also what the asker may not know of, and is kept in the register of former access; nothing is said of how much it was. */
const leave = `CREATE FUNCTION end_all_access(p_actor text, p_subject text, p_person text, p_label int, p_day text, p_reason text) RETURNS boolean ${definer} AS $$
DECLARE v_person text; ended jsonb;
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  SELECT s.person_id INTO v_person FROM vault.subject s WHERE s.id = p_subject;
  v_person := COALESCE(v_person, p_person);
  IF v_person IS NULL THEN RETURN false; END IF;
  -- The person goes on reading the cases that are about them.
  SELECT jsonb_agg(jsonb_build_object('token', a.token, 'from', a."from")) INTO ended FROM vault.assignment a WHERE a.subject = p_subject
    AND NOT (a.role = 'READER' AND EXISTS (SELECT FROM vault.item i WHERE i.subject = p_subject AND i.body->>'case' = a.token));
  INSERT INTO vault.former_access (label_id, person_id, token, "from", until)
    SELECT p_label, v_person, x->>'token', x->>'from', GREATEST(x->>'from', p_day) FROM jsonb_array_elements(COALESCE(ended, '[]')) x;
  DELETE FROM vault.assignment a USING jsonb_array_elements(COALESCE(ended, '[]')) x WHERE a.subject = p_subject AND a.token = x->>'token';
  UPDATE vault.eligibility e SET status = 'EXPIRED' WHERE e.person_id = v_person AND e.evaluation IS NOT NULL AND e.status IN ('ACTIVE', 'SUSPENDED');
  UPDATE vault.eligibility e SET status = 'EXPIRED' WHERE e.person_id = v_person AND e.status IN ('ACTIVE', 'SUSPENDED')
    AND EXISTS (SELECT FROM vault.statement t WHERE t.list = 'eligibilities' AND t.body->>'subject' = p_subject AND t.body->>'regime' = e.regime AND t.body->>'grantedBy' = e.granted_by AND e.regime <> 'VET');
  UPDATE vault.statement t SET body = t.body || '{"status": "EXPIRED"}' WHERE t.list = 'eligibilities' AND t.body->>'subject' = p_subject AND t.body->>'regime' <> 'VET' AND t.body->>'status' IN ('ACTIVE', 'SUSPENDED');
  DELETE FROM vault.statement t WHERE t.list = 'roles' AND t.body->>'subject' = p_subject;
  PERFORM vault.append(p_actor, 'END_ALL_ACCESS', jsonb_build_object('subject', p_subject, 'ended', ended, 'day', p_day, 'reason', p_reason));
  RETURN true;
END $$`;

const CALLABLE: readonly string[] = [
  "note_readings(text, text, text, text[])", "open_case(text, text, text, text, int, int, text, jsonb)", "admit_by_purpose(text, text, text, text, text)", "took_part(text, text)", "grant_eligibility(text, text, text, int, jsonb)",
  "change_eligibility(text, text, text[], text, text)", "end_all_access(text, text, text, int, text, text)",
];

/** The migration that makes them, for these roles. */
export function vettingMigration(roles: MinistryRoles): new () => MigrationInterface {
  return class Vetting1764100000000 implements MigrationInterface {
    readonly name = "Vetting1764100000000";

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of installStatements(roles, { tables: TABLES, guarded: GUARDED_READINGS, functions: [noteReadings, openCase, admitByPurpose, tookPart, grant, change, leave], views: READING_VIEWS, callable: CALLABLE })) await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> {
      for (const view of Object.keys(READING_VIEWS)) await runner.query(`DROP VIEW public.${view}`);
      await runner.query("DROP TABLE vault.reading");
      await runner.query("DROP INDEX vault.item_case");
      for (const signature of CALLABLE) await runner.query(`DROP FUNCTION public.${signature}`);
      for (const table of ["eligibility", "statement"]) await runner.query(`ALTER TABLE vault.${table} DROP COLUMN evaluation`);
    }
  };
}
