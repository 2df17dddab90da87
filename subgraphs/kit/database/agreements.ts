/**
 * Agreements as the foreign ministry states them (SPEC 3.14, 15.71): one row of the statement an agreement, which says whether it counts, made of what was decided about it and of nothing else. So it
 * goes with the standing to every gateway in the transaction of the decision; attested levels stay, and count again when the agreement does.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { installStatements } from "./items";
import type { MinistryRoles } from "./roles";

const definer = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp";

const TABLES: readonly string[] = [
  "ALTER TABLE vault.statement DROP CONSTRAINT stated_lists",
  "ALTER TABLE vault.statement ADD CONSTRAINT stated_lists CHECK (list IN ('eligibilities', 'roles', 'facilities', 'attestations', 'acknowledgements', 'agreements'))",
  // What a gateway would not understand ends its stream: it is refused where it is written.
  `ALTER TABLE vault.statement ADD CONSTRAINT stated_agreements CHECK (list <> 'agreements' OR COALESCE(
    body->>'subject' = '' AND jsonb_typeof(body->'agreement') = 'string' AND body->>'status' IN ('ACTIVE', 'SUSPENDED', 'TERMINATED'), false))`,
  "CREATE UNIQUE INDEX statement_agreement ON vault.statement ((body->>'agreement')) WHERE list = 'agreements'",
];

/** Suspended as long as one suspension is not lifted; terminated for good. */
const state = `CREATE FUNCTION vault.state_agreement(p_agreement text) RETURNS void ${definer} AS $$
DECLARE stated jsonb;
BEGIN
  SELECT jsonb_build_object('subject', '', 'agreement', p_agreement, 'status', CASE WHEN bool_or(i.state = 'TERMINATED') THEN 'TERMINATED' WHEN bool_or(i.state = 'SUSPENDED') THEN 'SUSPENDED' ELSE 'ACTIVE' END) INTO stated
    FROM vault.item i WHERE i.workflow = 'AgreementSuspension' AND i.body->>'agreement' = p_agreement;
  UPDATE vault.statement s SET body = stated WHERE s.list = 'agreements' AND s.body->>'agreement' = p_agreement;
  IF NOT FOUND THEN INSERT INTO vault.statement (list, body) VALUES ('agreements', stated); END IF;
END $$`;

const suspension = `CREATE OR REPLACE FUNCTION apply_suspension(p_actor text, p_item text) RETURNS boolean ${definer} AS $$
DECLARE item vault.item;
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  SELECT * INTO item FROM vault.item i WHERE i.id = p_item AND i.workflow = 'AgreementSuspension';
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM vault.state_agreement(item.body->>'agreement');
  PERFORM vault.append(p_actor, 'STATE_AGREEMENT', jsonb_build_object('item', item.id, 'agreement', item.body->>'agreement', 'state', item.state));
  RETURN true;
END $$`;

/** As in `partners.ts`, but that an agreement may also be terminated. */
const attestation = `CREATE OR REPLACE FUNCTION apply_attestation(p_actor text, p_item text) RETURNS boolean ${definer} AS $$
DECLARE item vault.item;
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  SELECT * INTO item FROM vault.item i WHERE i.id = p_item AND i.workflow = 'LiaisonAttestation' AND i.state IN ('IN_EFFECT', 'WITHDRAWN');
  IF NOT FOUND THEN RETURN false; END IF;
  -- One that was never accepted is nobody's level.
  IF NOT EXISTS (SELECT FROM vault.step s WHERE s.item_id = item.id AND s.name = 'ACCEPT_LIAISON') THEN RETURN true; END IF;
  IF item.state = 'IN_EFFECT' AND EXISTS (SELECT FROM vault.statement s WHERE s.list = 'agreements' AND s.body->>'agreement' = item.body->>'agreement' AND s.body->>'status' <> 'ACTIVE') THEN RETURN false; END IF;
  DELETE FROM vault.statement s WHERE s.list = 'attestations' AND s.body->>'subject' = item.subject;
  IF item.state = 'IN_EFFECT' THEN
    INSERT INTO vault.statement (list, body) VALUES ('attestations', jsonb_build_object('subject', item.subject, 'agreementId', item.body->>'agreement', 'attestedLevel', item.body->'level'));
  END IF;
  PERFORM vault.append(p_actor, 'STATE_ATTESTATION', jsonb_build_object('item', item.id, 'subject', item.subject, 'state', item.state, 'level', item.body->'level'));
  RETURN true;
END $$`;

/** What was suspended before goes on being so. */
const STATED_BEFORE = "SELECT vault.state_agreement(a.agreement) FROM (SELECT DISTINCT i.body->>'agreement' AS agreement FROM vault.item i WHERE i.workflow = 'AgreementSuspension') a";

/** The migration that makes them, for these roles. */
export function agreementsMigration(roles: MinistryRoles): new () => MigrationInterface {
  return class Agreements1768000200000 implements MigrationInterface {
    readonly name = "Agreements1768000200000";

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of installStatements(roles, { tables: TABLES, guarded: {}, functions: [state, suspension, attestation], views: {}, callable: [] })) await runner.query(statement);
      await runner.query(STATED_BEFORE);
    }

    async down(runner: QueryRunner): Promise<void> {
      await runner.query("DELETE FROM vault.statement WHERE list = 'agreements'");
      await runner.query("DROP FUNCTION vault.state_agreement(text); DROP INDEX vault.statement_agreement; ALTER TABLE vault.statement DROP CONSTRAINT stated_agreements");
    }
  };
}
