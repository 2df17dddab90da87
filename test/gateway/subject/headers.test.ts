import fc from "fast-check";
import { codeOf } from "../../../gateway/errors";
import { type Narrowing, readNarrowing } from "../../../gateway/subject/headers";
import { loadPolicy } from "../../../schema/policy";

const policy = loadPolicy();
const read = (...headers: readonly string[]): Narrowing => readNarrowing(headers, policy);
function refusalOf(...headers: readonly string[]): string { try { read(...headers); } catch (error) { return codeOf(error); } return "accepted"; }

describe("narrowing headers", () => {
  it("are read whatever the case of their names", () => {
    expect(read("KANMON-purpose", "OVERSIGHT", "Kanmon-Case", "CASE-SA-311", "kanmon-ceiling", "TOP SECRET", "Kanmon-Release-To", "USA, AUS,USA", "Kanmon-Marks", "portions"))
      .toMatchObject({ purpose: "OVERSIGHT", case: "CASE-SA-311", ceiling: 4, releaseTo: ["AUS", "USA"], portions: true });
    expect(read("Kanmon-Ceiling", "TOP_SECRET").ceiling).toBe(4);
    expect(read("Kanmon-Ceiling", "PUBLIC").ceiling).toBe(0);
    expect(read("Host", "x", "Accept", "y")).toEqual({ portions: false, key: "" });
  });

  it("have the same key iff they narrow alike", () => {
    expect(read("Kanmon-Release-To", "USA,AUS").key).toBe(read("Kanmon-Release-To", "AUS,USA").key);
    expect(read("Kanmon-Release-To", "USA").key).not.toBe(read("Kanmon-Release-To", "AUS").key);
    expect(read("Kanmon-Case", "USA").key).not.toBe(read("Kanmon-Purpose", "USA").key);
  });

  it("are refused when unknown, misspelt, repeated, empty or malformed, because ignoring one would give more", () => {
    for (const headers of [
      ["Kanmon-Relase-To", "USA"], ["Kanmon-Release-To", ""], ["Kanmon-Release-To", "USA,,AUS"], ["Kanmon-Release-To", "XXX"], ["Kanmon-Release-To", "usa"], ["Kanmon-Release-To", "ALL"],
      ["Kanmon-Purpose", "A", "kanmon-purpose", "A"], ["Kanmon-Purpose", "A,B"], ["Kanmon-Purpose", ""], ["Kanmon-Ceiling", "secret"], ["Kanmon-Ceiling", "5"], ["Kanmon-Ceiling", ""],
      ["Kanmon-Case", "a b"], ["Kanmon-Marks", "all"], ["Kanmon-Clearance", "4"], ["Kanmon-Statement", "x"],
    ]) expect([headers, refusalOf(...headers)]).toEqual([headers, "BAD_USER_INPUT"]);
  });

  it("never make anything but a narrowing or that refusal", () => {
    const name = fc.oneof(fc.constantFrom("kanmon-purpose", "kanmon-case", "kanmon-ceiling", "kanmon-release-to", "kanmon-marks"), fc.string().map((text) => `kanmon-${text}`));
    fc.assert(fc.property(fc.array(fc.tuple(name, fc.string()), { maxLength: 4 }), (pairs) => {
      expect(["accepted", "BAD_USER_INPUT"]).toContain(refusalOf(...pairs.flat()));
    }), { numRuns: 300 });
  });
});
