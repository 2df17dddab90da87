/**
 * What follows from the partner workflows in a ministry's registers (SPEC 15.70-15.73): attested levels of liaisons, suspended agreements, labels of editions. As in `facilities.ts` each function takes the id of
 * an item and makes true what was decided there, and nothing else.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { READABLE_SETTING, isMember } from "./guards";
import { installStatements } from "./items";
import type { MinistryRoles } from "./roles";

const definer = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp";

/** One attested level a liaison: the one that was accepted last. None under an agreement that is suspended. */
const attestation = `CREATE FUNCTION apply_attestation(p_actor text, p_item text) RETURNS boolean ${definer} AS $$
DECLARE item vault.item;
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  SELECT * INTO item FROM vault.item i WHERE i.id = p_item AND i.workflow = 'LiaisonAttestation' AND i.state IN ('IN_EFFECT', 'WITHDRAWN');
  IF NOT FOUND THEN RETURN false; END IF;
  -- One that was never accepted is nobody's level.
  IF NOT EXISTS (SELECT FROM vault.step s WHERE s.item_id = item.id AND s.name = 'ACCEPT_LIAISON') THEN RETURN true; END IF;
  IF item.state = 'IN_EFFECT' AND EXISTS (SELECT FROM vault.item s WHERE s.workflow = 'AgreementSuspension' AND s.state = 'SUSPENDED' AND s.body->>'agreement' = item.body->>'agreement') THEN RETURN false; END IF;
  DELETE FROM vault.statement s WHERE s.list = 'attestations' AND s.body->>'subject' = item.subject;
  IF item.state = 'IN_EFFECT' THEN
    INSERT INTO vault.statement (list, body) VALUES ('attestations', jsonb_build_object('subject', item.subject, 'agreementId', item.body->>'agreement', 'attestedLevel', item.body->'level'));
  END IF;
  PERFORM vault.append(p_actor, 'STATE_ATTESTATION', jsonb_build_object('item', item.id, 'subject', item.subject, 'state', item.state, 'level', item.body->'level'));
  RETURN true;
END $$`;

const suspension = `CREATE FUNCTION apply_suspension(p_actor text, p_item text) RETURNS boolean ${definer} AS $$
DECLARE item vault.item;
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  SELECT * INTO item FROM vault.item i WHERE i.id = p_item AND i.workflow = 'AgreementSuspension' AND i.state = 'SUSPENDED';
  IF NOT FOUND THEN RETURN false; END IF;
  DELETE FROM vault.statement s WHERE s.list = 'attestations' AND s.body->>'agreementId' = item.body->>'agreement';
  PERFORM vault.append(p_actor, 'SUSPEND_AGREEMENT', jsonb_build_object('item', item.id, 'agreement', item.body->>'agreement'));
  RETURN true;
END $$`;

/** Whether the ministry's register of eligibilities bears a certificate that has been issued, until its last day. Says yes or no, and nothing of what the register holds. */
const visit = `CREATE FUNCTION is_cleared_for_visit(p_item text) RETURNS boolean ${definer} AS $$
DECLARE item vault.item;
BEGIN
  SELECT * INTO item FROM vault.item i WHERE i.id = p_item AND i.workflow = 'VisitCertificate' AND i.state = 'ISSUED';
  IF NOT FOUND THEN RETURN false; END IF;
  IF (item.body->>'level')::int <= 1 THEN RETURN true; END IF;
  RETURN EXISTS (SELECT FROM vault.statement s JOIN vault.step asked ON asked.item_id = item.id AND asked.number = 1 WHERE s.list = 'eligibilities' AND s.body->>'subject' = asked.actor AND s.body->>'status' = 'ACTIVE'
    AND (s.body->>'maxLevel')::int >= (item.body->>'level')::int AND s.body->>'validUntil' >= item.body->>'until');
END $$`;

/** The label of an edition and of everything in it that has the same one. The original, of which it is an edition, is never touched: what is released has to be one. */
const release = `CREATE FUNCTION apply_release(p_actor text, p_item text, p_label int) RETURNS boolean ${definer} AS $$
DECLARE item vault.item; edition text; before int;
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  SELECT * INTO item FROM vault.item i WHERE i.id = p_item AND i.workflow = 'ReleaseRequest' AND i.state IN ('RELEASED', 'RECALLED');
  IF NOT FOUND THEN RETURN false; END IF;
  edition := item.body->>'edition';
  SELECT c.label_id INTO before FROM vault.content c WHERE c.id = edition AND c.owner = item.owner AND c.kind = 'TEARLINE' AND ${isMember("c.label_id", READABLE_SETTING)}
    AND EXISTS (SELECT FROM vault.edge e WHERE e.to_id = c.id AND e.name = 'tearline');
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE vault.record r SET label_id = p_label WHERE r.id = edition AND r.label_id = before;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE vault.content c SET label_id = p_label WHERE c.id = edition;
  UPDATE vault.portion p SET label_id = p_label WHERE p.record_id = edition AND p.label_id = before;
  PERFORM vault.append(p_actor, 'RELABEL_EDITION', jsonb_build_object('item', item.id, 'record', edition, 'from', before, 'to', p_label, 'nation', item.body->>'nation', 'state', item.state));
  RETURN true;
END $$`;

export const PARTNER_CALLABLE: readonly string[] = ["apply_attestation(text, text)", "apply_suspension(text, text)", "is_cleared_for_visit(text)", "apply_release(text, text, int)"];

/** The migration that makes them, for these roles. */
export function partnersMigration(roles: MinistryRoles): new () => MigrationInterface {
  return class Partners1764310000000 implements MigrationInterface {
    readonly name = "Partners1764310000000";

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of installStatements(roles, { tables: [], guarded: {}, functions: [attestation, suspension, visit, release], views: {}, callable: PARTNER_CALLABLE })) await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> {
      for (const signature of PARTNER_CALLABLE) await runner.query(`DROP FUNCTION public.${signature}`);
    }
  };
}
