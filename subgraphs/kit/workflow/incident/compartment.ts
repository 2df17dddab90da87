/**
 * A compartment for an incident (SPEC 15.51): one person asks, another who may grant opens it with a token of its own; all its assignments end with it, on a day that only a decision moves, by
 * at most thirty days. The token is random: it says nothing of the incident. Closing it, or its day, takes everybody out at once.
 */
import { randomBytes } from "node:crypto";
import { canonical } from "../../../../schema/label";
import { existenceOf, shiftDate } from "../../../../schema/policy";
import { Refusal } from "../../refusal";
import { assignmentLabel, matterLabel } from "../../register-labels";
import { tokenOf } from "../access/granting";
import { both, clockOnly, either, fromOwner, withPurpose, withRole } from "../authority";
import { type StepContext, defineWorkflow } from "../declare";
import { COMPARTMENT_DAYS, MOST_MEMBERS } from "./incident-policy";

const PURPOSES = ["ACCESS-DECISION", "DESIGNATION", "INCIDENT"] as const;

function requireDay({ today, item }: StepContext, until: unknown): void {
  const day = String(until);
  const from = item?.due !== null && item?.due !== undefined && item.due > today ? item.due : today;
  if (day < today) throw new Refusal("BAD_USER_INPUT");
  if (day > shiftDate(from, COMPARTMENT_DAYS)) throw new Refusal("REFUSED_LIMIT");
}

const membersOf = ({ item }: StepContext): readonly string[] => item?.body["members"] as readonly string[];

/** Everybody is told, without being told more than that. */
const told = (context: StepContext, kind: string): readonly { readonly subject: string; readonly kind: string }[] => membersOf(context).map((subject) => ({ subject, kind }));

async function close(context: StepContext, reason: string): Promise<void> {
  const [done] = await context.query<{ done: boolean }>("SELECT close_compartment($1, $2, $3) AS done", [context.asker.subject.id, await tokenOf(context), reason]);
  if (done?.done !== true) throw new Refusal("REFUSED_STATE");
}

async function issue(context: StepContext): Promise<void> {
  const { query, intern, ministry: { org }, asker, item, today, id, input } = context;
  const token = `INC-${randomBytes(5).toString("hex").toUpperCase()}`;
  const matter = { issuer: org, existenceLevel: 1, rel: ["JPN"], token } as const;
  const core = canonical(matterLabel(matter));
  const title = item?.body["title"] as { readonly ja: string; readonly en: string };
  const values = [asker.subject.id, `mtr_${id}`, token, org, await intern(core, { existence: existenceOf(core, 1) }), await intern(canonical(assignmentLabel(token, org))), title.ja, title.en, today, input["until"],
    [...new Set([...membersOf(context), asker.subject.id])], `compartment ${id}`];
  const [done] = await query<{ done: boolean }>("SELECT issue_compartment($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) AS done", values);
  if (done?.done !== true) throw new Refusal("REFUSED_STATE");
}

export const compartment = defineWorkflow({
  name: "Compartment", plural: "Compartments", description: "A compartment for an incident, with a token of its own and a last day.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"] },
  keptBy: () => true,
  states: ["ASKED", "OPEN", "REFUSED", "CLOSED"],
  fields: { title: { kind: "localized" }, reason: { kind: "long" }, members: { kind: "subjects" }, matter: { kind: "id", description: "Id of the matter that was made for it." }, decision: { kind: "long" } },
  steps: {
    ASK_COMPARTMENT: {
      from: [], to: "ASKED", by: either(both(withRole("PROPOSE"), withPurpose(...PURPOSES)), both(fromOwner, withPurpose("INCIDENT"))), mutation: "askCompartment", description: "Asks for a compartment with these members.",
      input: { title: { kind: "localized" }, reason: { kind: "long" }, members: { kind: "subjects" } },
      check: ({ input }) => { if ((input["members"] as readonly string[]).length > MOST_MEMBERS) throw new Refusal("REFUSED_LIMIT"); },
      change: ({ ministry: { org }, asker, input }) => ({
        label: canonical({ policy: "JPN-GOV-DEMO", level: 1, regimes: ["CUI"], need: [], owners: { [org]: { rel: ["JPN"], disp: ["JPN"], dist: [org], orcon: false } }, purposes: PURPOSES, handling: [] }),
        owner: org, body: { ...input, members: [...new Set([...(input["members"] as readonly string[]), asker.subject.id])] },
      }),
    },
    OPEN_COMPARTMENT: {
      from: ["ASKED"], to: "OPEN", by: withRole("GRANT"), notBy: ["ASK_COMPARTMENT"], mutation: "openCompartment", description: "Opens it until a day, with a new token; whoever opens it is a member.",
      input: { until: { kind: "day" }, decision: { kind: "long" } },
      check: (context) => { requireDay(context, context.input["until"]); },
      change: (context) => {
        const { item, input, id, asker } = context;
        return { due: String(input["until"]), body: { ...item?.body, decision: input["decision"], matter: `mtr_${id}`, members: [...new Set([...membersOf(context), asker.subject.id])] } };
      },
      effect: issue, notify: (context) => told(context, "COMPARTMENT_OPENED"),
    },
    REFUSE_COMPARTMENT: {
      from: ["ASKED"], to: "REFUSED", by: withRole("GRANT"), notBy: ["ASK_COMPARTMENT"], mutation: "refuseCompartment", description: "Refuses it, with reasons.", input: { decision: { kind: "long" } },
      change: ({ item, input }) => ({ body: { ...item?.body, decision: input["decision"] } }),
    },
    EXTEND_COMPARTMENT: {
      from: ["OPEN"], to: "OPEN", by: withRole("GRANT"), notBy: ["ASK_COMPARTMENT"], mutation: "extendCompartment", description: "Moves its last day, by at most thirty days.", input: { until: { kind: "day" }, reason: { kind: "long" } },
      check: (context) => { requireDay(context, context.input["until"]); },
      change: ({ input }) => ({ due: String(input["until"]), note: { reason: input["reason"] } }),
      effect: async (context) => {
        const { query, asker, input } = context;
        const [done] = await query<{ done: boolean }>("SELECT extend_compartment($1, $2, $3, $4) AS done", [asker.subject.id, await tokenOf(context), input["until"], input["reason"]]);
        if (done?.done !== true) throw new Refusal("REFUSED_STATE");
      },
    },
    CLOSE_COMPARTMENT: {
      from: ["OPEN"], to: "CLOSED", by: withRole("GRANT"), mutation: "closeCompartment", description: "Takes everybody out at once.", input: { reason: { kind: "long" } },
      change: ({ input }) => ({ due: null, note: { reason: input["reason"] } }), effect: (context) => close(context, String(context.input["reason"])), notify: (context) => told(context, "COMPARTMENT_CLOSED"),
    },
    EXPIRE_COMPARTMENT: {
      from: ["OPEN"], to: "CLOSED", by: clockOnly, mutation: "", description: "", input: {}, onDay: ({ due }, today) => due !== null && due < today, change: () => ({ due: null }),
      effect: (context) => close(context, "its last day is over"), notify: (context) => told(context, "COMPARTMENT_CLOSED"),
    },
  },
});
