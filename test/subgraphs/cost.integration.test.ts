/**
 * What a page costs (SPEC 6): pages, sorts, filters, search and counts of the ministry's own compiled statements, measured in blocks that PostgreSQL touched and not in
 * time. Many hidden rows beside the visible ones must not make them dearer, neither against a world without them nor as they become more. Every statement of a question
 * counts: those that look where a page ends, each attempt at the page, and the count.
 */
import { createHash } from "node:crypto";
import { loadPolicy } from "../../schema/policy";
import { ministries } from "../../subgraphs";
import { type MinistryDefinition, type MinistryLogin } from "../../subgraphs/kit";
import { openPool } from "../../subgraphs/kit/database/connection";
import { seeksTexts } from "../../subgraphs/kit/conditions";
import { Documents } from "../../subgraphs/kit/documents";
import type { DocumentOrder, DocumentPageArgs } from "../../subgraphs/kit/graph/filters";
import { LabelTable } from "../../subgraphs/kit/label-table";
import { ResponseLabels } from "../../subgraphs/kit/response-labels";
import { RowGuard, type Visible } from "../../subgraphs/kit/rows";
import { type Cost, MeasuringReader, sumOf } from "../support/measuring-reader";
import { persona } from "../support/people";
import { DEMO_NOON, asAdmin, createTestDatabase, dropDatabase, testAdmin } from "../support/postgres";

jest.setTimeout(300_000);
const policy = loadPolicy();
const economy = ministries["economy"] as MinistryDefinition;
const who = persona(policy, "contractor-engineer");
const VISIBLE = 1_000;
const HIDDEN = 3_000;
/** So few rows may be looked up one by one, each in two indexes; more of them may not, unless an index of texts found them. */
const FEW = 100;
/** Blocks by which looking up what a search found may cost more when the indexes have one more level: the record, what it holds, two portions by two ways, and what the label of the list is made of. */
const LEVELS = 8;
/** In every hidden text and in no other; in Japanese, too. */
const HIDDEN_WORD = "zq secret \u79d8\u5bc6";
/** In every text. */
const COMMON_WORD = "\u6587\u66f8";
const HIDDEN_REFERENCE = `hidden${createHash("md5").update("1").digest("hex")}`;

type Question = Pick<DocumentPageArgs, "filter" | "orderBy">;
async function visibleIn(login: MinistryLogin): Promise<Visible> {
  const table = new LabelTable();
  table.load(await asAdmin(login.database, async (client) => (await client.query<{ id: number; body: unknown }>("SELECT id, body FROM vault.label")).rows));
  return new RowGuard(table).visible(policy, { subject: who.subject, action: "RETRIEVE", ctx: who.ctx, digest: "" }, DEMO_NOON);
}

/** Adds records with two portions each, their labels taken in turn. @param word what all texts begin with */
async function addRecords(login: MinistryLogin, name: string, count: number, labels: readonly number[], word: string): Promise<void> {
  await asAdmin(login.database, async (client) => {
    const values = [name, count, labels];
    const rows = "(SELECT md5($1 || n) AS id, ($3::int[])[1 + n % cardinality($3::int[])] AS label_id, n FROM generate_series(1, $2::int) n) r";
    await client.query(`INSERT INTO vault.record (id, label_id, contact_ja, contact_en) SELECT r.id, r.label_id, 'x', 'x' FROM ${rows}`, values);
    await client.query(`INSERT INTO vault.content SELECT r.id, r.label_id, $1 || md5(r.n::text), 'PLAN', 'A', 'JPN.METI', '2031-01-01' FROM ${rows}`, values);
    await client.query(`INSERT INTO vault.portion SELECT r.id, part, r.label_id, $4 || md5(part || r.n), $4 || md5(r.n || part) FROM ${rows}, unnest(ARRAY['title', 'body']) part`, [...values, word]);
    await client.query("VACUUM ANALYZE vault.record, vault.content, vault.portion");
  });
}

const order = (field: DocumentOrder["field"]): readonly DocumentOrder[] => [{ field, direction: "ASC" }];
/** Each of the asker's own rows is looked up to be sorted. */
const SHARED = "a page sorted by last day, which all share, and by title";
const questions: readonly (readonly [string, Question])[] = [
  ["a page", {}],
  ["a page sorted by title", { orderBy: order("TITLE_EN") }],
  ["a page sorted by reference", { orderBy: order("REFERENCE") }],
  ["a page whose titles contain a text", { filter: { title: { en: { contains: "abc" } } } }],
  ["a page whose titles contain a text, sorted by body", { filter: { title: { ja: { contains: "ab" } } }, orderBy: order("BODY_JA") }],
  ["a page whose references begin with a text", { filter: { reference: { startsWith: "seen1" } } }],
  // What nobody shown has, and what hidden rows have as well.
  ["a page whose references begin with a text that hidden ones begin with", { filter: { reference: { startsWith: "hidden1" } } }],
  ["one reference, which a hidden row has", { filter: { reference: { eq: HIDDEN_REFERENCE } } }],
  ["a page sorted by reference, backwards", { orderBy: [{ field: "REFERENCE", direction: "DESC" }] }],
  ["a page sorted by last day", { orderBy: order("VALID_UNTIL") }],
  ["a page whose owners begin with a text", { filter: { owner: { startsWith: "JPN.M" } } }],
  ["a page of an owner and not a class", { filter: { owner: { eq: "JPN.METI" }, not: { class: { eq: "B" } } } }],
  ["a page of owners in the order of last days", { filter: { owner: { startsWith: "JPN.M" } }, orderBy: [{ field: "VALID_UNTIL", direction: "DESC" }, { field: "KIND", direction: "ASC" }] }],
  [SHARED, { orderBy: [...order("VALID_UNTIL"), ...order("TITLE_EN")] }],
  ["a page sorted by kind, which all share, and by a text", { orderBy: [...order("KIND"), ...order("BODY_JA")] }],
  ["a page of a kind that most have", { filter: { kind: { eq: "PLAN" } } }],
  ["a page without a text", { filter: { not: { body: { ja: { contains: "abc" } } } } }],
  ["a search", { filter: { search: "abcd" } }],
  // Whatever walks the groups of characters of hidden texts, or these texts, finds 6,000 and then 24,000 of them here.
  ["a search for what all hidden texts have", { filter: { search: "Secret" } }],
  ["a search in Japanese for what all hidden texts have", { filter: { search: HIDDEN_WORD.slice(-2) } }],
  ["a search for what all texts have", { filter: { search: COMMON_WORD } }],
  ["a search for what only hidden texts have, beside what all have", { filter: { search: COMMON_WORD + HIDDEN_WORD.slice(0, 1) } }],
  ["a search for two letters, which all hidden texts have", { filter: { search: "zq" } }],
  ["a page whose titles contain what all hidden ones have", { filter: { title: { ja: { contains: HIDDEN_WORD } } } }],
  ["a page whose titles contain one character that all have", { filter: { title: { en: { contains: COMMON_WORD.slice(0, 1) } } } }],
];

async function measure(login: MinistryLogin): Promise<readonly { readonly page: Cost; readonly count: Cost; readonly found: number }[]> {
  const { host, port } = testAdmin();
  const pool = await openPool({ host, port }, login, 1).initialize();
  try {
    const visible = await visibleIn(login);
    const measured: { page: Cost; count: Cost; found: number }[] = [];
    for (const [, args] of questions) {
      const reader = new MeasuringReader(pool, visible);
      const documents = new Documents(economy, { reader, known: visible.known, readable: visible.readable, cursorKey: Buffer.alloc(32), subject: "x", joinCounted: () => 0 }, new ResponseLabels(visible.labels));
      const connection = await documents.page({ first: 20, ...args }, undefined);
      const page = reader.costs.splice(0);
      const found = await connection.totalCount;
      await reader.close();
      if (page.length === 0 || reader.costs.length === 0) throw new Error("not measured");
      measured.push({ page: sumOf(page), count: sumOf(reader.costs), found: Number(found) });
    }
    return measured;
  } finally { await pool.destroy(); }
}

test("touches no more than twice the blocks of a world without hidden rows, and not more as they become more", async () => {
  const login = await createTestDatabase(economy);
  try {
    const { known, readable, labels } = await visibleIn(login);
    const hidden = [...labels.numbers()].filter((number) => !known.includes(number));
    expect([readable.length > 3, hidden.length > 10]).toEqual([true, true]);
    // An index is entered once per label that the asker may read, and is a level deeper when it is larger.
    const descents = 2 * readable.length;
    await addRecords(login, "seen", VISIBLE, readable, COMMON_WORD);
    const alone = await measure(login);
    await addRecords(login, "hidden", HIDDEN, hidden, COMMON_WORD + HIDDEN_WORD);
    const beside = await measure(login);
    await addRecords(login, "more", 3 * HIDDEN, hidden, COMMON_WORD + HIDDEN_WORD);
    const besideMore = await measure(login);
    const seen = questions.flatMap(([name], at) => (["page", "count"] as const).map((kind) => ({ name, kind, found: alone[at]?.found, foundMore: besideMore[at]?.found, costs: [alone, beside, besideMore].map((world) => world[at]?.[kind]) })));
    expect(seen.map(({ name, foundMore }) => [name, foundMore])).toEqual(seen.map(({ name, found }) => [name, found]));
    const over = seen.filter(({ name, found = 0, costs: [one, two, three] }) => {
      const [few, many, most] = [one?.blocks ?? 0, two?.blocks ?? 0, three?.blocks ?? Infinity];
      const isFound = questions.some(([own, { filter }]) => own === name && filter && seeksTexts(filter));
      // The index of texts is entered for four groups of characters at each label, in at most four levels.
      const lookups = isFound ? LEVELS * found + 4 * 4 * readable.length : name === SHARED ? 2 * found : found <= FEW ? 4 * found : 0;
      // What is hidden is not even taken into the hand.
      return few === 0 || many > 2 * few + descents + lookups || most > 1.1 * many + 2 * descents + lookups || (three?.wasted ?? Infinity) > 3 * VISIBLE;
    });
    expect(over).toEqual([]);
  } finally { await dropDatabase(login.database); }
});
