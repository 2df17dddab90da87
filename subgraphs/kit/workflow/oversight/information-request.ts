/**
 * A request under the Information Disclosure Act about a designation (SPEC 18.7): from the day on which it is recorded what it is about is neither ended nor transferred, until the request is decided and the applicant's time
 * to object is over. The decision says what the applicant is told; it never changes a label. Who applied is not kept here.
 */
import type { LabelCore } from "../../../../schema/label";
import { shiftDate } from "../../../../schema/policy";
import { Refusal } from "../../refusal";
import { clockOnly, withRole } from "../authority";
import { type StepContext, defineWorkflow } from "../declare";
import { whereDesignated } from "../designation/designating";
import { coreOf } from "../designation/marking";
import { noticesToHolders } from "../access/granting";
import answers from "./answers.json";
import { DECISION_DAYS, OBJECTION_DAYS } from "./oversight-policy";

/** Disclosed in part, refused, or refused without saying whether there is such a thing (Act 42 of 1999 Art. 6, 9, 8). As a whole is nothing disclosed that is designated. */
const DECISIONS = ["DISCLOSE_IN_PART", "REFUSE", "NEITHER_CONFIRM_NOR_DENY"] as const;
const LIFTED_BECAUSE = ["PERIOD_OVER", "WITHDRAWN", "JUDGMENT_FINAL"] as const;

interface FileRow { readonly owner: string; readonly state: string; readonly core: LabelCore }

/** The file that a request is about: known to whoever asks and not handed over yet. @throws Refusal STATE */
async function fileOf({ query, input }: StepContext): Promise<FileRow> {
  const [file] = await query<FileRow>("SELECT i.owner, i.state, l.body AS core FROM item i JOIN label l ON l.id = i.label_id WHERE i.id = $1 AND i.workflow = 'DesignationFile'", [input["file"]]);
  if (file === undefined || file.state === "TRANSFERRED") throw new Refusal("REFUSED_STATE");
  return file;
}

/** Refuses while a request about this designation is open. Asked under the ministry's lock. @throws Refusal STATE */
export async function refuseHeld({ query, id }: Pick<StepContext, "id" | "query">): Promise<void> {
  const [found] = await query<{ held: boolean }>("SELECT is_held($1) AS held", [id]);
  if (found?.held !== false) throw new Refusal("REFUSED_STATE");
}

export const informationRequest = defineWorkflow({
  name: "InformationRequest", plural: "InformationRequests", description: "A request under the Information Disclosure Act about a designation, which holds what it is about.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"], purposes: ["DESIGNATION", "OVERSIGHT"] },
  keptBy: whereDesignated,
  states: ["RECEIVED", "OVERDUE", "DECIDED", "LIFTED"],
  fields: {
    file: { kind: "id", description: "Id of the file of the designation." }, reference: { kind: "text", description: "Number of the application; the applicant's name is not kept." }, asked: { kind: "long" }, decision: { kind: "text" },
    answer: { kind: "localized", description: "What the applicant is told." }, reasons: { kind: "long" },
  },
  relatesBy: ["file"],
  steps: {
    RECORD_REQUEST: {
      from: [], to: "RECEIVED", by: withRole("PROPOSE", "GRANT"), mutation: "recordInformationRequest", description: "Records a request; what it is about is held from now on.",
      input: { file: { kind: "id" }, reference: { kind: "text" }, asked: { kind: "long" } },
      change: async (context) => {
        const { owner, core } = await fileOf(context);
        return { label: coreOf(core), owner, due: shiftDate(context.today, DECISION_DAYS), body: context.input };
      },
      // Under the lock once more: it may have been handed over a moment ago.
      effect: async (context) => { await fileOf(context); },
      notify: (context) => noticesToHolders(context, ["APPROVE"], "INFORMATION_REQUESTED"),
    },
    DECIDE_REQUEST: {
      from: ["RECEIVED", "OVERDUE"], to: "DECIDED", by: withRole("APPROVE"), notBy: ["RECORD_REQUEST"], mutation: "decideInformationRequest", description: "Decides what the applicant is told. No label changes.",
      input: { decision: { kind: "text", oneOf: DECISIONS }, answer: { kind: "localized", optional: true, description: "Not where nothing is confirmed: those words are always the same." }, reasons: { kind: "long" } },
      check: ({ input }) => { if ((input["decision"] === "NEITHER_CONFIRM_NOR_DENY") !== (input["answer"] === undefined)) throw new Refusal("BAD_USER_INPUT"); },
      change: ({ item, input, today }) => ({ due: shiftDate(today, OBJECTION_DAYS), body: { ...item?.body, answer: answers.neither, ...input } }),
      notify: ({ item }) => [{ subject: item?.steps[0]?.actor ?? "", kind: "INFORMATION_REQUEST_DECIDED" }],
    },
    LIFT_HOLD: {
      from: ["DECIDED"], to: "LIFTED", by: withRole("PROPOSE", "GRANT", "APPROVE"), notBy: ["DECIDE_REQUEST"], mutation: "liftInformationHold", description: "Ends the hold: the time to object is over, the applicant withdrew, or a judgment is final.",
      input: { because: { kind: "text", oneOf: LIFTED_BECAUSE }, reasons: { kind: "long" } },
      check: ({ item, input, today }) => { if (input["because"] === "PERIOD_OVER" && today <= String(item?.due)) throw new Refusal("REFUSED_LIMIT"); },
      change: ({ input }) => ({ due: null, note: input }),
    },
    MISS_DECISION: {
      from: ["RECEIVED"], to: "OVERDUE", by: clockOnly, mutation: "", description: "", input: {}, onDay: ({ due }, today) => due !== null && due < today, change: () => ({}),
      notify: (context) => noticesToHolders(context, ["APPROVE"], "INFORMATION_REQUEST_OVERDUE"),
    },
  },
});
