/**
 * Rules over what happened around a person (SPEC 15.38): pure, each with a name, so that every piece of advice says which rule found it in which events. They advise; nothing follows from them by
 * itself. Figures are demo policy.
 */
import { shiftDate } from "../../../../schema/policy";
import { RISK_WINDOW_DAYS } from "./demo-policy";

export const EVENT_KINDS = ["SELF_FOREIGN_CONTACT", "SELF_FINANCIAL_CHANGE", "SELF_OTHER", "SUPERVISOR_CONCERN", "FACILITY_ENTRY_REFUSED", "FACILITY_MATERIAL_MISSING", "FOREIGN_TRAVEL_REPORTED", "FOREIGN_TRAVEL_UNREPORTED", "SUSPICIOUS_APPROACH"] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

export interface ConductEvent { readonly id: string; readonly kind: EventKind; readonly happenedOn: string }

export interface Advice { readonly rule: string; readonly because: string; readonly events: readonly string[] }

interface Rule { readonly name: string; readonly because: string; readonly find: (recent: readonly ConductEvent[]) => readonly ConductEvent[] }

/** All events of these kinds, if there are so many of them. */
const atLeast = (count: number, ...kinds: readonly EventKind[]) => (recent: readonly ConductEvent[]): readonly ConductEvent[] => {
  const found = recent.filter(({ kind }) => kinds.includes(kind));
  return found.length >= count ? found : [];
};

/** An approach that came with, or after, travel or a contact abroad. */
function approachAfterTravel(recent: readonly ConductEvent[]): readonly ConductEvent[] {
  const travels = recent.filter(({ kind }) => kind === "FOREIGN_TRAVEL_REPORTED" || kind === "FOREIGN_TRAVEL_UNREPORTED" || kind === "SELF_FOREIGN_CONTACT");
  const approaches = recent.filter(({ kind, happenedOn }) => kind === "SUSPICIOUS_APPROACH" && travels.some((travel) => travel.happenedOn <= happenedOn));
  return approaches.length === 0 ? [] : [...travels, ...approaches];
}

export const RULES: readonly Rule[] = [
  { name: "R1", because: "foreign travel that was not reported", find: atLeast(1, "FOREIGN_TRAVEL_UNREPORTED") },
  { name: "R2", because: "three or more foreign travels within a year", find: atLeast(3, "FOREIGN_TRAVEL_REPORTED", "FOREIGN_TRAVEL_UNREPORTED") },
  { name: "R3", because: "material missing at a facility", find: atLeast(1, "FACILITY_MATERIAL_MISSING") },
  { name: "R4", because: "entry refused twice or more at facilities", find: atLeast(2, "FACILITY_ENTRY_REFUSED") },
  { name: "R5", because: "concern of a supervisor together with a change of finances", find: (recent) => (atLeast(1, "SUPERVISOR_CONCERN")(recent).length > 0 && atLeast(1, "SELF_FINANCIAL_CHANGE")(recent).length > 0 ? atLeast(2, "SUPERVISOR_CONCERN", "SELF_FINANCIAL_CHANGE")(recent) : []) },
  { name: "R6", because: "a suspicious approach after travel or contact abroad", find: approachAfterTravel },
];

/** What the rules find in the events of the year until today, in the order of the rules; nothing is found in the future. */
export function adviseOn(events: readonly ConductEvent[], today: string): readonly Advice[] {
  const since = shiftDate(today, -RISK_WINDOW_DAYS);
  const recent = events.filter(({ happenedOn }) => happenedOn >= since && happenedOn <= today);
  return RULES.map(({ name, because, find }) => ({ rule: name, because, events: find(recent).map(({ id }) => id).sort() })).filter(({ events: found }) => found.length > 0);
}
