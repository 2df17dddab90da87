/**
 * A ministry asks the Cabinet Office to have somebody vetted (SPEC 15.32), or, where the person was vetted before, to have that investigation used again (CESI only). Whatever
 * is asked is taken in, so that nobody learns by asking who was vetted. Taking it up makes the case; that it came to nothing is said without a reason.
 */
import { isUnder } from "../../../../schema/label";
import { Refusal } from "../../refusal";
import { type StepContext, defineWorkflow } from "../declare";
import { employerOffice, vettingOffice } from "./authority";
import { caseOf, openCase, refuseOwnCase } from "./cases";
import { VETTED_REGIMES, levelFor } from "./demo-policy";
import { CABINET_OFFICE, FIRMS, REQUEST_PURPOSES, bodiesOf, isCabinetOffice, vettingFloor, vettingLabelFor } from "./labels";

/** The people of a firm are evaluated by the ministry that gives it the information: the one that asks; everybody else by their own. */
function agencyOf(employer: string, { org, hostOrg }: StepContext["asker"]["subject"]): string { return isUnder(employer, FIRMS) ? hostOrg ?? org ?? employer : employer; }

const close = ({ item }: StepContext): { readonly subject: string; readonly kind: string }[] => [{ subject: String(item?.body["requestedBy"]), kind: "VETTING_REQUEST_CLOSED" }];

export const vettingRequest = defineWorkflow({
  name: "VettingRequest", plural: "VettingRequests", description: "A ministry's request that a person be vetted.", floor: vettingFloor(REQUEST_PURPOSES), keptBy: isCabinetOffice,
  states: ["REQUESTED", "ACCEPTED", "ANSWERED", "CLOSED"],
  fields: {
    employer: { kind: "org", description: "Body for which the person is to work." }, regimes: { kind: "texts" }, level: { kind: "number", description: "Highest level for which the person is to work." }, reason: { kind: "long", description: "Why the work needs it." }, requestedBy: { kind: "subject" },
    investigation: { kind: "id", description: "Earlier investigation to be used again." }, case: { kind: "token", description: "Token of the case, once there is one." },
  },
  steps: {
    REQUEST_VETTING: {
      from: [], to: "REQUESTED", by: employerOffice, mutation: "requestVetting", description: "Asks that a person be vetted, by a body of the asker's.",
      input: {
        subject: { kind: "subject" }, employer: { kind: "org" }, regimes: { kind: "texts", description: "CESI, SDS." }, reason: { kind: "long" },
        investigation: { kind: "id", optional: true, description: "Earlier investigation to be used again." }, level: { kind: "number", optional: true, description: "Highest level for which the person is to work, 2 to 4; by it goes how deeply is looked into them." },
      },
      check: (context) => {
        const { input } = context;
        const regimes = input["regimes"] as readonly string[];
        if (regimes.length === 0 || !regimes.every((regime) => (VETTED_REGIMES as readonly string[]).includes(regime))) throw new Refusal("BAD_USER_INPUT");
        // An agency's evaluation for SDS rests on an investigation of its own.
        if (input["investigation"] !== undefined && regimes.includes("SDS")) throw new Refusal("REFUSED_LIMIT");
        const level = levelFor(regimes, input["level"]);
        if (level < 2 || level > levelFor(regimes, undefined)) throw new Refusal("REFUSED_LIMIT");
        refuseOwnCase(context, input["subject"]);
      },
      change: ({ input, asker }) => {
        const { subject, ...rest } = { ...input, level: levelFor(input["regimes"] as readonly string[], input["level"]) } as typeof input;
        return {
          label: vettingLabelFor({ dist: bodiesOf({ employer: input["employer"] }), purposes: REQUEST_PURPOSES }), owner: CABINET_OFFICE, subject: String(subject), body: { ...rest, agency: agencyOf(String(input["employer"]), asker.subject), requestedBy: asker.subject.id },
        };
      },
    },
    ACCEPT_VETTING_REQUEST: {
      from: ["REQUESTED"], to: "ACCEPTED", by: vettingOffice, notBy: ["REQUEST_VETTING"], mutation: "acceptVettingRequest", description: "Takes the request up: makes the case.", input: {},
      check: (context) => { refuseOwnCase(context, context.item?.subject); },
      change: ({ item, id }) => ({ body: { ...item?.body, case: caseOf("VETCASE", id) } }),
      effect: (context) => openCase(context, caseOf("VETCASE", context.id), CABINET_OFFICE, String(context.item?.subject)),
    },
    ANSWER_VETTING_REQUEST: {
      from: ["ACCEPTED"], to: "ANSWERED", by: vettingOffice, mutation: "answerVettingRequest", description: "The result is with the ministry.", input: {}, change: () => ({}),
      notify: ({ item }) => [{ subject: String(item?.body["requestedBy"]), kind: "VETTING_RESULT_ISSUED" }],
    },
    CLOSE_VETTING_REQUEST: {
      from: ["REQUESTED", "ACCEPTED"], to: "CLOSED", by: vettingOffice, mutation: "closeVettingRequest", description: "There will be no result; no reason is given.", input: {}, change: () => ({}), notify: close,
    },
    WITHDRAW_VETTING_REQUEST: {
      from: ["REQUESTED", "ACCEPTED"], to: "CLOSED", by: employerOffice, mutation: "withdrawVettingRequest", description: "The ministry takes its request back.", input: {}, change: () => ({}),
    },
  },
});
