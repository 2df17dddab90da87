/** The launcher of the npm PostgreSQL binaries: a real server on a socket, found again while it runs, stopped by its owner only. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Client } from "pg";
import { type EmbeddedPostgres, startEmbedded } from "../../../subgraphs/kit";

jest.setTimeout(60_000);
let root = "";
beforeAll(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-embedded-"));
  fs.chmodSync(root, 0o755);
});
afterAll(() => { fs.rmSync(root, { recursive: true, force: true }); });

async function ask<T extends object>({ host, port, username, password }: Omit<EmbeddedPostgres, "owner" | "stop">, text: string): Promise<T | undefined> {
  const client = new Client({ host, port, user: username, password, database: "postgres" });
  await client.connect();
  try { return (await client.query<T>(text)).rows[0]; } finally { await client.end(); }
}

test("starts, is found again, keeps its data over a restart and listens on no TCP port", async () => {
  const first = await startEmbedded(root, { fast: true });
  try {
    expect(first.owner).toBe(true);
    expect(await ask(first, "SELECT current_setting('listen_addresses') AS tcp, current_setting('server_version_num')::int >= 180000 AS new")).toEqual({ tcp: "", new: true });
    await ask(first, "CREATE TABLE kept AS SELECT 7 AS value");
    const second = await startEmbedded(root, { fast: true });
    expect({ host: second.host, port: second.port, owner: second.owner }).toEqual({ host: first.host, port: first.port, owner: false });
    await second.stop();
    expect(await ask(first, "SELECT value FROM kept")).toEqual({ value: 7 });
    await expect(ask({ ...first, password: "wrong" }, "SELECT 1")).rejects.toThrow("password authentication failed");
  } finally { await first.stop(); }
  expect(fs.existsSync(first.host)).toBe(false);
  const again = await startEmbedded(root, { fast: true });
  try { expect(await ask(again, "SELECT value FROM kept")).toEqual({ value: 7 }); } finally { await again.stop(); }
});
