/**
 * No statement of a page or a count walks what is hidden (SPEC 6): filters, orders, cursors and ways of counting put together by a fixed seed, asked of the ministry's own readers beside no hidden rows,
 * 10,000 and 40,000 of them, which come first in every order. Every plan is looked at: each table is entered at labels of the asker or at ids that were found before.
 */
import { loadPolicy } from "../../schema/policy";
import { ministries } from "../../subgraphs";
import type { MinistryDefinition, MinistryLogin } from "../../subgraphs/kit";
import { openPool } from "../../subgraphs/kit/database/connection";
import { Documents } from "../../subgraphs/kit/documents";
import type { DocumentFilter, DocumentPageArgs, DocumentSort, MatterFilter } from "../../subgraphs/kit/graph/filters";
import type { Connection } from "../../subgraphs/kit/graph/nodes";
import { LabelTable } from "../../subgraphs/kit/label-table";
import { Matters } from "../../subgraphs/kit/matters";
import type { PageEnvironment } from "../../subgraphs/kit/page";
import { ResponseLabels } from "../../subgraphs/kit/response-labels";
import { RowGuard, type Visible } from "../../subgraphs/kit/rows";
import { MeasuringReader, sumOf } from "../support/measuring-reader";
import { persona } from "../support/people";
import { DEMO_NOON, asAdmin, createTestDatabase, dropDatabase, testAdmin } from "../support/postgres";

jest.setTimeout(300_000);
const policy = loadPolicy();
const economy = ministries["economy"] as MinistryDefinition;
const who = persona(policy, "contractor-engineer");
const VISIBLE = 1_000;
const HIDDEN = 10_000;
const MATTER = "mtr_cost";
const FILTERS: readonly (DocumentFilter | undefined)[] = [
  undefined, { not: { search: "abc" } }, { or: [{ search: "abc" }, { kind: { eq: "B" } }] }, { not: { kind: { eq: "A" } } }, { not: { class: { eq: "x" }, title: { ja: { contains: "zz" } } } },
  { or: [{ kind: { eq: "B" } }, { owner: { startsWith: "0" } }] }, { or: [{ title: { en: { contains: "ab" } } }, { reference: { startsWith: "0" } }] }, { contact: { ja: { eq: "x" } } }, { contact: { en: { contains: "X" } } },
  { title: { ja: { startsWith: "0" } } }, { title: { ja: { eq: "0000" } } }, { body: { en: { eq: "0000" } } }, { body: { ja: { in: ["0000", "1111"] } } }, { title: { en: { contains: "0000" } } }, { body: { ja: { startsWith: "seen" } } },
  { and: [{ validUntil: { after: "2020-01-01" } }, { or: [{ kind: { eq: "B" } }, { not: { owner: { eq: "0" } } }] }] }, { not: { not: { validUntil: { before: "2035-01-01" } } } }, { validUntil: { after: "2020-01-01" } },
  { kind: { eq: "B" } }, { kind: { eq: "A" } }, { matter: { eq: MATTER } }, { not: { matter: { eq: MATTER } } }, { reference: { startsWith: "0" } }, { search: "0000" },
  { or: [{ validUntil: { before: "2020-01-01" } }, { not: { body: { ja: { contains: "0000" } } } }] }, { kind: { eq: "B" }, validUntil: { after: "2020-01-01" } }, { owner: { in: ["0", "1"] }, not: { id: { in: ["x"] } } },
];
const ORDERS: readonly (readonly DocumentSort[])[] = [[], ["KIND"], ["CLASS", "KIND"], ["OWNER"], ["SUMMARY_JA"], ["BODY_EN"], ["REFERENCE"], ["VALID_UNTIL"], ["TITLE_JA"], ["TITLE_EN", "OWNER"]];
const PLACES = ["first", "last", "after", "before"] as const;

interface Asked { readonly filter: DocumentFilter | undefined; readonly order: readonly DocumentSort[]; readonly direction: "ASC" | "DESC"; readonly place: (typeof PLACES)[number]; readonly size: number; readonly matter: string | undefined }
interface Answer { readonly walks: readonly string[]; readonly wasted: number; readonly blocks: number; readonly found: readonly string[]; readonly statements: readonly string[] }

/** Every filter in several orders, every order and place with several filters. */
const QUESTIONS: readonly Asked[] = FILTERS.flatMap((filter, at) => [0, 1, 2].map((turn): Asked => ({
  filter, order: ORDERS[(at * 7 + turn * 3) % ORDERS.length] ?? [], direction: (at + turn) % 2 === 0 ? "ASC" : "DESC", place: PLACES[(at + turn) % PLACES.length] ?? "first", size: turn === 2 && at % 3 === 0 ? 300 : 20,
  matter: turn === 1 && at % 9 === 4 ? MATTER : undefined,
})));
const MATTER_FILTERS: readonly (MatterFilter | undefined)[] = [undefined, { kind: { eq: "B" } }, { name: { ja: { contains: "a" } } }, { validUntil: { after: "2020-01-01" } }, { issuer: { startsWith: "JPN" } }];

class WalksReader extends MeasuringReader { protected override readonly isWarmedUp = false; }

async function visibleIn(login: MinistryLogin): Promise<Visible> {
  const table = new LabelTable();
  table.load(await asAdmin(login.database, async (client) => (await client.query<{ id: number; body: unknown }>("SELECT id, body FROM vault.label")).rows));
  return new RowGuard(table).visible(policy, { subject: who.subject, action: "RETRIEVE", ctx: who.ctx, digest: "" }, DEMO_NOON);
}

/** Adds records and matters, their labels taken in turn; ids lie in the order in which they are written. @param first what comes first in the order of everything that they have */
async function addRows(login: MinistryLogin, first: string, count: number, labels: readonly number[], kind: string): Promise<void> {
  await asAdmin(login.database, async (client) => {
    const values = [first, count, labels];
    const rows = "(SELECT 'doc_' || $1 || lpad(n::text, 8, '0') AS id, ($3::int[])[1 + n % cardinality($3::int[])] AS label_id, n FROM generate_series(1, $2::int) n) r";
    await client.query(`INSERT INTO vault.record (id, label_id, contact_ja, contact_en, matter_id) SELECT r.id, r.label_id, 'x', 'x', CASE WHEN r.n % 3 = 0 THEN '${MATTER}' END FROM ${rows}`, values);
    await client.query(`INSERT INTO vault.content SELECT r.id, r.label_id, $1 || r.n, $4, $1, $1, '2031-01-01' FROM ${rows}`, [...values, kind]);
    await client.query(`INSERT INTO vault.portion SELECT r.id, part, r.label_id, $1, $1 || md5(r.n || part) FROM ${rows}, unnest(ARRAY['title', 'summary', 'body']) part`, values);
    await client.query(`INSERT INTO vault.matter (id, label_id) SELECT 'mtr' || r.id, r.label_id FROM ${rows} WHERE r.n % 4 = 0`, values);
    await client.query(`INSERT INTO vault.matter_entry (id, label_id, token, issuer, kind, name_ja, name_en, assignment_label) SELECT 'mtr' || r.id, r.label_id, r.id, 'JPN.METI', $4, 'a', 'a', r.label_id FROM ${rows} WHERE r.n % 4 = 0`, [...values, kind]);
    await client.query("VACUUM ANALYZE vault.record, vault.content, vault.portion, vault.matter, vault.matter_entry");
  });
}

function argsOf({ filter, order, direction, place, size }: Asked, cursor: string | null): DocumentPageArgs {
  const sorts = { ...(filter === undefined ? {} : { filter }), orderBy: order.map((field) => ({ field, direction })) };
  return place === "first" || place === "after" ? { ...sorts, first: size, after: place === "after" ? cursor : null } : { ...sorts, last: size, before: place === "before" ? cursor : null };
}

async function askAll(login: MinistryLogin): Promise<readonly Answer[]> {
  const { host, port } = testAdmin();
  const pool = await openPool({ host, port }, login, 1).initialize();
  try {
    const visible = await visibleIn(login);
    const answers: Answer[] = [];
    const answer = async (ask: (environment: PageEnvironment) => Promise<Connection>): Promise<void> => {
      const reader = new WalksReader(pool, visible);
      const connection = await ask({ reader, known: visible.known, readable: visible.readable, cursorKey: Buffer.alloc(32), subject: "x", joinCounted: () => 0 });
      const found = [String(await connection.totalCount), ...connection.nodes.map((node) => (node as unknown as { readonly id: string }).id)];
      await reader.close();
      answers.push({ ...sumOf(reader.costs), found });
    };
    for (const question of QUESTIONS) {
      await answer(async (environment) => {
        const documents = new Documents(economy, environment, new ResponseLabels(visible.labels));
        const isLater = question.place === "after" || question.place === "before";
        const before = isLater ? await documents.page(argsOf({ ...question, place: question.place === "after" ? "first" : "last", size: 30 }, null), question.matter) : undefined;
        return documents.page(argsOf(question, (question.place === "after" ? before?.pageInfo.endCursor : before?.pageInfo.startCursor) ?? null), question.matter);
      });
    }
    for (const filter of MATTER_FILTERS) {
      for (const args of [{ first: 20 }, { last: 20 }]) await answer((environment) => new Matters(economy, environment, new ResponseLabels(visible.labels)).page({ ...args, ...(filter === undefined ? {} : { filter }) }));
    }
    return answers;
  } finally { await pool.destroy(); }
}

test("no page and no count walks hidden rows, whatever filter, order and place", async () => {
  expect(QUESTIONS.length).toBeGreaterThan(60);
  const login = await createTestDatabase(economy);
  try {
    const { known, readable, labels } = await visibleIn(login);
    const hidden = [...labels.numbers()].filter((number) => !known.includes(number));
    expect([readable.length > 3, hidden.length > 10]).toEqual([true, true]);
    await addRows(login, "seen", VISIBLE, readable, "B");
    const alone = await askAll(login);
    await addRows(login, "0000", HIDDEN, hidden, "A");
    const beside = await askAll(login);
    await addRows(login, "00000", 3 * HIDDEN, hidden, "A");
    const besideMore = await askAll(login);
    const names = [...QUESTIONS.map((question) => JSON.stringify(question)), ...MATTER_FILTERS.flatMap((filter) => [`matters ${JSON.stringify(filter)}`, `matters backwards ${JSON.stringify(filter)}`])];
    expect(besideMore.map(({ found }, at) => [names[at], found])).toEqual(alone.map(({ found }, at) => [names[at], found]));
    const walks = names.flatMap((name, at) => [beside, besideMore].flatMap((world) => (world[at]?.walks.length === 0 ? [] : [{ name, walks: world[at]?.walks }])));
    expect(walks).toEqual([]);
    // An index is a level deeper when it is larger. Another plan may take more of the asker's own rows into the hand, and look each up; of hidden ones there are ten and forty times as many.
    const dearer = names.map((name, at) => ({ name, blocks: [alone, beside, besideMore].map((world) => world[at]?.blocks ?? 0), wasted: [alone, beside, besideMore].map((world) => world[at]?.wasted ?? 0), statements: besideMore[at]?.statements }))
      .filter(({ blocks: [few = 0, many = 0, most = Infinity], wasted: [least = 0, , thrown = Infinity] }) => most > 1.5 * Math.max(few, many) + 8 * readable.length + 4 * VISIBLE || thrown > least + 3 * VISIBLE);
    expect(dearer).toEqual([]);
  } finally { await dropDatabase(login.database); }
});
