/**
 * What officers send (SPEC 8.4): the JSON bodies of explain, simulate and dry-run. Takes a parsed body and gives typed values, or undefined: an unknown
 * member, a wrong type or an instant that is none is no request, because a misread question about somebody else is worse than none.
 */
import { startOfDay } from "../../schema/policy";

/** Who it is about, at which registered client and for which purpose. */
export interface Person { readonly subject: string; readonly client: string; readonly purpose?: string }
export interface About extends Person {
  /** Milliseconds since the epoch. */
  readonly at?: number;
}
/** Why it is asked; recorded. */
interface Reasoned { readonly reason?: string }
export interface ExplainRequest extends Reasoned { readonly about: About; readonly coordinate?: string; readonly record?: RecordName }
export interface RecordName { readonly ministry: string; readonly id: string }
export interface SimulateRequest extends Reasoned { readonly about: About; readonly question: Question }
export interface Question { readonly query: string; readonly variables?: unknown; readonly operationName?: unknown }
export interface DryRunRequest extends Reasoned { readonly people: readonly Person[]; readonly change: unknown; readonly over: "stored" | "generated"; readonly records: number; readonly seed: number }

const MOST_PEOPLE = 100;
const MOST_GENERATED = 2_000;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}$/;
const RECORD = /^([a-z][a-z-]{0,62}):([\x21-\x7e]{1,200})$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;
const LONGEST_COORDINATE = 200;
/** Something to read, on one line. */
const REASON = /^(?=.*[^\s])[^\p{Cc}\p{Cs}\u2028\u2029]{1,500}$/u;

type Given = Readonly<Record<string, unknown>>;

/** Reads the body of `/officer/explain`: exactly one of `coordinate` and `record`. */
export function readExplain(body: unknown): ExplainRequest | undefined {
  if (!isGiven(body)) return undefined;
  const { coordinate, record, reason, ...rest } = body;
  const about = readAbout(rest);
  const why = readReason(reason);
  if (about === undefined || why === undefined || (coordinate === undefined) === (record === undefined)) return undefined;
  if (coordinate !== undefined) return typeof coordinate === "string" && coordinate.length <= LONGEST_COORDINATE ? { about, coordinate, ...why } : undefined;
  const parts = typeof record === "string" ? RECORD.exec(record) : null;
  return parts === null ? undefined : { about, record: { ministry: parts[1] ?? "", id: parts[2] ?? "" }, ...why };
}

/** Reads the body of `/officer/simulate`. */
export function readSimulate(body: unknown): SimulateRequest | undefined {
  if (!isGiven(body)) return undefined;
  const { query, variables, operationName, reason, ...rest } = body;
  const about = readAbout(rest);
  const why = readReason(reason);
  if (about === undefined || why === undefined || typeof query !== "string") return undefined;
  return { about, ...why, question: { query, ...(variables === undefined ? {} : { variables }), ...(operationName === undefined ? {} : { operationName }) } };
}

/** Reads the body of `/officer/dry-run`; the change itself is read by `change.ts`. */
export function readDryRun(body: unknown): DryRunRequest | undefined {
  if (!isGiven(body)) return undefined;
  const { people, change, over, records = 200, seed = 1, reason, ...unknown } = body;
  const why = readReason(reason);
  if (why === undefined || Object.keys(unknown).length > 0 || !Array.isArray(people) || people.length === 0 || people.length > MOST_PEOPLE || change === undefined) return undefined;
  if ((over !== "stored" && over !== "generated") || !isCount(records, MOST_GENERATED) || !isCount(seed, Number.MAX_SAFE_INTEGER)) return undefined;
  const read = people.map(readPerson);
  const known = read.filter((person) => person !== undefined);
  return known.length === read.length ? { people: known, change, over, records, seed, ...why } : undefined;
}

function readAbout(given: Given): About | undefined {
  const { at, ...rest } = given;
  const person = readPerson(rest);
  const instant = at === undefined ? undefined : readInstant(at);
  if (person === undefined || (at !== undefined && instant === undefined)) return undefined;
  return instant === undefined ? person : { ...person, at: instant };
}

function readPerson(given: unknown): Person | undefined {
  if (!isGiven(given)) return undefined;
  const { subject, client, purpose, ...unknown } = given;
  if (Object.keys(unknown).length > 0 || !isName(subject) || !isName(client) || !(purpose === undefined || isName(purpose))) return undefined;
  return { subject, client, ...(purpose === undefined ? {} : { purpose }) };
}

/** Undefined for what is no reason; nothing for none. */
function readReason(reason: unknown): Reasoned | undefined {
  if (reason === undefined) return {};
  return typeof reason === "string" && REASON.test(reason) ? { reason } : undefined;
}

/** An instant with its zone, or the beginning of a day in Japan. */
function readInstant(at: unknown): number | undefined {
  if (typeof at !== "string") return undefined;
  const instant = INSTANT.test(at) ? Date.parse(at) : startOfDay(at);
  return Number.isFinite(instant) ? instant : undefined;
}

function isGiven(value: unknown): value is Given { return typeof value === "object" && value !== null && !Array.isArray(value); }
function isName(value: unknown): value is string { return typeof value === "string" && NAME.test(value); }
function isCount(value: unknown, most: number): value is number { return typeof value === "number" && Number.isInteger(value) && value > 0 && value <= most; }
