/** Labels as rows carry them, for the exchange: any core, an existence label below it, any lifecycle; and what a partner's release stands on. */
import fc from "fast-check";
import { equalLabels, type Label, type LabelCore, type Level, type Lifecycle } from "../../../schema/label";
import { existenceOf, labelOf } from "../../../schema/policy";
import { arbitraryCore } from "../../support/arbitrary";

export const CREATED = Date.UTC(2026, 10, 11, 3, 4, 5, 678);
export const REVIEW = Date.UTC(2027, 10, 11);
export const SUCCESSOR = labelOf({ level: 1, regimes: ["CUI"], need: [], owners: { "JPN.MOD": { rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false } }, purposes: "ALL", handling: [] });

const day = fc.constantFrom("2026-11-01", "2027-03-31", "2031-02-28");
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
export const arbitraryLifecycle: fc.Arbitrary<Lifecycle | undefined> = optional(fc.record({
  status: optional(fc.constantFrom("PROPOSED" as const, "ACTIVE" as const, "LAPSED_HOLD" as const, "TERMINATED" as const, "CHALLENGED" as const)),
  validUntil: optional(fc.oneof(day, fc.constant("OWNER_CONSENT"))), onLapse: optional(fc.constant(SUCCESSOR.id)), reviewBy: optional(day), hardStop: optional(day),
  designationIds: optional(fc.subarray(["DSG-1", "DSG-2 & <3>"])), designatedBy: optional(fc.constantFrom("JPN.MOD", "JPN.METI")), designatedOn: optional(day),
  statutoryItem: optional(fc.constantFrom("\u7b2c\u4e8c\u53f7\u30cf", "a \"quoted\" item", "x > y && y < z")),
}));

export const toLabel = (core: LabelCore, level: Level | null, lifecycle?: Lifecycle): Label => {
  const existence = existenceOf(core, level === null ? null : Math.min(level, core.level) as Level);
  return labelOf(core, { ...(equalLabels(core, existence) ? {} : { existence }), ...(lifecycle === undefined ? {} : { lifecycle }) });
};
export const arbitraryLabel: fc.Arbitrary<Label> = fc.tuple(arbitraryCore, fc.constantFrom<Level | null>(null, 0, 1, 2), arbitraryLifecycle).map(([core, level, lifecycle]) => toLabel(core, level, lifecycle));

/** The same label with the members left out that say nothing. */
export function normal(label: Label): Label {
  const members = Object.entries(label.lifecycle ?? {}).filter(([key, member]) => member !== undefined && !(key === "status" && member === "ACTIVE") && !(Array.isArray(member) && member.length === 0));
  const { lifecycle, ...rest } = label;
  return lifecycle === undefined || members.length === 0 ? rest : { ...rest, lifecycle: Object.fromEntries(members) };
}
/** V1, as the validity rules have it: from level 1 on every owner names whom it is released to. */
export const hasReleaseLists = (core: LabelCore): boolean => core.level === 0 || (Object.keys(core.owners).length > 0 && Object.values(core.owners).every(({ rel }) => rel !== "ALL"));
