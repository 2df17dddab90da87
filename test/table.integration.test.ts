/**
 * The table `test/cases/expected.json` (every person of the demonstration, every record and portion of all ministries: permit, redact or hide, worked out by a reading of the
 * rules that shares no code with the product) against what the running graph answers over HTTP, with a process for each ministry and with one for all of them: the same.
 */
import fs from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import type { Answer } from "../gateway/cli/ask";
import { PERSONAS } from "../gateway/cli/people";
import { PORTIONS } from "../schema/label";
import { demoShiftDays, shiftDate } from "../schema/policy";
import { ministries } from "../subgraphs";
import expected from "./cases/expected.json";
import { processesOf } from "./gateway/cli/command";
import { startStory, within } from "./stories/story";
import { knownOperation } from "./support/known-operation";

type Outcome = "permit" | "redact" | "hide";
interface Row { readonly record: Outcome; readonly portions: Readonly<Record<string, Outcome>> }
interface Text { readonly ja: string; readonly en: string }
type Node = Readonly<Record<string, unknown>> & { readonly id: string };
interface Lists { readonly [list: string]: { readonly totalCount: number; readonly nodes: readonly Node[] } }

const all = Object.values(ministries);
const OF_RECORD = ["reference", "kind", "class", "owner", "validUntil"] as const;
/** A known operation, so that firms may ask it as well. */
const QUESTION = knownOperation("Records");

type Rows = Readonly<Record<string, Outcome | Readonly<Record<string, Outcome>>>>;

/** What the table says of a record: without portions of its own it is its title. `isCeiling`: of the request under the ceiling that the table has. */
function rowOf(persona: string, reference: string, isCeiling: boolean): Row {
  const outcomes = expected.cases.find((each) => each.persona === persona)?.outcomes as Rows | undefined;
  const less = expected.narrowed.find((each) => isCeiling && each.persona === persona && each.by === "CEILING_CUI")?.outcomes as Rows | undefined;
  const found = less?.[reference] ?? outcomes?.[reference];
  if (found === undefined) throw new Error(`${reference} is not in the table`);
  if (typeof found === "string") return { record: found, portions: { title: found === "permit" ? "permit" : "hide" } };
  const { record = "hide", ...portions } = found;
  return { record, portions };
}

/** What a person is to be given by each ministry, by id, and the places at which something is to be said to be withheld. */
function wanted(persona: string, isCeiling = false): { readonly nodes: Readonly<Record<string, readonly unknown[]>>; readonly withheld: ReadonlySet<string> } {
  const days = demoShiftDays(Date.now());
  const withheld = new Set<string>();
  const nodes = Object.fromEntries(all.map(({ name, field, demo }) => [field, demo.records.records.flatMap((record) => {
    const { record: outcome, portions } = rowOf(persona, record.reference, isCeiling);
    if (outcome === "hide") return [];
    const { id, reference, kind, class: given, owner, validUntil, contact, title } = record;
    const shown = { reference, kind, class: given, owner, validUntil: validUntil === null || validUntil === "OWNER_CONSENT" ? validUntil : shiftDate(validUntil, days) };
    const isWhole = outcome === "redact" && !Object.values(portions).includes("permit");
    if (isWhole) withheld.add(id);
    else if (outcome === "redact") for (const place of OF_RECORD) withheld.add(`${id}.${place}`);
    const texts = record.portions ?? { title };
    return [{
      id, ministry: name, contact, ...Object.fromEntries(OF_RECORD.map((place) => [place, outcome === "permit" ? shown[place] : null])),
      ...Object.fromEntries(PORTIONS.map((portion) => [portion, portions[portion] === "permit" ? textOf(texts[portion as keyof typeof texts]) : null])),
    }];
  })]));
  return { nodes, withheld };
}

function textOf(text: Text | undefined): Text | null { return text === undefined ? null : { ja: text.ja, en: text.en }; }

/** The same of an answer. */
function given({ data, release }: Answer): ReturnType<typeof wanted> & { readonly counts: Readonly<Record<string, number>> } {
  const lists = data as Lists;
  const listOf = (field: string): Lists[string] => lists[`${field}Documents`] ?? { totalCount: -1, nodes: [] };
  const places = (release?.withheld ?? []).map(({ path }) => {
    const [list, , at, ...rest] = path;
    return [lists[String(list)]?.nodes[Number(at)]?.id ?? "?", ...rest].join(".");
  });
  return {
    nodes: Object.fromEntries(all.map(({ field }) => [field, listOf(field).nodes])), withheld: new Set(places),
    counts: Object.fromEntries(all.map(({ field }) => [field, listOf(field).totalCount])),
  };
}

const byId = (nodes: Readonly<Record<string, readonly unknown[]>>): unknown => Object.fromEntries(Object.entries(nodes).map(([field, list]) => [field, [...list as readonly Node[]].sort((a, b) => (a.id < b.id ? -1 : 1))]));

describe.each([["with a process for each ministry", true, all.length], ["with one process for all ministries", false, 1]] as const)("%s", (_how, isApart, processes) => {
  const story = startStory({ isApart });

  test("the ministries have so many processes, and each its own database and role", () => {
    const commands = processesOf(story.home).map((pid) => fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0"));
    expect(commands.filter((command) => command.some((part) => part === "ministry" || part === "ministries")).length).toBe(processes);
    const signIns = all.map(({ name }) => new URL(fs.readFileSync(`${story.home}/keys/${name}-database-url`, "utf8")));
    expect(signIns.map(({ username, pathname }) => [username, pathname])).toEqual(all.map(({ name }) => [name.replaceAll("-", "_"), `/${name.replaceAll("-", "_")}`]));
    expect(new Set(signIns.map(({ password }) => password)).size).toBe(all.length);
  });

  test.each(PERSONAS.flatMap(({ id }) => [[id, "", false] as const, [id, " under a ceiling", true] as const]))("%s gets of every record and portion what the table says%s", async (id, _how, isCeiling) => {
    const answer = await story.as(id, isCeiling ? { ceiling: "CUI" } : {}).query(QUESTION);
    expect(answer.errors).toEqual([]);
    const { nodes, withheld } = wanted(id, isCeiling);
    const got = given(answer);
    expect(byId(got.nodes)).toEqual(byId(nodes));
    expect([...got.withheld].sort()).toEqual([...withheld].sort());
    expect(got.counts).toEqual(Object.fromEntries(Object.entries(nodes).map(([field, list]) => [field, list.length])));
  }, 60_000);

  test("is whole again after a process of ministries was killed; a start that is killed leaves none behind, and the next one is whole", async () => {
    const victims = processesOf(story.home).filter((pid) => fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").some((part) => part === "ministries" || part === "education"));
    expect(victims.length).toBe(1);
    const name = processes === 1 ? "ministries" : "education";
    process.kill(victims[0] ?? 0, "SIGKILL");
    for (let left = 600; left > 0 && !story.said().includes(`${name} answers again`); left -= 1) await wait(100);
    expect(story.said()).toContain(`${name} crashed (was ended by SIGKILL)`);
    const answer = await within(30_000, () => story.as("research-integrity-officer").query(QUESTION), ({ errors }) => errors.length === 0);
    expect(byId(given(answer).nodes)).toEqual(byId(wanted("research-integrity-officer").nodes));
    const nodes = (): readonly number[] => processesOf(story.home).filter((pid) => !fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("postgres"));
    for (const pid of nodes()) if (fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes("start")) process.kill(pid, "SIGKILL");
    for (let left = 600; left > 0 && nodes().length > 0; left -= 1) await wait(100);
    expect(nodes()).toEqual([]);
    await story.restart();
    expect(byId(given(await story.as("research-integrity-officer").query(QUESTION)).nodes)).toEqual(byId(wanted("research-integrity-officer").nodes));
  }, 240_000);
});
