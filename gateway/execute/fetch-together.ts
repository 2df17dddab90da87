/**
 * Several fetches of one ministry as one call (performance.md 2): one document in which each has a name of its own. Every one is asked, released and merged as it
 * would be alone. Where the ministry answers none of them because of one, each is asked again alone, so that none takes another's values with it.
 */
import type { Branch, Meeting } from "../plan/operation";
import { RESERVED_PREFIX } from "../plan/limits";
import { callMinistry, readCalled } from "./called";
import { ask, fetchAlone, type Question, representationsText, settle } from "./fetch-entities";
import { isRecord } from "./ruling";
import type { Run } from "./run";

/** Starts of request bodies, by the fetches that have something to ask. */
const heads = new WeakMap<Meeting, Map<string, string>>();

/** @param arrived the branches that take part */
export async function fetchTogether(run: Run, meeting: Meeting, arrived: readonly Branch[]): Promise<void> {
  // In the order of the plan, whoever came first: what a ministry is sent never depends on timing.
  const questions = meeting.fetches.flatMap((fetch) => {
    const branches = fetch.branches.filter((branch) => arrived.includes(branch));
    return (branches.length === 0 || fetch.entities === undefined ? undefined : ask(run, { ...fetch, branches }, fetch.entities)) ?? [];
  });
  const [first] = questions;
  if (first === undefined) return;
  if (questions.length === 1) { await fetchAlone(run, first); return; }
  const called = await callMinistry(run, meeting.subgraph, bodyFor(run, meeting, questions));
  const answer = readCalled(run, meeting.subgraph, called);
  if (answer !== undefined && !isRecord(answer.data)) { await Promise.all(questions.map((question) => fetchAlone(run, question))); return; }
  questions.forEach((question, index) => { settle(run, question, answer, nameOf(index)); });
}

function nameOf(index: number): string { return `${RESERVED_PREFIX}_e${index}`; }
function variableOf(index: number): string { return `${RESERVED_PREFIX}_r${index}`; }

function bodyFor(run: Run, meeting: Meeting, questions: readonly Question[]): string {
  const variables = run.variablesText([...new Set(questions.flatMap(({ step }) => step.variables))]);
  const lists = questions.map((question, index) => `"${variableOf(index)}":${representationsText(question)}`);
  return `${headFor(meeting, questions)}${variables}${variables === "" ? "" : ","}${lists.join(",")}}}`;
}

function headFor(meeting: Meeting, questions: readonly Question[]): string {
  let known = heads.get(meeting);
  if (known === undefined) heads.set(meeting, known = new Map<string, string>());
  const key = questions.map(({ entities }) => meeting.fetches.findIndex((fetch) => fetch.entities === entities)).join();
  const before = known.get(key);
  if (before !== undefined) return before;
  const definitions = [...new Set(questions.flatMap(({ entities }) => entities.part?.definitions ?? [])), ...questions.map((_, index) => `$${variableOf(index)}:[_Any!]!`)];
  const fields = questions.map(({ entities }, index) => `${nameOf(index)}:_entities(representations:$${variableOf(index)})${entities.part?.selection ?? ""}`);
  const head = `{"query":${JSON.stringify(`query(${definitions.join()}){${fields.join(" ")}}`)},"variables":{`;
  known.set(key, head);
  return head;
}
