/**
 * Readers of JSON that refuse what they do not know (SPEC 1.9): unknown keys, missing keys, wrong types, unknown codes.
 * A reader takes a value and its JSON path and gives the typed value or throws PolicyError with the path of the mistake.
 */
import type { Level, Regime } from "../label";
import { startOfDay } from "./days";
import { PolicyError } from "./policy-error";

export type Reader<T> = (value: unknown, path: string) => T;
type Shape = Readonly<Record<string, Reader<unknown>>>;
type Read<S extends Shape> = { readonly [K in keyof S]: S[K] extends Reader<infer T> ? T : never };

export const text: Reader<string> = (value, path) => {
  if (typeof value !== "string" || value === "") throw new PolicyError(path, "must be a text that is not empty");
  return value;
};

export const flag: Reader<boolean> = (value, path) => {
  if (typeof value !== "boolean") throw new PolicyError(path, "must be true or false");
  return value;
};

export const date: Reader<string> = (value, path) => {
  if (typeof value !== "string" || Number.isNaN(startOfDay(value))) throw new PolicyError(path, "must be a date YYYY-MM-DD");
  return value;
};

export const whole: Reader<number> = (value, path) => {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0) throw new PolicyError(path, "must be a whole number");
  return value;
};

export const level: Reader<Level> = (value, path) => {
  if (value !== 0 && value !== 1 && value !== 2 && value !== 3 && value !== 4) throw new PolicyError(path, "must be a level 0 to 4");
  return value;
};

/** A text that matches the pattern. */
export function matching(pattern: RegExp, what: string): Reader<string> {
  return (value, path) => {
    if (typeof value !== "string" || !pattern.test(value)) throw new PolicyError(path, `must be ${what}`);
    return value;
  };
}

export const orgPath = matching(/^JPN(\.[A-Z0-9]+)*$/, "an org path such as JPN.MOD");
export const nationCode = matching(/^[A-Z]{3}$/, "a nation of three letters");
export const code = matching(/^[A-Z0-9][A-Z0-9.:+_-]*$/, "a code of capitals, digits and . : + _ -");

/** One of a closed list of texts. */
export function oneOf<T extends string>(...allowed: readonly T[]): Reader<T> {
  return (value, path) => {
    const found = allowed.find((entry) => entry === value);
    if (found === undefined) throw new PolicyError(path, `unknown: ${JSON.stringify(value)}; known are ${allowed.join(", ")}`);
    return found;
  };
}

export const regime: Reader<Regime> = oneOf("SDS", "MDA", "CESI", "EQS", "MODS", "DOC", "NPS", "PAT", "CUI", "VET");

export function nullable<T>(reader: Reader<T>): Reader<T | null> {
  return (value, path) => (value === null ? null : reader(value, path));
}

/** The key may be absent. */
export function optional<T>(reader: Reader<T>): Reader<T | undefined> {
  return (value, path) => (value === undefined ? undefined : reader(value, path));
}

export function list<T>(reader: Reader<T>): Reader<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw new PolicyError(path, "must be a list");
    return value.map((item: unknown, at) => reader(item, `${path}[${at}]`));
  };
}

function keysOf(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new PolicyError(path, "must be an object");
  return value as Readonly<Record<string, unknown>>;
}

/** Free keys, each read by `key`; every member read by `reader`. */
export function record<T>(key: Reader<string>, reader: Reader<T>): Reader<Readonly<Record<string, T>>> {
  return (value, path) => Object.fromEntries(
    Object.entries(keysOf(value, path)).map(([name, member]) => [key(name, `${path}.${name}`), reader(member, `${path}.${name}`)]),
  );
}

/** Exactly these keys. */
export function object<S extends Shape>(shape: S): Reader<Read<S>> {
  return (value, path) => {
    const given = keysOf(value, path);
    const unknown = Object.keys(given).find((key) => !Object.hasOwn(shape, key));
    if (unknown !== undefined) throw new PolicyError(path === "" ? unknown : `${path}.${unknown}`, "unknown key");
    const entries = Object.entries(shape).map(([key, reader]) => [key, reader(given[key], path === "" ? key : `${path}.${key}`)] as const);
    return Object.fromEntries(entries.filter(([, member]) => member !== undefined)) as Read<S>;
  };
}

/** The frame text of every data file. */
export const notice = object({ ja: text, en: text, note: text });

/** Throws when two entries share a key. */
export function refuseTwice<T>(entries: readonly T[], keyOf: (entry: T) => string, path: string, key: string): void {
  const seen = new Set<string>();
  entries.forEach((entry, at) => {
    if (seen.has(keyOf(entry))) throw new PolicyError(`${path}[${at}].${key}`, `given twice: ${keyOf(entry)}`);
    seen.add(keyOf(entry));
  });
}
