/** Keeper's function for results of the Cabinet Office (SPEC 15.36): whether an evaluation is the first on a result for its regime, of all that the ministry has, whoever reads them. */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { installStatements } from "./items";
import type { MinistryRoles } from "./roles";

const firstUse = `CREATE FUNCTION is_first_use_of_result(p_evaluation text, p_result text, p_regime text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM FROM vault.revision FOR UPDATE;
  RETURN NOT EXISTS (SELECT FROM vault.item i WHERE i.workflow = 'VettingEvaluation' AND i.body->>'resultId' = p_result AND i.body->>'regime' = p_regime AND i.id <> p_evaluation);
END $$`;

const CALLABLE: readonly string[] = ["is_first_use_of_result(text, text, text)"];

/** The migration that makes it, for these roles. */
export function resultsMigration(roles: MinistryRoles): new () => MigrationInterface {
  return class Results1768000300000 implements MigrationInterface {
    readonly name = "Results1768000300000";

    async up(runner: QueryRunner): Promise<void> { for (const statement of installStatements(roles, { tables: [], guarded: {}, functions: [firstUse], views: {}, callable: CALLABLE })) await runner.query(statement); }

    async down(runner: QueryRunner): Promise<void> { for (const signature of CALLABLE) await runner.query(`DROP FUNCTION public.${signature}`); }
  };
}
