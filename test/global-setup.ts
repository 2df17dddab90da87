/** Starts one real PostgreSQL for a run of the integration tests, in a folder of its own, so that runs side by side do not meet. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { startEmbedded } from "../subgraphs/kit/embedded";
import { RUN_FOLDER_VARIABLE, TEST_SERVER_VARIABLE } from "./support/postgres-address";

export default async function setup(): Promise<void> {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "kanmon-test-"));
  fs.chmodSync(root, 0o755);
  const server = await startEmbedded(root, { fast: true });
  const { host, port, username, password } = server;
  process.env[RUN_FOLDER_VARIABLE] = root;
  process.env[TEST_SERVER_VARIABLE] = JSON.stringify({ host, port, username, password });
  (globalThis as { testServer?: unknown }).testServer = { root, stop: () => server.stop() };
}
