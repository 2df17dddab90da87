/**
 * Says to the ministry's database for which nation an asker reads (SPEC 15.26), before anything is answered: a ministry that does not host a liaison knows their nation only from the signed statement of
 * the gateway, which has it from their host. Takes a verified asker; in a simulation nobody abroad is given anything.
 */
import type { DataSource } from "typeorm";
import { japanDay } from "../../schema/policy";
import type { Asker } from "./rows";

/** @throws Error when it cannot be written; then nothing may be answered */
export async function noteNation(pool: DataSource, { subject, ctx }: Pick<Asker, "subject" | "ctx">, now: number): Promise<void> {
  if (subject.nation === "JPN" || ctx.observer !== undefined) return;
  await pool.query("SELECT note_nation($1, $2, $3, $4)", [subject.id, subject.nation, subject.hostOrg ?? subject.org ?? "", japanDay(now)]);
}
