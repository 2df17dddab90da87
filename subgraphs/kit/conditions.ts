/**
 * Filters -> SQL conditions over masked views (SPEC 6). What the asker does not have is NULL there, so no condition can tell it from what does not exist; values
 * are parameters, column names come from the closed lists below. Refuses filters that are too large or make no sense. A record is in parts that are labelled
 * apart: the conditions name each part by an alias of its own, and say which parts a statement has to join.
 */
import { PORTIONS, type Portion } from "../../schema/label";
import type { DayFilter, DocumentFilter, IdFilter, MatterFilter, StringFilter, TextFilter } from "./graph/filters";
import { isInParts } from "./id-parts";
import { Refusal } from "./refusal";

const MOST_CONDITIONS = 100;
const LONGEST_VALUE = 2_000;
const MOST_VALUES = 1_000;

/** Part of a record under guard: what its own label covers, or one portion. */
export type Part = "content" | Portion;

/** How a statement finds its rows. */
export interface Finding {
  /** Few rows are expected, whatever the planner would make of the labels. */
  readonly isNarrow?: boolean | undefined;
  /** The part of which one label after the other is read, each as `own.label`. */
  readonly byLabel?: Part | undefined;
  /** The part in which it is looked for what lies near; others are looked up for what was found there. */
  readonly near?: Part | "d" | undefined;
  /** Parts of the order of ids in which what may be read is looked for. */
  readonly idParts?: readonly number[] | undefined;
  /** Rows are there already, one after the other, and their texts are looked into: no index is asked for them. */
  readonly isWalked?: boolean;
}

/** Collects the parameters of one statement, and the parts of records that it reads. */
export class Parameters {
  readonly values: unknown[] = [];
  readonly parts = new Set<Part>();
  /** Lists of the labels of the values that a condition read of a row: who learns that the row is counted learns of them. */
  readonly labelsRead: string[] = [];
  #readablePlaceholder: string | undefined;
  #conditions = 0;

  /** @param labels numbers of the labels whose content the asker may read */
  constructor(private readonly labels: readonly number[], readonly finding: Finding = {}) {}

  /** The placeholder of the labels that may be read. */
  get readable(): string { return this.#readablePlaceholder ??= this.addLabels(this.labels, this.finding.idParts); }

  /**
   * The placeholder of a list of labels. The planner counts how many rows each of them has, which takes longer than to find a few rows (measured: 10 ms for 1,472 labels, 1 ms where it does not
   * see them): it is shown them only where all rows of all of them may have to be read.
   * @param parts of the order of ids: of the labels, those that may have records there
   */
  addLabels(labels: readonly number[], parts?: readonly number[]): string {
    const list = this.add(labels);
    if (parts !== undefined) return `ARRAY(SELECT t.label_id FROM tally t WHERE t.label_id = ANY(${list}::int[]) AND ${isInParts("t.parts", parts.map((part) => this.add(part)))})`;
    return this.finding.isNarrow === true ? `(SELECT ${list}::int[])::int[]` : `${list}::int[]`;
  }

  /** The placeholder of a value. */
  add(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  count(): void {
    this.#conditions += 1;
    if (this.#conditions > MOST_CONDITIONS) throw new Refusal("BAD_USER_INPUT");
  }
}

/** The column of a part of a document, which the statement then has to join. */
export function columnOf(part: Part, column: string, parameters: Parameters): string {
  if (!parameters.parts.has(part)) parameters.labelsRead.push(`array_remove(ARRAY[${part}.label_id], NULL)`);
  parameters.parts.add(part);
  return `${part}.${column}`;
}

/**
 * Joins of the parts that were named. The guard tests every row; naming the readable labels once more lets an index find them and lets the planner know how
 * few they are, so that cost is that of what the asker has and not of what is hidden (measured: it took the guard for letting half of all rows through,
 * and looked every record's part up by itself).
 * @param isWide all of a part that may be read is read, and found by its labels
 */
export function partJoins(parameters: Parameters, isWide = false): string {
  return [...parameters.parts].filter((part) => part !== "content" || parameters.finding.byLabel !== part).map((part) => {
    const [view, id, name] = part === "content" ? ["content", "id", undefined] : ["portion", "record_id", `${part}.name = '${part}'`];
    if (parameters.finding.near !== undefined && parameters.finding.near !== part) {
      return ` LEFT JOIN LATERAL ${apart(`SELECT * FROM ${view} ${part} WHERE ${part}.${id} = d.id${name === undefined ? "" : ` AND ${name}`}`)} ${part} ON TRUE`;
    }
    const labelled = `${part}.label_id = ${part === parameters.finding.byLabel ? "own.label" : `ANY(${parameters.readable})`}`;
    const which = name === undefined ? labelled : `${name} AND ${labelled}`;
    if (isWide) return ` LEFT JOIN ${apart(`SELECT * FROM ${view} ${part} WHERE ${which}`)} ${part} ON ${part}.${id} = d.id`;
    return ` LEFT JOIN ${view} ${part} ON ${part}.${id} = d.id AND ${which}`;
  }).join("");
}

/**
 * A query that is planned by itself: by nothing but its own conditions. Among others the planner may read a table in the order of its ids, which hidden rows are in too, as soon as something else could
 * make use of that order; by itself there is none that is of use, and no index is read but by the labels.
 */
export function apart(query: string): string {
  return `(${query} OFFSET 0)`;
}

/** All rows of a view under some labels, one label after the other, of which each has few: whatever else is joined inside the view, it is entered by the label. */
export function rowsByLabel(view: string, alias: string, known: string, condition = "TRUE"): string {
  return `unnest(${known}) own(label) CROSS JOIN LATERAL ${apart(`SELECT * FROM ${view} ${alias} WHERE ${alias}.label_id = own.label AND ${condition}`)} ${alias}`;
}

/**
 * Where the rows of a page are: records, or, where contents are read label by label, these alone. What the content's own label covers is of a record with the same label (SPEC 6.3): the records
 * need not be looked up to be ordered and cut, if labels are read that may be known as well.
 * @param known placeholder of the labels, where all records under them are read
 */
export function documentRows(parameters: Parameters, known?: string): string {
  if (known !== undefined) return `${apart(`SELECT * FROM record d WHERE d.label_id = ANY(${known})`)} d${partJoins(parameters, true)}`;
  return `${parameters.finding.byLabel === "content" ? "content JOIN LATERAL (SELECT content.id, content.label_id) d ON content.label_id = own.label" : "record d"}${partJoins(parameters)}`;
}

/** Records `d` of a query, one after the other as it has them, each with its parts: what a page has no need of any more is not looked up. */
export function rowsInTurn(records: string, parameters: Parameters): string { return `${records}${partJoins(parameters)}`; }

/**
 * The condition of a filter on documents; `d` is the record, its parts go by their names.
 * @param isDemanded nothing is found that does not meet it
 */
export function documentCondition(filter: DocumentFilter, parameters: Parameters, isDemanded = true): string {
  const { and, or, not, id, matter, reference, kind, class: informationClass, owner, validUntil, contact, search } = filter;
  const nested = (each: DocumentFilter): string => documentCondition(each, parameters, false);
  const content = (column: string): string => columnOf("content", column, parameters);
  parameters.count();
  return all([
    and && all(and.map((each) => documentCondition(each, parameters, isDemanded))),
    or && (or.length === 0 ? "FALSE" : `(${or.map(nested).join(" OR ")})`),
    not && `NOT ${nested(not)}`,
    idCondition("d.id", id, parameters), idCondition("d.matter_id", matter, parameters),
    reference && stringCondition(content("reference"), reference, parameters), kind && stringCondition(content("kind"), kind, parameters),
    informationClass && stringCondition(content("class"), informationClass, parameters), owner && stringCondition(content("owner"), owner, parameters),
    validUntil && dayCondition(content("valid_until"), validUntil, parameters), textCondition("d.contact_", contact, parameters),
    ...PORTIONS.map((portion) => { const given = filter[portion]; return given && portionCondition(portion, given, parameters, isDemanded); }),
    typeof search === "string" && searchCondition(search, parameters),
  ]);
}

/** The condition of a filter on the register of matters; `m` is the view. */
export function matterCondition(filter: MatterFilter, idColumn: string, parameters: Parameters): string {
  parameters.count();
  const { id: _id, ...ofTheEntry } = filter;
  // Entry and existence are of one label, whose content is readable where there is an entry.
  if (Object.values(ofTheEntry).some((given) => given !== null && given !== undefined)) parameters.labelsRead.push("CASE WHEN m.token IS NULL THEN '{}'::int[] ELSE ARRAY[m.label_id] END");
  return all([
    idCondition(idColumn, filter.id, parameters), stringCondition("m.token", filter.token, parameters), stringCondition("m.kind", filter.kind, parameters),
    stringCondition("m.issuer", filter.issuer, parameters), stringCondition("m.regime", filter.regime, parameters), dayCondition("m.valid_until", filter.validUntil, parameters),
    textCondition("m.name_", filter.name, parameters),
  ]);
}

type Given = string | false | null | undefined;

function all(parts: readonly Given[]): string {
  const given = parts.filter((part): part is string => typeof part === "string");
  return given.length === 0 ? "TRUE" : `(${given.join(" AND ")})`;
}

function idCondition(column: string, filter: IdFilter | null | undefined, parameters: Parameters): Given {
  return stringCondition(column, filter, parameters);
}

function stringCondition(column: string, filter: StringFilter | null | undefined, parameters: Parameters): Given {
  if (!filter) return undefined;
  parameters.count();
  const { eq, in: list, contains, startsWith } = filter;
  return all([
    typeof eq === "string" && `${column} = ${parameters.add(checked(eq))}`,
    list && `${column} = ANY(${parameters.add(checkedList(list))}::text[])`,
    typeof contains === "string" && holds([column], contains, parameters),
    typeof startsWith === "string" && `${column} ^@ ${parameters.add(checked(startsWith))}`,
  ]);
}

function textCondition(prefix: string, filter: TextFilter | null | undefined, parameters: Parameters): Given {
  return filter && all([stringCondition(`${prefix}ja`, filter.ja, parameters), stringCondition(`${prefix}en`, filter.en, parameters)]);
}

function dayCondition(column: string, filter: DayFilter | null | undefined, parameters: Parameters): Given {
  if (!filter) return undefined;
  parameters.count();
  const compare = (operator: string, day: string | null | undefined): Given => {
    if (typeof day !== "string") return undefined;
    if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new Refusal("BAD_USER_INPUT");
    return `${column} ${operator} ${parameters.add(day)}`;
  };
  return all([compare("=", filter.eq), compare("<", filter.before), compare(">", filter.after)]);
}

/** What a text has to contain is looked for before the text is: not where the condition may fail to hold, as what has no such text then is not what the index does not find. */
function portionCondition(portion: Portion, filter: TextFilter, parameters: Parameters, isDemanded: boolean): Given {
  const condition = textCondition(columnOf(portion, "", parameters), filter, parameters);
  const sought = isDemanded && parameters.finding.isWalked !== true ? soughtIn(filter) : [];
  return all([condition, ...sought.map((text) => `d.id IN (SELECT f.record_id FROM find_texts(${parameters.add(text)}, '${portion}') f)`)]);
}

/** Texts that a portion has to contain, or to be. No index has whole texts: it could be asked without labels, and would find hidden rows that have this text. */
function soughtIn({ ja, en }: TextFilter): readonly string[] {
  return [ja?.contains, ja?.eq, en?.contains, en?.eq].filter((text) => typeof text === "string");
}

/** Ids of the records that may have the first of the texts that are wanted. */
export function soughtIds(filter: DocumentFilter, parameters: Parameters): string | undefined {
  const { search, and } = filter;
  if (typeof search === "string") return `SELECT record_id FROM find_texts(${parameters.add(checked(search))}, NULL)`;
  for (const portion of PORTIONS) for (const text of soughtIn(filter[portion] ?? {}).slice(0, 1)) return `SELECT record_id FROM find_texts(${parameters.add(checked(text))}, '${portion}')`;
  for (const each of and ?? []) { const ids = soughtIds(each, parameters); if (ids !== undefined) return ids; }
  return undefined;
}

/** Texts are looked for by their index: few records are expected, and the planner need not know how many the asker has. */
export function seeksTexts(filter: DocumentFilter): boolean {
  const { search, and } = filter;
  return typeof search === "string" || PORTIONS.some((portion) => soughtIn(filter[portion] ?? {}).length > 0) || (and ?? []).some(seeksTexts);
}

/** Looks into readable portions only: others are not in the view, whatever is found. */
function searchCondition(text: string, parameters: Parameters): string {
  parameters.count();
  const contains = holds(["p.ja", "p.en"], text, parameters);
  if (parameters.finding.isWalked === true) return `EXISTS ${apart(`SELECT FROM portion p WHERE p.record_id = d.id AND ${contains}`)}`;
  parameters.labelsRead.push(`ARRAY(SELECT p.label_id FROM portion p WHERE p.record_id = d.id AND ${contains} ORDER BY 1)`);
  return `d.id IN (SELECT p.record_id FROM find_texts(${parameters.add(text)}, NULL) f CROSS JOIN LATERAL ${apart("SELECT * FROM portion p WHERE p.record_id = f.record_id AND p.name = f.name")} p WHERE ${contains})`;
}

/** Japanese, and what of ASCII is no letter: nothing is written in two cases there, and no letter of another script becomes any of it in another case. */
const CASELESS = /^[ -@[-`{-~\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]*$/;

/** Whether there are letters in a text that count in either case. */
export function hasCases(text: string): boolean { return !CASELESS.test(text); }

/** That one of some columns contains a text. To compare in small letters, or by a pattern, takes longer than to look for what is written (measured: 1.2, 0.7 and 0.3 us for a portion). */
function holds(columns: readonly string[], text: string, parameters: Parameters): string {
  const isPattern = hasCases(text);
  const placeholder = parameters.add(isPattern ? pattern(text) : checked(text));
  const each = columns.map((column) => (isPattern ? `${column} ILIKE ${placeholder}` : `strpos(${column}, ${placeholder}) > 0`)).join(" OR ");
  return columns.length === 1 ? each : `(${each})`;
}

function pattern(text: string): string {
  return `%${checked(text).replace(/[\\%_]/g, "\\$&")}%`;
}

/** PostgreSQL has no text with a NUL in it. */
function checked(text: string): string {
  if (text.length > LONGEST_VALUE || text.includes("\0")) throw new Refusal("BAD_USER_INPUT");
  return text;
}

function checkedList(list: readonly string[]): readonly string[] {
  if (list.length > MOST_VALUES) throw new Refusal("BAD_USER_INPUT");
  return list.map(checked);
}
