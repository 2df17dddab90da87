/**
 * What a ministry answers to a requirement (SPEC 15.43). It stays with the ministry, under the ministry's label, which Cabinet Secretariat must be able to read and which lies at or above all
 * it was made of; it quotes the requirement by its id. A ministry that does not answer says why, by a coded reason and nothing else: words of its own would go out lower than what they tell. Who has more to say answers, under a label.
 */
import { type LabelCore, type OrgPath, canonical, isUnder } from "../../../../schema/label";
import { Refusal } from "../../refusal";
import { both, fromOwner, withPurpose } from "../authority";
import { type StepContext, type Workflow, defineWorkflow } from "../declare";
import { CYCLE_PURPOSES, DECLINE_REASONS, TASKING_BODY } from "./cycle-policy";
import { type Source, requireAtLeast, requireConsents, sourcesOf } from "./sources";

const answering = both(fromOwner, withPurpose(...CYCLE_PURPOSES));

/** Bodies that are asked: all that have a database of their own, except the one that asks and what belongs to it. */
export const isAsked: Workflow["keptBy"] = ({ name }) => name !== "cabinet-secretariat";

const bodyOf = ({ subject }: StepContext["asker"]): string | undefined => subject.hostOrg ?? subject.org;

/** Whatever body of the ministry collected it, the ministry owns it: a body below it is an owner only of what was its own before. */
export function isMinistrys(label: LabelCore, sources: readonly Source[], ministry: OrgPath): boolean {
  return Object.keys(label.owners).every((owner) => owner === ministry || !isUnder(owner, ministry) || sources.some((source) => Object.hasOwn(source.label.owners, owner)));
}

export const response = defineWorkflow({
  name: "Response", plural: "Responses", description: "What a ministry answers to a requirement, or why it does not.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"] },
  keptBy: isAsked,
  states: ["SUBMITTED", "DECLINED", "WITHDRAWN"],
  fields: {
    requirement: { kind: "id", description: "Id of the requirement, at Cabinet Secretariat." }, tasking: { kind: "id" }, topics: { kind: "texts" }, answer: { kind: "long" },
    documents: { kind: "texts", description: "Ids of documents that it refers to or is made of." }, earlier: { kind: "texts", description: "Ids of earlier answers that it uses again." }, reason: { kind: "text" },
    givenBy: { kind: "org", description: "Body of the ministry whose officer answered." },
  },
  relatesBy: ["requirement", "tasking", "topics"],
  steps: {
    SUBMIT_RESPONSE: {
      from: [], to: "SUBMITTED", by: answering, mutation: "submitResponse", description: "Answers, from documents and earlier answers that the asker may read.",
      input: {
        requirement: { kind: "id" }, tasking: { kind: "id", optional: true }, topics: { kind: "texts" }, answer: { kind: "long" }, documents: { kind: "texts" }, earlier: { kind: "texts" },
        label: { kind: "label", description: "At least the join of what it is made of; owned by the ministry, with Cabinet Secretariat among those who may have it." },
      },
      check: async (context) => {
        const { documents, earlier, label } = context.input as { readonly documents: readonly string[]; readonly earlier: readonly string[]; readonly label: LabelCore };
        if (!Object.hasOwn(label.owners, context.ministry.org)) throw new Refusal("REFUSED_LABEL");
        const sources = await sourcesOf(context, [...new Set([...documents, ...earlier])]);
        if (!isMinistrys(label, sources, context.ministry.org)) throw new Refusal("REFUSED_LABEL");
        requireAtLeast(label, sources, TASKING_BODY);
        await requireConsents(context, sources);
      },
      change: ({ ministry, asker, input: { label, ...body } }) => ({ label: canonical(label as LabelCore), owner: ministry.org, body: { ...body, givenBy: bodyOf(asker) } }),
    },
    DECLINE_REQUIREMENT: {
      from: [], to: "DECLINED", by: answering, mutation: "declineRequirement", description: "Says why it does not answer.",
      input: { requirement: { kind: "id" }, tasking: { kind: "id", optional: true }, reason: { kind: "text", oneOf: DECLINE_REASONS } },
      change: ({ ministry: { org }, asker, input }) => ({
        label: canonical({ policy: "JPN-GOV-DEMO", level: 1, regimes: ["CUI"], need: [], owners: { [org]: { rel: ["JPN"], disp: ["JPN"], dist: [TASKING_BODY, org], orcon: false } }, purposes: CYCLE_PURPOSES, handling: [] }),
        owner: org, body: { ...input, givenBy: bodyOf(asker) },
      }),
    },
    WITHDRAW_RESPONSE: {
      from: ["SUBMITTED"], to: "WITHDRAWN", by: answering, mutation: "withdrawResponse", description: "Takes an answer back; nothing new is made of it.", input: { reason: { kind: "long" } },
      change: ({ input }) => ({ note: { reason: input["reason"] } }),
    },
  },
});
