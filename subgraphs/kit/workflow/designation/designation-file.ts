/**
 * The life of a designation (SPEC 15.20-15.28): proposed with the tests of the law, approved by a second person, reviewed, extended, challenged, ended after consultation; on its last day
 * held for review and never opened by the clock. What follows from a step in the registers happens in the step's own transaction.
 */
import { addYears } from "../../../../schema/policy";
import { Refusal } from "../../refusal";
import { anybody, clockOnly, withRole } from "../authority";
import { type Item, type NoticeFor, type StepContext, defineWorkflow } from "../declare";
import type { FieldDeclarations } from "../kinds";
import { ADOPTION, adopt, isAdoption } from "./adoption";
import { endCovered } from "./covered";
import { ARCHIVED_AFTER_YEARS, LONGEST_CLASSES, REVIEW_WITHIN_YEARS, classOf } from "./demo-policy";
import { checkApproval, checkEnd, checkExtension, designate, endDesignation, extend, fileOf } from "./effects";
import { OVERSIGHT_OFFICE, fileLabel, levelOf } from "./file-label";
import { newRegisterIds } from "./marking";
import { refuseHeld } from "../oversight/information-request";
import { noticesToHolders } from "../access/granting";
import { tellChallengers, tellHandlers, tellParties } from "./notice";
import { PROPOSAL, checkProposal, drawToken, foreignOwners, readProposal } from "./proposal";
import { TAKE_OVER } from "./taken-over";

const IN_FORCE = ["ACTIVE", "CHALLENGED"] as const;
const RESULTS = ["CONTINUE", "END"] as const;
const reason: FieldDeclarations = { decision: { kind: "long" } };

const proposerOf = (item: Item | undefined): string => item?.steps[0]?.actor ?? "";
/** A file that came with the register has no proposer: whoever may propose or approve is told, as far as they may read of it. */
const tellProposer = (kind: string) => async (context: StepContext): Promise<readonly NoticeFor[]> => {
  const { item } = context;
  return item?.steps[0]?.name === TAKE_OVER ? noticesToHolders(context, ["PROPOSE", "APPROVE"], kind) : [{ subject: proposerOf(item), kind }];
};
/** Past its last day, as only what is adopted can be when it is approved. */
const stateOfDay = ({ item, today }: StepContext): string => { const until = item?.body["validUntil"]; return typeof until === "string" && until < today ? "LAPSED_HOLD" : "ACTIVE"; };
const withDecision = ({ item, input }: StepContext): { readonly body: Item["body"] } => ({ body: { ...item?.body, decision: input["decision"] } });

export const designationFile = defineWorkflow({
  name: "DesignationFile", plural: "DesignationFiles", description: "The file of a designation, from its proposal to its end.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"], purposes: ["DESIGNATION", "OVERSIGHT"] },
  keptBy: () => true,
  states: ["PROPOSED", "ACTIVE", "CHALLENGED", "LAPSED_HOLD", "TERMINATED", "TRANSFERRED", "REJECTED", "WITHDRAWN"],
  fields: {
    ...PROPOSAL, token: { kind: "token", description: "Token of the designation: its number and some drawn characters." }, class: { kind: "text", description: "Information class A to E." }, protectedRecords: { kind: "number", description: "How many records are protected by it." }, measure: { kind: "text", description: "Mark or notice, as the law asks for." },
    before: { kind: "label", description: "Label that the information had before it was designated, where it was stated." },
    matter: { kind: "id", description: "Id of the matter in the register." }, designation: { kind: "id", description: "Id of the designation in the register." }, designatedOn: { kind: "day" }, foreignOwners: { kind: "texts" },
    decision: { kind: "long" }, review: { kind: "text", oneOf: RESULTS }, challenge: { kind: "long" }, successor: { kind: "label", description: "Label after its end." }, endedOn: { kind: "day" },
    retention: { kind: "text", description: "What becomes of the documents: NATIONAL_ARCHIVES or SCHEDULE." },
  },
  steps: {
    PROPOSE_DESIGNATION: {
      from: [], to: "PROPOSED", by: withRole("PROPOSE"), mutation: "proposeDesignation", description: "Proposes a designation, with the tests of the law.", input: PROPOSAL,
      change: async (context) => {
        const proposal = readProposal(context.input);
        const records = await checkProposal(context, proposal);
        return {
          label: fileLabel(proposal.body, levelOf(proposal.level), proposal.label.need), owner: proposal.body,
          body: { ...context.input, token: drawToken(proposal.token), ...newRegisterIds(), class: classOf(proposal.regime, proposal.heldBy), protectedRecords: records.length, foreignOwners: foreignOwners(proposal, records) },
        };
      },
    },
    ADOPT_DESIGNATION: {
      from: [], to: "PROPOSED", by: withRole("PROPOSE"), mutation: "adoptDesignation", description: "Proposes a file for a designation of the register that has none.", input: ADOPTION, change: adopt,
    },
    TAKE_OVER_DESIGNATION: { from: [], to: "ACTIVE", by: clockOnly, mutation: "", description: "", input: {}, change: () => ({}) },
    APPROVE_DESIGNATION: {
      from: ["PROPOSED"], to: stateOfDay, by: withRole("APPROVE"), notBy: ["PROPOSE_DESIGNATION", "ADOPT_DESIGNATION"], mutation: "approveDesignation", description: "Designates: entry, marks and first handlers at once.", input: reason,
      check: checkApproval,
      change: (context) => {
        const { item, held } = fileOf(context);
        const designatedOn = isAdoption(item.body) ? item.body["registeredOn"] : context.today;
        return { due: held.reviewBy, body: { ...item.body, designatedOn, measure: "MARK", decision: context.input["decision"] } };
      },
      effect: designate, notify: tellProposer("DESIGNATED"),
    },
    REJECT_DESIGNATION: {
      from: ["PROPOSED"], to: "REJECTED", by: withRole("APPROVE"), notBy: ["PROPOSE_DESIGNATION", "ADOPT_DESIGNATION"], mutation: "rejectDesignation", description: "Rejects the proposal, with reasons.", input: reason,
      change: withDecision, notify: tellProposer("REJECTED"),
    },
    WITHDRAW_DESIGNATION: {
      from: ["PROPOSED"], to: "WITHDRAWN", by: withRole("PROPOSE"), mutation: "withdrawDesignation", description: "Takes one's own proposal back.", input: {},
      check: ({ item, asker }) => { if (proposerOf(item) !== asker.subject.id) throw new Refusal("REFUSED_ROLE"); },
      change: () => ({}),
    },
    REVIEW_DESIGNATION: {
      from: ["ACTIVE"], to: "ACTIVE", by: withRole("PROPOSE", "APPROVE"), mutation: "reviewDesignation", description: "Says after review whether the tests of the law still hold, and when it is looked at again.",
      input: { review: { kind: "text", oneOf: RESULTS }, decision: { kind: "long" }, reviewBy: { kind: "day" } },
      check: ({ item, input, today }) => {
        const reviewBy = String(input["reviewBy"]);
        if (reviewBy <= today) throw new Refusal("BAD_USER_INPUT");
        if (reviewBy > addYears(today, REVIEW_WITHIN_YEARS) || reviewBy > String(item?.body["validUntil"])) throw new Refusal("REFUSED_LIMIT");
      },
      change: ({ item, input }) => ({ due: String(input["reviewBy"]), body: { ...item?.body, reviewBy: input["reviewBy"], review: input["review"] }, note: { review: input["review"], decision: input["decision"] } }),
    },
    EXTEND_DESIGNATION: {
      from: ["ACTIVE"], to: "ACTIVE", by: withRole("APPROVE"), notBy: ["PROPOSE_DESIGNATION", "ADOPT_DESIGNATION", "REVIEW_DESIGNATION"], mutation: "extendDesignation", description: "Extends it after a review that found it to be still needed.",
      input: { until: { kind: "day" }, reviewBy: { kind: "day" }, decision: { kind: "long" }, cabinetDecision: { kind: "text", optional: true }, exemptClass: { kind: "text", optional: true, oneOf: LONGEST_CLASSES } },
      check: checkExtension,
      change: ({ item, input }) => {
        const { until, reviewBy, decision, cabinetDecision, exemptClass } = input;
        // The next extension needs a review of its own.
        const { review, ...body } = item?.body ?? {};
        return {
          due: String(reviewBy), note: { from: body["validUntil"], until, review, decision },
          body: { ...body, validUntil: until, reviewBy, ...(cabinetDecision === undefined ? {} : { cabinetDecision }), ...(exemptClass === undefined ? {} : { exemptClass }) },
        };
      },
      effect: extend, notify: tellProposer("EXTENDED"),
    },
    CHALLENGE_DESIGNATION: {
      from: ["ACTIVE"], to: "CHALLENGED", by: anybody, mutation: "challengeDesignation", description: "Challenges it; oversight is told. The information stays protected.", input: { challenge: { kind: "long" } },
      change: ({ item, input }) => ({ body: { ...item?.body, challenge: input["challenge"] } }),
      effect: (context) => tellParties(context, "CHALLENGED", [OVERSIGHT_OFFICE]), notify: tellProposer("CHALLENGED"),
    },
    UPHOLD_DESIGNATION: {
      from: ["CHALLENGED"], to: "ACTIVE", by: withRole("APPROVE"), notBy: ["CHALLENGE_DESIGNATION"], mutation: "upholdDesignation", description: "Upholds a designation that was challenged, with reasons.", input: reason,
      change: ({ input }) => ({ note: { decision: input["decision"] } }),
      effect: (context) => tellChallengers(context, "UPHELD"),
    },
    DECLASSIFY_DESIGNATION: {
      from: [...IN_FORCE, "LAPSED_HOLD"], to: "TERMINATED", by: withRole("DECLASSIFY"), notBy: ["PROPOSE_DESIGNATION", "ADOPT_DESIGNATION"], mutation: "declassifyDesignation", description: "Ends it, after everybody concerned was consulted.",
      input: { decision: { kind: "long" }, successor: { kind: "label", description: "Label that the information has from now on, and never less than it had before." } },
      check: checkEnd,
      change: async (context) => {
        const { item, held } = fileOf(context);
        const archived = context.today > addYears(held.firstDesignatedOn ?? held.designatedOn, ARCHIVED_AFTER_YEARS);
        if (held.takenOver === true) await refuseHeld(context);
        const given = held.takenOver === true ? await endCovered(context, item, held) : {};
        return { ...given, due: null, body: { ...item.body, decision: context.input["decision"], successor: context.input["successor"], endedOn: context.today, retention: archived ? "NATIONAL_ARCHIVES" : "SCHEDULE" } };
      },
      effect: endDesignation, notify: tellProposer("ENDED"),
    },
    TRANSFER_DESIGNATION: {
      from: ["TERMINATED"], to: "TRANSFERRED", by: withRole("PROPOSE"), notBy: ["DECLASSIFY_DESIGNATION"], mutation: "transferToArchives", description: "Says that the documents went to the National Archives; the register keeps its entry.",
      input: { archiveReference: { kind: "text" } },
      check: ({ item }) => { if (item?.body["retention"] !== "NATIONAL_ARCHIVES") throw new Refusal("REFUSED_LIMIT"); },
      change: ({ input }) => ({ note: input }), effect: refuseHeld, notify: tellProposer("TRANSFERRED"),
    },
    LAPSE_DESIGNATION: {
      from: IN_FORCE, to: "LAPSED_HOLD", by: clockOnly, mutation: "", description: "", input: {}, onDay: ({ body }, today) => String(body["validUntil"]) < today,
      change: () => ({}), effect: (context) => tellHandlers(context, "LAPSED"), notify: tellProposer("LAPSED"),
    },
    REMIND_OF_REVIEW: {
      from: ["ACTIVE"], to: "ACTIVE", by: clockOnly, mutation: "", description: "", input: {}, onDay: ({ due, body }, today) => due !== null && due < today && body["reminded"] !== due,
      change: ({ item }) => ({ body: { ...item?.body, reminded: item?.due } }), notify: tellProposer("REVIEW_OVERDUE"),
    },
  },
});
