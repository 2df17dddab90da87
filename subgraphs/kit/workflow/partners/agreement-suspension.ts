/**
 * What the foreign ministry states about agreements (SPEC 3.14, 15.71). Which agreements there are, and what they cover, is the signed policy's; the foreign ministry can only take away: while an agreement is
 * suspended nobody has or gives anything under it, at any ministry, until another person has lifted it; or they terminate it, for good. Known to every Japanese body that has to do with partners.
 */
import type { LabelCore } from "../../../../schema/label";
import { Refusal } from "../../refusal";
import { type StepContext, defineWorkflow } from "../declare";
import { FOREIGN_AFFAIRS, foreignAffairs } from "./partners-policy";

const LABEL: LabelCore = { policy: "JPN-GOV-DEMO", level: 1, regimes: ["CUI"], need: [], owners: { [FOREIGN_AFFAIRS]: { rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false } }, purposes: "ALL", handling: ["CUI:INTL"] };

async function apply({ query, asker, id }: StepContext): Promise<void> {
  const [done] = await query<{ done: boolean }>("SELECT apply_suspension($1, $2) AS done", [asker.subject.id, id]);
  if (done?.done !== true) throw new Refusal("REFUSED_STATE");
}

export const agreementSuspension = defineWorkflow({
  name: "AgreementSuspension", plural: "AgreementSuspensions", description: "An agreement with a partner that is suspended.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"] },
  keptBy: ({ name }) => name === "foreign-affairs",
  states: ["SUSPENDED", "LIFTED", "TERMINATED"],
  fields: { agreement: { kind: "id" }, reason: { kind: "long" } },
  steps: {
    SUSPEND_AGREEMENT: {
      from: [], to: "SUSPENDED", by: foreignAffairs, mutation: "suspendAgreement", description: "Suspends an agreement: nobody has or gives anything under it from now on.", input: { agreement: { kind: "id" }, reason: { kind: "long" } },
      check: ({ input, policy, now }) => { if (policy.agreements.byId(String(input["agreement"]), now) === undefined) throw new Refusal("BAD_USER_INPUT"); },
      change: ({ input }) => ({ label: LABEL, owner: FOREIGN_AFFAIRS, body: input }), effect: apply,
    },
    LIFT_SUSPENSION: {
      from: ["SUSPENDED"], to: "LIFTED", by: foreignAffairs, notBy: ["SUSPEND_AGREEMENT"], mutation: "liftAgreementSuspension", description: "Another person lifts it: the agreement counts again, as far as the policy has it.", input: { reason: { kind: "long" } },
      change: ({ input }) => ({ note: input }), effect: apply,
    },
    TERMINATE_AGREEMENT: {
      from: ["SUSPENDED"], to: "TERMINATED", by: foreignAffairs, notBy: ["SUSPEND_AGREEMENT"], mutation: "terminateAgreement", description: "Another person states it terminated: it is never lifted again.", input: { reason: { kind: "long" } },
      change: ({ input }) => ({ note: input }), effect: apply,
    },
  },
});
