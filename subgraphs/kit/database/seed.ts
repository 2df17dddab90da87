/**
 * Fills a ministry's database with the demonstration's rows and moves their dates with the calendar (SPEC 6). Runs again only when the data or the day
 * differ: on another day dates move and what was done meanwhile stays; with other data everything is as written.
 */
import { createHash } from "node:crypto";
import type { EntityManager } from "typeorm";
import { demoShiftDays, loadPolicy } from "../../../schema/policy";
import type { MinistryDefinition } from "../definition";
import { refuseInvalid } from "./ingestion";
import { moveDates } from "./move-dates";
import { type Row, type SeedRows, rowsOf } from "./rows";

/** Columns that hold a label: rows carry numbers, the data know ids. */
const LABEL_COLUMN = /_label$|^label_id$/;

interface Seeded { readonly shift_days: number; readonly content: string }

/**
 * @param now milliseconds since the epoch; its day in Japan decides by how many days dates are moved.
 * @returns true when rows were written.
 * @throws Error when a label breaks a rule of ingestion
 */
export async function seedDemo(manager: EntityManager, ministry: MinistryDefinition, now: number): Promise<boolean> {
  const shift = demoShiftDays(now);
  const content = createHash("sha256").update(JSON.stringify(ministry.demo)).digest("hex");
  const [seeded] = await manager.query<Seeded[]>("SELECT shift_days, content FROM vault.seed");
  if (seeded?.shift_days === shift && seeded.content === content) return false;
  if (seeded?.content === content) {
    await moveDates(manager, shift - seeded.shift_days);
    await manager.query("UPDATE vault.seed SET shift_days = $1", [shift]);
  } else {
    refuseInvalid(loadPolicy(), ministry);
    const rows = rowsOf(ministry, shift);
    await clear(manager, rows);
    const numbers = await internLabels(manager, rows);
    for (const { table, rows: values } of rows.tables) await insert(manager, table, values, numbers);
    // Who was assigned before there were files was given what they cover.
    await manager.query("SELECT vault.enter_liaisons(i.id) FROM vault.item i WHERE i.workflow = 'DesignationFile'");
    // What happened last to an item is the line of history below.
    await manager.query("UPDATE vault.item SET number = (SELECT revision + 1 FROM vault.revision)");
    await manager.query("INSERT INTO vault.seed VALUES (true, $1, $2)", [shift, content]);
  }
  await manager.query("SELECT vault.append('SYSTEM', $1, $2)", [seeded === undefined ? "SEED" : "MOVE_DATES", { shiftDays: shift, content }]);
  return true;
}

async function clear(manager: EntityManager, rows: SeedRows): Promise<void> {
  const tables = rows.tables.map(({ table }) => `vault."${table}"`).reverse();
  // Numbers of labels are never used again: a process that has not heard of the change must not take a new label for an old one.
  await manager.query(`TRUNCATE ${tables.join(", ")}, vault.import_part, vault.person_link, vault.designation_mark, vault.facility, vault.facility_contract, vault.facility_zone, vault.reading, vault.reads_for, vault.notice, vault.carried_out, vault.tally, vault.content_tally, vault.seed, vault.label_use, vault.label`);
}

async function internLabels(manager: EntityManager, { labels }: SeedRows): Promise<ReadonlyMap<string, number>> {
  const rows = await manager.query<{ id: number; key: string }[]>(
    "INSERT INTO vault.label (key, body) SELECT value->>'id', value FROM jsonb_array_elements($1::jsonb) RETURNING id, key", [JSON.stringify(labels)]);
  return new Map(rows.map(({ id, key }) => [key, id]));
}

async function insert(manager: EntityManager, table: string, rows: readonly Row[], numbers: ReadonlyMap<string, number>): Promise<void> {
  const first = rows[0];
  if (first === undefined) return;
  const columns = Object.keys(first).map((column) => `"${column}"`).join(", ");
  const numbered = rows.map((row) => Object.fromEntries(Object.entries(row).map(([column, value]) => [column, LABEL_COLUMN.test(column) && value !== null ? numberOf(numbers, value) : value])));
  await manager.query(`INSERT INTO vault."${table}" (${columns}) SELECT ${columns} FROM jsonb_populate_recordset(null::vault."${table}", $1::jsonb)`, [JSON.stringify(numbered)]);
}

function numberOf(numbers: ReadonlyMap<string, number>, id: unknown): number {
  const number = numbers.get(String(id));
  if (number === undefined) throw new Error(`no label ${String(id)}`);
  return number;
}
