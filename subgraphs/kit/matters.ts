/** Reads the register of matters for one request: pages, entries by matter and by designation. Rows come masked; a matter of which only the existence is known has no values. */
import DataLoader from "dataloader";
import { matterCondition, rowsByLabel } from "./conditions";
import type { MinistryDefinition } from "./definition";
import type { MatterPageArgs } from "./graph/filters";
import type { Connection, EntityNode, RegisterNode } from "./graph/nodes";
import { type PageEnvironment, type PagedRow, readPage } from "./page";
import type { MatterReader } from "./request-context";
import type { ResponseLabels } from "./response-labels";

interface MatterRow extends PagedRow, Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly designation_id: string | null;
  readonly contact_ja: string | null;
  readonly contact_en: string | null;
  readonly name_ja: string | null;
  readonly name_en: string | null;
}

const COLUMNS = ["id", "designation_id", "label_id", "contact_ja", "contact_en", "token", "name_ja", "name_en", "kind", "issuer", "regime", "designated_on", "valid_until", "statutory_item"]
  .map((column) => `m.${column}`).join(", ");

export class Matters implements MatterReader {
  readonly #ministry: MinistryDefinition;
  readonly #environment: PageEnvironment;
  readonly #labels: ResponseLabels;
  readonly #byId: DataLoader<string, MatterRow | undefined>;
  readonly #byDesignation: DataLoader<string, MatterRow | undefined>;

  constructor(ministry: MinistryDefinition, environment: PageEnvironment, labels: ResponseLabels) {
    this.#ministry = ministry;
    this.#environment = environment;
    this.#labels = labels;
    const load = (column: "id" | "designation_id") => async (ids: readonly string[]): Promise<readonly (MatterRow | undefined)[]> => {
      const rows = await environment.reader.rows<MatterRow>(`SELECT ${COLUMNS} FROM matter m WHERE m.${column} = ANY($1::text[])`, [ids], `matters by ${column}`);
      const found = new Map(rows.map((row) => [row[column], row]));
      return ids.map((id) => found.get(id));
    };
    this.#byId = new DataLoader(load("id"));
    this.#byDesignation = new DataLoader(load("designation_id"));
  }

  page(args: MatterPageArgs): Promise<Connection> { return this.#page(args, "id", "Matter"); }

  designationPage(args: MatterPageArgs): Promise<Connection> { return this.#page(args, "designation_id", "Designation"); }

  async entryOf(matter: string): Promise<RegisterNode | null> { return this.#entry(await this.#byId.load(matter)); }

  async entryOfDesignation(designation: string): Promise<RegisterNode | null> { return this.#entry(await this.#byDesignation.load(designation)); }

  async matterOfDesignation(designation: string): Promise<EntityNode | null> {
    const row = await this.#byDesignation.load(designation);
    return row === undefined ? null : this.#key(row, row.id, "Matter");
  }

  #page(args: MatterPageArgs, column: "id" | "designation_id", typename: "Matter" | "Designation"): Promise<Connection> {
    const { filter } = args;
    return readPage<MatterRow>({
      name: typename, from: (_parameters, known) => (known === undefined ? "matter m" : rowsByLabel("listed_matter", "m", known)), alias: "m", id: `m.${column}`, columns: COLUMNS, order: [], scope: filter,
      where: (parameters) => `m.${column} IS NOT NULL AND ${filter ? matterCondition(filter, `m.${column}`, parameters) : "TRUE"}`,
      node: (row) => this.#key(row, String(row[column]), typename),
    }, args, this.#environment);
  }

  /** Lists and links give the key alone, which carries the label of the matter's existence; what is known of it is its entry, under the entry's own label. */
  #key(row: MatterRow, id: string, typename: "Matter" | "Designation"): EntityNode {
    const labels = this.#labels;
    return { __typename: typename, id, get _label() { return labels.existence(labelOfRow(labels, row)); } };
  }

  #entry(row: MatterRow | undefined): RegisterNode | null {
    if (row === undefined) return null;
    const labels = this.#labels;
    const contact = row.contact_ja === null || row.contact_en === null ? null : { ja: row.contact_ja, en: row.contact_en };
    return {
      ministry: this.#ministry.name, contact, token: row["token"], name: row.name_ja === null ? null : { ja: row.name_ja, en: row.name_en }, kind: row["kind"], issuer: row["issuer"],
      regime: row["regime"], designatedOn: row["designated_on"], validUntil: row["valid_until"], statutoryItem: row["statutory_item"],
      get _label() { return labels.plain(labelOfRow(labels, row), contact ?? undefined); },
    };
  }
}

function labelOfRow(labels: ResponseLabels, row: PagedRow): NonNullable<ReturnType<ResponseLabels["snapshot"]["get"]>> {
  const label = labels.snapshot.get(row.label_id);
  if (label === undefined) throw new Error("a row without a label");
  return label;
}
