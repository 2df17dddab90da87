/**
 * Who holds a role, as far as this ministry states it (SPEC 15.40): for notices to those who have authority over an item. Takes a role, a body and a day; gives subject ids with that
 * role over the body, one above it or one below it.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { installStatements } from "./items";
import type { MinistryRoles } from "./roles";

const definer = "LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp";

const holders = `CREATE FUNCTION holders_of_role(p_role text, p_body text, p_day text) RETURNS TABLE (subject text) ${definer} AS $$
BEGIN
  RETURN QUERY SELECT DISTINCT s.body->>'subject' FROM vault.statement s
    WHERE s.list = 'roles' AND s.body->>'role' = p_role AND s.body->>'from' <= p_day AND s.body->>'until' >= p_day
      AND (starts_with(p_body || '.', (s.body->>'org') || '.') OR starts_with((s.body->>'org') || '.', p_body || '.')) ORDER BY 1;
END $$`;

export const HOLDERS_CALLABLE: readonly string[] = ["holders_of_role(text, text, text)"];

/** The migration that makes it, for these roles. */
export function roleHoldersMigration(roles: MinistryRoles): new () => MigrationInterface {
  return class RoleHolders1764200000000 implements MigrationInterface {
    readonly name = "RoleHolders1764200000000";

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of installStatements(roles, { tables: [], guarded: {}, functions: [holders], views: {}, callable: HOLDERS_CALLABLE })) await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> {
      for (const signature of HOLDERS_CALLABLE) await runner.query(`DROP FUNCTION public.${signature}`);
    }
  };
}
