/**
 * `kanmon items`: the open items that one person reads, over all ministries, the most urgent first, with the steps that lead on from where each is. An item is open while a step leads on from its
 * state. Items go to standard output, everything else to standard error.
 */
import { japanDay, startOfDay } from "../../../schema/policy";
import { WORKFLOWS } from "../../../subgraphs/kit/workflow/list";
import { MINISTRY_NAMES } from "../../../subgraphs/names";
import { type Answer, exitOf } from "../ask";
import { CommandFailure, EXIT, type ExitCode } from "../exit";
import { printFramed } from "../officer";
import { Person, type PersonOptions } from "../person";
import { fieldOf } from "../registers/export";
import { joinMarks } from "../registers/line-mark";
import { tellReasons } from "../registers/reasons";
import { print, tell, textOf, type Lang } from "../say";
import { ViewOf } from "../view-of";
import { loadPolicy } from "../../../schema/policy";

export interface ItemsOptions extends PersonOptions { readonly ministry?: string; readonly overdue: boolean; readonly json: boolean; readonly lang: Lang }

interface Row { readonly id: string | null; readonly state: string | null; readonly version: number | null; readonly owner: string | null; readonly subject: string | null; readonly due: string | null }
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
  const view = new ViewOf(await person.schema());
  const today = japanDay(Date.now());
  const items: OpenItem[] = [];
  const markings: string[] = [];
  let exitCode: ExitCode = EXIT.ok;
  for (const name of ministry === undefined ? MINISTRY_NAMES : [ministry]) {
    const lists = listsOf(view, name);
    if (lists.length === 0) continue;
    const answer = await person.ask(questionOf(lists, overdue ? today : undefined));
    if (answer.errors.length > 0 || answer.release === undefined) { tellReasons(answer, lang); exitCode = exitOf(answer); continue; }
    markings.push(answer.release.marking.en);
    items.push(...itemsOf(answer, lists, { today, view, tellMore: (list, more) => tell(textOf(lang, "itemsMore", { list, more })) }));
  }
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

function listsOf(view: ViewOf, ministry: string): readonly List[] {
  const prefix = fieldOf(ministry);
  return view.itemLists(ministry).flatMap((name) => {
    const workflow = WORKFLOWS.find(({ plural }) => `${prefix}${plural}` === name);
    const states = workflow === undefined ? [] : openStates(workflow);
    return workflow === undefined || states.length === 0 || states.length > MOST_STATES ? [] : [{ name, workflow, ministry, states }];
  });
}

function questionOf(lists: readonly List[], before: string | undefined): { readonly query: string; readonly variables: Readonly<Record<string, unknown>> } {
  const fields = lists.map(({ name }, at) => `${name}(first: ${MOST}, states: $states${at}${before === undefined ? "" : ", dueBefore: $before"}) { totalCount nodes { id state version owner subject due } }`);
  const declared = [...lists.map((_, at) => `$states${at}: [String!]`), ...(before === undefined ? [] : ["$before: String"])];
  return { query: `query Items(${declared.join(", ")}) { ${fields.join(" ")} }`, variables: { ...Object.fromEntries(lists.map(({ states }, at) => [`states${at}`, states])), ...(before === undefined ? {} : { before }) } };
}

function itemsOf({ data }: Answer, lists: readonly List[], { today, view, tellMore }: { readonly today: string; readonly view: ViewOf; readonly tellMore: (list: string, more: number) => void }): readonly OpenItem[] {
  return lists.flatMap(({ name, workflow, ministry }) => {
    const page = (data as Readonly<Record<string, { readonly totalCount: number | null; readonly nodes: readonly (Row | null)[] | null } | null>>)[name];
    const nodes = (page?.nodes ?? []).filter((node) => node !== null);
    if ((page?.totalCount ?? 0) > nodes.length && nodes.length >= MOST) tellMore(name, (page?.totalCount ?? 0) - nodes.length);
    return nodes.map((node): OpenItem => ({
      ...node, ministry, workflow: workflow.name, days: node.due === null ? null : daysUntil(node.due, today),
      steps: Object.values(workflow.steps).filter(({ from, mutation }) => mutation !== "" && node.state !== null && from.includes(node.state) && view.step(ministry, mutation) !== undefined).map(({ mutation }) => mutation),
    }));
  });
}

function linesOf({ due, days, ministry, workflow, state, version, id, owner, steps }: OpenItem, lang: Lang): readonly string[] {
  const left = days === null ? textOf(lang, "daysNone") : days < 0 ? textOf(lang, "daysOver", { days: -days }) : textOf(lang, "daysLeft", { days });
  return [textOf(lang, "itemLine", { due: due ?? "----------", days: left, ministry, workflow, state: state ?? "-", version: version ?? "-", id: id ?? "-", owner: owner ?? "-" }), ...(steps.length === 0 ? [] : [textOf(lang, "itemNext", { steps: steps.join(", ") })])];
}
