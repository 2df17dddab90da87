/**
 * The quick form of `bench:ministry`: the same world, small, on the run's PostgreSQL. Checked are answers and blocks that PostgreSQL touched, never time: the guarded answers are those of a copy
 * without hidden rows, more hidden rows change neither them nor what they cost, and pages put together are the whole list.
 */
import { Client } from "pg";
import { loadPolicy } from "../../schema/policy";
import { ministries } from "../../subgraphs";
import type { MinistryDefinition } from "../../subgraphs/kit";
import { createMinistryDatabase, type MinistryLogin } from "../../subgraphs/kit/database/connection";
import { FILL_PARTS } from "../../subgraphs/kit/database/label-parts";
import type { DocumentFilter, DocumentOrder } from "../../subgraphs/kit/graph/filters";
import type { Connection, DocumentNode } from "../../subgraphs/kit/graph/nodes";
import { ID_PARTS, partOf } from "../../subgraphs/kit/id-parts";
import { LabelTable } from "../../subgraphs/kit/label-table";
import { labelsNear } from "../../subgraphs/kit/near-labels";
import { type Manner, Reader } from "../../subgraphs/kit/reader";
import { RowGuard, type Visible } from "../../subgraphs/kit/rows";
import { dropDatabase, testAdmin } from "../support/postgres";
import { copyVisible, loadLabels, loadStage, prepare, STAGES } from "./ministry-load";
import { GuardedSide, learnFacts, PlainSide } from "./ministry-measure";
import { type Facts, QUESTIONS } from "./ministry-questions";
import { type AskerKind, BENCH_NOON, makeWorld } from "./ministry-world";

jest.setTimeout(300_000);
const FLAT: readonly AskerKind[] = ["clerk", "specialist"];
const SIZE = { seed: 3, documents: 20_000, designations: 300, subjects: 5 };
const login: MinistryLogin = { username: "bench_quick", password: "test-only", database: `bench_quick_${process.pid}` };
const ministry = ministries["defense"] as MinistryDefinition;
let client: Client;
let guarded: GuardedSide;
let plain: PlainSide;
const seen = new Map<AskerKind, { readonly visible: Visible; readonly matter: string }>();
const world = makeWorld(SIZE);

beforeAll(async () => {
  const admin = testAdmin();
  await createMinistryDatabase(admin, ministry, login, { demo: false, now: BENCH_NOON });
  client = new Client({ host: admin.host, port: admin.port, user: admin.username, password: admin.password, database: login.database });
  await client.connect();
  const numbers = await loadLabels(client, world);
  const table = new LabelTable();
  table.load((await client.query<{ id: number; body: unknown }>("SELECT id, body FROM vault.label")).rows);
  const guard = new RowGuard(table);
  for (const kind of [...FLAT, "officer"] as const) {
    const asker = world.askers.find((each) => each.kind === kind)?.asker;
    if (asker === undefined) throw new Error("nobody");
    seen.set(kind, { visible: guard.visible(loadPolicy(), asker, BENCH_NOON), matter: `mtr_${asker.subject.assignments[0]?.token ?? "MOD-2017-00007"}` });
  }
  await prepare(client, world, numbers, new Set(FLAT.flatMap((kind) => seenBy(kind).visible.known)));
  await loadStage(client, world, 0);
  guarded = await GuardedSide.open(admin, login, ministry);
  plain = await PlainSide.open(admin, login.database);
});
afterAll(async () => {
  await guarded.close(); await plain.close(); await client.end();
  await dropDatabase(login.database);
});

function seenBy(kind: AskerKind): { readonly visible: Visible; readonly matter: string } {
  const found = seen.get(kind);
  if (found === undefined) throw new Error("nobody");
  return found;
}

/** Those who ask alone find the first stage only. */
async function loadAll(): Promise<void> {
  const { rows: [all] } = await client.query<{ count: string }>("SELECT count(*) FROM vault.record");
  if (Number(all?.count) < SIZE.documents / 2) for (const stage of [1, 2]) await loadStage(client, world, stage);
}

interface Found { readonly question: string; readonly answer: readonly string[]; readonly blocks: number }

async function askAll(kind: AskerKind, facts: Facts): Promise<readonly Found[]> {
  const { visible } = seenBy(kind);
  const found: Found[] = [];
  for (const question of QUESTIONS) {
    const answer = await guarded.answer(visible, question, facts);
    const blocks = (await guarded.explain(visible, question, facts)).reduce((sum, each) => sum + each.blocks, 0);
    found.push({ question: `${kind}: ${question.name}, ${question.part}`, answer, blocks });
  }
  return found;
}

test("five times as many hidden rows change no answer, and no question reads more blocks for them", async () => {
  const known = async (kind: AskerKind): Promise<number> => Number((await client.query<{ count: string }>("SELECT count(*) FROM vault.record WHERE label_id = ANY($1)", [seenBy(kind).visible.known])).rows[0]?.count);
  const all = async (): Promise<number> => Number((await client.query<{ count: string }>("SELECT count(*) FROM vault.record")).rows[0]?.count);
  const facts = new Map<AskerKind, Facts>();
  const few: Found[] = [];
  const [before, ...visibleBefore] = [await all(), ...await Promise.all(FLAT.map(known))];
  for (const kind of FLAT) {
    const learned = await learnFacts(guarded, seenBy(kind).visible, seenBy(kind).matter);
    facts.set(kind, learned);
    few.push(...await askAll(kind, learned));
  }
  for (const stage of [1, 2]) await loadStage(client, world, stage);
  const many: Found[] = [];
  for (const kind of FLAT) many.push(...await askAll(kind, facts.get(kind) as Facts));
  const [after, ...visibleAfter] = [await all(), ...await Promise.all(FLAT.map(known))];
  expect(STAGES.length).toBe(3);
  expect(visibleAfter).toEqual(visibleBefore);
  expect((after ?? 0) - (visibleAfter[0] ?? 0)).toBeGreaterThan(4 * ((before ?? 0) - (visibleBefore[0] ?? 0)));
  expect(many.map(({ question, answer }) => [question, answer])).toEqual(few.map(({ question, answer }) => [question, answer]));
  expect(few.filter(({ answer }) => answer.length > 1).length).toBeGreaterThan(QUESTIONS.length / 2);
  // Beside more rows another plan may be the better one: then it looks up what the asker has, of which a block holds several.
  const own = Math.max(...visibleAfter) / 2;
  const dearer = many.map(({ question, blocks }, at) => ({ question, before: few[at]?.blocks ?? 0, blocks })).filter((each) => each.blocks > Math.max(1.5 * each.before, own) + 2 * seenBy("specialist").visible.known.length);
  expect(dearer).toEqual([]);
});

test("every question is answered as by a copy of the tables that holds nothing but what is visible", async () => {
  for (const kind of [...FLAT, "officer"] as const) {
    const { visible, matter } = seenBy(kind);
    await copyVisible(client, kind, visible);
    const facts = await learnFacts(guarded, visible, matter);
    for (const question of QUESTIONS) {
      const [own, other] = [await guarded.answer(visible, question, facts), await plain.answer(`plain_${kind}`, question.plain(facts), question.part)];
      expect({ kind, question: question.name, part: question.part, answer: [...own].sort() }).toEqual({ kind, question: question.name, part: question.part, answer: [...other].sort() });
    }
  }
});

const ORDERS: readonly (readonly [string, readonly DocumentOrder[], string])[] = [
  ["of ids", [], "d.id"],
  ["of references, the newest first", [{ field: "REFERENCE", direction: "DESC" }], "c.reference DESC NULLS LAST, d.id"],
  ["of last days", [{ field: "VALID_UNTIL", direction: "ASC" }], "c.valid_until ASC NULLS LAST, d.id"],
  ["of titles", [{ field: "TITLE_EN", direction: "ASC" }], "t.en ASC NULLS LAST, d.id"],
  ["of titles in Japanese, backwards", [{ field: "TITLE_JA", direction: "DESC" }], "t.ja DESC NULLS LAST, d.id"],
  ["of last days and kinds", [{ field: "VALID_UNTIL", direction: "DESC" }, { field: "KIND", direction: "ASC" }], "c.valid_until DESC NULLS LAST, c.kind ASC NULLS LAST, d.id"],
];

test.each(ORDERS)("pages in the order %s put together are the whole list, forwards and backwards", async (_name, orderBy, order) => {
  const { visible } = seenBy("clerk");
  await copyVisible(client, "clerk", visible);
  const { rows } = await client.query<{ id: string }>(`SELECT d.id FROM plain_clerk_vault.record d LEFT JOIN plain_clerk_vault.content c ON c.id = d.id
    LEFT JOIN plain_clerk_vault.portion t ON t.record_id = d.id AND t.name = 'title' ORDER BY ${order}`);
  const whole = rows.map(({ id }) => id);
  expect(whole.length).toBeGreaterThan(900);
  for (const backward of [false, true]) {
    const found: string[] = [];
    for (let cursor: string | null = null, isMore = true; isMore;) {
      const at: string | null = cursor;
      const [ids, next, more] = await guarded.ask(visible, async (documents) => {
        const page = await documents.page({ orderBy, ...(backward ? { last: 70, before: at } : { first: 70, after: at }) }, undefined);
        const { startCursor, endCursor, hasNextPage, hasPreviousPage } = page.pageInfo;
        return [page.nodes.map((node) => (node as DocumentNode).id), backward ? startCursor : endCursor, await (backward ? hasPreviousPage : hasNextPage)] as const;
      });
      found.splice(backward ? 0 : found.length, 0, ...ids);
      cursor = next; isMore = more;
    }
    expect(found).toEqual(whole);
  }
});

const FILTERS: readonly (readonly [string, DocumentFilter, string])[] = [
  ["a kind", { kind: { eq: "REPORT" } }, "c.kind = 'REPORT'"], ["a rare kind", { kind: { eq: "NOTICE" }, class: { eq: "B" } }, "c.kind = 'NOTICE' AND c.class = 'B'"], ["a kind that none has", { kind: { eq: "X" } }, "c.kind = 'X'"],
  ["some owners and a part of a kind", { owner: { in: ["JPN.MOD.DIH", "JPN.MOD.ATLA"] }, kind: { contains: "oc" } }, "c.owner IN ('JPN.MOD.DIH', 'JPN.MOD.ATLA') AND c.kind = 'DOCUMENT'"],
  ["a kind, of which nothing is asked", { kind: {} }, "TRUE"], ["not a kind", { not: { kind: { eq: "REPORT" } } }, "c.kind <> 'REPORT'"], ["either of two", { or: [{ kind: { eq: "PLAN" } }, { class: { eq: "A" } }] }, "(c.kind = 'PLAN' OR c.class = 'A')"],
];

test.each(FILTERS)("pages of %s put together are all that the asker has of it, in the order of ids and of titles, and so many are counted", async (_name, filter, condition) => {
  for (const kind of ["clerk", "officer"] as const) {
    const { visible } = seenBy(kind);
    await copyVisible(client, kind, visible);
    for (const [orderBy, order] of [[[], "d.id"], [[{ field: "TITLE_EN", direction: "DESC" }], "t.en DESC NULLS LAST, d.id"]] as const) {
      const { rows } = await client.query<{ id: string }>(`SELECT d.id FROM plain_${kind}_vault.record d LEFT JOIN plain_${kind}_vault.content c ON c.id = d.id
        LEFT JOIN plain_${kind}_vault.portion t ON t.record_id = d.id AND t.name = 'title' WHERE ${condition} ORDER BY ${order}`);
      const most = 1_200;
      const found: string[] = [];
      for (let cursor: string | null = null, isMore = true; isMore && found.length < most;) {
        const at: string | null = cursor;
        const [ids, next, more, total] = await guarded.ask(visible, async (documents) => {
          const page = await documents.page({ orderBy: [...orderBy], filter, first: 300, after: at }, undefined);
          return [page.nodes.map((node) => (node as DocumentNode).id), page.pageInfo.endCursor, await page.pageInfo.hasNextPage, await page.totalCount] as const;
        });
        expect(total).toBe(rows.length);
        found.push(...ids);
        cursor = next; isMore = more;
      }
      expect(found).toEqual(rows.slice(0, Math.max(most, found.length)).map(({ id }) => id).slice(0, found.length));
      expect(found.length).toBe(Math.min(rows.length, most));
    }
  }
});

test("a page is looked for near where it begins: it reads a small part of what the asker has", async () => {
  const { visible, matter } = seenBy("officer");
  const facts = await learnFacts(guarded, visible, matter);
  const blocks = async (name: string): Promise<number> => {
    const question = QUESTIONS.find((each) => each.name === name && each.part === "page");
    if (question === undefined) throw new Error(`no question ${name}`);
    return (await guarded.explain(visible, question, facts)).reduce((sum, each) => sum + each.blocks, 0);
  };
  const { rows: [whole] } = await client.query<{ blocks: number }>("SELECT (pg_relation_size('vault.record') + pg_relation_size('vault.content')) / 8192 AS blocks");
  // An index is entered once for each label, three levels deep, and each of the rows shown is looked up in four.
  const most = 3 * visible.known.length + 21 * 16 + 400;
  for (const name of ["list", "newest first", "newest first, a later page", "by title", "a kind that many have"]) expect({ name, isSmall: await blocks(name) <= most }).toEqual({ name, isSmall: true });
  expect(Number(whole?.blocks)).toBeGreaterThan(100);
});

/** By what pages of what texts contain were found: rows that are looked into one after the other, the index of texts, or the first before the second. */
type Ways = Readonly<Record<"walked" | "found", number>>;

async function readSought(visible: Visible, filter: DocumentFilter, backward: boolean, pages: number): Promise<{ readonly ids: readonly string[]; readonly ways: Ways }> {
  const ways = { walked: 0, found: 0 };
  class WatchingReader extends Reader {
    override rows<T>(text: string, values: readonly unknown[], name?: string, manner?: Manner): Promise<readonly T[]> {
      if (text.includes("AS place FROM record")) ways.walked += 1; else if (text.includes("find_texts")) ways.found += 1;
      return super.rows<T>(text, values, name, manner);
    }
  }
  const ids: string[] = [];
  for (let cursor: string | null = null, isMore = true, at = 0; isMore && at < pages; at += 1) {
    const place: string | null = cursor;
    const [page, more]: readonly [Connection, boolean] = await guarded.ask(visible, async (documents) => {
      const connection = await documents.page({ filter, ...(backward ? { last: 20, before: place } : { first: 20, after: place }) }, undefined);
      return [connection, await (backward ? connection.pageInfo.hasPreviousPage : connection.pageInfo.hasNextPage)] as const;
    }, new WatchingReader(guarded.pool, visible));
    ids.splice(backward ? 0 : ids.length, 0, ...page.nodes.map((node) => (node as DocumentNode).id));
    [cursor, isMore] = [backward ? page.pageInfo.startCursor : page.pageInfo.endCursor, more];
  }
  return { ids, ways };
}

test("a page of what texts contain is the same whether the asker's nearest rows are looked into or the index of texts is asked, and is found the shorter way", async () => {
  const { visible } = seenBy("officer");
  await loadAll();
  const { rows: [sample] } = await client.query<{ word: string; pair: string }>("SELECT substr(split_part(en, ' ', 3), 1, 4) AS word, substr(ja, 5, 2) AS pair FROM vault.portion WHERE name = 'body' AND label_id = ANY($1) ORDER BY record_id LIMIT 1", [visible.readable]);
  const taken = { walked: 0, found: 0, both: 0 };
  for (const text of ["sen", "gen", "kamiro", "Q17 ", "Q4", String(sample?.word), String(sample?.pair), "nothing has this"]) {
    for (const [filter, condition] of [[{ search: text }, "true"], [{ body: { en: { contains: text } }, kind: { eq: "REPORT" } }, "p.name = 'body' AND c.kind = 'REPORT'"]] as const) {
      const contains = "search" in filter ? "(p.ja ILIKE $3 OR p.en ILIKE $3)" : "p.en ILIKE $3";
      const { rows } = await client.query<{ id: string }>(`SELECT DISTINCT r.id FROM vault.record r JOIN vault.portion p ON p.record_id = r.id LEFT JOIN vault.content c ON c.id = r.id AND c.label_id = ANY($2)
        WHERE r.label_id = ANY($1) AND p.label_id = ANY($2) AND ${contains} AND ${condition} ORDER BY r.id`, [visible.known, visible.readable, `%${text}%`]);
      const whole = rows.map(({ id }) => id);
      for (const backward of [false, true]) {
        const { ids, ways } = await readSought(visible, filter, backward, 4);
        expect({ text, filter, backward, ids }).toEqual({ text, filter, backward, ids: backward ? whole.slice(-80) : whole.slice(0, 80) });
        taken[ways.found === 0 ? "walked" : ways.walked === 0 ? "found" : "both"] += 1;
      }
    }
  }
  expect(taken.walked).toBeGreaterThan(3);
  expect(taken.both).toBeGreaterThan(3);
});

/** The first so many ids of a list from either end, two at a time, and how often labels were left out. */
async function readByTwo(visible: Visible, backward: boolean, most: number): Promise<{ readonly ids: readonly string[]; readonly narrowed: number }> {
  let narrowed = 0;
  class CountingReader extends Reader {
    override rows<T>(text: string, values: readonly unknown[], name?: string, manner?: Manner): Promise<readonly T[]> {
      narrowed += text.includes("get_bit(t.parts") ? 1 : 0;
      return super.rows<T>(text, values, name, manner);
    }
  }
  const ids: string[] = [];
  for (let cursor: string | null = null; ids.length < most;) {
    const at: string | null = cursor;
    const page: Connection = await guarded.ask(visible, (documents) => documents.page(backward ? { last: 2, before: at } : { first: 2, after: at }, undefined), new CountingReader(guarded.pool, visible));
    ids.splice(backward ? 0 : ids.length, 0, ...page.nodes.map((node) => (node as DocumentNode).id));
    cursor = backward ? page.pageInfo.startCursor : page.pageInfo.endCursor;
  }
  return { ids, narrowed };
}

test("of many labels those are asked that may have records where a page looks, whatever came, went or changed its label", async () => {
  const { visible } = seenBy("officer");
  const most = 60;
  // A page of two has to lie in few parts.
  await loadAll();
  const check = async (): Promise<void> => {
    const { rows } = await client.query<{ id: string }>("SELECT id FROM vault.record WHERE label_id = ANY($1) ORDER BY id", [visible.known]);
    const whole = rows.map(({ id }) => id);
    for (const backward of [false, true]) {
      const { ids, narrowed } = await readByTwo(visible, backward, most);
      expect(ids).toEqual(backward ? whole.slice(-most) : whole.slice(0, most));
      expect(narrowed).toBeGreaterThan(most / 4);
    }
  };
  await check();
  // Of few records each, so that they are marked in few parts.
  const { rows: rare } = await client.query<{ label_id: number }>("SELECT label_id FROM vault.tally WHERE label_id = ANY($1) ORDER BY records, label_id LIMIT 4", [visible.known]);
  const { rows: first } = await client.query<{ id: string }>("SELECT id FROM vault.record WHERE label_id = ANY($1) ORDER BY id LIMIT 20", [visible.known]);
  const add = (ids: readonly string[]): Promise<unknown> => client.query("INSERT INTO vault.record (id, label_id) SELECT id, ($2::int[])[at] FROM unnest($1::text[]) WITH ORDINALITY n(id, at)", [ids, rare.map(({ label_id: label }) => label)]);
  await add(["doc_0000000000000001", "doc_zzzzzzzzzzzzzzz1", "doc_0100000000000001", "doc_zyzzzzzzzzzzzzz1"]);
  await check();
  for (const [at, { id }] of first.entries()) {
    const label = rare[at % rare.length]?.label_id;
    await client.query(at % 5 === 4 ? "DELETE FROM vault.record WHERE id = $1" : "WITH c AS (UPDATE vault.content SET label_id = $2 WHERE id = $1) UPDATE vault.record SET label_id = $2 WHERE id = $1", at % 5 === 4 ? [id] : [id, label]);
  }
  await check();
  // Without a mark nothing is looked for; without any marks it is looked for everywhere.
  await client.query("ALTER TABLE vault.record DISABLE TRIGGER tally_parts_added");
  await client.query("UPDATE vault.tally SET parts = parts & ~parts WHERE label_id = $1", [rare[1]?.label_id]);
  const unmarked = (await readByTwo(visible, false, most)).ids.slice(0, most / 2).map((id) => `${id}x`);
  await client.query("INSERT INTO vault.record (id, label_id) SELECT id, $2 FROM unnest($1::text[]) n(id)", [unmarked, rare[1]?.label_id]);
  const { ids } = await readByTwo(visible, false, most);
  expect(unmarked.filter((id) => !ids.includes(id)).length).toBeGreaterThan(unmarked.length / 4);
  await client.query("UPDATE vault.tally SET parts = NULL WHERE label_id = $1", [rare[1]?.label_id]);
  await check();
  await client.query("ALTER TABLE vault.record ENABLE TRIGGER tally_parts_added");
});

test("which labels may have records in a few parts of the order is asked once: all that have some there, none that has none, and everything beyond these parts", async () => {
  const { visible } = seenBy("officer");
  await loadAll();
  const { rows } = await client.query<{ id: string; label_id: number }>("SELECT id, label_id FROM vault.record WHERE label_id = ANY($1) ORDER BY id", [visible.known]);
  const parts = new Map<number, Set<number>>();
  for (const { id, label_id: label } of rows) { const part = partOf(id); if (part !== undefined) parts.set(part, (parts.get(part) ?? new Set()).add(label)); }
  await client.query(FILL_PARTS);
  const at = (share: number): string => rows[Math.floor(share * (rows.length - 1))]?.id ?? "";
  let narrowed = 0;
  for (const ascending of [true, false]) {
    for (const from of [undefined, at(0), at(0.001), at(0.3), at(0.5), at(0.999), at(1), "otherwise"]) {
      const reader = new Reader(guarded.pool, visible);
      const near = await labelsNear(reader, visible.known, from, ascending);
      await reader.close();
      for (const steps of [0, 1, 3, 7, 8, 40]) {
        const place = from === undefined ? (ascending ? 0 : ID_PARTS - 1) : partOf(from);
        const other = rows.find(({ id }) => partOf(id) === (place ?? 0) + (ascending ? steps : -steps))?.id;
        if (other === undefined) continue;
        const [lowest, highest] = ascending ? [from, other] : [other, from];
        const own = place === undefined || steps > 7 ? visible.known : visible.known.filter((label) => Array.from({ length: steps + 1 }, (_, step) => place + (ascending ? step : -step)).some((part) => parts.get(part)?.has(label)));
        expect({ from, ascending, steps, labels: [...near(lowest, highest)].sort((a, b) => a - b) }).toEqual({ from, ascending, steps, labels: [...own].sort((a, b) => a - b) });
        narrowed += own.length < visible.known.length ? 1 : 0;
      }
    }
  }
  expect(narrowed).toBeGreaterThan(30);
});
