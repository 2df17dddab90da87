/** One ministry's database with the runner of workflows on it, without gateway and wire: for tests of what the runner itself guarantees. */
import type { DataSource } from "typeorm";
import type { LabelCore } from "../../schema/label";
import { loadPolicy } from "../../schema/policy";
import { ministries } from "../../subgraphs";
import type { MinistryDefinition, MinistryLogin } from "../../subgraphs/kit";
import { openPool } from "../../subgraphs/kit/database/connection";
import type { Once } from "../../subgraphs/kit/once";
import { LabelTable } from "../../subgraphs/kit/label-table";
import { RowGuard } from "../../subgraphs/kit/rows";
import type { Workflow } from "../../subgraphs/kit/workflow/declare";
import type { Values } from "../../subgraphs/kit/workflow/kinds";
import { takeStep } from "../../subgraphs/kit/workflow/runner";
import { type Persona, persona } from "./people";
import { DEMO_NOON, createTestDatabase, dropDatabase, testAdmin } from "./postgres";

/** What every official of the Ministry of Defense reads. */
export const TEST_LABEL: LabelCore = { policy: "JPN-GOV-DEMO", level: 1, regimes: ["CUI"], need: [], owners: { "JPN.MOD": { rel: ["JPN"], disp: ["JPN"], dist: ["JPN.MOD"], orcon: false } }, purposes: "ALL", handling: [] };

export interface WorkflowWorld {
  readonly ministry: MinistryDefinition;
  readonly login: MinistryLogin;
  readonly pool: DataSource;
  readonly table: LabelTable;
  /** Takes a step as somebody of the demonstration, or as somebody whom it does not have; gives the item's id. */
  take(who: string | Persona, workflow: Workflow, step: string, given?: Values, key?: string, now?: number, once?: Once, highWater?: LabelCore): Promise<string>;
  /** Takes in labels that were made meanwhile. */
  refresh(): Promise<void>;
  stop(): Promise<void>;
}

export async function openWorkflowWorld(name = "defense"): Promise<WorkflowWorld> {
  const ministry = ministries[name];
  if (ministry === undefined) throw new Error(`no ministry ${name}`);
  const policy = loadPolicy();
  const login = await createTestDatabase(ministry);
  const { host, port } = testAdmin();
  const pool = openPool({ host, port }, login, 4);
  await pool.initialize();
  const table = new LabelTable();
  const guard = new RowGuard(table);
  const refresh = async (): Promise<void> => { table.load(await pool.query<{ id: number; body: unknown }[]>("SELECT id, body FROM label")); };
  await refresh();
  return {
    ministry, login, pool, table, refresh,
    take: async (who, workflow, step, given = {}, key, now = DEMO_NOON, once, highWater) => {
      const found = typeof who === "string" ? persona(policy, who) : who;
      const asker = { ...found, action: "WRITE" as const, digest: found.id };
      const id = await takeStep({ ministry, policy, pool, asker, visible: guard.visible(policy, asker, now), now, highWater }, workflow, step, given, key ?? null, once);
      await refresh();
      return id;
    },
    stop: async () => { await pool.destroy(); await dropDatabase(login.database); },
  };
}
