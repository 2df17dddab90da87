/**
 * Consent of an originator to onward use (SPEC 15.45, labels.md C.4 rule 6). Recorded on the source, under the source's label, by an officer who releases for a Japanese owner of it: the
 * originator itself, or the ministry through which a foreign originator answered, with the reference of that answer. It has a last day and can be taken back.
 */
import { Refusal } from "../../refusal";
import { addYears } from "../../../../schema/policy";
import { isForeignOwner, orconOwners } from "../../../../schema/label";
import { clockOnly, withRole } from "../authority";
import { defineWorkflow } from "../declare";
import { sourcesOf } from "./sources";

/** Years for which consent may be recorded at a time; demo policy. */
const LONGEST_YEARS = 5;

export const originatorConsent = defineWorkflow({
  name: "OriginatorConsent", plural: "OriginatorConsents", description: "An originator's consent to onward use of a source.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"] },
  keptBy: () => true,
  states: ["GIVEN", "REVOKED", "ENDED"],
  fields: {
    source: { kind: "id", description: "Id of the document or item." }, originator: { kind: "org", description: "The owner who controls it." }, reference: { kind: "text", description: "Of the originator's answer." },
    use: { kind: "long", description: "For what it is given." }, until: { kind: "day" },
  },
  relatesBy: ["source", "originator"],
  steps: {
    RECORD_CONSENT: {
      from: [], to: "GIVEN", by: withRole("RELEASE"), mutation: "recordConsent", description: "Records that the originator consents.",
      input: {
        source: { kind: "id" }, originator: { kind: "org" }, through: { kind: "org", description: "The Japanese owner that answers for it; the originator itself where it is one." }, reference: { kind: "text" }, use: { kind: "long" },
        until: { kind: "day" },
      },
      check: async (context) => {
        const { source, originator, through, until } = context.input as { readonly source: string; readonly originator: string; readonly through: string; readonly until: string };
        if (until < context.today) throw new Refusal("BAD_USER_INPUT");
        if (until > addYears(context.today, LONGEST_YEARS)) throw new Refusal("REFUSED_LIMIT");
        const [held] = await sourcesOf(context, [source]);
        if (held === undefined || !orconOwners(held.label).includes(originator)) throw new Refusal("REFUSED_STATE");
        if (!Object.hasOwn(held.label.owners, through) || isForeignOwner(through) || (!isForeignOwner(originator) && through !== originator)) throw new Refusal("REFUSED_STATE");
      },
      change: async (context) => {
        const { through, ...body } = context.input;
        const [held] = await sourcesOf(context, [String(body["source"])]);
        if (held === undefined) throw new Refusal("REFUSED_STATE");
        return { label: held.label, owner: String(through), due: String(body["until"]), body };
      },
    },
    REVOKE_CONSENT: {
      from: ["GIVEN"], to: "REVOKED", by: withRole("RELEASE"), mutation: "revokeConsent", description: "Takes it back for everything that is made from now on.", input: { reason: { kind: "long" } },
      change: ({ input }) => ({ due: null, note: { reason: input["reason"] } }),
    },
    END_CONSENT: { from: ["GIVEN"], to: "ENDED", by: clockOnly, mutation: "", description: "", input: {}, onDay: ({ due }, today) => due !== null && due < today, change: () => ({ due: null }) },
  },
});
