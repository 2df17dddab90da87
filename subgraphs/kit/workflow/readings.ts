/**
 * Writes down who reads what is kept about people (SPEC 15.39), in a transaction of its own that is committed before the answer goes out. Takes who asks and items that they read; the
 * database takes only those that they may read. In a simulation it is the officer who reads, not the person whose view is simulated.
 */
import type { DataSource } from "typeorm";
import { settings } from "../reader";
import type { Asker, Visible } from "../rows";

export interface ReadItem { readonly id: string; readonly workflow: string; readonly subject: string | null }

/** @throws Error when it cannot be written; then nothing may be answered */
export async function noteReadings(pool: DataSource, asker: Asker, visible: Visible, items: readonly Pick<ReadItem, "id" | "subject">[]): Promise<void> {
  const { subject: reader, purpose } = asker.ctx.observer ?? { subject: asker.subject, purpose: asker.ctx.purpose };
  const others = items.filter(({ subject }) => subject !== null && subject !== reader.id);
  if (others.length === 0) return;
  await pool.transaction(async (manager) => {
    await manager.query(settings(visible));
    await manager.query("SELECT note_readings($1, $2, $3, $4)", [reader.id, reader.hostOrg ?? reader.org ?? "", purpose ?? null, others.map(({ id }) => id)]);
  });
}
