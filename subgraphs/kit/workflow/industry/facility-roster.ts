/**
 * Whom a firm puts on the work (SPEC 15.62): the firm files a roster, its people are vetted where they always are (the roster has no outcome in it), and the agency provides those who may begin. To
 * be provided opens no matter by itself: eligibility and assignment of the issuer are still needed. The firm takes a person off at any time.
 */
import { Refusal } from "../../refusal";
import { withRole } from "../authority";
import { type StepContext, defineWorkflow } from "../declare";
import { forFirm, isAgency, isFirm, sharedLabel } from "./firm";

const PURPOSES = ["ACCESS-DECISION", "CONTRACT", "VETTING"];

async function apply({ query, asker, id }: StepContext): Promise<void> {
  const [done] = await query<{ done: boolean }>("SELECT apply_facility_roster($1, $2) AS done", [asker.subject.id, id]);
  if (done?.done !== true) throw new Refusal("REFUSED_STATE");
}

const listOf = (value: unknown): readonly string[] => Array.isArray(value) ? value as readonly string[] : [];

/** Those who stay on a list without some of them. */
export function without(list: unknown, some: unknown): readonly string[] { return listOf(list).filter((subject) => !listOf(some).includes(subject)); }

export const facilityRoster = defineWorkflow({
  name: "FacilityRoster", plural: "FacilityRosters", description: "People whom a firm puts on work for an agency.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"] },
  keptBy: ({ name }) => name === "cabinet-office",
  states: ["FILED", "PROVIDED", "WITHDRAWN"],
  fields: {
    agency: { kind: "org" }, firm: { kind: "org" }, facility: { kind: "id" }, people: { kind: "subjects", description: "On the roster." }, provided: { kind: "subjects", description: "Those who may begin." },
    removed: { kind: "subjects", description: "Taken off the work." },
  },
  steps: {
    FILE_ROSTER: {
      from: [], to: "FILED", by: forFirm, mutation: "fileFacilityRoster", description: "The firm names those whom it puts on the work.",
      input: { agency: { kind: "org" }, firm: { kind: "org" }, facility: { kind: "id" }, people: { kind: "subjects" } },
      check: ({ input, policy }) => {
        if (!isFirm(policy, input["firm"]) || !policy.members.isKnownOrg(String(input["agency"])) || !isAgency(String(input["agency"])) || listOf(input["people"]).length === 0) throw new Refusal("BAD_USER_INPUT");
      },
      change: ({ input }) => ({ label: sharedLabel(String(input["agency"]), String(input["firm"]), PURPOSES, "JPN.CAO.VET"), owner: String(input["agency"]), body: { ...input, provided: [], removed: [] } }),
    },
    PROVIDE: {
      from: ["FILED", "PROVIDED"], to: "PROVIDED", by: withRole("GRANT"), notBy: ["FILE_ROSTER"], mutation: "provideFacilityStaff", description: "The agency lets people of the roster begin: the facility is certified, a contract is in force, they are of this firm.",
      input: { people: { kind: "subjects" } },
      check: ({ item, input }) => { if (listOf(input["people"]).length === 0 || without(input["people"], item?.body["people"]).length > 0) throw new Refusal("BAD_USER_INPUT"); },
      change: ({ item, input }) => ({
        body: { ...item?.body, provided: [...new Set([...listOf(item?.body["provided"]), ...listOf(input["people"])])].sort(), removed: without(item?.body["removed"], input["people"]) },
      }),
      effect: apply,
    },
    REMOVE: {
      from: ["FILED", "PROVIDED"], to: ({ item }) => item?.state ?? "FILED", by: forFirm, mutation: "removeFacilityStaff", description: "The firm takes people off the work; their access stops at once.", input: { people: { kind: "subjects" } },
      check: ({ item, input }) => { if (listOf(input["people"]).length === 0 || without(input["people"], item?.body["people"]).length > 0) throw new Refusal("BAD_USER_INPUT"); },
      change: ({ item, input }) => ({
        body: { ...item?.body, people: without(item?.body["people"], input["people"]), provided: without(item?.body["provided"], input["people"]), removed: [...new Set([...listOf(item?.body["removed"]), ...listOf(input["people"])])].sort() },
      }),
      effect: apply,
    },
    WITHDRAW_ROSTER: {
      from: ["FILED", "PROVIDED"], to: "WITHDRAWN", by: forFirm, mutation: "withdrawFacilityRoster", description: "The firm withdraws the roster; access of everybody on it stops at once.", input: {},
      change: ({ item }) => ({ body: { ...item?.body, provided: [], removed: [...new Set([...listOf(item?.body["people"]), ...listOf(item?.body["removed"])])].sort() } }), effect: apply,
    },
  },
});
