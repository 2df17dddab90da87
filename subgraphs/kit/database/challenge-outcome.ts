/**
 * The end of a designation, said to those who challenged it and wait for an answer (SPEC 15.27). Whoever is assigned to its token still hears of it by that; whoever is not any more, as somebody of a firm whose
 * contract is over, hears of it as the person who challenged. A function of the keeper: nobody learns from it who that is.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { SINCE_UPHELD } from "./handler-words";
import { installStatements } from "./items";
import type { MinistryRoles } from "./roles";

/** No answer has been given since; an end is none that was given before. */
const STILL_WAITING = SINCE_UPHELD.replace(" AND u.number < i.version", "");

/** Behind tell_handlers, in one transaction with it and the step: nobody is told twice. Of a file that the asker may not read it says nothing. */
const tell = `CREATE FUNCTION tell_waiting(p_item text, p_label int, p_told text[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE i vault.item;
BEGIN
  i := vault.file_of(p_item);
  INSERT INTO vault.notice (id, label_id, subject, item_id, workflow, kind, at, number)
    SELECT 'ntc_' || replace(gen_random_uuid()::text, '-', ''), p_label, a.actor, i.id, i.workflow, 'ENDED', clock_timestamp(), r.revision
    FROM (SELECT DISTINCT s.actor FROM vault.step s WHERE s.item_id = i.id AND s.name = 'CHALLENGE_DESIGNATION' AND s.actor <> ALL (p_told) AND ${STILL_WAITING}) a, vault.revision r
    WHERE NOT EXISTS (SELECT FROM vault.notice n WHERE n.item_id = i.id AND n.subject = a.actor AND n.kind = 'ENDED');
END $$`;

const CALLABLE: readonly string[] = ["tell_waiting(text, int, text[])"];

/** The migration that makes it, for these roles. */
export function challengeOutcomeMigration(roles: MinistryRoles): new () => MigrationInterface {
  return class ChallengeOutcome1768300100000 implements MigrationInterface {
    readonly name = "ChallengeOutcome1768300100000";

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of installStatements(roles, { tables: [], guarded: {}, functions: [tell], views: {}, callable: CALLABLE })) await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> {
      for (const signature of CALLABLE) await runner.query(`DROP FUNCTION public.${signature}`);
    }
  };
}
