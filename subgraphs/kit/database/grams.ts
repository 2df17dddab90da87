/**
 * What texts are searched by (SPEC 6.3): an index of the groups of characters in each portion, every one of them under the label of its portion, so that whoever looks for a text enters it at labels
 * that may be read and nowhere else. The function that does so is the keeper's, as the reader's guard has an index asked about nothing but equality; it takes labels from the transaction's
 * own setting, tests every row against the mask, and gives names of portions only, which the reader looks up under its guard.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";
import { READABLE_SETTING, isInMask } from "./guards";
import { installStatements } from "./items";
import type { MinistryRoles } from "./roles";

/** Bits of a character's number; of two of them a group's number is made, and what is left of 63 bits is the label's. */
const CHARACTER_BITS = 21;
/** Labels that are as many apart share numbers of groups: rows are tested against the mask, so nothing is found by it. */
const LABELS = 2 ** (63 - 2 * CHARACTER_BITS);
/** Groups of a text that are looked for at once; what has them is compared with the whole text. */
const PICKED = [0, 1, 2, 3] as const;
/** Labels for which the index is entered at once: it compares every key with every other before. */
const AT_ONCE = 16;
/** Bytes in which places of rows are kept apart; with fewer, all rows of a block would be looked at. */
const WORK_MEMORY = "64MB";

const labelBits = (label: string): string => `((${label})::bigint % ${LABELS} << ${2 * CHARACTER_BITS})`;

/**
 * Two characters, or three where both of these are ASCII, as searches in Japanese have few characters. Letters of ASCII are one in either case and no others are, as ILIKE has it for these columns.
 * A text that another contains has no group that the other has not.
 */
const grams = `CREATE FUNCTION vault.labelled_grams(p_label int, p_ja text, p_en text) RETURNS bigint[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT array_agg(${labelBits("p_label")} | CASE WHEN a < 128 AND b < 128 THEN (a << 14) | (b << 7) | c ELSE (a << ${CHARACTER_BITS}) | b END)
  FROM (SELECT ascii(t.x)::bigint, ascii(t.y)::bigint, ascii(t.z)::bigint
    FROM string_to_array(lower(coalesce(p_ja || ' ' || p_en, p_ja, p_en) COLLATE "C"), NULL) each, ROWS FROM (unnest(each), unnest(each[2:]), unnest(each[3:])) t(x, y, z)) g(a, b, c)
  WHERE b IS NOT NULL AND (a >= 128 OR b >= 128 OR c < 128)
$$`;

interface Finding {
  readonly create: "CREATE" | "CREATE OR REPLACE";
  /** What else it works out at the beginning. */
  readonly declared: string;
  /** Condition that a portion `p` contains the text. */
  readonly contains: string;
  /** Lines for texts of which there is one group. */
  readonly single: (lookup: (picked: readonly number[]) => string) => string;
}

/**
 * Portions under labels that may be read that contain a text; `p_name`: of this name alone. A text of which no group is made (one character, or two of ASCII) is looked for in all of these portions.
 * How it reads is not left to the planner: what it knows of tables and labels is of hidden rows too.
 */
export const findTexts = ({ create, declared, contains, single }: Finding): string => {
  const readable = `${isInMask("p.label_id", READABLE_SETTING)} AND (p_name IS NULL OR p.name = p_name) AND ${contains}`;
  const lookup = (picked: readonly number[]): string => `RETURN QUERY SELECT p.record_id, p.name
      FROM (SELECT ${picked.map((at) => `array_agg(o.bits | grams[1 + ${at} * last / ${PICKED.length - 1}]) AS keys_${at}`).join(", ")}
        FROM (SELECT ${labelBits("l.label")} AS bits, l.at FROM unnest(labels) WITH ORDINALITY l(label, at)) o GROUP BY o.at / ${AT_ONCE}) own
      JOIN vault.portion p ON ${picked.map((at) => `vault.labelled_grams(p.label_id, p.ja, p.en) && own.keys_${at}`).join(" AND ")}
      WHERE ${readable};`;
  return String.raw`${create} FUNCTION find_texts(p_text text, p_name text) RETURNS TABLE (record_id text, name text) LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET enable_indexscan = off SET plan_cache_mode = force_generic_plan SET work_mem = '${WORK_MEMORY}' AS $$
DECLARE
  labels int[] := string_to_array(current_setting('${READABLE_SETTING}', true), ',')::int[];
  pattern text := '%' || replace(replace(replace(p_text, '\', '\\'), '%', '\%'), '_', '\_') || '%';${declared}
  grams bigint[] := vault.labelled_grams(0, p_text, NULL);
  last int := cardinality(grams) - 1;
BEGIN
  IF grams IS NULL THEN
    RETURN QUERY SELECT p.record_id, p.name FROM vault.portion p WHERE p.label_id = ANY(labels) AND ${readable};${single(lookup)}
  ELSE
    ${lookup(PICKED)}
  END IF;
END $$`;
};

/** As it was made first. */
export const FOUND_IN_EITHER_CASE: Omit<Finding, "create"> = { declared: "", contains: "(p.ja ILIKE pattern OR p.en ILIKE pattern)", single: () => "" };

/**
 * Without a list of what is still to be put into it, which would have to be read by whoever asks, hidden rows too; and without statistics of its keys, as making these would take the groups of
 * thousands of texts each time.
 */
const INDEXES: readonly string[] = [
  "CREATE INDEX portion_grams ON vault.portion USING gin (vault.labelled_grams(label_id, ja, en)) WITH (fastupdate = off)", "ALTER INDEX vault.portion_grams ALTER COLUMN 1 SET STATISTICS 0",
];

const CALLABLE: readonly string[] = ["find_texts(text, text)"];

/** The migration that makes them, for these roles. */
export function gramsMigration(roles: MinistryRoles): new () => MigrationInterface {
  return class Grams1768000302000 implements MigrationInterface {
    readonly name = "Grams1768000302000";

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of [...installStatements(roles, { tables: [], guarded: {}, functions: [grams, findTexts({ create: "CREATE", ...FOUND_IN_EITHER_CASE })], views: {}, callable: CALLABLE }), ...INDEXES]) await runner.query(statement);
    }

    async down(runner: QueryRunner): Promise<void> {
      for (const signature of CALLABLE) await runner.query(`DROP FUNCTION public.${signature}`);
      await runner.query("DROP INDEX vault.portion_grams");
      await runner.query("DROP FUNCTION vault.labelled_grams(int, text, text)");
    }
  };
}
