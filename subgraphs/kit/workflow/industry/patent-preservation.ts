/**
 * Inventions under preservation (SPEC 15.66; Act 43 of 2022, chapter 5): designated by the Cabinet Office on referral for at most a year, renewed year by year, and never longer by the clock. As long as it is
 * referred or designated the applicant cannot withdraw the application, and needs permission to work the invention or to disclose it; losses are compensated, and what was decided about that is on record.
 */
import { addYears } from "../../../../schema/policy";
import { Refusal } from "../../refusal";
import { clockOnly, withRole, withRoleOver } from "../authority";
import { type StepContext, defineWorkflow } from "../declare";
import { REGISTER, isFirm } from "./firm";
import { PRESERVATION_YEARS } from "./industry-policy";
import { inventionLabel } from "./patent-screening";

/** Holds the first screening. */
const SCREENING = "JPN.METI";
const applicant = withRoleOver(({ body }) => body["applicant"], "GRANT");
const authority = withRole("APPROVE");

/** A designation ends within a year from the day it is made, or from the day on which the one before would end. @throws Refusal */
export function checkTerm(until: string, from: string, today: string): void {
  if (until < today) throw new Refusal("BAD_USER_INPUT");
  if (until > addYears(from, PRESERVATION_YEARS)) throw new Refusal("REFUSED_LIMIT");
}

const listed = (value: unknown): readonly string[] => Array.isArray(value) ? value as readonly string[] : [];
const note = ({ input }: StepContext): { readonly note: StepContext["input"] } => ({ note: input });

export const patentPreservation = defineWorkflow({
  name: "PatentPreservation", plural: "PatentPreservations", description: "An invention that is, or may be, under preservation.",
  floor: { level: "CUI", regimes: ["PAT"], owner: "JPN", rel: ["JPN"] },
  keptBy: ({ name }) => name === "cabinet-office",
  states: ["REFERRED", "NOT_DESIGNATED", "DESIGNATED", "LAPSED", "ENDED", "APPLICATION_WITHDRAWN"],
  fields: {
    application: { kind: "id" }, applicant: { kind: "org" }, outline: { kind: "long" }, reason: { kind: "long", description: "Why it is designated." }, designatedOn: { kind: "day" }, until: { kind: "day" },
    asked: { kind: "text", description: "Permission that is asked for: WORK or DISCLOSE." }, askedFor: { kind: "long" }, permissions: { kind: "texts", description: "Permissions that were given." },
    claimed: { kind: "number", description: "Compensation that is claimed, in yen." }, compensated: { kind: "number", description: "Compensation that was decided, in yen." },
  },
  steps: {
    REFER_INVENTION: {
      from: [], to: "REFERRED", by: withRoleOver(() => SCREENING, "PROPOSE"), mutation: "referInvention", description: "The first screening refers an invention; the applicant is told.",
      input: { application: { kind: "id" }, applicant: { kind: "org" }, outline: { kind: "long" } },
      check: ({ input, policy }) => { if (!isFirm(policy, input["applicant"])) throw new Refusal("BAD_USER_INPUT"); },
      change: ({ input }) => ({ label: inventionLabel(REGISTER, [SCREENING, String(input["applicant"])]), owner: REGISTER, body: { ...input, permissions: [] } }),
    },
    DESIGNATE_INVENTION: {
      from: ["REFERRED"], to: "DESIGNATED", by: authority, notBy: ["REFER_INVENTION"], mutation: "designateInvention", description: "The Cabinet Office designates it, for at most a year.", input: { reason: { kind: "long" }, until: { kind: "day" } },
      check: ({ input, today }) => { checkTerm(String(input["until"]), today, today); },
      change: ({ item, input, today }) => ({ due: String(input["until"]), body: { ...item?.body, ...input, designatedOn: today } }),
    },
    NOT_DESIGNATE: { from: ["REFERRED"], to: "NOT_DESIGNATED", by: authority, notBy: ["REFER_INVENTION"], mutation: "releaseInvention", description: "It is not designated.", input: { reason: { kind: "long" } }, change: note },
    RENEW: {
      from: ["DESIGNATED"], to: "DESIGNATED", by: authority, mutation: "renewInvention", description: "Renews the designation by at most a year.", input: { reason: { kind: "long" }, until: { kind: "day" } },
      check: ({ item, input, today }) => { checkTerm(String(input["until"]), String(item?.body["until"]), today); },
      change: ({ item, input }) => ({ due: String(input["until"]), body: { ...item?.body, ...input } }),
    },
    LAPSE: { from: ["DESIGNATED"], to: "LAPSED", by: clockOnly, mutation: "", description: "", input: {}, onDay: ({ due }, today) => due !== null && due < today, change: () => ({ due: null }) },
    END_DESIGNATION: { from: ["DESIGNATED"], to: "ENDED", by: authority, mutation: "endInventionDesignation", description: "Ends it before its time.", input: { reason: { kind: "long" } }, change: (context) => ({ due: null, ...note(context) }) },
    WITHDRAW_APPLICATION: {
      from: ["NOT_DESIGNATED", "LAPSED", "ENDED"], to: "APPLICATION_WITHDRAWN", by: applicant, mutation: "withdrawPatentApplication", description: "The applicant withdraws the application, which is not possible while it is referred or designated.", input: {},
      change: () => ({}),
    },
    ASK_PERMISSION: {
      from: ["DESIGNATED"], to: "DESIGNATED", by: applicant, mutation: "askInventionPermission", description: "The applicant asks to work the invention, or to disclose it to somebody.",
      input: { asked: { kind: "text", oneOf: ["WORK", "DISCLOSE"] }, askedFor: { kind: "long" } },
      check: ({ item }) => { if (typeof item?.body["asked"] === "string") throw new Refusal("REFUSED_STATE"); },
      change: ({ item, input }) => ({ body: { ...item?.body, ...input } }),
    },
    DECIDE_PERMISSION: {
      from: ["DESIGNATED"], to: "DESIGNATED", by: authority, notBy: ["ASK_PERMISSION"], mutation: "decideInventionPermission", description: "The Cabinet Office gives the permission or refuses it.", input: { permitted: { kind: "flag" }, reason: { kind: "long" } },
      check: ({ item }) => { if (typeof item?.body["asked"] !== "string") throw new Refusal("REFUSED_STATE"); },
      change: (context) => {
        const { item, input, today } = context;
        const given = input["permitted"] === true ? [`${String(item?.body["asked"])} ${today}: ${String(item?.body["askedFor"])}`] : [];
        return { body: { ...item?.body, asked: null, askedFor: null, permissions: [...listed(item?.body["permissions"]), ...given] }, ...note(context) };
      },
    },
    CLAIM_COMPENSATION: {
      from: ["DESIGNATED", "LAPSED", "ENDED"], to: ({ item }) => item?.state ?? "DESIGNATED", by: applicant, mutation: "claimInventionCompensation", description: "The applicant claims compensation for what the designation cost.", input: { claimed: { kind: "number" }, grounds: { kind: "long" } },
      check: ({ input }) => { if (Number(input["claimed"]) <= 0) throw new Refusal("BAD_USER_INPUT"); },
      change: (context) => ({ body: { ...context.item?.body, claimed: context.input["claimed"], compensated: null }, ...note(context) }),
    },
    DECIDE_COMPENSATION: {
      from: ["DESIGNATED", "LAPSED", "ENDED"], to: ({ item }) => item?.state ?? "DESIGNATED", by: authority, notBy: ["CLAIM_COMPENSATION"], mutation: "decideInventionCompensation", description: "Decides about the claim; the decision stays on record.", input: { compensated: { kind: "number" }, reason: { kind: "long" } },
      check: ({ item, input }) => {
        if (typeof item?.body["claimed"] !== "number") throw new Refusal("REFUSED_STATE");
        if (Number(input["compensated"]) < 0) throw new Refusal("BAD_USER_INPUT");
      },
      change: (context) => ({ body: { ...context.item?.body, compensated: context.input["compensated"] }, ...note(context) }),
    },
  },
});
