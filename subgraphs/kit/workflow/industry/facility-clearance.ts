/**
 * Facility clearance (SPEC 15.60; Act 27 of 2024, art. 10): an agency that needs a firm proposes, the firm decides, files what it is owned and led by and where it earns, and another person of the
 * agency certifies it with an assessment of foreign influence. Kept in the one register at the Cabinet Office, so that a change of the certificate and of everybody's standing is one transaction.
 */
import { addYears } from "../../../../schema/policy";
import { Refusal } from "../../refusal";
import { type Authority, clockOnly, either, withRole } from "../authority";
import { type Item, type StepContext, defineWorkflow } from "../declare";
import { CONTRACTING, forFirm, isAgency, isFirm, sharedLabel } from "./firm";
import { CERTIFICATE_YEARS, CHANGES, FACILITY_LEVELS, FOCI, isSound } from "./industry-policy";

const agency: Authority = withRole("PROPOSE", "GRANT");
const FILED_FIELDS = {
  sites: { kind: "texts", description: "Sites, by the codes under which clients are registered." }, ownership: { kind: "long", description: "Who owns the firm, and with which shares." },
  officers: { kind: "long", description: "Who leads it, with nationalities." }, foreignRevenue: { kind: "number", description: "Share of turnover from abroad, in percent." },
  safeguards: { kind: "long", description: "Rules, governance, training, rooms and systems." },
} as const;

/** Where an assessment leads. */
export function stateAfter(foci: unknown): string { return isSound(foci) ? "CERTIFIED" : foci === "UNDER_REVIEW" ? "UNDER_REVIEW" : "REFUSED"; }

/**
 * What an assessment must be: mitigation is described where it is what makes the firm acceptable, and the certificate has an end.
 * @throws Refusal
 */
export function checkAssessment({ input, today }: Pick<StepContext, "input" | "today">): void {
  const { foci, mitigation, validUntil } = input as { readonly foci: string; readonly mitigation?: string; readonly validUntil: string };
  if ((foci === "MITIGATED") !== (mitigation !== undefined) || validUntil < today) throw new Refusal("BAD_USER_INPUT");
  if (validUntil > addYears(today, CERTIFICATE_YEARS)) throw new Refusal("REFUSED_LIMIT");
}

/** A change that nobody reported before it happened is looked into first. */
export function isLate(effectiveOn: unknown, today: string): boolean { return String(effectiveOn) <= today; }

/** Brings everybody's standing into line with the certificate. @throws Refusal where it is not this firm's facility to certify */
async function apply({ query, asker, id }: StepContext): Promise<void> {
  const [done] = await query<{ done: boolean }>("SELECT apply_facility($1, $2) AS done", [asker.subject.id, id]);
  if (done?.done !== true) throw new Refusal("REFUSED_STATE");
}

const overdue = ({ due }: Item, today: string): boolean => due !== null && due < today;

export const facilityClearance = defineWorkflow({
  name: "FacilityClearance", plural: "FacilityClearances", description: "A facility of a firm on its way to a certificate, and with it.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"] },
  keptBy: ({ name }) => name === "cabinet-office",
  states: ["PROPOSED", "DECLINED", "ACCEPTED", "FILED", "CERTIFIED", "CHANGE_REPORTED", "UNDER_REVIEW", "REFUSED", "ENDED"],
  fields: {
    agency: { kind: "org" }, firm: { kind: "org" }, facility: { kind: "id" }, level: { kind: "number", description: "Level up to which it may hold information." }, need: { kind: "long", description: "Why the agency needs the firm." },
    ...FILED_FIELDS, foci: { kind: "text", description: `Foreign ownership, control or influence: ${FOCI.join(", ")}.` }, assessment: { kind: "long" }, mitigation: { kind: "long" }, validUntil: { kind: "day" },
    change: { kind: "text", description: `What changes: ${CHANGES.join(", ")}.` }, changeDescription: { kind: "long" }, effectiveOn: { kind: "day" },
  },
  steps: {
    PROPOSE_FACILITY: {
      from: [], to: "PROPOSED", by: withRole("PROPOSE"), mutation: "proposeFacilityClearance", description: "Proposes to a firm that a facility of it be certified.",
      input: { agency: { kind: "org" }, firm: { kind: "org" }, facility: { kind: "id" }, level: { kind: "number" }, need: { kind: "long" } },
      check: ({ input, policy }) => {
        if (!isFirm(policy, input["firm"]) || !policy.members.isKnownOrg(String(input["agency"])) || !isAgency(String(input["agency"])) || !FACILITY_LEVELS.includes(Number(input["level"]))) throw new Refusal("BAD_USER_INPUT");
      },
      change: ({ input }) => ({ label: sharedLabel(String(input["agency"]), String(input["firm"]), CONTRACTING), owner: String(input["agency"]), body: input }),
    },
    ACCEPT_FACILITY: { from: ["PROPOSED"], to: "ACCEPTED", by: forFirm, mutation: "acceptFacilityClearance", description: "The firm is willing.", input: {}, change: () => ({}) },
    DECLINE_FACILITY: {
      from: ["PROPOSED", "ACCEPTED"], to: "DECLINED", by: forFirm, mutation: "declineFacilityClearance", description: "The firm is not willing, for which it need give no reason.", input: {}, change: () => ({}),
    },
    FILE_FACILITY: {
      from: ["ACCEPTED", "FILED", "REFUSED"], to: "FILED", by: forFirm, mutation: "fileFacilityMaterial", description: "The firm files what the assessment is made of.", input: FILED_FIELDS,
      check: ({ input }) => { const share = Number(input["foreignRevenue"]); if (share < 0 || share > 100) throw new Refusal("BAD_USER_INPUT"); },
      change: ({ item, input }) => ({ body: { ...item?.body, ...input } }),
    },
    ASSESS_FACILITY: {
      from: ["FILED", "CHANGE_REPORTED", "UNDER_REVIEW"], to: ({ input }) => stateAfter(input["foci"]), by: withRole("GRANT"), notBy: ["PROPOSE_FACILITY", "REVIEW_FACILITY"],
      mutation: "assessFacility", description: "Certifies the facility with an assessment of foreign influence, or refuses it. Whoever proposed it, or had it reviewed, does not.",
      input: { foci: { kind: "text", oneOf: FOCI }, assessment: { kind: "long" }, mitigation: { kind: "long", optional: true }, validUntil: { kind: "day" } },
      check: checkAssessment,
      change: ({ item, input }) => ({ due: String(input["validUntil"]), body: { ...item?.body, mitigation: null, ...input, change: null, changeDescription: null, effectiveOn: null } }),
      effect: apply,
    },
    REPORT_CHANGE: {
      from: ["CERTIFIED", "CHANGE_REPORTED", "UNDER_REVIEW"], to: ({ item, input, today }) => item?.state === "UNDER_REVIEW" || isLate(input["effectiveOn"], today) ? "UNDER_REVIEW" : "CHANGE_REPORTED", by: forFirm, mutation: "reportFacilityChange",
      description: "The firm reports a change before it takes effect. One that has already taken effect stops access until it has been examined.",
      input: { change: { kind: "text", oneOf: CHANGES }, changeDescription: { kind: "long" }, effectiveOn: { kind: "day" } },
      change: ({ item, input, today }) => {
        const late = item?.state === "UNDER_REVIEW" || isLate(input["effectiveOn"], today);
        // Of several changes that were reported the first one is when access stops.
        const due = item?.state === "CHANGE_REPORTED" && item.due !== null && item.due < String(input["effectiveOn"]) ? item.due : String(input["effectiveOn"]);
        return { due: late ? null : due, body: { ...item?.body, ...input, ...(late ? { foci: "UNDER_REVIEW" } : {}) }, note: input };
      },
      effect: apply,
    },
    REVIEW_FACILITY: {
      from: ["CERTIFIED", "CHANGE_REPORTED"], to: "UNDER_REVIEW", by: agency, mutation: "reviewFacility", description: "The agency doubts; access stops at once.", input: { reason: { kind: "long" } },
      change: ({ item, input }) => ({ due: null, body: { ...item?.body, foci: "UNDER_REVIEW" }, note: input }), effect: apply,
    },
    CHANGE_TAKES_EFFECT: {
      from: ["CHANGE_REPORTED"], to: "UNDER_REVIEW", by: clockOnly, mutation: "", description: "", input: {}, onDay: ({ due }, today) => due !== null && due <= today,
      change: ({ item }) => ({ due: null, body: { ...item?.body, foci: "UNDER_REVIEW" } }), effect: apply,
    },
    END_FACILITY: {
      from: ["CERTIFIED", "CHANGE_REPORTED", "UNDER_REVIEW", "REFUSED"], to: "ENDED", by: either(withRole("GRANT"), forFirm), mutation: "endFacilityClearance", description: "The agency withdraws the certificate, or the firm gives it back; access stops at once.",
      input: { reason: { kind: "long" } }, change: ({ input }) => ({ due: null, note: input }), effect: apply,
    },
    EXPIRE_FACILITY: { from: ["CERTIFIED"], to: "ENDED", by: clockOnly, mutation: "", description: "", input: {}, onDay: overdue, change: () => ({ due: null }), effect: apply },
  },
});
