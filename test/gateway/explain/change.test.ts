/** A dry-run's change of the policy starts from the policy in force, whatever the files of this package say. */
import { ChangeError, readChange } from "../../../gateway/explain/change";
import { loadPolicy, meetPolicies, startOfDay } from "../../../schema/policy";
import { draftOf } from "../../schema/policy/arbitrary-policy";

const NOW = startOfDay("2026-11-11");
const draft = draftOf();
for (const entry of draft.agreements.agreements) if (entry.nation === "USA") entry.status = "SUSPENDED";
const inForce = loadPolicy(draft);

test("keeps what the change does not name as it is in force", () => {
  const { policy } = readChange({ policy: { implications: { SDS: null } } }, inForce, 0, NOW);
  expect([policy.implications.get("SDS"), policy.agreements.byNation("USA", NOW)]).toEqual([["SDS"], undefined]);
  expect(readChange({ agreements: [{ id: "JPN-USA-2007", set: { status: "IN_FORCE" } }] }, inForce, 0, NOW).policy.agreements.byNation("USA", NOW)?.id).toBe("JPN-USA-2007");
  expect(readChange({ labels: [] }, inForce, 0, NOW).policy).toBe(inForce);
});

test("is refused while the policy in force is what two snapshots both permit: no file says it", () => {
  const narrowed = meetPolicies(loadPolicy(), inForce);
  expect(() => readChange({ policy: {} }, narrowed, 0, NOW)).toThrow(ChangeError);
  expect(readChange({}, narrowed, 0, NOW).policy).toBe(narrowed);
});
