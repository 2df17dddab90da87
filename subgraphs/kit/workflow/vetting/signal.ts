/**
 * Advice of the rules (SPEC 15.38): which rule, in which events, why. Somebody of the vetting office closes it or refers it to the ministry, whose officer decides; no step of it
 * touches an eligibility.
 */
import type { LabelCore } from "../../../../schema/label";
import { clockOnly } from "../authority";
import { defineWorkflow } from "../declare";
import type { Values } from "../kinds";
import { vettingOffice } from "./authority";
import { CABINET_OFFICE, SIGNAL_PURPOSES, isCabinetOffice, vettingFloor, vettingLabelFor } from "./labels";
import type { Advice } from "./risk-rules";

export function signalLabel(token: string): LabelCore { return vettingLabelFor({ need: [token], dist: [CABINET_OFFICE], purposes: ["VETTING"] }); }

/** `found` tells the same advice from new advice. */
export function signalBody(token: string, employer: string, advice: readonly Advice[]): Values {
  return {
    case: token, employer, rules: advice.map(({ rule, because }) => `${rule}: ${because}`), events: [...new Set(advice.flatMap(({ events }) => events))].sort(), found: advice.map(({ rule, events }) => `${rule} ${events.join(" ")}`),
  };
}

export const riskSignal = defineWorkflow({
  name: "RiskSignal", plural: "RiskSignals", description: "Advice that somebody look again at a person who was vetted; it has no effect of its own.", floor: vettingFloor(SIGNAL_PURPOSES), keptBy: isCabinetOffice,
  states: ["ADVISED", "REFERRED", "CLOSED"],
  fields: { case: { kind: "token" }, employer: { kind: "org" }, rules: { kind: "texts", description: "Rules that found something, and what." }, events: { kind: "texts", description: "Ids of the events in which they found it." }, conclusion: { kind: "long" } },
  steps: {
    ADVISE: { from: [], to: "ADVISED", by: clockOnly, mutation: "", description: "", input: {}, change: () => { throw new Error("advice is opened by screening alone"); } },
    REFER_SIGNAL: {
      from: ["ADVISED"], to: "REFERRED", by: vettingOffice, mutation: "referRiskSignal", description: "Lets the ministry's security officer read it, who decides.",
      input: { officer: { kind: "subject" }, conclusion: { kind: "long" } },
      change: ({ item, input }) => ({
        label: vettingLabelFor({ need: [String(item?.body["case"])], dist: [CABINET_OFFICE, String(item?.body["employer"])], purposes: SIGNAL_PURPOSES }), body: { ...item?.body, conclusion: input["conclusion"] },
      }),
      notify: ({ input }) => [{ subject: String(input["officer"]), kind: "RISK_SIGNAL" }],
    },
    CLOSE_SIGNAL: {
      from: ["ADVISED", "REFERRED"], to: "CLOSED", by: vettingOffice, mutation: "closeRiskSignal", description: "Nothing has to be done, with the reason.", input: { conclusion: { kind: "long" } },
      change: ({ item, input }) => ({ body: { ...item?.body, ...input } }),
    },
  },
});
