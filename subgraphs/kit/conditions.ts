/**
 * Filters -> SQL conditions over a masked view (SPEC 6). What the asker does not have is NULL there, so no condition can tell it from what does not exist; values
 * are parameters, column names come from the closed lists below. Refuses filters that are too large or make no sense.
 */
import { PORTIONS } from "../../schema/label";
import type { DayFilter, DocumentFilter, IdFilter, MatterFilter, StringFilter, TextFilter } from "./graph/filters";
import { Refusal } from "./refusal";

const MOST_CONDITIONS = 100;
const LONGEST_VALUE = 2_000;
const MOST_VALUES = 1_000;

/** Collects the parameters of one statement. */
export class Parameters {
  readonly values: unknown[] = [];
  #conditions = 0;

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

/** The condition of a filter on documents; `d` is the view. */
export function documentCondition(filter: DocumentFilter, parameters: Parameters): string {
  const { and, or, not, id, matter, reference, kind, class: informationClass, owner, validUntil, contact, search } = filter;
  const nested = (each: DocumentFilter): string => documentCondition(each, parameters);
  parameters.count();
  return all([
    and && all(and.map(nested)),
    or && (or.length === 0 ? "FALSE" : `(${or.map(nested).join(" OR ")})`),
    not && `NOT ${nested(not)}`,
    idCondition("d.id", id, parameters), idCondition("d.matter_id", matter, parameters),
    stringCondition("d.reference", reference, parameters), stringCondition("d.kind", kind, parameters), stringCondition("d.class", informationClass, parameters),
    stringCondition("d.owner", owner, parameters), dayCondition("d.valid_until", validUntil, parameters), textCondition("d.contact", contact, parameters),
    ...PORTIONS.map((portion) => textCondition(`d.${portion}`, filter[portion], parameters)),
    typeof search === "string" && searchCondition(search, parameters),
  ]);
}

/** The condition of a filter on the register of matters; `m` is the view. */
export function matterCondition(filter: MatterFilter, idColumn: string, parameters: Parameters): string {
  parameters.count();
  return all([
    idCondition(idColumn, filter.id, parameters), stringCondition("m.token", filter.token, parameters), stringCondition("m.kind", filter.kind, parameters),
    stringCondition("m.issuer", filter.issuer, parameters), stringCondition("m.regime", filter.regime, parameters), dayCondition("m.valid_until", filter.validUntil, parameters),
    textCondition("m.name", filter.name, parameters),
  ]);
}

type Part = string | false | null | undefined;

function all(parts: readonly Part[]): string {
  const given = parts.filter((part): part is string => typeof part === "string");
  return given.length === 0 ? "TRUE" : `(${given.join(" AND ")})`;
}

function idCondition(column: string, filter: IdFilter | null | undefined, parameters: Parameters): Part {
  return stringCondition(column, filter, parameters);
}

function stringCondition(column: string, filter: StringFilter | null | undefined, parameters: Parameters): Part {
  if (!filter) return undefined;
  parameters.count();
  const { eq, in: list, contains, startsWith } = filter;
  return all([
    typeof eq === "string" && `${column} = ${parameters.add(checked(eq))}`,
    list && `${column} = ANY(${parameters.add(checkedList(list))}::text[])`,
    typeof contains === "string" && `${column} ILIKE ${parameters.add(pattern(contains))}`,
    typeof startsWith === "string" && `${column} ^@ ${parameters.add(checked(startsWith))}`,
  ]);
}

function textCondition(prefix: string, filter: TextFilter | null | undefined, parameters: Parameters): Part {
  return filter && all([stringCondition(`${prefix}_ja`, filter.ja, parameters), stringCondition(`${prefix}_en`, filter.en, parameters)]);
}

function dayCondition(column: string, filter: DayFilter | null | undefined, parameters: Parameters): Part {
  if (!filter) return undefined;
  parameters.count();
  const compare = (operator: string, day: string | null | undefined): Part => {
    if (typeof day !== "string") return undefined;
    if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new Refusal("BAD_USER_INPUT");
    return `${column} ${operator} ${parameters.add(day)}`;
  };
  return all([compare("=", filter.eq), compare("<", filter.before), compare(">", filter.after)]);
}

/** Looks into readable portions only: others are not in the view. */
function searchCondition(text: string, parameters: Parameters): string {
  parameters.count();
  const placeholder = parameters.add(pattern(text));
  return `EXISTS (SELECT FROM portion p WHERE p.record_id = d.id AND (p.ja ILIKE ${placeholder} OR p.en ILIKE ${placeholder}))`;
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
