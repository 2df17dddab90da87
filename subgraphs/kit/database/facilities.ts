/**
 * The register of facilities (SPEC 15.60-15.62): who holds which certificate, and under which contracts. The statement of standing (list `facilities`) is brought into line with an item of a
 * workflow by functions that take nothing but the item's id: what is stated can never be other than what was decided.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { installStatements } from "./items";
import type { MinistryRoles } from "./roles";

const definer = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp";

/** Read by nobody but the functions below; what people see of it are the items. */
export const FACILITY_TABLES: readonly string[] = ["facility_contract", "facility"];

const TABLES: readonly string[] = [
  "CREATE TABLE vault.facility (id text PRIMARY KEY, item_id text NOT NULL REFERENCES vault.item, firm text NOT NULL)",
  "CREATE TABLE vault.facility_contract (facility text, token text, agency text, in_force boolean NOT NULL, PRIMARY KEY (facility, token, agency))",
  "CREATE INDEX statement_facility ON vault.statement ((body->>'id')) WHERE list = 'facilities'",
];

/** Whether everybody who is stated to work at a facility belongs to the firm, and so does the certificate: one firm cannot speak for another's facility. */
const belongs = `CREATE FUNCTION vault.is_facility_of(p_facility text, p_firm text) RETURNS boolean ${definer} AS $$
BEGIN
  RETURN NOT EXISTS (SELECT FROM vault.facility f WHERE f.id = p_facility AND f.firm <> p_firm)
    AND NOT EXISTS (SELECT FROM vault.statement s LEFT JOIN vault.person p ON p.subject = s.body->>'subject' WHERE s.list = 'facilities' AND s.body->>'id' = p_facility AND p.org IS DISTINCT FROM p_firm);
END $$`;

/** In force for some agency, and ended by none: an agency's end cannot be undone by another's contract. */
const listed = `CREATE FUNCTION vault.is_contracted(p_facility text, p_token text) RETURNS boolean ${definer} AS $$
BEGIN
  RETURN COALESCE((SELECT bool_and(c.in_force) FROM vault.facility_contract c WHERE c.facility = p_facility AND c.token = p_token), false);
END $$`;

/** `sites`: an expression for the sites that are stated; zones.ts puts another one in its place. */
export const applyFacility = (sites: string): string => `CREATE OR REPLACE FUNCTION apply_facility(p_actor text, p_item text) RETURNS boolean ${definer} AS $$
DECLARE item vault.item; facility_id text;
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  SELECT * INTO item FROM vault.item i WHERE i.id = p_item AND i.workflow = 'FacilityClearance' AND i.state IN ('CERTIFIED', 'CHANGE_REPORTED', 'UNDER_REVIEW', 'REFUSED', 'ENDED');
  IF NOT FOUND THEN RETURN false; END IF;
  facility_id := item.body->>'facility';
  IF NOT vault.is_facility_of(facility_id, item.body->>'firm') THEN RETURN false; END IF;
  INSERT INTO vault.facility VALUES (facility_id, item.id, item.body->>'firm') ON CONFLICT DO NOTHING;
  -- One certificate a facility.
  IF NOT EXISTS (SELECT FROM vault.facility f WHERE f.id = facility_id AND f.item_id = item.id) THEN RETURN false; END IF;
  IF item.state = 'ENDED' THEN
    DELETE FROM vault.statement s WHERE s.list = 'facilities' AND s.body->>'id' = facility_id;
    DELETE FROM vault.facility f WHERE f.id = facility_id;
  ELSE
    UPDATE vault.statement s SET body = s.body || jsonb_build_object('level', item.body->'level', 'foci', item.body->'foci', 'validUntil', item.body->'validUntil', 'sites', ${sites})
      WHERE s.list = 'facilities' AND s.body->>'id' = facility_id;
  END IF;
  PERFORM vault.append(p_actor, 'STATE_FACILITY', jsonb_build_object('item', item.id, 'facility', facility_id, 'state', item.state, 'foci', item.body->'foci'));
  RETURN true;
END $$`;

const applyContract = `CREATE FUNCTION apply_facility_contract(p_actor text, p_item text) RETURNS boolean ${definer} AS $$
DECLARE item vault.item; facility_id text; contract text;
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  SELECT * INTO item FROM vault.item i WHERE i.id = p_item AND i.workflow = 'FacilityContract';
  IF NOT FOUND THEN RETURN false; END IF;
  facility_id := item.body->>'facility';
  contract := item.body->>'token';
  IF NOT vault.is_facility_of(facility_id, item.body->>'firm') THEN RETURN false; END IF;
  INSERT INTO vault.facility_contract VALUES (facility_id, contract, item.owner, item.state = 'IN_FORCE') ON CONFLICT (facility, token, agency) DO UPDATE SET in_force = EXCLUDED.in_force;
  UPDATE vault.statement s SET body = s.body || jsonb_build_object('contracts', ((s.body->'contracts') - contract) || CASE WHEN vault.is_contracted(facility_id, contract) THEN jsonb_build_array(contract) ELSE '[]' END)
    WHERE s.list = 'facilities' AND s.body->>'id' = facility_id;
  PERFORM vault.append(p_actor, 'STATE_CONTRACT', jsonb_build_object('item', item.id, 'facility', facility_id, 'token', contract, 'state', item.state));
  RETURN true;
END $$`;

export const applyRoster = (sites: string): string => `CREATE OR REPLACE FUNCTION apply_facility_roster(p_actor text, p_item text) RETURNS boolean ${definer} AS $$
DECLARE item vault.item; certificate vault.item; facility_id text; contracts jsonb;
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  SELECT * INTO item FROM vault.item i WHERE i.id = p_item AND i.workflow = 'FacilityRoster';
  IF NOT FOUND THEN RETURN false; END IF;
  facility_id := item.body->>'facility';
  IF NOT vault.is_facility_of(facility_id, item.body->>'firm') THEN RETURN false; END IF;
  DELETE FROM vault.statement s WHERE s.list = 'facilities' AND s.body->>'id' = facility_id AND item.body->'removed' ? (s.body->>'subject');
  IF jsonb_array_length(item.body->'provided') > 0 THEN
    SELECT c.* INTO certificate FROM vault.facility f JOIN vault.item c ON c.id = f.item_id WHERE f.id = facility_id AND c.state IN ('CERTIFIED', 'CHANGE_REPORTED');
    IF NOT FOUND THEN RETURN false; END IF;
    -- Contracts that were in force before the register was kept here stand with the people who are stated already.
    SELECT COALESCE(jsonb_agg(DISTINCT k.token ORDER BY k.token), '[]') INTO contracts FROM (
      SELECT c.token FROM vault.facility_contract c WHERE c.facility = facility_id AND vault.is_contracted(facility_id, c.token)
      UNION SELECT jsonb_array_elements_text(s.body->'contracts') FROM vault.statement s WHERE s.list = 'facilities' AND s.body->>'id' = facility_id) k;
    IF jsonb_array_length(contracts) = 0 THEN RETURN false; END IF;
    IF EXISTS (SELECT FROM jsonb_array_elements_text(item.body->'provided') s(subject) WHERE NOT EXISTS (SELECT FROM vault.person p WHERE p.subject = s.subject AND p.org = item.body->>'firm')
      OR EXISTS (SELECT FROM vault.statement o WHERE o.list = 'facilities' AND o.body->>'subject' = s.subject AND o.body->>'id' <> facility_id)) THEN RETURN false; END IF;
    INSERT INTO vault.statement (list, body) SELECT 'facilities', jsonb_build_object('subject', s.subject, 'id', facility_id, 'level', certificate.body->'level', 'foci', certificate.body->'foci',
        'validUntil', certificate.body->'validUntil', 'sites', ${sites}, 'contracts', contracts)
      FROM jsonb_array_elements_text(item.body->'provided') s(subject)
      WHERE NOT EXISTS (SELECT FROM vault.statement o WHERE o.list = 'facilities' AND o.body->>'subject' = s.subject);
  END IF;
  PERFORM vault.append(p_actor, 'STATE_ROSTER', jsonb_build_object('item', item.id, 'facility', facility_id, 'provided', item.body->'provided', 'removed', item.body->'removed'));
  RETURN true;
END $$`;

export const FACILITY_CALLABLE: readonly string[] = ["apply_facility(text, text)", "apply_facility_contract(text, text)", "apply_facility_roster(text, text)"];

/** What the firm filed. */
export const FILED_SITES = { facility: "item.body->'sites'", roster: "certificate.body->'sites'" } as const;

/** The migration that makes them, for these roles. */
export function facilitiesMigration(roles: MinistryRoles): new () => MigrationInterface {
  return class Facilities1764300000000 implements MigrationInterface {
    readonly name = "Facilities1764300000000";

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of installStatements(roles, { tables: TABLES, guarded: {}, functions: [belongs, listed, applyFacility(FILED_SITES.facility), applyContract, applyRoster(FILED_SITES.roster)], views: {}, callable: FACILITY_CALLABLE })) await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> {
      for (const signature of FACILITY_CALLABLE) await runner.query(`DROP FUNCTION public.${signature}`);
      for (const signature of ["is_facility_of(text, text)", "is_contracted(text, text)"]) await runner.query(`DROP FUNCTION vault.${signature}`);
      await runner.query("DROP INDEX vault.statement_facility");
      for (const table of FACILITY_TABLES) await runner.query(`DROP TABLE vault.${table}`);
    }
  };
}
