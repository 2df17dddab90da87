/**
 * Random changes over a view: the steps of workflows and what else can be changed, found from the schema and not by name, on items that are visible, hidden or absent, with right and stale versions, tokens and
 * labels that the asker has or does not have, and keys that were used before. What a step takes is known from its declaration; everything else from the types of the schema.
 */
import {
  getNamedType, getNullableType, isCompositeType, isEnumType, isInputObjectType, isListType, isNonNullType, isObjectType, isScalarType, type GraphQLArgument, type GraphQLField, type GraphQLInputType, type GraphQLNamedType,
  type GraphQLObjectType, type GraphQLSchema,
} from "graphql";
import type { LabelCore } from "../../schema/label";
import type { Policy } from "../../schema/policy";
import { ministries } from "../../subgraphs";
import type { Asker } from "../../subgraphs/kit/rows";
import type { Item, StepDeclaration, Workflow } from "../../subgraphs/kit/workflow/declare";
import { WORKFLOWS } from "../../subgraphs/kit/workflow/list";
import { DAYS, type ItemWords, valueOf } from "./generate-items";
import type { Random } from "./generate-random";
import type { TableRow } from "./world-tables";

/** One field of the view that changes something. */
export interface ChangeField {
  readonly path: readonly string[];
  readonly field: GraphQLField<unknown, unknown>;
  /** Subgraph that is asked; undefined where the name does not tell. */
  readonly ministry: string | undefined;
  readonly workflow?: Workflow;
  readonly step?: StepDeclaration;
}

/** What an operation may name. */
export interface ChangeWords extends ItemWords {
  /** Items of both worlds by ministry, each as it is in one of them. */
  readonly items: ReadonlyMap<string, readonly TableRow[]>;
  readonly isReadable: (ministry: string, row: TableRow) => boolean;
  /** Labels that exist, readable or not. */
  readonly labels: readonly LabelCore[];
  /** Keys of requests that were sent before, with their variables. */
  readonly sent: readonly Mutation[];
  /** Whether something of that id is not the same in both worlds. */
  readonly isDiffering: (id: string) => boolean;
}

export interface Mutation {
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly fields: readonly ChangeField[];
}

/** In place of the label of an item that was made in the round: whoever made it has mostly seen it. */
export const MADE_MEANWHILE = -1;

/** Somebody of whom it can be said early that they could never take a step. */
export interface Situation { readonly policy: Policy; readonly asker: Asker; readonly now: number }

/** The fields of the view that change something, at whatever depth they are. */
export function changesOf(view: GraphQLSchema): readonly ChangeField[] {
  const root = view.getMutationType();
  return root === undefined || root === null ? [] : changesIn(root, []);
}

function changesIn(type: GraphQLObjectType, path: readonly string[]): readonly ChangeField[] {
  return Object.values(type.getFields()).flatMap((field): readonly ChangeField[] => {
    const at = [...path, field.name];
    const named = getNamedType(field.type);
    // What takes nothing and holds fields that take something is a group of changes, not one.
    if (field.args.length === 0 && isObjectType(named) && at.length < 3 && Object.values(named.getFields()).some(({ args }) => args.length > 0)) return changesIn(named, at);
    return [{ path: at, field, ministry: ministryOf(at), ...stepOf(field) }];
  });
}

const BY_LENGTH = Object.values(ministries).sort((a, b) => b.field.length - a.field.length);
/** The ministry that a field is asked of, as far as its name tells. */
export function ministryOf(path: readonly string[]): string | undefined {
  const text = path.join("").toLowerCase();
  return BY_LENGTH.find(({ field }) => text.startsWith(field.toLowerCase()))?.name;
}

function stepOf({ args }: GraphQLField<unknown, unknown>): Pick<ChangeField, "workflow" | "step"> {
  const input = args.map(({ type }) => getNamedType(type)).find(isInputObjectType)?.name.toLowerCase();
  for (const workflow of WORKFLOWS) for (const step of Object.values(workflow.steps)) if (step.mutation !== "" && `${step.mutation}Input`.toLowerCase() === input) return { workflow, step };
  return {};
}

/** One operation with one or two changes; now and then one that was sent before. */
export function generateMutation(random: Random, changes: readonly ChangeField[], words: ChangeWords, situation: Situation): Mutation {
  if (words.sent.length > 0 && random.chance(0.12)) return repeat(random, random.pick(words.sent));
  const able = changes.filter(({ step }) => step === undefined || step.by.early(situation));
  const fitting = able.filter(({ workflow, ministry, step }) => workflow !== undefined && step !== undefined && step.from.length > 0 && (words.items.get(ministry ?? "") ?? []).some((row) => row["workflow"] === workflow.name));
  const ripe = fitting.filter((change) => ripeFor(change, words, situation).length > 0);
  const draw = (): ChangeField => random.pick(ripe.length > 0 && random.chance(0.3) ? ripe : fitting.length > 0 && random.chance(0.5) ? fitting : able.length > 0 && random.chance(0.85) ? able : changes);
  const chosen = random.chance(0.8) ? [draw()] : [draw(), draw()];
  const variables: Record<string, unknown> = {};
  const declared: string[] = [];
  const selections = chosen.map((change, at) => {
    const given = change.field.args.flatMap((arg) => argument(random, change, arg, words, situation)).map(({ arg, value }) => {
      const name = `v${at}${arg.name}`;
      variables[name] = value;
      declared.push(`$${name}: ${String(arg.type)}`);
      return `${arg.name}: $${name}`;
    });
    const last = change.path.at(-1) ?? "";
    const own = `${change.path.length === 1 ? `m${at}: ` : ""}${last}${given.length === 0 ? "" : `(${given.join(", ")})`}${selectionOf(getNamedType(change.field.type), 2)}`;
    return change.path.slice(0, -1).reduceRight((inner, name, depth) => `${depth === 0 ? `m${at}: ` : ""}${name} { ${inner} }`, own);
  });
  return { text: `mutation Change${declared.length === 0 ? "" : `(${declared.join(", ")})`} { ${selections.join(" ")} }`, variables, fields: chosen };
}

/** The same again, or the same key for something else. */
function repeat(random: Random, before: Mutation): Mutation {
  if (random.chance(0.6)) return before;
  const variables = Object.fromEntries(Object.entries(before.variables).map(([name, value]) => {
    if (typeof value !== "object" || value === null || !("id" in value)) return [name, value];
    return [name, { ...value, version: random.int(4) }];
  }));
  return { ...before, variables };
}

function argument(random: Random, change: ChangeField, arg: GraphQLArgument, words: ChangeWords, situation: Situation): readonly { readonly arg: GraphQLArgument; readonly value: unknown }[] {
  if (arg.name === "key") return random.chance(0.4) ? [{ arg, value: `key-${random.word(8)}` }] : [];
  if (!isNonNullType(arg.type) && random.chance(0.3)) return [];
  const named = getNamedType(arg.type);
  if (change.step !== undefined && isInputObjectType(named)) return [{ arg, value: inputOf(random, change, words, situation) }];
  return [{ arg, value: valueFor(random, arg.name, arg.type, words) }];
}

/** The input of a step: what names the item, and values of the kinds that it declares. */
function inputOf(random: Random, change: ChangeField, words: ChangeWords, situation: Situation): Readonly<Record<string, unknown>> {
  const { workflow, step, ministry } = change;
  const input: Record<string, unknown> = {};
  if (workflow === undefined || step === undefined) return input;
  if (step.from.length > 0) {
    const own = words.items.get(ministry ?? "") ?? [];
    const rows = own.filter((row) => row["workflow"] === workflow.name);
    const ripe = ripeFor(change, words, situation);
    const hidden = rows.filter((row) => !words.isReadable(ministry ?? "", row));
    const differing = hidden.filter((row) => words.isDiffering(String(row["id"])));
    const pool = [[differing, 0.35], [ripe, 0.6], [hidden, 0.3], [rows, 0.8], [own, 0.3]].find(([list, chance]) => (list as readonly TableRow[]).length > 0 && random.chance(chance as number))?.[0] as readonly TableRow[] | undefined;
    const row = pool === undefined ? undefined : random.pick(pool);
    input["id"] = row === undefined ? random.pick([`itm_${random.word(16)}`, ...words.ids]) : String(row["id"]);
    input["version"] = row === undefined || random.chance(0.12) ? random.int(4) : Number(row["version"]);
  }
  const named = ministry === undefined || words.idsOf === undefined || random.chance(0.15) ? words : { ...words, ids: words.idsOf(ministry) };
  for (const [name, field] of Object.entries(step.input)) {
    if (field.optional === true && random.chance(0.5)) continue;
    const value = field.kind === "label" ? labelInput(random.pick(words.labels)) : valueOf(random, name, field, named);
    if (value !== undefined) input[name] = value;
  }
  // Days in their order, as whoever means it writes them.
  if (typeof input["from"] === "string" && typeof input["until"] === "string" && random.chance(0.8)) [input["from"], input["until"]] = ["2026-11-01", random.pick(["2026-11-20", "2027-03-31"])];
  return input;
}

/** Items on which the asker can take the step, as far as its declaration tells. */
function ripeFor({ workflow, step, ministry = "" }: ChangeField, words: ChangeWords, situation: Situation): readonly TableRow[] {
  if (workflow === undefined || step === undefined) return [];
  return (words.items.get(ministry) ?? []).filter((row) => row["workflow"] === workflow.name && words.isReadable(ministry, row) && step.from.includes(String(row["state"]))
    && (typeof row["owner"] !== "string" || step.by.over(situation, { owner: row["owner"], subject: typeof row["subject"] === "string" ? row["subject"] : null, body: (row["body"] ?? {}) as Item["body"] })));
}

/** A label as an officer writes it. */
function labelInput({ level, regimes, need, owners, purposes, handling }: LabelCore): unknown {
  const listed = <T>(list: readonly T[] | "ALL"): readonly T[] | null => (list === "ALL" ? null : list);
  return {
    level: ["PUBLIC", "CUI", "CONFIDENTIAL", "SECRET", "TOP_SECRET"][level], regimes, need, purposes: listed(purposes), handling,
    owners: Object.entries(owners).map(([owner, { rel, disp, dist, orcon }]) => ({ owner, rel: listed(rel), disp: listed(disp), dist: listed(dist), orcon })),
  };
}

/** A value for what no declaration describes, by its name and type. */
function valueFor(random: Random, name: string, type: GraphQLInputType, words: ChangeWords): unknown {
  const bare = getNullableType(type);
  if (isListType(bare)) return Array.from({ length: random.int(3) }, () => valueFor(random, name, bare.ofType, words));
  if (isEnumType(bare)) return random.pick(bare.getValues()).name;
  if (isInputObjectType(bare)) {
    return Object.fromEntries(Object.values(bare.getFields()).filter((field) => isNonNullType(field.type) || random.chance(0.5)).map((field) => [field.name, valueFor(random, field.name, field.type, words)]));
  }
  if (String(bare) === "Int") return random.int(4);
  if (String(bare) === "Boolean") return random.chance(0.5);
  if (/^(from|until|due|day)$|Until$|By$/.test(name)) return random.pick(DAYS);
  if (/token/i.test(name)) return random.pick(words.tokens);
  if (/subject/i.test(name)) return random.pick(words.subjects);
  return String(bare) === "ID" ? random.pick([...words.ids, "NOTICE-SDS"]) : random.pick(["1", "2026-1", `text ${random.word(5)}`]);
}

/** Everything below a type that takes no arguments, some levels deep. */
export function selectionOf(type: GraphQLNamedType, depth: number): string {
  if (!isCompositeType(type)) return "";
  if (!isObjectType(type)) return " { __typename }";
  const parts = Object.values(type.getFields()).filter(({ args }) => args.every((arg) => !isNonNullType(arg.type))).flatMap((field) => {
    const named = getNamedType(field.type);
    if (isScalarType(named) || isEnumType(named)) return [field.name];
    return depth > 0 && field.args.length === 0 ? [`${field.name}${selectionOf(named, depth - 1)}`] : [];
  });
  return parts.length === 0 ? " { __typename }" : ` { ${parts.join(" ")} }`;
}
