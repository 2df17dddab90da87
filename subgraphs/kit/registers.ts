/** Reads people, eligibilities, former access and assignments for one request, through TypeORM's picture of the guarded views: what may not be read is not there. */
import DataLoader from "dataloader";
import { In, type ObjectLiteral } from "typeorm";
import { AssignmentRow, EligibilityRow, FormerAccessRow, PersonRow } from "./database/entities";
import type { PageArgs } from "./graph/filters";
import type { Connection, EntityNode, RegisterNode } from "./graph/nodes";
import { rowsByLabel } from "./conditions";
import { type PageEnvironment, readPage } from "./page";
import type { Reader } from "./reader";
import type { RegisterReader } from "./request-context";
import type { ResponseLabels } from "./response-labels";

interface Labelled extends ObjectLiteral { readonly label_id: number }
type EntityClass<R> = new () => R;

export class Registers implements RegisterReader {
  readonly #environment: PageEnvironment;
  readonly #labels: ResponseLabels;
  readonly #byMatter: DataLoader<string, readonly AssignmentRow[]>;
  readonly #byPerson: DataLoader<string, readonly AssignmentRow[]>;
  readonly #eligibilities: DataLoader<string, readonly EligibilityRow[]>;
  readonly #formerAccess: DataLoader<string, readonly FormerAccessRow[]>;
  readonly #people: DataLoader<string, readonly PersonRow[]>;

  constructor(environment: PageEnvironment, labels: ResponseLabels) {
    this.#environment = environment;
    this.#labels = labels;
    const { reader } = environment;
    this.#byMatter = grouped(reader, AssignmentRow, "matter_id", { subject: "ASC" });
    this.#byPerson = grouped(reader, AssignmentRow, "person_id", { token: "ASC" });
    this.#eligibilities = grouped(reader, EligibilityRow, "person_id", { id: "ASC" });
    this.#formerAccess = grouped(reader, FormerAccessRow, "person_id", { id: "ASC" });
    this.#people = grouped(reader, PersonRow, "id", { id: "ASC" });
  }

  async assignmentsOfMatter(matter: string): Promise<readonly RegisterNode[]> {
    return (await this.#byMatter.load(matter)).map((row) => this.assignment(row));
  }

  async assignmentsOfPerson(person: string): Promise<readonly RegisterNode[]> {
    return (await this.#byPerson.load(person)).map((row) => this.assignment(row));
  }

  async eligibilitiesOf(person: string): Promise<readonly RegisterNode[]> {
    return (await this.#eligibilities.load(person)).map((row) => this.#node(row, {
      regime: row.regime, maxLevel: row.max_level, basis: row.basis, grantedBy: row.granted_by, usableAt: row.usable_at, investigationId: row.investigation_id, notifiedOn: row.notified_on,
      validUntil: row.valid_until, status: row.status,
    }));
  }

  async formerAccessOf(person: string): Promise<readonly RegisterNode[]> {
    return (await this.#formerAccess.load(person)).map((row) => this.#node(row, { token: row.token, from: row.from, until: row.until }));
  }

  async personEntry(person: string): Promise<RegisterNode | null> {
    const [row] = await this.#people.load(person);
    if (row === undefined) return null;
    const { reference, name, post_ja: ja, post_en: en, employment, nation, status, org, host_org: hostOrg } = row;
    return this.#node(row, { reference, name, post: ja === null ? null : { ja, en }, employment, nation, status, org, hostOrg });
  }

  people(args: PageArgs): Promise<Connection> {
    return readPage<PersonRow>({
      name: "people", from: (_parameters, known) => (known === undefined ? "person q" : rowsByLabel("person", "q", known)), alias: "q", id: "q.id", columns: "q.id, q.label_id", order: [], scope: null, where: () => "TRUE",
      node: (row): EntityNode => ({ __typename: "Person", id: row.id, ...this.#labelled(row) }),
    }, args, this.#environment);
  }

  assignment(row: Omit<AssignmentRow, "matter_id" | "person_id">): RegisterNode {
    return this.#node(row, { subject: row.subject, token: row.token, role: row.role, from: row.from, until: row.until, grantedBy: row.granted_by, reason: row.reason });
  }

  #node(row: Labelled, values: Readonly<Record<string, unknown>>): RegisterNode {
    return { ...values, ...this.#labelled(row) };
  }

  /** Entered at once: every one of these objects is asked for its label. */
  #labelled(row: Labelled): { readonly _label: number } {
    const label = this.#labels.snapshot.get(row.label_id);
    if (label === undefined) throw new Error("a row without a label");
    return { _label: this.#labels.plain(label) };
  }
}

/** One statement for all keys of a batch. */
function grouped<R extends ObjectLiteral>(reader: Reader, entity: EntityClass<R>, column: keyof R & string, order: Readonly<Record<string, "ASC">>): DataLoader<string, readonly R[]> {
  return new DataLoader(async (keys) => {
    const rows = await reader.entities((manager) => manager.find<R>(entity, { where: { [column]: In([...keys]) } as never, order: order as never }));
    const found = new Map<unknown, R[]>(keys.map((key) => [key, []]));
    for (const row of rows) found.get(row[column])?.push(row);
    return keys.map((key) => found.get(key) ?? []);
  });
}
