/**
 * Moves every date of the demonstration with the calendar (SPEC 6), where it stands: what was granted, designated or decided meanwhile stays and moves too. A label with a last day becomes
 * another label, and whatever carried the one carries the other; numbers are never used again.
 */
import type { EntityManager } from "typeorm";
import type { Label } from "../../../schema/label";
import { labelOf, shiftDate } from "../../../schema/policy";

/** Columns that hold days. */
const DAYS: Readonly<Record<string, readonly string[]>> = {
  content: ["valid_until"], matter_entry: ["designated_on", "valid_until"], eligibility: ["notified_on", "valid_until"], former_access: ["from", "until"], assignment: ["from", "until"], item: ["due"], designation_mark: ["valid_until"],
};
/** Columns of JSON in which days may be anywhere. */
const BODIES: Readonly<Record<string, string>> = { statement: "body", item: "body", subject: "body" };
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** @param days whole days by which dates move; negative when the clock was set back */
export async function moveDates(manager: EntityManager, days: number): Promise<void> {
  await moveLabels(manager, days);
  for (const [table, columns] of Object.entries(DAYS)) {
    const sets = columns.map((column) => `"${column}" = CASE WHEN "${column}" ~ '^\\d{4}-\\d{2}-\\d{2}$' THEN to_char("${column}"::date + $1::int, 'YYYY-MM-DD') ELSE "${column}" END`);
    await manager.query(`UPDATE vault."${table}" SET ${sets.join(", ")}`, [days]);
  }
  for (const [table, column] of Object.entries(BODIES)) {
    const rows = await manager.query<{ id: unknown; body: unknown }[]>(`SELECT id, "${column}" AS body FROM vault."${table}"`);
    for (const { id, body } of rows) {
      const moved = moveWithin(body, days);
      if (JSON.stringify(moved) !== JSON.stringify(body)) await manager.query(`UPDATE vault."${table}" SET "${column}" = $2 WHERE id = $1`, [id, JSON.stringify(moved)]);
    }
  }
}

/** A JSON value with every day in it moved. */
export function moveWithin(value: unknown, days: number): unknown {
  if (typeof value === "string") return DAY.test(value) ? shiftDate(value, days) : value;
  if (Array.isArray(value)) return value.map((item) => moveWithin(item, days));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, moveWithin(item, days)]));
}

async function moveLabels(manager: EntityManager, days: number): Promise<void> {
  const rows = await manager.query<{ id: number; body: Label }[]>("SELECT id, body FROM vault.label WHERE body ? 'lifecycle'");
  const byId = new Map(rows.map(({ body }) => [body.id, body]));
  const moved = new Map<string, Label>();
  const move = (label: Label): Label => {
    const known = moved.get(label.id);
    if (known !== undefined) return known;
    const { existence, lifecycle } = label;
    const successor = lifecycle?.onLapse === undefined ? undefined : byId.get(lifecycle.onLapse);
    const shifted = moveWithin(lifecycle, days) as NonNullable<Label["lifecycle"]>;
    const made = labelOf(label, { existence, lifecycle: successor === undefined ? shifted : { ...shifted, onLapse: move(successor).id } });
    moved.set(label.id, made);
    return made;
  };
  const changed = rows.map(({ id, body }) => ({ from: id, label: move(body) })).filter(({ label }, index) => label.id !== rows[index]?.body.id);
  if (changed.length === 0) return;
  await manager.query("INSERT INTO vault.label (key, body) SELECT value->>'id', value FROM jsonb_array_elements($1::jsonb) ON CONFLICT (key) DO NOTHING", [JSON.stringify(changed.map(({ label }) => label))]);
  await manager.query("CREATE TEMPORARY TABLE moved_label ON COMMIT DROP AS SELECT (m->>'from')::int AS old, l.id AS new FROM jsonb_array_elements($1::jsonb) m JOIN vault.label l ON l.key = m->>'to'",
    [JSON.stringify(changed.map(({ from, label }) => ({ from, to: label.id })))]);
  const columns = await manager.query<{ table_name: string; column_name: string }[]>(
    // How many records a label has follows from the records.
    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'vault' AND table_name NOT IN ('tally', 'content_tally') AND (column_name = 'label_id' OR column_name LIKE '%\\_label')");
  for (const { table_name: table, column_name: column } of columns) await manager.query(`UPDATE vault."${table}" t SET "${column}" = m.new FROM moved_label m WHERE t."${column}" = m.old`);
  await manager.query("DELETE FROM vault.label l USING moved_label m WHERE l.id = m.old AND NOT EXISTS (SELECT FROM moved_label n WHERE n.new = l.id)");
}
