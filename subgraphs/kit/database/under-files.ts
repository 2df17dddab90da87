/**
 * What a file covers, however it came to be one (SPEC 15.25-15.28): the places that its marks name, and for one that was taken over, which marks nothing, the places that need its token. So partners who were given such a record
 * are in the ledger and are asked before its end, and whoever handles or used one is heard and told, as for any other. Functions of the keeper, as they were but for this.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { makers } from "./handler-notices";
import { challenged, onward } from "./handler-words";
import { installStatements } from "./items";
import { READABLE_SETTING, isMember } from "./guards";
import { PAIRS, enter, liaison, unentered } from "./recipients";
import type { MinistryRoles } from "./roles";

const definer = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp";

/** What has ended has no places left that need its token; what is given while an adoption waits is given under the designation all the same. */
const VIEW = `CREATE VIEW vault.under AS
  WITH file AS NOT MATERIALIZED (SELECT i.id, i.body->>'token' AS token FROM vault.item i WHERE i.workflow = 'DesignationFile' AND i.body ? 'takenOver' AND i.state NOT IN ('REJECTED', 'WITHDRAWN'))
  SELECT m.item_id, m.record_id, m.place, m.after_label AS label FROM vault.designation_mark m WHERE NOT m.ended
  UNION ALL SELECT f.id, r.id, 'record', r.label_id FROM file f JOIN vault.label l ON jsonb_exists(l.body->'need', f.token) JOIN vault.record r ON r.label_id = l.id
  UNION ALL SELECT f.id, p.record_id, p.name, p.label_id FROM file f JOIN vault.label l ON jsonb_exists(l.body->'need', f.token) JOIN vault.portion p ON p.label_id = l.id`;

const again = (text: string): string => text.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION");
/** The marks that a function looks at, and those that there would be. */
const withTakenOver = (text: string): string => text.replaceAll("vault.designation_mark m", "vault.under m").replaceAll(" AND NOT m.ended", "").replaceAll("m.after_label", "m.label");
/** A record may be under several that were taken over; a challenge is about one. */
const oneChallenged = challenged.replace(";\nEND $$", () => " ORDER BY i.id LIMIT 1;\nEND $$");
const unenteredFor = (whose: string, label: string): string => `SELECT f.id, fl.body, r.id, el.body FROM vault.label fl, vault.content c, vault.label el, ${PAIRS}
    AND fl.id = f.label_id AND c.id = e.to_id AND el.id = c.label_id AND ${whose} AND ${isMember(label, READABLE_SETTING)} ORDER BY 1, 3`;

/** One way for a file and one for a release: asked for either, the planner would look at all files with all labels. */
const unenteredApart = `CREATE OR REPLACE FUNCTION unentered_releases(p_file text, p_release text) RETURNS TABLE (file text, file_label jsonb, release text, edition_label jsonb) ${definer} AS $$
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  IF p_file IS NOT NULL THEN RETURN QUERY ${withTakenOver(unenteredFor("f.id = p_file", "f.label_id"))};
  ELSE RETURN QUERY ${withTakenOver(unenteredFor("r.id = p_release", "r.label_id"))}; END IF;
END $$`;

/** As a liaison who is assigned enters it (recipients.ts), for one assignment. The id follows from what the line is about, which nobody can guess: a register that is taken over twice has the same lines. */
export const nation = `CREATE FUNCTION vault.enter_nation(p_subject text, p_token text, p_granted_by text, p_role text, p_from text) RETURNS void ${definer} AS $$
DECLARE nation text; place record;
BEGIN
  SELECT s.body->>'nation' INTO nation FROM vault.subject s WHERE s.id = p_subject AND s.body->>'kind' = 'liaison';
  IF nation IS NULL OR nation = 'JPN' THEN RETURN; END IF;
  FOR place IN SELECT f.id, f.label_id, f.owner, m.record_id FROM vault.item f JOIN vault.under m ON m.item_id = f.id AND m.place = 'record' JOIN vault.label l ON l.id = m.label
    WHERE f.workflow = 'DesignationFile' AND f.body->>'token' = p_token AND NOT EXISTS (SELECT FROM jsonb_each(l.body->'owners') o WHERE o.value->'disp' <> '"ALL"' AND NOT jsonb_exists(o.value->'disp', nation))
      AND NOT EXISTS (SELECT FROM vault.item d WHERE d.workflow = 'Disclosure' AND d.body->>'file' = f.id AND d.body->>'record' = m.record_id AND d.body->>'recipient' = nation AND d.body->>'edition' = 'LIAISON') LOOP
    PERFORM vault.enter_line(p_granted_by, 'itm_' || md5(concat_ws('/', place.id, place.record_id, nation)), place.label_id, place.owner,
      jsonb_build_object('file', place.id, 'record', place.record_id, 'recipient', nation, 'edition', 'LIAISON', 'purpose', p_role, 'on', p_from));
  END LOOP;
END $$`;

const liaisonAssigned = `CREATE OR REPLACE FUNCTION vault.enter_liaison() RETURNS trigger ${definer} AS $$
BEGIN
  PERFORM vault.enter_nation(NEW.subject, NEW.token, NEW.granted_by, NEW.role, NEW."from");
  RETURN NEW;
END $$`;

/** Liaisons who were assigned before there was a file. */
const liaisons = `CREATE FUNCTION vault.enter_liaisons(p_file text) RETURNS void ${definer} AS $$
BEGIN
  PERFORM vault.enter_nation(a.subject, a.token, a.granted_by, a.role, a."from") FROM vault.item f JOIN vault.assignment a ON a.token = f.body->>'token'
    WHERE f.id = p_file AND f.workflow = 'DesignationFile' AND f.body ? 'takenOver' AND f.state NOT IN ('REJECTED', 'WITHDRAWN');
END $$`;

/** For whoever approves an adoption, with the step itself. */
const adopted = `CREATE FUNCTION enter_adopted(p_file text) RETURNS void ${definer} AS $$
BEGIN PERFORM vault.enter_liaisons((vault.file_of(p_file)).id); END $$`;

const CALLABLE: readonly string[] = ["enter_adopted(text)"];

/** The migration that makes them, for these roles. */
export function underFilesMigration(roles: MinistryRoles): new () => MigrationInterface {
  return class UnderFiles1768100100000 implements MigrationInterface {
    readonly name = "UnderFiles1768100100000";

    async up(runner: QueryRunner): Promise<void> {
      await runner.query(VIEW);
      await runner.query(`ALTER VIEW vault.under OWNER TO ${roles.keeper}`);
      for (const statement of installStatements(roles, { tables: [], guarded: {}, functions: [unenteredApart, nation, liaisonAssigned, liaisons, adopted, ...[enter, oneChallenged, makers, onward].map((text) => withTakenOver(again(text)))], views: {}, callable: CALLABLE })) await runner.query(statement);
      // A database may have files already.
      await runner.query("SELECT vault.enter_liaisons(i.id) FROM vault.item i WHERE i.workflow = 'DesignationFile'");
    }

    async down(runner: QueryRunner): Promise<void> {
      for (const text of [unentered, liaison, enter, challenged, makers, onward]) await runner.query(again(text));
      for (const signature of CALLABLE) await runner.query(`DROP FUNCTION public.${signature}`);
      for (const name of ["enter_liaisons", "enter_nation"]) await runner.query(`DROP FUNCTION vault.${name}`);
      await runner.query("DROP VIEW vault.under");
    }
  };
}
