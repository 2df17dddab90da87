/**
 * A product (SPEC 15.46): made of documents, received sources and earlier products, each of which the analyst may read. Its label is at least the join of theirs and of what their combination adds (compilation.ts), and what an originator
 * controls needs that originator's consent first. A second person releases it; the policy side says what it was worth.
 */
import { type LabelCore, canonical, dominates } from "../../../../schema/label";
import { Refusal } from "../../refusal";
import { both, withPurpose, withRole } from "../authority";
import { type StepContext, defineWorkflow } from "../declare";
import { compiledLabel } from "./compilation";
import { PRODUCT_KINDS, TASKING_BODY, USEFULNESS } from "./cycle-policy";
import { openerOf } from "./requirement";
import { coreOf, partsOf, requireAtLeast, requireConsents, sourcesOf } from "./sources";

/** @throws Refusal where a source is not there for the asker, the label is below what they are now, or an originator has not consented */
async function requireMade(context: StepContext, named: readonly string[], label: LabelCore): Promise<void> {
  const sources = await sourcesOf(context, named);
  requireAtLeast(label, sources, TASKING_BODY);
  const parts = await partsOf(context, named);
  if (!dominates(coreOf(label), compiledLabel(sources.map((source) => ({ label: source.label, parts: parts.get(source.id) ?? 1 })), context.ministry.org))) throw new Refusal("REFUSED_LABEL");
  await requireConsents(context, sources);
}

export const product = defineWorkflow({
  name: "Product", plural: "Products", description: "An assessment made of sources, under at least the join of their labels.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"] },
  keptBy: ({ name }) => name === "cabinet-secretariat",
  states: ["DRAFTED", "RELEASED", "ASSESSED"],
  fields: {
    kind: { kind: "text" }, requirement: { kind: "id" }, title: { kind: "localized" }, text: { kind: "long" }, sources: { kind: "texts", description: "Ids of what it is made of." }, topics: { kind: "texts" },
    usefulness: { kind: "text" }, feedback: { kind: "long" },
  },
  relatesBy: ["requirement", "topics", "sources"],
  steps: {
    DRAFT_PRODUCT: {
      from: [], to: "DRAFTED", by: both(withRole("PROPOSE"), withPurpose("ANALYSIS")), mutation: "draftProduct", description: "Writes it.",
      input: {
        kind: { kind: "text", oneOf: PRODUCT_KINDS }, requirement: { kind: "id", optional: true }, title: { kind: "localized" }, text: { kind: "long" }, sources: { kind: "texts" }, topics: { kind: "texts" },
        label: { kind: "label", description: "At least the join of the labels of its sources, with what their combination adds." },
      },
      check: async (context) => {
        const { sources: named, label } = context.input as { readonly sources: readonly string[]; readonly label: LabelCore };
        if (named.length === 0) throw new Refusal("BAD_USER_INPUT");
        await requireMade(context, named, label);
      },
      change: ({ ministry, asker: { subject }, input: { label, ...body } }) => ({ label: canonical(label as LabelCore), owner: subject.org ?? ministry.org, body }),
    },
    RELEASE_PRODUCT: {
      from: ["DRAFTED"], to: "RELEASED", by: withRole("PROPOSE"), notBy: ["DRAFT_PRODUCT"], mutation: "releaseProduct", description: "Releases it to those who may read it.", input: {},
      // Since it was written consent may have been taken back, and a source designated.
      check: async (context) => { if (context.item !== undefined) await requireMade(context, context.item.body["sources"] as readonly string[], context.item.label); },
      change: () => ({}), notify: ({ item }) => [{ subject: openerOf(item), kind: "PRODUCT_RELEASED" }],
    },
    ASSESS_PRODUCT: {
      from: ["RELEASED"], to: "ASSESSED", by: withPurpose("REQUIREMENTS"), notBy: ["DRAFT_PRODUCT"], mutation: "assessProduct", description: "Says whether it met the requirement.",
      input: { usefulness: { kind: "text", oneOf: USEFULNESS }, feedback: { kind: "long" } },
      change: ({ item, input }) => ({ body: { ...item?.body, usefulness: input["usefulness"], feedback: input["feedback"] } }), notify: ({ item }) => [{ subject: openerOf(item), kind: "PRODUCT_ASSESSED" }],
    },
  },
});
