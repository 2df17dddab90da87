/**
 * A requirement (SPEC 15.41): the policy side states what it needs to know, for whom it is to be asked, by when. The label holds its own need-to-know token and exactly the bodies that may be
 * asked: the interest itself is information. What was answered earlier is proposed by lists narrowed to a topic, which hold only what the asker may read; nothing proposed is ever kept.
 */
import { type LabelCore, canonical } from "../../../../schema/label";
import { addYears } from "../../../../schema/policy";
import { Refusal } from "../../refusal";
import { tokenOfMatter } from "../access/granting";
import { both, clockOnly, withPurpose, withRole } from "../authority";
import { type Item, type StepContext, defineWorkflow } from "../declare";
import { LONGEST_YEARS, OUTCOMES } from "./cycle-policy";
import { sourcesOf } from "./sources";

const LEVELS = ["CUI", "CONFIDENTIAL", "SECRET"] as const;
const policySide = both(withRole("PROPOSE"), withPurpose("REQUIREMENTS"));

async function labelFor(context: StepContext): Promise<LabelCore> {
  const { query, input, ministry: { org } } = context;
  const { level, ministries, matter } = input as { readonly level: (typeof LEVELS)[number]; readonly ministries: readonly string[]; readonly matter: string };
  const number = LEVELS.indexOf(level) + 1 as 1 | 2 | 3;
  return canonical({
    policy: "JPN-GOV-DEMO", level: number, regimes: [number === 1 ? "CUI" : "DOC"], need: [await tokenOfMatter(query, matter)],
    owners: { [org]: { rel: ["JPN"], disp: ["JPN"], dist: [org, ...ministries], orcon: false } }, purposes: "ALL", handling: [],
  });
}

/** Who opened an item. */
export function openerOf(item: Item | undefined): string { return item?.steps[0]?.actor ?? ""; }

export const requirement = defineWorkflow({
  name: "Requirement", plural: "Requirements", description: "What the policy side needs to know, and by when.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"] },
  keptBy: ({ name }) => name === "cabinet-secretariat",
  states: ["STATED", "OVERDUE", "CLOSED"],
  fields: {
    matter: { kind: "id", description: "Id of the matter whose token it needs." }, title: { kind: "localized" }, question: { kind: "long" }, topics: { kind: "texts", description: "By which earlier answers are found." },
    ministries: { kind: "orgs", description: "Bodies that may be asked." }, outcome: { kind: "text" }, answers: { kind: "texts", description: "Ids of the products that answered it." },
  },
  relatesBy: ["topics", "matter"],
  steps: {
    STATE_REQUIREMENT: {
      from: [], to: "STATED", by: policySide, mutation: "stateRequirement", description: "States what has to be known.",
      input: {
        matter: { kind: "id" }, title: { kind: "localized" }, question: { kind: "long" }, topics: { kind: "texts" }, ministries: { kind: "orgs" }, level: { kind: "text", oneOf: LEVELS },
        due: { kind: "day", description: "Day by which it has to be answered; at most a year from now." },
      },
      check: ({ input, today }) => {
        const { due, ministries } = input as { readonly due: string; readonly ministries: readonly string[] };
        if (due < today || ministries.length === 0) throw new Refusal("BAD_USER_INPUT");
        if (due > addYears(today, LONGEST_YEARS)) throw new Refusal("REFUSED_LIMIT");
      },
      change: async (context) => {
        const { level: _level, due, ...body } = context.input;
        return { label: await labelFor(context), owner: context.ministry.org, due: String(due), body };
      },
    },
    CLOSE_REQUIREMENT: {
      from: ["STATED", "OVERDUE"], to: "CLOSED", by: policySide, mutation: "closeRequirement", description: "Closes it: answered, answered by what was there, or no longer needed.",
      input: { outcome: { kind: "text", oneOf: OUTCOMES }, answers: { kind: "texts", description: "Ids of products; none where it is no longer needed." } },
      check: async (context) => {
        const { outcome, answers } = context.input as { readonly outcome: string; readonly answers: readonly string[] };
        if ((outcome === "NO_LONGER_NEEDED") !== (answers.length === 0)) throw new Refusal("BAD_USER_INPUT");
        await sourcesOf(context, answers);
      },
      change: ({ item, input }) => ({ due: null, body: { ...item?.body, outcome: input["outcome"], answers: input["answers"] } }),
    },
    MISS_REQUIREMENT: {
      from: ["STATED"], to: "OVERDUE", by: clockOnly, mutation: "", description: "", input: {}, onDay: ({ due }, today) => due !== null && due < today, change: () => ({}),
      notify: ({ item }) => [{ subject: openerOf(item), kind: "REQUIREMENT_OVERDUE" }],
    },
  },
});
