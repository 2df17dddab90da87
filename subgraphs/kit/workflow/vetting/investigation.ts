/**
 * The file of an investigation (SPEC 15.34): at the Cabinet Office alone, under purpose VETTING, by those assigned to the case with role VET. Rests on a consent that stands at every step.
 * One investigation serves every agency while it may be relied upon; a second one of the same person is refused unless it is said why.
 */
import { Refusal } from "../../refusal";
import { type StepContext, defineWorkflow } from "../declare";
import type { Values } from "../kinds";
import { vettingOffice } from "./authority";
import { refuseOwnCase, requireConsent } from "./cases";
import { CHECKS_OF_DEPTH, INVESTIGATION_YEARS, NOTICE_ITEMS, depthFor, lastDay, levelFor } from "./demo-policy";
import { CABINET_OFFICE, FILE_PURPOSES, isCabinetOffice, vettingFloor, vettingLabelFor } from "./labels";

export const OPINIONS = ["NO_OBJECTION", "OBJECTION"] as const;

/** Refused while there is an investigation of this person that is under way or may be relied upon. */
async function refuseDuplicate({ query, today, input, id }: StepContext, person: string): Promise<void> {
  if (input["whyAnother"] !== undefined) return;
  const others = await query<{ state: string; body: Values }>("SELECT state, body FROM item WHERE workflow = 'VettingInvestigation' AND subject = $1 AND id <> $2 AND state IN ('OPEN', 'CONCLUDED')", [person, id]);
  if (others.some(({ state, body }) => state === "OPEN" || String(body["reliableUntil"]) >= today)) throw new Refusal("REFUSED_LIMIT");
}

const consentStands = async (context: StepContext): Promise<void> => { await requireConsent(context, context.item?.body["vetting"]); };

export const vettingInvestigation = defineWorkflow({
  name: "VettingInvestigation", plural: "VettingInvestigations", description: "The file of an investigation.", floor: vettingFloor(FILE_PURPOSES), keptBy: isCabinetOffice, readingsKept: true,
  states: ["OPEN", "CONCLUDED", "DISCONTINUED"],
  fields: {
    case: { kind: "token" }, vetting: { kind: "id" }, consentId: { kind: "id" }, depth: { kind: "text", description: "By the level for which the person is vetted." }, checks: { kind: "texts", description: "What is looked at, at this depth." }, findings: { kind: "texts" }, opinion: { kind: "text" }, summary: { kind: "long" }, investigatedOn: { kind: "day" },
    reliableUntil: { kind: "day", description: "Last day on which it may be relied upon." }, whyAnother: { kind: "long", description: "Why a person is investigated again." },
  },
  steps: {
    OPEN_INVESTIGATION: {
      from: [], to: "OPEN", by: vettingOffice, mutation: "openVettingInvestigation", description: "Opens the file, once the person has consented.",
      input: { vetting: { kind: "id" }, whyAnother: { kind: "long", optional: true } },
      change: async (context) => {
        const { body, subject, consent } = await requireConsent(context, context.input["vetting"]);
        if (body["investigation"] !== undefined) throw new Refusal("REFUSED_STATE");
        refuseOwnCase(context, subject);
        const depth = depthFor(levelFor((body["regimes"] ?? []) as readonly string[], body["level"]));
        return {
          label: vettingLabelFor({ level: 2, need: [String(body["case"])], dist: [CABINET_OFFICE], purposes: FILE_PURPOSES }), owner: CABINET_OFFICE, subject,
          body: { ...context.input, case: body["case"], consentId: consent, depth, checks: CHECKS_OF_DEPTH[depth], findings: [] },
        };
      },
      // Under the lock once more: consent may have been taken back, or another file opened, a moment ago.
      effect: async (context) => { await refuseDuplicate(context, String((await requireConsent(context, context.input["vetting"])).subject)); },
    },
    ADD_FINDING: {
      from: ["OPEN"], to: "OPEN", by: vettingOffice, mutation: "addVettingFinding", description: "Notes what was found, under one of the items of the notice.",
      input: { about: { kind: "text", oneOf: NOTICE_ITEMS }, finding: { kind: "text" } },
      change: ({ item, input }) => {
        const earlier = (item?.body["findings"] ?? []) as readonly string[];
        return { body: { ...item?.body, findings: [...earlier, `${String(input["about"])}: ${String(input["finding"])}`] } };
      },
      effect: consentStands,
    },
    CONCLUDE_INVESTIGATION: {
      from: ["OPEN"], to: "CONCLUDED", by: vettingOffice, mutation: "concludeVettingInvestigation", description: "Ends it with an opinion.",
      input: { opinion: { kind: "text", oneOf: OPINIONS }, summary: { kind: "long" } },
      change: ({ item, input, today }) => ({ body: { ...item?.body, ...input, investigatedOn: today, reliableUntil: lastDay(today, INVESTIGATION_YEARS.CESI) } }),
      effect: consentStands,
    },
    DISCONTINUE_INVESTIGATION: {
      from: ["OPEN"], to: "DISCONTINUED", by: vettingOffice, mutation: "discontinueVettingInvestigation", description: "Ends it without an opinion; what was found leaves the file.", input: {},
      change: ({ item }) => ({ body: { case: item?.body["case"], vetting: item?.body["vetting"] } }),
    },
  },
});
