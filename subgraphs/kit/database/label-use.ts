/**
 * Keeper's function for labels that somebody needs (SPEC 15.2): each new one is kept for ever and looked at by every request, so a person uses so many different ones a day and no more. Counts what the
 * person used, new or not: whether another has used a label before is not told by it.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { installStatements } from "./items";
import type { MinistryRoles } from "./roles";

/** Different labels that one person may use a day, in steps and imports of one ministry: demo policy. */
export const MOST_LABELS_A_DAY = 2_000;

const TABLES: readonly string[] = ["CREATE TABLE vault.label_use (actor text, day text, used int REFERENCES vault.label, PRIMARY KEY (actor, day, used))"];

/** Number of a label; null beyond the most. Days that are over are forgotten. */
const internFor = `CREATE FUNCTION intern_label_for(p_actor text, p_day text, p_most int, p_key text, p_body jsonb) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE known int;
BEGIN
  SELECT l.id INTO known FROM vault.label l WHERE l.key = p_key;
  IF known IS NOT NULL AND EXISTS (SELECT FROM vault.label_use u WHERE u.actor = p_actor AND u.day = p_day AND u.used = known) THEN RETURN known; END IF;
  DELETE FROM vault.label_use u WHERE u.actor = p_actor AND u.day < p_day;
  IF (SELECT count(*) FROM vault.label_use u WHERE u.actor = p_actor AND u.day = p_day) >= p_most THEN RETURN NULL; END IF;
  INSERT INTO vault.label (key, body) VALUES (p_key, p_body) ON CONFLICT (key) DO NOTHING;
  SELECT l.id INTO known FROM vault.label l WHERE l.key = p_key;
  INSERT INTO vault.label_use VALUES (p_actor, p_day, known) ON CONFLICT DO NOTHING;
  RETURN known;
END $$`;

const CALLABLE: readonly string[] = ["intern_label_for(text, text, int, text, jsonb)"];

/** The migration that makes it, for these roles. */
export function labelUseMigration(roles: MinistryRoles): new () => MigrationInterface {
  return class LabelUse1768000301000 implements MigrationInterface {
    readonly name = "LabelUse1768000301000";

    async up(runner: QueryRunner): Promise<void> { for (const statement of installStatements(roles, { tables: TABLES, guarded: {}, functions: [internFor], views: {}, callable: CALLABLE })) await runner.query(statement); }

    async down(runner: QueryRunner): Promise<void> {
      for (const signature of CALLABLE) await runner.query(`DROP FUNCTION public.${signature}`);
      await runner.query("DROP TABLE vault.label_use");
    }
  };
}
