/**
 * Kinds of values that items hold and steps take (SPEC 15.2): how each is written in the graph, and what a value must be to be kept. Takes what a client sent, gives values that are
 * safe to store; everything else is refused before anything is looked up.
 */
import { ID, Int } from "type-graphql";
import { startOfDay } from "../../../schema/policy";
import { Text } from "../graph/values";
import { LabelInput, readLabel } from "./label-input";

export const KINDS = ["text", "long", "texts", "localized", "day", "number", "flag", "id", "subject", "subjects", "org", "orgs", "token", "label"] as const;
export type Kind = (typeof KINDS)[number];

export interface FieldDeclaration { readonly kind: Kind; readonly optional?: boolean; readonly description?: string; /** The only texts there are. */ readonly oneOf?: readonly string[] }
export type FieldDeclarations = Readonly<Record<string, FieldDeclaration>>;
/** JSON values by name. */
export type Values = Readonly<Record<string, unknown>>;

const LONGEST = 1_000;
const LONGEST_TEXT = 20_000;
const MOST = 200;
const EARLIEST = "1900-01-01";
const LATEST = "2999-12-31";
/** Subject ids as issuers of tokens give them. */
const SUBJECT = /^[A-Za-z0-9][A-Za-z0-9:._-]{0,127}$/;
const ORG = /^[A-Z]{3}(\.[A-Za-z0-9-]{1,40}){0,6}$/;
const ID_TEXT = /^[A-Za-z0-9_-]{1,64}$/;
const TOKEN = /^[A-Za-z0-9][A-Za-z0-9._-]{1,63}$/;

const isText = (longest: number) => (value: unknown): boolean => typeof value === "string" && value.trim().length > 0 && value.length <= longest && !value.includes("\0");
const matches = (pattern: RegExp) => (value: unknown): boolean => typeof value === "string" && pattern.test(value);
const isListOf = (isOne: (value: unknown) => boolean) => (value: unknown): boolean => Array.isArray(value) && value.length <= MOST && value.every(isOne) && new Set(value).size === value.length;
const isDay = (value: unknown): boolean => typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) && value >= EARLIEST && value <= LATEST && !Number.isNaN(startOfDay(value));
const isLocalized = (value: unknown): boolean => {
  const { ja, en } = (value ?? {}) as { readonly ja?: unknown; readonly en?: unknown };
  return isText(LONGEST_TEXT)(ja) && isText(LONGEST_TEXT)(en);
};

const CHECKS: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  text: isText(LONGEST), long: isText(LONGEST_TEXT), texts: isListOf(isText(LONGEST)), localized: isLocalized, day: isDay,
  number: (value) => typeof value === "number" && Number.isSafeInteger(value), flag: (value) => typeof value === "boolean",
  id: matches(ID_TEXT), subject: matches(SUBJECT), subjects: isListOf(matches(SUBJECT)), org: matches(ORG), orgs: isListOf(matches(ORG)), token: matches(TOKEN),
  label: (value) => readLabel(value) !== undefined,
};

/** How a kind is written in an object where it is not a string; in an input, only labels and texts in two languages are written otherwise. */
const OUTPUT: Partial<Readonly<Record<Kind, unknown>>> = { texts: [String], subjects: [String], orgs: [String], localized: Text, number: Int, flag: Boolean, id: ID };

export function outputTypeOf(kind: Kind): unknown { return OUTPUT[kind] ?? String; }

export function inputTypeOf(kind: Kind): unknown {
  return kind === "label" ? LabelInput : kind === "localized" ? LabelInput.text : outputTypeOf(kind);
}

/**
 * The values of an input, without anything that is not declared.
 * @returns undefined when one is missing or is not what it must be
 */
export function readValues(fields: FieldDeclarations, given: Values): Values | undefined {
  const values: Record<string, unknown> = {};
  for (const [name, { kind, optional = false, oneOf }] of Object.entries(fields)) {
    const value = given[name];
    if (value === undefined || value === null) {
      if (!optional) return undefined;
      continue;
    }
    if (!CHECKS[kind](value) || (oneOf !== undefined && !oneOf.includes(value as string))) return undefined;
    values[name] = kind === "label" ? readLabel(value) : kind === "localized" ? { ja: (value as Text).ja, en: (value as Text).en } : value;
  }
  return values;
}
