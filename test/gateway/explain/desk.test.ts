/** The desk asks for the role itself: it does not rely on the view in which a field was found. */
import { officerDesk, type OfficerParts } from "../../../gateway/explain";
import type { Attempt } from "../../../gateway/pipeline";
import type { Role } from "../../../schema/policy";
import { policy } from "../../support/demo-data";

const NOW = Date.parse("2026-11-11");
/** An attempt of somebody with these roles; nothing else is looked at before the role. */
const attemptOf = (...roles: readonly Role[]): Attempt => ({
  asker: { subject: { id: "s", kind: "official", nation: "JPN", org: "JPN.MOD", eligibilities: [], assignments: [], purposes: [], roles }, action: "RETRIEVE", ctx: { now: NOW, zoneLevel: 4 }, digest: "", bits: "1", revision: "", stated: "", unread: [], isBound: false },
  narrowing: { portions: false, key: "" }, classId: "C", signal: { aborted: false } as Attempt["signal"],
});
const held = (role: Role["role"], until = "2099-12-31"): Role => ({ role, org: "JPN.MOD", from: "2020-01-01", until, grantedBy: "JPN.MOD" });
const GIVEN = { subject: "hi", client: "c", reason: "r", coordinate: "T", people: [{ subject: "hi", client: "c" }], change: {}, over: "GENERATED", query: "{ a }" };
const given = (tool: string): Readonly<Record<string, unknown>> => {
  const names = tool === "explain" ? ["subject", "client", "reason", "coordinate"] : tool === "simulate" ? ["subject", "client", "reason", "query"] : ["people", "change", "over", "reason"];
  return Object.fromEntries(Object.entries(GIVEN).filter(([name]) => names.includes(name)));
};

test.each(["explain", "simulate", "dryRun"])("%s is refused without the role, held now, and recorded", async (tool) => {
  for (const roles of [[], [held("GRANT")], [held("EXPLAIN", "2026-11-10"), held("SIMULATE", "2026-11-10")], [held(tool === "explain" ? "SIMULATE" : "EXPLAIN")]]) {
    const attempt = attemptOf(...roles);
    const desk = officerDesk({ policy } as OfficerParts)(attempt);
    await expect(desk.use(tool, given(tool))).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(desk.used).toEqual([expect.objectContaining({ about: ["hi"], reason: "r" })]);
    await new Promise(setImmediate);
    expect(attempt.thrown).toMatchObject({ code: "NOT_FOUND" });
  }
});

test.each([["explain", {}], ["simulate", { purpose: 7 }], ["dryRun", { people: [] }]])("%s is refused for what is no request, after the role", async (tool, wrong) => {
  const { reason: _, ...rest } = given(tool);
  for (const body of [rest, { ...given(tool), coordinate: undefined, record: undefined, query: undefined, ...wrong }]) {
    await expect(officerDesk({ policy } as OfficerParts)(attemptOf(held("EXPLAIN"), held("SIMULATE"))).use(tool, body)).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
    await expect(officerDesk({ policy } as OfficerParts)(attemptOf()).use(tool, body)).rejects.toMatchObject({ code: "NOT_FOUND" });
  }
});
