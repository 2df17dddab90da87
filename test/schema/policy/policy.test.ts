import { execFileSync } from "node:child_process";
import agreements from "../../../schema/policy/agreements.json";
import clients from "../../../schema/policy/clients.json";
import members from "../../../schema/policy/members.json";
import policyFile from "../../../schema/policy/policy.json";
import { addYears, clearanceAt, decide, demoShiftDays, endOfDay, japanDay, loadPolicy, PolicyError, shiftDate, startOfDay, type PolicyFiles } from "../../../schema/policy";
import { specTable } from "../../support/spec-tables";

const files: PolicyFiles = { policy: policyFile, members, agreements, clients };
type Path = readonly (string | number)[];

/** A copy with one place set, or taken out when `value` is undefined. */
function change(file: keyof PolicyFiles, path: Path, value: unknown): PolicyFiles {
  const copy = structuredClone(files[file]);
  let place = copy as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) place = place[key] as Record<string | number, unknown>;
  const last = path.at(-1) ?? "";
  if (value === undefined) Reflect.deleteProperty(place, last);
  else place[last] = value;
  return { ...files, [file]: copy };
}

function refusal(changed: PolicyFiles): string {
  try {
    loadPolicy(changed);
  } catch (thrown) {
    if (thrown instanceof PolicyError) return thrown.path;
    throw thrown;
  }
  return "loaded";
}

const usaRow = agreements.agreements[0]?.out[0];

test("the files of the repository load", () => { expect(refusal(files)).toBe("loaded"); });

test.each<[string, string, PolicyFiles]>([
  ["an unknown key at the top", "policy.overrides", change("policy", ["overrides"], true)],
  ["an unknown key of a regime", "policy.regimes[0].clearance", change("policy", ["regimes", 0, "clearance"], true)],
  ["a missing key", "policy.implications", change("policy", ["implications"], undefined)],
  ["another policy's id", "policy.id", change("policy", ["id"], "OTHER")],
  ["a wrong type", "policy.levels[0].level", change("policy", ["levels", 0, "level"], "0")],
  ["levels out of order", "policy.levels", change("policy", ["levels", 0, "level"], 1)],
  ["an unknown regime", "policy.regimes[0].code", change("policy", ["regimes", 0, "code"], "NEW")],
  ["a regime given twice", "policy.regimes[1].code", change("policy", ["regimes", 1, "code"], "SDS")],
  ["a missing regime", "policy.regimes", change("policy", ["regimes"], policyFile.regimes.slice(1))],
  ["a regime without levels", "policy.regimes[0].levels", change("policy", ["regimes", 0, "levels"], [])],
  ["a validity without a designation", "policy.regimes[4].validity", change("policy", ["regimes", 4, "validity"], { maxYears: 5 })],
  ["an unknown regime in an implication", "policy.implications.SDS[0]", change("policy", ["implications", "SDS", 0], "NEW")],
  ["an implication that chains", "policy.implications.SDS[0]", change("policy", ["implications"], { SDS: ["CESI"], CESI: ["DOC"] })],
  ["an implication that turns back", "policy.implications.SDS[0]", change("policy", ["implications"], { SDS: ["CESI"], CESI: ["SDS"] })],
  ["a word for two nations", "policy.nations[1].wordJa", change("policy", ["nations", 1, "wordJa"], policyFile.nations[0]?.wordJa)],
  ["a group with an unknown nation", "policy.groups[0].members[0]", change("policy", ["groups", 0, "members", 0], "XXX")],
  ["a group that looks like a nation", "policy.groups[0].code", change("policy", ["groups", 0, "code"], "FVE")],
  ["a purpose of an unknown action", "policy.purposes[0].action", change("policy", ["purposes", 0, "action"], "PRINT")],
  ["a hold token without its prefix", "policy.hold.token", change("policy", ["hold", "token"], "REVIEW")],
  ["an unknown body that is bound to known operations", "policy.knownOperations.orgs[0]", change("policy", ["knownOperations", "orgs"], ["JPN.NEW"])],
  ["an unknown kind of subject", "policy.knownOperations.kinds[0]", change("policy", ["knownOperations", "kinds"], ["firm"])],
  ["nothing said about known operations", "policy.knownOperations", change("policy", ["knownOperations"], undefined)],
  ["an unknown reviewing office", "policy.hold.offices[0]", change("policy", ["hold", "offices"], ["JPN.NEW"])],
  ["a date that is none", "policy.demoDay", change("policy", ["demoDay"], "2026-02-30")],
  ["a body given twice", "members.members[2].org", change("members", ["members", 2, "org"], "JPN.CAS")],
  ["a parent that contradicts the path", "members.members[2].parent", change("members", ["members", 2, "parent"], "JPN.MOD")],
  ["an unknown parent", "members.members[0].parent", change("members", ["members"], members.members.slice(2, 3))],
  ["an unknown subgraph", "members.members[1].subgraph", change("members", ["members", 1, "subgraph"], "treasury")],
  ["a regime nobody may designate under", "members.members[1].mayDesignate[0]", change("members", ["members", 1, "mayDesignate", 0], "NEW")],
  ["a registrar that has one itself", "members.registrar.police", change("members", ["registrar"], { police: "finance", finance: "economy" })],
  ["a registrar nobody knows", "members.registrar.police", change("members", ["registrar", "police"], "treasury")],
  ["an accreditation at another ministry", "members.accreditation[0].org", change("members", ["accreditation", 0, "org"], "JPN.METI")],
  ["an accreditation above its zone", "members.accreditation[2].zoneLevel", change("members", ["accreditation", 2, "zoneLevel"], 4)],
  ["an accreditation with an unknown status", "members.accreditation[0].eligibilities[0].status", change("members", ["accreditation", 0, "eligibilities", 0, "status"], "LIVE")],
  ["an agreement with nobody known", "agreements.agreements[0].nation", change("agreements", ["agreements", 0, "nation"], "XXX")],
  ["an unknown status", "agreements.agreements[0].status", change("agreements", ["agreements", 0, "status"], "ALMOST")],
  ["an agreement in force from no day", "agreements.agreements[0].from", change("agreements", ["agreements", 0, "from"], null)],
  ["an agreement that ends before it begins", "agreements.agreements[0].until", change("agreements", ["agreements", 0, "until"], "2000-01-01")],
  ["two agreements with one nation at once", "agreements.agreements[2].from", change("agreements", ["agreements", 2, "nation"], "USA")],
  ["a mark given twice", "agreements.agreements[0].in[1].mark", change("agreements", ["agreements", 0, "in", 1, "mark"], "TOP SECRET")],
  ["an entry given twice", "agreements.agreements[0].out[10].regime", change("agreements", ["agreements", 0, "out", 10], usaRow)],
  ["a mark that does not come back", "agreements.agreements[0].out[0].mark", change("agreements", ["agreements", 0, "out", 0, "mark"], "COSMIC")],
  ["a mark that comes back lower", "agreements.agreements[0].out[0].mark", change("agreements", ["agreements", 0, "out", 0, "mark"], "SECRET")],
  ["an entry out of scope", "agreements.agreements[0].out[0].regime", change("agreements", ["agreements", 0, "out", 0, "regime"], "VET")],
  ["a table with a gap", "agreements.agreements[0].regimes[0]", change("agreements", ["agreements", 0, "out"], agreements.agreements[0]?.out.slice(1))],
  ["a higher level that asks for less clearance", "agreements.agreements[0].out", change("agreements", ["agreements", 0, "out", 9, "mark"], "TOP SECRET")],
  ["a client given twice", "clients.clients[1].id", change("clients", ["clients", 1, "id"], clients.clients[0]?.id)],
  ["a client above every level", "clients.clients[0].zoneLevel", change("clients", ["clients", 0, "zoneLevel"], 5)],
  ["no file at all", "members", { ...files, members: null }],
])("refuses %s, with its place", (_what, path, changed) => { expect(refusal(changed)).toBe(path); });

describe("version", () => {
  test("does not change with the day of the demonstration", () => {
    expect(loadPolicy(files, { shiftDays: 400 }).version).toBe(loadPolicy().version);
  });
  test("changes with every change of a file", () => {
    const versions = new Set([files, change("policy", ["implications", "SDS"], ["CESI"]), change("clients", ["clients", 0, "zoneLevel"], 1),
      change("members", ["members", 0, "nameEn"], "Japan"), change("agreements", ["agreements", 0, "note"], "changed")].map((changed) => loadPolicy(changed).version));
    expect(versions.size).toBe(5);
  });
});

describe("what is configured decides", () => {
  const officer = {
    id: "x", kind: "official" as const, nation: "JPN", org: "JPN.MOD", assignments: [], roles: [], purposes: [],
    eligibilities: [{ regime: "SDS" as const, maxLevel: 4 as const, basis: "ASSESSMENT" as const, grantedBy: "JPN.MOD", usableAt: ["JPN.MOD"], notifiedOn: "2025-01-01", validUntil: "2030-01-01", status: "ACTIVE" as const, consentId: "C" }],
  };
  const label = { policy: "JPN-GOV-DEMO" as const, level: 2 as const, regimes: ["CESI" as const], need: [], owners: {}, purposes: "ALL" as const, handling: [] };
  const ctx = { now: startOfDay("2026-11-11"), zoneLevel: 4 as const };
  test("implications are configuration", () => {
    expect(decide(loadPolicy(), officer, "RETRIEVE", label, ctx).outcome).toBe("permit");
    expect(decide(loadPolicy(change("policy", ["implications"], {})), officer, "RETRIEVE", label, ctx).outcome).toBe("hide");
  });
  test("which regimes need no eligibility is configuration", () => {
    const cui = { ...label, level: 1 as const, regimes: ["CUI" as const] };
    expect(decide(loadPolicy(change("policy", ["regimes", 9, "eligibility"], true)), { ...officer, eligibilities: [] }, "RETRIEVE", cui, ctx).outcome).toBe("hide");
  });
});

describe("members", () => {
  const { members: known } = loadPolicy();
  test("know who keeps whose standing", () => {
    expect(["JPN.MOD.JS", "JPN.METI.ECON", "JPN.CAS.CIRO", "JPN.PRV.9990001000001"].map((org) => known.keeperOf(org))).toEqual(["defense", "economy", "cabinet-secretariat", "economy"]);
    expect(["JPN.MOFA", "JPN.NPA", "JPN.CAS.NCO", "JPN.FSA", "JPN.MLIT"].map((org) => known.keeperOf(org))).toEqual(["foreign-affairs", "police", "cyber", "finance", "coast-guard"]);
    const absent = loadPolicy(change("members", ["registrar"], { police: "cabinet-secretariat" })).members;
    expect([absent.keeperOf("JPN.NPA"), absent.keeperOf("JPN.MOFA")]).toEqual(["cabinet-secretariat", "foreign-affairs"]);
    expect([known.keeperOf("JPN"), known.keeperOf("JPN.NEW"), known.keeperOf("USA")]).toEqual([undefined, undefined, undefined]);
  });
  test("know who may designate, sub-bodies through the body they belong to", () => {
    expect([known.mayDesignate("JPN.MOD", "MDA"), known.mayDesignate("JPN.MOD.JS", "SDS"), known.mayDesignate("JPN.METI", "MDA"), known.mayDesignate("JPN.MEXT", "SDS"), known.mayDesignate("JPN.NEW", "SDS")])
      .toEqual([true, true, false, false, false]);
  });
  test("give each subgraph an accreditation that is decided about like a subject", () => {
    for (const { subgraph } of known.subgraphs) {
      const [accreditation] = known.accreditations(subgraph);
      expect(accreditation?.subject.kind).toBe("subgraph");
    }
    expect(known.accreditations("treasury")).toEqual([]);
  });
});

describe("days", () => {
  test("are days in Japan, both ends included", () => {
    expect(startOfDay("2026-11-01")).toBe(Date.UTC(2026, 9, 31, 15));
    expect(endOfDay("2026-11-01")).toBe(Date.UTC(2026, 10, 1, 15));
    expect(japanDay(Date.UTC(2026, 9, 31, 15))).toBe("2026-11-01");
    expect(japanDay(Date.UTC(2026, 9, 31, 14, 59))).toBe("2026-10-31");
  });
  test("that are none never compare", () => {
    for (const text of ["2026-02-30", "2026-1-1", "always", "", "2026-13-01"]) expect(Number.isNaN(startOfDay(text))).toBe(true);
  });
  test("shift whole and count from the demo day, never backwards", () => {
    expect(shiftDate("2026-12-31", 1)).toBe("2027-01-01");
    expect(shiftDate("2026-12-31", 0)).toBe("2026-12-31");
    expect(demoShiftDays(startOfDay("2026-11-01"))).toBe(0);
    expect(demoShiftDays(endOfDay("2026-11-01") - 1)).toBe(0);
    expect(demoShiftDays(endOfDay("2026-11-01"))).toBe(1);
    expect(demoShiftDays(startOfDay("2020-01-01"))).toBe(0);
    expect([addYears("2024-04-01", 5), addYears("2024-02-29", 5)]).toEqual(["2029-04-01", "2029-02-28"]);
  });
  test("shift every date of agreements and accreditations alike", () => {
    const shifted = loadPolicy(files, { shiftDays: 400 });
    const plain = loadPolicy();
    const moved = 400 * 86_400_000;
    expect(shifted.agreements.boundaries).toEqual(plain.agreements.boundaries.map((at) => at + moved));
    const now = startOfDay("2026-11-11");
    for (const { subgraph } of plain.members.subgraphs) {
      const [before, after] = [plain, shifted].map((policy, at) => {
        const subject = policy.members.accreditations(subgraph)[0]?.subject;
        if (subject === undefined) throw new Error(subgraph);
        const { tokens, regimes, until } = clearanceAt(policy, subject, now + at * moved);
        return { tokens: [...tokens], regimes: [...regimes], until: until - at * moved };
      });
      expect(after).toEqual(before);
    }
    expect(() => loadPolicy(files, { shiftDays: 0.5 })).toThrow(PolicyError);
  });
});

describe("the tables of SPEC say what policy.json says", () => {
  const yes = (flag: boolean): string => (flag ? "yes" : "no");
  test("levels", () => {
    expect(specTable("## 1 ", "level", "name")).toEqual(policyFile.levels.map((entry) => [String(entry.level), entry.name, entry.short, entry.wordJa, entry.gradeJa]));
  });
  test("regimes", () => {
    const rows = specTable("## 1 ", "code", "name").map(([code, name, , levels, ...flags]) => [code, name, levels, ...flags]);
    expect(rows).toEqual(policyFile.regimes.map((entry) => [
      entry.code, entry.nameEn, entry.levels.join(", "), yes(entry.eligibility), yes(entry.designation),
      entry.validity === null ? "no" : entry.validity.maxYears === null ? "required" : `at most ${entry.validity.maxYears} years`, yes(entry.purposeBound), yes(entry.exclusive),
    ]));
    for (const [row, entry] of specTable("## 1 ", "code", "name").map((cells, at) => [cells[2] ?? "", policyFile.regimes[at]] as const)) {
      for (const word of typeof entry?.wordJa === "string" ? [entry.wordJa] : Object.values(entry?.wordJa ?? {})) expect(row).toContain(word);
    }
  });
  test("implications", () => {
    expect(Object.fromEntries(specTable("## 3", "eligibility for", "also covers").map(([code, covered]) => [code, (covered ?? "").split(", ")]))).toEqual(policyFile.implications);
  });
  test("federation rules are F1 to F12", () => {
    expect(specTable("## 12", "rule", "text").map(([rule]) => rule)).toEqual(Array.from({ length: 12 }, (_, at) => `F${at + 1}`));
  });
});

test("the core reaches nothing but itself and node:crypto", () => {
  const imports = execFileSync("grep", ["-rhoE", "from \"[^\"]+\"", "schema/label", "schema/policy", "--include=*.ts"], { encoding: "utf8" });
  const outside = new Set([...imports.matchAll(/"([^"]+)"/g)].map((found) => found[1] ?? "").filter((target) => !target.startsWith("./") && target !== "../label"));
  expect([...outside]).toEqual(["node:crypto"]);
});
