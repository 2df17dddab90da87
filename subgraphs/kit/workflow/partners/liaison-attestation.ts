/**
 * Liaisons and the level that is attested for them (SPEC 15.70): the foreign ministry records the certificate that a partner sent under an agreement in force, the ministry that hosts the liaison takes it
 * into effect by another person, and either takes it back at once. What a liaison may have is still decided by release, need-to-know and what the host may have.
 */
import { addYears } from "../../../../schema/policy";
import type { LabelCore } from "../../../../schema/label";
import { Refusal } from "../../refusal";
import { clockOnly, either, withRole } from "../authority";
import { type StepContext, defineWorkflow } from "../declare";
import { type AgreementPlace, CERTIFICATE_YEARS, FOREIGN_AFFAIRS, agreementWith, foreignAffairs } from "./partners-policy";

function certificateLabel(host: string): LabelCore {
  const dist = [...new Set([FOREIGN_AFFAIRS, host])].sort();
  return { policy: "JPN-GOV-DEMO", level: 1, regimes: ["CUI"], need: [], owners: { [FOREIGN_AFFAIRS]: { rel: ["JPN"], disp: ["JPN"], dist, orcon: false } }, purposes: ["ACCESS-DECISION", "RELEASE"], handling: ["CUI:PRVCY"] };
}

/** A certificate counts under an agreement in force with the liaison's nation, which knows the level. @throws Refusal */
export function checkCertificate(context: AgreementPlace & Pick<StepContext, "today">, certificate: Readonly<Record<string, unknown>>): void {
  const { nation, agreement: id, level, until } = certificate;
  const agreement = agreementWith(context, id, nation);
  if (agreement === undefined || String(until) > addYears(context.today, CERTIFICATE_YEARS)) throw new Refusal("REFUSED_LIMIT");
  if (!agreement.in.some((entry) => entry.level === level)) throw new Refusal("REFUSED_LIMIT");
}

async function apply({ query, asker, id }: StepContext): Promise<void> {
  const [done] = await query<{ done: boolean }>("SELECT apply_attestation($1, $2) AS done", [asker.subject.id, id]);
  if (done?.done !== true) throw new Refusal("REFUSED_STATE");
}

export const liaisonAttestation = defineWorkflow({
  name: "LiaisonAttestation", plural: "LiaisonAttestations", description: "A partner's certificate of a liaison's clearance.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"] },
  keptBy: ({ name }) => name === "foreign-affairs",
  states: ["RECORDED", "IN_EFFECT", "WITHDRAWN"],
  fields: {
    nation: { kind: "text" }, agreement: { kind: "id" }, level: { kind: "number", description: "Level of ours to which the certificate corresponds." }, host: { kind: "org", description: "Ministry that answers for the liaison." },
    reference: { kind: "text", description: "Of the partner's certificate." }, until: { kind: "day" },
  },
  steps: {
    RECORD_CERTIFICATE: {
      from: [], to: "RECORDED", by: foreignAffairs, mutation: "recordLiaisonCertificate", description: "Records the certificate that a partner sent for a liaison.",
      input: { liaison: { kind: "subject" }, nation: { kind: "text" }, agreement: { kind: "id" }, level: { kind: "number" }, host: { kind: "org" }, reference: { kind: "text" }, until: { kind: "day" } },
      check: (context) => {
        const { input, policy, today } = context;
        if (!policy.members.isKnownOrg(String(input["host"])) || input["nation"] === "JPN" || String(input["until"]) < today) throw new Refusal("BAD_USER_INPUT");
        checkCertificate(context, input);
      },
      change: ({ input: { liaison, ...certificate } }) => ({ label: certificateLabel(String(certificate["host"])), owner: String(certificate["host"]), subject: String(liaison), due: String(certificate["until"]), body: certificate }),
    },
    ACCEPT_LIAISON: {
      from: ["RECORDED"], to: "IN_EFFECT", by: withRole("GRANT", "RELEASE"), notBy: ["RECORD_CERTIFICATE"], mutation: "acceptLiaisonCertificate", description: "The host ministry answers for the liaison; the level is in effect.", input: {},
      check: (context) => { checkCertificate(context, context.item?.body ?? {}); },
      change: () => ({}), effect: apply,
    },
    WITHDRAW_ATTESTATION: {
      from: ["RECORDED", "IN_EFFECT"], to: "WITHDRAWN", by: either(withRole("GRANT", "RELEASE"), foreignAffairs), mutation: "withdrawLiaisonAttestation", description: "Takes it back; access of the liaison stops at once.", input: { reason: { kind: "long" } },
      change: ({ input }) => ({ due: null, note: input }), effect: apply,
    },
    ATTESTATION_RUNS_OUT: { from: ["RECORDED", "IN_EFFECT"], to: "WITHDRAWN", by: clockOnly, mutation: "", description: "", input: {}, onDay: ({ due }, today) => due !== null && due < today, change: () => ({ due: null }), effect: apply },
  },
});
