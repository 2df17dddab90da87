/**
 * A round of the search over the running graph: somebody, a world of more documents and items than the demonstration has, and another one that is the same to that person; with everything that operations
 * may name, whether that person may know of it or not.
 */
import { equalLabels } from "../../schema/label";
import type { Policy } from "../../schema/policy";
import { ministries } from "../../subgraphs";
import { WORKFLOWS } from "../../subgraphs/kit/workflow/list";
import { ItemMaker, type ItemWords } from "./generate-items";
import { changesOf, MADE_MEANWHILE, type ChangeField, type ChangeWords, type Mutation } from "./generate-mutation";
import type { Vocabulary } from "./generate-operation";
import type { Random } from "./generate-random";
import { TableMaker } from "./generate-tables";
import { Correspondence, idsIn } from "./trial-alike";
import type { Reader } from "./trial-ask";
import { clock, type Pair } from "./world-running";
import { noteTexts, sightOf, type Sight, TABLES, type TableRow, type Tables } from "./world-tables";

export interface Round {
  readonly reader: Reader;
  readonly made: readonly string[];
  readonly vocabulary: Vocabulary;
  /** Texts that only withheld places hold. */
  readonly secrets: ReadonlySet<string>;
  readonly sights: ReadonlyMap<string, Sight>;
  readonly changes: readonly ChangeField[];
  readonly words: ChangeWords & { readonly sent: Mutation[] };
  /** Takes in an item that was made meanwhile. */
  readonly addItem: (ministry: string, item: TableRow) => void;
  readonly alike: Correspondence;
  /** Ids and tokens of what is not the same in both worlds. */
  readonly differing: readonly string[];
  /** Set when the person's standing has changed: then the worlds need not be the same to them any more. */
  isOver: boolean;
  /** Ids in the first world of what the person may not know of anywhere. */
  readonly hidden: readonly string[];
  /** What was said by people in the round, and may be told again. */
  readonly named: string[];
}

/** Milliseconds by which the database's clock may be behind. */
const CLOCKS_DIFFER_MS = 5_000;
const NOT_THERE = ["itm_absentabsent0000", "doc_absentabsent0000", "mtr_absentabsent0000"] as const;

/** Puts the worlds of a round into the databases of both sides. */
export async function makeRound(random: Random, pair: Pair, policy: Policy, reader: Reader, subjects: readonly string[]): Promise<Round> {
  const { bases } = pair;
  const first = new Map<string, Tables>();
  const second = new Map<string, Tables>();
  const made: string[] = [];
  const visible = new Set<string>();
  const hidden = new Set<string>();
  const sights = new Map<string, Sight>();
  const ids = textsOf(bases.values(), ({ tables }) => [...tables.record, ...tables.matter, ...tables.person].flatMap((row) => [row["id"], row["designation_id"]]));
  const tokens = [...textsOf(bases.values(), ({ tables }) => tables.matter_entry.map((row) => row["token"])), "MOD-2026-901", "METI-2026-902", "ZZ-NOWHERE"];
  const orgs = [...new Set([...Object.values(ministries).map(({ org }) => org), ...textsOf(bases.values(), ({ tables }) => tables.person.flatMap((row) => [row["org"], row["host_org"]]))])];
  const words: ItemWords = { ids: [...ids, ...NOT_THERE], tokens, orgs, subjects: [...subjects, "nobody-known"] };
  for (const [name, { tables, labels }] of bases) {
    const ministry = ministries[name];
    if (ministry === undefined) throw new Error(`no ministry ${name}`);
    const plain = [...labels].filter(([, label]) => equalLabels(label, label.existence)).map(([id]) => id);
    const maker = new TableMaker(random, [...labels.keys()], plain, ids);
    const sight = sightOf(policy, reader.person, labels, clock());
    sights.set(name, sight);
    const items = new ItemMaker(random, ministry, plain, { ...words, ids: [...idsIn(JSON.stringify(tables.record.map((row) => row["id"]))), ...tables.matter.map((row) => String(row["id"]))] }, sight,
      ({ steps }) => Object.values(steps).some(({ by, from }) => from.length > 0 && by.early({ policy, asker: { ...reader.asker, action: "WRITE" }, now: clock() })));
    const base = items.enrich(maker.enrich(tables, random.int(12)), reader.person.id);
    const documents = maker.differ(base, sight);
    const other = items.differ(documents.tables, reader.person.id, NOT_THERE.filter((id) => id.startsWith("itm_")));
    first.set(name, base);
    second.set(name, other.tables);
    made.push(...[...documents.made, ...other.made].map((line) => `${name}: ${line}`));
    for (const world of [base, other.tables]) noteTexts(world, sight, visible, hidden);
  }
  // Each database is somebody else's work: they are written at once.
  await Promise.all([pair.sides[0].put(first), pair.sides[1].put(second)]);
  const known = [...new Set([...ids, ...NOT_THERE, ...textsOf([...first.values(), ...second.values()], (tables) => tables.record.map((row) => row["id"]))])];
  const texts = random.shuffle([...visible, ...hidden].filter((text) => text.length > 2 && text.length < 40)).slice(0, 40);
  const everyItem = [...textsOf([...first.values(), ...second.values()], (tables) => tables.item.map((row) => row["id"])), "itm_absentabsent0000"];
  const idsFor = (field: string): readonly string[] => (WORKFLOWS.some(({ name }) => field.toLowerCase().endsWith(name.toLowerCase())) ? everyItem
    : known.filter((id) => id.startsWith(/document/i.test(field) ? "doc_" : /matter/i.test(field) ? "mtr_" : /designation/i.test(field) ? "dsg_" : "psn_")));
  const differing = differences(first, second);
  const owned = new Map([...first].map(([name, one]) => [name, [...NOT_THERE, ...textsOf([one, second.get(name) ?? one], (tables) => [...tables.record, ...tables.matter, ...tables.item].map((row) => row["id"]))]]));
  const everyRow = new Map([...first].map(([name, { item }]) => [name, [...item, ...(second.get(name)?.item ?? []).filter((row) => !item.some((other) => JSON.stringify(other) === JSON.stringify(row)))]]));
  return {
    reader, made, sights, named: [], isOver: false, addItem: (ministry, item) => { everyRow.get(ministry)?.push(item); }, secrets: new Set([...hidden].filter((text) => text.length > 6 && !visible.has(text))),
    vocabulary: { ids: [...known, ...everyItem], idsFor, prefixes: [...texts, "DEMO", "z"] },
    changes: changesOf(reader.view),
    words: {
      ...words, ids: [...known, ...everyItem], tokens: [...new Set([...tokens, ...textsOf([...first.values(), ...second.values()], (tables) => tables.matter_entry.map((row) => row["token"]))])], sent: [],
      items: everyRow, isDiffering: (id) => differing.has(id), idsOf: (ministry) => owned.get(ministry) ?? [...NOT_THERE],
      isReadable: (ministry, row) => row["label_id"] === MADE_MEANWHILE || sights.get(ministry)?.readable.has(Number(row["label_id"])) === true, labels: random.shuffle([...bases.values()].flatMap(({ labels }) => [...labels.values()])).slice(0, 60),
    },
    alike: new Correspondence(new Set([...known, ...everyItem, ...[...first.values(), ...second.values()].flatMap((tables) => idsIn(JSON.stringify(tables)))]), Date.now() - CLOCKS_DIFFER_MS),
    differing: [...differing], hidden: hiddenIds(first, sights),
  };
}

function textsOf<T>(from: Iterable<T>, pick: (one: T) => readonly unknown[]): string[] {
  return [...new Set([...from].flatMap((one) => pick(one).filter((value) => typeof value === "string")))];
}

function hiddenIds(world: ReadonlyMap<string, Tables>, sights: ReadonlyMap<string, Sight>): readonly string[] {
  const [seen, unseen] = [new Set<string>(), new Set<string>()];
  for (const [name, tables] of world) {
    const sight = sights.get(name);
    for (const [table, known] of [["record", sight?.known], ["matter", sight?.known], ["person", sight?.readable], ["item", sight?.readable]] as const) {
      for (const row of tables[table]) for (const column of ["id", "designation_id"]) if (typeof row[column] === "string") (known?.has(Number(row["label_id"])) === true ? seen : unseen).add(row[column]);
    }
  }
  return [...unseen].filter((id) => !seen.has(id));
}

function differences(first: ReadonlyMap<string, Tables>, second: ReadonlyMap<string, Tables>): ReadonlySet<string> {
  const out = new Set<string>();
  for (const [name, one] of first) {
    const other = second.get(name);
    for (const table of TABLES) {
      const [a, b] = [one[table], other?.[table] ?? []].map((rows) => new Map(rows.map((row) => [JSON.stringify(row), row])));
      if (a === undefined || b === undefined) continue;
      for (const [text, row] of [...a, ...b]) {
        if (a.has(text) && b.has(text)) continue;
        for (const column of ["id", "item_id", "token"]) if (typeof row[column] === "string") out.add(row[column]);
      }
    }
  }
  return out;
}
