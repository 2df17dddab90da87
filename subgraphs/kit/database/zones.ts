/**
 * Zones of facilities (SPEC 15.67): which sites of a facility are attested up to which level. A site is stated for the people of a facility only while it is; sites that were stated before this register
 * was kept stand with those people until they are attested or taken back. As in `facilities.ts` a function takes an item's id and makes true what was decided there.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { FILED_SITES, applyFacility, applyRoster } from "./facilities";
import { installStatements } from "./items";
import type { MinistryRoles } from "./roles";

const definer = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp";

const TABLES: readonly string[] = ["CREATE TABLE vault.facility_zone (facility text, site text, item_id text NOT NULL REFERENCES vault.item, level int NOT NULL, in_force boolean NOT NULL, PRIMARY KEY (facility, site))"];

/** Of the sites that a firm filed, those at which its people may work: attested up to the level of the certificate at least. */
const zonesOf = `CREATE FUNCTION vault.zones_of(p_facility text, p_filed jsonb, p_level int) RETURNS jsonb ${definer} AS $$
BEGIN
  RETURN (SELECT COALESCE(jsonb_agg(s.site ORDER BY s.site), '[]') FROM jsonb_array_elements_text(p_filed) s(site)
    LEFT JOIN vault.facility_zone z ON z.facility = p_facility AND z.site = s.site
    WHERE CASE WHEN z.site IS NOT NULL THEN z.in_force AND z.level >= p_level
      ELSE EXISTS (SELECT FROM vault.statement t WHERE t.list = 'facilities' AND t.body->>'id' = p_facility AND t.body->'sites' ? s.site) END);
END $$`;

/** Attested by the agency that certified the facility, for a site that the firm filed; one attestation a site. Ended, the site is stated for nobody from that moment. */
const applyZone = `CREATE FUNCTION apply_facility_zone(p_actor text, p_item text) RETURNS boolean ${definer} AS $$
DECLARE item vault.item; certificate vault.item; facility_id text; zone text;
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  SELECT * INTO item FROM vault.item i WHERE i.id = p_item AND i.workflow = 'FacilityZone';
  IF NOT FOUND THEN RETURN false; END IF;
  facility_id := item.body->>'facility';
  zone := item.body->>'site';
  IF item.state = 'ATTESTED' THEN
    SELECT c.* INTO certificate FROM vault.facility f JOIN vault.item c ON c.id = f.item_id
      WHERE f.id = facility_id AND c.state <> 'ENDED' AND c.owner = item.owner AND f.firm = item.body->>'firm' AND c.body->'sites' ? zone;
    IF NOT FOUND OR EXISTS (SELECT FROM vault.facility_zone z WHERE z.facility = facility_id AND z.site = zone AND z.in_force AND z.item_id <> item.id) THEN RETURN false; END IF;
    INSERT INTO vault.facility_zone VALUES (facility_id, zone, item.id, (item.body->>'level')::int, true)
      ON CONFLICT (facility, site) DO UPDATE SET item_id = EXCLUDED.item_id, level = EXCLUDED.level, in_force = true;
    UPDATE vault.statement s SET body = s.body || jsonb_build_object('sites', vault.zones_of(facility_id, certificate.body->'sites', (certificate.body->>'level')::int)) WHERE s.list = 'facilities' AND s.body->>'id' = facility_id;
  ELSE
    UPDATE vault.facility_zone z SET in_force = false WHERE z.facility = facility_id AND z.site = zone AND z.item_id = item.id;
    IF NOT FOUND THEN RETURN false; END IF;
    UPDATE vault.statement s SET body = s.body || jsonb_build_object('sites', (s.body->'sites') - zone) WHERE s.list = 'facilities' AND s.body->>'id' = facility_id;
  END IF;
  PERFORM vault.append(p_actor, 'STATE_ZONE', jsonb_build_object('item', item.id, 'facility', facility_id, 'site', zone, 'state', item.state, 'level', item.body->'level'));
  RETURN true;
END $$`;

const CALLABLE: readonly string[] = ["apply_facility_zone(text, text)"];
const stated = (filed: string, certificate: string): string => `vault.zones_of(facility_id, ${filed}, (${certificate}.body->>'level')::int)`;

/** The migration that makes them, for these roles. */
export function zonesMigration(roles: MinistryRoles): new () => MigrationInterface {
  return class Zones1764400000000 implements MigrationInterface {
    readonly name = "Zones1764400000000";

    async up(runner: QueryRunner): Promise<void> {
      const functions = [zonesOf, applyZone, applyFacility(stated(FILED_SITES.facility, "item")), applyRoster(stated(FILED_SITES.roster, "certificate"))];
      for (const statement of installStatements(roles, { tables: TABLES, guarded: {}, functions, views: {}, callable: CALLABLE })) await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> {
      for (const statement of [applyFacility(FILED_SITES.facility), applyRoster(FILED_SITES.roster)]) await runner.query(statement);
      for (const signature of CALLABLE) await runner.query(`DROP FUNCTION public.${signature}`);
      await runner.query("DROP FUNCTION vault.zones_of(text, jsonb, int)");
      await runner.query("DROP TABLE vault.facility_zone");
    }
  };
}
