/**
 * Checks leaf values of answers against their type, as graphql-js completes values, but without bending them: a ministry's number where a
 * string is due is no value. Custom scalars pass as they are, unless they nest so deep that printing the answer could fail (attack B-126).
 */
import { type GraphQLLeafType, isEnumType, isScalarType } from "graphql";
import type { LeafCheck } from "./shape";

const DEEPEST_SCALAR = 200;

const CHECKS: Readonly<Record<string, LeafCheck>> = {
  String: (value) => (typeof value === "string" ? value : undefined),
  Boolean: (value) => (typeof value === "boolean" ? value : undefined),
  Int: (value) => (typeof value === "number" && Number.isInteger(value) && value >= -2147483648 && value <= 2147483647 ? value : undefined),
  Float: (value) => (typeof value === "number" && Number.isFinite(value) ? value : undefined),
  ID: (value) => (typeof value === "string" ? value : typeof value === "number" && Number.isInteger(value) ? String(value) : undefined),
};

/** The check of a type. */
export function leafCheckOf(type: GraphQLLeafType): LeafCheck {
  if (isEnumType(type)) {
    const values = new Set(type.getValues().map((value) => value.name));
    return (value) => (typeof value === "string" && values.has(value) ? value : undefined);
  }
  return (Object.hasOwn(CHECKS, type.name) ? CHECKS[type.name] : undefined) ?? checkScalar;
}

/** Whether every string is a value of the type, and stays as it is. */
export function isTextType(type: GraphQLLeafType): boolean { return isScalarType(type) && (type.name === "String" || type.name === "ID"); }

function checkScalar(value: unknown): unknown { return isShallow(value, DEEPEST_SCALAR) ? value : undefined; }

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (depth === 0) return false;
  for (const item of Array.isArray(value) ? value : Object.values(value)) if (!isShallow(item, depth - 1)) return false;
  return true;
}
