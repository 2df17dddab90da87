/** Where the database of `bench:ministry` is: a server in a folder, which may be used again, loaded stage by stage. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import type { MinistryDefinition, MinistryLogin } from "../../subgraphs/kit";
import { createMinistryDatabase, type AdminLogin } from "../../subgraphs/kit/database/connection";
import { startEmbedded } from "../../subgraphs/kit/embedded";
import { BENCH_NOON, type WorldSize } from "./ministry-world";

export const LOGIN: MinistryLogin = { username: "bench", password: "bench-only", database: "bench" };

export interface Place {
  readonly root: string;
  readonly admin: AdminLogin;
  readonly client: Client;
  readonly postmaster: number;
  /** Stages that are in it already. */
  readonly stages: number;
  readonly noteStage: (stages: number) => void;
  readonly leave: () => Promise<void>;
}

interface Note { readonly size: WorldSize; readonly stages: number }

/** @param kept folder that stays, with the same world in it; without it one that goes */
export async function openPlace(ministry: MinistryDefinition, size: WorldSize, kept: string | undefined): Promise<Place> {
  const root = kept ?? mkdtempSync(join(tmpdir(), "kanmon-bench-ministry-"));
  mkdirSync(root, { recursive: true });
  chmodSync(root, 0o755);
  const note = join(root, "stages.json");
  const before = existsSync(note) ? JSON.parse(readFileSync(note, "utf8")) as Note : undefined;
  if (before !== undefined && JSON.stringify(before.size) !== JSON.stringify(size)) throw new Error(`${root} holds another world`);
  const server = await startEmbedded(root);
  const remove = (): void => { if (kept === undefined) rmSync(root, { recursive: true, force: true }); };
  try {
    const admin: AdminLogin = { host: server.host, port: server.port, username: server.username, password: server.password };
    await createMinistryDatabase(admin, ministry, LOGIN, { demo: false, now: BENCH_NOON });
    const client = new Client({ host: admin.host, port: admin.port, user: admin.username, password: admin.password, database: LOGIN.database });
    await client.connect();
    const [pid = ""] = readFileSync(join(root, "data/postmaster.pid"), "utf8").split("\n");
    return {
      root, admin, client, postmaster: Number(pid), stages: before?.stages ?? 0, noteStage: (stages) => writeFileSync(note, JSON.stringify({ size, stages } satisfies Note)),
      leave: async () => { await client.end(); await server.stop(); remove(); },
    };
  } catch (error) { await server.stop(); remove(); throw error; }
}
