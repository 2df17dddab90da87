/** Suspended agreements in the decision (SPEC 3.14, 4.2, 4.10): as if the policy did not have them in force, for whoever depends on one, and nothing is ever gained by what is stated. */
import fc from "fast-check";
import { canonical, type LabelCore, type Nation } from "../../../schema/label";
import { agreementById, agreementByNation, clearanceAt, decide, findReasons, mayGoOut, startOfDay, type Subject, suspendedFor, withStanding } from "../../../schema/policy";
import { arbitraryContext, arbitraryMildCore, arbitrarySubject } from "../../support/arbitrary";
import { policy } from "../../support/demo-data";

const now = startOfDay("2026-11-01");
const USA = "JPN-USA-2007";
const ctx = { now, zoneLevel: 4 as const };
const core = (rel: readonly Nation[]): LabelCore => canonical({ level: 3, regimes: ["DOC"], need: [], owners: { "JPN.MOD": { rel, disp: rel, dist: "ALL", orcon: false } }, purposes: "ALL", handling: [] });
const liaison: Subject = { id: "l", kind: "liaison", nation: "USA", hostOrg: "JPN.MOD", agreementId: USA, attestedLevel: 4, eligibilities: [], assignments: [], roles: [], purposes: [] };
const withoutAgreement = ({ agreementId: _, ...rest }: Subject): Subject => rest;

test("whoever depends on a suspended agreement is decided as if there were none, and an official of the same body as before", () => {
  const outcome = (suspendedAgreements: Subject["suspendedAgreements"]) => decide(policy, { ...liaison, ...(suspendedAgreements === undefined ? {} : { suspendedAgreements }) }, "RETRIEVE", core(["JPN", "USA"]), ctx).outcome;
  expect([outcome(undefined), outcome([]), outcome(["JPN-AUS-2013"]), outcome([USA]), outcome(["JPN-AUS-2013", USA]), outcome("ALL")]).toEqual(["permit", "permit", "permit", "hide", "hide", "hide"]);
  expect(findReasons(policy, { ...liaison, suspendedAgreements: [USA] }, "RETRIEVE", core(["JPN", "USA"]), ctx)).toEqual(findReasons(policy, withoutAgreement(liaison), "RETRIEVE", core(["JPN", "USA"]), ctx));
  const { regimes, partnerLevel } = clearanceAt(policy, { ...liaison, suspendedAgreements: "ALL" }, now);
  expect([regimes.size, partnerLevel]).toEqual([0, 0]);
});

test("what is public needs no agreement, suspended or not", () => {
  const open = canonical({ level: 0, regimes: [], need: [], owners: {}, purposes: "ALL", handling: [] });
  expect(decide(policy, { ...liaison, suspendedAgreements: "ALL" }, "RETRIEVE", open, ctx).outcome).toBe("permit");
  expect(mayGoOut(policy, open, "USA", now, "ALL")).toBe(true);
});

test("nothing goes out under a suspended agreement, and what goes out under another does", () => {
  const both = core(["AUS", "JPN", "USA"]);
  const out = (nation: Nation, suspended: "ALL" | readonly string[]): boolean => mayGoOut(policy, both, nation, now, suspended);
  expect([out("USA", []), out("USA", [USA]), out("AUS", [USA]), out("AUS", "ALL"), out("JPN", "ALL")]).toEqual([true, false, true, false, true]);
  const official: Subject = { ...withoutAgreement(liaison), kind: "official", nation: "JPN", org: "JPN.MOD", eligibilities: [{ regime: "DOC", maxLevel: 4, basis: "ASSESSMENT", grantedBy: "JPN.MOD", usableAt: ["JPN"], notifiedOn: "2025-01-01", validUntil: "2030-01-01", status: "ACTIVE" }] };
  const asked = (releaseTo: readonly Nation[], suspendedAgreements: "ALL" | readonly string[]) => decide(policy, { ...official, suspendedAgreements }, "RETRIEVE", both, { ...ctx, releaseTo }).outcome;
  expect([asked(["USA"], []), asked(["USA"], [USA]), asked(["AUS"], [USA]), asked(["AUS", "USA"], [USA]), asked([], "ALL")]).toEqual(["permit", "hide", "permit", "hide", "permit"]);
});

test("a statement brings no agreement into force that the policy does not have", () => {
  expect([agreementById(policy, "JPN-CAN-2025", now, []), agreementByNation(policy, "CAN", now, []), agreementById(policy, USA, now, [USA]), agreementByNation(policy, "USA", now, "ALL")]).toEqual([undefined, undefined, undefined, undefined]);
  expect([agreementById(policy, USA, now, [])?.id, agreementByNation(policy, "USA", now, ["JPN-AUS-2013"])?.id]).toEqual([USA, USA]);
});

test("standing carries what is suspended to the decision, and is the same value as before where nothing is", () => {
  const parts = { subject: liaison, eligibilities: [], assignments: [], roles: [], attestation: { agreementId: USA, attestedLevel: 4 as const } };
  const made = (suspendedAgreements: "ALL" | readonly string[]) => withStanding(policy, { ...parts, suspendedAgreements }, { site: undefined, issuerOf: () => undefined });
  expect([suspendedFor(made([USA])), suspendedFor(made("ALL")), "suspendedAgreements" in made([])]).toEqual([[USA], "ALL", false]);
});

test("more that is suspended never permits more", () => {
  const ids = policy.agreements.all.map(({ id }) => id);
  const suspensions = fc.oneof(fc.constant("ALL" as const), fc.subarray(ids));
  let taken = 0;
  fc.assert(fc.property(arbitrarySubject, arbitraryMildCore, arbitraryContext, suspensions, fc.subarray(ids), (subject, label, circumstances, more, some) => {
    const fewer = more === "ALL" ? some : some.filter((id) => more.includes(id));
    const permits = (suspendedAgreements: "ALL" | readonly string[]): boolean => decide(policy, { ...subject, suspendedAgreements }, "RETRIEVE", label, circumstances).outcome === "permit";
    if (permits(fewer) && !permits(more)) taken += 1;
    return !permits(more) || permits(fewer);
  }), { numRuns: 3_000, seed: 7 });
  expect(taken).toBeGreaterThan(10);
});
