/**
 * An incident (SPEC 15.50): the full report, TLP:RED, for those assigned to the incident in the bodies that it concerns, and within three days a version that can be shared (TLP:AMBER). The two
 * are items of their own under labels of their own; the full one names the shareable one, never the other way round. TLP is a handling mark and decides nothing.
 */
import { type LabelCore, canonical } from "../../../../schema/label";
import { shiftDate } from "../../../../schema/policy";
import { Refusal } from "../../refusal";
import { tokenOfMatter } from "../access/granting";
import { both, clockOnly, fromOwner, withPurpose, withRole } from "../authority";
import { type StepContext, defineWorkflow } from "../declare";
import { openerOf } from "../intelligence/requirement";
import { INCIDENT_CATEGORIES, SHAREABLE_DAYS } from "./incident-policy";

const responder = both(fromOwner, withPurpose("INCIDENT"));
const keptByCyber = ({ name }: { readonly name: string }): boolean => name === "cyber";

async function labelFor({ query, input, ministry: { org } }: StepContext, color: "RED" | "AMBER", audience: { readonly rel: readonly string[]; readonly dist: readonly string[] | "ALL" }): Promise<LabelCore> {
  return canonical({
    policy: "JPN-GOV-DEMO", level: 1, regimes: ["CUI"], need: [await tokenOfMatter(query, input["matter"])],
    owners: { [org]: { rel: audience.rel, disp: audience.rel, dist: audience.dist, orcon: false } }, purposes: "ALL", handling: [String(input["category"]), `TLP:${color}`],
  });
}

export const incidentReport = defineWorkflow({
  name: "IncidentReport", plural: "IncidentReports", description: "The full report of an incident.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"] },
  keptBy: keptByCyber,
  states: ["REPORTED", "OVERDUE", "SHARED", "CLOSED"],
  fields: {
    matter: { kind: "id", description: "Id of the incident's matter." }, category: { kind: "text" }, title: { kind: "localized" }, report: { kind: "long" }, ministries: { kind: "orgs", description: "Bodies that it concerns." },
    shareable: { kind: "id", description: "Id of the version that can be shared." },
  },
  relatesBy: ["matter"],
  steps: {
    REPORT_INCIDENT: {
      from: [], to: "REPORTED", by: responder, mutation: "reportIncident", description: "Reports it in full; a version that can be shared is due in three days.",
      input: { matter: { kind: "id" }, category: { kind: "text", oneOf: INCIDENT_CATEGORIES }, title: { kind: "localized" }, report: { kind: "long" }, ministries: { kind: "orgs" } },
      change: async (context) => ({
        label: await labelFor(context, "RED", { rel: ["JPN"], dist: [context.ministry.org, ...(context.input["ministries"] as readonly string[])] }), owner: context.ministry.org,
        due: shiftDate(context.today, SHAREABLE_DAYS), body: context.input,
      }),
    },
    SHARE_INCIDENT: {
      from: ["REPORTED", "OVERDUE"], to: "SHARED", by: responder, mutation: "shareIncident", description: "Names the version that can be shared.", input: { shareable: { kind: "id" } },
      check: async ({ query, input, item }) => {
        const [edition] = await query("SELECT id FROM item WHERE id = $1 AND workflow = 'IncidentEdition' AND state = 'ISSUED' AND body->>'matter' = $2", [input["shareable"], item?.body["matter"]]);
        if (edition === undefined) throw new Refusal("REFUSED_STATE");
      },
      change: ({ item, input }) => ({ due: null, body: { ...item?.body, shareable: input["shareable"] } }),
    },
    CLOSE_INCIDENT: { from: ["SHARED"], to: "CLOSED", by: responder, mutation: "closeIncident", description: "The incident is over.", input: {}, change: () => ({}) },
    MISS_SHAREABLE: {
      from: ["REPORTED"], to: "OVERDUE", by: clockOnly, mutation: "", description: "", input: {}, onDay: ({ due }, today) => due !== null && due < today, change: () => ({}),
      notify: ({ item }) => [{ subject: openerOf(item), kind: "SHAREABLE_OVERDUE" }],
    },
  },
});

export const incidentEdition = defineWorkflow({
  name: "IncidentEdition", plural: "IncidentEditions", description: "The version of an incident's report that can be shared.",
  // Nations to which one is released are to read it.
  floor: { level: "PUBLIC" },
  keptBy: keptByCyber,
  states: ["ISSUED", "WITHDRAWN"],
  fields: { matter: { kind: "id" }, category: { kind: "text" }, title: { kind: "localized" }, text: { kind: "long" } },
  relatesBy: ["matter"],
  steps: {
    ISSUE_EDITION: {
      from: [], to: "ISSUED", by: responder, mutation: "issueEdition", description: "Issues it to everybody assigned to the incident, abroad only with authority to release.",
      input: { matter: { kind: "id" }, category: { kind: "text", oneOf: INCIDENT_CATEGORIES }, title: { kind: "localized" }, text: { kind: "long" }, rel: { kind: "texts", description: "Nations to which it is released besides Japan." } },
      check: ({ policy, asker, now, input, ministry: { org } }) => {
        const abroad = (input["rel"] as readonly string[]).length > 0;
        if (abroad && !withRole("RELEASE").over({ policy, asker, now }, { owner: org, subject: null, body: {} })) throw new Refusal("REFUSED_ROLE");
      },
      change: async (context) => {
        const { rel, ...body } = context.input;
        return { label: await labelFor(context, "AMBER", { rel: ["JPN", ...(rel as readonly string[])], dist: "ALL" }), owner: context.ministry.org, body };
      },
    },
    WITHDRAW_EDITION: {
      from: ["ISSUED"], to: "WITHDRAWN", by: responder, mutation: "withdrawEdition", description: "Takes it back; another one has to be issued.", input: { reason: { kind: "long" } },
      change: ({ input }) => ({ note: { reason: input["reason"] } }),
    },
  },
});
