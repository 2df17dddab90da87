/** Migrations of a ministry's database, in order; each is applied once and never edited afterwards. */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { acknowledgementsMigration } from "./acknowledgements";
import { agreementsMigration } from "./agreements";
import { challengeOutcomeMigration } from "./challenge-outcome";
import { complaintEyesMigration } from "./complaint-eyes";
import { compartmentsMigration } from "./compartments";
import { designationsMigration } from "./designations";
import { exitsMigration } from "./exits";
import { facilitiesMigration } from "./facilities";
import { feedMigration } from "./feed";
import { findingMigration } from "./finding";
import { FindTexts1768400300000 } from "./find-texts";
import { firmSharingMigration } from "./firm-sharing";
import { CALLABLE, FUNCTIONS } from "./functions";
import { gramsMigration } from "./grams";
import { guardTable } from "./guards";
import { handlerNoticesMigration } from "./handler-notices";
import { handlerWordsMigration } from "./handler-words";
import { importsMigration } from "./imports";
import { itemsMigration } from "./items";
import { labelOrdersMigration } from "./label-orders";
import { labelPartsMigration } from "./label-parts";
import { labelUseMigration } from "./label-use";
import { nationsReadForMigration } from "./nations-read-for";
import { oversightMigration } from "./oversight";
import { oversightBodiesMigration } from "./oversight-bodies";
import { partnersMigration } from "./partners";
import { QuietNotes1768000600000 } from "./quiet-notes";
import { recipientsMigration } from "./recipients";
import { resultsMigration } from "./results";
import { roleHoldersMigration } from "./role-holders";
import type { MinistryRoles } from "./roles";
import { GUARDED, PART_INDEXES, TABLES } from "./tables";
import { takenOverMigration } from "./taken-over";
import { tallyMigration } from "./tally";
import { underFilesMigration } from "./under-files";
import { vettingMigration } from "./vetting";
import { VIEWS } from "./views";
import { zonesMigration } from "./zones";

type MigrationClass = new () => MigrationInterface;

/** TypeORM makes migrations by class, so those that name roles are classes made for these roles. */
export function migrationsFor(roles: MinistryRoles): MigrationClass[] {
  class Vault1762000000000 implements MigrationInterface {
    readonly name = "Vault1762000000000";

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of statements(roles)) await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> {
      for (const view of Object.keys(VIEWS)) await runner.query(`DROP VIEW IF EXISTS public.${view}`);
      for (const signature of CALLABLE) await runner.query(`DROP FUNCTION IF EXISTS public.${signature}`);
      await runner.query("DROP SCHEMA vault CASCADE");
    }
  }
  /** What is readable is found by its label, and filtered and sorted in views of its own. */
  class PartsByLabel1763700000000 implements MigrationInterface {
    readonly name = "PartsByLabel1763700000000";

    async up(runner: QueryRunner): Promise<void> {
      for (const index of PART_INDEXES) await runner.query(index);
      for (const view of Object.keys(VIEWS)) await runner.query(`DROP VIEW IF EXISTS public.${view}`);
      for (const statement of createViews(roles)) await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> {
      for (const index of ["content_label", "portion_label"]) await runner.query(`DROP INDEX vault.${index}`);
    }
  }
  return [Vault1762000000000, PartsByLabel1763700000000, itemsMigration(roles), feedMigration(roles), roleHoldersMigration(roles), designationsMigration(roles), acknowledgementsMigration(roles), compartmentsMigration(roles), vettingMigration(roles), facilitiesMigration(roles), partnersMigration(roles), zonesMigration(roles), firmSharingMigration(roles), tallyMigration(roles), importsMigration(roles), oversightMigration(roles), exitsMigration(roles), complaintEyesMigration(roles), agreementsMigration(roles), resultsMigration(roles), handlerNoticesMigration(roles), labelUseMigration(roles), findingMigration(roles), gramsMigration(roles), QuietNotes1768000600000, oversightBodiesMigration(roles), recipientsMigration(roles), handlerWordsMigration(roles), takenOverMigration(roles), underFilesMigration(roles), labelPartsMigration(roles), nationsReadForMigration(roles), challengeOutcomeMigration(roles), labelOrdersMigration(roles), FindTexts1768400300000];
}

function createViews({ ministry, reader }: MinistryRoles): readonly string[] {
  return Object.entries(VIEWS).flatMap(([name, select]) => [`CREATE VIEW public.${name} AS ${select}`, `ALTER VIEW public.${name} OWNER TO ${reader}`, `GRANT SELECT ON public.${name} TO ${ministry}`]);
}

function statements(roles: MinistryRoles): readonly string[] {
  const { ministry, reader, keeper } = roles;
  return [
    `CREATE SCHEMA vault AUTHORIZATION ${keeper}`,
    `GRANT USAGE ON SCHEMA vault TO ${reader}`,
    ...TABLES,
    "INSERT INTO vault.revision VALUES (true, 0, '')",
    ...Object.entries(GUARDED).flatMap(([table, setting]) => guardTable(table, setting, roles)),
    `GRANT SELECT ON vault.label TO ${reader}`,
    ...FUNCTIONS,
    `DO $$ DECLARE item record; BEGIN
      FOR item IN SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'vault'::regnamespace AND c.relkind = 'r' LOOP EXECUTE format('ALTER TABLE vault.%I OWNER TO ${keeper}', item.relname); END LOOP;
      FOR item IN SELECT p.oid::regprocedure AS signature FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname IN ('vault', 'public') LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO ${keeper}', item.signature); EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', item.signature); END LOOP; END $$`,
    `REVOKE ALL ON SCHEMA public FROM PUBLIC`,
    `GRANT USAGE ON SCHEMA public TO ${ministry}`,
    ...createViews(roles),
    ...CALLABLE.map((signature) => `GRANT EXECUTE ON FUNCTION public.${signature} TO ${ministry}`),
  ];
}
