/**
 * A tasking (SPEC 15.42): one body is asked to answer a requirement by a day. It is read by Cabinet Secretariat and that body alone, so that nobody learns from it who else was asked. What a
 * ministry answers stays with the ministry; here it is noted that it did, or why not, and who was asked next.
 */
import { type LabelCore, canonical, isUnder } from "../../../../schema/label";
import { Refusal } from "../../refusal";
import { both, clockOnly, withPurpose, withRole } from "../authority";
import { type StepContext, defineWorkflow } from "../declare";
import { CYCLE_PURPOSES, DECLINE_REASONS } from "./cycle-policy";
import { openerOf } from "./requirement";
import { coreOf } from "./sources";

const OPEN = ["TASKED", "OVERDUE", "ESCALATED"] as const;
const tasker = both(withRole("PROPOSE"), withPurpose(...CYCLE_PURPOSES));

interface Required { readonly due: string; readonly ministries: readonly string[]; readonly label: LabelCore }

/** @throws Refusal STATE when there is no open requirement of that id for the asker */
async function requirementOf({ query, input }: StepContext): Promise<Required> {
  const [row] = await query<Required>(`SELECT i.due, i.body->'ministries' AS ministries, l.body AS label FROM item i JOIN label l ON l.id = i.label_id
    WHERE i.id = $1 AND i.workflow = 'Requirement' AND i.state IN ('STATED', 'OVERDUE')`, [input["requirement"]]);
  if (row === undefined) throw new Refusal("REFUSED_STATE");
  return row;
}

export const tasking = defineWorkflow({
  name: "Tasking", plural: "Taskings", description: "A body is asked to answer a requirement by a day.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"] },
  keptBy: ({ name }) => name === "cabinet-secretariat",
  states: ["TASKED", "OVERDUE", "ESCALATED", "ANSWERED", "DECLINED"],
  fields: {
    requirement: { kind: "id" }, ministry: { kind: "org", description: "The body that is asked." }, question: { kind: "long" }, response: { kind: "id", description: "Id of what the ministry answered." },
    reason: { kind: "text", description: "Why the ministry declined." }, escalatedTo: { kind: "subject" }, escalations: { kind: "number" },
  },
  relatesBy: ["requirement", "ministry"],
  steps: {
    TASK_MINISTRY: {
      from: [], to: "TASKED", by: tasker, mutation: "taskMinistry", description: "Asks a body for which the requirement is meant, through one of its officers.",
      input: { requirement: { kind: "id" }, ministry: { kind: "org" }, officer: { kind: "subject", description: "Who is told of it." }, question: { kind: "long" }, due: { kind: "day" } },
      check: async (context) => {
        const { ministry, due } = context.input as { readonly ministry: string; readonly due: string };
        if (due < context.today) throw new Refusal("BAD_USER_INPUT");
        const required = await requirementOf(context);
        if (!required.ministries.some((body) => isUnder(ministry, body))) throw new Refusal("REFUSED_STATE");
        if (due > required.due && required.due >= context.today) throw new Refusal("REFUSED_LIMIT");
      },
      change: async (context) => {
        const { requirement, ministry, question, officer, due } = context.input;
        const { subject } = context.asker;
        const { org } = context.ministry;
        const core = coreOf((await requirementOf(context)).label);
        const own = core.owners[org];
        if (own === undefined) throw new Refusal("REFUSED_STATE");
        return {
          label: canonical({ ...core, owners: { ...core.owners, [org]: { ...own, dist: [org, String(ministry)] } } }), owner: subject.org ?? org, subject: String(officer), due: String(due),
          body: { requirement, ministry, question, escalations: 0 },
        };
      },
      notify: ({ input }) => [{ subject: String(input["officer"]), kind: "TASKED" }],
    },
    NOTE_RESPONSE: {
      from: OPEN, to: "ANSWERED", by: tasker, mutation: "noteResponse", description: "Notes the answer that the ministry keeps.", input: { response: { kind: "id" } },
      change: ({ item, input }) => ({ due: null, body: { ...item?.body, response: input["response"] } }),
    },
    NOTE_DECLINED: {
      from: OPEN, to: "DECLINED", by: tasker, mutation: "noteDeclined", description: "Notes that the ministry declined, with its reason.", input: { response: { kind: "id" }, reason: { kind: "text", oneOf: DECLINE_REASONS } },
      change: ({ item, input }) => ({ due: null, body: { ...item?.body, response: input["response"], reason: input["reason"] } }),
    },
    ESCALATE_TASKING: {
      from: ["TASKED", "OVERDUE", "DECLINED"], to: "ESCALATED", by: tasker, mutation: "escalateTasking", description: "Asks again, higher up, when there is no answer or a refusal.",
      input: { to: { kind: "subject", description: "Who is asked now." }, reason: { kind: "long" }, due: { kind: "day" } },
      check: ({ input, today }) => { if (String(input["due"]) < today) throw new Refusal("BAD_USER_INPUT"); },
      change: ({ item, input }) => ({ due: String(input["due"]), body: { ...item?.body, escalatedTo: input["to"], escalations: Number(item?.body["escalations"]) + 1 }, note: { reason: input["reason"] } }),
      notify: ({ item, input }) => [...new Set([String(input["to"]), item?.subject ?? ""])].map((subject) => ({ subject, kind: "TASKING_ESCALATED" })),
    },
    MISS_TASKING: {
      from: ["TASKED", "ESCALATED"], to: "OVERDUE", by: clockOnly, mutation: "", description: "", input: {}, onDay: ({ due }, today) => due !== null && due < today, change: () => ({}),
      notify: ({ item }) => [...new Set([item?.subject ?? "", openerOf(item)])].map((subject) => ({ subject, kind: "TASKING_OVERDUE" })),
    },
  },
});
