/**
 * Words to those whom a designation concerns (SPEC 15.26): whoever is assigned to its token hears that it was extended, has ended or lapsed, in whatever body; whoever made something of a record hears that the
 * record is designated now. Written where assignments and items are, so that nobody is told who they are. Takes a file that the asker may read; for any other it does nothing.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { installStatements } from "./items";
import type { MinistryRoles } from "./roles";

const definer = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp";

const tell = `CREATE FUNCTION tell_handlers(p_item text, p_label int, p_kind text, p_day text, p_told text[]) RETURNS void ${definer} AS $$
DECLARE held vault.item;
BEGIN
  held := vault.file_of(p_item);
  INSERT INTO vault.notice (id, label_id, subject, item_id, workflow, kind, at, number)
    SELECT 'ntc_' || replace(gen_random_uuid()::text, '-', ''), p_label, a.subject, held.id, held.workflow, p_kind, clock_timestamp(), r.revision
    FROM (SELECT DISTINCT x.subject FROM vault.assignment x WHERE x.token = held.body->>'token' AND x.until >= p_day AND x.subject <> ALL (p_told)) a, vault.revision r;
END $$`;

/** Said about what they made, under its label: they know which records they named, and whatever else they may know of a record they still may (15.23). */
export const makers = `CREATE FUNCTION tell_makers(p_item text, p_kind text) RETURNS void ${definer} AS $$
DECLARE held vault.item; records text[];
BEGIN
  held := vault.file_of(p_item);
  SELECT array_agg(DISTINCT m.record_id) INTO records FROM vault.designation_mark m WHERE m.item_id = held.id AND NOT m.ended;
  INSERT INTO vault.notice (id, label_id, subject, item_id, workflow, kind, at, number)
    SELECT 'ntc_' || replace(gen_random_uuid()::text, '-', ''), i.label_id, (SELECT s.actor FROM vault.step s WHERE s.item_id = i.id ORDER BY s.number LIMIT 1), i.id, i.workflow, p_kind, clock_timestamp(), r.revision
    FROM vault.item i, vault.revision r WHERE i.state <> 'WITHDRAWN'
      AND ((i.workflow = 'Product' AND jsonb_exists_any(i.body->'sources', records)) OR (i.workflow = 'Response' AND jsonb_exists_any(i.body->'documents', records)));
END $$`;

const CALLABLE: readonly string[] = ["tell_handlers(text, int, text, text, text[])", "tell_makers(text, text)"];

/** The migration that makes it, for these roles. */
export function handlerNoticesMigration(roles: MinistryRoles): new () => MigrationInterface {
  return class HandlerNotices1768100000000 implements MigrationInterface {
    readonly name = "HandlerNotices1768100000000";

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of installStatements(roles, { tables: [], guarded: {}, functions: [tell, makers], views: {}, callable: CALLABLE })) await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> {
      for (const signature of CALLABLE) await runner.query(`DROP FUNCTION public.${signature}`);
    }
  };
}
