/**
 * Complaints (SPEC 15.37): the person complains to the Cabinet Office about an outcome or about how it came about. Handled under purpose COMPLAINT by somebody who took no part in the case; the
 * ministry does not read it, so that it cannot be held against the person.
 */
import { isUnder } from "../../../../schema/label";
import { clearanceAt } from "../../../../schema/policy";
import { Refusal } from "../../refusal";
import { type StepContext, defineWorkflow } from "../declare";
import type { Values } from "../kinds";
import { complaintOffice, personConcerned } from "./authority";
import { findItem } from "./cases";
import { CASE_YEARS, lastDay } from "./demo-policy";
import { CABINET_OFFICE, COMPLAINT_PURPOSES, bodiesOf, isCabinetOffice, vettingFloor, vettingLabelFor } from "./labels";

/** @throws Refusal FOUR_EYES for whoever had a hand in the case, or could have had one where this ministry does not see it: at the body that decided */
async function refuseThoseWhoTookPart(context: StepContext): Promise<void> {
  const { query, asker, item } = context;
  const [part] = await query<{ took: boolean }>("SELECT took_part($1, $2) AS took", [asker.subject.id, item?.body["case"]]);
  const notices = await query<{ employer: string | null }>("SELECT body->>'employer' AS employer FROM item WHERE workflow = 'Vetting' AND body->>'case' = $1", [item?.body["case"]]);
  if (part?.took !== false || notices.length === 0 || notices.some(({ employer }) => employer === null || mayHaveDecided(context, employer))) throw new Refusal("REFUSED_FOUR_EYES");
}

/** Whether somebody belongs to the body that decides, or grants for it. The office for complaints is within the Cabinet Office, so that of it only parts count. */
function mayHaveDecided({ policy, asker: { subject }, now }: StepContext, employer: string): boolean {
  const home = subject.hostOrg ?? subject.org;
  return (employer !== CABINET_OFFICE && home !== undefined && isUnder(home, employer)) || clearanceAt(policy, subject, now).roles.some(({ role, org }) => role === "GRANT" && isUnder(employer, org));
}

/** What the notice says that the complaining person had. @throws Refusal STATE for one that was not theirs */
async function ownNotice(context: StepContext): Promise<Values> {
  const { body, subject } = await findItem(context, "Vetting", context.input["vetting"]);
  if (subject !== context.asker.subject.id) throw new Refusal("REFUSED_STATE");
  return body;
}

export const vettingComplaint = defineWorkflow({
  name: "VettingComplaint", plural: "VettingComplaints", description: "A complaint about a vetting.", floor: vettingFloor(COMPLAINT_PURPOSES), keptBy: isCabinetOffice,
  states: ["FILED", "UPHELD", "DISMISSED", "WITHDRAWN"],
  fields: { case: { kind: "token" }, decision: { kind: "id", description: "What the complaint is about." }, grounds: { kind: "long" }, answer: { kind: "long" } },
  steps: {
    FILE_COMPLAINT: {
      from: [], to: "FILED", by: personConcerned, mutation: "fileVettingComplaint", description: "The person complains.",
      input: { vetting: { kind: "id", description: "The notice that the person had." }, decision: { kind: "id", optional: true, description: "Result or evaluation that it is about." }, grounds: { kind: "long" } },
      change: async (context) => {
        const { vetting: _notice, ...rest } = context.input;
        const body = await ownNotice(context);
        return { label: vettingLabelFor({ need: [String(body["case"])], dist: bodiesOf(body), purposes: COMPLAINT_PURPOSES }), owner: CABINET_OFFICE, subject: context.asker.subject.id, body: { ...rest, case: body["case"] } };
      },
      effect: async (context) => {
        const { query, asker, today } = context;
        const { case: token } = await ownNotice(context);
        const [done] = await query<{ done: boolean }>("SELECT admit_by_purpose($1, $2, 'COMPLAINT', $3, $4) AS done", [asker.subject.id, token, today, lastDay(today, CASE_YEARS)]);
        if (done?.done !== true) throw new Refusal("REFUSED_STATE");
      },
    },
    UPHOLD_COMPLAINT: {
      from: ["FILED"], to: "UPHELD", by: complaintOffice, notBy: ["FILE_COMPLAINT"], mutation: "upholdVettingComplaint", description: "The person is right; the ministry has to evaluate again.", input: { answer: { kind: "long" } },
      check: refuseThoseWhoTookPart, change: ({ item, input }) => ({ body: { ...item?.body, ...input } }), notify: ({ item }) => [{ subject: item?.subject ?? "", kind: "COMPLAINT_UPHELD" }],
    },
    DISMISS_COMPLAINT: {
      from: ["FILED"], to: "DISMISSED", by: complaintOffice, notBy: ["FILE_COMPLAINT"], mutation: "dismissVettingComplaint", description: "The complaint is not well founded, with reasons.", input: { answer: { kind: "long" } },
      check: refuseThoseWhoTookPart, change: ({ item, input }) => ({ body: { ...item?.body, ...input } }), notify: ({ item }) => [{ subject: item?.subject ?? "", kind: "COMPLAINT_DISMISSED" }],
    },
    WITHDRAW_COMPLAINT: {
      from: ["FILED"], to: "WITHDRAWN", by: personConcerned, mutation: "withdrawVettingComplaint", description: "The person takes the complaint back.", input: {}, change: ({ item }) => ({ body: { case: item?.body["case"] } }),
    },
  },
});
