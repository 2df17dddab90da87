/**
 * The register of acknowledged legal notices (SPEC 3.12): who has read which notice in which version, and when. Rows are only ever added, each is a line of history, and each is stated with the
 * standing, so that every gateway knows of it. Read under guard like the outcome of a vetting, because it tells of one; everybody is told of their own.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { READABLE_SETTING } from "./guards";
import { installStatements } from "./items";
import type { MinistryRoles } from "./roles";

const definer = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp";

const TABLES: readonly string[] = [
  `CREATE TABLE vault.acknowledgement (
    id text PRIMARY KEY DEFAULT 'ack_' || replace(gen_random_uuid()::text, '-', ''), label_id int NOT NULL REFERENCES vault.label, subject text COLLATE "C" NOT NULL, notice text COLLATE "C" NOT NULL,
    version text COLLATE "C" NOT NULL, at timestamptz NOT NULL, UNIQUE (subject, notice, version))`,
  "CREATE INDEX acknowledgement_label ON vault.acknowledgement (label_id, subject)",
  // The lists that may be stated are a closed list; this is one of them.
  "ALTER TABLE vault.statement DROP CONSTRAINT stated_lists",
  "ALTER TABLE vault.statement ADD CONSTRAINT stated_lists CHECK (list IN ('eligibilities', 'roles', 'facilities', 'attestations', 'acknowledgements'))",
];

const state = `CREATE FUNCTION vault.state_acknowledgement() RETURNS trigger ${definer} AS $$
BEGIN
  INSERT INTO vault.statement (list, body) VALUES ('acknowledgements', jsonb_build_object('subject', NEW.subject, 'notice', NEW.notice, 'version', NEW.version));
  RETURN NULL;
END $$`;

/** Said twice is said once: the first time counts. */
const acknowledge = `CREATE FUNCTION acknowledge_notice(p_actor text, p_notice text, p_version text, p_label int) RETURNS timestamptz ${definer} AS $$
DECLARE moment timestamptz;
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  SELECT a.at INTO moment FROM vault.acknowledgement a WHERE a.subject = p_actor AND a.notice = p_notice AND a.version = p_version;
  IF FOUND THEN RETURN moment; END IF;
  moment := clock_timestamp();
  INSERT INTO vault.acknowledgement (label_id, subject, notice, version, at) VALUES (p_label, p_actor, p_notice, p_version, moment);
  PERFORM vault.append(p_actor, 'ACKNOWLEDGE_NOTICE', jsonb_build_object('notice', p_notice, 'version', p_version));
  RETURN moment;
END $$`;

/** Asked for whoever asks, and for nobody else. */
const own = `CREATE FUNCTION own_acknowledgements(p_subject text) RETURNS TABLE (notice text, version text, at timestamptz) ${definer} AS $$
BEGIN RETURN QUERY SELECT a.notice, a.version, a.at FROM vault.acknowledgement a WHERE a.subject = p_subject; END $$`;

const CALLABLE = ["acknowledge_notice(text, text, text, int)", "own_acknowledgements(text)"] as const;

export const GUARDED_ACKNOWLEDGEMENTS: Readonly<Record<string, string>> = { "vault.acknowledgement": READABLE_SETTING };
export const ACKNOWLEDGEMENT_VIEWS: Readonly<Record<string, string>> = { acknowledgement: "SELECT id, label_id, subject, notice, version, at FROM vault.acknowledgement" };

/** The migration that makes it, for these roles. */
export function acknowledgementsMigration(roles: MinistryRoles): new () => MigrationInterface {
  return class Acknowledgements1764000000000 implements MigrationInterface {
    readonly name = "Acknowledgements1764000000000";

    async up(runner: QueryRunner): Promise<void> {
      const parts = {
        tables: TABLES, guarded: GUARDED_ACKNOWLEDGEMENTS, views: ACKNOWLEDGEMENT_VIEWS, callable: CALLABLE,
        functions: [state, "CREATE TRIGGER stated AFTER INSERT ON vault.acknowledgement FOR EACH ROW EXECUTE FUNCTION vault.state_acknowledgement()", acknowledge, own],
      };
      for (const statement of installStatements(roles, parts)) await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> {
      await runner.query("DROP VIEW public.acknowledgement");
      for (const signature of CALLABLE) await runner.query(`DROP FUNCTION public.${signature}`);
      await runner.query("DROP TABLE vault.acknowledgement");
      await runner.query("DROP FUNCTION vault.state_acknowledgement()");
    }
  };
}
