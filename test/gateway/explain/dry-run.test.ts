/** A dry-run is about people as they are now (SPEC 8.4): what does not count for them at present does not come back by trying something else out. */
import type { Asker } from "../../../gateway/subject/askers";
import type { Part } from "../../../gateway/subject/entries";
import { diffOutcomes } from "../../../gateway/explain/dry-run";
import { canonical } from "../../../schema/label";
import { loadPolicy, type Suspended, withStanding } from "../../../schema/policy";

const policy = loadPolicy();
const NOW = Date.parse("2026-11-01T03:00:00Z");
const liaison: Part = { subject: { id: "us", kind: "liaison", nation: "USA", hostOrg: "JPN.MOD", purposes: [] }, attestation: { agreementId: "JPN-USA-2007", attestedLevel: 4 }, eligibilities: [], assignments: [], roles: [], acknowledgements: [] };
const label = canonical({ level: 3, regimes: ["DOC"], need: [], owners: { "JPN.MOD": { rel: ["JPN", "USA"], disp: ["JPN", "USA"], dist: "ALL", orcon: false } }, purposes: "ALL", handling: [] });
const record = { record: "defense:doc_1", type: "DefenseDocument", existence: label, fields: new Map([["title", label]]) };

const askerWith = (suspendedAgreements: Suspended): Asker => ({
  subject: withStanding(policy, { ...liaison, subject: liaison.subject as NonNullable<Part["subject"]>, suspendedAgreements }, { site: "ICHIGAYA-1", issuerOf: () => undefined }),
  action: "RETRIEVE", ctx: { now: NOW, zoneLevel: 4, site: "ICHIGAYA-1" }, digest: "", bits: "1", revision: "", stated: "", unread: [], isBound: false,
});

test.each([[[]], [["JPN-USA-2007"]], ["ALL"]] as readonly (readonly [Suspended])[])("a change that changes nothing changes nothing for a liaison while %j is suspended", async (suspended) => {
  const asker = askerWith(suspended);
  const nothing = { policy, record: <T>(same: T): T => same, parts: (_: string, parts: readonly Part[]) => parts };
  const diff = await diffOutcomes({ policy, partsOf: () => [liaison] }, { asker, orgs: ["JPN.MOD"] }, [asker], [record], nothing, new AbortController().signal);
  expect([diff.people, diff.places > 0, diff.differences]).toEqual([["us"], true, []]);
});
