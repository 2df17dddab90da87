/**
 * Indexes that begin with a label and with nothing else (SPEC 6.3): the registers of matters and of people have one, and portions have none by their texts any more. That one could be asked without labels, and whoever
 * looked for a text learned from the time how many hidden rows have it; texts are looked for by the index that has the label in every key.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { installStatements } from "./items";
import type { MinistryRoles } from "./roles";

/** The register with its entries looked up one by one: left to choose, the planner reads all entries, hidden ones too. */
export const LABEL_ORDERS_VIEWS: Readonly<Record<string, string>> = { listed_matter: `SELECT m.id, m.designation_id, m.label_id, m.contact_ja, m.contact_en, e.token, e.name_ja, e.name_en, e.kind, e.issuer, e.regime, e.designated_on, e.valid_until, e.statutory_item
  FROM vault.matter m LEFT JOIN LATERAL (SELECT * FROM vault.matter_entry e WHERE e.id = m.id OFFSET 0) e ON TRUE` };

/** The migration that makes them, for these roles. */
export function labelOrdersMigration(roles: MinistryRoles): new () => MigrationInterface {
  return class LabelOrders1768300200000 implements MigrationInterface {
    readonly name = "LabelOrders1768300200000";

    async up(runner: QueryRunner): Promise<void> {
      for (const register of ["matter", "person"]) await runner.query(`CREATE INDEX ${register}_label ON vault.${register} (label_id, id)`);
      for (const statement of installStatements(roles, { tables: [], guarded: {}, functions: [], views: LABEL_ORDERS_VIEWS, callable: [] })) await runner.query(statement);
      for (const language of ["ja", "en"]) await runner.query(`DROP INDEX vault.portion_${language}`);
    }

    async down(runner: QueryRunner): Promise<void> {
      for (const register of ["matter", "person"]) await runner.query(`DROP INDEX vault.${register}_label`);
      await runner.query("DROP VIEW public.listed_matter");
      for (const language of ["ja", "en"]) await runner.query(`CREATE INDEX portion_${language} ON vault.portion USING hash (${language})`);
    }
  };
}
