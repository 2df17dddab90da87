/** Reads items and notices for one request, through the guarded views: what may not be read is not there (SPEC 15.4). */
import { mark } from "../../../schema/label";
import { type Policy, startOfDay } from "../../../schema/policy";
import type { Connection, RegisterNode } from "../graph/nodes";
import { Parameters, rowsByLabel } from "../conditions";
import { type PageEnvironment, readPage } from "../page";
import type { LabelSnapshot } from "../label-table";
import { Refusal } from "../refusal";
import type { ResponseLabels } from "../response-labels";
import type { Workflow } from "./declare";
import type { ChangeWindow } from "../operation";
import type { ItemPageArgs } from "./entries";
import { readLabel } from "./label-input";
import { WORKFLOWS } from "./list";
import type { ReadItem } from "./readings";
import type { ItemRow } from "./runner";

const COLUMNS = ["id", "label_id", "workflow", "state", "version", "owner", "subject", "due", "opened_at", "body", "steps"].map((column) => `i.${column}`).join(", ");
const MOST_STATES = 20;
/** Of one event; an event is made of what happened since the last, within moments. */
const MOST_NEW = 1_000;
/** A count of more than these tells of nobody. */
const MOST_COUNTED = 500;
const READINGS_KEPT: ReadonlySet<string> = new Set(WORKFLOWS.filter(({ readingsKept = false }) => readingsKept).map(({ name }) => name));

/** A text that is the value, or one in the list. */
function isRelated(fields: readonly string[], to: string): string { return `(${fields.map((field) => `(i.body->'${field}') ? ${to}`).join(" OR ")})`; }

interface ReadingRow { readonly label_id: number; readonly item_id: string; readonly workflow: string; readonly body: string; readonly purpose: string | null; readonly at: Date }
interface NoticeRow { readonly id: string; readonly label_id: number; readonly item_id: string; readonly workflow: string; readonly kind: string; readonly at: Date }

export class Items {
  /** @param snapshot the labels as they are when the rows are read: a step may have made new ones */
  /** @param noteReadings writes down that these items were read; nothing where a step has just been taken, which says so itself */
  constructor(private readonly policy: Policy, private readonly environment: PageEnvironment, private readonly labels: ResponseLabels, private readonly snapshot: LabelSnapshot,
    private readonly noteReadings: ((items: readonly ReadItem[]) => Promise<void>) | undefined) {}

  async byId(workflow: Workflow, id: string): Promise<RegisterNode | null> {
    if (id.includes("\0")) return null;
    const [row] = await this.environment.reader.rows<ItemRow>(`SELECT ${COLUMNS} FROM item i WHERE i.id = $1 AND i.workflow = $2`, [id, workflow.name], "item");
    if (row === undefined) return null;
    await this.#note([row]);
    return this.#node(workflow, row);
  }

  async page(workflow: Workflow, args: ItemPageArgs): Promise<Connection> {
    const { states, dueBefore, subject, related } = args;
    const { relatesBy = [], readingsKept = false } = workflow;
    // "Is there another one" about nothing at all would be a reading of which nothing is written down.
    if (readingsKept && (args.first ?? args.last) === 0) throw new Refusal("BAD_USER_INPUT");
    if ((states?.length ?? 0) > MOST_STATES || (typeof dueBefore === "string" && Number.isNaN(startOfDay(dueBefore))) || (typeof related === "string" && relatesBy.length === 0)) throw new Refusal("BAD_USER_INPUT");
    const read: ItemRow[] = [];
    const where = (parameters: Parameters): string => {
      // An item is of one label: who reads it reads all by which it was found.
      parameters.labelsRead.push("ARRAY[i.label_id]");
      return [`i.workflow = ${parameters.add(workflow.name)}`, ...(states ? [`i.state = ANY(${parameters.add(states)}::text[])`] : []),
        ...(typeof dueBefore === "string" ? [`i.due < ${parameters.add(dueBefore)}`] : []), ...(typeof subject === "string" ? [`i.subject = ${parameters.add(subject.replaceAll("\0", ""))}`] : []),
        ...(typeof related === "string" ? [isRelated(relatesBy, parameters.add(related.replaceAll("\0", "")))] : [])].join(" AND ");
    };
    const page = await readPage<ItemRow>({
      name: workflow.name, from: (parameters, known) => (known === undefined ? "item i" : rowsByLabel("item", "i", known, `i.workflow = ${parameters.add(workflow.name)}`)), detail: "item", alias: "i", id: "i.id", columns: COLUMNS, order: [], scope: [states, dueBefore, subject, related],
      where,
      node: (row) => { read.push(row); return this.#node(workflow, row); },
    }, args, this.environment);
    await this.#note(read);
    if (readingsKept && read.length === 0) await this.#noteCounted(where);
    return page;
  }

  /** A page on which there is nothing counts items all the same, and has their label: who asks for a person or a state in that way has read of them. */
  async #noteCounted(where: (parameters: Parameters) => string): Promise<void> {
    const parameters = new Parameters(this.environment.readable);
    const known = parameters.add(this.environment.known);
    const rows = await this.environment.reader.rows<ReadItem>(`SELECT i.id, i.subject, i.workflow FROM item i WHERE i.label_id = ANY(${known}::int[]) AND ${where(parameters)} LIMIT ${MOST_COUNTED + 1}`, parameters.values, undefined, "byId");
    if (rows.length <= MOST_COUNTED) await this.#note(rows);
  }

  /** Who read items about the asker here, the latest first. */
  async readings(first: number): Promise<readonly RegisterNode[]> {
    if (first < 0 || first > 500) throw new Refusal("BAD_USER_INPUT");
    const rows = await this.environment.reader.rows<ReadingRow>("SELECT label_id, item_id, workflow, body, purpose, at FROM reading r WHERE r.subject = $1 ORDER BY number DESC LIMIT $2", [this.environment.subject, first], "readings");
    return rows.map((row) => ({ workflow: row.workflow, item: row.item_id, body: row.body, purpose: row.purpose, at: row.at.toISOString(), _label: this.#label(row.label_id) }));
  }

  /** Evidence before release: what cannot be written down is not read. */
  async #note(rows: readonly ReadItem[]): Promise<void> {
    const kept = rows.filter(({ workflow }) => READINGS_KEPT.has(workflow));
    if (kept.length > 0) await this.noteReadings?.(kept);
  }

  /** Notices that were left for the asker by some changes, the oldest first. */
  async newNotices({ after, upTo }: ChangeWindow): Promise<readonly RegisterNode[]> {
    const rows = await this.environment.reader.rows<NoticeRow>("SELECT id, label_id, item_id, workflow, kind, at FROM notice n WHERE n.subject = $1 AND number > $2 AND number <= $3 ORDER BY number, id LIMIT $4",
      [this.environment.subject, after, upTo, MOST_NEW], "new notices");
    return rows.map((row) => this.#notice(row));
  }

  /** Items that some changes were about, as far as the asker reads them. */
  async changed({ after, upTo }: ChangeWindow): Promise<readonly RegisterNode[]> {
    const rows = await this.environment.reader.rows<ItemRow>("SELECT id, label_id, workflow, subject, state, version, owner, due FROM item i WHERE number > $1 AND number <= $2 ORDER BY number LIMIT $3", [after, upTo, MOST_NEW], "changed items");
    await this.#note(rows);
    return rows.map(({ id, workflow, state, version, owner, due, label_id: label }) => ({ id, workflow, state, version, owner, due, _label: this.#label(label) }));
  }

  /** Notices to the asker, the newest first. */
  async notices(first: number): Promise<readonly RegisterNode[]> {
    if (first < 0 || first > 500) throw new Refusal("BAD_USER_INPUT");
    const rows = await this.environment.reader.rows<NoticeRow>("SELECT id, label_id, item_id, workflow, kind, at FROM notice n WHERE n.subject = $1 ORDER BY number DESC, id LIMIT $2", [this.environment.subject, first], "notices");
    return rows.map((row) => this.#notice(row));
  }

  #notice(row: NoticeRow): RegisterNode {
    return { id: row.id, workflow: row.workflow, item: row.item_id, kind: row.kind, at: row.at.toISOString(), _label: this.#label(row.label_id) };
  }

  #node(workflow: Workflow, row: ItemRow): RegisterNode {
    const { id, state, version, owner, subject, due, opened_at: opened, body, steps } = row;
    const fields = Object.fromEntries(Object.entries(workflow.fields).map(([name, { kind }]) => [name, this.#shown(kind, body[name])]));
    return {
      ...fields, id, state, version, owner, subject, due, openedAt: opened.toISOString(), _label: this.#label(row.label_id),
      steps: (steps ?? []).map((step) => ({
        name: step.name, actor: step.actor, at: new Date(step.at).toISOString(), from: step.from, to: step.to, note: Object.keys(step.note).length === 0 ? null : JSON.stringify(step.note), _label: this.#label(step.label_id),
      })),
    };
  }

  #shown(kind: string, value: unknown): unknown {
    if (value === undefined || value === null) return null;
    const label = kind === "label" ? readLabel(value) : undefined;
    return label === undefined ? value : mark(label, this.policy.words, { form: "banner", lang: "en" });
  }

  #label(number: number): number {
    const label = this.snapshot.get(number);
    if (label === undefined) throw new Error("a row without a label");
    return this.labels.plain(label);
  }
}
