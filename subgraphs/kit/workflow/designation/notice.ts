/**
 * Words to bodies outside the ministry (SPEC 15.26): those who were given a record learn that its designation was extended or has ended, oversight that one is challenged. A notice holds
 * nothing of the file but its id and days; it is sent by what happens to the file, and acknowledged by somebody of the body. Handlers, of whatever body, are told as persons.
 */
import type { Owner } from "../../../../schema/label";
import { clockOnly } from "../authority";
import { type StepContext, defineWorkflow } from "../declare";
import { openItem } from "../open-item";
import { holderLabel, partyLabel } from "./file-label";
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

/** Tells whoever is assigned to the token, but who does this and who proposed it, who is told as such. */
export async function tellHandlers({ item, id, today, asker, query, intern }: StepContext, kind: "EXTENDED" | "ENDED" | "LAPSED"): Promise<void> {
  if (item === undefined) return;
  // Assignments end with the designation at the latest: when it lapses they are those of its last day.
  const day = kind === "LAPSED" ? item.body["validUntil"] : today;
  await query("SELECT tell_handlers($1, $2, $3, $4, $5)", [id, await intern(holderLabel(item.owner)), kind, day, [asker.subject.id, item.steps[0]?.actor ?? ""]]);
}

/** Tells whoever made something of its records, while they can still raise or withdraw it. */
export async function tellMakers({ id, query }: StepContext): Promise<void> { await query("SELECT tell_makers($1, $2)", [id, "SOURCE_DESIGNATED"]); }
