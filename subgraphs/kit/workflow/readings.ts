/**
 * Writes down who reads what is kept about people (SPEC 15.39), in a transaction of its own that is committed before the answer goes out. Takes who asks and items that they read; the
 * database takes only those that they may read.
 */
import type { DataSource } from "typeorm";
import { settings } from "../reader";
import type { Asker, Visible } from "../rows";

/** @throws Error when it cannot be written; then nothing may be answered */
export async function noteReadings(pool: DataSource, { subject, ctx }: Asker, visible: Visible, items: readonly string[]): Promise<void> {
  await pool.transaction(async (manager) => {
    await manager.query(settings(visible));
    await manager.query("SELECT note_readings($1, $2, $3, $4)", [subject.id, subject.hostOrg ?? subject.org ?? "", ctx.purpose ?? null, items]);
  });
}
