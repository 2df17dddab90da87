/**
 * Texts are looked for as they are where nothing in them has two cases (SPEC 6.3): in the columns of portions only letters of ASCII have, and to make small letters of every text takes longer than to compare it. A text of one group
 * is asked for once and not four times.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { FOUND_IN_EITHER_CASE, findTexts } from "./grams";

const find = findTexts({
  create: "CREATE OR REPLACE",
  declared: `
  lettered boolean := p_text COLLATE "C" ~ '[A-Za-z]';`,
  contains: "CASE WHEN lettered THEN p.ja ILIKE pattern OR p.en ILIKE pattern ELSE strpos(p.ja, p_text) > 0 OR strpos(p.en, p_text) > 0 END",
  single: (lookup) => `
  ELSIF last = 0 THEN
    ${lookup([0])}`,
});

/** Owner and grants of the function stay. */
export class FindTexts1768400300000 implements MigrationInterface {
  readonly name = "FindTexts1768400300000";

  async up(runner: QueryRunner): Promise<void> { await runner.query(find); }

  async down(runner: QueryRunner): Promise<void> { await runner.query(findTexts({ create: "CREATE OR REPLACE", ...FOUND_IN_EITHER_CASE })); }
}
