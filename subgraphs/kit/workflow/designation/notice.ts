/**
 * Words to bodies outside the ministry (SPEC 15.26-15.27): those who were given a record learn that its designation was extended or has ended, oversight that one is challenged. A notice holds
 * nothing of the file but its id and days; it is sent by what happens to the file, or by a handler who challenges it, and acknowledged by somebody of the body, for a nation by an officer who passes it on. Handlers, of
 * whatever body, are told as persons.
 */
import type { LabelCore, Owner } from "../../../../schema/label";
import { Refusal } from "../../refusal";
import { anybody, clockOnly, either } from "../authority";
import { type StepContext, defineWorkflow } from "../declare";
import { openItem } from "../open-item";
import { OVERSIGHT_OFFICE, holderLabel } from "./file-label";
import { coreOf } from "./marking";
import { forNation, fromParty } from "./party";
import { labelToParty } from "./recipients";

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
    ACKNOWLEDGE_NOTICE: { from: ["SENT"], to: "ACKNOWLEDGED", by: either(fromParty, forNation), mutation: "acknowledgeDesignationNotice", description: "Says that the body has taken note.", input: {}, change: () => ({}) },
    CHALLENGE_AS_HANDLER: {
      from: [], to: "SENT", by: anybody, sealed: true, mutation: "challengeAsHandler", description: "Challenges the designation of a record that one reads, without its file; oversight is told. Nothing of the information belongs into it. The answer is empty; what becomes of it is told.",
      input: { record: { kind: "id", description: "A record of which one reads a designated part." }, challenge: { kind: "long" } },
      change: async ({ query, asker, input }) => {
        const [file] = await query<{ file: string; owner: string; label: LabelCore }>("SELECT file, owner, label FROM challenged_file($1, $2)", [asker.subject.id, input["record"]]);
        if (file === undefined) throw new Refusal("REFUSED_STATE");
        return { label: coreOf(file.label), owner: file.owner, body: { file: file.file, party: OVERSIGHT_OFFICE, kind: "CHALLENGED" } };
      },
      effect: async ({ query, asker, input }) => {
        const [taken] = await query<{ done: boolean }>("SELECT challenge_designation($1, $2, $3) AS done", [asker.subject.id, input["record"], input["challenge"]]);
        if (taken?.done !== true) throw new Refusal("REFUSED_STATE");
      },
    },
  },
});

/** Tells each of them once. */
export async function tellParties(context: StepContext, kind: (typeof NOTICE_KINDS)[number], parties: readonly Owner[], validUntil?: string): Promise<void> {
  const { item, id } = context;
  if (item === undefined) return;
  for (const party of [...new Set(parties)].sort()) {
    await openItem(context, designationNotice, "SEND_NOTICE", { label: await labelToParty(context, id, item.owner, 1, party), owner: item.owner, body: { file: id, party, kind, ...(validUntil === undefined ? {} : { validUntil }) } });
  }
}

/** Tells whoever is assigned to the token, but who does this and who proposed it, who is told as such. */
export async function tellHandlers({ item, id, today, asker, query, intern }: StepContext, kind: "EXTENDED" | "ENDED" | "LAPSED"): Promise<void> {
  if (item === undefined) return;
  // Assignments end with the designation at the latest: when it lapses they are those of its last day.
  const day = kind === "LAPSED" ? item.body["validUntil"] : today;
  await query("SELECT tell_handlers($1, $2, $3, $4, $5)", [id, await intern(holderLabel(item.owner)), kind, day, [asker.subject.id, item.steps[0]?.actor ?? ""]]);
}

/** Tells whoever challenged it and waits for an answer that it has ended, where nobody else tells them: they may not be assigned any more, or not be able to handle what they were, as people of a firm whose contract is over. */
export async function tellWaiting({ item, id, asker, query, intern }: StepContext): Promise<void> {
  if (item !== undefined) await query("SELECT tell_waiting($1, $2, $3)", [id, await intern(holderLabel(item.owner)), [asker.subject.id, item.steps[0]?.actor ?? ""]]);
}

/** Tells whoever challenged it, of whatever body. */
export async function tellChallengers({ item, id, query, intern }: StepContext, kind: "UPHELD"): Promise<void> {
  if (item !== undefined) await query("SELECT tell_challengers($1, $2, $3)", [id, await intern(holderLabel(item.owner)), kind]);
}

/** Tells whoever made something of its records, of what was made of them, or released an edition of one, while they can still raise or withdraw it. */
export async function tellMakers({ id, query }: StepContext, kind: "SOURCE_DESIGNATED" | "SOURCE_ENDED"): Promise<void> {
  await query("SELECT tell_makers($1, $2)", [id, kind]);
  await query("SELECT tell_onward($1, $2)", [id, kind]);
}
