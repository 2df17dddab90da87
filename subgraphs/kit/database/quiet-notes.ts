/**
 * Words that stood lower than what they tell (SPEC 15.43, 15.64), in databases that were there before: which reports a digest was made of moves from the digest's draft to the reports themselves, under their label;
 * the free text with which a ministry declined leaves the item. What was said stays in the history, which nobody reads through the graph.
 */
import type { MigrationInterface, QueryRunner } from "typeorm";

const TO_REPORTS = `WITH made AS (
    SELECT s.item_id AS digest, s.actor, s.at, i.id, i.label_id, i.state, i.version + row_number() OVER (PARTITION BY i.id ORDER BY s.at, s.item_id) AS number
      FROM vault.step s CROSS JOIN LATERAL jsonb_array_elements_text(s.note->'reports') AS report(id) JOIN vault.item i ON i.id = report.id AND i.workflow = 'SuspiciousApproach' WHERE s.name = 'DRAFT_DIGEST' AND s.note ? 'reports'),
  put AS (INSERT INTO vault.step (item_id, number, label_id, name, actor, at, from_state, to_state, note)
    SELECT id, number, label_id, 'DRAFT_DIGEST', actor, at, state, state, jsonb_build_object('digest', digest) FROM made RETURNING item_id, number)
  UPDATE vault.item i SET version = last.number FROM (SELECT item_id, max(number) AS number FROM put GROUP BY 1) last WHERE i.id = last.item_id`;

const QUIET: readonly string[] = [
  TO_REPORTS, "UPDATE vault.step SET note = note - 'reports' WHERE name = 'DRAFT_DIGEST' AND note ? 'reports'", "UPDATE vault.item SET body = body - 'explanation' WHERE workflow = 'Response' AND body ? 'explanation'",
];

/** The migration that does it. It is not undone: what was taken away was too much. */
export class QuietNotes1768000600000 implements MigrationInterface {
  readonly name = "QuietNotes1768000600000";

  async up(runner: QueryRunner): Promise<void> { for (const statement of QUIET) await runner.query(statement); }

  async down(): Promise<void> { /* Nothing to do: the rows are of the same shape. */ }
}
