/**
 * Checks of research integrity (SPEC 15.55), kept by the education ministry: a researcher is asked for declarations of a closed list, answers, and reads all that is held about the check, with who read it. It
 * is CUI for those assigned to it and no vetting: nothing of a vetting gets into it, and nothing of it into one.
 */
import { type LabelCore, type OrgPath, isUnder } from "../../../../schema/label";
import { addYears, shiftDate } from "../../../../schema/policy";
import { assignmentLabel } from "../../register-labels";
import { Refusal } from "../../refusal";
import { asSubject, both, clockOnly, fromOwner, withPurpose } from "../authority";
import { type StepContext, defineWorkflow } from "../declare";
import { newId } from "../runner";
import { caseOf } from "../vetting/cases";
import { caseLabel } from "../vetting/labels";
import { CHECK_DAYS, CHECK_PURPOSES, DECLARATIONS, OUTCOMES, READING_YEARS, quotesVetting } from "./research-policy";

const office = both(fromOwner, withPurpose("RESEARCH-INTEGRITY"));
const researcher = both(asSubject, withPurpose("SELF-ACCESS"));

/** For the office and the researcher, each for their own purpose, and of them for those who are assigned. */
export function checkLabel(ministry: OrgPath, institution: OrgPath, token: string): LabelCore {
  const dist = isUnder(institution, ministry) ? [ministry] : [ministry, institution].sort();
  return { policy: "JPN-GOV-DEMO", level: 1, regimes: ["CUI"], need: [token], owners: { [ministry]: { rel: ["JPN"], disp: ["JPN"], dist, orcon: false } }, purposes: [...CHECK_PURPOSES], handling: ["CUI:PRVCY"] };
}

function refuseVetting({ input }: StepContext): void { if (quotesVetting(Object.values(input).flat())) throw new Refusal("REFUSED_LIMIT"); }

/** Makes the case known to the researcher and to the officer. */
async function assign({ ministry: { org }, query, intern, asker, input, today, id }: StepContext): Promise<void> {
  const token = caseOf("RIC", id);
  const until = addYears(today, READING_YEARS);
  const people = [{ subject: input["researcher"], role: "READER", until }, { subject: asker.subject.id, role: "HANDLER", until }];
  await query("SELECT open_case($1, $2, $3, $4, $5, $6, $7, $8)", [asker.subject.id, newId("mtr"), token, org, await intern(caseLabel(token, org)), await intern(assignmentLabel(token, org)), today, JSON.stringify(people)]);
}

export const integrityCheck = defineWorkflow({
  name: "IntegrityCheck", plural: "IntegrityChecks", description: "A check of research integrity, which the researcher reads.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"], purposes: [...CHECK_PURPOSES] },
  keptBy: ({ name }) => name === "education",
  states: ["ASKED", "OVERDUE", "DECLARED", "CONCLUDED", "DROPPED"],
  readingsKept: true,
  fields: {
    case: { kind: "token" }, institution: { kind: "org", description: "Body for which the researcher works." }, project: { kind: "text" }, asked: { kind: "texts", description: `Of ${DECLARATIONS.join(", ")}.` },
    why: { kind: "long", description: "Why it is asked, told to the researcher." }, declaration: { kind: "long" }, outcome: { kind: "text" }, reasons: { kind: "long" }, comment: { kind: "long", description: "What the researcher says to the outcome." },
  },
  steps: {
    // Sealed: whoever opens it reads it as everybody does who is assigned, which they are by this step.
    ASK_DECLARATION: {
      from: [], to: "ASKED", by: office, sealed: true, mutation: "askResearchDeclaration", description: "Asks a researcher for declarations, and tells them why. There is no check without the researcher's knowledge.",
      input: { researcher: { kind: "subject" }, institution: { kind: "org" }, project: { kind: "text" }, asked: { kind: "texts" }, why: { kind: "long" } },
      check: (context) => {
        const { input, policy, asker } = context;
        const asked = input["asked"] as readonly string[];
        if (!policy.members.isKnownOrg(String(input["institution"])) || asked.length === 0 || !asked.every((one) => DECLARATIONS.some((known) => known === one))) throw new Refusal("BAD_USER_INPUT");
        if (input["researcher"] === asker.subject.id) throw new Refusal("REFUSED_FOUR_EYES");
        refuseVetting(context);
      },
      change: ({ ministry: { org }, id, input, today }) => {
        const { researcher: person, ...body } = input;
        const token = caseOf("RIC", id);
        return { label: checkLabel(org, String(input["institution"]), token), owner: org, subject: String(person), due: shiftDate(today, CHECK_DAYS), body: { ...body, case: token } };
      },
      effect: assign, notify: ({ input }) => [{ subject: String(input["researcher"]), kind: "DECLARATION_ASKED" }],
    },
    DECLARE_RESEARCH: {
      from: ["ASKED", "OVERDUE"], to: "DECLARED", by: researcher, mutation: "declareResearch", description: "The researcher declares.", input: { declaration: { kind: "long" } },
      change: ({ item, input }) => ({ body: { ...item?.body, ...input } }),
    },
    CONCLUDE_CHECK: {
      from: ["DECLARED"], to: "CONCLUDED", by: office, notBy: ["DECLARE_RESEARCH"], mutation: "concludeIntegrityCheck", description: "Says what came of it, with reasons that the researcher reads.", input: { outcome: { kind: "text", oneOf: OUTCOMES }, reasons: { kind: "long" } },
      check: refuseVetting, change: ({ item, input }) => ({ due: null, body: { ...item?.body, ...input } }), notify: ({ item }) => [{ subject: item?.subject ?? "", kind: "CHECK_CONCLUDED" }],
    },
    COMMENT_ON_CHECK: {
      from: ["CONCLUDED"], to: "CONCLUDED", by: researcher, mutation: "commentOnIntegrityCheck", description: "The researcher says what they have to say to it; it stays with the check.", input: { comment: { kind: "long" } },
      change: ({ item, input }) => ({ body: { ...item?.body, ...input } }),
    },
    DROP_CHECK: {
      from: ["ASKED", "OVERDUE", "DECLARED"], to: "DROPPED", by: office, mutation: "dropIntegrityCheck", description: "Nothing more is asked, and what was declared is not shown any more.", input: { reason: { kind: "long" } },
      check: refuseVetting, change: ({ item, input }) => ({ due: null, body: { ...item?.body, declaration: null }, note: input }), notify: ({ item }) => [{ subject: item?.subject ?? "", kind: "CHECK_DROPPED" }],
    },
    MISS_DECLARATION: { from: ["ASKED"], to: "OVERDUE", by: clockOnly, mutation: "", description: "", input: {}, onDay: ({ due }, today) => due !== null && due < today, change: () => ({}) },
  },
});
