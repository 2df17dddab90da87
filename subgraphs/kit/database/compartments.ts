/**
 * Compartments in a ministry's database (SPEC 15.51): a matter with a token of its own whose assignments all end on one day. Written by functions of the keeper; whoever extends or closes
 * one reads its assignments, which takes membership.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { READABLE_SETTING, isMember } from "./guards";
import { installStatements } from "./items";
import type { MinistryRoles } from "./roles";

const definer = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp";

const issue = `CREATE FUNCTION issue_compartment(p_actor text, p_matter text, p_token text, p_issuer text, p_label int, p_assignment_label int, p_ja text, p_en text, p_from text, p_until text, p_members text[], p_reason text)
RETURNS boolean ${definer} AS $$
DECLARE member text;
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  IF EXISTS (SELECT FROM vault.matter_entry e WHERE e.token = p_token OR e.id = p_matter) THEN RETURN false; END IF;
  INSERT INTO vault.matter (id, designation_id, label_id) VALUES (p_matter, NULL, p_label);
  INSERT INTO vault.matter_entry (id, label_id, token, name_ja, name_en, kind, issuer, regime, designated_on, valid_until, statutory_item, assignment_label)
    VALUES (p_matter, p_label, p_token, p_ja, p_en, 'INCIDENT', p_issuer, NULL, p_from, NULL, NULL, p_assignment_label);
  FOREACH member IN ARRAY p_members LOOP
    INSERT INTO vault.assignment VALUES (member, p_token, p_assignment_label, p_matter, (SELECT s.person_id FROM vault.subject s WHERE s.id = member), 'READER', p_from, p_until, p_issuer, p_reason);
  END LOOP;
  PERFORM vault.append(p_actor, 'ISSUE_COMPARTMENT', jsonb_build_object('matter', p_matter, 'token', p_token, 'from', p_from, 'until', p_until, 'members', p_members, 'reason', p_reason));
  RETURN true;
END $$`;

/** False when there is none whose assignments the asker may read. Members are moved; who was let in otherwise, as for a day in an emergency, keeps the day that was decided for them. */
const extend = `CREATE FUNCTION extend_compartment(p_actor text, p_token text, p_until text, p_reason text) RETURNS boolean ${definer} AS $$
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  UPDATE vault.assignment a SET until = p_until WHERE a.token = p_token AND a.reason = 'compartment ' || substr(a.matter_id, 5) AND ${isMember("a.label_id", READABLE_SETTING)};
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM vault.append(p_actor, 'EXTEND_COMPARTMENT', jsonb_build_object('token', p_token, 'until', p_until, 'reason', p_reason));
  RETURN true;
END $$`;

const close = `CREATE FUNCTION close_compartment(p_actor text, p_token text, p_reason text) RETURNS boolean ${definer} AS $$
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  DELETE FROM vault.assignment a WHERE a.token = p_token AND ${isMember("a.label_id", READABLE_SETTING)};
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM vault.append(p_actor, 'CLOSE_COMPARTMENT', jsonb_build_object('token', p_token, 'reason', p_reason));
  RETURN true;
END $$`;

export const COMPARTMENT_CALLABLE: readonly string[] = [
  "issue_compartment(text, text, text, text, int, int, text, text, text, text, text[], text)", "extend_compartment(text, text, text, text)", "close_compartment(text, text, text)",
];

/** The migration that makes them, for these roles. */
export function compartmentsMigration(roles: MinistryRoles): new () => MigrationInterface {
  return class Compartments1764200100000 implements MigrationInterface {
    readonly name = "Compartments1764200100000";

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of installStatements(roles, { tables: [], guarded: {}, functions: [issue, extend, close], views: {}, callable: COMPARTMENT_CALLABLE })) await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> {
      for (const signature of COMPARTMENT_CALLABLE) await runner.query(`DROP FUNCTION public.${signature}`);
    }
  };
}
