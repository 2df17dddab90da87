/** Agreements in the standing (SPEC 3.14): whose word counts, what silence means, and that whoever depends on one is somebody else at once. */
import type { Identity } from "../../../gateway/authenticate";
import { Askers } from "../../../gateway/subject/askers";
import { readNarrowing } from "../../../gateway/subject/headers";
import { FeedFault, FeedLines } from "../../../gateway/subject/lines";
import { SILENCE_MS, StandingStore } from "../../../gateway/subject/store";
import { NOTHING_REMEMBERED } from "../../support/nothing-remembered";
import { canonical, type LabelCore } from "../../../schema/label";
import { decide, loadPolicy } from "../../../schema/policy";
import { StandingScript, type Statement } from "../../support/standing-script";

const policy = loadPolicy();
const USA = "JPN-USA-2007";
const AUS = "JPN-AUS-2013";
let now = Date.parse("2026-11-01T03:00:00Z");
let warnings: string[];

function makeStore(ministries: readonly string[] = ["defense", "foreign-affairs"]): StandingStore {
  warnings = [];
  return new StandingStore({ ministries, keeperOf: policy.members.keeperOf, clock: () => now, warn: (problem) => { warnings.push(problem); }, remembered: NOTHING_REMEMBERED });
}
/** One stream of a ministry; what it stated goes on as events. */
class Ministry {
  readonly #script: StandingScript;
  readonly #lines: FeedLines;

  constructor(store: StandingStore, statement: Statement) {
    this.#script = new StandingScript(statement);
    this.#lines = new FeedLines(store, String(statement["ministry"]), undefined);
    for (const line of [...this.#script.snapshot(), this.#script.alive(now)]) this.#lines.take(line);
  }

  put(key: string, entry: unknown): void { this.#lines.take(this.#script.put("agreements", "", key, entry)); }
  remove(key: string): void { this.#lines.take(this.#script.remove("agreements", "", key)); }
  live(): void { this.#lines.take(this.#script.alive(now)); }
}
const stating = (ministry: string, ...agreements: readonly (readonly [agreement: string, status: string])[]): Statement => ({
  ministry, subjects: ministry === "defense" ? [{ id: "us", kind: "liaison", nation: "USA", hostOrg: "JPN.MOD", purposes: [] }, { id: "ann", kind: "official", nation: "JPN", org: "JPN.MOD", purposes: [] }] : [],
  attestations: ministry === "foreign-affairs" ? [{ subject: "us", agreementId: USA, attestedLevel: 4 }] : [], agreements: agreements.map(([agreement, status]) => ({ agreement, status })),
});

describe("what the store says of agreements", () => {
  it("is nothing while every one is active, and each that is not, in the order of their ids", () => {
    const store = makeStore();
    const mofa = new Ministry(store, stating("foreign-affairs", [USA, "ACTIVE"]));
    expect(store.suspendedAgreements()).toEqual([]);
    mofa.put("2", { agreement: USA, status: "SUSPENDED" });
    mofa.put("1", { agreement: AUS, status: "TERMINATED" });
    expect(store.suspendedAgreements()).toEqual([AUS, USA]);
    mofa.put("2", { agreement: USA, status: "ACTIVE" });
    expect(store.suspendedAgreements()).toEqual([AUS]);
    mofa.remove("1");
    expect(store.suspendedAgreements()).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it("counts one that two entries name as active only where both do", () => {
    const store = makeStore();
    const mofa = new Ministry(store, stating("foreign-affairs", [USA, "SUSPENDED"]));
    mofa.put("again", { agreement: USA, status: "ACTIVE" });
    expect(store.suspendedAgreements()).toEqual([USA]);
  });

  it("is the foreign ministry's word alone; another's is dropped and somebody is told", () => {
    const store = makeStore();
    new Ministry(store, stating("foreign-affairs", [AUS, "SUSPENDED"]));
    const mod = new Ministry(store, stating("defense", [USA, "SUSPENDED"], [AUS, "ACTIVE"]));
    expect([store.suspendedAgreements(), warnings]).toEqual([[AUS], ["defense stated what it may not state: agreements 2"]]);
    mod.put("x", { agreement: USA, status: "TERMINATED" });
    expect([store.suspendedAgreements(), warnings[1]]).toEqual([[AUS], "defense stated what it may not state: agreements 1"]);
  });

  it("counts from the moment on in which the policy makes it a ministry's to state", () => {
    const store = makeStore();
    new Ministry(store, stating("foreign-affairs"));
    new Ministry(store, stating("defense", [USA, "SUSPENDED"]));
    const before = store.revisionOf("ann");
    expect(store.suspendedAgreements()).toEqual([]);
    store.judgeBy(() => "defense");
    expect(store.suspendedAgreements()).toEqual([USA]);
    expect(store.revisionOf("ann")).not.toBe(before);
    store.judgeBy(() => undefined);
    expect(store.suspendedAgreements()).toBe("ALL");
  });

  it("is that none counts before its first snapshot, while it is silent, once it is void, and where there is no such ministry: silence brings nothing back", () => {
    const store = makeStore();
    expect(store.suspendedAgreements()).toBe("ALL");
    const mofa = new Ministry(store, stating("foreign-affairs", [USA, "SUSPENDED"]));
    expect(store.suspendedAgreements()).toEqual([USA]);
    now += SILENCE_MS - 1;
    expect(store.suspendedAgreements()).toEqual([USA]);
    now += 1;
    expect(store.suspendedAgreements()).toBe("ALL");
    mofa.live();
    expect(store.suspendedAgreements()).toEqual([USA]);
    store.void("foreign-affairs");
    expect(store.suspendedAgreements()).toBe("ALL");
    new Ministry(store, stating("foreign-affairs"));
    expect(store.suspendedAgreements()).toEqual([]);
    expect(makeStore(["defense"]).suspendedAgreements()).toBe("ALL");
  });

  it.each([[{ agreement: USA, status: "PAUSED" }], [{ agreement: USA }], [{ status: "SUSPENDED" }], [{ agreement: 1, status: "SUSPENDED" }], [null], ["SUSPENDED"]])("is no guess: %j ends the stream, as an event and in a snapshot", (entry) => {
    const store = makeStore();
    const mofa = new Ministry(store, stating("foreign-affairs"));
    expect(() => { mofa.put("1", entry); }).toThrow(FeedFault);
    const script = new StandingScript(stating("foreign-affairs"));
    const lines = new FeedLines(makeStore(), "foreign-affairs", undefined);
    lines.take(script.head());
    expect(() => { lines.take(JSON.stringify(["agreements", "", "1", entry])); }).toThrow(FeedFault);
  });

  it("is bounded", () => {
    const mofa = new Ministry(makeStore(), stating("foreign-affairs"));
    expect(() => { for (let at = 0; at <= 10_000; at += 1) mofa.put(String(at), { agreement: "A", status: "ACTIVE" }); }).toThrow("more agreements than can be kept");
  });
});

describe("an asker", () => {
  const core = (rel: readonly string[], level: 0 | 1 | 3 = 3): LabelCore => canonical({ level, regimes: level === 0 ? [] : ["DOC"], need: [], owners: level === 0 ? {} : { "JPN.MOD": { rel, disp: rel, dist: "ALL", orcon: false } }, purposes: "ALL", handling: [] });
  const identity = (sub: string): Identity => ({ sub, clientId: "desk", issuer: "i", speaksFor: "EVERYBODY", jti: "j", site: "KASUMI-1", zoneLevel: 4, action: "RETRIEVE" });
  const FLOORS = [core(["JPN"], 0), core(["JPN", "USA"])];
  const askersOf = (store: StandingStore): Askers => new Askers({ store, policy, clock: () => now, bitsOf: (permitted) => FLOORS.map((floor) => (permitted(floor) ? "1" : "0")).join("") });

  it("who depends on a suspended agreement is of another class at once, by another digest, and of the old one again when it counts", () => {
    const store = makeStore();
    new Ministry(store, stating("defense"));
    const mofa = new Ministry(store, stating("foreign-affairs"));
    const askers = askersOf(store);
    const ask = () => askers.ask(identity("us"), readNarrowing([], policy));
    const before = ask();
    expect([before.bits, before.subject.suspendedAgreements, askers.isCurrent(before)]).toEqual(["11", undefined, true]);
    mofa.put("1", { agreement: USA, status: "SUSPENDED" });
    expect(askers.isCurrent(before)).toBe(false);
    const suspended = ask();
    expect([suspended.bits, suspended.digest === before.digest]).toEqual(["10", false]);
    expect(decide(policy, suspended.subject, "RETRIEVE", core(["JPN", "USA"]), suspended.ctx).outcome).toBe("hide");
    mofa.put("1", { agreement: USA, status: "ACTIVE" });
    const after = ask();
    expect([askers.isCurrent(suspended), after.bits, after.digest]).toEqual([false, "11", before.digest]);
  });

  it("keeps what depends on another agreement", () => {
    const store = makeStore();
    new Ministry(store, stating("defense"));
    new Ministry(store, stating("foreign-affairs", [AUS, "SUSPENDED"]));
    const { subject, ctx } = askersOf(store).ask(identity("us"), readNarrowing([], policy));
    expect([subject.suspendedAgreements, decide(policy, subject, "RETRIEVE", core(["JPN", "USA"]), ctx).outcome]).toEqual([[AUS], "permit"]);
  });

  it("who narrows to a partner narrows to nothing that needs an agreement while nobody says which are suspended", () => {
    const store = makeStore();
    const mod = new Ministry(store, stating("defense"));
    const mofa = new Ministry(store, stating("foreign-affairs"));
    const askers = askersOf(store);
    const bits = () => askers.ask(identity("ann"), readNarrowing(["Kanmon-Release-To", "USA"], policy)).bits;
    const own = canonical({ ...FLOORS[1] as LabelCore, level: 1, regimes: ["CUI"] });
    FLOORS.push(own);
    expect(bits()).toBe("101");
    now += SILENCE_MS;
    mod.live();
    expect(bits()).toBe("100");
    mofa.live();
    expect(bits()).toBe("101");
    FLOORS.pop();
  });
});
