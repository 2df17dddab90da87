/**
 * Zones of facilities (SPEC 15.67): the agency that certified a facility attests that the systems of one of its sites meet the rules for contractors, up to a level and until a day. Without it, or when
 * it is taken back or its day is over, nobody of the firm works on matters from that site: the statement of standing changes in the same transaction.
 */
import { addYears } from "../../../../schema/policy";
import { Refusal } from "../../refusal";
import { clockOnly, either, withRole } from "../authority";
import { type StepContext, defineWorkflow } from "../declare";
import { CONTRACTING, forFirm, isAgency, isFirm, sharedLabel } from "./firm";
import { ZONE_LEVELS, ZONE_STANDARDS, ZONE_YEARS } from "./industry-policy";

async function apply({ query, asker, id }: StepContext): Promise<void> {
  const [done] = await query<{ done: boolean }>("SELECT apply_facility_zone($1, $2) AS done", [asker.subject.id, id]);
  if (done?.done !== true) throw new Refusal("REFUSED_STATE");
}

/** An attestation has an end, within the years of the policy. @throws Refusal */
export function checkZoneTerm({ input, today }: Pick<StepContext, "input" | "today">): void {
  const until = String(input["until"]);
  if (until < today) throw new Refusal("BAD_USER_INPUT");
  if (until > addYears(today, ZONE_YEARS)) throw new Refusal("REFUSED_LIMIT");
}

const FINDING = { assessment: { kind: "long", description: "What was looked at, and what was found." }, until: { kind: "day" } } as const;

export const facilityZone = defineWorkflow({
  name: "FacilityZone", plural: "FacilityZones", description: "A site of a facility whose systems are attested.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"] },
  keptBy: ({ name }) => name === "cabinet-office",
  states: ["ATTESTED", "ENDED"],
  fields: {
    agency: { kind: "org" }, firm: { kind: "org" }, facility: { kind: "id" }, site: { kind: "text", description: "Code under which clients are registered." }, level: { kind: "number", description: "Up to which it may be worked with there." },
    standard: { kind: "text" }, attestedOn: { kind: "day" }, ...FINDING,
  },
  steps: {
    ATTEST_ZONE: {
      from: [], to: "ATTESTED", by: withRole("GRANT"), mutation: "attestFacilityZone", description: "The agency that certified the facility attests one of its sites.",
      input: { agency: { kind: "org" }, firm: { kind: "org" }, facility: { kind: "id" }, site: { kind: "text" }, level: { kind: "number" }, standard: { kind: "text", oneOf: ZONE_STANDARDS }, ...FINDING },
      check: (context) => {
        const { input, policy } = context;
        if (!isFirm(policy, input["firm"]) || !policy.members.isKnownOrg(String(input["agency"])) || !isAgency(String(input["agency"])) || !ZONE_LEVELS.includes(Number(input["level"]))) throw new Refusal("BAD_USER_INPUT");
        checkZoneTerm(context);
      },
      change: ({ input, today }) => ({ label: sharedLabel(String(input["agency"]), String(input["firm"]), CONTRACTING), owner: String(input["agency"]), due: String(input["until"]), body: { ...input, attestedOn: today } }),
      effect: apply,
    },
    RENEW_ZONE: {
      from: ["ATTESTED"], to: "ATTESTED", by: withRole("GRANT"), mutation: "renewFacilityZone", description: "Attests it anew, for the years of the policy from today.", input: FINDING,
      check: checkZoneTerm, change: ({ item, input, today }) => ({ due: String(input["until"]), body: { ...item?.body, ...input, attestedOn: today } }), effect: apply,
    },
    END_ZONE: {
      from: ["ATTESTED"], to: "ENDED", by: either(withRole("GRANT"), forFirm), mutation: "endFacilityZone", description: "The agency takes it back, or the firm gives it up; work from that site stops at once.", input: { reason: { kind: "long" } },
      change: ({ input }) => ({ due: null, note: input }), effect: apply,
    },
    ZONE_LAPSES: { from: ["ATTESTED"], to: "ENDED", by: clockOnly, mutation: "", description: "", input: {}, onDay: ({ due }, today) => due !== null && due < today, change: () => ({ due: null }), effect: apply },
  },
});
