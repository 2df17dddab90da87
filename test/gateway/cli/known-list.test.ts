/** The list of known operations as the commands ask them (SPEC 19): the committed one, against the workflows that there are. */
import { Kind, parse } from "graphql";
import { openStates } from "../../../gateway/cli/commands/items";
import { ITEM_OPERATIONS, KnownList } from "../../../gateway/cli/known-list";
import { OPERATIONS, operationsIn } from "../../../gateway/cli/operation-files";
import { schemaFile } from "../../../gateway/cli/root";
import { WORKFLOWS } from "../../../subgraphs/kit/workflow/list";
import { MINISTRY_NAMES } from "../../../subgraphs/names";

const LIST = new KnownList();
const TEXTS = operationsIn(schemaFile(OPERATIONS));
const workflowOf = (field: string): (typeof WORKFLOWS)[number] | undefined => WORKFLOWS.find(({ plural }) => /^[a-z]+(?:[A-Z][a-z]+)*$/.test(field) && field.endsWith(plural) && MINISTRY_NAMES.some((name) => `${name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())}${plural}` === field));
const rootFields = (text: string): readonly string[] => parse(text).definitions.flatMap((each) => (each.kind === Kind.OPERATION_DEFINITION && each.operation === "query" ? each.selectionSet.selections.flatMap((field) => (field.kind === Kind.FIELD ? [field.name.value] : [])) : []));

test("every listed change of an item is a step that can be taken from a command line, by its listed document", () => {
  const changes = TEXTS.filter((text) => text.startsWith("mutation ") && !text.startsWith("mutation AcknowledgeNotice("));
  const steps = MINISTRY_NAMES.flatMap((ministry) => LIST.steps(ministry).map((name) => LIST.step(ministry, name)));
  expect(steps.map((step) => step?.document ?? "").sort()).toEqual([...changes].sort());
  expect(steps.filter((step) => step === undefined || step.fields.length === 0)).toEqual([]);
});

test("a step that is not listed is none, and neither is one of another ministry", () => {
  expect(LIST.step("economy", "answerAgency")).toMatchObject({ mutation: "economyAnswerAgency", inputType: "AnswerAgencyInput", document: expect.stringContaining("mutation AnswerAgency(") as string });
  expect([LIST.step("economy", "sendToFirm"), LIST.step("defense", "answerAgency"), LIST.step("cabinet-office", "assessFacility"), LIST.step("economy", "constructor")]).toEqual([undefined, undefined, undefined, undefined]);
});

test("open items are asked for in the states from which a step leads on, and of nothing but their state and day", () => {
  const { text, fields, takesDay } = LIST.listed("OpenItems");
  expect(takesDay).toBe(true);
  const asked = [...text.replaceAll(/\s+/g, " ").matchAll(/(\w+)\( ?first: 200,? states: \[([^\]]*)\],? dueBefore: \$before ?\) \{ totalCount nodes \{ id state version owner due \} \}/g)].map(([, field = "", states = ""]) => [field, [...states.matchAll(/\w+/g)].map(([state]) => state)]);
  expect(asked.map(([field]) => field)).toEqual(fields);
  for (const [field, states] of asked) { const workflow = workflowOf(String(field)); expect([field, states]).toEqual([field, workflow === undefined ? undefined : openStates(workflow)]); }
});

test("whatever items any listed operation shows are asked for, but those to which no listed step leads on", () => {
  const shown = new Set(ITEM_OPERATIONS.flatMap(({ name }) => LIST.listed(name).fields));
  const led = new Set(MINISTRY_NAMES.flatMap((ministry) => LIST.steps(ministry)));
  const lists = TEXTS.flatMap(rootFields).filter((field) => Object.values(workflowOf(field)?.steps ?? {}).some(({ mutation, from }) => from.length > 0 && led.has(mutation)));
  expect(lists.length).toBeGreaterThan(8);
  expect(lists.filter((field) => !shown.has(field))).toEqual([]);
});

test("streams are of notices and of changes of items of the ministries that deal with firms", () => {
  const streams = (list: "Items" | "Notices"): readonly string[] => MINISTRY_NAMES.filter((ministry) => LIST.stream(ministry, list) !== undefined);
  expect([[...streams("Notices")].sort(), [...streams("Items")].sort()]).toEqual([["cabinet-office", "defense", "economy"], ["cabinet-office", "defense", "economy"]]);
});
