/**
 * Keeper's functions for oversight and law (SPEC 18): counts over whole registers, which only a request of the oversight office that the ministry has accepted can have made; whether a designation is held for a disclosure
 * request; and that nobody's function deletes from a register. What the asker may not read is as what is not there.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { READABLE_SETTING, isMember } from "./guards";
import { installStatements } from "./items";
import type { MinistryRoles } from "./roles";

const definer = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp";

/** What is kept for good: a row that is over says so, and stays. */
export const REGISTERS: readonly string[] = ["matter", "matter_entry", "eligibility", "former_access", "item", "step", "notice", "reading", "designation_mark", "acknowledgement"];

/** Nobody of the ministry; whoever administers the database is bound by other means (the history is chained). */
const refuseDeletion = ({ ministry, reader, keeper }: MinistryRoles): string => `CREATE FUNCTION vault.refuse_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_user IN ('${keeper}', '${ministry}', '${reader}') THEN RAISE EXCEPTION 'registers are kept'; END IF;
  RETURN OLD;
END $$`;

const day = (moment: string): string => `to_char(${moment} AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD')`;

/**
 * Counts of one year, of everything that there is (`of` may narrow it to a body), whoever may know of it: more than the asker may read, so that it is done for an accepted request alone and written into the history. With them the highest level at which
 * the existence of what was counted is known. A designation is in force on its last day.
 */
export const countRegisters = (create: string, of: (column: string) => string): string => `${create} FUNCTION count_registers(p_actor text, p_item text, p_from text, p_until text, p_before text) RETURNS jsonb ${definer} AS $$
DECLARE held vault.item; counted jsonb; highest int;
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  SELECT * INTO held FROM vault.item i WHERE i.id = p_item AND i.workflow = 'OversightRequest' AND i.state = 'ACCEPTED' AND i.body->>'about' = 'STATISTICS' AND ${isMember("i.label_id", READABLE_SETTING)};
  IF NOT FOUND THEN RETURN NULL; END IF;
  WITH entry AS (
    SELECT e.token, COALESCE(e.regime, '') AS regime, COALESCE(e.statutory_item, '') AS item, e.designated_on, e.valid_until,
      (SELECT min(f.body->>'endedOn') FROM vault.item f WHERE f.workflow = 'DesignationFile' AND f.body->>'token' = e.token AND f.body ? 'endedOn') AS ended
    FROM vault.matter_entry e WHERE e.kind = 'DESIGNATION'${of("e.issuer")}),
  taken AS (SELECT s.name, s.to_state, i.workflow, i.body FROM vault.step s JOIN vault.item i ON i.id = s.item_id WHERE ${day("s.at")} BETWEEN p_from AND p_until${of("i.owner")}),
  counts AS (
    SELECT 'IN_FORCE' AS measure, regime, item, count(*) FROM entry WHERE designated_on <= p_until AND COALESCE(valid_until, '9') >= p_until AND COALESCE(ended, '9') > p_until GROUP BY 2, 3
    UNION ALL SELECT 'NEW', regime, item, count(*) FROM entry WHERE designated_on BETWEEN p_from AND p_until GROUP BY 2, 3
    UNION ALL SELECT 'ENDED', regime, item, count(*) FROM entry WHERE ended BETWEEN p_from AND p_until GROUP BY 2, 3
    UNION ALL SELECT 'LAPSED', regime, item, count(*) FROM entry WHERE ended IS NULL AND valid_until >= p_before AND valid_until < p_until GROUP BY 2, 3
    UNION ALL SELECT 'EXTENDED', e.regime, e.item, count(*) FROM taken t JOIN entry e ON e.token = t.body->>'token' WHERE t.workflow = 'DesignationFile' AND t.name = 'EXTEND_DESIGNATION' GROUP BY 2, 3
    UNION ALL SELECT 'REVIEW_OVERDUE', e.regime, e.item, count(*) FROM vault.item f JOIN entry e ON e.token = f.body->>'token'
      WHERE f.workflow = 'DesignationFile' AND f.state IN ('ACTIVE', 'CHALLENGED') AND f.body->>'reviewBy' < p_until GROUP BY 2, 3
    UNION ALL SELECT 'HOLDERS', regime, '', count(DISTINCT person_id) FROM vault.eligibility
      WHERE status = 'ACTIVE' AND notified_on <= p_until AND valid_until >= p_until AND (granted_by = held.owner OR starts_with(granted_by, held.owner || '.')) GROUP BY 2
    UNION ALL SELECT CASE name WHEN 'NOTIFY_OUTCOME' THEN to_state WHEN 'SUSPEND_ELIGIBILITY' THEN 'SUSPENDED' ELSE 'WITHDRAWN' END, body->>'regime', '', count(*) FROM taken
      WHERE workflow = 'VettingEvaluation' AND name IN ('NOTIFY_OUTCOME', 'SUSPEND_ELIGIBILITY', 'WITHDRAW_ELIGIBILITY') GROUP BY 1, 2
    UNION ALL SELECT 'CONSENT_REFUSED', '', '', count(*) FROM taken WHERE workflow = 'Vetting' AND name IN ('REFUSE_CONSENT', 'WITHDRAW_CONSENT') HAVING count(*) > 0)
  SELECT COALESCE(jsonb_agg(jsonb_build_object('measure', c.measure, 'regime', c.regime, 'item', c.item, 'count', c.count) ORDER BY c.measure, c.regime, c.item), '[]') INTO counted FROM counts c;
  SELECT max((l.body->'existence'->>'level')::int) INTO highest FROM vault.matter m JOIN vault.matter_entry e ON e.id = m.id JOIN vault.label l ON l.id = m.label_id WHERE e.kind = 'DESIGNATION'${of("e.issuer")};
  PERFORM vault.append(p_actor, 'COUNT_REGISTERS', jsonb_build_object('item', p_item, 'from', p_from, 'until', p_until));
  RETURN jsonb_build_object('counts', counted, 'level', COALESCE(highest, 0));
END $$`;

/** A hold of which the asker may not read stands all the same. */
const held = `CREATE FUNCTION is_held(p_file text) RETURNS boolean ${definer} AS $$
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  IF NOT EXISTS (SELECT FROM vault.item f WHERE f.id = p_file AND f.workflow = 'DesignationFile' AND ${isMember("f.label_id", READABLE_SETTING)}) THEN RETURN true; END IF;
  RETURN EXISTS (SELECT FROM vault.item i WHERE i.workflow = 'InformationRequest' AND i.body->>'file' = p_file AND i.state <> 'LIFTED');
END $$`;

const CALLABLE: readonly string[] = ["count_registers(text, text, text, text, text)", "is_held(text)"];

/** The migration that makes them, for these roles. */
export function oversightMigration(roles: MinistryRoles): new () => MigrationInterface {
  return class Oversight1764390000000 implements MigrationInterface {
    readonly name = "Oversight1764390000000";

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of installStatements(roles, { tables: [], guarded: {}, functions: [refuseDeletion(roles), countRegisters("CREATE", () => ""), held], views: {}, callable: CALLABLE })) await runner.query(statement);
      await runner.query("CREATE INDEX item_file ON vault.item ((body->>'file')) WHERE workflow = 'InformationRequest'");
      for (const table of REGISTERS) await runner.query(`CREATE TRIGGER keep_row BEFORE DELETE ON vault.${table} FOR EACH ROW EXECUTE FUNCTION vault.refuse_deletion()`);
    }

    async down(runner: QueryRunner): Promise<void> {
      for (const table of REGISTERS) await runner.query(`DROP TRIGGER keep_row ON vault.${table}`);
      await runner.query("DROP INDEX vault.item_file");
      await runner.query("DROP FUNCTION vault.refuse_deletion()");
      for (const signature of CALLABLE) await runner.query(`DROP FUNCTION public.${signature}`);
    }
  };
}
