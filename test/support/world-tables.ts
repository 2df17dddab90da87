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
/** In the order in which they refer to each other. What gateways, ministries and history keep of themselves is not in it, nor are labels: they only grow. */
export const TABLES = [
  "record", "content", "portion", "edge", "matter", "matter_entry", "person", "subject", "item", "step", "notice", "eligibility", "former_access", "assignment", "statement", "facility", "facility_contract", "designation_mark",
  "reading", "carried_out",
] as const;
export type TableName = (typeof TABLES)[number];

/** What people's standing is made of, and no world differs in: somebody who left in the last round is back in the next. */
const STANDING = ["subject", "statement"] as const satisfies readonly TableName[];

/** The same in every ministry. */
const knownColumns = new Map<TableName, string>();

/** Names of a table's columns, in order, without those that the database makes from others. */
async function columnsOf(client: Client, table: TableName): Promise<string> {
  const known = knownColumns.get(table);
  if (known !== undefined) return known;
  const { rows } = await client.query<{ name: string }>("SELECT quote_ident(attname) AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum", [`vault.${table}`]);
  const columns = rows.map(({ name }) => name).join(", ");
  knownColumns.set(table, columns);
  return columns;
}

export async function readTables(client: Client): Promise<Tables> {
  const out: Partial<Record<TableName, readonly TableRow[]>> = {};
  for (const table of TABLES) out[table] = await rowsOf(client, table);
  return out as Tables;
}

async function rowsOf(client: Client, table: TableName): Promise<readonly TableRow[]> {
  const { rows } = await client.query<{ row: TableRow }>(`SELECT to_jsonb(t) AS row FROM (SELECT ${await columnsOf(client, table)} FROM vault.${table}) t`);
  return rows.map(({ row }) => row);
}

/** Replaces everything in the tables, in the order given: the order of rows in storage is part of a world. What people's standing is made of is left alone where it is as it should be. */
export async function writeTables(client: Client, tables: Tables): Promise<void> {
  const kept = new Set<TableName>();
  for (const table of STANDING) if (JSON.stringify(await rowsOf(client, table)) === JSON.stringify(tables[table])) kept.add(table);
  const written = TABLES.filter((table) => !kept.has(table));
  await client.query(`BEGIN; ${[...written].reverse().map((table) => `DELETE FROM vault.${table}`).join("; ")}`);
  for (const table of written) {
    if (tables[table].length === 0) continue;
    const columns = await columnsOf(client, table);
    await client.query(`INSERT INTO vault.${table} (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM jsonb_populate_recordset(null::vault.${table}, $1::jsonb)`, [JSON.stringify(tables[table])]);
  }
  await client.query("COMMIT");
}

/** One text for everything that the ministry keeps, its labels and its history included: equal texts, nothing has changed. What the feed numbers is made of the same. */
export async function digestTables(client: Client): Promise<string> {
  const { rows: named } = await client.query<{ name: string }>("SELECT relname AS name FROM pg_class WHERE relnamespace = 'vault'::regnamespace AND relkind = 'r' ORDER BY relname");
  const parts = named.map(({ name }) => `SELECT '${name}' AS name, md5(COALESCE(string_agg(t::text, '|' ORDER BY t::text), '')) AS digest FROM vault.${name} t`);
  const { rows } = await client.query<{ name: string; digest: string }>(parts.join(" UNION ALL "));
  return rows.map(({ name, digest }) => `${name} ${digest}`).sort().join("\n");
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

/** Texts in an item. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Columns whose texts are of one row; others hold words that occur everywhere. */
const TELLING = /^(id|ja|en|name_ja|name_en|reference|token|name|post_ja|post_en|reason|contact_ja|contact_en)$/;

/** Where `name` is the name of a place and not somebody's: a word of the schema. */
const NAMES_OF_PLACES: ReadonlySet<TableName> = new Set(["portion", "edge"]);

/** Sorts the texts of a world by whether some visible place holds them. */
export function noteTexts(tables: Tables, { known, readable }: Sight, visible: Set<string>, hidden: Set<string>): void {
  for (const table of TABLES) {
    const sets = table === "record" || table === "matter" ? known : readable;
    for (const row of tables[table]) {
      if (row["label_id"] === undefined) continue;
      const into = sets.has(Number(row["label_id"])) ? visible : hidden;
      for (const text of textsIn(row["body"])) if (into === visible || /^(text|ja|en) \w{6}$/.test(text)) into.add(text);
      for (const [column, value] of Object.entries(row)) if (typeof value === "string" && TELLING.test(column) && table !== "step" && !(column === "name" && NAMES_OF_PLACES.has(table))) into.add(value);
    }
  }
}
