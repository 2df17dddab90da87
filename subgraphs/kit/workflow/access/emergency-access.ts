/**
 * Emergency access, break-glass (SPEC 15.40): somebody whose body may ask for it asks, a second person who grants for the issuer of the matter confirms, it ends with the day in Japan on
 * which it was confirmed, and a third person reviews it within a set number of days. It gives need-to-know only: clearance, distribution and release are decided as ever.
 */
import { type LabelCore, isUnder } from "../../../../schema/label";
import { shiftDate } from "../../../../schema/policy";
import { Refusal } from "../../refusal";
import { asSubject, both, clockOnly, inOwnBody, withPurpose, withRole } from "../authority";
import { type Change, type StepContext, defineWorkflow } from "../declare";
import { EMERGENCY_PURPOSES, FINDINGS, OVERSIGHT_BODY, REVIEW_DAYS } from "./emergency-policy";
import { issuerFor, labelNaming, noticesToHolders, tokenOf } from "./granting";

const NOT_REVIEWED = ["ASKED", "OPEN", "TO_REVIEW", "REVIEW_OVERDUE"] as const;

/** Read in the body that asks, in the ministry whose matter it is and by oversight, for what each has to do with it. */
function emergencyLabel({ ministry, asker: { subject } }: StepContext): LabelCore {
  const home = subject.hostOrg ?? subject.org;
  const dist = [OVERSIGHT_BODY, ministry.org, ...(home === undefined ? [] : [home])].filter((org, at, all) => !all.some((other, place) => place !== at && other !== org && isUnder(org, other))).sort();
  return {
    policy: "JPN-GOV-DEMO", level: 1, regimes: ["CUI"], need: [], owners: { [ministry.org]: { rel: ["JPN"], disp: ["JPN"], dist: [...new Set(dist)], orcon: false } }, purposes: EMERGENCY_PURPOSES, handling: [],
  };
}

const decide = ({ item, input }: StepContext): Change => ({ due: null, body: { ...item?.body, decision: input["decision"] } });
/** The days of the review count from the last day of access, however late that is noticed. */
const endOn = (day: string, note?: Change["note"]): Change => ({ due: shiftDate(day, REVIEW_DAYS), ...(note === undefined ? {} : { note }) });

/** Withdraws what this item gave; what was granted to the same person otherwise meanwhile stays. */
async function withdraw(context: StepContext): Promise<void> {
  const { query, item, asker, input } = context;
  const token = await tokenOf(context);
  const [held] = await query<{ reason: string; until: string }>("SELECT reason, until FROM assignment WHERE subject = $1 AND token = $2", [item?.subject, token]);
  if (held?.reason !== reasonOf(context.id) || held.until !== item?.body["until"]) return;
  await query("SELECT revoke_assignment($1, $2, $3, $4)", [asker.subject.id, item?.subject, token, input["reason"] ?? "the day of the emergency access is over"]);
}
const reasonOf = (id: string): string => `emergency access ${id}`;

export const emergencyAccess = defineWorkflow({
  name: "EmergencyAccess", plural: "EmergencyAccesses", description: "Access to a matter in an emergency, by two persons, for one day, reviewed afterwards.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"] },
  keptBy: () => true,
  states: ["ASKED", "OPEN", "REFUSED", "LAPSED", "TO_REVIEW", "REVIEW_OVERDUE", "REVIEWED"],
  fields: {
    matter: { kind: "id", description: "Id of the matter." }, emergency: { kind: "long", description: "What the emergency is, and why the ordinary way is too slow." }, until: { kind: "day", description: "Last day of access, in Japan." },
    decision: { kind: "long", description: "Why it was confirmed or refused." }, finding: { kind: "text" }, report: { kind: "long", description: "What the review found." },
  },
  steps: {
    ASK_EMERGENCY_ACCESS: {
      from: [], to: "ASKED", by: both(inOwnBody("BREAK_GLASS"), withPurpose("INCIDENT")), mutation: "askEmergencyAccess",
      description: "Asks for access to a matter for the rest of the day. Only one for a matter until it is reviewed.", input: { matter: { kind: "id" }, emergency: { kind: "long" } },
      check: async ({ query, input, asker }) => {
        if ((await query("SELECT id FROM matter WHERE id = $1", [input["matter"]])).length === 0) throw new Refusal("REFUSED_STATE");
        const before = await query("SELECT id FROM item WHERE workflow = 'EmergencyAccess' AND subject = $1 AND body->>'matter' = $2 AND state = ANY($3)", [asker.subject.id, input["matter"], NOT_REVIEWED]);
        if (before.length > 0) throw new Refusal("REFUSED_LIMIT");
      },
      change: async (context) => ({
        label: await labelNaming(context, context.input["matter"], emergencyLabel(context)), owner: context.ministry.org, subject: context.asker.subject.id, due: context.today, body: context.input,
      }),
      notify: (context) => noticesToHolders(context, ["GRANT", "APPROVE"], "EMERGENCY_ACCESS_ASKED"),
    },
    CONFIRM_EMERGENCY_ACCESS: {
      from: ["ASKED"], to: "OPEN", by: withRole("GRANT"), notBy: ["ASK_EMERGENCY_ACCESS"], mutation: "confirmEmergencyAccess",
      description: "Opens access until the end of the day in Japan.", input: { decision: { kind: "long" } },
      change: ({ item, input, today }) => ({ due: today, body: { ...item?.body, decision: input["decision"], until: today } }),
      effect: async (context) => {
        const { query, item, asker, today, id } = context;
        const token = await tokenOf(context);
        const issuer = await issuerFor(context, token);
        const [done] = await query<{ done: boolean }>("SELECT grant_assignment($1, $2, $3, 'READER', $4, $4, $5, $6) AS done", [asker.subject.id, item?.subject, token, today, issuer, reasonOf(id)]);
        if (done?.done !== true) throw new Refusal("REFUSED_STATE");
      },
      notify: async (context) => [{ subject: context.item?.subject ?? "", kind: "EMERGENCY_ACCESS_OPENED" }, ...await noticesToHolders(context, ["GRANT", "APPROVE"], "EMERGENCY_ACCESS_OPENED")],
    },
    REFUSE_EMERGENCY_ACCESS: {
      from: ["ASKED"], to: "REFUSED", by: withRole("GRANT"), notBy: ["ASK_EMERGENCY_ACCESS"], mutation: "refuseEmergencyAccess", description: "Refuses it, with reasons.", input: { decision: { kind: "long" } },
      change: decide, notify: ({ item }) => [{ subject: item?.subject ?? "", kind: "EMERGENCY_ACCESS_REFUSED" }],
    },
    LAPSE_EMERGENCY_ACCESS: {
      from: ["ASKED"], to: "LAPSED", by: clockOnly, mutation: "", description: "", input: {}, onDay: ({ due }, today) => due !== null && due < today, change: () => ({ due: null }),
    },
    RETURN_EMERGENCY_ACCESS: {
      from: ["OPEN"], to: "TO_REVIEW", by: asSubject, mutation: "returnEmergencyAccess", description: "Gives access back when the emergency is over.", input: { reason: { kind: "long" } },
      change: ({ input, today }) => endOn(today, { reason: input["reason"] }), effect: withdraw, notify: (context) => noticesToHolders(context, ["GRANT", "APPROVE"], "EMERGENCY_ACCESS_TO_REVIEW"),
    },
    END_EMERGENCY_ACCESS: {
      from: ["OPEN"], to: "TO_REVIEW", by: withRole("GRANT"), mutation: "endEmergencyAccess", description: "Ends access at once.", input: { reason: { kind: "long" } },
      change: ({ input, today }) => endOn(today, { reason: input["reason"] }),
      effect: async (context) => { await issuerFor(context, await tokenOf(context)); await withdraw(context); },
      notify: async (context) => [{ subject: context.item?.subject ?? "", kind: "EMERGENCY_ACCESS_ENDED" }, ...await noticesToHolders(context, ["APPROVE"], "EMERGENCY_ACCESS_TO_REVIEW")],
    },
    EXPIRE_EMERGENCY_ACCESS: {
      from: ["OPEN"], to: "TO_REVIEW", by: clockOnly, mutation: "", description: "", input: {}, onDay: ({ due }, today) => due !== null && due < today,
      change: ({ item, today }) => endOn(item?.due ?? today), effect: withdraw,
      notify: async (context) => [{ subject: context.item?.subject ?? "", kind: "EMERGENCY_ACCESS_ENDED" }, ...await noticesToHolders(context, ["GRANT", "APPROVE"], "EMERGENCY_ACCESS_TO_REVIEW")],
    },
    MISS_EMERGENCY_REVIEW: {
      from: ["TO_REVIEW"], to: "REVIEW_OVERDUE", by: clockOnly, mutation: "", description: "", input: {}, onDay: ({ due }, today) => due !== null && due < today, change: () => ({}),
      notify: (context) => noticesToHolders(context, ["GRANT", "APPROVE"], "EMERGENCY_REVIEW_OVERDUE"),
    },
    REVIEW_EMERGENCY_ACCESS: {
      from: ["TO_REVIEW", "REVIEW_OVERDUE"], to: "REVIEWED", by: withRole("APPROVE", "AUDIT"),
      notBy: ["ASK_EMERGENCY_ACCESS", "CONFIRM_EMERGENCY_ACCESS", "END_EMERGENCY_ACCESS"], mutation: "reviewEmergencyAccess", description: "Says, as a third person, whether it was justified.",
      input: { finding: { kind: "text", oneOf: FINDINGS }, report: { kind: "long" } },
      change: ({ item, input }) => ({ due: null, body: { ...item?.body, finding: input["finding"], report: input["report"] } }),
      notify: async (context) => [{ subject: context.item?.subject ?? "", kind: "EMERGENCY_ACCESS_REVIEWED" }, ...await noticesToHolders(context, ["GRANT"], "EMERGENCY_ACCESS_REVIEWED")],
    },
  },
});
