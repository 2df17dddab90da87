/**
 * Random worlds of the running ministries: more documents than the demonstration has, under any of the ministry's labels, and from a world another one that is
 * the same to one person: it differs in rows above that person, in portions, content, links and register entries withheld, and in their labels.
 */
import { joinAll, type Label } from "../../schema/label";
import { labelOf } from "../../schema/policy";
import type { Random } from "./generate-random";
import type { Sight, TableName, TableRow, Tables } from "./world-tables";

type Draft = Record<TableName, TableRow[]>;
type Change = (draft: Draft) => string | undefined;
const PORTIONS = ["title", "summary", "body", "source", "figures"] as const;
const TEXTS = /^(ja|en|name_ja|name_en|reference|kind|class|name|post_ja|post_en|employment|reason|statutory_item)$/;

const NOBODY = "nobody-";

function numberIn(row: TableRow, column: string): number { return Number(row[column]); }
function textIn(row: TableRow, column: string): string { return String(row[column]); }

/** Makes worlds of one ministry. */
export class TableMaker {
  /** @param labels numbers of all labels; @param plain of those whose existence is labelled like their content */
  constructor(private readonly random: Random, private readonly labels: readonly number[], private readonly plain: readonly number[], private readonly ids: readonly string[]) {}

  /** The tables with some more documents in them, everything in another order in storage. */
  enrich(base: Tables, documents: number): Tables {
    const draft = draftOf(base);
    for (let i = 0; i < documents; i += 1) this.addDocument(draft, this.random.pick(this.labels), () => this.random.pick(this.plain), `doc_${this.random.word(16)}`);
    // Assignments of people who sign in are their standing; only those of others may differ between worlds.
    for (const held of this.random.some(draft.assignment, 0.2)) draft.assignment.push({ ...held, subject: `${NOBODY}${this.random.word(6)}`, person_id: null, reason: this.text() });
    return { ...draft, record: this.random.shuffle(draft.record), edge: this.random.shuffle(draft.edge), eligibility: this.random.shuffle(draft.eligibility), former_access: this.random.shuffle(draft.former_access) };
  }

  /** Tables that are the same to whoever has this sight. */
  differ(base: Tables, sight: Sight): { readonly tables: Tables; readonly made: readonly string[] } {
    const draft = draftOf(base);
    const changes = this.changes(sight);
    const made: string[] = [];
    for (let i = 10 + this.random.int(15); i > 0; i -= 1) made.push(...[this.random.pick(changes)(draft)].filter((done) => done !== undefined));
    return { tables: draft, made };
  }

  private changes(sight: Sight): readonly Change[] {
    const { random } = this;
    const hiddenLabels = this.labels.filter((number) => !sight.known.has(number));
    const isHidden = (row: TableRow): boolean => !sight.known.has(numberIn(row, "label_id"));
    const isUnreadable = (row: TableRow): boolean => !sight.readable.has(numberIn(row, "label_id"));
    const among = (rows: readonly TableRow[], wanted: (row: TableRow) => boolean): TableRow | undefined => pickFrom(random, rows.filter(wanted));
    const replace = (draft: Draft, table: TableName, row: TableRow, change: TableRow): void => { draft[table][draft[table].indexOf(row)] = { ...row, ...change }; };
    const scramble = (table: TableName): Change => (draft) => {
      const row = among(draft[table], (candidate) => isUnreadable(candidate) && (table !== "assignment" || textIn(candidate, "subject").startsWith(NOBODY)));
      if (row === undefined) return undefined;
      replace(draft, table, row, Object.fromEntries(Object.keys(row).filter((column) => TEXTS.test(column) && !(table === "portion" && column === "name")).map((column) => [column, this.text()])));
      return `${table}: withheld texts changed in ${JSON.stringify(row["id"] ?? row["record_id"] ?? row["subject"])}`;
    };
    const drop = (table: TableName): Change => (draft) => {
      const row = among(draft[table], (candidate) => isUnreadable(candidate) && (table !== "assignment" || textIn(candidate, "subject").startsWith(NOBODY)));
      if (row === undefined) return undefined;
      draft[table].splice(draft[table].indexOf(row), 1);
      return `${table}: withheld row deleted`;
    };
    const copy = (table: "eligibility" | "former_access"): Change => (draft) => {
      const row = pickFrom(random, draft[table]);
      const label = pickFrom(random, hiddenLabels);
      if (row === undefined || label === undefined) return undefined;
      draft[table].splice(random.int(draft[table].length + 1), 0, { ...row, id: 100_000 + random.int(1_000_000), label_id: label });
      return `${table}: withheld row inserted`;
    };
    return [
      scramble("portion"), scramble("portion"), scramble("portion"), scramble("content"), scramble("content"), scramble("matter_entry"), scramble("person"), scramble("eligibility"), scramble("former_access"), scramble("assignment"),
      drop("eligibility"), drop("former_access"), drop("assignment"), copy("eligibility"), copy("former_access"),
      (draft) => {
        const record = among(draft.record, isHidden);
        if (record === undefined) return undefined;
        dropDocument(draft, textIn(record, "id"));
        return `hidden document ${textIn(record, "id")} deleted`;
      },
      ...[0, 1, 2, 3].map((): Change => (draft) => {
        const label = pickFrom(random, hiddenLabels);
        const absent = this.ids.filter((id) => id.startsWith("doc_") && !draft.record.some((row) => row["id"] === id));
        const id = absent.length > 0 && random.chance(0.5) ? random.pick(absent) : `doc_${random.word(16)}`;
        if (label === undefined) return undefined;
        this.addDocument(draft, label, () => random.pick(this.plain), id);
        return `hidden document ${id} inserted under label ${label}`;
      }),
      (draft) => {
        const record = among(draft.record, isHidden);
        const label = pickFrom(random, hiddenLabels);
        if (record === undefined || label === undefined) return undefined;
        replace(draft, "record", record, { label_id: label });
        for (const content of draft.content.filter((row) => row["id"] === record["id"])) replace(draft, "content", content, { label_id: label });
        return `hidden document ${textIn(record, "id")} relabelled ${label}`;
      },
      (draft) => {
        const portion = among(draft.portion, isHidden);
        const record = draft.record.find((row) => row["id"] === portion?.["record_id"]);
        const label = pickFrom(random, hiddenLabels);
        const column = `${String(portion?.["name"])}_label`;
        if (portion === undefined || record === undefined || label === undefined || record[column] === null || record[column] === undefined) return undefined;
        replace(draft, "portion", portion, { label_id: label });
        replace(draft, "record", record, { [column]: label });
        return `${textIn(portion, "record_id")}.${textIn(portion, "name")}: hidden label changed to ${label}`;
      },
      (draft) => {
        const edge = among(draft.edge, (row) => isUnreadable(row) && row["name"] === "refersTo");
        if (edge === undefined) return undefined;
        if (random.chance(0.5)) draft.edge.splice(draft.edge.indexOf(edge), 1);
        else replace(draft, "edge", edge, { to_id: random.pick(this.ids) });
        return `hidden link of ${textIn(edge, "from_id")} deleted or turned elsewhere`;
      },
      (draft) => {
        const record = pickFrom(random, draft.record);
        const label = pickFrom(random, this.labels.filter((number) => !sight.readable.has(number)));
        const like = pickFrom(random, draft.edge);
        if (record === undefined || label === undefined || like === undefined) return undefined;
        draft.edge.push({ from_id: record["id"], name: "refersTo", position: 1000 + random.int(1_000_000), to_id: random.pick(this.ids), to_ministry: like["to_ministry"], label_id: label });
        return `hidden link from ${textIn(record, "id")} inserted`;
      },
      (draft) => {
        const matter = among(draft.matter, (row) => isHidden(row) && !draft.assignment.some((held) => held["matter_id"] === row["id"]));
        if (matter === undefined) return undefined;
        draft.matter = draft.matter.filter((row) => row !== matter);
        draft.matter_entry = draft.matter_entry.filter((row) => row["id"] !== matter["id"]);
        return `hidden matter ${textIn(matter, "id")} deleted`;
      },
      (draft) => {
        const like = pickFrom(random, draft.matter);
        const entry = draft.matter_entry.find((row) => row["id"] === like?.["id"]);
        const label = pickFrom(random, hiddenLabels);
        if (like === undefined || entry === undefined || label === undefined) return undefined;
        const id = `mtr_${random.word(16)}`;
        draft.matter.push({ ...like, id, designation_id: `dsg_${random.word(16)}`, label_id: label });
        draft.matter_entry.push({ ...entry, id, label_id: label, token: `ZZ-${random.word(8)}`, name_ja: this.text(), name_en: this.text() });
        return `hidden matter ${id} inserted`;
      },
      (draft) => {
        const like = pickFrom(random, draft.person);
        const label = pickFrom(random, hiddenLabels);
        if (like === undefined || label === undefined) return undefined;
        draft.person.push({ ...like, id: `psn_${random.word(16)}`, subject: null, label_id: label, reference: this.text(), name: this.text() });
        return "hidden person inserted";
      },
    ];
  }

  private text(): string { return `${this.random.pick(["DEMO-", "report ", "z", ""])}${this.random.word(6)}`; }

  /** A copy of some document with other texts, labels and links. */
  private addDocument(draft: Draft, label: number, portionLabel: () => number, id: string): void {
    const { random } = this;
    const like = random.pick(draft.record);
    const content = draft.content.find((row) => row["id"] === like["id"]);
    const portions = draft.portion.filter((row) => row["record_id"] === like["id"]).map((row) => {
      const separate = typeof like[`${textIn(row, "name")}_label`] === "number";
      return { ...row, record_id: id, ja: this.text(), en: this.text(), label_id: separate ? portionLabel() : label };
    });
    const columns = Object.fromEntries(PORTIONS.map((name) => {
      const portion = portions.find((row) => (row as TableRow)["name"] === name);
      return [`${name}_label`, typeof like[`${name}_label`] === "number" && portion !== undefined ? portion.label_id : null];
    }));
    draft.record.splice(random.int(draft.record.length + 1), 0, { ...like, id, label_id: label, ...columns, ...(random.chance(0.3) ? { contact_ja: null, contact_en: null } : {}) });
    if (content !== undefined) draft.content.push({ ...content, id, label_id: label, reference: this.text() });
    draft.portion.push(...portions);
    for (const [at, edge] of draft.edge.filter((row) => row["from_id"] === like["id"] && row["name"] === "refersTo").entries()) {
      draft.edge.push({ ...edge, from_id: id, position: at, to_id: random.pick(this.ids), label_id: portionLabel() });
    }
  }
}

function draftOf(tables: Tables): Draft { return Object.fromEntries(Object.entries(tables).map(([table, rows]) => [table, [...rows]])) as Draft; }
function pickFrom<T>(random: Random, items: readonly T[]): T | undefined { return items.length === 0 ? undefined : random.pick(items); }

function dropDocument(draft: Draft, id: string): void {
  draft.record = draft.record.filter((row) => row["id"] !== id);
  draft.content = draft.content.filter((row) => row["id"] !== id);
  draft.portion = draft.portion.filter((row) => row["record_id"] !== id);
  draft.edge = draft.edge.filter((row) => row["from_id"] !== id);
}

/** Labels between those a ministry has: joins of two, each with the existence of one of them or its own, and those existences. */
export function mixLabels(random: Random, labels: readonly Label[]): readonly Label[] {
  const mixed = Array.from({ length: 25 }, () => {
    const [a, b] = [random.pick(labels), random.pick(labels)];
    return labelOf(joinAll([a, b]), random.chance(0.5) ? { existence: a.existence } : {});
  });
  return [...mixed, ...mixed.map((label) => labelOf(label.existence))];
}
