/** Stops the PostgreSQL of this run and removes its data. */
import fs from "node:fs";

export default async function teardown(): Promise<void> {
  const { testServer } = globalThis as { testServer?: { readonly root: string; stop(): Promise<void> } };
  if (testServer === undefined) return;
  await testServer.stop();
  fs.rmSync(testServer.root, { recursive: true, force: true });
}
