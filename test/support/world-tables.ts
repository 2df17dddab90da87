/**
 * A ministry's tables as plain rows: read as superuser, changed in memory, written back whole. What one person may know of and read of them is decided here by
 * `decide` over the label table, without the kit's guards.
 */
import type { Client } from "pg";
import type { Label } from "../../schema/label";
import { currentLabel, decide, type Policy } from "../../schema/policy";
import type { Persona } from "./people";

export type TableRow = Readonly<Record<string, unknown>>;
export type Tables = Readonly<Record<TableName, readonly TableRow[]>>;
/** In the order in which they refer to each other. */
export const TABLES = ["record", "content", "portion", "edge", "matter", "matter_entry", "person", "eligibility", "former_access", "assignment"] as const;
export type TableName = (typeof TABLES)[number];

export async function readTables(client: Client): Promise<Tables> {
  const out: Partial<Record<TableName, readonly TableRow[]>> = {};
  for (const table of TABLES) {
    const { rows } = await client.query<{ row: TableRow }>(`SELECT to_jsonb(t) AS row FROM vault.${table} t`);
    out[table] = rows.map(({ row }) => row);
  }
  return out as Tables;
}

/** Replaces everything in the tables, in the order given: the order of rows in storage is part of a world. */
export async function writeTables(client: Client, tables: Tables): Promise<void> {
  const clear = [...TABLES].reverse().map((table) => `DELETE FROM vault.${table}`).join("; ");
  await client.query(`BEGIN; ${clear}`);
  for (const table of TABLES) {
    if (tables[table].length === 0) continue;
    await client.query(`INSERT INTO vault.${table} OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_recordset(null::vault.${table}, $1::jsonb)`, [JSON.stringify(tables[table])]);
  }
  await client.query("COMMIT");
}

export async function readLabels(client: Client): Promise<ReadonlyMap<number, Label>> {
  const { rows } = await client.query<{ id: number; body: Label }>("SELECT id, body FROM vault.label ORDER BY id");
  return new Map(rows.map(({ id, body }) => [id, body]));
}

/** Adds labels to a ministry's pool; it must not be running yet. */
export async function addLabels(client: Client, labels: readonly Label[]): Promise<void> {
  await client.query("INSERT INTO vault.label (key, body) SELECT value->>'id', value FROM jsonb_array_elements($1::jsonb) ON CONFLICT DO NOTHING", [JSON.stringify(labels)]);
}

/** Numbers of the labels whose existence, or whose content, a person is permitted. */
export interface Sight { readonly known: ReadonlySet<number>; readonly readable: ReadonlySet<number> }

export function sightOf(policy: Policy, person: Persona, labels: ReadonlyMap<number, Label>, now: number): Sight {
  const byId = new Map([...labels.values()].map((label) => [label.id, label]));
  const known = new Set<number>();
  const readable = new Set<number>();
  for (const [number, label] of labels) {
    const { outcome } = decide(policy, person.subject, "RETRIEVE", currentLabel(label, (id) => byId.get(id), now), { ...person.ctx, now });
    if (outcome !== "hide") known.add(number);
    if (outcome === "permit") readable.add(number);
  }
  return { known, readable };
}

/** Columns whose texts are of one row; others hold words that occur everywhere. */
const TELLING = /^(id|ja|en|name_ja|name_en|reference|token|name|post_ja|post_en|reason|contact_ja|contact_en)$/;

/** Sorts the texts of a world by whether some visible place holds them. */
export function noteTexts(tables: Tables, { known, readable }: Sight, visible: Set<string>, hidden: Set<string>): void {
  for (const table of TABLES) {
    const sets = table === "record" || table === "matter" ? known : readable;
    for (const row of tables[table]) {
      const into = sets.has(Number(row["label_id"])) ? visible : hidden;
      for (const [column, value] of Object.entries(row)) if (typeof value === "string" && TELLING.test(column)) into.add(value);
    }
  }
}
