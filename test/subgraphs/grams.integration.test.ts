/**
 * Search by the index of groups of characters (SPEC 6.3): whatever somebody looks for, what is found is what a comparison of every readable text finds, letter by letter; and nothing
 * under another label, neither by its number nor by a transaction whose list and mask differ.
 */
import { Client } from "pg";
import { loadPolicy } from "../../schema/policy";
import { ministries } from "../../subgraphs";
import type { MinistryDefinition, MinistryLogin } from "../../subgraphs/kit";
import { Documents } from "../../subgraphs/kit/documents";
import type { DocumentFilter } from "../../subgraphs/kit/graph/filters";
import { openPool } from "../../subgraphs/kit/database/connection";
import { LabelTable } from "../../subgraphs/kit/label-table";
import { Reader, settings } from "../../subgraphs/kit/reader";
import { ResponseLabels } from "../../subgraphs/kit/response-labels";
import { RowGuard, type Visible, maskOf } from "../../subgraphs/kit/rows";
import { persona } from "../support/people";
import { DEMO_NOON, asAdmin, createTestDatabase, dropDatabase, testAdmin } from "../support/postgres";
import texts from "./grams-texts.json";

jest.setTimeout(120_000);
const policy = loadPolicy();
const economy = ministries["economy"] as MinistryDefinition;
const who = persona(policy, "contractor-engineer");
let login: MinistryLogin;
let client: Client;
let visible: Visible;

interface Found { readonly record_id: string; readonly name: string }
interface Portion extends Found { readonly label_id: number; readonly ja: string | null; readonly en: string | null }
const all: Portion[] = [];

beforeAll(async () => {
  login = await createTestDatabase(economy);
  await asAdmin(login.database, async (admin) => {
    const { rows: [first] } = await admin.query<{ id: string; label_id: number }>("SELECT id, label_id FROM vault.record ORDER BY id LIMIT 1");
    await admin.query("INSERT INTO vault.record (id, label_id) SELECT 'written_' || n, $1 FROM generate_series(1, $2::int) n", [first?.label_id, texts.written.length]);
    for (const [at, [ja, en]] of texts.written.entries()) await admin.query("INSERT INTO vault.portion (record_id, name, label_id, ja, en) VALUES ('written_' || $1::int, 'body', $2, $3, $4)", [at + 1, first?.label_id, ja, en]);
    const table = new LabelTable();
    table.load((await admin.query<{ id: number; body: unknown }>("SELECT id, body FROM vault.label")).rows);
    visible = new RowGuard(table).visible(policy, { subject: who.subject, action: "RETRIEVE", ctx: who.ctx, digest: "" }, DEMO_NOON);
    all.push(...(await admin.query<Portion>("SELECT record_id, name, label_id, ja, en FROM vault.portion")).rows);
  });
  const { host, port } = testAdmin();
  client = new Client({ host, port, user: login.username, password: login.password, database: login.database });
  await client.connect();
});
afterAll(async () => { await client.end(); await dropDatabase(login.database); });

/** What a transaction that was told these labels finds; the list and the mask may be told apart. */
async function find(text: string, name: string | null, readable: readonly number[], masked: readonly number[] = readable): Promise<readonly string[]> {
  await client.query(`BEGIN; ${settings({ knownText: "", knownMask: "", readableText: readable.join(), readableMask: masked.length === 0 ? "" : maskOf(masked) })}`);
  try {
    return (await client.query<Found>("SELECT record_id, name FROM find_texts($1, $2)", [text, name])).rows.map((row) => `${row.record_id} ${row.name}`).sort();
  } finally { await client.query("ROLLBACK"); }
}

/** Letters of ASCII are one in either case, and no others are. */
const fold = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

function expected(text: string, name: string | null, readable: readonly number[]): readonly string[] {
  const contains = (own: string | null): boolean => own !== null && fold(own).includes(fold(text));
  return all.filter((each) => readable.includes(each.label_id) && (name === null || each.name === name) && (contains(each.ja) || contains(each.en))).map((each) => `${each.record_id} ${each.name}`).sort();
}

/** Parts of what is written, of every length, from everywhere; every other one with its letters in the other case. */
function partsOf(list: readonly (string | null)[]): readonly string[] {
  return list.flatMap((text, at) => {
    const characters = Array.from(text ?? "");
    return [1, 2, 2, 3, 4, 5, 7, 12].flatMap((length, turn) => {
      const from = (at * 7 + turn * 5) % Math.max(1, characters.length - length + 1);
      const part = characters.slice(from, from + length).join("");
      return part === "" ? [] : [(at + turn) % 2 === 0 ? part : part.replace(/[a-z]/gi, (letter) => letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase())];
    });
  });
}

test("finds what a comparison of all texts finds: Japanese of one, two and more characters, either case, wildcards as written, and nothing else", async () => {
  const every = [...visible.labels.numbers()];
  const sought = [...new Set([...texts.sought, ...partsOf(all.slice(0, 120).flatMap(({ ja, en }) => [ja, en])), ...partsOf(texts.written.flat())])];
  const lengths = new Set(sought.map((text) => Math.min(4, Array.from(text).length)));
  expect([sought.length > 300, [...lengths].sort((a, b) => a - b)]).toEqual([true, [0, 1, 2, 3, 4]]);
  let hits = 0;
  for (const text of sought) {
    for (const [name, readable] of [[null, every], [null, visible.readable], ["title", visible.readable]] as const) {
      const found = await find(text, name, readable);
      hits += found.length;
      expect({ text, name, found }).toEqual({ text, name, found: expected(text, name, readable) });
    }
  }
  expect(hits).toBeGreaterThan(sought.length);
});

test("is what lists are filtered by: what is found is the same as without it, also where a condition must not hold", async () => {
  const { host, port } = testAdmin();
  const pool = await openPool({ host, port }, login, 1).initialize();
  try {
    const page = async (filter: DocumentFilter): Promise<readonly [number, readonly string[]]> => {
      const reader = new Reader(pool, visible);
      const documents = new Documents(economy, { reader, known: visible.known, readable: visible.readable, cursorKey: Buffer.alloc(32), subject: "x", joinCounted: () => 0 }, new ResponseLabels(visible.labels));
      try {
        const { nodes, totalCount } = await documents.page({ first: 500, filter }, undefined);
        return [Number(await totalCount), nodes.map((node) => (node as unknown as { readonly id: string }).id)];
      } finally { await reader.close(); }
    };
    const [total, known] = await page({});
    const bodies = new Map(all.filter(({ name, label_id: label }) => name === "title" && visible.readable.includes(label)).map((each) => [each.record_id, each]));
    expect([total, bodies.size > 5]).toEqual([known.length, true]);
    for (const text of partsOf([...bodies.values()].flatMap(({ ja, en }) => [ja, en])).slice(0, 60)) {
      const having = (language: "ja" | "en", id: string): boolean | null => { const own = bodies.get(id)?.[language]; return own === undefined || own === null ? null : fold(own).includes(fold(text)); };
      for (const language of ["ja", "en"] as const) {
        const condition = { title: { [language]: { contains: text } } };
        const yes = known.filter((id) => having(language, id) === true);
        expect({ text, language, found: await page(condition) }).toEqual({ text, language, found: [yes.length, yes] });
        expect({ text, found: await page({ and: [{ and: [condition] }] }) }).toEqual({ text, found: [yes.length, yes] });
        expect({ text, found: await page({ or: [condition, { id: { eq: "none" } }] }) }).toEqual({ text, found: [yes.length, yes] });
        // What has no title that may be read neither has the text nor has it not.
        const no = known.filter((id) => having(language, id) === false);
        expect({ text, found: await page({ not: condition }) }).toEqual({ text, found: [no.length, no] });
      }
      const found = new Set(expected(text, null, visible.readable).map((each) => each.split(" ")[0]));
      expect({ text, found: (await page({ search: text }))[1] }).toEqual({ text, found: known.filter((id) => found.has(id)) });
      expect({ text, found: (await page({ not: { search: text } }))[1] }).toEqual({ text, found: known.filter((id) => !found.has(id)) });
    }
  } finally { await pool.destroy(); }
});

test("gives nothing to a transaction that was told nothing, nor where list and mask differ", async () => {
  const labels = [...new Set(all.map(({ label_id: label }) => label))];
  // One is found by the index, the other by reading what is readable.
  for (const text of [texts.common, texts.common.slice(0, 1)]) {
    expect((await find(text, null, labels)).length).toBeGreaterThan(2);
    expect(await find(text, null, [])).toEqual([]);
    expect(await find(text, null, labels, [])).toEqual([]);
    expect(await find(text, null, labels, [0])).toEqual([]);
    expect(await find(text, null, [], labels)).toEqual([]);
  }
});

test("a label whose number is told apart from another's by its high bits alone is not found for the other", async () => {
  const far = 2_097_152;
  const [own] = all;
  if (own === undefined) throw new Error("nothing is written");
  const text = "only under the label that is far away";
  await asAdmin(login.database, async (admin) => {
    await admin.query("INSERT INTO vault.label (id, key, body) OVERRIDING SYSTEM VALUE SELECT id + $2, 'far', body FROM vault.label WHERE id = $1", [own.label_id, far]);
    await admin.query("INSERT INTO vault.record (id, label_id) VALUES ('far', $1)", [own.label_id + far]);
    await admin.query("INSERT INTO vault.portion (record_id, name, label_id, en) VALUES ('far', 'body', $1, $2)", [own.label_id + far, text]);
  });
  expect(await find(text, null, [own.label_id])).toEqual([]);
  expect(await find(text, null, [own.label_id + far])).toEqual(["far body"]);
  // A portion that is given another label is found under that one.
  await asAdmin(login.database, (admin) => admin.query("UPDATE vault.portion SET label_id = $1 WHERE record_id = 'far'", [own.label_id]));
  expect([await find(text, null, [own.label_id]), await find(text, null, [own.label_id + far])]).toEqual([["far body"], []]);
});

test("the index is asked for each search, and has no list of what is still to be put into it", async () => {
  await asAdmin(login.database, async (admin) => {
    const { rows: [index] } = await admin.query<{ options: readonly string[]; statistics: number }>("SELECT c.reloptions AS options, a.attstattarget AS statistics FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relname = 'portion_grams'");
    expect(index).toEqual({ options: ["fastupdate=off"], statistics: 0 });
    const scans = async (): Promise<number> => Number((await admin.query<{ idx_scan: string }>("SELECT pg_stat_get_numscans('vault.portion_grams'::regclass) AS idx_scan")).rows[0]?.idx_scan);
    const before = await scans();
    await find(texts.common, null, visible.readable);
    await client.query("SELECT pg_stat_force_next_flush()");
    await client.query("SELECT 1");
    expect(await scans()).toBeGreaterThan(before);
  });
});
