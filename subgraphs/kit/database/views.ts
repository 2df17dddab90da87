/**
 * Views through which the ministry reads (SPEC 6): plain ones, owned by the reader, so row level security holds inside them; a security barrier
 * would cost every index and every LIMIT (measured: a page 112 ms against 0.05 at 500,000 rows). A withheld part of a record shows as NULL.
 */
import { PORTIONS } from "../../../schema/label";
import { portionLabelColumn } from "./tables";

const portionColumns = PORTIONS.map((portion) => `${portion}.ja AS ${portion}_ja, ${portion}.en AS ${portion}_en`).join(", ");
const portionJoins = PORTIONS.map((portion) => `LEFT JOIN vault.portion ${portion} ON ${portion}.record_id = r.id AND ${portion}.name = '${portion}'`).join(" ");
const portions = "(SELECT jsonb_object_agg(p.name, jsonb_build_object('ja', p.ja, 'en', p.en)) FROM vault.portion p WHERE p.record_id = r.id)";

export const VIEWS: Readonly<Record<string, string>> = {
  label: "SELECT id, key, body FROM vault.label",
  /**
   * Joins of portions that a query does not name are removed by the planner: they are there to be filtered and sorted by. Naming all of them would cost it
   * milliseconds, so what is shown comes from `portions`, which is looked up for the rows of the page only.
   */
  document: `SELECT r.id, r.label_id, ${PORTIONS.map((portion) => `r.${portionLabelColumn(portion)}`).join(", ")}, r.tearline_of_label,
    r.contact_ja, r.contact_en, r.matter_id, c.id IS NOT NULL AS readable, c.reference, c.kind, c.class, c.owner, c.valid_until, ${portionColumns}, ${portions} AS portions
    FROM vault.record r LEFT JOIN vault.content c ON c.id = r.id ${portionJoins}`,
  portion: "SELECT p.record_id, p.name, p.ja, p.en FROM vault.portion p",
  /** A link is there while its own label is readable and the record that carries it is not withheld as a whole. */
  edge: `SELECT e.from_id, e.name, e.position, e.to_id, e.to_ministry, e.label_id FROM vault.edge e
    WHERE EXISTS (SELECT FROM vault.content c WHERE c.id = e.from_id) OR EXISTS (SELECT FROM vault.portion p WHERE p.record_id = e.from_id)`,
  matter: `SELECT m.id, m.designation_id, m.label_id, m.contact_ja, m.contact_en, e.token, e.name_ja, e.name_en, e.kind, e.issuer, e.regime, e.designated_on, e.valid_until, e.statutory_item
    FROM vault.matter m LEFT JOIN vault.matter_entry e ON e.id = m.id`,
  person: "SELECT * FROM vault.person",
  eligibility: "SELECT * FROM vault.eligibility",
  former_access: "SELECT * FROM vault.former_access",
  assignment: "SELECT * FROM vault.assignment",
};
