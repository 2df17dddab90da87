/**
 * How many records there are under each label (SPEC 6.3), kept by the statements that change records, under the guard of their existence: whoever may know of the records may know their
 * number. Without it every total would read all that the asker has. Also the orders in which lists are asked for, by label, and guards by mask for tables that had them by list.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { KNOWN_SETTING, MASK_OF, isInMask } from "./guards";
import { installStatements } from "./items";
import type { MinistryRoles } from "./roles";

const definer = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp";

export const GUARDED_TALLY: Readonly<Record<string, string>> = { "vault.tally": KNOWN_SETTING };

const TABLES: readonly string[] = ["CREATE TABLE vault.tally (label_id int PRIMARY KEY REFERENCES vault.label ON DELETE CASCADE, records bigint NOT NULL CHECK (records >= 0))"];

/** By statement and not by row. Lines are taken in the order of their labels, so that two statements cannot wait for each other. */
const count = `CREATE FUNCTION vault.tally_records() RETURNS trigger ${definer} AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO vault.tally AS t SELECT a.label_id, count(*) FROM added a GROUP BY 1 ORDER BY 1 ON CONFLICT (label_id) DO UPDATE SET records = t.records + EXCLUDED.records;
  ELSIF TG_OP = 'DELETE' THEN
    PERFORM FROM vault.tally t WHERE t.label_id IN (SELECT r.label_id FROM removed r) ORDER BY t.label_id FOR UPDATE;
    UPDATE vault.tally t SET records = t.records - r.records FROM (SELECT label_id, count(*) AS records FROM removed GROUP BY 1) r WHERE t.label_id = r.label_id;
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO vault.tally SELECT DISTINCT a.label_id, 0 FROM added a ORDER BY 1 ON CONFLICT DO NOTHING;
    PERFORM FROM vault.tally t WHERE t.label_id IN (SELECT r.label_id FROM removed r UNION SELECT a.label_id FROM added a) ORDER BY t.label_id FOR UPDATE;
    UPDATE vault.tally t SET records = t.records + moved.records
      FROM (SELECT label_id, sum(one) AS records FROM (SELECT label_id, 1 AS one FROM added UNION ALL SELECT label_id, -1 FROM removed) each GROUP BY 1) moved WHERE t.label_id = moved.label_id AND moved.records <> 0;
  ELSE
    DELETE FROM vault.tally;
  END IF;
  RETURN NULL;
END $$`;

const TRIGGERS: readonly string[] = [
  "CREATE TRIGGER tally_added AFTER INSERT ON vault.record REFERENCING NEW TABLE AS added EXECUTE FUNCTION vault.tally_records()",
  "CREATE TRIGGER tally_removed AFTER DELETE ON vault.record REFERENCING OLD TABLE AS removed EXECUTE FUNCTION vault.tally_records()",
  "CREATE TRIGGER tally_moved AFTER UPDATE ON vault.record REFERENCING OLD TABLE AS removed NEW TABLE AS added EXECUTE FUNCTION vault.tally_records()",
  "CREATE TRIGGER tally_emptied AFTER TRUNCATE ON vault.record EXECUTE FUNCTION vault.tally_records()",
  "INSERT INTO vault.tally SELECT label_id, count(*) FROM vault.record GROUP BY 1",
];

/** By which a page finds how far it has to look, and what is there, among what somebody may read. */
const INDEXES: readonly string[] = ["CREATE INDEX content_label_reference ON vault.content (label_id, reference)", "CREATE INDEX content_label_valid_until ON vault.content (label_id, valid_until)"];

/** Guards that were made before there were masks. */
const POLICIES: readonly string[] = Object.keys(MASK_OF).map((setting) => `DO $$ DECLARE item record; BEGIN
  FOR item IN SELECT p.tablename FROM pg_policies p WHERE p.schemaname = 'vault' AND p.policyname = 'guard' AND p.qual LIKE '%''${setting}''%' LOOP
    EXECUTE format('ALTER POLICY guard ON vault.%I USING (%s)', item.tablename, $q$${isInMask("label_id", setting)}$q$); END LOOP; END $$`);

export const TALLY_VIEWS: Readonly<Record<string, string>> = { tally: "SELECT label_id, records FROM vault.tally" };

/** The migration that makes them, for these roles. */
export function tallyMigration(roles: MinistryRoles): new () => MigrationInterface {
  return class Tally1764200000000 implements MigrationInterface {
    readonly name = "Tally1764200000000";

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of [...installStatements(roles, { tables: TABLES, guarded: GUARDED_TALLY, functions: [count], views: TALLY_VIEWS, callable: [] }), ...TRIGGERS, ...INDEXES, ...POLICIES]) await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> {
      for (const name of ["added", "removed", "moved", "emptied"]) await runner.query(`DROP TRIGGER tally_${name} ON vault.record`);
      for (const name of ["content_label_reference", "content_label_valid_until"]) await runner.query(`DROP INDEX vault.${name}`);
      await runner.query("DROP VIEW public.tally");
      await runner.query("DROP FUNCTION vault.tally_records()");
      await runner.query("DROP TABLE vault.tally");
    }
  };
}
