/**
 * Between the government and a firm, both ways (SPEC 15.69): what an agency gives a firm or asks of it, what the firm answers, and what it tells an agency unasked. The firm's inbox is the list of it. A firm
 * need not answer, nor say why it does not. Documents are named by their ids and read under their own labels.
 */
import { shiftDate } from "../../../../schema/policy";
import { Refusal } from "../../refusal";
import { clockOnly, withRole } from "../authority";
import { type StepContext, defineWorkflow } from "../declare";
import { CONTRACTING, forFirm, isAgency, isFirm, sharedLabel } from "./firm";
import { LONGEST_ASKING_DAYS } from "./industry-policy";

const agency = withRole("PROPOSE", "GRANT");
const SIDES = { agency: { kind: "org" }, firm: { kind: "org" } } as const;
const CONTENT = { title: { kind: "localized" }, text: { kind: "long" }, documents: { kind: "texts", description: "Ids of documents that go with it." } } as const;

interface Asking { readonly agency: string; readonly due?: string; readonly [member: string]: unknown }

function checkSides({ input, policy }: StepContext): void {
  if (!isFirm(policy, input["firm"]) || !policy.members.isKnownOrg(String(input["agency"])) || !isAgency(String(input["agency"]))) throw new Refusal("BAD_USER_INPUT");
}

/** Nobody but the two of them. */
const labelFor = ({ input }: StepContext): ReturnType<typeof sharedLabel> => sharedLabel(String(input["agency"]), String(input["firm"]), CONTRACTING, String(input["agency"]));

export const firmExchange = defineWorkflow({
  name: "FirmExchange", plural: "FirmExchanges", description: "Something between an agency and a firm.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"] },
  keptBy: ({ name }) => name === "economy",
  states: ["GIVEN", "ASKED", "OVERDUE", "ANSWERED", "DECLINED", "TOLD", "NOTED"],
  fields: { ...SIDES, ...CONTENT, answer: { kind: "long" }, answerDocuments: { kind: "texts", description: "Ids of items of the firm that go with the answer." } },
  relatesBy: ["firm", "agency", "documents"],
  steps: {
    SEND_TO_FIRM: {
      from: [], to: ({ input }) => (input["due"] === undefined ? "GIVEN" : "ASKED"), by: agency, mutation: "sendToFirm", description: "Gives a firm something; with a day, asks something of it.",
      input: { ...SIDES, ...CONTENT, due: { kind: "day", optional: true, description: "By which an answer is asked for." } },
      check: (context) => {
        checkSides(context);
        const { today } = context;
        const { due } = context.input as Asking;
        if (due !== undefined && due < today) throw new Refusal("BAD_USER_INPUT");
        if (due !== undefined && due > shiftDate(today, LONGEST_ASKING_DAYS)) throw new Refusal("REFUSED_LIMIT");
      },
      change: (context) => { const { due = null, ...body } = context.input as Asking; return { label: labelFor(context), owner: body.agency, due, body }; },
    },
    TELL_AGENCY: {
      from: [], to: "TOLD", by: forFirm, mutation: "tellAgency", description: "The firm tells or asks an agency something.", input: { ...SIDES, ...CONTENT },
      check: checkSides, change: (context) => ({ label: labelFor(context), owner: String(context.input["agency"]), body: context.input }),
    },
    ANSWER_AGENCY: {
      from: ["ASKED", "OVERDUE"], to: "ANSWERED", by: forFirm, mutation: "answerAgency", description: "The firm answers.", input: { answer: { kind: "long" }, answerDocuments: { kind: "texts" } },
      change: ({ item, input }) => ({ due: null, body: { ...item?.body, ...input } }),
    },
    DECLINE_AGENCY: { from: ["ASKED", "OVERDUE"], to: "DECLINED", by: forFirm, mutation: "declineAgency", description: "The firm does not answer, for which it need give no reason.", input: {}, change: () => ({ due: null }) },
    NOTE_GIVEN: { from: ["GIVEN"], to: "NOTED", by: forFirm, mutation: "noteFromAgency", description: "The firm has taken note.", input: {}, change: () => ({}) },
    NOTE_TOLD: { from: ["TOLD", "ANSWERED", "DECLINED"], to: "NOTED", by: agency, notBy: ["TELL_AGENCY"], mutation: "noteFromFirm", description: "The agency has taken note.", input: { reply: { kind: "long", optional: true } }, change: ({ input }) => ({ note: input }) },
    MISS_ANSWER: { from: ["ASKED"], to: "OVERDUE", by: clockOnly, mutation: "", description: "", input: {}, onDay: ({ due }, today) => due !== null && due < today, change: () => ({}) },
  },
});
