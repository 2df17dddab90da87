/**
 * The lower edition of a product (SPEC 15.47, labels.md C.1): a text of its own below the product's label, written for release. Its draft is and stays under the product's own label, and owners of the
 * product release it one by one or refuse. What is published is an item of its own: it says nothing of the product, not even by its version by how many it had to be released.
 */
import { createHash } from "node:crypto";
import { type LabelCore, canonical, isForeignOwner, isUnder } from "../../../../schema/label";
import { checkLabel, clearanceAt } from "../../../../schema/policy";
import { Refusal } from "../../refusal";
import { type Authority, both, clockOnly, withPurpose, withRole } from "../authority";
import { type StepContext, type Workflow, defineWorkflow } from "../declare";
import { openItem } from "../open-item";
import { openerOf } from "./requirement";
import { sourcesOf } from "./sources";

const RELEASING = ["RELEASE", "DECLASSIFY"] as const;

interface Waiting { readonly pending: readonly string[]; readonly owners: readonly string[]; readonly target: LabelCore }
/** What an item says of who is waited for; nobody where it does not say. */
const waitingOf = (item: { readonly body: Readonly<Record<string, unknown>> } | undefined): Waiting => {
  const { pending, owners, target } = (item?.body ?? {}) as Partial<Waiting>;
  return { pending: pending ?? [], owners: owners ?? [], target: target as LabelCore };
};

const heldOver = ({ policy, asker, now }: Pick<StepContext, "policy" | "asker" | "now">, bodies: readonly string[]): boolean =>
  clearanceAt(policy, asker.subject, now).roles.some(({ role, org }) => RELEASING.some((known) => known === role) && bodies.some((body) => isUnder(body, org)));

/** For whom one may release: a Japanese owner for itself, and for a foreign one any Japanese owner of the same product, through which it answered. */
function answeringFor(owner: string, owners: readonly string[]): readonly string[] { return isForeignOwner(owner) ? owners.filter((other) => !isForeignOwner(other)) : [owner]; }

const forAnOwner: Authority = {
  early: (situation) => withRole(...RELEASING).early(situation),
  over: (situation, item) => { const { pending, owners } = waitingOf(item); return pending.some((owner) => heldOver(situation, answeringFor(owner, owners))); },
};

function requirePending(context: StepContext): void {
  const { pending, owners } = waitingOf(context.item);
  const owner = String(context.input["owner"]);
  if (!pending.includes(owner)) throw new Refusal("REFUSED_STATE");
  if (!heldOver(context, answeringFor(owner, owners))) throw new Refusal("REFUSED_ROLE");
}

const remaining = ({ item, input }: StepContext): readonly string[] => waitingOf(item).pending.filter((owner) => owner !== input["owner"]);

/** Id of what a draft is published as. Whoever reads the draft can tell, and nobody can tell from it whose edition it is. */
function editionOf(draft: string): string { return `itm_${createHash("sha256").update(`edition of ${draft}`).digest("hex").slice(0, 16)}`; }

export const tearline: Workflow = defineWorkflow({
  name: "Tearline", plural: "Tearlines", description: "A lower edition of a product, written for release.",
  // That there are editions for release is no secret, and those abroad are to read what is published for them.
  floor: { level: "PUBLIC" },
  keptBy: ({ name }) => name === "cabinet-secretariat",
  states: ["AWAITING_RELEASE", "CLEARED", "PUBLISHED", "RELEASED", "REFUSED"],
  fields: { title: { kind: "localized" }, text: { kind: "long" }, product: { kind: "id" }, target: { kind: "label", description: "The label that it will have." }, owners: { kind: "orgs" }, pending: { kind: "orgs", description: "Owners who have not released it." } },
  relatesBy: ["product"],
  steps: {
    DRAFT_TEARLINE: {
      from: [], to: "AWAITING_RELEASE", by: both(withRole("PROPOSE"), withPurpose("ANALYSIS")), mutation: "draftTearline", description: "Writes it; it waits for the owners.",
      input: { product: { kind: "id" }, title: { kind: "localized" }, text: { kind: "long" }, target: { kind: "label", description: "Below the product, without its tokens and under no statute: CUI at level CUI, DOC at CONFIDENTIAL and SECRET." } },
      check: async (context) => {
        const target = context.input["target"] as LabelCore;
        const [source] = await sourcesOf(context, [String(context.input["product"])]);
        if (source === undefined) throw new Refusal("REFUSED_STATE");
        // V9 and the shape of a tearline. Who may have it is for the owners of the product to say, so that the ministry that writes it is its only owner.
        const only = Object.keys(target.owners);
        const wrong = checkLabel(context.policy, target, { kind: "tearline", tokenOf: () => undefined, source: source.label });
        if (wrong.length > 0 || target.need.length > 0 || only.length !== 1 || only[0] !== context.ministry.org) throw new Refusal("REFUSED_LABEL");
      },
      change: async (context) => {
        const { product, title, text, target } = context.input;
        const [source] = await sourcesOf(context, [String(product)]);
        if (source === undefined) throw new Refusal("REFUSED_STATE");
        const owners = Object.keys(source.label.owners);
        const { org } = context.ministry;
        return {
          label: source.label, owner: context.asker.subject.org ?? org,
          body: { product, title, text, target: canonical(target as LabelCore), owners, pending: owners },
        };
      },
    },
    RELEASE_TEARLINE: {
      from: ["AWAITING_RELEASE"], to: (context) => (remaining(context).length === 0 ? "CLEARED" : "AWAITING_RELEASE"), by: forAnOwner, notBy: ["DRAFT_TEARLINE"], mutation: "releaseTearline",
      description: "Releases it for one owner of the product.", input: { owner: { kind: "org" }, reference: { kind: "text", description: "Of the decision, or of the foreign owner's answer." } },
      check: requirePending,
      change: (context) => ({ body: { ...context.item?.body, pending: remaining(context) }, note: { owner: context.input["owner"], reference: context.input["reference"] } }),
      notify: ({ item }) => [{ subject: openerOf(item), kind: "TEARLINE_DECIDED" }],
    },
    PUBLISH_TEARLINE: {
      from: ["CLEARED"], to: "PUBLISHED", by: both(withRole("PROPOSE"), withPurpose("ANALYSIS")), mutation: "publishTearline", description: "Puts it under its own label, when every owner has released it.", input: {},
      // The note is the only place that names the edition.
      change: ({ id }) => ({ note: { edition: editionOf(id) } }),
      effect: async (context) => {
        const { item, id } = context;
        if (item === undefined) throw new Refusal("REFUSED_STATE");
        const { title, text } = item.body;
        await openItem(context, tearline, "RELEASE_EDITION", { label: canonical(waitingOf(item).target), owner: item.owner, body: { title, text } }, editionOf(id));
      },
    },
    RELEASE_EDITION: { from: [], to: "RELEASED", by: clockOnly, mutation: "", description: "", input: {}, change: () => { throw new Error("an edition is opened by publishing alone"); } },
    REFUSE_TEARLINE: {
      from: ["AWAITING_RELEASE"], to: "REFUSED", by: forAnOwner, mutation: "refuseTearline", description: "Refuses it for one owner, with reasons.", input: { owner: { kind: "org" }, reason: { kind: "long" } },
      check: requirePending, change: ({ input }) => ({ note: { owner: input["owner"], reason: input["reason"] } }), notify: ({ item }) => [{ subject: openerOf(item), kind: "TEARLINE_DECIDED" }],
    },
  },
});
