/**
 * The input of a step as written on a command line: `--set name=value` for each value, a reason for the member that the step has for reasons. Takes texts; gives values of the types that the
 * schema says. Refuses a member that there is not, one that is missing and a value that is not of its type.
 */
import { CommandFailure, EXIT } from "./exit";
import type { InputField, Step } from "./view-of";

/** Members in which steps take reasons; the first that a step has. */
const REASONS = ["reason", "decision", "answer", "assessment", "challenge"] as const;

export interface WrittenInput {
  readonly id?: string; readonly version?: string; readonly reason?: string;
  /** `name=value` each. */
  readonly set: readonly string[];
  /** Members as JSON, below what is set by name. */
  readonly given: Readonly<Record<string, unknown>>;
}

/** @throws CommandFailure (usage) */
export function readInput(name: string, { fields }: Step, { id, version, reason, set, given }: WrittenInput): Readonly<Record<string, unknown>> {
  const known = new Map(fields.map((field) => [field.name, field]));
  const written: (readonly [string, string])[] = [
    ...set.map((one): readonly [string, string] => { const at = one.indexOf("="); return at < 0 ? [one, ""] : [one.slice(0, at), one.slice(at + 1)]; }),
    ...(id === undefined ? [] : [["id", id] as const]), ...(version === undefined ? [] : [["version", version] as const]), ...(reason === undefined ? [] : [[reasonField(name, known), reason] as const]),
  ];
  const values: Record<string, unknown> = { ...given };
  for (const [member, text] of written) {
    const field = known.get(member);
    values[member] = field === undefined ? text : valueOf(field, text);
  }
  const unknown = Object.keys(values).find((member) => !known.has(member));
  if (unknown !== undefined) throw new CommandFailure(EXIT.usage, ["stepFieldUnknown", { step: name, field: unknown, known: [...known.keys()].join(", ") }]);
  const missing = fields.filter(({ name: member, isNeeded }) => isNeeded && values[member] === undefined).map(({ name: member }) => member);
  if (missing.length > 0) throw new CommandFailure(EXIT.usage, ["stepFieldMissing", { step: name, fields: missing.join(", ") }]);
  return values;
}

function reasonField(step: string, known: ReadonlyMap<string, InputField>): string {
  const found = REASONS.find((member) => known.has(member));
  if (found === undefined) throw new CommandFailure(EXIT.usage, ["stepTakesNoReason", { step }]);
  return found;
}

const SCALARS: ReadonlySet<string> = new Set(["String", "ID"]);

function valueOf({ name, type, isList }: InputField, text: string): unknown {
  if (isList) return text.trim() === "" ? [] : text.split(";").map((part) => valueOf({ name, type, isList: false, isNeeded: true }, part.trim()));
  if (SCALARS.has(type)) return text;
  const refuse = (): never => { throw new CommandFailure(EXIT.usage, ["stepFieldUnreadable", { field: name }]); };
  if (type === "Int") return /^-?\d{1,9}$/.test(text) ? Number(text) : refuse();
  if (type === "Boolean") return text === "true" ? true : text === "false" ? false : refuse();
  if (/^[A-Z][A-Z_]*$/.test(text)) return text;
  try { return JSON.parse(text) as unknown; } catch { return refuse(); }
}
