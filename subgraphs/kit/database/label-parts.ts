/**
 * In which parts of the order of ids each label has records (SPEC 6.3), kept beside their number by the statements that change records, under the same guard. It tells where nothing can be and never
 * what is there: a part that was once marked stays marked, and a line without parts stands for everywhere.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { ID_PARTS, PART_OF } from "../id-parts";
import { installStatements } from "./items";
import type { MinistryRoles } from "./roles";
import { TALLY_VIEWS } from "./tally";

const of = (bit: "0" | "1"): string => `repeat('${bit}', ${ID_PARTS})::bit(${ID_PARTS})`;
const PARTS = `bit_or(coalesce(set_bit(${of("0")}, ${PART_OF}, 1), ${of("1")}))`;

/** For whoever wrote records with triggers off, too. */
export const FILL_PARTS = `UPDATE vault.tally t SET parts = r.parts FROM (SELECT label_id, ${PARTS} AS parts FROM vault.record GROUP BY 1) r WHERE r.label_id = t.label_id`;

/** Behind the count of the same statement, which has taken the lines in order. Where these are all that the label has, what was marked before says nothing any more. */
const mark = `CREATE FUNCTION vault.mark_parts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE vault.tally t SET parts = CASE WHEN t.records = a.records THEN a.parts ELSE t.parts | a.parts END
    FROM (SELECT label_id, count(*) AS records, ${PARTS} AS parts FROM added GROUP BY 1) a WHERE a.label_id = t.label_id AND ((t.parts IS NULL AND t.records = a.records) OR t.parts <> t.parts | a.parts);
  RETURN NULL;
END $$`;

/** Triggers of one kind come in the order of their names. */
const TRIGGERS: readonly string[] = [
  "CREATE TRIGGER tally_parts_added AFTER INSERT ON vault.record REFERENCING NEW TABLE AS added EXECUTE FUNCTION vault.mark_parts()",
  "CREATE TRIGGER tally_parts_moved AFTER UPDATE ON vault.record REFERENCING NEW TABLE AS added EXECUTE FUNCTION vault.mark_parts()",
];

export const LABEL_PARTS_VIEWS: Readonly<Record<string, string>> = { tally: "SELECT label_id, records, parts FROM vault.tally" };

/** The migration that makes them, for these roles. */
export function labelPartsMigration(roles: MinistryRoles): new () => MigrationInterface {
  return class LabelParts1768200000000 implements MigrationInterface {
    readonly name = "LabelParts1768200000000";

    async up(runner: QueryRunner): Promise<void> {
      await runner.query(`ALTER TABLE vault.tally ADD parts bit(${ID_PARTS})`);
      await runner.query("DROP VIEW public.tally");
      for (const statement of [...installStatements(roles, { tables: [], guarded: {}, functions: [mark], views: LABEL_PARTS_VIEWS, callable: [] }), ...TRIGGERS, FILL_PARTS]) await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> {
      for (const name of ["added", "moved"]) await runner.query(`DROP TRIGGER tally_parts_${name} ON vault.record`);
      await runner.query("DROP FUNCTION vault.mark_parts()");
      await runner.query("DROP VIEW public.tally");
      await runner.query("ALTER TABLE vault.tally DROP parts");
      for (const statement of installStatements(roles, { tables: [], guarded: {}, functions: [], views: TALLY_VIEWS, callable: [] })) await runner.query(statement);
    }
  };
}
