/**
 * Views through which the ministry reads (SPEC 6): plain ones, owned by the reader, so row level security holds inside them; a security barrier
 * would cost every index and every LIMIT (measured: a page 112 ms against 0.05 at 500,000 rows). A withheld part of a record shows as NULL.
 */
import { PORTIONS } from "../../../schema/label";
import { portionLabelColumn } from "./tables";

const portions = "(SELECT jsonb_object_agg(p.name, jsonb_build_object('ja', p.ja, 'en', p.en)) FROM vault.portion p WHERE p.record_id = r.id)";

export const VIEWS: Readonly<Record<string, string>> = {
  label: "SELECT id, key, body FROM vault.label",
  /** What may be known of records: they are filtered and sorted here, with the parts that a query names joined to them. */
  record: "SELECT id, label_id, contact_ja, contact_en, matter_id FROM vault.record",
  content: "SELECT id, label_id, reference, kind, class, owner, valid_until FROM vault.content",
  portion: "SELECT record_id, name, label_id, ja, en FROM vault.portion",
  /** A record as it is shown. Its portions are looked up in one go, for the rows of a page only. */
  document: `SELECT r.id, r.label_id, ${PORTIONS.map((portion) => `r.${portionLabelColumn(portion)}`).join(", ")}, r.tearline_of_label,
    r.contact_ja, r.contact_en, r.matter_id, c.id IS NOT NULL AS readable, c.reference, c.kind, c.class, c.owner, c.valid_until, ${portions} AS portions
    FROM vault.record r LEFT JOIN vault.content c ON c.id = r.id`,
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
