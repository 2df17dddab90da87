/**
 * Reports of suspicious approaches (SPEC 15.63): a firm or a person reports into a box that only the receiving office of the ministry opens. Nobody else learns who
 * reported, or what: neither the reporter's superiors nor other officers of the ministry. Whoever reports does not read the report again; the mutation answers with nothing.
 */
import type { LabelCore, OrgPath } from "../../../../schema/label";
import { shiftDate } from "../../../../schema/policy";
import type { MinistryDefinition } from "../../definition";
import { Refusal } from "../../refusal";
import { anybody, both, fromOwner, withPurpose } from "../authority";
import { defineWorkflow } from "../declare";
import { TRIAGE_DAYS } from "./industry-policy";

/** Offices that receive reports, by ministry, and the purposes for which they work on them. */
const OFFICES: Readonly<Record<string, { readonly org: OrgPath; readonly purposes: readonly string[] }>> = {
  economy: { org: "JPN.METI.ECON", purposes: ["ANALYSIS"] }, police: { org: "JPN.NPA", purposes: ["ANALYSIS"] }, "public-security": { org: "JPN.PSIA", purposes: ["ANALYSIS"] },
};

/** The receiving office of a ministry. */
export function officeOf({ name }: Pick<MinistryDefinition, "name">): { readonly org: OrgPath; readonly purposes: readonly string[] } {
  const office = OFFICES[name];
  if (office === undefined) throw new Error(`${name} receives no reports`);
  return office;
}
export function receivesReports({ name }: Pick<MinistryDefinition, "name">): boolean { return Object.hasOwn(OFFICES, name); }

/** Under which a report stands from its first moment: the office alone, for the work it is there for. */
export function reportLabel(ministry: Pick<MinistryDefinition, "name">): LabelCore {
  const { org, purposes } = officeOf(ministry);
  return { policy: "JPN-GOV-DEMO", level: 1, regimes: ["CUI"], need: [], owners: { [org]: { rel: ["JPN"], disp: ["JPN"], dist: [org], orcon: false } }, purposes: [...purposes], handling: ["CUI:PRVCY"] };
}

/** Of the office, at its work. */
export const office = both(fromOwner, withPurpose("ANALYSIS"));

export const suspiciousApproach = defineWorkflow({
  name: "SuspiciousApproach", plural: "SuspiciousApproaches", description: "A report of a suspicious approach from outside. Read by the receiving office only.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"] },
  keptBy: receivesReports,
  states: ["REPORTED", "ASSESSED", "REFERRED", "CLOSED"],
  fields: {
    kind: { kind: "text" }, happenedOn: { kind: "day" }, description: { kind: "long" }, approachedBy: { kind: "text", description: "Who approached, as they called themselves." }, technology: { kind: "text", description: "What they were interested in." },
    reporterOrg: { kind: "org" }, assessment: { kind: "long" }, finding: { kind: "text" }, referredTo: { kind: "org" },
  },
  steps: {
    REPORT_APPROACH: {
      from: [], to: "REPORTED", by: anybody, sealed: true, mutation: "reportSuspiciousApproach", description: "Reports an approach. The answer is empty; with a key of the client's the same report sent again is one report.",
      input: {
        kind: { kind: "text", oneOf: ["RECRUITMENT", "ELICITATION", "VISIT", "GIFT", "CYBER", "PURCHASE", "OTHER"] }, happenedOn: { kind: "day" }, description: { kind: "long" }, approachedBy: { kind: "text", optional: true }, technology: { kind: "text", optional: true },
      },
      check: ({ input, today }) => { if (String(input["happenedOn"]) > today) throw new Refusal("BAD_USER_INPUT"); },
      change: ({ ministry, input, today, asker: { subject } }) => ({ label: reportLabel(ministry), owner: officeOf(ministry).org, due: shiftDate(today, TRIAGE_DAYS), body: { ...input, reporterOrg: subject.hostOrg ?? subject.org ?? null } }),
    },
    ASSESS_APPROACH: {
      from: ["REPORTED"], to: "ASSESSED", by: office, notBy: ["REPORT_APPROACH"], mutation: "assessSuspiciousApproach", description: "The office assesses it; nobody assesses their own report.",
      input: { assessment: { kind: "long" }, finding: { kind: "text", oneOf: ["CREDIBLE", "UNCLEAR", "UNFOUNDED"] } },
      change: ({ item, input }) => ({ due: null, body: { ...item?.body, ...input } }),
    },
    REFER_APPROACH: {
      from: ["ASSESSED"], to: "REFERRED", by: office, mutation: "referSuspiciousApproach", description: "Notes that another body was told, without the reporter.", input: { referredTo: { kind: "org" } },
      check: ({ input, policy }) => { if (!policy.members.isKnownOrg(String(input["referredTo"]))) throw new Refusal("BAD_USER_INPUT"); },
      change: ({ item, input }) => ({ body: { ...item?.body, ...input } }),
    },
    CLOSE_APPROACH: { from: ["ASSESSED", "REFERRED"], to: "CLOSED", by: office, mutation: "closeSuspiciousApproach", description: "Nothing more is done.", input: { reason: { kind: "long" } }, change: ({ input }) => ({ note: input }) },
  },
});
