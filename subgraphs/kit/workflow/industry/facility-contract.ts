/**
 * Contracts under which a firm works (SPEC 15.61): an agency that grants access to its matters says under which of them a facility works for it, and until when. The end of a contract ends access at
 * once, and only the agency that ended it can bring it back. Known to that agency, the firm and the register. A matter is named by whom the agency assigned to it: nobody enters, and by ending it takes away,
 * what another agency gives.
 */
import { Refusal } from "../../refusal";
import { clockOnly, either, withRole } from "../authority";
import { isUnder } from "../../../../schema/label";
import { type StepContext, defineWorkflow } from "../declare";
import { CONTRACTING, forFirm, isAgency, isFirm, sharedLabel } from "./firm";

async function apply({ query, asker, id }: StepContext): Promise<void> {
  const [done] = await query<{ done: boolean }>("SELECT apply_facility_contract($1, $2) AS done", [asker.subject.id, id]);
  if (done?.done !== true) throw new Refusal("REFUSED_STATE");
}

/** Whether the agency, or a body of it, assigned the asker to the matter: whose it is, the register of facilities cannot know by itself. */
function isOwnMatter({ asker: { subject }, input, today }: Pick<StepContext, "asker" | "input" | "today">): boolean {
  return subject.assignments.some(({ token, grantedBy, from, until }) => token === input["token"] && isUnder(grantedBy, String(input["agency"])) && from <= today && today <= until);
}

export const facilityContract = defineWorkflow({
  name: "FacilityContract", plural: "FacilityContracts", description: "A contract under which a facility may hold information of one matter.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"] },
  keptBy: ({ name }) => name === "cabinet-office",
  states: ["IN_FORCE", "ENDED"],
  fields: { agency: { kind: "org" }, firm: { kind: "org" }, facility: { kind: "id" }, token: { kind: "token", description: "Matter to which the contract gives access." }, subjectMatter: { kind: "long" }, until: { kind: "day" } },
  steps: {
    CONCLUDE_CONTRACT: {
      from: [], to: "IN_FORCE", by: withRole("GRANT"), mutation: "concludeFacilityContract", description: "Enters a contract with a firm whose facility is certified.",
      input: { agency: { kind: "org" }, firm: { kind: "org" }, facility: { kind: "id" }, token: { kind: "token" }, subjectMatter: { kind: "long" }, until: { kind: "day" } },
      check: (context) => {
        const { input, policy, today } = context;
        if (!isFirm(policy, input["firm"]) || !policy.members.isKnownOrg(String(input["agency"])) || !isAgency(String(input["agency"])) || String(input["until"]) < today) throw new Refusal("BAD_USER_INPUT");
        if (!isOwnMatter(context)) throw new Refusal("REFUSED_STATE");
      },
      change: ({ input }) => ({ label: sharedLabel(String(input["agency"]), String(input["firm"]), CONTRACTING), owner: String(input["agency"]), due: String(input["until"]), body: input }),
      effect: apply,
    },
    END_CONTRACT: {
      from: ["IN_FORCE"], to: "ENDED", by: either(withRole("GRANT"), forFirm), mutation: "endFacilityContract", description: "Ends it; access under it stops at once.", input: { reason: { kind: "long" } },
      change: ({ input }) => ({ due: null, note: input }), effect: apply,
    },
    CONTRACT_RUNS_OUT: { from: ["IN_FORCE"], to: "ENDED", by: clockOnly, mutation: "", description: "", input: {}, onDay: ({ due }, today) => due !== null && due < today, change: () => ({ due: null }), effect: apply },
  },
});
