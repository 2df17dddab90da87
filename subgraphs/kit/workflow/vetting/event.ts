/**
 * What happened around a person who was vetted (SPEC 15.38): told by the person, or by the ministry's security officer for superiors and facilities. Each teller reads what they told, the vetting
 * office all of it, nobody else anything. Screening asks the rules and leaves advice; it changes nothing else.
 */
import { Refusal } from "../../refusal";
import { clockOnly } from "../authority";
import { type StepContext, type StepDeclaration, defineWorkflow } from "../declare";
import type { Values } from "../kinds";
import { newId } from "../runner";
import { employerOffice, personConcerned, vettingOffice } from "./authority";
import { findItem } from "./cases";
import { CABINET_OFFICE, REPORT_PURPOSES, SIGNAL_PURPOSES, bodiesOf, isCabinetOffice, vettingFloor, vettingLabelFor } from "./labels";
import { type ConductEvent, EVENT_KINDS, type EventKind, adviseOn } from "./risk-rules";
import { signalBody, signalLabel } from "./signal";

const OWN: readonly EventKind[] = EVENT_KINDS.filter((kind) => kind.startsWith("SELF_") || kind === "FOREIGN_TRAVEL_REPORTED" || kind === "SUSPICIOUS_APPROACH");
const TOLD = { happenedOn: { kind: "day" }, account: { kind: "long", description: "What happened." } } as const;

function refuseFuture({ input, today }: StepContext): void { if (String(input["happenedOn"]) > today) throw new Refusal("BAD_USER_INPUT"); }

interface StoredEvent { readonly id: string; readonly body: Values }

/** Opens advice for what the rules find in the events of the case, unless the same was found before. */
async function advise({ query, intern, asker, item, today }: StepContext): Promise<void> {
  const { case: token, employer } = item?.body ?? {};
  const stored = await query<StoredEvent>("SELECT id, body FROM item WHERE workflow = 'VettingEvent' AND body->>'case' = $1 ORDER BY id", [token]);
  const events = stored.map(({ id, body }): ConductEvent => ({ id, kind: body["kind"] as EventKind, happenedOn: String(body["happenedOn"]) }));
  const known = await query<StoredEvent>("SELECT id, body FROM item WHERE workflow = 'RiskSignal' AND body->>'case' = $1", [token]);
  const advice = adviseOn(events, today).filter(({ rule, events: found }) => !known.some(({ body }) => (body["found"] as readonly string[]).includes(`${rule} ${found.join(" ")}`)));
  if (advice.length === 0) return;
  await query("SELECT open_item($1, $2, $3, 'RiskSignal', 'ADVISE', 'ADVISED', $4, $5, NULL, $6, '{}')",
    [asker.subject.id, newId(), await intern(signalLabel(String(token))), CABINET_OFFICE, item?.subject, JSON.stringify(signalBody(String(token), String(employer), advice))]);
}

const screening: Pick<StepDeclaration, "from" | "to" | "input" | "change" | "effect"> = { from: ["REPORTED"], to: "SCREENED", input: {}, change: () => ({ due: null }), effect: advise };

export const vettingEvent = defineWorkflow({
  name: "VettingEvent", plural: "VettingEvents", description: "Something that happened around a person who was vetted.", floor: vettingFloor(REPORT_PURPOSES), keptBy: isCabinetOffice,
  states: ["REPORTED", "SCREENED"],
  fields: { case: { kind: "token" }, employer: { kind: "org" }, kind: { kind: "text" }, happenedOn: { kind: "day" }, account: { kind: "long" } },
  steps: {
    REPORT_OWN_EVENT: {
      from: [], to: "REPORTED", by: personConcerned, mutation: "reportOwnEvent", description: "The person tells of something themselves.",
      input: { vetting: { kind: "id", description: "The notice that the person had." }, kind: { kind: "text", oneOf: OWN }, ...TOLD }, check: refuseFuture,
      change: async (context) => {
        const { vetting, ...told } = context.input;
        const { body, subject } = await findItem(context, "Vetting", vetting);
        if (subject !== context.asker.subject.id) throw new Refusal("REFUSED_STATE");
        const { case: token, employer } = body;
        return {
          label: vettingLabelFor({ need: [String(token)], dist: bodiesOf(body), purposes: ["SELF-ACCESS", "VETTING"] }), owner: CABINET_OFFICE, subject, due: context.today, body: { ...told, case: token, employer },
        };
      },
    },
    REPORT_EVENT: {
      from: [], to: "REPORTED", by: employerOffice, mutation: "reportVettingEvent", description: "The ministry's security officer tells of something, for a superior, a facility or a travel desk.",
      input: { result: { kind: "id", description: "The result that the ministry had." }, kind: { kind: "text", oneOf: EVENT_KINDS.filter((kind) => !kind.startsWith("SELF_")) }, ...TOLD }, check: refuseFuture,
      change: async (context) => {
        const { result, ...told } = context.input;
        const { body: { case: token, employer }, subject } = await findItem(context, "VettingResult", result);
        return {
          label: vettingLabelFor({ need: [String(token)], dist: [CABINET_OFFICE, String(employer)], purposes: SIGNAL_PURPOSES }), owner: CABINET_OFFICE, subject, due: context.today, body: { ...told, case: token, employer },
        };
      },
    },
    SCREEN_EVENT: { ...screening, by: vettingOffice, mutation: "screenVettingEvent", description: "Asks the rules what they find in the events of this case." },
    SCREEN_BY_CLOCK: { ...screening, by: clockOnly, mutation: "", description: "", onDay: ({ due }, today) => due !== null && due <= today },
  },
});
