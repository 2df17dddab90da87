/**
 * What a firm shares (SPEC 15.68): labels of all places of one record of the firm, changed together as the firm decided in an item. Takes the item's id and the labels; refuses a record that is not the
 * firm's alone to share, and places that are not all of it.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { READABLE_SETTING, isMember } from "./guards";
import { installStatements } from "./items";
import type { MinistryRoles } from "./roles";

const definer = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp";

const share = `CREATE FUNCTION apply_sharing(p_actor text, p_item text, p_places jsonb) RETURNS boolean ${definer} AS $$
DECLARE item vault.item; place record; shared text; wanted bigint;
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  SELECT * INTO item FROM vault.item i WHERE i.id = p_item AND i.workflow = 'FirmSharing' AND i.state IN ('SHARED', 'WITHDRAWN');
  IF NOT FOUND THEN RETURN false; END IF;
  shared := item.body->>'record';
  IF NOT EXISTS (SELECT FROM vault.content c WHERE c.id = shared AND c.owner = item.owner AND c.class IN ('D', 'E') AND ${isMember("c.label_id", READABLE_SETTING)}) THEN RETURN false; END IF;
  -- What a designation has marked is not the firm's any more until that has ended.
  IF EXISTS (SELECT FROM vault.designation_mark m WHERE m.record_id = shared AND NOT m.ended) THEN RETURN false; END IF;
  SELECT 1 + (SELECT count(*) FROM vault.portion p WHERE p.record_id = shared) + (SELECT count(*) FROM vault.edge e WHERE e.from_id = shared AND e.name = 'refersTo') INTO wanted;
  IF wanted <> (SELECT count(DISTINCT p->>'place') FROM jsonb_array_elements(p_places) p WHERE p->>'record' = shared) OR wanted <> jsonb_array_length(p_places) THEN RETURN false; END IF;
  FOR place IN SELECT p->>'place' AS name, (p->>'before')::int AS before, (p->>'after')::int AS after FROM jsonb_array_elements(p_places) p LOOP
    IF NOT vault.relabel_place(shared, place.name, place.before, place.after) THEN RETURN false; END IF;
  END LOOP;
  PERFORM vault.append(p_actor, 'SHARE_FIRM_ITEM', jsonb_build_object('item', item.id, 'record', shared, 'with', item.body->>'sharedWith', 'state', item.state, 'places', p_places));
  RETURN true;
END $$`;

const CALLABLE: readonly string[] = ["apply_sharing(text, text, jsonb)"];

/** The migration that makes it, for these roles. */
export function firmSharingMigration(roles: MinistryRoles): new () => MigrationInterface {
  return class FirmSharing1764410000000 implements MigrationInterface {
    readonly name = "FirmSharing1764410000000";

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of installStatements(roles, { tables: [], guarded: {}, functions: [share], views: {}, callable: CALLABLE })) await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> {
      for (const signature of CALLABLE) await runner.query(`DROP FUNCTION public.${signature}`);
    }
  };
}
