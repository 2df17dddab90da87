import fc from "fast-check";
import { canonical, join, type CoreInput, type LabelCore, type Level } from "../../../schema/label";
import { bothMarks, checkLabel, mayGoOut, NONE_SUSPENDED, outMark, outwardMark, receiveMark, startOfDay } from "../../../schema/policy";
import { arbitraryCore, NATIONS } from "../../support/arbitrary";
import { policy, readJson } from "../../support/demo-data";

const now = startOfDay("2026-11-11");
const core = (parts: Partial<CoreInput> & { readonly rel?: readonly string[] }): LabelCore => {
  const { rel = ["AUS", "GBR", "JPN", "KOR", "USA"], ...rest } = parts;
  return canonical({ level: 3, regimes: ["SDS"], need: [], owners: { "JPN.MOD": { rel, disp: rel, dist: "ALL", orcon: false } }, purposes: "ALL", handling: [], ...rest });
};

/** The tables as the file has them, not as the loader made them. */
interface Table { readonly id: string; readonly nation: string; readonly status: string; readonly in: readonly { mark: string; level: Level; regime: string | null }[]; readonly out: readonly { level: Level; regime: LabelCore["regimes"][number]; mark: string }[] }
const tables = readJson<{ agreements: readonly Table[] }>("schema/policy/agreements.json").agreements;
const inForce = tables.filter((table) => table.status === "IN_FORCE");

describe("every agreement in force", () => {
  test("is there", () => { expect(inForce.length).toBeGreaterThan(5); });
  test.each(inForce.map((table) => [table.id, table] as const))("gives back at least what went out: %s", (_id, table) => {
    for (const row of table.out) {
      const mark = outMark(policy, table.nation, row.level, row.regime, now);
      expect(mark).toBe(row.mark);
      const back = receiveMark(policy, { nation: table.nation, mark: row.mark, token: "REG-1" }, now);
      expect(back.ok && back.core.level >= row.level).toBe(true);
    }
  });
  test.each(inForce.map((table) => [table.id, table] as const))("receives exactly the marks of its table, as valid labels: %s", (_id, table) => {
    for (const row of table.in) {
      const received = receiveMark(policy, { nation: table.nation, mark: row.mark, token: "REG-1", rel: ["JPN"] }, now);
      if (!received.ok) throw new Error(received.quarantine);
      expect(received.core).toMatchObject({ level: Math.max(1, row.level), regimes: [row.regime ?? "CUI"], need: ["REG-1"] });
      expect(received).toMatchObject({ validUntil: "OWNER_CONSENT", original: { mark: row.mark } });
      expect(checkLabel(policy, received.core, { kind: "portion", tokenOf: () => undefined, validUntil: received.validUntil })).toEqual([]);
    }
    expect(receiveMark(policy, { nation: table.nation, mark: "LIKE SECRET", token: "REG-1" }, now).ok).toBe(false);
  });
});

describe("on receipt", () => {
  test("without an agreement in force everything is quarantined", () => {
    expect(receiveMark(policy, { nation: "CAN", mark: "SECRET", token: "REG-1" }, now)).toMatchObject({ ok: false });
    expect(receiveMark(policy, { nation: "USA", mark: "SECRET", token: "REG-1" }, startOfDay("2000-01-01"))).toMatchObject({ ok: false });
  });
  test("the provider is the owner and nobody else may have it until the provider says so", () => {
    const received = receiveMark(policy, { nation: "GBR", mark: "SECRET", token: "REG-1" }, now);
    expect(received.ok && received.core.owners).toEqual({ GBR: { rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false } });
    expect(received.ok && mayGoOut(policy, received.core, "GBR", now, NONE_SUSPENDED)).toBe(false);
  });
  test("both marks are shown", () => {
    expect(bothMarks("UK SECRET", core({}), policy.words)).toBe(`UK SECRET / ${policy.words.levels[3] ?? ""}${policy.words.parts.equivalent}`);
  });
});

describe("on release", () => {
  test("a level may be raised by the partner's mark and never lowered", () => {
    expect(outMark(policy, "GBR", 2, "DOC", now)).toBe("SECRET");
    expect(outMark(policy, "USA", 2, "DOC", now)).toBe("CONFIDENTIAL");
  });
  test("an SDS without a grade goes out as TOP SECRET, anything else without a grade not at all", () => {
    expect(outMark(policy, "USA", null, "SDS", now)).toBe("TOP SECRET");
    expect(outMark(policy, "USA", null, "DOC", now)).toBeUndefined();
  });
  test("needs nation, agreement, scope and entry, each alone", () => {
    expect(mayGoOut(policy, core({}), "USA", now, NONE_SUSPENDED)).toBe(true);
    expect(mayGoOut(policy, core({ rel: ["JPN"] }), "USA", now, NONE_SUSPENDED)).toBe(false);
    expect(mayGoOut(policy, core({}), "USA", startOfDay("2007-07-31"), NONE_SUSPENDED)).toBe(false);
    expect(mayGoOut(policy, core({ level: 2, regimes: ["EQS"] }), "USA", now, NONE_SUSPENDED)).toBe(false);
    expect(mayGoOut(policy, core({ level: 4 }), "KOR", now, NONE_SUSPENDED)).toBe(false);
    expect(outwardMark(policy, core({}), "USA", now)).toBe("SECRET");
    expect(outwardMark(policy, core({ rel: ["JPN"] }), "USA", now)).toBeUndefined();
  });
  test("is not transitive: what the USA gave goes to Australia only with the consent of the USA", () => {
    const given = (rel: readonly string[]): LabelCore => core({ owners: { USA: { rel, disp: rel, dist: "ALL", orcon: false } }, regimes: ["DOC"] });
    expect(mayGoOut(policy, given(["JPN", "USA"]), "AUS", now, NONE_SUSPENDED)).toBe(false);
    expect(mayGoOut(policy, given(["AUS", "JPN", "USA"]), "AUS", now, NONE_SUSPENDED)).toBe(true);
    expect(mayGoOut(policy, join(given(["AUS", "JPN", "USA"]), core({ rel: ["JPN", "USA"] })), "AUS", now, NONE_SUSPENDED)).toBe(false);
  });
  test("to a group needs all its members and the group's own agreement", () => {
    const nato = policy.groups.get("NATO")?.members ?? [];
    expect(mayGoOut(policy, core({ rel: ["JPN", ...nato] }), "NATO", now, NONE_SUSPENDED)).toBe(true);
    expect(mayGoOut(policy, core({ rel: ["JPN", ...nato.slice(1)] }), "NATO", now, NONE_SUSPENDED)).toBe(false);
    expect(mayGoOut(policy, core({ rel: ["JPN", ...nato], level: 4 }), "NATO", now, NONE_SUSPENDED)).toBe(false);
    expect(mayGoOut(policy, core({ rel: ["AUS", "CAN", "GBR", "JPN", "NZL", "USA"] }), "FVEY", now, NONE_SUSPENDED)).toBe(false);
  });
  test("of every portion that can exist equals the exact entry of the table", () => {
    let released = 0;
    for (const table of tables) for (const rule of policy.regimes.values()) for (const level of rule.levels) {
      const entry = table.status === "IN_FORCE" && table.out.some((row) => row.level === level && row.regime === rule.code);
      const rel = ["JPN", ...(policy.groups.get(table.nation)?.members ?? [table.nation])];
      expect([table.id, rule.code, level, mayGoOut(policy, core({ level, regimes: [rule.code], rel }), table.nation, now, NONE_SUSPENDED)]).toEqual([table.id, rule.code, level, entry]);
      released += entry ? 1 : 0;
    }
    expect(released).toBeGreaterThan(30);
  });
  test("of a combination is the AND of the releases", () => {
    fc.assert(fc.property(arbitraryCore, arbitraryCore, fc.constantFrom(...NATIONS), (a, b, nation) => {
      expect(mayGoOut(policy, join(a, b), nation, now, NONE_SUSPENDED)).toBe(mayGoOut(policy, a, nation, now, NONE_SUSPENDED) && mayGoOut(policy, b, nation, now, NONE_SUSPENDED));
    }), { numRuns: 3000 });
  });
});
