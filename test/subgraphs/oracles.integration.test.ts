/**
 * Filters, sorts, counts, pages, search and cursors as oracles (attacks B.VI): two worlds that differ only in what someone may not know or read answer them byte for byte alike,
 * while the guards off the same questions tell the worlds apart, so the comparison compares something.
 */
import type { Client } from "pg";
import { type Label, PORTIONS } from "../../schema/label";
import { decide, loadPolicy } from "../../schema/policy";
import { ministries } from "../../subgraphs";
import type { MinistryDefinition, MinistryLogin, MinistrySeams } from "../../subgraphs/kit";
import { DOCUMENT_SORTS } from "../../subgraphs/kit/graph/filters";
import { type Persona, persona } from "../support/people";
import { DEMO_NOON, type TestMinistry, asAdmin, createTestDatabase, dropDatabase, makeKeys, startTestMinistry } from "../support/postgres";

jest.setTimeout(60_000);
const policy = loadPolicy();
const economy = ministries["economy"] as MinistryDefinition;
const keys = makeKeys(["economy"]);

const STRINGS = ["reference", "kind", "class", "owner"] as const;
/** Words that stand only in hidden or withheld values of one world or the other. */
const WORDS = ["MARKER", "METI", "A"] as const;

function operations(): readonly string[] {
  const page = (args: string): string => `{ economyDocuments(${args}) { totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { id reference title { ja en } body { en } } } } }`;
  const filters = [
    ...STRINGS.flatMap((field) => WORDS.flatMap((word) => [`${field}: { eq: "${word}" }`, `${field}: { startsWith: "${word}" }`, `${field}: { contains: "${word}" }`])),
    ...PORTIONS.flatMap((field) => WORDS.map((word) => `${field}: { en: { contains: "${word}" } }`)),
    ...PORTIONS.map((field) => `not: { ${field}: { ja: { startsWith: "MARKER" } } }`),
    ...WORDS.map((word) => `search: "${word}"`),
    'validUntil: { after: "2030-01-01" }', 'not: { validUntil: { after: "2030-01-01" } }', 'or: [{ kind: { eq: "MARKER" } }, { title: { en: { contains: "MARKER" } } }]',
    'matter: { eq: "mtr_st6cgtwm6663pxhq" }',
  ];
  return [
    page("first: 3"), page("last: 3"), page("first: 0"), page("first: 500"),
    ...filters.map((filter) => page(`filter: { ${filter} }`)),
    ...Object.keys(DOCUMENT_SORTS).flatMap((field) => ["ASC", "DESC"].map((direction) => page(`first: 4, orderBy: [{ field: ${field}, direction: ${direction} }]`))),
    page('first: 4, orderBy: [{ field: BODY_EN, direction: DESC }, { field: KIND }], filter: { search: "e" }'),
    '{ economyMatters(filter: { token: { contains: "METI" } }) { totalCount nodes { id economy { entry { token } } } } }',
    '{ economyMatters(filter: { name: { en: { contains: "MARKER" } } }) { totalCount } }', "{ economyDesignations { totalCount nodes { id } } }",
    '{ _entities(representations: [{ __typename: "Matter", id: "mtr_st6cgtwm6663pxhq" }]) { ... on Matter { id economy { documents { totalCount nodes { id matter { id } } } assignments { subject } } } } }',
  ];
}

/** Every answer to every operation, and then page by page to the end and back. */
async function answers(running: TestMinistry, who: Persona): Promise<readonly string[]> {
  const given: string[] = [];
  for (const operation of operations()) given.push(await running.askText(who, operation));
  for (const [size, argument, cursor] of [["first: 2", "after", "endCursor"], ["last: 2", "before", "startCursor"]] as const) {
    let at: string | null = null;
    for (let turn = 0; turn < 15; turn += 1) {
      const text: string = await running.askText(who, `query($c: String) { economyDocuments(${size}, ${argument}: $c, orderBy: [{ field: TITLE_EN }]) { pageInfo { endCursor startCursor } nodes { id title { en } } } }`, { c: at });
      given.push(text);
      const { data } = JSON.parse(text) as { readonly data: { readonly economyDocuments: { readonly pageInfo: Record<string, string | null> } } };
      at = data.economyDocuments.pageInfo[cursor] ?? null;
      if (at === null) break;
    }
  }
  return given;
}

/** Numbers of the labels that this person may read, or may know of. */
async function numbersOf(client: Client, { subject, ctx }: Persona): Promise<{ readonly readable: readonly number[]; readonly known: readonly number[] }> {
  const { rows } = await client.query<{ id: number; body: Label }>("SELECT id, body FROM vault.label");
  const outcomes = rows.map(({ id, body }) => ({ id, outcome: decide(policy, subject, "RETRIEVE", body, { ...ctx, now: DEMO_NOON }).outcome }));
  return { readable: outcomes.filter(({ outcome }) => outcome === "permit").map(({ id }) => id), known: outcomes.filter(({ outcome }) => outcome !== "hide").map(({ id }) => id) };
}

/** Changes everything that the person may not read, removes what they may not know of, and adds as much again. */
async function changeAbove(database: string, who: Persona): Promise<void> {
  await asAdmin(database, async (client) => {
    const { readable, known } = await numbersOf(client, who);
    const changes: readonly (readonly [string, readonly unknown[]])[] = [
      ["UPDATE vault.portion SET ja = 'MARKER ' || ja, en = 'MARKER ' || reverse(en) WHERE label_id <> ALL($1)", [readable]],
      ["UPDATE vault.content SET reference = 'MARKER ' || reference, kind = 'MARKER', owner = 'A', valid_until = '2029-01-01', class = 'MARKER' WHERE label_id <> ALL($1)", [readable]],
      ["UPDATE vault.matter_entry SET name_en = 'MARKER', statutory_item = 'x' WHERE label_id <> ALL($1)", [readable]],
      ["DELETE FROM vault.record WHERE label_id <> ALL($1) AND label_id = (SELECT max(label_id) FROM vault.record WHERE label_id <> ALL($1))", [known]],
      ["DELETE FROM vault.assignment WHERE label_id <> ALL($1)", [readable]],
    ];
    for (const [text, values] of changes) expect((await client.query(text, [...values])).rowCount).toBeGreaterThan(0);
    const hidden = await client.query<{ id: number }>("SELECT id FROM vault.label WHERE id <> ALL($1) ORDER BY id LIMIT 1", [known]);
    const label = hidden.rows[0]?.id;
    for (let at = 0; at < 7; at += 1) {
      const id = `doc_hidden${at}`;
      await client.query("INSERT INTO vault.record (id, label_id, contact_ja, contact_en, matter_id) VALUES ($1, $2, 'x', 'x', 'mtr_st6cgtwm6663pxhq')", [id, label]);
      await client.query("INSERT INTO vault.content VALUES ($1, $2, 'A', 'A', 'A', 'A', '2031-01-01')", [id, label]);
      await client.query("INSERT INTO vault.portion VALUES ($1, 'title', $2, 'A', 'A'), ($1, 'body', $2, 'MARKER', 'MARKER')", [id, label]);
    }
  });
}

describe.each(["uncleared-official", "aus-liaison", "contractor-engineer"])("for %s", (id) => {
  const who = persona(policy, id);
  let worlds: readonly MinistryLogin[] = [];

  beforeAll(async () => {
    worlds = [await createTestDatabase(economy), await createTestDatabase(economy)];
    await changeAbove(worlds[1]?.database ?? "", who);
  }, 60_000);
  afterAll(async () => { for (const { database } of worlds) await dropDatabase(database); });

  async function compare(seams: MinistrySeams): Promise<{ readonly equal: number; readonly different: number }> {
    const given: (readonly string[])[] = [];
    for (const login of worlds) {
      const running = await startTestMinistry(economy, { ...seams, keys, login });
      try { given.push(await answers(running, who)); } finally { await running.stop(); }
    }
    const [one = [], two = []] = given;
    for (const answer of [...one, ...two]) expect(answer).not.toContain('"errors"');
    const equal = one.filter((answer, at) => answer === two[at]).length;
    return { equal, different: Math.max(one.length, two.length) - equal };
  }

  test("answers every filter, sort, count, page, search and cursor alike in two worlds [B-65 B-66 B-68 B-69 B-70 B-74]", async () => {
    const { equal, different } = await compare({});
    expect(different).toBe(0);
    expect(equal).toBeGreaterThan(80);
  }, 120_000);

  // One person is enough to see that the comparison compares something.
  if (id !== "uncleared-official") return;

  test("tells the worlds apart once the row guard is off", async () => {
    expect((await compare({ guards: { rows: false } })).different).toBeGreaterThan(0);
  }, 120_000);

  test("tells the worlds apart once the column guard is off", async () => {
    expect((await compare({ guards: { columns: false } })).different).toBeGreaterThan(0);
  }, 120_000);
});

describe("cursors", () => {
  let running: TestMinistry;
  beforeAll(async () => { running = await startTestMinistry(economy); }, 60_000);
  afterAll(async () => { await running.stop(); });
  const officer = persona(policy, "meti-officer");
  const first = async (args: string): Promise<string> => {
    const { data } = await running.ask(officer, `{ economyDocuments(first: 1 ${args}) { pageInfo { endCursor } } }`);
    return (data as { readonly economyDocuments: { readonly pageInfo: { readonly endCursor: string } } }).economyDocuments.pageInfo.endCursor;
  };
  const refusal = { errors: [{ message: "An argument is not valid.", path: ["economyDocuments"], extensions: { code: "BAD_USER_INPUT" } }] };

  test("walk every row once, forward and backward, in either direction of any order", async () => {
    for (const order of ["", ", orderBy: [{ field: VALID_UNTIL, direction: DESC }]", ", orderBy: [{ field: TITLE_JA }]", ", orderBy: [{ field: KIND, direction: DESC }, { field: VALID_UNTIL }]"]) {
      const all = await running.ask(officer, `{ economyDocuments(first: 500${order}) { nodes { id } } }`);
      const wanted = (all.data as { readonly economyDocuments: { readonly nodes: readonly { readonly id: string }[] } }).economyDocuments.nodes.map(({ id }) => id);
      for (const [size, argument, cursor] of [["first: 2", "after", "endCursor"], ["last: 2", "before", "startCursor"]] as const) {
        const walked: string[] = [];
        let at: string | null = null;
        do {
          const { data, errors }: Awaited<ReturnType<TestMinistry["ask"]>> = await running.ask(officer, `query($c: String) { economyDocuments(${size}, ${argument}: $c${order}) { pageInfo { endCursor startCursor } nodes { id } } }`, { c: at });
          expect(errors).toBeUndefined();
          const page = (data as { readonly economyDocuments: { readonly pageInfo: Record<string, string | null>; readonly nodes: readonly { readonly id: string }[] } }).economyDocuments;
          const ids = page.nodes.map(({ id }) => id);
          walked.splice(size.startsWith("first") ? walked.length : 0, 0, ...ids);
          at = page.pageInfo[cursor] ?? null;
        } while (at !== null);
        expect(walked).toEqual(wanted);
      }
    }
  });

  test("are refused to another person, in another order and under another filter [B-68]", async () => {
    const cursor = await first("");
    const ask = (who: Persona, args: string): ReturnType<TestMinistry["ask"]> => running.ask(who, `{ economyDocuments(first: 1, after: "${cursor}" ${args}) { totalCount } }`);
    expect((await ask(officer, "")).errors).toBeUndefined();
    expect(await ask(persona(policy, "ciro-analyst"), "")).toMatchObject(refusal);
    expect(await ask(officer, 'filter: { kind: { eq: "PLAN" } }')).toMatchObject(refusal);
    expect(await ask(officer, "orderBy: [{ field: KIND }]")).toMatchObject(refusal);
  });

  test.each(["first: -1", "first: 501", "first: 1, last: 1", 'after: "x"', 'last: 1, before: ""', 'last: 1, after: "x"', `first: 1, orderBy: [${"{ field: KIND } ".repeat(17)}]`])("are refused with page arguments that make no sense: %s", async (args) => {
    expect(await running.ask(officer, `{ economyDocuments(${args}) { totalCount } }`)).toMatchObject(refusal);
  });
});
