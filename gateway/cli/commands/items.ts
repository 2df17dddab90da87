/**
 * `kanmon items`: the open items that one person reads, over all ministries, the most urgent first, with the steps that lead on from where each is. An item is open while a step leads on from its
 * state. Who is bound to known operations (SPEC 19) is asked by those of the list. Items go to standard output, everything else to standard error.
 */
import { japanDay, loadPolicy, startOfDay } from "../../../schema/policy";
import { WORKFLOWS } from "../../../subgraphs/kit/workflow/list";
import { MINISTRY_NAMES } from "../../../subgraphs/names";
import { type Answer, exitOf, type Question } from "../ask";
import { CommandFailure, EXIT, type ExitCode } from "../exit";
import { ITEM_OPERATIONS, KnownList } from "../known-list";
import { printFramed } from "../officer";
import { Person, type PersonOptions } from "../person";
import { fieldOf } from "../registers/export";
import { joinMarks } from "../registers/line-mark";
import { tellReasons } from "../registers/reasons";
import { print, tell, textOf, type Lang } from "../say";
import type { ViewOf } from "../view-of";

export interface ItemsOptions extends PersonOptions { readonly ministry?: string; readonly overdue: boolean; readonly json: boolean; readonly lang: Lang }

interface Row { readonly id: string | null; readonly state: string | null; readonly version: number | null; readonly owner: string | null; readonly subject?: string | null; readonly due: string | null }
export interface OpenItem extends Row { readonly ministry: string; readonly workflow: string; readonly days: number | null; readonly steps: readonly string[] }
interface List { readonly name: string; readonly workflow: (typeof WORKFLOWS)[number]; readonly ministry: string; readonly states: readonly string[] }

const MOST = 200;
/** States that a list may be narrowed to. */
const MOST_STATES = 20;
const DAY_MS = 86_400_000;

export async function runItems(options: ItemsOptions): Promise<ExitCode> {
  const { ministry, overdue, json, lang } = options;
  if (ministry !== undefined && !(MINISTRY_NAMES as readonly string[]).includes(ministry)) throw new CommandFailure(EXIT.usage, ["ministryUnknown", { name: ministry, known: MINISTRY_NAMES.join(", ") }]);
  const person = new Person(options);
  const askable = await person.askable();
  const today = japanDay(Date.now());
  const before = overdue ? today : undefined;
  const ministries = ministry === undefined ? MINISTRY_NAMES : [ministry];
  const isKnown = askable instanceof KnownList;
  if (isKnown) tell(textOf(lang, "knownOnly"));
  const items: OpenItem[] = [];
  const markings: string[] = [];
  let exitCode: ExitCode = EXIT.ok;
  let told: Answer | undefined;
  for (const { question, lists } of isKnown ? knownQuestions(askable, person, ministries, before) : ownQuestions(askable, ministries, before)) {
    const answer = await person.ask(question);
    // Not everything on the list is for everybody whom it binds.
    if (isKnown && answer.errors.some(({ extensions }) => extensions?.code === "UNKNOWN_OPERATION")) { told = answer; continue; }
    if (answer.errors.length > 0 || answer.release === undefined) { tellReasons(answer, lang); exitCode = exitOf(answer); }
    // Where one ministry of several did not answer, the others did.
    if (answer.release === undefined || answer.data === undefined || answer.data === null) continue;
    markings.push(answer.release.marking.en);
    items.push(...itemsOf(answer, lists, { today, before, askable, tellMore: (list, more) => tell(textOf(lang, "itemsMore", { list, more })) }));
  }
  // The list of this package is another than the gateway's.
  if (told !== undefined && markings.length === 0 && exitCode === EXIT.ok) { tellReasons(told, lang); return exitOf(told); }
  items.sort((a, b) => (a.due ?? "9").localeCompare(b.due ?? "9"));
  const marking = markings.length === 0 ? undefined : joinMarks(loadPolicy(), markings, "banner");
  if (json) print(JSON.stringify({ ...(person.frame === undefined ? {} : { notice: person.frame }), ...(marking === undefined ? {} : { marking }), items }, null, 2));
  else printFramed(items.flatMap((item) => linesOf(item, lang)), person.frame);
  if (marking !== undefined) { tell(marking.ja); tell(marking.en); }
  if (items.length === 0) tell(textOf(lang, "itemsNone"));
  return exitCode;
}

/** States from which a step leads on, by whomever it is taken. */
export function openStates({ states, steps }: Pick<(typeof WORKFLOWS)[number], "states" | "steps">): readonly string[] { return states.filter((state) => Object.values(steps).some(({ from }) => from.includes(state))); }

/** Days until a day in Japan; negative when it is over. */
export function daysUntil(due: string, today: string): number { return Math.round((startOfDay(due) - startOfDay(today)) / DAY_MS); }

interface Questions { readonly question: Question; readonly lists: readonly List[] }

/** A question a ministry, of all the lists that the person's schema has. */
function ownQuestions(view: ViewOf, ministries: readonly string[], before: string | undefined): readonly Questions[] {
  return ministries.flatMap((name) => { const lists = listsIn(view.itemLists(name), name); return lists.length === 0 ? [] : [{ question: questionOf(lists, before), lists }]; });
}

/** The listed questions, of whichever ministries they are; what they do not narrow is narrowed afterwards. */
function knownQuestions(known: KnownList, { narrowing }: Person, ministries: readonly string[], before: string | undefined): readonly Questions[] {
  const wanted = ITEM_OPERATIONS.filter(({ purpose }) => purpose === undefined || purpose === narrowing.purpose);
  return wanted.flatMap(({ name }) => {
    const { text, fields, takesDay } = known.listed(name);
    const lists = ministries.flatMap((ministry) => listsIn(fields, ministry));
    return lists.length === 0 ? [] : [{ question: { query: text, ...(before !== undefined && takesDay ? { variables: { before } } : {}) }, lists }];
  });
}

function listsIn(fields: readonly string[], ministry: string): readonly List[] {
  const prefix = fieldOf(ministry);
  return fields.flatMap((name) => {
    const workflow = WORKFLOWS.find(({ plural }) => `${prefix}${plural}` === name);
    const states = workflow === undefined ? [] : openStates(workflow);
    return workflow === undefined || states.length === 0 || states.length > MOST_STATES ? [] : [{ name, workflow, ministry, states }];
  });
}

function questionOf(lists: readonly List[], before: string | undefined): Question {
  const fields = lists.map(({ name }, at) => `${name}(first: ${MOST}, states: $states${at}${before === undefined ? "" : ", dueBefore: $before"}) { totalCount nodes { id state version owner subject due } }`);
  const declared = [...lists.map((_, at) => `$states${at}: [String!]`), ...(before === undefined ? [] : ["$before: String"])];
  return { query: `query Items(${declared.join(", ")}) { ${fields.join(" ")} }`, variables: { ...Object.fromEntries(lists.map(({ states }, at) => [`states${at}`, states])), ...(before === undefined ? {} : { before }) } };
}

function itemsOf({ data }: Answer, lists: readonly List[], { today, before, askable, tellMore }: { readonly today: string; readonly before: string | undefined; readonly askable: ViewOf | KnownList; readonly tellMore: (list: string, more: number) => void }): readonly OpenItem[] {
  return lists.flatMap(({ name, workflow, ministry, states }) => {
    const page = (data as Readonly<Record<string, { readonly totalCount: number | null; readonly nodes: readonly (Row | null)[] | null } | null>>)[name];
    const nodes = page?.nodes ?? [];
    if (nodes.length > 0 && (page?.totalCount ?? 0) > nodes.length) tellMore(name, (page?.totalCount ?? 0) - nodes.length);
    const takes = new Set(askable.steps(ministry));
    const isOpen = ({ state, due }: Row): boolean => (state === null || states.includes(state)) && (before === undefined || (due !== null && due < before));
    return nodes.filter((node) => node !== null).filter(isOpen).map((node): OpenItem => ({
      id: node.id, state: node.state, version: node.version, owner: node.owner, subject: node.subject ?? null, due: node.due, ministry, workflow: workflow.name, days: node.due === null ? null : daysUntil(node.due, today),
      steps: Object.values(workflow.steps).filter(({ from, mutation }) => mutation !== "" && node.state !== null && from.includes(node.state) && takes.has(mutation)).map(({ mutation }) => mutation),
    }));
  });
}

function linesOf({ due, days, ministry, workflow, state, version, id, owner, steps }: OpenItem, lang: Lang): readonly string[] {
  const left = days === null ? textOf(lang, "daysNone") : days < 0 ? textOf(lang, "daysOver", { days: -days }) : textOf(lang, "daysLeft", { days });
  return [textOf(lang, "itemLine", { due: due ?? "----------", days: left, ministry, workflow, state: state ?? "-", version: version ?? "-", id: id ?? "-", owner: owner ?? "-" }), ...(steps.length === 0 ? [] : [textOf(lang, "itemNext", { steps: steps.join(", ") })])];
}
