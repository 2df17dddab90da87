/**
 * Who may not answer a complaint (SPEC 15.37): whoever took a step in anything of a vetting of the same person that this ministry keeps, in this case or another, other than in complaints; and whoever is
 * not assigned to the case. What others keep is judged by authority, where the complaint is answered.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { READABLE_SETTING, isMember } from "./guards";
import type { MinistryRoles } from "./roles";

const definer = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp";

const tookPart = (aboutPerson: string): string => `CREATE OR REPLACE FUNCTION took_part(p_actor text, p_token text) RETURNS boolean ${definer} AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM vault.matter_entry e WHERE e.token = p_token AND ${isMember("e.assignment_label", READABLE_SETTING)}) THEN RETURN true; END IF;
  RETURN EXISTS (SELECT FROM vault.step s JOIN vault.item i ON i.id = s.item_id WHERE s.actor = p_actor AND i.workflow <> 'VettingComplaint' AND (i.body->>'case' = p_token${aboutPerson}));
END $$`;

/** An evaluation is a case of its own, and so is an earlier vetting: they are found by the person. */
const OF_THE_PERSON = ` OR (i.workflow IN ('RiskSignal', 'Vetting', 'VettingEvaluation', 'VettingEvent', 'VettingInvestigation', 'VettingRequest', 'VettingResult')
    AND i.subject = (SELECT c.subject FROM vault.item c WHERE c.body->>'case' = p_token AND c.workflow = 'VettingComplaint' ORDER BY c.opened_at DESC LIMIT 1))`;

/** The migration that widens it. The keeper and who may call stay those of the function before. */
export function complaintEyesMigration(_roles: MinistryRoles): new () => MigrationInterface {
  return class ComplaintEyes1764500100000 implements MigrationInterface {
    readonly name = "ComplaintEyes1764500100000";

    async up(runner: QueryRunner): Promise<void> { await runner.query(tookPart(OF_THE_PERSON)); }

    async down(runner: QueryRunner): Promise<void> { await runner.query(tookPart("")); }
  };
}
