/**
 * Reads documents for one request (SPEC 6): pages, single ones and their links, each kind of question at most once per request and batch. Rows come masked;
 * here they only get their shape and the labels under which they go out.
 */
import DataLoader from "dataloader";
import { type Label, type LocalizedText, PORTIONS, type Portion } from "../../schema/label";
import { type Parameters, type Part, columnOf, documentCondition, documentRows, hasCases, rowsInTurn, seeksTexts, soughtIds } from "./conditions";
import { TITLE_START } from "./database/title-start";
import { type MinistryDefinition, prefixOf } from "./definition";
import type { DocumentPageArgs, DocumentSort } from "./graph/filters";
import type { Connection, DocumentNode, EntityNode } from "./graph/nodes";
import { type PageEnvironment, type PagedRow, readPage } from "./page";
import type { Sought } from "./page-text";
import type { Reach } from "./reach";
import type { Reader } from "./reader";
import type { DocumentReader } from "./request-context";
import type { ResponseLabels } from "./response-labels";

type PortionLabels = { readonly [column in `${Portion}_label`]: number | null };

interface DocumentRow extends PagedRow, PortionLabels {
  readonly id: string;
  readonly tearline_of_label: number | null;
  readonly contact_ja: string | null;
  readonly contact_en: string | null;
  readonly matter_id: string | null;
  /** The part under the record's own label is there. */
  readonly readable: boolean;
  readonly reference: string | null;
  readonly kind: string | null;
  readonly class: string | null;
  readonly owner: string | null;
  readonly valid_until: string | null;
  /** Readable portions; null where there is none. */
  readonly portions: Readonly<Partial<Record<Portion, LocalizedText>>> | null;
}
interface EdgeRow { readonly from_id: string; readonly name: "tearline" | "tearlineOf" | "refersTo"; readonly to_id: string; readonly to_ministry: string; readonly label_id: number }

const COLUMNS = ["id", "label_id", ...PORTIONS.map((portion) => `${portion}_label`), "tearline_of_label", "contact_ja", "contact_en", "matter_id", "readable", "reference", "kind", "class",
  "owner", "valid_until", "portions"].map((column) => `d.${column}`).join(", ");

const SORT_COLUMNS: Readonly<Record<DocumentSort, readonly [part: Part, column: string]>> = {
  REFERENCE: ["content", "reference"], KIND: ["content", "kind"], CLASS: ["content", "class"], OWNER: ["content", "owner"], VALID_UNTIL: ["content", "valid_until"],
  TITLE_JA: ["title", "ja"], TITLE_EN: ["title", "en"], SUMMARY_JA: ["summary", "ja"], SUMMARY_EN: ["summary", "en"], BODY_JA: ["body", "ja"], BODY_EN: ["body", "en"],
  SOURCE_JA: ["source", "ja"], SOURCE_EN: ["source", "en"], FIGURES_JA: ["figures", "ja"], FIGURES_EN: ["figures", "en"],
};

/** A document as the executor reads it; `row` stays behind for its links. */
class MinistryDocument implements DocumentNode {
  readonly __typename: string;
  readonly id: string;
  readonly reference: string | null;
  readonly kind: string | null;
  readonly class: string | null;
  readonly owner: string | null;
  readonly validUntil: string | null;
  readonly contact: LocalizedText | null;

  constructor(readonly row: DocumentRow, readonly ministry: string, typename: string, readonly labels: ResponseLabels) {
    this.__typename = typename;
    this.id = row.id;
    this.reference = row.reference;
    this.kind = row.kind;
    this.class = row.class;
    this.owner = row.owner;
    this.validUntil = row.valid_until;
    this.contact = contactOf(row);
  }

  get title(): LocalizedText | null { return this.row.portions?.title ?? null; }
  get summary(): LocalizedText | null { return this.row.portions?.summary ?? null; }
  get body(): LocalizedText | null { return this.row.portions?.body ?? null; }
  get source(): LocalizedText | null { return this.row.portions?.source ?? null; }
  get figures(): LocalizedText | null { return this.row.portions?.figures ?? null; }

  /** None of its content is readable: then its links do not answer either. */
  get isWithheld(): boolean { return !this.row.readable && this.row.portions === null; }

  /** The record's label, even where none of it may be read: under what something is withheld is the gateway's to know. */
  get label(): Label | undefined { return this.labels.snapshot.get(this.row.label_id); }

  get _label(): number {
    const { row, labels, label } = this;
    if (label === undefined) throw new Error("a row without a label");
    const key = `${row.label_id}:${PORTIONS.map((portion) => row[`${portion}_label`] ?? "").join(":")}:${row.tearline_of_label ?? ""} ${row.contact_ja}\n${row.contact_en}`;
    return labels.index(key, () => {
      const existence = labels.snapshot.existenceOf(label);
      const contact = contactOf(row);
      const separate = PORTIONS.flatMap((portion) => { const own = labels.snapshot.get(row[`${portion}_label`] ?? -1); return own === undefined ? [] : [[portion, own] as const]; });
      const tearlineOf = labels.snapshot.get(row.tearline_of_label ?? -1) ?? existence;
      return { record: label, fields: { ...Object.fromEntries(separate), matter: existence, tearline: existence, tearlineOf }, ...(contact === null ? {} : { contact }) };
    });
  }
}

export class Documents implements DocumentReader {
  readonly #ministry: MinistryDefinition;
  readonly #environment: PageEnvironment;
  readonly #reader: Reader;
  readonly #labels: ResponseLabels;
  readonly #byId: DataLoader<string, MinistryDocument | null>;
  readonly #edges: DataLoader<string, readonly EdgeRow[]>;

  constructor(ministry: MinistryDefinition, environment: PageEnvironment, labels: ResponseLabels) {
    this.#ministry = ministry;
    this.#environment = environment;
    this.#reader = environment.reader;
    this.#labels = labels;
    this.#byId = new DataLoader((ids) => this.#loadDocuments(ids));
    this.#edges = new DataLoader((ids) => this.#loadEdges(ids));
  }

  async page(args: DocumentPageArgs, matter: string | undefined): Promise<Connection> {
    const { filter, orderBy } = args;
    const conditions = (parameters: Parameters): string =>
      `${matter === undefined ? "TRUE" : `d.matter_id = ${parameters.add(matter)}`} AND ${filter ? documentCondition(filter, parameters) : "TRUE"}`;
    const order = (orderBy ?? []).map(({ field, direction }) => ({ column: (parameters: Parameters): string => columnOf(...SORT_COLUMNS[field], parameters), direction }));
    const isAll = matter === undefined;
    return readPage<DocumentRow>({
      name: "documents", from: documentRows, detail: "document", alias: "d", id: "d.id", columns: COLUMNS, order, where: conditions, scope: [matter, filter, orderBy],
      reach: isAll ? reachOf(args) : undefined, isNarrow: !isAll || namesRecords(filter) || (filter ? seeksTexts(filter) : false), isHashed: true, sought: isAll ? soughtOf(filter) : undefined,
      isWhole: isAll && !filter, isTallied: isAll && isTallied(filter),
      ...(filter || order.length > 0 ? {} : { statement: `documents${matter === undefined ? "" : " of matter"}` }),
      node: (row) => this.#node(row),
    }, args, this.#environment);
  }

  byId(id: string): Promise<MinistryDocument | null> { return this.#byId.load(id); }

  /** Under which matter a record is filed carries the label of its existence, as the matter's list of records does. */
  async matterOf(document: DocumentNode): Promise<EntityNode | null> {
    const { row, isWithheld, label } = asDocument(document);
    if (row.matter_id === null || isWithheld || label === undefined) return null;
    const labels = this.#labels;
    return { __typename: "Matter", id: row.matter_id, get _label() { return labels.existence(label); } };
  }

  async linked(document: DocumentNode, name: "tearline" | "tearlineOf"): Promise<DocumentNode | null> {
    const edge = (await this.#edges.load(document.id)).find((candidate) => candidate.name === name);
    return edge === undefined ? null : this.#byId.load(edge.to_id);
  }

  async refersTo(document: DocumentNode): Promise<readonly (DocumentNode | EntityNode)[] | null> {
    if (!asDocument(document).row.readable) return null;
    const edges = (await this.#edges.load(document.id)).filter(({ name }) => name === "refersTo");
    const targets = await Promise.all(edges.map(async (edge) => (edge.to_ministry === this.#ministry.name ? this.#byId.load(edge.to_id) : this.#stub(edge))));
    return targets.filter((target) => target !== null);
  }

  /** A record of another ministry; of one that is not in the graph nothing can be said. */
  #stub({ to_id: id, to_ministry: ministry, label_id: number }: EdgeRow): EntityNode | null {
    const label = this.#labels.snapshot.get(number);
    if (label === undefined || !this.#ministry.neighbours.includes(ministry)) return null;
    const labels = this.#labels;
    return { __typename: `${prefixOf(ministry)}Document`, id, get _label() { return labels.plain(label); } };
  }

  #node(row: DocumentRow): MinistryDocument {
    return new MinistryDocument(row, this.#ministry.name, `${this.#ministry.prefix}Document`, this.#labels);
  }

  async #loadDocuments(ids: readonly string[]): Promise<readonly (MinistryDocument | null)[]> {
    const rows = await this.#reader.rows<DocumentRow>(`SELECT ${COLUMNS} FROM document d WHERE d.id = ANY($1::text[])`, [ids], "documents by id");
    const found = new Map(rows.map((row) => [row.id, this.#node(row)]));
    return ids.map((id) => found.get(id) ?? null);
  }

  async #loadEdges(ids: readonly string[]): Promise<readonly (readonly EdgeRow[])[]> {
    const rows = await this.#reader.rows<EdgeRow>("SELECT e.from_id, e.name, e.to_id, e.to_ministry, e.label_id FROM edge e WHERE e.from_id = ANY($1::text[]) ORDER BY e.from_id, e.name, e.position", [ids], "edges");
    const found = new Map<string, EdgeRow[]>(ids.map((id) => [id, []]));
    for (const row of rows) found.get(row.from_id)?.push(row);
    return ids.map((id) => found.get(id) ?? []);
  }
}

/** Conditions of a filter that a row is soon found to meet: of the texts, all may have to be looked into before there is one. */
const SOON_MET: ReadonlySet<string> = new Set(["kind", "class", "owner", "validUntil"]);
/** Of these it is kept how many there are. */
const TALLIED: ReadonlySet<string> = new Set(["kind", "class", "owner"]);

/** Orders that an index keeps under each label. */
const REACHES: Readonly<Partial<Record<DocumentSort, Reach>>> = {
  REFERENCE: { view: "content", column: "reference", alias: "content", byLabel: true }, VALID_UNTIL: { view: "content", column: "valid_until", alias: "content", byLabel: true },
  TITLE_JA: { view: "portion", column: "title_ja", alias: "title", byLabel: true, startOf: startOfTitle }, TITLE_EN: { view: "portion", column: "title_en", alias: "title", byLabel: true, startOf: startOfTitle },
};

/** Lists in the order of ids, references, last days and titles can be looked through from where a page begins. */
function reachOf({ filter, orderBy }: DocumentPageArgs): Reach | undefined {
  if (!conditionsOf(filter).every(([name]) => SOON_MET.has(name))) return undefined;
  const kept = filter && isTallied(filter) ? { kept: (parameters: Parameters): string => documentCondition(filter, parameters) } : {};
  const field = orderBy?.[0]?.field;
  // What is asked of contents is found among those that may be read, of which there are fewer than records of which one may know.
  const reach: Reach | undefined = field !== undefined ? REACHES[field] : "kept" in kept ? { view: "content", column: "id", alias: "content" } : { view: "record", column: "id", alias: "d" };
  return reach && { ...reach, ...kept };
}

function conditionsOf(filter: DocumentPageArgs["filter"]): readonly (readonly [string, unknown])[] {
  return Object.entries(filter ?? {}).filter(([, given]) => given !== null && given !== undefined);
}

/** It asks for something of kind, class or owner, and for nothing else; what has no content that may be read has none of these. */
function isTallied(filter: DocumentPageArgs["filter"]): boolean {
  const conditions = conditionsOf(filter);
  return conditions.length > 0 && conditions.every(([name, given]) => TALLIED.has(name) && Object.values(given as object).some((value) => value !== null && value !== undefined));
}

/** It asks for what texts contain, and not for records by their names. */
function soughtOf(filter: DocumentPageArgs["filter"]): Sought | undefined {
  if (!filter || !seeksTexts(filter) || namesRecords(filter)) return undefined;
  const isSearch = conditionsOf(filter).every(([name]) => name === "search");
  return { ids: (parameters) => soughtIds(filter, parameters) ?? "", rows: rowsInTurn, ...(isSearch ? { name: `documents with a text ${hasCases(filter.search ?? "")}` } : {}) };
}

/** As the database counts characters. */
function startOfTitle(title: string): string { return Array.from(title).slice(0, TITLE_START).join(""); }

/** It asks for records by their names, which an index finds. */
function namesRecords(filter: DocumentPageArgs["filter"]): boolean {
  return [filter?.id?.eq, filter?.id?.in, filter?.matter?.eq, filter?.reference?.eq, filter?.reference?.in].some((given) => given !== null && given !== undefined);
}

function contactOf({ contact_ja: ja, contact_en: en }: Pick<DocumentRow, "contact_ja" | "contact_en">): LocalizedText | null {
  return ja === null || en === null ? null : { ja, en };
}

/** Nodes of this type are made here only. */
function asDocument(node: DocumentNode): MinistryDocument {
  if (!(node instanceof MinistryDocument)) throw new Error("not a document of this ministry");
  return node;
}
