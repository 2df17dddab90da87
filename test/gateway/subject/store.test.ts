import { Askers } from "../../../gateway/subject/askers";
import type { Identity } from "../../../gateway/authenticate";
import { codeOf } from "../../../gateway/errors";
import { readNarrowing } from "../../../gateway/subject/headers";
import { FeedLines } from "../../../gateway/subject/lines";
import { StandingStore } from "../../../gateway/subject/store";
import { NOTHING_REMEMBERED } from "../../support/nothing-remembered";
import { decide, loadPolicy } from "../../../schema/policy";
import { BOTTOM, canonical } from "../../../schema/label";
import { StandingScript } from "../../support/standing-script";

const policy = loadPolicy();
let now = Date.parse("2026-11-01T03:00:00Z");
let warnings: string[] = [];
function makeStore(): StandingStore {
  warnings = [];
  return new StandingStore({ ministries: ["defense", "economy", "cabinet-secretariat", "cabinet-office"], keeperOf: policy.members.keeperOf, clock: () => now, warn: (problem) => { warnings.push(problem); }, remembered: NOTHING_REMEMBERED });
}
type Statement = Record<string, unknown>;
/** A whole snapshot with a sign of life. */
function accept(store: StandingStore, subgraph: string, statement: Statement): void {
  const script = new StandingScript(statement);
  const lines = new FeedLines(store, subgraph, undefined);
  for (const line of [...script.snapshot(), script.alive(now)]) lines.take(line);
}
const empty = (ministry: string): Statement => ({ ministry, revision: 1, at: now, tokens: [], vocabulary: [], subjects: [], eligibilities: [], assignments: [], roles: [], facilities: [], attestations: [] });
const official = { id: "ann", kind: "official", nation: "JPN", org: "JPN.MOD.JS", purposes: ["OVERSIGHT"] };
const eligibility = { subject: "ann", regime: "SDS", maxLevel: 4, basis: "ASSESSMENT", grantedBy: "JPN.MOD", usableAt: ["JPN.MOD"], notifiedOn: "2025-04-01", validUntil: "2030-03-31", status: "ACTIVE", consentId: "c" };
const assignment = (token: string, subject = "ann") => ({ subject, token, role: "READER", from: "2026-01-01", until: "2027-03-31", grantedBy: "JPN.MOD", reason: "r" });
const mod: Statement = { ...empty("defense"), tokens: [{ token: "MOD-1", issuer: "JPN.MOD" }], vocabulary: ["MOD-1"], subjects: [official], eligibilities: [eligibility], assignments: [assignment("MOD-1")] };
const identity: Identity = { sub: "ann", clientId: "desk", issuer: "i", speaksFor: "EVERYBODY", jti: "j", site: "KASUMI-1", zoneLevel: 4, action: "RETRIEVE" };
const noHeaders = readNarrowing([], policy);
const bitsOf = (permitted: (floor: typeof BOTTOM) => boolean): string => (permitted(BOTTOM) ? "1" : "0");
const makeAskers = (store: StandingStore): Askers => new Askers({ store, policy, clock: () => now, bitsOf });
function refusalOf(run: () => unknown): string { try { run(); } catch (error) { return codeOf(error); } return "accepted"; }

describe("whoever has left", () => {
  const VET = { ...eligibility, regime: "VET", maxLevel: 2, grantedBy: "JPN.CAO" };
  const elsewhere: Statement = {
    ...empty("economy"), tokens: [{ token: "METI-1", issuer: "JPN.METI" }, { token: "EVALCASE-1", issuer: "JPN.METI" }], vocabulary: ["METI-1", "EVALCASE-1"], eligibilities: [{ ...eligibility, regime: "CESI", maxLevel: 2, grantedBy: "JPN.METI" }, { ...VET, grantedBy: "JPN.METI" }],
    assignments: [assignment("METI-1"), { ...assignment("EVALCASE-1"), role: "SELF" }], roles: [{ subject: "ann", role: "GRANT", org: "JPN.METI", from: "2026-01-01", until: "2027-03-31", grantedBy: "JPN.METI" }],
  };

  it("has nothing of what any ministry gave them but the cases about themselves, from the moment on in which their home says so", () => {
    const store = makeStore();
    accept(store, "defense", mod);
    accept(store, "economy", elsewhere);
    const before = makeAskers(store).ask(identity, noHeaders).subject;
    expect([before.assignments.map(({ token }) => token).sort(), before.eligibilities.map(({ regime }) => regime).sort(), before.roles.length]).toEqual([["EVALCASE-1", "METI-1", "MOD-1"], ["CESI", "SDS", "VET"], 1]);
    accept(store, "defense", { ...mod, subjects: [{ ...official, left: "2026-11-01" }] });
    const after = makeAskers(store).ask(identity, noHeaders).subject;
    expect([after.assignments.map(({ token }) => token), after.eligibilities.map(({ regime }) => regime), after.roles, "left" in after]).toEqual([["EVALCASE-1"], ["VET"], [], false]);
  });

  it("is said by nobody but their home", () => {
    const store = makeStore();
    accept(store, "defense", mod);
    accept(store, "economy", { ...elsewhere, subjects: [{ ...official, left: "2026-11-01" }] });
    expect(makeAskers(store).ask(identity, noHeaders).subject.assignments).toHaveLength(3);
  });
});

describe("standing", () => {
  it("is what the ministries state, never what a token says", () => {
    const store = makeStore();
    accept(store, "defense", mod);
    const asker = makeAskers(store).ask(identity, noHeaders);
    expect(asker.subject).toMatchObject({ id: "ann", org: "JPN.MOD.JS", eligibilities: [{ regime: "SDS" }], assignments: [{ token: "MOD-1" }] });
    expect(refusalOf(() => makeAskers(store).ask({ ...identity, sub: "bob" }, noHeaders))).toBe("UNAUTHENTICATED");
  });

  it("counts nobody's requests as a subject's before the issuer was found to speak for them, nor after that is over", () => {
    const store = makeStore();
    accept(store, "defense", mod);
    const askers = makeAskers(store);
    const foreign = { ...identity, issuer: "f", speaksFor: [{ nation: "USA" }] };
    expect(askers.hasSpokenFor(identity)).toBe(false);
    askers.ask(identity, noHeaders);
    expect(refusalOf(() => askers.ask(foreign, noHeaders))).toBe("UNAUTHENTICATED");
    expect([askers.hasSpokenFor(identity), askers.hasSpokenFor(foreign)]).toEqual([true, false]);
    accept(store, "defense", { ...mod, subjects: [] });
    expect([refusalOf(() => askers.ask(identity, noHeaders)), askers.hasSpokenFor(identity)]).toEqual(["UNAUTHENTICATED", false]);
  });

  it("lets a ministry state only what it keeps, and says what it dropped", () => {
    const store = makeStore();
    accept(store, "defense", mod);
    accept(store, "economy", {
      ...empty("economy"), tokens: [{ token: "MOD-2", issuer: "JPN.MOD" }], subjects: [{ ...official, id: "eve" }], eligibilities: [{ ...eligibility, subject: "ann", regime: "CESI" }, { ...eligibility, grantedBy: "JPN.NOWHERE" }],
      assignments: [assignment("MOD-2")], roles: [{ subject: "ann", role: "GRANT", org: "JPN.MOD", from: "2026-01-01", until: "2027-01-01", grantedBy: "x" }],
      facilities: [{ subject: "ann", id: "F", level: 4, foci: "NONE", validUntil: "2030-01-01", sites: [], contracts: [] }], attestations: [{ subject: "ann", agreementId: "JPN-USA-2007", attestedLevel: 4 }],
    });
    expect(store.partsOf("eve")).toEqual([]);
    expect(store.partsOf("ann").map((part) => part.ministry)).toEqual(["defense"]);
    expect(warnings[0]).toBe("economy stated what it may not state: assignments 1, attestations 1, eligibilities 2, facilities 1, roles 1, subjects 1, tokens 1");
  });

  it("takes the register of legal notices from its keeper only, and remembers what was acknowledged while that is silent", () => {
    const store = makeStore();
    const read = { subject: "ann", notice: "NOTICE-SDS", version: "1" };
    accept(store, "defense", { ...mod, acknowledgements: [read] });
    const askers = makeAskers(store);
    expect(askers.ask(identity, noHeaders).unread).toEqual(["NOTICE-SDS"]);
    accept(store, "cabinet-office", { ...empty("cabinet-office"), acknowledgements: [{ ...read, version: "2" }] });
    expect(askers.ask(identity, noHeaders).unread).toEqual(["NOTICE-SDS"]);
    accept(store, "cabinet-office", { ...empty("cabinet-office"), acknowledgements: [read] });
    const before = askers.ask(identity, noHeaders);
    store.void("cabinet-office");
    const after = askers.ask(identity, noHeaders);
    expect([before.unread, after.unread, after.digest === before.digest, makeAskers(store).ask(identity, noHeaders).unread]).toEqual([[], [], true, ["NOTICE-SDS"]]);
  });

  it("takes authority over a body that nobody keeps from the auditor's ministry only, and only to audit", () => {
    const store = makeStore();
    const role = (name: string, grantedBy: string) => ({ subject: "ann", role: name, org: "JPN", from: "2026-01-01", until: "2027-01-01", grantedBy });
    accept(store, "cabinet-office", { ...empty("cabinet-office"), roles: [role("AUDIT", "JPN.CAO"), role("DECLASSIFY", "JPN.CAO"), role("AUDIT", "JPN.MOD")] });
    expect(store.partsOf("ann").flatMap((part) => part.roles.map((held) => `${held.role} by ${held.grantedBy}`))).toEqual(["AUDIT by JPN.CAO"]);
  });

  it("reads what was stated again when other members keep the bodies", () => {
    const store = makeStore();
    accept(store, "defense", mod);
    const before = store.revisionOf("ann");
    store.judgeBy((org) => policy.members.keeperOf(org));
    expect([store.revisionOf("ann"), store.partsOf("ann").length]).toEqual([before, 1]);
    store.judgeBy(() => "economy");
    expect(store.partsOf("ann")).toEqual([]);
    expect(store.revisionOf("ann")).not.toBe(before);
    accept(store, "defense", { ...mod, at: now + 1 });
    expect(store.partsOf("ann")).toEqual([]);
    store.judgeBy((org) => policy.members.keeperOf(org));
    expect(store.partsOf("ann").map((part) => part.ministry)).toEqual(["defense"]);
  });

  it("gives a token that two ministries claim to nobody", () => {
    const store = makeStore();
    accept(store, "defense", mod);
    const before = store.revisionOf("ann");
    accept(store, "economy", { ...empty("economy"), tokens: [{ token: "MOD-1", issuer: "JPN.METI" }], assignments: [assignment("MOD-1", "eve")] });
    expect(store.partsOf("ann")[0]?.assignments).toEqual([]);
    expect(store.revisionOf("ann")).not.toBe(before);
  });

  it("is void after a minute of silence, ministry by ministry, and back with the next statement", () => {
    const store = makeStore();
    accept(store, "defense", mod);
    accept(store, "cabinet-secretariat", { ...empty("cabinet-secretariat"), tokens: [{ token: "CAS-1", issuer: "JPN.CAS" }], assignments: [assignment("CAS-1")] });
    const askers = makeAskers(store);
    expect(askers.ask(identity, noHeaders).subject.assignments.map((held) => held.token)).toEqual(["MOD-1", "CAS-1"]);
    now += 40_000;
    accept(store, "defense", { ...mod, at: now });
    now += 20_000;
    expect(askers.ask(identity, noHeaders).subject.assignments.map((held) => held.token)).toEqual(["MOD-1"]);
    expect(store.silent()).toEqual(["economy", "cabinet-secretariat", "cabinet-office"]);
    expect(store.vocabularyOf("cabinet-secretariat").size).toBe(0);
    now += 40_000;
    expect(refusalOf(() => askers.ask(identity, noHeaders))).toBe("UNAUTHENTICATED");
    accept(store, "defense", { ...mod, at: now });
    expect(askers.ask(identity, noHeaders).subject.assignments).toHaveLength(1);
  });

  it("changes a subject's revision iff something about that subject changed", () => {
    const store = makeStore();
    accept(store, "defense", mod);
    const askers = makeAskers(store);
    const asker = askers.ask(identity, noHeaders);
    accept(store, "defense", { ...mod, revision: 2, at: now + 1 });
    accept(store, "defense", { ...mod, revision: 3, assignments: [assignment("MOD-1"), assignment("MOD-1", "zoe")] });
    expect(askers.isCurrent(asker)).toBe(true);
    accept(store, "defense", { ...mod, revision: 4, assignments: [] });
    expect(askers.isCurrent(asker)).toBe(false);
    expect(askers.ask(identity, noHeaders).subject.assignments).toEqual([]);
  });

  it("knows an asker of whom nothing changed again, whatever matters of others come and go, and another one when a matter of their own does (G3)", () => {
    const store = makeStore();
    accept(store, "defense", { ...mod, assignments: [assignment("MOD-1"), assignment("MOD-9", "zoe")] });
    let made = 0;
    const askers = new Askers({ store, policy, clock: () => now, bitsOf: (permitted) => { made += 1; return bitsOf(permitted); } });
    const asker = askers.ask(identity, noHeaders);
    const revisions = [asker.revision];
    for (const [at, entry] of [{ issuer: "JPN.MOD" }, undefined, { issuer: "JPN.MOD" }].entries()) {
      store.apply("defense", at + 1, { list: "tokens", subject: "", key: "MOD-9", ...(entry === undefined ? {} : { entry }) });
      expect(askers.isCurrent(asker)).toBe(true);
      const again = askers.ask(identity, noHeaders);
      expect({ ...again, revision: asker.revision }).toEqual(asker);
      revisions.push(again.revision);
    }
    expect([new Set(revisions).size, made]).toEqual([4, 1]);
    store.apply("defense", 4, { list: "tokens", subject: "", key: "MOD-1" });
    expect(askers.isCurrent(asker)).toBe(false);
    expect([askers.ask(identity, noHeaders).subject.assignments, made]).toEqual([[], 2]);
  });

  it("leaves out an entry of a wrong shape, and keeps the others", () => {
    const store = makeStore();
    expect(() => { accept(store, "police", mod); }).toThrow(/not a member|no standing/);
    accept(store, "defense", { ...mod, subjects: [official, { ...official, id: "x", kind: "root" }, { ...official, id: "y", nation: 7 }, null], assignments: [assignment("MOD-1"), { ...assignment("MOD-2"), until: 5 }] });
    expect(store.partsOf("ann")[0]?.assignments).toHaveLength(1);
    expect([store.partsOf("x"), store.partsOf("y")]).toEqual([[], []]);
    expect(warnings[0]).toBe("defense stated what it may not state: assignments 1, subjects 3");
  });

  it("changes a revision when a token comes or goes under assignments that are there already", () => {
    const store = makeStore();
    accept(store, "defense", { ...mod, tokens: [] });
    const tokens = (): readonly string[] => store.partsOf("ann")[0]?.assignments.map(({ token }) => token) ?? [];
    const without = store.revisionOf("ann");
    expect(tokens()).toEqual([]);
    store.apply("defense", 1, { list: "tokens", subject: "", key: "MOD-1", entry: { issuer: "JPN.MOD" } });
    const withToken = store.revisionOf("ann");
    expect([tokens(), withToken === without]).toEqual([["MOD-1"], false]);
    store.apply("defense", 2, { list: "tokens", subject: "", key: "MOD-9", entry: { issuer: "JPN.MOD" } });
    expect(store.revisionOf("ann")).toBe(withToken);
    store.apply("defense", 3, { list: "tokens", subject: "", key: "MOD-1" });
    expect([tokens(), store.revisionOf("ann") === withToken]).toEqual([[], false]);
  });

  it("lets no event state what is another ministry's, and drops what it replaces when its shape is wrong", () => {
    const store = makeStore();
    accept(store, "defense", mod);
    accept(store, "economy", empty("economy"));
    const { subject: _subject, ...granted } = eligibility;
    for (const change of [
      { list: "eligibilities", subject: "ann", key: "1", entry: granted }, { list: "subjects", subject: "eve", key: "", entry: official }, { list: "assignments", subject: "ann", key: "MOD-1", entry: assignment("MOD-1") },
      { list: "roles", subject: "ann", key: "2", entry: { role: "GRANT", org: "JPN.MOD", from: "2026-01-01", until: "2027-01-01", grantedBy: "JPN.MOD" } }, { list: "tokens", subject: "", key: "MOD-7", entry: { issuer: "JPN.MOD" } },
      { list: "facilities", subject: "ann", key: "3", entry: { id: "F", level: 4, foci: "NONE", validUntil: "2030-01-01", sites: [], contracts: [] } }, { list: "attestations", subject: "ann", key: "4", entry: { agreementId: "JPN-USA-2007", attestedLevel: 4 } },
    ]) {
      warnings = [];
      store.apply("economy", 1, change);
      expect([change.list, warnings]).toEqual([change.list, [`economy stated what it may not state: ${change.list} 1`]]);
    }
    expect(store.partsOf("ann").map((part) => part.ministry)).toEqual(["defense"]);
    expect(store.partsOf("eve")).toEqual([]);
    store.apply("defense", 2, { list: "assignments", subject: "ann", key: "MOD-1", entry: { role: 7 } });
    expect(store.partsOf("ann")[0]?.assignments).toEqual([]);
  });

  it("keeps a token from whoever claims it while its issuer is void", () => {
    const store = makeStore();
    accept(store, "defense", mod);
    store.void("defense");
    expect(store.partsOf("ann")).toEqual([]);
    accept(store, "economy", { ...empty("economy"), tokens: [{ token: "MOD-1", issuer: "JPN.METI" }], assignments: [assignment("MOD-1", "eve")] });
    expect(store.partsOf("eve")).toEqual([]);
  });

  it("refuses a purpose that is not the subject's own, and leaves out every assignment but the case's", () => {
    const store = makeStore();
    accept(store, "defense", { ...mod, tokens: [{ token: "MOD-1", issuer: "JPN.MOD" }, { token: "MOD-2", issuer: "JPN.MOD" }], assignments: [assignment("MOD-1"), assignment("MOD-2")] });
    const askers = makeAskers(store);
    expect(askers.ask(identity, readNarrowing(["Kanmon-Purpose", "OVERSIGHT"], policy)).ctx.purpose).toBe("OVERSIGHT");
    expect(refusalOf(() => askers.ask(identity, readNarrowing(["Kanmon-Purpose", "VETTING"], policy)))).toBe("BAD_USER_INPUT");
    expect(refusalOf(() => askers.ask(identity, readNarrowing(["Kanmon-Purpose", "NO-SUCH"], policy)))).toBe("BAD_USER_INPUT");
    expect(askers.ask(identity, readNarrowing(["Kanmon-Case", "MOD-2"], policy)).subject.assignments.map((held) => held.token)).toEqual(["MOD-2"]);
    expect(askers.ask(identity, readNarrowing(["Kanmon-Case", "NO-SUCH"], policy)).subject.assignments).toEqual([]);
  });

  it("moves a subject to another class when an eligibility lapses by itself, without anybody stating so", () => {
    const store = makeStore();
    accept(store, "defense", { ...mod, eligibilities: [{ ...eligibility, validUntil: "2026-11-01" }] });
    const secret = canonical({ level: 3, regimes: ["SDS"], need: [], owners: { "JPN.MOD": { rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false } }, purposes: "ALL", handling: [] });
    const askers = new Askers({ store, policy, clock: () => now, bitsOf: (permitted) => (permitted(BOTTOM) ? (permitted(secret) ? "11" : "10") : "00") });
    const before = now;
    now = Date.parse("2026-11-01T14:59:50Z");
    accept(store, "defense", { ...mod, eligibilities: [{ ...eligibility, validUntil: "2026-11-01" }] });
    const last = askers.ask(identity, noHeaders);
    now += 20_000;
    expect([last.bits, askers.ask(identity, noHeaders).bits]).toEqual(["11", "10"]);
    now = before;
  });

  it("lowers the zone by the ceiling and never raises it", () => {
    const store = makeStore();
    accept(store, "defense", mod);
    const askers = makeAskers(store);
    const secret = canonical({ level: 3, regimes: [], need: [], owners: { "JPN.MOD": { rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false } }, purposes: "ALL", handling: [] });
    const outcome = (zoneLevel: 1 | 4, ceiling: string): string => {
      const { subject, action, ctx } = askers.ask({ ...identity, zoneLevel }, readNarrowing(["Kanmon-Ceiling", ceiling], policy));
      return decide(policy, subject, action, secret, ctx).outcome;
    };
    expect(outcome(4, "SECRET")).toBe("permit");
    expect(outcome(4, "CONFIDENTIAL")).toBe("hide");
    expect(outcome(1, "TOP SECRET")).toBe("hide");
  });

  it("has one digest per subject and circumstances, whatever the time", () => {
    const store = makeStore();
    accept(store, "defense", mod);
    const askers = makeAskers(store);
    const first = askers.ask(identity, noHeaders);
    now += 1_000;
    const later = askers.ask(identity, noHeaders);
    expect(later.digest).toBe(first.digest);
    expect(later.ctx.now).toBe(now);
    expect(askers.ask({ ...identity, zoneLevel: 3, clientId: "other" }, noHeaders).digest).not.toBe(first.digest);
    expect(askers.ask(identity, readNarrowing(["Kanmon-Release-To", "USA"], policy)).digest).not.toBe(first.digest);
    expect(askers.ask({ ...identity, action: "VIEW" }, noHeaders).digest).not.toBe(first.digest);
  });

  it("lets contractors use an assignment only at a listed site, under a listed contract", () => {
    const store = makeStore();
    const firm = "JPN.PRV.9990001000001";
    accept(store, "economy", { ...empty("economy"), subjects: [{ id: "con", kind: "contractor", nation: "JPN", org: firm, purposes: [] }] });
    accept(store, "defense", { ...mod, eligibilities: [{ ...eligibility, subject: "con", regime: "EQS", maxLevel: 2, usableAt: [firm] }], assignments: [assignment("MOD-1", "con")] });
    accept(store, "cabinet-office", { ...empty("cabinet-office"), facilities: [{ subject: "con", id: "F", level: 2, foci: "NONE", validUntil: "2030-03-31", sites: ["AONADA-1"], contracts: ["MOD-1"] }] });
    const askers = makeAskers(store);
    const tokensAt = (site: string): number => askers.ask({ ...identity, sub: "con", site, clientId: site }, noHeaders).subject.assignments.length;
    expect(tokensAt("AONADA-1")).toBe(1);
    expect(tokensAt("KASUMI-1")).toBe(0);
  });
});
