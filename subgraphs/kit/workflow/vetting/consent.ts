/**
 * Notice and consent (SPEC 15.33): the person is told of all that is looked into, and consents or does not. Nothing is investigated before that, and what was refused or taken back leaves
 * behind only that there was a notice. The ministry does not read this item.
 */
import { Refusal } from "../../refusal";
import { type StepContext, defineWorkflow } from "../declare";
import { newId } from "../runner";
import { personConcerned, vettingOffice } from "./authority";
import { findItem, personOf, refuseOwnCase } from "./cases";
import { NOTICE_ITEMS, depthFor, levelFor } from "./demo-policy";
import { CABINET_OFFICE, CONSENT_PURPOSES, bodiesOf, isCabinetOffice, vettingFloor, vettingLabelFor } from "./labels";

/** The request that was taken up. @throws Refusal STATE */
async function acceptedRequest(context: StepContext): Promise<Readonly<Record<string, unknown>>> {
  const found = await findItem(context, "VettingRequest", context.input["request"]);
  if (found.state !== "ACCEPTED" || found.subject === null) throw new Refusal("REFUSED_STATE");
  refuseOwnCase(context, found.subject);
  return { ...found.body, subject: found.subject };
}

/** What stays when nobody may look into the person. */
function bare({ item }: StepContext): { readonly due: null; readonly body: Readonly<Record<string, unknown>> } {
  const { case: token, employer, home, request, officer, noticedOn } = item?.body ?? {};
  return { due: null, body: { case: token, employer, home, request, officer, noticedOn } };
}

const tellOfficer = (kind: string) => ({ item }: StepContext): { readonly subject: string; readonly kind: string }[] => [{ subject: String(item?.body["officer"]), kind }];

export const vetting = defineWorkflow({
  name: "Vetting", plural: "Vettings", description: "Notice to a person that they are to be vetted, and their consent.", floor: vettingFloor(CONSENT_PURPOSES), keptBy: isCabinetOffice, readingsKept: true,
  states: ["NOTIFIED", "CONSENTED", "REFUSED", "WITHDRAWN"],
  fields: {
    case: { kind: "token" }, employer: { kind: "org" }, request: { kind: "id" }, regimes: { kind: "texts" }, level: { kind: "number" }, depth: { kind: "text", description: "How deeply is looked into the person: BASIC, FULL, EXTENDED." }, noticeItems: { kind: "texts", description: "What is looked into." }, noticedOn: { kind: "day" },
    inquiries: { kind: "long", description: "Offices that may be asked." }, officer: { kind: "subject" }, investigation: { kind: "id", description: "Earlier investigation that is to be used again." },
    consentId: { kind: "id" }, consentedOn: { kind: "day" },
  },
  steps: {
    GIVE_NOTICE: {
      from: [], to: "NOTIFIED", by: vettingOffice, mutation: "giveVettingNotice", description: "Tells the person what is looked into and whom one may ask; all seven items of the law.",
      input: { request: { kind: "id" }, noticeItems: { kind: "texts", description: NOTICE_ITEMS.join(", ") }, inquiries: { kind: "long" } },
      check: ({ input }) => {
        const named = new Set(input["noticeItems"] as readonly string[]);
        if (named.size !== NOTICE_ITEMS.length || !NOTICE_ITEMS.every((item) => named.has(item))) throw new Refusal("BAD_USER_INPUT");
      },
      change: async (context) => {
        const { case: token, employer, subject, regimes, investigation, level: asked } = await acceptedRequest(context);
        const level = levelFor(regimes as readonly string[], asked);
        const { input, asker, today } = context;
        const { home, person } = await personOf(context, String(subject));
        return {
          label: vettingLabelFor({ need: [String(token)], dist: bodiesOf({ employer, home }), purposes: CONSENT_PURPOSES }), owner: CABINET_OFFICE, subject: String(subject),
          body: { case: token, employer, home, person, request: input["request"], regimes, level, depth: depthFor(level), noticeItems: NOTICE_ITEMS, noticedOn: today, inquiries: input["inquiries"], officer: asker.subject.id, ...(investigation === undefined ? {} : { investigation }) },
        };
      },
      effect: async (context) => {
        const { subject } = await acceptedRequest(context);
        await context.query("SELECT leave_notice($1, $2, $3, $4)", [newId("ntc"), context.id, subject, "VETTING_NOTICE"]);
      },
    },
    CONSENT: {
      from: ["NOTIFIED"], to: "CONSENTED", by: personConcerned, mutation: "consentToVetting", description: "The person consents, of their own will, to what the notice says.",
      input: { noticeRead: { kind: "flag", description: "The notice was read." } },
      check: ({ input }) => { if (input["noticeRead"] !== true) throw new Refusal("BAD_USER_INPUT"); },
      change: ({ item, today }) => ({ body: { ...item?.body, consentId: newId("cns"), consentedOn: today } }),
      notify: tellOfficer("VETTING_CONSENT"),
    },
    REFUSE_CONSENT: {
      from: ["NOTIFIED"], to: "REFUSED", by: personConcerned, mutation: "refuseVetting", description: "The person does not consent; nothing else is kept of it.", input: {}, change: bare, notify: tellOfficer("VETTING_REFUSED"),
    },
    WITHDRAW_CONSENT: {
      from: ["CONSENTED"], to: "WITHDRAWN", by: personConcerned, mutation: "withdrawVettingConsent", description: "The person takes their consent back; nothing more may be looked into.", input: {}, change: bare,
      notify: tellOfficer("VETTING_CONSENT_WITHDRAWN"),
    },
  },
});
