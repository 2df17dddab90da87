/**
 * Puts the world of `bench:ministry` into a ministry's real tables, in stages: first what some subjects see and few others, then more and more that is hidden from them. Also
 * makes, for one subject, a copy of the schema that holds the visible rows only and has no guard, to which the guarded queries are compared.
 */
import type { Client } from "pg";
import { FILL_CONTENT_TALLY, PORTION_VIEW } from "../../subgraphs/kit/database/finding";
import { FILL_PARTS } from "../../subgraphs/kit/database/label-parts";
import { VIEWS } from "../../subgraphs/kit/database/views";
import type { Visible } from "../../subgraphs/kit/rows";
import { type BenchWorld, randomFrom } from "./ministry-world";

/** Stages of ten in which a document that the flat subjects do not see is there. */
export const STAGES = [{ upTo: 1 }, { upTo: 5 }, { upTo: 10 }] as const;
const SLOTS = 200_000;
/** Of a hundred documents so many newest ones are under designations to which nobody measured is assigned. */
const DEEP_PERCENT = 10;
const SENTENCES = 4_000;
const CHUNK = 250_000;
const TABLES = ["record", "content", "portion"] as const;
const OWN_TABLES = TABLES.map((table) => `vault.${table}`);
/** While it loads: a crash would lose what can be loaded again. Back to usual before anything is measured. */
const LOADING: Readonly<Record<string, string>> = { fsync: "off", full_page_writes: "off", synchronous_commit: "off", max_wal_size: "16GB", checkpoint_timeout: "1h", autovacuum: "off" };
/** Alive in one row of two thousand. */
export const RARE_EVERY = 2_000;

/** Ids look like those that a ministry makes. */
function idOf(source: string): string { return `'doc_' || left(translate(lower(encode(decode(md5(${source}), 'hex'), 'base64')), '+/=', '01'), 16)`; }

/** Numbers of the labels by id, once they are in the label table. */
export async function loadLabels(client: Client, { labels }: BenchWorld): Promise<ReadonlyMap<string, number>> {
  await client.query("INSERT INTO vault.label (key, body) SELECT value->>'id', value FROM jsonb_array_elements($1::jsonb)", [JSON.stringify(labels)]);
  const { rows } = await client.query<{ id: number; key: string }>("SELECT id, key FROM vault.label");
  return new Map(rows.map(({ id, key }) => [key, id]));
}

/** What rows are made of: slots by share, sentences by seed. `flat`: numbers of the labels that are whole from the first stage on. */
export async function prepare(client: Client, { shelves, size }: BenchWorld, numbers: ReadonlyMap<string, number>, flat: ReadonlySet<number>): Promise<void> {
  const random = randomFrom(size.seed + 1);
  const numberOf = (id: string): number => numbers.get(id) ?? Number.NaN;
  const slots: unknown[] = [];
  let given = 0; let owed = 0;
  for (const { label, title, weight, token, isDeep } of shelves) {
    owed += weight * SLOTS;
    const own = { label: numberOf(label.id), title: numberOf(title.id), matter: token ?? null, flat: flat.has(numberOf(label.id)), deep: isDeep };
    // Every label has a document.
    do { slots.push({ at: given, ...own }); given += 1; } while (given < owed);
  }
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const syllables = ["ka", "mi", "ro", "sen", "to", "ha", "ku", "ri", "yo", "na", "shi", "mo", "te", "wa", "gen", "do"];
  const kana = Array.from({ length: 60 }, (_, at) => String.fromCharCode(0x3042 + at));
  const word = (): string => Array.from({ length: 2 + Math.floor(random() * 3) }, () => pick(syllables)).join("");
  const sentences = Array.from({ length: SENTENCES }, (_, at) => ({ at, en: Array.from({ length: 14 }, word).join(" "), ja: Array.from({ length: 45 }, () => pick(kana)).join("") }));
  await client.query("CREATE SCHEMA bench");
  await client.query("CREATE TABLE bench.slot AS SELECT * FROM jsonb_to_recordset($1::jsonb) AS s(at int, label int, title int, matter text, flat boolean, deep boolean)", [JSON.stringify(slots)]);
  await client.query("CREATE TABLE bench.deep AS SELECT row_number() OVER (ORDER BY at) - 1 AS at, label, title, matter, flat, deep FROM bench.slot WHERE deep");
  await client.query("CREATE TABLE bench.sentence AS SELECT * FROM jsonb_to_recordset($1::jsonb) AS s(at int, en text, ja text)", [JSON.stringify(sentences)]);
  await client.query("CREATE INDEX ON bench.slot (at)"); await client.query("CREATE INDEX ON bench.deep (at)"); await client.query("CREATE INDEX ON bench.sentence (at)");
  await client.query("ANALYZE bench.slot, bench.deep, bench.sentence");
}

/** Adds what belongs to one stage and was not there before; up to a later one, to those between too. */
export async function loadStage(client: Client, { size }: BenchWorld, stage: number, upTo = stage): Promise<void> {
  const from = STAGES[stage - 1]?.upTo ?? 0;
  const to = STAGES[upTo]?.upTo ?? 10;
  const { rows: [deep] } = await client.query<{ count: string }>("SELECT count(*) FROM bench.deep");
  const { rows: [slots] } = await client.query<{ count: string }>("SELECT count(*) FROM bench.slot");
  const deepFrom = Math.floor(size.documents * (100 - DEEP_PERCENT) / 100);
  const hash = `(n::bigint * 7919 + ${size.seed}) * 48271`;
  await client.query("SET session_replication_role = replica; SET maintenance_work_mem = '2GB'; SET work_mem = '256MB'; SET max_parallel_maintenance_workers = 2");
  // Nothing goes into an index row by row: ids are random, so each row would touch pages of its own. Rebuilding makes them valid again.
  await client.query("UPDATE pg_index SET indisready = false, indisvalid = false WHERE indrelid = ANY($1::regclass[])", [OWN_TABLES]);
  for (let first = 1; first <= size.documents; first += CHUNK) {
    const last = Math.min(size.documents, first + CHUNK - 1);
    await client.query("DROP TABLE IF EXISTS bench.batch");
    await client.query(`CREATE UNLOGGED TABLE bench.batch AS SELECT ${idOf(`'${size.seed}.' || n`)} AS id, n, s.label, s.title, s.matter, '' || a.ja || ' Q' || n % ${RARE_EVERY} || ' ' || b.ja AS body_ja, a.en || ' Q' || n % ${RARE_EVERY} || ' ' || b.en AS body_en,
        left(b.ja, 24) || ' ' || n AS title_ja, left(b.en, 50) || ' ' || n AS title_en
      FROM generate_series(${first}, ${last}) n
      JOIN LATERAL (SELECT * FROM bench.slot WHERE n <= ${deepFrom} AND at = ${hash} % ${slots?.count ?? 1} UNION ALL SELECT * FROM bench.deep WHERE n > ${deepFrom} AND at = ${hash} % ${deep?.count ?? 1}) s ON true
      JOIN bench.sentence a ON a.at = (n::bigint * 31) % ${SENTENCES} JOIN bench.sentence b ON b.at = (n::bigint * 17 + 5) % ${SENTENCES}
      WHERE ${stage === 0 ? `s.flat OR n % 10 < ${to}` : `NOT s.flat AND n % 10 >= ${from} AND n % 10 < ${to}`} ORDER BY n`);
    await client.query("INSERT INTO vault.record (id, label_id, title_label, contact_ja, contact_en, matter_id, matter_ministry) SELECT id, label, nullif(title, label), 'x', 'x', 'mtr_' || matter, CASE WHEN matter IS NULL THEN NULL ELSE 'defense' END FROM bench.batch ORDER BY n");
    await client.query(`INSERT INTO vault.content (id, label_id, reference, kind, class, owner, valid_until) SELECT id, label, 'MOD-' || lpad(n::text, 9, '0'),
      (ARRAY['PLAN', 'REPORT', 'REPORT', 'REPORT', 'DATASET', 'NOTICE', 'DOCUMENT', 'DOCUMENT'])[1 + n % 8], (ARRAY['A', 'B', 'C'])[1 + n % 3], (ARRAY['JPN.MOD', 'JPN.MOD', 'JPN.MOD.DIH', 'JPN.MOD.ATLA'])[1 + n % 4], (date '2026-12-01' + (n * 13) % 1400)::text FROM bench.batch ORDER BY n`);
    await client.query("INSERT INTO vault.portion (record_id, name, label_id, ja, en) SELECT id, 'title', title, title_ja, title_en FROM bench.batch UNION ALL SELECT id, 'body', label, body_ja, body_en FROM bench.batch");
  }
  await client.query("DROP TABLE IF EXISTS bench.batch");
  for (const table of OWN_TABLES) await client.query(`REINDEX TABLE ${table}`);
  // Triggers were off.
  await client.query("TRUNCATE vault.tally, vault.content_tally; INSERT INTO vault.tally SELECT label_id, count(*) FROM vault.record GROUP BY 1");
  await client.query(FILL_PARTS);
  await client.query(FILL_CONTENT_TALLY);
  await client.query("SET session_replication_role = origin");
  await client.query("VACUUM (ANALYZE) vault.label, vault.tally, vault.content_tally, vault.record, vault.content, vault.portion");
  await client.query("RESET maintenance_work_mem; RESET work_mem; RESET max_parallel_maintenance_workers");
  await client.query("CHECKPOINT");
}

/** Settings of a whole server that nobody else uses; for measuring its own again. */
export async function setLoading(client: Client, isLoading: boolean): Promise<void> {
  for (const [name, value] of Object.entries(LOADING)) await client.query(isLoading ? `ALTER SYSTEM SET ${name} = '${value}'` : `ALTER SYSTEM RESET ${name}`);
  await client.query("SELECT pg_reload_conf()");
}

/**
 * Schemas `plain_<name>` with the views and `plain_<name>_vault` with the tables: the same schema and indexes, without guard, only with the rows that are visible; without the index of groups of
 * characters by label, which no query without labels can ask.
 * @param hasTrigrams in its place it has the indexes for texts that come with PostgreSQL
 */
export async function copyVisible(client: Client, name: string, { known, readable }: Visible, hasTrigrams = false): Promise<void> {
  const schema = `plain_${name}`;
  await client.query(`SET maintenance_work_mem = '1GB'; SET max_parallel_maintenance_workers = 0; DROP SCHEMA IF EXISTS ${schema} CASCADE; DROP SCHEMA IF EXISTS ${schema}_vault CASCADE; CREATE SCHEMA ${schema}; CREATE SCHEMA ${schema}_vault`);
  const { rows: indexes } = await client.query<{ indexdef: string; tablename: string }>("SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'vault' AND tablename = ANY($1)", [[...TABLES]]);
  for (const table of TABLES) {
    await client.query(`CREATE TABLE ${schema}_vault.${table} (LIKE vault.${table} INCLUDING DEFAULTS)`);
    await client.query(`INSERT INTO ${schema}_vault.${table} SELECT * FROM vault.${table} WHERE label_id = ANY($1::int[])`, [table === "record" ? known : readable]);
  }
  for (const { indexdef } of indexes.filter((index) => !index.indexdef.includes("labelled_grams"))) await client.query(indexdef.replace(" ON vault.", ` ON ${schema}_vault.`));
  if (hasTrigrams) await client.query("CREATE EXTENSION IF NOT EXISTS pg_trgm");
  for (const language of hasTrigrams ? ["ja", "en"] : []) await client.query(`CREATE INDEX ON ${schema}_vault.portion USING gin (${language} gin_trgm_ops)`);
  for (const view of ["record", "content", "portion", "document"]) await client.query(`CREATE VIEW ${schema}.${view} AS ${(view === "portion" ? PORTION_VIEW : VIEWS[view] ?? "").replaceAll("vault.", `${schema}_vault.`)}`);
  await client.query(`VACUUM (ANALYZE) ${TABLES.map((table) => `${schema}_vault.${table}`).join(", ")}`);
}


/** Gives the room back. */
export async function dropCopy(client: Client, name: string): Promise<void> { await client.query(`DROP SCHEMA IF EXISTS plain_${name} CASCADE; DROP SCHEMA IF EXISTS plain_${name}_vault CASCADE`); }
