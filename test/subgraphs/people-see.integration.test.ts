/**
 * Every person of the demonstration sees exactly what permit, redact and hide say, recomputed by `decide` from the data files: which records are listed, found and counted,
 * and which values of them are there. Each guard switched off makes this fail.
 */
import { type LabelCore, PORTIONS } from "../../schema/label";
import { decide, existenceOf, labelOf, loadPolicy } from "../../schema/policy";
import { ministries } from "../../subgraphs";
import type { CoreData, RecordData } from "../../subgraphs/kit/database/data";
import { type Persona, everybody, persona } from "../support/people";
import { DEMO_NOON, type TestMinistry, startTestMinistry } from "../support/postgres";

jest.setTimeout(60_000);
const policy = loadPolicy();
const people = everybody(policy);
const core = (data: CoreData): LabelCore => ({ policy: "JPN-GOV-DEMO", ...data });

type Seen = Readonly<Record<string, unknown>>;

/** What one person must be given of one record; undefined when it is hidden. */
function expected({ subject, ctx }: Persona, ministry: string, record: RecordData): Seen | undefined {
  const at = { ...ctx, now: DEMO_NOON };
  const permits = (data: CoreData): boolean => decide(policy, subject, "RETRIEVE", labelOf(core(data)), at).outcome === "permit";
  const own = decide(policy, subject, "RETRIEVE", labelOf(core(record.label), { existence: existenceOf(core(record.label), record.existenceLevel) }), at).outcome;
  if (own === "hide") return undefined;
  const text = ({ ja, en }: { readonly ja: string; readonly en: string }): Seen => ({ ja, en });
  const portions = PORTIONS.map((name): readonly [string, unknown] => {
    const given = record.portions?.[name];
    if (given !== undefined) return [name, permits(given.label) ? text(given) : null];
    return [name, name === "title" && own === "permit" ? text(record.title) : null];
  });
  const visible = own === "permit" ? record : undefined;
  return {
    id: record.id, ministry, contact: text(record.contact), reference: visible?.reference ?? null, kind: visible?.kind ?? null, class: visible?.class ?? null, owner: visible?.owner ?? null,
    validUntil: visible?.validUntil ?? null, ...Object.fromEntries(portions),
  };
}

const FIELDS = `id ministry contact { ja en } reference kind class owner validUntil ${PORTIONS.map((name) => `${name} { ja en }`).join(" ")}`;

/** What one person is given: listed in the order of ids, each asked for by its id, and the count. */
async function seen(running: TestMinistry, field: string, who: Persona, ids: readonly string[]): Promise<{ readonly list: readonly Seen[]; readonly single: readonly Seen[]; readonly total: number }> {
  const single = ids.map((id, at) => `d${at}: ${field}Document(id: "${id}") { ${FIELDS} }`).join("\n");
  const answer = await running.ask(who, `{ list: ${field}Documents(first: 500) { totalCount nodes { ${FIELDS} } } ${single} }`);
  expect(answer.errors).toBeUndefined();
  const { list, ...found } = answer.data as { readonly list: { readonly totalCount: number; readonly nodes: readonly Seen[] } } & Record<string, Seen | null>;
  return { list: list.nodes, single: Object.values(found).filter((value): value is Seen => value !== null), total: list.totalCount };
}

describe.each(Object.values(ministries))("$name", (ministry) => {
  const { records } = ministry.demo.records;
  const ids = records.map(({ id }) => id);
  let running: TestMinistry;
  beforeAll(async () => { running = await startTestMinistry(ministry); }, 60_000);
  afterAll(async () => { await running.stop(); });

  test.each(people)("gives $id the records and values that decide permits, and nothing else", async (who) => {
    const wanted = records.map((record) => expected(who, ministry.name, record)).filter((record) => record !== undefined);
    const given = await seen(running, ministry.field, who, ids);
    const byId = (a: Seen, b: Seen): number => String(a["id"]).localeCompare(String(b["id"]), "en");
    expect([...given.list].sort(byId)).toEqual([...wanted].sort(byId));
    expect([...given.single].sort(byId)).toEqual([...wanted].sort(byId));
    expect(given.total).toBe(wanted.length);
  });
});

describe("with a guard switched off", () => {
  const ministry = ministries["defense"] as (typeof ministries)[string];
  const { records } = ministry.demo.records;
  const stranger = persona(policy, "uncleared-official");

  test("the row guard off, hidden records come out of the ministry", async () => {
    const running = await startTestMinistry(ministry, { guards: { rows: false } });
    try {
      const given = await seen(running, ministry.field, stranger, records.map(({ id }) => id));
      expect(given.total).toBe(records.length);
      expect(given.list.every((document) => document["reference"] === null || expected(stranger, ministry.name, records.find(({ id }) => id === document["id"]) as RecordData)?.["reference"] !== null)).toBe(true);
    } finally { await running.stop(); }
  });

  test("the column guard off, withheld values come out of the ministry", async () => {
    const running = await startTestMinistry(ministry, { guards: { columns: false } });
    try {
      const given = await seen(running, ministry.field, stranger, records.map(({ id }) => id));
      expect(given.list.length).toBe(records.filter((record) => expected(stranger, ministry.name, record)).length);
      expect(given.list.every((document) => document["reference"] !== null)).toBe(true);
    } finally { await running.stop(); }
  });
});
