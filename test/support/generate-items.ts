/**
 * Items of workflows in the worlds of the running graph (SPEC 15): under any of a ministry's labels, in any state, with steps and notices; and from such a world another one that is the same to one person: it
 * differs in items, steps and notices that person does not read. Values are of the declared kinds, so that the workflow's own rules meet them.
 */
import type { MinistryDefinition } from "../../subgraphs/kit";
import type { Workflow } from "../../subgraphs/kit/workflow/declare";
import type { FieldDeclaration } from "../../subgraphs/kit/workflow/kinds";
import { workflowsOf } from "../../subgraphs/kit/workflow/list";
import type { Random } from "./generate-random";
import type { Sight, TableRow, Tables } from "./world-tables";

export interface ItemWords {
  readonly subjects: readonly string[];
  readonly orgs: readonly string[];
  readonly ids: readonly string[];
  readonly tokens: readonly string[];
  /** Ids that are a ministry's own, which most of its steps name. */
  readonly idsOf?: (ministry: string) => readonly string[];
}

type Draft = { item: TableRow[]; step: TableRow[]; notice: TableRow[] };
/** The demo day, and days on both sides of it. */
export const DAYS = ["2026-10-01", "2026-11-01", "2026-11-08", "2026-11-20", "2026-12-01", "2027-03-31", "2027-10-31", "2031-10-31"] as const;
const AT = "2026-10-15T03:00:00+00:00";

/** A value of a declared kind; ids and tokens are those of any world, so that some are hidden and some are of nothing. */
export function valueOf(random: Random, name: string, { kind, oneOf }: FieldDeclaration, words: ItemWords): unknown {
  if (oneOf !== undefined) return random.pick(oneOf);
  const idFor = (field: string): string => {
    const wanted = /matter/i.test(field) ? "mtr_" : /record|document|source|edition|original/i.test(field) ? "doc_" : /designation/i.test(field) ? "dsg_" : "itm_";
    const fitting = words.ids.filter((id) => id.startsWith(wanted));
    return fitting.length === 0 || random.chance(0.1) ? random.pick(words.ids) : random.pick(fitting);
  };
  switch (kind) {
    case "text": case "long": return `text ${random.word(6)}`;
    case "texts": return Array.from({ length: 1 + random.int(2) }, () => (/record|document|source|answer|edition/i.test(name) ? idFor(name) : `text ${random.word(6)}`));
    case "localized": return { ja: `ja ${random.word(6)}`, en: `en ${random.word(6)}` };
    case "day": return random.pick(DAYS);
    case "number": return random.int(5);
    case "flag": return random.chance(0.5);
    case "id": return idFor(name);
    case "subject": return random.pick(words.subjects);
    case "subjects": return [...new Set(Array.from({ length: 1 + random.int(3) }, () => random.pick(words.subjects)))];
    case "org": return random.pick(words.orgs);
    case "orgs": return [...new Set(Array.from({ length: 1 + random.int(2) }, () => random.pick(words.orgs)))];
    case "token": return random.pick(words.tokens);
    case "label": return undefined;
  }
}

export class ItemMaker {
  private readonly workflows: readonly Workflow[];
  /** Those in which the person can do something. */
  private readonly favoured: readonly Workflow[];

  /** @param labels numbers of labels whose existence is labelled like their content */
  constructor(private readonly random: Random, private readonly ministry: MinistryDefinition, private readonly labels: readonly number[], private readonly words: ItemWords, private readonly sight: Sight, isFavoured: (workflow: Workflow) => boolean = () => false) {
    this.workflows = workflowsOf(ministry);
    const favoured = this.workflows.filter(isFavoured);
    this.favoured = favoured.length === 0 ? this.workflows : favoured;
  }

  /** The tables with items in them, about half of them readable by the person. */
  enrich(base: Tables, reader: string): Tables {
    const draft = draftOf(base);
    for (let i = 8 + this.random.int(12); i > 0; i -= 1) this.add(draft, this.label(this.random.chance(0.5)), `itm_${this.random.word(16)}`, reader);
    return { ...base, ...draft };
  }

  /** Tables that are the same to whoever has this sight. */
  differ(base: Tables, reader: string, absent: readonly string[]): { readonly tables: Tables; readonly made: readonly string[] } {
    // Whoever reads all that there is has no world beside this one.
    if (this.labels.every((number) => this.sight.readable.has(number))) return { tables: base, made: [] };
    const draft = draftOf(base);
    const made: string[] = [];
    for (let i = 3 + this.random.int(6); i > 0; i -= 1) {
      const hidden = draft.item.filter((row) => !this.isReadable(row));
      const row = hidden.length === 0 ? undefined : this.random.pick(hidden);
      const kind = this.random.pick(["insert", "insert", "delete", "change", "change", "relabel", "notice"] as const);
      if (kind === "insert" || row === undefined) {
        const id = absent.length > 0 && this.random.chance(0.5) ? this.random.pick(absent) : `itm_${this.random.word(16)}`;
        if (draft.item.some((other) => other["id"] === id)) continue;
        this.add(draft, this.label(false), id, reader);
        made.push(`hidden item ${id} inserted`);
      } else if (kind === "delete") {
        for (const table of ["notice", "step", "item"] as const) draft[table] = draft[table].filter((each) => each[table === "item" ? "id" : "item_id"] !== row["id"]);
        made.push(`hidden item ${String(row["id"])} deleted`);
      } else if (kind === "notice") {
        draft.notice.push(this.notice(row, this.random.chance(0.6) ? reader : this.random.pick(this.words.subjects)));
        made.push(`hidden notice of ${String(row["id"])} inserted`);
      } else {
        const workflow = this.workflows.find(({ name }) => name === row["workflow"]);
        const changed = kind === "relabel" ? { label_id: this.label(false) }
          : { state: this.random.pick(workflow?.states ?? ["NONE"]), version: Number(row["version"]) + this.random.int(3), owner: this.random.pick(this.words.orgs), subject: this.random.pick(this.words.subjects), due: this.random.pick(DAYS) };
        draft.item[draft.item.indexOf(row)] = { ...row, ...changed };
        made.push(`hidden item ${String(row["id"])} changed: ${kind}`);
      }
    }
    return { tables: { ...base, ...draft }, made };
  }

  isReadable(row: TableRow): boolean { return this.sight.readable.has(Number(row["label_id"])); }

  label(readable: boolean): number {
    const fitting = this.labels.filter((number) => this.sight.readable.has(number) === readable);
    return fitting.length === 0 ? this.random.pick(this.labels) : this.random.pick(fitting);
  }

  private add(draft: Draft, label: number, id: string, reader: string): void {
    const { random, words } = this;
    const workflow = random.pick(random.chance(0.7) ? this.favoured : this.workflows);
    const body = Object.fromEntries(Object.entries(workflow.fields).flatMap(([name, field]) => {
      const value = random.chance(0.85) ? valueOf(random, name, field, words) : undefined;
      return value === undefined ? [] : [[name, value]];
    }));
    const version = 1 + random.int(3);
    const person = (): string => (random.chance(0.3) ? reader : random.pick(words.subjects));
    const row: TableRow = {
      id, label_id: label, workflow: workflow.name, state: random.pick(workflow.states), version, owner: random.chance(0.75) ? this.ministry.org : random.pick(words.orgs), subject: random.chance(0.6) ? person() : null,
      due: random.chance(0.4) ? random.pick(DAYS) : null, opened_at: AT, body, number: 0,
    };
    draft.item.push(row);
    const names = Object.keys(workflow.steps);
    for (let number = 1; number <= version; number += 1) {
      draft.step.push({ item_id: id, number, label_id: label, name: random.pick(names), actor: person(), at: AT, from_state: number === 1 ? null : random.pick(workflow.states), to_state: row["state"], note: {} });
    }
    if (random.chance(0.4)) draft.notice.push(this.notice(row, person()));
  }

  private notice(item: TableRow, subject: string): TableRow {
    return { id: `ntc_${this.random.word(16)}`, label_id: item["label_id"], subject, item_id: item["id"], workflow: item["workflow"], kind: "TOLD", at: AT, number: 0 };
  }
}

function draftOf({ item, step, notice }: Tables): Draft { return { item: [...item], step: [...step], notice: [...notice] }; }
