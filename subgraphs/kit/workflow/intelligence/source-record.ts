/**
 * The register of what was received (SPEC 15.44): an answer of another ministry, or what a foreign service gave, under the label that it came with. What is made of it is made of this entry, so
 * that owners, distribution and originator control travel with it although the original is kept elsewhere.
 */
import { type LabelCore, canonical, effectiveDist, isUnderAny } from "../../../../schema/label";
import { Refusal } from "../../refusal";
import { both, withPurpose, withRole } from "../authority";
import { defineWorkflow } from "../declare";
import { RELIABILITY, TASKING_BODY } from "./cycle-policy";

const analyst = both(withRole("PROPOSE"), withPurpose("ANALYSIS"));

export const sourceRecord = defineWorkflow({
  name: "SourceRecord", plural: "SourceRecords", description: "Something received, under the label it came with.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"] },
  keptBy: ({ name }) => name === "cabinet-secretariat",
  states: ["RECORDED", "WITHDRAWN"],
  fields: {
    reference: { kind: "id", description: "Id of the original at its keeper." }, requirement: { kind: "id" }, origin: { kind: "org", description: "Who gave it." }, topics: { kind: "texts" },
    reliability: { kind: "text" }, summary: { kind: "long" },
  },
  relatesBy: ["reference", "requirement", "topics"],
  steps: {
    RECORD_SOURCE: {
      from: [], to: "RECORDED", by: analyst, mutation: "recordSource", description: "Records it, with the label of its marking.",
      input: {
        reference: { kind: "id" }, requirement: { kind: "id", optional: true }, origin: { kind: "org" }, topics: { kind: "texts" }, reliability: { kind: "text", oneOf: RELIABILITY }, summary: { kind: "long" },
        label: { kind: "label", description: "As it is marked: the giver is an owner." },
      },
      check: ({ input }) => {
        const { label, origin } = input as { readonly label: LabelCore; readonly origin: string };
        if (!Object.hasOwn(label.owners, origin) || !isUnderAny(TASKING_BODY, effectiveDist(label))) throw new Refusal("REFUSED_LABEL");
      },
      change: ({ ministry, asker: { subject }, input: { label, ...body } }) => ({ label: canonical(label as LabelCore), owner: subject.org ?? ministry.org, body }),
    },
    WITHDRAW_SOURCE: {
      from: ["RECORDED"], to: "WITHDRAWN", by: analyst, mutation: "withdrawSource", description: "Its giver took it back; nothing new is made of it.", input: { reason: { kind: "long" } },
      change: ({ input }) => ({ note: { reason: input["reason"] } }),
    },
  },
});
