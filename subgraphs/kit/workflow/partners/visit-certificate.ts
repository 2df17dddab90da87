/**
 * Certificates for visits and meetings among those who are cleared (SPEC 15.72): who may visit which partner, with which level, until when, and nothing else. The ministry's register of eligibilities says
 * whether it may be issued, and no part of what is in it (regime, basis, investigation, terms) gets into the certificate. Until it is issued it stays in the ministry; then the partner may have it.
 */
import { type LabelCore, isUnder } from "../../../../schema/label";
import { addYears, mayGoOut, suspendedFor } from "../../../../schema/policy";
import { Refusal } from "../../refusal";
import { asSubject, either, fromOwner, withRole } from "../authority";
import { type StepContext, defineWorkflow } from "../declare";
import { CERTIFICATE_YEARS, FOREIGN_AFFAIRS, agreementWith } from "./partners-policy";

export function visitLabel({ org }: { readonly org: string }, nations: readonly string[]): LabelCore {
  const rel = ["JPN", ...nations].sort();
  return { policy: "JPN-GOV-DEMO", level: 1, regimes: ["CUI"], need: [], owners: { [org]: { rel, disp: rel, dist: [...new Set([FOREIGN_AFFAIRS, org])].sort(), orcon: false } }, purposes: "ALL", handling: ["CUI:PRVCY"] };
}

async function checkClearance({ query, id }: StepContext): Promise<void> {
  const [held] = await query<{ held: boolean }>("SELECT is_cleared_for_visit($1) AS held", [id]);
  if (held?.held !== true) throw new Refusal("REFUSED_STATE");
}

export const visitCertificate = defineWorkflow({
  name: "VisitCertificate", plural: "VisitCertificates", description: "Who may visit a partner, with which level, until when.",
  floor: { level: "PUBLIC" },
  keptBy: () => true,
  states: ["REQUESTED", "ISSUED", "REFUSED", "WITHDRAWN"],
  fields: { visitor: { kind: "text", description: "Name." }, nation: { kind: "text", description: "Partner that is visited." }, level: { kind: "number" }, until: { kind: "day" } },
  steps: {
    REQUEST_VISIT: {
      from: [], to: "REQUESTED", by: fromOwner, mutation: "requestVisitCertificate", description: "An official asks for a certificate for a visit.",
      input: { visitor: { kind: "text" }, nation: { kind: "text" }, agreement: { kind: "id" }, level: { kind: "number" }, until: { kind: "day" } },
      check: (context) => {
        const { ministry, input, today, asker: { subject } } = context;
        const { nation, agreement: id, level, until } = input;
        if (subject.kind !== "official" || subject.org === undefined || !isUnder(subject.org, ministry.org) || String(until) < today) throw new Refusal("BAD_USER_INPUT");
        const agreement = agreementWith(context, id, nation);
        if (agreement === undefined || !agreement.out.some((entry) => entry.level === level) || String(until) > addYears(today, CERTIFICATE_YEARS)) throw new Refusal("REFUSED_LIMIT");
      },
      change: ({ ministry, input: { agreement: _agreement, ...body }, asker: { subject } }) => ({ label: visitLabel(ministry, []), owner: ministry.org, subject: subject.id, due: String(body["until"]), body }),
    },
    ISSUE_VISIT: {
      from: ["REQUESTED"], to: "ISSUED", by: withRole("GRANT", "RELEASE", "APPROVE"), notBy: ["REQUEST_VISIT"], mutation: "issueVisitCertificate", description: "Issues it, where the register of eligibilities bears it; the partner may have it.", input: {},
      check: ({ ministry, item, policy, now, asker: { subject } }) => { if (!mayGoOut(policy, visitLabel(ministry, [String(item?.body["nation"])]), String(item?.body["nation"]), now, suspendedFor(subject))) throw new Refusal("REFUSED_LIMIT"); },
      // Under which name the ministry knows the visitor is not the partner's to know; whoever asked is in the step, which stays at home.
      change: ({ ministry, item }) => ({ label: visitLabel(ministry, [String(item?.body["nation"])]), subject: null }),
      effect: checkClearance,
    },
    REFUSE_VISIT: { from: ["REQUESTED"], to: "REFUSED", by: withRole("GRANT", "RELEASE", "APPROVE"), notBy: ["REQUEST_VISIT"], mutation: "refuseVisitCertificate", description: "Refuses it.", input: {}, change: () => ({}) },
    WITHDRAW_VISIT: {
      from: ["REQUESTED", "ISSUED"], to: "WITHDRAWN", by: either(withRole("GRANT", "RELEASE", "APPROVE"), asSubject), mutation: "withdrawVisitCertificate", description: "Takes it back.", input: {},
      change: () => ({ due: null }),
    },
  },
});
