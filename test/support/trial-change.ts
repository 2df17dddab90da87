/**
 * One change by somebody in both worlds (SPEC 7, G2, G3): what is sent is the same, and so must be what comes back, what ministries are sent, and what that person is answered afterwards. A change that is
 * refused has changed nothing at all, in no table.
 */
import { getNamedType, isListType, getNullableType, isObjectType, type GraphQLObjectType, type GraphQLSchema } from "graphql";
import { MADE_MEANWHILE, selectionOf, type ChangeField, type Mutation } from "./generate-mutation";
import type { Random } from "./generate-random";
import type { Correspondence } from "./trial-alike";
import type { Violation } from "./trial-generated";
import { remember } from "./generate-world";
import { digestTables, type TableRow } from "./world-tables";
import type { Side } from "./world-running";

/** What one side answered, in a form that can be compared. */
export interface Said {
  /** Status and headers, where there are any. */
  readonly head: string;
  readonly body: unknown;
  readonly errors: readonly { readonly code: string; readonly reason?: string }[];
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly text: string;
  /** Bodies sent to ministries, where they can be seen. */
  readonly calls: ReadonlyMap<string, readonly string[]>;
}
export interface Question { readonly text: string; readonly variables: Readonly<Record<string, unknown>> }
/** How a trial asks one of the two sides, as the same person. */
export type AskSide = (side: 0 | 1, question: Question) => Promise<Said>;

export interface ChangeResult {
  readonly violations: readonly Violation[];
  /** What became of it: `done`, or the reason for which it was refused. */
  readonly outcome: string;
  readonly texts: readonly string[];
  /** Items that it made or changed, as the first side has them. */
  readonly made: readonly TableRow[];
}
export interface ChangeTrial {
  readonly sides: readonly [Side, Side];
  readonly alike: Correspondence;
  readonly ask: AskSide;
  readonly mutation: Mutation;
  readonly ministries: readonly string[];
  /** Waits until what was changed at a ministry has come to both gateways. @returns false where the person's own standing is another one now, and so are the worlds that are the same to them */
  readonly settle: (ministry: string) => Promise<boolean>;
  /** What is asked afterwards. */
  readonly after: readonly Question[];
}

export async function runChange({ sides, alike, ask, mutation, ministries, settle, after }: ChangeTrial): Promise<ChangeResult> {
  const violations: Violation[] = [];
  const texts: string[] = [];
  const differ = (check: string, a: unknown, b: unknown): void => {
    const found = alike.difference(a, b);
    if (found !== undefined) violations.push({ check, detail: [found, ...texts.slice(-2)].join("\n") });
  };
  const said: Said[] = [];
  let changed = false;
  for (const number of [0, 1] as const) {
    const side = sides[number];
    const digests = async (): Promise<readonly string[]> => Promise.all(ministries.map((name) => side.inDatabase(name, digestTables)));
    const before = await digests();
    const answer = await ask(number, number === 0 ? mutation : { ...mutation, variables: alike.translate(mutation.variables) });
    const now = await digests();
    said.push(answer);
    const isRefused = answer.data === null || answer.errors.length >= mutation.fields.length;
    if (before.join() !== now.join()) changed = true;
    if (isRefused && before.join() !== now.join()) violations.push({ check: "a refused change changes nothing", detail: `side ${number}: ${changedLines(before, now)}\n${answer.text}` });
  }
  const [a, b] = said;
  if (a === undefined || b === undefined) throw new Error("two sides");
  texts.push(a.text, b.text);
  differ("G3: the same answer to a change", [a.head, a.body], [b.head, b.body]);
  const bodies = ({ calls }: Said): unknown => [...calls].filter(([, list]) => list.length > 0).map(([name, list]) => [name, list.map((text) => JSON.parse(text) as unknown)]);
  differ("G2: the same calls for a change", bodies(a), bodies(b));
  let isSame = true;
  if (changed) for (const name of ministries) isSame = await settle(name) && isSame;
  for (const question of isSame ? after : []) {
    const answers = [await ask(0, question), await ask(1, { ...question, variables: alike.translate(question.variables) })] as const;
    texts.push(answers[0].text, answers[1].text);
    differ("G3: the same answers after a change", [answers[0].head, answers[0].body], [answers[1].head, answers[1].body]);
  }
  const [refusal] = a.errors;
  return { violations, texts, outcome: refusal === undefined ? "done" : refusal.reason ?? refusal.code, made: mutation.fields.flatMap(({ workflow }, at) => itemIn(a.data?.[`m${at}`], workflow?.name)) };
}

/** The item in an answer, at whatever depth it is. */
function itemIn(value: unknown, workflow: string | undefined): readonly TableRow[] {
  if (typeof value !== "object" || value === null || workflow === undefined) return [];
  const row = value as TableRow;
  return "id" in row && "version" in row && "state" in row ? [{ id: row["id"], version: row["version"], state: row["state"], workflow, label_id: MADE_MEANWHILE }] : Object.values(row).flatMap((inner) => itemIn(inner, workflow));
}

function changedLines(before: readonly string[], now: readonly string[]): string {
  const known = new Set(before.flatMap((text) => text.split("\n")));
  return now.flatMap((text) => text.split("\n")).filter((line) => !known.has(line)).map((line) => line.split(" ")[0]).join();
}

/** A list of the view with what tells whether it can be asked alone. */
interface ListField { readonly path: readonly string[]; readonly member: GraphQLObjectType; readonly isPage: boolean; readonly argument: string }

const lists = new WeakMap<GraphQLSchema, readonly ListField[]>();

function listsOf(view: GraphQLSchema): readonly ListField[] {
  const root = view.getQueryType();
  if (root === undefined || root === null) return [];
  const known = lists.get(view) ?? listsIn(root, []);
  lists.set(view, known);
  return known;
}

function listsIn(type: GraphQLObjectType, path: readonly string[]): readonly ListField[] {
  return Object.values(type.getFields()).flatMap((field): readonly ListField[] => {
    const at = [...path, field.name];
    const named = getNamedType(field.type);
    if (!isObjectType(named)) return [];
    if (field.args.length === 0 && at.length < 3 && !isListType(getNullableType(field.type)) && Object.values(named.getFields()).some(({ args }) => args.length > 0)) return listsIn(named, at);
    if (!field.args.some(({ name }) => name === "first")) return [];
    const nodes = named.getFields()["nodes"];
    const member = nodes === undefined ? named : getNamedType(nodes.type);
    return isObjectType(member) ? [{ path: at, member, isPage: nodes !== undefined, argument: nodes === undefined ? "first: 200" : "first: 200" }] : [];
  });
}

const texts = new Map<string, string>();

/** Questions that show what a change has made: the lists of that ministry which hold such items, the notices, and one other. */
export function questionsAfter(random: Random, view: GraphQLSchema, changes: readonly ChangeField[], ministryOf: (path: readonly string[]) => string | undefined): readonly Question[] {
  const asked = new Set(changes.map(({ ministry }) => ministry));
  const wanted = new Set(changes.map(({ workflow }) => workflow?.name));
  const own = listsOf(view).filter(({ path }) => asked.has(ministryOf(path)));
  const of = own.filter(({ member }) => wanted.has(member.name) || member.name === "NoticeEntry");
  const chosen = [...of, ...(own.length === 0 ? [] : [random.pick(own)])];
  return [...new Set(chosen)].map(questionOf);
}

/** One question to each of these ministries: with the first one of somebody from abroad their nation comes into its ledger (SPEC 15.26), whatever they ask. */
export function firstQuestions(view: GraphQLSchema, ministries: readonly string[], ministryOf: (path: readonly string[]) => string | undefined): readonly Question[] {
  return ministries.flatMap((name) => listsOf(view).filter(({ path }) => ministryOf(path) === name).slice(0, 1).map(questionOf));
}

function questionOf({ path, member, isPage, argument }: ListField): Question {
  return {
    text: remember(texts, `${member.name} ${path.join(".")}`, () => {
      const inner = selectionOf(member, 1);
      const leaf = `${path.at(-1) ?? ""}(${argument})${isPage ? ` { totalCount nodes${inner} }` : inner}`;
      return `query After { ${path.slice(0, -1).reduceRight((below, name) => `${name} { ${below} }`, leaf)} }`;
    }),
    variables: {},
  };
}
