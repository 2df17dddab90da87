/** Rules of research-integrity checks (SPEC 15.55): what may be quoted, who reads one. Without a database. */
import { decide, labelOf, loadPolicy, startOfDay } from "../../../../schema/policy";
import { checkLabel, integrityCheck } from "../../../../subgraphs/kit/workflow/research/integrity-check";
import { quotesVetting } from "../../../../subgraphs/kit/workflow/research/research-policy";
import table from "../../../../schema/supergraph.labels.json";
import type { Label } from "../../../../schema/label";
import { everybody } from "../../../support/people";

const policy = loadPolicy();
interface Places { readonly floor: number; readonly fields: Readonly<Record<string, { readonly floor: number }>> }
/** The effective label of a type or field of the composed schema. */
const labelsOf = (type: "Query" | "ReadingEntry", field?: string): Label => {
  const places = (table.types as unknown as Readonly<Record<string, Places>>)[type];
  const core = table.distinct[(field === undefined ? places?.floor : places?.fields[field]?.floor) ?? -1];
  if (core === undefined) throw new Error(`${type} is not labelled`);
  return labelOf(core as Parameters<typeof labelOf>[0]);
};
const NOW = startOfDay("2026-11-01") + 12 * 3_600_000;

test.each([["see VETCASE-58210", true], ["inv-58210", true], ["\uff29\uff2e\uff36-58210", true], ["consent CNS-METI-58403", true], ["an invitation to Lumeria in 2026", false], ["", false]])("%j quotes a vetting: %s (D.31)", (text, quotes) => {
  expect([quotesVetting([text]), quotesVetting([[text]].flat())]).toEqual([quotes, quotes]);
});

test("without the case nobody of the demonstration reads a check; with it the office and the person do, each for their own purpose, and nobody for vetting or personnel matters (D.31)", () => {
  const label = labelOf(checkLabel("JPN.MEXT", "JPN.METI", "RIC-000000000001"));
  const readers = (assigned: boolean): readonly unknown[] => everybody(policy).flatMap(({ subject, ctx }) => {
    const held = assigned ? [{ token: "RIC-000000000001", role: "READER" as const, from: "2026-01-01", until: "2027-01-01", grantedBy: "JPN.MEXT" }] : [];
    const person = { ...subject, assignments: [...subject.assignments, ...held] };
    return subject.purposes.filter((purpose) => decide(policy, person, "RETRIEVE", label, { ...ctx, purpose, now: NOW }).outcome === "permit").map((purpose) => [subject.id, purpose]);
  });
  expect(readers(false)).toEqual([]);
  expect([...new Set(readers(true).map((one) => JSON.stringify(one)))].toSorted()).toEqual(['["research-integrity-officer","RESEARCH-INTEGRITY"]', '["vetted-person","SELF-ACCESS"]']);
});

test("it is no vetting: no regime of one in its label, and no field in which an outcome of one could stand (D.31)", () => {
  expect(checkLabel("JPN.MEXT", "JPN.MEXT", "RIC-1").regimes).toEqual(["CUI"]);
  expect(Object.keys(integrityCheck.fields)).toEqual(["case", "institution", "project", "asked", "why", "declaration", "outcome", "reasons", "comment"]);
  expect(integrityCheck.readingsKept).toBe(true);
});

test("the person lists who read the check about them without an eligibility for vettings, which researchers do not have (D.31)", () => {
  for (const label of [labelsOf("ReadingEntry"), labelsOf("Query", "educationReadings")]) {
    const researcher = { ...(everybody(policy).find(({ id }) => id === "vetted-person") as ReturnType<typeof everybody>[number]), purpose: "SELF-ACCESS" };
    const subject = { ...researcher.subject, eligibilities: [] };
    const outcome = (purpose: string): string => decide(policy, subject, "RETRIEVE", label, { ...researcher.ctx, purpose, now: NOW }).outcome;
    expect([outcome("SELF-ACCESS"), outcome("ANALYSIS")]).toEqual(["permit", "hide"]);
  }
});
