/**
 * What is tried out in a dry-run (SPEC 8.4): other labels, another policy, other agreements, other assignments. Takes the change file's JSON; gives the world after it, beside the one in force,
 * and changes nothing. Refuses with a ChangeError what is not a change or does not make a policy.
 */
import { canonical, join, type LabelCore } from "../../schema/label";
import { addYears, filesOf, floorOf, isLabelCore, japanDay, loadPolicy, type Policy, PolicyError } from "../../schema/policy";
import type { Part } from "../subject/entries";
import type { LabelledRecord } from "./outcome";

/** Words for the officer about their own file. */
export class ChangeError extends Error { override readonly name = "ChangeError"; }

export interface Change {
  readonly policy: Policy;
  readonly record: (record: LabelledRecord) => LabelledRecord;
  readonly parts: (subject: string, parts: readonly Part[]) => readonly Part[];
}
type Given = Readonly<Record<string, unknown>>;
type RecordChange = (record: LabelledRecord) => LabelledRecord;
type PartsChange = (subject: string, parts: readonly Part[]) => readonly Part[];

const MOST_CHANGES = 200;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}$/;

/**
 * Reads a change.
 * @param shiftDays as the policy in force was loaded with
 * @throws ChangeError naming the first mistake
 */
export function readChange(value: unknown, current: Policy, shiftDays: number, now: number): Change {
  const { labels = [], policy, agreements = [], assignments = [], ...unknown } = given(value, "change");
  const [stray] = Object.keys(unknown);
  if (stray !== undefined) throw new ChangeError(`change.${stray}: unknown; known are labels, policy, agreements, assignments`);
  const records = list(labels, "labels").map(readLabelChange);
  const people = list(assignments, "assignments").map((each, at) => readAssignment(each, `assignments[${at}]`, now));
  return {
    policy: policy === undefined && list(agreements, "agreements").length === 0 ? current : loadChanged(current, policy, list(agreements, "agreements"), shiftDays),
    record: (record) => records.reduce((changed, change) => change(changed), record),
    parts: (subject, parts) => people.reduce((changed, change) => change(subject, changed), parts),
  };
}

/** `{record, fields?, set}` replaces parts of a record's labels; `{coordinate, floor}` raises what a field carries, as `@label` would. */
function readLabelChange(value: unknown, at: number): RecordChange {
  const path = `labels[${at}]`;
  const change = given(value, path);
  const { record: name, coordinate } = change;
  if (typeof coordinate === "string") {
    const [type = "", field = ""] = coordinate.split(".");
    const floor = floorFrom(given(change["floor"], `${path}.floor`), path);
    return (record) => (record.type !== type ? record : { ...record, fields: mapFields(record, (each) => each === field, (label) => join(label, floor)) });
  }
  if (typeof name !== "string") throw new ChangeError(`${path}: names neither a record nor a coordinate`);
  const fields = change["fields"] === undefined ? undefined : new Set(list(change["fields"], `${path}.fields`));
  const set = change["set"] === undefined ? {} : given(change["set"], `${path}.set`);
  const existence = change["existence"] === undefined ? {} : given(change["existence"], `${path}.existence`);
  return (record) => (record.record !== name ? record : {
    ...record, existence: replaced(record.existence, existence, `${path}.existence`), fields: mapFields(record, (each) => fields?.has(each) ?? true, (label) => replaced(label, set, `${path}.set`)),
  });
}

function mapFields(record: LabelledRecord, isMeant: (field: string) => boolean, change: (label: LabelCore) => LabelCore): ReadonlyMap<string, LabelCore> {
  return new Map([...record.fields].map(([field, label]) => [field, isMeant(field) ? change(label) : label]));
}

function replaced(label: LabelCore, set: Given, path: string): LabelCore {
  if (Object.keys(set).length === 0) return label;
  const changed: unknown = { ...label, ...set };
  if (!isLabelCore(changed)) throw new ChangeError(`${path}: does not make a label`);
  return canonical(changed);
}

function floorFrom(floor: Given, path: string): LabelCore {
  let made: LabelCore | undefined;
  try { made = floorOf(floor); } catch (error) { if (error instanceof PolicyError) throw new ChangeError(`${path}.floor: ${error.message}`); }
  if (!isLabelCore(made)) throw new ChangeError(`${path}.floor: not the arguments of @label`);
  return made;
}

/** The files of the policy in force with the change in them, loaded and checked as they would be. */
function loadChanged(current: Policy, patch: unknown, agreements: readonly unknown[], shiftDays: number): Policy {
  const files = filesOf(current);
  if (files === undefined) throw new ChangeError("policy: the one in force is what two snapshots both permit, so there are no files to change until a fresh snapshot comes");
  const inForce = files.agreements as { readonly agreements: readonly { readonly id: unknown }[] };
  const changes = agreements.map((each, at) => { const { id, set } = given(each, `agreements[${at}]`); return { id, set: given(set, `agreements[${at}].set`), at }; });
  const known = new Set<unknown>(inForce.agreements.map(({ id }) => id));
  for (const { id, at } of changes) if (!known.has(id)) throw new ChangeError(`agreements[${at}].id: there is no such agreement`);
  const changedAgreements = { ...inForce, agreements: inForce.agreements.map((agreement) => changes.filter(({ id }) => id === agreement.id).reduce<object>((made, { set }) => merge(made, set) as object, agreement)) };
  try {
    return loadPolicy({ ...files, policy: patch === undefined ? files.policy : merge(files.policy, given(patch, "policy")), agreements: changedAgreements }, { shiftDays });
  } catch (error) {
    throw error instanceof PolicyError ? new ChangeError(error.message) : error;
  }
}

/** JSON merge patch (RFC 7396): objects merge, null removes, everything else replaces. */
function merge(target: unknown, patch: unknown): unknown {
  if (!isGiven(patch)) return patch;
  const merged = new Map(isGiven(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key); else merged.set(key, merge(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}

/** `{revoke: {subject, token}}` or `{grant: {subject, token, issuer?, from?, until?}}`. */
function readAssignment(value: unknown, path: string, now: number): PartsChange {
  const { grant, revoke } = given(value, path);
  if ((grant === undefined) === (revoke === undefined)) throw new ChangeError(`${path}: is neither a grant nor a revocation`);
  const entry = given(grant ?? revoke, path);
  const text = (name: string, otherwise?: string): string => {
    const found = entry[name] ?? otherwise;
    if (typeof found !== "string" || !NAME.test(found)) throw new ChangeError(`${path}.${name}: is missing or malformed`);
    return found;
  };
  const [who, token] = [text("subject"), text("token")];
  if (revoke !== undefined) return (subject, parts) => (subject !== who ? parts : parts.map((part) => ({ ...part, assignments: part.assignments.filter((held) => held.token !== token) })));
  const today = japanDay(now);
  const made = { token, role: "READER" as const, from: text("from", today), until: text("until", addYears(today, 1)), grantedBy: "dry-run", reason: "dry-run", issuer: text("issuer", "JPN") };
  return (subject, parts) => {
    const [first, ...rest] = parts;
    return subject !== who || first === undefined ? parts : [{ ...first, assignments: [...first.assignments, made] }, ...rest];
  };
}


function given(value: unknown, path: string): Given {
  if (!isGiven(value)) throw new ChangeError(`${path}: must be an object`);
  return value;
}
function list(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value) || value.length > MOST_CHANGES) throw new ChangeError(`${path}: must be a list of at most ${MOST_CHANGES}`);
  return value;
}
function isGiven(value: unknown): value is Given { return typeof value === "object" && value !== null && !Array.isArray(value); }
