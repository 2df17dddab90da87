/** What a person can ask for and do, read from their view; the input of a step, read from a command line. */
import fs from "node:fs";
import path from "node:path";
import { CommandFailure } from "../../../gateway/cli/exit";
import { eventData } from "../../../gateway/cli/event-stream";
import { Progress } from "../../../gateway/cli/progress";
import { readInput } from "../../../gateway/cli/step-input";
import { ViewOf } from "../../../gateway/cli/view-of";
import { daysUntil, openStates } from "../../../gateway/cli/commands/items";
import { WORKFLOWS } from "../../../subgraphs/kit/workflow/list";

const VIEW = new ViewOf(`type Query { defenseFiles(states: [String!], dueBefore: String, first: Int): Files defenseDocuments(first: Int): Files cyberFiles(states: [String!], dueBefore: String): Files cabinetOfficeNotices: Files }
  type Mutation { defenseApprove(input: ApproveInput!, key: String): File defenseImportRegister(input: RegisterImport!): File acknowledgeNotice(notice: ID!): File }
  type Files { nodes: [File] }  type File { id: ID state: String version: Int title: String }
  input ApproveInput { id: ID! version: Int! decision: String! until: [String!] urgent: Boolean level: Level label: LabelInput count: Int }
  input RegisterImport { register: String! dryRun: Boolean! = false }  input LabelInput { level: String! }  enum Level { LOW }`);
const step = VIEW.step("defense", "approve");
const refused = (act: () => unknown): string => { try { act(); } catch (error) { if (error instanceof CommandFailure) return error.message; throw error; } return "done"; };
const input = (written: Partial<Parameters<typeof readInput>[2]>): Readonly<Record<string, unknown>> => { if (step === undefined) throw new Error("no step"); return readInput("approve", step, { set: [], given: {}, ...written }); };

test("lists of items are those that are narrowed by state and day, of this ministry", () => {
  expect([VIEW.itemLists("defense"), VIEW.itemLists("cyber"), VIEW.itemLists("cabinet-office")]).toEqual([["defenseFiles"], ["cyberFiles"], []]);
  expect([VIEW.has("Query", "cabinetOfficeNotices"), VIEW.has("Query", "economyNotices"), VIEW.has("Subscription", "x")]).toEqual([true, false, false]);
});

test("a step is a mutation with an input; there is none that the view does not have", () => {
  expect(VIEW.steps("defense")).toEqual(["approve"]);
  expect(step).toMatchObject({ mutation: "defenseApprove", inputType: "ApproveInput", answers: ["id", "state", "version"] });
  expect([VIEW.step("defense", "reject"), VIEW.step("cyber", "approve"), VIEW.step("defense", "constructor")]).toEqual([undefined, undefined, undefined]);
});

test("values are of the types that the schema says, and the reason goes where the step has one", () => {
  expect(input({ id: "itm_1", version: "3", reason: "=because", set: ["until=2027-01-01; 2027-01-02", "urgent=true", "level=LOW", 'label={"level":"CUI"}', "count=-4"] }))
    .toEqual({ id: "itm_1", version: 3, decision: "=because", until: ["2027-01-01", "2027-01-02"], urgent: true, level: "LOW", label: { level: "CUI" }, count: -4 });
  expect(input({ given: { id: "a", version: 1, decision: "x" }, set: ["decision=a=b"] })).toEqual({ id: "a", version: 1, decision: "a=b" });
});

test("what the step does not take, what it needs and what is not of its type is refused by name", () => {
  expect(refused(() => input({ id: "a", version: "1", reason: "x", set: ["colour=red"] }))).toContain("takes no colour");
  expect(refused(() => input({ id: "a" }))).toContain("needs version, decision");
  expect(refused(() => input({ id: "a", version: "one", reason: "x" }))).toContain("version cannot be read");
  expect(refused(() => input({ id: "a", version: "1", reason: "x", set: ["urgent=yes"] }))).toContain("urgent cannot be read");
  expect(refused(() => input({ id: "a", version: "1", reason: "x", set: ["label={"] }))).toContain("label cannot be read");
  expect(refused(() => readInput("s", { mutation: "m", inputType: "I", answers: [], fields: [] }, { set: [], given: {}, reason: "x" }))).toContain("takes no reason");
});

test("in the whole graph every list of items is found under the workflow that it is of, and no list belongs to two ministries", () => {
  const view = new ViewOf(fs.readFileSync(path.join(__dirname, "../../../schema/supergraph.graphql"), "utf8"));
  const ministries = ["defense", "economy", "cabinet-secretariat", "cabinet-office", "foreign-affairs", "police", "public-security", "finance", "education", "coast-guard", "cyber"];
  const lists = ministries.flatMap((name) => view.itemLists(name));
  expect(new Set(lists).size).toBe(lists.length);
  expect(lists.length).toBeGreaterThan(50);
  expect(lists.filter((list) => !WORKFLOWS.some(({ plural }) => list.endsWith(plural)))).toEqual([]);
});

test("an item is open while a step leads on, also one that the clock takes", () => {
  const file = WORKFLOWS.find(({ name }) => name === "DesignationFile");
  expect(file && openStates(file)).toEqual(["PROPOSED", "ACTIVE", "CHALLENGED", "LAPSED_HOLD", "TERMINATED"]);
  expect(WORKFLOWS.filter((workflow) => openStates(workflow).length > 20).map(({ name }) => name)).toEqual([]);
});

test("days are counted in Japan, over the end of a month and of daylight saving elsewhere", () => {
  expect([daysUntil("2026-11-01", "2026-10-25"), daysUntil("2026-03-28", "2026-03-30"), daysUntil("2026-02-28", "2026-02-28")]).toEqual([7, -2, 0]);
});

test("the data of an event is taken from results only", () => {
  expect([eventData("event: next\ndata: {\"a\":1}"), eventData(":"), eventData("event: complete\ndata: ")]).toEqual([["{\"a\":1}"], [], []]);
});

test("progress is shown on a terminal and nowhere else", () => {
  const said: string[] = [];
  for (const isTTY of [true, false]) { const progress = new Progress("x", { isTTY, write: (text: string) => said.push(text) }); progress.show(15, 30); progress.show(3, 0); progress.end(); }
  expect(said).toEqual([`\rx [${"#".repeat(15)}${".".repeat(15)}] 15/30 `, `\rx [${".".repeat(30)}] 3 `, "\r\u001b[K"]);
});
