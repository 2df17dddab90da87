/**
 * Need-to-know on request (SPEC 15.10): someone asks for access to a matter of which they may know that it exists; an officer who may grant for its issuer, another person, decides. A
 * request names the matter by its opaque id, never the token, which may be a codeword that the asker has no right to. Access has an end, on which the clock withdraws it.
 */
import type { LabelCore } from "../../../../schema/label";
import { addYears } from "../../../../schema/policy";
import { isUnder } from "../../../../schema/label";
import { ASSIGNMENT_ROLES } from "../../graph/inputs";
import { Refusal } from "../../refusal";
import { anybody, asSubject, clockOnly, withRole } from "../authority";
import { type StepContext, defineWorkflow } from "../declare";
import { issuerFor, labelNaming, tokenOf } from "./granting";

/** Years for which access may be asked at a time. */
const LONGEST_YEARS = 1;

/** A request is read in the body that asks and in the ministry that decides, by those who may know of the matter. */
function requestLabel({ ministry, asker: { subject } }: StepContext): LabelCore {
  const home = subject.hostOrg ?? subject.org;
  const dist = [ministry.org, ...(home === undefined || isUnder(home, ministry.org) ? [] : [home])].sort();
  return { policy: "JPN-GOV-DEMO", level: 1, regimes: ["CUI"], need: [], owners: { [ministry.org]: { rel: ["JPN"], disp: ["JPN"], dist, orcon: false } }, purposes: "ALL", handling: [] };
}

async function end({ query, item, asker, input }: StepContext, token: string): Promise<void> {
  await query("SELECT revoke_assignment($1, $2, $3, $4)", [asker.subject.id, item?.subject, token, input["reason"] ?? "the time agreed upon is over"]);
}

export const accessRequest = defineWorkflow({
  name: "AccessRequest", plural: "AccessRequests", description: "A request for access to a matter.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"] },
  keptBy: () => true,
  states: ["REQUESTED", "GRANTED", "REFUSED", "WITHDRAWN", "ENDED"],
  fields: {
    matter: { kind: "id", description: "Id of the matter." }, role: { kind: "text" }, from: { kind: "day" }, until: { kind: "day" }, reason: { kind: "long", description: "Why access is needed." },
    decision: { kind: "long", description: "Why it was granted or refused." },
  },
  steps: {
    REQUEST_ACCESS: {
      from: [], to: "REQUESTED", by: anybody, mutation: "requestAccess", description: "Asks for access to a matter of which the asker knows.",
      input: { matter: { kind: "id" }, role: { kind: "text", oneOf: Object.keys(ASSIGNMENT_ROLES) }, from: { kind: "day" }, until: { kind: "day" }, reason: { kind: "long" } },
      check: async ({ query, input, today }) => {
        const { from, until } = input as { readonly from: string; readonly until: string };
        if (until < from || until < today) throw new Refusal("BAD_USER_INPUT");
        if (until > addYears(from < today ? today : from, LONGEST_YEARS)) throw new Refusal("REFUSED_LIMIT");
        const known = await query("SELECT id FROM matter WHERE id = $1", [input["matter"]]);
        if (known.length === 0) throw new Refusal("REFUSED_STATE");
      },
      change: async (context) => ({
        label: await labelNaming(context, context.input["matter"], requestLabel(context)), owner: context.ministry.org, subject: context.asker.subject.id, body: context.input,
      }),
    },
    GRANT_ACCESS: {
      from: ["REQUESTED"], to: "GRANTED", by: withRole("GRANT"), notBy: ["REQUEST_ACCESS"], mutation: "grantAccess", description: "Grants what was asked for.",
      input: { decision: { kind: "long" } },
      change: ({ item, input }) => ({ due: String(item?.body["until"]), body: { ...item?.body, decision: input["decision"] } }),
      effect: async (context) => {
        const { query, item, asker, input, today } = context;
        if (String(item?.body["until"]) < today) throw new Refusal("REFUSED_LIMIT");
        const token = await tokenOf(context);
        const issuer = await issuerFor(context, token);
        const { role, from, until } = item?.body ?? {};
        const [done] = await query<{ done: boolean }>("SELECT grant_assignment($1, $2, $3, $4, $5, $6, $7, $8) AS done", [asker.subject.id, item?.subject, token, role, from, until, issuer, input["decision"]]);
        if (done?.done !== true) throw new Refusal("REFUSED_STATE");
      },
      notify: ({ item }) => [{ subject: item?.subject ?? "", kind: "ACCESS_GRANTED" }],
    },
    REFUSE_ACCESS: {
      from: ["REQUESTED"], to: "REFUSED", by: withRole("GRANT"), notBy: ["REQUEST_ACCESS"], mutation: "refuseAccess", description: "Refuses it, with reasons.",
      input: { decision: { kind: "long" } },
      change: ({ item, input }) => ({ body: { ...item?.body, decision: input["decision"] } }),
      notify: ({ item }) => [{ subject: item?.subject ?? "", kind: "ACCESS_REFUSED" }],
    },
    WITHDRAW_ACCESS_REQUEST: {
      from: ["REQUESTED"], to: "WITHDRAWN", by: asSubject, mutation: "withdrawAccessRequest", description: "Takes the request back.", input: {}, change: () => ({}),
    },
    END_ACCESS: {
      from: ["GRANTED"], to: "ENDED", by: withRole("GRANT"), mutation: "endAccess", description: "Ends access at once.", input: { reason: { kind: "long" } },
      change: ({ input }) => ({ due: null, note: { reason: input["reason"] } }),
      effect: async (context) => {
        const token = await tokenOf(context);
        await issuerFor(context, token);
        await end(context, token);
      },
      notify: ({ item }) => [{ subject: item?.subject ?? "", kind: "ACCESS_ENDED" }],
    },
    EXPIRE_ACCESS: {
      from: ["GRANTED"], to: "ENDED", by: clockOnly, mutation: "", description: "", input: {}, onDay: ({ due }, today) => due !== null && due < today,
      change: () => ({ due: null }),
      effect: async (context) => { await end(context, await tokenOf(context)); },
      notify: ({ item }) => [{ subject: item?.subject ?? "", kind: "ACCESS_ENDED" }],
    },
  },
});
