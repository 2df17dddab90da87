/**
 * Words to bodies outside the ministry (SPEC 15.26): those who were given a record learn that its designation was extended or has ended, oversight that one is challenged. A notice holds
 * nothing of the file but its id and days; it is sent by what happens to the file, and acknowledged by somebody of the body.
 */
import type { Owner } from "../../../../schema/label";
import { clockOnly } from "../authority";
import { type StepContext, defineWorkflow } from "../declare";
import { openItem } from "../open-item";
import { partyLabel } from "./file-label";
import { fromParty } from "./party";

export const NOTICE_KINDS = ["EXTENDED", "ENDED", "CHALLENGED"] as const;

export const designationNotice = defineWorkflow({
  name: "DesignationNotice", plural: "DesignationNotices", description: "A word to a body about a designation.",
  floor: { level: "CUI", owner: "JPN", rel: ["JPN"] },
  keptBy: () => true,
  states: ["SENT", "ACKNOWLEDGED"],
  fields: {
    file: { kind: "id", description: "Id of the file of the designation." }, party: { kind: "org", description: "Body that is told." }, kind: { kind: "text", oneOf: NOTICE_KINDS },
    validUntil: { kind: "day", description: "Last day of the designation." },
  },
  steps: {
    SEND_NOTICE: { from: [], to: "SENT", by: clockOnly, mutation: "", description: "", input: {}, change: () => ({}) },
    ACKNOWLEDGE_NOTICE: { from: ["SENT"], to: "ACKNOWLEDGED", by: fromParty, mutation: "acknowledgeDesignationNotice", description: "Says that the body has taken note.", input: {}, change: () => ({}) },
  },
});

/** Tells each of them once. */
export async function tellParties(context: StepContext, kind: (typeof NOTICE_KINDS)[number], parties: readonly Owner[], validUntil?: string): Promise<void> {
  const { item, id } = context;
  if (item === undefined) return;
  for (const party of [...new Set(parties)].sort()) {
    await openItem(context, designationNotice, "SEND_NOTICE", { label: partyLabel(item.owner, 1, party), owner: item.owner, body: { file: id, party, kind, ...(validUntil === undefined ? {} : { validUntil }) } });
  }
}
