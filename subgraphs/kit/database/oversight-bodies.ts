/**
 * Counts for oversight where a ministry keeps the registers of several bodies (SPEC 18.3): those of the body that was asked, and of what is below it. Nobody is told what another body has designated because the two share
 * a database.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { installStatements } from "./items";
import { countRegisters } from "./oversight";
import type { MinistryRoles } from "./roles";

const ofTheBody = (column: string): string => ` AND (${column} = held.owner OR starts_with(${column}, held.owner || '.'))`;

/** The migration that makes it, for these roles. */
export function oversightBodiesMigration(roles: MinistryRoles): new () => MigrationInterface {
  return class OversightBodies1768000401000 implements MigrationInterface {
    readonly name = "OversightBodies1768000401000";

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of installStatements(roles, { tables: [], guarded: {}, functions: [countRegisters("CREATE OR REPLACE", ofTheBody)], views: {}, callable: [] })) await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> { await runner.query(countRegisters("CREATE OR REPLACE", () => "")); }
  };
}
