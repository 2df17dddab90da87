/**
 * A process that takes a step of a workflow and stops in the middle of it, after the item was written: what is left when it is killed is what a crash leaves. Started by
 * test/subgraphs/workflow.integration.test.ts with the address of its database; says `inside` when it is there.
 */
import { openPool } from "../../subgraphs/kit/database/connection";
import { LabelTable } from "../../subgraphs/kit/label-table";
import { RowGuard } from "../../subgraphs/kit/rows";
import { anybody } from "../../subgraphs/kit/workflow/authority";
import { defineWorkflow } from "../../subgraphs/kit/workflow/declare";
import { takeStep } from "../../subgraphs/kit/workflow/runner";
import { loadPolicy } from "../../schema/policy";
import { ministries } from "../../subgraphs";
import { persona } from "./people";
import { TEST_LABEL } from "./workflow-world";

const { server, login, now } = JSON.parse(process.argv[2] ?? "{}") as { readonly server: Parameters<typeof openPool>[0]; readonly login: Parameters<typeof openPool>[1]; readonly now: number };

const held = defineWorkflow({
  name: "Held", plural: "Helds", description: "", floor: {}, keptBy: () => true, states: ["OPEN"], fields: {},
  steps: {
    OPEN: {
      from: [], to: "OPEN", by: anybody, mutation: "openHeld", description: "", input: {}, change: () => ({ label: TEST_LABEL, owner: "JPN.MOD", body: {} }),
      effect: async ({ query }) => {
        await query("SELECT revoke_assignment('mod-security-officer', 'us-liaison', 'PRJ-QS-2026', 'half way')");
        process.stdout.write("inside\n");
        await new Promise(() => { setInterval(() => undefined, 1_000); });
      },
    },
  },
});

async function main(): Promise<void> {
  const policy = loadPolicy();
  const pool = openPool(server, login, 2);
  await pool.initialize();
  const table = new LabelTable();
  table.load(await pool.query<{ id: number; body: unknown }[]>("SELECT id, body FROM label"));
  const asker = { ...persona(policy, "mod-security-officer"), action: "WRITE" as const, digest: "held" };
  const ministry = ministries["defense"];
  if (ministry === undefined) throw new Error("no ministry");
  await takeStep({ ministry, policy, pool, asker, visible: new RowGuard(table).visible(policy, asker, now), now }, held, "OPEN", {}, "held-key-1");
}

void main();
