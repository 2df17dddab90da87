import { BOTTOM, equalLabels } from "../../../schema/label";
import { checkLabel, floorOf, PolicyError, type LabelArguments } from "../../../schema/policy";
import { policy } from "../../support/demo-data";

test("no argument is no floor", () => {
  expect(equalLabels(floorOf({}), BOTTOM)).toBe(true);
  expect(equalLabels(floorOf({ level: "PUBLIC", regimes: [], owner: null, rel: null, dist: null, purposes: null }), BOTTOM)).toBe(true);
});
test("from level CUI on, owner and release are never left open", () => {
  expect(floorOf({ level: "CUI" }).owners).toEqual({ JPN: { rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false } });
  expect(floorOf({ level: "SECRET", owner: "JPN.MOD" }).owners).toEqual({ "JPN.MOD": { rel: ["JPN"], disp: ["JPN"], dist: "ALL", orcon: false } });
  expect(floorOf({ level: "CUI", rel: ["USA", "JPN"] }).owners).toEqual({ JPN: { rel: ["JPN", "USA"], disp: ["JPN", "USA"], dist: "ALL", orcon: false } });
  expect(floorOf({ dist: ["JPN.MOD.JS", "JPN.MOD"] }).owners).toEqual({ JPN: { rel: ["JPN"], disp: ["JPN"], dist: ["JPN.MOD"], orcon: false } });
});
test("every level by its name, with the other parts", () => {
  expect(["PUBLIC", "CUI", "CONFIDENTIAL", "SECRET", "TOP_SECRET"].map((level) => floorOf({ level }).level)).toEqual([0, 1, 2, 3, 4]);
  const floor = floorOf({ level: "CONFIDENTIAL", regimes: ["DOC", "CESI"], purposes: ["VETTING"] });
  expect(floor).toMatchObject({ regimes: ["CESI", "DOC"], need: [], purposes: ["VETTING"], handling: [] });
  expect(checkLabel(policy, floor, { kind: "existence", tokenOf: () => undefined })).toEqual([]);
});
test.each<[string, LabelArguments]>([
  ["level", { level: "secret" }], ["level with a blank", { level: "TOP SECRET" }], ["regime", { regimes: ["NEW"] }], ["group for a nation", { rel: ["NATO"] }],
  ["nation", { rel: ["jp"] }], ["owner", { owner: "mod" }],
])("refuses an unknown %s", (_what, given) => { expect(() => floorOf(given)).toThrow(PolicyError); });
