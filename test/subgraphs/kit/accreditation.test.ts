/** What a ministry is accredited to keep, by the demonstration's policy: everything that it has, and nothing above. */
import { loadPolicy, startOfDay } from "../../../schema/policy";
import { ministries } from "../../../subgraphs";
import { isAccreditedFor } from "../../../subgraphs/kit/accreditation";

const policy = loadPolicy();
const now = startOfDay("2026-11-01") + 12 * 3_600_000;
const may = (subgraph: string, level: 0 | 1 | 2 | 3 | 4, ...regimes: readonly Parameters<typeof isAccreditedFor>[2]["regimes"][number][]): boolean => isAccreditedFor(policy, subgraph, { level, regimes }, now);

test("every record and portion of the demonstration is within what its ministry is accredited for", () => {
  const all = Object.values(ministries).flatMap(({ name, demo }) => demo.records.records.flatMap(({ reference, label, portions = {} }) => [label, ...Object.values(portions).map((portion) => portion.label)].map((core) => ({ name, reference, core }))));
  expect(all.length).toBeGreaterThan(200);
  expect(all.filter(({ name, core }) => !isAccreditedFor(policy, name, core, now))).toEqual([]);
});

test("level and regimes above it are not: by the lower of place and eligibility, with what a regime covers, and evaluations of people at the level of CUI everywhere [B-130]", () => {
  expect([may("economy", 3, "SDS"), may("economy", 4, "SDS"), may("economy", 2, "EQS"), may("economy", 2, "MDA"), may("defense", 2, "MDA"), may("defense", 2, "PAT")]).toEqual([true, false, true, false, true, false]);
  expect([may("economy", 1, "VET"), may("economy", 2, "VET"), may("cabinet-office", 2, "VET"), may("education", 4, "DOC", "SDS"), may("education", 3, "DOC", "SDS")]).toEqual([true, false, true, false, true]);
  expect([may("nobody", 0), may("nobody", 1, "CUI"), may("nobody", 0, "SDS")]).toEqual([true, false, false]);
});
