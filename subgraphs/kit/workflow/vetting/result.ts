/**
 * What a ministry gets of an investigation (SPEC 15.35): the opinion, its day and the consent, under a reference; never the file. For the ministry that asked, or, with the person's consent to
 * that, for another one on the same investigation, so that nobody is investigated twice for moving. It comes as a document too, sealed for the one ministry that evaluates (sealed-result.ts).
 */
import { Refusal } from "../../refusal";
import { type StepContext, defineWorkflow } from "../declare";
import { newId } from "../runner";
import { vettingOffice } from "./authority";
import { admitToCase, findItem, refuseOwnCase, requireConsent } from "./cases";
import { levelOf } from "./demo-policy";
import { sealResult } from "./sealed-result";
import { CABINET_OFFICE, RESULT_PURPOSES, bodiesOf, isCabinetOffice, vettingFloor, vettingLabelFor } from "./labels";

interface Basis { readonly case: string; readonly agency: string; readonly dist: readonly string[]; readonly requestedBy: string; readonly subject: string; readonly body: Readonly<Record<string, unknown>> }

/** The consent, and the concluded investigation of the same person that it covers: the one made for it, or the earlier one that it names. @throws Refusal STATE */
async function basisOf(context: StepContext): Promise<Basis> {
  const { input, today } = context;
  const consent = await requireConsent(context, input["vetting"]);
  const request = await findItem(context, "VettingRequest", consent.body["request"]);
  const file = await findItem(context, "VettingInvestigation", input["investigation"]);
  const { vetting, opinion, investigatedOn, reliableUntil, depth } = file.body;
  const covered = consent.body["investigation"] === undefined ? vetting === consent.id : consent.body["investigation"] === file.id;
  if (!covered || consent.subject === null || file.subject !== consent.subject || file.state !== "CONCLUDED" || String(reliableUntil) < today) throw new Refusal("REFUSED_STATE");
  refuseOwnCase(context, consent.subject);
  const { employer, regimes, home, person, level: told } = consent.body;
  const agency = String(request.body["agency"] ?? employer);
  const token = String(consent.body["case"]);
  return {
    case: token, agency, dist: [...bodiesOf({ employer, home }), agency], requestedBy: String(request.body["requestedBy"]), subject: consent.subject,
    body: { case: token, employer, home, person, investigation: file.id, consentId: consent.consent, regimes, depth,
      // No further than the person was told, and than was looked into.
      level: Math.min(levelOf(depth), Number(told ?? 0)), opinion, investigatedOn, reliableUntil, shared: vetting !== consent.id },
  };
}

export const vettingResult = defineWorkflow({
  name: "VettingResult", plural: "VettingResults", description: "The result of an investigation, for a ministry that has to decide.", floor: vettingFloor(RESULT_PURPOSES), keptBy: isCabinetOffice, readingsKept: true,
  states: ["ISSUED"],
  fields: {
    case: { kind: "token" }, employer: { kind: "org" }, home: { kind: "org", description: "Where the person is now." }, person: { kind: "id", description: "Under which registers know the person." }, investigation: { kind: "id", description: "Under which it may be asked for again, with the person's consent." }, consentId: { kind: "id" }, regimes: { kind: "texts" }, depth: { kind: "text", description: "How deeply was looked into the person." },
    opinion: { kind: "text" }, investigatedOn: { kind: "day" }, reliableUntil: { kind: "day" }, shared: { kind: "flag", description: "The investigation was made for another ministry." },
    level: { kind: "number", description: "Highest level for which the person was looked into." }, document: { kind: "long", description: "The result as the evaluating ministry takes it, sealed for it alone." },
  },
  steps: {
    ISSUE_RESULT: {
      from: [], to: "ISSUED", by: vettingOffice, mutation: "issueVettingResult", description: "Gives the result to the ministry that asked, and to the person.",
      input: { vetting: { kind: "id" }, investigation: { kind: "id" } },
      change: async (context) => {
        const { case: token, agency, dist, subject, body } = await basisOf(context);
        const document = await sealResult(context, agency, subject, body);
        return { label: vettingLabelFor({ need: [token], dist, purposes: RESULT_PURPOSES }), owner: CABINET_OFFICE, subject, body: { ...body, document } };
      },
      effect: async (context) => {
        const { case: token, requestedBy, subject } = await basisOf(context);
        await admitToCase(context, token, requestedBy, CABINET_OFFICE, "VETTING_RESULT");
        for (const person of [requestedBy, subject]) await context.query("SELECT leave_notice($1, $2, $3, $4)", [newId("ntc"), context.id, person, "VETTING_RESULT_ISSUED"]);
      },
    },
  },
});
